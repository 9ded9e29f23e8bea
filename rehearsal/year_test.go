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

// A petition from receipt to vote, with what a month must say of it.
func TestTheModelCountsAMonth(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	list := []fate{
		{channel: "web", field: "rác thải", unit: 1, forwarded: at("09 08:00"), acked: at("09 08:40"), answered: at("09 15:00"), onSite: true, published: at("09 16:00"), rated: at("10 09:00"), score: 4},
		{channel: "web", field: "cấp nước", unit: 1, forwarded: at("09 08:00"), returned: at("09 08:20"), moved: at("09 08:30"), answered: at("09 11:30"), published: at("09 14:00")},
		{channel: "phone", unit: 2, forwarded: at("20 08:00")},
		{channel: "phone", forwarded: at("20 08:00"), rejected: true},
		{channel: "phone", forwarded: at("20 08:00"), direct: true, rated: at("21 09:00"), score: 5},
	}
	march := stretch{modelInstant(t, "2026-03-01 00:00"), modelInstant(t, "2026-04-01 00:00"), modelInstant(t, "2026-06-01 00:00")}
	cells := tallied(list, march)
	delivered(cells, []landed{{"slip", at("09 08:00")}, {"slip", at("31 23:00")}, {"slip", march.to}}, march)
	for at, want := range map[cell]string{
		{"city", "received", "value"}: "5", {"city", "rejected", "value"}: "1 of 5", {"city", "answered_directly", "value"}: "1 of 5", {"city", "forwarded", "value"}: "3 of 5",
		{"city", "slips", "value"}: "4", {"city", "returned", "value"}: "1 of 4", {"city", "acknowledged", "value"}: "3 of 4", {"city", "median_acknowledged", "value"}: "40 min",
		{"city", "answers", "value"}: "2", {"city", "median_answered", "value"}: "180 min", {"city", "within_8h", "value"}: "2 of 2", {"city", "own_site", "value"}: "1 of 2",
		{"city", "went_late", "value"}: "1", {"city", "open_late", "value"}: "1 of 1", {"city", "rated", "value"}: "2 of 3", {"city", "score", "value"}: "4.5000",
		{"unit", "Y001", "slips"}: "2", {"unit", "Y001", "returned"}: "1 of 2", {"unit_answers", "Y008", "answers"}: "1", {"unit_open", "Y002", "open"}: "1",
		{"field", "cấp nước", "received"}: "1", {"channel_answers", "web", "answers"}: "2", {"held", "held_1022", "value"}: "24 min", {"ages", "age_2", "value"}: "1 of 1",
		{"sms", "slip", "delivered"}: "2", {"sms", "all", "delivered"}: "2",
	} {
		if cells[at] != want {
			t.Errorf("%v: %q, want %q", at, cells[at], want)
		}
	}
	said := map[cell]string{{"city", "received", "value"}: "4", {"sms", "all", "segments"}: "3"}
	if differ, compared := differing(said, map[cell]string{{"city", "received", "value"}: "5", {"city", "open", "value"}: "0"}); len(differ) != 2 || compared != 2 {
		t.Errorf("of %d cells these differ: %+v", compared, differ)
	}
}

func TestWhatDiffersFromTheModelIsTold(t *testing.T) {
	at := modelInstant(t, "2026-03-09 08:00")
	key := func(template string) yearKey { return yearKey{"HP260309-0001", template, "+84570000001"} }
	r := &YearResult{Templates: map[string]YearTemplate{}}
	seen := map[yearKey][]time.Time{key("O1"): {at, at.Add(time.Hour)}, key("H1"): {at.Add(time.Second)}, key("V1"): {at}}
	for _, template := range []string{"O1", "H1", "O2"} {
		r.demand(key(template), demand{template: template, who: toFocal, at: at}, seen)
	}
	if r.Missing != 1 || r.Wrong != 1 || len(seen[key("O1")]) != 1 || len(seen[key("V1")]) != 1 || len(seen[key("H1")]) != 0 || r.Templates["O1"] != (YearTemplate{1, 1}) || r.Templates["O2"] != (YearTemplate{1, 0}) {
		t.Errorf("%+v, left %v", r, seen)
	}
	if r.Equal() || r.Err() == nil {
		t.Error("a year with a missing text passes for equal")
	}
	r = &YearResult{Months: map[string]YearMonth{"2026-03": {Differ: []YearCell{{Cell: "city / received / value", Report: "1", Model: "2"}}}}}
	if r.Equal() {
		t.Error("a month that differs passes for equal")
	}
}
