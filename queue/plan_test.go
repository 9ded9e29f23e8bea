package queue

import (
	"context"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"

	"notify1022/queue/queuetest"
)

func scheduled(t *testing.T, w *Worker) int {
	t.Helper()
	info, err := asynq.NewInspectorFromRedisClient(w.cfg.Redis.Client()).GetQueueInfo(w.waker.queue())
	if err != nil {
		return 0 // no queue yet
	}
	return info.Scheduled
}

func mustTick(t *testing.T, p *planner) {
	t.Helper()
	if err := p.tick(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestThePlannerPagesThroughTheHorizonAndStopsAtItsEnd(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), nil)
	base := in(5 * time.Minute)
	const inside = 3*planPage/2 + 7
	for i := range inside {
		l.arm(i, base.Add(time.Duration(i)*time.Second))
	}
	l.arm(inside, in(horizonEmbedded+time.Minute))
	mustTick(t, w.planner)
	if got := scheduled(t, w); got != inside {
		t.Errorf("%d wakes armed, want %d", got, inside)
	}
	if l.widest > planPage {
		t.Errorf("a page of %d instants, want at most %d", l.widest, planPage)
	}
	before := l.queries
	mustTick(t, w.planner)
	if l.queries != before {
		t.Errorf("%d queries right after a full look, want none", l.queries-before)
	}
}

func TestAHintIsArmedAndOneBeyondTheHorizonIsLeft(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), nil)
	mustTick(t, w.planner)
	w.Hint(in(10 * time.Minute))
	w.Hint(in(horizonEmbedded + time.Hour))
	mustTick(t, w.planner)
	if got := scheduled(t, w); got != 1 {
		t.Errorf("%d wakes armed, want 1", got)
	}
}

func TestMoreHintsThanFitMakeThePlannerLookForItself(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), nil)
	mustTick(t, w.planner)
	due := in(30 * time.Minute)
	for i := range hintsKept {
		w.Hint(time.Unix(int64(i), 0)) // long due
	}
	l.arm(1, due)
	w.Hint(due) // does not fit any more
	mustTick(t, w.planner)
	if got := scheduled(t, w); got != 1 {
		t.Errorf("%d wakes armed, want 1", got)
	}
}

func TestARungThatNobodyHintedAtIsArmedAfterADecision(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), nil)
	mustTick(t, w.planner)
	l.arm(1, in(time.Minute)) // by a reply, say
	w.stirred()
	w.planner.lastIn = time.Now().Add(-soonGap)
	mustTick(t, w.planner)
	if got := scheduled(t, w); got != 1 {
		t.Errorf("%d wakes armed, want 1", got)
	}
}

func TestFlushallLosesNothing(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) { // field failure 6
		l, reg, m := newLadder(machine{}), prometheus.NewRegistry(), NewMetrics()
		reg.MustRegister(m)
		w := testWorker(t, l, r, func(c *WorkerConfig) { c.Metrics = m })
		for i := range 20 {
			l.arm(i, in(10*time.Minute+time.Duration(i)*time.Second))
		}
		mustTick(t, w.planner)
		if got := scheduled(t, w); got != 20 {
			t.Fatalf("%d wakes armed, want 20", got)
		}
		before := metric(t, reg, "notify1022_wake_replans_total", "")
		if err := r.Client().FlushAll(context.Background()).Err(); err != nil {
			t.Fatal(err)
		}
		mustTick(t, w.planner)
		if got := scheduled(t, w); got != 20 { // an inspector sees the queue again, too
			t.Errorf("%d wakes armed after FLUSHALL, want 20", got)
		}
		if got := metric(t, reg, "notify1022_wake_replans_total", ""); got != before+1 {
			t.Errorf("the loss was counted %v times", got-before)
		}
	})
}

// An alarm is set upon that figure: a release that is rolled out, or a cut of a second, must
// not raise it.
func TestAStartOrAReconnectionThatFindsRedisWholeIsNoLoss(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		l, reg, m := newLadder(machine{}), prometheus.NewRegistry(), NewMetrics()
		reg.MustRegister(m)
		l.arm(1, in(10*time.Minute))
		start := func() *Worker { return testWorker(t, l, r, func(c *WorkerConfig) { c.Metrics = m }) }
		losses := func(what string, w *Worker, want float64) {
			t.Helper()
			before := l.queries
			mustTick(t, w.planner)
			if got := metric(t, reg, "notify1022_wake_replans_total", ""); got != want {
				t.Errorf("%s: %v losses counted, want %v", what, got, want)
			}
			if l.queries == before || scheduled(t, w) != 1 {
				t.Errorf("%s: nothing is armed anew", what)
			}
		}
		losses("the first start of all", start(), 0)
		w := start()
		losses("the next start", w, 0)
		w.planner.down(errTest)
		losses("a reconnection", w, 0)
		w.planner.down(errTest)
		if err := r.Client().FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		losses("a reconnection to a Redis that was emptied", w, 1)
		w.planner.down(errTest)
		if err := r.Client().Set(t.Context(), w.planner.key(), "another's", 0).Err(); err != nil {
			t.Fatal(err)
		}
		losses("a reconnection to another Redis", w, 2)
	})
}

func TestANodeNoticesThatAnotherReplacedTheLostKey(t *testing.T) {
	t.Parallel()
	r := mustOpen(t, "embedded")
	l := newLadder(machine{})
	l.arm(1, in(10*time.Minute))
	one, two := testWorker(t, l, r, nil), testWorker(t, newLadder(machine{}), r, nil)
	mustTick(t, one.planner)
	r.embedded.FlushAll()
	mustTick(t, two.planner) // knows of no rung; sets the key
	mustTick(t, one.planner)
	if got := scheduled(t, one); got != 1 {
		t.Errorf("%d wakes armed, want 1", got)
	}
}

// field failure 6
func TestFlushallWhileRunningFiresEverythingOnceAndInTime(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		l, lag := newLadder(machine{}), queuetest.Lag(t)
		for i := range 60 {
			l.arm(i, in(time.Second+time.Duration(i%6)*time.Second))
		}
		w := testWorker(t, l, r, nil)
		running(t, w.Run)
		seen := map[int]bool{}
		for i := range 60 {
			f := next(t, l.fired, "firing")
			if late, own := f.at.Sub(f.due), lag(f.due); seen[f.id] || late < 0 || late > 5*time.Second+own {
				t.Errorf("rung %d: seen %t, %s late, %s of it the machine's", f.id, seen[f.id], late, own)
			}
			seen[f.id] = true
			if i == 20 {
				_ = r.Client().FlushAll(context.Background())
			}
		}
	})
}
