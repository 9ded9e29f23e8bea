package queue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/escalation"
)

// letterbox is an inbox in memory: each part is a whole text.
type letterbox struct {
	mu       sync.Mutex
	texts    []escalation.Part
	applied  map[int64]bool
	failures map[int64]int
	commit   chan struct{} // nil: at once; else Receive says that it began and waits
	fail     error
	receipts int
	looked   chan struct{} // a tick for each call of Ready, as far as there is room
}

func newLetterbox() *letterbox {
	return &letterbox{applied: map[int64]bool{}, failures: map[int64]int{}, looked: make(chan struct{}, 1)}
}

func (l *letterbox) Receive(_ context.Context, part escalation.Part) error {
	if l.commit != nil {
		l.commit <- struct{}{} // begun
		<-l.commit
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail == nil {
		l.texts = append(l.texts, part)
	}
	return l.fail
}

func (l *letterbox) Receipt(context.Context, escalation.ReceiptNote) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.receipts++
	return l.fail
}

func (l *letterbox) Ready(_ context.Context, _ time.Duration, limit int) ([]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.looked <- struct{}{}:
	default:
	}
	var ids []int64
	seen := map[string]bool{}
	for i, p := range l.texts {
		id := int64(i + 1)
		if l.applied[id] || seen[p.From] || len(ids) == limit {
			continue
		}
		seen[p.From] = true
		ids = append(ids, id)
	}
	return ids, nil
}

func (l *letterbox) Failed(_ context.Context, id int64, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures[id]++
	return nil
}

func (l *letterbox) done(id int64) escalation.Part {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applied[id] = true
	return l.texts[id-1]
}

func (l *letterbox) stored() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.texts)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func part(phone, text string) escalation.Part {
	return escalation.Part{SMSC: "test", From: phone, Text: text}
}

func TestAPartIsAnsweredOnlyAfterItsCommit(t *testing.T) {
	t.Parallel()
	l := newLetterbox()
	l.commit = make(chan struct{})
	arrived := make(chan struct{}, 1)
	at := vn(t, "2026-11-23 08:00:00")
	r := NewReceiver(l, &hands{at: at}, func() { arrived <- struct{}{} }, nil)
	answered := make(chan error, 1)
	go func() { answered <- r.HandlePart(context.Background(), part("0570000001", "DA NHAN")) }()
	next(t, l.commit, "the transaction")
	select {
	case err := <-answered:
		t.Fatalf("answered before the commit: %v", err)
	case <-arrived:
		t.Fatal("hinted before the commit")
	default:
	}
	l.commit <- struct{}{} // the commit
	if err := next(t, answered, "the answer"); err != nil {
		t.Fatal(err)
	}
	if l.stored() != 1 {
		t.Fatal("answered before it was stored")
	}
	next(t, arrived, "the hint")
	if got := l.texts[0].ReadAt; !got.Equal(at) {
		t.Errorf("read at %s, want %s", got, at)
	}
}

func TestARefusedCommitIsAnErrorAndNoHint(t *testing.T) {
	t.Parallel()
	l := newLetterbox()
	l.fail = errTest
	r := NewReceiver(l, machine{}, func() { t.Error("a hint of nothing") }, nil)
	if r.HandlePart(context.Background(), part("0570000001", "DA NHAN")) == nil {
		t.Error("a part that is not stored was answered as stored")
	}
	if r.HandleReceipt(context.Background(), escalation.ReceiptNote{}) == nil {
		t.Error("a receipt that is not stored was answered as stored")
	}
}

func TestTheTimeAPDUWaitedHereDoesNotCount(t *testing.T) {
	t.Parallel()
	at := vn(t, "2026-11-23 08:00:00")
	r := NewReceiver(newLetterbox(), &hands{at: at}, nil, nil)
	got, err := r.ReadAt(context.Background(), time.Now().Add(-30*time.Second))
	if d := at.Sub(got); err != nil || d < 30*time.Second || d > 31*time.Second {
		t.Errorf("read %s before now, want 30 s (%v)", d, err)
	}
}

// lateClock is asked at once and answers late: its process stood still, or its answer lay on
// the wire.
type lateClock struct {
	hands
	after time.Duration
}

func (c *lateClock) Now(ctx context.Context) (time.Time, error) {
	now, err := c.hands.Now(ctx)
	time.Sleep(c.after)
	return now, err
}

func TestAClockThatAnswersLateDatesNoReplyBeforeItWasRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		at := vn(t, "2026-11-23 08:00:00")
		r := NewReceiver(newLetterbox(), &lateClock{hands{at: at}, 30 * time.Second}, nil, nil)
		if got, err := r.ReadAt(t.Context(), time.Now().Add(-2*time.Second)); err != nil || at.Sub(got) != 2*time.Second {
			t.Errorf("read %s before the clock, want the two seconds that it had waited (%v)", at.Sub(got), err)
		}
	})
}

// stageClock is a simulated clock.
type stageClock struct{ hands }

func (*stageClock) Simulated() bool { return true }

func TestOnASimulatedClockAReplyIsReadAtItsNow(t *testing.T) {
	t.Parallel()
	at := vn(t, "2026-11-23 09:37:00")
	r := NewReceiver(newLetterbox(), &stageClock{hands{at: at}}, nil, nil)
	for _, waited := range []time.Duration{0, 80 * time.Millisecond, 30 * time.Second} {
		if got, err := r.ReadAt(context.Background(), time.Now().Add(-waited)); err != nil || !got.Equal(at) {
			t.Errorf("waited %s: read at %s, want %s (%v)", waited, got, at, err)
		}
	}
}

func TestTextsOfOnePhoneAreAppliedInOrder(t *testing.T) {
	t.Parallel()
	box, l := newLetterbox(), newLadder(machine{})
	var mu sync.Mutex
	order := map[string][]string{}
	busy := map[string]bool{}
	l.replies = func(_ context.Context, id int64) error {
		mu.Lock()
		phone := box.texts[id-1].From
		if busy[phone] {
			t.Errorf("two texts of %s at once", phone)
		}
		busy[phone] = true
		mu.Unlock()
		for range 3 * flag(id == 1) { // slow: the applier looks again meanwhile
			<-box.looked
		}
		p := box.done(id)
		mu.Lock()
		defer mu.Unlock()
		busy[phone] = false
		order[phone] = append(order[phone], p.Text)
		return nil
	}
	for n := range 20 {
		for phone := range 5 {
			box.texts = append(box.texts, part(fmt.Sprintf("057000000%d", phone+1), fmt.Sprintf("%02d", n)))
		}
	}
	running(t, testWorker(t, l, nil, func(c *WorkerConfig) { c.Inbox = box }).Run)
	eventually(t, "all applied", func() bool {
		mu.Lock()
		defer mu.Unlock()
		n := 0
		for _, texts := range order {
			n += len(texts)
		}
		return n == 100
	})
	for phone, texts := range order {
		if !slices.IsSorted(texts) {
			t.Errorf("%s: %v", phone, texts)
		}
	}
}

func TestATextThatFailsIsTriedAgainAndHoldsUpItsPhoneAlone(t *testing.T) {
	t.Parallel()
	box, l := newLetterbox(), newLadder(machine{})
	box.texts = []escalation.Part{part("0570000001", "poison"), part("0570000001", "after it"), part("0570000002", "another's")}
	var mu sync.Mutex
	healed := false
	applied := make(chan string, 10)
	l.replies = func(_ context.Context, id int64) error {
		mu.Lock()
		defer mu.Unlock()
		if id == 1 && !healed {
			panic("poison") // an error of that one call
		}
		applied <- box.done(id).Text
		return nil
	}
	posted := make(chan struct{}, 100)
	running(t, testWorker(t, l, nil, func(c *WorkerConfig) {
		c.Inbox = box
		c.Posted = func() { posted <- struct{}{} }
	}).Run)
	if got := next(t, applied, "applying"); got != "another's" {
		t.Fatalf("applied %q first", got)
	}
	next(t, posted, "the hint to the gateway")
	eventually(t, "the failure counted", func() bool { box.mu.Lock(); defer box.mu.Unlock(); return box.failures[1] > 0 })
	mu.Lock()
	healed = true
	mu.Unlock()
	if a, b := next(t, applied, "the second try"), next(t, applied, "the one after it"); a != "poison" || b != "after it" {
		t.Errorf("applied %q, %q", a, b)
	}
}

// stage is a simulated clock that stops at each due instant.
type stage struct {
	*hands
	l    *ladder
	step time.Duration
}

func (s *stage) Advance(ctx context.Context) (bool, error) {
	now, _ := s.Now(ctx)
	if _, due, _ := s.l.OldestDue(ctx, now); due {
		return true, nil
	}
	to := now.Add(s.step)
	if due, ok, _ := s.l.OldestDue(ctx, to); ok {
		to = due
	}
	s.set(to)
	return false, nil
}

func TestASimulatedClockIsDrivenThroughALadderAndItsDigests(t *testing.T) {
	t.Parallel()
	clock := &hands{at: vn(t, "2026-11-23 08:00:00")} // Monday
	l, p := newLadder(clock), &post{}
	for i, after := range []time.Duration{time.Hour, 6 * time.Hour, 8 * time.Hour} {
		l.arm(i, clock.at.Add(after))
	}
	running(t, testWorker(t, l, mustOpen(t, "embedded"), func(c *WorkerConfig) {
		c.Simulation = &stage{clock, l, 5 * time.Minute}
		c.Jobs = DigestPeriods(p, hanoi, workweek)
	}).Run)
	for i := range 3 {
		if f := next(t, l.fired, "firing"); f.id != i || !f.at.Equal(f.due) {
			t.Errorf("rung %d fired at %s, due %s", f.id, f.at, f.due)
		}
	}
	eventually(t, "the afternoon's digest", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.Contains(p.sent, "forwarded 23/11 16:30") && slices.Contains(p.sent, "forwarded 23/11 11:00")
	})
}
