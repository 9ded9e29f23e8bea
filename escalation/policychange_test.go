package escalation

import "testing"

// A new version of the policy rules what begins under it. What has begun stays as it was
// given. Each story begins on Monday 9 March 2026 at 08:00.

func headNotified(s *Setting) { s.Policy.OverdueFrom = FromHeadNotified }

func TestALimitFromTheForwardStaysWhenThePolicyComesToCountFromTheHeadsNotice(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00")
	w.forwarded("XD")
	w.policy.OverdueFrom = FromHeadNotified
	w.to("2026-03-10 08:00")
	w.wantDue(RungOverdue, "2026-03-17 08:00")
	w.to("2026-03-17 08:00")
	w.wantStatus(Overdue)
}

func TestALimitFromTheHeadsNoticeIsArmedWhenThePolicyComesToCountFromTheForward(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", headNotified)
	w.forwarded("XD")
	w.policy.OverdueFrom = FromForwarded
	w.to("2026-03-10 08:00")
	w.wantDue(RungOverdue, "2026-03-18 08:00") // 8 and 48 hours
}

func TestWhatHasNotBegunIsNotOver(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", headNotified)
	w.forwarded("XD")
	w.do(office, &HoldClock{Reason: "chờ vật tư", Until: instantAt("2026-04-09 08:00")})
	w.to("2026-03-25 08:00")
	w.do(focalXD, answer())
	if f := Facts(*w.petition(), w.calendars())[0]; !f.WithinFocal || !f.WithinHead || !f.OverdueAt.IsZero() {
		t.Errorf("a result while the clock stood: %+v", f)
	}
}

func TestAClockThatWaitsForTheCitizenGoesOnUnderAnyPolicy(t *testing.T) {
	pauses := func(s *Setting) { s.Policy.ClarifyPausesUnit = true }
	w := newTown(t, "2026-03-09 08:00", pauses)
	w.forwarded("XD")
	w.to("2026-03-09 10:00")
	w.do(focalXD, &AskCitizen{Missing: "số nhà"})
	w.policy.ClarifyPausesUnit = false
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 09:00")})
	w.do(office, &ResumeClock{})
	w.to("2026-03-11 08:00")
	if r := w.petition().Rung(RungHead); r.State != Paused {
		t.Errorf("the end of a hold is no answer of the citizen: the 8 h are %s", r.State)
	}
	w.do(citizen, &Supplement{Text: "số 15"})
	w.wantDue(RungHead, "2026-03-11 15:30") // six hours were left
}

func TestAQuestionThatPausedNothingPausesNothingUnderALaterPolicy(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00")
	w.forwarded("XD")
	w.do(focalXD, &AskCitizen{Missing: "số nhà"})
	w.policy.ClarifyPausesUnit = true
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 09:00")})
	w.do(office, &ResumeClock{})
	w.wantDue(RungHead, "2026-03-10 08:00")
}

func TestAResultWhileTheClockWaitsForTheCitizenIsNotLate(t *testing.T) {
	pauses := func(s *Setting) { s.Policy.ClarifyPausesUnit = true }
	w := newTown(t, "2026-03-09 08:00", pauses)
	w.forwarded("XD")
	w.to("2026-03-10 09:00")
	w.do(focalXD, &AskCitizen{Missing: "số nhà"})
	w.to("2026-03-17 09:00") // the 48 hours would have ended at 08:00
	w.do(focalXD, answer())
	if f := Facts(*w.petition(), w.calendars())[0]; !f.WithinHead || !f.OverdueAt.IsZero() {
		t.Errorf("%+v", f)
	}
}

func TestAPromiseTakesNothingFromAUnitThatGotItAfterTheLimit(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ETAExtendsFocal = true })
	w.forwarded("XD")
	w.to("2026-03-17 09:00")
	w.do(operator, &Reassign{Unit: "MT"})
	w.do(Actor{Name: "Trần Thị Mẫu", Role: Focal, Unit: "MT", Contact: 103, Channel: BySMS}, &PromiseTime{At: instantAt("2026-03-19 08:00")})
	w.wantDue(RungHead, "2026-03-18 09:00")
}
