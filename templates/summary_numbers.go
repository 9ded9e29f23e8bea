package templates

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// flatten returns one ASCII byte per rune: the base letter in its case, the
// digit's value, '?' for what has none.
func flatten(runes []rune) string {
	flat := make([]byte, len(runes))
	for i, r := range runes {
		flat[i] = flatByte(r)
	}
	return string(flat)
}

func flatByte(r rune) byte {
	switch {
	case r < utf8.RuneSelf:
		return byte(r)
	case r == 'đ' || r == 'ð':
		return 'd'
	case r == 'Đ' || r == 'Ð':
		return 'D'
	case unicode.IsLetter(r):
		var buf [utf8.UTFMax]byte
		n := utf8.EncodeRune(buf[:], r)
		if d := norm.NFD.Properties(buf[:n]).Decomposition(); len(d) > 0 && d[0] < utf8.RuneSelf {
			return d[0]
		}
	case unicode.IsDigit(r):
		return digitValue(r)
	}
	return '?'
}

// digitValue returns the ASCII digit of a decimal digit of any script; they come
// in rows of ten.
func digitValue(r rune) byte {
	first := r
	for r-first < 9 && unicode.IsDigit(first-1) {
		first--
	}
	return '0' + byte(r-first)%10
}

var (
	email = regexp.MustCompile(`[A-Za-z0-9._%+-]*@[A-Za-z0-9._-]+`)
	web   = regexp.MustCompile(`(?:(?i:https?://|www\.)\S+|\b[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|vn|net|org|COM|VN|NET|ORG)\b(?:/\S*)?|\b(?i:(?:zalo|fb|m|t)\.me|bit\.ly|goo\.gl|youtu\.be)(?:/\S*)?)`)

	// number is digits with what people put between them; numberSlashed with what
	// also stands in dates, which have eight digits at most.
	number        = regexp.MustCompile(`[+(]{0,2}\d(?:[ .()+-]{0,3}\d){5,}`)
	numberSlashed = regexp.MustCompile(`\d(?:[/_,*]?\d){8,}`)
)

// removeAddresses crosses out email and web addresses.
func (p *page) removeAddresses() {
	for _, m := range email.FindAllStringIndex(p.flat, -1) {
		p.remove(m[0], m[1])
	}
	for _, m := range web.FindAllStringIndex(p.flat, -1) {
		p.remove(m[0], m[0]+len(strings.TrimRight(p.flat[m[0]:m[1]], ".,;:!?)")))
	}
}

// removeNumbers crosses out the long runs of digits.
func (p *page) removeNumbers() {
	digits := lettersAsDigits(p.flat)
	for _, m := range number.FindAllStringIndex(digits, -1) {
		if len(onlyDigits(digits[m[0]:m[1]])) >= longRun {
			p.remove(m[0], m[1])
		}
	}
	for _, m := range numberSlashed.FindAllStringIndex(digits, -1) {
		p.remove(m[0], m[1])
	}
	p.removeSpelled()
}

// lettersAsDigits reads o and l beside a digit as the digits they look like.
func lettersAsDigits(flat string) string {
	b := []byte(flat)
	turn := func(i int) {
		beside := i > 0 && isDigit(b[i-1]) || i+1 < len(b) && isDigit(b[i+1])
		switch {
		case !beside:
		case b[i] == 'o' || b[i] == 'O':
			b[i] = '0'
		case b[i] == 'l' || b[i] == 'I':
			b[i] = '1'
		}
	}
	for i := range b {
		turn(i)
	}
	for i := range slices.Backward(b) {
		turn(i)
	}
	return string(b)
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// digitWords are the digits as they are said on the phone.
var digitWords = []string{"khong", "mot", "hai", "ba", "bon", "tu", "nam", "lam", "sau", "bay", "tam", "chin"}

// removeSpelled crosses out numbers said in words, digits among them: at least
// four words, so that "năm 2026 năm 2027" stays.
func (p *page) removeSpelled() {
	for i := 0; i < len(p.words); {
		from, digits, said := i, 0, 0
		for ; i < len(p.words); i++ {
			if slices.Contains(digitWords, p.words[i].base) {
				said++
				digits++
			} else if n := len(p.words[i].base); n == len(onlyDigits(p.words[i].base)) {
				digits += n
			} else {
				break
			}
		}
		if said >= 4 && digits >= longRun {
			p.remove(p.words[from].from, p.words[i-1].to)
		}
		if i == from {
			i++
		}
	}
}

// traces are the citizen's own strings, prepared for the search.
type traces struct {
	given     []string   // the last words of names, base letters: removed behind a title
	phones    []string   // national digits
	sequences [][]string // words in a row, base letters
	capitals  [][]string // the same, only where each word has a capital
	joined    []string   // several words written as one
}

func tracesOf(own []string) traces {
	var t traces
	for _, s := range own[:min(len(own), ownMax)] {
		s = cleanUpTo(s, ownMaxOctets)
		if digits := onlyDigits(flatten([]rune(s))); len(digits) >= 7 && !strings.ContainsFunc(s, unicode.IsLetter) {
			t.phones = append(t.phones, national(digits))
			continue
		}
		t.add(s)
	}
	return t
}

// national strips the country code and the leading zero.
func national(digits string) string {
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 9 {
		digits = strings.TrimLeft(strings.TrimPrefix(digits, "84"), "0")
	}
	return digits
}

// add prepares a name, an address, an email.
func (t *traces) add(s string) {
	words := bases(s)
	switch {
	case len(words) == 0:
	case len(words) == 1 && len(onlyDigits(words[0])) == len(words[0]):
		// a bare short number is no trace
	case len(words) == 1 && len(words[0]) <= 3:
		t.capitals = append(t.capitals, words) // "An" is a name, "an" is not
	default:
		t.sequences = append(t.sequences, words)
	}
	if len(words) > 1 {
		t.joined = append(t.joined, strings.Join(words, ""))
	}
	first, _, isAddress := strings.Cut(s, ",")
	if part := bases(first); isAddress && len(part) > 1 && strings.ContainsFunc(first, unicode.IsDigit) {
		t.sequences = append(t.sequences, part)
	}
	n := len(words)
	if n < 2 || strings.ContainsFunc(s, unicode.IsDigit) || strings.ContainsAny(s, "@,") {
		return // no name
	}
	t.given = append(t.given, words[n-1])
	if n >= 3 {
		t.capitals = append(t.capitals, words[n-2:], []string{words[0], words[n-1]})
	}
}

func bases(s string) []string {
	var words []string
	for _, w := range newPage(s).words {
		words = append(words, w.base)
	}
	return words
}

// removeOwn crosses out the citizen's own strings.
func (p *page) removeOwn(t traces) {
	p.removePhones(t.phones)
	p.removeGiven(t.given)
	for _, s := range t.sequences {
		p.removeSequence(s, false)
	}
	for _, s := range t.capitals {
		p.removeSequence(s, true)
	}
	for _, w := range p.words {
		if slices.Contains(t.joined, w.base) {
			p.remove(w.from, w.to)
		}
	}
}

// removePhones crosses out the phones also without their first digits: a fixed
// line is often told without its area code.
func (p *page) removePhones(phones []string) {
	if len(phones) == 0 {
		return
	}
	for _, m := range number.FindAllStringIndex(p.flat, -1) {
		digits := national(onlyDigits(p.flat[m[0]:m[1]]))
		for _, phone := range phones {
			if strings.HasSuffix(phone, digits) || strings.Contains(digits, phone) {
				p.remove(m[0], m[1])
			}
		}
	}
}

func (p *page) removeSequence(sequence []string, capital bool) {
	for i := 0; i+len(sequence) <= len(p.words); i++ {
		if p.matches(i, sequence, capital) {
			p.remove(p.words[i].from, p.words[i+len(sequence)-1].to)
		}
	}
}

func (p *page) matches(i int, sequence []string, capital bool) bool {
	for k, base := range sequence {
		if w := p.words[i+k]; w.base != base || capital && !w.capital {
			return false
		}
	}
	return true
}
