package queue

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"notify1022/escalation"
)

// slowDesk takes its time over what it fires.
type slowDesk struct {
	*ladder
	clock *hands
	takes time.Duration
}

func (d slowDesk) FirePast(ctx context.Context, limit int, past escalation.DuePetition, except ...int64) (int, []escalation.DuePetition, error) {
	n, due, err := d.ladder.FirePast(ctx, limit, past, except...)
	if now, _ := d.clock.Now(ctx); n > 0 {
		d.clock.set(now.Add(d.takes))
	}
	return n, due, err
}

// A Monday at 08:00 is not late because there is much to fire: rungs are taken up in their
// second, and how long all of them take is another figure.
func TestTheLatenessOfRungsIsThatAtWhichTheyAreTakenUp(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 23, 8, 0, 0, 0, hanoi)
	for _, source := range []string{"wake", "guard"} {
		clock, reg, m := &hands{at: monday.Add(2 * time.Second)}, prometheus.NewRegistry(), NewMetrics()
		reg.MustRegister(m)
		l := newLadder(clock)
		for i := range 3 {
			l.arm(i, monday)
		}
		w := testWorker(t, l, mustOpen(t, "embedded"), func(c *WorkerConfig) {
			c.Metrics, c.Desk, c.Batch, c.Parallel = m, slowDesk{l, clock, 4 * time.Second}, 1, 1
		})
		var err error
		if w.waker.closing = t.Context(); source == "wake" {
			err = w.waker.wake(t.Context(), id(int(monday.Unix())))
		} else {
			err = w.guard.look(t.Context(), source)
		}
		if now, _ := clock.Now(t.Context()); err != nil || !now.Equal(monday.Add(14*time.Second)) {
			t.Errorf("%s: the clock shows %s at the end, %v", source, now, err)
		}
		if late := metric(t, reg, "notify1022_rung_lateness_seconds", source); late != 2 {
			t.Errorf("%s: taken up %v s late, want 2", source, late)
		}
	}
}
