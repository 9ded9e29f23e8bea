package store_test

import (
	"fmt"
	"testing"
	"time"

	"notify1022/escalation"
)

// oneSegment claims a text of one segment whose answer is then lost.
func (w *world) oneSegment(n escalation.Notice, text string) escalation.Outgoing {
	w.t.Helper()
	w.post(n)
	rows, err := w.Claim(w.t.Context(), "gw", 1, time.Minute, func(o *escalation.Outgoing) error {
		o.Text, o.Coding, o.Segments = text, "gsm7", 1
		return nil
	})
	w.must(err)
	if len(rows) != 1 {
		w.t.Fatalf("claimed %d rows, want 1", len(rows))
	}
	return rows[0]
}

func (w *world) unanswered(message int64) {
	w.t.Helper()
	w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{{Message: message, Segment: 1, Segments: 1, State: escalation.Unknown, SMSC: "vnpt"}}))
}

// field failure 41
func TestAReceiptAloneProvesAMessageWhoseAnswerWasLost(t *testing.T) {
	var text string         // of the case: what went to the number twice before fits too
	focal := focalPhone[1:] // as on the wire
	each(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct {
			note   func(m escalation.Outgoing) escalation.ReceiptNote
			answer bool // the message is known to be unknown
			want   escalation.MessageState
		}{
			"our reference": {func(m escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: focal, Reference: m.Reference, State: escalation.Delivered}
			}, true, escalation.Delivered},
			"before the gateway gave up": {func(m escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: focal, Reference: m.Reference, State: escalation.Delivered}
			}, false, escalation.Delivered},
			"the cited text": {func(escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: "0" + focal[2:], Cites: text[:20], State: escalation.Delivered}
			}, true, escalation.Delivered},
			"refused for good": {func(m escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: focal, Reference: m.Reference, State: escalation.Failed, Code: "UNDELIV"}
			}, true, escalation.Failed},
			"another number": {func(m escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: headPhone[1:], Reference: m.Reference, State: escalation.Delivered}
			}, true, escalation.Unknown},
			"another reference": {func(m escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: focal, Reference: m.Reference + 1, Cites: text[:20], State: escalation.Delivered}
			}, true, escalation.Unknown},
			"another text": {func(escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: focal, Cites: "1022: Nhac lan 1 ho so", State: escalation.Delivered}
			}, true, escalation.Unknown},
			"too little of the text": {func(escalation.Outgoing) escalation.ReceiptNote {
				return escalation.ReceiptNote{From: focal, Cites: "1022:", State: escalation.Delivered}
			}, true, escalation.Unknown},
		} {
			p := w.add(nil)
			text = fmt.Sprintf("%-24.24s Phieu chuyen so HP261116-0001, tra loi NHAN 10008", name)
			m := w.oneSegment(w.notice(p, "O1"), text)
			if c.answer {
				w.unanswered(m.ID)
			}
			note := c.note(m)
			note.SMSC, note.SMSCID = "vnpt", "r-"+name
			w.must(w.Receipt(t.Context(), note))
			if got := w.message(m.ID); got.State != c.want {
				t.Errorf("%s: %s, want %s", name, got.State, c.want)
			}
			w.later(2 * time.Minute)
			if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			again := w.message(m.ID)
			if sent := c.want != escalation.Unknown; again.PossibleDuplicate == sent {
				t.Errorf("%s: sent again %t", name, again.PossibleDuplicate)
			}
			w.drain()
		}
	})
}

func TestAReceiptThatMayBeAnotherTextsProvesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const text = "1022 HP chuyen PAKN HP261116-0001: den duong hong"
		m := w.oneSegment(w.notice(w.add(nil), "O1"), text)
		note := escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "r-1", From: focalPhone[1:], Cites: text[:20], State: escalation.Delivered}
		w.must(w.Receipt(t.Context(), note)) // its own answer is on the way: the receipt is of another
		if got := w.message(m.ID); got.State != escalation.Sending {
			t.Errorf("what is being sent is %s by a receipt of another", got.State)
		}
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{{Message: m.ID, Segment: 1, Segments: 1, State: escalation.Queued, SMSC: "vnpt", Error: "throttled"}}))
		note.SMSCID = "r-2"
		w.must(w.Receipt(t.Context(), note)) // refused for now: it is known not to have gone out
		if got := w.message(m.ID); got.State != escalation.Queued {
			t.Errorf("what was refused for now is %s by a receipt of another", got.State)
		}
	})
}

// drain sends what is queued, so that it does not fit a later receipt.
func (w *world) drain() {
	w.t.Helper()
	for _, o := range w.claim(10) {
		w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{{Message: o.ID, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "vnpt", SMSCID: "sent"}}))
	}
}

func TestAReceiptThatFitsTwoMessagesProvesNeither(t *testing.T) {
	const text = "1022: Phieu chuyen, tra loi NHAN"
	each(t, func(t *testing.T, w *world) {
		var ids []int64
		for range 2 {
			m := w.oneSegment(w.notice(w.add(nil), "O1"), text)
			w.unanswered(m.ID)
			ids = append(ids, m.ID)
		}
		w.must(w.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "r", From: focalPhone[1:], Cites: text[:20], State: escalation.Delivered}))
		for _, id := range ids {
			if got := w.message(id); got.State != escalation.Unknown {
				t.Errorf("message %d is %s", id, got.State)
			}
		}
	})
}

// The answer comes after all, by a late response: it changes nothing any more.
func TestTheAnswerAfterItsReceiptChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.oneSegment(w.notice(w.add(nil), "O1"), "1022: Phieu chuyen")
		w.must(w.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: "r", From: focalPhone[1:], Reference: m.Reference, State: escalation.Delivered}))
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{{Message: m.ID, Segment: 1, Segments: 1, State: escalation.Accepted, SMSC: "vnpt", SMSCID: "r"}}))
		if got := w.message(m.ID); got.State != escalation.Delivered || got.PossibleDuplicate {
			t.Errorf("%+v", got)
		}
		if rows := w.claim(10); len(rows) != 0 {
			t.Errorf("it is sent again: %+v", rows)
		}
	})
}
