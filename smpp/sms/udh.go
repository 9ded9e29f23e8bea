package sms

import "encoding/binary"

// Information elements of the user data header (3GPP TS 23.040 §9.2.3.24).
const (
	ieConcat8  = 0x00 // reference 1 octet, total, sequence
	ieConcat16 = 0x08 // reference 2 octets, total, sequence
)

// Element is one information element of a user data header. Data aliases the
// octets that were parsed.
type Element struct {
	ID   byte
	Data []byte
}

// UDH is a user data header, its elements in the order received.
type UDH []Element

// Part says which part of which concatenated message a short message is.
type Part struct {
	Ref      uint16
	RefWidth uint8 // bits of Ref: 8, or 16 (also for sar_msg_ref_num)
	Seq      uint8 // from 1
	Total    uint8
}

// Valid reports whether p can be one part of several. A part 0, a part beyond
// the total, and a total of 0 or 1 cannot: such a message stands alone.
func (p Part) Valid() bool {
	return p.Total > 1 && p.Seq >= 1 && p.Seq <= p.Total
}

// ParseUDH takes the user data header off a short_message whose esm_class has
// the UDHI bit. When the header is malformed (no octets, length 0, length or an
// element past the end) ok is false and rest is all of b: the message is then
// delivered raw and acknowledged, never refused (SMPP 3.4 §5.2.12).
func ParseUDH(b []byte) (udh UDH, rest []byte, ok bool) {
	if len(b) == 0 || b[0] == 0 || int(b[0]) > len(b)-1 {
		return nil, b, false
	}
	head, rest := b[1:1+int(b[0])], b[1+int(b[0]):]
	for len(head) > 0 {
		if len(head) < 2 || int(head[1]) > len(head)-2 {
			return nil, b, false
		}
		size := int(head[1])
		udh = append(udh, Element{ID: head[0], Data: head[2 : 2+size]})
		head = head[2+size:]
	}
	return udh, rest, true
}

// Concat returns the part that the header marks, ok false when it marks none or
// one that is not Valid. An element of the wrong size or with impossible
// numbers is ignored, and of several the last one counts (3GPP TS 23.040
// §9.2.3.24).
func (u UDH) Concat() (part Part, ok bool) {
	for _, e := range u {
		if p, valid := e.part(); valid {
			part, ok = p, true
		}
	}
	return part, ok
}

func (e Element) part() (Part, bool) {
	var p Part
	switch {
	case e.ID == ieConcat8 && len(e.Data) == 3:
		p = Part{Ref: uint16(e.Data[0]), RefWidth: 8, Total: e.Data[1], Seq: e.Data[2]}
	case e.ID == ieConcat16 && len(e.Data) == 4:
		p = Part{Ref: binary.BigEndian.Uint16(e.Data), RefWidth: 16, Total: e.Data[2], Seq: e.Data[3]}
	}
	return p, p.Valid()
}
