package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
)

// toHead is a notice to the other number.
func (w *world) toHead(template string) escalation.Notice {
	w.t.Helper()
	n := w.notice(w.add(nil), template)
	n.To.Contact, n.To.Role = w.head, escalation.Head
	return n
}

func (w *world) answer(message int64, smscID string) {
	w.t.Helper()
	w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{{Message: message, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "vnpt", SMSCID: smscID}}))
}

func (w *world) receiptFrom(phone, smscID string, state escalation.MessageState) {
	w.t.Helper()
	w.must(w.Receipt(w.t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: smscID, From: phone[1:], State: state, Code: "X", At: w.machineNow(), Raw: []byte{0, 1}}))
}

func (w *world) wantUnmet(want int) {
	w.t.Helper()
	a, err := w.Audit(w.t.Context())
	w.must(err)
	if a.Unmet != want {
		w.t.Errorf("%d receipts without a message, want %d", a.Unmet, want)
	}
}

// The SMSC has gone through its ids once since. It refuses the new text in a receipt that
// is there before the answer.
func TestAReceiptUnderAnIdOfMonthsAgoIsOfTheTextThatIsBeingSent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for id, before := range map[string]escalation.MessageState{"1234": escalation.Delivered, "1235": escalation.Accepted} {
			old := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
			w.answer(old.ID, id)
			if before == escalation.Delivered {
				w.receipt(id, before)
			}
			w.later(100 * 24 * time.Hour)
			m := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
			w.receipt(id, escalation.Failed)
			_, err := w.Lapse(t.Context(), time.Hour)
			w.must(err)
			w.wantState(old.ID, before)
			w.answer(m.ID, id)
			w.wantState(m.ID, escalation.Failed)
			w.wantState(old.ID, before)
			w.wantUnmet(0)
		}
	})
}

// The same within the days in which a receipt may be late: the number tells whose it is.
func TestAReceiptOfAnotherNumberThanItsIdsLastTextWaitsForItsOwnAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
		w.answer(old.ID, "1234")
		w.receiptFrom(focalPhone, "1234", escalation.Delivered)
		w.later(24 * time.Hour)
		m := w.oneSegment(w.toHead("H1"), "1022: Bao cao")
		w.receiptFrom(headPhone, "1234", escalation.Failed)
		_, err := w.Lapse(t.Context(), time.Hour)
		w.must(err)
		w.wantUnmet(1)
		w.answer(m.ID, "1234")
		w.wantState(m.ID, escalation.Failed)
		w.wantState(old.ID, escalation.Delivered)
		w.wantUnmet(0)
	})
}

// field failure 41
func TestAReceiptProvesATextThoughItsIdWasAnothersBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
		w.answer(old.ID, "1234")
		for _, since := range []time.Duration{time.Hour, 100 * 24 * time.Hour} {
			w.later(since)
			m := w.oneSegment(w.toHead("H1"), "1022: Bao cao ho so")
			w.unanswered(m.ID)
			w.must(w.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "1234", From: headPhone[1:], Reference: m.Reference, State: escalation.Delivered}))
			w.wantState(m.ID, escalation.Delivered)
			w.wantState(old.ID, escalation.Accepted)
		}
	})
}

// A phone that was off for three days, and an SMSC that says so when it gives up.
func TestAReceiptMayComeAsLateAsAnSMSCTries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
		w.answer(m.ID, "1234")
		w.later(3*24*time.Hour + time.Hour)
		w.receiptFrom(focalPhone, "1234", escalation.Failed)
		w.wantState(m.ID, escalation.Failed)
		w.wantUnmet(0)
	})
}

// What says once more, or less, of a text is still that text's: it neither waits nor is kept
// for the next of its id.
func TestAReceiptThatComesTwiceIsOfNoOtherText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
		w.receiptFrom(focalPhone, "1234", escalation.Delivered) // before the answer, twice
		w.receiptFrom(focalPhone, "1234", escalation.Delivered)
		w.answer(m.ID, "1234")
		w.wantState(m.ID, escalation.Delivered)
		for _, late := range []escalation.MessageState{escalation.Delivered, escalation.Failed, escalation.Accepted} {
			w.receiptFrom(focalPhone, "1234", late)
		}
		w.wantUnmet(0)
		next := w.oneSegment(w.toHead("H1"), "1022: Bao cao")
		w.answer(next.ID, "1234")
		w.wantState(next.ID, escalation.Accepted)
	})
}
