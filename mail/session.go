package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"time"
)

// session is one connection to the server, greeted, encrypted and signed in.
type session struct {
	wire   *wire
	client *smtp.Client
	step   time.Duration // for each answer before the content
	most   int           // octets that the server takes (RFC 1870); 0: it does not say
	sized  bool          // it wants to be told the size
	mails  int
	broken bool        // no further mail may go over it
	rest   *time.Timer // of an idle one
}

// farewell is how long QUIT may take: the mail is with the server whatever it says.
const farewell = 2 * time.Second

// errTooLarge is what the server said beforehand that it would not take.
var errTooLarge = errors.New("larger than the server takes")

// connect dials, greets, encrypts and signs in; step is where it failed.
func (s *Sender) connect(ctx context.Context) (x *session, step string, err error) {
	conn, err := (&net.Dialer{Timeout: s.cfg.Step}).DialContext(ctx, "tcp", s.cfg.Addr)
	if err != nil {
		return nil, "dial", err
	}
	x = &session{wire: &wire{Conn: conn}, step: s.cfg.Step}
	done := x.wire.under(ctx)
	defer func() {
		if whole := done(); err == nil && !whole {
			step, err = "hello", context.Cause(ctx)
		}
		if err != nil {
			x.close()
		}
	}()
	if step, err = x.greet(ctx, s); err == nil {
		step, err = x.open(ctx, s)
	}
	return x, step, err
}

// greet reads the server's greeting, behind the handshake where TLS comes first.
func (x *session) greet(ctx context.Context, s *Sender) (step string, err error) {
	var conn net.Conn = x.wire
	x.wire.await(ctx, x.step)
	if s.cfg.Security == Implicit {
		secure := tls.Client(x.wire, s.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			return "tls", err
		}
		conn = secure
	}
	x.wire.await(ctx, x.step)
	x.client, err = smtp.NewClient(conn, s.host)
	return "hello", err
}

// open says hello, encrypts and signs in.
func (x *session) open(ctx context.Context, s *Sender) (step string, err error) {
	// The sender's domain: the name of this machine is nobody's business.
	x.wire.await(ctx, x.step)
	if err := x.client.Hello(domainOf(s.from.Address)); err != nil {
		return "hello", err
	}
	if s.cfg.Security == Offered || s.cfg.Security == Required {
		offered, _ := x.client.Extension("STARTTLS")
		switch {
		case offered:
			x.wire.await(ctx, x.step)
			if err := x.client.StartTLS(s.tls()); err != nil {
				return "starttls", err
			}
		case s.cfg.Security == Required:
			return "starttls", errors.New("the server does not offer it")
		}
	}
	size := ""
	if x.sized, size = x.client.Extension("SIZE"); x.sized {
		x.most, _ = strconv.Atoi(size) // none, 0 or nonsense: no limit is known
	}
	if s.cfg.Username == "" {
		return "", nil
	}
	x.wire.await(ctx, x.step)
	return "auth", signIn(x.client, s)
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

// deliver is one mail; step is where it failed. A refused one is taken back, so that
// the next finds the server as after EHLO.
func (x *session) deliver(ctx context.Context, from, to string, content []byte) (step string, err error) {
	if x.most > 0 && len(content) > x.most {
		return "size", errTooLarge
	}
	done := x.wire.under(ctx)
	x.mails++
	step, err = x.transact(ctx, from, to, content)
	if err != nil {
		x.broken = hungUp(err) || x.reset(ctx) != nil
	}
	if !done() {
		x.broken = true
	}
	return step, err
}

func (x *session) reset(ctx context.Context) error {
	x.wire.await(ctx, x.step)
	return x.client.Reset()
}

func (x *session) transact(ctx context.Context, from, to string, content []byte) (step string, err error) {
	size := ""
	if x.sized {
		size = fmt.Sprintf(" SIZE=%d", len(content))
	}
	x.wire.await(ctx, x.step)
	if err := x.command(250, "MAIL FROM:<%s>%s", from, size); err != nil {
		return stepFrom, err
	}
	x.wire.await(ctx, x.step)
	if err := x.client.Rcpt(to); err != nil {
		return stepTo, err
	}
	x.wire.await(ctx, x.step)
	w, err := x.client.Data()
	if err != nil {
		return stepData, err
	}
	x.wire.await(ctx, 0)
	if _, err := w.Write(content); err != nil {
		return stepData, err
	}
	if err := w.Close(); err != nil {
		return stepEnd, err
	}
	return "", nil
}

// command is one that the library has not, or not so: its MAIL asks for SMTPUTF8
// wherever a server offers it, and tells no size.
func (x *session) command(code int, format string, args ...any) error {
	id, err := x.client.Text.Cmd(format, args...)
	if err != nil {
		return err
	}
	x.client.Text.StartResponse(id)
	defer x.client.Text.EndResponse(id)
	_, _, err = x.client.Text.ReadResponse(code)
	return err
}

// hungUp reports that the connection is over: 421 says so (RFC 5321 §3.8), silence too.
func hungUp(err error) bool {
	var answer *textproto.Error
	return err != nil && (!errors.As(err, &answer) || answer.Code == 421)
}

func (x *session) close() { x.wire.Close() }

// quit says goodbye (RFC 5321 §4.1.1.10) and closes.
func (x *session) quit() {
	x.wire.await(context.Background(), farewell)
	_ = x.client.Quit()
	x.close()
}
