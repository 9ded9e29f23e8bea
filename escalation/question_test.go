package escalation

import (
	"slices"
	"strings"
	"testing"
)

// Stories of a question to the citizen and what the citizen adds.

func TestAUnitsQuestionWithoutAnAnswerPausesNothingAndSaysNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskCitizen{Missing: "số cột đèn"})
	w.to("2026-03-17 16:59") // Tuesday
	confirm := w.openTasks(TaskConfirm)
	mark := w.mark()
	w.to("2026-03-17 17:00") // the end of the 6 days
	w.want(mark)
	if w.openTasks(TaskConfirm) != confirm+1 {
		t.Error("the operator is not asked")
	}
}

func TestWhatTheCitizenAddsReachesSomebodyInEveryOpenStatus(t *testing.T) {
	for _, status := range []Status{Received, EmergencyTransferred, WithOffice, Resolved, Disputed} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.in(status)
		before, mark := w.openTasks(TaskConfirm), w.mark()
		w.do(citizen, &Supplement{Text: "Nguy hiểm hơn: có dây điện hở ở cột số 12."})
		if w.openTasks(TaskConfirm) != before+1 {
			t.Errorf("%s: no task tells the operators", status)
		}
		office := status == WithOffice || status == Disputed
		if got := slices.Contains(w.told(mark), "V3 office"); got != office {
			t.Errorf("%s: the Office is told: %t", status, got)
		}
		if sum := w.petition().Summary; status == Received && !strings.Contains(sum, "dây điện hở") {
			t.Errorf("the slip will not say it: %q", sum)
		}
		w.wantStatus(status)
	}
}

func TestAHoldsEndLeavesAClockThatWaitsForTheCitizen(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ClarifyPausesUnit = true }) // Monday
	w.forwarded("XD")
	w.to("2026-03-09 10:00")
	w.do(focalXD, &AskCitizen{Missing: "số cột đèn"}) // 6 h are left
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 08:00")})
	w.to("2026-03-10 10:00") // Tuesday
	w.wantDue(RungHead, "")
	w.wantDue(RungOverdue, "")
	w.do(citizen, &Supplement{Text: "Cột số 12."})
	w.wantDue(RungHead, "2026-03-11 08:00") // Wednesday
}

func TestAClockDoesNotWaitForACitizenWhoseTimeEndedDuringAHold(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ClarifyPausesUnit = true }) // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskCitizen{Missing: "số cột đèn"})
	w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-18 08:00")}) // Wednesday
	w.to("2026-03-18 08:00")
	w.wantDue(RungHead, "2026-03-19 08:00") // Thursday
}

func TestTheOfficeMayAskTheCitizen(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(WithOffice)
	mark := w.mark()
	w.do(office, &AskCitizen{Missing: "giấy tờ thửa đất"})
	w.want(mark, "C3 citizen")
	w.wantStatus(WithOffice)
	mark = w.mark()
	w.do(citizen, &Supplement{Text: "Đã gửi bản chụp."})
	w.want(mark, "V3 office")
	if text := w.letter("V3").text; !strings.Contains(text, "bo sung") {
		t.Error(text)
	}
}

func TestACooperatingUnitsReturnDoesNotStandInTheLeadsWay(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(focalMT, &AskReturn{Reason: "không có việc của Sở"})
	w.jump("2026-03-09 08:30")
	w.do(focalXD, &AskReturn{Reason: "đường do phường quản lý", Unit: "GV"})
	w.wantStatus(ReturnRequested)
	w.wantDue(RungReturnDecision, "2026-03-09 09:30")
	w.refuse(focalXD, &AskReturn{Reason: "lần nữa"}, WrongTime, "")
	w.refuse(focalMT, &AskReturn{Reason: "lần nữa"}, WrongTime, "")
	w.to("2026-03-10 08:00") // Tuesday
	if r := w.petition().Rung(RungHead); r.State != Deferred {
		t.Errorf("the 8 h of the lead are %s while its return waits", r.State)
	}
	mark := w.mark()
	w.do(operator, &RefuseReturn{Reason: "đúng thẩm quyền"})
	w.want(mark, "A4x focal", "H1 head", "O7 focal", "C6 citizen")
	if r := w.petition().Return; r == nil || r.Unit != "MT" || w.openTasks(TaskConfirm) != 1 {
		t.Fatalf("the return that waits is %+v", r)
	}
	w.do(operator, &AcceptReturn{})
	if p := w.petition(); p.Return != nil || p.SlipOf("MT").Open() || !p.SlipOf("XD").Open() {
		t.Error("the co-operating unit's return is not decided for itself")
	}
}

func TestALeadsReturnThatIsAcceptedLeavesTheCooperatingUnitsWaiting(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(focalXD, &AskReturn{Reason: "đường do phường quản lý"})
	w.do(focalMT, &AskReturn{Reason: "không có việc của Sở"})
	w.wantDue(RungReturnDecision, "2026-03-09 09:00")
	w.do(operator, &AcceptReturn{Unit: "GV"})
	w.wantStatus(Forwarded)
	if r := w.petition().Return; r == nil || r.Unit != "MT" {
		t.Fatalf("the return that waits is %+v", r)
	}
	w.wantDue(RungReturnDecision, "2026-03-09 09:00")
	mark := w.mark()
	w.to("2026-03-09 09:00")
	if !slices.Contains(w.told(mark), "T1 shift_lead") {
		t.Error("nobody is reminded of it")
	}
}
