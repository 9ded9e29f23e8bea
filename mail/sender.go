package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"sync"
	"time"

	"notify1022/escalation"
)

// Security says when the connection is encrypted.
type Security string

// The choices. The zero Security is Required where there are credentials,
// Implicit on port 465, else Offered.
const (
	Offered  Security = "offered"  // STARTTLS where the server offers it
	Required Security = "starttls" // STARTTLS, or no mail
	Implicit Security = "tls"      // TLS from the first octet (RFC 8314)
	Plain    Security = "none"     // no TLS: for a relay on this machine
)

// The times of a mail. The answer to the final dot may take long, for that is when
// servers look for viruses; giving up on it makes a duplicate (RFC 5321 §4.5.3.2.6).
const (
	timeout = 60 * time.Second // one mail, unless the caller's context ends first
	step    = 15 * time.Second // one answer before the content
	idle    = 30 * time.Second // servers hang up after some minutes
)

// perConnection is how many mails go over one connection; servers count them too.
const perConnection = 100

// Config is how mail goes out.
type Config struct {
	Addr     string // host:port of the submission server
	From     string // bare address
	Name     string // shown beside From; empty: none
	Bounce   string // bare address that the server reports undeliverable mail to; empty: From
	Username string // empty: no authentication
	Password string
	Security Security
	// TLS is used for TLS, where set; ServerName is filled in from Addr.
	TLS *tls.Config
	// Timeout bounds one mail, dialling included; 0: 60 s. Step bounds each answer
	// before the content; 0: 15 s. Idle is how long a connection waits for the next
	// mail; 0: 30 s.
	Timeout, Step, Idle time.Duration
	// Title is the subject of a text that is about no petition; nil or an empty
	// answer: the hotline's name alone.
	Title func(template string) string
	// Enclosed reads what a row's mail carries besides its words; nil: nothing. Its
	// error puts the mail off.
	Enclosed func(ctx context.Context, message int64) (escalation.Enclosure, error)
}

// Sender hands mails to the server, and keeps connections for the next ones. It is
// safe for concurrent use: each mail in flight has a connection of its own.
type Sender struct {
	cfg  Config
	host string
	from *mail.Address

	mu     sync.Mutex
	idle   []*session // the last one used comes last
	closed bool
}

// New checks the configuration and connects to nothing.
func New(cfg Config) (*Sender, error) {
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	from, ok := bare(cfg.From)
	if !ok {
		return nil, errors.New("mail sender: not a bare address")
	}
	if cfg.Bounce == "" {
		cfg.Bounce = from
	} else if _, ok := bare(cfg.Bounce); !ok {
		return nil, errors.New("mail bounces: not a bare address")
	}
	cfg.defaults()
	if !named(cfg.Name, from) {
		return nil, errors.New("mail sender: the name cannot stand beside an address")
	}
	switch cfg.Security {
	case Offered, Required, Implicit, Plain:
	case "":
		cfg.Security = securityOf(port, cfg.Username != "")
	default:
		return nil, fmt.Errorf("mail security: %.20q is none of offered, starttls, tls, none", string(cfg.Security))
	}
	if cfg.Security == Plain && cfg.Username != "" {
		return nil, errors.New("mail security: credentials need TLS")
	}
	return &Sender{cfg: cfg, host: host, from: &mail.Address{Name: cfg.Name, Address: from}}, nil
}

func (c *Config) defaults() {
	c.Timeout = cmp.Or(max(c.Timeout, 0), timeout)
	c.Step = cmp.Or(max(c.Step, 0), step)
	c.Idle = cmp.Or(max(c.Idle, 0), idle)
}

func securityOf(port string, credentials bool) Security {
	switch {
	case port == "465":
		return Implicit
	case credentials:
		return Required
	}
	return Offered
}

// Mail sends one row with what it encloses; see Send.
func (s *Sender) Mail(ctx context.Context, m *escalation.Outgoing) error {
	var enclosed escalation.Enclosure
	if s.cfg.Enclosed != nil {
		var err error
		if enclosed, err = s.cfg.Enclosed(ctx, m.ID); err != nil {
			return failed("enclosure", m.Email, err)
		}
	}
	return s.Send(ctx, s.message(m, enclosed))
}

// Send returns when the server has taken the mail (250 to the final dot, RFC 5321
// §6.1). Its errors are *Error.
func (s *Sender) Send(ctx context.Context, m *Message) error {
	if _, ok := bare(m.To); !ok {
		return unfit(m.To, "not an address")
	}
	content, err := s.compose(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	step, err := s.deliver(ctx, m.To, content)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return unfit(m.To, err.Error())
	case ctx.Err() != nil:
		err = errors.Join(ctx.Err(), err)
	case errors.Is(err, os.ErrDeadlineExceeded): // the connection's, which may be a moment ahead of ctx
		err = errors.Join(context.DeadlineExceeded, err)
	}
	return failed(step, m.To, err)
}

// deliver sends over a connection that is open, else over a new one. One that the
// server hung up on while it lay idle is no failure: nothing was sent over it yet.
func (s *Sender) deliver(ctx context.Context, to string, content []byte) (step string, err error) {
	for {
		x := s.take()
		reused := x != nil
		if !reused {
			if x, step, err = s.connect(ctx); err != nil {
				return step, err
			}
		}
		step, err = x.deliver(ctx, s.cfg.Bounce, to, content)
		if x.broken {
			x.close()
		} else {
			s.keep(x)
		}
		if reused && step == stepFrom && hungUp(err) && ctx.Err() == nil {
			continue
		}
		return step, err
	}
}

// Close says goodbye on the connections that lie idle, and keeps none from now on.
func (s *Sender) Close() error {
	s.mu.Lock()
	left := s.idle
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	for _, x := range left {
		x.quit()
	}
	return nil
}
