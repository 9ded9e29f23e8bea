package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"notify1022/escalation"
)

// Renderer freezes the text of a row that has none: Text, TemplateVersion, Coding
// and Segments. It is called inside the claim's transaction and does no I/O worth
// speaking of. An error fails the row for good.
type Renderer interface {
	Render(ctx context.Context, m *escalation.Outgoing) error
}

// Transmitter is one account at an SMSC. It is safe for concurrent use.
type Transmitter interface {
	// Name is the account, the same in all processes; it is stored with outcomes.
	Name() string
	// Free is how many segments may be handed over now and will leave at once or
	// nearly so: the open window, no more than about a second's pace. 0 while not
	// bound.
	Free() int
	// Segments is how many pieces the frozen text goes out in, 1 or more, by the
	// account's way of splitting. An error fails the row for good.
	Segments(m *escalation.Outgoing) (int, error)
	// Submit hands over one segment (1…). It may wait for window, pace and bind
	// until ctx ends. An error means that nothing left and that done will not be
	// called: one with Temporary() false fails the row, any other is tried again
	// later. On nil, done is called once, from any goroutine, perhaps before
	// Submit returns, with State, SMSC's id, Status, Error and for Queued perhaps
	// RetryIn filled in. After an Unknown it may be called once more with a late
	// answer. done does not block.
	Submit(ctx context.Context, m *escalation.Outgoing, segment int, done func(escalation.SegmentOutcome)) error
}

// Route is an account and the lanes it carries; nil Lanes: all. Of several routes
// for a lane the one with the most room is taken.
type Route struct {
	Transmitter Transmitter
	Lanes       []escalation.Lane
}

func (r Route) carries(lane escalation.Lane) bool {
	return len(r.Lanes) == 0 || slices.Contains(r.Lanes, lane)
}

// How the dispatcher goes about, on the machine's clock.
const (
	claimMost   = 256                    // rows per claim
	claimGap    = 10 * time.Millisecond  // claims of a busy gateway, so that they are not of one row each
	claimPoll   = 500 * time.Millisecond // rows of other processes are seen within 1 s
	claimAgain  = time.Second            // after an error
	noBindDelay = 5 * time.Second        // a row whose lane no bound account carries
)

// dispatcher claims rows and hands them to senders and mail.
type dispatcher struct {
	owner    string
	lease    time.Duration
	outbox   Outbox
	renderer Renderer
	senders  []*sender
	mail     *mailroom
	settle   *settler
	wake     bell // rows were queued, or room became free
	metrics  *Metrics
	log      *slog.Logger
}

// run claims until ctx ends.
func (d *dispatcher) run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := claimPoll
		full, err := d.round(ctx)
		switch {
		case err != nil:
			d.metrics.gateError.WithLabelValues("claim").Inc()
			d.log.Error("claiming outbox rows failed", "err", err)
			if !sleep(ctx, claimAgain) {
				return
			}
		case full:
			continue
		}
		if !d.wake.pause(ctx, wait) {
			return
		}
		if !sleep(ctx, claimGap) {
			return
		}
	}
}

// round claims as much as there is room for; full reports that there may be more.
func (d *dispatcher) round(ctx context.Context) (full bool, err error) {
	if d.mail.open() {
		if _, err := d.claim(ctx, d.mail.claimer.ClaimMail, d.mail.room(), mailLease); err != nil {
			return false, err
		}
	}
	room := d.room()
	if room == 0 {
		return false, nil
	}
	n, err := d.claim(ctx, d.outbox.Claim, room, d.lease)
	return n == room, err
}

// room is how many rows the accounts can take, each a segment at least.
func (d *dispatcher) room() int {
	n := 0
	for _, s := range d.senders {
		n += s.room()
	}
	return min(n, claimMost)
}

type claim func(ctx context.Context, owner string, limit int, lease time.Duration,
	render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error)

// claim takes rows and hands them on. It finishes what it began when ctx ends:
// rows that were claimed and not begun are released at the end.
func (d *dispatcher) claim(ctx context.Context, take claim, limit int, lease time.Duration) (int, error) {
	if limit <= 0 {
		return 0, nil
	}
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	begun := time.Now()
	var rows []escalation.Outgoing
	err := guarded(func() (err error) {
		rows, err = take(call, d.owner, limit, lease, func(m *escalation.Outgoing) error {
			return guarded(func() error { return d.renderer.Render(call, m) })
		})
		return err
	})
	if err != nil {
		return 0, err
	}
	for i := range rows {
		m := &rows[i]
		d.metrics.claimed.WithLabelValues(string(m.Lane)).Inc()
		if err := d.hand(m, begun.Add(lease/2)); err != nil {
			d.refuse(m, err)
		}
	}
	return len(rows), nil
}

// hand gives a row to the mail or to the sender that carries its lane. A row that
// waited until half of its lease was over is not begun any more.
func (d *dispatcher) hand(m *escalation.Outgoing, until time.Time) error {
	if m.Email != "" {
		return d.mail.hand(m, until)
	}
	if m.Phone == "" {
		return permanent(errors.New("the row has neither a number nor a mail address"))
	}
	s := d.choose(m.Lane)
	if s == nil {
		return later(noBindDelay, fmt.Errorf("no bound account carries the lane %s", m.Lane))
	}
	segments, err := s.route.Transmitter.Segments(m)
	if err != nil || segments < 1 {
		return permanent(fmt.Errorf("split the text into segments: %w", errors.Join(err, zero(segments))))
	}
	return s.hand(job{m: m, segments: segments, until: until})
}

func zero(segments int) error {
	if segments < 1 {
		return errors.New("no segment")
	}
	return nil
}

// choose is the sender with the most room among those that carry the lane; nil
// when none is bound.
func (d *dispatcher) choose(lane escalation.Lane) *sender {
	var best *sender
	most := 0
	for _, s := range d.senders {
		if !s.route.carries(lane) {
			continue
		}
		if free := s.route.Transmitter.Free(); free == 0 {
			continue
		}
		if room := s.room(); best == nil || room > most {
			best, most = s, room
		}
	}
	return best
}

// verdict is an error that says when, if ever, to try again.
type verdict struct {
	error
	temporary bool
	after     time.Duration // 0: by the number of attempts
}

// Temporary reports whether trying again may help.
func (v verdict) Temporary() bool { return v.temporary }

// Unwrap gives the reason.
func (v verdict) Unwrap() error { return v.error }

func permanent(err error) error { return verdict{error: err} }

func later(after time.Duration, err error) error {
	return verdict{error: err, temporary: true, after: after}
}

// temporary reports whether trying again may help; an error that does not say is
// taken for one of the moment.
func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return !errors.As(err, &t) || t.Temporary()
}

// refuse ends a row that was not begun: each segment without proof, because the
// store waits for all of them.
func (d *dispatcher) refuse(m *escalation.Outgoing, err error) {
	j := job{m: m, segments: max(m.Segments, 1)}
	for _, segment := range j.todo() {
		d.settle.put(ending(m, segment, j.segments, err))
	}
}

// ending is the outcome of a segment that did not leave, because of err.
func ending(m *escalation.Outgoing, segment, segments int, err error) escalation.SegmentOutcome {
	o := escalation.SegmentOutcome{Message: m.ID, Attempt: m.Attempt(), Segment: segment, Segments: segments,
		State: escalation.Failed, Error: err.Error()}
	if temporary(err) {
		o.State, o.RetryIn = escalation.Queued, retryIn(m.Attempts)
	}
	var v verdict
	if errors.As(err, &v) && v.temporary && v.after > 0 {
		o.RetryIn = v.after
	}
	return o
}

// How long a row is tried that the other side keeps refusing for now: about a
// quarter of an hour with the pauses of retryIn. Then it fails, so that the next
// contact is told.
const mostAttempts = 20

// command_status values that ask for a slower pace and say nothing about the
// message (SMPP 3.4 §5.1.3): they use up no attempt.
const (
	statusQueueFull = 0x14
	statusThrottled = 0x58
)

// spent turns a refusal for now into one for good when the row's attempts are
// used up.
func spent(o escalation.SegmentOutcome, attempts int) escalation.SegmentOutcome {
	slow := o.Status == statusQueueFull || o.Status == statusThrottled
	if o.State == escalation.Queued && !slow && attempts >= mostAttempts {
		o.State, o.RetryIn = escalation.Failed, 0
	}
	return o
}

// retryIn is how long a row refused for now waits: a second, then twice as long
// each time, up to a minute.
func retryIn(attempts int) time.Duration {
	return backoff(time.Second, time.Minute, attempts)
}

// sender submits the rows of one account, in the order of their claims.
type sender struct {
	route  Route
	jobs   chan job
	settle *settler

	mu     sync.Mutex
	queued int // segments handed to this sender and not yet to the account
}

// job is a claimed row on its way.
type job struct {
	m        *escalation.Outgoing
	segments int
	until    time.Time // not begun later than this
}

// todo lists the segments without proof.
func (j job) todo() []int {
	var list []int
	for s := 1; s <= j.segments; s++ {
		if !slices.Contains(j.m.Proven, s) {
			list = append(list, s)
		}
	}
	return list
}
