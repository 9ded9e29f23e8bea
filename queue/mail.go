package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"notify1022/escalation"
)

// Mailer sends a row by email. An error with Temporary() false fails it for good,
// one with Uncertain() true may have been sent and is tried again marked, any other
// error is tried again later. Mail's own receipts do not exist: sent is
// accepted.
type Mailer interface {
	Mail(ctx context.Context, m *escalation.Outgoing) error
}

// MailOutbox is what an outbox may offer besides: claims of email rows alone, so
// that mail goes out while no account is bound. Its claims are like Outbox.Claim.
// Without it mail is claimed together with texts, as far as those have room.
type MailOutbox interface {
	ClaimMail(ctx context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error)
}

// How mail goes about. A mail server may take its time behind the final dot, and who
// gives up on it sends twice, so mail has a longer lease than texts. A mail begun at the
// end of its first half is over before it ends.
const (
	mailAtOnce = 4
	mailQueue  = 32
	mailLease  = 3 * time.Minute
	mailLimit  = 70 * time.Second
	mailLeave  = 20 * time.Second // of a mail under way when the gateway stops
	mailLater  = 10 * time.Second
	mailName   = "mail"
)

var errNoMail = errors.New("no mail server is configured")

// mailroom sends mail beside the texts, so that a slow mail server holds nobody up.
type mailroom struct {
	mailer  Mailer // nil: every row fails and becomes a person's task
	claimer MailOutbox
	jobs    chan job
	settle  *settler
	log     *slog.Logger
}

func newMailroom(c *GatewayConfig, s *settler) *mailroom {
	claimer, _ := c.Outbox.(MailOutbox)
	return &mailroom{mailer: c.Mailer, claimer: claimer, jobs: make(chan job, mailQueue), settle: s, log: c.Log}
}

// open reports whether mail is claimed by itself.
func (m *mailroom) open() bool { return m.claimer != nil }

func (m *mailroom) room() int { return cap(m.jobs) - len(m.jobs) }

// hand queues a row; it never blocks.
func (m *mailroom) hand(o *escalation.Outgoing, until time.Time) error {
	if m.mailer == nil {
		return permanent(errNoMail)
	}
	select {
	case m.jobs <- job{m: o, segments: 1, until: until}:
		return nil
	default:
		return later(mailLater, errors.New("too many mails wait"))
	}
}

// run sends until ctx ends. Mail begun is finished; the rest is left to Release.
func (m *mailroom) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-m.jobs:
			if ctx.Err() == nil {
				m.send(ctx, j)
			}
		}
	}
}

// uncertain reports an error after which the mail may have gone out.
func uncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}

func (m *mailroom) send(ctx context.Context, j job) {
	if time.Now().After(j.until) {
		m.settle.put(unbegun(j.m, later(time.Millisecond, errStale))...)
		return
	}
	f := m.settle.beginUntil(time.Now().Add(mailLease), j.m, 1, 1, mailName)
	call, cancel := leave(ctx, mailLimit, mailLeave)
	defer cancel()
	err := guarded(func() error { return m.mailer.Mail(call, j.m) })
	if err == nil {
		m.settle.end(f, escalation.SegmentOutcome{State: escalation.Accepted})
		return
	}
	m.log.Error("a mail could not be sent", "message", j.m.ID, "err", err)
	if uncertain(err) { // after the grace it is sent again, marked
		m.settle.end(f, escalation.SegmentOutcome{State: escalation.Unknown, Error: err.Error()})
		return
	}
	o := ending(j.m, 1, 1, err)
	o.Refusal, o.RetryIn = escalation.RefusedText, 0
	m.settle.end(f, counted(j.m, o, true))
}
