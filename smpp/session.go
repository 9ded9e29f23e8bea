package smpp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

// SessionConfig is a Session's setting. A zero duration switches that timer
// off, but for ResponseTimeout and WriteTimeout, which default to 10 s.
type SessionConfig struct {
	Name              string
	Window            int // requests of ours that may be unanswered; default 10. Send allows some more
	EnquireLink       time.Duration
	ResponseTimeout   time.Duration
	InactivityTimeout time.Duration
	WriteTimeout      time.Duration
	UnbindTimeout     time.Duration // default 5 s

	// OnRequest takes a request of the peer on the reader's goroutine: it must
	// not block, and p.Body is valid only during the call. false leaves the
	// answer to the Session: enquire_link and unbind are answered,
	// alert_notification is dropped, anything else is nacked.
	OnRequest func(s *Session, p PDU) bool
	// onBatch is called on the reader's goroutine after it has handed over all
	// that one read brought.
	onBatch func()
	// OnDrain is called once when no more requests are taken: an unbind by
	// either side has begun.
	OnDrain func(s *Session)

	Logger *slog.Logger
}

func (c *SessionConfig) setDefaults() {
	c.Window = or(c.Window, 10)
	c.ResponseTimeout = or(c.ResponseTimeout, 10*time.Second)
	c.WriteTimeout = or(c.WriteTimeout, 10*time.Second)
	c.UnbindTimeout = or(c.UnbindTimeout, 5*time.Second)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// or is v, or what it defaults to when it is zero.
func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Limits of a Session.
const (
	// controlSlots are kept beside the window for bind, enquire_link, unbind.
	controlSlots = 8
	// maxPending bounds what waits to be written. Senders wait beyond it; a
	// peer that does not read is found out by WriteTimeout.
	maxPending = 1 << 20
	// maxExpired is how many timed-out requests are remembered, and expiredFor
	// how long, so that a late response finds its request. Who sends a text again
	// because nothing was heard of it does so in minutes; an answer that comes
	// after them all saves no copy.
	maxExpired = 1024
	expiredFor = 10 * time.Minute
)

// Session is one SMPP connection, from either side: a reader, a writer that
// coalesces, a window and the timers. All methods are safe for concurrent use.
//
//	open ──(Unbind or the peer's unbind)──► draining ──► ended
//	  └──────────────(link lost)──────────────────────────►┘
type Session struct {
	cfg   SessionConfig
	nc    net.Conn
	frame *frameReader

	start    time.Time
	ended    chan struct{}
	wg       sync.WaitGroup
	lastRead atomic.Int64 // nanoseconds since start
	lastUse  atomic.Int64 // last message from the peer, for InactivityTimeout
	probing  atomic.Bool  // an enquire_link of ours is unanswered

	mu         sync.Mutex
	out        outbox
	window     ring
	lastSent   time.Duration   // last message of ours, since start
	expired    map[uint32]slot // timed out, newest maxExpired; nil until there is one
	order      []uint32        // of expired, oldest first
	unanswered int             // timed out in a row, no other being answered
	missedAt   time.Duration   // when the first of them timed out
	lastAnswer time.Duration   // when a request of ours was last answered, late or not
	draining   bool
	err        error
	changed    sync.Cond // out shrank, the window emptied, or the session ended

	counts sessionCounts
}

// sessionCounts count what a Session met; read with Counts.
type sessionCounts struct{ late, stray, nacks, bad atomic.Uint64 }

// SessionCounts are a Session's counters.
type SessionCounts struct {
	Late  uint64 // responses after their timeout
	Stray uint64 // responses that match no request
	Nacks uint64 // generic_nack received
	Bad   uint64 // PDUs answered with an error or dropped
}

// NewSession starts a session on an open connection, which it owns from now on.
func NewSession(nc net.Conn, cfg SessionConfig) *Session {
	cfg.setDefaults()
	s := &Session{
		cfg:    cfg,
		nc:     nc,
		frame:  newFrameReader(nc, 3*cfg.ResponseTimeout),
		window: newRing(cfg.Window + controlSlots),
		ended:  make(chan struct{}),
		start:  time.Now(),
	}
	s.changed.L = &s.mu
	s.out.work.L = &s.mu
	s.out.open(nc)
	s.wg.Add(3)
	go s.readLoop()
	go s.writeLoop()
	go s.timerLoop()
	return s
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.ended }

// Err says why the session ended: ErrClosed after our Unbind or Close,
// ErrUnbound after the peer's unbind.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Counts is a snapshot of the counters.
func (s *Session) Counts() SessionCounts {
	return SessionCounts{
		Late: s.counts.late.Load(), Stray: s.counts.stray.Load(),
		Nacks: s.counts.nacks.Load(), Bad: s.counts.bad.Load(),
	}
}

// RemoteAddr is the peer's address.
func (s *Session) RemoteAddr() net.Addr { return s.nc.RemoteAddr() }

// Close ends the session at once, without unbind, and waits for its
// goroutines. Not to be called from OnRequest or a done function.
func (s *Session) Close() {
	s.fail(ErrClosed)
	s.Wait()
}

// Wait blocks until the session has ended and its goroutines are gone.
func (s *Session) Wait() {
	<-s.ended
	s.wg.Wait()
}

// InFlight is the number of our requests without a response.
func (s *Session) InFlight() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.window.used
}

// Unbind takes no more requests, waits until those in flight are answered,
// unbinds and ends the session. The waiting is bounded by ctx, and each for
// the answers and for unbind_resp by UnbindTimeout.
func (s *Session) Unbind(ctx context.Context) error {
	s.drain()
	s.waitIdle(ctx)
	gone := make(chan struct{})
	err := s.send(slot{id: pdu.UnbindID, done: func(PDU, error) { close(gone) }}, nil, true)
	if err == nil {
		t := time.NewTimer(s.cfg.UnbindTimeout)
		defer t.Stop()
		select {
		case <-gone:
		case <-t.C:
			err = fmt.Errorf("%w: unbind", ErrResponseTimeout)
		case <-ctx.Done():
			err = ctx.Err()
		}
		s.finish(ctx)
	}
	s.Close()
	if errors.Is(err, ErrClosed) || errors.Is(err, ErrLinkLost) {
		return nil // the peer was faster
	}
	return err
}

// lastMoment is how long an Unbind whose ctx has ended still tries to write.
const lastMoment = 100 * time.Millisecond

// finish ends the session after what is still to be written, such as the
// answer to an unbind of the peer that crossed ours.
func (s *Session) finish(ctx context.Context) {
	s.flush(ErrClosed)
	limit := min(s.cfg.WriteTimeout, s.cfg.UnbindTimeout)
	if ctx.Err() != nil {
		limit = min(limit, lastMoment)
	}
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-s.ended:
	case <-t.C:
	}
}

// drain takes no more requests; first is true for the first call.
func (s *Session) drain() (first bool) {
	s.mu.Lock()
	first = !s.draining
	s.draining = true
	s.mu.Unlock()
	if first && s.cfg.OnDrain != nil {
		s.cfg.OnDrain(s)
	}
	return first
}

// waitIdle waits until no request is in flight, for at most UnbindTimeout.
func (s *Session) waitIdle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.UnbindTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		s.changed.Broadcast()
		s.mu.Unlock()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.window.used > 0 && s.err == nil && ctx.Err() == nil {
		s.changed.Wait()
	}
}

// fail ends the session once: everything in flight gets its answer.
func (s *Session) fail(err error) {
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return
	}
	s.err = err
	lost := s.window.takeAll()
	s.changed.Broadcast()
	s.out.work.Signal()
	s.mu.Unlock()
	s.nc.Close()
	for i := range lost {
		lost[i].end(PDU{}, fmt.Errorf("%w: %w", ErrLinkLost, err), false)
	}
	close(s.ended) // after every request has its end
}
