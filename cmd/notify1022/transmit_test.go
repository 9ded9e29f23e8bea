package main

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"

	"notify1022/escalation"
	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/store"
)

func testAccount(change func(*SMSC)) *account {
	cfg := simulatorEntry("127.0.0.1:1")
	if change != nil {
		change(&cfg)
	}
	return &account{cfg: cfg, how: concats()[cfg.Long]}
}

func TestASubmitHasTheAddressesThatItsReaderNeeds(t *testing.T) {
	citizen := escalation.Recipient{Citizen: 7}
	tests := []struct {
		name   string
		change func(*SMSC)
		m      escalation.Outgoing
		source smpp.Address
		dest   smpp.Address
	}{
		{"an officer answers a number", nil, escalation.Outgoing{To: escalation.Recipient{Contact: 1}, Lane: escalation.LaneSlip},
			smpp.Address{TON: 0, NPI: 0, Addr: "8022"}, smpp.Address{TON: 1, NPI: 1, Addr: "84570000001"}},
		{"a citizen sees the brandname", nil, escalation.Outgoing{To: citizen},
			smpp.Address{TON: 5, NPI: 0, Addr: "1022HP"}, smpp.Address{TON: 1, NPI: 1, Addr: "84570000001"}},
		{"a citizen who is asked for an answer sees the number", nil, escalation.Outgoing{To: citizen, Template: "C8n"},
			smpp.Address{TON: 0, NPI: 0, Addr: "8022"}, smpp.Address{TON: 1, NPI: 1, Addr: "84570000001"}},
		{"an unknown sender is answered from the number", nil, escalation.Outgoing{To: escalation.Recipient{Phone: "+84570000001"}, Lane: escalation.LaneSlip},
			smpp.Address{TON: 0, NPI: 0, Addr: "8022"}, smpp.Address{TON: 1, NPI: 1, Addr: "84570000001"}},
		{"settings override", func(s *SMSC) {
			one, two := uint8(1), uint8(2)
			s.SourceTON, s.SourceNPI, s.DestTON, s.DestNPI = &one, &two, &two, &one
		}, escalation.Outgoing{},
			smpp.Address{TON: 1, NPI: 2, Addr: "8022"}, smpp.Address{TON: 2, NPI: 1, Addr: "84570000001"}},
	}
	for _, test := range tests {
		test.m.Phone = "+84570000001"
		got := testAccount(test.change).submit(&test.m, sms.Segment{Seq: 1, Total: 1})
		if got.Source != test.source || got.Dest != test.dest || got.RegisteredDelivery != 1 {
			t.Errorf("%s: from %+v to %+v, registered_delivery %d", test.name, got.Source, got.Dest, got.RegisteredDelivery)
		}
	}
}

func TestALongTextIsMarkedTheWayTheAccountWants(t *testing.T) {
	text := strings.Repeat("a", 200)
	tests := []struct {
		long            string
		segments        int
		esm             uint8
		short, payload  int
		concatenated    bool // by TLVs
		firstShortOctet byte
	}{
		{"udh8", 2, 0x40, 159, 0, false, 5},
		{"udh16", 2, 0x40, 159, 0, false, 6},
		{"sar", 2, 0, 153, 0, true, 'a'},
		{"payload", 1, 0, 0, 200, false, 0},
	}
	for _, test := range tests {
		a := testAccount(func(s *SMSC) { s.Long = test.long })
		m := &escalation.Outgoing{Text: text, Coding: "gsm7", Phone: "+84570000001", Reference: 0x1234}
		n, err := a.Segments(m)
		parts, err2 := sms.Split(text, sms.GSM7, a.how, m.Reference)
		if n != test.segments || err != nil || err2 != nil || len(parts) != n {
			t.Errorf("%s: %d segments, %v, %v", test.long, n, err, err2)
			continue
		}
		s := a.submit(m, parts[0])
		_, tlv := s.TLV(pdutlv.TagSarMsgRefNum)
		if s.ESMClass != test.esm || len(s.ShortMessage) != test.short || len(s.Payload) != test.payload || tlv != test.concatenated || s.UserMessageReference != 0x1234 {
			t.Errorf("%s: %+v", test.long, s)
		}
		if test.short > 0 && s.ShortMessage[0] != test.firstShortOctet {
			t.Errorf("%s: begins with %#x", test.long, s.ShortMessage[0])
		}
	}
}

func TestAnAccentedTextGoesAsUCS2AndATooLongOneNotAtAll(t *testing.T) {
	a := testAccount(nil)
	m := &escalation.Outgoing{Text: "Phản ánh", Coding: "ucs2", Phone: "+84570000001"}
	parts, err := sms.Split(m.Text, codingOf(m), a.how, 1)
	if err != nil {
		t.Fatal(err)
	}
	if s := a.submit(m, parts[0]); s.DataCoding != 8 || len(s.ShortMessage) != 16 {
		t.Errorf("%+v", s)
	}
	if _, err := a.Segments(&escalation.Outgoing{Text: strings.Repeat("a", 1000), Coding: "gsm7"}); err == nil {
		t.Error("a text of seven segments was taken where four are allowed")
	}
}

func TestASubmitEndsAsTheOutboxNeedsIt(t *testing.T) {
	a := testAccount(func(s *SMSC) { s.IDBase = "hex" })
	tests := []struct {
		o     smpp.Outcome
		state escalation.MessageState
		id    string
	}{
		{smpp.Outcome{Kind: smpp.Accepted, MessageID: "00FF"}, escalation.Accepted, "255"},
		{smpp.Outcome{Kind: smpp.Unknown, Why: smpp.ErrLinkLost}, escalation.Unknown, ""},
		{smpp.Outcome{Kind: smpp.Refused, Status: smpp.StatusThrottled, Why: &smpp.StatusError{Status: smpp.StatusThrottled}}, escalation.Queued, ""},
		{smpp.Outcome{Kind: smpp.Refused, Why: smpp.ErrNotSent}, escalation.Queued, ""},
		{smpp.Outcome{Kind: smpp.Refused, Status: 0x0401, Why: &smpp.StatusError{Status: 0x0401, Override: smpp.ClassPermanent}}, escalation.Failed, ""},
		{smpp.Outcome{Kind: smpp.Refused, Status: smpp.StatusInvalidDestination, Why: &smpp.StatusError{Status: smpp.StatusInvalidDestination}}, escalation.Failed, ""},
	}
	for _, test := range tests {
		got := a.outcome(test.o)
		if got.State != test.state || got.SMSCID != test.id || got.Status != uint32(test.o.Status) || got.SMSC != "simulator" || (got.Error == "") != (test.o.Why == nil) {
			t.Errorf("%+v became %+v", test.o, got)
		}
	}
}

func TestARefusalForNowSaysOfWhatItSpeaks(t *testing.T) {
	t.Parallel()
	a := testAccount(nil)
	for _, test := range []struct {
		why  error
		want escalation.Refusal
	}{
		{&smpp.StatusError{Status: smpp.StatusSystemError}, escalation.RefusedService},
		{&smpp.StatusError{Status: smpp.StatusSubmitFailed}, escalation.RefusedService},
		{&smpp.StatusError{Status: smpp.StatusThrottled}, escalation.RefusedPace},
		{&smpp.StatusError{Status: smpp.StatusQueueFull}, escalation.RefusedPace},
		{&smpp.StatusError{Status: 0x0401}, escalation.RefusedText},
		{&smpp.StatusError{Status: 0x0401, Override: smpp.ClassSystem}, escalation.RefusedService},
		{smpp.ErrNotSent, escalation.NotSubmitted},
	} {
		got := a.outcome(smpp.Outcome{Kind: smpp.Refused, Why: test.why})
		if got.State != escalation.Queued || got.Refusal != test.want {
			t.Errorf("%v became %+v", test.why, got)
		}
	}
}

// field failure 51
func TestANumberOutsideTheTestPrefixesNeverReachesARealSMSC(t *testing.T) {
	a := testAccount(nil)
	a.allowed = onlyTest([]string{"057"})
	for phone, allowed := range map[string]bool{"+84570000001": true, "+84912345678": false, "+84057000000": false, "0570000001": false, "": false} {
		if a.allowed(phone) != allowed {
			t.Errorf("%s: allowed %t", phone, !allowed)
		}
	}
	err := a.Submit(t.Context(), &escalation.Outgoing{Text: "a", Phone: "+84912345678"}, 1, func(escalation.SegmentOutcome) { t.Error("done was called") })
	var final interface{ Temporary() bool }
	if !errors.As(err, &final) || final.Temporary() {
		t.Errorf("error %v, want a permanent one", err)
	}
}

func TestMessageIDsOfBothSpellingsMeet(t *testing.T) {
	for _, test := range []struct{ base, submitted, receipt string }{
		{"same", "00AB12", "ab12"}, {"hex", "1F", "31"}, {"hex", "0000001f", "0000000031"}, {"dec", "31", "1F"}, {"same", "no-number", "NO-NUMBER"},
	} {
		s := SMSC{IDBase: test.base}
		if a, b := s.submittedID(test.submitted), s.receiptID(test.receipt); a != b {
			t.Errorf("%s: %s became %s, %s became %s", test.base, test.submitted, a, test.receipt, b)
		}
	}
}

func TestADeliverBecomesAPartOfAReply(t *testing.T) {
	at := time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	address := smpp.Address{Addr: "84570000001"}
	sar := []smpp.TLV{{Tag: pdutlv.TagSarMsgRefNum, Value: []byte{1, 2}}, {Tag: pdutlv.TagSarTotalSegments, Value: []byte{2}}, {Tag: pdutlv.TagSarSegmentSeqnum, Value: []byte{1}}}
	tests := []struct {
		name string
		d    smpp.Deliver
		want escalation.Part
	}{
		{"a single text", smpp.Deliver{ShortMessage: []byte("NHAN 1")}, escalation.Part{Text: "NHAN 1"}},
		{"UCS-2", smpp.Deliver{DataCoding: 8, ShortMessage: []byte{0x1E, 0xA5}}, escalation.Part{DataCoding: 8, Text: "ấ"}},
		{"a payload", smpp.Deliver{Payload: []byte("dai")}, escalation.Part{Text: "dai"}},
		{"part 2 of 3 by header", smpp.Deliver{ESMClass: 0x40, ShortMessage: append([]byte{5, 0, 3, 9, 3, 2}, "abc"...)},
			escalation.Part{ESMClass: 0x40, Text: "abc", Ref: 9, RefWidth: 8, Seq: 2, Total: 3}},
		{"a part by TLVs", smpp.Deliver{ShortMessage: []byte("abc"), TLVs: sar}, escalation.Part{Text: "abc", Ref: 0x0102, RefWidth: 16, Seq: 1, Total: 2}},
		{"a broken header is text", smpp.Deliver{ESMClass: 0x40, ShortMessage: []byte{200, 'a'}}, escalation.Part{ESMClass: 0x40, Text: sms.Decode(0, []byte{200, 'a'})}},
	}
	for _, test := range tests {
		test.d.Source, test.d.Dest = address, smpp.Address{Addr: "8022"}
		test.want.SMSC, test.want.From, test.want.To, test.want.ReadAt, test.want.Raw = "vnpt", "84570000001", "8022", at, test.d.Content()
		if got := part("vnpt", test.d, at); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", test.name, got, test.want)
		}
	}
}

func TestAReceiptsStateIsOneOfTheOutbox(t *testing.T) {
	for state, want := range map[smpp.MessageState]escalation.MessageState{
		smpp.StateDelivered: escalation.Delivered, smpp.StateUndeliverable: escalation.Failed, smpp.StateExpired: escalation.Failed,
		smpp.StateRejected: escalation.Failed, smpp.StateDeleted: escalation.Failed, smpp.StateEnroute: escalation.Accepted,
		smpp.StateAccepted: escalation.Accepted, smpp.StateUnknown: escalation.Unknown, smpp.StateNone: escalation.Unknown,
	} {
		if got := receiptState(state); got != want {
			t.Errorf("%s became %s, want %s", state, got, want)
		}
	}
}

// What the configuration's check accepts is waited for: a text on its way is not sent again.
func TestTheLongestLeaseOfTheConfigurationRunsOutByItself(t *testing.T) {
	if got := runCLI(t, "", "migrate", "--config", installation(t, "lease: 1h1s\n")); got.code != exitUsage {
		t.Errorf("a longer one: %+v", got)
	}
	config := installation(t, "lease: 1h\ngrace: 1h\n")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	cfg, _, err := LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := openStore(t.Context(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ids, err := db.InsertMessages(t.Context(), []escalation.Notice{{Template: "T1", Class: escalation.ClassSlip, Lane: escalation.LaneSlip, Attempt: 1, To: escalation.Recipient{Phone: "+84570000001"}}})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := db.Claim(t.Context(), "gw", 1, cfg.lease(), func(o *escalation.Outgoing) error { o.Text = "tin"; return nil }); err != nil || len(rows) != 1 {
		t.Fatalf("%d go, %v", len(rows), err)
	}
	for range 2 {
		if _, err := db.Lapse(t.Context(), cfg.grace()); err != nil {
			t.Fatal(err)
		}
	}
	page, err := db.Messages(t.Context(), store.MessageFilter{IDs: ids})
	if err != nil || len(page.Items) != 1 || page.Items[0].State != escalation.Sending {
		t.Errorf("it is %+v, %v", page.Items, err)
	}
}
