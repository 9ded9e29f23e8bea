package smpp

import (
	"bytes"
	"fmt"

	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"
)

// go-smpp's codec serves where it is right and not in a hurry: the bind family
// both ways, query_sm, and submit_multi to plain addresses. Ours serves the
// messages and their responses (a hundred allocations each are too many on the
// way of every text), every decoding where a cut parameter or a missing NUL
// must not lose the message, and the PDUs that it lacks or gets wrong.
// docs/decisions/0010-smpp-codecs.md has the list.

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

// setMessage sets the fields from service_type to short_message but for the
// destination.
func setMessage(p pdu.Body, s *Submit) {
	set := setter(p)
	set(pdufield.ServiceType, s.ServiceType)
	set(pdufield.SourceAddrTON, s.Source.TON)
	set(pdufield.SourceAddrNPI, s.Source.NPI)
	set(pdufield.SourceAddr, s.Source.Addr)
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

// Sizes of a bind's fields, without the closing NUL.
const (
	maxSystemID   = 15
	maxPassword   = 63 // 8 in the standard; several operators hand out longer ones
	maxSystemType = 12
	maxRange      = 40
)

// check keeps to the sizes of SMPP 3.4 §4.1.1, but for the password.
func (b Bind) check() error {
	return firstError(
		checkText("system_id", b.SystemID, maxSystemID),
		checkText("password", b.Password, maxPassword),
		checkText("system_type", b.SystemType, maxSystemType),
		checkText("address_range", b.AddressRange.Addr, maxRange),
	)
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

// BindResult is a bind response (SMPP 3.4 §4.1.2).
type BindResult struct {
	SystemID string
	Version  uint8 // sc_interface_version; 0: the SMSC did not say, before 3.4
}

// DecodeBindResp reads the body of a bind response; an empty one, as it may
// come beside an error, is an empty result.
func DecodeBindResp(body []byte) BindResult {
	r := BindResult{SystemID: messageID(body)}
	o := newOctets(body)
	o.cstring("system_id", StatusInvalidSystemID)
	for t, ok := o.nextTLV(); ok; t, ok = o.nextTLV() {
		if t.Tag == scInterfaceVersion && len(t.Value) == 1 {
			r.Version = t.Value[0]
		}
	}
	return r
}
