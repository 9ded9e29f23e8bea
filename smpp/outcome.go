package smpp

import "errors"

// OutcomeKind says what is known about a submit.
type OutcomeKind uint8

const (
	// Unknown: the answer was lost. The message may be on the air.
	Unknown OutcomeKind = iota
	// Accepted: the SMSC answered ESME_ROK with a message id.
	Accepted
	// Refused: the message is certainly not at the SMSC.
	Refused
)

// String is the kind in lower case.
func (k OutcomeKind) String() string {
	switch k {
	case Accepted:
		return "accepted"
	case Refused:
		return "refused"
	}
	return "unknown"
}

// Outcome is the one end of a submit. The zero value is Unknown.
type Outcome struct {
	Kind      OutcomeKind
	MessageID string // the SMSC's id, when Accepted
	Status    Status // the SMSC's command_status; ESME_ROK when it gave none
	Why       error  // nil when Accepted; else a *StatusError or one of the errors below
}

// Temporary reports whether submitting the same again later may help. An
// Unknown is not Temporary: sending again may send twice, which only the
// caller can decide.
func (o Outcome) Temporary() bool {
	if o.Kind != Refused {
		return false
	}
	var t interface{ Temporary() bool }
	if errors.As(o.Why, &t) {
		return t.Temporary()
	}
	return errors.Is(o.Why, ErrNotSent)
}

// Class is that of the SMSC's refusal; Unclassed when it did not refuse.
func (o Outcome) Class() Class {
	var refused *StatusError
	if o.Kind == Refused && errors.As(o.Why, &refused) {
		return refused.Class()
	}
	return Unclassed
}

// Errors that end a submit, a request or a session.
var (
	// ErrNotSent: it never left this process (closing, or the context ended
	// while it waited for a bind or a window slot).
	ErrNotSent = errors.New("smpp: not sent")
	// ErrClosed: the client or session is closed.
	ErrClosed = errors.New("smpp: closed")
	// ErrResponseTimeout: no response within ResponseTimeout.
	ErrResponseTimeout = errors.New("smpp: no response in time")
	// ErrLinkLost: the connection ended before the response came.
	ErrLinkLost = errors.New("smpp: link lost")
	// ErrUnbound: the peer unbound.
	ErrUnbound = errors.New("smpp: unbound by the peer")
	// ErrInactive: InactivityTimeout went by without a message.
	ErrInactive = errors.New("smpp: inactive")
	// ErrProtocol: the peer answered with a response of another type.
	ErrProtocol = errors.New("smpp: response of the wrong type")
	// ErrTooLong: a field does not fit its place on the wire.
	ErrTooLong = errors.New("smpp: field too long")
)
