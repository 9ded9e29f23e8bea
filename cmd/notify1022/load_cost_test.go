package main

import (
	"slices"
	"testing"
	"time"

	"notify1022/rehearsal"
	"notify1022/store/storetest"
)

// costPerRung fires five instants of due rungs among the open petitions and
// returns the median cost of one rung.
func costPerRung(t *testing.T, dsn string, open int) time.Duration {
	t.Helper()
	const due, instants = 100, 6 // the first warms up
	base, err := newLoadBase(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := base.remove(); err != nil {
			t.Error(err)
		}
	})
	l := &loadCmd{Scenario: rehearsal.LoadBurst, Open: open, Due: due, Bursts: instants, Feeders: 1, Duration: time.Minute}
	clock, err := l.clock()
	if err != nil {
		t.Fatal(err)
	}
	cfg := defaultConfig()
	cfg.Database, cfg.Listen, cfg.TestPrefixes = base.dsn, "127.0.0.1:0", []string{"057"}
	s, err := newService(t.Context(), cfg, order{roles: []string{roleAll}, domain: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	plan := l.plan()
	if _, err := rehearsal.Seed(t.Context(), plan, s.desk, s.db, base.rows, base.size); err != nil {
		t.Fatal(err)
	}
	var costs []time.Duration
	for n := range instants {
		if err := rehearsal.ArmOverdue(t.Context(), plan, n, base.rows, clock()); err != nil {
			t.Fatal(err)
		}
		begun, fired := time.Now(), 0
		for fired < due {
			more, _, err := s.desk.FireDue(t.Context(), 100)
			if err != nil || more == 0 {
				t.Fatalf("%d of %d rungs fired: %v", fired, due, err)
			}
			fired += more
		}
		costs = append(costs, time.Since(begun)/due)
	}
	warm := slices.Sorted(slices.Values(costs[1:]))
	return warm[len(warm)/2]
}

// The index of armed rungs makes a due rung cost the same however many petitions
// are open; a walk through them would cost twenty times as much here.
func TestADueRungCostsTheSameHoweverManyPetitionsAreOpen(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "sqlite:" },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			const tries = 6 // other work on the machine may fall into one measurement
			for range tries {
				few, many := costPerRung(t, dsn(t), 1_000), costPerRung(t, dsn(t), 20_000)
				t.Logf("a due rung costs %v among 1,000 open petitions, %v among 20,000", few, many)
				if many <= 2*few {
					return
				}
			}
			t.Errorf("a due rung costs more than twice as much among many, %d times measured", tries)
		})
	}
}
