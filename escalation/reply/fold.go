package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes bounds what is read of one message: far more than an officer types,
// and every scan below is linear in it.
const maxRunes = 2000

// other stands for a rune that is neither a Latin letter, a digit nor ASCII
// punctuation (an emoji, another script); it separates words.
const other = 0x1f

// line is a message beside its folded form: lower-case ASCII without accents,
// zero-width runes dropped. from[i] is where the rune behind folded[i] begins
// in src, so whatever is left over can be handed on as it was typed.
type line struct {
	src    string
	folded []byte
	from   []int
}

func fold(text string) line {
	l := line{src: cut(strings.ToValidUTF8(text, "\uFFFD"))}
	for i, r := range l.src {
		for _, b := range foldRune(r) {
			l.folded = append(l.folded, b)
			l.from = append(l.from, i)
		}
	}
	l.from = append(l.from, len(l.src))
	return l
}

func cut(text string) string {
	n := 0
	for i := range text {
		if n == maxRunes {
			return text[:i]
		}
		n++
	}
	return text
}

func foldRune(r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		return []byte{lower(byte(r))}
	case strings.ContainsRune("đĐðÐɖƉ", r):
		return []byte{'d'}
	case unicode.Is(unicode.Pd, r):
		return []byte{'-'}
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return nil
	case unicode.IsSpace(r):
		return []byte{' '}
	}
	var out []byte
	for _, d := range norm.NFKD.String(string(r)) {
		switch {
		case unicode.Is(unicode.Mn, d):
		case d < utf8.RuneSelf:
			out = append(out, lower(byte(d)))
		default:
			out = append(out, other)
		}
	}
	return out
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// slice returns what was typed for folded[p:q], tidied at both ends.
func (l line) slice(p, q int) string {
	return tidy(l.src[l.from[p]:l.from[q]])
}

// rest returns what was typed from folded[p] on; "" when it holds no letter
// and no digit.
func (l line) rest(p int) string {
	return l.slice(p, len(l.folded))
}

// tidy trims blanks, zero-width runes and leading punctuation. Closing
// punctuation belongs to the sentence and stays.
func tidy(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return blank(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Mn, r) ||
			strings.ContainsRune(",.:;_|=>/!?)]}”’", r)
	})
	return strings.TrimRightFunc(s, blank)
}

func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

func letter(b byte) bool { return 'a' <= b && b <= 'z' }

func digit(b byte) bool { return '0' <= b && b <= '9' }

// peek returns folded[p], 0 beyond the end.
func (l line) peek(p int) byte {
	if p < 0 || p >= len(l.folded) {
		return 0
	}
	return l.folded[p]
}

// skip passes everything that is neither letter nor digit.
func (l line) skip(p int) int {
	for p < len(l.folded) && !letter(l.folded[p]) && !digit(l.folded[p]) {
		p++
	}
	return p
}

// blanks passes white space only.
func (l line) blanks(p int) int {
	for p < len(l.folded) && (l.folded[p] == ' ' || '\t' <= l.folded[p] && l.folded[p] <= '\r') {
		p++
	}
	return p
}

// word returns the end of the run of letters at p.
func (l line) word(p int) int {
	for letter(l.peek(p)) {
		p++
	}
	return p
}

// number reads a run of at most most digits at p that no further digit
// follows; it returns its end, or p when there is none.
func (l line) number(p, most int) (value, end int) {
	end = p
	for digit(l.peek(end)) {
		if end-p == most {
			return 0, p
		}
		value = value*10 + int(l.folded[end]-'0')
		end++
	}
	return value, end
}
