package smpp

import (
	"bytes"
	"fmt"

	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"
)

// go-smpp's codec serves where it is right: the bind family both ways,
// submit_sm with at most one optional parameter (its map forgets their
// order), and the requests and responses that carry a message_id. Ours serves
// deliver_sm, data_sm, every decoding where a cut parameter or a missing NUL
// must not lose the message, and the PDUs that it does not have.

// maxGoSMPP is the longest PDU go-smpp reads.
const maxGoSMPP = pdu.MaxSize

// appendGoSMPP appends the body that go-smpp writes for p. A panic inside the
// library becomes an error: it must not take the session down.
func appendGoSMPP(dst []byte, p pdu.Body) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = dst, fmt.Errorf("smpp: encoding %s: %v", commandName(p.Header().ID), r)
		}
	}()
	var b bytes.Buffer
	if err := p.SerializeTo(&b); err != nil {
		return dst, fmt.Errorf("smpp: encoding %s: %w", commandName(p.Header().ID), err)
	}
	return append(dst, b.Bytes()[headerLen:]...), nil
}

// decodeGoSMPP reads a PDU with go-smpp; lengths are checked before and a
// panic becomes an error.
func decodeGoSMPP(p PDU) (body pdu.Body, err error) {
	if headerLen+len(p.Body) > maxGoSMPP {
		return nil, &fieldError{Field: "command_length", Status: StatusInvalidCommandLength}
	}
	defer func() {
		if r := recover(); r != nil {
			body, err = nil, fmt.Errorf("smpp: decoding %s: %v", commandName(p.ID), r)
		}
	}()
	return pdu.Decode(bytes.NewReader(appendPDU(nil, p)))
}

func goSMPPEncodes(s *Submit) bool {
	return len(s.allTLVs()) <= 1 && len(s.Payload) < maxGoSMPP/2
}

func goSubmit(s *Submit) pdu.Body {
	p := pdu.NewSubmitSM(nil)
	set := setter(p)
	set(pdufield.ServiceType, s.ServiceType)
	set(pdufield.SourceAddrTON, s.Source.TON)
	set(pdufield.SourceAddrNPI, s.Source.NPI)
	set(pdufield.SourceAddr, s.Source.Addr)
	set(pdufield.DestAddrTON, s.Dest.TON)
	set(pdufield.DestAddrNPI, s.Dest.NPI)
	set(pdufield.DestinationAddr, s.Dest.Addr)
	set(pdufield.ESMClass, s.ESMClass)
	set(pdufield.ProtocolID, s.ProtocolID)
	set(pdufield.PriorityFlag, s.Priority)
	set(pdufield.ScheduleDeliveryTime, s.ScheduleDelivery)
	set(pdufield.ValidityPeriod, s.ValidityPeriod)
	set(pdufield.RegisteredDelivery, s.RegisteredDelivery)
	set(pdufield.ReplaceIfPresentFlag, s.ReplaceIfPresent)
	set(pdufield.DataCoding, s.DataCoding)
	set(pdufield.SMDefaultMsgID, s.DefaultMessageID)
	set(pdufield.ShortMessage, s.ShortMessage)
	for _, t := range s.allTLVs() {
		p.TLVFields().Set(t.Tag, t.Value)
	}
	return p
}

// setter hides go-smpp's error for unsupported Go types, which the typed
// callers here cannot cause.
func setter(p pdu.Body) func(pdufield.Name, any) {
	f := p.Fields()
	return func(n pdufield.Name, v any) { _ = f.Set(n, v) }
}

// Bind is a bind_transmitter, bind_receiver or bind_transceiver (SMPP 3.4
// §4.1).
type Bind struct {
	Mode             BindMode // not Pair
	SystemID         string
	Password         string
	SystemType       string
	InterfaceVersion uint8 // 0x34
	AddressRange     Address
}

// bindIDs are the command_ids by mode.
var bindIDs = map[BindMode]CommandID{
	Transceiver: pdu.BindTransceiverID,
	Transmitter: pdu.BindTransmitterID,
	Receiver:    pdu.BindReceiverID,
}

// CommandID is the PDU that asks for this bind.
func (b Bind) CommandID() CommandID { return bindIDs[b.Mode] }

// check keeps to the sizes of SMPP 3.4 §4.1.1, but for the password: several
// operators hand out longer ones than its 8 octets.
func (b Bind) check() error {
	switch {
	case len(b.SystemID) > 15:
		return fmt.Errorf("%w: system_id", ErrTooLong)
	case len(b.Password) > 63:
		return fmt.Errorf("%w: password", ErrTooLong)
	case len(b.SystemType) > 12:
		return fmt.Errorf("%w: system_type", ErrTooLong)
	}
	return nil
}

// AppendBind appends the body of a bind request.
func AppendBind(dst []byte, b Bind) ([]byte, error) {
	if err := b.check(); err != nil {
		return dst, err
	}
	p := pdu.NewBindTransceiver() // the three bodies are the same
	set := setter(p)
	set(pdufield.SystemID, b.SystemID)
	set(pdufield.Password, b.Password)
	set(pdufield.SystemType, b.SystemType)
	set(pdufield.InterfaceVersion, b.InterfaceVersion)
	set(pdufield.AddrTON, b.AddressRange.TON)
	set(pdufield.AddrNPI, b.AddressRange.NPI)
	set(pdufield.AddressRange, b.AddressRange.Addr)
	return appendGoSMPP(dst, p)
}

// DecodeBind reads a bind request; ok is false when p is none. A body with a
// field missing is an error.
func DecodeBind(p PDU) (b Bind, ok bool, err error) {
	for mode, id := range bindIDs {
		if id == p.ID {
			b.Mode, ok = mode, true
		}
	}
	if !ok {
		return b, false, nil
	}
	body, err := decodeGoSMPP(p)
	if err != nil {
		return b, true, err
	}
	f := body.Fields()
	if f[pdufield.AddressRange] == nil { // go-smpp stops silently at a missing NUL
		return b, true, &fieldError{Field: "bind", Status: StatusInvalidCommandLength}
	}
	b.SystemID = f[pdufield.SystemID].String()
	b.Password = f[pdufield.Password].String()
	b.SystemType = f[pdufield.SystemType].String()
	b.InterfaceVersion = octet(f, pdufield.InterfaceVersion)
	b.AddressRange = Address{octet(f, pdufield.AddrTON), octet(f, pdufield.AddrNPI), f[pdufield.AddressRange].String()}
	return b, true, nil
}

func octet(f pdufield.Map, n pdufield.Name) uint8 {
	if v, ok := f[n].(*pdufield.Fixed); ok {
		return v.Data
	}
	return 0
}

// scInterfaceVersion is the TLV in which an SMSC names its version (SMPP 3.4
// §5.3.2.25); go-smpp has no name for it.
const scInterfaceVersion Tag = 0x0210

// AppendBindResp appends the body of a bind response of an SMSC of version 3.4.
func AppendBindResp(dst []byte, systemID string) ([]byte, error) {
	p := pdu.NewBindTransceiverResp()
	setter(p)(pdufield.SystemID, systemID)
	p.TLVFields()[scInterfaceVersion] = pdutlv.NewTLV(scInterfaceVersion, []byte{0x34})
	return appendGoSMPP(dst, p)
}

// AppendMessageID appends the body of a submit_sm_resp, deliver_sm_resp or
// data_sm_resp.
func AppendMessageID(dst []byte, id string) ([]byte, error) {
	if len(id) > maxMessageID {
		return dst, fmt.Errorf("%w: message_id", ErrTooLong)
	}
	p := pdu.NewSubmitSMResp()
	setter(p)(pdufield.MessageID, id)
	return appendGoSMPP(dst, p)
}
