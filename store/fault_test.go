package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

func TestWhatIsWrongIsKnownToAllNodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := mustOpen(t, w.dsn, store.Options{Domain: w.now, Machine: w.machineNow})
		owed := func(s *store.Store, kinds ...string) (owed int) {
			t.Helper()
			faults, err := s.NoteFaults(t.Context(), kinds...)
			w.must(err)
			if len(faults) != len(kinds) {
				t.Fatalf("%d faults of %d", len(faults), len(kinds))
			}
			for _, f := range faults {
				if !f.Owed().IsZero() {
					owed++
				}
			}
			return owed
		}
		for _, s := range []*store.Store{w.Store, other} {
			if n := owed(s, "late", "budget"); n != 2 {
				t.Errorf("%d are owed before anybody was told", n)
			}
		}
		w.must(other.FaultsTold(t.Context(), "late", "budget"))
		w.later(time.Minute)
		if n := owed(w.Store, "late", "clock"); n != 1 {
			t.Errorf("%d are owed, want the clock alone", n)
		}
		w.must(w.FaultsTold(t.Context(), "clock"))
		w.later(9 * time.Minute)
		if n := owed(other, "late"); n != 0 {
			t.Error("late was seen a while ago and is taken for new")
		}
		w.later(3 * time.Minute) // nobody has seen the budget for thirteen
		if n := owed(w.Store, "late", "budget"); n != 1 {
			t.Errorf("%d are owed, want the budget that is back", n)
		}
	})
}

// One node looks while another notes that it has told.
func TestWhatWasToldStaysToldWhileOthersLook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		note := func() []escalation.Fault {
			faults, err := w.NoteFaults(context.Background(), "late")
			if err != nil {
				t.Error(err)
			}
			return faults
		}
		for range 30 {
			w.later(time.Hour)
			note()
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() { note() })
			}
			wg.Go(func() {
				if err := w.FaultsTold(context.Background(), "late"); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if f := note(); len(f) != 1 || !f[0].Owed().IsZero() {
				t.Fatalf("it is owed again: %+v", f)
			}
		}
	})
}
