package smsc

import "sync"

// kept is the order in which the messages in all inboxes came, so that the
// oldest can be forgotten when there are too many.
type kept struct {
	mu    sync.Mutex
	order []keptMessage // a ring, the oldest at next
	next  int
}

// keptMessage is message number n of a handset, counted since its start.
type keptMessage struct {
	handset *Handset
	n       int
}

// add returns the message that has to go for the new one, if there is one.
func (k *kept) add(m keptMessage, limit int) (oldest keptMessage, full bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.order) < limit {
		k.order = append(k.order, m)
		return keptMessage{}, false
	}
	oldest, k.order[k.next] = k.order[k.next], m
	k.next = (k.next + 1) % limit
	return oldest, true
}

// store puts a message into a handset's inbox.
func (s *Server) store(h *Handset, m Message) {
	n := h.receive(m, s.cfg.Keep)
	if oldest, full := s.kept.add(keptMessage{h, n}, s.cfg.Messages); full {
		oldest.handset.forget(oldest.n)
	}
}
