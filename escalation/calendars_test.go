package escalation

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"notify1022/escalation/worktime"
)

// saturdays is the city's calendar with Saturday mornings and afternoons worked.
func saturdays(t teller) WorkCalendar { return ownCalendar(t, "T7", "sat") }

// ownCalendar is a calendar of units under a name: sat works Saturdays too, late the
// afternoons and evenings, early from five in the morning, clock around it.
func ownCalendar(t teller, name, kind string) WorkCalendar {
	t.Helper()
	spec := worktime.HaiPhongSpec()
	switch kind {
	case "sat":
		spec.Hours["sat"] = spec.Hours["mon"]
	case "late":
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
			spec.Hours[day] = []string{"13:00-17:00", "18:00-22:00"}
		}
		spec.Seasons = nil
	case "early":
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
			spec.Hours[day] = []string{"05:00-13:00"}
		}
		spec.Seasons = nil
	case "clock":
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			spec.Hours[day] = []string{"00:00-24:00"}
		}
		spec.Seasons, spec.Off, spec.Work, spec.Short = nil, nil, nil, nil
	}
	c, err := spec.Compile(2025, 2030)
	if err != nil {
		t.Fatal(err)
	}
	return WorkCalendar{c, CalendarVersion(name, kind)}
}

// worksBy lets a unit work by the calendar of the name from now on.
func (w *town) worksBy(unit, name string) {
	w.Helper()
	units, contacts := w.directory.Units(), w.directory.all()
	for i := range units {
		if units[i].Code == unit {
			units[i].Calendar = name
		}
	}
	w.directory = NewDirectory(units, contacts)
}

// all lists every contact.
func (d *Directory) all() []Contact {
	var list []Contact
	for _, c := range d.contacts {
		list = append(list, c)
	}
	return list
}

func withOwn(own ...WorkCalendar) func(*Setting) {
	return func(s *Setting) {
		s.OwnCalendars = map[string]WorkCalendar{}
		for _, c := range own {
			s.OwnCalendars[c.Name()] = c
		}
	}
}

// wantGiven checks which calendar gave the latest rung of the name.
func (w *town) wantGiven(name RungName, version string) {
	w.Helper()
	if got := w.petition().Rung(name).Calendar; got != version {
		w.Errorf("%s was given by %q, want %q", name, got, version)
	}
}

func TestAUnitThatWorksOnSaturdaysGetsItsEightHoursThere(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.wantDue(RungNudge, "2026-03-06 16:00")
	w.wantDue(RungHead, "2026-03-07 15:00") // Saturday
	w.wantGiven(RungHead, "T7/sat")
	w.wantDue(RungOverdue, "2026-03-13 15:00") // 2 h on Friday, 40 from Saturday to Thursday, 6 on Friday
	w.forwarded("MT")
	w.wantDue(RungHead, "2026-03-09 15:00") // Monday
	w.wantGiven(RungHead, "hai-phong-test")
	w.wantDue(RungOverdue, "2026-03-16 15:00")
}

func TestWhat1022OwesIsCountedByTheCitysCalendarWhateverTheUnitWorksBy(t *testing.T) {
	w := newTown(t, "2026-03-07 08:00", withOwn(saturdays(t))) // Saturday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.do(focalXD, &AskReturn{Reason: "Không thuộc thẩm quyền của Sở"})
	w.wantDue(RungReturnDecision, "2026-03-09 08:30") // Monday
	w.wantGiven(RungReturnDecision, "hai-phong-test")
}

func TestTheLimitOfThePetitionGoesWithItToAUnitOfAnotherCalendar(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.to("2026-03-07 09:00")
	limit := w.petition().Rung(RungOverdue).Due
	w.do(operator, &Reassign{Unit: "MT", Reason: "thuộc lĩnh vực môi trường"})
	w.wantDue(RungOverdue, limit.Format("2006-01-02 15:04")) // as it was
	w.wantGiven(RungOverdue, "T7/sat")
	w.wantDue(RungHead, "2026-03-09 17:00") // eight hours of Monday, the new unit's own
	w.wantGiven(RungHead, "hai-phong-test")
	w.to("2026-03-09 10:00")
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-12 10:00")})
	w.do(office, &ResumeClock{})
	w.wantDue(RungOverdue, limit.Format("2006-01-02 15:04")) // measured and laid out by the calendar that gave it
	w.wantGiven(RungOverdue, "T7/sat")
}

// field failure 19
func TestAUnitsCalendarThatIsBrokenOrMissingGivesWayToTheCitys(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.worksBy("MT", "hỏng")
	w.forwarded("MT")
	w.wantDue(RungHead, "2026-03-09 15:00") // Monday, as the city works
	w.wantGiven(RungHead, "hai-phong-test")
	w.forwarded("XD")
	w.wantDue(RungHead, "2026-03-07 15:00")
	setting := *w.desk.setting.Load()
	setting.OwnCalendars = nil // after a start at which T7 could not be read
	w.desk = NewDesk(w.memory, setting)
	w.wantDue(RungHead, "2026-03-07 15:00") // what was given stands
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-12 10:00")})
	w.to("2026-03-12 10:00")
	w.wantDue(RungHead, "2026-03-12 13:30") // two hours were left till the end of Friday
	w.wantGiven(RungHead, "hai-phong-test")
}

func TestAResultThatIsSentBackIsOwedInHoursThatTheUnitWorks(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.do(focalXD, &GiveResult{Text: "Đã thay bóng đèn mới."})
	w.to("2026-03-07 16:30") // Saturday
	w.do(shiftLead, &SendBack{Reason: "chưa đúng địa điểm"})
	w.wantDue(RungHead, "2026-03-09 16:30") // 8 h were left: half an hour on Saturday, the rest on Monday
	w.to("2026-03-09 16:00")
	w.do(focalXD, &GiveResult{Text: "Đã thay bóng đèn khác."})
	w.to("2026-03-13 16:30") // Friday
	w.do(shiftLead, &SendBack{Reason: "chưa đúng địa điểm"})
	w.wantDue(RungHead, "2026-03-14 09:00") // at least two hours, and Saturday is worked
	w.wantGiven(RungHead, "T7/sat")
}

func TestDaysAndHoursInAnOfficersTextAreThoseOfTheUnit(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.says(101, "HEN 2 ngay")
	if got := ClockText(w.petition().ETA); got != ClockText(instantAt("2026-03-09 17:00")) { // Saturday and Monday
		t.Errorf("two days are %s", got)
	}
	w.forwarded("MT")
	w.says(103, "HEN 2 ngay")
	if got := ClockText(w.petition().ETA); got != ClockText(instantAt("2026-03-10 17:00")) {
		t.Errorf("two days of the city are %s", got)
	}
}

func TestACalendarChangedInTheDirectoryMovesNothingByItselfAndTheRestOnAWord(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.forwarded("XD")
	first := w.code
	w.to("2026-03-06 16:00")
	w.worksBy("XD", "T7")
	w.wantDue(RungHead, "2026-03-09 15:00")
	w.forwarded("XD") // from now on by its own
	w.wantDue(RungHead, "2026-03-07 16:00")
	w.code = first
	seen, err := w.desk.Recompute(w.ctx, []int64{w.petition().ID}, UnitCalendar{"XD"}, office, true)
	if err != nil || len(seen.Moved) == 0 {
		t.Fatalf("%+v, %v", seen, err)
	}
	w.wantDue(RungHead, "2026-03-09 15:00") // a dry run
	if _, err := w.desk.Recompute(w.ctx, []int64{w.petition().ID}, UnitCalendar{"XD"}, office, false); err != nil {
		t.Fatal(err)
	}
	w.wantDue(RungHead, "2026-03-07 15:00")
	w.wantGiven(RungHead, "T7/sat")
	if again, _ := w.desk.Recompute(w.ctx, []int64{w.petition().ID}, UnitCalendar{"XD"}, office, false); len(again.Moved) != 0 {
		t.Errorf("a second run moves %v", again)
	}
}

// An edit of one calendar moves what that calendar gave, and nothing else.
func TestAnEditMovesOnlyWhatItsCalendarGave(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	own := w.code
	w.forwarded("MT")
	citys := w.code
	city, _ := w.desk.Calendars()
	edit := func(name string) []Moved {
		t.Helper()
		var was *worktime.Calendar
		spec := worktime.HaiPhongSpec()
		spec.Off = append(spec.Off, worktime.DayOff{Date: "2026-03-09", Name: "nghỉ", Document: "thử"}) // Monday
		if name == "" {
			was = city.Calendar
		} else {
			was, spec.Hours["sat"] = saturdays(t).Calendar, spec.Hours["mon"]
		}
		fresh, err := spec.Compile(2025, 2030)
		if err != nil {
			t.Fatal(err)
		}
		w.desk = w.desk.With(WorkCalendar{fresh, CalendarVersion(name, "edited")})
		done, err := w.desk.Recompute(w.ctx, []int64{w.ids[own], w.ids[citys]}, CalendarEdit{name, was, instantAt("2026-03-09 00:00")}, office, false)
		if err != nil {
			t.Fatal(err)
		}
		return done.Moved
	}
	for _, m := range edit("T7") {
		if m.Petition != own {
			t.Errorf("an edit of T7 moves %s %s", m.Petition, m.Rung)
		}
	}
	w.code = own
	w.wantDue(RungHead, "2026-03-07 15:00") // before the day off
	w.wantDue(RungOverdue, "2026-03-14 15:00")
	if w.petition().Rung(RungOverdue).Calendar != "T7/edited" || w.petition().Rung(RungHead).Calendar != "T7/sat" {
		t.Errorf("%+v", w.petition().Rungs)
	}
	for _, m := range edit("") {
		if m.Petition != citys {
			t.Errorf("an edit of the city's calendar moves %s %s", m.Petition, m.Rung)
		}
	}
	w.code = citys
	w.wantDue(RungHead, "2026-03-10 15:00")
}

// Two calendars side by side: every deadline falls where stepping through the seconds
// of its own calendar puts it.
func TestDeadlinesOfTwoCalendarsFallWhereSteppingPutsThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1022, 23))
	stepped := func(cal WorkCalendar, from time.Time, d time.Duration) time.Time {
		left := d
		for at := from; ; at = at.Add(time.Minute) {
			if cal.Working(at) {
				if left -= time.Minute; left == 0 {
					return at.Add(time.Minute)
				}
			}
		}
	}
	spans := map[RungName]time.Duration{RungNudge: time.Hour, RungUnacknowledged: 2 * time.Hour, RungFocalReminder: 6 * time.Hour,
		RungHead: 8 * time.Hour, RungHeadReminder: 40 * time.Hour, RungOverdue: 48 * time.Hour}
	for range 40 {
		start := time.Date(2026, time.Month(1+random.IntN(10)), 1+random.IntN(28), random.IntN(24), random.IntN(60), 0, 0, hanoi())
		kind := []string{"sat", "late", "clock"}[random.IntN(3)]
		own := ownCalendar(t, "riêng", kind)
		w := newTown(t, start.Format("2006-01-02 15:04"), withOwn(own))
		w.worksBy("XD", "riêng")
		city, _ := w.desk.Calendars()
		for unit, cal := range map[string]WorkCalendar{"XD": own, "GV": city} {
			w.forwarded(unit)
			for name, span := range spans {
				r := w.petition().Rung(name)
				if want := stepped(cal, start, span); !r.Due.Equal(want) || r.Calendar != cal.Version {
					t.Fatalf("%s at %s: %s is due %s by %s, want %s by %s", unit, start, name, r.Due, r.Calendar, want, cal.Version)
				}
			}
		}
	}
}

// Facts count a unit's time by its calendar and 1022's by the city's.
func TestFactsCountEachLevelByItsOwnCalendar(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.to("2026-03-07 09:30") // Saturday
	w.do(focalXD, &GiveResult{Text: "Đã thay bóng đèn mới."})
	w.to("2026-03-09 08:30")
	w.do(operator, &Publish{})
	f := Facts(*w.petition(), w.calendars())[0]
	if f.HeldByFocal != 4*time.Hour || f.AnsweredIn != 4*time.Hour || f.HeldBy1022 != time.Hour || !f.WithinFocal {
		t.Errorf("%+v", f)
	}
}

// What is made anew of a turn that is over says what it said, whatever its unit works by since.
func TestAUnitThatGoesToAnotherCalendarTakesNoFactsOfThePastWithIt(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.to("2026-03-07 09:30") // Saturday
	w.says(101, "NHAN")
	w.do(focalXD, &GiveResult{Text: "Đã thay bóng đèn mới."})
	w.to("2026-03-09 08:30") // Monday
	w.do(operator, &Publish{})
	before := Facts(*w.petition(), w.calendars())[0]
	w.worksBy("XD", "")
	w.do(citizen, &Rate{Score: 4})
	after := Facts(*w.petition(), w.calendars())[0]
	if before.Score, after.Score = 0, 0; before.AnsweredIn != 4*time.Hour || after != before {
		t.Errorf("after the move\n%+v, before\n%+v", after, before)
	}
}

// A unit whose clock runs at night is told at night, and nobody else is woken: a slip that
// waited for the morning would come with its eight hours over.
func TestAUnitThatWorksAtNightGetsItsTextsWhileItDoes(t *testing.T) {
	for _, c := range []struct {
		kind, at string
		want     string // when the slip goes out; empty: at once
	}{
		{"clock", "2026-03-09 22:00", ""},                // Monday
		{"late", "2026-03-09 21:30", ""},                 // its evening goes on to 22:00
		{"late", "2026-03-09 22:30", "2026-03-10 06:45"}, // at work again at 13:00: the night's end comes first
		{"sat", "2026-03-06 22:00", "2026-03-07 06:45"},  // Friday
		{"sat", "2026-03-07 21:30", "2026-03-08 06:45"},  // Saturday: a slip does not wait for Monday
		{"early", "2026-03-09 22:00", "2026-03-10 05:00"},
	} {
		w := newTown(t, c.at, withOwn(ownCalendar(t, "riêng", c.kind)))
		w.worksBy("XD", "riêng")
		w.forwarded("XD")
		want := time.Time{}
		if c.want != "" {
			want = instantAt(c.want)
		}
		if got := w.letter("O1").Notice.NotBefore; !got.Equal(want) {
			t.Errorf("%s at %s: the slip goes out at %s, want %q", c.kind, c.at, got, c.want)
		}
	}
	w := newTown(t, "2026-03-09 18:00", withOwn(ownCalendar(t, "riêng", "clock"))) // Monday
	w.worksBy("XD", "riêng")
	w.forwarded("XD")
	w.to("2026-03-10 02:00")
	for template, want := range map[string]string{"H1": "", "O7": "", "C6": "2026-03-10 07:00"} { // the citizen sleeps
		if got := w.letter(template).Notice.NotBefore; want == "" != got.IsZero() || want != "" && !got.Equal(instantAt(want)) {
			t.Errorf("%s goes out at %s, want %q", template, got, want)
		}
	}
}

func TestTheOfficersTextSaysWhatIsLeftByTheCalendarOfTheDeadline(t *testing.T) {
	w := newTown(t, "2026-03-06 15:00", withOwn(saturdays(t))) // Friday
	w.worksBy("XD", "T7")
	w.forwarded("XD")
	w.to("2026-03-12 15:00") // Thursday: H2, eight hours before the end
	for _, l := range w.messages {
		if l.Notice.Template == "H2" && !strings.HasPrefix(l.Notice.Vars["con_lai"], "8") {
			t.Errorf("left are %q", l.Notice.Vars["con_lai"])
		}
	}
}
