package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// Stories of docs/field-failures.md about the outbox and the auditor; those of
// processes that race, die or start again are in races_test.go and deaths_test.go.

// fireAll fires whatever is due.
func (w *world) fireAll(desk *escalation.Desk) (fired int) {
	w.t.Helper()
	for range 1000 {
		n, _, err := desk.FireDue(w.t.Context(), 7)
		w.must(err)
		if n == 0 {
			return fired
		}
		fired += n
	}
	w.t.Fatal("firing does not come to an end")
	return 0
}

func (w *world) focalOfficer() escalation.Actor {
	return escalation.Actor{Name: "Đầu mối", Role: escalation.Focal, Channel: escalation.BySlipPage, Unit: "SXD", Contact: w.focal}
}

func (w *world) do(desk *escalation.Desk, code string, cmd escalation.Command, actor escalation.Actor) escalation.Petition {
	w.t.Helper()
	p, err := desk.Do(w.t.Context(), code, cmd, actor, 0)
	w.must(err)
	return p
}

func (w *world) texts(code, template string) []store.MessageView {
	w.t.Helper()
	found, err := w.PetitionByCode(w.t.Context(), code)
	w.must(err)
	return slices.DeleteFunc(found.Messages, func(m store.MessageView) bool { return m.Template != template })
}

// field failure 3
func TestRemindersToOnePhoneStayWholeHoweverOftenTheirStepIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var reminders []escalation.Notice
		for range 6 {
			n := w.notice(w.add(nil), "O2")
			n.Class, n.Rung = escalation.ClassReminder, escalation.RungFocalReminder
			reminders = append(reminders, n)
		}
		first := w.post(reminders...)
		var sent []string
		for _, row := range w.claim(4) { // some are under way when the step runs again
			sent = append(sent, row.Vars["ma"])
		}
		if again := w.post(reminders...); !slices.Equal(again, first) {
			t.Errorf("the repetition gave rows %v besides %v", again, first)
		}
		for _, row := range w.claim(100) {
			sent = append(sent, row.Vars["ma"])
		}
		want := make([]string, len(reminders))
		for i, n := range reminders {
			want[i] = n.Vars["ma"]
		}
		if slices.Sort(sent); !slices.Equal(sent, want) {
			t.Errorf("sent reminders of %v, want %v", sent, want)
		}
	})
}

// field failure 8
func TestTheAuditorHasNoAgeLimit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{w.armed(escalation.RungOverdue, 48*time.Hour)}
		})
		silent := w.add(nil)
		for _, age := range []time.Duration{49 * time.Hour, 17 * 24 * time.Hour, 400 * 24 * time.Hour} {
			w.later(monday.Add(age).Sub(w.now()))
			a, err := w.Audit(t.Context())
			w.must(err)
			if a.DueRungs != 1 || !a.OldestDue.Equal(monday.Add(48*time.Hour)) || !slices.Equal(a.SilentCodes, []string{silent.Code}) {
				t.Errorf("after %s: %d due since %s, silent %v", age, a.DueRungs, a.OldestDue, a.SilentCodes)
			}
		}
	})
}

// field failure 10
func TestTheStoresClockDecidesWhatIsDueNotTheMachines(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		head := p.Rung(escalation.RungHead).Due
		w.later(head.Add(-time.Second).Sub(w.now()))
		w.fireAll(desk)
		for _, skew := range []time.Duration{10 * time.Minute, -20 * time.Minute, 10 * time.Minute} {
			w.mu.Lock()
			w.machine = w.machine.Add(skew) // of the host, fast and slow
			w.mu.Unlock()
			if n := w.fireAll(desk); n != 0 || len(w.texts(p.Code, "H1")) != 0 {
				t.Fatalf("%d rungs fired a second early on a machine that is off by %s", n, skew)
			}
		}
		w.later(time.Second)
		if n := w.fireAll(desk); n != 1 || len(w.texts(p.Code, "H1")) != 1 {
			t.Errorf("%d rungs fired in their second", n)
		}
	})
}

// field failure 35
func TestAnAcknowledgementDropsTheNudgesThatAreQueued(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.later(time.Hour)
		if w.fireAll(desk); len(w.texts(p.Code, "O1N")) != 1 {
			t.Fatal("no nudge was queued after an hour")
		}
		w.do(desk, p.Code, &escalation.Acknowledge{}, w.focalOfficer())
		for _, row := range w.claim(100) {
			if row.Template == "O1N" {
				t.Error("who has acknowledged is asked to acknowledge")
			}
		}
		if nudge := w.texts(p.Code, "O1N")[0]; nudge.State != escalation.Dropped || nudge.Error == "" {
			t.Errorf("the nudge is %s: %s", nudge.State, nudge.Error)
		}
		if slip := w.texts(p.Code, "O1")[0]; slip.State != escalation.Sending {
			t.Errorf("the slip itself is %s", slip.State)
		}
		w.later(time.Hour)
		if n := w.fireAll(desk); n != 0 {
			t.Errorf("%d steps go on after the acknowledgement", n)
		}
		w.later(23 * time.Hour)
		if w.fireAll(desk); len(w.texts(p.Code, "O1N")) != 1 {
			t.Error("nudges go on after the acknowledgement")
		}
	})
}

// field failure 35
func TestANewPromiseTakesTheQueuedTextOfTheOldOneBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.do(desk, p.Code, &escalation.PromiseTime{At: w.now().Add(5 * time.Hour)}, w.focalOfficer())
		w.do(desk, p.Code, &escalation.PromiseTime{At: w.now().Add(7 * time.Hour)}, w.focalOfficer())
		if old, now := w.texts(p.Code, "C5"), w.texts(p.Code, "C5b"); old[0].State != escalation.Dropped || now[0].State != escalation.Queued {
			t.Errorf("the old promise is %s, the new one %s", old[0].State, now[0].State)
		}
		w.later(7 * time.Hour)
		if w.fireAll(desk); len(w.texts(p.Code, "O3")) != 1 {
			t.Fatal("nobody is asked for the promise that has passed")
		}
		w.do(desk, p.Code, &escalation.PromiseTime{At: w.now().Add(time.Hour)}, w.focalOfficer())
		if asked := w.texts(p.Code, "O3")[0]; asked.State != escalation.Dropped {
			t.Errorf("who has promised anew is asked for the old promise: %s", asked.State)
		}
	})
}

// field failure 41
func TestWhatTimedOutIsHeldAndOnlyWhatStaysWithoutProofIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const all, proven = 20, 13
		var ids []int64
		for i := range all {
			ids = append(ids, w.claimOne(fmt.Sprint("text ", i)).ID)
			w.settle(ids[i], 1, escalation.Unknown, "")
			w.settle(ids[i], 2, escalation.Unknown, "")
		}
		w.later(59 * time.Second)
		if n, err := w.Lapse(t.Context(), time.Minute); n != 0 || err != nil || len(w.claim(100)) != 0 {
			t.Fatalf("within the grace %d messages are sent again, %v", n, err)
		}
		for _, id := range ids[:proven] { // the answers come after all
			w.settle(id, 1, escalation.Accepted, fmt.Sprint(id, "-1"))
			w.settle(id, 2, escalation.Accepted, fmt.Sprint(id, "-2"))
		}
		w.later(time.Second)
		if n, err := w.Lapse(t.Context(), time.Minute); n != all-proven || err != nil {
			t.Errorf("%d messages are sent again, want %d: %v", n, all-proven, err)
		}
		doubles := 0
		for _, row := range w.claim(100) {
			if !row.PossibleDuplicate || slices.Contains(ids[:proven], row.ID) {
				t.Errorf("message %d is sent again (marked %t)", row.ID, row.PossibleDuplicate)
			}
			doubles++
		}
		if doubles != all-proven {
			t.Errorf("%d possible doubles, want %d", doubles, all-proven)
		}
	})
}

// field failure 46
func TestAStormOfSlipsHoldsUpNoUrgentAndNoCitizensText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var storm []escalation.Notice
		for i := range 400 {
			n := w.notice(escalation.Petition{}, "O2")
			n.Seq = i
			storm = append(storm, n)
		}
		for i := range 10 { // queued last
			urgent, citizen := w.notice(escalation.Petition{}, "O1K"), w.notice(escalation.Petition{}, "C7")
			urgent.Lane, urgent.Seq, citizen.Lane, citizen.Seq = escalation.LaneUrgent, i, escalation.LaneCitizen, i
			storm = append(storm, urgent, citizen)
		}
		w.post(storm...)
		got := map[escalation.Lane]int{}
		for range 8 { // a window of ten, eight times
			for _, row := range w.claim(10) {
				got[row.Lane]++
			}
		}
		if got[escalation.LaneUrgent] != 10 || got[escalation.LaneCitizen] != 10 || got[escalation.LaneSlip] != 60 {
			t.Errorf("of the first eighty: %v", got)
		}
	})
}

// field failure 50
func TestAMessageOfADeadGatewayGoesOutOverAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.post(w.notice(escalation.Petition{}, "O1"))[0]
		if rows, err := w.Claim(t.Context(), "dies", 1, time.Minute, render); len(rows) != 1 || err != nil {
			t.Fatalf("claimed %d rows, %v", len(rows), err)
		}
		states := []escalation.MessageState{}
		for range 13 { // ten seconds each, and nobody repairs anything by hand
			w.later(10 * time.Second)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
			if s := w.message(id).State; len(states) == 0 || states[len(states)-1] != s {
				states = append(states, s)
			}
		}
		if want := []escalation.MessageState{escalation.Sending, escalation.Unknown, escalation.Queued}; !slices.Equal(states, want) {
			t.Fatalf("it went through %v, want %v", states, want)
		}
		if rows, err := w.Claim(t.Context(), "lives", 1, time.Minute, render); len(rows) != 1 || err != nil || !rows[0].PossibleDuplicate {
			t.Errorf("the other gateway claimed %+v, %v", rows, err)
		}
	})
}
