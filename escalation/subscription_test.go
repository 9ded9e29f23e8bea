package escalation

import (
	"errors"
	"slices"
	"testing"
	"time"

	"notify1022/escalation/worktime"
)

// working is the calendar of Hải Phòng.
func working(midnight time.Time) bool {
	_, ok := worktime.HaiPhong().DayEnd(midnight)
	return ok
}

func local(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, worktime.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAReportIsDueOnTheWorkingDayChosen(t *testing.T) {
	for _, c := range []struct {
		name     string
		each     ReportEach
		day      int
		from, to string
		want     string
	}{
		{"the month, working day 2: Tuesday the 1st, Wednesday the 2nd", ReportMonthly, 2, "2026-12-02 07:45", "2026-12-02 08:00", "2026-12-02 08:00"},
		{"not before its time", ReportMonthly, 2, "2026-12-01 07:00", "2026-12-02 07:59", ""},
		{"and once", ReportMonthly, 2, "2026-12-02 08:00", "2026-12-31 17:00", ""},
		{"days off do not count: 1 January is a Friday and a holiday", ReportMonthly, 1, "2026-12-31 17:00", "2027-01-04 08:00", "2027-01-04 08:00"},
		{"Monday", ReportWeekly, 1, "2026-11-20 17:00", "2026-11-23 08:00", "2026-11-23 08:00"},
		{"working day 2 of a week whose Tuesday is a holiday", ReportWeekly, 2, "2026-11-23 17:00", "2026-11-27 17:00", "2026-11-25 08:00"},
		{"working day 5 of a week with four: the last", ReportWeekly, 5, "2026-11-23 17:00", "2026-11-29 17:00", "2026-11-27 08:00"},
		{"the quarter", ReportQuarterly, 3, "2026-09-30 17:00", "2026-10-31 17:00", "2026-10-05 08:00"},
		{"after an outage of five weeks: the latest", ReportWeekly, 1, "2026-10-19 09:00", "2026-11-27 09:00", "2026-11-23 08:00"},
		{"after an outage of two months", ReportMonthly, 2, "2026-10-01 09:00", "2026-12-10 09:00", "2026-12-02 08:00"},
		{"nobody works in the week of 16 February 2026: the first day after it", ReportWeekly, 3, "2026-02-18 09:00", "2026-02-23 08:00", "2026-02-23 08:00"},
		{"a choice made in that week", ReportWeekly, 3, "2026-02-20 09:00", "2026-02-23 07:45", ""},
		{"nothing for the future", ReportQuarterly, 3, "2026-11-01 09:00", "2026-11-27 09:00", ""},
		{"never", ReportNever, 1, "2026-01-01 09:00", "2026-11-27 09:00", ""},
	} {
		s := Subscription{Channel: ReportBySMS, Each: c.each, Day: c.day, At: 8 * time.Hour}
		got, _ := s.LastDue(local(t, c.from), local(t, c.to), working)
		if c.want == "" && !got.IsZero() || c.want != "" && !got.Equal(local(t, c.want)) {
			t.Errorf("%s: due %s, want %q", c.name, got, c.want)
		}
	}
	s := Subscription{Channel: ReportBySMS, Each: ReportMonthly, Day: 2, At: 8 * time.Hour, ChangedAt: local(t, "2026-12-02 09:00")}
	if got, _ := s.LastDue(local(t, "2026-11-30 09:00"), local(t, "2026-12-10 09:00"), working); !got.IsZero() {
		t.Errorf("due %s, before the choice was made", got)
	}
	s.Channel = ReportByNone
	if got, _ := s.LastDue(local(t, "2026-12-31 09:00"), local(t, "2027-01-29 09:00"), working); !got.IsZero() {
		t.Errorf("due %s without a channel", got)
	}
}

// slots are the quarter hours of the working days in [from, to) at which reports go out.
func slots(from, to time.Time) (list []time.Time) {
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		for at := ReportFirst; at <= ReportLast && working(day); at += ReportStep {
			list = append(list, day.Add(at))
		}
	}
	return list
}

// Nobody works from 14 to 22 February 2026 (Tết).
func TestEachWeekIsReportedOnceAlsoOverTet(t *testing.T) {
	leader := Contact{ID: 1, Unit: "SXD", Role: Leader, Phone: "+84570000001"}
	dir := NewDirectory([]Unit{{Code: "SXD"}}, []Contact{leader})
	for day := 1; day <= ReportWeekly.mostDay(); day++ {
		chosen := map[int64]Subscription{1: {Contact: 1, Channel: ReportBySMS, Each: ReportWeekly, Day: day, At: 8 * time.Hour}}
		var told []string
		before := local(t, "2026-01-02 17:00") // Friday
		for _, slot := range slots(local(t, "2026-01-05 00:00"), local(t, "2026-03-30 00:00")) {
			due, _ := Reports(dir, chosen, before, slot, Numbering{TestPrefixes: []string{"057"}}, false, working)
			for _, r := range due {
				if r.Late(slot) || !r.Due.Equal(slot) {
					t.Errorf("working day %d: at %s that of %s", day, slot, r.Due)
				}
				told = append(told, r.Stretch.AddDate(0, 0, -1).Format(time.DateOnly))
			}
			before = slot
		}
		var want []string // by the Sunday that ends the week
		for sunday := local(t, "2026-01-04 00:00"); sunday.Before(local(t, "2026-03-29 00:00")); sunday = sunday.AddDate(0, 0, 7) {
			want = append(want, sunday.Format(time.DateOnly))
		}
		if !slices.Equal(told, want) {
			t.Errorf("working day %d: told of the weeks to %v, want %v", day, told, want)
		}
	}
}

func TestAfterAnOutageOverTetBothReportsOfTheDayAreSent(t *testing.T) {
	s := Subscription{Channel: ReportBySMS, Each: ReportWeekly, Day: 1, At: 8 * time.Hour}
	at, stretches := s.LastDue(local(t, "2026-01-05 09:00"), local(t, "2026-02-24 09:00"), working)
	want := []time.Time{local(t, "2026-02-16 00:00"), local(t, "2026-02-23 00:00")}
	if !at.Equal(local(t, "2026-02-23 08:00")) || !slices.EqualFunc(stretches, want, time.Time.Equal) {
		t.Errorf("due %s of the weeks of %s", at, stretches)
	}
	nobody := func(time.Time) bool { return false }
	if at, _ := s.LastDue(local(t, "2026-01-05 09:00"), local(t, "2026-02-24 09:00"), nobody); !at.IsZero() {
		t.Errorf("due %s though nobody ever works", at)
	}
}

func TestOnlyAnAdministratorTakesALeadersReportsAway(t *testing.T) {
	leader := Contact{ID: 5, Unit: "SXD", Role: Leader, Phone: "+84570000005"}
	before := DefaultSubscription(leader, true)
	good := Subscription{Contact: 5, Channel: ReportByBoth, Each: ReportWeekly, Day: 1, At: 7*time.Hour + 30*time.Minute}
	with := func(change func(*Subscription)) Subscription {
		s := good
		change(&s)
		return s
	}
	off := with(func(s *Subscription) { s.Channel = ReportByNone })
	for _, c := range []struct {
		name   string
		s      Subscription
		of     Contact
		before Subscription
		by     Role
		want   ProblemKind
	}{
		{"a shift lead changes", good, leader, before, ShiftLead, ""},
		{"a shift lead takes away", off, leader, before, ShiftLead, Forbidden},
		{"a shift lead takes away by the rhythm", with(func(s *Subscription) { s.Each = ReportNever }), leader, before, ShiftLead, Forbidden},
		{"an administrator takes away", off, leader, before, Administrator, ""},
		{"what is off already stays off", off, leader, off, ShiftLead, ""},
		{"an operator", good, leader, before, Operator, Forbidden},
		{"an officer", good, Contact{Unit: "SXD", Role: Focal}, before, ShiftLead, Invalid},
		{"a day too far", with(func(s *Subscription) { s.Day = 6 }), leader, before, ShiftLead, Invalid},
		{"a crooked time", with(func(s *Subscription) { s.At += time.Minute }), leader, before, ShiftLead, Invalid},
		{"at night", with(func(s *Subscription) { s.At = 22 * time.Hour }), leader, before, ShiftLead, Invalid},
		{"no such channel", with(func(s *Subscription) { s.Channel = "fax" }), leader, before, ShiftLead, Invalid},
		{"no such rhythm", with(func(s *Subscription) { s.Each = "day" }), leader, before, ShiftLead, Invalid},
	} {
		err := c.s.Check(c.of, c.before, Actor{Role: c.by})
		var p *Problem
		if errors.As(err, &p) != (c.want != "") || p != nil && p.Kind != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestReportsGoToLeadersOfUnitsInForceByWhatReachesThem(t *testing.T) {
	units := []Unit{
		{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD"},
		{Code: "CU", Name: "UBND quận cũ", SMSName: "Q cu", ValidTo: local(t, "2026-11-15 00:00")},
	}
	const phone, landline = "+84570000005", "+842253000001"
	contacts := []Contact{
		{ID: 1, Unit: "SXD", Role: Leader, Name: "by default", Phone: phone, Email: "1@example.vn"},
		{ID: 2, Unit: "SXD", Role: Leader, Name: "a landline and a mailbox", Phone: landline, Email: "2@example.vn"},
		{ID: 3, Unit: "SXD", Role: Leader, Name: "nothing that works", Phone: landline},
		{ID: 4, Unit: "SXD", Role: Head, Name: "a head gets none by default", Phone: phone},
		{ID: 5, Unit: "SXD", Role: Head, Name: "a head who chose", Phone: phone, Email: "5@example.vn"},
		{ID: 6, Unit: "SXD", Role: Leader, Name: "unsubscribed", Phone: phone},
		{ID: 7, Unit: "CU", Role: Leader, Name: "of a unit that is no more", Phone: phone},
		{ID: 8, Unit: "SXD", Role: Leader, Name: "no longer there", Phone: phone, ValidTo: local(t, "2026-12-01 00:00")},
		{ID: 9, Unit: "SXD", Role: Leader, Name: "not verified yet", Phone: phone, Pending: true},
		{ID: 10, Unit: "SXD", Role: Leader, Name: "chose email, has none", Phone: phone},
	}
	monthly := Subscription{Each: ReportMonthly, Day: 2, At: 8 * time.Hour}
	choose := func(channel ReportChannel) Subscription {
		s := monthly
		s.Channel = channel
		return s
	}
	stored := map[int64]Subscription{3: choose(ReportBySMS), 5: choose(ReportByBoth), 6: choose(ReportByNone), 10: choose(ReportByEmail)}
	numbering := Numbering{TestPrefixes: []string{"057"}}
	due, tasks := Reports(NewDirectory(units, contacts), stored, local(t, "2026-12-02 07:45"), local(t, "2026-12-02 08:00"), numbering, true, working)
	got := map[int64][2]bool{}
	for _, r := range due {
		got[r.Contact.ID] = [2]bool{r.SMS, r.Email}
		if r.Unit.Code != "SXD" || !r.Due.Equal(local(t, "2026-12-02 08:00")) {
			t.Errorf("%+v", r)
		}
	}
	want := map[int64][2]bool{1: {true, false}, 2: {false, true}, 5: {true, true}, 10: {true, false}}
	if len(got) != len(want) {
		t.Errorf("due %v, want %v", got, want)
	}
	for id, ways := range want {
		if got[id] != ways {
			t.Errorf("contact %d by %v, want %v", id, got[id], ways)
		}
	}
	if len(tasks) != 1 || tasks[0].Contact != 3 || tasks[0].For != ShiftLead {
		t.Errorf("tasks %+v", tasks)
	}
}

// Who has another number since is one person: the report goes to the number of now, whatever
// an outage left of it.
func TestAReportGoesToThePersonAlsoWhenTheNumberHasChanged(t *testing.T) {
	units := []Unit{{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD"}}
	changed := local(t, "2026-12-02 08:05")
	before := Contact{ID: 1, Unit: "SXD", Role: Leader, Name: "Lê Thị Trưởng", Phone: "+84570000005", ValidTo: changed}
	now := Contact{ID: 2, Unit: "SXD", Role: Leader, Name: "LÊ THỊ TRƯỞNG", Phone: "+84570000006", ValidFrom: changed, Replaces: 1}
	again := Contact{ID: 3, Unit: "SXD", Role: Leader, Name: "Lê Thị Trưởng", Phone: "+84570000007", ValidFrom: changed.Add(time.Hour), Replaces: 2}
	between := now
	between.ValidTo = again.ValidFrom
	pending, successor, office := now, now, before
	pending.Pending = true
	successor.Name = "Trần Văn Khác"
	office.ValidTo = time.Time{}
	off := Subscription{Channel: ReportByNone, Each: ReportMonthly, Day: 2, At: 8 * time.Hour}
	for _, c := range []struct {
		name     string
		contacts []Contact
		stored   map[int64]Subscription
		slot     string
		want     []int64 // who gets it
		rows     []int64
	}{
		{"changed after the slot that is made up for", []Contact{before, now}, nil, "2026-12-02 08:00", []int64{2}, []int64{2, 1}},
		{"changed before it", []Contact{before, now}, nil, "2026-12-02 08:15", []int64{2}, []int64{2, 1}},
		{"changed twice", []Contact{before, between, again}, nil, "2026-12-02 10:00", []int64{3}, []int64{3, 2, 1}},
		{"the new number has not answered", []Contact{office, pending}, nil, "2026-12-02 08:15", []int64{1}, []int64{1}},
		{"somebody else has the place since", []Contact{before, successor}, nil, "2026-12-02 08:15", nil, nil},
		{"wants none", []Contact{before, now}, map[int64]Subscription{1: off, 2: off}, "2026-12-02 08:15", nil, nil},
	} {
		due, _ := Reports(NewDirectory(units, c.contacts), c.stored, local(t, "2026-12-02 07:45"), local(t, c.slot), Numbering{TestPrefixes: []string{"057"}}, false, working)
		var got, rows []int64
		for _, r := range due {
			got, rows = append(got, r.Contact.ID), r.Rows
		}
		if !slices.Equal(got, c.want) || !slices.Equal(rows, c.rows) {
			t.Errorf("%s: to %v of the rows %v, want %v of %v", c.name, got, rows, c.want, c.rows)
		}
	}
}

func TestAReportIsLateAnHourAfterItsTime(t *testing.T) {
	r := Reading{Due: local(t, "2026-12-02 08:00")}
	for at, want := range map[string]bool{"2026-12-02 08:00": false, "2026-12-02 09:00": false, "2026-12-02 09:01": true, "2026-12-07 07:15": true} {
		if got := r.Late(local(t, at)); got != want {
			t.Errorf("at %s late is %t", at, got)
		}
	}
}

func TestTheOfficeIsMailedOrElseOneIsTexted(t *testing.T) {
	office := func(id int64, phone, email string) Contact {
		return Contact{ID: id, Unit: "VP", Role: Office, Phone: phone, Email: email, Order: int(id)}
	}
	numbering := Numbering{TestPrefixes: []string{"057"}}
	now := local(t, "2026-12-01 09:00")
	for _, c := range []struct {
		name   string
		people []Contact
		mail   bool
		mails  int
		text   int64
		ok     bool
	}{
		{"all who have an address", []Contact{office(1, "+84570000001", ""), office(2, "", "2@example.vn"), office(3, "", "3@example.vn")}, true, 2, 0, true},
		{"nobody has one", []Contact{office(1, "+842253000001", ""), office(2, "+84570000002", "")}, true, 0, 2, true},
		{"no email channel", []Contact{office(1, "+84570000001", "1@example.vn")}, false, 0, 1, true},
		{"nobody can be reached", []Contact{office(1, "+842253000001", "")}, true, 0, 0, false},
	} {
		mails, text, ok := OfficeWays(NewDirectory(nil, c.people), numbering, c.mail, now)
		if len(mails) != c.mails || text.ID != c.text || ok != c.ok {
			t.Errorf("%s: %d mails, text to %d, %t", c.name, len(mails), text.ID, ok)
		}
	}
}

func TestTheNthWorkingDayOfAStretch(t *testing.T) {
	from := instantAt("2026-12-28 00:00") // Monday
	worked := func(midnight time.Time) bool {
		return midnight.Weekday() == time.Tuesday || midnight.Weekday() == time.Thursday
	}
	for n, want := range map[int]string{1: "2026-12-29", 2: "2026-12-31", 5: "2026-12-31"} {
		if got := Workday(from, from.AddDate(0, 0, 7), n, worked).Format(time.DateOnly); got != want {
			t.Errorf("working day %d is %s, want %s", n, got, want)
		}
	}
	if got := Workday(from, from.AddDate(0, 0, 1), 1, worked); !got.IsZero() {
		t.Errorf("nobody works on Monday, but it is %s", got)
	}
}
