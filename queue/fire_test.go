package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"notify1022/escalation"
)

// firedNow lists the petitions that fired so far.
func firedNow(l *ladder) (ids []int) {
	for len(l.fired) > 0 {
		ids = append(ids, (<-l.fired).id)
	}
	slices.Sort(ids)
	return ids
}

// field failure 7
func TestAPetitionThatCannotBeDecidedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	reg, m := prometheus.NewRegistry(), NewMetrics()
	reg.MustRegister(m)
	l := newLadder(machine{})
	l.poison = map[int]bool{}
	begun := time.Now()
	for id := range 40 { // two full batches and a few, the ones at fault are the oldest of each
		l.arm(id, begun.Add(time.Duration(id-100)*time.Second))
		l.poison[id] = id%8 < 3
	}
	f := testWorker(t, l, nil, func(c *WorkerConfig) { c.Metrics, c.Batch, c.Parallel = m, 8, 2 }).fire
	now := begun
	f.stuck.now = func() time.Time { return now }
	n, err := f.pass(t.Context(), "guard")
	if err != nil || n != 25 || len(firedNow(l)) != 25 || l.left() != 15 {
		t.Fatalf("%d rungs fired, %d are left, %v; want the 25 that can be decided", n, l.left(), err)
	}
	if got := metric(t, reg, "notify1022_petition_fire_failures_total", ""); got != 15 {
		t.Errorf("%v failures counted, want 15", got)
	}
	looks := len(l.looks)
	if n, err := f.pass(t.Context(), "guard"); n != 0 || err != nil || len(l.looks) != looks+1 {
		t.Errorf("while they wait one look is enough: %d fired, %v, %d looks", n, err, len(l.looks)-looks)
	}
	if codes := f.stuck.told(); len(codes) != 0 {
		t.Errorf("%v are told of after one failure", codes)
	}
	for range 2 {
		now = now.Add(retryMost)
		l.arm(100, begun)
		if n, err := f.pass(t.Context(), "guard"); n != 1 || err != nil {
			t.Errorf("beside petitions that are tried again %d rungs fired, want 1; %v", n, err)
		}
	}
	codes := f.stuck.told()
	if len(codes) != 15 || codes[0].Code != "HP261116-0000" {
		t.Errorf("stuck: %v", codes)
	}
	clear(l.poison) // somebody has mended what was wrong
	now = now.Add(retryMost)
	if n, err := f.pass(t.Context(), "guard"); n != 15 || err != nil || l.left() != 0 {
		t.Errorf("mended, %d rungs fired, want 15; %v", n, err)
	}
	if codes := f.stuck.told(); len(codes) != 0 {
		t.Errorf("%v are told of although they fired", codes)
	}
}

func TestAPetitionThatIsStuckIsTriedLaterAndLaterForEver(t *testing.T) {
	t.Parallel()
	s := newStuck()
	now := time.Now()
	s.now = func() time.Time { return now }
	var waits []time.Duration
	for range 9 {
		s.failed(escalation.DuePetition{ID: 7, Code: "HP261116-0007"})
		begun := now
		for passesOver(s) {
			now = now.Add(500 * time.Millisecond)
		}
		waits = append(waits, now.Sub(begun))
	}
	if got := fmt.Sprint(waits); got != "[1s 2s 4s 8s 16s 32s 1m0s 1m0s 1m0s]" {
		t.Errorf("it waited %s", got)
	}
	now = now.Add(stuckForget + time.Second) // withdrawn, say: nothing of it is due any more
	if codes := s.told(); len(codes) != 0 {
		t.Errorf("%v are told of for ever", codes)
	}
}

func TestAStoreThatIsAwayIsNotAskedPetitionByPetition(t *testing.T) {
	t.Parallel()
	l := newLadder(machine{})
	for id := range 10 {
		l.arm(id, time.Now().Add(-time.Minute))
	}
	l.breakWith(errTest)
	f := testWorker(t, l, nil, nil).fire
	if n, err := f.pass(t.Context(), "guard"); n != 0 || err == nil || len(l.looks) != 1 {
		t.Errorf("%d fired, %v, %d looks; want one failure", n, err, len(l.looks))
	}
}

func TestTheAlarmNamesPetitionsThatAreStuck(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var stuck []escalation.DuePetition
	for i := range 4 {
		stuck = append(stuck, escalation.DuePetition{Code: fmt.Sprintf("HP261116-000%d", i+1), Due: now.Add(time.Duration(i-9) * time.Minute)})
	}
	text := Audit{Now: now, Stuck: stuck}.Text()
	if !strings.Contains(text, "4 phản ánh không xử lý được bước đến hạn, trễ nhất 9 phút: HP261116-0001, HP261116-0002, HP261116-0003") || strings.Contains(text, stuck[3].Code) {
		t.Errorf("the alarm is %q", text)
	}
}

// passesOver reports whether somebody is passed over now.
func passesOver(s *stuck) bool {
	_, ids := s.waiting()
	return len(ids) > 0
}

// More petitions than are remembered cannot be decided, and what can is due after all of
// them: the pass ends, and reaches it.
//
// field failure 7
func TestMorePetitionsThatCannotBeDecidedThanAreRememberedHoldUpNoOther(t *testing.T) {
	t.Parallel()
	const bad = stuckMost + 300
	l := newLadder(machine{})
	l.poison = map[int]bool{}
	begun := time.Now().Add(-time.Hour)
	for id := range bad {
		l.arm(id, begun.Add(time.Duration(id/7)*time.Second/10)) // several at an instant
		l.poison[id] = true
	}
	l.arm(bad, time.Now().Add(-time.Minute))
	f := testWorker(t, l, nil, nil).fire
	now := time.Now()
	f.stuck.now = func() time.Time { return now }
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if n, err := f.pass(ctx, "guard"); n != 1 || err != nil || len(firedNow(l)) != 1 {
		t.Fatalf("%d rungs fired, %v; want the one behind them", n, err)
	}
	looks := len(l.looks)
	l.arm(bad+1, time.Now().Add(-30*time.Second))
	if n, err := f.pass(ctx, "guard"); n != 1 || err != nil || len(l.looks) > looks+3 {
		t.Errorf("what is due after them: %d fired after %d looks, %v", n, len(l.looks)-looks, err)
	}
	clear(l.poison)
	now = now.Add(retryMost)
	fired := 0
	for range 3 { // past them there is nothing; then from the oldest on
		n, err := f.pass(ctx, "guard")
		if err != nil {
			t.Fatal(err)
		}
		fired += n
	}
	if fired != bad || l.left() != 0 {
		t.Errorf("mended, %d fired and %d are left", fired, l.left())
	}
}

func TestTheLatenessOfWhatCannotBeFiredHidesNobodyElses(t *testing.T) {
	t.Parallel()
	reg, m := prometheus.NewRegistry(), NewMetrics()
	reg.MustRegister(m)
	l := newLadder(machine{})
	l.arm(1, time.Now().Add(-5*time.Hour))
	l.poison = map[int]bool{1: true}
	w := testWorker(t, l, nil, func(c *WorkerConfig) { c.Metrics, c.Auditor = m, ladderAudit{l} })
	now := time.Now()
	w.fire.stuck.now = func() time.Time { return now }
	for range stuckAfter {
		if err := w.guard.look(t.Context(), "guard"); err != nil {
			t.Fatal(err)
		}
		now = now.Add(retryMost)
	}
	l.arm(2, time.Now().Add(-10*time.Second))
	if err := w.guard.look(t.Context(), "guard"); err != nil || len(firedNow(l)) != 1 {
		t.Fatalf("the other did not fire, %v", err)
	}
	if got := metric(t, reg, "notify1022_rung_lateness_seconds", ""); got < 10 || got > 60 {
		t.Errorf("taken up after %v s, want some ten", got)
	}
	w.watch.look(t.Context())
	if late, stuck := metric(t, reg, "notify1022_oldest_overdue_rung_seconds", ""), metric(t, reg, "notify1022_stuck_petitions", ""); late != 0 || stuck != 1 {
		t.Errorf("the audit shows %v s and %v petitions", late, stuck)
	}
	if late := metric(t, reg, "notify1022_oldest_stuck_rung_seconds", ""); late < 5*3600 || late > 5*3600+60 {
		t.Errorf("what is stuck is shown as %v s late, want five hours", late)
	}
	clear(l.poison)
	now = now.Add(retryMost)
	if err := w.guard.look(t.Context(), "guard"); err != nil || l.left() != 0 {
		t.Errorf("mended, %d are left, %v", l.left(), err)
	}
}
