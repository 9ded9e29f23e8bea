package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// hours are what a clock that runs in the browser has to know of its calendar: each
// calendar stands once on a page, and each clock names its own.
type hours struct {
	Calendar string // its name; empty: the city's
	Working  bool   // now
	Edges    string // when Working changes, in the domain's seconds from now
}

// How far ahead a page knows working time: one that stays open longer is loaded again.
const edgeDays = 14

// goBy notes that a clock of the page goes by the calendar.
func (v *visit) goBy(cal escalation.WorkCalendar) {
	if cal.Name() != "" && !slices.ContainsFunc(v.calendars, func(c escalation.WorkCalendar) bool { return c.Name() == cal.Name() }) {
		v.calendars = append(v.calendars, cal)
	}
}

// hours are those of the city's calendar, and of each other that a clock goes by.
func (v *visit) hours() []hours {
	list := []hours{v.hoursBy("", v.c.Calendar.Now())}
	for _, cal := range v.calendars {
		list = append(list, v.hoursBy(cal.Name(), cal.Calendar))
	}
	return list
}

func (v *visit) hoursBy(name string, cal *worktime.Calendar) hours {
	var edges []string
	for d := range edgeDays {
		for _, h := range cal.Hours(v.now.In(zone()).AddDate(0, 0, d)) {
			for _, at := range []time.Time{h.Start, h.End} {
				if at.After(v.now) && cal.Working(at) != cal.Working(at.Add(-time.Second)) {
					edges = append(edges, strconv.FormatFloat(at.Sub(v.now).Seconds(), 'f', -1, 64))
				}
			}
		}
	}
	return hours{name, cal.Working(v.now), strings.Join(edges, " ")}
}
