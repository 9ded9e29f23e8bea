package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
)

// back is what a claim says of a row that it could not hand over.
func back(o escalation.Outgoing) []escalation.SegmentOutcome {
	return []escalation.SegmentOutcome{{Message: o.ID, Attempt: o.Attempt(), State: escalation.Queued, Refusal: escalation.NotSubmitted, Error: "no link", RetryIn: time.Second}}
}

// refused is what a claim says of a row whose refusals an SMSC has in common with every other's.
func refused(o escalation.Outgoing, in time.Duration) []escalation.SegmentOutcome {
	list := of(o, escalation.Queued)
	for i := range list {
		list[i].Status, list[i].Error, list[i].RetryIn = 0x08, "ESME_RSYSERR", in
		list[i].Refusal, list[i].Refusals, list[i].Blamed = escalation.RefusedService, o.Refusals+1, o.Blamed
	}
	return list
}

// segments counts what is written of segments.
func (w *world) segments() (n int) {
	w.t.Helper()
	db := w.raw()
	defer db.Close()
	w.must(db.QueryRow(`SELECT COUNT(*) FROM segment`).Scan(&n))
	return n
}

func TestWhatIsClaimedAndNotHandedOverGoesBackAsItWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.post(w.notice(escalation.Petition{}, "O1"))
		var o escalation.Outgoing
		for range 25 { // an account that is lost between claim and submit, again and again
			o, _ = w.claimBy("gw")
			w.must(w.Settle(t.Context(), back(o)))
			w.wantState(o.ID, escalation.Queued)
			if _, ok := w.claimBy("gw"); ok {
				t.Fatal("it goes at once")
			}
			w.later(time.Second)
		}
		if n := w.segments(); n != 0 {
			t.Errorf("%d rows of segments that were never submitted", n)
		}
		o, _ = w.claimBy("gw")
		if o.Refusals != 0 || o.Blamed != 0 || o.PossibleDuplicate {
			t.Errorf("nobody refused it: %+v", o)
		}
		w.must(w.Settle(t.Context(), refused(o, time.Second)))
		w.later(time.Second)
		again, ok := w.claimBy("gw")
		if !ok || again.Refusals != 1 || again.Blamed != 0 {
			t.Errorf("it was refused once: %+v", again)
		}
		w.must(w.Settle(t.Context(), back(o))) // of a claim that is over
		w.wantState(o.ID, escalation.Sending)
	})
}

func TestASegmentThatIsProvenStaysSoWhenTheRowGoesBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.must(w.Settle(t.Context(), []escalation.SegmentOutcome{w.outcome(o.ID, 1, escalation.Accepted, "a"), w.outcome(o.ID, 2, escalation.Queued, "")}))
		w.later(5 * time.Second)
		again, _ := w.claimBy("gw")
		w.must(w.Settle(t.Context(), back(again)))
		w.wantState(o.ID, escalation.Queued)
		w.later(time.Second)
		again, _ = w.claimBy("gw")
		if len(again.Proven) != 1 || again.Proven[0] != 1 {
			t.Fatalf("proven: %v", again.Proven)
		}
		w.must(w.Settle(t.Context(), append(back(again), w.outcome(o.ID, 2, escalation.Accepted, "b")))) // the late proof of the first
		w.wantState(o.ID, escalation.Accepted)
	})
}

func TestOnlyTextsOfLanesThatAreCarriedAreClaimed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		urgent := w.notice(escalation.Petition{}, "O1K")
		urgent.Lane = escalation.LaneUrgent
		slip := w.post(w.notice(escalation.Petition{}, "O1"))[0]
		first := w.post(urgent)[0]
		for range 3 {
			rows, err := w.Claim(t.Context(), "gw", 10, time.Minute, render, escalation.LaneUrgent, escalation.LaneBulk)
			w.must(err)
			for _, o := range rows {
				if o.ID != first {
					t.Fatalf("the slip was claimed: %+v", o)
				}
			}
		}
		w.wantState(first, escalation.Sending)
		if m := w.message(slip); m.State != escalation.Queued || m.Attempts != 0 {
			t.Errorf("the slip is %s after %d claims", m.State, m.Attempts)
		}
		if o, ok := w.claimBy("gw"); !ok || o.ID != slip {
			t.Error("without names all lanes are meant")
		}
	})
}

// field failure 43
func TestWhatAnSMSCInTroubleRefusesIsPassedOnAndGoesWhenTheTroubleIsOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		slip := w.claimOne("O1").ID
		begun, refusals, told, troubled := w.machineNow(), 0, time.Duration(0), time.Duration(0)
		w.must(w.Release(t.Context(), "gw"))
		for since := time.Duration(0); since < 2*time.Hour; since = w.machineNow().Sub(begun) {
			o, ok := w.claimBy("gw")
			if !ok {
				t.Fatalf("after %s nobody tries any more: it is %+v", since, w.message(slip))
			}
			if refusals++; o.Refusals != refusals-1 {
				t.Fatalf("%d refusals are counted, want %d", o.Refusals, refusals-1)
			}
			pause := min(time.Second<<min(o.Refusals, 6), time.Minute)
			w.must(w.Settle(t.Context(), refused(o, pause)))
			if n, why, err := w.Refused(t.Context()); n > 0 && troubled == 0 {
				troubled = since
				if why != "ESME_RSYSERR" || err != nil {
					t.Errorf("what is wrong: %q, %v", why, err)
				}
			}
			if ids := w.unhandled(); len(ids) > 0 {
				if told != 0 || ids[0] != slip {
					t.Fatalf("to be passed on: %v, told after %s", ids, told)
				}
				told = since
				w.tx(func(tx escalation.Tx) error {
					still, err := tx.Undelivered(t.Context(), slip, 30*time.Minute)
					if !still {
						t.Error("what is to be passed on is not")
					}
					w.must(err)
					return tx.MarkHandled(t.Context(), slip)
				})
			}
			w.later(pause)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
		}
		if troubled < time.Minute || troubled > 5*time.Minute {
			t.Errorf("the trouble shows after %s", troubled)
		}
		if told < 10*time.Minute || told > 20*time.Minute {
			t.Errorf("passed on after %s", told)
		}
		if n := w.segments(); n > 2*62 {
			t.Errorf("%d rows of segments after %d refusals", n, refusals)
		}
		o, ok := w.claimBy("gw")
		if !ok {
			t.Fatal("it is not tried any more")
		}
		w.must(w.Settle(t.Context(), of(o, escalation.Accepted)))
		w.wantState(slip, escalation.Accepted)
		if n, _, err := w.Refused(t.Context()); n != 0 || err != nil {
			t.Errorf("%d are refused, %v", n, err)
		}
	})
}
