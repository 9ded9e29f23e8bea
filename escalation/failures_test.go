package escalation

import (
	"context"
	"fmt"
	"maps"
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

// field failure 26
func TestWhatIsArmedDuringAHoldWaitsForItsEnd(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-20 08:00")}) // Friday of the next week
	before := len(w.petition().Rungs)
	w.to("2026-03-09 10:00")
	w.do(office, &Urge{Text: "báo cáo tiến độ", Due: instantAt("2026-03-10 15:00")})
	w.do(office, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý ngay", Due: instantAt("2026-03-11 10:00")})
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-12 10:00")})
	w.newcomer()
	w.from(161, "OK "+w.asked(161)) // who takes over is to acknowledge anew
	var armed []RungName
	for _, r := range w.petition().Rungs[before:] {
		if armed = append(armed, r.Name); r.State != Paused || r.Left <= 0 {
			t.Errorf("during the hold %s is %s with %s left", r.Name, r.State, r.Left)
		}
	}
	if want := []RungName{RungDirective, RungDirective, RungETA, RungNudge, RungUnacknowledged}; !slices.Equal(armed, want) {
		t.Errorf("armed during the hold: %v, want %v", armed, want)
	}
	mark := w.mark()
	w.jump("2026-03-20 07:59:59")
	if n := w.fire(); n != 0 {
		t.Errorf("a wake during the hold fires %d", n)
	}
	w.want(mark)
	w.to("2026-03-20 08:00")
	w.wantDue(RungNudge, "2026-03-20 09:00")     // its hour is whole
	w.wantDue(RungDirective, "2026-03-24 08:00") // Tuesday: the 16 hours of the directive
	w.wantDue(RungETA, "2026-03-25 08:00")       // Wednesday: 24 hours
}

// field failure 31
func TestARungThatIsLeftArmedInAnEndedPetitionFiresNothing(t *testing.T) {
	for _, status := range Statuses() {
		if !status.Ended() {
			continue
		}
		w := newTown(t, "2026-03-09 08:00") // Monday
		id := w.forwarded("XD").ID
		p := w.petitions[id] // a document that says ended beside rungs that say armed
		p.Status = status
		w.petitions[id] = p
		mark := w.mark()
		w.jump("2026-04-09 08:00")
		if n := w.fire(); n != 0 || w.petition().Version != p.Version {
			t.Errorf("%s: %d fired", status, n)
		}
		w.want(mark)
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

// abroad is a ledger that gives every instant in the zone of the process, as a database
// may.
type abroad struct{ *memory }

func (a abroad) Tx(ctx context.Context, fn func(Tx) error) error {
	return a.memory.Tx(ctx, func(tx Tx) error { return fn(abroadTx{tx}) })
}

type abroadTx struct{ Tx }

func (tx abroadTx) Now() time.Time { return tx.Tx.Now().Local() }

func (tx abroadTx) Inbound(ctx context.Context, id int64) (Inbound, error) {
	in, err := tx.Tx.Inbound(ctx, id)
	in.ReadAt = in.ReadAt.Local()
	return in, err
}

// tale is a petition's week in which New York puts its clocks forward, and what of it
// tells an instant: rungs, texts, lines of the timeline.
func tale(t *testing.T) (told []string) {
	t.Helper()
	w := newTown(t, "2026-03-06 15:00") // Friday
	w.desk = NewDesk(abroad{w.memory}, *w.desk.setting.Load())
	w.forwarded("XD", "MT")
	w.answered(101, "HEN {mtl} 10h 10/3", "A2")
	w.answered(103, "NGHI 9/3-10/3", "NGHI")
	w.to("2026-03-07 22:30") // Saturday night
	w.do(office, &Urge{Due: instantAt("2026-03-09 07:00")})
	w.forwarded("GV")
	w.to("2026-03-09 10:00") // Monday, Sunday evening in New York
	w.answered(127, "HEN {mtl} 16h", "A2")
	w.answered(127, "NGHI mai", "NGHI")
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 09:30")})
	w.to("2026-03-18 17:00") // Wednesday
	if w.overdueDigest("2026-03-18 17:00").Petitions == 0 {
		t.Error("nothing of the tale is overdue")
	}
	for _, code := range slices.Sorted(maps.Keys(w.ids)) {
		id := w.ids[code]
		for _, r := range w.petitions[id].Rungs {
			told = append(told, fmt.Sprintf("%s %s: %s due %d, fired %d", code, r.Name, r.State, r.Due.Unix(), r.FiredAt.Unix()))
		}
		for _, e := range w.entries[id] {
			told = append(told, fmt.Sprintf("%s %d: %s", code, e.At.Unix(), e.Text))
		}
	}
	for _, l := range w.messages {
		told = append(told, fmt.Sprintf("%s: %s, not before %d", l.Notice.Template, l.text, l.Notice.NotBefore.Unix()))
	}
	for _, leave := range w.leaves {
		told = append(told, fmt.Sprintf("%d is away from %d to %d", leave.Contact, leave.From.Unix(), leave.To.Unix()))
	}
	return told
}

// field failure 52
func TestTheZoneOfTheProcessMovesNoRungNoTextAndNoLeave(t *testing.T) {
	saved := time.Local
	defer func() { time.Local = saved }()
	time.Local = hanoi()
	want := tale(t)
	for _, name := range []string{"UTC", "America/New_York", "Australia/Lord_Howe"} { // half an hour of summer time
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = zone
		got := tale(t)
		for i := range min(len(want), len(got)) {
			if got[i] != want[i] {
				t.Errorf("in %s:\n%s\nwant\n%s", name, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Errorf("in %s %d lines, want %d", name, len(got), len(want))
		}
	}
}
