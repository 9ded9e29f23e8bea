package templates

import (
	"regexp"
	"strings"
	"unicode"
)

const (
	// contentMax bounds what Summary reads, in octets.
	contentMax = 64 << 10

	ownMax       = 16  // strings of the citizen that Summary looks for
	ownMaxOctets = 512 // octets of each that it reads

	longRun = 8 // digits in a row that are taken for a number of a person

	joinPasses = 8 // times that Summary looks for what a removal has joined
)

// Summary returns what of a petition's content may stand in an SMS: one line
// without the citizen's traces. own is what is known of the citizen (name,
// phone, address, email); it is found in any case, with or without accents, and
// a phone in any spelling.
//
// Removed are
//   - runs of 8 digits and more, also with dots, dashes, spaces, parentheses
//     between them, with o and l typed for 0 and 1, or spelled in words; with
//     slashes or commas from 9 digits on, so that 26/11/2026 stays;
//   - email and web addresses;
//   - the citizen's own strings, of an address also its first part, of a name
//     also "Văn Thử" and "Nguyễn Thử" where both words have capitals, and the
//     given name behind a title, whatever else the word means ("chị Dân");
//   - house numbers: "số 12", "số nhà 45/6B", "nhà 12", "12/34 Lạch Tray", "tại
//     12 Trần Phú". The street stays, and so do the numbers of alleys, lots, lamp
//     posts, routes and rooms ("ngõ 72 Lạch Tray", "cột điện số 12"): they say where
//     the lamp is, not where the citizen lives. An alley is removed only as part
//     of the citizen's own address;
//   - personal titles with names: "ông Nguyễn Văn A", "chị Hoa", "tôi là Lan"; of
//     "bác sĩ Lê Văn B" the name.
//     Streets named after persons stay ("đường Bà Triệu", "Ông Ích Khiêm"), and so do names without
//     a title, which are mostly streets and schools.
//
// Where a doubt remains it removes. It reads at most 64 KiB, takes time in
// proportion to that, and the result is never longer than its one-line form.
func Summary(content string, own ...string) string {
	text := cleanUpTo(content, contentMax)
	traces := tracesOf(own)
	p := newPage(text)
	p.removeAddresses()
	p.removeNumbers()
	p.removeOwn(traces)
	p.removeHouseNumbers()
	p.removeNames()
	if !p.removed {
		return text
	}
	text = p.rest(text)
	for range joinPasses {
		p = newPage(text)
		p.removeAddresses()
		p.removeNumbers()
		p.removeOwn(traces)
		if !p.removed {
			return text
		}
		text = p.rest(text)
	}
	return withoutDigits(text) // only a text made to defeat this gets here
}

func withoutDigits(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsDigit(r) || r == ' '
	}), " ")
}

// page is a text under the redactor's pen. runes and flat run in step: flat[i]
// is the ASCII base letter of runes[i], its case kept, so that expressions over
// flat see "Số nhà" as "So nha" and their offsets are offsets of runes.
type page struct {
	runes   []rune
	flat    string
	words   []word
	gone    []bool
	removed bool
}

// word is a run of letters and digits.
type word struct {
	from, to int
	lower    string // as typed, in lower case
	base     string // ASCII, in lower case
	capital  bool   // begins with a capital letter
	shouted  bool   // all capitals, two letters or more
}

func newPage(text string) *page {
	p := &page{runes: []rune(text)}
	p.flat = flatten(p.runes)
	p.gone = make([]bool, len(p.runes))
	lower := strings.ToLower(p.flat)
	for i := 0; i < len(p.flat); {
		from := i
		for i < len(p.flat) && isWord(p.flat[i]) {
			i++
		}
		if i == from {
			i++
			continue
		}
		p.words = append(p.words, word{
			from:    from,
			to:      i,
			lower:   strings.ToLower(string(p.runes[from:i])),
			base:    lower[from:i],
			capital: isUpper(p.flat[from]),
			shouted: i-from > 1 && p.flat[from:i] == strings.ToUpper(p.flat[from:i]) && isUpper(p.flat[from]),
		})
	}
	return p
}

func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }
func isDigit(b byte) bool { return '0' <= b && b <= '9' }
func isWord(b byte) bool  { return isDigit(b) || isUpper(b) || 'a' <= b && b <= 'z' }

// remove crosses out runes from..to.
func (p *page) remove(from, to int) {
	for i := from; i < to; i++ {
		p.gone[i] = true
	}
	p.removed = p.removed || from < to
}

// gap reports whether words i and i+1 exist with exactly sep between them.
func (p *page) gap(i int, sep string) bool {
	return i >= 0 && i+1 < len(p.words) && p.flat[p.words[i].to:p.words[i+1].from] == sep
}

// What a removal leaves behind: empty parentheses, commas in a row.
var (
	emptyBrackets = regexp.MustCompile(`[(\["][ ,;:.-]*[)\]"]`)
	spaceBefore   = regexp.MustCompile(` +([,.;:!?)])`)
	commasInRow   = regexp.MustCompile(`[,;:](?: *[,;:])+`)
	commaBefore   = regexp.MustCompile(`[,;:] *([.!?])`)
)

// rest returns text, of which p was made, without what was crossed out.
func (p *page) rest(text string) string {
	if !p.removed {
		return text
	}
	var b strings.Builder
	for i, r := range p.runes {
		switch {
		case !p.gone[i]:
			b.WriteRune(r)
		case i == 0 || !p.gone[i-1]:
			b.WriteByte(' ')
		}
	}
	text = emptyBrackets.ReplaceAllString(b.String(), "")
	text = spaceBefore.ReplaceAllString(strings.Join(strings.Fields(text), " "), "$1")
	text = commasInRow.ReplaceAllString(text, ",")
	text = commaBefore.ReplaceAllString(text, "$1")
	return strings.Trim(text, " ,;:-/")
}
