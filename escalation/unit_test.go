package escalation

import (
	"slices"
	"strings"
	"testing"
)

// Stories of a petition with a unit: acknowledging, promising, answering.

// field failure 36
func TestAcknowledgingStopsTheNudgesNotTheResultClock(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:30")
	w.do(focalXD, &Acknowledge{Note: "đã rõ"})
	w.wantStatus(InProgress)
	mark := w.mark()
	w.to("2026-03-09 15:29")
	w.want(mark)
	w.wantDue(RungFocalReminder, "2026-03-09 15:30")
	w.wantDue(RungHead, "2026-03-10 08:00")
	w.wantDue(RungOverdue, "2026-03-17 08:00")
	w.walk([]step{ // and no step of the one cuts off those of the other
		{"2026-03-09 15:30", RungFocalReminder, []string{"O2 focal"}, InProgress},
		{"2026-03-10 08:00", RungHead, []string{"H1 head", "O7 focal", "C6 citizen"}, Escalated}, // Tuesday
		{"2026-03-16 08:00", RungHeadReminder, []string{"H2 head"}, Escalated},                   // Monday
		{"2026-03-17 08:00", RungOverdue, []string{"V1 office", "H3 head", "C6b citizen"}, Overdue},
	})
}

// field failure 35
func TestAQueuedNudgeIsDroppedByTheAcknowledgement(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-09 10:00")
	w.do(focalXD, &Acknowledge{})
	for _, l := range w.messages {
		if l.Notice.Template == "O1N" && l.State != Dropped {
			t.Errorf("a nudge is still %s", l.State)
		}
		if l.Notice.Template == "O1" && l.State != Queued {
			t.Errorf("the slip is %s", l.State)
		}
	}
	if w.openTasks(TaskCall) != 0 {
		t.Error("the call task is still open")
	}
}

func TestAnAnsweredCallCountsAsAcknowledgement(t *testing.T) {
	for outcome, acknowledged := range map[string]bool{"answered": true, "no_answer": false, "": false} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.accept(lamp())
		w.do(operator, &Forward{Units: []UnitRef{{Code: "XD"}, {Code: "MT"}}, Call: &CallLog{To: "XD", Outcome: outcome}})
		p := w.petition()
		if got := !p.Slips[0].AcknowledgedAt.IsZero(); got != acknowledged {
			t.Errorf("a call %q: acknowledged %t", outcome, got)
		}
		if !p.Slips[1].AcknowledgedAt.IsZero() {
			t.Error("the call to the lead speaks for the co-operating unit")
		}
	}
}

func TestStickyStatusesAreNeverLowered(t *testing.T) {
	for _, status := range []Status{Escalated, Overdue} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.in(status)
		w.do(headXD, &Acknowledge{})
		w.do(focalXD, &PromiseTime{At: w.now.AddDate(0, 0, 1)})
		w.do(focalXD, &AskReturn{Reason: "không thuộc"})
		w.wantStatus(status)
		w.do(operator, &RefuseReturn{Reason: "đúng thẩm quyền"})
		w.wantStatus(status)
	}
}

func TestWasOverdueStaysForEver(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Overdue)
	w.jump("2026-03-17 08:01") // a minute after the 48 h
	w.do(focalXD, answer())
	if p := w.petition(); !p.WasOverdue || !p.Result.Late {
		t.Error("a late result does not show as late")
	}
	w.do(operator, &Publish{})
	w.do(operator, &Reopen{Reason: "đèn lại tắt"})
	if p := w.petition(); !p.WasOverdue || p.Status != Forwarded {
		t.Error("reopening forgets that it was overdue")
	}
}

func TestABareDoneStopsNothingAndSilencesRemindersForAnHour(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	w.to("2026-03-09 15:00")
	w.do(focalXD, &Progress{BareDone: true})
	w.wantStatus(InProgress)
	w.wantDue(RungFocalReminder, "2026-03-09 16:00")
	w.wantDue(RungHead, "2026-03-10 08:00")
	w.wantDue(RungOverdue, "2026-03-17 08:00")
}

func TestAPromisedTimeInsideTheLimitIsToldToTheCitizen(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-11 15:00"), Reason: "chờ vật tư"}) // Wednesday
	w.want(mark, "C5 citizen")
	w.wantStatus(Verifying)
	w.wantDue(RungHead, "2026-03-10 08:00") // it never stops the 8 h
	mark = w.mark()
	w.to("2026-03-10 08:00")
	w.want(mark, "O2 focal", "H1E head", "O7 focal", "C6 citizen")
	mark = w.mark()
	w.do(focalXD, answer()) // kept
	w.to("2026-03-11 15:00")
	if w.petition().ETAs[0].Missed || slices.Contains(w.told(mark), "O3 focal") {
		t.Error("a kept promise counts as missed")
	}
}

func TestAMissedPromiseIsAskedForAndToldAnew(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 14:00")})
	mark := w.mark()
	w.to("2026-03-09 14:00")
	w.want(mark, "O3 focal")
	if w.openTasks(TaskCall) != 1 || !w.petition().ETAs[0].Missed {
		t.Error("a missed promise is not noted")
	}
	mark = w.mark()
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-10 09:00")}) // Tuesday
	w.want(mark, "C5b citizen")
	p := w.petition()
	if len(p.ETAs) != 2 || !p.ETAs[0].Replaced {
		t.Error("the first promise is overwritten")
	}
	w.wantDue(RungETA, "2026-03-10 09:00")
}

func TestAPromiseBeyondTheLimitIsToldToTheCitizenOnlyWhenAnOperatorAgrees(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; the limit is Tuesday 17/03 08:00
	w.forwarded("XD")
	late := instantAt("2026-03-17 08:01")
	mark := w.mark()
	w.do(focalXD, &PromiseTime{At: late})
	w.want(mark, "H1E head")
	if w.openTasks(TaskConfirm) != 1 || w.petition().ETAs[0].Agreed {
		t.Error("the operator is not asked")
	}
	mark = w.mark()
	w.do(operator, &PromiseTime{At: late})
	w.want(mark, "C5 citizen")
	if w.openTasks(TaskConfirm) != 0 {
		t.Error("the task is still open")
	}
}

func TestAPromiseExactlyAtTheLimitKeepsIt(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-17 08:00")}) // Tuesday
	w.want(mark, "C5 citizen")
}

func TestAPromiseMayExtendTheEightHoursButNeverTheFortyEight(t *testing.T) {
	extends := func(s *Setting) { s.Policy.ETAExtendsFocal = true }
	w := newTown(t, "2026-03-09 08:00", extends) // Monday
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-12 15:00")}) // Thursday
	w.wantDue(RungHead, "2026-03-12 15:00")
	w.wantDue(RungFocalReminder, "2026-03-12 13:00")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-20 15:00")}) // Friday, beyond
	w.wantDue(RungHead, "2026-03-17 08:00")
	w.wantDue(RungOverdue, "2026-03-17 08:00")
}

func TestACooperatingUnitPromisesNothingAndGivesAnOpinion(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.refuse(focalMT, &PromiseTime{At: instantAt("2026-03-09 15:00")}, WrongTime, "")
	w.do(focalMT, &GiveResult{Text: "Khu vực không thuộc công viên."})
	w.wantStatus(Forwarded)
	p := w.petition()
	if p.Slips[1].Opinion == "" || p.Result != nil {
		t.Error("an opinion is no result")
	}
	w.wantDue(RungCooperate, "")
	w.wantDue(RungHead, "2026-03-10 08:00")
}

func TestOnlyAResultStopsTheResultClock(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.to("2026-03-09 15:30")
	w.do(focalXD, answer())
	w.wantStatus(Resolved)
	for _, l := range w.messages {
		if c := l.Notice.Class; l.State == Queued && (c == ClassReminder || c == ClassSlip || c == ClassEscalation || c == ClassProgress) {
			t.Errorf("%s is still queued", l.Notice.Template)
		}
	}
	mark := w.mark()
	w.to("2026-03-10 10:00")
	w.want(mark, "T1 shift_lead") // to publish, 4 h later
}

func TestAResultSentBackGoesOnWithTheTimeThatWasLeft(t *testing.T) {
	tests := []struct{ answered, sentBack, head, overdue string }{
		{"2026-03-09 10:00", "2026-03-12 10:00", "2026-03-13 08:00", "2026-03-20 08:00"}, // Monday; Thursday: 6 h and 46 h left
		{"2026-03-10 07:45", "2026-03-12 10:00", "2026-03-12 13:30", "2026-03-19 10:15"}, // Tuesday, 15 minutes left: at least 2 h; of the 48 h 40 h 15
	}
	for _, tt := range tests {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.do(focalXD, &Acknowledge{})
		w.to(tt.answered)
		w.do(focalXD, answer())
		w.jump(tt.sentBack)
		mark := w.mark()
		w.do(operator, &SendBack{Reason: "chưa nói khi nào xong"})
		w.want(mark, "O4 focal")
		w.wantStatus(InProgress)
		w.wantDue(RungHead, tt.head)
		w.wantDue(RungOverdue, tt.overdue)
		p := w.petition()
		if p.Slips[0].Round != p.Rung(RungHead).Round || p.Result != nil || len(p.Results) != 1 {
			t.Error("sending back is no new round and keeps the first answer as history")
		}
	}
}

func TestAnOverdueResultSentBackIsOwedInTwoHours(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Overdue)
	w.do(focalXD, answer())
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.wantStatus(Overdue)
	if text := w.letter("O4").text; !strings.Contains(text, "10h00 17/3") { // Tuesday
		t.Errorf("O4 prints another time: %s", text)
	}
}

// field failure 34
func TestReassigningGivesEightHoursAfreshAndKeepsTheFortyEight(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-11 10:00") // Wednesday, escalated
	w.wantStatus(Escalated)
	mark := w.mark()
	w.do(operator, &Reassign{Unit: "MT", Reason: "theo phân cấp"})
	w.want(mark, "O5 focal", "O1 focal", "C4 citizen")
	w.wantStatus(Forwarded)
	w.wantDue(RungNudge, "2026-03-11 11:00")
	w.wantDue(RungHead, "2026-03-12 10:00") // Thursday
	w.wantDue(RungHeadReminder, "2026-03-16 08:00")
	w.wantDue(RungOverdue, "2026-03-17 08:00")
	w.refuse(focalXD, &Acknowledge{}, Forbidden, "")
	w.refuse(operator, &Reassign{Unit: "MT"}, WrongTime, "")
	for _, r := range w.petition().Rungs {
		if r.Slip == 1 && r.State != Fired && r.State != Disarmed {
			t.Errorf("%s of the unit before is %s", r.Name, r.State)
		}
	}
	mark = w.mark()
	w.to("2026-03-17 08:00")
	for template, want := range map[string]int{"H1": 1, "H2": 1, "V1": 1, "C6b": 1} {
		if n := len(w.lettersOf(mark, template)); n != want {
			t.Errorf("%s is said %d times", template, n)
		}
	}
	if head := w.letter("H2").Notice.To.Unit; head != "MT" {
		t.Errorf("the head of %s is reminded", head)
	}
}

func TestReassigningAnOverduePetitionLeavesItOverdue(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Overdue)
	w.do(operator, &Reassign{Unit: "GV"})
	w.wantStatus(Overdue)
	w.until(w.now.AddDate(0, 0, 7))
	w.wantStatus(Overdue)
	if n := fired(*w.petition(), RungOverdue); n != 1 {
		t.Errorf("overdue fired %d times", n)
	}
}

func fired(p Petition, name RungName) int {
	n := 0
	for _, r := range p.Rungs {
		if r.Name == name && r.State == Fired {
			n++
		}
	}
	return n
}

func TestACooperatingUnitThatTakesTheLeadHasOneSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(operator, &Reassign{Unit: "MT"})
	open := 0
	for _, s := range w.petition().Slips {
		if s.Open() {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d slips are open", open)
	}
	w.do(focalMT, answer())
	w.wantStatus(Resolved)
}

func TestAReturnIsAcceptedAndPassedOn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskReturn{Reason: "đường do phường quản lý", Unit: "GV"})
	w.wantStatus(ReturnRequested)
	w.refuse(focalXD, &AskReturn{Reason: "lần nữa"}, WrongTime, "")
	w.to("2026-03-09 08:30")
	mark := w.mark()
	w.do(operator, &AcceptReturn{Unit: "GV"})
	w.want(mark, "O5 focal", "O1 focal", "C4 citizen")
	w.wantStatus(Forwarded)
	w.wantDue(RungHead, "2026-03-10 08:30")    // afresh
	w.wantDue(RungOverdue, "2026-03-17 08:00") // from the first forward
	if w.petition().Lead().Unit != "GV" || w.openTasks(TaskConfirm) != 0 {
		t.Error("the petition did not go to GV")
	}
}

func TestAReturnWithoutAUnitGoesBackToTheHotlineAndTheSecondTimeToTheOffice(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskReturn{Reason: "không thuộc"})
	w.do(operator, &AcceptReturn{})
	w.wantStatus(Received)
	w.wantDue(RungClarify, "2026-03-09 09:00")
	w.do(operator, &Forward{Unit: "MT"})
	w.do(focalMT, &AskReturn{Reason: "không thuộc"})
	mark := w.mark()
	w.do(operator, &AcceptReturn{})
	w.wantStatus(Disputed)
	w.want(mark, "O5 focal", "V3 office", "C9 citizen")
	w.wantDue(RungHead, "")
}

func TestAnOverduePetitionThatWasReturnedStaysOverdueWithTheNextUnit(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Overdue)
	w.do(focalXD, &AskReturn{Reason: "không thuộc"})
	w.do(operator, &AcceptReturn{})
	w.do(operator, &Forward{Unit: "GV"})
	w.wantStatus(Overdue)
	w.until(w.now.AddDate(0, 1, 0)) // never silent: town.whole
}

func TestADueHeadRungWaitsWithTheShiftLeadWhileAReturnIsUndecided(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 07:45") // Tuesday
	w.do(focalXD, &AskReturn{Reason: "không thuộc"})
	mark := w.mark()
	w.to("2026-03-10 08:00")
	w.want(mark, "T1 shift_lead")
	w.wantStatus(ReturnRequested)
	w.wantEntry("deferred:head", "báo trưởng ca")
	mark = w.mark()
	w.to("2026-03-10 08:20")
	w.do(operator, &RefuseReturn{Reason: "đúng địa bàn"})
	w.want(mark, "A4x focal", "H1 head", "O7 focal", "C6 citizen")
	w.wantStatus(Escalated)
	if n := fired(*w.petition(), RungHead); n != 1 {
		t.Errorf("the head rung fired %d times", n)
	}
	mark = w.mark()
	w.to("2026-03-11 08:00")
	w.want(mark)
}

func TestACooperatingUnitsReturnHoldsNothingUpForTheLead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.to("2026-03-10 07:45") // Tuesday
	w.do(focalMT, &AskReturn{Reason: "không liên quan"})
	w.to("2026-03-10 08:00")
	w.wantStatus(Escalated)
	w.do(operator, &AcceptReturn{})
	w.wantStatus(Escalated)
	if s := w.petition().SlipOf("MT"); s.Open() {
		t.Error("the slip of the co-operating unit is open")
	}
}

func TestARefusedReturnGoesOnWhereThePromiseHadBroughtIt(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskReturn{Reason: "không thuộc"})
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 16:00")})
	w.wantStatus(ReturnRequested)
	w.do(operator, &RefuseReturn{Reason: "đúng địa bàn"})
	w.wantStatus(Verifying)
}

func TestAUnitAsksTheCitizenOnceOnly(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.do(focalXD, &AskCitizen{Missing: "số cột đèn"})
	w.want(mark, "C3 citizen")
	w.wantDue(RungHead, "2026-03-10 08:00") // the clock runs on by default
	w.refuse(focalXD, &AskCitizen{Missing: "ảnh"}, WrongTime, "")
	mark = w.mark()
	w.do(citizen, &Supplement{Text: "Cột số 12."})
	w.want(mark, "O6 focal")
	w.wantDue(RungSupplement, "")
	w.do(operator, &Reassign{Unit: "GV"})
	w.do(operator, &Reassign{Unit: "XD"})
	w.refuse(focalXD, &AskCitizen{Missing: "ảnh"}, WrongTime, "") // Đ18.1: also with a new slip
}

func TestTheClockMayWaitForTheCitizenBySetting(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ClarifyPausesUnit = true }) // Monday
	w.forwarded("XD")
	w.to("2026-03-09 10:00")
	w.do(focalXD, &AskCitizen{Missing: "số cột đèn"})
	w.to("2026-03-11 10:00") // Wednesday
	w.do(citizen, &Supplement{Text: "Cột số 12."})
	w.wantDue(RungHead, "2026-03-12 08:00") // 6 h were left
}

func TestAClockThatWaitsForASilentCitizenRunsOn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ClarifyPausesUnit = true }) // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskCitizen{Missing: "số cột đèn"})
	w.to("2026-03-17 17:00") // Tuesday, the end of the 6 days
	w.wantDue(RungHead, "2026-03-18 17:00")
}

func TestASlipIsPassedOnInsideTheUnitWithTheSameDeadline(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	for range 2 { // to one, to the other and back
		for _, id := range []int64{111, 101} {
			mark := w.mark()
			w.do(focalXD, &AssignInternal{Contact: id})
			w.want(mark, "O1 focal")
			if got := w.letter("O1").Notice.To.Contact; got != id {
				t.Errorf("the slip went to %d", got)
			}
		}
	}
	w.wantDue(RungHead, "2026-03-10 08:00")
}

func TestAResultMayBeAmendedUntilItIsPublished(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Resolved)
	first := w.petition().Result.At
	w.jump("2026-03-09 09:00")
	w.refuse(focalXD, answer(), WrongTime, "")
	w.do(focalXD, &GiveResult{Text: "Đã thay cả 4 bóng đèn."})
	p := w.petition()
	if p.Result.Text != "Đã thay cả 4 bóng đèn." || !p.Result.At.Equal(first) || len(p.Results) != 1 {
		t.Errorf("the result is %q of %s", p.Result.Text, p.Result.At)
	}
	w.do(operator, &Publish{})
	w.refuse(operator, &GiveResult{Text: "Đã thay cả 5 bóng đèn."}, WrongTime, "")
}
