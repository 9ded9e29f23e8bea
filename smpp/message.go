package smpp

import (
	"time"

	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"
)

// Type of number and numbering plan (SMPP 3.4 §5.2.5, §5.2.6).
const (
	TONUnknown       uint8 = 0
	TONInternational uint8 = 1
	TONNational      uint8 = 2
	TONAlphanumeric  uint8 = 5

	NPIUnknown uint8 = 0
	NPIISDN    uint8 = 1
)

// esm_class bits (SMPP 3.4 §5.2.12).
const (
	ESMClassReceipt uint8 = 0x04 // message type: SMSC delivery receipt
	ESMClassUDHI    uint8 = 0x40 // short_message starts with a user data header
	esmTypeMask     uint8 = 0x3C // message type bits
	esmIntermediate uint8 = 0x20 // message type: intermediate notification
)

// Address is a party of a message.
type Address struct {
	TON  uint8
	NPI  uint8
	Addr string // at most 20 octets; digits without "+", or a brandname
}

// International is the address of a phone number in international form
// without "+", for example 84570000001 (TON 1, NPI 1).
func International(number string) Address {
	return Address{TON: TONInternational, NPI: NPIISDN, Addr: number}
}

// Sender is the address of a sender: digits alone are a short code or number
// (TON 0, NPI 0), anything else is a brandname (TON 5, NPI 0).
func Sender(name string) Address {
	for _, r := range name {
		if r < '0' || r > '9' {
			return Address{TON: TONAlphanumeric, NPI: NPIUnknown, Addr: name}
		}
	}
	return Address{TON: TONUnknown, NPI: NPIUnknown, Addr: name}
}

// Tag names an optional parameter (SMPP 3.4 §5.3.2).
type Tag = pdutlv.Tag

// Optional parameters that this package and its users read by name.
const (
	TagReceiptedMessageID   = pdutlv.TagReceiptedMessageID
	TagMessageState         = pdutlv.TagMessageStateOption
	TagNetworkErrorCode     = pdutlv.TagNetworkErrorCode
	TagUserMessageReference = pdutlv.TagUserMessageReference
	TagMessagePayload       = pdutlv.TagMessagePayload
	TagSarMsgRefNum         = pdutlv.TagSarMsgRefNum
	TagSarTotalSegments     = pdutlv.TagSarTotalSegments
	TagSarSegmentSeqnum     = pdutlv.TagSarSegmentSeqnum
)

// TLV is an optional parameter kept as it is on the wire.
type TLV struct {
	Tag   Tag
	Value []byte
}

// Submit is a submit_sm (SMPP 3.4 §4.4.1).
type Submit struct {
	ServiceType          string // "" is the SMSC's default
	Source               Address
	Dest                 Address
	ESMClass             uint8
	ProtocolID           uint8
	Priority             uint8
	ScheduleDelivery     string // "" is at once; SMPP 3.4 §7.1.1 time format
	ValidityPeriod       string // "" is the SMSC's default; same format
	RegisteredDelivery   uint8  // 1 asks for a receipt of the final state
	ReplaceIfPresent     uint8
	DataCoding           uint8  // 0 GSM 03.38 unpacked, 8 UCS-2
	DefaultMessageID     uint8  // sm_default_msg_id
	UserMessageReference uint16 // TLV 0x0204; 0 leaves it out
	ShortMessage         []byte // at most 254 octets, with its header if UDHI
	Payload              []byte // TLV message_payload, when ShortMessage is empty
	TLVs                 []TLV  // any others, in this order
}

// Content is what the receiver gets: ShortMessage, or Payload when that is
// empty (SMPP 3.4 §5.3.2.32).
func (s Submit) Content() []byte { return content(s.ShortMessage, s.Payload) }

// TLV is the value of the first parameter with tag among TLVs.
func (s Submit) TLV(tag Tag) ([]byte, bool) { return findTLV(s.TLVs, tag) }

// Deliver is a deliver_sm, or a data_sm from the SMSC (SMPP 3.4 §4.6.1,
// §4.7.1): a text from a handset (MO) or a receipt.
type Deliver struct {
	ServiceType          string
	Source               Address
	Dest                 Address
	ESMClass             uint8
	ProtocolID           uint8
	Priority             uint8
	RegisteredDelivery   uint8
	DataCoding           uint8
	UserMessageReference uint16
	ShortMessage         []byte
	Payload              []byte
	TLVs                 []TLV

	ReceivedAt time.Time // the instant the PDU was read, not when it was handled
	DataSM     bool      // came as data_sm
}

// IsReceipt reports a delivery receipt or an intermediate notification, by
// esm_class or, where an SMSC forgets to set it, by receipted_message_id.
func (d Deliver) IsReceipt() bool {
	if d.ESMClass&esmTypeMask == ESMClassReceipt || d.ESMClass&esmTypeMask == esmIntermediate {
		return true
	}
	_, ok := d.TLV(TagReceiptedMessageID)
	return ok
}

// Content is what the sender wrote: ShortMessage, or Payload when that is
// empty. With the UDHI bit of ESMClass it starts with a user data header.
func (d Deliver) Content() []byte { return content(d.ShortMessage, d.Payload) }

// TLV is the value of the first parameter with tag among TLVs.
func (d Deliver) TLV(tag Tag) ([]byte, bool) { return findTLV(d.TLVs, tag) }

func content(short, payload []byte) []byte {
	if len(short) > 0 {
		return short
	}
	return payload
}

func findTLV(tlvs []TLV, tag Tag) ([]byte, bool) {
	for _, t := range tlvs {
		if t.Tag == tag {
			return t.Value, true
		}
	}
	return nil, false
}
