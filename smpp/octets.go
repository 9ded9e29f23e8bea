package smpp

import (
	"bytes"
	"encoding/binary"
)

// textPart is how much of a body's beginning is made a string at once, so that
// its text fields share one allocation. All fields before short_message fit,
// even at laxField each.
const textPart = 1400

// maxTLVs bounds the optional parameters that are kept of one PDU; the
// standard knows fewer than fifty. Further ones are checked and dropped.
const maxTLVs = 128

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
	b    []byte
	at   int
	text string // the beginning of b
	err  *fieldError
}

func newOctets(b []byte) octets {
	return octets{b: b, text: string(b[:min(len(b), textPart)])}
}

// fail notes the first failure and leaves nothing to read.
func (o *octets) fail(field string, s Status) {
	if o.err == nil {
		o.err = &fieldError{Field: field, Status: s}
	}
	o.at = len(o.b)
}

func (o *octets) byte(field string) uint8 {
	if o.at >= len(o.b) {
		o.fail(field, StatusInvalidCommandLength)
		return 0
	}
	v := o.b[o.at]
	o.at++
	return v
}

// word reads a big-endian number of four octets.
func (o *octets) word(field string) uint32 {
	if len(o.b)-o.at < 4 {
		o.fail(field, StatusInvalidCommandLength)
		return 0
	}
	v := binary.BigEndian.Uint32(o.b[o.at:])
	o.at += 4
	return v
}

// cstring reads up to the NUL; a missing NUL means that the command_length is
// wrong, a value longer than laxField gets the field's own status.
func (o *octets) cstring(field string, long Status) string {
	n := bytes.IndexByte(o.b[o.at:], 0)
	if n < 0 {
		o.fail(field, StatusInvalidCommandLength)
		return ""
	}
	if n > laxField {
		o.fail(field, long)
		return ""
	}
	from, to := o.at, o.at+n
	o.at = to + 1
	if to <= len(o.text) {
		return o.text[from:to]
	}
	return string(o.b[from:to])
}

func (o *octets) address(field string, long Status) Address {
	return Address{
		TON:  o.byte(field),
		NPI:  o.byte(field),
		Addr: o.cstring(field, long),
	}
}

// take reads n octets, sharing the body's memory.
func (o *octets) take(field string, n int) []byte {
	if n > len(o.b)-o.at {
		o.fail(field, StatusInvalidMessageLength)
		return nil
	}
	v := o.b[o.at : o.at+n : o.at+n]
	o.at += n
	return v
}

// nextTLV reads one optional parameter, sharing the body's memory; ok is false
// at the end, with err set if a length points past it. Up to three stray
// octets at the end are ignored.
func (o *octets) nextTLV() (t TLV, ok bool) {
	rest := o.b[o.at:]
	if len(rest) < 4 {
		return TLV{}, false
	}
	t.Tag = Tag(binary.BigEndian.Uint16(rest))
	n := int(binary.BigEndian.Uint16(rest[2:]))
	if n > len(rest)-4 {
		o.fail("TLV 0x"+t.Tag.Hex(), StatusInvalidTLVLength)
		return TLV{}, false
	}
	t.Value = rest[4 : 4+n : 4+n]
	o.at += 4 + n
	return t, true
}

// tlvs reads the optional parameters into memory of their own; what was read
// before a failure counts. Of a repeated tag the first is kept.
func (o *octets) tlvs() []TLV {
	var all []TLV
	var kept []byte
	for t, ok := o.nextTLV(); ok; t, ok = o.nextTLV() {
		all, kept = o.keep(all, kept, t)
	}
	return all
}

// keep adds a parameter. kept is a copy of the rest of the body, made for the
// first one and shared by all.
func (o *octets) keep(all []TLV, kept []byte, t TLV) ([]TLV, []byte) {
	if len(all) >= maxTLVs {
		return all, kept
	}
	if _, dup := findTLV(all, t.Tag); dup {
		return all, kept
	}
	n := len(t.Value)
	if kept == nil {
		kept = append(make([]byte, 0, len(o.b)-o.at+n), o.b[o.at-n:]...)
		all = make([]TLV, 0, 4)
	}
	at := len(kept) - (len(o.b) - o.at) - n // both end at the same octet
	t.Value = kept[at : at+n : at+n]
	return append(all, t), kept
}

// result keeps a nil *fieldError from becoming a non-nil error.
func (o *octets) result() error {
	if o.err == nil {
		return nil
	}
	return o.err
}
