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

// DecodeSubmit reads the body of a submit_sm (SMPP 3.4 §4.4.1). The result
// shares no memory with body. It allocates twice, for the text fields and for
// short_message, and twice more if there are optional parameters to keep.
func DecodeSubmit(body []byte) (Submit, error) {
	var s Submit
	o := newOctets(body)
	o.message(&s)
	return s, o.result()
}

// message reads the fields that submit_sm and deliver_sm share.
func (o *octets) message(s *Submit) {
	s.ServiceType = o.cstring("service_type", StatusInvalidServiceType)
	s.Source = o.address("source_addr", StatusInvalidSource)
	s.Dest = o.address("destination_addr", StatusInvalidDestination)
	o.body(s)
	o.submitTLVs(s)
}

// body reads the fields from esm_class to short_message, which submit_multi
// has too.
func (o *octets) body(s *Submit) {
	s.ESMClass = o.byte("esm_class")
	s.ProtocolID = o.byte("protocol_id")
	s.Priority = o.byte("priority_flag")
	s.ScheduleDelivery = o.cstring("schedule_delivery_time", StatusInvalidSchedule)
	s.ValidityPeriod = o.cstring("validity_period", StatusInvalidExpiry)
	s.RegisteredDelivery = o.byte("registered_delivery")
	s.ReplaceIfPresent = o.byte("replace_if_present_flag")
	s.DataCoding = o.byte("data_coding")
	s.DefaultMessageID = o.byte("sm_default_msg_id")
	n := int(o.byte("sm_length"))
	s.ShortMessage = bytes.Clone(o.take("short_message", n))
	if n > maxShortMessage {
		o.fail("sm_length", StatusInvalidMessageLength)
	}
}

// submitTLVs sorts the parameters into their fields.
func (o *octets) submitTLVs(s *Submit) {
	var kept []byte
	var payload, reference bool
	for t, ok := o.nextTLV(); ok; t, ok = o.nextTLV() {
		switch {
		case t.Tag == TagMessagePayload:
			if !payload {
				s.Payload, payload = append([]byte{}, t.Value...), true
			}
		case t.Tag == TagUserMessageReference && len(t.Value) == 2:
			if !reference {
				s.UserMessageReference, reference = binary.BigEndian.Uint16(t.Value), true
			}
		default:
			s.TLVs, kept = o.keep(s.TLVs, kept, t)
		}
	}
}

// DecodeDataSM reads the body of a data_sm (SMPP 3.4 §4.7.1).
func DecodeDataSM(body []byte) (Submit, error) {
	var s Submit
	o := newOctets(body)
	s.ServiceType = o.cstring("service_type", StatusInvalidServiceType)
	s.Source = o.address("source_addr", StatusInvalidSource)
	s.Dest = o.address("destination_addr", StatusInvalidDestination)
	s.ESMClass = o.byte("esm_class")
	s.RegisteredDelivery = o.byte("registered_delivery")
	s.DataCoding = o.byte("data_coding")
	o.submitTLVs(&s)
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

// checkText refuses a text field that does not fit the wire.
func checkText(name, v string, limit int) error {
	if len(v) > limit || strings.IndexByte(v, 0) >= 0 {
		return fmt.Errorf("%w: %s", ErrTooLong, name)
	}
	return nil
}

// firstError is the first that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// check refuses what does not fit the wire, before an octet of it is written.
func (s *Submit) check() error {
	return firstError(
		checkText("service_type", s.ServiceType, maxServiceType),
		checkText("source_addr", s.Source.Addr, maxAddr),
		checkText("destination_addr", s.Dest.Addr, maxAddr),
		checkText("schedule_delivery_time", s.ScheduleDelivery, maxTime),
		checkText("validity_period", s.ValidityPeriod, maxTime),
		s.checkContent(),
	)
}

func (s *Submit) checkContent() error {
	if len(s.ShortMessage) > maxShortMessage {
		return fmt.Errorf("%w: short_message", ErrTooLong)
	}
	if len(s.Payload) > 0xFFFF {
		return fmt.Errorf("%w: message_payload", ErrTooLong)
	}
	return checkTLVs(s.TLVs, len(s.Payload))
}

// checkTLVs bounds each parameter and all together, besides others octets.
func checkTLVs(tlvs []TLV, others int) error {
	total := others
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
	return appendMessage(dst, &s), nil
}

// AppendDeliver appends the body of a deliver_sm.
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
	return appendSubmitTLVs(dst, &s), nil
}

// appendMessage writes the fields that submit_sm and deliver_sm share.
func appendMessage(dst []byte, s *Submit) []byte {
	dst = appendCString(dst, s.ServiceType)
	dst = appendAddress(dst, s.Source)
	dst = appendAddress(dst, s.Dest)
	dst = appendBody(dst, s)
	return appendSubmitTLVs(dst, s)
}

// appendBody writes the fields from esm_class to short_message.
func appendBody(dst []byte, s *Submit) []byte {
	dst = append(dst, s.ESMClass, s.ProtocolID, s.Priority)
	dst = appendCString(dst, s.ScheduleDelivery)
	dst = appendCString(dst, s.ValidityPeriod)
	dst = append(dst, s.RegisteredDelivery, s.ReplaceIfPresent, s.DataCoding, s.DefaultMessageID)
	dst = append(dst, byte(len(s.ShortMessage)))
	return append(dst, s.ShortMessage...)
}

// appendSubmitTLVs writes the parameters with fields of their own last.
func appendSubmitTLVs(dst []byte, s *Submit) []byte {
	dst = appendTLVs(dst, s.TLVs)
	if s.UserMessageReference != 0 {
		dst = append(dst, 0x02, 0x04, 0, 2) // tag and length
		dst = binary.BigEndian.AppendUint16(dst, s.UserMessageReference)
	}
	if len(s.Payload) > 0 {
		dst = appendTLV(dst, TagMessagePayload, s.Payload)
	}
	return dst
}

func appendCString(dst []byte, v string) []byte { return append(append(dst, v...), 0) }

func appendAddress(dst []byte, a Address) []byte {
	return appendCString(append(dst, a.TON, a.NPI), a.Addr)
}

func appendTLVs(dst []byte, tlvs []TLV) []byte {
	for _, t := range tlvs {
		dst = appendTLV(dst, t.Tag, t.Value)
	}
	return dst
}

func appendTLV(dst []byte, tag Tag, value []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(tag))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(value)))
	return append(dst, value...)
}

// messageID reads the message_id of a *_resp leniently: an error response may
// have no body at all, and some SMSCs forget the NUL.
func messageID(body []byte) string {
	if i := bytes.IndexByte(body, 0); i >= 0 {
		body = body[:i]
	}
	return string(body[:min(len(body), laxField)])
}

// DecodeMessageID reads the message_id of a submit_sm_resp, deliver_sm_resp or
// data_sm_resp, "" when the body is empty, as it may be beside an error.
func DecodeMessageID(body []byte) string { return messageID(body) }

// AppendMessageID appends the body of a submit_sm_resp, deliver_sm_resp or
// data_sm_resp.
func AppendMessageID(dst []byte, id string) ([]byte, error) {
	if err := checkText("message_id", id, maxMessageID); err != nil {
		return dst, err
	}
	return appendCString(dst, id), nil
}
