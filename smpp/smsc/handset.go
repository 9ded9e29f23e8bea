package smsc

import (
	"context"
	"sync"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
)

// Mode is how a handset takes messages. The zero value takes them all and
// says so.
type Mode struct {
	Refuse    smpp.Status       // other than ESME_ROK: submits to it are refused with this
	State     smpp.MessageState // final state in its receipts; StateNone is delivered. Only what is delivered is in the inbox
	NoReceipt bool              // receipts never come
}

// Message is a text in a handset's inbox.
type Message struct {
	ID       string    `json:"id"` // message id of the segment that completed it
	From     string    `json:"from"`
	To       string    `json:"to"`
	Text     string    `json:"text"`
	Coding   string    `json:"coding"`   // gsm7, latin1, ucs2 or binary
	Segments int       `json:"segments"` // short messages it took
	At       time.Time `json:"at"`       // when it was whole
}

// Handset is a simulated phone. All methods are safe for concurrent use.
type Handset struct {
	server *Server
	number string

	mu      sync.Mutex
	mode    Mode
	inbox   []Message
	dropped int // messages forgotten because of Config.Keep
	arrived chan struct{}
	ref     uint16        // of the last long text sent
	sending chan struct{} // holds one while a Send is at it
}

func newHandset(s *Server, number string) *Handset {
	return &Handset{server: s, number: number, arrived: make(chan struct{}), sending: make(chan struct{}, 1)}
}

// Number is the handset's number in international form, 84570000001.
func (h *Handset) Number() string { return h.number }

// SetMode changes how it takes messages from now on.
func (h *Handset) SetMode(m Mode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mode = m
}

// Mode is how it takes messages.
func (h *Handset) Mode() Mode {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mode
}

// Fail refuses every submit to the handset with status; ESME_ROK ends it.
func (h *Handset) Fail(status smpp.Status) { h.SetMode(Mode{Refuse: status}) }

// Unreachable accepts submits and reports them undeliverable.
func (h *Handset) Unreachable() { h.SetMode(Mode{State: smpp.StateUndeliverable}) }

// Silent delivers and never reports.
func (h *Handset) Silent() { h.SetMode(Mode{NoReceipt: true}) }

// Inbox is what it received, oldest first, long texts whole.
func (h *Handset) Inbox() []Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Message(nil), h.inbox...)
}

// count is how many messages are in the inbox.
func (h *Handset) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.inbox)
}

// Wait returns message number n (from 0, counted since the start) as soon as
// it is there. Errors: ctx's own.
func (h *Handset) Wait(ctx context.Context, n int) (Message, error) {
	for {
		h.mu.Lock()
		arrived := h.arrived
		if i := n - h.dropped; i >= 0 && i < len(h.inbox) {
			defer h.mu.Unlock()
			return h.inbox[i], nil
		}
		h.mu.Unlock()
		select {
		case <-arrived:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

// receive puts m into the inbox and returns its number, counted since the start.
func (h *Handset) receive(m Message, keep int) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inbox = append(h.inbox, m)
	n = h.dropped + len(h.inbox) - 1
	h.drop(n - keep)
	close(h.arrived)
	h.arrived = make(chan struct{})
	return n
}

// forget takes message n and those before it out of the inbox.
func (h *Handset) forget(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(n)
}

// drop is forget with mu held. The slots left behind go when the inbox grows.
func (h *Handset) drop(n int) {
	for ; h.dropped <= n && len(h.inbox) > 0; h.dropped++ {
		h.inbox[0] = Message{}
		h.inbox = h.inbox[1:]
	}
}

// Send writes a text to a short code, number or name and returns when every
// part of it was answered ESME_ROK. While no receiver is bound it waits; a
// part that is refused temporarily or not answered is sent again, after which
// the ESME may have it twice. Errors: ctx's own, ErrClosed, a *smpp.StatusError
// for good, text that is too long.
func (h *Handset) Send(ctx context.Context, to, text string) error {
	select { // one after the other
	case h.sending <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.sending }()
	h.ref++
	coding := sms.Detect(text)
	parts, err := smpp.Texts(smpp.Submit{Source: h.address(), Dest: smpp.Sender(to)}, text, coding, sms.UDH8, h.ref)
	if err != nil {
		return err
	}
	for _, part := range parts {
		d := smpp.Deliver{
			Source:       part.Source,
			Dest:         part.Dest,
			ESMClass:     part.ESMClass,
			DataCoding:   part.DataCoding,
			ShortMessage: part.ShortMessage,
		}
		if err := h.server.deliver(ctx, "", d); err != nil {
			return err
		}
	}
	h.server.stats.mos.Add(1)
	h.server.event(Event{Kind: EventMO, Phone: h.number, Detail: to, Message: &Message{
		From: h.number, To: to, Text: text, Coding: coding.String(), Segments: len(parts), At: h.server.cfg.Now(),
	}})
	return nil
}

// address is the handset as a source, in the configured format.
func (h *Handset) address() smpp.Address {
	f := h.server.cfg.MOFormat
	a := smpp.International(f.write(h.number))
	if f == National {
		a.TON = smpp.TONNational
	}
	return a
}
