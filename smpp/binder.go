package smpp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// binder keeps one connection of a Client bound.
type binder struct {
	c      *Client
	number int
	mode   BindMode
	tries  int // since the last stable bind

	bound time.Time // when the present session was bound; zero if it never was
}

// run binds again and again until the client closes.
func (b *binder) run() {
	for b.c.ctx.Err() == nil {
		b.bound = time.Time{}
		err := b.once()
		if b.c.ctx.Err() != nil {
			b.status(BindStatus{Err: wanted(err)})
			return
		}
		// A bind that works and dies at once, over and over, must back off
		// like one that is refused: only a stable one starts afresh.
		if !b.bound.IsZero() && time.Since(b.bound) >= b.c.cfg.StableAfter {
			b.tries = 0
		}
		pause := b.pause(err)
		b.c.cfg.Logger.Warn("bind lost", "bind", b.number, "error", err, "retry", pause)
		b.status(BindStatus{Err: err, Retry: pause})
		if !sleep(b.c.ctx, pause) {
			return
		}
	}
}

// wanted hides the error of a session that we closed ourselves.
func wanted(err error) error {
	if errors.Is(err, ErrClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (b *binder) status(st BindStatus) {
	if b.c.cfg.OnStatus != nil {
		st.Client, st.Bind = b.c.cfg.Name, b.number
		b.c.cfg.OnStatus(st)
	}
}

// pause is exponential with full jitter (anywhere up to the limit, so that
// many gateways do not come back in step), never quite nothing. A refused
// account waits long: hammering gets it blocked.
func (b *binder) pause(err error) time.Duration {
	cfg := &b.c.cfg
	var refused *StatusError
	if errors.As(err, &refused) {
		switch {
		case refused.Status.credentials():
			return cfg.CredentialsPause/2 + rand.N(cfg.CredentialsPause/2+1)
		case refused.Status == StatusAlreadyBound, refused.Status == StatusBindFailed:
			return cfg.BackoffMax/2 + rand.N(cfg.BackoffMax/2+1)
		}
	}
	limit := min(cfg.BackoffMin, cfg.BackoffMax)
	for range b.tries {
		if limit >= cfg.BackoffMax/2 {
			limit = cfg.BackoffMax
			break
		}
		limit *= 2
	}
	b.tries++
	least := min(cfg.BackoffMin/4, limit)
	return least + rand.N(limit-least+1)
}

// sleep reports whether the whole time went by.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once dials, binds and serves one session to its end; the error says why it
// ended.
func (b *binder) once() error {
	sess, err := b.bind()
	if err != nil {
		b.c.counters.bindFailures.Add(1)
		return err
	}
	stop := context.AfterFunc(b.c.ctx, func() { sess.fail(ErrClosed) })
	defer stop()
	b.bound = time.Now()
	sess.Wait()
	b.c.leave(sess)
	b.c.counters.addSession(sess.Counts())
	return sess.Err()
}

// bind brings a session up; on error nothing is left of it.
func (b *binder) bind() (*Session, error) {
	ctx, cancel := context.WithTimeout(b.c.ctx, b.c.cfg.BindTimeout)
	defer cancel()
	nc, err := b.c.cfg.Dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	d := &door{c: b.c}
	cfg := b.c.cfg.session()
	cfg.OnRequest = d.request
	cfg.OnDrain = b.c.leave
	cfg.onBatch = b.c.slots.settle
	sess := NewSession(nc, cfg)
	if err := b.negotiate(ctx, sess, d); err != nil {
		sess.Close()
		b.c.leave(sess)
		b.c.counters.addSession(sess.Counts())
		return nil, err
	}
	return sess, nil
}

// negotiate sends the bind and waits for its response, however many other
// PDUs come before it.
func (b *binder) negotiate(ctx context.Context, sess *Session, d *door) error {
	req := Bind{
		Mode: b.mode, SystemID: b.c.cfg.SystemID, Password: b.c.cfg.Password,
		SystemType: b.c.cfg.SystemType, InterfaceVersion: 0x34,
	}
	body, err := AppendBind(nil, req)
	if err != nil {
		return err
	}
	answer := make(chan error, 1)
	err = sess.send(slot{id: req.CommandID(), done: func(p PDU, err error) {
		answer <- b.answered(sess, d, p, err)
	}}, body, true)
	if err != nil {
		return err
	}
	select {
	case err = <-answer:
	case <-ctx.Done():
		err = fmt.Errorf("bind: %w", ctx.Err())
	}
	return err
}

// answered runs on the reader's goroutine, so that what follows bind_resp
// closely finds the session already bound.
func (b *binder) answered(sess *Session, d *door, p PDU, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("bind: %w", err)
	case p.Status != StatusOK:
		return fmt.Errorf("bind: %w", statusErr(p.Status))
	case p.ID == pdu.GenericNACKID:
		return fmt.Errorf("bind: %w", ErrProtocol)
	}
	if !b.c.join(sess, b.mode != Receiver) {
		return ErrClosed
	}
	d.open(sess)
	b.c.cfg.Logger.Info("bound", "bind", b.number)
	b.status(BindStatus{Bound: true})
	return nil
}
