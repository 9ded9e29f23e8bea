package templates

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Hidden stands where something was taken out of a text that else is as it was given.
const Hidden = "[…]"

// Secrets are what is taken out of a text that people read in full, not in an SMS: an
// answer, a question, a petition's words. Summary removes where there is a doubt; here
// the rest of the text is what its reader needs, so only this goes:
//   - the citizen's phone, however it is written, of a fixed line also without its area;
//   - the email; the address up to its ward, where it names a house;
//   - the name whole, of two words as a name is written; behind a title also its last
//     words, and a name of one word nowhere else: "bà An", not "công an". A street of the
//     same name stays;
//   - what Others says.
//
// Sums of money, dates, hours, customers' codes and numbers of documents stay.
type Secrets struct {
	Name, Phone, Email, Address string

	// Others tells of a number that a citizen has written whether it goes too; with it go
	// numbers of identity cards. Nil: the text is an office's, and its numbers stay.
	Others func(typed string) bool
	// Strict is for what is confidential: every run of nine digits and more goes, and the
	// name wherever its words stand, whatever else they may mean.
	Strict bool
}

// Conceal takes a citizen's own strings out of what an office has written.
func Conceal(text, name, phone, email, address string) string {
	return Secrets{Name: name, Phone: phone, Email: email, Address: address}.Conceal(text)
}

// Conceal is the text with Hidden in place of each secret.
func (s Secrets) Conceal(text string) string {
	runes := []rune(norm.NFC.String(text))
	p := newPage(string(spaced(runes)))
	p.concealEmail(s.Email)
	for _, digits := range []string{p.flat, lettersAsDigits(p.flat)} {
		p.concealPhone(digits, s.Phone)
		switch {
		case s.Strict:
			p.concealRuns(digits)
		case s.Others != nil:
			p.concealOthers(digits, s.Others)
		}
	}
	p.concealAddress(s.Address)
	p.concealName(s.Name, s.Strict)
	if !p.removed {
		return string(runes)
	}
	var b strings.Builder
	for i, r := range runes {
		switch {
		case !p.gone[i]:
			b.WriteRune(r)
		case i == 0 || !p.gone[i-1]:
			b.WriteString(Hidden)
		}
	}
	return b.String()
}

// spaced has plain spaces and dashes for odd ones, rune by rune.
func spaced(runes []rune) []rune {
	return []rune(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r':
			return r
		case unicode.IsSpace(r), r >= '\u200b' && r <= '\u200d', r == '\u2060', r == '\ufeff':
			return ' '
		case r >= '\u2010' && r <= '\u2015', r == '\u2212':
			return '-'
		}
		return r
	}, string(runes)))
}

func (p *page) concealEmail(own string) {
	own = strings.ToLower(flatten([]rune(norm.NFC.String(own))))
	if !strings.Contains(own, "@") {
		return
	}
	for _, m := range email.FindAllStringIndex(p.flat, -1) {
		typed := strings.TrimRight(p.flat[m[0]:m[1]], ".-_")
		if strings.Contains(strings.ToLower(typed), own) {
			p.remove(m[0], m[0]+len(typed))
		}
	}
}

// concealAddress crosses out a house, with or without what is said between its number and
// its street. An address without a number is a place of many; of one whose number is no
// house's, a hamlet's or an alley's, only the whole is the citizen's.
func (p *page) concealAddress(address string) {
	own := houseOf(address)
	for i := 0; len(own) > 0 && i < len(p.words); i++ {
		if to := p.houseEnds(i, own); to > 0 {
			p.remove(p.words[i].from, to)
		}
	}
}

// between are words that an address has or has not between its parts.
var between = []string{"so", "nha", "duong", "pho"}

// wards begin what follows a house in its address.
var wards = []string{"phường", "phuong", "p", "xã", "quận", "q", "huyện", "huyen", "tp", "tỉnh"}

// houseOf is what tells a house in an address, base words: number and street, or the
// whole where it begins with something else; nil where there is no number.
func houseOf(address string) []string {
	if !strings.ContainsFunc(address, unicode.IsDigit) {
		return nil
	}
	p := newPage(string(spaced([]rune(norm.NFC.String(address)))))
	var all, house []string
	ended, named := false, false
	for i, w := range p.words {
		if i > 0 && named && (strings.Contains(p.flat[p.words[i-1].to:w.from], ",") || slices.Contains(wards, w.lower)) {
			ended = true
		}
		if slices.Contains(between, w.base) {
			continue
		}
		all = append(all, w.base)
		if !ended {
			house = append(house, w.base)
			named = named || !isDigit(w.base[0])
		}
	}
	switch {
	case len(house) > 1 && named && isDigit(house[0][0]):
		return house
	case len(all) > 2:
		return all
	}
	return nil
}

// houseEnds is where the house that begins with word i ends, 0 when none does.
func (p *page) houseEnds(i int, own []string) int {
	k := 0
	for ; i < len(p.words) && k < len(own); i++ {
		switch {
		case p.words[i].base == own[k]:
			k++
		case k == 0 || !slices.Contains(between, p.words[i].base):
			return 0
		}
		if k < len(own) && i+1 < len(p.words) && p.words[i+1].from-p.words[i].to > 3 {
			return 0
		}
	}
	if k < len(own) {
		return 0
	}
	return p.words[i-1].to
}

// concealName crosses out the name, its words in a row with nothing but space between.
func (p *page) concealName(name string, strict bool) {
	own := newPage(norm.NFC.String(name)).words
	if len(own) == 0 {
		return
	}
	joined := strings.Join(bases(name), "")
	for i := range p.words {
		if n := len(own); p.isRow(i, own) && (strict || n > 1 && !p.isStreet(i) && p.writtenAsName(i, own)) {
			p.remove(p.words[i].from, p.words[i+n-1].to)
		}
		if p.words[i].base == joined && (len(own) > 2 || strict && len(joined) > 1) {
			p.remove(p.words[i].from, p.words[i].to)
		}
		p.concealTitled(i, own)
	}
}

// isRow reports whether the words stand in a row from word i on, in any case, with or
// without marks.
func (p *page) isRow(i int, own []word) bool {
	for k, w := range own {
		if i+k >= len(p.words) || p.words[i+k].base != w.base || k > 0 && p.behind(i+k-1) != "" {
			return false
		}
	}
	return true
}

// behind is what stands between words i and i+1 besides space; a dot at least where
// nothing does.
func (p *page) behind(i int) string {
	gap := p.flat[p.words[i].to:p.words[i+1].from]
	if gap == "" {
		return "."
	}
	return strings.TrimSpace(gap)
}

// writtenAsName reports whether the row from word i on is written as a name. Of three
// words it is one; of two it may be others ("hòa bình", "hải an"), but for capitals and
// for a family's name with its marks.
func (p *page) writtenAsName(i int, own []word) bool {
	if len(own) > 2 {
		return true
	}
	capitals, same := true, slices.Contains(families, own[0].lower)
	for k, w := range own {
		capitals = capitals && p.words[i+k].capital
		same = same && p.words[i+k].lower == w.lower
	}
	return capitals || same
}

// streets are words before a place that is called after a person, with their marks.
var streets = []string{"đường", "phố", "ngõ", "ngách", "hẻm", "kiệt", "chợ", "cầu", "phường", "xã", "trường", "thpt", "thcs"}

// isStreet reports whether the name at word i is a place's.
func (p *page) isStreet(i int) bool {
	return i > 0 && p.words[i].capital && p.behind(i-1) == "" && slices.Contains(streets, p.words[i-1].lower)
}

// concealTitled crosses out the last words of the name behind a title, or "tôi là", that
// ends or begins at word i. The title stays.
func (p *page) concealTitled(i int, own []word) {
	from := i + 1
	switch name := p.introduced(i); {
	case name > 0:
		from = name
	case !slices.Contains(titles, p.words[i].lower) || p.calledAfter(i):
		return
	}
	if from >= len(p.words) || !slices.Contains([]string{"", ".", ":"}, p.behind(from-1)) {
		return
	}
	if w := p.words[from-1]; !p.words[from].capital && w.lower == w.base && w.lower != "anh" && w.lower != "em" {
		return // "ba dan" without marks and capitals may be anything
	}
	for k := range own {
		if last := own[k:]; p.isRow(from, last) {
			p.remove(p.words[from].from, p.words[from+len(last)-1].to)
			return
		}
	}
}
