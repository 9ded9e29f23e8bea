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
	// Bound reports whether texts go out over it at all, though perhaps not now.
	Bound() bool
	// Manner is what a handset joins segments by: their sender, and how they are marked
	// as parts. Over accounts of one manner a text may go in parts.
	Manner(m *escalation.Outgoing) string
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

// Route is an account and the lanes it carries; nil Lanes: all. A text goes over one of
// the routes that carry its lane, mostly the one with the most room.
type Route struct {
	Transmitter Transmitter
	Lanes       []escalation.Lane
}

// How the dispatcher goes about, on the machine's clock.
const (
	claimMost  = 256                    // rows per claim
	claimGap   = 10 * time.Millisecond  // claims of a busy gateway, so that they are not of one row each
	claimPoll  = 500 * time.Millisecond // rows of other processes are seen within 1 s
	claimAgain = time.Second            // after an error
	backDelay  = time.Second            // a row that could not be handed over
)

// dispatcher claims rows and hands them to senders and mail.
type dispatcher struct {
	owner    string
	lease    time.Duration
	outbox   Outbox
	renderer Renderer
	senders  []*sender
	carriers []*carriers
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
		if _, err := d.claim(ctx, d.mail.claimer.ClaimMail, d.mail.hand, d.mail.room(), mailLease); err != nil {
			return false, err
		}
	}
	for _, c := range byRoom(d.carriers) {
		hand := func(m *escalation.Outgoing, until time.Time) error { return d.hand(c, m, until) }
		room := c.room()
		n, err := d.claim(ctx, c.claimer(d.outbox), hand, room, d.lease)
		if err != nil {
			return false, err
		}
		full = full || room > 0 && n == room
	}
	return full, nil
}

type claim func(ctx context.Context, owner string, limit int, lease time.Duration,
	render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error)

// claim takes rows and hands them on. It finishes what it began when ctx ends:
// rows that were claimed and not begun are released at the end.
func (d *dispatcher) claim(ctx context.Context, take claim, hand func(*escalation.Outgoing, time.Time) error, limit int, lease time.Duration) (int, error) {
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
		if err := hand(m, begun.Add(lease/2)); err != nil {
			d.settle.put(unbegun(m, err)...)
		}
	}
	return len(rows), nil
}

// hand gives a row to the mail or to one of those that carry its lane. A row that
// waited until half of its lease was over is not begun any more.
func (d *dispatcher) hand(over *carriers, m *escalation.Outgoing, until time.Time) error {
	if m.Email != "" {
		return d.mail.hand(m, until)
	}
	if m.Phone == "" {
		return permanent(errors.New("the row has neither a number nor a mail address"))
	}
	s := d.carrier(over, m)
	if s == nil {
		return fmt.Errorf("no bound account carries the lane %s any more", m.Lane)
	}
	segments, err := s.route.Transmitter.Segments(m)
	if err != nil || segments < 1 {
		return permanent(fmt.Errorf("split the text into segments: %w", errors.Join(err, zero(segments))))
	}
	j := job{m: m, segments: segments, until: until}
	if d.anew(s, j) {
		m.Proven, m.Anew = nil, true
	}
	return s.hand(j)
}

func zero(segments int) error {
	if segments < 1 {
		return errors.New("no segment")
	}
	return nil
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

// sender submits the rows of one account, in the order of their claims.
type sender struct {
	route  Route
	jobs   chan job
	settle *settler

	mu     sync.Mutex
	queued int       // segments handed to this sender and not yet to the account
	took   time.Time // when the account accepted a segment last
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
