package worktime

import (
	"math"
	"testing"
	"time"
)

func compile(t testing.TB, s Spec) *Calendar {
	t.Helper()
	c, err := s.Compile(2024, 2027)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func everyDay(list ...string) Hours {
	h := Hours{}
	for name := range weekdays {
		h[name] = list
	}
	return h
}

// field failure 18
func TestACalendarAroundTheClockLosesNothingAtMidnight(t *testing.T) {
	c := compile(t, Spec{Hours: everyDay("00:00-24:00")})
	for _, from := range []time.Time{
		at(t, "10/03/2026 23:59"), at(t, "11/03/2026 00:00"), at(t, "31/12/2027 23:59"), at(t, "01/01/2023 00:00").Add(7),
	} {
		for _, d := range []time.Duration{1, time.Second, time.Minute, 24 * time.Hour, 1000*time.Hour + 1, 20000 * time.Hour} {
			same(t, from.String(), c.Add(from, d), from.Add(d))
			same(t, from.String(), c.Sub(from, d), from.Add(-d))
			if got := c.Between(from, from.Add(d)); got != d {
				t.Errorf("%v: Between = %v, want %v", from, got, d)
			}
		}
	}
	same(t, "1d", c.AddDays(at(t, "10/03/2026 09:00"), 1), at(t, "12/03/2026 00:00"))
}

func TestHoursMayEndAt24(t *testing.T) {
	c := compile(t, Spec{Hours: Hours{"tue": {"22:00-24:00"}, "wed": {"00:00-02:00"}}})
	from := at(t, "10/03/2026 21:00") // Tuesday
	same(t, "2h", c.Add(from, 2*time.Hour), at(t, "11/03/2026 00:00"))
	same(t, "3h", c.Add(from, 3*time.Hour), at(t, "11/03/2026 01:00"))
	same(t, "4h", c.Add(from, 4*time.Hour), at(t, "11/03/2026 02:00"))
	same(t, "4h1s", c.Add(from, 4*time.Hour+time.Second), at(t, "17/03/2026 22:00").Add(time.Second))
	same(t, "next", c.Next(at(t, "11/03/2026 02:00")), at(t, "17/03/2026 22:00"))
}

func TestTheSecondsOfADaySumExactly(t *testing.T) {
	c := HaiPhong()
	from := at(t, "09/03/2026 00:00") // Monday
	var sum time.Duration
	for s := range 24 * 3600 {
		a := from.Add(time.Duration(s) * time.Second)
		sum += c.Between(a, a.Add(time.Second))
	}
	if sum != 8*time.Hour {
		t.Errorf("sum of the seconds = %v", sum)
	}
}

func TestAddingNothingStaysWhereItIs(t *testing.T) {
	for _, s := range []string{"09/03/2026 08:00", "09/03/2026 11:30", "09/03/2026 12:00", "15/03/2026 02:00", "01/01/2400 03:00"} {
		from := at(t, s).Add(123)
		same(t, s, HaiPhong().Add(from, 0), from)
		same(t, s, HaiPhong().Sub(from, 0), from)
		same(t, s, HaiPhong().AddDays(from, 0), from)
		same(t, s, HaiPhong().AddDays(from, -3), from)
	}
}

// field failure 22
func TestAWarningBeforeADeadlineCrossesBreaks(t *testing.T) {
	rows := []struct {
		due    string
		before time.Duration
		want   string
	}{
		{"09/03/2026 14:00", 2 * time.Hour, "09/03/2026 10:30"},    // Monday, over lunch
		{"09/03/2026 15:00", 2 * time.Hour, "09/03/2026 13:00"},    // not 11:30
		{"09/03/2026 08:30", 2 * time.Hour, "06/03/2026 16:00"},    // from Monday to Friday
		{"10/03/2026 17:00", 8 * time.Hour, "10/03/2026 07:30"},    // not Monday 17:00
		{"03/02/2025 08:00", time.Hour, "24/01/2025 16:30"},        // over Tết 2025
		{"03/09/2026 08:30", 9 * time.Hour, "28/08/2026 07:30"},    // over 2/9/2026
		{"24/08/2026 08:30", 2 * time.Hour, "22/08/2026 16:00"},    // into a worked Saturday
		{"15/03/2026 12:00", time.Minute, "13/03/2026 16:59"},      // from a Sunday
		{"09/03/2026 11:30", 30 * time.Minute, "09/03/2026 11:00"}, // Monday
	}
	for _, r := range rows {
		same(t, r.due, HaiPhong().Sub(at(t, r.due), r.before), at(t, r.want))
	}
}

// field failure 24
func TestWhatIsLeftAtAPauseIsLeftAtResumption(t *testing.T) {
	c := HaiPhong()
	due := c.Add(at(t, "12/03/2026 08:00"), 16*time.Hour) // Thursday; due Monday 08:00
	left := c.Between(at(t, "13/03/2026 16:00"), due)     // paused Friday
	if left != 90*time.Minute {
		t.Fatalf("left = %v", left)
	}
	same(t, "resumed Sunday", c.Add(at(t, "15/03/2026 20:00"), left), at(t, "16/03/2026 09:00"))
}

func TestFractionsOfASecondAreCounted(t *testing.T) {
	c := HaiPhong()
	half := 500 * time.Millisecond
	from := at(t, "09/03/2026 16:59").Add(59*time.Second + half) // Monday
	same(t, "+0.5s", c.Add(from, half), at(t, "09/03/2026 17:00"))
	same(t, "+1s", c.Add(from, time.Second), at(t, "10/03/2026 07:30").Add(half))
	same(t, "-0.5s", c.Sub(at(t, "10/03/2026 07:30"), half), from)
	same(t, "after work", c.Add(at(t, "09/03/2026 17:00").Add(half), time.Hour), at(t, "10/03/2026 08:30"))
	same(t, "next", c.Next(from), from)
}

func TestBetweenIsNegativeBackwards(t *testing.T) {
	a, b := at(t, "13/03/2026 16:00"), at(t, "16/03/2026 08:30")
	if got := HaiPhong().Between(b, a); got != -2*time.Hour {
		t.Errorf("Between = %v", got)
	}
}

func TestADayAnswersForItsHours(t *testing.T) {
	c := HaiPhong()
	for _, s := range []string{"09/03/2026 03:00", "03/03/2110 20:00"} { // both Mondays; inside and past the compiled years
		day := at(t, s)
		end, ok := c.DayEnd(day)
		if h := c.Hours(day); !ok || end.Format("15:04") != "17:00" || len(h) != 2 ||
			h[0].Start.Format("02/01/2006 15:04") != day.Format("02/01/2006")+" 07:30" || !h[1].End.Equal(end) {
			t.Errorf("%s: end %v, hours %v", s, end, h)
		}
	}
	if _, ok := c.DayEnd(at(t, "15/03/2026 10:00")); ok {
		t.Error("a Sunday has no end of work")
	}
	from, to := at(t, "13/03/2026 16:50"), at(t, "16/03/2026 16:50") // Friday to Monday
	for _, r := range []struct {
		day  string
		want time.Duration
	}{
		{"12/03/2026 00:00", 0}, {"13/03/2026 00:00", 10 * time.Minute}, {"14/03/2026 00:00", 0},
		{"16/03/2026 23:00", 7*time.Hour + 50*time.Minute}, {"17/03/2026 08:00", 0},
	} {
		if got := c.CountedOn(at(t, r.day), from, to); got != r.want {
			t.Errorf("counted on %s = %v, want %v", r.day, got, r.want)
		}
	}
}

// field failure 19
func TestNoDurationAndNoInstantIsTooFar(t *testing.T) {
	calendars := map[string]*Calendar{
		"city":   HaiPhong(),
		"clock":  compile(t, Spec{Hours: everyDay("00:00-24:00")}),
		"second": compile(t, Spec{Hours: Hours{"sun": {"23:59:59-24:00:00"}}}),
	}
	instants := []time.Time{
		{}, at(t, "09/03/2026 08:00"), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	spans := []time.Duration{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}
	for name, c := range calendars {
		for _, from := range instants {
			for _, d := range spans {
				c.Add(from, d)
				c.Sub(from, d)
				c.Explain(from, Span{Time: d})
			}
			c.Between(from, instants[2])
			c.Next(from)
			c.Provisional(from)
			c.Explain(from, Span{Days: math.MaxInt})
			c.AddDays(from, math.MinInt)
		}
		const longest = time.Duration(math.MaxInt64)
		from := instants[1]
		if due := c.Add(from, longest); c.Between(from, due) != longest && name == "city" {
			t.Errorf("%s: Between over 292 years of work = %v", name, c.Between(from, due))
		}
		if c.Between(instants[3], instants[2]) != math.MaxInt64 && name != "second" {
			t.Errorf("%s: Between is not cut to the longest duration", name)
		}
	}
}

func TestTheBareWeekGoesOnPastTheCompiledYears(t *testing.T) {
	s := HaiPhongSpec()
	s.AnnouncedFrom, s.AnnouncedUntil = "", ""
	short, err := s.Compile(2026, 2026)
	if err != nil {
		t.Fatal(err)
	}
	long, err := s.Compile(1990, 2100)
	if err != nil {
		t.Fatal(err)
	}
	from := at(t, "28/12/2026 15:00") // Monday; Tết 2027 lies 30 working days ahead
	for h := range 200 {
		d := time.Duration(h) * time.Hour
		same(t, d.String(), short.Add(from, d), long.Add(from, d))
		same(t, d.String(), short.AddDays(from, h/8), long.AddDays(from, h/8))
	}
	night := at(t, "31/12/2026 18:00") // Thursday, after the last interval of the short calendar
	same(t, "next", short.Next(night), long.Next(night))
	same(t, "+1h", short.Add(night, time.Hour), at(t, "01/01/2027 08:30")) // no fixed holidays without announced_until
	same(t, "-1h", short.Sub(night, time.Hour), at(t, "31/12/2026 16:00"))
	year2050 := at(t, "03/01/2050 09:00") // Monday
	same(t, "2050", short.Add(year2050, 48*time.Hour), long.Add(year2050, 48*time.Hour))
	same(t, "2050", short.AddDays(year2050, 7), long.AddDays(year2050, 7))
	year2020 := at(t, "06/01/2020 09:00") // Monday
	same(t, "2020", short.Sub(year2020, 48*time.Hour), long.Sub(year2020, 48*time.Hour))
	same(t, "2020", short.AddDays(year2020, 7), long.AddDays(year2020, 7))
	if short.Between(year2020, year2050) == 0 {
		t.Error("nothing between 2020 and 2050")
	}
}
