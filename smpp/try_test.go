package smpp_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func TestTrySubmitNeverWaits(t *testing.T) {
	cfg := quick("")
	cfg.Window = 1
	c, p := mustBoundPeer(t, cfg)
	got := start(t, c) // takes the only place
	seq := p.mustRead(submitID).seq
	never := func(smpp.Outcome) { t.Error("done was called for what was not sent") }
	if sent, err := c.TrySubmit(text(officer, "y"), never); sent || err != nil {
		t.Fatalf("sent %v, %v", sent, err)
	}
	if _, err := c.TrySubmit(smpp.Submit{ShortMessage: make([]byte, 255)}, never); !errors.Is(err, smpp.ErrTooLong) {
		t.Fatalf("error %v", err)
	}
	p.send(raw(submitResp, 0, seq, 'i', 0))
	mustEndAs(t, got, smpp.Accepted)
	second := make(chan smpp.Outcome, 1)
	for sent := false; !sent; { // the place is back when the outcome is, or a moment later
		var err error
		if sent, err = c.TrySubmit(text(officer, "y"), func(o smpp.Outcome) { second <- o }); err != nil {
			t.Fatal(err)
		}
	}
	p.send(raw(submitResp, 0, p.mustRead(submitID).seq, 'i', 0))
	mustEndAs(t, second, smpp.Accepted)
	if st := c.Stats(); st.Submitted != 2 || st.Accepted != 2 {
		t.Fatalf("stats %+v", st)
	}
	if err := c.Close(testContext(t)); err == nil {
		t.Log("the peer answered no unbind") // either way it is closed now
	}
	if sent, err := c.TrySubmit(text(officer, "z"), never); sent || !errors.Is(err, smpp.ErrClosed) {
		t.Fatalf("after Close: %v, %v", sent, err)
	}
}

func TestAnAnswerMaySendTheNextMessage(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{})
	c := mustBind(t, quick(addr))
	const total = 2000
	var all sync.WaitGroup
	all.Add(total)
	var mu sync.Mutex
	left := total - 10
	var next func(smpp.Outcome)
	message := text(officer, "x")
	message.RegisteredDelivery = 0
	next = func(o smpp.Outcome) {
		defer all.Done()
		mu.Lock()
		more := left > 0
		left--
		mu.Unlock()
		if !more {
			return
		}
		if sent, err := c.TrySubmit(message, next); !sent || err != nil {
			t.Errorf("no place after an answer: %v", err)
			all.Done()
		}
	}
	for range 10 {
		if err := c.SubmitAsync(testContext(t), message, next); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	if st := c.Stats(); st.Accepted != total || server.Stats().Accepted != total || c.Free() != 10 {
		t.Fatalf("stats %+v, free %d", st, c.Free())
	}
}

// noAllow is a pacer that can only wait.
type noAllow struct{}

func (noAllow) Wait(context.Context, int) error { return nil }

func TestTrySubmitKeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(10, 3)
		allowed := 0
		for range 10 {
			if p.Allow(1) {
				allowed++
			}
		}
		if allowed != 3 {
			t.Fatalf("%d at once with a burst of 3", allowed)
		}
		if p.Wait(t.Context(), 1); !p.Allow(0) {
			t.Fatal("what was not allowed used up the rate")
		}
	})
	cfg := quick("")
	cfg.Pacer = noAllow{}
	c, _ := mustBoundPeer(t, cfg)
	if sent, err := c.TrySubmit(text(officer, "x"), func(smpp.Outcome) {}); sent || err != nil {
		t.Fatalf("sent %v, %v", sent, err)
	}
	if c.Free() != 10 {
		t.Fatalf("free %d", c.Free())
	}
}
