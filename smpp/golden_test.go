package smpp

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fiorix/go-smpp/smpp/pdu"
)

var update = flag.Bool("update", false, "write testdata/pdu anew")

// golden is one PDU of SMPP 3.4 as a value and as octets.
type golden struct {
	name  string
	pdu   PDU
	value any // what decode returns; nil for a PDU without a body
	write func() ([]byte, error)
	read  func([]byte) (any, error)
}

// body makes a golden of a typed PDU.
func body[T any](name string, id CommandID, status Status, v T, write func([]byte, T) ([]byte, error), read func([]byte) (T, error)) golden {
	return golden{
		name: name, pdu: PDU{ID: id, Status: status, Seq: 0x01020304}, value: v,
		write: func() ([]byte, error) { return write(nil, v) },
		read:  func(b []byte) (any, error) { return read(b) },
	}
}

func empty(name string, id CommandID, status Status) golden {
	return golden{name: name, pdu: PDU{ID: id, Status: status, Seq: 0x01020304},
		write: func() ([]byte, error) { return nil, nil },
		read:  func(b []byte) (any, error) { return nil, nil }}
}

// readID makes DecodeMessageID fit.
func readID(b []byte) (string, error) { return DecodeMessageID(b), nil }

// goldens are all PDUs of SMPP 3.4 §5.1.2.1.
func goldens() []golden {
	officer, hotline := International("84570000001"), Sender("8022")
	submit := Submit{
		ServiceType: "CMT", Source: Sender("1022HP"), Dest: officer, ESMClass: 0x40, ProtocolID: 0x7F, Priority: 1,
		ScheduleDelivery: "261123080000028+", ValidityPeriod: "000001000000000R", RegisteredDelivery: 1,
		ReplaceIfPresent: 1, DataCoding: 8, DefaultMessageID: 2, UserMessageReference: 0x1022,
		ShortMessage: []byte("\x05\x00\x03\x07\x02\x01\x00\x50"),
		TLVs:         []TLV{{0x1401, []byte("vendor")}, {0x130C, []byte{}}},
	}
	plain := Submit{Source: hotline, Dest: officer, RegisteredDelivery: 1, ShortMessage: []byte("Phieu 4821")}
	mo := Deliver{Source: officer, Dest: hotline, ShortMessage: []byte("NHAN 4821")}
	receipt := Deliver{
		Source: officer, Dest: hotline, ESMClass: ESMClassReceipt,
		ShortMessage: []byte("id:7f3a sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD err:000 text:Phieu 4821"),
		TLVs: []TLV{{TagReceiptedMessageID, []byte("7f3a\x00")}, {TagMessageState, []byte{2}},
			{TagNetworkErrorCode, []byte{3, 0, 0}}},
	}
	multi := SubmitMulti{Submit: plain, Dests: []Address{officer, International("84570000002")}, Lists: []string{"truc-ban"}}
	multi.Dest = Address{}
	data := Submit{Source: hotline, Dest: officer, DataCoding: 8, Payload: []byte("\x00P\x00h")}
	list := []golden{
		body("submit_sm", pdu.SubmitSMID, 0, submit, AppendSubmit, DecodeSubmit),
		body("submit_sm-plain", pdu.SubmitSMID, 0, plain, AppendSubmit, DecodeSubmit),
		body("submit_sm_resp", pdu.SubmitSMRespID, 0, "7f3a", AppendMessageID, readID),
		empty("submit_sm_resp-throttled", pdu.SubmitSMRespID, StatusThrottled),
		body("deliver_sm", pdu.DeliverSMID, 0, mo, AppendDeliver, DecodeDeliver),
		body("deliver_sm-receipt", pdu.DeliverSMID, 0, receipt, AppendDeliver, DecodeDeliver),
		body("deliver_sm_resp", pdu.DeliverSMRespID, 0, "", AppendMessageID, readID),
		body("data_sm", pdu.DataSMID, 0, data, AppendDataSM, DecodeDataSM),
		body("data_sm_resp", pdu.DataSMRespID, 0, "7f3b", AppendMessageID, readID),
		body("submit_multi", pdu.SubmitMultiID, 0, multi, AppendSubmitMulti, DecodeSubmitMulti),
		body("submit_multi_resp", pdu.SubmitMultiRespID, 0, SubmitMultiResult{
			MessageID: "7f3c", Failed: []FailedDest{{International("84570000002"), StatusInvalidDestination}},
		}, AppendSubmitMultiResp, DecodeSubmitMultiResp),
		body("query_sm", pdu.QuerySMID, 0, Query{"7f3a", hotline}, AppendQuery, DecodeQuery),
		body("query_sm_resp", pdu.QuerySMRespID, 0, QueryResult{"7f3a", "261123120100028+", StateUndeliverable, 0x21}, AppendQueryResp, DecodeQueryResp),
		body("cancel_sm", pdu.CancelSMID, 0, Cancel{"CMT", "7f3a", hotline, officer}, AppendCancel, DecodeCancel),
		empty("cancel_sm_resp", pdu.CancelSMRespID, StatusCancelFailed),
		body("replace_sm", pdu.ReplaceSMID, 0, Replace{"7f3a", hotline, "", "000001000000000R", 1, 0, []byte("Phieu 4822")}, AppendReplace, DecodeReplace),
		empty("replace_sm_resp", pdu.ReplaceSMRespID, 0),
		body("alert_notification", pdu.AlertNotificationID, 0, Alert{officer, hotline, []TLV{{0x0422, []byte{0}}}}, AppendAlert, DecodeAlert),
		body("outbind", pdu.OutbindID, 0, Outbind{"smsc", "secret"}, AppendOutbind, DecodeOutbind),
		empty("enquire_link", pdu.EnquireLinkID, 0),
		empty("enquire_link_resp", pdu.EnquireLinkRespID, 0),
		empty("unbind", pdu.UnbindID, 0),
		empty("unbind_resp", pdu.UnbindRespID, 0),
		empty("generic_nack", pdu.GenericNACKID, StatusInvalidCommandID),
	}
	for mode, name := range map[BindMode]string{Transmitter: "transmitter", Receiver: "receiver", Transceiver: "transceiver"} {
		b := Bind{mode, "user", "secret", "VMS", 0x34, Address{1, 1, "^8457"}}
		id := b.CommandID()
		list = append(list,
			body("bind_"+name, id, 0, b, AppendBind, func(b []byte) (Bind, error) {
				v, _, err := DecodeBind(PDU{ID: id, Seq: 1, Body: b})
				return v, err
			}),
			body("bind_"+name+"_resp", id|responseBit, 0, BindResult{"smsc", 0x34},
				func(dst []byte, r BindResult) ([]byte, error) { return AppendBindResp(dst, r.SystemID) },
				func(b []byte) (BindResult, error) { return DecodeBindResp(b), nil }))
	}
	return list
}

func TestEveryPDUIsTheOctetsInItsGoldenFile(t *testing.T) {
	for _, g := range goldens() {
		t.Run(g.name, func(t *testing.T) {
			b, err := g.write()
			if err != nil {
				t.Fatal(err)
			}
			g.pdu.Body = b
			frame := appendPDU(nil, g.pdu)
			file := filepath.Join("testdata", "pdu", g.name+".hex")
			if *update {
				if err := os.WriteFile(file, dump(frame), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want := mustHex(t, file)
			if !bytes.Equal(frame, want) {
				t.Fatalf("got\n%swant\n%s", dump(frame), dump(want))
			}
			back, err := g.read(want[headerLen:])
			if err != nil || !reflect.DeepEqual(back, g.value) {
				t.Fatalf("read %+v, %v, want %+v", back, err, g.value)
			}
		})
	}
}

// TestNoGoldenFileIsForgotten holds that each file has its PDU and each
// command_id its file.
func TestNoGoldenFileIsForgotten(t *testing.T) {
	names, ids := map[string]bool{}, map[CommandID]bool{}
	for _, g := range goldens() {
		names[g.name+".hex"], ids[g.pdu.ID] = true, true
	}
	files, err := os.ReadDir(filepath.Join("testdata", "pdu"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !names[f.Name()] {
			t.Errorf("%s belongs to no PDU", f.Name())
		}
	}
	for id := range CommandID(0x200) {
		for _, id := range []CommandID{id, id | responseBit} {
			if known(id) && !ids[id] {
				t.Errorf("%s has no golden file", commandName(id))
			}
		}
	}
}

func TestACutPDUIsNeverTakenForWhole(t *testing.T) {
	for _, g := range goldens() {
		b, err := g.write()
		if err != nil {
			t.Fatal(err)
		}
		for cut := range b {
			back, err := g.read(b[:cut])
			if err == nil && reflect.DeepEqual(back, g.value) && !lenient(g.name, b[cut:]) {
				t.Errorf("%s cut at %d of %d is read as if whole", g.name, cut, len(b))
			}
		}
	}
}

// lenient: a response's message_id counts without its NUL too.
func lenient(name string, lost []byte) bool {
	return strings.HasSuffix(name, "_resp") && bytes.Equal(lost, []byte{0})
}

// dump is hexadecimal, 16 octets to a line: the header is the first.
func dump(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		n := min(16, len(b))
		out = append(append(out, hex.EncodeToString(b[:n])...), '\n')
		b = b[n:]
	}
	return out
}

func mustHex(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
