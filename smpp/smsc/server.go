package smsc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
)

// ErrClosed: the server is closed.
var ErrClosed = errors.New("smsc: closed")

// Server is an SMSC. All methods are safe for concurrent use.
type Server struct {
	cfg     Config
	trouble trouble
	feed    feed
	fates   fates
	kept    kept
	ids     atomic.Uint64
	joiner  *sms.Reassembler
	stats   stats

	promised atomic.Int64 // receipts that wait to be sent

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
	links     map[*link]bool
	receivers []*link // bound for MO, the next to be used first
	changed   chan struct{}
	handsets  map[string]*Handset
}

// Stats are a Server's counters since it was made.
type Stats struct {
	Binds    uint64 `json:"binds"`
	Submits  uint64 `json:"submits"` // submit_sm, data_sm and destinations of submit_multi that could be read
	Accepted uint64 `json:"accepted"`
	Refused  uint64 `json:"refused"`
	Receipts uint64 `json:"receipts"` // answered ESME_ROK
	MOs      uint64 `json:"mos"`      // texts, all parts answered ESME_ROK
	BoundNow int    `json:"bound_now"`

	ReceiptsDropped uint64 `json:"receipts_dropped"` // never sent: too many waited
}

type stats struct{ binds, submits, accepted, refused, receipts, receiptsDropped, mos atomic.Uint64 }

// New makes a server that accepts nobody until Listen or Serve.
func New(cfg Config) *Server {
	cfg.setDefaults()
	s := &Server{
		cfg:      cfg,
		joiner:   sms.NewReassembler(sms.Limits{}),
		links:    map[*link]bool{},
		changed:  make(chan struct{}),
		handsets: map[string]*Handset{},
	}
	s.trouble.set(cfg.Faults)
	s.ids.Store(uint64(time.Now().UnixMilli()) * 1000)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Listen accepts ESMEs on addr (host:port; port 0 is any free one) until Close.
func (s *Server) Listen(addr string) (net.Addr, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("smsc: listening: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		l.Close()
		return nil, ErrClosed
	}
	s.listeners = append(s.listeners, l)
	s.wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				if !s.sleepAfter(err) {
					return
				}
				continue
			}
			s.Serve(nc)
		}
	})
	return l.Addr(), nil
}

// sleepAfter waits a little after a passing failure such as too many open
// files; false when the listener is closed.
func (s *Server) sleepAfter(err error) bool {
	if errors.Is(err, net.ErrClosed) {
		return false
	}
	s.cfg.Logger.Error("accepting failed", "error", err)
	return s.sleep(s.ctx, 100*time.Millisecond) == nil
}

// Serve takes over one open connection (one end of a net.Pipe in tests) and
// returns at once.
func (s *Server) Serve(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		nc.Close()
		return
	}
	l := newLink(s, &faultyConn{Conn: nc, t: &s.trouble})
	s.links[l] = true
	s.wg.Go(l.run)
}

// Close unbinds every ESME, stops and waits for all goroutines of the server.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.wg.Wait()
		return
	}
	s.closed = true
	for _, l := range s.listeners {
		l.Close()
	}
	links := s.all()
	s.mu.Unlock()
	s.cancel()
	limit, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for _, l := range links {
		wg.Go(func() { l.leave(limit) })
	}
	wg.Wait()
	s.wg.Wait()
	s.feed.close()
}

// Drop cuts every link without a word.
func (s *Server) Drop() {
	s.mu.Lock()
	links := s.all()
	s.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
}

// all is the links, with mu held.
func (s *Server) all() []*link {
	var links []*link
	for l := range s.links {
		links = append(links, l)
	}
	return links
}

// SetFaults changes the faults from now on.
func (s *Server) SetFaults(f Faults) { s.trouble.set(f) }

// Faults is what is set.
func (s *Server) Faults() Faults { return s.trouble.get() }

// Events subscribes until ctx ends or the server closes; a subscriber that
// lags 256 events behind loses the oldest.
func (s *Server) Events(ctx context.Context) <-chan Event { return s.feed.subscribe(ctx) }

func (s *Server) event(e Event) {
	e.At = s.cfg.Now()
	s.feed.publish(e)
}

// Stats is a snapshot of the counters.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	bound := 0
	for l := range s.links {
		if l.mode() != nil {
			bound++
		}
	}
	s.mu.Unlock()
	return Stats{
		Binds: s.stats.binds.Load(), Submits: s.stats.submits.Load(),
		Accepted: s.stats.accepted.Load(), Refused: s.stats.refused.Load(),
		Receipts: s.stats.receipts.Load(), MOs: s.stats.mos.Load(), BoundNow: bound,
		ReceiptsDropped: s.stats.receiptsDropped.Load(),
	}
}

// Handset is the phone with this number; 84…, +84… and 0… are the same one. It
// exists from the first time it is asked for or written to.
func (s *Server) Handset(phone string) *Handset {
	key := canonical(phone)
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.handsets[key]
	if !ok {
		h = newHandset(s, key)
		if len(s.handsets) < s.cfg.Handsets {
			s.handsets[key] = h
		}
	}
	return h
}

// Handsets are all phones so far, by number.
func (s *Server) Handsets() []*Handset {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*Handset, 0, len(s.handsets))
	for _, h := range s.handsets {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *Handset) int { return strings.Compare(a.number, b.number) })
	return all
}

// nextID is a message id that this server has not used, nor, since it counts
// on from the time of its start, one before it.
func (s *Server) nextID() string { return strconv.FormatUint(s.ids.Add(1), 10) }

// sleep waits d; an error says that ctx or the server ended.
func (s *Server) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return ErrClosed
	}
}

// Deliver sends a deliver_sm as it is, for tests of odd ones: parts out of
// order, damaged headers, receipts in strange words. It returns when a bound
// receiver has answered it ESME_ROK; until then it waits and tries again, after
// which the ESME may have it twice. Errors: ctx's own, ErrClosed, a
// *smpp.StatusError for good, a field that is too long.
func (s *Server) Deliver(ctx context.Context, d smpp.Deliver) error { return s.deliver(ctx, "", d) }

// deliver sends d to a bound receiver, of system_id first if there is one,
// until one answers ESME_ROK. A refusal for good is returned.
func (s *Server) deliver(ctx context.Context, system string, d smpp.Deliver) error {
	for {
		l, err := s.receiver(ctx, system)
		if err != nil {
			return err
		}
		err = l.deliver(ctx, d)
		var refused *smpp.StatusError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused) && !refused.Temporary(), errors.Is(err, smpp.ErrTooLong):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if err := s.sleep(ctx, s.cfg.RetryDelay); err != nil {
			return err
		}
	}
}

// receiver waits for a link that takes deliver_sm.
func (s *Server) receiver(ctx context.Context, system string) (*link, error) {
	for {
		s.mu.Lock()
		l, changed := s.pick(system), s.changed
		s.mu.Unlock()
		if l != nil {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// pick is the receiver whose turn it is, with mu held. A receipt belongs to
// the account that submitted; a handset's text to anyone.
func (s *Server) pick(system string) *link {
	for i, l := range s.receivers {
		if system != "" && l.system != system {
			continue
		}
		s.receivers = append(append(s.receivers[:i:i], s.receivers[i+1:]...), l)
		return l
	}
	return nil
}

// join adds a bound receiver.
func (s *Server) join(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receivers = append(s.receivers, l)
	close(s.changed)
	s.changed = make(chan struct{})
}

// part takes a link off the receivers; gone also off the links.
func (s *Server) part(l *link, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.receivers, l); i >= 0 {
		s.receivers = slices.Delete(slices.Clone(s.receivers), i, i+1)
	}
	if gone {
		delete(s.links, l)
	}
}
