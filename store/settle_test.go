package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

// of is what a claim says became of a whole row.
func of(o escalation.Outgoing, state escalation.MessageState) []escalation.SegmentOutcome {
	var list []escalation.SegmentOutcome
	for s := 1; s <= o.Segments; s++ {
		list = append(list, escalation.SegmentOutcome{Message: o.ID, Attempt: o.Attempt(), Segment: s, Segments: o.Segments, State: state, SMSC: "vnpt", RetryIn: time.Second})
	}
	return list
}

// claimBy is the one row that the owner claims; ok is false when there is none.
func (w *world) claimBy(owner string) (o escalation.Outgoing, ok bool) {
	w.t.Helper()
	rows, err := w.Claim(w.t.Context(), owner, 10, time.Minute, render)
	w.must(err)
	if len(rows) == 0 {
		return o, false
	}
	return rows[0], true
}

// lapsed lets the row's lease and grace run out.
func (w *world) lapsed() {
	w.t.Helper()
	for range 2 {
		w.later(time.Minute + time.Second)
		_, err := w.Lapse(w.t.Context(), time.Minute)
		w.must(err)
	}
}

// The commit of a's refusals succeeds and its answer is lost with PostgreSQL; a stores
// them once more while b has the row on the air.
//
// field failure 50
func TestARefusalThatIsStoredAgainTakesNoRowOffTheAir(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.claimOne("O1")
		w.must(w.Settle(t.Context(), of(first, escalation.Queued)))
		w.wantState(first.ID, escalation.Queued)
		w.later(2 * time.Second)
		if second, ok := w.claimBy("b"); !ok || second.PossibleDuplicate || second.Attempt() != 2 {
			t.Fatalf("b claimed %+v, %t", second, ok)
		}
		w.must(w.Settle(t.Context(), of(first, escalation.Queued)))
		w.wantState(first.ID, escalation.Sending)
		w.later(2 * time.Second)
		if third, ok := w.claimBy("c"); ok {
			t.Errorf("c has it on the air too, marked: %t", third.PossibleDuplicate)
		}
	})
}

// A gateway frozen past lease and grace gives back what it had not begun.
//
// field failure 50
func TestWhoThawsPastItsLeaseTakesNoRowOffTheAir(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		frozen := w.claimOne("O1")
		w.lapsed()
		second, ok := w.claimBy("b")
		if !ok || !second.PossibleDuplicate {
			t.Fatalf("b claimed %+v, %t", second, ok)
		}
		w.must(w.Settle(t.Context(), of(frozen, escalation.Queued)))
		w.wantState(frozen.ID, escalation.Sending)
		w.later(2 * time.Second)
		if _, ok := w.claimBy("c"); ok {
			t.Error("c has it on the air too")
		}
		w.must(w.Settle(t.Context(), of(second, escalation.Accepted)))
		w.wantState(frozen.ID, escalation.Accepted)
	})
}

// What was handed over under a claim that is over may be on a handset, and is no more than that.
//
// field failure 50
func TestOfAFormerClaimOnlyAProofCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for said, want := range map[escalation.MessageState]escalation.MessageState{
			escalation.Queued: escalation.Sending, escalation.Unknown: escalation.Sending, escalation.Failed: escalation.Sending,
			escalation.Accepted: escalation.Accepted, escalation.Delivered: escalation.Delivered,
		} {
			first := w.claimOne("O1-" + string(said))
			w.lapsed()
			second, ok := w.claimBy("b")
			if !ok {
				t.Fatal("nothing to claim")
			}
			w.must(w.Settle(t.Context(), of(first, said)))
			w.wantState(first.ID, want)
			if want == escalation.Sending { // the claim that holds is not disturbed
				w.must(w.Settle(t.Context(), of(second, escalation.Failed)))
				w.wantState(first.ID, escalation.Failed)
			}
		}
	})
}

// A claim that was given back ends like a former one, though the next has its number.
//
// field failure 50
func TestOfAClaimThatWasGivenBackOnlyAProofCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for said, want := range map[escalation.MessageState]escalation.MessageState{
			escalation.Failed: escalation.Queued, escalation.Unknown: escalation.Queued, escalation.Accepted: escalation.Accepted,
		} {
			given := w.claimOne("O1-" + string(said))
			w.must(w.Settle(t.Context(), of(given, escalation.Queued)))
			w.later(2 * time.Second)
			second, ok := w.claimBy("gw")
			if !ok {
				t.Fatal("nothing to claim")
			}
			w.must(w.Release(t.Context(), "gw"))
			w.wantState(given.ID, escalation.Queued)
			w.must(w.Settle(t.Context(), of(second, said)))
			w.wantState(given.ID, want)
			_, err := w.raw().Exec(`UPDATE message SET state = 'suppressed' WHERE state = 'queued'`) // out of the next case's way
			w.must(err)
		}
	})
}

// A gateway of the release before says no attempt: its outcomes are of the latest.
func TestAnOutcomeThatNamesNoClaimIsOfTheLatest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.claimOne("O1")
		w.lapsed()
		if _, ok := w.claimBy("b"); !ok {
			t.Fatal("nothing to claim")
		}
		unnamed := of(first, escalation.Failed)
		for i := range unnamed {
			unnamed[i].Attempt = 0
		}
		w.must(w.Settle(t.Context(), unnamed))
		w.wantState(first.ID, escalation.Failed)
	})
}

// The first attempt's answer is late and the repeat is refused, as a duplicate: the SMSC
// has the text.
//
// field failure 43
func TestARefusedRepeatTakesNothingBackThatTheSMSCHas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, receipt := range []escalation.MessageState{escalation.Failed, escalation.Delivered} {
			first := w.claimOne("O1-" + string(receipt))
			w.must(w.Settle(t.Context(), of(first, escalation.Unknown)))
			w.later(time.Minute + time.Second)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
			second, ok := w.claimBy("b")
			if !ok {
				t.Fatal("it is not sent again")
			}
			late := of(first, escalation.Accepted)
			for i := range late {
				late[i].SMSCID = string(receipt) + []string{"a", "b"}[i]
			}
			w.must(w.Settle(t.Context(), late))
			w.must(w.Settle(t.Context(), of(second, escalation.Failed)))
			w.wantState(first.ID, escalation.Accepted)
			for _, o := range late {
				w.receipt(o.SMSCID, receipt)
			}
			w.wantState(first.ID, receipt)
		}
	})
}

// An account with long: payload puts a text of two segments into one submit_sm.
func TestATextThatGoesWholeIsSettledByItsOneAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, ends := range []escalation.MessageState{escalation.Delivered, escalation.Failed} {
			o := w.claimOne("O1-" + string(ends))
			whole := of(o, escalation.Accepted)[:1]
			whole[0].Segments, whole[0].SMSCID = 1, "whole-"+string(ends)
			w.must(w.Settle(t.Context(), whole))
			if m := w.message(o.ID); m.State != escalation.Accepted || m.Segments != 2 {
				t.Errorf("answered it is %s, of %d segments on the air", m.State, m.Segments)
			}
			w.receipt(whole[0].SMSCID, ends)
			if m := w.message(o.ID); m.State != ends || m.Segments != 2 {
				t.Errorf("after its receipt it is %s, of %d segments", m.State, m.Segments)
			}
		}
		again := w.claimOne("O1-later")
		for i, state := range []escalation.MessageState{escalation.Queued, escalation.Unknown} {
			whole := of(again, state)[:1]
			whole[0].Segments, whole[0].Attempt = 1, i+1
			w.must(w.Settle(t.Context(), whole))
			w.wantState(again.ID, state)
			w.lapsed()
			if o, ok := w.claimBy("b"); !ok || len(o.Proven) != 0 {
				t.Errorf("%s: claimed again %t, proven %v", state, ok, o.Proven)
			}
		}
	})
}

// The first account answers for a part of what the second has begun anew: no handset has it whole
// until it answers for all.
func TestLateAnswersOfOneAccountCompleteNothingOfAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.must(w.Settle(t.Context(), of(o, escalation.Unknown)))
		w.lapsed()
		again, ok := w.claimBy("b")
		if !ok || len(again.Proven) != 0 || !again.PossibleDuplicate {
			t.Fatalf("claimed again %t: %+v", ok, again)
		}
		anew := of(again, escalation.Queued)
		for i := range anew {
			anew[i].Anew, anew[i].SMSC = true, "viettel"
		}
		anew[0].State, anew[0].SMSCID = escalation.Accepted, "b-1"
		w.must(w.Settle(t.Context(), anew))
		late := of(o, escalation.Accepted)
		for i := range late {
			late[i].SMSCID = fmt.Sprint("a-", i)
		}
		w.must(w.Settle(t.Context(), late[1:]))
		w.wantState(o.ID, escalation.Queued)
		w.must(w.Settle(t.Context(), late[:1]))
		w.wantState(o.ID, escalation.Accepted)
	})
}

// The first account took segment 1 and the second sends in another manner: it begins anew, and
// what the first has is no part of that. If the first has it whole after all, it counts.
func TestATextThatIsSentAnewIsJudgedByWhatWentSince(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, late := range []bool{false, true} {
			o := w.claimOne(fmt.Sprint("O1-", late))
			first := of(o, escalation.Queued)
			first[0].State, first[0].SMSCID = escalation.Accepted, fmt.Sprint("a-1", late)
			w.must(w.Settle(t.Context(), first))
			w.receipt(fmt.Sprint("a-1", late), escalation.Delivered)
			w.later(2 * time.Second)
			again, ok := w.claimBy("b")
			if !ok || !slices.Equal(again.Proven, []int{1}) || !slices.Equal(again.Carriers, []string{"vnpt"}) {
				t.Fatalf("claimed again %t: %+v", ok, again)
			}
			anew := of(again, escalation.Queued)
			for i := range anew {
				anew[i].Anew, anew[i].SMSC = true, "viettel"
			}
			anew[1].State, anew[1].SMSCID = escalation.Accepted, "b-2"
			w.must(w.Settle(t.Context(), anew))
			if m := w.message(o.ID); m.State != escalation.Queued || !m.PossibleDuplicate {
				t.Errorf("a part of each account: it is %s, marked %t", m.State, m.PossibleDuplicate)
			}
			if late {
				first[1].State, first[1].SMSCID = escalation.Accepted, "a-2"
				w.must(w.Settle(t.Context(), first[1:]))
				w.wantState(o.ID, escalation.Accepted)
				continue
			}
			w.later(2 * time.Second)
			third, ok := w.claimBy("c")
			if !ok || !slices.Equal(third.Proven, []int{2}) || !slices.Equal(third.Carriers, []string{"viettel"}) {
				t.Fatalf("claimed for the third time %t: %+v", ok, third)
			}
			rest := of(third, escalation.Accepted)[:1]
			rest[0].SMSC, rest[0].SMSCID = "viettel", "b-1"
			w.must(w.Settle(t.Context(), rest))
			w.wantState(o.ID, escalation.Accepted)
		}
	})
}
