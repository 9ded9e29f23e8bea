package queue

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// Receiver stores what the SMSC delivers. The SMPP session answers after it
// returns: nil is ESME_ROK, an error ESME_RX_T_APPN, and the SMSC tries again. It
// never talks to Redis and is safe for concurrent use.
type Receiver struct {
	inbox   Inbox
	clock   Clock
	arrived func()
	metrics *Metrics
}

// NewReceiver stores into inbox; arrived is called after each commit of a part and
// must not block (mostly Worker.Read; nil: workers poll). metrics may be nil.
func NewReceiver(inbox Inbox, clock Clock, arrived func(), metrics *Metrics) *Receiver {
	if arrived == nil {
		arrived = func() {}
	}
	if metrics == nil {
		metrics = NewMetrics()
	}
	return &Receiver{inbox: inbox, clock: clock, arrived: arrived, metrics: metrics}
}

// HandlePart stores one part of a text and returns after the commit. A part
// without ReadAt is taken to be read now, before it is stored.
func (r *Receiver) HandlePart(ctx context.Context, part escalation.Part) error {
	err := r.part(ctx, part)
	r.metrics.received.WithLabelValues("part", result(err)).Inc()
	if err != nil {
		return fmt.Errorf("store a part from %s: %w", part.SMSC, err)
	}
	r.arrived()
	return nil
}

func (r *Receiver) part(ctx context.Context, part escalation.Part) error {
	return guarded(func() (err error) {
		if part.ReadAt.IsZero() {
			if part.ReadAt, err = r.clock.Now(ctx); err != nil {
				return err
			}
		}
		return r.inbox.Receive(ctx, part)
	})
}

// ReadAt is the domain instant for a PDU that was read at the machine's instant
// read: the time it waited in this process does not count against its sender. When in the
// time that the clock took to answer it was read nobody says, so none of that counts: a reply
// is not dated before it came. A simulated clock does not say what it showed then, so there
// it is its now.
func (r *Receiver) ReadAt(ctx context.Context, read time.Time) (time.Time, error) {
	waited := max(0, time.Since(read))
	now, err := r.clock.Now(ctx)
	if err != nil || simulated(r.clock) {
		return now, err
	}
	return now.Add(-waited), nil
}

// HandleReceipt stores a receipt and moves its message forward, and returns after
// the commit.
func (r *Receiver) HandleReceipt(ctx context.Context, note escalation.ReceiptNote) error {
	err := guarded(func() error { return r.inbox.Receipt(ctx, note) })
	r.metrics.received.WithLabelValues("receipt", result(err)).Inc()
	if err != nil {
		return fmt.Errorf("store a receipt from %s: %w", note.SMSC, err)
	}
	return nil
}
