package sms

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// EncodeUCS2 returns text as UTF-16, big-endian, without a byte order mark.
// Characters beyond the Basic Multilingual Plane become surrogate pairs, as
// every handset of the last decades reads them; an octet that is not UTF-8
// becomes U+FFFD.
func EncodeUCS2(text string) []byte {
	b := make([]byte, 0, 2*Units(text, UCS2))
	for _, r := range text {
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			b = binary.BigEndian.AppendUint16(b, uint16(high))
			r = low
		}
		b = binary.BigEndian.AppendUint16(b, uint16(r))
	}
	return b
}

// DecodeUCS2 returns the text of UTF-16, big-endian. Never an error: a
// surrogate without its other half and an odd last octet become U+FFFD each.
func DecodeUCS2(b []byte) string {
	var text strings.Builder
	text.Grow(len(b))
	for len(b) >= 2 {
		r := rune(binary.BigEndian.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) {
			pair := utf8.RuneError
			if len(b) >= 2 {
				pair = utf16.DecodeRune(r, rune(binary.BigEndian.Uint16(b)))
			}
			if pair != utf8.RuneError {
				b = b[2:]
			}
			r = pair
		}
		text.WriteRune(r)
	}
	if len(b) == 1 {
		text.WriteRune(utf8.RuneError)
	}
	return text.String()
}
