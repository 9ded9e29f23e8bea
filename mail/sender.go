package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
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

// timeout is how long one mail may take, unless the caller's context ends first.
const timeout = 15 * time.Second

// Config is how mail goes out.
type Config struct {
	Addr     string // host:port of the submission server
	From     string // bare address
	Name     string // shown beside From; empty: none
	Username string // empty: no authentication
	Password string
	Security Security
	// TLS is used for TLS, where set; ServerName is filled in from Addr.
	TLS *tls.Config
	// Timeout bounds one mail, dialling included; 0: 15 s.
	Timeout time.Duration
	// Title is the subject of a text that is about no petition; nil or an empty
	// answer: the hotline's name alone.
	Title func(template string) string
}

// Sender hands mails to the server, one connection each: they are few. It is
// safe for concurrent use.
type Sender struct {
	cfg  Config
	host string
	from *mail.Address
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
	if !oneLine(cfg.Name) {
		return nil, errors.New("mail sender: the name has a line end")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = timeout
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

func securityOf(port string, credentials bool) Security {
	switch {
	case port == "465":
		return Implicit
	case credentials:
		return Required
	}
	return Offered
}

// Mail sends one row and returns when the server has taken it (250 to the final
// dot, RFC 5321 §6.1). Its errors are *Error.
func (s *Sender) Mail(ctx context.Context, m *escalation.Outgoing) error {
	to, ok := bare(m.Email)
	if !ok {
		return unfit(m.Email, "not an address")
	}
	content, err := s.compose(m, to)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	if step, err := s.deliver(ctx, to, content); err != nil {
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
		return failed(step, to, err)
	}
	return nil
}

// deliver is one dialogue with the server; step is where it failed.
func (s *Sender) deliver(ctx context.Context, to string, content []byte) (step string, err error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return "dial", err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) // whatever waits returns
	defer stop()
	client, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return "hello", err
	}
	if step, err := s.open(client); err != nil {
		return step, err
	}
	if err := client.Mail(s.from.Address); err != nil {
		return stepFrom, err
	}
	if err := client.Rcpt(to); err != nil {
		return stepTo, err
	}
	if step, err := put(client, content); err != nil {
		return step, err
	}
	_ = client.Quit() // the mail is with the server, whatever it answers now
	return "", nil
}

func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	if s.cfg.Security == Implicit {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, "tcp", s.cfg.Addr)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", s.cfg.Addr)
}

func (s *Sender) tls() *tls.Config {
	cfg := &tls.Config{}
	if s.cfg.TLS != nil {
		cfg = s.cfg.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = s.host
	}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	return cfg
}

// open greets, encrypts and signs in.
func (s *Sender) open(client *smtp.Client) (step string, err error) {
	// The sender's domain: the name of this machine is nobody's business.
	if err := client.Hello(domainOf(s.from.Address)); err != nil {
		return "hello", err
	}
	if s.cfg.Security == Offered || s.cfg.Security == Required {
		offered, _ := client.Extension("STARTTLS")
		switch {
		case offered:
			if err := client.StartTLS(s.tls()); err != nil {
				return "starttls", err
			}
		case s.cfg.Security == Required:
			return "starttls", errors.New("the server does not offer it")
		}
	}
	if s.cfg.Username == "" {
		return "", nil
	}
	if _, encrypted := client.TLSConnectionState(); !encrypted {
		return "auth", errors.New("the connection is not encrypted")
	}
	return "auth", client.Auth(smtp.PlainAuth("", s.cfg.Username, s.cfg.Password, s.host))
}

func put(client *smtp.Client, content []byte) (step string, err error) {
	w, err := client.Data()
	if err != nil {
		return stepData, err
	}
	if _, err := w.Write(content); err != nil {
		return stepData, err
	}
	if err := w.Close(); err != nil {
		return stepEnd, err
	}
	return "", nil
}
