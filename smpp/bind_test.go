package smpp_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func TestBadCredentialsAreNotHammered(t *testing.T) {
	_, addr := mustListen(t, smsc.Config{Accounts: map[string]string{"user": "other"}})
	failed := make(chan smpp.BindStatus, 10)
	cfg := quick(addr)
	cfg.OnStatus = func(b smpp.BindStatus) { failed <- b }
	c := smpp.NewClient(cfg)
	c.Start()
	defer c.Close(testContext(t))
	b := <-failed
	var status *smpp.StatusError
	if b.Bound || !errors.As(b.Err, &status) || status.Status != smpp.StatusInvalidPassword {
		t.Fatalf("status %+v", b)
	}
	if b.Retry < 2*time.Minute {
		t.Fatalf("tries again in %v", b.Retry)
	}
}

func TestBindsThatDieAtOnceBackOff(t *testing.T) {
	// hostile row 22
	server, addr := mustListen(t, smsc.Config{})
	statuses := make(chan smpp.BindStatus, 100)
	cfg := quick(addr)
	cfg.BackoffMin, cfg.BackoffMax = 4*time.Millisecond, 200*time.Millisecond
	cfg.OnStatus = func(b smpp.BindStatus) {
		if b.Bound {
			go server.Drop()
		}
		statuses <- b
	}
	c := smpp.NewClient(cfg)
	c.Start()
	defer c.Close(testContext(t))
	var longest time.Duration
	for range 24 {
		select {
		case b := <-statuses:
			longest = max(longest, b.Retry)
		case <-testContext(t).Done():
			t.Fatal("no more binds")
		}
	}
	if longest < 10*time.Millisecond || longest > 200*time.Millisecond {
		t.Fatalf("longest pause %v", longest)
	}
}

func TestAQuietLinkIsKeptAliveAndADeadOneIsReplaced(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		lost := make(chan smpp.BindStatus, 10)
		b.cfg.EnquireLink, b.cfg.ResponseTimeout = 20*time.Millisecond, 60*time.Millisecond
		b.cfg.OnStatus = func(s smpp.BindStatus) {
			if !s.Bound {
				lost <- s
			}
		}
		c := b.start()
		server := smsc.New(smsc.Config{})
		defer server.Close()
		server.Serve(<-b.peers)
		if err := c.WaitBound(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case s := <-lost:
			t.Fatalf("lost a healthy link: %+v", s)
		case <-time.After(200 * time.Millisecond):
		}
		server.SetFaults(smsc.Faults{NoEnquireLink: true})
		select {
		case s := <-lost:
			if !errors.Is(s.Err, smpp.ErrResponseTimeout) {
				t.Fatalf("lost with %v", s.Err)
			}
		case <-testContext(t).Done():
			t.Fatal("a link that answers nothing was kept")
		}
	})
}

func TestATransmitterAndAReceiverMakeAPair(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{})
	cfg, inbox := quick(addr), make(collect, 10)
	cfg.Bind, cfg.Handler = smpp.Pair, inbox
	c := mustBind(t, cfg)
	if out := c.Submit(testContext(t), text(officer, "x")); out.Kind != smpp.Accepted {
		t.Fatalf("outcome %+v", out)
	}
	if d := inbox.next(t); !d.IsReceipt() {
		t.Fatalf("got %+v", d)
	}
	if st := server.Stats(); st.BoundNow != 2 || c.Free() != 10 {
		t.Fatalf("bound %d, free %d", st.BoundNow, c.Free())
	}
}

func TestTheServersUnbindIsAnsweredAndTheClientComesBack(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{})
	lost := make(chan smpp.BindStatus, 10)
	cfg := quick(addr)
	cfg.BackoffMin, cfg.BackoffMax = 20*time.Millisecond, 20*time.Millisecond
	cfg.OnStatus = func(b smpp.BindStatus) {
		if !b.Bound {
			lost <- b
		}
	}
	c := mustBind(t, cfg)
	server.Close() // unbinds
	b := <-lost
	if !errors.Is(b.Err, smpp.ErrUnbound) || c.Bound() {
		t.Fatalf("status %+v", b)
	}
	again := smsc.New(smsc.Config{})
	defer again.Close()
	if _, err := again.Listen(addr); err != nil {
		t.Fatal(err)
	}
	if err := c.WaitBound(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

func TestABindOverTLS(t *testing.T) {
	server := smsc.New(smsc.Config{})
	defer server.Close()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"smsc.test"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, pub, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			server.Serve(nc)
		}
	}()
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	cfg := quick(l.Addr().String())
	cfg.TLS = &tls.Config{RootCAs: roots, ServerName: "smsc.test"}
	c := mustBind(t, cfg)
	if out := c.Submit(testContext(t), text(officer, "x")); out.Kind != smpp.Accepted {
		t.Fatalf("outcome %+v", out)
	}
	failed := make(chan smpp.BindStatus, 10)
	cfg.TLS = &tls.Config{ServerName: "smsc.test"} // does not know the issuer
	cfg.OnStatus = func(b smpp.BindStatus) { failed <- b }
	stranger := smpp.NewClient(cfg)
	stranger.Start()
	defer stranger.Close(testContext(t))
	if b := <-failed; b.Bound || b.Err == nil {
		t.Fatalf("bound to a stranger: %+v", b)
	}
}
