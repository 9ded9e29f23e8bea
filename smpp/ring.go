package smpp

import (
	"math/bits"
	"time"
)

// slot is one request that waits for its response.
type slot struct {
	seq    uint32 // 0: free
	id     CommandID
	sentAt time.Time
	done   func(PDU, error)
	late   func(PDU) // for a response that comes after the timeout; may be nil
}

// ring keeps the unanswered requests, found by sequence number without a map:
// the number's low bits are the place. Numbers whose place is still taken are
// skipped, which SMPP allows (they need only rise). Not safe for concurrent use.
type ring struct {
	slots []slot
	next  uint32 // last number used
	used  int
}

// newRing has room for n requests and as much again, so that skipping is rare.
func newRing(n int) ring {
	return ring{slots: make([]slot, 1<<bits.Len(uint(2*n)))}
}

// add takes the next free number; ok is false when the ring is full.
func (r *ring) add(s slot) (seq uint32, ok bool) {
	if r.used == len(r.slots) {
		return 0, false
	}
	for {
		r.next++
		if r.next > maxSeq {
			r.next = 1
		}
		p := &r.slots[r.next&uint32(len(r.slots)-1)]
		if p.seq == 0 {
			s.seq = r.next
			*p = s
			r.used++
			return r.next, true
		}
	}
}

// take frees and returns the request with this number.
func (r *ring) take(seq uint32) (slot, bool) {
	p := &r.slots[seq&uint32(len(r.slots)-1)]
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
	for _, s := range r.slots {
		if s.seq != 0 && s.id == id {
			return r.take(s.seq)
		}
	}
	return slot{}, false
}

// takeOlder frees and returns the requests sent before t.
func (r *ring) takeOlder(t time.Time) []slot {
	if r.used == 0 {
		return nil
	}
	var old []slot
	for i := range r.slots {
		if p := &r.slots[i]; p.seq != 0 && p.sentAt.Before(t) {
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
