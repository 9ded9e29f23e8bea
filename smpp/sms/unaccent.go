package sms

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Unaccent returns text in characters that GSM 03.38 has, the way people here
// write when they leave the accents out: marks dropped, also those that GSM
// 03.38 could carry (é is e), đ and ₫ are d, dashes, quotes, ellipses and odd
// spaces are ASCII, what has no width is gone, compatibility forms are spelled
// out (m² is m2, ﬁ is fi, full-width is narrow), a tab is a space. Line ends,
// the extension table (€ [ ] { }) and letters without a mark to drop (ß Ø Æ and
// ten Greek capitals) stay. All else is one '?' per rune, and so is every octet
// that is not UTF-8.
//
// The result always Fits, and unaccenting it again changes nothing. Composed
// and decomposed spellings of a text give the same.
func Unaccent(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range norm.NFC.String(text) {
		if r < utf8.RuneSelf && plainASCII(byte(r)) {
			b.WriteByte(byte(r))
		} else if base := vietnamese(r); base != 0 {
			b.WriteByte(base)
		} else {
			unaccentRune(&b, r)
		}
	}
	return b.String()
}

// plain reports whether Unaccent has nothing to do.
func plain(text string) bool {
	for i := range len(text) {
		if !plainASCII(text[i]) {
			return false
		}
	}
	return true
}

func plainASCII(o byte) bool {
	return o < utf8.RuneSelf && gsmLow[o] != absent
}

// The bases of the letters of two blocks of Unicode, _ where there is none to see at once:
// nearly every rune of a Vietnamese text is found here, and the Unicode tables cost more
// than all the rest of wording it.
const (
	latin1Bases     = "AAAAAA_CEEEEIIIIDNOOOOO__UUUUY__aaaaaa_ceeeeiiiidnooooo__uuuuy_y"                           // U+00C0–00FF
	additionalBases = "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy" // U+1EA0–1EF9
)

// vietnamese is the base of a letter with the marks of Vietnamese; 0: not one of these.
func vietnamese(r rune) byte {
	base := byte('_')
	switch {
	case 0xC0 <= r && r <= 0xFF:
		base = latin1Bases[r-0xC0]
	case 0x1EA0 <= r && r <= 0x1EF9:
		base = additionalBases[r-0x1EA0]
	default:
		switch r {
		case 'Đ':
			base = 'D'
		case 'đ':
			base = 'd'
		case 'Ă':
			base = 'A'
		case 'ă':
			base = 'a'
		case 'Ơ':
			base = 'O'
		case 'ơ':
			base = 'o'
		case 'Ư':
			base = 'U'
		case 'ư':
			base = 'u'
		}
	}
	if base == '_' {
		return 0
	}
	return base
}

// unaccentRune appends what becomes of one rune of a composed text. Composed,
// because a Hangul syllable is then one rune and one '?'.
func unaccentRune(b *strings.Builder, r rune) {
	if s, ok := simple(r); ok {
		b.WriteString(s)
		return
	}
	if s, ok := spelledOut(r); ok {
		b.WriteString(s)
		return
	}
	b.WriteByte('?')
}

// simple unaccents a rune without asking for its compatibility form. The empty
// string with ok says that the rune is dropped.
func simple(r rune) (string, bool) {
	if s, ok := typographic(r); ok {
		return s, true
	}
	if unicode.In(r, unicode.M, unicode.Cf) {
		return "", true // marks, variation selectors; zero-width, direction, soft hyphen
	}
	base := undecorated(r)
	if _, ok := septet(base); ok {
		return string(base), true
	}
	return "", false
}

// typographic turns punctuation, spaces and the letters that Unicode does not
// decompose into what a keyboard has.
func typographic(r rune) (string, bool) {
	switch r {
	case 'đ', 'ð', 'ɖ', '₫': // eth and African d are met where đ was meant
		return "d", true
	case 'Đ', 'Ð', 'Ɖ':
		return "D", true
	case '\n', '\r', '\f':
		return string(r), true
	case '\u0085', '\u2028', '\u2029':
		return "\n", true
	case '…', '⋯':
		return "...", true
	case '\u2212', '\u2043': // minus sign, hyphen bullet
		return "-", true
	case '\u2044', '\u2215': // fraction slash (inside ½), division slash
		return "/", true
	case '‘', '’', '‚', '‛', '‹', '›', '′', '‵', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ˊ', 'ˋ', '`', '´':
		return "'", true
	case '“', '”', '„', '‟', '«', '»', '″', '‶', 'ʺ', '〝', '〞', '〟', '˝':
		return `"`, true
	}
	switch {
	case unicode.IsSpace(r):
		return " ", true
	case unicode.Is(unicode.Pd, r):
		return "-", true
	}
	return "", false
}

// struck is the long solidus through a negated symbol. It is no accent: "≠"
// must not become "=".
const struck = '\u0338'

// undecorated returns the base of a rune that is a base and marks, else r.
func undecorated(r rune) rune {
	d := norm.NFD.PropertiesString(string(r)).Decomposition()
	if d == nil || bytes.ContainsRune(d, struck) {
		return r
	}
	base, _ := utf8.DecodeRune(d)
	return base
}

// spelledOut returns the compatibility form of r, when all of it can be
// written.
func spelledOut(r rune) (string, bool) {
	d := norm.NFKD.PropertiesString(string(r)).Decomposition()
	if d == nil || bytes.ContainsRune(d, struck) {
		return "", false
	}
	var b strings.Builder
	for _, part := range string(d) {
		s, ok := simple(part)
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), b.Len() > 0
}
