package escalation

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation/worktime"

	"pgregory.net/rapid"
)

// Stories of docs/field-failures.md that no other file tells.

// field failure 8
func TestACaseAcrossTetEndsWhereTheWorkingTimeEnds(t *testing.T) {
	w := newTown(t, "2026-02-13 15:00") // Friday; Tết is off from Monday 16/02 to Friday 20/02
	w.forwarded("XD")
	w.wantDue(RungHead, "2026-02-23 15:00")    // Monday, ten days later
	w.wantDue(RungOverdue, "2026-03-02 15:00") // Monday, seventeen days later
	mark := w.mark()
	w.to("2026-02-23 07:30")
	w.want(mark, "O1N focal", "O1N deputy") // Friday 16:00 and 17:00
	w.to("2026-03-02 14:59")
	w.wantStatus(Escalated)
	w.to("2026-03-02 15:00")
	w.wantStatus(Overdue)
}

// calendarWithout is the city's calendar with one more day off.
func calendarWithout(t *testing.T, date string) *worktime.Calendar {
	t.Helper()
	spec := worktime.HaiPhongSpec()
	spec.Off = append(slices.Clone(spec.Off), worktime.DayOff{Date: date, Name: "nghỉ đột xuất", Document: "QĐ thử"})
	c, err := spec.Compile(2024, 2027)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// edited gives the desk another calendar, as an approved edit does.
func (w *town) edited(c *worktime.Calendar, version string) {
	setting := *w.desk.setting.Load()
	setting.Calendar, setting.CalendarVersion = c, version
	w.desk = NewDesk(w.memory, setting)
}

// field failures 15, 16
func TestAnEditedCalendarTouchesNoPetitionAndCountsForWhatIsArmedAfterwards(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	var before []Petition
	for range 50 {
		before = append(before, w.forwarded("XD"))
	}
	w.edited(calendarWithout(t, "2026-03-10"), "edited") // Tuesday
	if w.fire() != 0 {
		t.Error("an edit fires something")
	}
	for _, p := range before {
		if now := w.petitions[p.ID]; now.Version != p.Version || !slices.Equal(now.Rungs, p.Rungs) || now.Calendar != "hai-phong-test" {
			t.Errorf("%s was touched by the edit", p.Code)
		}
	}
	w.forwarded("GV")
	w.wantDue(RungHead, "2026-03-11 08:00") // Wednesday
	if got := w.petition().Calendar; got != "edited" {
		t.Errorf("the deadline is stored under the calendar %q", got)
	}
}

// field failure 17
func TestAStretchedCalendarLeavesWhatHasFiredAsHistory(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 09:00") // Tuesday, an hour after the 8 h
	head := *w.petition().Rung(RungHead)
	w.edited(calendarWithout(t, "2026-03-10"), "edited")
	mark := w.mark()
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 15:00")})
	w.to("2026-03-11 17:00")
	w.want(mark) // neither taken back nor said again
	if got := *w.petition().Rung(RungHead); got != head || got.State != Fired || !got.Due.Equal(instantAt("2026-03-10 08:00")) {
		t.Errorf("the head rung is %+v, was %+v", got, head)
	}
	w.wantStatus(Escalated)
}

// field failure 23
func TestAWarningThatWouldLieBeforeItsMatterIsNotArmed(t *testing.T) {
	w := newTown(t, "2026-03-23 08:00") // Monday
	in := lamp()
	in.Urgent, in.ReceivedAt = true, instantAt("2026-03-18 08:00") // Wednesday: the two days end on Friday
	w.accept(in)
	w.wantDue(RungWrittenReminder, "")
	w.wantDue(RungWrittenFile, "2026-03-20 17:00")
}

// field failure 23
func TestAReminderNeverLiesBeforeThePromiseThatMovedIt(t *testing.T) {
	tests := []struct{ promised, reminder string }{
		{"2026-03-10 13:30", "2026-03-10 10:00"}, // Tuesday
		{"2026-03-10 09:41", "2026-03-10 07:41"},
		{"2026-03-10 09:40", ""}, // two hours before is now
		{"2026-03-10 09:00", ""}, // two hours before is Monday
	}
	for _, tt := range tests {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ETAExtendsFocal = true }) // Monday
		w.forwarded("XD")
		w.do(focalXD, &Acknowledge{})
		w.to("2026-03-09 15:29")
		w.do(focalXD, &Progress{BareDone: true})
		w.to("2026-03-09 16:28")
		w.do(focalXD, &Progress{BareDone: true})
		w.wantDue(RungFocalReminder, "2026-03-10 07:58") // put off twice, to Tuesday
		w.to("2026-03-10 07:40")
		mark := w.mark()
		w.do(focalXD, &PromiseTime{At: instantAt(tt.promised)})
		w.wantDue(RungFocalReminder, tt.reminder)
		w.fire()
		w.want(mark, "C5 citizen")
	}
}

// field failure 29
func TestEveryLevelOfALadderOfAnyLengthFiresOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n, minutes := rapid.IntRange(1, 40).Draw(rt, "levels"), 0
		policy := DefaultPolicy()
		var names []RungName
		for i := range n {
			minutes += rapid.IntRange(1, 240).Draw(rt, "minutes")
			names = append(names, RungName(fmt.Sprintf("level-%02d", i+1)))
			policy.Rungs = append(policy.Rungs, RungSpec{Name: names[i], Ladder: ForwardLadder, After: fmt.Sprintf("%dm", minutes), Clock: WorkingClock,
				Notify: []Notify{{To: Head, Template: "H2"}}, Stops: []Event{OnAnswered}})
		}
		if err := policy.Check(); err != nil {
			rt.Fatal(err)
		}
		w := newTown(rt, "2026-03-09 08:00", func(s *Setting) { s.Policy = policy }) // Monday
		w.forwarded("XD")
		end := instantAt("2026-06-30 17:00")
		for w.now.Before(end) { // in time, or late after an outage
			at := w.now.Add(time.Duration(rapid.IntRange(1, 60*24*14).Draw(rt, "passes")) * time.Minute)
			if rapid.Bool().Draw(rt, "in time") {
				w.until(at)
			} else {
				w.now = at
				w.fire()
			}
		}
		var fired []RungName
		for _, e := range w.entries[w.ids[w.code]] {
			if name, ok := cutLevel(e.Action); ok {
				fired = append(fired, name)
			}
		}
		if !slices.Equal(fired, names) {
			rt.Errorf("fired %v, want %v", fired, names)
		}
	})
}

func cutLevel(action string) (RungName, bool) {
	const prefix = "rung:level-"
	if len(action) <= len(prefix) || action[:len(prefix)] != prefix {
		return "", false
	}
	return RungName(action[len("rung:"):]), true
}

// field failure 38
func TestARungOfTheNightIsStampedAtItsOwnTimeAndItsTextWaitsForTheMorning(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 22:00")})
	w.to("2026-03-09 22:00")
	r := w.petition().Rung(RungETA)
	if r.State != Fired || !r.Due.Equal(instantAt("2026-03-09 22:00")) || !r.FiredAt.Equal(r.Due) {
		t.Errorf("the rung is %+v", r)
	}
	if at := w.letter("O3").Notice.NotBefore; !at.Equal(instantAt("2026-03-10 06:45")) {
		t.Errorf("O3 goes out at %s", at)
	}
	if p := w.petition(); !p.ETAs[0].Missed {
		t.Error("the promise counts as missed only in the morning")
	}
}

// field failure 49
func TestOneOfThreeRecipientsThatCannotBeReachedIsPassedOnAlone(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 08:00") // Tuesday: H1 to the head, O7 to the officer, C6 to the citizen
	h1, o7, c6 := w.letter("H1"), w.letter("O7"), w.letter("C6")
	o7.State, c6.State = Accepted, Accepted
	mark := w.mark()
	w.undelivered(h1)
	w.want(mark, "H1 head")
	if again := w.letter("H1"); again.Notice.To.Contact != 112 || again.Notice.Attempt != 2 || again.Notice.Rung != RungHead {
		t.Errorf("H1 went to %d as attempt %d", again.Notice.To.Contact, again.Notice.Attempt)
	}
	if h1.State != Failed || o7.State != Accepted || c6.State != Accepted {
		t.Errorf("H1 is %s, O7 %s, C6 %s", h1.State, o7.State, c6.State)
	}
	w.wantEntry("failed:H1", "lần 1")
}
