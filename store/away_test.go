package store_test

import (
	"fmt"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// beats says that a gateway lives and how many of its connections stand.
func (w *world) beats(node string, bound map[string]int) {
	w.t.Helper()
	var binds []store.Bind
	for name, n := range bound {
		binds = append(binds, store.Bind{SMSC: name, Bound: n})
	}
	_, err := w.Beat(w.t.Context(), node, binds)
	w.must(err)
}

// wantAway compares for how long which accounts are away.
func (w *world) wantAway(what, want string) {
	w.t.Helper()
	list, err := w.AccountsAway(w.t.Context())
	w.must(err)
	got := ""
	for _, a := range list {
		got += fmt.Sprint(a.SMSC, " ", w.machineNow().Sub(a.Since), " ")
	}
	if got != want {
		w.t.Errorf("%s: away are %q, want %q", what, got, want)
	}
}

func TestAnAccountIsAwayWhenNoGatewayIsBoundToIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.wantAway("no gateway lives", "")
		w.beats("a", map[string]int{"main": 1, "reserve": 1})
		w.wantAway("all are bound", "")
		w.beats("b", map[string]int{"main": 0, "reserve": 1})
		w.wantAway("another gateway is bound", "")
		w.beats("a", map[string]int{"main": 0, "reserve": 1})
		w.wantAway("none is bound", "main 0s ")
		for range 3 {
			w.later(time.Minute)
			w.beats("b", map[string]int{"main": 0, "reserve": 1})
		}
		w.wantAway("three minutes later", "main 3m0s ")
		w.later(time.Minute)
		w.must(w.Leaving(t.Context(), "b")) // it is started anew
		w.beats("c", map[string]int{"main": 0, "reserve": 0})
		w.wantAway("another process says so", "main 4m0s reserve 0s ")
		w.later(time.Minute)
		w.beats("c", map[string]int{"main": 2, "reserve": 0})
		w.wantAway("it is bound again", "reserve 1m0s ")
		w.later(time.Minute)
		w.beats("c", map[string]int{"main": 0, "reserve": 0})
		w.wantAway("it is away anew", "main 0s reserve 2m0s ")
	})
}

func TestAnAccountThatNobodyIsToSendByIsNotAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		away := map[string]int{"main": 0}
		w.beats("a", away)
		w.wantAway("it is away", "main 0s ")
		w.must(w.By(operator).SetPaused(t.Context(), true))
		w.later(time.Minute)
		w.beats("a", away)
		w.wantAway("the sending is paused", "")
		w.later(10 * time.Minute)
		w.must(w.By(operator).SetPaused(t.Context(), false))
		w.beats("a", away)
		w.wantAway("it goes on", "main 0s ")
		w.later(time.Minute)
		w.wantAway("the gateway is stopped", "")
		w.later(time.Hour)
		w.beats("a", away)
		w.wantAway("it is started", "main 0s ")
		w.later(time.Minute)
		w.beats("a", map[string]int{"other": 1})
		w.wantAway("the account is not configured any more", "")
	})
}

func TestTheAuditSeesTextsThatAreNotUrgentAndDoNotGo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Quiet(escalation.DefaultPolicy().HeldAgain)
		waits := func(lane escalation.Lane) time.Duration {
			t.Helper()
			a, err := w.Audit(t.Context())
			w.must(err)
			if since := a.Waiting[lane]; !since.IsZero() {
				return w.machineNow().Sub(since)
			}
			return 0
		}
		p := w.add(nil)
		slip := w.notice(p, "O1")
		slip.Lane, slip.Class = escalation.LaneSlip, escalation.ClassSlip
		later := slip
		later.Seq, later.NotBefore = 1, w.now().Add(time.Hour)
		mail := slip
		mail.Seq, mail.To = 2, escalation.Recipient{Contact: w.focal, Role: escalation.Focal, Unit: "SXD", ByEmail: true}
		w.post(slip, later, mail)
		w.later(11 * time.Minute)
		if got := waits(escalation.LaneSlip); got != 11*time.Minute {
			t.Errorf("the slip waits %s", got)
		}
		if got := waits(escalation.LaneCitizen); got != 0 {
			t.Errorf("no citizen's text waits, yet %s", got)
		}
		w.must(w.By(operator).SetPaused(t.Context(), true))
		if got := waits(escalation.LaneSlip); got != 0 {
			t.Errorf("paused, the slip waits %s", got)
		}
		w.must(w.By(operator).SetPaused(t.Context(), false))
		w.later(time.Minute)
		if got := waits(escalation.LaneSlip); got != time.Minute {
			t.Errorf("a minute after the stop the slip waits %s", got)
		}
		rows := w.claim(10)
		if len(rows) != 1 || rows[0].Segments != 2 {
			t.Fatalf("claimed: %+v", rows)
		}
		w.settle(rows[0].ID, 1, escalation.Accepted, "1")
		w.settle(rows[0].ID, 2, escalation.Accepted, "2")
		if got := waits(escalation.LaneSlip); got != 0 {
			t.Errorf("sent, the slip waits %s", got)
		}
		w.later(53 * time.Minute) // the other's hour has come, five minutes ago
		if got := waits(escalation.LaneSlip); got != 5*time.Minute {
			t.Errorf("from its hour on the other waits %s", got)
		}
		w.later(13 * time.Hour) // night: whoever comes back holds it for the morning
		if got := waits(escalation.LaneSlip); got != 0 {
			t.Errorf("at night it waits %s", got)
		}
		w.later(9*time.Hour + 40*time.Minute) // 06:56, eleven minutes into the day
		if got := waits(escalation.LaneSlip); got < 10*time.Minute {
			t.Errorf("in the morning it waits %s", got)
		}
	})
}
