package reply

import "time"

// zone is the city's clock; Vietnam has kept +07:00 without daylight saving
// since 1975.
func zone() *time.Location { return time.FixedZone("+07", 7*60*60) }

// yearAhead is how far ahead a date without a year may lie once it has passed
// this year: "5/1" written in November.
const yearAhead = 90 * 24 * time.Hour

// at dates m: the instant, or the problem that it is in the past or is none.
func (m moment) at(now time.Time, cal Calendar) (time.Time, string) {
	now = now.In(zone())
	switch {
	case m.bad, m.span && cal == nil:
		return time.Time{}, ProblemBadTime
	case m.workDays > 0:
		return cal.AddDays(now, m.workDays).In(zone()), ""
	case m.span:
		return cal.Add(now, time.Duration(m.workMinutes)*time.Minute).In(zone()), ""
	}
	day, problem := m.day(now, m.timeOfDay())
	if problem != "" {
		return time.Time{}, problem
	}
	t := day.Add(m.timeOfDay())
	if !t.After(now) {
		return time.Time{}, ProblemPast
	}
	return t, ""
}

// timeOfDay returns the clock m names. A part of the day ends at 11:30, 12:00,
// 17:00, 20:00; a day alone means the end of working time, 17:00.
func (m moment) timeOfDay() time.Duration {
	if m.clock {
		return time.Duration(at24(m.hour, m.part))*time.Hour + time.Duration(m.minute)*time.Minute
	}
	switch m.part {
	case morning:
		return 11*time.Hour + 30*time.Minute
	case noon:
		return 12 * time.Hour
	case evening:
		return 20 * time.Hour
	case night:
		return 23 * time.Hour
	}
	return 17 * time.Hour
}

// day returns the midnight that begins m's day. clock tells a weekday or a date
// without a year whether today's is still ahead.
func (m moment) day(now time.Time, clock time.Duration) (time.Time, string) {
	today := midnight(now, 0)
	sinceMonday := (int(today.Weekday()) + 6) % 7
	switch m.kind {
	case offset:
		return midnight(now, m.days), ""
	case weekday, week:
		if m.weeks >= 0 {
			return midnight(now, m.weeks*7+m.days-sinceMonday), ""
		}
		ahead := (m.days - sinceMonday + 7) % 7
		if ahead == 0 && !today.Add(clock).After(now) {
			ahead = 7
		}
		return midnight(now, ahead), ""
	case monthEnd:
		return time.Date(now.Year(), now.Month()+1, 0, 0, 0, 0, 0, zone()), ""
	case calendar:
		return m.calendarDay(now, clock)
	case dayAlone:
		return m.thisOrNextMonth(now, clock)
	}
	return today, ""
}

func (m moment) calendarDay(now time.Time, clock time.Duration) (time.Time, string) {
	year := m.year
	if year == 0 {
		year = now.Year()
	}
	if m.dom == 29 && m.month == 2 && !leap(year) {
		if m.year != 0 || !leap(year+1) {
			return time.Time{}, ProblemBadTime
		}
		year++
	}
	day := time.Date(year, time.Month(m.month), m.dom, 0, 0, 0, 0, zone())
	if m.year != 0 || day.Add(clock).After(now) {
		return day, ""
	}
	next := day.AddDate(1, 0, 0)
	if day.Before(midnight(now, 0)) && next.Sub(midnight(now, 0)) <= yearAhead {
		return next, ""
	}
	return time.Time{}, ProblemPast
}

func (m moment) thisOrNextMonth(now time.Time, clock time.Duration) (time.Time, string) {
	for ahead := range 3 {
		day := time.Date(now.Year(), now.Month()+time.Month(ahead), m.dom, 0, 0, 0, 0, zone())
		if day.Day() == m.dom && day.Add(clock).After(now) {
			return day, ""
		}
	}
	return time.Time{}, ProblemBadTime
}

func midnight(now time.Time, days int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, zone())
}

// stamp writes an instant as it goes on the wire.
func stamp(t time.Time) string { return t.In(zone()).Format(time.RFC3339) }
