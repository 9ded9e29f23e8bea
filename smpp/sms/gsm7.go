package sms

import (
	"strings"
	"unicode/utf8"
)

const (
	escape   = 0x1B  // GSM 03.38 §6.2.1: the next septet is of the extension table
	extended = 0x80  // in a code of ours: written as escape, then the low seven bits
	absent   = 0x100 // in a code of ours: not in GSM 03.38
)

// gsmBasic is the default alphabet (GSM 03.38 §6.2.1), septet to rune. 0x1B is
// the escape and stands for no character.
var gsmBasic = [128]rune{
	'@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
	'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', utf8.RuneError, 'Æ', 'æ', 'ß', 'É',
	' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
	'¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
}

// fromExtension is the extension table (GSM 03.38 §6.2.1.1), septet to rune.
func fromExtension(code byte) (rune, bool) {
	switch code {
	case 0x0A:
		return '\f', true
	case 0x14:
		return '^', true
	case 0x28:
		return '{', true
	case 0x29:
		return '}', true
	case 0x2F:
		return '\\', true
	case 0x3C:
		return '[', true
	case 0x3D:
		return '~', true
	case 0x3E:
		return ']', true
	case 0x40:
		return '|', true
	case 0x65:
		return '€', true
	}
	return utf8.RuneError, false
}

// gsmLow is both tables turned round for the runes up to U+00FF; the eleven
// beyond are in septet.
var gsmLow = turned()

func turned() (low [256]uint16) {
	for r := range low {
		low[r] = absent
	}
	for code := range byte(len(gsmBasic)) {
		if r := gsmBasic[code]; int(r) < len(low) {
			low[r] = uint16(code)
		}
		if r, ok := fromExtension(code); ok && int(r) < len(low) {
			low[r] = extended | uint16(code)
		}
	}
	return low
}

// septet returns the code of r, marked extended when an escape comes first.
func septet(r rune) (code byte, ok bool) {
	if r >= 0 && int(r) < len(gsmLow) {
		code := gsmLow[r]
		return byte(code), code != absent
	}
	switch r {
	case 'Δ':
		return 0x10, true
	case 'Φ':
		return 0x12, true
	case 'Γ':
		return 0x13, true
	case 'Λ':
		return 0x14, true
	case 'Ω':
		return 0x15, true
	case 'Π':
		return 0x16, true
	case 'Ψ':
		return 0x17, true
	case 'Σ':
		return 0x18, true
	case 'Θ':
		return 0x19, true
	case 'Ξ':
		return 0x1A, true
	case '€':
		return extended | 0x65, true
	}
	return 0, false
}

// Fits reports whether every rune of text is in the default alphabet of
// GSM 03.38 or in its extension table. National language tables are not used:
// the telecoms here do not promise them.
func Fits(text string) bool {
	for _, r := range text {
		if _, ok := septet(r); !ok {
			return false
		}
	}
	return true
}

// EncodeGSM7 returns text one septet per octet, not packed (the form that
// data_coding 0 takes in SMPP). Characters of the extension table become 0x1B
// and a septet. A rune that GSM 03.38 lacks, like an octet that is not UTF-8,
// becomes '?': call Unaccent before when that is not wanted.
func EncodeGSM7(text string) []byte {
	b := make([]byte, 0, Units(text, GSM7))
	for _, r := range text {
		code, ok := septet(r)
		switch {
		case !ok:
			b = append(b, '?')
		case code&extended != 0:
			b = append(b, escape, code&^extended)
		default:
			b = append(b, code)
		}
	}
	return b
}

// DecodeGSM7 returns the text of unpacked septets. Never an error: an octet
// above 0x7F and an escape that introduces nothing become U+FFFD; the septet
// after such an escape is then read by itself, so that one damaged octet costs
// one character.
func DecodeGSM7(b []byte) string {
	var text strings.Builder
	text.Grow(len(b))
	for i := 0; i < len(b); i++ {
		r := utf8.RuneError
		switch {
		case b[i] == escape && i+1 < len(b):
			if e, ok := fromExtension(b[i+1]); ok {
				r = e
				i++
			}
		case b[i] < byte(len(gsmBasic)):
			r = gsmBasic[b[i]] // 0x1B as the last octet is U+FFFD in the table
		}
		text.WriteRune(r)
	}
	return text.String()
}
