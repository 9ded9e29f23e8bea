package console

import (
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// listOf are the parts of a field that lists by semicolons.
func listOf(s string) []string {
	var list []string
	for _, part := range strings.Split(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// dayOf reads a day of a form; empty: zero.
func dayOf(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, s, zone())
	if err != nil {
		return time.Time{}, wrong(field, "ngày không đúng")
	}
	return day, nil
}

// instantOf reads a day or an instant of a form. A field that says what was shown of the
// instant before leaves it as it is, to the second.
func instantOf(field, s string, before time.Time) (time.Time, error) {
	switch {
	case s == "":
		return time.Time{}, nil
	case s == isoDay(before), s == isoMinute(before):
		return before, nil
	case len(s) == len(time.DateOnly):
		return dayOf(field, s)
	}
	at, err := worktime.ParseInstant(s)
	if err != nil {
		return time.Time{}, wrong(field, "thời điểm không đúng")
	}
	return at, nil
}
