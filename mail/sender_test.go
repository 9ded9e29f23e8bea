package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"notify1022/escalation"
)

// office is a mail server in this process. Its answers are set before it is used.
type office struct {
	addr   string
	tls    *tls.Config // what a client trusts it by
	onFrom error
	onTo   error
	onData error
	login  string // user:password; empty: none is asked for

	mu   sync.Mutex
	got  []string // contents
	to   []string
	from []string
	safe []bool // came by TLS
	hold chan struct{}
	came chan string // contents, where somebody waits for them
}

// visit is one client's session.
type visit struct {
	o    *office
	conn *smtp.Conn
	from string
	to   []string
}

func (o *office) NewSession(c *smtp.Conn) (smtp.Session, error) { return &visit{o: o, conn: c}, nil }

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user+":"+password != v.o.login {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.from = from
	return v.o.onFrom
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return v.o.onTo
}

func (v *visit) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if v.o.hold != nil {
		<-v.o.hold
	}
	if v.o.onData != nil {
		return v.o.onData
	}
	_, encrypted := v.conn.TLSConnectionState()
	v.o.mu.Lock()
	defer v.o.mu.Unlock()
	v.o.got, v.o.to, v.o.from = append(v.o.got, string(content)), append(v.o.to, v.to...), append(v.o.from, v.from)
	v.o.safe = append(v.o.safe, encrypted)
	if v.o.came != nil {
		v.o.came <- string(content)
	}
	return nil
}

func (v *visit) Reset() { v.to = nil }

func (v *visit) Logout() error { return nil }

// open starts the server on loopback; secure says how it offers TLS.
func open(t *testing.T, o *office, secure Security) *office {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.addr = listener.Addr().String()
	s := smtp.NewServer(o)
	s.Domain = "mail.example.vn"
	s.ErrorLog = silence{}
	if secure != Plain {
		s.TLSConfig, o.tls = certificate(t)
	}
	if secure == Implicit {
		listener = tls.NewListener(listener, s.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	t.Cleanup(func() {
		if o.hold != nil {
			close(o.hold)
		}
		s.Close()
		<-done
	})
	return o
}

type silence struct{}

func (silence) Printf(string, ...any) {}
func (silence) Println(...any)        {}

// certificate makes an authority of one certificate for loopback.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.vn"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: trusted}
}

func (o *office) mails() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.got
}

// sender is one for the server, with changes.
func sender(t *testing.T, o *office, change func(*Config)) *Sender {
	t.Helper()
	cfg := Config{Addr: o.addr, From: "1022@haiphong.gov.vn", Name: "Tổng đài 1022", TLS: o.tls, Timeout: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func row() *escalation.Outgoing {
	return &escalation.Outgoing{
		ID: 7, Template: "V1", Vars: map[string]string{"ma": "HP260309-0001"}, Email: "vp1@example.vn", QueuedAt: time.UnixMicro(1000),
		Text: "1022 HP kính báo cáo: PAKN HP260309-0001 quá hạn.\n.một dòng bắt đầu bằng dấu chấm",
	}
}

func TestAMailSaysAccentedWhatTheRowSays(t *testing.T) {
	o := open(t, &office{}, Plain)
	if err := sender(t, o, nil).Mail(t.Context(), row()); err != nil {
		t.Fatal(err)
	}
	if len(o.mails()) != 1 || o.to[0] != "vp1@example.vn" || o.from[0] != "1022@haiphong.gov.vn" {
		t.Fatalf("%d mails to %v from %v", len(o.mails()), o.to, o.from)
	}
	m, err := mail.ReadMessage(strings.NewReader(o.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "1022 Hải Phòng: HP260309-0001" {
		t.Errorf("subject %q, %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if want := strings.ReplaceAll(row().Text, "\n", "\r\n") + "\r\n"; err != nil || string(body) != want {
		t.Errorf("text %q (%v), want %q", body, err, want)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != "Tổng đài 1022" || from[0].Address != "1022@haiphong.gov.vn" {
		t.Errorf("from %v, %v", from, err)
	}
	for name, want := range map[string]string{
		"To": "<vp1@example.vn>", "Message-Id": "<7.3e8@haiphong.gov.vn>", "References": "<HP260309-0001@haiphong.gov.vn>",
		"Content-Type": "text/plain; charset=UTF-8", "Auto-Submitted": "auto-generated",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("date: %v", err)
	}
}

func TestAMailAboutNoPetitionIsNamedAfterItsText(t *testing.T) {
	o := open(t, &office{}, Plain)
	title := func(template string) string {
		return map[string]string{"VT": "Tổng hợp phiếu chuyển"}[template]
	}
	s := sender(t, o, func(c *Config) { c.Title = title })
	for template, want := range map[string]string{"VT": "1022 Hải Phòng: Tổng hợp phiếu chuyển", "XX": "1022 Hải Phòng"} {
		m := row()
		m.Template, m.Vars = template, nil
		if err := s.Mail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		sent, err := mail.ReadMessage(strings.NewReader(o.mails()[len(o.mails())-1]))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := new(mime.WordDecoder).DecodeHeader(sent.Header.Get("Subject")); got != want {
			t.Errorf("subject %q, want %q", got, want)
		}
		if got := sent.Header.Get("References"); got != "" {
			t.Errorf("it refers to %q", got)
		}
	}
}

func TestARowSentAgainKeepsItsMessageID(t *testing.T) {
	o := open(t, &office{}, Plain)
	s := sender(t, o, nil)
	other := row()
	other.ID = 8
	for _, m := range []*escalation.Outgoing{row(), row(), other} {
		if err := s.Mail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for _, content := range o.mails() {
		m, err := mail.ReadMessage(strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.Header.Get("Message-Id"))
	}
	if ids[0] != ids[1] || ids[1] == ids[2] {
		t.Errorf("message ids %v", ids)
	}
}

func TestWhatTheServerAnswersDecidesWhetherTryingAgainHelps(t *testing.T) {
	answer := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "<vp1@example.vn> says no"}
	}
	for _, test := range []struct {
		name      string
		office    *office
		step      string
		code      int
		temporary bool
	}{
		{"greylisted", &office{onTo: answer(451)}, "to", 451, true},
		{"mailbox full for now", &office{onTo: answer(452)}, "to", 452, true},
		{"no such mailbox", &office{onTo: answer(550)}, "to", 550, false},
		{"sender refused", &office{onFrom: answer(553)}, "from", 553, false},
		{"sender put off", &office{onFrom: answer(421)}, "from", 421, true},
		{"content refused", &office{onData: answer(554)}, "end", 554, false},
		{"no room", &office{onData: answer(452)}, "end", 452, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := sender(t, open(t, test.office, Plain), nil).Mail(t.Context(), row())
			var e *Error
			if !errors.As(err, &e) || e.Step != test.step || e.Code != test.code || e.Temporary() != test.temporary {
				t.Fatalf("%v (%+v), want %+v", err, e, test)
			}
			if want := fmt.Sprintf("mail to v***@example.vn: %s answered %d %d.1.1", test.step, test.code, test.code/100); err.Error() != want {
				t.Errorf("it says %q, want %q", err, want)
			}
		})
	}
}

func TestNothingFromOutsideGetsIntoAHeader(t *testing.T) {
	o := open(t, &office{}, Plain)
	s := sender(t, o, nil)
	for name, change := range map[string]func(*escalation.Outgoing){
		"line end in the address":  func(m *escalation.Outgoing) { m.Email = "vp1@example.vn\r\nBcc: x@example.vn" },
		"NUL in the address":       func(m *escalation.Outgoing) { m.Email = "vp1\x00@example.vn" },
		"two addresses":            func(m *escalation.Outgoing) { m.Email = "vp1@example.vn,x@example.vn" },
		"a name":                   func(m *escalation.Outgoing) { m.Email = "VP <vp1@example.vn>" },
		"no address":               func(m *escalation.Outgoing) { m.Email = "" },
		"an address beyond ASCII":  func(m *escalation.Outgoing) { m.Email = "văn@example.vn" },
		"an address beyond length": func(m *escalation.Outgoing) { m.Email = strings.Repeat("a", 250) + "@example.vn" },
		"CR in the code":           func(m *escalation.Outgoing) { m.Vars["ma"] = "HP1\rBcc: x@example.vn" },
		"LF in the code":           func(m *escalation.Outgoing) { m.Vars["ma"] = "HP1\nBcc: x@example.vn" },
		"NUL in the code":          func(m *escalation.Outgoing) { m.Vars["ma"] = "HP1\x00" },
		"a long code":              func(m *escalation.Outgoing) { m.Vars["ma"] = strings.Repeat("a", 300) },
		"no text":                  func(m *escalation.Outgoing) { m.Text = "" },
	} {
		m := row()
		change(m)
		err := s.Mail(t.Context(), m)
		var e *Error
		if !errors.As(err, &e) || e.Temporary() {
			t.Errorf("%s: %v, want a permanent refusal", name, err)
		} else if strings.ContainsAny(err.Error(), "\r\n\x00") || strings.Contains(err.Error(), "x@example.vn") {
			t.Errorf("%s: the error says %q", name, err)
		}
	}
	odd := row()
	odd.Vars["ma"] = "mã> <x"
	if err := s.Mail(t.Context(), odd); err != nil {
		t.Fatal(err)
	}
	if len(o.mails()) != 1 || strings.Contains(o.got[0], "References") {
		t.Errorf("%d mails went out, the last:\n%s", len(o.mails()), o.got)
	}
}

func TestAServerThatHangsCostsNoMoreThanTheTimeAllowed(t *testing.T) {
	silent := func(t *testing.T) *office { // accepts and says nothing
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				t.Cleanup(func() { conn.Close() })
			}
		}()
		return &office{addr: listener.Addr().String()}
	}
	for name, o := range map[string]*office{"no greeting": silent(t), "no answer to the mail": open(t, &office{hold: make(chan struct{})}, Plain)} {
		err := sender(t, o, func(c *Config) { c.Timeout = 200 * time.Millisecond }).Mail(t.Context(), row())
		var e *Error
		if !errors.As(err, &e) || !e.Temporary() || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := sender(t, silent(t), nil).Mail(ctx, row()); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller gave up: %v", err)
	}
}

func TestANobodyOrANonsenseServerIsTriedAgain(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		fmt.Fprint(conn, "hello vp1@example.vn\r\n")
		bufio.NewReader(conn).ReadString('\n')
		conn.Close()
	}()
	s := sender(t, &office{addr: listener.Addr().String()}, nil)
	for _, name := range []string{"nonsense", "nobody"} {
		err := s.Mail(t.Context(), row())
		var e *Error
		if !errors.As(err, &e) || !e.Temporary() || strings.Contains(err.Error(), "vp1@") {
			t.Errorf("%s: %v", name, err)
		}
		listener.Close()
	}
}

func TestAMailIsEncryptedWhereverItCanOrMustBe(t *testing.T) {
	for _, test := range []struct {
		name           string
		server, client Security
		login          string // of the server
		sent, safe     bool
		step           string
	}{
		{"offered and taken", Required, Offered, "", true, true, ""},
		{"offered by nobody", Plain, Offered, "", true, false, ""},
		{"required and there", Required, Required, "", true, true, ""},
		{"required and not there", Plain, Required, "", false, false, "starttls"},
		{"from the first octet", Implicit, Implicit, "", true, true, ""},
		{"signed in", Required, Required, "u:p", true, true, ""},
		{"wrong password", Required, Required, "u:q", false, false, "auth"},
		{"no password in the clear", Plain, Offered, "u:p", false, false, "auth"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, &office{login: test.login}, test.server)
			s := sender(t, o, func(c *Config) {
				if c.Security = test.client; test.login != "" {
					c.Username, c.Password = "u", "p"
				}
			})
			err := s.Mail(t.Context(), row())
			var e *Error
			switch {
			case test.sent && (err != nil || len(o.mails()) != 1 || o.safe[0] != test.safe):
				t.Fatalf("%v, %d mails, encrypted %v", err, len(o.mails()), o.safe)
			case !test.sent && (!errors.As(err, &e) || e.Step != test.step || !e.Temporary() || len(o.mails()) != 0):
				t.Fatalf("%v, %d mails", err, len(o.mails()))
			}
		})
	}
}

func TestAServerThatNobodyVouchesForGetsNoMail(t *testing.T) {
	for _, security := range []Security{Required, Implicit} {
		o := open(t, &office{}, security)
		err := sender(t, o, func(c *Config) { c.Security, c.TLS = security, nil }).Mail(t.Context(), row())
		var unknown x509.UnknownAuthorityError
		if !errors.As(err, &unknown) || len(o.mails()) != 0 {
			t.Errorf("%s: %v", security, err)
		}
	}
}

func TestTheConfigurationIsCheckedBeforeAnythingIsSent(t *testing.T) {
	for _, test := range []struct {
		name string
		cfg  Config
		want Security // empty: refused
	}{
		{"port 465", Config{Addr: "mail.example.vn:465", From: "1022@haiphong.gov.vn"}, Implicit},
		{"credentials", Config{Addr: "mail.example.vn:587", From: "1022@haiphong.gov.vn", Username: "u"}, Required},
		{"a relay", Config{Addr: "127.0.0.1:25", From: "1022@haiphong.gov.vn"}, Offered},
		{"as said", Config{Addr: "127.0.0.1:25", From: "1022@haiphong.gov.vn", Security: Plain}, Plain},
		{"credentials in the clear", Config{Addr: "127.0.0.1:25", From: "1022@haiphong.gov.vn", Security: Plain, Username: "u"}, ""},
		{"no port", Config{Addr: "mail.example.vn", From: "1022@haiphong.gov.vn"}, ""},
		{"no sender", Config{Addr: "mail.example.vn:25"}, ""},
		{"a sender with a name", Config{Addr: "mail.example.vn:25", From: "1022 <1022@haiphong.gov.vn>"}, ""},
		{"a name with a line end", Config{Addr: "mail.example.vn:25", From: "1022@haiphong.gov.vn", Name: "1022\r\nBcc: x"}, ""},
		{"unknown security", Config{Addr: "mail.example.vn:25", From: "1022@haiphong.gov.vn", Security: "ssl"}, ""},
	} {
		s, err := New(test.cfg)
		if (err == nil) != (test.want != "") || err == nil && s.cfg.Security != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestAnAddressIsMaskedInLogs(t *testing.T) {
	for address, want := range map[string]string{
		"vp1@example.vn": "v***@example.vn", "": "***", "vp1": "***", "@example.vn": "***", "a@b@c": "***", "a@b\r\n": "***",
	} {
		if got := Mask(address); got != want {
			t.Errorf("%q is %q, want %q", address, got, want)
		}
	}
}
