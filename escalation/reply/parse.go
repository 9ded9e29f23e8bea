package reply

import (
	"slices"
	"strings"
	"time"
)

// Parse reads one message received at now. cal counts the working time of
// spans ("2 ngay"); with a nil cal those are ProblemBadTime. Parse is pure,
// reads at most 2,000 runes and accepts any bytes.
func Parse(text string, now time.Time, cal Calendar) Parsed {
	l := fold(text)
	g := lexicon()
	out := l.parse(g, 0, now, cal)
	if out.Problem == ProblemUnknown {
		if q := l.unquoted(); q > 0 {
			if below := l.parse(g, q, now, cal); below.Command != Unknown {
				return below
			}
		}
	}
	return out
}

// unquoted returns where the first line without ">" begins when quoted lines
// stand above it, otherwise 0.
func (l line) unquoted() int {
	at := 0
	for row := range strings.SplitAfterSeq(string(l.folded), "\n") {
		if trimmed := strings.TrimSpace(row); trimmed != "" && trimmed[0] != '>' {
			return at
		}
		at += len(row)
	}
	return 0
}

// forwarded passes quote marks and "Fwd:", "Re:" in front of the message.
func (l line) forwarded(g *grammar, p int) int {
	for range 4 {
		q := l.skip(p)
		end := l.says(g.forwards, q)
		if end < 0 || l.peek(l.blanks(end)) != ':' {
			return p
		}
		p = l.blanks(end) + 1
	}
	return p
}

// parse reads the message that begins at base.
func (l line) parse(g *grammar, base int, now time.Time, cal Calendar) Parsed {
	whole := strings.TrimFunc(l.src[l.from[base]:], blank)
	p := l.forwarded(g, base)
	l = l.spelledOut(p)
	p = min(p, len(l.folded))
	q := l.skip(p)
	none := Parsed{Command: Unknown, Codes: []string{}, Text: whole, Problem: ProblemUnknown}
	if q == len(l.folded) {
		switch {
		case l.asks(p):
			return Parsed{Command: Help, Codes: []string{}}
		case whole == "":
			none.Problem = ProblemEmpty
		}
		return none
	}
	if out, ok := l.bare(g, q); ok {
		return out
	}
	s := scan{line: l, g: g, now: now, cal: cal, none: none, codes: []string{}, lead: moment{weeks: -1}}
	return s.read(q)
}

// printed are the words we print; a blank that slipped into one is closed.
var printed = []string{"nhan", "hen", "xong", "sai", "chuyen", "hoi", "noimay", "nghi", "giup", "ngung", "stop", "start"}

// brokenWord returns the end of a printed word typed with blanks in it ("NH AN
// 457"), or p.
func (l line) brokenWord(p int) int {
	var word string
	for q := p; letter(l.peek(q)) && len(word) <= len("noimay"); {
		end := l.word(q)
		word += string(l.folded[q:end])
		if q > p && !letter(l.peek(end)) && slices.Contains(printed, word) {
			return end
		}
		q = l.blanks(end)
	}
	return p
}

// spelledOut closes the gaps of "N H A N 457" and "NH AN 457".
func (l line) spelledOut(p int) line {
	q, single := l.skip(p), 0
	var gaps []int
	for letter(l.peek(q)) && !letter(l.peek(q+1)) && !digit(l.peek(q+1)) {
		single++
		gaps = append(gaps, q+1)
		q = l.join(q + 1)
	}
	first := l.skip(p)
	last := l.brokenWord(first)
	if 3 <= single && single <= 7 {
		last = max(last, gaps[single-1])
	}
	if last == first {
		return l
	}
	out := line{src: l.src}
	for i := range l.folded {
		if i < first || i >= last || letter(l.folded[i]) {
			out.folded, out.from = append(out.folded, l.folded[i]), append(out.from, l.from[i])
		}
	}
	out.from = append(out.from, len(l.src))
	return out
}

// asks reports whether nothing but question marks (one at least) follows p.
func (l line) asks(p int) bool {
	tail := string(l.folded[p:])
	return strings.Contains(tail, "?") && strings.Trim(tail, "? \t\r\n.!\"'") == ""
}
