package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

func missing(field, detail string) error {
	return &escalation.Problem{Kind: escalation.NotFound, Field: field, Detail: detail}
}

// NextCode gives the next petition id and the day's next code. On PostgreSQL the
// number is taken in a transaction of its own: it is lost when this one rolls
// back, and nobody waits for it.
func (t *tx) NextCode(ctx context.Context, day time.Time) (int64, string, error) {
	c := t.c
	if t.s.numbers != nil {
		c = conn{ext: t.s.numbers}
	}
	name := dayNumber(day)
	var rows []struct {
		Name string `db:"name"`
		Last int64  `db:"last"`
	}
	err := c.all(ctx, &rows, `INSERT INTO number (name, last) VALUES ('petition', 1), (?, 1)
		ON CONFLICT (name) DO UPDATE SET last = number.last + 1
		RETURNING name, last`, name)
	if err != nil {
		return 0, "", fmt.Errorf("take a petition number: %w", err)
	}
	var id, no int64
	for _, r := range rows {
		if r.Name == name {
			no = r.Last
		} else {
			id = r.Last
		}
	}
	return id, fmt.Sprintf("%s-%04d", name, no), nil
}

// dayNumber is what the codes of a day's petitions begin with.
func dayNumber(day time.Time) string { return "HP" + day.In(hanoi).Format("060102") }

// PetitionID finds a petition by its code.
func (t *tx) PetitionID(ctx context.Context, code string) (int64, error) {
	return petitionID(ctx, t.c, code)
}

func petitionID(ctx context.Context, c conn, code string) (int64, error) {
	var id int64
	err := c.get(ctx, &id, `SELECT id FROM petition WHERE code = ?`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, missing("code", "không có phản ánh mang mã này")
	}
	if err != nil {
		return 0, fmt.Errorf("find petition %s: %w", code, err)
	}
	return id, nil
}

// Petitions loads and locks petitions in the order of their ids; an id given
// twice is loaded once.
func (t *tx) Petitions(ctx context.Context, ids ...int64) ([]escalation.Petition, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := loadPetitions(ctx, t.c, ids, t.s.d.forUpdate)
	if err != nil {
		return nil, err
	}
	if len(list) != len(ids) {
		return nil, missing("petition", "không có phản ánh này")
	}
	t.remember(list)
	return list, nil
}

// remember keeps what was loaded, so that a save writes only what changed.
func (t *tx) remember(list []escalation.Petition) {
	for _, p := range list {
		p.Rungs = slices.Clone(p.Rungs)
		p.Slips = slices.Clone(p.Slips)
		t.loaded[p.ID] = p
	}
}

// Due picks petitions by their oldest due rung, passing over those another
// worker holds and those that a reply read before a due time may still change.
// A text that could not be applied twenty times blocks no longer, and a part
// whose text is not joined yet blocks like a whole text.
func (t *tx) Due(ctx context.Context, now time.Time, limit int, past escalation.DuePetition, except []int64) ([]escalation.DuePetition, error) {
	if err := t.holds(ctx); err != nil {
		return nil, err
	}
	due, err := t.due(ctx, now, limit, past, except)
	if err != nil {
		return nil, fmt.Errorf("find due petitions: %w", err)
	}
	return due, nil
}

// due goes through the due rungs from the oldest on, a page at a time, until
// it has locked a petition past the given one or no page is left: of ten thousand rungs due at one
// instant each worker looks at a few.
func (t *tx) due(ctx context.Context, now time.Time, limit int, past escalation.DuePetition, except []int64) ([]escalation.DuePetition, error) {
	page := 4*limit + min(len(except), mostListed) // room for what other workers hold
	due, petition := micros(past.Due), past.ID
	for {
		var oldest []struct {
			Due      int64 `db:"due"`
			Petition int64 `db:"petition_id"`
		}
		err := t.c.all(ctx, &oldest, `SELECT due, petition_id FROM rung
			WHERE state = 'armed' AND due <= ? AND (due, petition_id) > (?, ?)
			ORDER BY due, petition_id LIMIT ?`, micros(now), due, petition, page)
		if err != nil || len(oldest) == 0 {
			return nil, err
		}
		var ids []int64
		for _, r := range oldest {
			if !slices.Contains(except, r.Petition) {
				ids = append(ids, r.Petition)
			}
		}
		free, err := t.free(ctx, ids, now, limit, past)
		if err != nil || len(free) > 0 || len(oldest) < page {
			return free, err
		}
		due, petition = oldest[page-1].Due, oldest[page-1].Petition
	}
}

// free locks those of the petitions that no other worker holds and no unapplied
// reply may still change (one that was put aside for a while only), by their oldest due rung, up to limit. One whose oldest rung
// is not past the given one may be among the petitions for a later rung.
func (t *tx) free(ctx context.Context, ids []int64, now time.Time, limit int, past escalation.DuePetition) ([]escalation.DuePetition, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID   int64  `db:"id"`
		Code string `db:"code"`
		Due  int64  `db:"first_due"`
	}
	err := t.c.in(ctx, &rows, `
		SELECT p.id, p.code, d.first_due
		FROM petition p
		JOIN (
			SELECT petition_id, MIN(due) AS first_due, MAX(due) AS last_due
			FROM rung
			WHERE petition_id IN (?) AND state = 'armed' AND due <= ?
			GROUP BY petition_id
		) AS d ON d.petition_id = p.id
		WHERE (d.first_due, p.id) > (?, ?) AND NOT EXISTS (
			SELECT 1
			FROM reply_code k
			JOIN inbox i ON i.phone = k.phone
			WHERE k.petition_id = p.id AND i.applied_at = 0 AND (i.attempts <= ? OR i.read_at > ?) AND i.read_at < d.last_due
		) AND NOT EXISTS (
			SELECT 1
			FROM reply_code k
			JOIN inbox_part i ON i.phone = k.phone
			WHERE k.petition_id = p.id AND i.inbox_id = 0 AND i.read_at < d.last_due
		)
		ORDER BY d.first_due, p.id
		LIMIT ?`+t.s.d.skipOfP, ids, micros(now), micros(past.Due), past.ID, passedOver, micros(now.Add(-asideHolds)), limit)
	free := make([]escalation.DuePetition, len(rows))
	for i, r := range rows {
		free[i] = escalation.DuePetition{ID: r.ID, Code: r.Code, Due: instant(r.Due)}
	}
	return free, err
}

// petitionRow is a petition with its citizen as stored.
type petitionRow struct {
	ID           int64          `db:"id"`
	Code         string         `db:"code"`
	State        string         `db:"state"`
	Name         sql.NullString `db:"name"`
	Phone        sql.NullString `db:"phone"`
	Email        sql.NullString `db:"email"`
	Address      sql.NullString `db:"address"`
	Organisation sql.NullInt64  `db:"organisation"`
}

func (r petitionRow) petition() (p escalation.Petition, wrong *escalation.Unreadable) {
	if err := fromJSON(r.State, &p); err != nil {
		return p, &escalation.Unreadable{Petition: r.ID, Code: r.Code, Err: err}
	}
	p.Citizen = escalation.Citizen{
		Name: r.Name.String, Phone: r.Phone.String, Email: r.Email.String,
		Address: r.Address.String, Organisation: r.Organisation.Int64 == 1,
	}
	return p, nil
}

// loadPetitions reads petitions with citizen and rungs in the order of their
// ids; missing ones are left out, one that cannot be read is an *Unreadable. lock is the
// dialect's row lock or nothing.
func loadPetitions(ctx context.Context, c conn, ids []int64, lock string) ([]escalation.Petition, error) {
	list, wrong, err := loadReadable(ctx, c, ids, lock)
	if err == nil && len(wrong) > 0 {
		err = wrong[0]
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// loadReadable is loadPetitions for who goes on without those that cannot be read.
func loadReadable(ctx context.Context, c conn, ids []int64, lock string) (list []escalation.Petition, wrong []*escalation.Unreadable, err error) {
	if len(ids) > mostListed {
		ids = slices.Compact(slices.Sorted(slices.Values(ids))) // the order in which rows are locked
	}
	for some := range slices.Chunk(ids, mostListed) {
		part, bad, err := loadSome(ctx, c, some, lock)
		if err != nil {
			return nil, nil, err
		}
		list, wrong = append(list, part...), append(wrong, bad...)
	}
	return list, wrong, nil
}

// loadSome is loadReadable for no more than one statement lists. The rows are locked alone
// and read after it: a row read before the wait for its lock would be the old one.
func loadSome(ctx context.Context, c conn, ids []int64, lock string) (list []escalation.Petition, wrong []*escalation.Unreadable, err error) {
	if lock != "" {
		var locked []int64
		if err := c.in(ctx, &locked, `SELECT id FROM petition WHERE id IN (?) ORDER BY id`+lock, ids); err != nil {
			return nil, nil, fmt.Errorf("lock %d petitions: %w", len(ids), err)
		}
	}
	var rows []petitionRow
	err = c.in(ctx, &rows, `
		SELECT p.id, p.code, p.state, c.name, c.phone, c.email, c.address, c.organisation
		FROM petition p
		LEFT JOIN citizen c ON c.petition_id = p.id
		WHERE p.id IN (?)
		ORDER BY p.id`, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("load %d petitions: %w", len(ids), err)
	}
	list = make([]escalation.Petition, 0, len(rows))
	for _, r := range rows {
		p, bad := r.petition()
		if bad != nil {
			wrong = append(wrong, bad)
			continue
		}
		list = append(list, p)
	}
	return list, wrong, attachRungs(ctx, c, list, ids)
}

// rungRow is a rung as stored.
type rungRow struct {
	Petition    int64                 `db:"petition_id"`
	Round       int                   `db:"round"`
	Name        escalation.RungName   `db:"name"`
	Slip        int                   `db:"slip"`
	Ladder      escalation.LadderName `db:"ladder"`
	Due         int64                 `db:"due"`
	State       escalation.RungState  `db:"state"`
	FiredAt     int64                 `db:"fired_at"`
	Left        int64                 `db:"left_ns"`
	Basis       string                `db:"basis"`
	Provisional bool                  `db:"provisional"`
	Calendar    string                `db:"calendar"`
}

func attachRungs(ctx context.Context, c conn, list []escalation.Petition, ids []int64) error {
	var rows []rungRow
	err := c.in(ctx, &rows, `
		SELECT petition_id, round, name, slip, ladder, due, state, fired_at, left_ns, basis, provisional, calendar
		FROM rung
		WHERE petition_id IN (?)
		ORDER BY petition_id, pos`, ids)
	if err != nil {
		return fmt.Errorf("load rungs of %d petitions: %w", len(ids), err)
	}
	at := make(map[int64]int, len(list))
	for i := range list {
		at[list[i].ID] = i
	}
	for _, r := range rows {
		i, ok := at[r.Petition]
		if !ok {
			continue
		}
		list[i].Rungs = append(list[i].Rungs, escalation.Rung{
			Round: r.Round, Name: r.Name, Slip: r.Slip, Ladder: r.Ladder, Due: instant(r.Due), State: r.State,
			FiredAt: instant(r.FiredAt), Left: time.Duration(r.Left), Basis: r.Basis, Provisional: r.Provisional, Calendar: r.Calendar,
		})
	}
	return nil
}
