package reply

import "time"

// absence is a stretch of days as written: "3-5/12", "tu 3/12 den 5/12", "mai".
type absence struct {
	from, until moment
	days        int // "2 ngay": length counted from the first day, 0 when not said
	end         int
}

// absence reads the days of a leave at p.
func (l line) absence(g *grammar, p int) (absence, bool) {
	p = l.lead(g, p)
	a := absence{}
	if m, ok := l.span(g, p, false); ok && m.workDays > 0 {
		a.days, p = m.workDays, l.lead(g, m.end)
		a.end = m.end
	}
	from, ok := l.day(g, p)
	if !ok {
		a.from = moment{kind: offset}
		return a, a.days > 0
	}
	a.from, a.until, a.end = from, from, from.end
	if until, ok := l.lastDay(g, from.end); ok {
		a.until, a.end = until, until.end
		return a, true
	}
	if from.kind == noDay && !from.clock && from.part == noPart {
		return a, false // a bare number without the end of a range
	}
	if m, ok := l.span(g, l.gap(from.end), false); ok && m.workDays > 0 {
		a.days, a.end = m.workDays, m.end
	}
	return a, true
}

// absent reports whether days follow, which makes "vang" absent, not yes.
func (l line) absent(g *grammar, p int) bool {
	if l.peek(l.blanks(p)) == ',' {
		return false // "vang, mai em lam"
	}
	a, ok := l.absence(g, p)
	return ok && (a.days > 0 || a.from.kind != noDay)
}

var fromWords = phrases("từ, từ ngày, tu, phép, ốm, họp, ngày, vào, bắt đầu, trong, khoảng")

func (l line) lead(g *grammar, p int) int {
	for range 4 {
		q := l.gap(p)
		if _, ok := l.day(g, q); ok {
			return q
		}
		end := l.says(fromWords, q)
		if end < 0 {
			return q
		}
		p = end
	}
	return l.gap(p)
}

// day reads one end of a leave; a bare number is the day of a month named later.
func (l line) day(g *grammar, p int) (moment, bool) {
	m := moment{weeks: -1}
	found := false
	for q := p; l.component(g, &m, q, found); q = l.blanks(m.end) {
		found = true
	}
	if found {
		return m, true
	}
	dom, end := l.number(p, 2)
	if end == p || letter(l.peek(end)) {
		return m, false
	}
	if _, ok := l.rangeSign(end); !ok {
		return m, false
	}
	return moment{kind: dayAlone, dom: dom, weeks: -1, bad: dom < 1 || dom > 31, end: end}, true
}

func (l line) lastDay(g *grammar, p int) (moment, bool) {
	q, ok := l.rangeSign(p)
	if !ok {
		return moment{}, false
	}
	if m, ok := l.day(g, q); ok && (m.kind != noDay || m.clock || m.part != noPart) {
		return m, true
	}
	return moment{}, false
}

// rangeSign passes "-", "~", "->", "den", "toi" or "den het ngay" between two days.
func (l line) rangeSign(p int) (int, bool) {
	q := l.blanks(p)
	found := false
	for b := l.peek(q); b == '-' || b == '~' || b == '>' || b == ',' || b == '&'; b = l.peek(q) {
		q, found = l.blanks(q+1), true
	}
	for range 3 {
		end := l.says(lexicon().to, q)
		if end < 0 {
			break
		}
		if named := l.blanks(end); !l.ends(named) || digit(l.peek(named)) {
			q, found = named, true
			continue
		}
		break
	}
	return q, found
}

// dates gives the absence its instants: the first day from 00:00, the last day
// to 23:59:59, unless a clock or a part of the day was named.
func (a absence) dates(now time.Time) (from, until time.Time, problem string) {
	now = now.In(zone())
	if a.from.bad || a.until.bad || a.days > maxSpanDays {
		return from, until, ProblemBadTime
	}
	if a.days > 0 {
		day, problem := a.from.day(now, wholeDay)
		return day.Add(a.from.opens()), day.AddDate(0, 0, a.days-1).Add(wholeDay), late(problem, day.AddDate(0, 0, a.days), now)
	}
	first, last, problem := a.bounds(now)
	if problem != "" {
		return from, until, problem
	}
	from, until = first.Add(a.from.opens()), last.Add(a.until.closes())
	if until.Before(from) {
		return from, until, ProblemBadTime
	}
	return from, until, late("", until, now)
}

const wholeDay = 24*time.Hour - time.Second

func late(problem string, until, now time.Time) string {
	if problem == "" && !until.After(now) {
		return ProblemPast
	}
	return problem
}

// bounds dates both days. A date without a year follows the last day, so a
// leave that has begun or that crosses New Year reads right.
func (a absence) bounds(now time.Time) (first, last time.Time, problem string) {
	if a.until.kind == weekday || a.until.kind == noDay {
		if first, problem = a.from.day(now, a.from.closes()); problem != "" {
			return first, last, problem
		}
		last = first
		if a.until.kind == weekday {
			last, problem = a.until.day(first, wholeDay)
		}
		return first, last, problem
	}
	if last, problem = a.until.day(now, a.until.closes()); problem != "" {
		return first, last, problem
	}
	switch f := a.from; {
	case f.kind == calendar && f.year == 0:
		first = time.Date(last.Year(), time.Month(f.month), f.dom, 0, 0, 0, 0, zone())
		if first.After(last) {
			first = first.AddDate(-1, 0, 0)
		}
		if last.Sub(first) > 366/2*24*time.Hour {
			return first, last, ProblemBadTime // written the wrong way round
		}
	case f.kind == dayAlone:
		first = time.Date(last.Year(), last.Month(), f.dom, 0, 0, 0, 0, zone())
		if f.dom > last.Day() && a.until.kind != calendar {
			first = first.AddDate(0, -1, 0)
		}
	default:
		first, problem = f.day(now, f.closes())
	}
	if a.until.kind == week {
		first = midnight(last, -a.until.days)
	}
	return first, last, problem
}

// opens returns when an absence beginning with m begins on its day.
func (m moment) opens() time.Duration {
	switch {
	case m.clock:
		return m.timeOfDay()
	case m.part == noon, m.part == afternoon:
		return 12 * time.Hour
	case m.part == evening, m.part == night:
		return 17 * time.Hour
	}
	return 0
}

// closes returns when an absence ending with m ends on its day.
func (m moment) closes() time.Duration {
	switch {
	case m.clock, m.part == morning, m.part == noon, m.part == afternoon:
		return m.timeOfDay()
	}
	return wholeDay
}
