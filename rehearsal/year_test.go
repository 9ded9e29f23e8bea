package rehearsal

import (
	"testing"
	"time"
)

// The examples that were stepped minute by minute when the calendar was settled.
func TestTheModelCountsWorkingTimeByItself(t *testing.T) {
	for _, c := range []struct{ from, one, eight, fortyEight string }{
		{"2026-03-09 08:00", "2026-03-09 09:00", "2026-03-10 08:00", "2026-03-17 08:00"}, // Monday
		{"2026-03-11 10:45", "2026-03-11 13:15", "2026-03-12 10:45", "2026-03-19 10:45"}, // across lunch
		{"2026-03-12 12:10", "2026-03-12 14:00", "2026-03-13 11:30", "2026-03-20 11:30"}, // in lunch
		{"2026-03-12 19:30", "2026-03-13 08:30", "2026-03-13 17:00", "2026-03-20 17:00"}, // Thursday evening
		{"2026-03-13 16:50", "2026-03-16 08:20", "2026-03-16 16:50", "2026-03-23 16:50"}, // Friday
		{"2026-08-28 15:00", "2026-08-28 16:00", "2026-09-03 15:00", "2026-09-10 15:00"}, // before 2 September
		{"2026-08-21 16:00", "2026-08-21 17:00", "2026-08-22 16:00", "2026-08-28 16:00"}, // a Saturday that is worked
		{"2026-11-23 14:00", "2026-11-23 15:00", "2026-11-25 14:00", "2026-12-02 14:00"}, // before Culture Day
		{"2026-03-09 17:00", "2026-03-10 08:30", "2026-03-10 17:00", "2026-03-17 17:00"},
		{"2026-03-09 11:30", "2026-03-09 14:00", "2026-03-10 11:30", "2026-03-17 11:30"},
	} {
		from := modelInstant(t, c.from)
		for hours, want := range map[int]string{1: c.one, 8: c.eight, 48: c.fortyEight} {
			if got := modelAdd(from, time.Duration(hours)*time.Hour).Format("2006-01-02 15:04"); got != want {
				t.Errorf("%s and %d h: %s, want %s", c.from, hours, got, want)
			}
		}
	}
}

func modelInstant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, YearStart().Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAYearIsTheSameForTheSameSeed(t *testing.T) {
	y := Year{Seed: 3, Days: 60, Petitions: 500}
	one, other := y.fates(), y.fates()
	kinds := map[bool]int{}
	for i := range one {
		if one[i] != other[i] {
			t.Fatalf("petition %d differs: %+v and %+v", i, one[i], other[i])
		}
		kinds[one[i].rejected]++
		if f := one[i]; f.forwarded.Before(YearStart()) || !f.forwarded.Before(y.End()) || onGrid(f.forwarded) != f.forwarded {
			t.Errorf("%+v", f)
		}
	}
	if kinds[true] == 0 || kinds[false] == 0 {
		t.Errorf("%v", kinds)
	}
	y.Seed++
	if y.fates()[0] == one[0] && y.fates()[1] == one[1] {
		t.Error("another seed draws the same")
	}
}

func TestWhatDiffersFromTheModelIsTold(t *testing.T) {
	at := modelInstant(t, "2026-03-09 08:00")
	key := func(template string) yearKey { return yearKey{"HP260309-0001", template, "+84570000001"} }
	r := &YearResult{Templates: map[string]YearTemplate{}}
	seen := map[yearKey][]time.Time{key("O1"): {at, at.Add(time.Hour)}, key("H1"): {at.Add(time.Second)}, key("V1"): {at}}
	for _, template := range []string{"O1", "H1", "O2"} {
		r.demand(key(template), demand{template, toFocal, at}, seen)
	}
	if r.Missing != 1 || r.Wrong != 1 || len(seen[key("O1")]) != 1 || len(seen[key("V1")]) != 1 || len(seen[key("H1")]) != 0 || r.Templates["O1"] != (YearTemplate{1, 1}) || r.Templates["O2"] != (YearTemplate{1, 0}) {
		t.Errorf("%+v, left %v", r, seen)
	}
	if r.Equal() || r.Err() == nil {
		t.Error("a year with a missing text passes for equal")
	}
	r = &YearResult{Months: map[string]YearMonth{"2026-03": {Model: month{Received: 1}}}}
	if r.Equal() {
		t.Error("a month that differs passes for equal")
	}
}
