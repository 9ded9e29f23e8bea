package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// dialogue is the server's side of one connection, said and heard line by line.
type dialogue struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func (d *dialogue) say(lines ...string) {
	for _, line := range lines {
		if _, err := io.WriteString(d.Conn, line+"\r\n"); err != nil {
			return
		}
	}
}

// hear reads a line that begins with the verb.
func (d *dialogue) hear(verb string) string {
	line, err := d.r.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, verb) {
		d.t.Errorf("heard %q (%v), want %s", line, err, verb)
	}
	return strings.TrimSpace(line)
}

// silence waits until the client is gone.
func (d *dialogue) silence() { io.Copy(io.Discard, d.r) }

// greet is the dialogue up to the first mail.
func (d *dialogue) greet(extensions ...string) {
	d.say("220 mail.example.vn ready")
	d.hear("EHLO ")
	d.hello(extensions...)
}

func (d *dialogue) hello(extensions ...string) {
	d.say("250-mail.example.vn")
	for _, e := range extensions {
		d.say("250-" + e)
	}
	d.say("250 HELP")
}

// upgrade goes over to TLS.
func (d *dialogue) upgrade(cfg *tls.Config) {
	d.hear("STARTTLS")
	d.say("220 go on")
	d.Conn = tls.Server(d.Conn, cfg)
	d.r = bufio.NewReader(d.Conn)
}

// content reads a mail up to its final dot.
func (d *dialogue) content() string {
	var b strings.Builder
	for {
		line, err := d.r.ReadString('\n')
		if err != nil {
			d.t.Errorf("the mail breaks off: %v", err)
			return b.String()
		}
		if line == ".\r\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

// take is one mail that is taken.
func (d *dialogue) take() string {
	d.hear("MAIL FROM:")
	d.say("250 2.1.0 ok")
	d.hear("RCPT TO:")
	d.say("250 2.1.5 ok")
	d.hear("DATA")
	d.say("354 go on")
	content := d.content()
	d.say("250 2.0.0 taken")
	return content
}

// play answers the first connection with the first dialogue, and so on; the test ends
// when all have been.
func play(t *testing.T, dialogues ...func(*dialogue)) *office {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, talk := range dialogues {
			conn, err := listener.Accept()
			if err != nil {
				t.Errorf("a connection is missing: %v", err)
				return
			}
			talk(&dialogue{conn, t, bufio.NewReader(conn)})
			conn.Close()
		}
	}()
	t.Cleanup(func() { <-done; listener.Close() })
	return &office{addr: listener.Addr().String()}
}

func TestSilenceAtAnyStepEndsInTime(t *testing.T) {
	server, client := certificate(t)
	for _, test := range []struct {
		step      string
		uncertain bool
		talk      func(*dialogue)
	}{
		{"hello", false, func(d *dialogue) {}},
		{"hello", false, func(d *dialogue) { d.say("220 mail.example.vn") }},
		{"starttls", false, func(d *dialogue) { d.greet("STARTTLS"); d.hear("STARTTLS") }},
		{"starttls", false, func(d *dialogue) { d.greet("STARTTLS"); d.hear("STARTTLS"); d.say("220 go on") }},
		{"auth", false, func(d *dialogue) { d.greet("STARTTLS"); d.upgrade(server); d.hear("EHLO"); d.hello("AUTH PLAIN") }},
		{"from", false, func(d *dialogue) { d.greet(); d.hear("MAIL") }},
		{"to", false, func(d *dialogue) { d.greet(); d.hear("MAIL"); d.say("250 ok"); d.hear("RCPT") }},
		{"data", false, func(d *dialogue) {
			d.greet()
			d.hear("MAIL")
			d.say("250 ok")
			d.hear("RCPT")
			d.say("250 ok")
			d.hear("DATA")
		}},
		{"end", true, func(d *dialogue) {
			d.greet()
			d.hear("MAIL")
			d.say("250 ok")
			d.hear("RCPT")
			d.say("250 ok")
			d.hear("DATA")
			d.say("354 go on")
			d.content()
		}},
	} {
		t.Run(test.step, func(t *testing.T) {
			t.Parallel()
			o := play(t, func(d *dialogue) { test.talk(d); d.silence() })
			s := sender(t, o, func(c *Config) {
				c.TLS, c.Step, c.Timeout = client, 2*time.Second, 8*time.Second
				if test.step == "auth" {
					c.Username, c.Password = "u", "p"
				}
			})
			err := s.Mail(t.Context(), row())
			var e *Error
			if !errors.As(err, &e) || e.Step != test.step || !e.Temporary() || e.Uncertain() != test.uncertain || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v (%+v)", err, e)
			}
		})
	}
}

func TestARefusedMailIsTakenBackAndTheNextGoesOverTheSameConnection(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		temporary    bool
		refuse       func(d *dialogue, answer string)
	}{
		{"451 at the recipient", "451 4.7.1 come again", true, func(d *dialogue, answer string) { d.hear("MAIL"); d.say("250 ok"); d.hear("RCPT"); d.say(answer) }},
		{"550 at the recipient", "550 5.1.1 nobody", false, func(d *dialogue, answer string) { d.hear("MAIL"); d.say("250 ok"); d.hear("RCPT"); d.say(answer) }},
		{"a sign-in is wanted", "530 5.7.0 who are you", true, func(d *dialogue, answer string) { d.hear("MAIL"); d.say(answer) }},
		{"554 to the content", "554 5.6.0 no", false, func(d *dialogue, answer string) {
			d.hear("MAIL")
			d.say("250 ok")
			d.hear("RCPT")
			d.say("250 ok")
			d.hear("DATA")
			d.say("354 go on")
			d.content()
			d.say(answer)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := play(t, func(d *dialogue) {
				d.greet()
				test.refuse(d, test.answer)
				d.hear("RSET")
				d.say("250 ok")
				d.take()
				d.hear("QUIT")
				d.say("221 bye")
			})
			s := sender(t, o, nil)
			err := s.Mail(t.Context(), row())
			var e *Error
			if !errors.As(err, &e) || e.Temporary() != test.temporary || e.Uncertain() || e.Enhanced != test.answer[4:9] {
				t.Fatalf("%v (%+v)", err, e)
			}
			other := row()
			other.ID, other.Email = 8, "vp2@example.vn"
			if err := s.Mail(t.Context(), other); err != nil {
				t.Fatal(err)
			}
			s.Close()
		})
	}
}

func TestAServerThatClosesMidwayIsDialledAgain(t *testing.T) {
	o := play(t,
		func(d *dialogue) {
			d.greet()
			d.hear("MAIL")
			d.say("250 ok")
			d.hear("RCPT")
			d.say("421 4.3.2 closing")
		},
		func(d *dialogue) { d.greet(); d.hear("MAIL"); d.say("250 ok"); d.hear("RCPT") },
		func(d *dialogue) { d.greet(); d.take() }, // and hangs up, without a word
		func(d *dialogue) { d.greet(); d.take(); d.hear("MAIL"); d.say("421 4.4.2 idle too long") },
		func(d *dialogue) { d.greet(); d.take(); d.hear("QUIT") })
	s := sender(t, o, nil)
	var e *Error
	for range 2 {
		if err := s.Mail(t.Context(), row()); !errors.As(err, &e) || !e.Temporary() || e.Uncertain() || e.Step != "to" {
			t.Fatalf("%v (%+v)", err, e)
		}
	}
	for range 3 { // what broke while it lay idle is nobody's failure
		if err := s.Mail(t.Context(), row()); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
}

func TestALostAnswerToTheDotIsUncertainAndTheRepeatSaysSo(t *testing.T) {
	contents := make(chan string, 2)
	o := play(t,
		func(d *dialogue) {
			d.greet()
			d.hear("MAIL")
			d.say("250 ok")
			d.hear("RCPT")
			d.say("250 ok")
			d.hear("DATA")
			d.say("354 go on")
			contents <- d.content()
		},
		func(d *dialogue) { d.greet(); contents <- d.take(); d.hear("QUIT") })
	s := sender(t, o, nil)
	var e *Error
	if err := s.Mail(t.Context(), row()); !errors.As(err, &e) || !e.Uncertain() || !e.Temporary() {
		t.Fatalf("%v (%+v)", err, e)
	}
	repeat := row()
	repeat.PossibleDuplicate = true
	if err := s.Mail(t.Context(), repeat); err != nil {
		t.Fatal(err)
	}
	s.Close()
	first, second := open1(t, <-contents), open1(t, <-contents)
	if first.header.Get("Message-Id") != second.header.Get("Message-Id") {
		t.Errorf("the repeat is %s, the first was %s", second.header.Get("Message-Id"), first.header.Get("Message-Id"))
	}
	if strings.Contains(first.text, again) || !strings.HasPrefix(second.text, again+"\r\n") {
		t.Errorf("the first says:\n%s\nthe repeat:\n%s", first.text, second.text)
	}
}

func TestAMailThatBreaksOffBeforeTheDotWasNotSent(t *testing.T) {
	o := play(t, func(d *dialogue) {
		d.greet()
		d.hear("MAIL")
		d.say("250 ok")
		d.hear("RCPT")
		d.say("250 ok")
		d.hear("DATA")
	})
	var e *Error
	if err := sender(t, o, nil).Mail(t.Context(), row()); !errors.As(err, &e) || e.Uncertain() || !e.Temporary() || e.Step != "data" {
		t.Errorf("%v (%+v)", err, e)
	}
}

func TestAMailLargerThanTheServerTakesIsNotOffered(t *testing.T) {
	sizes := make(chan string, 1)
	o := play(t, func(d *dialogue) {
		d.greet("SIZE 2000")
		sizes <- d.hear("MAIL FROM:<1022@haiphong.gov.vn> SIZE=")
		d.say("552 5.3.4 no")
		d.hear("RSET")
		d.say("250 ok")
		d.hear("QUIT")
	})
	s := sender(t, o, nil)
	var e *Error
	large := row()
	large.Text = strings.Repeat("x", 2000)
	for _, m := range []struct{ step, text string }{{"from", row().Text}, {errTooLarge.Error(), large.Text}} {
		r := row()
		r.Text = m.text
		if err := s.Mail(t.Context(), r); !errors.As(err, &e) || e.Temporary() || e.Step != m.step {
			t.Errorf("%v (%+v)", err, e)
		}
	}
	if size := <-sizes; strings.HasSuffix(size, "=") || strings.HasSuffix(size, "=0") {
		t.Errorf("it is told %q", size)
	}
	s.Close()
}

func TestAServerThatDoesNotStopTalkingIsLeft(t *testing.T) {
	o := play(t, func(d *dialogue) {
		for {
			if _, err := io.WriteString(d.Conn, "220-"+strings.Repeat("x", 1000)+"\r\n"); err != nil {
				return
			}
		}
	})
	var e *Error
	if err := sender(t, o, nil).Mail(t.Context(), row()); !errors.As(err, &e) || !errors.Is(err, errFlood) || !e.Temporary() {
		t.Errorf("%v", err)
	}
}

func TestTheSenderSignsInAsTheServerLikes(t *testing.T) {
	server, client := certificate(t)
	for _, test := range []struct {
		name, offers string
		talk         func(*dialogue)
		want         string // of the error; empty: sent
	}{
		{"plain", "AUTH LOGIN PLAIN", func(d *dialogue) {
			if got, want := d.hear("AUTH PLAIN "), "AUTH PLAIN AHUAcA=="; got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
			d.say("235 2.7.0 ok")
			d.take()
		}, ""},
		{"login", "AUTH login", func(d *dialogue) {
			d.hear("AUTH LOGIN")
			d.say("334 VXNlcm5hbWU6")
			d.hear("dQ==")
			d.say("334 UGFzc3dvcmQ6")
			d.hear("cA==")
			d.say("235 2.7.0 ok")
			d.take()
		}, ""},
		{"a third question", "AUTH LOGIN", func(d *dialogue) {
			d.hear("AUTH LOGIN")
			d.say("334 VXNlcm5hbWU6")
			d.hear("dQ==")
			d.say("334 UGFzc3dvcmQ6")
			d.hear("cA==")
			d.say("334 bW9yZQ==")
			d.hear("*")
			d.say("501 5.5.0 as you like")
		}, "the server asks a third time"},
		{"nothing known", "AUTH CRAM-MD5", func(*dialogue) {}, "the server offers neither PLAIN nor LOGIN"},
		{"wrong", "AUTH PLAIN", func(d *dialogue) { d.hear("AUTH PLAIN"); d.say("535 5.7.8 no") }, "auth answered 535 5.7.8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := play(t, func(d *dialogue) {
				d.greet("STARTTLS")
				d.upgrade(server)
				d.hear("EHLO")
				d.hello(test.offers)
				test.talk(d)
				d.r.ReadString('\n') // QUIT, or nothing
			})
			s := sender(t, o, func(c *Config) { c.TLS, c.Username, c.Password = client, "u", "p" })
			err := s.Mail(t.Context(), row())
			s.Close()
			var e *Error
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (!errors.As(err, &e) || !e.Temporary() || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

func TestNeitherAnOldTLSNorAnotherHostsCertificateWillDo(t *testing.T) {
	server, client := certificate(t)
	old := server.Clone()
	old.MaxVersion = tls.VersionTLS11
	other := client.Clone()
	other.ServerName = "other.example.vn"
	for name, test := range map[string]struct{ server, client *tls.Config }{"TLS 1.1": {old, client}, "another host": {server, other}} {
		t.Run(name, func(t *testing.T) {
			o := play(t, func(d *dialogue) { d.greet("STARTTLS"); d.upgrade(test.server); d.silence() })
			s := sender(t, o, func(c *Config) { c.TLS, c.Security = test.client, Required })
			var e *Error
			if err := s.Mail(t.Context(), row()); !errors.As(err, &e) || e.Step != "starttls" || !e.Temporary() {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestManyMailsShareFewConnections(t *testing.T) {
	visits := make(chan struct{}, 8)
	var sent []string
	o := play(t,
		func(d *dialogue) {
			visits <- struct{}{}
			d.greet()
			for range perConnection {
				sent = append(sent, d.take())
			}
			d.hear("QUIT")
		},
		func(d *dialogue) { visits <- struct{}{}; d.greet(); d.take(); d.hear("QUIT"); d.say("221 bye") })
	s := sender(t, o, func(c *Config) { c.Idle = time.Hour })
	for i := range perConnection + 1 {
		m := row()
		m.ID = int64(i)
		if err := s.Mail(t.Context(), m); err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
	}
	s.Close()
	if len(visits) != 2 || len(sent) != perConnection || slices.Contains(sent, "") {
		t.Errorf("%d connections, %d mails over the first", len(visits), len(sent))
	}
}

func TestAnIdleConnectionSaysGoodbye(t *testing.T) {
	gone := make(chan struct{})
	o := play(t, func(d *dialogue) { d.greet(); d.take(); d.hear("QUIT"); close(gone) })
	s := sender(t, o, func(c *Config) { c.Idle = time.Millisecond })
	if err := s.Mail(t.Context(), row()); err != nil {
		t.Fatal(err)
	}
	<-gone
}
