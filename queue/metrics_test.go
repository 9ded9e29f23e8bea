package queue

import (
	"slices"
	"testing"

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
