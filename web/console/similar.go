package console

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// wordsOf are the words of a text without marks; the commonest say nothing.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(plain(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !common[w] && len(w) > 1 {
			words[w] = true
		}
	}
	return words
}

var common = map[string]bool{"va": true, "cua": true, "o": true, "tai": true, "la": true, "co": true, "khong": true, "bi": true, "cho": true, "duoc": true,
	"nay": true, "do": true, "da": true, "cac": true, "nhung": true, "rat": true, "den": false, "tu": true, "voi": true, "thi": true, "toi": true, "de": true, "nghi": true}

// inCommon is the share of words in common, in per cent of the shorter text.
func inCommon(a, b map[string]bool) int {
	least := min(len(a), len(b))
	if least < 3 {
		return 0
	}
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return 100 * both / least
}

// plain is a text in lower case without marks.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
