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
