package smsc_test

import (
	"sync/atomic"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func TestJitterComesOnTopOfLatency(t *testing.T) {
	_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{
		Latency: smsc.Duration(20 * time.Millisecond), Jitter: smsc.Duration(30 * time.Millisecond),
	}})
	e := mustESME(t, addr)
	for range 5 {
		began := time.Now()
		if out := e.send(t, officer, "x"); out.Kind != smpp.Accepted || time.Since(began) < 20*time.Millisecond {
			t.Fatalf("outcome %+v after %v", out, time.Since(began))
		}
	}
}

func TestStrayResponsesHurtNobody(t *testing.T) {
	// hostile row 12
	_, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{StrayResponses: true}})
	e := mustESME(t, addr)
	for range 3 {
		if out := e.send(t, officer, "x"); out.Kind != smpp.Accepted {
			t.Fatalf("outcome %+v", out)
		}
	}
	if n := e.Stats().StrayResponses; n != 3 {
		t.Fatalf("%d stray responses", n)
	}
}

func TestAFrozenLinkIsFoundOutAndReplaced(t *testing.T) {
	// hostile row 25: half-open
	server, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{FreezeEvery: 2}})
	e := mustESME(t, addr, func(c *smpp.Config) {
		c.ResponseTimeout, c.EnquireLink = 1200*time.Millisecond, 400*time.Millisecond
	})
	if out := e.send(t, officer, "1"); out.Kind != smpp.Accepted {
		t.Fatalf("outcome %+v", out)
	}
	if out := e.send(t, officer, "2"); out.Kind != smpp.Unknown { // taken, and never answered
		t.Fatalf("outcome %+v", out)
	}
	if n := len(server.Handset(officer).Inbox()); n != 2 {
		t.Fatalf("%d arrived", n)
	}
	server.SetFaults(smsc.Faults{})
	for range 20 { // the first ones may still go into the dead link
		if out := e.send(t, officer, "3"); out.Kind == smpp.Accepted {
			break
		}
	}
	if n := e.Stats().Binds; n < 2 {
		t.Fatalf("%d binds", n)
	}
}

func TestMoreUnansweredSubmitsThanAllowedAreThrottled(t *testing.T) {
	_, addr := mustServer(t, smsc.Config{SubmitWindow: 3, Faults: smsc.Faults{Latency: smsc.Duration(time.Second)}})
	e := mustESME(t, addr, func(c *smpp.Config) { c.Window = 10 })
	var accepted, throttled atomic.Int64
	ended := make(chan struct{}, 5)
	for range 5 {
		err := e.SubmitAsync(testContext(t), smpp.Submit{Dest: smpp.International(officer), ShortMessage: []byte("x")}, func(o smpp.Outcome) {
			switch {
			case o.Kind == smpp.Accepted:
				accepted.Add(1)
			case o.Status == smpp.StatusThrottled:
				throttled.Add(1)
			}
			ended <- struct{}{}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		<-ended
	}
	if accepted.Load() != 3 || throttled.Load() != 2 {
		t.Fatalf("%d accepted, %d throttled", accepted.Load(), throttled.Load())
	}
}

func TestADeliverGoesOutAsItIs(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	e := mustESME(t, addr)
	odd := smpp.Deliver{
		Source: smpp.International(officer), Dest: smpp.Sender("8022"), ESMClass: 0x40, DataCoding: 0xF1,
		ShortMessage: []byte("\x09hi"), TLVs: []smpp.TLV{{Tag: 0x1401, Value: []byte("v")}},
	}
	if err := server.Deliver(testContext(t), odd); err != nil {
		t.Fatal(err)
	}
	d := e.next(t)
	if string(d.ShortMessage) != "\x09hi" || d.DataCoding != 0xF1 || d.ESMClass != 0x40 {
		t.Fatalf("got %+v", d)
	}
	if v, ok := d.TLV(0x1401); !ok || string(v) != "v" {
		t.Fatalf("TLV %q, %v", v, ok)
	}
	if err := server.Deliver(testContext(t), smpp.Deliver{ShortMessage: make([]byte, 255)}); err == nil {
		t.Fatal("255 octets of short_message are taken")
	}
}
