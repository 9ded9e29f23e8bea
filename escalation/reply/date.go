package reply

// date reads 26/11, 26-11, 26.11.2026, 26/11/26 or 2026-11-26 into m.
func (l line) date(m *moment, p int) bool {
	if l.isoDate(m, p) {
		return true
	}
	day, end := l.number(p, 2)
	q, sep := l.dateSign(end)
	if end == p || sep == 0 {
		return false
	}
	month, end := l.number(q, 2)
	fits := 1 <= day && day <= 31 && 1 <= month && month <= 12
	switch next := l.peek(end); {
	case end == q, sep == '.' && !fits && day <= 24 && month <= 59,
		sep == '-' && (next == '/' || next == '.') && digit(l.peek(end+1)):
		return false // 15.30 is a clock; 3-5/12 is a range
	}
	m.kind, m.dom, m.month, m.year, m.end = calendar, day, month, 0, end
	if l.peek(end) == sep {
		if year, last := l.number(end+1, 4); last == end+3 || last == end+5 {
			m.year, m.end = fullYear(year, last-end-1), last
		}
	}
	m.check()
	return true
}

// dateSign reads the sign between day and month; blanks may stand around a slash.
func (l line) dateSign(p int) (int, byte) {
	q := l.blanks(p)
	if l.peek(q) == '/' {
		return l.blanks(q + 1), '/'
	}
	if b := l.peek(p); (b == '-' || b == '.') && digit(l.peek(p+1)) {
		return p + 1, b
	}
	return p, 0
}

func (l line) isoDate(m *moment, p int) bool {
	year, end := l.number(p, 4)
	if end != p+4 || l.peek(end) != '-' {
		return false
	}
	month, q := l.number(end+1, 2)
	if q != end+3 || l.peek(q) != '-' {
		return false
	}
	day, last := l.number(q+1, 2)
	if last != q+3 {
		return false
	}
	if l.peek(last) == 't' && digit(l.peek(last+1)) {
		last++
	}
	m.kind, m.dom, m.month, m.year, m.end = calendar, day, month, year, last
	m.check()
	return true
}

// iso reports whether 2026-11-26 stands at p, whose year is no code.
func (l line) iso(p int) bool {
	var m moment
	return l.isoDate(&m, p)
}

func fullYear(year, digits int) int {
	if digits == 2 {
		return 2000 + year
	}
	return year
}

// spokenDate reads "ngay 26 thang 11 nam 2026", "26 thang 11", "ngay 26", "mung 5".
func (l line) spokenDate(m *moment, p int) bool {
	q, named := p, false
	for _, w := range dayNames {
		if end := l.match(w, p, func(int) bool { return true }); end > 0 && digit(l.peek(l.blanks(end))) {
			q, named = l.blanks(end), true
		}
	}
	day, end := l.number(q, 2)
	if end == q {
		return false
	}
	if month, last := l.monthName(end); last > 0 {
		m.kind, m.dom, m.month, m.year, m.end = calendar, day, month, 0, last
		l.yearName(m)
		m.check()
		return true
	}
	var probe moment
	if named && !letter(l.peek(end)) && l.peek(end) != ':' && l.firstOf(l.blanks(end), "h", "g", "gio") < 0 && !l.date(&probe, q) {
		m.kind, m.dom, m.end = dayAlone, day, end
		m.bad = m.bad || day < 1 || day > 31
		return true
	}
	return false
}

func (l line) monthName(p int) (month, end int) {
	q := l.gap(p)
	for _, w := range monthNames {
		e := l.match(w, q, func(int) bool { return true })
		if e < 0 {
			continue
		}
		if month, end = l.number(l.blanks(e), 2); end > l.blanks(e) {
			return month, end
		}
	}
	return 0, -1
}

func (l line) yearName(m *moment) {
	q := l.gap(m.end)
	if l.peek(m.end) == '/' {
		q = m.end + 1
	}
	if e := l.firstOf(q, "nam"); e > 0 {
		q = l.blanks(e)
	}
	if year, end := l.number(q, 4); end == q+4 && 2000 <= year && year <= maxYear {
		m.year, m.end = year, end
	}
}

// maxYear bounds the years a date may name.
const maxYear = 2100

var (
	dayNames   = phrases("ngày, mùng, mồng, hôm")
	monthNames = phrases("tháng, th, t")
)

// check marks a date that no calendar has; 29/2 without a year is left to the
// year it gets.
func (m *moment) check() {
	lengths := [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	if m.month < 1 || m.month > 12 || m.dom < 1 || m.dom > lengths[m.month] {
		m.bad = true
		return
	}
	if m.year != 0 && (m.year < 2000 || m.year > maxYear || m.dom == 29 && m.month == 2 && !leap(m.year)) {
		m.bad = true
	}
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }
