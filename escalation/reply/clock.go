package reply

import "slices"

// clock reads a time of day into m: 15h, 15h30, 15:30, 15g30, 15 gio, 3h ruoi,
// 3 chieu, 3pm, and 15.30 where that is no date.
func (l line) clock(g *grammar, m *moment, p int) bool {
	hour, end := l.number(p, 2)
	if end == p {
		return false
	}
	c := moment{clock: true, hour: hour, end: end}
	switch {
	case l.colon(&c), l.hourSign(g, &c):
	case hour <= 12 && l.partFollows(g, end):
	case l.halfDay(&c):
	default:
		return false
	}
	m.clock, m.hour, m.minute, m.end = true, c.hour, c.minute, c.end
	if c.hour > 24 || c.minute > 59 || c.hour == 24 && c.minute > 0 || c.bad {
		m.bad = true
	}
	return true
}

// colon reads ":30", or ".30" where day and month do not fit.
func (l line) colon(c *moment) bool {
	sep := l.peek(c.end)
	if sep != ':' && sep != '.' || !digit(l.peek(c.end+1)) {
		return false
	}
	minute, end := l.number(c.end+1, 2)
	if sep == '.' && (end != c.end+3 || minute <= 12 || digit(l.peek(end+1)) && l.peek(end) == '.') {
		return false
	}
	if end == c.end+1 {
		c.bad = true // three digits and more
		return true
	}
	c.minute, c.end = minute, end
	if second, last := l.number(end+1, 2); sep == ':' && l.peek(end) == ':' && last > end+1 && second < 60 {
		c.end = last
	}
	l.halfDay(c)
	return true
}

// halfDay reads am and pm.
func (l line) halfDay(c *moment) bool {
	p := l.blanks(c.end)
	end := p + 2
	switch {
	case l.starts(p, "pm") && l.ends(end):
		if c.hour < 12 {
			c.hour += 12
		}
	case l.starts(p, "am") && l.ends(end):
		c.hour %= 12
	default:
		return false
	}
	c.end = end
	return true
}

// hourSign reads h, g or gio and the minutes behind it.
func (l line) hourSign(g *grammar, c *moment) bool {
	p := l.blanks(c.end)
	end := -1
	for _, sign := range hourSigns {
		end = max(end, l.match(sign, p, func(e int) bool { return l.ends(e) || l.timeGlued(g, e) }))
	}
	if end < 0 {
		return false
	}
	c.end = end
	l.minutes(c)
	return true
}

// timeGlued reports whether a word of time follows without a blank ("15hchieu").
func (l line) timeGlued(g *grammar, p int) bool {
	_, end := l.longestWord(g, p)
	return end >= 0 || l.starts(p, "ruoi")
}

func (l line) minutes(c *moment) {
	p := l.blanks(c.end)
	var probe moment
	if digit(l.peek(p)) && !l.date(&probe, p) && !l.spokenDate(&probe, p) {
		minute, end := l.number(p, 2)
		switch {
		case p == c.end && end == p:
			c.bad = true // 15h300
			return
		case end == p, p > c.end && (end != p+2 || minute > 59 || l.peek(end) == '/' || l.peek(end) == '%' || letter(l.peek(end))):
			return
		}
		c.minute, c.end = minute, end
		if q := l.firstOf(l.blanks(end), "phut", "ph", "p"); q > 0 {
			c.end = q
		}
		return
	}
	switch q := l.firstOf(p, "ruoi"); {
	case q > 0:
		c.minute, c.end = 30, q
	case l.firstOf(p, "kem") > 0:
		q = l.blanks(l.firstOf(p, "kem"))
		if less, end := l.number(q, 2); end > q && less < 60 && c.hour > 0 {
			c.hour, c.minute, c.end = c.hour-1, 60-less, end
		}
	default:
		l.halfDay(c)
	}
}

// firstOf returns the end of the first of the words at p, or -1.
func (l line) firstOf(p int, words ...string) int {
	for _, w := range words {
		if l.starts(p, w) && l.ends(p+len(w)) {
			return p + len(w)
		}
	}
	return -1
}

// partFollows reports whether "3" is an hour: "3 chieu", "8 sang".
func (l line) partFollows(g *grammar, p int) bool {
	q := l.blanks(p)
	w, end := l.longestWord(g, q)
	return end >= 0 && w.part != noPart && q > p
}

var (
	hourSigns            = phrases("giờ, h, g")
	dayUnit, weekUnit    = spellAll("ngày"), spellAll("tuần")
	hoursUnit, clockUnit = spellAll("tiếng"), spellAll("giờ")
	minuteUnit           = spellAll("phút")
	numerals             = []string{"khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"}
)

// maxSpanDays bounds a promise in working days; anything longer is a slip.
const maxSpanDays = 60

// duration reads a span of working time: "2 ngay", "2n", "hai ngay", "2 tieng",
// "trong 2 gio", "2h nua", "30 phut", "1 tuan".
func (l line) duration(g *grammar, p int) (moment, bool) {
	q := l.gap(p)
	within := false
	for range 3 {
		end := l.says(g.within, q)
		if end < 0 {
			break
		}
		within, q = true, l.gap(end)
	}
	if m, ok := l.span(g, q, within); ok {
		return m, true
	}
	return l.span(g, l.gap(p), false)
}

func (l line) span(g *grammar, p int, within bool) (moment, bool) {
	n, end := l.count(p)
	if end == p {
		return moment{}, false
	}
	if more, last := l.upTo(end); last > 0 {
		n, end = more, last
	}
	spoken := !digit(l.peek(p))
	q := l.blanks(end)
	m := moment{span: true, weeks: -1}
	half := l.starts(p, "nua")
	switch e := 0; {
	case set(&e, l.saysUnit(dayUnit, q)), !spoken && set(&e, l.firstOf(q, "n", "d")):
		m.workDays, m.end = n, e
		if half {
			m.workDays, m.workMinutes = 0, 4*60
		}
	case set(&e, l.saysUnit(weekUnit, q)):
		m.workDays, m.end = n*5, e
	case set(&e, l.saysUnit(hoursUnit, q)):
		m.workMinutes, m.end = n*60, e
	case set(&e, max(l.saysUnit(clockUnit, q), l.firstOf(q, "h", "g"))) && (within || half || l.more(e) > 0):
		m.workMinutes, m.end = n*60, e
	case set(&e, max(l.saysUnit(minuteUnit, q), l.firstOf(q, "ph", "p"))):
		m.workMinutes, m.end = n, e
	default:
		return moment{}, false
	}
	if half && m.workMinutes == 0 && m.workDays == 0 {
		m.workMinutes = 30
	}
	l.spanTail(&m)
	m.bad = m.workDays == 0 && m.workMinutes == 0 || m.workDays > maxSpanDays || m.workMinutes > maxSpanDays*8*60
	return m, true
}

// upTo reads the longer end of "2-3 ngay", "2 den 3 ngay".
func (l line) upTo(p int) (n, end int) {
	q := l.blanks(p)
	if l.peek(q) == '-' {
		q = l.blanks(q + 1)
	} else if q = l.says(untilWords, q); q < 0 {
		return 0, -1
	}
	q = l.blanks(q)
	n, end = l.number(q, 2)
	b := l.blanks(end)
	if end == q || max(l.saysUnit(dayUnit, b), l.saysUnit(hoursUnit, b), l.saysUnit(weekUnit, b), l.firstOf(b, "n")) < 0 {
		return 0, -1
	}
	return n, end
}

// spanTail reads what may close a span: "ruoi", "30 phut", "lam viec", "nua".
func (l line) spanTail(m *moment) {
	if q := l.firstOf(l.blanks(m.end), "ruoi"); q > 0 && m.workMinutes >= 60 {
		m.workMinutes, m.end = m.workMinutes+30, q
	}
	q := l.blanks(m.end)
	if n, end := l.number(q, 2); end > q && m.workMinutes >= 60 {
		if e := l.firstOf(l.blanks(end), "phut", "p", "ph"); e > 0 {
			m.workMinutes, m.end = m.workMinutes+n, e
		}
	}
	for range 3 {
		if q := l.more(m.end); q > 0 {
			m.end = q
		}
	}
}

// more reads "nua", "lam viec" or "hanh chinh" behind a span.
func (l line) more(p int) int {
	for _, tail := range spanTails {
		if e := l.match(tail, l.blanks(p), l.ends); e >= 0 {
			return e
		}
	}
	return -1
}

var (
	spanTails  = phrases("nữa, làm việc, hành chính")
	untilWords = phrases("đến, tới, hoặc")
)

// count reads a number in digits or in words; "nua" (half) counts 0.
func (l line) count(p int) (n, end int) {
	if digit(l.peek(p)) {
		return l.number(p, minCode-1)
	}
	end = l.word(p)
	w := string(l.folded[p:end])
	if i := slices.Index(numerals, w); i > 0 {
		return i, end
	}
	if w == "nua" {
		return 0, end
	}
	return 0, p
}

func (l line) saysUnit(unit []spelling, p int) int { return l.match(unit, p, l.ends) }

func set(e *int, end int) bool {
	*e = end
	return end > 0
}
