package escalation

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"notify1022/escalation/worktime"
)

// recompute lets the desk's calendar, once edited, reach what is armed.
func (w *town) recompute(old *worktime.Calendar, since string, dry bool) []Moved {
	w.Helper()
	var ids []int64
	for id := range w.petitions {
		ids = append(ids, id)
	}
	done, err := w.desk.Recompute(w.ctx, ids, CalendarEdit{Was: old, Since: instantAt(since)}, office, dry)
	if err != nil {
		w.Fatalf("recompute: %v", err)
	}
	return done.Moved
}

// field failures 15, 16
func TestAnEditedCalendarMovesTheOpenUnfiredDeadlines(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	old := w.desk.setting.Load().Calendar
	w.forwarded("XD")
	w.to("2026-03-09 10:00") // the nudges have fired
	fired := slices.DeleteFunc(slices.Clone(w.petition().Rungs), func(r Rung) bool { return r.State != Fired })
	w.edited(calendarWithout(t, "2026-03-10"), "edited") // Tuesday
	before := w.petition().Version
	if moved := w.recompute(old, "2026-03-10 00:00", true); len(moved) == 0 || w.petition().Version != before {
		t.Errorf("the dry run lists %d moves and leaves version %d of %d", len(moved), w.petition().Version, before)
	}
	moved := w.recompute(old, "2026-03-10 00:00", false)
	w.wantDue(RungHead, "2026-03-11 08:00")    // not Tuesday
	w.wantDue(RungOverdue, "2026-03-18 08:00") // not Tuesday the 17th
	w.wantDue(RungFocalReminder, "2026-03-09 15:30")
	for _, r := range fired {
		if !slices.Contains(w.petition().Rungs, r) {
			t.Errorf("%s has fired and was changed", r.Name)
		}
	}
	for _, m := range moved {
		if m.To.Sub(m.From) != 24*time.Hour || m.Overdue(instantAt("2026-03-09 10:00")) {
			t.Errorf("%+v", m)
		}
	}
	if again := w.recompute(old, "2026-03-10 00:00", false); len(again) != 0 {
		t.Errorf("a second run moves %v", again)
	}
	w.forwarded("GV") // under the edited calendar already
	if again := w.recompute(old, "2026-03-10 00:00", false); len(again) != 0 {
		t.Errorf("what was armed after the edit moves: %v", again)
	}
}

func TestAnEditLeavesPromisesAndKeepsWhatAHoldHasAdded(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	old := w.desk.setting.Load().Calendar
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-12 10:00"), Reason: "chờ vật tư"})
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-09 16:00")})
	w.to("2026-03-09 16:00")
	held, promised := w.petition().Rung(RungOverdue).Due, w.petition().Rung(RungETA).Due
	w.edited(calendarWithout(t, "2026-03-12"), "edited") // Thursday
	w.recompute(old, "2026-03-12 00:00", false)
	w.wantDue(RungETA, promised.Format("2006-01-02 15:04")) // a promised instant is a promised instant
	want := w.desk.setting.Load().Calendar.Add(instantAt("2026-03-09 16:00"), old.Between(instantAt("2026-03-09 16:00"), held))
	w.wantDue(RungOverdue, want.Format("2006-01-02 15:04"))
}

// ladders are stories that arm whatever is counted in working time, each act at an instant
// of its own: next lets time pass to that of the following one.
var ladders = map[string]func(w *town, next func()){
	"received":  func(w *town, _ func()) { w.in(Received) },
	"forwarded": func(w *town, _ func()) { w.in(Forwarded) },
	"urgent":    func(w *town, _ func()) { w.urgent() },
	"asked by 1022": func(w *town, next func()) {
		w.in(Received)
		next()
		w.do(operator, &AskCitizen{Missing: "địa điểm"})
	},
	"asked by the unit": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(focalXD, &AskCitizen{Missing: "số cột đèn"})
	},
	"reopened": func(w *town, next func()) {
		w.in(Rejected)
		next()
		w.do(operator, &Reopen{Reason: "có thêm thông tin"})
	},
	"answered": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(focalXD, &GiveResult{Text: answer().Text, WrittenReminder: true})
	},
	"published, with a file": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(focalXD, answer())
		next()
		w.do(operator, &Publish{Written: NeedExplain, WrittenReason: "chậm"})
	},
	"reassigned": func(w *town, next func()) { w.in(Forwarded); next(); w.do(operator, &Reassign{Unit: "GV"}) },
	"a return is asked for": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
		next()
		w.do(focalMT, &AskReturn{Reason: "không thuộc thẩm quyền"})
	},
	"returned to 1022": func(w *town, next func()) { w.in(ReturnRequested); next(); w.do(operator, &AcceptReturn{}) },
	"with the Office":  func(w *town, _ func()) { w.in(WithOffice) },
	"disputed": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(operator, &OpenDispute{Reason: "không thống nhất"})
	},
	"the Office's lead": func(w *town, next func()) { w.in(WithOffice); next(); w.do(office, &Reassign{Unit: "XD"}) },
	"sent back to the Office": func(w *town, next func()) {
		w.in(WithOffice)
		next()
		w.do(office, answer())
		next()
		w.do(operator, &SendBack{Reason: "chưa rõ"})
	},
	"directed": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(office, &Direct{Leader: "Chủ tịch", Text: "xử lý dứt điểm", Due: w.now.AddDate(0, 0, 9)})
	},
	"promised": func(w *town, next func()) {
		w.in(Forwarded)
		next()
		w.do(focalXD, &PromiseTime{At: w.now.Add(5 * time.Hour)})
	},
}

// urgent records an urgent petition (Đ9.6).
func (w *town) urgent() {
	in := lamp()
	in.Urgent = true
	w.accept(in)
}

// field failure 15
//
// Whatever is edited, ahead or of days that have passed, a deadline that is still ahead
// ends up where arming under the edited calendar would have put it.
func TestRecomputingEqualsArmingUnderTheEditedCalendar(t *testing.T) {
	random := rand.New(rand.NewPCG(1022, 15))
	moved := map[RungName]int{}
	for range 40 {
		start := time.Date(2026, time.Month(1+random.IntN(6)), 1+random.IntN(28), random.IntN(24), random.IntN(60), 0, 0, hanoi())
		first := start.AddDate(0, 0, random.IntN(14)-3)
		edited, ok := editedAt(random, first, first.AddDate(0, 0, 1+random.IntN(4)))
		if !ok {
			continue // what the date is cannot be edited so
		}
		since, differ := worktime.Differ(worktime.HaiPhong(), edited, start.AddDate(0, 0, -9), start.AddDate(0, 0, 30))
		if !differ {
			continue
		}
		gaps := []time.Duration{minutes(random, 40), minutes(random, 40)}
		wait := minutes(random, []int{1, 8, 72}[random.IntN(3)]) // until the edit
		for story, tell := range ladders {
			told := func(under *worktime.Calendar, version string) *town {
				w := newTown(t, start.Format("2006-01-02 15:04"), func(s *Setting) { s.Calendar, s.CalendarVersion = under, version })
				acts := 0
				tell(w, func() { w.now = w.now.Add(gaps[acts]); acts++ })
				w.now = w.now.Add(wait) // nobody has looked: an outage shifts nothing
				return w
			}
			w, fresh := told(worktime.HaiPhong(), "as it was"), told(edited, "edited").petition()
			now, before := w.now, w.petition().Rungs
			w.edited(edited, "edited")
			w.recompute(worktime.HaiPhong(), since.Format("2006-01-02 15:04"), false)
			for i, r := range w.petition().Rungs {
				want := fresh.rungOf(r.Round, r.Name)
				if r.State != Armed || !before[i].Due.After(now) || want == nil {
					continue // history, or a reminder for which there is no time any more
				}
				if !r.Due.Equal(want.Due) {
					t.Errorf("%s from %s, hours from %s on edited at %s: %s was due %s and is due %s, want %s", story, start.Format("Mon 02/01 15:04"),
						since.Format("Mon 02/01"), now.Format("Mon 02/01 15:04"), r.Name, ClockText(before[i].Due), ClockText(r.Due), ClockText(want.Due))
				}
				if !r.Due.Equal(before[i].Due) {
					moved[r.Name]++
				}
			}
		}
	}
	for _, spec := range DefaultPolicy().Rungs {
		if spec.Clock == WorkingClock && moved[spec.Name] == 0 {
			t.Errorf("no edit moves %s", spec.Name)
		}
	}
}

// minutes are up to so many hours.
func minutes(random *rand.Rand, hours int) time.Duration {
	return time.Duration(random.IntN(60*hours)) * time.Minute
}

// editedAt is the city's calendar with dates turned over: a day of work off or short, a
// free one worked.
func editedAt(random *rand.Rand, dates ...time.Time) (*worktime.Calendar, bool) {
	spec := worktime.HaiPhongSpec()
	for _, at := range dates {
		date := at.Format(time.DateOnly)
		switch works := len(worktime.HaiPhong().Hours(at)) > 0; {
		case !works:
			spec.Work = append(slices.Clone(spec.Work), worktime.WorkDay{Date: date, Document: "QĐ thử"})
		case random.IntN(3) == 0:
			spec.Short = append(slices.Clone(spec.Short), worktime.ShortDay{Date: date, Hours: []string{"07:30-11:30"}, Document: "QĐ thử"})
		default:
			spec.Off = append(slices.Clone(spec.Off), worktime.DayOff{Date: date, Name: "nghỉ đột xuất", Document: "QĐ thử"})
		}
	}
	c, err := spec.Compile(2024, 2027)
	return c, err == nil
}

// worked is the city's calendar with a free date worked.
func worked(t *testing.T, date string) *worktime.Calendar {
	t.Helper()
	c, ok := editedAt(nil, instantAt(date+" 00:00"))
	if !ok {
		t.Fatalf("%s cannot be worked", date)
	}
	return c
}

// A limit in days counts the first edited day too, though it is the day from which the
// calendars differ.
func TestADayOffAnnouncedOnTheEveMovesALimitInDays(t *testing.T) {
	for name, tc := range map[string]struct {
		story func(w *town)
		moves map[RungName][2]string // from, to
	}{
		"the Office": {func(w *town) { w.in(WithOffice) }, map[RungName][2]string{RungOffice: {"2026-11-18 17:00", "2026-11-19 17:00"}}},
		"a file": {func(w *town) { w.urgent() }, map[RungName][2]string{RungWrittenFile: {"2026-11-18 17:00", "2026-11-19 17:00"},
			RungWrittenReminder: {"2026-11-18 13:00", "2026-11-19 13:00"}}},
		"a citizen": {func(w *town) { w.in(AwaitingInfo) }, map[RungName][2]string{RungSupplement: {"2026-11-19 17:00", "2026-11-20 17:00"},
			RungSupplementEnd: {"2026-11-25 17:00", "2026-11-26 17:00"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-11-16 09:00") // Monday
			old := w.desk.setting.Load().Calendar
			tc.story(w)
			for rung, due := range tc.moves {
				w.wantDue(rung, due[0])
			}
			w.jump("2026-11-16 15:00")
			w.edited(calendarWithout(t, "2026-11-17"), "edited") // Tuesday
			w.recompute(old, "2026-11-17 00:00", false)
			for rung, due := range tc.moves {
				w.wantDue(rung, due[1])
			}
		})
	}
}

func TestASaturdayToBeWorkedEndsALimitInDaysSooner(t *testing.T) {
	w := newTown(t, "2026-11-13 09:00") // Friday
	old := w.desk.setting.Load().Calendar
	w.in(WithOffice)
	w.wantDue(RungOffice, "2026-11-17 17:00")
	w.edited(worked(t, "2026-11-14"), "edited")
	w.recompute(old, "2026-11-14 00:00", false)
	w.wantDue(RungOffice, "2026-11-16 17:00")
}

// What 1022 owes counts from what it was asked, not from when the petition came.
func TestADayOffThatWasOverBeforeARungBeganMovesNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		story func(w *town)
		rung  RungName
		due   string
	}{
		"a result":              {func(w *town) { w.do(focalXD, answer()) }, RungPublish, "2026-11-17 13:30"},
		"a return":              {func(w *town) { w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"}) }, RungReturnDecision, "2026-11-17 09:00"},
		"a question":            {func(w *town) { w.do(focalXD, &AskCitizen{Missing: "số cột đèn"}) }, RungSupplement, "2026-11-20 17:00"},
		"a dispute":             {func(w *town) { w.do(operator, &OpenDispute{Reason: "không thống nhất"}) }, RungOffice, "2026-11-19 17:00"},
		"1022 has it again":     {func(w *town) { w.do(focalXD, &AskReturn{Reason: "không"}); w.do(operator, &AcceptReturn{}) }, RungClarify, "2026-11-17 09:00"},
		"another officer":       {func(w *town) { w.handedOver() }, RungUnacknowledged, "2026-11-17 10:00"},
		"a supplement, as 1022": {func(w *town) { w.supplemented() }, RungClarify, "2026-11-17 09:00"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-11-12 08:00") // Thursday
			old := w.desk.setting.Load().Calendar
			w.in(Forwarded)
			w.jump("2026-11-17 08:00") // Tuesday
			tc.story(w)
			w.wantDue(tc.rung, tc.due)
			w.jump("2026-11-17 08:30")
			w.edited(calendarWithout(t, "2026-11-16"), "edited") // Monday
			w.recompute(old, "2026-11-16 00:00", false)
			w.wantDue(tc.rung, tc.due)
		})
	}
}

// handedOver gives the lead's slip to a successor, who is asked to acknowledge anew.
func (w *town) handedOver() {
	w.do(focalXD, &Acknowledge{})
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
}

// supplemented lets 1022 take the petition back, ask the citizen and be answered.
func (w *town) supplemented() {
	w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	w.do(operator, &AcceptReturn{})
	w.do(operator, &AskCitizen{Missing: "địa điểm"})
	w.do(citizen, &Supplement{Text: "Ngõ 72, gần cầu."})
}

// The Office is asked again and again: each time counts from the time before.
func TestWhatTheOfficeIsAskedAgainCountsFromTheTimeBefore(t *testing.T) {
	w := newTown(t, "2026-11-16 09:00") // Monday
	old := w.desk.setting.Load().Calendar
	w.in(WithOffice)
	w.to("2026-11-18 17:30")                              // Wednesday
	w.wantDue(RungOffice, "2026-11-20 17:00")             // Friday
	w.edited(calendarWithout(t, "2026-11-17"), "Tuesday") // is over
	w.recompute(old, "2026-11-17 00:00", false)
	w.wantDue(RungOffice, "2026-11-20 17:00")
	w.edited(calendarWithout(t, "2026-11-19"), "Thursday") // is ahead
	w.recompute(old, "2026-11-19 00:00", false)
	w.wantDue(RungOffice, "2026-11-23 17:00")
}

// Days that begin and end at midnight, and a move in the middle of a day.
func TestDaysAreLaidOutAnewAsTheyAreCounted(t *testing.T) {
	around := func(off ...string) *worktime.Calendar {
		spec := worktime.HaiPhongSpec()
		spec.Seasons, spec.Off, spec.Work, spec.Short, spec.Hours = nil, nil, nil, nil, worktime.Hours{}
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			spec.Hours[day] = []string{"00:00-24:00"}
		}
		for _, date := range off {
			spec.Off = append(spec.Off, worktime.DayOff{Date: date, Name: "nghỉ", Document: "QĐ thử"})
		}
		c, err := spec.Compile(2025, 2027)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	city := worktime.HaiPhong()
	for _, tc := range []struct {
		what                    string
		was, is                 *worktime.Calendar
		start, since, due, want string
	}{
		{"Tuesday off, around the clock", around(), around("2026-11-17"), "2026-11-16 09:00", "2026-11-17 00:00", "2026-11-19 00:00", "2026-11-20 00:00"},
		{"Thursday off, after the end of Wednesday", around(), around("2026-11-19"), "2026-11-16 09:00", "2026-11-19 00:00", "2026-11-19 00:00", "2026-11-19 00:00"},
		{"the day of the start off", city, calendarWithout(t, "2026-11-16"), "2026-11-16 09:00", "2026-11-16 00:00", "2026-11-18 17:00", "2026-11-18 17:00"},
		{"a unit goes over on Monday", city, around(), "2026-11-13 09:00", "2026-11-16 15:00", "2026-11-18 17:00", "2026-11-19 00:00"},
		{"a hold has moved it", city, calendarWithout(t, "2026-11-17"), "2026-11-16 09:00", "2026-11-17 00:00", "2026-11-18 10:00", "2026-11-19 10:00"},
	} {
		by := relay{tc.was, WorkCalendar{tc.is, "edited"}, instantAt(tc.since)}
		if got := by.due(instantAt(tc.due), instantAt(tc.start), true); !got.Equal(instantAt(tc.want)) {
			t.Errorf("%s: due %s, want %s", tc.what, got.Format("2006-01-02 15:04"), tc.want)
		}
	}
}

// What is announced at last moves nothing by itself; that a deadline is provisional ends.
func TestWhatIsAnnouncedSettlesDeadlinesThatStay(t *testing.T) {
	w := newTown(t, "2026-12-28 08:00") // Monday
	old := w.desk.setting.Load().Calendar
	w.forwarded("XD")
	before := slices.Clone(w.petition().Rungs)
	spec, _, err := worktime.HaiPhongSpec().AnnouncedTo("2027-12-31")
	if err != nil {
		t.Fatal(err)
	}
	announced, err := spec.Compile(2024, 2027)
	if err != nil {
		t.Fatal(err)
	}
	w.edited(announced, "announced")
	var ids []int64
	for id := range w.petitions {
		ids = append(ids, id)
	}
	settle := func(why CalendarEdit) []Moved {
		t.Helper()
		done, err := w.desk.Recompute(w.ctx, ids, why, office, false)
		if err != nil {
			t.Fatal(err)
		}
		return done.Moved
	}
	moved := settle(CalendarEdit{Was: old})
	for i, r := range w.petition().Rungs {
		was := before[i]
		late := r.Due.After(instantAt("2027-01-01 00:00"))
		if !r.Due.Equal(was.Due) || r.Provisional || late != was.Provisional || late != (r.Calendar == "announced") {
			t.Errorf("%s: due %s, was %s; provisional: %t, was %t; by %s", r.Name, r.Due, was.Due, r.Provisional, was.Provisional, r.Calendar)
		}
	}
	if len(moved) == 0 || slices.ContainsFunc(moved, func(m Moved) bool { return !m.Stays() || !m.Settled || m.Doubtful || m.Overdue(w.now) }) {
		t.Errorf("%+v", moved)
	}
	w.wantEntry("calendar", "không còn tạm tính")
	if again := settle(CalendarEdit{Was: old}); len(again) != 0 {
		t.Errorf("a second run settles %v", again)
	}
	w.edited(old, "again") // it was too early
	back := settle(CalendarEdit{Was: announced})
	if len(back) != len(moved) || !back[0].Stays() || !back[0].Doubtful || back[0].Settled || !w.petition().Rung(RungOverdue).Provisional {
		t.Errorf("taken back: %+v", back)
	}
}
