package smpp

import (
	"context"
	"sync"
)

// slots are the free places in the windows of all bound sessions. Submits wait
// here, in order, for the first free place of any session.
type slots struct {
	mu      sync.Mutex
	free    map[*Session]int
	turn    []*Session // bound sessions, the next one to be used first
	waiting []*waiter
	taken   int // places handed out and not given back
	closed  bool
	idle    chan struct{} // closed when closed and nothing is taken any more
}

type waiter struct{ got chan *Session } // nil: the client closes

func newSlots() *slots {
	return &slots{free: map[*Session]int{}, idle: make(chan struct{})}
}

// add offers n places of a newly bound session.
func (w *slots) add(s *Session, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free[s] = n
	w.turn = append(w.turn, s)
	for len(w.waiting) > 0 && w.free[s] > 0 {
		w.free[s]--
		w.hand(s)
	}
}

// remove withdraws a session's places; those handed out come back by release.
func (w *slots) remove(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.free, s)
	for i, t := range w.turn {
		if t == s {
			w.turn = append(w.turn[:i:i], w.turn[i+1:]...)
			return
		}
	}
}

// acquire waits for a place. Errors: ctx's own, ErrClosed.
func (w *slots) acquire(ctx context.Context) (*Session, error) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil, ErrClosed
	}
	if s := w.pick(); s != nil {
		w.taken++
		w.mu.Unlock()
		return s, nil
	}
	me := &waiter{got: make(chan *Session, 1)}
	w.waiting = append(w.waiting, me)
	w.mu.Unlock()
	select {
	case s := <-me.got:
		if s == nil {
			return nil, ErrClosed
		}
		return s, nil
	case <-ctx.Done():
		w.giveUp(me)
		return nil, ctx.Err()
	}
}

// pick takes a place round robin, with mu held.
func (w *slots) pick() *Session {
	for i, s := range w.turn {
		if w.free[s] > 0 {
			w.free[s]--
			if len(w.turn) > 1 {
				w.turn = append(append(w.turn[:i:i], w.turn[i+1:]...), s)
			}
			return s
		}
	}
	return nil
}

// hand gives a place of s to the one who waits longest, with mu held.
func (w *slots) hand(s *Session) {
	next := w.waiting[0]
	w.waiting = w.waiting[1:]
	w.taken++
	next.got <- s
}

// giveUp leaves the queue; a place that was handed over meanwhile goes back.
func (w *slots) giveUp(me *waiter) {
	w.mu.Lock()
	for i, other := range w.waiting {
		if other == me {
			w.waiting = append(w.waiting[:i:i], w.waiting[i+1:]...)
			w.mu.Unlock()
			return
		}
	}
	w.mu.Unlock()
	if s := <-me.got; s != nil {
		w.release(s)
	}
}

// release gives a place back, or on to the next who waits.
func (w *slots) release(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken--
	if w.closed && w.taken == 0 {
		close(w.idle)
	}
	n, bound := w.free[s]
	if !bound {
		return
	}
	w.free[s] = n + 1
	if len(w.waiting) > 0 {
		w.free[s]--
		w.hand(s)
	}
}

// close sends those who wait away; idle is closed once nothing is taken.
func (w *slots) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.closed = true
	for _, next := range w.waiting {
		next.got <- nil
	}
	w.waiting = nil
	if w.taken == 0 {
		close(w.idle)
	}
}

// count is the number of free places and of those handed out.
func (w *slots) count() (free, taken int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return 0, w.taken
	}
	for _, n := range w.free {
		free += n
	}
	return free, w.taken
}
