package smpp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"
)

// sampleSubmits are messages that go-smpp and we must write alike.
func sampleSubmits() map[string]Submit {
	return map[string]Submit{
		"empty": {},
		"plain": {Source: Sender("8022"), Dest: International("84570000001"), RegisteredDelivery: 1, ShortMessage: []byte("Phieu 4821")},
		"every field": {
			ServiceType: "CMT", Source: Sender("1022HP"), Dest: International("84570000001"),
			ESMClass: 0x40, ProtocolID: 1, Priority: 2, ScheduleDelivery: "261123080000028+",
			ValidityPeriod: "000001000000000R", RegisteredDelivery: 1, ReplaceIfPresent: 1,
			DataCoding: 8, DefaultMessageID: 3, ShortMessage: []byte("\x05\x00\x03\x01\x02\x01\x00a"),
		},
		"reference": {Dest: International("84570000001"), UserMessageReference: 0xBEEF, ShortMessage: []byte("x")},
		"longest":   {Dest: International("84570000001"), ShortMessage: bytes.Repeat([]byte("x"), 254)},
		"payload":   {Dest: International("84570000001"), Payload: bytes.Repeat([]byte("p"), 1500)},
	}
}

func TestASubmitReadsBackAsWritten(t *testing.T) {
	samples := sampleSubmits()
	samples["many TLVs"] = Submit{
		Dest: International("84570000001"), UserMessageReference: 7, Payload: bytes.Repeat([]byte("p"), 65535),
		TLVs: []TLV{{pdutlv.TagSarMsgRefNum, []byte{0, 9}}, {0x1400, []byte("vendor")}, {pdutlv.TagAlertOnMessageDelivery, []byte{}}},
	}
	for name, want := range samples {
		body, err := AppendSubmit(nil, want)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := DecodeSubmit(body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want.ShortMessage == nil {
			want.ShortMessage = []byte{}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	}
}

func TestGoSMPPWritesAStrayOctetIntoEveryDeliver(t *testing.T) {
	// The reason why deliver_sm is ours: at this commit its field list still
	// has udh_length, written even without a header.
	p := pdu.NewDeliverSM()
	p.Fields().Set(pdufield.ShortMessage, []byte("hi"))
	theirs, err := appendGoSMPP(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := AppendDeliver(nil, Deliver{ShortMessage: []byte("hi")})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(ours, theirs) {
		t.Fatal("go-smpp's deliver_sm is right now: use it")
	}
	if !bytes.Equal(append(ours[:len(ours)-2:len(ours)-2], "\x00hi"...), theirs) {
		t.Fatalf("theirs %x, ours %x", theirs, ours)
	}
}

func TestGoSMPPReadsOurDeliver(t *testing.T) {
	want := Deliver{Source: International("84570000001"), Dest: Sender("8022"), ShortMessage: []byte("NHAN 4821"), TLVs: []TLV{{0x1401, []byte("v")}}}
	body, err := AppendDeliver(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	p, err := decodeGoSMPP(PDU{ID: pdu.DeliverSMID, Seq: 1, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	f := p.Fields()
	if f[pdufield.SourceAddr].String() != "84570000001" || f[pdufield.ShortMessage].String() != "NHAN 4821" || p.TLVFields()[0x1401].String() != "v" {
		t.Fatalf("fields %v", f)
	}
}

func TestAPanicInsideGoSMPPIsAnError(t *testing.T) {
	// go-smpp reads a submit_multi_resp cut in its error code without an error,
	// and panics when it is looked at.
	body := []byte("id\x00\x01\x01\x0184570000001\x00\x00")
	p, err := decodeGoSMPP(PDU{ID: pdu.SubmitMultiRespID, Seq: 1, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	p.Fields()[pdufield.UnsuccessSme] = panics{}
	if _, err := appendGoSMPP(nil, p); err == nil {
		t.Fatal("no error")
	}
}

// panics is a field that cannot be written.
type panics struct{ *pdufield.SM }

func TestFieldsThatDoNotFitAreRefusedBeforeWriting(t *testing.T) {
	for name, s := range map[string]Submit{
		"short_message": {ShortMessage: make([]byte, 255)},
		"source":        {Source: Address{Addr: strings.Repeat("1", 21)}},
		"destination":   {Dest: Address{Addr: strings.Repeat("1", 21)}},
		"NUL":           {Dest: Address{Addr: "84\x00570000001"}},
		"service_type":  {ServiceType: "123456"},
		"validity":      {ValidityPeriod: strings.Repeat("0", 17)},
		"payload":       {Payload: make([]byte, 65536)},
		"TLVs":          {TLVs: []TLV{{0x1400, make([]byte, 65000)}, {0x1401, make([]byte, 65000)}, {0x1402, make([]byte, 2000)}}},
	} {
		if b, err := AppendSubmit([]byte("before"), s); !errors.Is(err, ErrTooLong) || string(b) != "before" {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

func TestABindReadsBackAsWritten(t *testing.T) {
	for mode := range bindIDs {
		want := Bind{Mode: mode, SystemID: "user", Password: "secret", SystemType: "VMS", InterfaceVersion: 0x34, AddressRange: Address{1, 1, "^84"}}
		body, err := AppendBind(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := DecodeBind(PDU{ID: want.CommandID(), Seq: 1, Body: body})
		if !ok || err != nil || got != want {
			t.Errorf("got %+v, %v, %v", got, ok, err)
		}
		for cut := range body {
			if _, _, err := DecodeBind(PDU{ID: want.CommandID(), Seq: 1, Body: body[:cut]}); err == nil {
				t.Errorf("a bind cut at %d is accepted", cut)
			}
		}
	}
	if _, ok, _ := DecodeBind(PDU{ID: pdu.SubmitSMID}); ok {
		t.Error("a submit_sm is a bind")
	}
	if _, err := AppendBind(nil, Bind{SystemID: strings.Repeat("x", 16)}); !errors.Is(err, ErrTooLong) {
		t.Errorf("long system_id: %v", err)
	}
}

func TestADataSMCarriesItsTextAsPayload(t *testing.T) {
	body, err := AppendDataSM(nil, Submit{Source: Sender("8022"), Dest: International("84570000001"), DataCoding: 8, ShortMessage: []byte("hi")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeDataSM(body)
	if err != nil || string(got.Content()) != "hi" || got.DataCoding != 8 || got.Dest.Addr != "84570000001" {
		t.Fatalf("got %+v, %v", got, err)
	}
}

// FuzzDecode holds that no octets panic, and that what is read can be written
// and read again.
func FuzzDecode(f *testing.F) {
	for _, s := range sampleSubmits() {
		f.Add(appendMessage(nil, &s))
	}
	f.Add([]byte("\x00\x01\x01"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for id := range map[CommandID]bool{pdu.BindTransceiverID: true, pdu.BindReceiverRespID: true, pdu.SubmitMultiRespID: true, pdu.QuerySMRespID: true} {
			decodeGoSMPP(PDU{ID: id, Seq: 1, Body: body})
		}
		DecodeDataSM(body)
		d, err := DecodeDeliver(body)
		ParseReceipt(d)
		if err != nil {
			return
		}
		again, err := AppendDeliver(nil, d)
		if errors.Is(err, ErrTooLong) { // we read longer fields than we write
			return
		}
		back, err := DecodeDeliver(again)
		if err != nil || !reflect.DeepEqual(normal(back), normal(d)) {
			t.Fatalf("%+v became %+v, %v", d, back, err)
		}
	})
}

// normal hides the difference between an empty and no payload, which the wire
// cannot tell.
func normal(d Deliver) Deliver {
	if len(d.Payload) == 0 {
		d.Payload = nil
	}
	return d
}

func TestAHeaderIsBigEndianInTheStandardsOrder(t *testing.T) {
	b := appendPDU(nil, PDU{ID: pdu.SubmitSMRespID, Status: StatusThrottled, Seq: 7, Body: []byte{1}})
	if binary.BigEndian.Uint32(b) != 17 || b[4] != 0x80 || b[11] != 0x58 || b[15] != 7 || b[16] != 1 {
		t.Fatalf("frame %x", b)
	}
}
