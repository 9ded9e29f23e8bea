package smsc

import (
	"sync"

	"notify1022/smpp"
)

// maxFates is how many messages can still be queried.
const maxFates = 10_000

// fates remembers what became of the latest messages.
type fates struct {
	mu     sync.Mutex
	states map[string]smpp.MessageState
	ids    []string // a ring, the oldest at next
	next   int
}

func (f *fates) add(id string, state smpp.MessageState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.states == nil {
		f.states = map[string]smpp.MessageState{}
	}
	if len(f.ids) < maxFates {
		f.ids = append(f.ids, id)
	} else {
		delete(f.states, f.ids[f.next])
		f.ids[f.next] = id
		f.next = (f.next + 1) % maxFates
	}
	f.states[id] = state
}

func (f *fates) find(id string) (smpp.MessageState, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.states[id]
	return s, ok
}
