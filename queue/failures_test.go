package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"

	"notify1022/queue/queuetest"
)

// Stories of docs/field-failures.md about jobs that are lost, early, stuck or
// repeated, and about what never came because something stood still.

func inspect(w *waker) *asynq.Inspector { return asynq.NewInspectorFromRedisClient(w.redis.Client()) }

// field failure 1
func TestARungWhoseWakeWasNeverWrittenFiresOnceAndInTime(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		l := newLadder(machine{})
		w, lag := testWorker(t, l, r, nil), queuetest.Lag(t)
		running(t, w.Run)
		eventually(t, "a first plan", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.queries > 0 })
		due := in(time.Second)
		l.arm(1, due) // committed, and the door died before its hint
		f := next(t, l.fired, "firing")
		if late, own := f.at.Sub(due), lag(due); late < 0 || late > 5*time.Second+own {
			t.Errorf("fired %s after its due time, want 0 to 5 s (and %s of the machine's)", late, own)
		}
		if l.arm(2, in(0)); next(t, l.fired, "the next one").id != 2 {
			t.Error("the rung fired twice")
		}
	})
}

// field failure 2
func TestAHundredRestartsFireNothingEarlyAndDoubleNoWake(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		l := newLadder(machine{})
		const rungs = 12
		for i := range rungs {
			l.arm(i, in(20*time.Minute+time.Duration(i)*time.Minute))
		}
		var w *Worker
		for range 100 {
			w = testWorker(t, l, r, nil)
			mustTick(t, w.planner)
			if err := w.guard.look(context.Background(), "guard"); err != nil {
				t.Fatal(err)
			}
		}
		if l.left() != rungs || len(l.looks) != 0 {
			t.Errorf("%d of %d rungs are left, the desk was asked %d times", l.left(), rungs, len(l.looks))
		}
		tasks, err := inspect(w.waker).ListScheduledTasks(w.waker.queue(), asynq.PageSize(1000))
		if err != nil || len(tasks) != rungs {
			t.Fatalf("%d wakes, want %d (%v)", len(tasks), rungs, err)
		}
		due := map[int64]bool{}
		for _, at := range l.armed {
			due[at.Unix()] = true
		}
		for _, task := range tasks {
			if !due[task.NextProcessAt.Unix()] {
				t.Errorf("%s is set for %s, when nothing is due", task.ID, task.NextProcessAt)
			}
		}
	})
}

// ladderAudit is an auditor that looks at the ladder alone.
type ladderAudit struct{ l *ladder }

func (a ladderAudit) Audit(ctx context.Context, stuck ...int64) (Audit, error) {
	now, err := a.l.Now(ctx)
	if err != nil {
		return Audit{}, err
	}
	due, ok, err := a.l.OldestDue(ctx, now, stuck...)
	if err != nil || !ok {
		return Audit{Now: now}, err
	}
	return Audit{Now: now, OldestRung: now.Sub(due)}, nil
}

// shout is an alarm that can be waited for.
type shout chan string

func (s shout) Alarm(_ context.Context, _, text string) error { s <- text; return nil }

// field failure 7
func TestWhileTheDeskIsStuckTheAdministratorHearsOfIt(t *testing.T) {
	t.Parallel()
	reg, m := prometheus.NewRegistry(), NewMetrics()
	reg.MustRegister(m)
	l, alarms := newLadder(machine{}), make(shout, 10)
	l.breakWith(errTest) // a database that is too busy to fire anything
	l.arm(1, time.Now().Add(-3*time.Minute))
	running(t, testWorker(t, l, nil, func(c *WorkerConfig) {
		c.Auditor, c.Alarm, c.Metrics = ladderAudit{l}, alarms, m
	}).Run)
	if text := next(t, alarms, "the alarm"); !strings.Contains(text, "bước leo thang trễ 3 phút") {
		t.Errorf("the alarm says %q", text)
	}
	if got := metric(t, reg, "notify1022_alarms_total", "done"); got != 1 {
		t.Errorf("%v alarms counted", got)
	}
}

// field failure 9
func TestAWakeThatLiesInTheArchiveDoesNotBlockItsRung(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		l := newLadder(machine{})
		w, lag := testWorker(t, l, r, nil), queuetest.Lag(t)
		due := in(3 * time.Second)
		mustArm(t, w.waker, due, true)
		id := fmt.Sprintf("wake:test:%d", due.Unix())
		if err := inspect(w.waker).ArchiveTask(w.waker.queue(), id); err != nil {
			t.Fatal(err)
		}
		mustArm(t, w.waker, due, true) // the id is taken: success, because the truth is elsewhere
		l.arm(1, due)
		running(t, w.Run)
		f := next(t, l.fired, "firing")
		if late, own := f.at.Sub(due), lag(due); late < 0 || late > 5*time.Second+own {
			t.Errorf("fired %s after its due time, want 0 to 5 s (and %s of the machine's)", late, own)
		}
	})
}

// field failure 10
func TestAWakeThatComesTenMinutesEarlyAsksNobodyAndIsSetAgain(t *testing.T) {
	t.Parallel()
	due := time.Now().Add(time.Minute).Truncate(time.Second)
	for _, early := range []time.Duration{10 * time.Minute, 24 * time.Hour, 3 * time.Second} {
		clock := &hands{at: due.Add(-early)} // the node that delivers it is fast by that much
		l := newLadder(clock)
		l.arm(1, due)
		w := testWorker(t, l, mustOpen(t, "embedded"), nil).waker
		w.closing = context.Background()
		wake := asynq.NewTask(wakeType, []byte(id(int(due.Unix()))))
		if err := w.handle(context.Background(), wake); err != nil || len(l.looks) != 0 || l.left() != 1 {
			t.Errorf("%s early: %v, the desk was asked %d times, %d rungs are left", early, err, len(l.looks), l.left())
		}
		tasks, err := inspect(w).ListScheduledTasks(w.queue())
		if err != nil || len(tasks) != 1 {
			t.Errorf("%s early: %d wakes are set (%v)", early, len(tasks), err)
		}
		clock.set(due)
		if err := w.handle(context.Background(), wake); err != nil || l.left() != 0 {
			t.Errorf("at its time: %v, %d rungs are left", err, l.left())
		}
	}
}

// field failure 12
func TestAFailingDeskLeavesNothingInTheArchiveAndNothingBehind(t *testing.T) {
	t.Parallel()
	onEachRedis(t, func(t *testing.T, r *Redis) {
		reg, m := prometheus.NewRegistry(), NewMetrics()
		reg.MustRegister(m)
		l := newLadder(machine{})
		l.breakWith(errTest)
		w := testWorker(t, l, r, func(c *WorkerConfig) { c.Metrics = m }).waker
		ctx, cancel := context.WithCancel(context.Background())
		if err := w.start(ctx); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cancel(); w.stop() })
		for i := range 3 {
			due := in(time.Duration(i+2) * time.Second) // each a second of its own
			l.arm(i, due)
			mustArm(t, w, due, true)
		}
		eventually(t, "three failures", func() bool { return metric(t, reg, "notify1022_wake_errors_total", "handle") >= 3 })
		eventually(t, "an empty queue", func() bool {
			q, err := inspect(w).GetQueueInfo(w.queue())
			return err == nil && q.Scheduled+q.Pending+q.Active+q.Retry+q.Archived+q.Completed == 0
		})
		l.breakWith(nil)
		if _, err := w.fire.pass(context.Background(), "guard"); err != nil || l.left() != 0 {
			t.Errorf("the rows are what is fired from: %d are left, %v", l.left(), err)
		}
	})
}

// field failure 14
func TestAPeriodThatWasMissedIsMadeUpForOnceAndMarkedLate(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	p, clock := &post{}, &hands{at: vn(t, "2026-11-20 08:30:00")} // Friday
	shared := &diary{}
	node := func() *calendar {
		return newCalendar(&WorkerConfig{Periods: shared, Clock: clock, Metrics: NewMetrics(),
			Log: slog.New(slog.NewTextHandler(&said, nil)), Jobs: DigestPeriods(p, hanoi, workweek)[:1]})
	}
	node().look(context.Background()) // Thursday's of 16:30
	p.sent = nil
	said.Reset()
	clock.set(vn(t, "2026-11-20 15:00:00")) // every node was away at 11:00
	for range 3 {
		fresh := node()
		fresh.look(context.Background())
		fresh.look(context.Background())
	}
	if got := fmt.Sprint(p.sent); got != "[forwarded 20/11 11:00]" {
		t.Errorf("sent %s, want the digest of 11:00 once", got)
	}
	if n := strings.Count(said.String(), "periodic work was late"); n != 1 || !strings.Contains(said.String(), "2026-11-20T11:00:00+07:00") {
		t.Errorf("%d lines say that it was late:\n%s", n, said.String())
	}
	done, err := shared.Once(context.Background(), "digest_forwarded", "2026-11-20T11:00:00+07:00", func(context.Context) error { return errors.New("again") })
	if done || err != nil {
		t.Errorf("the table of periods shows it as a gap: %t, %v", done, err)
	}
}
