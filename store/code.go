package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/reply"
)

// restTime is how long a released reply code still answers its owner and is not
// given out again (DESIGN §6).
const restTime = 30 * 24 * time.Hour

// codeKey is what one reply code means to its owner. The round is left out: the
// focal officer's code stays valid after escalation.
type codeKey struct {
	owner    string
	petition int64
	slip     int
	role     string
	subject  escalation.Subject
	citizen  int64 // the petition whose citizen it is: several may follow one
}

func (d *draft) codeKey() codeKey {
	return codeKey{d.owner(), d.Petition, d.Slip, string(d.To.Role), d.Subject, d.To.Citizen}
}

// coded reports whether the draft carries a code and somebody to own it.
func (d *draft) coded() bool { return d.NeedCode && d.owner() != "" }

// allocateAll gives the drafts their codes, and each slip that a draft lists one of its own.
func (t *tx) allocateAll(ctx context.Context, drafts []draft) error {
	all := slices.Clone(drafts)
	for i := range drafts {
		for _, s := range drafts[i].Slips {
			d := drafts[i]
			d.Petition, d.Round, d.Slip, d.NeedCode, d.Slips = s.Petition, s.Round, s.Slip, true, nil
			all = append(all, d)
		}
	}
	if err := t.allocate(ctx, all); err != nil {
		return err
	}
	listed := all[len(drafts):]
	for i := range drafts {
		d := &drafts[i]
		d.code = all[i].code
		if len(d.Slips) == 0 {
			continue
		}
		codes := make([]string, len(d.Slips))
		for k := range codes {
			codes[k] = listed[k].code
		}
		listed = listed[len(d.Slips):]
		if d.Vars = maps.Clone(d.Vars); d.Vars == nil {
			d.Vars = map[string]string{}
		}
		d.Vars["danh_sach"] = escalation.HandoverList(d.Slips, codes)
	}
	return nil
}

// allocate gives every draft that needs one its reply code: the open one for the
// same thing, or the next of the owner's counter. Owners are locked in order.
func (t *tx) allocate(ctx context.Context, drafts []draft) error {
	owners, petitions := map[string]bool{}, map[int64]bool{}
	for i := range drafts {
		if d := &drafts[i]; d.coded() {
			owners[d.owner()] = true
			if !t.fresh[d.Petition] {
				petitions[d.Petition] = true
			}
		}
	}
	if len(owners) == 0 {
		return nil
	}
	names := slices.Sorted(maps.Keys(owners))
	walks, err := t.lockCounters(ctx, names)
	if err != nil {
		return err
	}
	codes, err := t.openCodes(ctx, names, slices.Sorted(maps.Keys(petitions)))
	if err != nil {
		return err
	}
	var issue []*draft // the first draft of each key without a code
	for i := range drafts {
		d := &drafts[i]
		if _, ok := codes[d.codeKey()]; d.coded() && !ok {
			codes[d.codeKey()] = ""
			issue = append(issue, d)
		}
	}
	if err := t.issueCodes(ctx, walks, issue, codes); err != nil {
		return err
	}
	for i := range drafts {
		if d := &drafts[i]; d.coded() {
			d.code = codes[d.codeKey()]
		}
	}
	return nil
}

// lockCounters locks the owners' rows and reads their counters; a new owner gets a row. One
// owner mostly has one; of several the new ones come first, or two transactions would lock
// them in different orders.
func (t *tx) lockCounters(ctx context.Context, owners []string) (map[string]*codeWalk, error) {
	if len(owners) == 1 {
		if walks, err := t.knownCounters(ctx, owners); err != nil || len(walks) == 1 {
			return walks, err
		}
	}
	rows := make([][]any, len(owners))
	for i, o := range owners {
		rows[i] = []any{o}
	}
	if err := t.c.put(ctx, failing("start code counters"), `INSERT INTO phone (phone)`, `ON CONFLICT (phone) DO NOTHING`, rows); err != nil {
		return nil, err
	}
	return t.knownCounters(ctx, owners)
}

// knownCounters locks those of the owners who have a row, in the order of their names. Who
// never had a code begins after a restore where nobody's lost one can lie.
func (t *tx) knownCounters(ctx context.Context, owners []string) (map[string]*codeWalk, error) {
	var read []struct {
		Phone   string `db:"phone"`
		Counter int    `db:"counter"`
	}
	if err := t.c.in(ctx, &read, `
		SELECT phone, COALESCE(NULLIF(counter, 0), (SELECT last FROM number WHERE name = 'reply_code'), 0) AS counter
		FROM phone WHERE phone IN (?) ORDER BY phone`+t.s.d.forUpdate, owners); err != nil {
		return nil, fmt.Errorf("lock code counters: %w", err)
	}
	walks := make(map[string]*codeWalk, len(owners))
	for _, r := range read {
		walks[r.Phone] = &codeWalk{n: r.Counter}
	}
	return walks, nil
}

// openCodes are the owners' open codes for the petitions, without those that this
// transaction has taken in: they have none.
func (t *tx) openCodes(ctx context.Context, owners []string, petitions []int64) (map[codeKey]string, error) {
	open := make(map[codeKey]string, len(petitions))
	if len(petitions) == 0 {
		return open, nil
	}
	for some := range slices.Chunk(petitions, mostListed) {
		var rows []struct {
			Phone    string `db:"phone"`
			Code     string `db:"code"`
			Petition int64  `db:"petition_id"`
			Slip     int    `db:"slip"`
			Role     string `db:"role"`
			Subject  string `db:"subject"`
			Citizen  int64  `db:"citizen_of"`
		}
		err := t.c.in(ctx, &rows, `SELECT phone, code, petition_id, slip, role, subject, citizen_of FROM reply_code
			WHERE petition_id IN (?) AND phone IN (?) AND released_at = 0`, some, owners)
		if err != nil {
			return nil, fmt.Errorf("find open reply codes: %w", err)
		}
		for _, r := range rows {
			open[codeKey{r.Phone, r.Petition, r.Slip, r.Role, escalation.Subject(r.Subject), r.Citizen}] = r.Code
		}
	}
	return open, nil
}

// issueCodes gives each draft the next free number of its owner and stores it.
func (t *tx) issueCodes(ctx context.Context, walks map[string]*codeWalk, drafts []*draft, codes map[codeKey]string) error {
	rows := make([][]any, 0, len(drafts))
	waiting := drafts
	for ahead := 4; len(waiting) > 0; ahead = min(2*ahead, 4096) {
		free, err := t.freeCodes(ctx, walks, waiting, ahead)
		if err != nil {
			return err
		}
		var still []*draft
		for _, d := range waiting {
			w := walks[d.owner()]
			if len(free[d.owner()]) == 0 {
				still = append(still, d)
				continue
			}
			w.n, free[d.owner()] = free[d.owner()][0], free[d.owner()][1:]
			code := reply.MakeCode(w.n)
			codes[d.codeKey()] = code
			rows = append(rows, []any{d.owner(), code, d.Petition, d.Round, d.Slip, string(d.To.Role), d.To.Unit, d.To.Contact, micros(t.domain), string(d.Subject), d.To.Citizen})
		}
		for _, d := range still {
			w := walks[d.owner()]
			w.n, w.tried = w.looked.n, w.looked.tried
		}
		waiting = still
	}
	err := t.c.put(ctx, failing("issue %d reply codes", len(rows)), `INSERT INTO reply_code (phone, code, petition_id, round, slip, role, unit, contact_id, issued_at, subject, citizen_of)`, "", rows)
	if err != nil {
		return err
	}
	return t.saveCounters(ctx, walks)
}

func (t *tx) saveCounters(ctx context.Context, walks map[string]*codeWalk) error {
	rows := make([][]any, 0, len(walks))
	for _, owner := range slices.Sorted(maps.Keys(walks)) {
		rows = append(rows, []any{owner, walks[owner].n})
	}
	return t.c.put(ctx, failing("save code counters"), `INSERT INTO phone (phone, counter)`, `ON CONFLICT (phone) DO UPDATE SET counter = excluded.counter`, rows)
}

// freeCodes looks at the next numbers of each owner, one for each waiting draft
// and some ahead, and keeps those whose code is neither open nor resting.
func (t *tx) freeCodes(ctx context.Context, walks map[string]*codeWalk, drafts []*draft, ahead int) (map[string][]int, error) {
	want := make(map[string]int)
	for _, d := range drafts {
		want[d.owner()]++
	}
	next := make(map[string][]int, len(want))
	var codes []string
	for owner, n := range want {
		w := *walks[owner]
		for range n + ahead {
			w.step()
			next[owner] = append(next[owner], w.n)
			codes = append(codes, reply.MakeCode(w.n))
		}
		walks[owner].looked = &codeWalk{n: w.n, tried: w.tried}
	}
	busy := make(map[[2]string]bool)
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(codes))), mostListed) {
		var taken []struct {
			Phone string `db:"phone"`
			Code  string `db:"code"`
		}
		err := t.c.in(ctx, &taken, `SELECT phone, code FROM reply_code
			WHERE phone IN (?) AND code IN (?) AND (released_at = 0 OR released_at > ?)`,
			slices.Sorted(maps.Keys(want)), some, micros(t.domain.Add(-restTime)))
		if err != nil {
			return nil, fmt.Errorf("find taken reply codes: %w", err)
		}
		for _, k := range taken {
			busy[[2]string{k.Phone, k.Code}] = true
		}
	}
	for owner := range next {
		next[owner] = slices.DeleteFunc(next[owner], func(n int) bool { return busy[[2]string{owner, reply.MakeCode(n)}] })
	}
	return next, nil
}

// codeWalk goes through the numbers behind the codes of one phone: four digits
// round and round, five when every four-digit one was tried in vain, and so on.
type codeWalk struct {
	n      int // the last number used, 0 at first
	tried  int // numbers tried in vain since
	looked *codeWalk
}

func (w *codeWalk) step() {
	const least = 1000 // MakeCode's least: a code has five digits
	w.n, w.tried = w.n+1, w.tried+1
	for end := 10 * least; ; end *= 10 {
		lap := end - least // numbers up to this length
		switch {
		case w.n < least:
			w.n = least
		case w.n < end && w.tried == lap+1:
			w.n = end // a whole lap in vain: longer
		case w.n == end && w.tried <= lap:
			w.n = least // the lap goes on from its start
		}
		if w.n < end {
			return
		}
	}
}

// releaseCodes frees the codes of slips that are over.
func (t *tx) releaseCodes(ctx context.Context, changes []escalation.Change) error {
	for _, c := range changes {
		for _, r := range c.Effects.ReleaseCodes {
			query := `UPDATE reply_code SET released_at = ?, reason = ? WHERE petition_id = ? AND released_at = 0`
			args := []any{micros(t.domain), wire(r.Reason), c.Petition.ID}
			if r.Slip != 0 {
				query, args = query+` AND slip = ?`, append(args, r.Slip)
			}
			if r.Contact != 0 {
				query, args = query+` AND contact_id = ?`, append(args, r.Contact)
			}
			if err := t.c.write(ctx, failing("release reply codes of petition %d", c.Petition.ID), query, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// bindingRow is a reply code as stored, with its petition as it is now.
type bindingRow struct {
	Code       string            `db:"code"`
	Phone      string            `db:"phone"`
	Petition   int64             `db:"petition_id"`
	PetCode    string            `db:"pet_code"`
	Round      int               `db:"round"`
	Slip       int               `db:"slip"`
	Role       escalation.Role   `db:"role"`
	Unit       string            `db:"unit"`
	Contact    int64             `db:"contact_id"`
	Citizen    int64             `db:"citizen_of"`
	OwnCode    string            `db:"own_code"`
	Status     escalation.Status `db:"status"`
	IssuedAt   int64             `db:"issued_at"`
	ReleasedAt int64             `db:"released_at"`
	Reason     string            `db:"reason"`
	MovedTo    string            `db:"moved_to"`
}

// Bindings lists the number's reply codes, open or resting, newest first.
func (t *tx) Bindings(ctx context.Context, phone string) ([]escalation.Binding, error) {
	var rows []bindingRow
	err := t.c.all(ctx, &rows, `
		SELECT k.code, k.phone, k.petition_id, p.code AS pet_code, k.round, k.slip, k.role, k.unit, k.contact_id, k.citizen_of,
			COALESCE(o.code, '') AS own_code, p.status, k.issued_at, k.released_at, k.reason,
			CASE WHEN s.moved_to <> '' THEN s.moved_to WHEN p.lead_unit <> k.unit THEN p.lead_unit ELSE '' END AS moved_to
		FROM reply_code k
		JOIN petition p ON p.id = k.petition_id
		LEFT JOIN petition o ON o.id = k.citizen_of AND k.citizen_of <> 0
		LEFT JOIN slip s ON s.petition_id = k.petition_id AND s.no = k.slip
		WHERE k.phone = ? AND (k.released_at = 0 OR k.released_at > ?)
		ORDER BY k.issued_at DESC, k.id DESC`, phone, micros(t.domain.Add(-restTime)))
	if err != nil {
		return nil, fmt.Errorf("list reply codes: %w", err)
	}
	list := make([]escalation.Binding, len(rows))
	for i, r := range rows {
		list[i] = escalation.Binding{
			Code: r.Code, Phone: r.Phone, Petition: r.Petition, PetCode: r.PetCode, Round: r.Round, Slip: r.Slip, Role: r.Role,
			Unit: r.Unit, Contact: r.Contact, Citizen: r.Citizen, OwnCode: r.OwnCode, Status: r.Status, IssuedAt: instant(r.IssuedAt), ReleasedAt: instant(r.ReleasedAt),
			Reason: r.Reason, MovedTo: r.MovedTo,
		}
	}
	t.hearing.bindings = list
	return list, nil
}
