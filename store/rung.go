package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// dueInstants steps from one second to the next by the index of armed rungs: it
// costs as many look-ups as there are seconds, however many rungs share each.
const dueInstants = `WITH RECURSIVE instant (second) AS (
	SELECT (MIN(due) + 999999) / 1000000 FROM rung WHERE state = 'armed' AND due > ? AND due <= ?
	UNION ALL
	SELECT (SELECT (MIN(due) + 999999) / 1000000 FROM rung WHERE state = 'armed' AND due > second * 1000000 AND due <= ?)
	FROM instant WHERE second IS NOT NULL
)
SELECT second FROM instant WHERE second IS NOT NULL LIMIT ?`

// DueInstants lists distinct due seconds of armed rungs after `after` and not
// later than until, rising: the second that a wake-up is set for is the first
// whole second not before the due time.
func (s *Store) DueInstants(ctx context.Context, after, until time.Time, limit int) ([]time.Time, error) {
	var seconds []int64
	err := s.reader().all(ctx, &seconds, dueInstants, micros(after), micros(until), micros(until), limit)
	if err != nil {
		return nil, fmt.Errorf("list due instants: %w", err)
	}
	list := make([]time.Time, len(seconds))
	for i, sec := range seconds {
		list[i] = time.Unix(sec, 0).In(hanoi)
	}
	return list, nil
}

// oldestDue leaves petitions out: whoever knows that they cannot be fired asks how late
// the others are.
const oldestDue = `SELECT COALESCE(MIN(due), 0) FROM rung WHERE state = 'armed' AND due <= ? AND petition_id NOT IN (?)`

// orNobody is the list, or one id that no petition has.
func orNobody(ids []int64) []int64 {
	if len(ids) == 0 {
		return []int64{0}
	}
	return ids
}

// OldestDue is the due time of the oldest armed rung that is due at now, of petitions
// that are none of except; ok is false when none is.
func (s *Store) OldestDue(ctx context.Context, now time.Time, except ...int64) (due time.Time, ok bool, err error) {
	var at int64
	err = s.reader().getIn(ctx, &at, oldestDue, micros(now), orNobody(except))
	if err != nil {
		return time.Time{}, false, fmt.Errorf("look for a due rung: %w", err)
	}
	return instant(at), at != 0, nil
}

// ArmedRungs says how many rungs of one name are armed.
type ArmedRungs struct {
	Ladder escalation.LadderName `db:"ladder"`
	Name   escalation.RungName   `db:"name"`
	N      int                   `db:"n"`
}

// ArmedRungs counts what is armed, the most first.
func (s *Store) ArmedRungs(ctx context.Context) (list []ArmedRungs, err error) {
	err = s.reader().all(ctx, &list, `SELECT ladder, name, COUNT(*) AS n FROM rung WHERE state = 'armed' GROUP BY ladder, name ORDER BY n DESC, ladder, name`)
	if err != nil {
		return nil, fmt.Errorf("count armed rungs: %w", err)
	}
	return list, nil
}
