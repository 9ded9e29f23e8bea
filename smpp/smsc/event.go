package smsc

import (
	"context"
	"sync"
	"time"
)

// Kind names what happened.
type Kind string

// The kinds of events.
const (
	EventBind    Kind = "bind"    // an ESME bound; Detail is its system_id
	EventUnbind  Kind = "unbind"  // or went away
	EventSubmit  Kind = "submit"  // a submit_sm was answered; Detail is the status
	EventMessage Kind = "message" // a text arrived whole in an inbox
	EventReceipt Kind = "receipt" // a receipt was answered; Detail is the state
	EventMO      Kind = "mo"      // a handset's text was answered ESME_ROK
)

// Event is something that happened.
type Event struct {
	At      time.Time `json:"at"`
	Kind    Kind      `json:"kind"`
	Phone   string    `json:"phone,omitempty"` // the handset's
	ID      string    `json:"id,omitempty"`    // message id
	Message *Message  `json:"message,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// eventBuffer is how far a subscriber may lag behind before it loses events.
const eventBuffer = 256

// feed hands events to subscribers; one that does not read loses the oldest.
type feed struct {
	mu     sync.Mutex
	subs   map[chan Event]bool
	closed bool
}

func (f *feed) subscribe(ctx context.Context) <-chan Event {
	ch := make(chan Event, eventBuffer)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(ch)
		return ch
	}
	if f.subs == nil {
		f.subs = map[chan Event]bool{}
	}
	f.subs[ch] = true
	context.AfterFunc(ctx, func() { f.unsubscribe(ch) })
	return ch
}

func (f *feed) unsubscribe(ch chan Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs[ch] {
		delete(f.subs, ch)
		close(ch)
	}
}

func (f *feed) publish(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.subs {
		for sent := false; !sent; {
			select {
			case ch <- e:
				sent = true
			default:
				select { // drop the oldest
				case <-ch:
				default:
				}
			}
		}
	}
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for ch := range f.subs {
		close(ch)
	}
	clear(f.subs)
}
