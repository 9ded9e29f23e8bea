package escalation

import (
	"slices"
	"strings"
	"testing"
)

// Stories of the 48 hours that end while no unit has the petition, or before it
// gets one.

func TestAUnitThatGetsAnOverduePetitionIsPromisedNoTimeThatHasPassed(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; the limit is Tuesday 17/03 08:00
	w.forwarded("XD")
	w.to("2026-03-18 09:00") // Wednesday
	mark := w.mark()
	w.do(operator, &Reassign{Unit: "MT", Reason: "theo phân cấp"})
	w.want(mark, "O5 focal", "O1 focal", "C4x citizen")
	if text := w.letter("C4x").text; strings.Contains(text, "17/3") || !strings.Contains(text, "Theo doi") {
		t.Errorf("the citizen is told: %s", text)
	}
	w.wantStatus(Overdue)
	mark = w.mark()
	w.to("2026-03-19 09:00") // Thursday, 8 h later
	if told := w.told(mark); slices.Contains(told, "H1 head") || !slices.Contains(told, "H3 head") {
		t.Errorf("the new head is told %v", told)
	}
	if got := w.letter("H3").Notice.To.Contact; got != 104 {
		t.Errorf("H3 went to %d", got)
	}
}

// withHotline brings a returned petition back to 1022 on Friday, before its limit.
func withHotline(t *testing.T) *town {
	w := newTown(t, "2026-03-09 08:00") // Monday; the limit is Tuesday 17/03 08:00
	w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	w.to("2026-03-13 09:00") // Friday
	w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	w.do(operator, &AcceptReturn{})
	w.wantStatus(Received)
	return w
}

func TestTheLimitPassesInTimeWhileThePetitionLiesWith1022(t *testing.T) {
	w := withHotline(t)
	w.wantDue(RungHeadReminder, "2026-03-16 08:00") // Monday
	w.wantDue(RungOverdue, "2026-03-17 08:00")      // Tuesday
	w.to("2026-03-16 07:59")
	mark := w.mark()
	w.to("2026-03-16 08:00")
	w.want(mark, "T1 shift_lead") // no unit is texted
	mark = w.mark()
	w.to("2026-03-17 08:00")
	w.want(mark, "V1 office", "T1 shift_lead", "C6b citizen")
	w.wantStatus(Overdue)
	if text := w.letter("V1").text; !strings.Contains(text, "(1022)") || !strings.Contains(text, "8h00 17/3") {
		t.Error(text)
	}
	if got := w.petition().WaitsFor; got != ShiftLead {
		t.Errorf("it waits for %q", got)
	}
}

func TestAUnitIsNotOverdueAtOnceWhenTheLimitPassedWith1022(t *testing.T) {
	w := withHotline(t)
	w.to("2026-03-20 09:00") // Friday
	mark := w.mark()
	w.do(operator, &Forward{Unit: "GV"})
	w.want(mark, "O1 focal", "C4x citizen")
	w.wantStatus(Overdue)
	mark = w.mark()
	w.to("2026-03-20 09:59")
	w.want(mark)
	w.to("2026-03-23 09:00") // Monday, 8 h later
	told := w.told(mark)
	if slices.Contains(told, "V1 office") || slices.Contains(told, "C6b citizen") || !slices.Contains(told, "H3 head") {
		t.Errorf("told %v", told)
	}
}

func TestAUnitThatGetsItInTimeHasTheLimitOfTheFirstForward(t *testing.T) {
	w := withHotline(t)
	w.to("2026-03-16 09:00") // Monday, after the 40 h
	mark := w.mark()
	w.do(operator, &Forward{Unit: "GV"})
	w.want(mark, "O1 focal", "C4 citizen")
	armed := 0
	for _, r := range w.petition().Rungs {
		if r.Name == RungOverdue && r.State == Armed {
			armed++
		}
	}
	if armed != 1 {
		t.Errorf("%d overdue rungs are armed", armed)
	}
	mark = w.mark()
	w.to("2026-03-17 08:00")
	if told := w.told(mark); !slices.Contains(told, "H3 head") || slices.Contains(told, "T1 shift_lead") {
		t.Errorf("told %v", told)
	}
}

func TestWhatIsOverdueWith1022CanStillBeDecided(t *testing.T) {
	for _, cmd := range []Command{
		&Forward{Unit: "GV"}, &Forward{Unit: "VP"}, &Reassign{Unit: "GV"}, &Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"},
		&AnswerDirectly{Text: "Cắt điện theo lịch."}, &AskCitizen{Missing: "địa điểm"}, &Touch{}, &OpenDispute{Reason: "không rõ"}, &Withdraw{},
		&Supplement{Text: "Cột số 12."}, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý", Due: instantAt("2026-03-30 17:00"), Unit: "GV"},
	} {
		w := withHotline(t)
		w.to("2026-03-20 09:00") // Friday
		p := w.do(operator, cmd)
		intake := 0
		for _, r := range p.Rungs {
			if r.State == Armed && r.Ladder == IntakeLadder {
				intake++
			}
		}
		if p.Lead() != nil && intake != 0 {
			t.Errorf("%s leaves the intake's rungs armed", cmd.Verb())
		}
		w.until(w.now.AddDate(0, 0, 21)) // whole looks whether it becomes silent
	}
}

func TestAnOverduePetitionThatIsReturnedStaysOverdue(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Overdue)
	w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	w.do(operator, &AcceptReturn{})
	w.wantStatus(Overdue)
	w.do(operator, &AskCitizen{Missing: "địa điểm"})
	w.wantStatus(Overdue)
	w.do(citizen, &Supplement{Text: "Cột số 12."})
	w.wantStatus(Overdue)
	w.wantDue(RungClarify, "2026-03-17 09:00") // Tuesday: 1022 has its hour
}

func TestADirectiveThatRanOutIsNoOverdueReport(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	w.do(office, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý ngay", Due: instantAt("2026-03-09 15:00")})
	mark := w.mark()
	w.to("2026-03-09 15:00")
	w.want(mark, "V6 office")
	text := w.letter("V6").text
	if !strings.Contains(text, "den han chi dao, don doc 15h00 9/3") || strings.Contains(text, "qua han") {
		t.Error(text)
	}
	w.undelivered(w.letter("V6"))
	if l := w.letter("V6"); l.Notice.To.Contact != 911 || !strings.Contains(l.text, "15h00 9/3") {
		t.Errorf("%d is told %s", l.Notice.To.Contact, l.text)
	}
}
