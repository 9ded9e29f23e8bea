package worktime

import (
	"slices"
	"time"
)

// maxDays bounds a limit in working days: far beyond use, far from overflow.
const maxDays = 1_000_000_000

// AddDays returns the end of a limit of n working days that begins with t.
// The day of receipt is not counted; the limit ends with the working time of
// its last day (Đ9.6). AddDays(t, n) is t when n is 0 or negative.
func (c *Calendar) AddDays(t time.Time, n int) time.Time {
	if n <= 0 {
		return c.local(t)
	}
	d := c.nthDay(c.daysThrough(dayOf(clamp(t.Unix()))) + int64(min(n, maxDays)))
	end, _ := c.dayEnd(d)
	return c.unix(end, 0)
}

// DayEnd returns when the working time of t's date ends; false on a date
// without working time.
func (c *Calendar) DayEnd(t time.Time) (time.Time, bool) {
	end, working := c.dayEnd(dayOf(clamp(t.Unix())))
	if !working {
		return time.Time{}, false
	}
	return c.unix(end, 0), true
}

// Interval is a half-open stretch of working time.
type Interval struct{ Start, End time.Time }

// Hours returns the working intervals of t's date, none on a day off.
func (c *Calendar) Hours(t time.Time) []Interval {
	var all []Interval
	for _, s := range c.spansOn(dayOf(clamp(t.Unix()))) {
		all = append(all, Interval{c.unix(s.start, 0), c.unix(s.end, 0)})
	}
	return all
}

// CountedOn returns how much of the working time from a to b falls on the
// date of t; 0 when b is not after a.
func (c *Calendar) CountedOn(t, a, b time.Time) time.Duration {
	d := dayOf(clamp(t.Unix()))
	if start := c.unix(d.start(), 0); a.Before(start) {
		a = start
	}
	if end := c.unix((d + 1).start(), 0); b.After(end) {
		b = end
	}
	return max(0, c.Between(a, b))
}

// compiled tells whether d lies in the compiled years.
func (c *Calendar) compiled(d day) bool {
	return d >= c.firstDay && int(d-c.firstDay) < len(c.days)-1
}

// daysThrough returns the working days from the start of the compiled years
// to the end of d, negative before them.
func (c *Calendar) daysThrough(d day) int64 {
	switch {
	case d < c.firstDay:
		return c.week.daysThrough(d) - c.daysFrom
	case !c.compiled(d):
		return c.week.daysThrough(d) - c.daysTo + int64(len(c.workdays))
	}
	return int64(c.days[d-c.firstDay+1].workdays)
}

// nthDay returns the date on which daysThrough reaches n.
func (c *Calendar) nthDay(n int64) day {
	all := int64(len(c.workdays))
	switch {
	case n <= 0:
		return c.week.nthDay(n + c.daysFrom)
	case n > all:
		return c.week.nthDay(n - all + c.daysTo)
	}
	return c.workdays[n-1]
}

func (c *Calendar) spansOn(d day) []span {
	if !c.compiled(d) {
		return c.week.spansOn(d)
	}
	i := d - c.firstDay
	return c.spans[c.days[i].span:c.days[i+1].span]
}

func (c *Calendar) dayEnd(d day) (sec int64, working bool) {
	if !c.compiled(d) {
		return c.week.end(d)
	}
	on := c.spansOn(d)
	if len(on) == 0 {
		return 0, false
	}
	return on[len(on)-1].end, true
}

// Differ is the start of the first date from one instant's to another's whose hours
// are not the same in both calendars; ok is false when there is none.
func Differ(a, b *Calendar, from, to time.Time) (first time.Time, ok bool) {
	y, m, d := from.In(a.loc).Date()
	for at := time.Date(y, m, d, 0, 0, 0, 0, a.loc); !at.After(to); at = at.AddDate(0, 0, 1) {
		if !slices.Equal(a.Hours(at), b.Hours(at)) {
			return at, true
		}
	}
	return time.Time{}, false
}
