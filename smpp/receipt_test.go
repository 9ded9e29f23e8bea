package smpp

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"
)

func TestReceiptTextsAreReadAsSMSCsWriteThem(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 1, 0, 0, time.UTC) // Monday
	// hostile row 35
	for _, tc := range []struct {
		name, text string
		want       Receipt
	}{
		{
			"appendix B", "id:0123456789 sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD err:000 text:Phieu 4821",
			Receipt{MessageID: "0123456789", State: StateDelivered, Err: "000", SubmitDate: at.Add(-time.Minute), DoneDate: at, Text: "Phieu 4821"},
		},
		{
			"case and spaces", "ID: ab12 Sub: 001 Dlvrd: 000 Submit Date: 261123120000 Done Date: 261123120100 Stat: undeliv Err: 27 Text: hi",
			Receipt{MessageID: "ab12", State: StateUndeliverable, Err: "27", SubmitDate: at.Add(-time.Minute), DoneDate: at, Text: "hi"},
		},
		{"cut in the state", "id:7 sub:001 dlvrd:000 submit date:2611231200 done date:2611231201 stat:EXP", Receipt{MessageID: "7", State: StateExpired, SubmitDate: at.Add(-time.Minute), DoneDate: at}},
		{"cut in a date", "id:7 stat:REJECTD done date:26112", Receipt{MessageID: "7", State: StateRejected}},
		{"other order, no text", "stat:ACCEPTD id:7", Receipt{MessageID: "7", State: StateAccepted}},
		{"spelled out", "id:7 stat:DELIVERED err:", Receipt{MessageID: "7", State: StateDelivered}},
		{"four-digit year", "id:7 submit_date:20261123120000 done_date:202611231201 stat:UNKNOWN", Receipt{MessageID: "7", State: StateUnknown, SubmitDate: at.Add(-time.Minute), DoneDate: at}},
		{"empty field", "id:7 err: stat:DELIVRD", Receipt{MessageID: "7", State: StateDelivered}},
		{"keys inside the text", "id:7 stat:DELIVRD text:id:9 stat:UNDELIV", Receipt{MessageID: "7", State: StateDelivered, Text: "id:9 stat:UNDELIV"}},
		{"empty field before a key of two words", "id: submit date:2611231200 stat:DELIVRD", Receipt{State: StateDelivered, SubmitDate: at.Add(-time.Minute)}},
		{"colon in an id", "id:a1:7 stat:DELIVRD", Receipt{MessageID: "a1:7", State: StateDelivered}},
		{"NUL at the end", "stat:DELIVRD id:7\x00", Receipt{MessageID: "7", State: StateDelivered}},
		{"line by line", "id:7\r\nstat:EXPIRED\r\nerr:001\r\n", Receipt{MessageID: "7", State: StateExpired, Err: "001"}},
		{"paid: is not id:", "paid:5 id:7 stat:DELETED", Receipt{MessageID: "7", State: StateDeleted}},
	} {
		got, ok := ParseReceipt(Deliver{ESMClass: ESMClassReceipt, ShortMessage: []byte(tc.text)})
		if !ok || got != tc.want {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", tc.name, got, ok, tc.want)
		}
	}
}

func TestAReceiptsTLVsCountBeforeItsText(t *testing.T) {
	r, ok := ParseReceipt(Deliver{
		ESMClass:     ESMClassReceipt,
		ShortMessage: []byte("id:7 stat:DELIVRD err:001"),
		TLVs: []TLV{
			{pdutlv.TagReceiptedMessageID, []byte("0A\x00")},
			{pdutlv.TagMessageStateOption, []byte{5}},
			{pdutlv.TagNetworkErrorCode, []byte{3, 0, 27}},
		},
	})
	if !ok || r.MessageID != "0A" || r.State != StateUndeliverable || r.Err != "001" || r.NetworkError == nil || *r.NetworkError != [3]byte{3, 0, 27} {
		t.Fatalf("receipt %+v, %v", r, ok)
	}
	r, ok = ParseReceipt(Deliver{TLVs: []TLV{ // no text, no esm_class
		{pdutlv.TagReceiptedMessageID, []byte("7")}, {pdutlv.TagMessageStateOption, []byte{2}},
	}})
	if !ok || r.MessageID != "7" || r.State != StateDelivered {
		t.Fatalf("TLVs alone: %+v, %v", r, ok)
	}
	r, ok = ParseReceipt(Deliver{ESMClass: ESMClassReceipt, ShortMessage: []byte("id:7 stat:DELIVRD"), TLVs: []TLV{
		{pdutlv.TagMessageStateOption, []byte{99}}, {pdutlv.TagNetworkErrorCode, []byte{1}},
	}})
	if !ok || r.State != StateDelivered || r.NetworkError != nil {
		t.Fatalf("senseless TLVs: %+v, %v", r, ok)
	}
}

func TestACitizensTextIsNeverAReceipt(t *testing.T) {
	for _, d := range []Deliver{
		{ShortMessage: []byte("id:7 sub:001 stat:DELIVRD")},
		{ESMClass: ESMClassReceipt, ShortMessage: []byte("hello")},
		{ESMClass: ESMClassReceipt},
	} {
		if r, ok := ParseReceipt(d); ok {
			t.Errorf("%q is %+v", d.ShortMessage, r)
		}
	}
}

func TestAReceiptInUCS2IsRead(t *testing.T) {
	var b []byte
	for _, u := range utf16.Encode([]rune("id:7 stat:DELIVRD")) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	if r, ok := ParseReceipt(Deliver{ESMClass: ESMClassReceipt, DataCoding: 8, ShortMessage: b}); !ok || r.MessageID != "7" {
		t.Fatalf("receipt %+v, %v", r, ok)
	}
}

func TestMessageIDsAreComparedAcrossSpellings(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"123", "123", true},
		{"00000123", "123", true},
		{"abCD", "ABcd", true},
		{"1f", "31", true}, // hexadecimal when accepted, decimal in the receipt
		{"31", "1f", true},
		{"10", "16", true},
		{"10", "22", false}, // no two steps
		{"1f", "32", false},
		{"0", "000", true},
		{"", "0", false},
		{"6f6f-11", "6F6F-11", true},
		{"+1", "1", false}, // no number but a text of its own
		{strings.Repeat("f", 64), "115792089237316195423570985008687907853269984665640564039457584007913129639935", true},
	} {
		if got, back := SameMessageID(tc.a, tc.b), SameMessageID(tc.b, tc.a); got != tc.same || back != tc.same {
			t.Errorf("%q and %q: %v, %v", tc.a, tc.b, got, back)
		}
	}
}

func TestAStatusKnowsItsName(t *testing.T) {
	for s, name := range statusNames {
		got, ok := ParseStatus(name[len("ESME_"):])
		if !ok || got != s || s.String() != name {
			t.Errorf("%v: %v, %v", name, got, ok)
		}
	}
	if Status(0x400).String() != "status 0x00000400" || !Status(0x400).Temporary() {
		t.Errorf("vendor status %v", Status(0x400))
	}
	if _, ok := ParseStatus("RNONSENSE"); ok {
		t.Error("nonsense is a status")
	}
}
