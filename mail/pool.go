package mail

import (
	"slices"
	"time"
)

// take hands out the connection that was used last: the others may come to rest.
func (s *Sender) take() *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.idle)
	if n == 0 {
		return nil
	}
	x := s.idle[n-1]
	s.idle = s.idle[:n-1]
	x.rest.Stop()
	return x
}

// keep leaves a connection for the next mail, and says goodbye when none comes.
func (s *Sender) keep(x *session) {
	if x.mails >= perConnection || !s.park(x) {
		x.quit()
	}
}

func (s *Sender) park(x *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.idle = append(s.idle, x)
	x.rest = time.AfterFunc(s.cfg.Idle, func() {
		if s.leave(x) {
			x.quit()
		}
	})
	return true
}

// leave takes the connection out of those that lie idle; false: somebody else has it.
func (s *Sender) leave(x *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.idle, x)
	if i < 0 {
		return false
	}
	s.idle = slices.Delete(s.idle, i, i+1)
	return true
}
