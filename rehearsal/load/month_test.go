package load

import (
	"testing"

	"notify1022/rehearsal"
)

// Thirty days of a city on the simulated clock, over real SMPP, text by text and the
// monthly reports cell by cell against an independent reading of the regulation.
func TestAMonthOfACityIsWhatTheModelDemands(t *testing.T) {
	t.Parallel()
	var r rehearsal.YearResult
	err := mustLoad(t, &r, "--scenario", "year", "--days", "30", "--petitions", "200", "--seed", "20260122", "--duration", "60m")
	if err != nil || !r.Equal() {
		t.Fatalf("%v: %v", err, r.Faults)
	}
	for _, template := range []string{"O1", "O1N", "O2", "H1", "O7", "C6", "H1E", "H2", "V1", "H3", "C6b", "C2", "C4", "C5", "C7", "C8n", "C9", "V3", "C3", "O3", "O4", "O5", "O6", "A4x",
		"NGHI", "XV", "NQ", "O1K", "O1P", "V0", "V4", "V6", "VG", "N2", "N3", "N3n", "C10", "C11", "C12"} {
		if r.Templates[template].Seen == 0 {
			t.Errorf("the month held no %s", template)
		}
	}
	if len(r.Months) != 2 || r.Texts < 1000 {
		t.Errorf("%d months, %d texts", len(r.Months), r.Texts)
	}
	for name, m := range r.Months {
		if m.Cells < 500 {
			t.Errorf("of %s only %d cells were compared", name, m.Cells)
		}
	}
}
