package queue

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// shownBy are the names of a collector's figures.
func shownBy(t *testing.T, c prometheus.Collector) (names []string) {
	t.Helper()
	registry := prometheus.NewRegistry()
	if err := registry.Register(c); err != nil {
		t.Fatal(err)
	}
	found, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		names = append(names, f.GetName())
	}
	return names
}

// Zeros of a process that does not look would reassure whoever watches.
func TestAProcessWithoutAWorkerShowsNothingOfAudits(t *testing.T) {
	m := NewMetrics()
	all, unwatched := shownBy(t, m), shownBy(t, m.Unwatched())
	for _, name := range []string{"oldest_overdue_rung_seconds", "oldest_unsent_urgent_seconds", "silent_petitions", "redis_up"} {
		name = "notify1022_" + name
		if !slices.Contains(all, name) || slices.Contains(unwatched, name) {
			t.Errorf("%s: with a worker %t, without %t", name, slices.Contains(all, name), slices.Contains(unwatched, name))
		}
	}
	if !slices.Contains(unwatched, "notify1022_submits_in_flight") {
		t.Errorf("a gateway shows only %v", unwatched)
	}
}

// What an alarm is set upon must rise with what was found, and fall again.
func TestTheWatchShowsWhatTheAuditFound(t *testing.T) {
	t.Parallel()
	h, reg := watches(1), prometheus.NewRegistry()
	reg.MustRegister(h.list[0].metrics)
	found := Audit{Silent: 1, OldestRung: 2 * time.Minute, OldestUrgent: 3 * time.Minute, OldestSlip: 4 * time.Minute, OldestCitizen: 5 * time.Minute,
		Away: make([]AwayAccount, 6), Unapplied: 7, OldestUnapplied: 8 * time.Minute, PassedOver: 9, LooseParts: 10, Unmet: 11}
	want := map[string]float64{"silent_petitions": 1, "oldest_overdue_rung_seconds": 120, "oldest_unsent_urgent_seconds": 180, "oldest_unsent_slip_seconds": 240,
		"oldest_unsent_citizen_seconds": 300, "smsc_accounts_away": 6, "inbox_unapplied": 7, "oldest_unapplied_seconds": 480, "inbox_aside": 9,
		"inbox_loose_parts": 10, "unmet_receipts": 11}
	h.look(t, found, nil, time.Minute)
	for name, value := range want {
		if got := metric(t, reg, "notify1022_"+name, ""); got != value {
			t.Errorf("%s is %v, want %v", name, got, value)
		}
	}
	h.look(t, Audit{}, nil, time.Minute)
	for name := range want {
		if got := metric(t, reg, "notify1022_"+name, ""); got != 0 {
			t.Errorf("%s is %v when all is well again", name, got)
		}
	}
}
