package escalation

import (
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// WorkCalendar is a working calendar with the version that is noted with what it gave.
type WorkCalendar struct {
	*worktime.Calendar
	// Version of a unit's own calendar begins with its name and a slash; that of the
	// city's has none.
	Version string
}

// CalendarVersion is the version of the calendar of a name; of none: the city's.
func CalendarVersion(name, version string) string {
	if name == "" {
		return version
	}
	return name + "/" + version
}

// calendarName is the name in a version, empty for the city's calendar.
func calendarName(version string) string {
	name, _, own := strings.Cut(version, "/")
	if !own {
		return ""
	}
	return name
}

// Name is the calendar's, empty for the city's.
func (w WorkCalendar) Name() string { return calendarName(w.Version) }

// Calendars are the working calendars in force: the city's, and those that units work
// by instead of it. It is a value and is not written to.
type Calendars struct {
	City WorkCalendar
	Own  map[string]WorkCalendar // by name; one that is broken or was never given is not in it
	// Directory says which unit works by which; nil: all by the city's.
	Directory *Directory
}

// Named is the calendar of a name. The city's stands in for one that there is not
// (field failure 19).
func (c Calendars) Named(name string) WorkCalendar {
	if own, ok := c.Own[name]; ok {
		return own
	}
	return c.City
}

// Of is the calendar that the unit works by; of no unit the city's.
func (c Calendars) Of(unit string) WorkCalendar {
	if unit == "" || len(c.Own) == 0 || c.Directory == nil {
		return c.City
	}
	u, _ := c.Directory.Unit(unit)
	return c.Named(u.Calendar)
}

// ByRung is the calendar that gave the rung its due time, as it is now: a deadline is
// measured with the calendar it was laid out with, also when the petition or the unit
// has another one since.
func (c Calendars) ByRung(r Rung) WorkCalendar { return c.Named(calendarName(r.Calendar)) }

// DayEnd is when the last of those who work on the day of t stop; ok is false when
// nobody does.
func (c Calendars) DayEnd(t time.Time) (end time.Time, ok bool) {
	end, ok = c.City.DayEnd(t)
	for _, own := range c.Own {
		if last, works := own.DayEnd(t); works && (!ok || last.After(end)) {
			end, ok = last, true
		}
	}
	return end, ok
}

// calendars are those of the decision.
func (e *Env) calendars() Calendars {
	return Calendars{City: WorkCalendar{e.Calendar, e.CalendarVersion}, Own: e.OwnCalendars, Directory: e.Directory}
}

// CalendarOf is the calendar that the unit works by; of no unit the city's.
func (e *Env) CalendarOf(unit string) WorkCalendar { return e.calendars().Of(unit) }

// calendarFor counts what a slip's unit owes by the unit's calendar, and everything
// else, 1022's own duties too, by the city's.
func (c *change) calendarFor(ladder LadderName, slip int) WorkCalendar {
	if s := c.p.Slip(slip); s != nil && (Rung{Ladder: ladder, Slip: slip}).ofUnit() {
		return c.env.CalendarOf(s.Unit)
	}
	return c.env.CalendarOf("")
}

// gave is the calendar that gave the rung its due time.
func (c *change) gave(r Rung) WorkCalendar { return c.env.calendars().ByRung(r) }
