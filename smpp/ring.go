package smpp

import (
	"math/bits"
	"time"
)

// slot is one request that waits for its response.
type slot struct {
	seq    uint32 // 0: free
	id     CommandID
	sentAt time.Duration // since the session's start

	// One of the two takes the end: submit for a client's submit_sm, done for
	// any other request.
	submit submission
	done   func(PDU, error)
}

// end hands over the response or the lack of one. batch is true on the
// reader's goroutine, which calls the session's batchEnd a little later.
func (sl *slot) end(p PDU, err error, batch bool) {
	if sl.submit.place != nil {
		sl.submit.end(p, err, batch)
		return
	}
	sl.done(p, err)
}

// firstRing is how many places a ring begins with.
const firstRing = 16

// ring keeps the unanswered requests, found by sequence number without a map:
// the number's low bits are the place. Numbers whose place is still taken are
// skipped, which SMPP allows (they need only rise). Not safe for concurrent use.
type ring struct {
	slots []slot
	limit int    // of len(slots)
	next  uint32 // last number used
	used  int
}

// newRing has room for n requests and as much again, so that skipping is rare.
func newRing(n int) ring {
	limit := 1 << bits.Len(uint(2*n))
	return ring{slots: make([]slot, min(firstRing, limit)), limit: limit}
}

// add takes the next free number; ok is false when the ring is full.
func (r *ring) add(s slot) (seq uint32, ok bool) {
	if 2*r.used >= len(r.slots) && len(r.slots) < r.limit {
		r.grow()
	}
	if r.used == len(r.slots) {
		return 0, false
	}
	for {
		r.next++
		if r.next > maxSeq {
			r.next = 1
		}
		p := r.place(r.next)
		if p.seq == 0 {
			s.seq = r.next
			*p = s
			r.used++
			return r.next, true
		}
	}
}

func (r *ring) place(seq uint32) *slot { return &r.slots[seq&uint32(len(r.slots)-1)] }

// grow doubles the ring. Numbers that differ in their low bits still do with
// one bit more.
func (r *ring) grow() {
	old := r.slots
	r.slots = make([]slot, 2*len(old))
	for _, s := range old {
		if s.seq != 0 {
			*r.place(s.seq) = s
		}
	}
}

// take frees and returns the request with this number.
func (r *ring) take(seq uint32) (slot, bool) {
	p := r.place(seq)
	if seq == 0 || p.seq != seq {
		return slot{}, false
	}
	s := *p
	*p = slot{}
	r.used--
	return s, true
}

// takeCommand frees and returns some request of this kind.
func (r *ring) takeCommand(id CommandID) (slot, bool) {
	for i := range r.slots {
		if s := &r.slots[i]; s.seq != 0 && s.id == id {
			return r.take(s.seq)
		}
	}
	return slot{}, false
}

// takeOlder frees and returns the requests sent before t.
func (r *ring) takeOlder(t time.Duration) []slot {
	if r.used == 0 {
		return nil
	}
	var old []slot
	for i := range r.slots {
		if p := &r.slots[i]; p.seq != 0 && p.sentAt < t {
			old = append(old, *p)
			*p = slot{}
			r.used--
		}
	}
	return old
}

// takeAll frees and returns every request.
func (r *ring) takeAll() []slot {
	var all []slot
	for i := range r.slots {
		if p := &r.slots[i]; p.seq != 0 {
			all = append(all, *p)
			*p = slot{}
		}
	}
	r.used = 0
	return all
}
