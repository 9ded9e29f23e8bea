package store_test

import (
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// silence sends whatever there is to send to an SMSC that takes everything and answers
// nothing, until the messages are over or the time is. It returns when, since the begin,
// each was sent.
func (w *world) silence(d time.Duration, each func(since time.Duration)) (sent map[int64][]time.Duration) {
	w.t.Helper()
	begun, sent := w.machineNow(), map[int64][]time.Duration{}
	for since := time.Duration(0); since < d; since = w.machineNow().Sub(begun) {
		for _, o := range w.claim(10) {
			if len(sent[o.ID]) > 0 != o.PossibleDuplicate {
				w.t.Errorf("message %d, sent %d times before, is marked: %t", o.ID, len(sent[o.ID]), o.PossibleDuplicate)
			}
			sent[o.ID] = append(sent[o.ID], since)
			w.must(w.Settle(w.t.Context(), of(o, escalation.Unknown)))
		}
		w.later(5 * time.Second)
		_, err := w.Lapse(w.t.Context(), time.Minute)
		w.must(err)
		if each != nil {
			each(w.machineNow().Sub(begun))
		}
	}
	return sent
}

func (w *world) unhandled() []int64 {
	w.t.Helper()
	ids, err := w.Unhandled(w.t.Context(), 30*time.Minute, 10)
	w.must(err)
	return ids
}

// field failure 43
func TestATextThatIsNeverAnsweredIsPassedOnAndRepeatedFewTimes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		i := slices.IndexFunc(found.Messages, func(m store.MessageView) bool { return m.Template == "O1" })
		slip := found.Messages[i].ID
		told := time.Duration(0)
		sent := w.silence(4*time.Hour, func(since time.Duration) {
			if slices.Contains(w.unhandled(), slip) {
				told = since
				w.must(desk.Undelivered(t.Context(), slip, 30*time.Minute))
			}
		})
		if told == 0 || told > 15*time.Minute {
			t.Errorf("the slip was passed on after %s", told)
		}
		if n := len(sent[slip]); n < 5 || n > 10 {
			t.Errorf("it was sent at %v", sent[slip])
		}
		for i, at := range sent[slip] {
			if i > 1 && at-sent[slip][i-1] < min(sent[slip][i-1]-sent[slip][i-2], 16*time.Minute) {
				t.Errorf("it was repeated at %v: not later and later", sent[slip])
				break
			}
		}
		m := w.message(slip)
		if m.State != escalation.Failed || m.Error != "the SMSC never answered" || !m.PossibleDuplicate {
			t.Errorf("at last it is %s, %q, marked: %t", m.State, m.Error, m.PossibleDuplicate)
		}
		found, err = w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if !slices.ContainsFunc(found.Timeline, func(e escalation.Entry) bool {
			return e.Action == "failed:O1" && e.Text == "tin O1 chưa có xác nhận đã đến (lần 1)"
		}) {
			t.Error("the timeline does not say so")
		}
		if slices.Contains(w.unhandled(), slip) {
			t.Error("it is passed on once more")
		}
	})
}

func TestWhatWasSentOnceWithoutAnAnswerIsPassedOnWhenAReceiptIsOverdue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.claimOne("O1")
		w.must(w.Settle(t.Context(), of(o, escalation.Unknown)))
		w.later(time.Minute + time.Second)
		_, err := w.Lapse(t.Context(), time.Minute)
		w.must(err)
		if ids := w.unhandled(); len(ids) != 0 { // no account is bound: it is not sent again
			t.Errorf("passed on at once: %v", ids)
		}
		w.later(30 * time.Minute)
		if ids := w.unhandled(); len(ids) != 1 || ids[0] != o.ID {
			t.Errorf("after half an hour %v is to be passed on, want %d", ids, o.ID)
		}
		again, ok := w.claimBy("gw")
		if !ok {
			t.Fatal("it is not sent again")
		}
		w.must(w.Settle(t.Context(), of(again, escalation.Accepted)))
		if ids := w.unhandled(); len(ids) != 0 {
			t.Errorf("answered, it is passed on: %v", ids)
		}
	})
}

// What was never answered may still have arrived; the late receipt is heard.
func TestAReceiptIsHeardAfterItsTextHasFailedForSilence(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.post(w.notice(escalation.Petition{}, "O1"))
		var last escalation.Outgoing
		begun := w.machineNow()
		for last.ID == 0 || w.message(last.ID).State != escalation.Failed {
			if o, ok := w.claimBy("gw"); ok {
				last = o
			}
			w.later(10 * time.Second)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
			if w.machineNow().Sub(begun) > 6*time.Hour {
				t.Fatal("it never failed")
			}
		}
		answered := of(last, escalation.Accepted)
		for i := range answered {
			answered[i].SMSCID = []string{"a", "b"}[i]
		}
		w.must(w.Settle(t.Context(), answered))
		w.receipt("a", escalation.Delivered)
		w.receipt("b", escalation.Delivered)
		w.wantState(last.ID, escalation.Delivered)
	})
}

func TestRemindersOfABundleThatIsNeverAnsweredFailWithIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Second)
		reminder := func() escalation.Notice {
			n := w.notice(w.add(nil), "O2")
			n.Class = escalation.ClassReminder
			return n
		}
		ids := w.post(reminder(), reminder())
		w.later(2 * time.Second)
		if sent := w.silence(4*time.Hour, nil); len(sent) != 1 {
			t.Fatalf("%d texts for one bundle", len(sent))
		}
		for _, id := range ids {
			w.wantState(id, escalation.Failed)
		}
		if got := w.unhandled(); !slices.Equal(got, ids) {
			t.Errorf("to be passed on are %v, want the members %v", got, ids)
		}
	})
}

// Between the list and the lock the SMSC answers, or the handset does.
func TestWhatWasHeardOfSinceItWasListedIsNotPassedOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		for _, heard := range []escalation.MessageState{escalation.Accepted, escalation.Delivered} {
			p := w.accept(t.Context(), desk)
			slip := w.texts(p.Code, "O1")[0].ID
			sent := func() (o escalation.Outgoing) {
				for _, c := range w.claim(10) {
					if c.ID == slip {
						o = c
					}
				}
				return o
			}
			first := sent()
			w.must(w.Settle(t.Context(), of(first, escalation.Unknown)))
			w.later(time.Minute + time.Second)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
			w.later(31 * time.Minute)
			if ids := w.unhandled(); !slices.Contains(ids, slip) {
				t.Fatalf("%v are listed, not %d", ids, slip)
			}
			second := sent()
			w.must(w.Settle(t.Context(), of(second, heard)))
			w.must(desk.Undelivered(t.Context(), slip, 30*time.Minute))
			found, err := w.PetitionByCode(t.Context(), p.Code)
			w.must(err)
			if slices.ContainsFunc(found.Timeline, func(e escalation.Entry) bool { return e.Action == "failed:O1" }) {
				t.Errorf("%s meanwhile, it was passed on", heard)
			}
			w.later(31 * time.Minute) // an answer without a receipt is listed anew
			if listed := slices.Contains(w.unhandled(), slip); listed != (heard == escalation.Accepted) {
				t.Errorf("%s, half an hour later it is listed: %t", heard, listed)
			}
		}
	})
}

func TestTheAuditSeesAnUrgentTextThatASilentSMSCHas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.notice(escalation.Petition{}, "QT")
		n.Lane = escalation.LaneUrgent
		held := n
		held.Seq, held.NotBefore = 2, w.now().Add(time.Minute)
		begun := w.machineNow()
		w.post(n)
		oldest := func() time.Time {
			t.Helper()
			a, err := w.Audit(t.Context())
			w.must(err)
			return a.UrgentSince
		}
		o := w.claim(10)[0]
		w.later(30 * time.Second)
		if got := oldest(); !got.Equal(begun) {
			t.Errorf("while it is sent the oldest is of %s, want %s", got, begun)
		}
		w.must(w.Settle(t.Context(), of(o, escalation.Unknown)))
		if got := oldest(); !got.Equal(begun) {
			t.Errorf("without an answer the oldest is of %s, want %s", got, begun)
		}
		w.must(w.Settle(t.Context(), of(o, escalation.Accepted)))
		if got := oldest(); !got.IsZero() {
			t.Errorf("answered, the oldest is of %s", got)
		}
		w.post(held)
		w.later(5 * time.Minute)
		if len(w.claim(10)) != 1 || !oldest().IsZero() {
			t.Errorf("what was held and is sent now waits since %s", oldest())
		}
	})
}
