package smsc_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

const (
	officer = "84570000001"
	hotline = "8022"
)

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func mustServer(t *testing.T, cfg smsc.Config) (*smsc.Server, string) {
	t.Helper()
	s := smsc.New(cfg)
	addr, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, addr.String()
}

// esme is a bound client and what it was delivered.
type esme struct {
	*smpp.Client
	got chan smpp.Deliver
}

func mustESME(t *testing.T, addr string, change ...func(*smpp.Config)) esme {
	t.Helper()
	got := make(chan smpp.Deliver, 1000)
	cfg := smpp.Config{
		Name: "test", Addr: addr, SystemID: "user", Password: "secret",
		BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond,
		Handler: smpp.HandlerFunc(func(_ context.Context, d smpp.Deliver) error { got <- d; return nil }),
	}
	for _, c := range change {
		c(&cfg)
	}
	c := smpp.NewClient(cfg)
	c.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		c.Close(ctx)
	})
	if err := c.WaitBound(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return esme{c, got}
}

func (e esme) next(t *testing.T) smpp.Deliver {
	t.Helper()
	select {
	case d := <-e.got:
		return d
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was delivered")
		return smpp.Deliver{}
	}
}

func (e esme) send(t *testing.T, to, text string) smpp.Outcome {
	t.Helper()
	return e.Submit(testContext(t), smpp.Submit{
		Source: smpp.Sender(hotline), Dest: smpp.International(to), RegisteredDelivery: 1, ShortMessage: []byte(text),
	})
}

func TestAHandsetsModeDecidesWhatBecomesOfAMessage(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	e := mustESME(t, addr)
	for i, tc := range []struct {
		name    string
		set     func(*smsc.Handset)
		kind    smpp.OutcomeKind
		state   smpp.MessageState // of the receipt; StateNone: none comes
		arrives bool
	}{
		{"reachable", func(h *smsc.Handset) {}, smpp.Accepted, smpp.StateDelivered, true},
		{"refused", func(h *smsc.Handset) { h.Fail(smpp.StatusInvalidDestination) }, smpp.Refused, smpp.StateNone, false},
		{"unreachable", func(h *smsc.Handset) { h.Unreachable() }, smpp.Accepted, smpp.StateUndeliverable, false},
		{"expired", func(h *smsc.Handset) { h.SetMode(smsc.Mode{State: smpp.StateExpired}) }, smpp.Accepted, smpp.StateExpired, false},
		{"silent", func(h *smsc.Handset) { h.Silent() }, smpp.Accepted, smpp.StateNone, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := server.Handset("8457000001" + string(rune('0'+i)))
			tc.set(h)
			out := e.send(t, h.Number(), "hi")
			if out.Kind != tc.kind {
				t.Fatalf("outcome %+v", out)
			}
			if got := len(h.Inbox()) == 1; got != tc.arrives {
				t.Fatalf("inbox %v", h.Inbox())
			}
			if tc.state == smpp.StateNone {
				// Whatever came now would come before this one.
				if err := h.Send(testContext(t), hotline, "marker"); err != nil {
					t.Fatal(err)
				}
				if d := e.next(t); d.IsReceipt() {
					t.Fatalf("a receipt came: %s", d.ShortMessage)
				}
				return
			}
			r, ok := smpp.ParseReceipt(e.next(t))
			if !ok || r.State != tc.state || r.MessageID != out.MessageID || (r.NetworkError != nil) != tc.state.Failed() {
				t.Fatalf("receipt %+v, %v", r, ok)
			}
		})
	}
}

func TestReceiptsComeAsRegisteredDeliveryAsks(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	e := mustESME(t, addr)
	for _, tc := range []struct {
		registered  uint8
		unreachable bool
		comes       bool
	}{
		{0, false, false}, {0, true, false}, {1, false, true}, {1, true, true}, {2, false, false}, {2, true, true},
	} {
		h := server.Handset(officer)
		h.SetMode(smsc.Mode{})
		if tc.unreachable {
			h.Unreachable()
		}
		out := e.Submit(testContext(t), smpp.Submit{Source: smpp.Sender(hotline), Dest: smpp.International(officer), RegisteredDelivery: tc.registered, ShortMessage: []byte("x")})
		if out.Kind != smpp.Accepted {
			t.Fatalf("outcome %+v", out)
		}
		if tc.comes {
			if d := e.next(t); !d.IsReceipt() {
				t.Fatalf("%+v: got %+v", tc, d)
			}
		}
		if err := h.Send(testContext(t), hotline, "marker"); err != nil {
			t.Fatal(err)
		}
		if d := e.next(t); d.IsReceipt() {
			t.Fatalf("%+v: a receipt came", tc)
		}
	}
}

func TestAHandsetsNumberIsWrittenAsConfigured(t *testing.T) {
	for _, tc := range []struct {
		format smsc.NumberFormat
		want   string
	}{{smsc.International, "84570000001"}, {smsc.Plus, "+84570000001"}, {smsc.National, "0570000001"}} {
		server, addr := mustServer(t, smsc.Config{MOFormat: tc.format})
		e := mustESME(t, addr)
		for _, spelling := range []string{"0570000001", "84570000001", "+84570000001"} {
			if err := server.Handset(spelling).Send(testContext(t), hotline, "NHAN"); err != nil {
				t.Fatal(err)
			}
			if d := e.next(t); d.Source.Addr != tc.want || d.Dest.Addr != hotline {
				t.Errorf("from %q to %q", d.Source.Addr, d.Dest.Addr)
			}
		}
		if n := len(server.Handsets()); n != 1 {
			t.Errorf("%d handsets", n)
		}
	}
}

func TestFaultsDoWhatTheySay(t *testing.T) {
	t.Run("latency", func(t *testing.T) {
		_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{Latency: smsc.Duration(60 * time.Millisecond)}})
		e, began := mustESME(t, addr), time.Now()
		if out := e.send(t, officer, "x"); out.Kind != smpp.Accepted || time.Since(began) < 60*time.Millisecond {
			t.Fatalf("outcome %+v after %v", out, time.Since(began))
		}
	})
	t.Run("errors", func(t *testing.T) {
		_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{ErrorRate: 1, ErrorStatus: smpp.StatusQueueFull}})
		if out := mustESME(t, addr).send(t, officer, "x"); out.Status != smpp.StatusQueueFull {
			t.Fatalf("outcome %+v", out)
		}
	})
	t.Run("throttling", func(t *testing.T) {
		_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{Rate: 3}})
		e, throttled := mustESME(t, addr), 0
		for range 4 {
			if e.send(t, officer, "x").Status == smpp.StatusThrottled {
				throttled++
			}
		}
		if throttled == 0 {
			t.Fatal("not throttled")
		}
	})
	t.Run("silence", func(t *testing.T) {
		server, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{SilentEvery: 2}})
		e := mustESME(t, addr, func(c *smpp.Config) { c.ResponseTimeout = time.Second })
		if a, b := e.send(t, officer, "1"), e.send(t, officer, "2"); a.Kind != smpp.Accepted || b.Kind != smpp.Unknown {
			t.Fatalf("outcomes %+v, %+v", a, b)
		}
		if n := len(server.Handset(officer).Inbox()); n != 2 {
			t.Fatalf("%d arrived", n)
		}
	})
	t.Run("duplicate receipts", func(t *testing.T) {
		_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{DuplicateReceipts: true}})
		e := mustESME(t, addr)
		e.send(t, officer, "x")
		a, _ := smpp.ParseReceipt(e.next(t))
		b, _ := smpp.ParseReceipt(e.next(t))
		if a.MessageID == "" || a.MessageID != b.MessageID {
			t.Fatalf("receipts %+v, %+v", a, b)
		}
	})
	t.Run("garbage", func(t *testing.T) {
		_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{GarbageEvery: 2}})
		e := mustESME(t, addr)
		for range 6 {
			if out := e.send(t, officer, "x"); out.Kind == smpp.Refused {
				t.Fatalf("outcome %+v", out)
			}
		}
		for e.Stats().Binds < 2 {
			select {
			case <-time.After(time.Millisecond):
			case <-testContext(t).Done():
				t.Fatalf("the link survived octets that are no PDU: %+v", e.Stats())
			}
		}
	})
	t.Run("split writes", func(t *testing.T) {
		_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{SplitWrites: 1}})
		if out := mustESME(t, addr).send(t, officer, "x"); out.Kind != smpp.Accepted {
			t.Fatalf("outcome %+v", out)
		}
	})
}

func TestAReceiptOutlivesTheLink(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{ReceiptDelay: 50 * time.Millisecond, RetryDelay: 5 * time.Millisecond})
	e := mustESME(t, addr)
	out := e.send(t, officer, "x")
	server.Drop()
	if r, ok := smpp.ParseReceipt(e.next(t)); !ok || r.MessageID != out.MessageID {
		t.Fatalf("receipt %+v", r)
	}
}

func TestATextWaitsForAReceiver(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	sent := make(chan error, 1)
	go func() { sent <- server.Handset(officer).Send(testContext(t), hotline, "NHAN 4821") }()
	mustESME(t, addr, func(c *smpp.Config) { c.Bind = smpp.Transmitter }) // takes no texts
	select {
	case err := <-sent:
		t.Fatalf("sent to a transmitter: %v", err)
	case <-time.After(30 * time.Millisecond):
	}
	e := mustESME(t, addr, func(c *smpp.Config) { c.Bind = smpp.Receiver })
	if d := e.next(t); string(d.ShortMessage) != "NHAN 4821" {
		t.Fatalf("got %q", d.ShortMessage)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

func TestATextRefusedForGoodIsReported(t *testing.T) {
	server, _ := mustServer(t, smsc.Config{})
	ours, theirs := net.Pipe()
	server.Serve(theirs)
	sess := smpp.NewSession(ours, smpp.SessionConfig{OnRequest: func(s *smpp.Session, p smpp.PDU) bool {
		if p.ID != 5 {
			return false
		}
		s.Respond(p, smpp.StatusReceiverReject, []byte{0})
		return true
	}})
	defer sess.Close()
	body, err := smpp.AppendBind(nil, smpp.Bind{Mode: smpp.Receiver, SystemID: "user"})
	if err != nil {
		t.Fatal(err)
	}
	bound := make(chan smpp.Status, 1)
	if err := sess.Send(1, body, func(p smpp.PDU, _ error) { bound <- p.Status }); err != nil || <-bound != smpp.StatusOK {
		t.Fatal("not bound")
	}
	var refused *smpp.StatusError
	err = server.Handset(officer).Send(testContext(t), hotline, "x")
	if !errors.As(err, &refused) || refused.Status != smpp.StatusReceiverReject {
		t.Fatalf("error %v", err)
	}
}

func TestMessagesAreDecodedAndJoined(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	e := mustESME(t, addr)
	h := server.Handset(officer)
	for _, part := range []string{"\x05\x00\x03\x07\x02\x02" + "second", "\x05\x00\x03\x07\x02\x01" + "first "} { // out of order
		e.Submit(testContext(t), smpp.Submit{Source: smpp.Sender("1022HP"), Dest: smpp.International(officer), ESMClass: smpp.ESMClassUDHI, ShortMessage: []byte(part)})
	}
	m, err := h.Wait(testContext(t), 0)
	if err != nil || m.Text != "first second" || m.Segments != 2 || m.Coding != "gsm7" || m.From != "1022HP" {
		t.Fatalf("message %+v, %v", m, err)
	}
	e.Submit(testContext(t), smpp.Submit{Source: smpp.Sender("1022HP"), Dest: smpp.International(officer), DataCoding: 8, Payload: []byte("\x01\x10\x00n")})
	if m, err := h.Wait(testContext(t), 1); err != nil || m.Text != "Đn" || m.Coding != "ucs2" {
		t.Fatalf("message %+v, %v", m, err)
	}
}

func TestMessageIDsAreUnique(t *testing.T) {
	_, addr := mustServer(t, smsc.Config{})
	e := mustESME(t, addr)
	seen := map[string]bool{}
	for range 100 {
		out := e.send(t, officer, "x")
		if seen[out.MessageID] || len(out.MessageID) > 64 {
			t.Fatalf("id %q", out.MessageID)
		}
		seen[out.MessageID] = true
	}
}

func TestAnInboxIsBounded(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{Keep: 3})
	e := mustESME(t, addr)
	for _, text := range strings.Split("abcdef", "") {
		e.send(t, officer, text)
	}
	h := server.Handset(officer)
	if in := h.Inbox(); len(in) != 3 || in[0].Text != "d" {
		t.Fatalf("inbox %+v", in)
	}
	if m, err := h.Wait(testContext(t), 5); err != nil || m.Text != "f" {
		t.Fatalf("number 5 is %+v, %v", m, err)
	}
}
