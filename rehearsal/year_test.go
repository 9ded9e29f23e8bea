package rehearsal

import (
	"reflect"
	"slices"
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
			if got := city.add(from, time.Duration(hours)*time.Hour).Format("2006-01-02 15:04"); got != want {
				t.Errorf("%s and %d h: %s, want %s", c.from, hours, got, want)
			}
		}
	}
}

// Unit 5 works on Saturdays and not on Mondays, unit 9 around the clock.
func TestTheModelCountsAUnitsTimeByItsOwnCalendar(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	for name, c := range map[string]struct {
		fate fate
		want []string
		no   []string
	}{
		"a Friday evening before a Saturday that is worked": {fate{unit: 5, forwarded: at("13 18:00")},
			[]string{"O1 13 18:00", "O1N 14 08:00", "H1 14 17:30", "C6 14 17:30", "V1 21 17:30"}, nil},
		"a Sunday before a Monday that is not": {fate{unit: 5, forwarded: at("15 22:00")}, []string{"O1 16 06:45", "O1N 17 08:00", "H1 17 17:30"}, nil},
		"a night that is worked": {fate{unit: 9, forwarded: at("13 21:30")},
			[]string{"O1 13 21:30", "O1N 13 22:30", "O2 14 03:30", "H1 14 05:30", "C6 14 07:00", "V1 16 06:45", "H3 15 21:30", "C6b 16 07:00"}, nil},
		"an answer before the citizen's morning":                  {fate{unit: 9, forwarded: at("13 21:30"), answered: at("14 06:00")}, []string{"H1 14 05:30"}, []string{"C6"}},
		"another answer, after one that was sent back, before it": {fate{unit: 9, forwarded: at("13 21:30"), lain: rest{at("13 23:00"), at("13 23:30")}, answered: at("14 06:30")}, []string{"H1 14 06:00"}, []string{"C6"}},
		"the limit of the first unit's calendar": {fate{unit: 9, forwarded: at("13 16:00"), returned: at("13 16:10"), moved: at("13 16:20")},
			[]string{"H1 14 16:20", "V1 15 16:00", "H3 15 16:00"}, nil}, // unit 6 works on Saturdays; 48 hours of the first one's
		"a return that waits over the 8 hours of a night": {fate{unit: 9, forwarded: at("12 20:00"), returned: at("12 20:30"), moved: at("13 07:40"), answered: at("13 09:00")},
			[]string{"O2 13 02:00", "O5 13 07:40"}, []string{"H1", "O7"}},
		"a reminder that would wait for a morning past the limit": {fate{unit: 29, forwarded: at("01 06:33"), returned: at("01 06:43"), moved: at("02 07:43"), answered: at("03 09:13")},
			[]string{"H3 03 06:45", "O1N 03 08:00"}, []string{"H2"}},
		"a return that is agreed to as the 8 hours end": {fate{unit: 9, forwarded: at("12 20:00"), returned: at("12 20:30"), moved: at("13 04:00"), answered: at("13 09:00")},
			[]string{"O2 13 02:00", "O5 13 04:00"}, []string{"H1 13 04:00", "O7 13 04:00"}},
	} {
		got := map[string]int{}
		for _, d := range c.fate.demands(at("30 00:00")) {
			got[d.template]++
			got[d.template+d.at.Format(" 02 15:04")]++
		}
		for _, want := range c.want {
			if got[want] == 0 {
				t.Errorf("%s: no %s in %v", name, want, got)
			}
		}
		for _, no := range c.no {
			if got[no] != 0 {
				t.Errorf("%s: %s came", name, no)
			}
		}
	}
}

// Who is away is stood in for on the days that the head agreed to, from then on.
func TestTheModelSendsTextsToWhoStandsIn(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	leave := yearLeave{unit: 2, asked: at("09 08:05"), from: at("09 00:00"), to: at("11 00:00"), decided: at("09 09:35"), agreed: true}
	staff := make(yearStaff, yearUnits)
	staff[2] = []yearLeave{leave}
	f := fate{unit: 2, forwarded: at("09 08:00"), refused: at("09 14:00"), returned: at("09 13:30"), staff: staff}
	who := map[string]yearRole{}
	for _, d := range f.demands(at("20 00:00")) {
		who[d.template+d.at.Format(" 02 15:04")] = d.who
	}
	for text, want := range map[string]yearRole{"O1 09 08:00": toFocal, "O1N 09 09:00": toFocal, "O1N 09 10:00": toDeputy, "A4x 09 14:00": toDeputy, "O2 09 15:30": toDeputy, "H1 10 08:00": toHead} {
		if got, ok := who[text]; !ok || got != want {
			t.Errorf("%s went to %v, want %v; all: %v", text, got, want, who)
		}
	}
	if staff.away(2, at("11 00:00")) || staff.away(2, at("09 09:34")) || staff.away(3, at("10 08:00")) {
		t.Error("somebody is away who is there")
	}
	var got []string
	for _, d := range staff.demands(at("20 00:00")) {
		got = append(got, d.template+d.at.Format(" 15:04"))
	}
	if want := []string{"NGHI 08:05", "XV 08:05", "NQ 09:35", "NQ 09:35"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := leave.text(); got != "NGHI 9/3-10/3" {
		t.Errorf("%q", got)
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
		if !reflect.DeepEqual(one[i], other[i]) {
			t.Fatalf("petition %d differs: %+v and %+v", i, one[i], other[i])
		}
		kinds[one[i].rejected]++
		if f := one[i]; f.forwarded.IsZero() && f.gone().IsZero() || f.receipt().Before(YearStart()) || !f.receipt().Before(y.End()) || onGrid(f.forwarded) != f.forwarded {
			t.Errorf("petition %d came in at %s and was forwarded at %s", f.number, f.receipt(), f.forwarded)
		}
	}
	if kinds[true] == 0 || kinds[false] == 0 {
		t.Errorf("%v", kinds)
	}
	y.Seed++
	if reflect.DeepEqual(y.fates()[:2], one[:2]) {
		t.Error("another seed draws the same")
	}
}

// A return that is refused after the 48 hours, or in the second in which they end, leaves no day to
// name: the head is told that it is overdue.
func TestAHeadHearsOfARefusalAfterTheLimitThatItIsOverdue(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	f := &fate{unit: 59, forwarded: at("09 08:00"), acked: at("09 08:30"), returned: at("09 10:00")} // around the clock
	s := f.stints()[0]
	limit := f.limit(s, 48)
	for refused, want := range map[time.Time]string{limit.Add(-time.Second): "H1", limit: "H3", limit.Add(time.Second): "H3"} {
		f.refused = refused
		if template, told := f.head(s, f.own(s, 8, 8)); template != want || !told.Equal(refused) {
			t.Errorf("refused at %s: %s at %s, want %s", refused, template, told, want)
		}
	}
}

// The service moves the day of an explanation that is owed when one is asked for again.
func TestOfAPetitionOneExplanationIsOwedAtATime(t *testing.T) {
	twice := 0
	for _, f := range (Year{Seed: 2033, Days: 365, Petitions: 40_000}).fates() {
		var owes *fate
		for part := &f; part != nil; part = part.nextPart() {
			if part.asksWhy.IsZero() {
				continue
			}
			if owes != nil {
				twice++
				if owes.explained.IsZero() || !part.asksWhy.After(owes.explained) {
					t.Errorf("petition %d owes explanations asked for at %s and at %s", f.number, owes.asksWhy, part.asksWhy)
				}
			}
			owes = part
		}
	}
	if twice == 0 {
		t.Error("no unit is asked twice about one petition")
	}
}

// What 1022 had to ask about counts when it came in, and lies with 1022 until it is
// forwarded; the hour to ask in is working time.
func TestTheModelCountsWhatWasUnclear(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-"+s) }
	list := []fate{
		{unit: 2, received: at("02-27 16:10"), asked: at("03-02 07:40"), supplied: at("03-09 07:00"), forwarded: at("03-09 08:00"), answered: at("03-09 10:00")}, // Friday, Monday
		{unit: 2, received: at("02-27 15:00"), asked: at("02-27 16:10"), supplied: at("02-28 07:00"), forwarded: at("02-28 08:00")},
	}
	february := tallied(list, stretch{at("02-01 00:00"), at("03-01 00:00"), at("04-01 00:00")})
	march := tallied(list[:1], stretch{at("03-01 00:00"), at("04-01 00:00"), at("04-01 00:00")})
	for _, c := range []struct {
		cells      map[cell]string
		table, row string
		want       string
	}{
		{february, "city", "received", "2"}, {february, "city", "forwarded", "2 of 2"}, {february, "city", "slips", "1"}, {february, "city", "open", "2"},
		{february, "duties", "asked_in_time", "1 of 2"}, {february, "duties", "forwarded_at_once", "–"},
		{march, "city", "received", "0"}, {march, "city", "slips", "1"}, {march, "city", "within_8h", "1 of 1"}, {march, "held", "held_1022", "2480 min"}, // 50 min, 40 h and 30 min
	} {
		if got := c.cells[cell{c.table, c.row, "value"}]; got != c.want {
			t.Errorf("%s / %s: %q, want %q", c.table, c.row, got, c.want)
		}
	}
	for row, want := range map[cell]string{{"unit_open", "Y002", "open"}: "1", {"field_open", "", "open"}: "2", {"unit_open", "Y002", "age_0"}: "1 of 1"} { // the other's slip came in March
		if february[row] != want {
			t.Errorf("%v: %q, want %q", row, february[row], want)
		}
	}
}

// A promise counts once: in the month in which the result came by then, or in which the
// time passed without one, also while the answer is still owed.
func TestTheModelCountsPromisesByTheirOwnInstant(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-"+s) }
	february := stretch{at("02-01 00:00"), at("03-01 00:00"), at("05-01 00:00")}
	march := stretch{at("03-01 00:00"), at("04-01 00:00"), at("05-01 00:00")}
	for name, c := range map[string]struct {
		fate            fate
		february, march string
	}{
		"kept, the time lies in the month after": {fate{answered: at("02-27 15:00"), until: at("03-02 15:00")}, "1 of 1", "–"},
		"missed, answered in the month after":    {fate{answered: at("03-03 15:00"), until: at("02-27 15:00")}, "0 of 1", "–"},
		"missed, not answered":                   {fate{until: at("03-02 15:00")}, "–", "0 of 1"},
		"it lies ahead":                          {fate{until: at("05-02 15:00")}, "–", "–"},
		"a result that was sent back by then":    {fate{until: at("03-02 15:00"), lain: rest{at("02-27 15:00"), at("02-27 16:00")}}, "–", "–"},
		"the same, then answered too late":       {fate{until: at("03-02 15:00"), lain: rest{at("02-27 15:00"), at("02-27 16:00")}, answered: at("03-03 15:00")}, "–", "0 of 1"},
	} {
		c.fate.forwarded, c.fate.promised = at("02-26 08:00"), at("02-26 10:00") // Thursday
		for month, want := range map[stretch]string{february: c.february, march: c.march} {
			if got := tallied([]fate{c.fate}, month)[cell{"city", "promises_kept", "value"}]; got != want {
				t.Errorf("%s: %s in %s, want %s", name, got, month.from.Format("January"), want)
			}
		}
	}
}

// A result that is sent back after the end stands at the end, one before is no answer.
func TestTheModelTakesTheResultThatStandsAtTheEnd(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	list := []fate{{unit: 1, forwarded: at("09 08:00"), lain: rest{at("09 10:00"), at("09 15:00")}, answered: at("10 08:30"), published: at("10 09:00")}}
	for end, want := range map[string]string{"09 14:00": "1", "09 16:00": "0", "11 00:00": "1"} {
		cells := tallied(list, stretch{modelInstant(t, "2026-03-01 00:00"), at("31 00:00"), at(end)})
		if got := cells[cell{"city", "answers", "value"}]; got != want {
			t.Errorf("at the end of %s: %s answers, want %s", end, got, want)
		}
	}
}

// The Office is asked at the end of every second working day until it names a unit,
// which has the whole time.
func TestTheModelAsksTheOfficeUntilItNamesAUnit(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	course := fate{opened: at("13 10:00"), forwarded: at("18 08:00"), reopened: true} // Friday to Wednesday
	var got []string
	for _, d := range course.demands(at("20 00:00")) {
		got = append(got, d.template+d.at.Format(" 02 15:04"))
	}
	want := []string{"C9 13 10:00", "V3 13 10:00", "V3 17 17:00", "C4 18 08:00", "O1 18 08:00", "O1N 18 09:00", "O1N 18 10:00", "O2 18 15:30", "H1 19 08:00", "O7 19 08:00", "C6 19 08:00"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	root := &fate{channel: "web", unit: 3, forwarded: at("09 08:00"), answered: at("09 10:00"), published: at("09 11:00"), rated: at("13 10:00"), score: 2, again: &course}
	cells := tallied([]fate{*root}, stretch{modelInstant(t, "2026-03-01 00:00"), at("31 00:00"), at("20 00:00")})
	for at, want := range map[cell]string{
		{"city", "received", "value"}: "1", {"city", "slips", "value"}: "2", {"city", "reopened", "value"}: "1", {"city", "disputed", "value"}: "1 of 2",
		{"city", "open", "value"}: "1", {"ages", "age_2", "value"}: "1 of 1", {"unit", "Y003", "disputed"}: "1 of 1", {"unit", "Y000", "disputed"}: "0 of 1", {"scores", "score_2", "value"}: "1 of 1",
	} {
		if cells[at] != want {
			t.Errorf("%v: %q, want %q", at, cells[at], want)
		}
	}
}

// What is due at one instant comes in its order, and an answer of the last one is none too late.
func TestTheModelAtTheVeryInstantOfALimit(t *testing.T) {
	f := fate{unit: 1, channel: "web", forwarded: modelInstant(t, "2026-03-09 08:00"), returned: modelInstant(t, "2026-03-09 08:10")}
	f.moved = city.add(f.forwarded, 40*time.Hour)
	limit, got := city.add(f.forwarded, 48*time.Hour), map[string]int{}
	f.answered = limit
	march := stretch{modelInstant(t, "2026-03-01 00:00"), modelInstant(t, "2026-04-01 00:00"), modelInstant(t, "2026-06-01 00:00")}
	for _, d := range f.demands(march.end) {
		if d.made.Equal(limit) {
			got[d.template]++
		}
	}
	if got["H1"] != 1 || got["H3"] != 1 || got["V1"] != 1 {
		t.Errorf("at the limit of the second unit's 8 hours and of the 48: %v", got)
	}
	for answered, want := range map[time.Time]string{limit: "0", limit.Add(time.Microsecond): "1"} {
		f.answered = answered
		if cells := tallied([]fate{f}, march); cells[cell{"city", "went_late", "value"}] != want {
			t.Errorf("answered at %s, %s went late, want %s", answered, cells[cell{"city", "went_late", "value"}], want)
		}
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

func TestATextMadeInAMonthsLastSecondIsThatMonths(t *testing.T) {
	came := modelInstant(t, "2026-04-01 00:00")
	for ago, want := range map[time.Duration]time.Time{time.Second: came.Add(-time.Second), soon: came, -time.Second: came} {
		if got := (yearRow{At: micro(came.Add(-ago).UnixMicro())}).made(came); !got.Equal(want) {
			t.Errorf("made %s before it came: taken for made at %s, want %s", ago, got, want)
		}
	}
	for template, want := range map[string]time.Time{"C1": came.Add(-15 * time.Minute), "A1": came} {
		if got := (yearRow{Template: template, At: micro(came.Add(-15 * time.Minute).UnixMicro())}).made(came); !got.Equal(want) {
			t.Errorf("%s of a quarter of an hour before: taken for made at %s, want %s", template, got, want)
		}
	}
	came = modelInstant(t, "2026-04-01 07:00")
	for ago, want := range map[time.Duration]time.Time{8 * time.Hour: came.Add(-8 * time.Hour), 11 * time.Hour: came} {
		if got := (yearRow{At: micro(came.Add(-ago).UnixMicro())}).made(came); !got.Equal(want) {
			t.Errorf("made %s before the morning: taken for made at %s, want %s", ago, got, want)
		}
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

// What the model demands of the ways that few petitions take, all forwarded on Monday
// 9 March 2026 at 08:00: the 8 hours end on Tuesday at 08:00, the 48 on Tuesday 17th.
func TestTheModelFollowsPetitionsOnTheirDetours(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	for name, c := range map[string]struct {
		fate fate
		want []string // templates with their instants, in order
		no   []string // templates that must not come
	}{
		"a promise that passes": {fate{promised: at("09 11:00"), until: at("09 15:00"), answered: at("10 10:00")},
			[]string{"C5 09 11:00", "O3 09 15:00", "H1 10 08:00"}, []string{"H1E"}},
		"a promise that is kept after the 8 hours": {fate{promised: at("09 11:00"), until: at("10 11:00"), answered: at("10 10:00")},
			[]string{"C5 09 11:00", "H1E 10 08:00"}, []string{"O3", "H1"}},
		"a promise beyond the 48 hours": {fate{promised: at("09 11:00"), until: at("18 09:00"), answered: at("18 10:00")},
			[]string{"H1E 09 11:00", "H1E 10 08:00", "V1 17 08:00", "O3 18 09:00"}, []string{"C5", "H1"}},
		"the same, agreed to": {fate{promised: at("09 11:00"), until: at("18 09:00"), agreed: at("09 11:20"), answered: at("11 10:00")},
			[]string{"H1E 09 11:00", "C5 09 11:20", "H1E 10 08:00"}, []string{"O3", "V1"}},
		"a return that is refused before the 8 hours": {fate{returned: at("09 14:00"), refused: at("09 15:00"), answered: at("10 10:00")},
			[]string{"A4x 09 15:00", "H1 10 08:00"}, []string{"O5"}},
		"a return that is refused after them": {fate{returned: at("09 16:00"), refused: at("10 09:00"), answered: at("10 10:00")},
			[]string{"O2 09 15:30", "A4x 10 09:00", "H1 10 09:00", "C6 10 09:00"}, nil},
		"a result that is sent back with an hour left": {fate{lain: rest{at("09 16:30"), at("10 10:00")}, answered: at("10 15:00")},
			[]string{"O2 09 15:30", "O4 10 10:00", "H1 10 13:30"}, nil}, // two hours at the least
		"a result that is sent back when it was overdue": {fate{lain: rest{at("17 09:00"), at("17 10:00")}, answered: at("18 10:00")},
			[]string{"H1 10 08:00", "V1 17 08:00", "O4 17 10:00"}, nil},
		"a result that is sent back with more left": {fate{lain: rest{at("11 08:00"), at("12 08:00")}},
			[]string{"H1 10 08:00", "H2 17 08:00", "V1 18 08:00"}, nil},
		"a hold": {fate{held: rest{at("09 08:30"), at("11 08:30")}},
			[]string{"O1N 11 09:00", "O1N 11 10:00", "O2 11 15:30", "H1 12 08:00", "V1 19 08:00"}, nil},
		"an answer while the Office holds": {fate{held: rest{at("09 15:00"), at("12 08:30")}, answered: at("11 08:30")},
			[]string{"O1N 09 09:00", "O1N 09 10:00"}, []string{"O2", "H1"}},
		"a score that the citizen gives a reason for": {fate{answered: at("09 10:00"), published: at("09 11:00"), rated: at("10 09:00"), score: 1,
			again: &fate{opened: at("10 09:00")}},
			[]string{"C7 09 11:00"}, []string{"C8n"}},
		"a reopening before the citizen was asked": {fate{answered: at("09 10:00"), published: at("09 11:00"), again: &fate{opened: at("12 10:00")}},
			[]string{"C7 09 11:00"}, []string{"C8n"}},
		"a vote after the question": {fate{answered: at("09 10:00"), published: at("09 11:00"), rated: at("12 11:00"), score: 4},
			[]string{"C7 09 11:00", "C8n 12 11:00"}, nil},
		"a vote before it": {fate{answered: at("09 10:00"), published: at("09 11:00"), rated: at("12 10:59"), score: 4},
			[]string{"C7 09 11:00"}, []string{"C8n"}},
		"a question that the citizen answers late": {fate{asked: at("09 10:00"), supplied: at("13 10:00"), answered: at("13 15:00")},
			[]string{"O1N 09 09:00", "C3 09 10:00", "C3 12 17:00", "O6 13 10:00", "H1 10 08:00"}, []string{"C12"}},
		"a question before it was clear": {fate{received: at("02 08:00"), asked: at("02 08:30"), supplied: at("09 07:00")},
			[]string{"C3 02 08:30", "C3 05 17:00", "C4 09 08:00"}, []string{"C12", "O6"}},
		"the same, given up meanwhile": {fate{received: modelInstant(t, "2026-02-26 08:00"), asked: modelInstant(t, "2026-02-26 08:30"), supplied: at("09 07:00")},
			[]string{"C3 26 08:30", "C3 03 17:00", "C12 06 17:00"}, []string{"O6"}},
		"an emergency of a unit with a duty number": {fate{unit: 13, urgent: true, sent: at("12 09:00")},
			[]string{"V0 09 08:00", "H1 10 08:00", "V4 11 17:00", "V4 12 09:00"}, []string{"O1"}},
		"an emergency whose file is sent in time": {fate{unit: 2, urgent: true, sent: at("11 09:00")}, []string{"O1K 09 08:00", "V4 11 09:00"}, []string{"O1"}},
		"a result that needs a reminder, and a unit that does not explain itself": {
			fate{answered: at("09 10:00"), published: at("09 11:00"), needed: true, sent: at("10 09:00"), asksWhy: at("11 08:00"), days: 2},
			[]string{"V4 10 09:00", "N3 11 08:00", "N3n 13 13:00", "VG 13 17:00"}, []string{"H1"}},
		"the same, explained in time": {
			fate{answered: at("09 10:00"), published: at("09 11:00"), needed: true, sent: at("10 09:00"), asksWhy: at("11 08:00"), days: 2, explained: at("13 14:00")},
			[]string{"N3n 13 13:00"}, []string{"VG"}},
		"a withdrawal":                         {fate{withdrawn: at("10 22:00")}, []string{"H1 10 08:00", "C10 10 22:00", "O5 11 06:45"}, []string{"V1", "C7"}},
		"a withdrawal before it was forwarded": {fate{received: at("02 08:00"), asked: at("02 08:30"), withdrawn: at("04 08:00")}, []string{"C3 02 08:30", "C10 04 08:00"}, []string{"O1", "C4", "O5"}},
		"a merger":                             {fate{merged: at("09 10:05"), into: &fate{}}, []string{"C11 09 10:05", "O5 09 10:05"}, []string{"O2", "C10"}},
		"a petition that another follows": {fate{crowd: &crowd{[]*fate{{merged: at("10 09:05"), citizen: 7}}}, answered: at("11 10:00"), published: at("11 11:00")},
			[]string{"C6 10 08:00", "C4 09 08:00"}, nil},
		"a directive":                {fate{directed: at("11 08:00"), reportBy: at("13 10:00"), answered: at("13 11:00")}, []string{"N2 11 08:00", "V6 13 10:00"}, []string{"O5"}},
		"a directive that is obeyed": {fate{directed: at("11 08:00"), reportBy: at("13 10:00"), answered: at("13 09:00")}, []string{"N2 11 08:00"}, []string{"V6"}},
		"a directive to another unit after the 48 hours": {fate{directed: at("18 08:00"), moved: at("18 08:00"), reportBy: at("20 10:00")},
			[]string{"V1 17 08:00", "O5 18 08:00", "C4x 18 08:00", "C4 09 08:00", "N2 18 08:00", "H1 10 08:00", "H3 19 08:00", "V6 20 10:00"}, nil},
		"a unit that co-operates and says nothing": {fate{joint: true, acked: at("09 08:30")}, []string{"O1P 09 08:00", "O1N 09 09:00", "O1N 09 10:00", "O2 09 13:30", "O2 09 15:30"}, nil},
		"a unit that gives its opinion":            {fate{joint: true, acked: at("09 08:30"), opined: at("09 09:30")}, []string{"O1P 09 08:00", "O1N 09 09:00", "O2 09 15:30"}, []string{"O1N 09 10:00", "O2 09 13:30"}},
		"a result before the opinion":              {fate{joint: true, acked: at("09 08:30"), heard: at("09 08:40"), answered: at("09 11:00")}, []string{"O1P 09 08:00"}, []string{"O1N", "O2"}},
		"a dispute":                                {fate{disputed: at("10 14:00")}, []string{"H1 10 08:00", "O5 10 14:00"}, []string{"V1"}},
	} {
		if c.fate.received.IsZero() || !c.fate.supplied.IsZero() {
			c.fate.forwarded = at("09 08:00")
		}
		got := map[string]int{}
		for _, d := range c.fate.demands(at("30 00:00")) {
			got[d.template]++
			got[d.template+d.at.Format(" 02 15:04")]++
		}
		for _, want := range c.want {
			if got[want] != 1 {
				t.Errorf("%s: %s came %d times of %v", name, want, got[want], got)
			}
		}
		for _, no := range c.no {
			if got[no] != 0 {
				t.Errorf("%s: %s came", name, no)
			}
		}
	}
}

// Who follows a petition hears of it from then on, is asked for a vote of their own, and
// counts among those who had the answer.
func TestTheModelTellsThoseWhoFollow(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-03-"+s) }
	list := []fate{
		{citizen: 1, forwarded: at("09 08:00"), answered: at("11 10:00"), published: at("11 11:00"), rated: at("12 09:00"), score: 5},
		{citizen: 7, received: at("09 09:00"), merged: at("10 08:05")},
	}
	f, child := &list[0], &list[1]
	f.crowd, child.into = &crowd{[]*fate{child}}, f
	var got []string
	for _, d := range f.demands(at("30 00:00")) {
		if d.who == toCitizen && d.person == 7 {
			got = append(got, d.template+d.at.Format(" 02 15:04"))
		}
	}
	if want := []string{"C7 11 11:00", "C8n 14 11:00"}; !slices.Equal(got, want) { // C6 came before
		t.Errorf("%v, want %v", got, want)
	}
	child.rates, child.rated, child.score = f, at("15 09:00"), 2
	cells := tallied(list, stretch{modelInstant(t, "2026-03-01 00:00"), at("31 00:00"), at("31 00:00")})
	for at, want := range map[cell]string{{"city", "received", "value"}: "2", {"city", "merged", "value"}: "1 of 2", {"city", "rated", "value"}: "2 of 2", {"city", "score", "value"}: "3.5000", {"city", "answers", "value"}: "1"} {
		if cells[at] != want {
			t.Errorf("%v: %q, want %q", at, cells[at], want)
		}
	}
}

// A file is counted where the petition came in, when it is known to be owed.
func TestTheModelCountsFiles(t *testing.T) {
	at := func(s string) time.Time { return modelInstant(t, "2026-"+s) }
	list := []fate{
		{unit: 2, urgent: true, forwarded: at("02-27 08:00"), sent: at("03-03 09:00")}, // Friday; owed by Tuesday
		{unit: 2, forwarded: at("02-27 08:00"), answered: at("03-02 09:00"), published: at("03-02 10:00"), needed: true, sent: at("03-05 09:00")},
		{unit: 2, urgent: true, forwarded: at("02-27 08:00"), withdrawn: at("02-27 10:00")}, // before it was due: owed no more
	}
	for end, want := range map[string]string{"02-27 09:00": "0 of 2", "03-01 00:00": "0 of 1", "03-02 10:30": "0 of 2", "03-10 00:00": "1 of 2"} {
		cells := tallied(list, stretch{at("02-01 00:00"), at("03-01 00:00"), at(end)})
		if got := cells[cell{"duties", "written_in_time", "value"}]; got != want {
			t.Errorf("at %s: %q, want %q", end, got, want)
		}
	}
}
