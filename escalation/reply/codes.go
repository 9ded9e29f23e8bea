package reply

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// longCode is the least number of digits of any code but the first: "XONG
	// 45705 3 bong den" names one petition.
	longCode = 3
	// maxFurther keeps phone numbers from being read as further codes.
	maxFurther = 8
	// maxDigits is the longest run of digits that can be a code at all.
	maxDigits = 16
	// maxCodes bounds the petitions of one message.
	maxCodes = 30
)

// code reads one code at p: a petition code in any of its forms, made
// canonical, or digits as typed. It returns "" when there is none.
func (l line) code(p int) (string, int) {
	if c, end := l.petition(p); c != "" {
		return c, end
	}
	q := p
	if l.starts(p, "hp") {
		q = l.join(p + 2)
	}
	c, end := l.digits(q)
	if c == "" {
		return "", p
	}
	return c, end
}

// petition reads HPyymmdd-NNNN: the dash may be a blank or missing, zeros in
// front of the number too, and HP itself where the dash stands.
func (l line) petition(p int) (string, int) {
	q, named := p, l.starts(p, "hp")
	if named {
		q = l.join(p + 2)
	}
	all, end := l.digits(q)
	if named && len(all) >= 10 && date(all[:6]) {
		return "HP" + all[:6] + "-" + all[6:], end
	}
	if len(all) != 6 || !date(all) {
		return "", p
	}
	if named && l.peek(end) == '/' {
		end++
	}
	dash := l.peek(end) == '-' && digitLike(l.peek(end+1))
	if !named && !dash {
		return "", p
	}
	number, last := l.digits(l.join(end))
	spaced := strings.TrimSpace(string(l.folded[end:l.join(end)])) == ""
	spaced = spaced && l.peek(end-1) != '/'
	if number == "" || len(number) > maxFurther || spaced && len(number) < 4 {
		return "", p
	}
	return fmt.Sprintf("HP%s-%04s", all, number), last
}

// date reports whether six digits can be a yymmdd.
func date(s string) bool {
	return "01" <= s[2:4] && s[2:4] <= "12" && "01" <= s[4:6] && s[4:6] <= "31"
}

// digitLike reports whether b is a digit or a letter typed in its place.
func digitLike(b byte) bool { return digit(b) || b == 'o' || b == 'l' || b == 'i' }

// digits reads a token of digits; o, l and i among them are 0 and 1. Letters
// glued behind end the token.
func (l line) digits(p int) (string, int) {
	end := p
	for digitLike(l.peek(end)) {
		end++
	}
	if letter(l.peek(end)) {
		for end > p && !digit(l.folded[end-1]) {
			end--
		}
	}
	token := string(l.folded[p:end])
	if !strings.ContainsAny(token, "0123456789") || len(token) > maxDigits {
		return "", p
	}
	return strings.NewReplacer("o", "0", "l", "1", "i", "1").Replace(token), end
}

// short reports whether c is too short to be taken for a code wherever other
// numbers may stand.
func short(c string) bool { return len(c) < longCode }

// firstCode reads a code at p and refuses what is a time, a share or a measure.
func (l line) firstCode(p int) (string, int) {
	c, end := l.code(p)
	switch next := l.peek(end); {
	case c == "",
		next == '%',
		next == '/' && short(c) && digit(l.peek(end+1)),
		next == ':' && short(c) && digit(l.peek(end+1)) && digit(l.peek(end+2)) && !digit(l.peek(end+3)),
		letter(next) && (short(c) || l.unit(end)):
		return "", p
	}
	return c, end
}

// unit reports whether the letters glued to a number at p measure it.
func (l line) unit(p int) bool {
	w := string(l.folded[p:l.word(p)])
	return slices.Contains([]string{"h", "g", "m", "k", "n", "p", "kg", "km", "cm", "mm", "ha", "kv", "w", "kw",
		"gio", "ngay", "tieng", "phut", "tr", "d", "vnd", "sao", "diem"}, w)
}

// codes reads the codes at p: an optional "so", "ma", "phieu", one code of any
// length, then more of three digits and up. free refuses a first short number
// (it is a time). It returns p itself when there is no code.
func (l line) codes(g *grammar, p int, free func(at int) bool) ([]string, int) {
	q, vague := l.label(g, p)
	c, end := l.firstCode(q)
	if c == "" || vague && short(c) && l.rest(end) != "" || l.iso(q) || free != nil && (short(c) && !free(q) || l.length(g, c, end)) {
		return nil, p
	}
	if at, _ := l.label(g, end); short(c) && at > l.skip(end) {
		if long, last := l.firstCode(at); !short(long) { // "2 phieu 457 458"
			c, end = long, last
		}
	}
	out := []string{c}
	for len(out) < maxCodes {
		next, last := l.further(g, end)
		if next == "" || free != nil && l.length(g, next, last) {
			break
		}
		end = last
		if !slices.Contains(out, next) {
			out = append(out, next)
		}
	}
	return out, end
}

// length reports whether the number c, which ends at p, counts a span of time
// that no code is: "HEN 45705 100 ngay". In "457 458 ngay 26/11" the word begins
// the date.
func (l line) length(g *grammar, c string, p int) bool {
	if len(c) >= minCode || l.says(spanUnits, l.blanks(p)) < 0 {
		return false
	}
	_, dated := l.when(g, l.blanks(p))
	return !dated
}

var spanUnits = phrases("ngày, tiếng, giờ, phút, tuần, tháng")

// label passes the words that may stand before a code. It is vague when the
// words fit a house number or a count as well.
func (l line) label(g *grammar, p int) (q int, vague bool) {
	q = l.skip(p)
	for range 4 {
		end := l.match1(g.labels, q)
		if end < 0 {
			end = l.match1(g.links, q)
			vague = vague || end >= 0
		}
		if end < 0 {
			return q, vague
		}
		q = l.skip(end)
	}
	return q, vague
}

// match1 is says, with digits and HP allowed to follow without a blank.
func (l line) match1(phrases [][]spelling, p int) int {
	best := -1
	for _, phrase := range phrases {
		best = max(best, l.match(phrase, p, func(end int) bool {
			return l.ends(end) || l.starts(end, "hp") && digitLike(l.peek(end+2)) || l.ofDigits(end)
		}))
	}
	return best
}

// ofDigits reports whether a code with a leading O, l or I stands at p.
func (l line) ofDigits(p int) bool {
	c, end := l.digits(p)
	return c != "" && l.ends(end)
}

// lastCodes reads codes that close the message: "chuyen phong ky thuat 45705".
// A number there may be anything, so only whole reply codes and petition codes
// count. It returns where they begin, without codes the end of the message.
func (l line) lastCodes(g *grammar, p int) ([]string, int) {
	for q := l.skip(p); q < len(l.folded); q = l.nextWord(q) {
		at := q
		if end := l.match1(g.glued, q); end >= 0 {
			at = l.skip(end)
		}
		if codes, end := l.wholeCodes(g, at); len(codes) > 0 && l.onlyParticles(g, end) {
			return codes, q
		}
	}
	return []string{}, len(l.folded)
}

// wholeCodes reads the codes at p that cannot be mistaken: petition codes and
// reply codes with their check digit.
func (l line) wholeCodes(g *grammar, p int) ([]string, int) {
	c, end := l.firstCode(p)
	if !whole(c) {
		return nil, p
	}
	codes := []string{c}
	for len(codes) < maxCodes {
		next, last := l.further(g, end)
		if !whole(next) {
			break
		}
		codes, end = append(codes, next), last
	}
	return codes, end
}

func whole(code string) bool { return code != "" && (code[0] == 'H' || ValidCode(code)) }

// nextWord passes the word or number at p and what divides it from the next.
func (l line) nextWord(p int) int {
	for letter(l.peek(p)) || digit(l.peek(p)) {
		p++
	}
	return l.skip(p)
}

// onlyCodes reports whether codes and polite endings are all that follows p.
func (l line) onlyCodes(g *grammar, p int) bool {
	codes, end := l.codes(g, p, nil)
	return codes != nil && l.onlyParticles(g, end)
}

func (l line) further(g *grammar, p int) (string, int) {
	q := p
	for strings.IndexByte(" \t\r\n,.;&+", l.peek(q)) >= 0 && q < len(l.folded) {
		q++
	}
	if b := l.peek(p); b == '-' || b == '/' {
		q = p + 1
	}
	if end := l.says(g.and, q); end >= 0 && end > q {
		q = l.skip(end)
	}
	if q == p {
		return "", p
	}
	if l.iso(q) {
		return "", p
	}
	c, end := l.code(q)
	plain := !strings.HasPrefix(c, "HP")
	switch next := l.peek(end); {
	case short(c), plain && len(c) > maxFurther, letter(next), next == '%':
		return "", p
	}
	return c, end
}
