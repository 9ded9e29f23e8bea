package reply

import "strconv"

// bare reads a message that is nothing but a score: "5", "5 sao", "4/5", "5!",
// or a code and a score: "45705 5".
func (l line) bare(g *grammar, p int) (Parsed, bool) {
	out := Parsed{Command: Rate, Codes: []string{}}
	score, bad, end := l.score(p)
	if end > p && l.onlyParticles(g, end) {
		return out.scored(score, bad), true
	}
	code, end := l.firstCode(p)
	if len(code) < longCode {
		return out, false
	}
	q := l.skip(end)
	score, bad, end = l.score(q)
	if end == q || bad || !l.onlyParticles(g, end) {
		return out, false
	}
	out.Codes = []string{code}
	return out.scored(score, bad), true
}

// rate reads "DG <code> <score>", the code optional.
func (l line) rate(g *grammar, p int, out Parsed) Parsed {
	codes, end := out.Codes, p
	if len(codes) == 0 {
		codes, end = l.codes(g, p, func(at int) bool {
			_, _, e := l.score(at)
			_, _, last := l.score(l.skip(e))
			return e == at || last > l.skip(e) && l.onlyParticles(g, last) || l.longCodeAt(l.skip(e))
		})
	}
	if len(codes) == 2 && len(codes[0]) == 1 { // "DG 5 45705"
		n, _ := strconv.Atoi(codes[0])
		out.Codes, out.Text = codes[1:], l.rest(end)
		return out.scored(n, false)
	}
	if codes != nil {
		out.Codes = codes
	}
	q := l.skip(end)
	if e := l.says(scoreWords, q); e >= 0 {
		q = l.skip(e)
	}
	score, bad, last := l.score(q)
	if last == q {
		out.Text, out.Problem = l.rest(end), ProblemMissingScore
		return out
	}
	out.Text = l.rest(last)
	return out.scored(score, bad)
}

// longCodeAt reports whether a code of three digits and more stands at p.
func (l line) longCodeAt(p int) bool {
	c, _ := l.firstCode(p)
	return !short(c)
}

var (
	scoreWords = phrases("mức, điểm, cho, chấm, được, cho điểm, là, sao, đánh giá, số điểm, mức độ")
	starWords  = phrases("sao, điểm, *, đ")
)

func (p Parsed) scored(score int, bad bool) Parsed {
	if bad || score < 1 || score > 5 {
		p.Problem = ProblemBadScore
		return p
	}
	p.Score = score
	return p
}

// score reads one or two digits, "/5" and "sao" behind them. It is bad when it
// is no whole number out of five.
func (l line) score(p int) (n int, bad bool, end int) {
	n, end = l.number(p, 2)
	if end == p {
		return 0, false, p
	}
	bad = l.signed(p)
	if b := l.peek(end); (b == '.' || b == ',' || b == '/') && digit(l.peek(end+1)) {
		of, e := l.number(end+1, 2)
		bad = bad || b != '/' || of != 5
		end = max(e, end+1)
	}
	if e := l.choice(end); e > end { // "1-5" is copied from the question
		bad, end = true, e
	}
	for l.peek(end) == '*' {
		end++
	}
	if e := l.says(starWords, l.blanks(end)); e >= 0 {
		return n, bad, e
	}
	if letter(l.peek(end)) || digit(l.peek(end)) {
		return 0, false, p
	}
	return n, bad, end
}

// signed reports whether a minus stands at the number at p: "DG 45705 -1". In
// "45705-5" and "45705 - 5" the dash only divides.
func (l line) signed(p int) bool {
	return l.peek(p-1) == '-' && (p < 2 || l.blanks(p-2) > p-2)
}

// choice passes the second half of "1-5" or "1 - 5".
func (l line) choice(p int) int {
	q := l.blanks(p)
	if l.peek(q) != '-' {
		return p
	}
	q = l.blanks(q + 1)
	if _, end := l.number(q, 1); end > q && !letter(l.peek(end)) {
		return end
	}
	return p
}

// onlyParticles reports whether nothing but polite endings follows p.
func (l line) onlyParticles(g *grammar, p int) bool {
	for range 6 {
		p = l.skip(p)
		if p >= len(l.folded) {
			return true
		}
		end := l.says(g.particles, p)
		if end <= p {
			return false
		}
		p = end
	}
	return false
}
