package queue

import (
	"context"
	"slices"
	"sync"
	"time"

	"notify1022/escalation"
)

// entry is an outbox row in memory.
type entry struct {
	escalation.Outgoing
	state    escalation.MessageState
	owner    string
	notBy    time.Time
	proof    map[int]escalation.MessageState
	settled  map[int]int // outcomes by segment, of the latest claim
	claims   int
	handled  bool
	released bool
	last     escalation.SegmentOutcome
}

// shelf is an outbox in memory, with the semantics of the port.
type shelf struct {
	mu      sync.Mutex
	rows    map[int64]*entry
	order   []int64
	changed chan int64 // ids as they leave sending
	largest int        // rows handed out and not settled, at most
	batches int
	fail    error   // of Settle
	stalls  []error // of the next calls of Settle, before it works
	poison  int64   // the message that Settle refuses
}

func newShelf() *shelf { return &shelf{rows: map[int64]*entry{}, changed: make(chan int64, 1<<16)} }

func (s *shelf) add(m escalation.Outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[m.ID] = &entry{Outgoing: m, state: escalation.Queued, proof: map[int]escalation.MessageState{}, settled: map[int]int{}}
	s.order = append(s.order, m.ID)
}

func (s *shelf) get(id int64) entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := *s.rows[id]
	e.Proven = slices.Clone(e.Proven)
	return e
}

// mostBusy is how many rows were sending at once, at most.
func (s *shelf) mostBusy() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.largest
}

func (s *shelf) breakWith(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

func (s *shelf) Claim(_ context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error, lanes ...escalation.Lane) ([]escalation.Outgoing, error) {
	return s.claim(owner, limit, lease, render, func(e *entry) bool { return e.among(lanes) })
}

func (e *entry) among(lanes []escalation.Lane) bool {
	return len(lanes) == 0 || slices.Contains(lanes, e.Lane)
}

func (s *shelf) claim(owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error, wanted func(*entry) bool) ([]escalation.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []escalation.Outgoing
	for _, id := range s.order {
		e := s.rows[id]
		if len(out) == limit || e.state != escalation.Queued || time.Now().Before(e.notBy) || !wanted(e) {
			continue
		}
		if e.Text == "" {
			if err := render(&e.Outgoing); err != nil {
				e.state, e.handled = escalation.Failed, false
				s.changed <- id
				continue
			}
		}
		e.state, e.owner, e.LeaseUntil, e.claims = escalation.Sending, owner, time.Now().Add(lease), e.claims+1
		clear(e.settled)
		m := e.Outgoing
		m.Proven = slices.Clone(m.Proven)
		out = append(out, m)
	}
	busy := 0
	for _, e := range s.rows {
		if e.state == escalation.Sending {
			busy++
		}
	}
	s.largest = max(s.largest, busy)
	return out, nil
}

func (s *shelf) Settle(_ context.Context, outcomes []escalation.SegmentOutcome) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	if len(s.stalls) > 0 {
		err := s.stalls[0]
		s.stalls = s.stalls[1:]
		return err
	}
	if s.fail != nil {
		return s.fail
	}
	for _, o := range outcomes {
		if o.Message == s.poison {
			return errTest
		}
	}
	for _, o := range outcomes {
		s.one(o)
	}
	return nil
}

func (s *shelf) one(o escalation.SegmentOutcome) {
	e := s.rows[o.Message]
	if o.Segment == 0 { // it goes back as it was
		e.Attempts++
		e.state, e.last, e.notBy = escalation.Queued, o, time.Now().Add(o.RetryIn)
		s.changed <- o.Message
		return
	}
	if o.Anew && !e.PossibleDuplicate {
		e.PossibleDuplicate, e.Proven, e.Carriers = true, nil, nil
		clear(e.proof)
	}
	if e.proof[o.Segment] == escalation.Accepted {
		return
	}
	e.settled[o.Segment]++
	e.last = o
	e.proof[o.Segment] = o.State
	if o.State == escalation.Accepted && !slices.Contains(e.Proven, o.Segment) {
		e.Proven = append(e.Proven, o.Segment)
		e.Carriers = append(e.Carriers, o.SMSC)
	}
	if o.State == escalation.Queued {
		e.notBy = time.Now().Add(o.RetryIn)
		e.Refusals, e.Blamed = max(e.Refusals, o.Refusals), max(e.Blamed, o.Blamed)
	}
	was := e.state
	switch states := values(e.proof); {
	case slices.Contains(states, escalation.Failed):
		e.state = escalation.Failed
	case slices.Contains(states, escalation.Unknown):
		e.state = escalation.Unknown
	case slices.Contains(states, escalation.Queued):
		e.Attempts++
		e.state = escalation.Queued
		for seg, st := range e.proof {
			if st == escalation.Queued {
				delete(e.proof, seg)
			}
		}
	case len(e.Proven) == o.Segments:
		e.state = escalation.Accepted
	}
	if e.state != was {
		s.changed <- o.Message
	}
}

func values(m map[int]escalation.MessageState) []escalation.MessageState {
	var list []escalation.MessageState
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func (s *shelf) Lapse(context.Context, time.Duration) (int, error) { return 0, nil }

func (s *shelf) Release(_ context.Context, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.rows {
		if e.state == escalation.Sending && e.owner == owner {
			e.state, e.released = escalation.Queued, true
		}
	}
	return nil
}

func (s *shelf) Unhandled(_ context.Context, _ time.Duration, limit int) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int64
	for _, id := range s.order {
		if e := s.rows[id]; e.state == escalation.Failed && !e.handled && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *shelf) handle(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[id].handled = true
}

// postShelf offers claims of mail besides.
type postShelf struct{ *shelf }

func (s postShelf) Claim(_ context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error, lanes ...escalation.Lane) ([]escalation.Outgoing, error) {
	return s.claim(owner, limit, lease, render, func(e *entry) bool { return e.Email == "" && e.among(lanes) })
}

func (s postShelf) ClaimMail(_ context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error) {
	return s.claim(owner, limit, lease, render, func(e *entry) bool { return e.Email != "" })
}
