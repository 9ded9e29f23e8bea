package main

import (
	"fmt"
	"testing"
	"time"

	"notify1022/escalation"
)

// Of thousands of deadlines that move a page shows fifty: those that nobody may overlook.
func TestDeadlinesThatBecomeOverdueAreShownFirst(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	moved := func(i int, to time.Duration) escalation.Moved {
		return escalation.Moved{Petition: fmt.Sprintf("HP261123-%04d", i), Rung: escalation.RungOverdue, From: now.Add(time.Hour), To: now.Add(to)}
	}
	var r recomputation
	for page := range 3 {
		var list []escalation.Moved
		for i := range 100 {
			list = append(list, moved(page*100+i, 2*time.Hour))
		}
		r.count(append(list, moved(9000+page, -time.Hour)), now)
	}
	got := r.moves()
	if got.Deadlines != 303 || got.Overdue != 3 || got.Petitions != 303 || len(got.First) != movesShown || len(r.rest) > movesShown {
		t.Fatalf("%d deadlines, %d overdue, %d shown, %d kept", got.Deadlines, got.Overdue, len(got.First), len(r.rest))
	}
	for i, m := range got.First {
		if m.Overdue(got.Now) != (i < 3) {
			t.Errorf("%s stands in place %d", m.Petition, i+1)
		}
	}
	for i := range 60 {
		r.count([]escalation.Moved{moved(i, -time.Hour)}, now)
	}
	if shown := r.shown(); len(shown) != movesShown || !shown[movesShown-1].Overdue(now) {
		t.Errorf("of many that become overdue %d are shown", len(shown))
	}
}
