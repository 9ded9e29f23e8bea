package rehearsal

import (
	"slices"
	"time"

	"notify1022/escalation/worktime"
)

// The working time of the model: the city's, and that of units which work by calendars
// of their own. It is counted day by day, and shares no line with worktime but the zone.

// modelHours are the stretches that are worked on a day, from its midnight; none: a day
// off.
type modelHours func(day time.Time) []stretchOfDay

type stretchOfDay struct{ from, to time.Duration }

// The city's days off of 2026 and its turn beside weekends, and the Saturdays worked in
// exchange (domain: announced by the Government on 25/12/2025 and after).
var (
	modelOff = []string{"2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-04-27",
		"2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24", "2027-01-01"}
	modelWork = []string{"2026-01-10", "2026-08-22"}
)

// modelHalves are a working day's halves.
var modelHalves = []stretchOfDay{{7*time.Hour + 30*time.Minute, 11*time.Hour + 30*time.Minute}, {13 * time.Hour, 17 * time.Hour}}

// city are the hours of 1022, the Office and most units.
var city modelHours = func(day time.Time) []stretchOfDay {
	date := day.Format(time.DateOnly)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	if slices.Contains(modelWork, date) || !weekend && !slices.Contains(modelOff, date) {
		return modelHalves
	}
	return nil
}

// saturdays are those of wards that receive people on Saturdays and close on Mondays
// instead. Of the city's days off they keep Tết and the two National Days, and no others.
var saturdays modelHours = func(day time.Time) []stretchOfDay {
	kept := []string{"2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-21", "2026-09-01", "2026-09-02"}
	if day.Weekday() == time.Sunday || day.Weekday() == time.Monday || slices.Contains(kept, day.Format(time.DateOnly)) {
		return nil
	}
	return []stretchOfDay{{7 * time.Hour, 11 * time.Hour}, {13*time.Hour + 30*time.Minute, 17*time.Hour + 30*time.Minute}}
}

// aroundTheClock are those of a water company's watch.
var aroundTheClock modelHours = func(time.Time) []stretchOfDay { return []stretchOfDay{{0, 24 * time.Hour}} }

// Names of the calendars in the directory.
const (
	yearSaturdays = "thu7"
	yearClock     = "ngaydem"
)

// YearCalendars are the files of the calendars that some units of a year work by, by
// name. They are what an office would write down; the model has words of its own.
func YearCalendars() map[string]string {
	return map[string]string{
		yearSaturdays: `hours:
  tue: ["07:00-11:00", "13:30-17:30"]
  wed: ["07:00-11:00", "13:30-17:30"]
  thu: ["07:00-11:00", "13:30-17:30"]
  fri: ["07:00-11:00", "13:30-17:30"]
  sat: ["07:00-11:00", "13:30-17:30"]
off:
  - {date: "2026-02-17", name: "Tết"}
  - {date: "2026-02-18", name: "Tết"}
  - {date: "2026-02-19", name: "Tết"}
  - {date: "2026-02-20", name: "Tết"}
  - {date: "2026-02-21", name: "Tết"}
  - {date: "2026-09-01", name: "Quốc khánh"}
  - {date: "2026-09-02", name: "Quốc khánh"}
`,
		yearClock: `hours: {mon: ["00:00-24:00"], tue: ["00:00-24:00"], wed: ["00:00-24:00"], thu: ["00:00-24:00"], fri: ["00:00-24:00"], sat: ["00:00-24:00"], sun: ["00:00-24:00"]}
`,
	}
}

// yearCalendar is the name of the calendar that a unit works by, empty for the city's.
func yearCalendar(unit int) string {
	switch unit % 10 {
	case 5, 6:
		return yearSaturdays
	case 9:
		return yearClock
	}
	return ""
}

// hoursOf are the hours of a unit.
func hoursOf(unit int) modelHours {
	switch yearCalendar(unit) {
	case yearSaturdays:
		return saturdays
	case yearClock:
		return aroundTheClock
	}
	return city
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(worktime.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, worktime.Zone())
}

// add walks from t through the stretches of working days until d has passed: the instant
// at which it has, the end of a stretch rather than the beginning of the next.
func (h modelHours) add(t time.Time, d time.Duration) time.Time {
	if d == 0 {
		return t
	}
	for day := midnight(t); ; day = day.AddDate(0, 0, 1) {
		for _, s := range h(day) {
			from, to := day.Add(s.from), day.Add(s.to)
			if t.After(from) {
				from = t
			}
			if !from.Before(to) {
				continue
			}
			if left := to.Sub(from); d > left {
				d -= left
				continue
			}
			return from.Add(d)
		}
	}
}

// between walks through them from one instant to another.
func (h modelHours) between(from, to time.Time) (sum time.Duration) {
	for day := midnight(from); day.Before(to); day = day.AddDate(0, 0, 1) {
		for _, s := range h(day) {
			start, stop := day.Add(s.from), day.Add(s.to)
			if from.After(start) {
				start = from
			}
			sum += max(earlier(to, stop).Sub(start), 0)
		}
	}
	return sum
}

// days is the end of the work of the n-th working day after a day.
func (h modelHours) days(t time.Time, n int) time.Time {
	day := midnight(t)
	for n > 0 {
		if day = day.AddDate(0, 0, 1); len(h(day)) > 0 {
			n--
		}
	}
	list := h(day)
	return day.Add(list[len(list)-1].to)
}

// works reports that somebody is at work.
func (h modelHours) works(t time.Time) bool {
	day := midnight(t)
	return slices.ContainsFunc(h(day), func(s stretchOfDay) bool { return !t.Before(day.Add(s.from)) && t.Before(day.Add(s.to)) })
}

// reaches is when a text to people of these hours goes out: at once by day and while they
// are at work, at night in the morning, at a quarter to seven.
func (h modelHours) reaches(t time.Time) time.Time {
	if h.works(t) {
		return t
	}
	return morning(t, 6*time.Hour+45*time.Minute)
}

// modelDay is when a text that waits for the citizen's morning goes out.
func modelDay(t time.Time) time.Time { return morning(t, 7*time.Hour) }

// morning is when what may wait goes out: from nine in the evening to the hour it waits.
func morning(t time.Time, hour time.Duration) time.Time {
	day := midnight(t)
	switch at := t.Sub(day); {
	case at < hour:
		return day.Add(hour)
	case at >= 21*time.Hour:
		return day.AddDate(0, 0, 1).Add(hour)
	}
	return t
}
