package escalation

import "testing"

func TestThanksAfterTheAnswerReopenNothing(t *testing.T) {
	for _, status := range []Status{Published, Closed, Rejected, AnsweredDirectly, Withdrawn} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.in(status)
		before := w.petition().Content
		mark := w.mark()
		w.do(citizen, &LeaveNote{Text: "Cảm ơn tổng đài, đèn đã sáng."})
		w.want(mark)
		w.wantStatus(status)
		w.wantEntry(string(VerbNote), "người dân gửi lời nhắn")
		if w.petition().Content != before {
			t.Errorf("%s: the note is in the content", status)
		}
		if n := len(w.opened(TaskConfirm, "lời nhắn")); n != 1 {
			t.Errorf("%s: %d tasks to read it", status, n)
		}
	}
}

func TestWhoWasNotToldOfReopeningReopensNothing(t *testing.T) {
	for _, status := range []Status{Published, Closed, Rejected} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.in(status)
		w.refuse(citizen, &Supplement{Text: "Cột số 12.", OpenOnly: true}, WrongTime, "")
		w.do(citizen, &Supplement{Text: "Cột số 12."})
		w.wantStatus(Received)
	}
}

func TestSayingThatTheUnitHasAnsweredIsNoSupplement(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskCitizen{Missing: "số cột"})
	content, asked := w.petition().Content, w.petition().Clarify
	mark := w.mark()
	w.do(citizen, &SayAnswered{})
	w.want(mark) // the unit is not told that there is information
	p := w.petition()
	if p.Content != content || p.Clarify == nil || *p.Clarify != *asked {
		t.Errorf("content %q, asked %+v", p.Content, p.Clarify)
	}
	w.wantDue(RungSupplement, asked.Due.In(hanoi()).Format("2006-01-02 15:04"))
	if n := len(w.opened(TaskConfirm, "đã trả lời")); n != 1 {
		t.Errorf("%d tasks to check", n)
	}
	w.refuse(citizen, &SayAnswered{}, WrongTime, "") // once a round
	w.do(operator, &Reassign{Unit: "MT"})
	w.do(citizen, &SayAnswered{})
}
