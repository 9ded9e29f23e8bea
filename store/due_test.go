package store_test

import (
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

// However many rungs wait for a reply to be applied, those behind them fire.
func TestRungsHeldByRepliesDoNotHideTheOnesBehindThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const held, free = 9, 2 // more than a page of one petition's look
		var want []int64
		for n := range held + free {
			p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, time.Minute+time.Duration(n)*time.Second)}
			})
			if n < held {
				w.post(w.coded(p.ID, 1, 0, escalation.Focal, w.focal))
			} else {
				want = append(want, p.ID)
			}
		}
		w.receive(w.single("0570000001", "NHAN")) // from the one who holds the codes
		w.later(time.Hour)
		if got := dueNow(w, 1); !slices.Equal(got, want[:1]) {
			t.Errorf("one at a time: %v, want the first of %v", got, want)
		}
		if got := dueNow(w, 100); !slices.Equal(got, want) {
			t.Errorf("all at once: %v, want %v", got, want)
		}
	})
}
