package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"notify1022/smpp/sms"
)

// valueMax bounds a value before anything is done with it, in octets. It is far
// above what a message holds, far below what would cost time.
const valueMax = 4096

// ellipsis ends what was cut; below ellipsisFrom septets it is not worth its room.
const (
	ellipsis     = "..."
	ellipsisFrom = 16
)

// clean makes of a value typed by a person one line of text that an SMS can
// carry: line ends, tabs and odd spaces become single spaces, compatibility
// forms plain letters, dashes, quotes and ellipses ASCII; emoji, control
// characters, zero-width ones and loose marks go. Vietnamese letters stay
// accented. Braces stay and mean nothing. What stands for something hidden takes less room.
func clean(value string) string {
	if tidyASCII(value) {
		return value
	}
	return cleanUpTo(strings.ReplaceAll(bounded(value, valueMax), Hidden, "…"), valueMax)
}

// cleanUpTo is clean for a value of up to limit octets; the rest is not read. The
// result is no longer either, whatever compatibility forms are spelled out.
func cleanUpTo(value string, limit int) string {
	value = bounded(value, limit)
	value = norm.NFKC.String(strings.ToValidUTF8(value, " "))
	value = strings.Map(cleanRune, value)
	return bounded(strings.Join(strings.Fields(value), " "), limit)
}

// tidyASCII reports whether clean would leave value alone, the common case.
func tidyASCII(value string) bool {
	space := true
	for i := range len(value) {
		b := value[i]
		if b < ' ' || b > '~' || space && b == ' ' {
			return false
		}
		space = b == ' '
	}
	return len(value) <= valueMax && (value == "" || !space)
}

// bounded cuts value to at most limit octets, not inside a rune.
func bounded(value string, limit int) string {
	if len(value) <= limit {
		return value
	}
	for limit > 0 && !utf8.RuneStart(value[limit]) {
		limit--
	}
	return value[:limit]
}

// cleanRune maps one rune of a composed text; -1 drops it.
func cleanRune(r rune) rune {
	switch r {
	case '‘', '’', '‚', '‛', '′', '´':
		return '\''
	case '“', '”', '„', '‟', '″', '«', '»':
		return '"'
	case '•', '·':
		return '-'
	}
	switch {
	case r < utf8.RuneSelf && r > ' ' && r != 0x7f:
		return r
	case unicode.IsSpace(r), unicode.IsControl(r):
		return ' '
	case unicode.Is(unicode.Pd, r):
		return '-'
	case unicode.In(r, unicode.Cf, unicode.Co, unicode.M, unicode.So, unicode.Sk):
		return -1
	}
	return r
}

// linesOctets bounds a table before anything is done with it, like valueMax.
const linesOctets = 4 * linesMax

// cleanLines is clean for a table: line by line, empty ones dropped, with a line
// end before and behind, so that it stands apart from the wording.
func cleanLines(value string) string {
	var b strings.Builder
	for line := range strings.Lines(bounded(value, linesOctets)) {
		if line = clean(line); line != "" {
			b.WriteString("\n" + line)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + "\n"
}

// shorten cuts a clean text to at most budget septets of its unaccented form:
// a list behind an item, a table behind a line, all else behind a word, a word that is longer than
// all the room inside itself. What was cut ends in "..." where mark is set and
// room allows. A budget of 0 gives the empty string.
func shorten(text string, budget int, kind Kind) string {
	if septets(text) <= budget {
		return text
	}
	if budget <= 0 {
		return ""
	}
	mark := ""
	if kind != Name && budget >= ellipsisFrom {
		mark = ellipsis
		budget -= len(ellipsis)
	}
	kept, end := "", ""
	switch kind {
	case List:
		kept = prefix(text, budget, func(r rune) bool { return r == ',' || r == ';' })
	case Lines:
		end = "\n"
		budget -= len(end)
		if kept = prefix(text, budget, func(r rune) bool { return r == '\n' }); kept != "" {
			mark = strings.Replace(mark, ellipsis, end+ellipsis, 1) // a line of its own
			kept = prefix(text, budget-len(end), func(r rune) bool { return r == '\n' })
		}
	}
	if kept == "" {
		kept = prefix(text, budget, func(r rune) bool { return r == ' ' })
	}
	if kept == "" {
		kept = prefix(text, budget, func(rune) bool { return true })
	}
	return kept + mark + end
}

// prefix returns the longest beginning of text that ends before a rune for which
// end holds and takes at most budget septets, without the punctuation it would
// end in.
func prefix(text string, budget int, end func(rune) bool) string {
	used, at := 0, 0
	for i, r := range text {
		if end(r) {
			at = i
		}
		if used += septets(string(r)); used > budget {
			break
		}
	}
	return strings.TrimRight(text[:at], " ,;:.-(/")
}

// septets returns the length of the unaccented form of text.
func septets(text string) int {
	return sms.Units(sms.Unaccent(text), sms.GSM7)
}
