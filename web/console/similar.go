package console

import (
	"strings"
	"unicode"

	"notify1022/web"
)

// plainWords are the words of a text in lower case without marks.
func plainWords(text string) []string {
	return strings.FieldsFunc(web.Plain(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// wordsOf are the words of a text without marks; the commonest say nothing.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range plainWords(text) {
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
	if least < leastWords {
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
