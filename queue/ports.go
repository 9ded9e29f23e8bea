package queue

import (
	"context"
	"time"

	"notify1022/escalation"
)

// Desk is what the workers ask of the domain.
type Desk interface {
	// FirePast fires what is due of up to limit petitions, none of except and none at or
	// before past, the oldest first, all or nothing. It names whom it looked at, also
	// with an error.
	FirePast(ctx context.Context, limit int, past escalation.DuePetition, except ...int64) (fired int, due []escalation.DuePetition, err error)
	Reply(ctx context.Context, inbound int64) error
	// Undelivered passes a message on that Unhandled lists, by the same wait.
	Undelivered(ctx context.Context, message int64, wait time.Duration) error
}

// Clock is the domain's time: the machine's, or a simulated one.
type Clock interface {
	// Now is the domain's instant for things that happen outside a transaction,
	// such as the reading of a PDU.
	Now(ctx context.Context) (time.Time, error)
	// Wait returns the machine's time to wait until the domain's clock may show t.
	Wait(ctx context.Context, t time.Time) (time.Duration, error)
}

// simulated reports whether the domain's clock is another than the machine's. A
// clock that may be says so by a method of that name; of any other the machine's
// time passes as the domain's does.
func simulated(c Clock) bool {
	s, ok := c.(interface{ Simulated() bool })
	return ok && s.Simulated()
}

// Rungs is what wake-ups, guard and planner read.
type Rungs interface {
	// DueInstants lists up to limit distinct due seconds of armed rungs after
	// `after` and not later than until, rising.
	DueInstants(ctx context.Context, after, until time.Time, limit int) ([]time.Time, error)
	// OldestDue is the due time of the oldest armed rung that is due at now, of petitions
	// that are none of except; ok is false when none is.
	OldestDue(ctx context.Context, now time.Time, except ...int64) (due time.Time, ok bool, err error)
}

// Outbox is what the gateway drains.
type Outbox interface {
	// Claim takes up to limit rows of the lanes (none named: of all) that may go now,
	// lanes in weighted order, marks them sending under a lease of the owner, calls
	// render for each row whose text is not frozen yet and freezes it, all in one
	// transaction. A row that render refuses becomes failed with that error.
	Claim(ctx context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error, lanes ...escalation.Lane) ([]escalation.Outgoing, error)
	// Settle stores outcomes set-based. A message is accepted when all its
	// segments are, failed when one is refused for good, queued again (RetryIn)
	// when one was refused for now or the row goes back (segment 0), unknown when one
	// has no proof. Of an attempt that is not the row's latest only Accepted counts.
	Settle(ctx context.Context, outcomes []escalation.SegmentOutcome) error
	// Lapse turns rows whose lease ran out into unknown, and unknown rows older
	// than grace without proof into queued ones marked possible_duplicate, later and
	// later, and at last into failed ones. It expires rows that are pointless by now.
	Lapse(ctx context.Context, grace time.Duration) (requeued int, err error)
	// Release gives the owner's leases back at shutdown: rows never submitted are
	// queued again.
	Release(ctx context.Context, owner string) error
	// Unhandled lists failed messages whose failure has not been passed on, and
	// duty messages without a receipt, or without any answer, after wait, or refused
	// for now again and again.
	Unhandled(ctx context.Context, wait time.Duration, limit int) ([]int64, error)
}

// Inbox is what the SMPP reader fills.
type Inbox interface {
	// Receive stores one part and commits. It returns only after the commit; an
	// error means that nothing is stored.
	Receive(ctx context.Context, part escalation.Part) error
	// Receipt stores a receipt, commits, and moves its message forward; a receipt
	// for an id not known yet waits for it.
	Receipt(ctx context.Context, note escalation.ReceiptNote) error
	// Ready joins complete texts, and incomplete ones older than patience, and
	// lists the ids of unapplied texts, the oldest of each phone only, oldest first; behind
	// them a few that were put aside and are to be tried again.
	Ready(ctx context.Context, patience time.Duration, limit int) ([]int64, error)
	// Failed counts a failed attempt to apply a text: others of the same phone wait for it
	// until it has failed so often that it is put aside.
	Failed(ctx context.Context, id int64, why string) error
}

// Periods keys periodic work: N nodes do it once.
type Periods interface {
	// Once runs fn when the key has not been done, and marks it done, in that
	// order under a lock; done reports whether fn ran here.
	Once(ctx context.Context, kind, period string, fn func(context.Context) error) (done bool, err error)
	// PeriodDone reports whether the key has been done. One that Once did not do and
	// that is not done is under way on another node, or was.
	PeriodDone(ctx context.Context, kind, period string) (bool, error)
}

// Faults remembers what is wrong with the service itself and what was told of it, for
// all nodes together, by the machine's clock.
type Faults interface {
	// NoteFaults notes that the faults are there now and gives what is known of them. It
	// writes where there are none, too, and fails where nothing can be written.
	NoteFaults(ctx context.Context, kinds ...string) ([]escalation.Fault, error)
	// FaultsTold notes that an administrator was told of the faults now.
	FaultsTold(ctx context.Context, kinds ...string) error
}
