package smpp

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"
)

// BindMode is which way messages may flow over a bind.
type BindMode uint8

const (
	Transceiver BindMode = iota // both ways over one connection
	Transmitter                 // submits only
	Receiver                    // MO and receipts only
	Pair                        // a Transmitter and a Receiver for each bind
)

// MessageHandler takes what the SMSC delivers.
type MessageHandler interface {
	// HandleDeliver takes one MO or receipt. nil means that it is stored for
	// good: only then the SMSC is answered ESME_ROK. An error is answered
	// ESME_RX_T_APPN and the SMSC sends it again. Messages of one source
	// address are handed over one after the other in order of arrival;
	// others concurrently. ctx ends when the client has been closed.
	HandleDeliver(ctx context.Context, d Deliver) error
}

// HandlerFunc is a function as a MessageHandler.
type HandlerFunc func(ctx context.Context, d Deliver) error

// HandleDeliver calls f.
func (f HandlerFunc) HandleDeliver(ctx context.Context, d Deliver) error { return f(ctx, d) }

// BindStatus is one change of a bind, for OnStatus.
type BindStatus struct {
	Client string        // Config.Name
	Bind   int           // 0-based number of the connection
	Bound  bool          // true: bound now; false: lost, refused or not reached
	Err    error         // why not; nil after a wanted unbind
	Retry  time.Duration // how long until the next try; 0 if there is none
}

// Late is a response that came after its submit had ended as Unknown, because
// ResponseTimeout was over. A submit has one at most, and none once its link is
// lost, ten minutes have passed or a thousand others timed out after it.
type Late struct {
	Dest                 Address
	UserMessageReference uint16
	// Done is what was given to SubmitAsync or TrySubmit, so that the answer finds
	// this very submission among those of the same text; nil after Submit. Whoever
	// calls it may find that it is just being told of the Unknown.
	Done    func(Outcome)
	Outcome Outcome
}

// Config is a Client's setting. Zero values mean the defaults named here.
type Config struct {
	Name       string // for logs and Stats
	Addr       string // host:port
	SystemID   string
	Password   string
	SystemType string
	Bind       BindMode
	Binds      int // connections (pairs, for Pair); default 1
	Window     int // unanswered submits per connection; default 10

	EnquireLink       time.Duration // quiet time before an enquire_link; default 30 s
	ResponseTimeout   time.Duration // default 10 s
	BindTimeout       time.Duration // dial and bind together; default 10 s
	InactivityTimeout time.Duration // no message either way: unbind and bind again; default 0, never
	WriteTimeout      time.Duration // default 10 s
	UnbindTimeout     time.Duration // wait for unbind_resp and for what is in flight on the SMSC's unbind; default 5 s

	BackoffMin       time.Duration // first pause before binding again; default 500 ms
	BackoffMax       time.Duration // longest; default 60 s
	StableAfter      time.Duration // a bind this old resets the pause; default 60 s
	CredentialsPause time.Duration // at most this long a pause when the SMSC refuses the account; default 5 min

	Handlers     int // concurrent calls of Handler; default 16
	InboundQueue int // delivers read and not yet handled, in all; beyond it RMSGQFUL; default 1000

	TLS     *tls.Config                                 // nil: plain TCP
	Dial    func(ctx context.Context) (net.Conn, error) // nil: TCP to Addr
	Handler MessageHandler                              // nil: every deliver_sm is answered RX_T_APPN
	Pacer   Pacer                                       // nil: no limit, but pauses when throttled

	// Classes overrides Status.Class for answers to submits, by this SMSC's own list.
	Classes map[Status]Class

	// Callbacks run on the client's goroutines and must not block.
	OnStatus func(BindStatus)
	OnLate   func(Late)
	OnAlert  func(source Address) // alert_notification: a handset can be reached again

	Logger *slog.Logger // nil: discard
}

func (c *Config) setDefaults() {
	c.Binds = or(c.Binds, 1)
	c.Window = or(c.Window, 10)
	c.EnquireLink = or(c.EnquireLink, 30*time.Second)
	c.ResponseTimeout = or(c.ResponseTimeout, 10*time.Second)
	c.BindTimeout = or(c.BindTimeout, 10*time.Second)
	c.WriteTimeout = or(c.WriteTimeout, 10*time.Second)
	c.UnbindTimeout = or(c.UnbindTimeout, 5*time.Second)
	c.BackoffMin = or(c.BackoffMin, 500*time.Millisecond)
	c.BackoffMax = or(c.BackoffMax, 60*time.Second)
	c.StableAfter = or(c.StableAfter, 60*time.Second)
	c.CredentialsPause = or(c.CredentialsPause, 5*time.Minute)
	c.Handlers = or(c.Handlers, 16)
	c.InboundQueue = or(c.InboundQueue, 1000)
	if c.Pacer == nil {
		c.Pacer = NewPacer(0, 1)
	}
	if c.Handler == nil {
		c.Handler = HandlerFunc(func(context.Context, Deliver) error { return errNoHandler })
	}
	if c.Dial == nil {
		c.Dial = c.dialTCP
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Logger = c.Logger.With("smsc", c.Name)
}

var errNoHandler = errors.New("smpp: no handler")

// dialTCP connects, with TLS where it is configured.
func (c *Config) dialTCP(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{KeepAlive: 30 * time.Second}
	if c.TLS != nil {
		t := tls.Dialer{NetDialer: &d, Config: c.TLS}
		return t.DialContext(ctx, "tcp", c.Addr)
	}
	return d.DialContext(ctx, "tcp", c.Addr)
}

// session is the part of the setting that concerns one connection.
func (c *Config) session() SessionConfig {
	return SessionConfig{
		Name:              c.Name,
		Window:            c.Window,
		EnquireLink:       c.EnquireLink,
		ResponseTimeout:   c.ResponseTimeout,
		InactivityTimeout: c.InactivityTimeout,
		WriteTimeout:      c.WriteTimeout,
		UnbindTimeout:     c.UnbindTimeout,
		Logger:            c.Logger,
	}
}
