package escalation

import (
	"strings"
	"testing"
)

// Stories of a result that is sent back: the same round goes on.

func TestWhatIsSentBackIsOwedByTheCooperatingUnitToo(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; the opinion is due at 13:30
	w.forwarded("XD", "MT")
	w.do(focalMT, &Acknowledge{})
	w.to("2026-03-09 09:00")
	w.do(focalXD, answer())
	w.wantDue(RungCooperate, "")
	w.jump("2026-03-10 08:00") // Tuesday
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.wantDue(RungCooperate, "2026-03-10 11:00") // 3 h were left
}

func TestAnOpinionThatWasGivenIsNotOwedAgain(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(focalMT, &GiveResult{Text: "Khu vực không thuộc công viên."})
	w.do(focalXD, answer())
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.wantDue(RungCooperate, "")
}

func TestADirectiveOutlivesAResultThatIsSentBack(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(office, &Urge{Due: instantAt("2026-03-11 17:00")}) // Wednesday: 23 h
	w.to("2026-03-09 09:00")
	w.do(focalXD, answer())
	w.wantDue(RungDirective, "")
	w.jump("2026-03-10 09:00") // Tuesday
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.wantDue(RungDirective, "2026-03-12 17:00") // Thursday: 22 h 30 were left, at 9:00 of a day
}

func TestAPromiseThatAHoldPausedEndsWithTheResult(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 14:00")})
	w.do(office, &HoldClock{Reason: "chờ", Until: instantAt("2026-03-10 08:00")})
	w.do(focalXD, answer())
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.wantDue(RungETA, "")
	if r := w.petition().Rung(RungETA); r.State != Disarmed {
		t.Errorf("the promise's rung is %s", r.State)
	}
}

func TestTheFloorIsOfEachObligationForItself(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	w.to("2026-03-09 16:30") // the head is due in 1 h, the limit is 41 h away
	w.do(focalXD, answer())
	w.jump("2026-03-10 07:30") // Tuesday
	w.do(operator, &SendBack{Reason: "chưa rõ"})
	w.wantDue(RungHead, "2026-03-10 09:30")         // at least 2 h
	w.wantDue(RungHeadReminder, "2026-03-16 08:30") // Monday: 33 h were left
	w.wantDue(RungOverdue, "2026-03-17 08:30")      // Tuesday: 41 h, nothing is added
}

func TestAnAnswerOfTheOfficeCanBeSentBackToIt(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(WithOffice)
	w.do(office, answer())
	w.wantStatus(Resolved)
	mark := w.mark()
	w.do(operator, &SendBack{Reason: "chưa nói cơ quan nào làm"})
	w.want(mark, "O4 office")
	w.wantStatus(WithOffice)
	w.wantDue(RungOffice, "2026-03-11 17:00") // Wednesday
	if text := w.letter("O4").text; !strings.Contains(text, "17h00 11/3") {
		t.Error(text)
	}
	p := w.petition()
	if p.Result != nil || len(p.Results) != 1 {
		t.Error("the answer is not kept as history")
	}
}

func TestAnAnswerThat1022GaveItselfIsSentBackToNobody(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(EmergencyTransferred)
	w.do(operator, answer())
	w.refuse(operator, &SendBack{Reason: "chưa rõ"}, WrongTime, "")
}

// A hold keeps working time; an instant that somebody has named is not working time alone.
func TestAHoldBringsNoNamedInstantForward(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 20:00")})
	w.do(office, &Direct{Leader: "PCT Nguyễn Văn Thử", Text: "xử lý dứt điểm", Due: instantAt("2026-03-10 20:00")}) // Tuesday
	w.jump("2026-03-09 09:00")
	w.do(office, &HoldClock{Reason: "chờ họp", Until: instantAt("2026-03-12 08:00")})
	w.do(office, &ResumeClock{})
	w.wantDue(RungETA, "2026-03-09 20:00")
	w.wantDue(RungDirective, "2026-03-10 20:00")
	w.do(office, &HoldClock{Reason: "chờ họp", Until: instantAt("2026-03-12 08:00")})
	w.jump("2026-03-10 09:00") // a day later
	w.do(office, &ResumeClock{})
	w.wantDue(RungETA, "2026-03-10 17:00")
	w.wantDue(RungDirective, "2026-03-11 17:00")
}
