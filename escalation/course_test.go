package escalation

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Stories of what leaves the straight way: disputes, holds, reopening, merging,
// emergencies, the City Office.

func TestADisputeGoesToTheOfficeAndTheNamedLeadHasTheWholeTime(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	mark := w.mark()
	w.do(focalMT, &OpenDispute{Reason: "đường do phường quản lý"})
	w.want(mark, "O5 focal", "O5 focal", "V3 office", "C9 citizen")
	w.wantStatus(Disputed)
	w.wantDue(RungHead, "")
	w.wantDue(RungOverdue, "")
	w.do(office, &Acknowledge{})
	w.wantStatus(WithOffice)
	w.to("2026-03-23 08:00") // Monday two weeks later
	w.do(office, &Direct{Leader: "Phó Chủ tịch", Text: "giao phường", Document: "12/TB-VP", Due: instantAt("2026-03-30 17:00"), Unit: "GV"})
	w.wantStatus(Forwarded)
	w.wantDue(RungHead, "2026-03-24 08:00")    // Tuesday
	w.wantDue(RungOverdue, "2026-03-31 08:00") // Tuesday: not overdue at once
	if w.letter("N2").Notice.To.Contact != 128 {
		t.Error("the directive did not go to the head of GV")
	}
}

func TestADisputeAfterAnOverdueStillEscalatesTheNewLead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Overdue)
	w.do(focalXD, &OpenDispute{Reason: "không thống nhất"})
	w.do(office, &Forward{Unit: "GV"})
	w.wantStatus(Forwarded)
	w.until(w.now.AddDate(0, 0, 10))
	w.wantStatus(Overdue)
}

func TestAWithOfficePetitionIsForwardedToTheOfficeAgainWithOneRung(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(WithOffice)
	w.do(operator, &Forward{Unit: "VP"})
	armed := 0
	for _, r := range w.petition().Rungs {
		if r.State == Armed {
			armed++
		}
	}
	if armed != 1 {
		t.Errorf("%d rungs are armed", armed)
	}
}

func TestReassigningToTheOfficeMakesItItsMatter(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(operator, &Reassign{Unit: "VP", Reason: "thẩm quyền thành phố"})
	w.wantStatus(WithOffice)
	if w.petition().Lead() != nil {
		t.Error("the Office got a slip")
	}
	w.do(office, answer())
	mark := w.mark()
	w.do(operator, &Publish{})
	w.want(mark, "C7 citizen")
	if text := w.letter("C7").text; !strings.Contains(text, "VP UBND TP da tra loi") {
		t.Errorf("the citizen is told that another answered: %s", text)
	}
}

// field failures 24, 26
func TestAHoldKeepsTheWorkingTimeThatIsLeft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:30")
	w.refuse(operator, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-16 08:00")}, Forbidden, "")
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-14 12:00")}) // Saturday noon
	mark := w.mark()
	w.to("2026-03-14 11:59")
	w.want(mark) // no deadline, nudge or reminder of the unit fires
	w.refuse(office, &HoldClock{Reason: "nữa", Until: instantAt("2026-03-20 08:00")}, WrongTime, "")
	w.to("2026-03-14 12:00")
	w.wantDue(RungNudge, "2026-03-16 08:00")   // Monday: 30 minutes were left
	w.wantDue(RungHead, "2026-03-16 16:30")    // Monday: 7 h 30
	w.wantDue(RungOverdue, "2026-03-23 16:30") // Monday: 47 h 30
}

func TestAHoldThatEndsDuringAnOutageShiftsNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 08:00")}) // Tuesday
	w.jump("2026-03-10 10:00")
	w.fire()
	w.wantDue(RungHead, "2026-03-11 08:00") // 8 h from the hold's end, not from when it was seen
}

// field failures 24, 25
func TestResumingEarlyGivesTheTimeBack(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.refuse(office, &ResumeClock{}, WrongTime, "")
	w.do(office, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-20 08:00")})
	w.to("2026-03-11 08:00") // Wednesday
	w.do(office, &ResumeClock{})
	w.wantDue(RungHead, "2026-03-12 08:00")
	w.wantDue(RungOverdue, "2026-03-19 08:00")
	w.do(operator, &Reassign{Unit: "GV"})
	w.wantDue(RungOverdue, "2026-03-19 08:00") // what was held is not lost with the unit
}

// waysToGV are those by which a petition of XD comes to another unit.
func waysToGV() map[string]func(*town) {
	return map[string]func(*town){
		"reassigned": func(w *town) { w.do(operator, &Reassign{Unit: "GV"}) },
		"directed": func(w *town) {
			w.do(office, &Direct{Leader: "Phó Chủ tịch", Text: "giao phường", Unit: "GV", Due: instantAt("2026-03-30 15:00")})
		},
		"returned": func(w *town) {
			w.do(focalXD, &AskReturn{Reason: "thuộc phường"})
			w.do(shiftLead, &AcceptReturn{Unit: "GV"})
		},
	}
}

// field failure 25
func TestAUnitThatGetsThePetitionDuringAHoldHasWhatTheHoldHasAdded(t *testing.T) {
	for name, gets := range waysToGV() {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.to("2026-03-09 10:00")
		w.do(office, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-20 08:00")})
		w.to("2026-03-11 10:00") // Wednesday: held for two working days
		gets(w)
		if lead := w.petition().Lead(); lead == nil || lead.Unit != "GV" {
			t.Errorf("%s: the lead is %+v", name, lead)
		}
		w.wantDue(RungHead, "2026-03-12 10:00")
		w.wantDue(RungHeadReminder, "2026-03-18 08:00")
		w.wantDue(RungOverdue, "2026-03-19 08:00")
	}
}

// What ends a hold is told once, whatever it is.
func TestTheTimelineTellsWhenAHoldIsOver(t *testing.T) {
	ends := waysToGV()
	maps.Copy(ends, map[string]func(*town){
		"disputed": func(w *town) { w.do(operator, &OpenDispute{Reason: "hai đơn vị không thống nhất"}) },
		"answered": func(w *town) { w.do(focalXD, answer()) },
		"resumed":  func(w *town) { w.do(office, &ResumeClock{}) },
		"run out":  func(w *town) { w.to("2026-03-20 08:00") },
	})
	for name, end := range ends {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.do(office, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-20 08:00")})
		w.to("2026-03-11 08:00") // Wednesday
		before := len(w.entries[w.petition().ID])
		end(w)
		if w.petition().Hold != nil {
			t.Errorf("%s: the time is held", name)
		}
		told := 0
		for _, e := range w.entries[w.petition().ID][before:] {
			if e.Action == string(VerbResume) || e.Action == "rung:"+string(RungResume) {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s: the timeline tells %d times that the hold is over", name, told)
		}
	}
}

func TestAResultEndsAHold(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(office, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-10 08:00")})
	w.do(focalXD, answer())
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.to("2026-03-10 07:59")
	w.do(office, &HoldClock{Reason: "chờ nữa", Until: instantAt("2026-03-12 08:00")})
	w.to("2026-03-11 08:00")
	if w.petition().Hold == nil {
		t.Error("the end of the first hold ended the second")
	}
}

func TestADirectiveIsReportedWithItsOwnTime(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	w.do(office, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý ngay", Due: instantAt("2026-03-09 15:00")})
	if text := w.letter("N2").text; !strings.Contains(text, "bao cao truoc 15h00 9/3") {
		t.Error(text)
	}
	w.to("2026-03-09 15:00")
	if text := w.letter("V6").text; !strings.Contains(text, "don doc 15h00 9/3") {
		t.Error(text)
	}
}

// field failure 30
func TestReopeningStartsANewRoundWithItsOwnDeadlines(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 16:00") // Tuesday
	result := answer()
	result.WrittenReminder = true // with a file that is due on Thursday
	w.do(focalXD, result)
	w.do(operator, &Publish{})
	w.to("2026-03-11 08:00") // Wednesday
	before := *w.petition()
	mark := w.mark()
	w.do(operator, &Reopen{Reason: "đèn lại tắt"})
	w.want(mark, "O1 focal", "C4 citizen")
	w.wantStatus(Forwarded)
	w.wantDue(RungHead, "2026-03-12 08:00")
	w.wantDue(RungOverdue, "2026-03-19 08:00")
	p := w.petition()
	for _, r := range p.Rungs {
		if r.Round <= before.Rounds && r.State != Fired && r.State != Disarmed {
			t.Errorf("%s of round %d is %s", r.Name, r.Round, r.State)
		}
	}
	if p.Lead().Round <= before.Rounds || len(p.Rungs) <= len(before.Rungs) || len(p.Results) != 1 || p.Result != nil {
		t.Error("the earlier rounds are not kept as history")
	}
}

func TestWhatEndedWithoutAUnitIsReopenedToTheHotline(t *testing.T) {
	for _, status := range []Status{Rejected, AnsweredDirectly, Withdrawn} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.in(status)
		code := w.code
		w.to("2026-03-10 08:00")
		w.do(citizen, &Reopen{Reason: "xin xem lại"})
		w.wantStatus(Received)
		w.wantDue(RungClarify, "2026-03-10 09:00")
		if w.petition().Code != code || !w.petition().ClosedAt.IsZero() {
			t.Error("it is not the same open petition")
		}
	}
}

func TestASupplementAfterClosingGoesBackToReceived(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Closed)
	w.do(citizen, &Supplement{Text: "Đèn lại tắt từ tối qua."})
	w.wantStatus(Received)
}

func TestASupplementWakesAnIntakeThatWaited(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(AwaitingInfo)
	w.to("2026-03-10 10:00")
	w.do(citizen, &Supplement{Text: "Ngõ 72, cột số 12."})
	w.wantStatus(Received)
	w.wantDue(RungClarify, "2026-03-10 11:00")
	w.wantDue(RungSupplement, "")
}

func TestALowRatingOffersAndAReasonReopens(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	mark := w.mark()
	w.do(citizen, &Rate{Score: 2})
	w.wantStatus(Published)
	w.want(mark)
	w.do(citizen, &Rate{Score: 1, Comment: "đèn vẫn tắt"})
	w.wantStatus(Disputed) // Đ9.5
	w.want(mark, "V3 office", "C9 citizen")
	if text := w.letter("V3").text; !strings.Contains(text, "cong dan khong nhat tri") {
		t.Error(text)
	}
}

func TestAGoodRatingWithWordsReopensNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	w.do(citizen, &Rate{Score: 3, Comment: "tạm được"})
	w.wantStatus(Published)
	mark := w.mark()
	w.until(w.now.AddDate(0, 0, 8))
	w.want(mark) // not asked again
	w.wantStatus(Closed)
}

func TestByADissatisfiedCitizenTheUnitMayGetOneMoreRound(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.DissatisfiedTo = ToUnit }) // Monday
	w.in(Published)
	w.do(citizen, &Rate{Score: 1, Comment: "đèn vẫn tắt"})
	w.wantStatus(Forwarded)
	w.wantDue(RungHead, "2026-03-10 08:00")
}

func TestARatingTooLateIsRefused(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Closed)
	w.do(citizen, &Rate{Score: 5})
	w.jump("2026-03-23 08:01") // Monday, a week after it was closed
	w.refuse(citizen, &Rate{Score: 5}, WrongTime, "")
}

// field failures 31, 32
func TestAMergedPetitionFollowsItsParent(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	parent := w.code
	in := lamp()
	in.Citizen = CitizenIntake{Name: "Hợp tác xã Mẫu", Phone: phone(502)[3:], Organisation: true}
	w.accept(in)
	w.do(operator, &Forward{Unit: "GV"})
	child := w.code
	mark := w.mark()
	w.do(operator, &Merge{Into: parent})
	w.want(mark, "O5 focal", "C11 citizen")
	w.wantStatus(Merged)
	if !w.petition().NextDue().IsZero() {
		t.Error("the child's rungs are armed")
	}
	w.refuse(citizen, &Supplement{Text: "thêm"}, WrongTime, "")
	w.code = parent
	w.do(focalXD, answer())
	mark = w.mark()
	w.do(operator, &Publish{})
	w.want(mark, "C7 citizen", "C7 citizen")
	text := w.letter("C7").text
	if !strings.Contains(text, child) || !strings.Contains(text, "Quy don vi") || w.letter("C7").Phone != phone(502) {
		t.Errorf("the child's citizen is told: %s", text)
	}
}

func TestAMergeNeedsAnOpenParent(t *testing.T) {
	for _, status := range []Status{Rejected, Published, Closed, Merged} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.in(status)
		parent := w.code
		w.accept(lamp())
		w.refuse(operator, &Merge{Into: parent}, Invalid, "into")
		w.refuse(operator, &Merge{Into: w.code}, Invalid, "into")
	}
}

func TestAPetitionThatOthersFollowIsNotWithdrawnByOne(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Merged)
	w.code = w.petition().MergedInto
	w.refuse(citizen, &Withdraw{}, WrongTime, "")
}

// field failure 31
func TestAWithdrawnPetitionIsSilent(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.do(citizen, &Withdraw{Reason: "đã tự sửa"})
	w.want(mark, "O5 focal", "C10 citizen")
	mark = w.mark()
	w.to("2026-04-09 08:00")
	w.want(mark)
}

func TestAnEmergencyWithAUnitHasItsUrgentSlipAtOnce(t *testing.T) {
	w := newTown(t, "2026-03-07 22:15") // Saturday night
	w.accept(lamp())
	mark := w.mark()
	w.do(operator, &TransferEmergency{To: "0225 3000 001", Unit: "XD", Outcome: "đã nhận"})
	w.want(mark, "O1K focal", "C4 citizen", "V0 office")
	w.wantStatus(EmergencyTransferred)
	if l := w.letter("O1K"); l.Notice.Lane != LaneUrgent || !l.Notice.NotBefore.IsZero() {
		t.Error("the urgent slip waits for the morning")
	}
	w.wantDue(RungHead, "2026-03-09 17:00") // Monday
	w.do(focalXD, &Acknowledge{})
	w.wantStatus(EmergencyTransferred)
	w.to("2026-03-09 17:00")
	w.wantStatus(Escalated)
}

func TestAnEmergencyWithoutAUnitIsForwardedLater(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &TransferEmergency{To: "114"})
	if w.openTasks(TaskCall) != 1 {
		t.Error("nobody is asked to send the slip")
	}
	w.refuse(office, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-10 08:00")}, WrongTime, "")
	mark := w.mark()
	w.do(operator, &Forward{Unit: "XD"})
	w.want(mark, "O1K focal", "C4 citizen", "V0 office")
	if w.letter("C1").State != Dropped {
		t.Error("C1 is still queued")
	}
}

func TestAnUrgentMattersFileCountsFromItsReceipt(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Urgent, in.ReceivedAt = true, instantAt("2026-03-06 16:50") // Friday
	w.accept(in)
	w.do(operator, &Forward{Unit: "XD"})
	w.wantDue(RungWrittenReminder, "2026-03-10 13:00") // Tuesday
	w.wantDue(RungWrittenFile, "2026-03-10 17:00")
	mark := w.mark()
	w.do(operator, &SendWrittenFile{Reason: "vụ việc kéo dài"})
	w.want(mark, "V4 office")
	w.wantDue(RungWrittenFile, "")
	w.refuse(operator, &SendWrittenFile{}, WrongTime, "")
}

func TestAnOrdinaryMattersFileCountsFromTheResult(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 16:00") // Tuesday
	result := answer()
	result.WrittenReminder = true
	w.do(focalXD, result)
	w.wantDue(RungWrittenFile, "2026-03-12 17:00") // Thursday
}

func TestAReopenedUrgentMatterHasItsFileAgain(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Urgent = true
	w.accept(in)
	w.do(operator, &Forward{Unit: "XD"})
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	w.to("2026-04-06 08:00") // Monday four weeks later
	w.do(operator, &Reopen{Reason: "lại hỏng"})
	w.wantDue(RungWrittenFile, "2026-04-08 17:00") // Wednesday, not at once
}

func TestTheOfficeHearsAtOnceOfWhatIsUrgentOrDirected(t *testing.T) {
	tests := []struct {
		spoil func(*Intake)
		told  bool
	}{
		{func(*Intake) {}, false},
		{func(in *Intake) { in.Urgent = true }, true},
		{func(in *Intake) { in.Kind = 4 }, true}, // Đ5.4
	}
	for _, tt := range tests {
		w := newTown(t, "2026-03-09 08:00") // Monday
		in := lamp()
		tt.spoil(&in)
		in.Unit = "XD"
		mark := w.mark()
		w.accept(in)
		if got := slices.Contains(w.told(mark), "V0 office"); got != tt.told {
			t.Errorf("kind %d, urgent %t: the Office is told: %t", in.Kind, in.Urgent, got)
		}
	}
}

func TestMarkingUrgentSendsTheUrgentSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.do(operator, &MarkUrgent{Reason: "dây điện hở"})
	w.want(mark, "O1K focal", "V0 office")
	w.wantDue(RungWrittenFile, "2026-03-11 17:00") // Wednesday
	w.refuse(operator, &MarkUrgent{Reason: "nữa"}, WrongTime, "")
}
