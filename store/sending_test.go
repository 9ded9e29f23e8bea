package store_test

import (
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// sendingOf queues a sending of two texts; one is claimed.
func (w *world) sendingOf(mark string) (id int64, underway escalation.Outgoing) {
	w.t.Helper()
	var notices []escalation.Notice
	for i := range 2 {
		notices = append(notices, escalation.Notice{Template: "T1", To: escalation.Recipient{Phone: focalPhone}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1, Seq: i, Rung: escalation.RungName(mark), At: w.now()})
	}
	id, err := w.By(escalation.Ladder()).StartSending(w.t.Context(), "họp", notices)
	w.must(err)
	if again, err := w.By(escalation.Ladder()).StartSending(w.t.Context(), "họp", notices); err != nil || again != id {
		w.t.Errorf("sent twice it is sending %d, was %d (%v)", again, id, err)
	}
	rows := w.claim(1)
	if len(rows) != 1 {
		w.t.Fatalf("%d texts claimed, want 1", len(rows))
	}
	return id, rows[0]
}

func TestWhatIsOnItsWayStaysWithAPausedOrCancelledSending(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.By(escalation.Ladder())
		for name, c := range map[string]struct {
			stop    func(int64) error
			resumed int // texts that go out after it is resumed
		}{
			"paused":    {func(id int64) error { return by.PauseSending(t.Context(), id) }, 2},
			"cancelled": {func(id int64) error { return by.CancelSending(t.Context(), id) }, 0},
		} {
			id, m := w.sendingOf(name)
			w.must(c.stop(id))
			w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{ // refused for now: it would be tried again
				{Message: m.ID, Segment: 1, Segments: 2, State: escalation.Queued, SMSC: "vnpt", Error: "throttled", RetryIn: time.Second},
				{Message: m.ID, Segment: 2, Segments: 2, State: escalation.Queued, SMSC: "vnpt", Error: "throttled", RetryIn: time.Second}}))
			w.later(time.Hour)
			if rows := w.claim(10); len(rows) != 0 {
				t.Errorf("%s: %d texts went out", name, len(rows))
			}
			if err := by.ResumeSending(t.Context(), id); (err == nil) != (c.resumed > 0) {
				t.Errorf("%s: resuming gives %v", name, err)
			}
			w.later(2 * time.Second)
			if rows := w.claim(10); len(rows) != c.resumed {
				t.Errorf("%s: %d texts go out when it is resumed, want %d", name, len(rows), c.resumed)
			}
		}
		if _, err := w.Sending(t.Context(), 999); err == nil {
			t.Error("a sending that never was is read")
		}
	})
}

// A silent SMSC may be why somebody pauses: what it has left unanswered is not repeated
// until the sending goes on.
func TestWhatWasNeverAnsweredStaysWithAPausedSending(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.By(escalation.Ladder())
		id, m := w.sendingOf("silent")
		lapse := func(after time.Duration) {
			t.Helper()
			w.later(after)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
		}
		silent := func(m escalation.Outgoing) {
			t.Helper()
			w.must(w.Settle(t.Context(), of(m, escalation.Unknown)))
		}
		silent(m)
		lapse(time.Minute + time.Second)
		again := w.claim(10)
		if len(again) != 2 {
			t.Fatalf("%d texts go out, want the one again and the other", len(again))
		}
		silent(again[0])
		silent(again[1])
		w.must(by.PauseSending(t.Context(), id))
		for range 10 {
			lapse(time.Minute)
			if rows := w.claim(10); len(rows) != 0 {
				t.Fatalf("%d texts of a paused sending went out", len(rows))
			}
		}
		w.wantState(m.ID, escalation.Queued)
		w.must(by.ResumeSending(t.Context(), id))
		if rows := w.claim(10); len(rows) != 2 || !rows[0].PossibleDuplicate || !rows[1].PossibleDuplicate {
			t.Errorf("when it is resumed %+v go out", rows)
		}
	})
}

func TestAPausedGatewayClaimsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.post(w.notice(w.add(nil), "O1"))
		by := w.By(escalation.Ladder())
		w.must(by.SetPaused(t.Context(), true))
		if rows := w.claim(10); len(rows) != 0 {
			t.Errorf("%d texts went out", len(rows))
		}
		w.must(by.SetPaused(t.Context(), false))
		if rows := w.claim(10); len(rows) != 1 {
			t.Errorf("%d texts go out, want 1", len(rows))
		}
		page, err := w.ChangeLog(t.Context(), store.LogGateway, "", "", 10)
		w.must(err)
		if len(page.Items) != 2 {
			t.Errorf("the log has %+v", page.Items)
		}
	})
}

func TestASendingIsReadInPagesThatStayRightWhileItGoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		notices := bulk(7, "pages")
		id, err := w.By(escalation.Ladder()).StartSending(t.Context(), "họp", notices)
		w.must(err)
		other, err := w.By(escalation.Ladder()).StartSending(t.Context(), "khác", bulk(3, "other"))
		w.must(err)
		queued, err := w.QueuedIn(t.Context(), id)
		w.must(err)
		var phones []string
		var ids []int64
		cursor := ""
		for range 10 {
			page, err := w.SendingMessages(t.Context(), id, nil, cursor, 3)
			w.must(err)
			for _, m := range page.Items {
				phones, ids = append(phones, m.Phone), append(ids, m.ID)
			}
			if cursor = page.NextCursor; cursor == "" {
				break
			}
			w.claim(1) // it goes on between two pages
		}
		for i, n := range notices {
			if i >= len(phones) || phones[i] != n.To.Phone {
				t.Fatalf("the pages show %v", phones)
			}
		}
		if !slices.Equal(ids, queued) {
			t.Errorf("queued are %v, its pages have %v", queued, ids)
		}
		if of, err := w.SendingWith(t.Context(), queued[0]); of != id || err != nil {
			t.Errorf("its first text is of sending %d (%v), want %d", of, err, id)
		}
		if of, err := w.SendingWith(t.Context(), 1<<40); of != 0 || err != nil {
			t.Errorf("a text that is not there is of sending %d (%v)", of, err)
		}
		sending := []escalation.MessageState{escalation.Sending}
		page, err := w.SendingMessages(t.Context(), id, sending, "", 50)
		w.must(err)
		view, err := w.Sending(t.Context(), id)
		w.must(err)
		if len(page.Items) != 2 || view.Counts[escalation.Sending] != 2 || view.Remaining != 7 {
			t.Errorf("%d are on their way; counts %+v", len(page.Items), view)
		}
		if _, err := w.SendingMessages(t.Context(), id, nil, "!", 3); problem(err) != escalation.Invalid {
			t.Errorf("a cursor that is none: %v", err)
		}
		recent, err := w.RecentSendings(t.Context(), 5)
		w.must(err)
		if len(recent) != 2 || recent[0].ID != other || recent[0].Counts[escalation.Queued] != 3 || recent[1].Counts[escalation.Sending] != 2 {
			t.Errorf("recent: %+v", recent)
		}
	})
}

// SQLite takes 32,766 arguments in a statement, and a list is padded to a power of two.
func TestASendingMayBeToTwentyThousand(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.tx(func(tx escalation.Tx) error {
			return tx.SavePreference(t.Context(), "+84570000005", escalation.Unwanted{Bulk: true})
		})
		notices := bulk(20_000, "many")
		id, err := w.By(escalation.Ladder()).StartSending(t.Context(), "họp", notices)
		w.must(err)
		if again, err := w.By(escalation.Ladder()).StartSending(t.Context(), "họp", notices); again != id || err != nil {
			t.Errorf("sent twice it is sending %d, was %d (%v)", again, id, err)
		}
		view, err := w.Sending(t.Context(), id)
		w.must(err)
		if view.Counts[escalation.Queued] != 20_000-21 || view.Counts[escalation.Dropped] != 21 { // every 999th asked for no texts
			t.Errorf("the counts are %v", view.Counts)
		}
	})
}
