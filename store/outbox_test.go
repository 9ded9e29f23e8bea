package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// render freezes a text of two segments.
func render(o *escalation.Outgoing) error {
	o.Text, o.TemplateVersion, o.Coding, o.Segments = "text of "+o.Template, 3, "gsm7", 2
	return nil
}

func (w *world) claim(limit int) []escalation.Outgoing {
	w.t.Helper()
	rows, err := w.Claim(w.t.Context(), "gw", limit, time.Minute, render)
	w.must(err)
	return rows
}

// claimOne queues one notice and claims it.
func (w *world) claimOne(template string) escalation.Outgoing {
	w.t.Helper()
	w.post(w.notice(escalation.Petition{}, template))
	rows := w.claim(10)
	if len(rows) != 1 {
		w.t.Fatalf("claimed %d rows, want 1", len(rows))
	}
	return rows[0]
}

func (w *world) settle(message int64, segment int, state escalation.MessageState, smscID string) {
	w.t.Helper()
	w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{w.outcome(message, segment, state, smscID)}))
}

// accepted settles both segments, under the id with -1 and -2.
func (w *world) accepted(message int64, id string) {
	w.t.Helper()
	w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{w.outcome(message, 1, escalation.Accepted, id+"-1"), w.outcome(message, 2, escalation.Accepted, id+"-2")}))
}

func (w *world) outcome(message int64, segment int, state escalation.MessageState, smscID string) escalation.SegmentOutcome {
	return escalation.SegmentOutcome{Message: message, Segment: segment, Segments: 2, State: state, SMSC: "vnpt", SMSCID: smscID,
		RetryIn: 5 * time.Second}
}

func (w *world) receipt(smscID string, state escalation.MessageState) {
	w.t.Helper()
	w.must(w.Receipt(w.t.Context(), escalation.ReceiptNote{SMSC: "vnpt", SMSCID: smscID, State: state, Code: "X", At: w.machineNow(), Raw: []byte{0, 1}}))
}

func TestANoticeWithTheSameKeyIsQueuedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		n := w.notice(p, "O1")
		first, again := w.post(n), w.post(n, n)
		if again[0] != first[0] || again[1] != first[0] {
			t.Errorf("ids %v and %v of one notice", first, again)
		}
		other := n
		other.Attempt = 2
		if id := w.post(other)[0]; id == first[0] {
			t.Error("another attempt is the same row")
		}
	})
}

func TestAMessageOfADecisionReadsAsItWasWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		n := w.notice(p, "O1")
		n.Rung, n.NotBefore, n.Expires, n.Seq, n.To.Role = escalation.RungSlip, w.now().Add(time.Hour), w.now().Add(2*time.Hour), 4, escalation.Deputy
		id := w.post(n)[0]
		w.tx(func(tx escalation.Tx) error {
			m, err := tx.Message(t.Context(), id)
			w.must(err)
			if m.Notice.Key() != n.Key() || !m.Notice.NotBefore.Equal(n.NotBefore) || !m.Notice.Expires.Equal(n.Expires) ||
				m.Notice.Vars["ma"] != p.Code || m.Notice.Class != n.Class || m.Phone != focalPhone || m.Notice.To != n.To {
				t.Errorf("read %+v", m)
			}
			if _, err := tx.Message(t.Context(), 999); problem(err) != escalation.NotFound {
				t.Errorf("unknown message: %v", err)
			}
			return nil
		})
	})
}

func TestPointlessNoticesAreSuppressedAndTheOthersStay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, q := w.add(nil), w.add(nil)
		reminder := func(p escalation.Petition, slip int) escalation.Notice {
			n := w.notice(p, "O2")
			n.Class, n.Slip, n.Seq = escalation.ClassReminder, slip, slip
			return n
		}
		flying := w.post(reminder(p, 3))[0]
		w.claim(1)
		ids := w.post(reminder(p, 1), reminder(p, 2), w.notice(p, "O1"), reminder(q, 1))
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.Suppress = []escalation.Suppress{{Petition: p.ID, Slip: 1, Classes: []escalation.Class{escalation.ClassReminder}, Reason: "has a result"}}
			n := reminder(p, 1)
			n.Template = "new"
			fx.Notices = []escalation.Notice{n}
		})
		for i, want := range []escalation.MessageState{escalation.Dropped, escalation.Queued, escalation.Queued, escalation.Queued} {
			w.wantState(ids[i], want)
		}
		if m := w.message(ids[0]); m.Error != "has a result" {
			t.Errorf("the reason is %q", m.Error)
		}
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if last := found.Messages[len(found.Messages)-1]; last.Template != "new" || last.State != escalation.Queued {
			t.Errorf("the decision's own notice is %s %s", last.Template, last.State)
		}
		w.change(p.ID, func(_ *escalation.Petition, fx *escalation.Effects) {
			fx.Suppress = []escalation.Suppress{{Petition: p.ID, Classes: []escalation.Class{escalation.ClassReminder}}}
		})
		w.wantState(ids[1], escalation.Dropped)
		w.wantState(flying, escalation.Sending)
		w.settle(flying, 1, escalation.Queued, "")
		w.settle(flying, 2, escalation.Queued, "")
		w.wantState(flying, escalation.Dropped) // what has become pointless is not sent again
	})
}

func TestAClaimFreezesTextsAndHoldsWhatMayNotGoYet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		now := w.notice(escalation.Petition{}, "now")
		night, over := now, now
		night.Template, night.NotBefore = "night", w.now().Add(time.Hour)
		over.Template, over.Expires = "over", w.now()
		mail := now
		mail.Template, mail.To.ByEmail = "mail", true
		w.post(now, night, over, mail)
		rows := w.claim(10)
		if len(rows) != 1 || rows[0].Template != "now" || rows[0].Text != "text of now" || rows[0].Phone != focalPhone || rows[0].Attempts != 0 ||
			!rows[0].LeaseUntil.Equal(w.machineNow().Add(time.Minute)) {
			t.Fatalf("claimed %+v", rows)
		}
		mails, err := w.ClaimMail(t.Context(), "gw", 10, time.Minute, render)
		w.must(err)
		if len(mails) != 1 || mails[0].Email != "focal@example.vn" {
			t.Errorf("claimed mails %+v", mails)
		}
		if again := w.claim(10); len(again) != 0 {
			t.Errorf("claimed twice: %+v", again)
		}
		w.later(time.Hour)
		if later := w.claim(10); len(later) != 1 || later[0].Template != "night" {
			t.Errorf("after the night: %+v", later)
		}
		_, err = w.Lapse(t.Context(), time.Minute)
		w.must(err)
		page, err := w.Messages(t.Context(), store.MessageFilter{Template: "over"})
		w.must(err)
		if page.Items[0].State != escalation.Expired {
			t.Errorf("what was pointless is %s", page.Items[0].State)
		}
	})
}

func TestATextThatCannotBeRenderedFails(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good, bad := w.notice(escalation.Petition{}, "good"), w.notice(escalation.Petition{}, "bad")
		ids := w.post(good, bad)
		rows, err := w.Claim(t.Context(), "gw", 10, time.Minute, func(o *escalation.Outgoing) error {
			if o.Template == "bad" {
				return errors.New("no room")
			}
			return render(o)
		})
		w.must(err)
		if len(rows) != 1 || rows[0].ID != ids[0] {
			t.Errorf("claimed %d rows", len(rows))
		}
		if m := w.message(ids[1]); m.State != escalation.Failed || m.Error != "render: no room" {
			t.Errorf("the other is %s: %s", m.State, m.Error)
		}
		unhandled, err := w.Unhandled(t.Context(), time.Hour, 10)
		w.must(err)
		if !slices.Equal(unhandled, ids[1:]) {
			t.Errorf("unhandled %v, want %v", unhandled, ids[1:])
		}
	})
}

func TestLanesShareByWeightAndNoneStarves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lanes := []escalation.Lane{escalation.LaneBulk, escalation.LaneCitizen, escalation.LaneSlip, escalation.LaneUrgent}
		var notices []escalation.Notice
		for _, lane := range lanes {
			for i := range 40 {
				n := w.notice(escalation.Petition{}, string(lane))
				n.Lane, n.Seq = lane, i
				notices = append(notices, n)
			}
		}
		w.post(notices...)
		count := func(rows []escalation.Outgoing) map[escalation.Lane]int {
			got := map[escalation.Lane]int{}
			for _, r := range rows {
				got[r.Lane]++
			}
			return got
		}
		got := count(w.claim(15))
		if got[escalation.LaneUrgent] != 8 || got[escalation.LaneSlip] != 4 || got[escalation.LaneCitizen] != 2 || got[escalation.LaneBulk] != 1 {
			t.Errorf("fifteen at once: %v", got)
		}
		got = map[escalation.Lane]int{}
		for range 15 {
			for lane, n := range count(w.claim(1)) {
				got[lane] += n
			}
		}
		if got[escalation.LaneUrgent] != 8 || got[escalation.LaneBulk] != 1 {
			t.Errorf("fifteen one by one: %v", got)
		}
		if got := count(w.claim(130)); got[escalation.LaneBulk] != 38 || got[escalation.LaneUrgent] != 24 {
			t.Errorf("all the rest: %v", got)
		}
	})
}

// A gateway has no room for more than it asks for, however much of what it picks has to
// wait for the morning.
func TestAClaimIsFilledBehindWhatTheNightHoldsAndTakesNoMoreThanItsLimit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Quiet(escalation.DefaultPolicy().HeldAgain)
		day, seq := w.now(), 0
		w.later(time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location()).Sub(day)) // midnight
		post := func(lane escalation.Lane, template string, class escalation.Class, n int) {
			for range n {
				seq++
				notice := w.notice(escalation.Petition{}, template)
				notice.Lane, notice.Class, notice.Seq, notice.At = lane, class, seq, day
				w.post(notice)
			}
		}
		lanes := []escalation.Lane{escalation.LaneSlip, escalation.LaneCitizen}
		for _, tc := range []struct {
			limit, least int
			held         [2]int // in front of what may go, in each lane
		}{
			{10, 10, [2]int{0, 0}}, {10, 10, [2]int{5, 0}}, {10, 10, [2]int{6, 3}}, {4, 3, [2]int{2, 1}}, {1, 1, [2]int{1, 1}},
			{10, 6, [2]int{25, 25}}, // what fills more than half of it ends a claim
		} {
			for i, lane := range lanes {
				post(lane, "O2", escalation.ClassReminder, tc.held[i])
				post(lane, "A1", escalation.ClassAnswer, 20)
			}
			rows, err := w.Claim(t.Context(), "gw", tc.limit, time.Minute, render, lanes...)
			w.must(err)
			if len(rows) < tc.least || len(rows) > tc.limit || slices.ContainsFunc(rows, func(o escalation.Outgoing) bool { return o.Template != "A1" }) {
				t.Errorf("behind %v that are held a claim of %d took %d, want at least %d", tc.held, tc.limit, len(rows), tc.least)
			}
			for len(w.claim(100)) > 0 { // the rest, before the next case
			}
		}
	})
}

func TestTwoGatewaysClaimEachRowOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var notices []escalation.Notice
		for i := range 100 {
			n := w.notice(escalation.Petition{}, fmt.Sprint(i))
			notices = append(notices, n)
		}
		w.post(notices...)
		var mu sync.Mutex
		seen := map[int64]int{}
		var wg sync.WaitGroup
		for g := range 3 {
			wg.Go(func() {
				for range 50 {
					rows, err := w.Claim(context.Background(), fmt.Sprint("gw", g), 5, time.Minute, render)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for _, r := range rows {
						seen[r.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, n := range seen {
			if n != 1 {
				t.Errorf("message %d claimed %d times", id, n)
			}
		}
		if len(seen) != 100 {
			t.Errorf("%d rows claimed, want 100", len(seen))
		}
	})
}

func TestSegmentsDecideWhereTheirMessageStands(t *testing.T) {
	const a, d, f, q, u = escalation.Accepted, escalation.Delivered, escalation.Failed, escalation.Queued, escalation.Unknown
	each(t, func(t *testing.T, w *world) {
		for i, tc := range []struct {
			first, second, want escalation.MessageState
		}{
			{a, "", escalation.Sending}, {q, "", escalation.Sending}, {f, "", f}, {"", u, escalation.Sending},
			{a, a, a}, {a, f, f}, {f, u, f}, {a, q, q}, {a, u, u}, {q, u, u}, {u, u, u}, {q, q, q}, {d, d, d}, {d, a, a},
		} {
			o := w.claimOne(fmt.Sprint("case ", i))
			if tc.first != "" {
				w.settle(o.ID, 1, tc.first, fmt.Sprint(i, "-1"))
			}
			if tc.second != "" {
				w.settle(o.ID, 2, tc.second, fmt.Sprint(i, "-2"))
			}
			if got := w.message(o.ID); got.State != tc.want || (got.SentAt.IsZero()) != (tc.want != a && tc.want != d) {
				t.Errorf("%s and %s: %s (sent %v), want %s", tc.first, tc.second, got.State, got.SentAt, tc.want)
			}
		}
	})
}

// field failure 41
func TestOnlySegmentsWithoutProofAreSentAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.settle(o.ID, 1, escalation.Accepted, "id-1")
		w.later(2 * time.Minute) // the lease runs out; segment 2 was never heard of
		if n, err := w.Lapse(t.Context(), time.Minute); n != 0 || err != nil {
			t.Fatalf("lapsed: %d, %v", n, err)
		}
		w.wantState(o.ID, escalation.Unknown)
		if rows := w.claim(10); len(rows) != 0 {
			t.Fatal("an unknown message was claimed within the grace")
		}
		w.later(time.Minute)
		if n, err := w.Lapse(t.Context(), time.Minute); n != 1 || err != nil {
			t.Fatalf("after the grace: %d, %v", n, err)
		}
		rows := w.claim(10)
		if len(rows) != 1 || !rows[0].PossibleDuplicate || !slices.Equal(rows[0].Proven, []int{1}) || rows[0].Attempts != 1 || rows[0].Text != o.Text {
			t.Fatalf("claimed again: %+v", rows)
		}
		w.settle(o.ID, 2, escalation.Queued, "") // refused for now
		w.wantState(o.ID, escalation.Queued)
		if rows := w.claim(10); len(rows) != 0 {
			t.Error("claimed before its retry")
		}
		w.later(5 * time.Second)
		if rows := w.claim(10); len(rows) != 1 {
			t.Fatalf("%d rows at the retry", len(rows))
		}
		w.settle(o.ID, 2, escalation.Accepted, "id-2")
		w.wantState(o.ID, escalation.Accepted)
		w.receipt("id-1", escalation.Delivered)
		w.wantState(o.ID, escalation.Accepted)
		w.receipt("id-2", escalation.Delivered)
		if m := w.message(o.ID); m.State != escalation.Delivered || !m.PossibleDuplicate || m.DeliveredAt.IsZero() {
			t.Errorf("at the end: %+v", m)
		}
	})
}

func TestALateProofKeepsAMessageFromBeingSentAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{w.outcome(o.ID, 1, escalation.Unknown, ""), w.outcome(o.ID, 2, escalation.Accepted, "b")}))
		w.wantState(o.ID, escalation.Unknown)
		w.settle(o.ID, 1, escalation.Accepted, "a")
		w.wantState(o.ID, escalation.Accepted)
		w.settle(o.ID, 1, escalation.Unknown, "") // and nothing takes it back
		w.settle(o.ID, 1, escalation.Queued, "")
		w.later(time.Hour)
		_, err := w.Lapse(t.Context(), time.Minute)
		w.must(err)
		w.wantState(o.ID, escalation.Accepted)
	})
}

// field failure 42
func TestReceiptsMoveAMessageForwardOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.receipt("e-1", escalation.Delivered) // before the response
		w.receipt("never", escalation.Delivered)
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{w.outcome(o.ID, 1, escalation.Accepted, "e-1"), w.outcome(o.ID, 2, escalation.Accepted, "e-2")}))
		w.wantState(o.ID, escalation.Accepted)
		w.must(w.Receipt(t.Context(), escalation.ReceiptNote{SMSC: "other", SMSCID: "e-2", State: escalation.Failed}))
		w.wantState(o.ID, escalation.Accepted) // another SMSC's id
		w.receipt("e-2", escalation.Accepted)  // intermediate
		w.wantState(o.ID, escalation.Accepted)
		w.receipt("e-2", escalation.Delivered)
		w.wantState(o.ID, escalation.Delivered)
		for _, late := range []escalation.MessageState{escalation.Delivered, escalation.Failed, escalation.Accepted, escalation.Unknown} {
			w.receipt("e-1", late)
			w.receipt("e-2", late)
			w.wantState(o.ID, escalation.Delivered)
		}
		a, err := w.Audit(t.Context())
		w.must(err)
		if a.Unmet != 2 {
			t.Errorf("%d receipts wait for their message, want 2", a.Unmet)
		}
		w.later(100 * 24 * time.Hour)
		if unmet, err := w.Prune(t.Context(), 90*24*time.Hour); unmet != 2 || err != nil {
			t.Errorf("pruned %d receipts without a message, %v", unmet, err)
		}
	})
}

// field failure 42
//
// The receipts of a text of three parts, each part's "on its way" after its "delivered",
// in every order of the parts.
func TestAPartThatIsDeliveredStaysSoWhateverComesLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, order := range [][]int{{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}} {
			o := w.claimOne(fmt.Sprint("order", i))
			id := func(part int) string { return fmt.Sprintf("%d-%d", i, part) }
			for part := 1; part <= 3; part++ {
				sent := w.outcome(o.ID, part, escalation.Accepted, id(part))
				sent.Segments = 3
				w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{sent}))
			}
			for n, part := range order {
				w.receipt(id(part), escalation.Delivered)
				for _, late := range []escalation.MessageState{escalation.Accepted, escalation.Unknown, escalation.Failed, escalation.Accepted} {
					w.receipt(id(part), late)
				}
				repeated := w.outcome(o.ID, part, escalation.Accepted, id(part)) // its answer, once more
				repeated.Segments = 3
				w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{repeated}))
				if n < 2 {
					w.wantState(o.ID, escalation.Accepted)
				}
			}
			if m := w.message(o.ID); m.State != escalation.Delivered || m.DeliveredAt.IsZero() || m.Error != "" {
				t.Errorf("parts delivered in the order %v: %s, %q", order, m.State, m.Error)
			}
		}
		o := w.claimOne("O1")
		w.settle(o.ID, 1, escalation.Accepted, "a")
		w.settle(o.ID, 2, escalation.Accepted, "b")
		w.receipt("b", escalation.Failed)
		w.wantState(o.ID, escalation.Failed)
		w.receipt("b", escalation.Delivered) // the handset has it, whatever else was said
		w.wantState(o.ID, escalation.Failed) // and nothing but a delivery takes a failure back
		w.receipt("a", escalation.Delivered)
		w.wantState(o.ID, escalation.Delivered)
	})
}

func TestAPermanentFailureIsPassedOnOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{w.outcome(o.ID, 1, escalation.Accepted, "f-1"), w.outcome(o.ID, 2, escalation.Accepted, "f-2")}))
		w.receipt("f-2", escalation.Failed)
		if m := w.message(o.ID); m.State != escalation.Failed || m.Error != "X" {
			t.Errorf("the message is %s: %s", m.State, m.Error)
		}
		if got, _ := w.Unhandled(t.Context(), time.Hour, 10); !slices.Equal(got, []int64{o.ID}) {
			t.Errorf("unhandled %v", got)
		}
		w.tx(func(tx escalation.Tx) error { return tx.MarkHandled(t.Context(), o.ID) })
		if got, _ := w.Unhandled(t.Context(), time.Hour, 10); len(got) != 0 {
			t.Errorf("handled and still listed: %v", got)
		}
	})
}

func TestADutyMessageWithoutAReceiptIsListedAfterTheWait(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{w.outcome(o.ID, 1, escalation.Accepted, "w-1"), w.outcome(o.ID, 2, escalation.Accepted, "w-2")}))
		if got, _ := w.Unhandled(t.Context(), 10*time.Minute, 10); len(got) != 0 {
			t.Errorf("listed before the wait: %v", got)
		}
		w.later(10 * time.Minute)
		if got, err := w.Unhandled(t.Context(), 10*time.Minute, 10); !slices.Equal(got, []int64{o.ID}) {
			t.Errorf("after the wait: %v, %v", got, err)
		}
	})
}

// An order to act is a duty as a slip is (Đ9.4, Đ14.1); a note of what became of a petition is not.
func TestAnOrderWithoutAReceiptIsListedTooAndANoteIsNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		order, note := w.notice(w.add(nil), "N2"), w.notice(w.add(nil), "O5")
		order.Class, note.Class = escalation.ClassDecision, escalation.ClassDecision
		w.post(order, note)
		var listed int64
		for _, o := range w.claim(10) {
			w.accepted(o.ID, fmt.Sprint("n-", o.ID))
			if w.message(o.ID).Template == "N2" {
				listed = o.ID
			}
		}
		w.later(10 * time.Minute)
		if got, err := w.Unhandled(t.Context(), 10*time.Minute, 10); listed == 0 || !slices.Equal(got, []int64{listed}) {
			t.Errorf("%v, %v, not %d alone", got, err, listed)
		}
		w.tx(func(tx escalation.Tx) error {
			still, err := tx.Undelivered(t.Context(), listed, 10*time.Minute)
			if err == nil && !still {
				err = errors.New("what is listed is not passed on")
			}
			return err
		})
	})
}

// An SMSC that has begun to count anew gives a text the id of one of before, of which the answer was
// lost and the receipt came: that receipt is not the new text's.
func TestAReceiptOfHoursAgoIsNotTheNextTextsOfThatId(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receipt("0001-1", escalation.Failed)
		w.later(2 * time.Hour)
		w.receipt("0002-1", escalation.Failed)
		for id, want := range map[string]escalation.MessageState{"0001": escalation.Accepted, "0002": escalation.Failed} {
			o := w.claimOne(id)
			w.accepted(o.ID, id)
			if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			if got := w.message(o.ID).State; got != want {
				t.Errorf("%s is %s, not %s", id, got, want)
			}
		}
	})
}

func TestReleaseGivesBackWhatNeverWentOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		begun := w.claimOne("begun")
		w.settle(begun.ID, 1, escalation.Accepted, "r-1")
		idle := w.claimOne("idle")
		w.must(w.Release(t.Context(), "another"))
		w.wantState(idle.ID, escalation.Sending)
		w.must(w.Release(t.Context(), "gw"))
		w.wantState(begun.ID, escalation.Unknown)
		rows := w.claim(10)
		if len(rows) != 1 || rows[0].ID != idle.ID || rows[0].Attempts != 0 || rows[0].PossibleDuplicate {
			t.Errorf("claimed after the release: %+v", rows)
		}
	})
}

// A row may wait by the domain's clock, by the machine's, or by both.
func TestWhatWaitsGoesWhenItsTimeHasComeAndNotBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		held := w.notice(w.add(nil), "A1")
		held.NotBefore = w.now().Add(time.Hour)
		night := w.post(held)[0]
		retried := w.claimOne("A1").ID
		for segment := 1; segment <= 2; segment++ {
			w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{{Message: retried, Segment: segment, Segments: 2, State: escalation.Queued, RetryIn: 2 * time.Hour}}))
		}
		if rows := w.claim(10); len(rows) != 0 {
			t.Errorf("at once: %+v", rows)
		}
		w.later(time.Hour + time.Second)
		if rows := w.claim(10); len(rows) != 1 || rows[0].ID != night {
			t.Errorf("after an hour: %+v", rows)
		}
		w.later(time.Hour)
		if rows := w.claim(10); len(rows) != 1 || rows[0].ID != retried {
			t.Errorf("after two: %+v", rows)
		}
	})
}
