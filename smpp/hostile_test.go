package smpp_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/smpp"
)

// The rows are those of the project's list of hostile and edge inputs.

func TestLostFramingIsNackedOnceAndTheLinkClosed(t *testing.T) {
	for _, tc := range []struct {
		name string // hostile row N
		in   []byte
		seq  uint32
	}{
		{"hostile row 1: command_length 4 GiB", append([]byte{0xFF, 0xFF, 0xFF, 0xFF}, raw(enquireID, 0, 7)[4:]...), 7},
		{"hostile row 2: command_length 0", make([]byte, 16), 0},
		{"hostile row 2: command_length 8", append([]byte{0, 0, 0, 8}, raw(enquireID, 0, 9)[4:]...), 9},
		{"hostile row 2: command_length 15, no more octets", []byte{0, 0, 0, 15}, 0},
		{"hostile row 5: HTTP", []byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), 0},
		{"hostile row 5: TLS", []byte("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03abcdefghijkl"), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, p := mustBoundPeer(t, quick(""))
			p.send(tc.in)
			p.mustAnswer(nackID, 2, tc.seq)
			p.mustEnd()
		})
	}
}

func TestBadPDUsAreAnsweredAndTheLinkStaysUp(t *testing.T) {
	long := strings.Repeat("9", 300)
	for _, tc := range []struct {
		name   string
		in     []byte
		id     uint32 // of the answer; 0: none
		status uint32
		taken  string // what the handler gets; "" nothing
	}{
		{"hostile row 3: 200 KiB", raw(deliverID, 0, 5, make([]byte, 200<<10)...), nackID, 2, ""},
		{"hostile row 6: unknown request", raw(unknownID, 0, 5, 1, 2, 3), nackID, 3, ""},
		{"hostile row 7: unknown response", raw(unknownRespID, 0, 5), 0, 0, ""},
		{"hostile row 8: no NUL", raw(deliverID, 0, 5, []byte("abc")...), deliverResp, 2, ""},
		{"hostile row 8: empty body", raw(deliverID, 0, 5), deliverResp, 2, ""},
		{"hostile row 8: long source", raw(deliverID, 0, 5, []byte("\x00\x01\x01"+long+"\x00\x00\x00\x00")...), deliverResp, 0x0A, ""},
		{"hostile row 9: vendor TLV", raw(deliverID, 0, 5, mo("hi", "\x14\x01\x00\x02ab")...), deliverResp, 0, "hi"},
		{"hostile row 10: TLV past the end", raw(deliverID, 0, 5, mo("hi", "\x14\x01\x00\x09ab")...), deliverResp, 0xC2, "hi"},
		{"hostile row 11: repeated TLV", raw(deliverID, 0, 5, mo("", "\x04\x24\x00\x02hi\x04\x24\x00\x02no")...), deliverResp, 0, "hi"},
		{"hostile row 11: empty TLV", raw(deliverID, 0, 5, mo("hi", "\x13\x0c\x00\x00")...), deliverResp, 0, "hi"},
		{"hostile row 11: stray octets", raw(deliverID, 0, 5, mo("hi", "abc")...), deliverResp, 0, "hi"},
		{"hostile row 12: response to nothing", raw(submitResp, 0, 5, 'i', 0), 0, 0, ""},
		{"hostile row 16: nack of seq 0", raw(nackID, 3, 0), 0, 0, ""},
		{"hostile row 31: UDHL 0", raw(deliverID, 0, 5, deliverBody(0x40, 3, "\x00hi", "")...), deliverResp, 0, "\x00hi"},
		{"hostile row 31: UDHL past the end", raw(deliverID, 0, 5, deliverBody(0x40, 3, "\x09hi", "")...), deliverResp, 0, "\x09hi"},
		{"hostile row 31: element past the end", raw(deliverID, 0, 5, deliverBody(0x40, 4, "\x03\x00\x09h", "")...), deliverResp, 0, "\x03\x00\x09h"},
		{"hostile row 33: short_message and payload", raw(deliverID, 0, 5, mo("hi", "\x04\x24\x00\x02no")...), deliverResp, 0, "hi"},
		{"hostile row 33: sm_length past the end", raw(deliverID, 0, 5, deliverBody(0, 200, "hi", "")...), deliverResp, 1, ""},
		{"hostile row 33: sm_length 255", raw(deliverID, 0, 5, deliverBody(0, 255, strings.Repeat("x", 255), "")...), deliverResp, 1, ""},
		{"hostile row 34: payload of 64,000", raw(deliverID, 0, 5, mo("", "\x04\x24\xFA\x00"+strings.Repeat("p", 64000))...), deliverResp, 0, strings.Repeat("p", 64000)},
		{"hostile row 38: submit_sm to an ESME", raw(submitID, 0, 5, mo("hi", "")...), submitResp, 4, ""},
		{"hostile row 38: bind to an ESME", raw(bindTRX, 0, 5, []byte("a\x00b\x00\x00\x34\x00\x00\x00")...), bindTRXResp, 4, ""},
		{"hostile row 39: alert_notification", raw(alertID, 0, 5, []byte("\x01\x0184570000001\x00\x00\x008022\x00")...), 0, 0, ""},
		{"hostile row 39: outbind", raw(outbindID, 0, 5, []byte("a\x00b\x00")...), nackID, 3, ""},
		{"MO by data_sm", raw(dataID, 0, 5, []byte("\x00\x01\x01"+officer+"\x00\x00\x00"+hotline+"\x00\x00\x00\x00\x04\x24\x00\x02hi")...), dataResp, 0, "hi"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, inbox := quick(""), make(collect, 10)
			cfg.Handler = inbox
			c, p := mustBoundPeer(t, cfg)
			p.send(tc.in)
			if tc.id != 0 {
				p.mustAnswer(tc.id, tc.status, 5)
			}
			p.mustBeUp()
			switch {
			case tc.taken != "":
				if d := inbox.next(t); string(d.Content()) != tc.taken || d.Source.Addr != officer {
					t.Fatalf("handler got %.80q from %s", d.Content(), d.Source.Addr)
				}
			case len(inbox) > 0:
				t.Fatal("the handler got it")
			}
			got := start(t, c)
			p.send(raw(submitResp, 0, p.mustRead(submitID).seq, 'i', 'd', 0))
			mustEndAs(t, got, smpp.Accepted)
		})
	}
}

func TestPDUsArriveInAnySegments(t *testing.T) {
	// hostile row 4
	_, p := mustBoundPeer(t, quick(""))
	for _, b := range raw(enquireID, 0, 1) {
		p.send([]byte{b})
	}
	p.mustAnswer(enquireResp, 0, 1)
	go p.nc.Write(bytes.Repeat(raw(enquireID, 0, 2), 1000))
	for range 1000 {
		p.mustAnswer(enquireResp, 0, 2)
	}
}

func TestAPDUThatStallsIsNotWaitedForForEver(t *testing.T) {
	// hostile row 4: slow loris
	cfg := quick("")
	cfg.ResponseTimeout = 50 * time.Millisecond
	_, p := mustBoundPeer(t, cfg)
	p.send(raw(enquireID, 0, 1)[:7])
	p.mustEnd()
}

func TestResponsesOfEveryKindEndASubmitOnce(t *testing.T) {
	for _, tc := range []struct {
		name   string
		reply  func(seq uint32) [][]byte
		kind   smpp.OutcomeKind
		status smpp.Status
		why    error
	}{
		{"hostile row 13: twice", func(n uint32) [][]byte {
			return slices.Repeat([][]byte{raw(submitResp, 0, n, 'i', 0)}, 20)
		}, smpp.Accepted, 0, nil},
		{"hostile row 15: of another type", func(n uint32) [][]byte {
			return [][]byte{raw(dataResp, 0, n, 'i', 0)}
		}, smpp.Unknown, 0, smpp.ErrProtocol},
		{"hostile row 16: generic_nack", func(n uint32) [][]byte {
			return [][]byte{raw(nackID, 0x14, n)}
		}, smpp.Refused, smpp.StatusQueueFull, nil},
		{"hostile row 17: error without body", func(n uint32) [][]byte {
			return [][]byte{raw(submitResp, 8, n)}
		}, smpp.Refused, smpp.StatusSystemError, nil},
		{"hostile row 17: error with NUL", func(n uint32) [][]byte {
			return [][]byte{raw(submitResp, 0x0B, n, 0)}
		}, smpp.Refused, smpp.StatusInvalidDestination, nil},
		{"hostile row 17: error with full body", func(n uint32) [][]byte {
			return [][]byte{raw(submitResp, 0x401, n, 'i', 'd', 0)}
		}, smpp.Refused, 0x401, nil},
		{"hostile row 17: id without NUL", func(n uint32) [][]byte {
			return [][]byte{raw(submitResp, 0, n, 'i', 'd')}
		}, smpp.Accepted, 0, nil},
		{"hostile row 3: response too long", func(n uint32) [][]byte {
			return [][]byte{raw(submitResp, 0, n, make([]byte, 200<<10)...)}
		}, smpp.Unknown, 0, smpp.ErrProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, p := mustBoundPeer(t, quick(""))
			got := start(t, c)
			p.send(tc.reply(p.mustRead(submitID).seq)...)
			o := mustEndAs(t, got, tc.kind)
			if o.Status != tc.status || (tc.why != nil && !errors.Is(o.Why, tc.why)) {
				t.Fatalf("outcome %+v", o)
			}
			p.mustBeUp()
			if len(got) > 0 || c.Free() != 10 {
				t.Fatalf("ended again, or the slot is gone: free %d", c.Free())
			}
		})
	}
}

func TestALateResponseIsReportedAndNotTakenForAnother(t *testing.T) {
	// hostile rows 14 and 23
	late := make(chan smpp.Late, 1)
	cfg := quick("")
	cfg.ResponseTimeout = time.Second
	cfg.OnLate = func(l smpp.Late) { late <- l }
	c, p := mustBoundPeer(t, cfg)
	got := start(t, c)
	seq := p.mustRead(submitID).seq
	if o := mustEndAs(t, got, smpp.Unknown); !errors.Is(o.Why, smpp.ErrResponseTimeout) {
		t.Fatalf("outcome %+v", o)
	}
	probe := p.mustRead(enquireID) // the peer is asked whether it lives
	p.send(raw(enquireResp, 0, probe.seq), raw(submitResp, 0, seq, []byte("late\x00")...))
	var l smpp.Late
	select {
	case l = <-late:
	case <-testContext(t).Done():
		t.Fatal("nothing came late")
	}
	if l.Outcome.Kind != smpp.Accepted || l.Outcome.MessageID != "late" || l.Dest.Addr != officer {
		t.Fatalf("late %+v", l)
	}
	if st := c.Stats(); st.LateResponses != 1 || st.Unknown != 1 || st.Accepted != 0 {
		t.Fatalf("stats %+v", st)
	}
}

func TestTheirSequenceNumbersAreEchoedAsTheyAre(t *testing.T) {
	// hostile row 18
	_, p := mustBoundPeer(t, quick(""))
	for _, seq := range []uint32{0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF} {
		p.send(raw(enquireID, 0, seq))
		p.mustAnswer(enquireResp, 0, seq)
	}
}

func TestWhatComesBeforeBindRespIsKept(t *testing.T) {
	// hostile row 19
	cfg, inbox := quick(""), make(collect, 10)
	cfg.Handler = inbox
	c, p := mustPeer(t, cfg)
	b := p.mustRead(bindTRX)
	p.send(raw(deliverID, 0, 3, mo("early", "")...), raw(enquireID, 0, 4))
	p.mustAnswer(enquireResp, 0, 4)
	if c.Bound() || len(inbox) > 0 {
		t.Fatal("bound before bind_resp")
	}
	p.send(raw(bindTRXResp, 0, b.seq, []byte("smsc\x00")...))
	p.mustAnswer(deliverResp, 0, 3)
	if d := inbox.next(t); string(d.ShortMessage) != "early" {
		t.Fatalf("got %q", d.ShortMessage)
	}
}

func TestABindThatIsNotAnsweredOrRefusedIsGivenUp(t *testing.T) {
	for _, tc := range []struct {
		name   string
		reply  func(seq uint32) []byte
		status smpp.Status
	}{
		{"hostile row 20: no bind_resp", nil, 0},
		{"hostile row 21: refused without body", func(n uint32) []byte { return raw(bindTRXResp, 0x0E, n) }, smpp.StatusInvalidPassword},
		{"hostile row 21: already bound", func(n uint32) []byte { return raw(bindTRXResp, 5, n, 0) }, smpp.StatusAlreadyBound},
		{"hostile row 16: nacked", func(n uint32) []byte { return raw(nackID, 3, n) }, smpp.StatusInvalidCommandID},
	} {
		t.Run(tc.name, func(t *testing.T) {
			failed := make(chan smpp.BindStatus, 10)
			cfg := quick("")
			cfg.BindTimeout = 50 * time.Millisecond
			if tc.reply != nil {
				cfg.BindTimeout = 5 * time.Second
			}
			cfg.OnStatus = func(b smpp.BindStatus) { failed <- b }
			_, p := mustPeer(t, cfg)
			b := p.mustRead(bindTRX)
			if tc.reply != nil {
				p.send(tc.reply(b.seq))
			}
			p.mustEnd()
			st := <-failed
			var refused *smpp.StatusError
			switch {
			case st.Bound || st.Err == nil:
				t.Fatalf("status %+v", st)
			case tc.status == 0:
				if !errors.Is(st.Err, context.DeadlineExceeded) {
					t.Fatalf("error %v", st.Err)
				}
			case !errors.As(st.Err, &refused) || refused.Status != tc.status:
				t.Fatalf("error %v", st.Err)
			}
		})
	}
}
