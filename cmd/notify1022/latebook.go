package main

import (
	"sync"
	"time"

	"notify1022/smpp"
)

// lateBook remembers submits that ended as unknown, so that an answer that comes
// after all finds its message. The oldest are forgotten.
type lateBook struct {
	mu      sync.Mutex
	waiting map[lateKey][]lateEntry
	order   []lateKey // as they came; a key stands as often as it waits
}

type lateKey struct {
	dest string
	ref  uint16
}

type lateEntry struct {
	since time.Time
	done  func(smpp.Outcome)
}

// No answer comes after a link was lost, so most entries are never called: the
// book forgets after lateFor, and keeps lateMost at most.
const (
	lateFor  = 2 * time.Minute
	lateMost = 4096
)

func newLateBook() *lateBook { return &lateBook{waiting: map[lateKey][]lateEntry{}} }

func (b *lateBook) expect(dest string, ref uint16, done func(smpp.Outcome)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
	key := lateKey{dest, ref}
	b.waiting[key] = append(b.waiting[key], lateEntry{time.Now(), done})
	b.order = append(b.order, key)
}

// forget drops what is too old or too much, with mu held. An entry answered
// meanwhile has left its key in order behind.
func (b *lateBook) forget() {
	for len(b.order) > 0 {
		key := b.order[0]
		list := b.waiting[key]
		if len(list) > 0 && time.Since(list[0].since) < lateFor && len(b.order) < lateMost {
			return
		}
		b.order = b.order[1:]
		if len(list) > 1 {
			b.waiting[key] = list[1:]
		} else {
			delete(b.waiting, key)
		}
	}
}

// arrived hands a late answer to its submit. Segments of one message share the
// reference: where two wait, nobody knows whose it is, and nobody is called.
func (b *lateBook) arrived(l smpp.Late) {
	key := lateKey{l.Dest.Addr, l.UserMessageReference}
	b.mu.Lock()
	list := b.waiting[key]
	if len(list) != 1 {
		b.mu.Unlock()
		return
	}
	delete(b.waiting, key)
	b.mu.Unlock()
	list[0].done(l.Outcome)
}
