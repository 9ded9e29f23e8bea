package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

func TestALeaveCountsOnceItIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		from, to := monday.AddDate(0, 0, 1), monday.AddDate(0, 0, 3)
		w.tx(func(tx escalation.Tx) error {
			_, err := tx.SaveLeave(t.Context(), escalation.Leave{Contact: w.focal, From: from, To: to, Stand: "anh Nam", At: tx.Now()})
			return err
		})
		waiting, err := w.Absences(t.Context(), false)
		w.must(err)
		if len(waiting) != 1 || waiting[0].Stand != "anh Nam" || !waiting[0].From.Equal(from) {
			t.Fatalf("waiting: %+v", waiting)
		}
		w.must(desk.DecideLeave(t.Context(), waiting[0].ID, true, w.head, operator))
		dir, err := w.Directory(t.Context())
		w.must(err)
		if got := dir.Serving("SXD", escalation.Focal, from); len(got) != 1 || got[0].ID != w.head {
			t.Errorf("serving during the leave: %+v", got)
		}
		if err := desk.DecideLeave(t.Context(), waiting[0].ID, false, 0, operator); problem(err) != escalation.NotFound {
			t.Errorf("deciding twice: %v", err)
		}
	})
}

// A second absence is one more, whoever wrote the first.
func TestAbsencesOfOnePersonAreKeptSideBySide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		one := escalation.Absence{From: monday.AddDate(0, 0, 1), To: monday.AddDate(0, 0, 3), Delegate: w.head}
		two := escalation.Absence{From: monday.AddDate(0, 0, 20), To: monday.AddDate(0, 0, 22)}
		later := escalation.Absence{From: monday.AddDate(0, 0, 40)}
		for _, a := range []escalation.Absence{two, later, one} {
			w.must(desk.NoteAbsence(t.Context(), w.focal, a, operator))
		}
		want := func(list ...escalation.Absence) {
			t.Helper()
			dir, err := w.Directory(t.Context())
			w.must(err)
			c, _ := dir.Contact(w.focal)
			if !slices.EqualFunc(c.Absences, list, func(a, b escalation.Absence) bool {
				return a.From.Equal(b.From) && a.To.Equal(b.To) && a.Delegate == b.Delegate
			}) {
				t.Errorf("absences: %+v, want %+v", c.Absences, list)
			}
		}
		want(one, two, later)
		dir, err := w.Directory(t.Context())
		w.must(err)
		c, _ := dir.Contact(w.focal)
		c.Absences, c.Name = nil, "Nguyễn Văn Thử Hai" // an edit of the name is one of the name
		w.must(desk.EditContact(t.Context(), c, operator))
		want(one, two, later)
		w.must(desk.EndAbsence(t.Context(), w.focal, two.From, operator))
		want(one, later)
		w.must(desk.EndAbsence(t.Context(), w.focal, time.Time{}, operator))
		want(later)
	})
}

// The release before writes the columns it knows and leaves the others.
func TestAnAbsenceThatTheReleaseBeforeWroteStandsBesideTheOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		one, two := monday.AddDate(0, 0, 1), monday.AddDate(0, 0, 20)
		for _, from := range []time.Time{one, two} {
			w.must(desk.NoteAbsence(t.Context(), w.focal, escalation.Absence{From: from, To: from.AddDate(0, 0, 1)}, operator))
		}
		moved := monday.AddDate(0, 0, 5)
		_, err := w.raw().ExecContext(t.Context(), fmt.Sprintf("UPDATE contact SET away_from = %d, away_to = %d WHERE id = %d", moved.UnixMicro(), moved.AddDate(0, 0, 1).UnixMicro(), w.focal))
		w.must(err)
		w.must(w.SaveUnits(t.Context(), escalation.Unit{Code: "A", Name: "A"})) // so that the directory is read anew
		dir, err := w.Directory(t.Context())
		w.must(err)
		c, _ := dir.Contact(w.focal)
		for at, away := range map[time.Time]bool{one: false, moved: true, two: true} {
			if _, got := c.Away(at); got != away {
				t.Errorf("away at %s: %t", at, got)
			}
		}
	})
}
