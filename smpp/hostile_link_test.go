package smpp_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/smpp"
)

// Hostile and edge behaviour of a link over time; single PDUs are in
// hostile_test.go.

func TestAPeerThatAnswersNoSubmitIsReplaced(t *testing.T) {
	// hostile row 23: it answers enquire_link all the same
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.Window, b.cfg.ResponseTimeout = 4, 30*time.Millisecond
		c, p := b.bound()
		<-time.After(time.Millisecond) // the first submit is later than the answer to the bind
		go func() {
			for {
				a, err := p.read()
				if err != nil {
					return
				}
				if a.id == enquireID {
					p.nc.Write(raw(enquireResp, 0, a.seq))
				}
			}
		}()
		ended := make(chan smpp.Outcome, 100)
		for range 8 {
			if err := c.SubmitAsync(testContext(t), text(officer, "x"), func(o smpp.Outcome) { ended <- o }); err != nil {
				t.Fatal(err)
			}
		}
		for range 8 {
			if o := <-ended; o.Kind != smpp.Unknown {
				t.Fatalf("outcome %+v", o)
			}
		}
		limit := time.After(time.Second)
		for c.Bound() {
			select {
			case <-time.After(time.Millisecond):
			case <-limit:
				t.Fatal("still bound")
			}
		}
	})
}

// bound is a client that is bound to a peer that is played by hand.
func (b *bubble) bound() (*smpp.Client, *peer) {
	b.t.Helper()
	c := b.start()
	p := b.scripted()
	p.acceptBind()
	if err := c.WaitBound(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return c, p
}

func TestAnyTrafficProvesLife(t *testing.T) {
	// hostile row 24: submits are answered, enquire_link is not
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.EnquireLink, b.cfg.ResponseTimeout = 15*time.Millisecond, 80*time.Millisecond
		c, p := b.bound()
		probes := 0
		go func() {
			for {
				a, err := p.read()
				if err != nil {
					return
				}
				switch a.id {
				case submitID:
					p.nc.Write(raw(submitResp, 0, a.seq, 'i', 0))
				case enquireID:
					probes++
				}
			}
		}()
		for began := time.Now(); time.Since(began) < 400*time.Millisecond; {
			if o := c.Submit(testContext(t), text(officer, "x")); o.Kind != smpp.Accepted {
				t.Fatalf("outcome %+v", o)
			}
			<-time.After(40 * time.Millisecond) // quiet enough for a probe each time
		}
		synctest.Wait()
		if st := c.Stats(); st.Binds != 1 || st.BoundNow != 1 || probes == 0 {
			t.Fatalf("%d probes, stats %+v", probes, st)
		}
	})
}

func TestASilentLinkEndsWithUnknownOutcomes(t *testing.T) {
	// hostile row 25: half-open
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.EnquireLink, b.cfg.ResponseTimeout = 10*time.Millisecond, 60*time.Millisecond
		c, _ := b.bound()
		mustEndAs(t, start(t, c), smpp.Unknown)
	})
}

func TestAPeerThatStopsReadingDoesNotHoldUsUp(t *testing.T) {
	// hostile row 26: net.Pipe has no buffer, so the first write blocks
	ours, theirs := pipePair(t)
	cfg := quick("")
	cfg.WriteTimeout = 50 * time.Millisecond
	dialled := false
	cfg.Dial = dialOnce(ours, &dialled)
	c := smpp.NewClient(cfg)
	c.Start()
	p := &peer{t, theirs}
	p.acceptBind()
	if err := c.WaitBound(testContext(t)); err != nil {
		t.Fatal(err)
	}
	mustEndAs(t, start(t, c), smpp.Unknown)
	began := time.Now()
	c.Close(testContext(t))
	if d := time.Since(began); d > 2*time.Second {
		t.Fatalf("Close took %v", d)
	}
}

func TestTheirUnbindWaitsForWhatIsInFlight(t *testing.T) {
	// hostile row 28
	c, p := mustBoundPeer(t, quick(""))
	got := start(t, c)
	seq := p.mustRead(submitID).seq
	p.send(raw(unbindID, 0, 77), raw(submitResp, 0, seq, 'i', 0))
	mustEndAs(t, got, smpp.Accepted)
	p.mustAnswer(unbindResp, 0, 77)
	p.mustEnd()
}

func TestUnbindsMayCrossAndStayUnanswered(t *testing.T) {
	// hostile row 29
	for _, tc := range []struct {
		name    string
		answers bool
	}{{"crossing", true}, {"no unbind_resp", false}} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := quick("")
			cfg.UnbindTimeout = 100 * time.Millisecond
			c, p := mustBoundPeer(t, cfg)
			closed := make(chan error, 1)
			go func() { closed <- c.Close(testContext(t)) }()
			ours := p.mustRead(unbindID)
			if tc.answers {
				p.send(raw(unbindID, 0, 78))
				p.mustAnswer(unbindResp, 0, 78)
				p.send(raw(unbindResp, 0, ours.seq))
			}
			select {
			case err := <-closed:
				if tc.answers != (err == nil) {
					t.Fatalf("Close: %v", err)
				}
			case <-testContext(t).Done():
				t.Fatal("Close hangs")
			}
		})
	}
}

func TestALinkThatEndsInsideAPDULeavesUnknown(t *testing.T) {
	// hostile row 30
	c, p := mustBoundPeer(t, quick(""))
	got := start(t, c)
	seq := p.mustRead(submitID).seq
	p.send(raw(submitResp, 0, seq, []byte("id\x00")...)[:18])
	p.nc.Close()
	if o := mustEndAs(t, got, smpp.Unknown); !errors.Is(o.Why, smpp.ErrLinkLost) {
		t.Fatalf("outcome %+v", o)
	}
}

func TestAFloodIsBoundedAndKeepaliveStillAnswered(t *testing.T) {
	// hostile row 37
	release := make(chan struct{})
	cfg := quick("")
	cfg.InboundQueue, cfg.Handlers = 5, 2
	cfg.Handler = smpp.HandlerFunc(func(ctx context.Context, _ smpp.Deliver) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return nil
	})
	_, p := mustBoundPeer(t, cfg)
	for i := range uint32(8) {
		p.send(raw(deliverID, 0, i+1, mo("x", "")...))
	}
	for i := range uint32(3) {
		p.mustAnswer(deliverResp, 0x14, 6+i)
	}
	p.mustBeUp()
	close(release)
	for range 5 {
		if a := p.mustRead(deliverResp); a.status != 0 || a.seq > 5 {
			t.Fatalf("answer %+v", a)
		}
	}
}

func TestAnAlertIsPassedOn(t *testing.T) {
	// hostile row 39
	alerts := make(chan smpp.Address, 1)
	cfg := quick("")
	cfg.OnAlert = func(a smpp.Address) { alerts <- a }
	_, p := mustBoundPeer(t, cfg)
	p.send(raw(alertID, 0, 5, []byte("\x01\x01"+officer+"\x00\x00\x00"+hotline+"\x00")...))
	if a := <-alerts; a != smpp.International(officer) {
		t.Fatalf("alert of %+v", a)
	}
	p.mustBeUp()
}

func TestALinkThatNobodyUsesIsUnbound(t *testing.T) {
	cfg := quick("")
	cfg.InactivityTimeout = time.Second
	_, p := mustBoundPeer(t, cfg)
	p.send(raw(unbindResp, 0, p.mustRead(unbindID).seq))
	p.mustEnd()
}
