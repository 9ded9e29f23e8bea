package sms

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Coding is an alphabet, numbered as in the data_coding field (SMPP 3.4 §5.2.19).
type Coding uint8

// The alphabets this package knows. GSM7 and UCS2 are the ones that Detect
// chooses between; Latin1 and Binary are met in what others send.
const (
	GSM7   Coding = 0 // GSM 03.38 default alphabet, one septet per octet
	Latin1 Coding = 3 // ISO 8859-1
	Binary Coding = 4 // octets without a meaning of their own
	UCS2   Coding = 8 // UTF-16, big-endian
)

// String returns "gsm7", "latin1", "binary" or "ucs2".
func (c Coding) String() string {
	switch c {
	case GSM7:
		return "gsm7"
	case Latin1:
		return "latin1"
	case Binary:
		return "binary"
	case UCS2:
		return "ucs2"
	}
	return fmt.Sprintf("coding(%d)", uint8(c))
}

func (c Coding) known() bool {
	return c == GSM7 || c == Latin1 || c == Binary || c == UCS2
}

// Detect returns GSM7 when every rune of text has a place in GSM 03.38, else
// UCS2. It never changes the text: one "–" makes a whole message UCS2.
func Detect(text string) Coding {
	if Fits(text) {
		return GSM7
	}
	return UCS2
}

// Units returns the length of text in the units that c is billed in: septets
// for GSM7 (a character of the extension table counts two), UTF-16 units for
// UCS2, characters for Latin1, octets of the string itself for Binary and for
// any unknown coding. What GSM7 or Latin1 lacks counts as the '?' it becomes.
func Units(text string, c Coding) int {
	total := 0
	for i := 0; i < len(text); {
		size, units := next(text[i:], c)
		i += size
		total += units
	}
	return total
}

// next measures the first character of a text that is not empty: its octets in
// the string and its units on the air. It is the only place that says what may
// not be cut in two.
func next(text string, c Coding) (size, units int) {
	if c == Binary || !c.known() {
		return 1, 1
	}
	r, size := rune(text[0]), 1
	if r >= utf8.RuneSelf {
		r, size = utf8.DecodeRuneInString(text)
	}
	switch c {
	case GSM7:
		if code, ok := septet(r); ok && code&extended != 0 {
			return size, 2
		}
	case UCS2:
		if r > 0xFFFF {
			return size, 2
		}
	}
	return size, 1
}

// Encode returns text in the alphabet c; see EncodeGSM7 and EncodeUCS2. Binary
// and unknown codings take the octets of the string as they are.
func Encode(text string, c Coding) []byte {
	switch c {
	case GSM7:
		return EncodeGSM7(text)
	case UCS2:
		return EncodeUCS2(text)
	case Latin1:
		return encodeLatin1(text)
	}
	return []byte(text)
}

// Decode returns the text of the octets b received under the given data_coding
// (SMPP 3.4 §5.2.19). It never fails: what means nothing becomes U+FFFD, and
// the result is valid UTF-8. In codings that carry no text (binary, message
// class 8-bit data) and in unknown ones only ASCII is believed.
func Decode(dataCoding byte, b []byte) string {
	switch alphabet(dataCoding) {
	case GSM7:
		return DecodeGSM7(b)
	case UCS2:
		return DecodeUCS2(b)
	case Latin1:
		return decodeLatin1(b)
	}
	return decodeASCII(b)
}

// alphabet reads data_coding. SMPP leaves 0x10 upward to GSM 03.38 §4, where
// senders of flash messages (0x10, 0x18, 0xF0) take it from.
func alphabet(dataCoding byte) Coding {
	switch dataCoding {
	case 0:
		return GSM7
	case 3:
		return Latin1
	case 8:
		return UCS2
	}
	switch dataCoding >> 4 {
	case 0x1: // general data coding with a message class: bits 3..2 are the alphabet
		return [...]Coding{GSM7, Binary, UCS2, Binary}[dataCoding>>2&3]
	case 0xC, 0xD: // message waiting, default alphabet
		return GSM7
	case 0xE: // message waiting, UCS2
		return UCS2
	case 0xF: // message class: bit 2 is 8-bit data
		if dataCoding&4 == 0 {
			return GSM7
		}
	}
	return Binary
}

func encodeLatin1(text string) []byte {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xFF {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

func decodeLatin1(b []byte) string {
	var text strings.Builder
	text.Grow(len(b))
	for _, o := range b {
		text.WriteRune(rune(o))
	}
	return text.String()
}

func decodeASCII(b []byte) string {
	var text strings.Builder
	text.Grow(len(b))
	for _, o := range b {
		if o < utf8.RuneSelf {
			text.WriteByte(o)
		} else {
			text.WriteRune(utf8.RuneError)
		}
	}
	return text.String()
}
