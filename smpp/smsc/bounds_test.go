package smsc_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func TestReceiptsThatNobodyFetchesDoNotPileUp(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{Receipts: 20})
	e := mustESME(t, addr, func(c *smpp.Config) { c.Bind = smpp.Transmitter })
	before := runtime.NumGoroutine()
	for range 100 {
		e.send(t, officer, "x")
	}
	limit := testContext(t)
	for server.Stats().ReceiptsDropped < 80 { // counted a moment after the answer
		if limit.Err() != nil {
			t.Fatalf("stats %+v", server.Stats())
		}
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine() - before; n > 30 {
		t.Fatalf("%d goroutines more", n)
	}
	r := mustESME(t, addr, func(c *smpp.Config) { c.Bind = smpp.Receiver })
	for range 20 {
		r.next(t)
	}
	if n := server.Stats().ReceiptsDropped; n != 80 {
		t.Fatalf("%d dropped", n)
	}
	for { // there is room again, a moment after the answers
		e.send(t, officer, "y")
		select {
		case d := <-r.got:
			if told, ok := smpp.ParseReceipt(d); !ok || told.Text != "y" {
				t.Fatalf("receipt %+v", told)
			}
			return
		case <-time.After(20 * time.Millisecond):
		case <-limit.Done():
			t.Fatal("no receipt comes any more")
		}
	}
}

func TestInboxesTogetherAreBounded(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{Messages: 4, Keep: 3})
	e := mustESME(t, addr)
	a, b := "84570000001", "84570000002"
	for i, to := range []string{a, a, a, a, b, b, a} {
		e.send(t, to, string(rune('0'+i)))
	}
	texts := func(phone string) (all string) {
		for _, m := range server.Handset(phone).Inbox() {
			all += m.Text
		}
		return all
	}
	if got := texts(a) + " " + texts(b); got != "36 45" {
		t.Fatalf("kept %s", got)
	}
	if m, err := server.Handset(a).Wait(testContext(t), 4); err != nil || m.Text != "6" {
		t.Fatalf("number 4 is %+v, %v", m, err)
	}
}

func TestASendThatWaitsForAnotherEndsWithItsContext(t *testing.T) {
	server, _ := mustServer(t, smsc.Config{})
	h := server.Handset(officer)
	first := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { first <- h.Send(ctx, hotline, "1") }() // nobody is bound
	short, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	second := make(chan error, 1)
	go func() { second <- h.Send(short, hotline, "2") }()
	select {
	case err := <-second:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the second text waits for the first")
	}
	cancel()
	<-first
}

func TestAReceiptCitesTheTextInASCII(t *testing.T) {
	_, addr := mustServer(t, smsc.Config{})
	e := mustESME(t, addr)
	e.Submit(testContext(t), smpp.Submit{
		Dest: smpp.International(officer), RegisteredDelivery: 1, DataCoding: 8,
		ShortMessage: []byte("\x01\x10\x1e\xb7\x20\xac\x00\n\x03\x94\x00x"), // "Đặ€\nΔx"
	})
	d := e.next(t)
	if r, ok := smpp.ParseReceipt(d); !ok || strings.Trim(r.Text, "Dax?EUR") != "" || !strings.HasPrefix(r.Text, "Da") {
		t.Fatalf("receipt %q", d.ShortMessage)
	}
	for _, c := range d.ShortMessage {
		if c < ' ' || c > '~' {
			t.Fatalf("receipt %q", d.ShortMessage)
		}
	}
}

func TestAnImpossibleDestinationMakesNoHandset(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	w := mustDial(t, addr)
	w.ask(9, bindBody)
	long := strings.Replace(submitBody, officer, strings.Repeat("1", 21), 1)
	if _, status := w.ask(4, long); status != uint32(smpp.StatusInvalidDestination) {
		t.Fatalf("status %#x", status)
	}
	if all := server.Handsets(); len(all) != 0 {
		t.Fatalf("%d handsets", len(all))
	}
}
