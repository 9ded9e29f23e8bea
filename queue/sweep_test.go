package queue

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

// halfBlind finds failures and fails at looking for the rest of what is to be passed on.
type halfBlind struct{ *shelf }

func (s halfBlind) Unhandled(ctx context.Context, wait time.Duration, limit int) ([]int64, error) {
	ids, _ := s.shelf.Unhandled(ctx, wait, limit)
	return ids, errTest
}

func TestWhatWasFoundIsPassedOnThoughTheRestCouldNotBeLookedFor(t *testing.T) {
	t.Parallel()
	s, l := newShelf(), newLadder(machine{})
	s.add(text(1, 1))
	s.rows[1].state = escalation.Failed
	var passed []int64
	l.passOn = func(_ context.Context, id int64) error {
		passed = append(passed, id)
		return nil
	}
	w := testWorker(t, l, nil, func(c *WorkerConfig) { c.Outbox = halfBlind{s} })
	if err := w.refusals.sweep(t.Context()); !errors.Is(err, errTest) || !slices.Equal(passed, []int64{1}) {
		t.Errorf("passed on %v, %v", passed, err)
	}
}
