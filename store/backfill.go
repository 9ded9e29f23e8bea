package store

import (
	"context"
	"fmt"

	"notify1022/escalation"
)

// backfill makes the rows of petitions that were saved before there were such rows, page
// by page, once for all processes; one that breaks off is begun again. Rows that exist
// stay: a decision has written them since.
type backfill struct {
	what, version string // mark it among the periodic work
	among         string // which petitions, a condition; empty: all
	fill          func(context.Context, *tx, []escalation.Petition) error
	rows          func(context.Context, *tx, []int64) error // instead of fill, where the petitions need not be read
}

// backfillPage is how many petitions a step locks: few enough that an operator does not
// notice.
const backfillPage = 200

// run returns how many petitions it went through; 0 also when it was done before.
func (b backfill) run(ctx context.Context, s *Store) (petitions int, err error) {
	if done, err := s.PeriodDone(ctx, b.what, b.version); err != nil || done {
		return 0, err
	}
	_, err = s.Once(ctx, b.what, b.version, func(ctx context.Context) error {
		petitions = 0
		for after := int64(0); ; {
			last, n, err := b.page(ctx, s, after)
			if err != nil || n == 0 {
				return err
			}
			after, petitions = last, petitions+n
		}
	})
	return petitions, err
}

// page fills in the next petitions after an id.
func (b backfill) page(ctx context.Context, s *Store, after int64) (last int64, n int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		w := where{}
		w.and("id > ?", after)
		w.andIf(b.among != "", b.among)
		var ids []int64
		query := `SELECT id FROM petition` + w.String() + ` ORDER BY id LIMIT ?`
		if b.rows != nil {
			query += s.d.forUpdate // in the order in which everybody locks
		}
		if err := t.c.all(ctx, &ids, query, append(w.args, backfillPage)...); err != nil {
			return err
		}
		if n = len(ids); n == 0 {
			return nil
		}
		last = ids[n-1]
		if b.rows != nil {
			return b.rows(ctx, t, ids)
		}
		list, err := loadPetitions(ctx, t.c, ids, s.d.forUpdate)
		if err != nil {
			return err
		}
		return b.fill(ctx, t, list)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("fill in the %s of petitions after %d: %w", b.what, after, err)
	}
	return last, n, nil
}
