package escalation

import (
	"strings"
	"testing"
	"time"
)

// decided lets the shift lead decide the wish to hear a recording of the story's petition.
func (w *town) decided(wish RecordingWish, until time.Time) {
	w.Helper()
	wish.Petition = w.petition().ID
	err := w.Tx(w.ctx, func(tx Tx) error { return w.desk.AnswerWish(w.ctx, tx, wish, until, shiftLead) })
	if err != nil {
		w.Fatal(err)
	}
}

// Đ10.1: the time in which it may be heard runs from the word.
func TestAUnitIsToldWhetherItMayHearARecording(t *testing.T) {
	w := newTown(t, "2026-03-09 20:00") // Monday, and night for what can wait
	w.forwarded("XD")
	for _, test := range []struct {
		why      string
		asked    int64
		until    string
		template string
		to       int
	}{
		{"the head has asked", 102, "2026-03-10 20:00", "GA", 102},
		{"nobody knows who has asked", 0, "2026-03-10 20:00", "GA", 101},
		{"who has asked has left", 150, "2026-03-10 20:00", "GA", 101},
		{"refused", 102, "", "GAx", 102},
	} {
		mark, until := w.mark(), time.Time{}
		if test.until != "" {
			until = instantAt(test.until)
		}
		w.decided(RecordingWish{Unit: "XD", Contact: test.asked}, until)
		if told := w.messages[mark:]; len(told) != 1 {
			t.Fatalf("%s: told %v", test.why, w.told(mark))
		}
		l := w.letter(test.template)
		if l.Phone != phone(test.to) || !l.Notice.NotBefore.IsZero() || !strings.Contains(l.text, w.petition().Lead().Token) || !strings.Contains(l.text, w.code) {
			t.Errorf("%s: %s is told %q, not before %s", test.why, l.Phone, l.text, l.Notice.NotBefore)
		}
		if test.until != "" && !strings.Contains(l.text, "20h00 10/3") {
			t.Errorf("%s: until when is not in %q", test.why, l.text)
		}
	}
	w.wantEntry("recording", "cho Sở Xây dựng nghe ghi âm đến")
	w.do(operator, &Withdraw{})
	mark := w.mark()
	w.decided(RecordingWish{Unit: "XD"}, instantAt("2026-03-10 20:00"))
	w.want(mark)
}

// Đ9.6, Đ10.1: what a unit has to explain may be on the recording.
func TestAUnitThatOwesAnExplanationIsToldWhetherItMayHear(t *testing.T) {
	w := fileSent(t) // the slip is over, the answer published
	w.do(office, &AskExplanation{Days: 3})
	mark := w.mark()
	w.decided(RecordingWish{Unit: "XD", Contact: 102}, instantAt("2026-03-12 08:00"))
	w.want(mark, "GA head")
	mark = w.mark()
	w.decided(RecordingWish{Unit: "VH", Contact: 102}, instantAt("2026-03-12 08:00"))
	w.want(mark)
	w.do(focalXD, &GiveExplanation{Text: "Thiếu vật tư, đã thay xong."})
	mark = w.mark()
	w.decided(RecordingWish{Unit: "XD", Contact: 102}, instantAt("2026-03-12 08:00"))
	w.want(mark)
}
