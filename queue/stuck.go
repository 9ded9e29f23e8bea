package queue

import (
	"slices"
	"strings"
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
// they are tried again. It is this process's alone: another finds out by itself. There
// may be more of them than it remembers; past is the last of those, by the order in which
// they are due: what comes after them is looked at first, they again when nothing is left
// there, and not before retryMost.
type stuck struct {
	mu      sync.Mutex
	now     func() time.Time
	failing map[int64]stuckPetition
	past    escalation.DuePetition
	walked  time.Time // when the first of them was passed
}

type stuckPetition struct {
	escalation.DuePetition
	failures int
	at       time.Time // tried again from then on
}

func newStuck() *stuck { return &stuck{now: time.Now, failing: map[int64]stuckPetition{}} }

// waiting says past whom to look, and lists those to be passed over now.
func (s *stuck) waiting() (past escalation.DuePetition, ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for id, p := range s.failing {
		switch {
		case now.Before(p.at):
			ids = append(ids, id)
		case now.Sub(p.at) > stuckForget:
			delete(s.failing, id)
		}
	}
	return s.past, ids
}

// known lists those that are remembered, tried again now or not; rest reports that some
// of them may be tried again, or that there are others.
func (s *stuck) known() (ids []int64, rest bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, rest := s.now(), s.past.ID != 0
	for id, p := range s.failing {
		ids, rest = append(ids, id), rest || !now.Before(p.at)
	}
	return ids, rest
}

// failed pushes the petition back, longer each time, or passes it where there is no room
// to remember it.
func (s *stuck) failed(d escalation.DuePetition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.failing[d.ID]
	if !known && len(s.failing) >= stuckMost {
		if s.past.ID == 0 {
			s.walked = s.now()
		}
		if d.After(s.past) {
			s.past = d
		}
		return
	}
	p.DuePetition, p.at = d, s.now().Add(backoff(retryFirst, retryMost, p.failures))
	p.failures++
	s.failing[d.ID] = p
}

// ended notes that nothing is due past those that there was no room for.
func (s *stuck) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.walked) >= retryMost {
		s.past = escalation.DuePetition{}
	}
}

// fired forgets those that could be decided.
func (s *stuck) fired(due []escalation.DuePetition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range due {
		delete(s.failing, d.ID)
	}
}

// told are those that failed again and again, by their codes.
func (s *stuck) told() []escalation.DuePetition {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var list []escalation.DuePetition
	for _, p := range s.failing {
		if p.failures >= stuckAfter && now.Sub(p.at) <= stuckForget {
			list = append(list, p.DuePetition)
		}
	}
	slices.SortFunc(list, func(a, b escalation.DuePetition) int { return strings.Compare(a.Code, b.Code) })
	return list
}
