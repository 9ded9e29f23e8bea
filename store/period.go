package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// periodLease is how long a process that died keeps others from its periodic
// work. The work itself may take longer: the lease is renewed.
const periodLease = 30 * time.Second

// ErrPeriodLost is a renewal that came too late: another process does the work.
var ErrPeriodLost = errors.New("the period's lease was lost")

// Once runs fn unless the period of this kind is done or under way elsewhere,
// and marks it done when fn returns nil. After an error the next caller tries
// again. fn may use the store: no transaction is open while it runs, so what it
// writes must be keyed by the period too.
func (s *Store) Once(ctx context.Context, kind, period string, fn func(context.Context) error) (done bool, err error) {
	owner := newUUID()
	got, err := s.holdPeriod(ctx, kind, period, owner)
	if err != nil || !got {
		return false, err
	}
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.renewPeriod(work, kind, period, owner, cancel)
	}()
	err = fn(work)
	cancel(nil)
	<-stopped
	if end := s.endPeriod(context.WithoutCancel(ctx), kind, period, owner, err == nil); err == nil {
		err = end
	}
	return err == nil, err
}

// leaseAhead is how far beyond a whole lease one ends that is of a clock that was ahead.
// One that ends a little beyond it began after the instant of the transaction that looks,
// which may have stood still for as long as the database waits for it (0047).
const leaseAhead = 15*time.Second + stepLimit

func (s *Store) holdPeriod(ctx context.Context, kind, period, owner string) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(t *tx) (err error) {
		n, err = t.c.exec(ctx, `INSERT INTO period (kind, period, owner, lease_real) VALUES (?, ?, ?, ?)
			ON CONFLICT (kind, period) DO UPDATE SET owner = excluded.owner, lease_real = excluded.lease_real
			WHERE period.done_real = 0 AND (period.lease_real < ? OR period.lease_real > ?)`, kind, period, owner, micros(t.machine.Add(periodLease)), micros(t.machine),
			micros(t.machine.Add(periodLease+leaseAhead)))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("start %s of %s: %w", kind, period, err)
	}
	return n == 1, nil
}

// renewPeriod keeps the lease while the work runs, and stops the work when it is lost.
func (s *Store) renewPeriod(ctx context.Context, kind, period, owner string, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(periodLease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if held, err := s.renew(ctx, kind, period, owner); err == nil && !held { // else: the lease outlives a hiccup
			cancel(ErrPeriodLost)
			return
		}
	}
}

func (s *Store) renew(ctx context.Context, kind, period, owner string) (held bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `UPDATE period SET lease_real = ? WHERE kind = ? AND period = ? AND owner = ?`,
			micros(t.machine.Add(periodLease)), kind, period, owner)
		held = n == 1
		return err
	})
	return held, err
}

// endPeriod marks the work done, or free for the next caller.
func (s *Store) endPeriod(ctx context.Context, kind, period, owner string, done bool) error {
	return s.inTx(ctx, func(t *tx) error {
		at := int64(0)
		if done {
			at = micros(t.machine)
		}
		n, err := t.c.exec(ctx, `UPDATE period SET done_real = ?, lease_real = 0 WHERE kind = ? AND period = ? AND owner = ?`, at, kind, period, owner)
		if err != nil {
			return fmt.Errorf("end %s of %s: %w", kind, period, err)
		}
		if n == 0 {
			return fmt.Errorf("end %s of %s: %w", kind, period, ErrPeriodLost)
		}
		return nil
	})
}

// PeriodDone reports whether the period's work is done.
func (s *Store) PeriodDone(ctx context.Context, kind, period string) (bool, error) {
	var done bool
	err := s.reader().get(ctx, &done, `SELECT EXISTS (SELECT 1 FROM period WHERE kind = ? AND period = ? AND done_real <> 0)`, kind, period)
	if err != nil {
		return false, fmt.Errorf("look for %s of %s: %w", kind, period, err)
	}
	return done, nil
}

// Periods says of each period of a kind that was begun, from one on, whether it is done, and
// which is the first that was ever begun (empty: none). Periods of one kind are instants in
// one zone (RFC 3339), which their letters put in order.
func (s *Store) Periods(ctx context.Context, kind, from string) (done map[string]bool, first string, err error) {
	var rows []struct {
		Period string `db:"period"`
		Done   bool   `db:"done"`
	}
	err = s.reader().all(ctx, &rows, `SELECT period, done_real <> 0 AS done FROM period WHERE kind = ? AND period >= ?`, kind, from)
	if err == nil {
		err = s.reader().get(ctx, &first, `SELECT COALESCE(MIN(period), '') FROM period WHERE kind = ?`, kind)
	}
	if err != nil {
		return nil, "", fmt.Errorf("list the periods of %s: %w", kind, err)
	}
	done = make(map[string]bool, len(rows))
	for _, r := range rows {
		done[r.Period] = r.Done
	}
	return done, first, nil
}
