package queue

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"

	"notify1022/queue/queuetest"
)

// wakesOnly is a worker's waker without guard or planner.
func wakesOnly(t *testing.T, l *ladder, r *Redis) *waker {
	t.Helper()
	w := testWorker(t, l, r, nil).waker
	ctx, cancel := context.WithCancel(context.Background())
	if err := w.start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); w.stop() })
	return w
}

func mustArm(t *testing.T, w *waker, due time.Time, agree bool) {
	t.Helper()
	if err := w.arm(context.Background(), due, agree); err != nil {
		t.Fatal(err)
	}
}

func TestAWakeFiresWithinASecondOfItsDueTimeAndNeverBefore(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		l := newLadder(machine{})
		w, lag := wakesOnly(t, l, r), queuetest.Lag(t)
		due := in(2 * time.Second)
		l.arm(1, due)
		mustArm(t, w, due, true)
		f := next(t, l.fired, "firing")
		if late, own := f.at.Sub(due), lag(due); late < 0 || late > time.Second+own {
			t.Errorf("fired %s after its due time, want 0 to 1 s (and %s of the machine's)", late, own)
		}
		if l.firstLook().Before(due) {
			t.Errorf("the desk was asked %s too early", due.Sub(l.firstLook()))
		}
	})
}

func TestAFractionOfASecondIsRoundedUpNotOff(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := wakesOnly(t, l, mustOpen(t, "embedded"))
	due := in(time.Second).Add(700 * time.Millisecond)
	l.arm(1, due)
	mustArm(t, w, due, true)
	next(t, l.fired, "firing")
	if l.firstLook().Before(due) {
		t.Errorf("the desk was asked %s too early", due.Sub(l.firstLook()))
	}
}

func TestAnInstantIsAWholeSecondNotBeforeTheDueTimeNorTheNextSecond(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.Date(2026, 11, 23, 8, 0, 0, ms*1e6, hanoi) } // Monday
	for _, c := range []struct {
		what           string
		now, due, want int // milliseconds after 08:00:00
		agree          bool
		shift          time.Duration
	}{
		{"a whole second", 0, 5000, 5000, true, 0},
		{"a fraction is rounded up", 0, 5001, 6000, true, 0},
		{"long due", 300, -60000, 2000, true, 0},
		{"due now", 0, 0, 1000, true, 0},
		{"a little skew names the same second", 0, 5000, 5000, true, 700 * time.Millisecond},
		{"a domain clock an hour ahead", 0, 3605000, 5000, false, time.Hour},
	} {
		now := at(c.now)
		w := &waker{clock: &hands{at: now.Add(c.shift)}, now: func() time.Time { return now }}
		got, err := w.instant(context.Background(), at(c.due), c.agree)
		if err != nil || !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s (%v)", c.what, got, at(c.want), err)
		}
	}
}

func TestAWakeWaitsForADomainClockThatIsBehindTheMachine(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{shift: -800 * time.Millisecond}) // field failure 10
	w, lag := wakesOnly(t, l, mustOpen(t, "embedded")), queuetest.Lag(t)
	due := in(2 * time.Second)
	l.arm(1, due)
	mustArm(t, w, due, true)
	f := next(t, l.fired, "firing by the wake itself")
	if own := lag(due); l.firstLook().Before(due) || f.at.Sub(due) > time.Second+own {
		t.Errorf("asked at %s, fired at %s; due %s (and %s were the machine's)", l.firstLook(), f.at, due, own)
	}
}

func TestAWakeFollowsASimulatedClockThroughItsWait(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	l := newLadder(machine{shift: year})
	w := wakesOnly(t, l, mustOpen(t, "embedded"))
	due := in(time.Second).Add(year)
	l.arm(1, due)
	if w.agree(time.Now().Add(year)) || !w.agree(time.Now().Add(-time.Second)) {
		t.Error("clocks a year apart agree, or clocks a second apart do not")
	}
	mustArm(t, w, due, false)
	if f := next(t, l.fired, "firing"); f.at.Before(due) {
		t.Errorf("fired %s too early", due.Sub(f.at))
	}
}

func TestArmingTheSameInstantAgainIsSuccessAndOneJob(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		w := testWorker(t, newLadder(machine{}), r, nil).waker
		due := in(time.Hour)
		for range 5 {
			mustArm(t, w, due, true)
			mustArm(t, w, due.Add(-300*time.Millisecond), true) // the same second
		}
		tasks, err := asynq.NewInspectorFromRedisClient(r.Client()).ListScheduledTasks(w.queue())
		if err != nil || len(tasks) != 1 {
			t.Fatalf("%d jobs, want 1 (%v)", len(tasks), err)
		}
		if want := "wake:test:"; tasks[0].ID != want+string(tasks[0].Payload) {
			t.Errorf("the job is %s, want %s and its second", tasks[0].ID, want)
		}
		if tasks[0].MaxRetry == 0 || tasks[0].Retention != 0 || tasks[0].Timeout != 30*time.Second {
			t.Errorf("options: %+v", tasks[0])
		}
	})
}

func TestAHundredDeliveriesOfOneWakeFireOnce(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), nil).waker
	w.closing = context.Background()
	due := time.Now().Truncate(time.Second)
	for i := range 300 {
		l.arm(i, due)
	}
	var wg sync.WaitGroup
	for range 100 { // field failure 4
		wg.Go(func() {
			task := asynq.NewTask(wakeType, []byte(id(int(due.Unix()))))
			if err := w.handle(context.Background(), task); err != nil {
				t.Errorf("handler: %v", err)
			}
		})
	}
	wg.Wait()
	seen := map[int]bool{}
	for range 300 {
		f := next(t, l.fired, "firing")
		if seen[f.id] {
			t.Errorf("rung %d fired twice", f.id)
		}
		seen[f.id] = true
	}
	if len(l.fired) != 0 {
		t.Errorf("%d firings too many", len(l.fired))
	}
}

// field failure 12
func TestAWakeHandlerReturnsNilWhateverGoesWrong(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	m := NewMetrics()
	reg.MustRegister(m)
	l := newLadder(machine{})
	w := testWorker(t, l, mustOpen(t, "embedded"), func(c *WorkerConfig) { c.Metrics = m }).waker
	w.closing = context.Background()
	l.arm(1, time.Now())
	l.breakWith(errTest)
	for _, payload := range []string{id(int(time.Now().Unix())), "not a second", ""} {
		if err := w.handle(context.Background(), asynq.NewTask(wakeType, []byte(payload))); err != nil {
			t.Errorf("payload %q: %v, want nil", payload, err)
		}
	}
	if got := metric(t, reg, "notify1022_wake_errors_total", "handle"); got != 3 {
		t.Errorf("%v handler errors counted, want 3", got)
	}
	if l.left() != 1 {
		t.Error("the rung is gone")
	}
}

func TestAPanicOfTheDeskIsAnError(t *testing.T) {
	t.Parallel()
	err := guarded(func() error { panic("poison") })
	if err == nil || errors.Unwrap(err) != nil {
		t.Errorf("guarded returned %v", err)
	}
}

// metric is the value of a counter or gauge with the label value, of any label.
func metric(t *testing.T, reg *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			match := label == ""
			for _, l := range m.GetLabel() {
				match = match || l.GetValue() == label
			}
			if match {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetHistogram().GetSampleSum()
			}
		}
	}
	return 0
}

func TestTwoInstallationsOnOneRedisKeepTheirWakesApart(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	one, other := &waker{installation: "0123456789-one"}, &waker{installation: "0123456789-other"}
	if one.queue() == other.queue() {
		t.Error("both wake on one queue")
	}
	if a, b := wakeID(one.installation, at), wakeID("ab", at); a != "wake:01234567:1700000000" || b != "wake:ab:1700000000" {
		t.Errorf("%s, %s", a, b)
	}
}
