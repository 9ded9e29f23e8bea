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
	// maxExpired is how many timed-out requests are remembered, so that a late
	// response can be told from a stray one.
	maxExpired = 1024
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

	mu         sync.Mutex
	writable   sync.Cond // pending shrank, grew, or the session ended
	pending    []byte    // frames to be written
	spare      []byte    // the writer's other buffer
	window     ring
	expired    map[uint32]slot // timed out, newest maxExpired
	order      []uint32        // of expired, oldest first
	unanswered int
	draining   bool
	flushErr   error // not nil: end with it once pending is written
	err        error

	ended    chan struct{}
	wg       sync.WaitGroup
	lastRead atomic.Int64 // nanoseconds since start
	lastUse  atomic.Int64 // last message either way, for InactivityTimeout
	start    time.Time
	probing  atomic.Bool // an enquire_link of ours is unanswered

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
		cfg:     cfg,
		nc:      nc,
		frame:   newFrameReader(nc, 3*cfg.ResponseTimeout),
		window:  newRing(cfg.Window + controlSlots),
		expired: map[uint32]slot{},
		ended:   make(chan struct{}),
		start:   time.Now(),
	}
	s.writable.L = &s.mu
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

// Send writes a request. done is called exactly once, with the response or an
// error (ErrResponseTimeout, ErrLinkLost, ErrProtocol), on a goroutine of the
// session; the PDU's Body is valid only during the call, and a generic_nack is
// a response. When Send itself fails done is not called and nothing was sent.
func (s *Session) Send(id CommandID, body []byte, done func(PDU, error)) error {
	return s.send(slot{id: id, done: done}, body, false)
}

// send is Send with a hook for late responses. Control requests go out while
// draining too.
func (s *Session) send(sl slot, body []byte, control bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.room(); err != nil {
		return err
	}
	if s.draining && !control {
		return ErrClosed
	}
	sl.sentAt = time.Now()
	seq, ok := s.window.add(sl)
	if !ok {
		return errWindowFull
	}
	s.pending = appendPDU(s.pending, PDU{ID: sl.id, Seq: seq, Body: body})
	s.writable.Broadcast()
	if !control {
		s.touch()
	}
	return nil
}

var errWindowFull = errors.New("smpp: window full")

// Reply writes a response. Errors mean that the session has ended.
func (s *Session) Reply(p PDU) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.room(); err != nil {
		return err
	}
	s.pending = appendPDU(s.pending, p)
	s.writable.Broadcast()
	return nil
}

// Respond answers request p with a status and a body.
func (s *Session) Respond(p PDU, status Status, body []byte) error {
	return s.Reply(PDU{ID: p.ID | responseBit, Status: status, Seq: p.Seq, Body: body})
}

// Nack answers with a generic_nack (SMPP 3.4 §4.3).
func (s *Session) Nack(seq uint32, status Status) error {
	s.counts.bad.Add(1)
	return s.Reply(PDU{ID: pdu.GenericNACKID, Status: status, Seq: seq})
}

// room waits, with mu held, until there is room to write.
func (s *Session) room() error {
	for len(s.pending) > maxPending && s.err == nil {
		s.writable.Wait()
	}
	return s.err
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
		s.finish()
	}
	s.Close()
	if errors.Is(err, ErrClosed) || errors.Is(err, ErrLinkLost) {
		return nil // the peer was faster
	}
	return err
}

// finish ends the session after what is still to be written, such as the
// answer to an unbind of the peer that crossed ours.
func (s *Session) finish() {
	s.flush(ErrClosed)
	t := time.NewTimer(min(s.cfg.WriteTimeout, s.cfg.UnbindTimeout))
	defer t.Stop()
	select {
	case <-s.ended:
	case <-t.C:
	}
}

// flush ends the session with err once everything pending is written.
func (s *Session) flush(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushErr = err
	s.writable.Broadcast()
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
		s.writable.Broadcast()
		s.mu.Unlock()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.window.used > 0 && s.err == nil && ctx.Err() == nil {
		s.writable.Wait()
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
	s.writable.Broadcast()
	s.mu.Unlock()
	s.nc.Close()
	for _, l := range lost {
		l.done(PDU{}, fmt.Errorf("%w: %w", ErrLinkLost, err))
	}
	close(s.ended) // after every request has its end
}

// touch notes a message either way.
func (s *Session) touch() { s.lastUse.Store(int64(time.Since(s.start))) }
