package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
)

// Overdue reads a page of the petitions that are overdue, by the partial index
// petition_overdue.
func (s *Store) Overdue(ctx context.Context, after int64, limit int) (escalation.PetitionPage, error) {
	return s.unlocked(ctx, `SELECT id FROM petition WHERE status = 'overdue' AND id > ? ORDER BY id LIMIT ?`, after, limit)
}

// pageOf is a page of the ids that the query lists. They are found apart from the page: for its
// order and limit a planner would go through all petitions by their ids.
func pageOf(query string) string {
	return `WITH those AS MATERIALIZED (` + query + `) SELECT id FROM those WHERE id > ? ORDER BY id LIMIT ?`
}

// Forwarded reads a page of the petitions with a slip of the period, by the index
// slip_forwarded.
func (s *Store) Forwarded(ctx context.Context, from, to time.Time, after int64, limit int) (escalation.PetitionPage, error) {
	return s.unlocked(ctx, pageOf(`SELECT DISTINCT petition_id AS id FROM slip WHERE forwarded_at > ? AND forwarded_at <= ?`),
		micros(from), micros(to), after, limit)
}

// DueWithin reads a page of the petitions whose result is due in the stretch, by the index
// of armed rungs.
func (s *Store) DueWithin(ctx context.Context, from, to time.Time, after int64, limit int) (escalation.PetitionPage, error) {
	return s.unlocked(ctx, pageOf(`SELECT DISTINCT petition_id AS id FROM rung WHERE state = 'armed' AND due > ? AND due <= ? AND name IN (?, ?)`),
		micros(from), micros(to), escalation.RungHead, escalation.RungOverdue, after, limit)
}

// unlocked reads the page of petitions that the query lists, in the order of their ids, beside
// any transaction.
func (s *Store) unlocked(ctx context.Context, query string, args ...any) (page escalation.PetitionPage, err error) {
	var ids []int64
	if err := s.reader().all(ctx, &ids, query, args...); err != nil {
		return page, fmt.Errorf("find petitions of a digest: %w", err)
	}
	if len(ids) == 0 {
		return page, nil
	}
	page.Last = ids[len(ids)-1]
	page.Petitions, page.LeftOut, err = loadReadable(ctx, s.reader(), ids, "")
	return page, err
}

// Affected lists up to limit petitions after the id, open or still owing something (Đ9.6),
// that have a rung armed for later than since: those that an edited calendar may move. With the name of units'
// calendar only its rungs count; the city's may also stand in for one that is missing.
// The latest rung is asked for petition by petition: a join of all of them would be
// made anew for each page.
func (s *Store) Affected(ctx context.Context, after int64, name string, since time.Time, limit int) ([]int64, error) {
	given := ""
	if name != "" {
		given = escalation.CalendarVersion(name, "")
	}
	var parts []string
	var args []any
	for _, some := range []string{"p.ended = 0", "p.ended = 1 AND p.next_due > 0"} { // each has an index
		parts = append(parts, `SELECT id FROM (SELECT p.id FROM petition p WHERE `+some+` AND p.id > ? AND (
			SELECT MAX(r.due) FROM rung r WHERE r.petition_id = p.id AND r.state = 'armed' AND SUBSTR(r.calendar, 1, ?) = ?
		) > ? ORDER BY p.id LIMIT ?) AS part`)
		args = append(args, after, utf8.RuneCountInString(given), given, micros(since), limit)
	}
	var ids []int64
	err := s.reader().all(ctx, &ids, strings.Join(parts, " UNION ALL ")+" ORDER BY id LIMIT ?", append(args, limit)...)
	return ids, wrapList(err, "petitions that a calendar moves")
}

// AffectedOf lists up to limit petitions after the id in which the unit has an armed
// rung that another calendar gave than that of the name (empty: the city's).
func (s *Store) AffectedOf(ctx context.Context, after int64, unit, name string, limit int) ([]int64, error) {
	w := where{}
	w.and("s.unit = ? AND s.ended_at = 0 AND s.petition_id > ?", unit, after)
	w.and("r.state = 'armed'")
	if given := escalation.CalendarVersion(name, ""); name != "" {
		w.and("SUBSTR(r.calendar, 1, ?) <> ?", utf8.RuneCountInString(given), given)
	} else {
		w.and("r.calendar LIKE '%/%'")
	}
	var ids []int64
	err := s.reader().all(ctx, &ids, `SELECT DISTINCT s.petition_id FROM slip s JOIN rung r ON r.petition_id = s.petition_id AND r.slip = s.no`+w.String()+`
		ORDER BY s.petition_id LIMIT ?`, append(w.args, limit)...)
	return ids, wrapList(err, "petitions of a unit that another calendar counts")
}

// GivenBy is by which version of a calendar each of the petitions is due next; those
// without an armed rung are left out.
func (s *Store) GivenBy(ctx context.Context, ids []int64) (map[int64]string, error) {
	given := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return given, nil
	}
	var rows []struct {
		ID       int64  `db:"petition_id"`
		Calendar string `db:"calendar"`
	}
	err := s.reader().in(ctx, &rows, `SELECT petition_id, calendar FROM rung WHERE state = 'armed' AND petition_id IN (?) ORDER BY due DESC`, ids)
	for _, r := range rows {
		given[r.ID] = r.Calendar // the earliest comes last
	}
	return given, wrapList(err, "calendars of what is due")
}

// LastPeriod is the latest period of the kind before the given one whose work is
// done, empty for none. Periods of one kind are instants in one zone (RFC 3339),
// which their letters put in order.
func (s *Store) LastPeriod(ctx context.Context, kind, before string) (string, error) {
	var last string
	err := s.reader().get(ctx, &last, `SELECT COALESCE(MAX(period), '') FROM period WHERE kind = ? AND period < ? AND done_real <> 0`, kind, before)
	if err != nil {
		return "", fmt.Errorf("look for the %s before %s: %w", kind, before, err)
	}
	return last, nil
}
