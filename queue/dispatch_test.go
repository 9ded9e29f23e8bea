package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/queue/queuetest"
)

// plain renders every row to one word a segment.
type plain struct{}

func (plain) Render(_ context.Context, m *escalation.Outgoing) error {
	if m.Template == "" {
		return errTest
	}
	m.Text, m.Coding, m.TemplateVersion, m.Segments = "text", "gsm7", 1, max(1, m.Segments)
	return nil
}

// sent is one submit.
type sent struct {
	message int64
	segment int
	attempt int
	done    func(escalation.SegmentOutcome)
}

// radio is an account whose answers the test gives.
type radio struct {
	mu     sync.Mutex
	window int
	out    int // submits not answered
	most   int
	air    chan sent
	answer func(s sent) // nil: the test takes sent from air
	name   string       // "": test
	manner string
}

func newRadio(window int) *radio { return &radio{window: window, air: make(chan sent, 1<<16)} }

func (r *radio) Name() string { return cmp.Or(r.name, "test") }

func (r *radio) Manner(*escalation.Outgoing) string { return r.manner }

func (r *radio) Bound() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.window > 0
}

// mostOut is how many submits were unanswered at once, at most.
func (r *radio) mostOut() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.most
}

func (r *radio) Free() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, r.window-r.out)
}

func (r *radio) open(window int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window = window
}

func (r *radio) Segments(m *escalation.Outgoing) (int, error) {
	if m.Segments > 9 {
		return 0, errTest
	}
	return m.Segments, nil
}

func (r *radio) Submit(ctx context.Context, m *escalation.Outgoing, segment int, done func(escalation.SegmentOutcome)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.Lock()
	r.out++
	r.most = max(r.most, r.out)
	r.mu.Unlock()
	once := sync.OnceFunc(func() {
		r.mu.Lock()
		r.out--
		r.mu.Unlock()
	})
	s := sent{m.ID, segment, m.Attempts, func(o escalation.SegmentOutcome) { once(); done(o) }}
	if r.answer != nil {
		go r.answer(s)
	} else {
		r.air <- s
	}
	return nil
}

func (r *radio) quiet() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out == 0
}

func testGateway(t *testing.T, outbox Outbox, change func(*GatewayConfig)) *Gateway {
	t.Helper()
	c := GatewayConfig{Owner: "gateway-1", Outbox: outbox, Renderer: plain{}, Log: quiet(), Drain: time.Second}
	change(&c)
	g, err := NewGateway(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func over(r *radio) func(*GatewayConfig) {
	return func(c *GatewayConfig) { c.Routes = []Route{{Transmitter: r}} }
}

func text(id int64, segments int) escalation.Outgoing {
	return escalation.Outgoing{ID: id, Template: "O1", Lane: escalation.LaneSlip, Phone: "+84570000001", Segments: segments}
}

func accepted() escalation.SegmentOutcome {
	return escalation.SegmentOutcome{State: escalation.Accepted, SMSCID: "1"}
}

// settledAs waits until the message left sending and checks its state.
func settledAs(t *testing.T, s *shelf, id int64, want escalation.MessageState) entry {
	t.Helper()
	for {
		if next(t, s.changed, "a change of message "+string(want)) == id {
			break
		}
	}
	e := s.get(id)
	if e.state != want {
		t.Errorf("message %d is %s, want %s", id, e.state, want)
	}
	return e
}

func TestAClaimIsNoLargerThanTheFreeWindow(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(7)
	for i := range 50 {
		s.add(text(int64(i+1), 1))
	}
	running(t, testGateway(t, s, over(r)).Run)
	for range 50 {
		next(t, r.air, "a submit").done(accepted())
	}
	for range 50 {
		next(t, s.changed, "an acceptance")
	}
	if most := r.mostOut(); most > 7 {
		t.Errorf("%d submits at once over a window of 7", most)
	}
	// A row stays sending until its outcome is stored, a moment after its slot is
	// free: at most the window twice.
	if most := s.mostBusy(); most > 14 {
		t.Errorf("%d rows claimed at once over a window of 7", most)
	}
}

func TestWhileNothingIsAnsweredNoMoreThanTheWindowIsClaimed(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(3)
	for i := range 10 {
		s.add(text(int64(i+1), 1))
	}
	g := testGateway(t, s, over(r))
	stop := running(t, g.Run)
	held := []sent{next(t, r.air, "1"), next(t, r.air, "2"), next(t, r.air, "3")}
	g.Wake()
	for range 3 { // rounds go by
		full, err := g.d.round(context.Background())
		if full || err != nil {
			t.Fatalf("a round with a full window: %t, %v", full, err)
		}
	}
	if most := s.mostBusy(); most != 3 {
		t.Errorf("%d rows claimed, want 3", most)
	}
	r.open(0)
	for _, h := range held {
		h.done(accepted())
	}
	stop()
}

func TestEveryRowIsSettledOnceUnderRandomOutcomes(t *testing.T) {
	t.Parallel()
	s, r, rnd := newShelf(), newRadio(20), noise(t)
	var mu sync.Mutex
	dice := func(n int) int { mu.Lock(); defer mu.Unlock(); return rnd.IntN(n) }
	r.answer = func(x sent) { x.done(randomOutcome(dice, x)) }
	const n = 400
	for i := range n {
		s.add(text(int64(i+1), 1+rand.IntN(3)))
	}
	running(t, testGateway(t, s, over(r)).Run)
	ended := func() bool {
		for i := range n {
			switch s.get(int64(i + 1)).state {
			case escalation.Queued, escalation.Sending:
				return false
			}
		}
		return true
	}
	eventually(t, "an end of every row", ended)
	for i := range n {
		e := s.get(int64(i + 1))
		for segment, times := range e.settled {
			if times != 1 {
				t.Errorf("message %d, segment %d: %d outcomes of one claim", e.ID, segment, times)
			}
		}
		if e.state == escalation.Accepted && len(e.Proven) != e.Segments {
			t.Errorf("message %d is accepted with %v of %d segments", e.ID, e.Proven, e.Segments)
		}
	}
}

// randomOutcome refuses for now at the first attempts only, so that all rows end.
func randomOutcome(dice func(int) int, x sent) escalation.SegmentOutcome {
	switch d := dice(20); {
	case d == 0:
		return escalation.SegmentOutcome{State: escalation.Failed, Status: 0x0B, Error: "ESME_RINVDSTADR"}
	case d == 1:
		return escalation.SegmentOutcome{State: escalation.Unknown, Error: "no response"}
	case d < 6 && x.attempt < 2:
		return escalation.SegmentOutcome{State: escalation.Queued, Refusal: escalation.RefusedPace, RetryIn: 20 * time.Millisecond}
	}
	return accepted()
}

func TestOnlySegmentsWithoutProofAreRepeated(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(10)
	s.add(text(1, 3))
	running(t, testGateway(t, s, over(r)).Run)
	for range 3 {
		x := next(t, r.air, "a submit")
		if x.segment == 2 {
			x.done(escalation.SegmentOutcome{State: escalation.Queued, Refusal: escalation.RefusedPace, RetryIn: time.Nanosecond})
		} else {
			x.done(accepted())
		}
	}
	x := next(t, r.air, "the repetition")
	if x.segment != 2 {
		t.Errorf("segment %d repeated, want 2", x.segment)
	}
	x.done(accepted())
	eventually(t, "acceptance", func() bool { return s.get(1).state == escalation.Accepted })
	if len(r.air) != 0 {
		t.Errorf("%d submits too many", len(r.air))
	}
}

func TestAFailureIsPassedOnWithinSeconds(t *testing.T) {
	t.Parallel()
	s, r, l := newShelf(), newRadio(10), newLadder(machine{})
	passed := make(chan int64, 100)
	l.passOn = func(_ context.Context, id int64) error {
		if id == 1 {
			return errTest // must not hold up the others
		}
		s.handle(id)
		passed <- id
		return nil
	}
	w := testWorker(t, l, nil, func(c *WorkerConfig) { c.Outbox = s })
	running(t, w.Run)
	for i := range 3 {
		s.add(text(int64(i+1), 1))
	}
	lag, begun := queuetest.Lag(t), time.Now()
	running(t, testGateway(t, s, func(c *GatewayConfig) { over(r)(c); c.Refused = w.Refused }).Run)
	for range 3 {
		next(t, r.air, "a submit").done(escalation.SegmentOutcome{State: escalation.Failed, Status: 0x0B})
	}
	for range 2 { // field failure 43
		next(t, passed, "passing on")
	}
	if d, own := time.Since(begun), lag(begun); d > 5*time.Second+own {
		t.Errorf("passed on after %s, want 5 s at most (and %s of the machine's)", d, own)
	}
}

func TestShutdownSettlesWhatIsOutAndReleasesTheRest(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(4)
	for i := range 4 {
		s.add(text(int64(i+1), 1))
	}
	ctx, cancel := context.WithCancel(context.Background())
	g := testGateway(t, s, over(r))
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	answered, silent := next(t, r.air, "1"), next(t, r.air, "2")
	next(t, r.air, "3").done(accepted())
	cancel()
	answered.done(accepted()) // while draining
	if err := next(t, done, "the end"); err != nil {
		t.Fatal(err)
	}
	silent.done(accepted()) // too late to be stored: nobody is there
	for id, e := range s.rows {
		want := escalation.Accepted
		switch {
		case id == silent.message:
			want = escalation.Unknown
		case e.released:
			want = escalation.Queued
		}
		if id == silent.message && e.released || e.state != want && e.state != escalation.Unknown || e.state == escalation.Sending {
			t.Errorf("message %d is %s (released %t), want %s", id, e.state, e.released, want)
		}
	}
}

func TestLeasesAreKeptWhenOutcomesCannotBeStoredAtShutdown(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(4)
	s.add(text(1, 1))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	g := testGateway(t, s, over(r))
	go func() { done <- g.Run(ctx) }()
	x := next(t, r.air, "a submit")
	s.breakWith(errTest)
	x.done(accepted())
	cancel()
	if err := next(t, done, "the end"); err == nil {
		t.Error("run returned nil although an outcome is lost")
	}
	if e := s.get(1); e.released || e.state != escalation.Sending {
		t.Errorf("message is %s, released %t: it would be sent twice", e.state, e.released)
	}
}

func TestOutcomesWaitForAStoreThatIsAway(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(10)
	for i := range 10 {
		s.add(text(int64(i+1), 1))
	}
	running(t, testGateway(t, s, over(r)).Run)
	s.breakWith(errTest)
	for range 10 {
		next(t, r.air, "a submit").done(accepted())
	}
	eventually(t, "some tries", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.batches > settleTries })
	s.breakWith(nil)
	for range 10 {
		next(t, s.changed, "an acceptance")
	}
}

// gone is the error of a store that cannot be reached.
type gone struct{}

func (gone) Error() string     { return "the store is away" }
func (gone) Unavailable() bool { return true }

// The SMSC has accepted them: an outcome given up would send its text once more.
func TestNoOutcomeIsGivenUpWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	late := fmt.Errorf("settle: %w", context.DeadlineExceeded)
	for name, stalls := range map[string][]error{
		"it says so":      {gone{}, gone{}, gone{}, gone{}, gone{}},
		"it answers late": {late, late, late, late, late},
	} {
		s := newShelf()
		s.stalls = stalls
		settle := testGateway(t, s, over(newRadio(10))).d.settle
		for i := range 10 {
			m := text(int64(i+1), 1)
			s.add(m)
			settle.end(settle.begin(&m, 1, 1, "test"), accepted())
		}
		for range 5 { // the first finds the store away
			settle.store(t.Context())
		}
		for i := range 10 {
			if e := s.get(int64(i + 1)); e.state != escalation.Accepted {
				t.Errorf("%s: message %d is %s", name, i+1, e.state)
			}
		}
		if !settle.stored() {
			t.Errorf("%s: an outcome was given up", name)
		}
	}
}

func TestOneOutcomeThatTheStoreRefusesHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(20)
	s.poison = 3
	for i := range 8 {
		s.add(text(int64(i+1), 1))
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	g := testGateway(t, s, over(r))
	go func() { done <- g.Run(ctx) }()
	var all []sent
	for range 8 {
		all = append(all, next(t, r.air, "a submit"))
	}
	for _, x := range all {
		x.done(accepted())
	}
	for range 7 {
		next(t, s.changed, "an acceptance")
	}
	cancel()
	<-done // the poisoned one may or may not be given up by now
	if e := s.get(3); e.released {
		t.Error("a row that is out was released")
	}
}

func TestRowsThatCannotBeSentAtAllFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		row  escalation.Outgoing
	}{
		{"no text", escalation.Outgoing{ID: 1, Phone: "+84570000001"}},
		{"too many segments", text(1, 10)},
		{"no address", escalation.Outgoing{ID: 1, Template: "O1"}},
		{"mail without a mail server", escalation.Outgoing{ID: 1, Template: "R1", Email: "a@example.vn"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newShelf()
			s.add(c.row)
			running(t, testGateway(t, s, over(newRadio(5))).Run)
			settledAs(t, s, 1, escalation.Failed)
		})
	}
}

func TestARowGoesOverAnAccountThatCarriesItsLane(t *testing.T) {
	t.Parallel()
	s, officers, citizens := newShelf(), newRadio(5), newRadio(50)
	s.add(text(1, 1))
	running(t, testGateway(t, s, func(c *GatewayConfig) {
		c.Routes = []Route{{officers, []escalation.Lane{escalation.LaneUrgent, escalation.LaneSlip}}, {citizens, []escalation.Lane{escalation.LaneCitizen}}}
	}).Run)
	next(t, officers.air, "a submit over the officers' account").done(accepted())
	settledAs(t, s, 1, escalation.Accepted)
}

// letters is a mailer.
type letters struct {
	out chan int64
	err error
}

func (l letters) Mail(_ context.Context, m *escalation.Outgoing) error {
	l.out <- m.ID
	return l.err
}

func TestMailGoesOutWhileNoAccountIsBound(t *testing.T) {
	t.Parallel()
	s, l := newShelf(), letters{out: make(chan int64, 5)}
	s.add(text(1, 1))
	s.add(escalation.Outgoing{ID: 2, Template: "R1", Email: "a@example.vn"})
	running(t, testGateway(t, postShelf{s}, func(c *GatewayConfig) { over(newRadio(0))(c); c.Mailer = l }).Run)
	if got := next(t, l.out, "a mail"); got != 2 {
		t.Errorf("message %d mailed", got)
	}
	settledAs(t, s, 2, escalation.Accepted)
	if got := s.get(1).state; got != escalation.Queued {
		t.Errorf("the text is %s", got)
	}
}

// broken is a connection that ended after the mail's last line.
type broken struct{ error }

func (broken) Uncertain() bool { return true }

func TestAMailErrorSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want escalation.MessageState
	}{{errTest, escalation.Queued}, {permanent(errTest), escalation.Failed}, {broken{errTest}, escalation.Unknown}} {
		s := newShelf()
		s.add(escalation.Outgoing{ID: 1, Template: "R1", Email: "a@example.vn"})
		running(t, testGateway(t, s, func(g *GatewayConfig) {
			over(newRadio(5))(g)
			g.Mailer = letters{make(chan int64, 5), c.err}
		}).Run)
		settledAs(t, s, 1, c.want)
	}
}

// slow is a mailer that answers when it is let.
type slow struct{ begun, answer chan struct{} }

func (m slow) Mail(context.Context, *escalation.Outgoing) error {
	close(m.begun)
	<-m.answer
	return nil
}

func TestASlowMailServerMakesNoMailUnknown(t *testing.T) {
	t.Parallel()
	s, r, m := newShelf(), newRadio(5), slow{make(chan struct{}), make(chan struct{})}
	s.add(text(1, 1))
	s.add(escalation.Outgoing{ID: 2, Template: "R1", Email: "a@example.vn"})
	running(t, testGateway(t, postShelf{s}, func(c *GatewayConfig) { over(r)(c); c.Mailer, c.Lease = m, 6*time.Second }).Run)
	<-m.begun
	next(t, r.air, "a submit")
	settledAs(t, s, 1, escalation.Unknown) // the text's lease is over
	if got := s.get(2).state; got != escalation.Sending {
		t.Errorf("the mail is %s", got)
	}
	close(m.answer)
	settledAs(t, s, 2, escalation.Accepted)
	if mailLease/2+mailLimit >= mailLease {
		t.Error("a mail may outlast its lease")
	}
}

func TestASilentAccountEndsAsUnknownAndALateProofCounts(t *testing.T) {
	t.Parallel()
	s, r := newShelf(), newRadio(5)
	s.add(text(1, 1))
	running(t, testGateway(t, s, func(c *GatewayConfig) { over(r)(c); c.Lease = 6 * time.Second }).Run)
	x := next(t, r.air, "a submit")
	settledAs(t, s, 1, escalation.Unknown)
	x.done(accepted())
	settledAs(t, s, 1, escalation.Accepted)
	x.done(escalation.SegmentOutcome{State: escalation.Failed}) // nonsense of a confused account
	if e := s.get(1); e.state != escalation.Accepted || !r.quiet() {
		t.Errorf("message is %s", e.state)
	}
}

func TestAFlightEndsOnceAndOnlyALateProofIsHeardAfterwards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, second escalation.MessageState
		want          int
	}{
		{escalation.Accepted, escalation.Accepted, 1},
		{escalation.Accepted, escalation.Failed, 1},
		{escalation.Failed, escalation.Accepted, 1},
		{escalation.Unknown, escalation.Failed, 1},
		{escalation.Unknown, escalation.Accepted, 2},
	} {
		g := testGateway(t, newShelf(), over(newRadio(1)))
		f := g.d.settle.begin(&escalation.Outgoing{ID: 1}, 1, 1, "test")
		for _, state := range []escalation.MessageState{c.first, c.second} {
			g.d.settle.end(f, escalation.SegmentOutcome{State: state})
		}
		if got := len(g.d.settle.take()); got != c.want {
			t.Errorf("%s, then %s: %d outcomes, want %d", c.first, c.second, got, c.want)
		}
	}
}

func TestRunningTwiceIsAnError(t *testing.T) {
	t.Parallel()
	g := testGateway(t, newShelf(), over(newRadio(1)))
	w := testWorker(t, newLadder(machine{}), nil, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := errors.Join(g.Run(ctx), w.Run(ctx)); err != nil {
		t.Fatal(err)
	}
	if g.Run(ctx) == nil || w.Run(ctx) == nil {
		t.Error("a second run is accepted")
	}
}

func TestEveryOutcomeSaysOfWhichClaimItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(m *escalation.Outgoing, r *radio)
		want   escalation.MessageState
	}{
		"accepted":        {func(*escalation.Outgoing, *radio) {}, escalation.Accepted},
		"all was proven":  {func(m *escalation.Outgoing, _ *radio) { m.Proven = []int{1} }, escalation.Accepted},
		"no number":       {func(m *escalation.Outgoing, _ *radio) { m.Phone = "" }, escalation.Failed},
		"cannot be split": {func(m *escalation.Outgoing, _ *radio) { m.Segments = 10 }, escalation.Failed},
		"no mail server":  {func(m *escalation.Outgoing, _ *radio) { m.Email = "a@example.vn" }, escalation.Failed},
		"refused": {func(_ *escalation.Outgoing, r *radio) {
			r.answer = func(s sent) {
				s.done(escalation.SegmentOutcome{State: escalation.Queued, Refusal: escalation.RefusedPace, RetryIn: time.Hour})
			}
		}, escalation.Queued},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, r := newShelf(), newRadio(1)
			r.answer = func(s sent) { s.done(accepted()) }
			m := text(1, 1)
			m.Attempts = 4
			c.change(&m, r)
			s.add(m)
			running(t, testGateway(t, s, over(r)).Run)
			if e := settledAs(t, s, 1, c.want); e.last.Attempt != 5 {
				t.Errorf("the outcome is of attempt %d, want 5", e.last.Attempt)
			}
		})
	}
}
