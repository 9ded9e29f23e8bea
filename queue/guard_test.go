package queue

import (
	"testing"
	"time"

	"notify1022/queue/queuetest"

	"github.com/prometheus/client_golang/prometheus"
)

// field failure 6
func TestRungsFireFromSQLWithinFiveSecondsWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		open func(t *testing.T) (*Redis, func())
	}{
		{"server killed", func(t *testing.T) (*Redis, func()) {
			s := redisServer(t)
			return mustOpen(t, "redis://"+s.addr), s.stop
		}},
		{"embedded closed", func(t *testing.T) (*Redis, func()) {
			r := mustOpen(t, "embedded")
			return r, r.embedded.Close
		}},
		{"never there", func(t *testing.T) (*Redis, func()) {
			return mustOpen(t, "redis://"+queuetest.FreeAddr(t)), func() {}
		}},
		{"none", func(*testing.T) (*Redis, func()) { return nil, func() {} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lag := queuetest.Lag(t)
			r, kill := c.open(t)
			l := newLadder(machine{})
			running(t, testWorker(t, l, r, nil).Run)
			l.arm(1, time.Now())
			next(t, l.fired, "firing at the start")
			kill()
			due := in(2 * time.Second)
			l.arm(2, due)
			f := next(t, l.fired, "firing without redis")
			if late, own := f.at.Sub(due), lag(due); late < 0 || late > 5*time.Second+own {
				t.Errorf("fired %s after its due time, want 0 to 5 s (and %s of the machine's)", late, own)
			}
		})
	}
}

func TestWakesGoOnWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	s := redisServer(t)
	l, reg, m := newLadder(machine{}), prometheus.NewRegistry(), NewMetrics()
	reg.MustRegister(m)
	w := testWorker(t, l, mustOpen(t, "redis://"+s.addr), func(c *WorkerConfig) { c.Metrics = m })
	running(t, w.Run)
	seen := func() float64 { return metric(t, reg, "notify1022_redis_up", "") }
	eventually(t, "redis up", func() bool { return !w.alone() && seen() == 1 })
	s.stop()
	eventually(t, "redis down", func() bool { return w.alone() && seen() == 0 })
	l.arm(1, in(time.Hour))
	s.start()
	eventually(t, "redis up again", func() bool { return !w.alone() && seen() == 1 })
	eventually(t, "the wake armed", func() bool { return scheduled(t, w) == 1 })
}

func TestTheGuardTriesAgainAfterTheDeskFailed(t *testing.T) {
	t.Parallel()
	reg, m := prometheus.NewRegistry(), NewMetrics()
	reg.MustRegister(m)
	l := newLadder(machine{})
	l.breakWith(errTest)
	l.arm(1, time.Now())
	running(t, testWorker(t, l, nil, func(c *WorkerConfig) { c.Metrics = m }).Run)
	eventually(t, "an error counted", func() bool { return metric(t, reg, "notify1022_wake_errors_total", "fire") > 0 })
	l.breakWith(nil)
	next(t, l.fired, "firing")
	eventually(t, "the firing counted", func() bool { return metric(t, reg, "notify1022_rungs_fired_total", "guard") == 1 })
}

func TestAHintOfSomethingDueNowFiresWithoutWaitingForTheGuardsTurn(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), nil)
	running(t, w.Run)
	eventually(t, "redis up", func() bool { return !w.alone() })
	lag, due := queuetest.Lag(t), time.Now()
	l.arm(1, due)
	w.Hint(due)
	if f, own := next(t, l.fired, "firing"), lag(due); f.at.Sub(due) > 2*time.Second+own {
		t.Errorf("fired %s late, want 2 s at most (and %s of the machine's)", f.at.Sub(due), own)
	}
}

func TestManyDueRungsAreFiredInBatchesUntilNoneIsLeft(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	for i := range 1050 { // a Monday at 08:00
		l.arm(i, time.Now())
	}
	running(t, testWorker(t, l, nil, nil).Run)
	for range 1050 {
		next(t, l.fired, "firing")
	}
}
