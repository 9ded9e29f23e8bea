package worktime

import "time"

// Documents that the fixed holidays rest on.
const (
	labourCode  = "BLLĐ 45/2019/QH14 Đ112.1"
	makeUpRule  = "BLLĐ 45/2019/QH14 Đ111.3"
	cultureRule = "Nghị quyết 28/2026/QH16 Đ2"
)

// fixedHolidays have the same date every year. The lunar ones (Tết, Giỗ Tổ)
// and the second day of Quốc khánh wait for their announcement (Đ112.3).
var fixedHolidays = []struct {
	month    time.Month
	day      int
	since    int
	name     string
	document string
	makeUp   bool // a rest day that it falls on is made up for (Đ111.3)
}{
	{time.January, 1, 0, "Tết Dương lịch", labourCode, true},
	{time.April, 30, 0, "Ngày Chiến thắng", labourCode, true},
	{time.May, 1, 0, "Ngày Quốc tế lao động", labourCode, true},
	{time.September, 2, 0, "Quốc khánh", labourCode, true},
	// Outside Đ112.1, so Đ111.3 does not reach it.
	{time.November, 24, 2026, "Ngày Văn hóa Việt Nam", cultureRule, false},
}

// statutory returns the fixed holidays and their make-up days on the dates
// that were not announced. Rows of the file and announced dates stay as they
// are.
func (p *plan) statutory(from, to day) map[day]note {
	notes := map[day]note{}
	var owed []lostHoliday
	for year := from.civil().Year() - 1; year <= to.civil().Year(); year++ {
		for _, h := range fixedHolidays {
			d := date(year, h.month, h.day)
			if year < h.since || !p.open(d) {
				continue
			}
			notes[d] = note{kind: DayIsComputed, name: h.name, document: h.document}
			if h.makeUp && len(p.patternOn(d)[d.weekday()]) == 0 {
				owed = append(owed, lostHoliday{d, h.name})
			}
		}
	}
	for _, lost := range owed {
		p.makeUp(notes, lost)
	}
	return notes
}

// lostHoliday fell on a rest day.
type lostHoliday struct {
	date day
	name string
}

// makeUp gives the next working day after a lost holiday off (Đ111.3), unless
// that day is announced already.
func (p *plan) makeUp(notes map[day]note, lost lostHoliday) {
	const search = 30 // days; no calendar rests longer
	for d := lost.date + 1; d <= lost.date+search; d++ {
		_, holiday := notes[d]
		_, excepted := p.rows[d]
		if holiday || excepted || len(p.patternOn(d)[d.weekday()]) == 0 {
			continue
		}
		if p.open(d) {
			notes[d] = note{kind: DayIsComputed, name: "Nghỉ bù " + lost.name, document: makeUpRule}
		}
		return
	}
}

// open tells whether d has neither been announced nor a row of its own.
func (p *plan) open(d day) bool {
	_, excepted := p.rows[d]
	return !excepted && (d < p.announcedFrom || d > p.announcedTo)
}
