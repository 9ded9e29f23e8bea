package queue

import (
	"slices"
	"sync"
	"time"

	"notify1022/escalation"
)

// How petitions that cannot be decided are told of and forgotten.
const (
	stuckAfter  = 3               // failures: one or two may be of the moment
	stuckForget = 2 * retryMost   // not tried for so long: nothing of it is due any more
	stuckMost   = keepFailing / 4 // remembered at once
)

// stuck remembers the petitions whose due rungs could not be fired, and from when on
// they are tried again. It is this process's alone: another finds out by itself.
type stuck struct {
	mu      sync.Mutex
	now     func() time.Time
	failing map[int64]stuckPetition
}

type stuckPetition struct {
	code     string
	failures int
	at       time.Time // tried again from then on
}

func newStuck() *stuck { return &stuck{now: time.Now, failing: map[int64]stuckPetition{}} }

// waiting lists those to be passed over now.
func (s *stuck) waiting() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var ids []int64
	for id, p := range s.failing {
		switch {
		case now.Before(p.at):
			ids = append(ids, id)
		case now.Sub(p.at) > stuckForget:
			delete(s.failing, id)
		}
	}
	return ids
}

// failed pushes the petition back, longer each time.
func (s *stuck) failed(d escalation.DuePetition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.failing[d.ID]
	if !known && len(s.failing) >= stuckMost {
		return
	}
	p.code, p.at = d.Code, s.now().Add(backoff(retryFirst, retryMost, p.failures))
	p.failures++
	s.failing[d.ID] = p
}

// fired forgets those that could be decided.
func (s *stuck) fired(due []escalation.DuePetition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range due {
		delete(s.failing, d.ID)
	}
}

// codes names those that failed again and again.
func (s *stuck) codes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var codes []string
	for _, p := range s.failing {
		if p.failures >= stuckAfter && now.Sub(p.at) <= stuckForget {
			codes = append(codes, p.code)
		}
	}
	slices.Sort(codes)
	return codes
}
