package worktime

import (
	"errors"
	"fmt"
	"time"
)

// ParseInstant reads RFC 3339 ("2026-03-13T16:50:00+07:00") or a time in
// Vietnam ("2026-03-13T16:50", "2026-03-13T16:50:30") and returns it in
// Asia/Ho_Chi_Minh. Dates that do not exist and years outside 1976 to 2400
// are refused.
func ParseInstant(s string) (time.Time, error) {
	t, err := parseInstant(s)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %s: %w", quote(s), err)
	}
	return t, nil
}

func parseInstant(s string) (time.Time, error) {
	layout := time.RFC3339
	switch len(s) {
	case len("2006-01-02T15:04"):
		layout = "2006-01-02T15:04"
	case len("2006-01-02T15:04:05"):
		layout = "2006-01-02T15:04:05"
	}
	// time.Parse forgives one-digit hours and a comma before the fraction.
	if !shaped(s, "dddd-dd-ddTdd:dd") || len(s) > 19 && s[19] == ',' {
		return time.Time{}, errors.New("is not of the form 2026-03-13T16:50 or RFC 3339")
	}
	t, err := time.ParseInLocation(layout, s, Zone())
	var bad *time.ParseError
	switch {
	case errors.As(err, &bad) && bad.Message != "":
		return time.Time{}, errors.New("does not exist" + bad.Message)
	case err != nil:
		return time.Time{}, errors.New("is not of the form 2026-03-13T16:50 or RFC 3339")
	}
	t = t.In(Zone())
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, fmt.Errorf("is outside the years %d to %d", firstYear, lastYear)
	}
	return t, nil
}

// shaped tells whether s begins like the shape, where d is any digit.
func shaped(s, shape string) bool {
	if len(s) < len(shape) {
		return false
	}
	for i := range len(shape) {
		digit := '0' <= s[i] && s[i] <= '9'
		if shape[i] == 'd' && !digit || shape[i] != 'd' && s[i] != shape[i] {
			return false
		}
	}
	return true
}
