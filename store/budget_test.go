package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
)

// field failure 46
func TestAStormToOneNumberWaitsForTheHourAndDutyNoticesDoNot(t *testing.T) {
	const budget, storm = 3, 7
	each(t, func(t *testing.T, w *world) {
		w.Budget(budget)
		for range storm {
			n := w.notice(w.add(nil), "A1")
			n.Class, n.Lane = escalation.ClassAnswer, escalation.LaneCitizen
			w.post(n)
		}
		w.post(w.notice(w.add(nil), "O1"), w.notice(w.add(nil), "H1"))
		other := w.notice(w.add(nil), "A1")
		other.Class, other.To = escalation.ClassAnswer, escalation.Recipient{Contact: w.head, Role: escalation.Head}
		w.post(other)
		send := func() (answers, duty, elsewhere int) {
			for _, o := range w.claim(100) {
				switch {
				case o.Phone != focalPhone:
					elsewhere++
				case o.Class.Duty():
					duty++
				default:
					answers++
				}
				w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{
					{Message: o.ID, Segment: 1, Segments: 2, State: escalation.Accepted, SMSC: "vnpt"},
					{Message: o.ID, Segment: 2, Segments: 2, State: escalation.Accepted, SMSC: "vnpt"}}))
			}
			return answers, duty, elsewhere
		}
		if answers, duty, elsewhere := send(); answers != budget || duty != 2 || elsewhere != 1 {
			t.Errorf("at once: %d answers, %d duty notices, %d to another number", answers, duty, elsewhere)
		}
		a, err := w.Audit(t.Context())
		if w.must(err); a.OverBudget != storm-budget {
			t.Errorf("the auditor sees %d texts wait, want %d", a.OverBudget, storm-budget)
		}
		w.later(30 * time.Minute)
		if answers, _, _ := send(); answers != 0 {
			t.Errorf("%d answers within the hour", answers)
		}
		got := 0
		for range 3 { // an hour each
			w.later(61 * time.Minute)
			answers, _, _ := send()
			if got += answers; answers > budget {
				t.Errorf("%d answers in an hour", answers)
			}
		}
		if got != storm-budget {
			t.Errorf("%d of the waiting texts went out, want %d", got, storm-budget)
		}
		if a, err := w.Audit(t.Context()); err != nil || a.OverBudget != 0 {
			t.Errorf("%d texts wait at the end, %v", a.OverBudget, err)
		}
	})
}

func TestABundleIsOneTextOfItsRecipientsBudget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Budget(4)
		w.Bundling(time.Minute)
		for range 9 {
			w.reminder()
		}
		w.later(61 * time.Second)
		if rows := w.say(); len(rows) != 3 { // nine reminders in three bundles
			t.Fatalf("%d bundles went out, want 3", len(rows))
		}
		n := w.notice(w.add(nil), "A1")
		n.Class = escalation.ClassAnswer
		w.post(n, w.notice(w.add(nil), "A1"))
		answers := 0
		for _, r := range w.say() {
			if r.Template == "A1" {
				answers++
			}
		}
		if answers == 0 {
			t.Error("the members of bundles have used up the budget")
		}
	})
}

func TestAClaimTakesNoMoreBundlesThanItsLimit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Minute)
		for range 9 {
			w.reminder()
		}
		w.later(61 * time.Second)
		for i, want := range []int{1, 1, 1, 0} { // three reminders in each
			rows := w.claim(1)
			if len(rows) != want || want == 1 && rows[0].Template != "B1" {
				t.Errorf("claim %d of one text took %d: %+v", i+1, len(rows), rows)
			}
		}
	})
}

func TestWhatAnOutageBringsIntoTheNightWaitsForTheMorning(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Quiet(escalation.DefaultPolicy().HeldAgain)
		reminder := w.notice(w.add(nil), "H2")
		reminder.Class, reminder.Lane, reminder.At = escalation.ClassReminder, escalation.LaneSlip, w.now()
		urgent := reminder
		urgent.Petition, urgent.Lane = w.add(nil).ID, escalation.LaneUrgent
		begun := reminder
		begun.Petition = w.add(nil).ID
		ids := w.post(reminder, urgent, begun)
		// One of two segments of the last goes out before the SMSC is gone until midnight.
		for _, o := range w.claim(10) {
			for segment := 1; segment <= 2; segment++ {
				state := escalation.Queued
				if o.ID == ids[2] && segment == 1 {
					state = escalation.Accepted
				}
				w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{{Message: o.ID, Segment: segment, Segments: 2, State: state, SMSC: "vnpt"}}))
			}
		}
		midnight := time.Date(w.now().Year(), w.now().Month(), w.now().Day()+1, 0, 0, 0, 0, w.now().Location())
		w.later(midnight.Sub(w.now()))
		if rows := w.claim(10); len(rows) != 2 || rows[0].ID != ids[1] || rows[1].ID != ids[2] {
			t.Errorf("at midnight go %+v, want the urgent one and the one half sent", rows)
		}
		w.later(6*time.Hour + 44*time.Minute)
		if rows := w.claim(10); len(rows) != 0 {
			t.Errorf("before the morning: %+v", rows)
		}
		w.later(time.Minute)
		if rows := w.claim(10); len(rows) != 1 || rows[0].ID != ids[0] {
			t.Errorf("in the morning: %+v", rows)
		}
	})
}

// evening moves both clocks to 20:58.
func (w *world) evening() {
	w.later(time.Date(w.now().Year(), w.now().Month(), w.now().Day(), 20, 58, 0, 0, w.now().Location()).Sub(w.now()))
}

func TestABundleThatAnOutageBringsIntoTheNightWaitsForTheMorning(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Quiet(escalation.DefaultPolicy().HeldAgain)
		w.Bundling(time.Nanosecond)
		w.evening()
		w.reminder()
		w.reminder()
		w.later(2 * time.Hour)
		if rows := w.say(); len(rows) != 0 {
			t.Errorf("in the night: %+v", rows)
		}
		w.later(8 * time.Hour)
		if rows := w.say(); len(rows) != 1 || rows[0].Template != "B1" {
			t.Errorf("in the morning: %+v", rows)
		}
	})
}

func TestWhatABudgetBringsIntoTheNightWaitsForTheMorning(t *testing.T) {
	const storm = 9
	each(t, func(t *testing.T, w *world) {
		w.Quiet(escalation.DefaultPolicy().HeldAgain)
		w.Budget(1)
		w.evening()
		for range storm {
			n := w.notice(w.add(nil), "O2")
			n.Class = escalation.ClassReminder
			w.post(n)
		}
		sent := 0
		send := func() {
			for _, o := range w.say() {
				w.end(o.ID, escalation.Accepted, "")
				sent++
			}
		}
		send()
		for range 9 * 60 / 5 { // until 05:58, as often as one looks
			w.later(5 * time.Minute)
			send()
		}
		if sent != 1 {
			t.Errorf("%d texts by the morning, want the one of the evening", sent)
		}
		for range storm { // an hour each
			w.later(61 * time.Minute)
			send()
		}
		if sent != storm {
			t.Errorf("%d of %d texts went out", sent, storm)
		}
	})
}

func TestWhatIsHeldStandsInNobodysWay(t *testing.T) {
	const held = 50
	each(t, func(t *testing.T, w *world) {
		w.Quiet(escalation.DefaultPolicy().HeldAgain)
		w.evening()
		for range held {
			n := w.notice(w.add(nil), "O2")
			n.Class = escalation.ClassReminder
			w.post(n)
		}
		w.later(3 * time.Hour)
		answer := w.notice(w.add(nil), "A1")
		answer.Class = escalation.ClassAnswer
		id := w.post(answer)[0]
		if rows := w.claim(10); len(rows) != 1 || rows[0].ID != id {
			t.Errorf("the first claim takes %+v", rows)
		}
	})
}
