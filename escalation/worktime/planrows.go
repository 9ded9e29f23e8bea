package worktime

import (
	"fmt"
	"slices"
	"time"
)

// seasons reads the seasons and refuses those that overlap.
func (p *plan) seasons(list []Season) {
	if len(list) > maxSeasons {
		p.fail("seasons", "has %d rows; at most %d", len(list), maxSeasons)
		return
	}
	for i, s := range list {
		key := fmt.Sprintf("seasons[%d]", i)
		week := p.pattern(key+".hours", s.Hours)
		if len(s.From) == len("01-02") && len(s.To) == len("01-02") {
			p.yearlySeason(key, s, &week)
			continue
		}
		from, ok1 := p.date(key+".from", s.From)
		to, ok2 := p.date(key+".to", s.To)
		switch {
		case !ok1 || !ok2:
		case to < from:
			p.fail(key+".to", "%s is before %s", to, from)
		default:
			p.dated = append(p.dated, datedSeason{from, to, &week, key})
		}
	}
	slices.SortStableFunc(p.dated, func(a, b datedSeason) int { return int(a.from - b.from) })
	for i := 1; i < len(p.dated); i++ {
		if a, b := p.dated[i-1], p.dated[i]; b.from <= a.to {
			p.fail(b.key, "overlaps %s", a.key)
		}
	}
}

// yearlySeason enters a season of every year day by day.
func (p *plan) yearlySeason(key string, s Season, week *pattern) {
	from, ok1 := p.dayOfYear(key+".from", s.From)
	to, ok2 := p.dayOfYear(key+".to", s.To)
	if !ok1 || !ok2 {
		return
	}
	for md := range p.yearly {
		inside := from <= md && md <= to
		if from > to { // over the new year
			inside = md >= from || md <= to
		}
		if !inside {
			continue
		}
		if p.yearly[md] != nil {
			p.fail(key, "overlaps another season that holds every year")
			return
		}
		p.yearly[md] = week
	}
}

// dayOfYear reads "04-01" as 401; the 29th of February exists.
func (p *plan) dayOfYear(key, s string) (int, bool) {
	t, err := time.Parse(time.DateOnly, "2024-"+s)
	if err != nil {
		p.fail(key, "%s is not a day of the year like 04-01", quote(s))
		return 0, false
	}
	return int(t.Month())*100 + t.Day(), true
}

// patternOn returns the week's hours that hold on d before any exception.
func (p *plan) patternOn(d day) *pattern {
	i, found := slices.BinarySearchFunc(p.dated, d, func(s datedSeason, d day) int {
		switch {
		case s.to < d:
			return -1
		case s.from > d:
			return 1
		}
		return 0
	})
	if found {
		return p.dated[i].pattern
	}
	t := d.civil()
	if yearly := p.yearly[int(t.Month())*100+t.Day()]; yearly != nil {
		return yearly
	}
	return &p.week
}

// dates reads the rows of off, work and short.
func (p *plan) dates(s Spec) {
	if n := len(s.Off) + len(s.Work) + len(s.Short); n > maxRows {
		p.fail("off, work, short", "have %d rows; at most %d", n, maxRows)
		return
	}
	for i, r := range s.Off {
		key := fmt.Sprintf("off[%d]", i)
		if r.Name == "" {
			p.fail(key+".name", "is missing")
		}
		p.row(key, r.Date, row{note: note{kind: DayIsOff, name: r.Name, document: r.Document}})
	}
	for i, r := range s.Work {
		key := fmt.Sprintf("work[%d]", i)
		if r.Hours != nil && len(r.Hours) == 0 {
			p.fail(key+".hours", "is empty; leave it out for the usual hours")
		}
		h := p.hours(key+".hours", r.Hours)
		p.row(key, r.Date, row{hours: h, note: note{kind: DayIsExchanged, document: r.Document}})
	}
	for i, r := range s.Short {
		key := fmt.Sprintf("short[%d]", i)
		if len(r.Hours) == 0 {
			p.fail(key+".hours", "is empty; a day without hours belongs to off")
		}
		h := p.hours(key+".hours", r.Hours)
		d, ok := p.row(key, r.Date, row{hours: h, note: note{kind: DayIsShort, document: r.Document}})
		if ok && len(p.patternOn(d)[d.weekday()]) == 0 {
			p.fail(key+".date", "%s is a %s without working time; it belongs to work", d, d.weekday())
		}
	}
}

// row enters one exception; a date has only one.
func (p *plan) row(key, text string, r row) (day, bool) {
	d, ok := p.date(key+".date", text)
	if !ok {
		return 0, false
	}
	if other, taken := p.rows[d]; taken {
		p.fail(key+".date", "%s stands in %s already", d, other.key)
		return 0, false
	}
	r.key = key
	p.rows[d] = r
	return d, true
}
