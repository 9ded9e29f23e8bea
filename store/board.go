package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

// burning is the order of the board: what is due next comes first, and what waits for
// a person without a clock by its receipt, before it. The index petition_burning has it.
const burning = `(CASE WHEN p.next_due > 0 THEN p.next_due ELSE p.received_at END)`

// BoardFilter narrows the board of open petitions; empty fields do not.
type BoardFilter struct {
	Filter
	Field   string
	Channel escalation.Channel
	Urgent  bool
	Mine    string    // name of the account that has had a hand in it at the console
	After   time.Time // due then or later: what has no clock is left out
	Before  time.Time // due before; what has no clock by its receipt
	// Clockless: no clock runs, it waits for a person.
	Clockless bool
	// Directed: a directive's due time, or a file for a written reminder, is ahead (Đ9.4–9.6),
	// and no directive is late.
	Directed bool
	// Late: the time of a directive, or of an urging, has passed without a result.
	Late bool
}

// lateDirectives are the petitions for which the latest directive, or urging, has become due
// with nothing published since; the index rung_directed has what has become due.
const lateDirectives = `SELECT r.petition_id FROM rung r JOIN petition d ON d.id = r.petition_id
	WHERE r.state = 'fired' AND r.name = 'directive' AND d.ended = 0 AND d.status NOT IN ('resolved', 'published')
		AND NOT EXISTS (SELECT 1 FROM rung n WHERE n.petition_id = r.petition_id AND n.name = 'directive' AND n.basis = r.basis AND n.round > r.round)
		AND NOT EXISTS (SELECT 1 FROM timeline t WHERE t.petition_id = r.petition_id AND t.at > r.fired_at AND t.action IN ('publish', 'reopen'))`

// Board lists open petitions in the order of what burns. Rows that come in between
// two pages do not shift the second.
func (s *Store) Board(ctx context.Context, f BoardFilter) (Page[Summary], error) {
	_, limit, err := paging("", f.Limit)
	if err != nil {
		return Page[Summary]{}, err
	}
	key, id, err := boardCursor(f.Cursor)
	if err != nil {
		return Page[Summary]{}, err
	}
	if err := s.searching(ctx, &f.Filter, s.d.boardWords()); err != nil {
		return Page[Summary]{}, err
	}
	at := where{}
	at.and("p.ended = 0")
	at.andIf(f.Cursor != "", "("+burning+", p.id) > (?, ?)", key, id)
	var rows []summaryRow
	for _, half := range f.halves() {
		found, err := s.burning(ctx, half, at, limit+1)
		if err != nil {
			return Page[Summary]{}, fmt.Errorf("list the board: %w", err)
		}
		rows = append(rows, found...)
	}
	slices.SortFunc(rows, func(a, b summaryRow) int {
		return cmp.Or(cmp.Compare(a.burning(), b.burning()), cmp.Compare(a.ID, b.ID))
	})
	page := Page[Summary]{}
	for i, r := range rows {
		if i == limit {
			last := rows[limit-1]
			page.NextCursor = keyset(last.burning(), last.ID)
			break
		}
		page.Items = append(page.Items, r.summary())
	}
	return page, nil
}

// halves are the filters of which the board is made: overdue is what the 48 hours have passed
// for, by an index of its own, and besides what is late by a directive.
func (f BoardFilter) halves() []BoardFilter {
	if f.Overdue == nil || !*f.Overdue || f.Late {
		return []BoardFilter{f}
	}
	late := f
	late.Late = true
	return []BoardFilter{f, late}
}

// burning is the row's place on the board.
func (r summaryRow) burning() int64 { return cmp.Or(r.NextDue, r.ReceivedAt) }

// burning reads the first rows from at, wherever they stand.
func (s *Store) burning(ctx context.Context, f BoardFilter, at where, limit int) ([]summaryRow, error) {
	rows, err := s.burns(ctx, f, at, limit)
	if err == nil && f.walks() && len(rows) < limit { // common, but not among what burns most
		f.common = false
		rows, err = s.burns(ctx, f, at, limit)
	}
	return rows, err
}

// AllPetitions lists open and ended petitions as the filter says, the newest first; a unit's
// are those that it has or had a slip of. What it narrows by has an index in that order.
func (s *Store) AllPetitions(ctx context.Context, f BoardFilter) (Page[Summary], error) {
	w := where{}
	f.plain(&w, true)
	w.andIf(f.Unit != "", "p.id IN (SELECT petition_id FROM slip WHERE unit = ?)", f.Unit)
	w.andIf(f.Overdue != nil && *f.Overdue, "p.was_overdue + 0 = 1") // a value in the text, so that its index is found
	narrow := f.Filter
	narrow.Unit = ""
	if f.Overdue != nil && *f.Overdue {
		narrow.Overdue = nil
	}
	return s.list(ctx, narrow, w)
}

// burns reads the board's next rows, beginning at. What stands in many petitions is looked
// for in the board's own order, of which PostgreSQL has to be told: it takes every word for
// rare.
func (s *Store) burns(ctx context.Context, f BoardFilter, at where, limit int) (rows []summaryRow, err error) {
	w := where{}
	f.narrow(&w)
	from, order := "petition p", burning
	if f.walks() {
		from, order = `(SELECT *, `+burning+` AS burns FROM petition p`+at.String()+` ORDER BY burns, p.id LIMIT `+strconv.Itoa(f.words.walk)+`) p`, "p.burns"
		at.conditions = nil
	}
	w.conditions, w.args = append(at.conditions, w.conditions...), append(at.args, w.args...)
	err = s.reader().in(ctx, &rows, `SELECT `+summaryColumns+` FROM `+from+w.String()+` ORDER BY `+order+`, p.id LIMIT ?`, append(w.args, limit)...)
	return rows, err
}

// walks reports that the first of the board is looked through before anything is looked up.
func (f BoardFilter) walks() bool { return f.common && f.words.walk > 0 }

// BoardUnits counts what the board lists by the lead unit, "" where there is none; cursor
// and limit do not matter.
func (s *Store) BoardUnits(ctx context.Context, f BoardFilter) (map[string]int, error) {
	if err := s.searching(ctx, &f.Filter, s.d.boardWords()); err != nil {
		return nil, err
	}
	if f.walks() { // all are counted
		f.common = false
	}
	counts := map[string]int{}
	for _, half := range f.halves() {
		w := where{}
		w.and("p.ended = 0")
		half.narrow(&w)
		var rows []struct {
			Unit string `db:"lead_unit"`
			N    int    `db:"n"`
		}
		if err := s.reader().in(ctx, &rows, `SELECT p.lead_unit, COUNT(*) AS n FROM petition p`+w.String()+` GROUP BY p.lead_unit`, w.args...); err != nil {
			return nil, fmt.Errorf("count the board: %w", err)
		}
		for _, r := range rows {
			counts[r.Unit] += r.N
		}
	}
	return counts, nil
}

// plain adds the conditions that hold for an ended petition as for an open one. The indexes of
// the list of all are of expressions, so that the board, which would be sorted with all that
// has ended by them, keeps its own order.
func (f BoardFilter) plain(w *where, all bool) {
	field, channel, urgent := "p.field", "p.channel", "p.urgent"
	if all {
		field, channel, urgent = "p.field || ''", "p.channel || ''", "p.urgent + 0"
	}
	w.andIf(f.Field != "", field+" = ?", wire(f.Field))
	w.andIf(f.Field != "" && f.Guarded, "p.denunciation = 0") // its field is not to be felt for
	w.andIf(f.Channel != "", channel+" = ?", string(f.Channel))
	w.andIf(f.Urgent, urgent+" = 1")
	w.andIf(f.Mine != "", "EXISTS (SELECT 1 FROM timeline t WHERE t.account = ? AND t.account <> '' AND t.petition_id = p.id)", wire(f.Mine))
}

// narrow adds the conditions of the filter.
func (f BoardFilter) narrow(w *where) {
	f.plain(w, false)
	w.andIf(f.Directed, "p.id IN (SELECT r.petition_id FROM rung r WHERE r.state = 'armed' AND r.name IN ('directive', 'written_file'))")
	w.andIf(f.Directed, "p.id NOT IN ("+lateDirectives+")")
	w.andIf(f.Late, "p.id IN ("+lateDirectives+")")
	w.andIf(f.Late && f.Overdue != nil, "p.was_overdue = 0") // one of two halves
	w.andIf(!f.After.IsZero(), "p.next_due > 0 AND "+burning+" >= ?", micros(f.After))
	w.andIf(f.Clockless, "p.next_due = 0")
	w.andIf(!f.Before.IsZero(), burning+" < ?", micros(f.Before))
	w.andIf(f.Unit != "", `p.id IN (SELECT id FROM petition WHERE lead_unit = ? AND ended = 0 UNION SELECT petition_id FROM slip WHERE unit = ? AND ended_at = 0)`, f.Unit, f.Unit)
	w.andIf(f.Overdue != nil && *f.Overdue && !f.Late, "p.was_overdue = 1") // a value in the text, so that its index is found
	narrow := f.Filter
	narrow.Open, narrow.Before, narrow.Unit = false, time.Time{}, ""
	if f.Overdue != nil && *f.Overdue {
		narrow.Overdue = nil
	}
	narrow.narrow(w)
}

// keyset is the cursor of a list that is in the order of a key, and then of the id.
func keyset(key, id int64) string {
	return strconv.FormatInt(key, 36) + "." + strconv.FormatInt(id, 36)
}

// boardCursor reads such a cursor.
func boardCursor(cursor string) (key, id int64, err error) {
	if cursor == "" {
		return 0, 0, nil
	}
	first, second, ok := strings.Cut(cursor, ".")
	key, errKey := strconv.ParseInt(first, 36, 64)
	id, errID := strconv.ParseInt(second, 36, 64)
	if !ok || errKey != nil || errID != nil {
		return 0, 0, invalid("cursor", "con trỏ trang không hợp lệ")
	}
	return key, id, nil
}

// OpenByStatus counts the open petitions of each status.
func (s *Store) OpenByStatus(ctx context.Context) (map[escalation.Status]int, error) {
	var rows []struct {
		Status escalation.Status `db:"status"`
		N      int               `db:"n"`
	}
	if err := s.reader().all(ctx, &rows, `SELECT status, COUNT(*) AS n FROM petition WHERE ended = 0 GROUP BY status`); err != nil {
		return nil, fmt.Errorf("count open petitions: %w", err)
	}
	counts := make(map[escalation.Status]int, len(rows))
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, nil
}

// Stamp is a text that another one replaces when something has happened that a screen
// shows: a petition changed, a text was queued or came in, a task was opened.
func (s *Store) Stamp(ctx context.Context) (string, error) {
	var row struct {
		Timeline int64 `db:"timeline"`
		Message  int64 `db:"message"`
		Inbox    int64 `db:"inbox"`
		Task     int64 `db:"task"`
	}
	err := s.reader().get(ctx, &row, `SELECT (SELECT COALESCE(MAX(at), 0) FROM timeline) AS timeline, (SELECT COALESCE(MAX(id), 0) FROM message) AS message,
		(SELECT COALESCE(MAX(id), 0) FROM inbox) AS inbox, (SELECT COALESCE(MAX(id), 0) FROM task) AS task`)
	if err != nil {
		return "", fmt.Errorf("look for changes: %w", err)
	}
	return fmt.Sprintf("%x.%x.%x.%x", row.Timeline, row.Message, row.Inbox, row.Task), nil
}

// OfCitizen lists the petitions of a citizen's number, newest first; guarded: without
// denunciations.
func (s *Store) OfCitizen(ctx context.Context, phone string, guarded bool, limit int) ([]Summary, error) {
	if phone == "" {
		return nil, nil
	}
	return s.summaries(ctx, `SELECT `+summaryColumns+` FROM petition p WHERE p.id IN (SELECT petition_id FROM citizen WHERE phone = ? AND phone <> '')
		AND (? = 0 OR p.denunciation = 0) ORDER BY p.id DESC LIMIT ?`, phone, flag(guarded), limit)
}

func (s *Store) summaries(ctx context.Context, query string, args ...any) ([]Summary, error) {
	var rows []summaryRow
	if err := s.reader().all(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("list petitions: %w", err)
	}
	list := make([]Summary, len(rows))
	for i, r := range rows {
		list[i] = r.summary()
	}
	return list, nil
}

// LaneDepth is how many texts of a lane are in a state, and since when the oldest waits.
type LaneDepth struct {
	Lane   escalation.Lane
	State  escalation.MessageState
	Count  int
	Oldest time.Time // by the machine
}

// Depths counts what is not over in the outbox, by lane and state.
func (s *Store) Depths(ctx context.Context) ([]LaneDepth, error) {
	var rows []struct {
		Lane   escalation.Lane         `db:"lane"`
		State  escalation.MessageState `db:"state"`
		N      int                     `db:"n"`
		Oldest int64                   `db:"oldest"`
	}
	err := s.reader().all(ctx, &rows, `SELECT lane, state, COUNT(*) AS n, MIN(created_real) AS oldest FROM message
		WHERE state = 'queued' GROUP BY lane, state
		UNION ALL SELECT lane, state, COUNT(*), MIN(created_real) FROM message WHERE state = 'sending' GROUP BY lane, state
		UNION ALL SELECT lane, state, COUNT(*), MIN(created_real) FROM message WHERE state = 'unknown' GROUP BY lane, state`)
	list := make([]LaneDepth, len(rows))
	for i, r := range rows {
		list[i] = LaneDepth{r.Lane, r.State, r.N, instant(r.Oldest)}
	}
	return list, wrapList(err, "lanes")
}

// latest bounds what the gateway's page looks at: so many of the latest texts.
const latest = "20000"

// Minute is what went out in one minute of the machine's.
type Minute struct {
	At     time.Time
	Sent   int
	Failed int
}

// LastHour counts outcomes of segments by minute, oldest first, among the latest texts.
func (s *Store) LastHour(ctx context.Context) ([]Minute, error) {
	machine, err := s.clock.now(ctx, s.reader())
	if err != nil {
		return nil, err
	}
	const minute = int64(time.Minute / time.Microsecond)
	since := machine.Add(-time.Hour)
	var rows []struct {
		At   int64 `db:"at"`
		Sent int   `db:"sent"`
		Bad  int   `db:"bad"`
	}
	err = s.reader().all(ctx, &rows, `SELECT at_real / `+strconv.FormatInt(minute, 10)+` AS at, SUM(CASE WHEN status = 0 AND state <> 'failed' THEN 1 ELSE 0 END) AS sent,
		SUM(CASE WHEN status <> 0 OR state = 'failed' THEN 1 ELSE 0 END) AS bad FROM segment
		WHERE message_id > (SELECT COALESCE(MAX(id), 0) FROM message) - `+latest+` AND at_real >= ? GROUP BY 1 ORDER BY 1`, micros(since))
	list := make([]Minute, len(rows))
	for i, r := range rows {
		list[i] = Minute{instant(r.At * minute), r.Sent, r.Bad}
	}
	return list, wrapList(err, "minutes")
}

// ErrorCount is how often the last day saw an error.
type ErrorCount struct {
	Error string `db:"error"`
	N     int    `db:"n"`
}

// LastErrors counts the errors of the last day's failed texts among the latest, the
// most frequent first.
func (s *Store) LastErrors(ctx context.Context) ([]ErrorCount, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	var list []ErrorCount
	err = s.reader().all(ctx, &list, `SELECT error, COUNT(*) AS n FROM message
		WHERE id > (SELECT COALESCE(MAX(id), 0) FROM message) - `+latest+` AND at >= ? AND state = 'failed' GROUP BY error ORDER BY n DESC, error LIMIT 20`,
		micros(now.Add(-24*time.Hour)))
	return list, wrapList(err, "errors")
}
