package smpp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// Client is an ESME: it keeps its binds up and submits over them. All methods
// are safe for concurrent use.
type Client struct {
	cfg      Config
	slots    *slots
	inbound  *inbound
	counters counters
	replies  sync.Pool // channels of Submit

	ctx    context.Context // ends when Close wants the binds gone
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	started  bool
	closing  bool
	sessions map[*Session]bool // bound; true: may submit
	changed  chan struct{}     // closed and replaced when sessions changes
	closed   chan struct{}     // Close is done
	closeErr error
}

// NewClient makes a client that does nothing until Start.
func NewClient(cfg Config) *Client {
	cfg.setDefaults()
	c := &Client{
		cfg:      cfg,
		slots:    newSlots(),
		sessions: map[*Session]bool{},
		changed:  make(chan struct{}),
		closed:   make(chan struct{}),
	}
	c.replies.New = func() any { return make(chan Outcome, 1) }
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.inbound = newInbound(&c.cfg, &c.counters)
	return c
}

// Start begins to bind in the background. Further calls do nothing, as do
// calls after Close.
func (c *Client) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started || c.closing {
		return
	}
	c.started = true
	c.inbound.start()
	for i := range c.cfg.Binds {
		modes := []BindMode{c.cfg.Bind}
		if c.cfg.Bind == Pair {
			modes = []BindMode{Transmitter, Receiver}
		}
		for _, m := range modes {
			b := &binder{c: c, number: i, mode: m}
			c.wg.Go(b.run)
		}
	}
}

// Run starts the client and closes it when ctx ends.
func (c *Client) Run(ctx context.Context) error {
	c.Start()
	<-ctx.Done()
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.ResponseTimeout+c.cfg.UnbindTimeout)
	defer cancel()
	return c.Close(limit)
}

// Submit sends s and waits for its outcome. While nothing is bound or the
// windows are full it waits; if ctx ends then, the outcome is Refused with
// ErrNotSent. Once it is on the wire only the response, ResponseTimeout or the
// loss of the link end it, not ctx.
func (c *Client) Submit(ctx context.Context, s Submit) Outcome {
	reply := c.replies.Get().(chan Outcome)
	if err := c.begin(ctx, &s, submission{reply: reply}); err != nil {
		return Outcome{Kind: Refused, Why: err}
	}
	o := <-reply
	c.replies.Put(reply)
	return o
}

// SubmitAsync waits for a window slot and the pacer, sends s and returns; done
// is called exactly once with the outcome, on a goroutine of the client, and
// must not block. When SubmitAsync returns an error (ErrTooLong, or ErrNotSent
// wrapping why) nothing was sent and done is not called.
func (c *Client) SubmitAsync(ctx context.Context, s Submit, done func(Outcome)) error {
	return c.begin(ctx, &s, submission{done: done})
}

// TrySubmit is SubmitAsync for those who cannot wait: sent is false when no
// place in a window or no turn of the pacer is free right now. It never blocks
// and may be called from done, which is the fastest way to keep a window full:
// each answer sends the next message without waking a goroutine. A Pacer must
// implement Allower, or nothing is sent. Errors: ErrTooLong, ErrClosed.
func (c *Client) TrySubmit(s Submit, done func(Outcome)) (sent bool, err error) {
	if err := s.check(); err != nil {
		return false, err
	}
	p, err := c.slots.try()
	if p == nil {
		return false, err
	}
	pacer, ok := c.cfg.Pacer.(Allower)
	if !ok || !pacer.Allow(1) {
		c.slots.release(p)
		return false, nil
	}
	sub := submission{client: c, place: p, done: done, dest: s.Dest, ref: s.UserMessageReference}
	if p.sess.sendSubmit(slot{id: pdu.SubmitSMID, submit: sub}, &s, false) == nil {
		c.counters.submitted.Add(1) // only now: a counter that goes back looks like a restart
		return true, nil
	}
	c.slots.release(p)
	return false, nil
}

// begin sends s or says why it did not.
func (c *Client) begin(ctx context.Context, s *Submit, sub submission) error {
	c.counters.submitted.Add(1)
	err := s.check()
	if err == nil {
		err = c.place(ctx, s, sub)
	}
	if err != nil {
		c.counters.refused.Add(1)
	}
	return err
}

// place finds a session for a submit. One that ends between the slot and the
// write has taken nothing, so the next is tried.
func (c *Client) place(ctx context.Context, s *Submit, sub submission) error {
	sub.client, sub.dest, sub.ref = c, s.Dest, s.UserMessageReference
	for paced := false; ; paced = true {
		p, err := c.slots.acquire(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotSent, err)
		}
		if !paced {
			err = c.cfg.Pacer.Wait(ctx, 1)
		}
		if err == nil {
			sub.place = p
			if p.sess.sendSubmit(slot{id: pdu.SubmitSMID, submit: sub}, s, true) == nil {
				return nil
			}
			c.slots.remove(p.sess)
		}
		c.slots.release(p)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotSent, err)
		}
	}
}

// submission is a submit on the wire: where its place in a window and its
// outcome go.
type submission struct {
	client *Client
	place  *place
	done   func(Outcome) // of SubmitAsync
	reply  chan Outcome  // of Submit
	dest   Address       // for OnLate
	ref    uint16
}

// end gives the place back and the outcome to whoever submitted. On the
// reader, in a batch, those who wait for a place are served by onBatch.
func (sub *submission) end(p PDU, err error, batch bool) {
	c, o := sub.client, sub.client.outcome(p, err)
	c.feedback(o)
	c.counters.end(o)
	if batch {
		sub.place.free.Add(1)
	} else {
		c.slots.release(sub.place)
	}
	if sub.reply != nil {
		sub.reply <- o
		return
	}
	sub.done(o)
}

// late reports a response that came after the timeout.
func (sub *submission) late(p PDU) {
	if f := sub.client.cfg.OnLate; f != nil {
		f(Late{Dest: sub.dest, UserMessageReference: sub.ref, Done: sub.done, Outcome: sub.client.outcome(p, nil)})
	}
}

// outcome reads a submit_sm_resp, a generic_nack, or the lack of either.
func (c *Client) outcome(p PDU, err error) Outcome {
	switch {
	case err != nil:
		return Outcome{Kind: Unknown, Why: err}
	case p.Status != StatusOK:
		return Outcome{Kind: Refused, Status: p.Status, Why: &StatusError{Status: p.Status, Override: c.cfg.Classes[p.Status]}}
	case p.ID == pdu.GenericNACKID: // a nack without an error contradicts itself
		return Outcome{Kind: Unknown, Why: ErrProtocol}
	}
	return Outcome{Kind: Accepted, MessageID: messageID(p.Body)}
}

func (c *Client) feedback(o Outcome) {
	f, ok := c.cfg.Pacer.(Feedback)
	switch {
	case !ok:
	case o.Class() == ClassSlowdown:
		f.Throttled()
	case o.Kind == Accepted:
		f.OK()
	}
}

// Free is the number of window slots free now over all bound sessions.
func (c *Client) Free() int {
	return c.slots.count()
}

// Bound reports whether at least one connection may submit (or, for a
// Receiver, is bound).
func (c *Client) Bound() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ready()
}

func (c *Client) ready() bool {
	for _, submits := range c.sessions {
		if submits || c.cfg.Bind == Receiver {
			return true
		}
	}
	return false
}

// WaitBound waits until Bound. Errors: ctx's own, ErrClosed.
func (c *Client) WaitBound(ctx context.Context) error {
	for {
		c.mu.Lock()
		ok, closing, changed := c.ready(), c.closing, c.changed
		c.mu.Unlock()
		switch {
		case ok:
			return nil
		case closing:
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// bound is the sessions bound now.
func (c *Client) bound() []*Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.sessions))
}

// join makes a bound session known; false when the client is closing.
func (c *Client) join(s *Session, submits bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.sessions[s] = submits
	c.counters.binds.Add(1)
	c.counters.bound.Add(1)
	c.signal()
	if submits {
		c.slots.add(s, c.cfg.Window)
	}
	return true
}

// leave forgets a session that takes no more submits.
func (c *Client) leave(s *Session) {
	c.slots.remove(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.sessions[s]; ok {
		delete(c.sessions, s)
		c.counters.bound.Add(-1)
		c.signal()
	}
}

// signal wakes WaitBound, with mu held.
func (c *Client) signal() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Close takes no more submits, waits until those in flight have their outcome
// and what was delivered is handled, unbinds, and returns when every goroutine
// of the client is gone. When ctx ends first, links are cut, what is in flight
// becomes Unknown and ctx's error is returned. Further calls wait for the first.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		select {
		case <-c.closed:
			return c.closeErr
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.closing = true
	c.signal()
	c.mu.Unlock()

	c.slots.close()
	select {
	case <-c.slots.idle:
	case <-ctx.Done():
	}
	c.inbound.shut()
	err := c.unbindAll(ctx)
	c.cancel()
	c.wg.Wait()
	c.inbound.stop()
	c.closeErr = err
	close(c.closed)
	return err
}

// unbindAll unbinds every session at once.
func (c *Client) unbindAll(ctx context.Context) error {
	sessions := c.bound()
	errs := make([]error, len(sessions))
	var wg sync.WaitGroup
	for i, s := range sessions {
		wg.Go(func() {
			c.inbound.settle(ctx, s)
			errs[i] = s.Unbind(ctx)
		})
	}
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}
