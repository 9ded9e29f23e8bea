package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
)

// While no account is bound nothing is claimed, and the queue is where an urgent text waits.
func TestTheAuditSeesAnUrgentTextThatWaitsInTheQueue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		urgent := func(seq int) escalation.Notice {
			n := w.notice(escalation.Petition{}, "QT")
			n.Lane, n.Seq = escalation.LaneUrgent, seq
			return n
		}
		oldest := func() time.Time {
			t.Helper()
			a, err := w.Audit(t.Context())
			w.must(err)
			return a.UrgentSince
		}
		held, slip := urgent(1), urgent(2)
		held.NotBefore, slip.Lane = w.now().Add(time.Hour), escalation.LaneSlip
		w.post(held, slip)
		w.later(time.Minute)
		if got := oldest(); !got.IsZero() {
			t.Errorf("with one that is held and one that is not urgent the oldest is of %s", got)
		}
		begun := w.machineNow()
		w.post(urgent(3))
		w.later(3 * time.Minute)
		w.post(urgent(4))
		if got := oldest(); !got.Equal(begun) {
			t.Errorf("in the queue for three minutes the oldest is of %s, want %s", got, begun)
		}
		for _, o := range w.claim(10) {
			if o.Lane == escalation.LaneUrgent {
				w.must(w.Settle(t.Context(), of(o, escalation.Queued)))
			}
		}
		if got := oldest(); !got.Equal(begun) {
			t.Errorf("refused for now, and so in the queue again, the oldest is of %s, want %s", got, begun)
		}
	})
}
