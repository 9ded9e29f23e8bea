package worktime

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyCalendar draws calendars of every kind.
func anyCalendar(rt *rapid.T) *Calendar {
	s := anySpec(rt)
	c, err := s.Compile(2026, 2027)
	if err != nil {
		rt.Fatalf("%+v: %v", s, err)
	}
	return c
}

// anySpec draws files of every kind: sparse, dense, with rows.
func anySpec(rt *rapid.T) Spec {
	s := Spec{Hours: Hours{"wed": {"09:00-10:00"}}}
	for _, name := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if list := anyHours(rt, name); len(list) > 0 {
			s.Hours[name] = list
		}
	}
	for i := range rapid.IntRange(0, 30).Draw(rt, "off") {
		s.Off = append(s.Off, DayOff{Date: day(20454 + i*3).String(), Name: "nghỉ"}) // from 2026-01-01
	}
	for i := range rapid.IntRange(0, 10).Draw(rt, "work") {
		s.Work = append(s.Work, WorkDay{Date: day(20455 + i*3).String()})
	}
	if rapid.Bool().Draw(rt, "announced") {
		s.AnnouncedUntil = "2026-06-30"
	}
	return s
}

func anyHours(rt *rapid.T, name string) []string {
	var list []string
	edge := 0
	for range rapid.IntRange(0, 3).Draw(rt, name) {
		start := edge + rapid.IntRange(0, 300).Draw(rt, "gap")
		end := start + rapid.IntRange(1, 600).Draw(rt, "length")
		if end > 1440 {
			end = 1440
		}
		if start >= end {
			break
		}
		list = append(list, fmt.Sprintf("%02d:%02d-%02d:%02d", start/60, start%60, end/60, end%60))
		edge = end
	}
	return list
}

// anyInstant reaches a year over both ends of the compiled years.
func anyInstant(rt *rapid.T, name string) time.Time {
	sec := rapid.Int64Range(1735689600, 1861920000).Draw(rt, name) // 2025 to 2028
	if rapid.Bool().Draw(rt, "whole half hour") {
		sec -= sec % 1800
	}
	nanos := rapid.SampledFrom([]int64{0, 0, 1, 500_000_000, 999_999_999}).Draw(rt, "nanos")
	return time.Unix(sec, nanos)
}

func anyTime(rt *rapid.T, name string) time.Duration {
	return rapid.OneOf(
		rapid.Map(rapid.Int64Range(1, 600), func(n int64) time.Duration { return time.Duration(n) * 15 * time.Minute }),
		rapid.Map(rapid.Int64Range(1, 3_000_000), func(n int64) time.Duration { return time.Duration(n) * time.Second }),
		rapid.Map(rapid.Int64Range(1, 1<<52), func(n int64) time.Duration { return time.Duration(n) }),
	).Draw(rt, name)
}

// field failure 22, field failure 24
func TestSubtractingAndAddingAreInverse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, from, d := anyCalendar(rt), anyInstant(rt, "from"), anyTime(rt, "d")
		due := c.Add(from, d)
		if got := c.Between(from, due); got != d {
			rt.Fatalf("Between(t, Add(t, %v)) = %v", d, got)
		}
		if !due.After(from) {
			rt.Fatalf("Add(%v, %v) = %v is not later", from, d, due)
		}
		back := c.Sub(from, d)
		if got := c.Between(back, from); got != d {
			rt.Fatalf("Between(Sub(t, %v), t) = %v", d, got)
		}
		if c.Between(back.Add(1), from) >= d {
			rt.Fatalf("Sub(%v, %v) = %v is not the latest", from, d, back)
		}
		if c.Between(from, due.Add(-1)) >= d {
			rt.Fatalf("Add(%v, %v) = %v is not the earliest", from, d, due)
		}
		if again := c.Add(c.Sub(due, d), d); !again.Equal(due) {
			rt.Fatalf("Add(Sub(%v)) = %v", due, again)
		}
		if c.Working(from) && !c.Sub(due, d).Equal(from) {
			rt.Fatalf("Sub(Add(%v, %v)) = %v", from, d, c.Sub(due, d))
		}
		if !c.Add(from, -d).Equal(back) || !c.Sub(from, -d).Equal(due) {
			rt.Fatal("a negative duration is not the other direction")
		}
	})
}

func TestAddingInTwoStepsIsAddingAtOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, from := anyCalendar(rt), anyInstant(rt, "from")
		a, b := anyTime(rt, "a"), anyTime(rt, "b")
		two, one := c.Add(c.Add(from, a), b), c.Add(from, a+b)
		if !two.Equal(one) {
			rt.Fatalf("%v + %v + %v = %v, at once %v", from, a, b, two, one)
		}
		m, n := rapid.IntRange(1, 300).Draw(rt, "m"), rapid.IntRange(1, 300).Draw(rt, "n")
		first := c.AddDays(from, m)
		if first.Equal(c.unix(dayOf(first.Unix()).start(), 0)) {
			return // 24:00 is the next date already
		}
		if two, one := c.AddDays(first, n), c.AddDays(from, m+n); !two.Equal(one) {
			rt.Fatalf("%v + %dd + %dd = %v, at once %v", from, m, n, two, one)
		}
	})
}

// field failure 27
func TestADeadlineFallsInsideAWorkingInterval(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, from, d := anyCalendar(rt), anyInstant(rt, "from"), anyTime(rt, "d")
		for _, due := range []time.Time{c.Add(from, d), c.AddDays(from, rapid.IntRange(1, 400).Draw(rt, "n"))} {
			if !c.Working(due.Add(-1)) {
				rt.Fatalf("%v: the last counted instant before %v is not working time", from, due)
			}
		}
		if back := c.Sub(from, d); !c.Working(back) {
			rt.Fatalf("%v less %v = %v is not working time", from, d, back)
		}
		next := c.Next(from)
		if !c.Working(next) || next.Before(from) || c.Between(from, next) != 0 {
			rt.Fatalf("Next(%v) = %v", from, next)
		}
	})
}

func TestLaterReceiptOrLongerLimitNeverMeansAnEarlierDeadline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, a, b, d := anyCalendar(rt), anyInstant(rt, "a"), anyInstant(rt, "b"), anyTime(rt, "d")
		if b.Before(a) {
			a, b = b, a
		}
		n := rapid.IntRange(1, 400).Draw(rt, "n")
		switch {
		case c.Add(b, d).Before(c.Add(a, d)), c.Sub(b, d).Before(c.Sub(a, d)):
			rt.Fatalf("%v and %v: %v crosses", a, b, d)
		case c.AddDays(b, n).Before(c.AddDays(a, n)):
			rt.Fatalf("%v and %v: %dd crosses", a, b, n)
		case c.Add(a, d+1).Before(c.Add(a, d)), c.AddDays(a, n+1).Before(c.AddDays(a, n)):
			rt.Fatalf("%v: a longer limit is earlier", a)
		case c.Between(a, b) < 0, c.Between(b, a) != -c.Between(a, b):
			rt.Fatalf("Between(%v, %v) = %v", a, b, c.Between(a, b))
		}
	})
}

// field failure 20
func TestTheDaysOfAnExplanationSumToTheLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, from, d := anyCalendar(rt), anyInstant(rt, "from"), anyTime(rt, "d")
		e := c.Explain(from, Span{Time: d})
		var sum time.Duration
		for i, x := range e.Days {
			sum += x.Counted
			if x.Sum != sum {
				rt.Fatalf("day %d: sum %v, days %v", i, x.Sum, sum)
			}
		}
		if e.Left == 0 && sum != d || !e.Due.Equal(c.Add(from, d)) {
			rt.Fatalf("explained %v of %v, due %v", sum, d, e.Due)
		}
		n := rapid.IntRange(1, 50).Draw(rt, "n")
		e = c.Explain(from, Span{Days: n})
		if e.Left == 0 && e.Days[len(e.Days)-1].Number != n {
			rt.Fatalf("explained %d of %d days", e.Days[len(e.Days)-1].Number, n)
		}
	})
}
