package worktime

import (
	"errors"
	"fmt"
	"math"
)

// maxYears bounds the compiled years, and with them a calendar's memory:
// about 17 KB a year.
const maxYears = 200

// Compile checks the whole calendar and builds the years fromYear to toYear,
// both included. The error names every key that is wrong (errors.Join), as in
// `hours.mon[1]: "13:00-09:00" ends before it starts`. Outside of these years
// the Calendar goes on with the bare week.
func (s Spec) Compile(fromYear, toYear int) (*Calendar, error) {
	if fromYear < firstYear || toYear > lastYear || fromYear > toYear || toYear-fromYear >= maxYears {
		return nil, fmt.Errorf("compile calendar %d to %d: years must rise within %d to %d, at most %d of them",
			fromYear, toYear, firstYear, lastYear, maxYears)
	}
	p, err := s.check()
	if err != nil {
		return nil, err
	}
	c := p.calendar(date(fromYear, 1, 1), date(toYear+1, 1, 1))
	if len(c.spans) == 0 {
		return nil, errors.New("hours: no working time is left in the compiled years")
	}
	c.index()
	return c, nil
}

// calendar lays out the dates from one day to another, the last excluded.
func (p *plan) calendar(from, to day) *Calendar {
	c := &Calendar{
		loc:                Zone(),
		from:               from.start(),
		to:                 to.start(),
		firstDay:           from,
		days:               make([]dayEntry, 0, to-from+1),
		week:               newWeek(p.week),
		announcedFrom:      math.MinInt64,
		announcedUntil:     math.MaxInt64,
		announcedLastLabel: p.announcedTo,
		notes:              p.statutory(from, to),
	}
	if p.announcedFrom != math.MinInt32 {
		c.announcedFrom = p.announcedFrom.start()
	}
	if p.announcedTo != math.MaxInt32 {
		c.announcedUntil = (p.announcedTo + 1).start()
	}
	for d := from; d < to; d++ {
		c.enter(d, p.hoursOn(d, c.notes))
	}
	c.days = append(c.days, dayEntry{int32(len(c.spans)), int32(len(c.workdays))})
	return c
}

// hoursOn returns the working hours of d and keeps the note of its row.
func (p *plan) hoursOn(d day, notes map[day]note) []hours {
	week := p.patternOn(d)
	usual := week[d.weekday()]
	r, excepted := p.rows[d]
	if !excepted {
		if _, holiday := notes[d]; holiday {
			return nil
		}
		return usual
	}
	notes[d] = r.note
	switch {
	case r.note.kind == DayIsOff:
		return nil
	case r.hours != nil:
		return r.hours
	case len(usual) > 0:
		return usual
	}
	return week.usual()
}

func (c *Calendar) enter(d day, list []hours) {
	c.days = append(c.days, dayEntry{int32(len(c.spans)), int32(len(c.workdays))})
	for _, h := range list {
		c.spans = append(c.spans, span{start: d.start() + h.start, end: d.start() + h.end})
	}
	if len(list) > 0 {
		c.workdays = append(c.workdays, d)
	}
}
