package worktime

import (
	"math"
	"time"
)

// Calendar answers questions about working time. Spec.Compile makes it.
type Calendar struct {
	loc *time.Location

	// The compiled years: [from, to) in Unix seconds, the working intervals
	// in them and what finds one of those quickly.
	from, to int64
	spans    []span
	total    int64      // working seconds in all spans
	firstDay day        // the date at from
	days     []dayEntry // one per date, and one past the end
	workdays []day      // the dates with working time, in order
	bucket   int64      // working seconds per entry of byWork
	byWork   []int32    // first span that ends after k*bucket working seconds

	// The bare week continues on both sides of the compiled years.
	week               week
	weekFrom, weekTo   int64 // week.count at from and to
	daysFrom, daysTo   int64 // week.daysThrough on the eve of from and of to
	announcedFrom      int64 // first announced second
	announcedUntil     int64 // first second after the announced dates
	announcedLastLabel day   // announced_until itself, for explanations
	notes              map[day]note
}

// span is a half-open working interval in Unix seconds.
type span struct {
	start, end int64
	before     int64 // working seconds in all earlier spans
}

// dayEntry says where a date begins among the spans and the working days.
type dayEntry struct {
	span     int32 // first span of this date or later
	workdays int32 // working days before this date
}

// maxSecond bounds the instants that are counted with: some 34,000 years on
// both sides of 1970. Anything further is treated as if it were that far, so
// that no sum overflows.
const maxSecond = 1 << 40

// Add returns the instant at which d of working time has passed since t: the
// end of the last counted instant, never the start of the next interval
// (Đ9.3). Add(t, 0) is t. A negative d is Sub(t, -d).
func (c *Calendar) Add(t time.Time, d time.Duration) time.Time {
	if d == 0 {
		return c.local(t)
	}
	at := c.position(t).plus(d)
	if d > 0 && at.nanos == 0 {
		return c.unix(c.first(at.seconds), 0)
	}
	return c.unix(c.last(at.seconds), at.nanos)
}

// Sub returns the latest instant from which d of working time passes until t:
// the largest s with Between(s, t) = d. It therefore lies inside a working
// interval, 13:00 and not 11:30, 07:30 and not 17:00 of the day before.
// For d > 0 Between(Sub(t, d), t) = d and Add(Sub(t, d), d) is the first
// instant with as much working time behind it as t: t itself when t is a
// deadline. Sub(t, 0) is t. A negative d is Add(t, -d).
func (c *Calendar) Sub(t time.Time, d time.Duration) time.Time {
	if d == math.MinInt64 {
		d++ // -d would overflow; a nanosecond in 292 years
	}
	return c.Add(t, -d)
}

// Between returns the working time from a to b, negative when b is before a.
// What does not fit a Duration (292 years) is cut to the longest one.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	p, q := c.position(a), c.position(b)
	seconds, nanos := q.seconds-p.seconds, q.nanos-p.nanos
	const most = math.MaxInt64/int64(time.Second) - 1
	switch {
	case seconds > most:
		return math.MaxInt64
	case seconds < -most:
		return math.MinInt64
	}
	return time.Duration(seconds)*time.Second + time.Duration(nanos)
}

// Working tells whether t lies inside a working interval.
func (c *Calendar) Working(t time.Time) bool {
	_, open := c.count(clamp(t.Unix()))
	return open
}

// Next returns the first working instant at or after t.
func (c *Calendar) Next(t time.Time) time.Time {
	n, open := c.count(clamp(t.Unix()))
	if open {
		return c.local(t)
	}
	return c.unix(c.last(n), 0)
}

// Provisional tells whether t lies outside the announced dates, so that an
// answer t may still move. The midnight that ends announced_until does not.
func (c *Calendar) Provisional(t time.Time) bool {
	sec := t.Unix()
	return sec < c.announcedFrom || sec > c.announcedUntil ||
		sec == c.announcedUntil && t.Nanosecond() > 0
}

// position is the working time since the start of the compiled years.
type position struct {
	seconds int64
	nanos   int64 // 0 to 999,999,999
}

func (c *Calendar) position(t time.Time) position {
	n, open := c.count(clamp(t.Unix()))
	if !open {
		return position{seconds: n}
	}
	return position{seconds: n, nanos: int64(t.Nanosecond())}
}

func (p position) plus(d time.Duration) position {
	p.seconds += int64(d / time.Second)
	p.nanos += int64(d % time.Second)
	switch {
	case p.nanos < 0:
		p.seconds--
		p.nanos += int64(time.Second)
	case p.nanos >= int64(time.Second):
		p.seconds++
		p.nanos -= int64(time.Second)
	}
	return p
}

func clamp(sec int64) int64 { return max(-maxSecond, min(sec, maxSecond)) }

// local returns t in Vietnam, without the reading of a monotonic clock.
func (c *Calendar) local(t time.Time) time.Time { return t.Round(0).In(c.loc) }

func (c *Calendar) unix(sec, nanos int64) time.Time { return time.Unix(sec, nanos).In(c.loc) }
