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
	moved, _, err := w.desk.Recompute(w.ctx, ids, CalendarEdit{Was: old, Since: instantAt(since)}, office, dry)
	if err != nil {
		w.Fatalf("recompute: %v", err)
	}
	return moved
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

// field failure 15
//
// Whatever is edited, a deadline ends up where arming under the edited calendar
// would have put it.
func TestRecomputingEqualsArmingUnderTheEditedCalendar(t *testing.T) {
	random := rand.New(rand.NewPCG(1022, 15))
	for range 60 {
		start := time.Date(2026, time.Month(1+random.IntN(6)), 1+random.IntN(28), random.IntN(24), random.IntN(60), 0, 0, hanoi()).Format("2006-01-02 15:04")
		date := instantAt(start).AddDate(0, 0, 1+random.IntN(8)).Format(time.DateOnly) // ahead
		if len(worktime.HaiPhong().Hours(instantAt(date+" 00:00"))) == 0 {
			continue // it is no working day anyway
		}
		edit := calendarWithout(t, date)
		w, fresh := newTown(t, start), newTown(t, start)
		old := w.desk.setting.Load().Calendar
		fresh.edited(edit, "edited")
		w.forwarded("XD")
		fresh.forwarded("XD")
		w.edited(edit, "edited")
		w.recompute(old, date+" 00:00", false)
		for i, r := range w.petition().Rungs {
			if want := fresh.petition().Rungs[i]; r.State != want.State || r.State == Armed && !r.Due.Equal(want.Due) {
				t.Fatalf("forwarded at %s, %s off: %s is due %s, want %s", start, date, r.Name, r.Due, want.Due)
			}
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
		moved, _, err := w.desk.Recompute(w.ctx, ids, why, office, false)
		if err != nil {
			t.Fatal(err)
		}
		return moved
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
