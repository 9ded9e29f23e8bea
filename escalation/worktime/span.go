package worktime

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Span is a limit: working time or working days, never both.
type Span struct {
	Time time.Duration // working time; used when Days is 0
	Days int           // working days, the day of receipt not counted
}

// Limits of what ParseSpan accepts: about ten years of work. Nobody sets such
// a deadline; whoever types one has mistyped.
const (
	MaxSpanTime = 20_000 * time.Hour
	MaxSpanDays = 2_500
)

// ParseSpan reads "8h", "90m", "1h30m", "45s" as working time and "2d" as
// working days. "0h" is no time at all; "0d" is refused, since a limit of no
// days has no last day. Signs, fractions, spaces, days mixed with hours and
// anything over MaxSpanTime or MaxSpanDays are refused too.
func ParseSpan(s string) (Span, error) {
	span, err := parseSpan(s)
	if err != nil {
		return Span{}, fmt.Errorf("limit %s: %w", quote(s), err)
	}
	return span, nil
}

func parseSpan(s string) (Span, error) {
	switch {
	case s == "":
		return Span{}, errors.New("is empty; write 8h, 1h30m or 2d")
	case s[0] == '-' || s[0] == '+':
		return Span{}, errors.New("must not carry a sign")
	case strings.HasSuffix(s, "d"):
		return parseDays(strings.TrimSuffix(s, "d"))
	}
	d, err := parseTime(s)
	return Span{Time: d}, err
}

func parseDays(s string) (Span, error) {
	n, rest, err := number(s)
	switch {
	case err != nil:
		return Span{}, err
	case rest != "":
		return Span{}, errors.New("mixes days with something else; write 8h, 1h30m or 2d")
	case n == 0:
		return Span{}, errors.New("a limit in days has at least one day")
	case n > MaxSpanDays:
		return Span{}, fmt.Errorf("is longer than %dd", MaxSpanDays)
	}
	return Span{Days: int(n)}, nil
}

// parseTime reads hours, minutes and seconds, each at most once, in order.
func parseTime(s string) (time.Duration, error) {
	var sum time.Duration
	units, sizes := "hms", [3]time.Duration{time.Hour, time.Minute, time.Second}
	for s != "" {
		n, rest, err := number(s)
		if err != nil {
			return 0, err
		}
		if rest == "" {
			return 0, errors.New("lacks a unit; write 8h, 1h30m or 2d")
		}
		i := strings.IndexByte(units, rest[0])
		if i < 0 {
			return 0, errors.New("is not of the form 8h, 1h30m or 2d")
		}
		size := sizes[len(sizes)-len(units)+i]
		units = units[i+1:] // smaller units only from here on
		if n > int64(MaxSpanTime/size) {
			return 0, errTooLong
		}
		sum += time.Duration(n) * size
		s = rest[1:]
	}
	if sum > MaxSpanTime {
		return 0, errTooLong
	}
	return sum, nil
}

var errTooLong = fmt.Errorf("is longer than %dh", int(MaxSpanTime.Hours()))

// number reads the digits at the start of s.
func number(s string) (n int64, rest string, err error) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		n = min(n*10+int64(s[i]-'0'), 1<<40) // over every limit already
		i++
	}
	if i == 0 {
		return 0, s, errors.New("is not of the form 8h, 1h30m or 2d")
	}
	return n, s[i:], nil
}

// String returns the span as ParseSpan reads it, without idle zeros.
func (s Span) String() string {
	if s.Days != 0 {
		return fmt.Sprintf("%dd", s.Days)
	}
	return shortTime(s.Time)
}

// shortTime writes 8h, 1h30m, 20m, 0h; parts of a second only if there are any.
func shortTime(d time.Duration) string {
	if d == 0 {
		return "0h"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText and UnmarshalText let a span stand in YAML and JSON as text.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseSpan reads.
func (s *Span) UnmarshalText(text []byte) error {
	span, err := ParseSpan(string(text))
	if err == nil {
		*s = span
	}
	return err
}

// AddSpan returns the deadline of s for what was received at t.
func (c *Calendar) AddSpan(t time.Time, s Span) time.Time {
	if s.Days != 0 {
		return c.AddDays(t, s.Days)
	}
	return c.Add(t, s.Time)
}

// quote shows input in an error, cut where it grows long.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
