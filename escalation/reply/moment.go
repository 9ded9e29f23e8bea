package reply

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// part is a part of the day.
type part int

const (
	noPart    part = iota
	morning        // sáng
	noon           // trưa
	afternoon      // chiều
	evening        // tối
	night          // đêm
)

// dayKind says how a moment names its day.
type dayKind int

const (
	noDay    dayKind = iota
	offset           // days from today: "mai", "hom nay"
	weekday          // "thu 5", with a week when one is named
	week             // "cuoi tuan": a weekday that rolls over when it has passed
	monthEnd         // "cuoi thang"
	calendar         // day, month and perhaps year
	dayAlone         // "ngay 26"
)

// moment is a time as it was written, before a clock gives it a date.
type moment struct {
	clock        bool
	hour, minute int
	part         part

	kind             dayKind
	days             int // offset, or the weekday counted from Monday = 0
	weeks            int // calendar weeks ahead; -1 when none was named
	year, month, dom int

	workDays, workMinutes int
	span                  bool

	bad bool // written like a time, but there is no such time
	end int  // where it ends in the line
}

// timeWord is a phrase that names a day or a part of it.
type timeWord struct {
	words []spelling
	part  part
	kind  dayKind
	days  int
	weeks int
	tail  bool // counts only behind a clock or a part of the day
}

func timeWords() []timeWord {
	var out []timeWord
	add := func(list string, w timeWord) {
		for _, p := range phrases(list) {
			w.words = p
			out = append(out, w)
		}
	}
	for p, list := range map[part]string{morning: "sáng, buổi sáng, đầu giờ sáng, cuối giờ sáng, cuối sáng", noon: "trưa, buổi trưa", afternoon: "chiều, buổi chiều, cuối giờ, hết giờ, cuối buổi, cuối ngày, trong ngày, hết ngày, nội trong ngày, cuối giờ chiều, đầu giờ chiều, cuối chiều", evening: "tối, buổi tối", night: "đêm, khuya"} {
		add(list, timeWord{part: p})
	}
	add("hôm nay, ngày hôm nay", timeWord{kind: offset})
	add("nay, hnay", timeWord{kind: offset, tail: true})
	add("mai, ngày mai, hôm sau, ngày hôm sau", timeWord{kind: offset, days: 1})
	add("ngày kia, ngày mốt, ngày mót", timeWord{kind: offset, days: 2})
	add("mốt, kia", timeWord{kind: offset, days: 2, tail: true})
	add("hôm qua, ngày hôm qua", timeWord{kind: offset, days: -1})
	add("hôm kia", timeWord{kind: offset, days: -2})
	for i, list := range []string{"thứ hai, thứ 2, t2, thứ 02", "thứ ba, thứ 3, t3, thứ 03", "thứ tư, thứ 4, t4, thứ 04", "thứ năm, thứ 5, t5, thứ 05", "thứ sáu, thứ 6, t6, thứ 06", "thứ bảy, thứ bẩy, thứ 7, t7, thứ 07", "chủ nhật, cn, chúa nhật"} {
		add(list, timeWord{kind: weekday, days: i, weeks: -1})
	}
	add("thứ 0, thứ 1, thứ 8, thứ 9, t8, t9", timeWord{kind: weekday, days: noSuchDay, weeks: -1})
	add("cuối tuần, cuối tuần này, trong tuần, trong tuần này, tuần này, hết tuần, hết tuần này", timeWord{kind: week, days: 4, weeks: -1})
	add("đầu tuần", timeWord{kind: week, days: 0, weeks: -1})
	add("giữa tuần, giữa tuần này", timeWord{kind: week, days: 2, weeks: -1})
	add("đầu tuần sau, đầu tuần tới", timeWord{kind: week, days: 0, weeks: 1})
	add("giữa tuần sau, giữa tuần tới", timeWord{kind: week, days: 2, weeks: 1})
	add("tuần sau, tuần tới, cuối tuần sau, cuối tuần tới, trong tuần sau, trong tuần tới, sang tuần, sang tuần sau, hết tuần sau", timeWord{kind: week, days: 4, weeks: 1})
	add("cuối tháng, cuối tháng này, trong tháng, trong tháng này, hết tháng", timeWord{kind: monthEnd})
	return out
}

// noSuchDay marks "thu 8".
const noSuchDay = -9

// typed returns folded[p:q] as typed, composed (NFC).
func (l line) typed(p, q int) string { return norm.NFC.String(l.src[l.from[p]:l.from[q]]) }

// when reads a time at p: a span, or clock, part of the day and day in any
// order, with the small words between them.
func (l line) when(g *grammar, p int) (moment, bool) {
	if m, ok := l.duration(g, p); ok {
		return m, true
	}
	m := moment{weeks: -1}
	found := false
	for q, hops := p, 0; hops < 8; hops++ {
		q = l.gap(q)
		switch {
		case l.component(g, &m, q, found):
			found = true
			q = m.end
		default:
			end := l.says(g.in, q)
			if end < 0 || end == q {
				return m, found
			}
			q = end
		}
		if m.bad {
			return m, true
		}
	}
	return m, found
}

// gap passes what separates the parts of a time.
func (l line) gap(p int) int {
	for p < len(l.folded) && strings.IndexByte(" \t\r\n,;.-()~:_'\"\x1f", l.folded[p]) >= 0 {
		p++
	}
	return p
}

// component reads one part of a time into m and moves m.end behind it.
func (l line) component(g *grammar, m *moment, p int, found bool) bool {
	if !m.clock && l.clock(g, m, p) {
		return true
	}
	if (m.kind == noDay || m.kind == weekday) && (l.date(m, p) || l.spokenDate(m, p)) {
		return true
	}
	return l.timeWord(g, m, p, found)
}

// longestWord returns the longest time word at p.
func (l line) longestWord(g *grammar, p int) (best timeWord, end int) {
	end = -1
	for _, w := range g.times {
		if e := l.match(w.words, p, func(e int) bool { return l.ends(e) && !(digit(l.peek(e)) && digit(l.peek(e-1))) || l.dayWordAt(g, e) }); e > end {
			best, end = w, e
		}
	}
	return best, end
}

// dayWordAt reports whether a word that names a day follows without a blank
// ("chieumai").
func (l line) dayWordAt(g *grammar, p int) bool {
	for _, w := range g.times {
		if w.kind != noDay && l.match(w.words, p, l.ends) >= 0 {
			return true
		}
	}
	return false
}

func (l line) timeWord(g *grammar, m *moment, p int, found bool) bool {
	w, end := l.longestWord(g, p)
	switch {
	case end < 0, w.part != noPart && !l.takesPart(g, *m, w.part, p, end, found), w.kind != noDay && m.kind != noDay:
		return false
	case w.part != noPart:
		m.part = w.part
	case w.tail && m.part == noPart && !m.clock && (l.rest(end) != "" || w.days == 0 || l.starts(p, "kia")):
		return false
	case w.tail && w.days == 2 && m.part == noPart && l.rest(end) != "" && letter(l.peek(l.blanks(end))):
		return false // "15h mot nguoi": một, not mốt
	default:
		m.kind, m.days, m.weeks = w.kind, w.days, w.weeks
		m.bad = m.bad || w.days == noSuchDay
		if w.kind == weekday {
			end = l.whichWeek(g, m, end)
		}
	}
	m.end = end
	return true
}

// whichWeek reads "tuan sau", "tuan nay" behind a weekday.
func (l line) whichWeek(g *grammar, m *moment, p int) int {
	w, end := l.longestWord(g, l.blanks(p))
	switch {
	case end >= 0 && w.kind == week && w.days == 4 && w.weeks == 1:
		m.weeks = 1
	case end >= 0 && w.kind == week && w.days == 4:
		m.weeks = 0
	case end >= 0 && w.kind == offset && w.tail && w.days == 0:
	default:
		return p
	}
	return end
}

// takesPart decides whether "toi" is tối and "sang" is sáng here, and not tôi,
// tới or sang: it must lean on a clock, a day or the end of the text.
func (l line) takesPart(g *grammar, m moment, w part, p, end int, found bool) bool {
	typed := strings.ToLower(l.typed(p, end))
	next := l.gap(end)
	switch {
	case m.part != noPart, typed == "tới", typed == "tôi":
		return false
	case m.clock && m.end == p || m.clock && l.blanks(m.end) == p:
		return agrees(m.hour, w) && (typed != "toi" || m.kind == noDay)
	case w == evening && typed == "toi" && digit(l.peek(next)):
		return false // "toi 26/11": by then
	case l.dayFollows(g, next):
		return true
	case l.rest(end) == "", !letter(l.peek(l.blanks(end))):
		return true
	}
	return w != evening && w != morning && !found
}

// dayFollows reports whether a day or a clock stands at p.
func (l line) dayFollows(g *grammar, p int) bool {
	var m moment
	if l.dayWordAt(g, p) || l.date(&m, p) || l.clock(g, &m, p) || l.spokenDate(&m, p) {
		return true
	}
	end := l.says(dayNames, p)
	return end >= 0 && l.date(&m, l.blanks(end))
}

// agrees reports whether an hour can lie in a part of the day.
func agrees(hour int, w part) bool {
	switch w {
	case morning:
		return hour < 12
	case noon:
		return 10 <= hour && hour <= 14 || hour == 1 || hour == 2
	case afternoon:
		return 1 <= hour && hour <= 18
	case evening:
		return 1 <= hour && hour <= 12 || 17 <= hour
	}
	return true
}

// at24 returns the hour of the day for an hour said with a part of the day.
func at24(hour int, w part) int {
	switch {
	case hour == 12 && (w == evening || w == night):
		return 24
	case hour >= 12, w == noPart, w == morning:
		return hour
	case w == noon && hour >= 10, w == night && hour < 6:
		return hour
	}
	return hour + 12
}
