package smsc

import (
	"log/slog"
	"time"

	"notify1022/smpp"
)

// Config is a Server's setting; the zero value is a friendly SMSC that
// anyone may bind to.
type Config struct {
	SystemID     string            // in bind_resp; default "notify1022"
	Accounts     map[string]string // system_id to password; empty: anyone may bind
	ReceiptDelay time.Duration     // from accepting to the receipt; 0 is at once

	// Verdict decides about each submit before the handset's mode does; nil
	// or a zero Verdict leaves it to the mode.
	Verdict func(smpp.Submit) Verdict

	MOFormat        NumberFormat  // how a handset's number is written in deliver_sm
	BindTimeout     time.Duration // a connection that does not bind is closed; default 60 s
	EnquireLink     time.Duration // default 60 s
	ResponseTimeout time.Duration // default 10 s
	WriteTimeout    time.Duration // default 10 s
	RetryDelay      time.Duration // before an unanswered or refused deliver_sm goes out again; default 1 s
	RetryFor        time.Duration // how long receipts are tried; default 5 min
	SubmitWindow    int           // unanswered submits per bind, beyond it RTHROTTLED; 0: no limit
	Window          int           // unanswered deliver_sm per bind; default 100
	Keep            int           // messages kept per handset; default 1000
	Messages        int           // messages kept in all; default 200,000
	Receipts        int           // receipts that wait to be sent; further ones are dropped; default 50,000
	Handsets        int           // handsets kept; further ones are not remembered; default 100,000

	Faults Faults
	Logger *slog.Logger     // nil: discard
	Now    func() time.Time // dates in receipts and inboxes; nil: time.Now
}

// Verdict is what happens to one submit.
type Verdict struct {
	Status    smpp.Status       // other than ESME_ROK: refused at once with it
	State     smpp.MessageState // of the receipt; StateNone leaves it to the handset's mode
	Err       string            // "err:" of the receipt; default by State
	NoReceipt bool
}

func (c *Config) setDefaults() {
	c.SystemID = or(c.SystemID, "notify1022")
	c.BindTimeout = or(c.BindTimeout, 60*time.Second)
	c.EnquireLink = or(c.EnquireLink, 60*time.Second)
	c.ResponseTimeout = or(c.ResponseTimeout, 10*time.Second)
	c.WriteTimeout = or(c.WriteTimeout, 10*time.Second)
	c.RetryDelay = or(c.RetryDelay, time.Second)
	c.RetryFor = or(c.RetryFor, 5*time.Minute)
	c.Window = or(c.Window, 100)
	c.Keep = or(c.Keep, 1000)
	c.Messages = or(c.Messages, 200_000)
	c.Receipts = or(c.Receipts, 50_000)
	c.Handsets = or(c.Handsets, 100_000)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// or is v, or what it defaults to when it is zero.
func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
