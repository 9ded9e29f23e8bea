package smpp_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
)

// Hostile and edge contents of messages that are well-formed PDUs.

func TestAThrottledMessageIsSentAgainAndArrivesOnce(t *testing.T) {
	// hostile row 27
	for _, status := range []smpp.Status{smpp.StatusThrottled, smpp.StatusQueueFull} {
		server, addr := mustListen(t, smsc.Config{Faults: smsc.Faults{ErrorRate: 1, ErrorStatus: status}})
		cfg := quick(addr)
		pacer := smpp.NewPacer(1000, 1)
		cfg.Pacer = pacer
		c := mustBind(t, cfg)
		began := time.Now()
		first := c.Submit(testContext(t), text(officer, "x"))
		if first.Kind != smpp.Refused || !first.Temporary() || first.Status != status {
			t.Fatalf("outcome %+v", first)
		}
		if pacer.Rate() != 500 {
			t.Errorf("%v: rate %v", status, pacer.Rate())
		}
		server.SetFaults(smsc.Faults{})
		again := c.Submit(testContext(t), text(officer, "x"))
		if again.Kind != smpp.Accepted {
			t.Fatalf("outcome %+v", again)
		}
		if d := time.Since(began); d < 150*time.Millisecond {
			t.Errorf("%v: no pause, %v", status, d)
		}
		handset := server.Handset(officer)
		if _, err := handset.Wait(testContext(t), 0); err != nil { // the answer may come before the text has arrived
			t.Fatal(err)
		}
		if n := len(handset.Inbox()); n != 1 {
			t.Errorf("%v: arrived %d times", status, n)
		}
	}
}

// concat is a user data header for part seq of total, reference 7.
func concat(total, seq byte, text string) []byte {
	return append([]byte{5, 0, 3, 7, total, seq}, text...)
}

func TestImpossiblePartsAreMessagesByThemselves(t *testing.T) {
	// hostile row 32
	cfg, inbox := quick(""), make(collect, 20)
	cfg.Handler = inbox
	_, p := mustBoundPeer(t, cfg)
	for _, tc := range []struct {
		name string
		body []byte
		cut  bool // belongs to a long text
	}{
		{"part 0", concat(2, 0, "a"), false},
		{"part past the total", concat(2, 3, "b"), false},
		{"total 0", concat(0, 0, "c"), false},
		{"total 1", concat(1, 1, "d"), false},
		{"a part", concat(2, 1, "e"), true},
		{"the same again", concat(2, 1, "e"), true},
		{"another total", concat(3, 2, "f"), true},
	} {
		p.send(raw(deliverID, 0, 9, deliverBody(0x40, byte(len(tc.body)), string(tc.body), "")...))
		p.mustAnswer(deliverResp, 0, 9)
		d := inbox.next(t)
		data, _, cut := d.Segment()
		if cut != tc.cut || string(data) != string(tc.body[6:]) {
			t.Errorf("%s: %q, part %v", tc.name, data, cut)
		}
	}
}

func TestPartsThatDoNotFitTogetherNeitherJoinNorPileUp(t *testing.T) {
	// hostile row 32: changing total, duplicate, never completed
	joiner := sms.NewReassembler(sms.Limits{})
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) // Monday
	add := func(total, seq uint8, data string) (string, bool) {
		key := sms.Key{Src: officer, Dst: hotline, Part: sms.Part{Ref: 7, RefWidth: 8, Total: total, Seq: seq}}
		whole, ok := joiner.Add(key, []byte(data), now)
		return string(whole), ok
	}
	for _, part := range []struct {
		total, seq uint8
		data       string
	}{{2, 1, "a"}, {2, 1, "a"}, {3, 1, "x"}, {3, 2, "y"}} {
		if whole, ok := add(part.total, part.seq, part.data); ok {
			t.Fatalf("joined %q", whole)
		}
	}
	if whole, ok := add(2, 2, "b"); !ok || whole != "ab" {
		t.Fatalf("joined %q, %v", whole, ok)
	}
}

func TestDamagedTextIsDeliveredAndReadable(t *testing.T) {
	// hostile row 36
	for _, tc := range []struct{ name, dcs, body, want string }{
		{"UCS-2 of odd length", "08", "004e0048c4", "NH\uFFFD"},
		{"lone high surrogate", "08", "d83d0041", "\uFFFDA"},
		{"lone low surrogate at the end", "08", "0041de00", "A\uFFFD"},
		{"GSM octet above 0x7F", "00", "41c142", "A\uFFFDB"},
		{"ESC at the end", "00", "411b", ""},
		{"unknown escape", "00", "411b4142", ""},
		{"data_coding 0xF1", "f1", "4142", "AB"},
		{"data_coding 0xFF", "ff", "41", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, inbox := quick(""), make(collect, 2)
			cfg.Handler = inbox
			_, p := mustBoundPeer(t, cfg)
			dcs, err := hex.DecodeString(tc.dcs)
			if err != nil {
				t.Fatal(err)
			}
			text, err := hex.DecodeString(tc.body)
			if err != nil {
				t.Fatal(err)
			}
			body := deliverBody(0, byte(len(text)), string(text), "")
			body[len(body)-len(text)-3] = dcs[0]
			p.send(raw(deliverID, 0, 6, body...))
			p.mustAnswer(deliverResp, 0, 6)
			d := inbox.next(t)
			got := sms.Decode(d.DataCoding, d.Content())
			if d.DataCoding != dcs[0] || !utf8.ValidString(got) || (tc.want != "" && got != tc.want) {
				t.Fatalf("data_coding %#x: %q, want %q", d.DataCoding, got, tc.want)
			}
		})
	}
}

func TestAReceiptMayComeBeforeTheSubmitResponse(t *testing.T) {
	// hostile row 35: also with an id that is hexadecimal there and decimal here
	cfg, inbox := quick(""), make(collect, 2)
	cfg.Handler = inbox
	c, p := mustBoundPeer(t, cfg)
	got := start(t, c)
	seq := p.mustRead(submitID).seq
	receipt := "ID:0000032767 SUB:001 Stat:DELIVRD err:000"
	p.send(raw(deliverID, 0, 3, deliverBody(4, byte(len(receipt)), receipt, "")...))
	p.mustAnswer(deliverResp, 0, 3) // although the submit is still unanswered
	r, ok := smpp.ParseReceipt(inbox.next(t))
	if !ok || r.State != smpp.StateDelivered {
		t.Fatalf("receipt %+v", r)
	}
	p.send(raw(submitResp, 0, seq, []byte("7FFF\x00")...))
	out := mustEndAs(t, got, smpp.Accepted)
	if !smpp.SameMessageID(out.MessageID, r.MessageID) {
		t.Fatalf("%s and %s are not taken for one", out.MessageID, r.MessageID)
	}
}

func TestOurSequenceNumbersRise(t *testing.T) {
	// hostile row 18: ours are 1 to 0x7FFFFFFF and rise
	c, p := mustBoundPeer(t, quick(""))
	last := uint32(0)
	for range 50 {
		got := start(t, c)
		seq := p.mustRead(submitID).seq
		if seq <= last || seq > 0x7FFFFFFF {
			t.Fatalf("number %d after %d", seq, last)
		}
		last = seq
		p.send(raw(submitResp, 0, seq, []byte(strings.Repeat("9", 64)+"\x00")...))
		mustEndAs(t, got, smpp.Accepted)
	}
}
