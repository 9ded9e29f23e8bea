package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// reminder queues an O2 for a petition of its own to the focal officer.
func (w *world) reminder(change ...func(*escalation.Notice)) int64 {
	w.t.Helper()
	p := w.add(nil)
	n := w.notice(p, "O2")
	n.Class, n.Vars = escalation.ClassReminder, map[string]string{"ma": p.Code, "han": "16h00 16/11", "lp": "1022.haiphong.gov.vn/p/abc"}
	for _, c := range change {
		c(&n)
	}
	return w.post(n)[0]
}

// say claims what may go, with its variables as its text.
func (w *world) say() []escalation.Outgoing {
	w.t.Helper()
	rows, err := w.Claim(w.t.Context(), "gw", 100, time.Minute, func(o *escalation.Outgoing) error {
		o.Text, o.Coding, o.Segments = o.Template+" "+o.Vars["so"]+" "+o.Vars["danh_sach"]+o.Vars["ma"], "gsm7", 1
		return nil
	})
	w.must(err)
	return rows
}

func (w *world) end(message int64, state escalation.MessageState, smscID string) {
	w.t.Helper()
	w.must(w.Settle(w.t.Context(), []escalation.SegmentOutcome{{Message: message, Segment: 1, Segments: 1, State: state, SMSC: "vnpt", SMSCID: smscID}}))
}

// field failure 3
func TestRemindersToOneNumberGoAsOneTextWhoseOutcomeTheyShare(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Minute)
		first := w.reminder()
		w.later(50 * time.Second)
		members := []int64{first, w.reminder(), w.reminder()}
		alone := w.reminder(func(n *escalation.Notice) { n.To = escalation.Recipient{Contact: w.head, Role: escalation.Head} })
		slip := w.post(w.notice(w.add(nil), "O1"))[0] // a slip is never bundled
		if rows := w.say(); len(rows) != 1 || rows[0].ID != slip {
			t.Fatalf("before the window is over: %+v", rows)
		}
		w.later(11 * time.Second)
		rows := w.say()
		if len(rows) != 1 || rows[0].Template != "B1" || rows[0].Phone != focalPhone || !strings.HasPrefix(rows[0].Text, "B1 3 ") {
			t.Fatalf("%+v", rows)
		}
		bundle := rows[0].ID
		for _, id := range members {
			if !strings.Contains(rows[0].Text, w.code(id)) {
				t.Errorf("%s does not name %s", rows[0].Text, w.code(id))
			}
		}
		if again := w.say(); len(again) != 0 {
			t.Errorf("the step again: %+v", again)
		}
		w.end(bundle, escalation.Accepted, "b")
		w.receipt("b", escalation.Delivered)
		for _, id := range members {
			if m := w.message(id); m.State != escalation.Delivered || m.Text != rows[0].Text || m.SentAt.IsZero() || m.DeliveredAt.IsZero() {
				t.Errorf("member %d: %+v", id, m)
			}
		}
		w.later(time.Minute)
		if rows := w.say(); len(rows) != 1 || rows[0].ID != alone || rows[0].Template != "O2" {
			t.Errorf("one alone: %+v", rows)
		}
		w.reminder()
		w.reminder()
		w.later(time.Minute)
		if rows := w.say(); len(rows) != 1 || rows[0].ID == bundle || !strings.HasPrefix(rows[0].Text, "B1 2 ") {
			t.Errorf("the next two: %+v", rows)
		}
	})
}

func (w *world) code(message int64) string { return w.message(message).PetitionCode }

// An account that carries some lanes takes no reminders of others with it.
func TestAClaimOfSomeLanesBundlesNothingOfOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		urgently := func(n *escalation.Notice) { n.Lane = escalation.LaneUrgent }
		slips := []int64{w.reminder(), w.reminder()}
		urgent := []int64{w.reminder(urgently), w.reminder(urgently)}
		claim := func(of ...escalation.Lane) {
			rows, err := w.Claim(t.Context(), "gw", 100, time.Minute, render, of...)
			if w.must(err); len(rows) != 1 || rows[0].Template != "B1" || rows[0].Lane != of[0] || rows[0].Vars["so"] != "2" {
				t.Errorf("a claim of %v has %+v", of, rows)
			}
		}
		claim(escalation.LaneUrgent, escalation.LaneBulk)
		for i := range slips {
			w.wantState(slips[i], escalation.Queued)
			w.wantState(urgent[i], escalation.Sending)
		}
		claim(escalation.LaneSlip)
		for _, id := range slips {
			w.wantState(id, escalation.Sending)
		}
	})
}

func TestABundleThatFailsLeavesEachMemberToBePassedOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		rows := w.say()
		if len(rows) != 1 {
			t.Fatalf("%+v", rows)
		}
		w.end(rows[0].ID, escalation.Failed, "")
		ids, err := w.Unhandled(t.Context(), time.Hour, 10)
		if w.must(err); len(ids) != 2 || ids[0] != members[0] || ids[1] != members[1] {
			t.Errorf("to be passed on: %v, want %v", ids, members)
		}
	})
}

func TestADigestThatFailsIsPassedOnThoughItsTextIsThatOfABundle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.notice(escalation.Petition{}, "B1")
		n.Class = escalation.ClassReminder
		id := w.post(n)[0]
		w.say()
		w.end(id, escalation.Failed, "")
		ids, err := w.Unhandled(t.Context(), time.Hour, 10)
		if w.must(err); len(ids) != 1 || ids[0] != id {
			t.Errorf("to be passed on: %v, want %d", ids, id)
		}
	})
}

func TestABundleOfAGatewayThatDiedIsOneMarkedTextAndItsMembersNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		bundle := w.say()[0].ID
		for range 3 { // the lease, the grace, and once more
			w.later(2 * time.Minute)
			if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		rows := w.say()
		if len(rows) != 1 || rows[0].ID != bundle || !rows[0].PossibleDuplicate {
			t.Fatalf("%+v", rows)
		}
		w.end(bundle, escalation.Accepted, "b")
		for _, id := range members {
			if m := w.message(id); m.State != escalation.Accepted || !m.PossibleDuplicate {
				t.Errorf("member %d: %+v", id, m)
			}
		}
	})
}

// answered makes a reminder pointless: its petition has a result.
func (w *world) answered(message int64) {
	w.t.Helper()
	p := w.message(message).Petition
	w.change(p, func(_ *escalation.Petition, fx *escalation.Effects) {
		fx.Suppress = []escalation.Suppress{{Petition: p, Classes: []escalation.Class{escalation.ClassReminder}, Reason: "có kết quả"}}
	})
}

// full uses up the budget of the focal officer's number.
func (w *world) full(budget int) {
	w.t.Helper()
	w.Budget(budget)
	for range budget {
		n := w.notice(w.add(nil), "A1")
		n.Class = escalation.ClassAnswer
		w.post(n)
	}
	for _, o := range w.say() {
		w.end(o.ID, escalation.Accepted, "")
	}
}

func TestABundleThatWaitedNamesOnlyWhatIsStillOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		w.full(1)
		soon := func(n *escalation.Notice) { n.Expires = w.now().Add(30 * time.Minute) }
		late := func(n *escalation.Notice) { n.Expires = w.now().Add(3 * time.Hour) }
		members := []int64{w.reminder(late), w.reminder(late), w.reminder(soon)}
		if rows := w.say(); len(rows) != 0 {
			t.Fatalf("over the budget: %+v", rows)
		}
		w.answered(members[0])
		w.later(65 * time.Minute)
		rows := w.say()
		if len(rows) != 1 || rows[0].Text != "B1 1 "+w.code(members[1])+" 16h00 16/11" {
			t.Fatalf("%+v", rows)
		}
		w.end(rows[0].ID, escalation.Accepted, "b")
		for i, want := range []escalation.MessageState{escalation.Dropped, escalation.Accepted, escalation.Expired} {
			if got := w.message(members[i]).State; got != want {
				t.Errorf("member %d is %s, want %s", i, got, want)
			}
		}
	})
}

func TestABundleThatWaitedTooLongIsNotSent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		w.full(1)
		until := func(n *escalation.Notice) { n.Expires = w.now().Add(30 * time.Minute) }
		members := []int64{w.reminder(until), w.reminder(until)}
		w.say()
		w.later(65 * time.Minute)
		if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if rows := w.say(); len(rows) != 0 {
			t.Errorf("sent is %+v", rows)
		}
		for _, id := range members {
			w.wantState(id, escalation.Expired)
		}
	})
}

func TestABundleThatWaitedAndIsNeededByNobodyIsDropped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		w.full(1)
		members := []int64{w.reminder(), w.reminder()}
		w.say()
		w.answered(members[0])
		w.answered(members[1])
		w.later(65 * time.Minute)
		if rows := w.say(); len(rows) != 0 {
			t.Errorf("sent is %+v", rows)
		}
		for _, id := range members {
			w.wantState(id, escalation.Dropped)
		}
	})
}

func TestABundleRefusedForNowIsWordedAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		w.end(w.say()[0].ID, escalation.Queued, "")
		w.answered(members[0])
		w.later(time.Minute)
		if rows := w.say(); len(rows) != 1 || !strings.HasPrefix(rows[0].Text, "B1 1 "+w.code(members[1])) {
			t.Errorf("%+v", rows)
		}
	})
}

func TestABundleThatWasClaimedAndNotBegunIsWordedAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		w.say()
		w.must(w.Release(t.Context(), "gw"))
		w.answered(members[0])
		w.later(time.Minute)
		if rows := w.say(); len(rows) != 1 || !strings.HasPrefix(rows[0].Text, "B1 1 "+w.code(members[1])) {
			t.Errorf("%+v", rows)
		}
	})
}

// A receipt of the first attempt may still come and must find the words it cites.
func TestABundleThatMayHaveGoneOutKeepsItsWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		first := w.say()[0]
		for range 2 { // the lease, the grace
			w.later(2 * time.Minute)
			if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		w.say()
		w.end(first.ID, escalation.Queued, "") // the second attempt is refused for now
		w.answered(members[0])
		w.later(time.Minute)
		if rows := w.say(); len(rows) != 1 || rows[0].Text != first.Text {
			t.Errorf("%+v", rows)
		}
	})
}

func TestABundleThatCannotBeWordedLeavesItsMembersToBePassedOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		_, err := w.Claim(t.Context(), "gw", 100, time.Minute, func(*escalation.Outgoing) error { return errors.New("no such wording") })
		w.must(err)
		ids, err := w.Unhandled(t.Context(), time.Hour, 10)
		if w.must(err); !slices.Equal(ids, members) {
			t.Errorf("to be passed on are %v, want %v", ids, members)
		}
	})
}

func TestABundleIsNotSentAgainWhenNoneOfItsMembersIsNeeded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		bundle := w.say()[0].ID
		w.end(bundle, escalation.Queued, "") // refused for now
		w.answered(members[0])
		w.later(time.Minute)
		if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := w.message(bundle).State; got != escalation.Queued {
			t.Errorf("one member is still needed and the bundle is %s", got)
		}
		w.answered(members[1])
		if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if rows := w.say(); len(rows) != 0 {
			t.Errorf("it is sent again: %+v", rows)
		}
		for _, id := range append(members, bundle) {
			if got := w.message(id).State; got != escalation.Dropped {
				t.Errorf("message %d is %s", id, got)
			}
		}
	})
}
