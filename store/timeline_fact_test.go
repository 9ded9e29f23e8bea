package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

// The rows that reports count, made again from nothing but the stored timeline, as
// somebody with a pencil would (timeline_reader_test.go) who knows the roster, the
// calendars, what each version of the policy says, and the words that each act writes. The
// deadlines are computed anew (timeline_deadline_test.go).

// untold blanks what a timeline does not say:
//
//   - Petition and Code: whose timeline it is.
//   - Round: the desk numbers every ladder that it starts, also those that no line is
//     about. That there is one with each slip, and none without, is compared, and that they
//     rise from turn to turn.
func untold(f escalation.Fact) escalation.Fact {
	f.Petition, f.Code, f.Round = 0, "", min(f.Round, 1)
	return f
}

func TestFactsAreWhatTheTimelinesTell(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		town := newTown(w)
		for _, story := range stories {
			town.tell(story.tell)
		}
		town.busy(1022, 400)
		town.compare()
		town.covers()
	})
}

// More of the same, on the database that needs no server.
func TestFactsAreWhatTheTimelinesOfManyMonthsTell(t *testing.T) {
	for _, seed := range []uint64{2026, 3, 10} {
		town := newTown(newWorld(t, storetest.SQLite(t), store.Options{}))
		town.busy(seed, 400)
		town.compare()
	}
}

// covers reports what the timelines ought to have been about and were not.
func (t *town) covers() {
	t.w.t.Helper()
	for _, what := range []string{
		"forward in the same breath", "letter that lay", "urgent", "denunciation", "asked in time", "asked late", "asked after a return", "asked in an hour that began anew", "co-operating", "calendar of a unit", "laid out by another calendar",
		"limit of before", "limit from the head's notice", "judged by the policy of before", "limit by the policy of before", "hold", "a clock that stood goes on",
		"clock waits for the citizen", "promise", "promise moves the 8 h", "promise missed", "two promises missed in a turn", "returned", "rerouted", "8 h over while a return waited", "sent back", "floor",
		"read after the 8 h", "read after the 48 h", "read after the promised time", "within the 8 h", "within the 48 h", "late", "overdue", "overdue with 1022", "overdue when another got it",
		"dispute", "Office", "the Office's answer sent back", "reopened", "file for a result", "file in time", "file late or owed", "file not due yet", "own site",
		"acknowledged for the unit", "named by the unit", "nobody is there", "handed over untouched", "the head's after the 8 h",
	} {
		if t.seen[what] == 0 {
			t.w.t.Errorf("no timeline tells of this: %s", what)
		}
	}
}

// comparing holds the stored rows of a petition against those that its timeline tells.
func (w *world) comparing(petition int64, told, stored []escalation.Fact, entries []escalation.Entry) {
	w.t.Helper()
	if len(told) != len(stored) {
		w.t.Errorf("petition %d has %d turns, its timeline %d\n%s", petition, len(stored), len(told), linesOf(entries))
		return
	}
	round := 0
	for i, f := range stored {
		if untold(told[i]) != untold(f) {
			w.t.Errorf("petition %d turn %d of %d\n%s%s", petition, i+1, len(stored), differing(untold(f), untold(told[i])), linesOf(entries))
			return
		}
		if f.Round > 0 && f.Round <= round {
			w.t.Errorf("petition %d turn %d has round %d after %d", petition, i+1, f.Round, round)
		}
		round = max(round, f.Round)
	}
}

// differing lists the fields in which two facts differ.
func differing(stored, told escalation.Fact) string {
	var b strings.Builder
	have, want := reflect.ValueOf(stored), reflect.ValueOf(told)
	for i := range have.NumField() {
		if a, b2 := have.Field(i).Interface(), want.Field(i).Interface(); a != b2 {
			fmt.Fprintf(&b, "  stored %s: %v, timeline %v\n", have.Type().Field(i).Name, a, b2)
		}
	}
	return b.String()
}

// linesOf are the lines of a timeline, for a failure.
func linesOf(entries []escalation.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "  %s %s %s: %s [%s, %s]\n", e.At.In(monday.Location()).Format("Mon 2006-01-02 15:04"), e.Actor, e.Action, e.Text, e.Status, e.Policy)
	}
	return b.String()
}
