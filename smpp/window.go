package smpp

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// place is one bound session's window as seen by those who submit. Its places
// are taken and given back without a lock.
type place struct {
	sess *Session
	size int64
	free atomic.Int64
	_    [40]byte // submitters and the reader write free; what follows is another cache line
}

// take takes a place if there is one.
func (p *place) take() bool {
	for {
		n := p.free.Load()
		if n <= 0 {
			return false
		}
		if p.free.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// slots are the free places in the windows of all bound sessions. Submits wait
// here, in order, for the first free place of any session.
type slots struct {
	turn   atomic.Pointer[[]*place] // of bound sessions; replaced, never changed
	next   atomic.Uint32            // whose turn it is
	queued atomic.Int64             // submits that wait
	closed atomic.Bool

	mu      sync.Mutex
	waiting waiters
	leaving []*place // withdrawn and not all given back
	idle    chan struct{}
	pool    sync.Pool // waiters that were served
}

func newSlots() *slots {
	w := &slots{idle: make(chan struct{})}
	w.turn.Store(&[]*place{})
	w.pool.New = func() any { return &waiter{got: make(chan *place, 1)} }
	return w
}

// add offers n places of a newly bound session.
func (w *slots) add(s *Session, n int) *place {
	p := &place{sess: s, size: int64(n)}
	p.free.Store(p.size)
	w.mu.Lock()
	defer w.mu.Unlock()
	turn := append(slices.Clone(*w.turn.Load()), p)
	w.turn.Store(&turn)
	w.serve()
	return p
}

// remove withdraws a session's places; those handed out come back by release.
func (w *slots) remove(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	turn := slices.Clone(*w.turn.Load())
	i := slices.IndexFunc(turn, func(p *place) bool { return p.sess == s })
	if i < 0 {
		return
	}
	w.leaving = slices.DeleteFunc(w.leaving, (*place).whole)
	w.leaving = append(w.leaving, turn[i])
	turn = slices.Delete(turn, i, i+1)
	w.turn.Store(&turn)
}

// whole reports that every place has been given back.
func (p *place) whole() bool { return p.free.Load() == p.size }

// acquire waits for a place. Errors: ctx's own, ErrClosed.
func (w *slots) acquire(ctx context.Context) (*place, error) {
	if p, err := w.try(); p != nil || err != nil {
		return p, err
	}
	return w.wait(ctx)
}

// try takes a place without waiting, nil if there is none. Error: ErrClosed.
func (w *slots) try() (*place, error) {
	if w.closed.Load() {
		return nil, ErrClosed
	}
	if w.queued.Load() > 0 { // it would be served before those who wait
		return nil, nil
	}
	p := w.pick()
	if p != nil && w.closed.Load() { // meanwhile
		w.release(p)
		return nil, ErrClosed
	}
	return p, nil
}

// pick takes a place round robin, nil if there is none.
func (w *slots) pick() *place {
	turn := *w.turn.Load()
	if len(turn) == 1 {
		if turn[0].take() {
			return turn[0]
		}
		return nil
	}
	from := int(w.next.Add(1) % uint32(max(len(turn), 1)))
	for i := range turn {
		if p := turn[(from+i)%len(turn)]; p.take() {
			return p
		}
	}
	return nil
}

// wait queues for a place.
func (w *slots) wait(ctx context.Context) (*place, error) {
	w.mu.Lock()
	if w.closed.Load() {
		w.mu.Unlock()
		return nil, ErrClosed
	}
	me := w.pool.Get().(*waiter)
	w.waiting.push(me)
	w.queued.Add(1)
	w.serve() // a place may have come back before we were in the queue
	w.mu.Unlock()
	select {
	case p := <-me.got:
		w.pool.Put(me)
		if p == nil {
			return nil, ErrClosed
		}
		return p, nil
	case <-ctx.Done():
		w.giveUp(me)
		return nil, ctx.Err()
	}
}

// serve hands free places to those who wait longest, with mu held.
func (w *slots) serve() {
	for w.waiting.first != nil {
		p := w.pick()
		if p == nil {
			return
		}
		w.queued.Add(-1)
		w.waiting.pop().got <- p
	}
}

// giveUp leaves the queue; a place that was handed over meanwhile goes back.
func (w *slots) giveUp(me *waiter) {
	w.mu.Lock()
	if me.queued {
		w.waiting.remove(me)
		w.queued.Add(-1)
		w.mu.Unlock()
		return
	}
	w.mu.Unlock()
	if p := <-me.got; p != nil {
		w.release(p)
	}
}

// release gives a place back, and on to the next who waits.
func (w *slots) release(p *place) {
	p.free.Add(1)
	w.settle()
}

// settle serves those who wait after places came back. The reader gives back a
// whole batch before it settles, so that a submitter is woken once for all.
func (w *slots) settle() {
	if w.queued.Load() == 0 && !w.closed.Load() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serve()
	w.checkIdle()
}

// checkIdle closes idle once nobody holds a place any more, with mu held.
func (w *slots) checkIdle() {
	if !w.closed.Load() {
		return
	}
	select {
	case <-w.idle:
		return
	default:
	}
	for _, p := range append(slices.Clone(*w.turn.Load()), w.leaving...) {
		if !p.whole() {
			return
		}
	}
	close(w.idle)
}

// close sends those who wait away; idle is closed once nothing is taken.
func (w *slots) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed.Store(true)
	for w.waiting.first != nil {
		w.queued.Add(-1)
		w.waiting.pop().got <- nil
	}
	w.checkIdle()
}

// count is the number of free places.
func (w *slots) count() (free int) {
	if w.closed.Load() {
		return 0
	}
	for _, p := range *w.turn.Load() {
		free += int(p.free.Load())
	}
	return free
}

// waiter is a submit in the queue for a place.
type waiter struct {
	got        chan *place // nil: the client closes
	prev, next *waiter
	queued     bool
}

// waiters is a queue from which one may leave anywhere.
type waiters struct{ first, last *waiter }

func (q *waiters) push(w *waiter) {
	w.prev, w.next, w.queued = q.last, nil, true
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
}

func (q *waiters) pop() *waiter {
	w := q.first
	q.remove(w)
	return w
}

func (q *waiters) remove(w *waiter) {
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next, w.queued = nil, nil, false
}
