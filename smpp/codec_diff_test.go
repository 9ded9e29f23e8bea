package smpp

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
)

// Our codec and go-smpp's, side by side. docs/decisions/0010-smpp-codecs.md
// names the defects that these tests hold.

// goSubmit is s as go-smpp's submit_sm.
func goSubmit(s *Submit) pdu.Body {
	p := pdu.NewSubmitSM(nil)
	setMessage(p, s)
	set := setter(p)
	set(pdufield.DestAddrTON, s.Dest.TON)
	set(pdufield.DestAddrNPI, s.Dest.NPI)
	set(pdufield.DestinationAddr, s.Dest.Addr)
	if s.UserMessageReference != 0 {
		p.TLVFields().Set(TagUserMessageReference, []byte{byte(s.UserMessageReference >> 8), byte(s.UserMessageReference)})
	}
	if len(s.Payload) > 0 {
		p.TLVFields().Set(TagMessagePayload, s.Payload)
	}
	for _, t := range s.TLVs {
		p.TLVFields().Set(t.Tag, t.Value)
	}
	return p
}

// randomSubmit fits the wire and has at most one TLV, because go-smpp's map
// writes several in any order.
func randomSubmit(r *rand.Rand) Submit {
	text := func(n int) string {
		b := make([]byte, r.IntN(n+1))
		for i := range b {
			b[i] = byte(1 + r.IntN(255))
		}
		return string(b)
	}
	address := func() Address { return Address{uint8(r.IntN(7)), uint8(r.IntN(19)), text(maxAddr)} }
	s := Submit{
		ServiceType: text(maxServiceType), Source: address(), Dest: address(),
		ESMClass: uint8(r.Uint32()), ProtocolID: uint8(r.Uint32()), Priority: uint8(r.IntN(4)),
		ScheduleDelivery: text(maxTime), ValidityPeriod: text(maxTime),
		RegisteredDelivery: uint8(r.IntN(32)), ReplaceIfPresent: uint8(r.IntN(2)),
		DataCoding: uint8(r.Uint32()), DefaultMessageID: uint8(r.IntN(255)),
		ShortMessage: []byte(text(maxShortMessage)),
	}
	switch r.IntN(4) {
	case 0:
		s.UserMessageReference = uint16(1 + r.IntN(0xFFFF))
	case 1:
		s.Payload = []byte("p" + text(2000))
	case 2:
		s.TLVs = []TLV{{Tag(0x1400 + r.IntN(0x2BFF)), []byte("v" + text(40))}}
	}
	return s
}

func TestOurSubmitAndGoSMPPsAreTheSameOctets(t *testing.T) {
	samples := sampleSubmits()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		samples[string(rune('A'+i))] = randomSubmit(r)
	}
	for name, s := range samples {
		theirs, err := appendGoSMPP(nil, goSubmit(&s))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if ours := appendMessage(nil, &s); !bytes.Equal(ours, theirs) {
			t.Fatalf("%+v:\nours   %x\ntheirs %x", s, ours, theirs)
		}
	}
}

func TestOurSubmitMultiAndGoSMPPsAreTheSameOctets(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		m := SubmitMulti{Submit: randomSubmit(r)}
		m.Dest, m.TLVs, m.UserMessageReference, m.Payload = Address{}, nil, 0, nil
		for range 1 + r.IntN(254) {
			m.Dests = append(m.Dests, randomSubmit(r).Dest)
		}
		theirs, err := appendGoSMPP(nil, goSubmitMulti(&m))
		if err != nil {
			t.Fatal(err)
		}
		if ours := appendMulti(nil, &m); !bytes.Equal(ours, theirs) {
			t.Fatalf("ours   %x\ntheirs %x", ours, theirs)
		}
		if back, err := DecodeSubmitMulti(theirs); err != nil || !reflect.DeepEqual(back, m) {
			t.Fatalf("%+v became %+v, %v", m, back, err)
		}
	}
}

func TestOurMessageIDAndGoSMPPsAreTheSameOctets(t *testing.T) {
	for _, id := range []string{"", "0", "7f3a", strings.Repeat("9", maxMessageID)} {
		for _, p := range []pdu.Body{pdu.NewSubmitSMResp(), pdu.NewDeliverSMResp()} {
			setter(p)(pdufield.MessageID, id)
			theirs, err := appendGoSMPP(nil, p)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := AppendMessageID(nil, id)
			if err != nil || !bytes.Equal(ours, theirs) {
				t.Errorf("%q: ours %x, theirs %x, %v", id, ours, theirs, err)
			}
			if back := DecodeMessageID(theirs); back != id {
				t.Errorf("%q reads as %q", id, back)
			}
		}
	}
}

// sameAsGoSMPP compares what both read of a submit_sm's body, as far as
// go-smpp can be believed.
func sameAsGoSMPP(t *testing.T, body []byte) {
	t.Helper()
	theirs, err := decodeGoSMPP(PDU{ID: pdu.SubmitSMID, Seq: 1, Body: body})
	ours, ourErr := DecodeSubmit(body)
	if err != nil {
		if ourErr == nil {
			t.Fatalf("we read what go-smpp refuses (%v): %x", err, body)
		}
		return
	}
	f := theirs.Fields()
	if f[pdufield.ShortMessage] == nil {
		// Defect: it stops at a missing field and calls the PDU whole.
		if ourErr == nil {
			t.Fatalf("we read a body that has no short_message: %x", body)
		}
		return
	}
	if ourErr != nil {
		// Stricter on purpose: fields over laxField, sm_length 255.
		for _, n := range []pdufield.Name{pdufield.ServiceType, pdufield.SourceAddr, pdufield.DestinationAddr, pdufield.ScheduleDeliveryTime, pdufield.ValidityPeriod} {
			if len(f[n].String()) > laxField {
				return
			}
		}
		if len(f[pdufield.ShortMessage].Bytes()) > maxShortMessage {
			return
		}
		t.Fatalf("we refuse what go-smpp reads: %v: %x", ourErr, body)
	}
	read := Submit{
		ServiceType:      f[pdufield.ServiceType].String(),
		Source:           Address{octet(f, pdufield.SourceAddrTON), octet(f, pdufield.SourceAddrNPI), f[pdufield.SourceAddr].String()},
		Dest:             Address{octet(f, pdufield.DestAddrTON), octet(f, pdufield.DestAddrNPI), f[pdufield.DestinationAddr].String()},
		ESMClass:         octet(f, pdufield.ESMClass),
		ProtocolID:       octet(f, pdufield.ProtocolID),
		Priority:         octet(f, pdufield.PriorityFlag),
		ScheduleDelivery: f[pdufield.ScheduleDeliveryTime].String(), ValidityPeriod: f[pdufield.ValidityPeriod].String(),
		RegisteredDelivery: octet(f, pdufield.RegisteredDelivery), ReplaceIfPresent: octet(f, pdufield.ReplaceIfPresentFlag),
		DataCoding: octet(f, pdufield.DataCoding), DefaultMessageID: octet(f, pdufield.SMDefaultMsgID),
		ShortMessage: f[pdufield.ShortMessage].Bytes(),
	}
	// Of repeated parameters go-smpp keeps the last and we the first, so that
	// only the mandatory part and the set of tags can be compared.
	tags := len(ours.TLVs)
	if ours.Payload != nil {
		tags++
	}
	if v, ok := theirs.TLVFields()[TagUserMessageReference]; ok && (ours.UserMessageReference != 0 || bytes.Equal(v.Bytes(), []byte{0, 0})) {
		if _, raw := ours.TLV(TagUserMessageReference); !raw {
			tags++
		}
	}
	ours.TLVs, ours.Payload, ours.UserMessageReference = nil, nil, 0
	if !bytes.Equal(ours.ShortMessage, read.ShortMessage) {
		t.Fatalf("short_message %x, theirs %x", ours.ShortMessage, read.ShortMessage)
	}
	ours.ShortMessage, read.ShortMessage = nil, nil
	if !reflect.DeepEqual(ours, read) {
		t.Fatalf("ours   %+v\ntheirs %+v", ours, read)
	}
	if got := len(theirs.TLVFields()); tags != min(got, maxTLVs) && got < maxTLVs && !repeats(theirs, body) {
		t.Fatalf("%d parameters, theirs %d: %x", tags, got, body)
	}
}

// repeats reports a tag that comes more than once.
func repeats(p pdu.Body, body []byte) bool {
	total := 0
	for _, v := range p.TLVFields() {
		total += 4 + v.Len()
	}
	mandatory := 0
	for _, n := range p.FieldList() {
		if f := p.Fields()[n]; f != nil {
			mandatory += f.Len()
		}
	}
	return len(body)-mandatory-total > 3
}

func TestWeReadASubmitAsGoSMPPDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		s := randomSubmit(r)
		body := appendMessage(nil, &s)
		sameAsGoSMPP(t, body)
		sameAsGoSMPP(t, body[:r.IntN(len(body))])        // cut
		body[r.IntN(len(body))] ^= byte(1 + r.IntN(255)) // damaged
		sameAsGoSMPP(t, body)
	}
}

// FuzzWeReadASubmitAsGoSMPPDoes is the same for any octets.
func FuzzWeReadASubmitAsGoSMPPDoes(f *testing.F) {
	for _, s := range sampleSubmits() {
		f.Add(appendMessage(nil, &s))
	}
	f.Fuzz(sameAsGoSMPP)
}

func TestGoSMPPWritesALongMessageWithAWrongLength(t *testing.T) {
	s := Submit{ShortMessage: make([]byte, 300)}
	theirs, err := appendGoSMPP(nil, goSubmit(&s))
	if err != nil {
		t.Fatal(err)
	}
	at := len(theirs) - 301
	if theirs[at] != 44 {
		t.Fatalf("sm_length %d: go-smpp is right now", theirs[at])
	}
	if _, err := AppendSubmit(nil, s); err == nil {
		t.Fatal("we write it too")
	}
}

func TestGoSMPPReadsAQueryResponsesStateAsText(t *testing.T) {
	body, err := AppendQueryResp(nil, QueryResult{MessageID: "42", State: StateUndeliverable, Err: 0x21})
	if err != nil {
		t.Fatal(err)
	}
	p, err := decodeGoSMPP(PDU{ID: pdu.QuerySMRespID, Seq: 1, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if p.Fields()[pdufield.MessageState] != nil {
		t.Fatal("go-smpp reads message_state now: use it")
	}
	if r, err := DecodeQueryResp(body); err != nil || r.State != StateUndeliverable || r.Err != 0x21 {
		t.Fatalf("ours %+v, %v", r, err)
	}
}

func TestGoSMPPTakesACutSubmitMultiRespForWhole(t *testing.T) {
	body, err := AppendSubmitMultiResp(nil, SubmitMultiResult{MessageID: "id", Failed: []FailedDest{{International("84570000001"), StatusInvalidDestination}}})
	if err != nil {
		t.Fatal(err)
	}
	cut := body[:len(body)-2]
	p, err := decodeGoSMPP(PDU{ID: pdu.SubmitMultiRespID, Seq: 1, Body: cut})
	if err != nil {
		t.Fatal("go-smpp refuses it now: use it")
	}
	panicked := func() (r any) {
		defer func() { r = recover() }()
		_ = p.Fields()[pdufield.UnsuccessSme].String()
		return nil
	}()
	if panicked == nil {
		t.Error("go-smpp no longer panics")
	}
	if _, err := DecodeSubmitMultiResp(cut); err == nil {
		t.Error("we take it for whole too")
	}
}

func TestGoSMPPHasNoCodecForTheseRequests(t *testing.T) {
	for _, id := range []CommandID{CmdDataSM, CmdCancelSM, CmdReplaceSM, CmdAlertNotification, CmdOutbind} {
		for _, id := range []CommandID{id, id | responseBit} {
			if _, err := decodeGoSMPP(PDU{ID: id, Seq: 1, Body: make([]byte, 64)}); err == nil {
				t.Errorf("%s: go-smpp reads it now", commandName(id))
			}
		}
	}
}
