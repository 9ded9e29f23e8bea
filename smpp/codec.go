package smpp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Field sizes without the closing NUL (SMPP 3.4 §4.4.1, §4.1).
const (
	maxServiceType  = 5
	maxAddr         = 20
	maxTime         = 16
	maxShortMessage = 254 // SMPP 3.4 §5.2.21
	maxMessageID    = 64
	// laxField bounds text fields of PDUs that we read: longer than any the
	// standard allows, because losing a message over a long field is worse.
	laxField = 254
)

// fieldError is a body that cannot be read; Status is what the request is
// answered with.
type fieldError struct {
	Field  string
	Status Status
}

func (e *fieldError) Error() string { return "smpp: " + e.Field + ": " + e.Status.String() }

// Unwrap lets errors.As find the status to answer with.
func (e *fieldError) Unwrap() error { return &StatusError{Status: e.Status} }

// octets reads a PDU body field by field. After the first failure everything
// reads as zero and err tells which field it was.
type octets struct {
	b   []byte
	err *fieldError
}

func (o *octets) fail(field string, s Status) {
	if o.err == nil {
		o.err = &fieldError{Field: field, Status: s}
	}
	o.b = nil
}

func (o *octets) byte(field string) uint8 {
	if len(o.b) == 0 {
		o.fail(field, StatusInvalidCommandLength)
		return 0
	}
	v := o.b[0]
	o.b = o.b[1:]
	return v
}

// cstring reads up to the NUL; a missing NUL means that the command_length is
// wrong, a long value gets the field's own status.
func (o *octets) cstring(field string, limit int, long Status) string {
	i := bytes.IndexByte(o.b, 0)
	if i < 0 {
		o.fail(field, StatusInvalidCommandLength)
		return ""
	}
	if i > limit {
		o.fail(field, long)
		return ""
	}
	v := string(o.b[:i])
	o.b = o.b[i+1:]
	return v
}

func (o *octets) address(field string, long Status) Address {
	return Address{
		TON:  o.byte(field + "_ton"),
		NPI:  o.byte(field + "_npi"),
		Addr: o.cstring(field, laxField, long),
	}
}

// take reads n octets, sharing the body's memory.
func (o *octets) take(field string, n int) []byte {
	if n > len(o.b) {
		o.fail(field, StatusInvalidMessageLength)
		return nil
	}
	v := o.b[:n:n]
	o.b = o.b[n:]
	return v
}

// tlvs reads the optional parameters. Of a repeated tag the first counts; up
// to three stray octets at the end are ignored; a length past the end is an
// error that still returns what was read before.
func (o *octets) tlvs() []TLV {
	var all []TLV
	for len(o.b) >= 4 {
		tag, n := Tag(binary.BigEndian.Uint16(o.b)), int(binary.BigEndian.Uint16(o.b[2:]))
		if n > len(o.b)-4 {
			o.fail("TLV 0x"+tag.Hex(), StatusInvalidTLVLength)
			break
		}
		if _, dup := findTLV(all, tag); !dup {
			all = append(all, TLV{Tag: tag, Value: o.b[4 : 4+n : 4+n]})
		}
		o.b = o.b[4+n:]
	}
	return all
}

// result keeps a nil *fieldError from becoming a non-nil error.
func (o *octets) result() error {
	if o.err == nil {
		return nil
	}
	return o.err
}

// DecodeSubmit reads the body of a submit_sm (SMPP 3.4 §4.4.1). The result
// shares no memory with body.
func DecodeSubmit(body []byte) (Submit, error) {
	o := &octets{b: bytes.Clone(body)}
	s := Submit{ServiceType: o.cstring("service_type", laxField, StatusInvalidServiceType)}
	s.Source = o.address("source_addr", StatusInvalidSource)
	s.Dest = o.address("destination_addr", StatusInvalidDestination)
	s.ESMClass = o.byte("esm_class")
	s.ProtocolID = o.byte("protocol_id")
	s.Priority = o.byte("priority_flag")
	s.ScheduleDelivery = o.cstring("schedule_delivery_time", laxField, StatusInvalidSchedule)
	s.ValidityPeriod = o.cstring("validity_period", laxField, StatusInvalidExpiry)
	s.RegisteredDelivery = o.byte("registered_delivery")
	s.ReplaceIfPresent = o.byte("replace_if_present_flag")
	s.DataCoding = o.byte("data_coding")
	s.DefaultMessageID = o.byte("sm_default_msg_id")
	n := int(o.byte("sm_length"))
	s.ShortMessage = o.take("short_message", n)
	if n > maxShortMessage {
		o.fail("sm_length", StatusInvalidMessageLength)
	}
	s.takeTLVs(o.tlvs())
	return s, o.result()
}

// DecodeDataSM reads the body of a data_sm (SMPP 3.4 §4.7.1).
func DecodeDataSM(body []byte) (Submit, error) {
	o := &octets{b: bytes.Clone(body)}
	s := Submit{ServiceType: o.cstring("service_type", laxField, StatusInvalidServiceType)}
	s.Source = o.address("source_addr", StatusInvalidSource)
	s.Dest = o.address("destination_addr", StatusInvalidDestination)
	s.ESMClass = o.byte("esm_class")
	s.RegisteredDelivery = o.byte("registered_delivery")
	s.DataCoding = o.byte("data_coding")
	s.takeTLVs(o.tlvs())
	return s, o.result()
}

// DecodeDeliver reads the body of a deliver_sm (SMPP 3.4 §4.6.1). When only
// an optional parameter is cut the message is returned together with the
// error: its mandatory part must not be lost.
func DecodeDeliver(body []byte) (Deliver, error) {
	s, err := DecodeSubmit(body) // the same fields in the same order
	return s.deliver(), err
}

// deliver is the same message seen from the receiving side.
func (s Submit) deliver() Deliver {
	return Deliver{
		ServiceType: s.ServiceType, Source: s.Source, Dest: s.Dest,
		ESMClass: s.ESMClass, ProtocolID: s.ProtocolID, Priority: s.Priority,
		RegisteredDelivery: s.RegisteredDelivery, DataCoding: s.DataCoding,
		UserMessageReference: s.UserMessageReference,
		ShortMessage:         s.ShortMessage, Payload: s.Payload, TLVs: s.TLVs,
	}
}

func (d Deliver) submit() Submit {
	return Submit{
		ServiceType: d.ServiceType, Source: d.Source, Dest: d.Dest,
		ESMClass: d.ESMClass, ProtocolID: d.ProtocolID, Priority: d.Priority,
		RegisteredDelivery: d.RegisteredDelivery, DataCoding: d.DataCoding,
		UserMessageReference: d.UserMessageReference,
		ShortMessage:         d.ShortMessage, Payload: d.Payload, TLVs: d.TLVs,
	}
}

// takeTLVs sorts the parameters into their fields.
func (s *Submit) takeTLVs(all []TLV) {
	for _, t := range all {
		switch {
		case t.Tag == TagMessagePayload:
			s.Payload = t.Value
		case t.Tag == TagUserMessageReference && len(t.Value) == 2:
			s.UserMessageReference = binary.BigEndian.Uint16(t.Value)
		default:
			s.TLVs = append(s.TLVs, t)
		}
	}
}

// allTLVs is takeTLVs backwards.
func (s *Submit) allTLVs() []TLV {
	all := s.TLVs[:len(s.TLVs):len(s.TLVs)]
	if s.UserMessageReference != 0 {
		all = append(all, TLV{TagUserMessageReference, binary.BigEndian.AppendUint16(nil, s.UserMessageReference)})
	}
	if len(s.Payload) > 0 {
		all = append(all, TLV{TagMessagePayload, s.Payload})
	}
	return all
}

// check refuses what does not fit the wire, before an octet of it is written.
func (s *Submit) check() error {
	fields := []struct {
		name, value string
		limit       int
	}{
		{"service_type", s.ServiceType, maxServiceType},
		{"source_addr", s.Source.Addr, maxAddr},
		{"destination_addr", s.Dest.Addr, maxAddr},
		{"schedule_delivery_time", s.ScheduleDelivery, maxTime},
		{"validity_period", s.ValidityPeriod, maxTime},
	}
	for _, f := range fields {
		if len(f.value) > f.limit || strings.IndexByte(f.value, 0) >= 0 {
			return fmt.Errorf("%w: %s", ErrTooLong, f.name)
		}
	}
	if len(s.ShortMessage) > maxShortMessage {
		return fmt.Errorf("%w: short_message", ErrTooLong)
	}
	return checkTLVs(s.allTLVs())
}

func checkTLVs(tlvs []TLV) error {
	total := 0
	for _, t := range tlvs {
		if len(t.Value) > 0xFFFF {
			return fmt.Errorf("%w: TLV 0x%s", ErrTooLong, t.Tag.Hex())
		}
		total += 4 + len(t.Value)
	}
	if total > maxPDU-1024 { // 1024 is more than all mandatory fields
		return fmt.Errorf("%w: optional parameters", ErrTooLong)
	}
	return nil
}

// AppendSubmit appends the body of a submit_sm. It fails with ErrTooLong when
// a field does not fit.
func AppendSubmit(dst []byte, s Submit) ([]byte, error) {
	if err := s.check(); err != nil {
		return dst, err
	}
	if goSMPPEncodes(&s) {
		return appendGoSMPP(dst, goSubmit(&s))
	}
	return appendMessage(dst, &s), nil
}

// AppendDeliver appends the body of a deliver_sm. go-smpp does not serve: at
// the pinned commit it writes an empty header octet before every short_message.
func AppendDeliver(dst []byte, d Deliver) ([]byte, error) {
	s := d.submit()
	if err := s.check(); err != nil {
		return dst, err
	}
	return appendMessage(dst, &s), nil
}

// AppendDataSM appends the body of a data_sm; a ShortMessage travels as
// message_payload, the only place that data_sm has for it.
func AppendDataSM(dst []byte, s Submit) ([]byte, error) {
	if len(s.ShortMessage) > 0 {
		s.ShortMessage, s.Payload = nil, s.ShortMessage
	}
	if err := s.check(); err != nil {
		return dst, err
	}
	dst = appendCString(dst, s.ServiceType)
	dst = appendAddress(dst, s.Source)
	dst = appendAddress(dst, s.Dest)
	dst = append(dst, s.ESMClass, s.RegisteredDelivery, s.DataCoding)
	return appendTLVs(dst, s.allTLVs()), nil
}

// appendMessage writes the fields that submit_sm and deliver_sm share.
func appendMessage(dst []byte, s *Submit) []byte {
	dst = appendCString(dst, s.ServiceType)
	dst = appendAddress(dst, s.Source)
	dst = appendAddress(dst, s.Dest)
	dst = append(dst, s.ESMClass, s.ProtocolID, s.Priority)
	dst = appendCString(dst, s.ScheduleDelivery)
	dst = appendCString(dst, s.ValidityPeriod)
	dst = append(dst, s.RegisteredDelivery, s.ReplaceIfPresent, s.DataCoding, s.DefaultMessageID)
	dst = append(dst, byte(len(s.ShortMessage)))
	dst = append(dst, s.ShortMessage...)
	return appendTLVs(dst, s.allTLVs())
}

func appendCString(dst []byte, v string) []byte { return append(append(dst, v...), 0) }

func appendAddress(dst []byte, a Address) []byte {
	return appendCString(append(dst, a.TON, a.NPI), a.Addr)
}

func appendTLVs(dst []byte, tlvs []TLV) []byte {
	for _, t := range tlvs {
		dst = binary.BigEndian.AppendUint16(dst, uint16(t.Tag))
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(t.Value)))
		dst = append(dst, t.Value...)
	}
	return dst
}

// messageID reads the message_id of a *_resp leniently: an error response may
// have no body at all, and some SMSCs forget the NUL.
func messageID(body []byte) string {
	if i := bytes.IndexByte(body, 0); i >= 0 {
		body = body[:i]
	}
	return string(body[:min(len(body), laxField)])
}
