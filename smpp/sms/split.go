package sms

import (
	"errors"
	"fmt"
)

// MaxParts is the longest concatenation: the part count is one octet in the
// user data header and in sar_total_segments.
const MaxParts = 255

// airOctets is the user data of one short message, header included (3GPP TS
// 23.040 §9.2.3.16).
const airOctets = 140

var (
	// ErrTooLong says that a text needs more than MaxParts parts.
	ErrTooLong = errors.New("text needs more than 255 short messages")
	// ErrCoding says that an alphabet is none of the constants of Coding.
	ErrCoding = errors.New("unknown coding")
	// ErrConcat says that a way to concatenate is none of the constants of Concat.
	ErrConcat = errors.New("unknown way to concatenate")
)

// Concat is the way in which the parts of a long text are marked as belonging
// together.
type Concat uint8

const (
	// UDH8 puts a user data header with an 8-bit reference before each part
	// (3GPP TS 23.040 §9.2.3.24.1); the caller sets esm_class 0x40.
	UDH8 Concat = iota
	// UDH16 does so with a 16-bit reference (§9.2.3.24.8).
	UDH16
	// SAR leaves the marking to the TLVs sar_msg_ref_num, sar_total_segments and
	// sar_segment_seqnum (SMPP 3.4 §5.3.2.22–24). The SMSC turns them into a
	// header on the air, so parts are as short as with UDH8.
	SAR
	// Payload hands the whole text over in message_payload (§5.3.2.32), one
	// segment, and the SMSC cuts it. Longer than MaxParts is refused here too:
	// it could not be cut.
	Payload
)

// String returns the name used in configuration: "udh8", "udh16", "sar" or
// "payload".
func (how Concat) String() string {
	switch how {
	case UDH8:
		return "udh8"
	case UDH16:
		return "udh16"
	case SAR:
		return "sar"
	case Payload:
		return "payload"
	}
	return fmt.Sprintf("concat(%d)", uint8(how))
}

// headerOctets is what the header of one part of a longer text costs on the
// air, its length octet included.
func (how Concat) headerOctets() int {
	if how == UDH16 {
		return 7
	}
	return 6
}

// Segment is one submit_sm worth of a text.
type Segment struct {
	Coding Coding
	UDH    []byte // header including its length octet; nil when alone, and for SAR and Payload
	Data   []byte // encoded text, without the header
	Ref    uint16 // reference shared by the parts, as it goes on the wire; 0 when alone
	Seq    uint8  // from 1
	Total  uint8  // 1 when alone
}

// ShortMessage returns header and data as one new slice: the short_message
// field, or the value of message_payload.
func (s Segment) ShortMessage() []byte {
	b := make([]byte, 0, len(s.UDH)+len(s.Data))
	b = append(b, s.UDH...)
	return append(b, s.Data...)
}

// Split cuts text into the least number of short messages that carry it in
// coding c. No escape pair and no surrogate pair is divided, no part exceeds
// 140 octets on the air, and the data of all parts joined is Encode(text, c).
//
// The caller chooses ref so that it does not repeat soon for one destination;
// UDH8 uses its low octet. Errors: ErrTooLong, ErrCoding, ErrConcat.
func Split(text string, c Coding, how Concat, ref uint16) ([]Segment, error) {
	if !c.known() {
		return nil, fmt.Errorf("split text in %v: %w", c, ErrCoding)
	}
	if how > Payload {
		return nil, fmt.Errorf("split text by %v: %w", how, ErrConcat)
	}
	total := SegmentsBy(text, c, how)
	if total > MaxParts {
		return nil, fmt.Errorf("split text of %d parts: %w", total, ErrTooLong)
	}
	if total == 1 || how == Payload {
		return []Segment{{Coding: c, Data: Encode(text, c), Seq: 1, Total: 1}}, nil
	}
	return cut(text, c, how, ref, uint8(total)), nil
}

func cut(text string, c Coding, how Concat, ref uint16, total uint8) []Segment {
	if how == UDH8 {
		ref &= 0xFF
	}
	segments := make([]Segment, 0, total)
	limit := partUnits(c, how.headerOctets())
	for len(text) > 0 {
		end := fill(text, c, limit)
		seq := uint8(len(segments) + 1)
		segments = append(segments, Segment{
			Coding: c,
			UDH:    header(how, ref, total, seq),
			Data:   Encode(text[:end], c),
			Ref:    ref,
			Seq:    seq,
			Total:  total,
		})
		text = text[end:]
	}
	return segments
}

// fill returns how many octets of the string go into a part of limit units.
func fill(text string, c Coding, limit int) int {
	end := 0
	for used := 0; end < len(text); {
		size, units := next(text[end:], c)
		if used+units > limit {
			break
		}
		end += size
		used += units
	}
	return end
}

// header returns the user data header of one part, nil for SAR.
func header(how Concat, ref uint16, total, seq uint8) []byte {
	switch how {
	case UDH8:
		return []byte{5, ieConcat8, 3, byte(ref), total, seq}
	case UDH16:
		return []byte{6, ieConcat16, 4, byte(ref >> 8), byte(ref), total, seq}
	}
	return nil
}

// partUnits is the room in one short message whose header takes the given
// octets, in units of c. A header is padded to whole septets, which the
// division does.
func partUnits(c Coding, headerOctets int) int {
	octets := airOctets - headerOctets
	switch c {
	case GSM7:
		return octets * 8 / 7
	case UCS2:
		return octets / 2
	}
	return octets
}

// Segments returns how many short messages text takes in coding c with the
// default 8-bit header: len(Split(text, c, UDH8, ref)), and the true count also
// where Split refuses. It allocates nothing.
func Segments(text string, c Coding) int {
	return SegmentsBy(text, c, UDH8)
}

// SegmentsBy is Segments for another way to concatenate. For Payload it is the
// number of messages that the SMSC will cut, and bill, with 8-bit headers.
func SegmentsBy(text string, c Coding, how Concat) int {
	parts, _ := measure(text, c, how)
	return parts
}

// Left returns how many units of c still fit behind text before it takes one short
// message more than Segments says; a character of two may need one that is not there.
func Left(text string, c Coding) int {
	parts, used := measure(text, c, UDH8)
	if parts == 1 {
		return partUnits(c, 0) - used
	}
	return partUnits(c, UDH8.headerOctets()) - used
}

// measure counts the parts of a text as Split cuts it, and the units in the last.
func measure(text string, c Coding, how Concat) (parts, last int) {
	alone, limit := partUnits(c, 0), partUnits(c, how.headerOctets())
	total := 0
	parts = 1
	for i := 0; i < len(text); {
		size, units := next(text[i:], c)
		i += size
		total += units
		if last += units; last > limit {
			parts++
			last = units
		}
	}
	if total <= alone {
		return 1, total
	}
	return parts, last
}
