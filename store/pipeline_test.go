package store_test

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

func TestAWriteThatFailsUndoesItsTransactionAndSaysWhichItWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		entry := escalation.Entry{Seq: 1, At: monday, Actor: "1022", Action: "note", Text: "một", Hash: "h"}
		p := w.add(func(p *escalation.Petition, fx *escalation.Effects) {
			entry.PetitionID = p.ID
			fx.Entries = []escalation.Entry{entry}
		})
		err := w.Tx(t.Context(), func(tx escalation.Tx) error {
			next := p
			next.Version = 2
			return tx.Save(t.Context(), []escalation.Change{{Before: 1, Petition: next, Effects: escalation.Effects{
				Entries: []escalation.Entry{entry}, Notices: []escalation.Notice{w.notice(p, "O1")}}}})
		})
		if err == nil || !strings.Contains(err.Error(), "timeline entries") {
			t.Errorf("a number taken twice: %v", err)
		}
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if found.Version != 1 || len(found.Messages) != 0 || len(found.Timeline) != 1 {
			t.Errorf("version %d, %d messages, %d entries are left", found.Version, len(found.Messages), len(found.Timeline))
		}
	})
}

// cut ends every connection of the store.
func (w *world) cut() {
	db := w.raw()
	defer db.Close()
	_, err := db.ExecContext(w.t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	w.must(err)
}

func TestAConnectionThatDiedCostsATransactionNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.Backend() != "postgres" {
			return // SQLite has no connection to lose
		}
		p := w.add(nil)
		w.cut()
		w.change(p.ID, func(*escalation.Petition, *escalation.Effects) {})
		tries := 0
		w.tx(func(tx escalation.Tx) error {
			tries++
			list, err := tx.Petitions(t.Context(), p.ID)
			if err != nil {
				return err
			}
			next := list[0]
			next.Version++
			err = tx.Save(t.Context(), []escalation.Change{{Before: 2, Petition: next, Effects: escalation.Effects{Tasks: []escalation.Task{{Key: "k", Kind: escalation.TaskCall}}}}})
			if tries == 1 {
				w.cut() // with what was written on its way
			}
			return err
		})
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if found.Version != 3 || tries != 2 {
			t.Errorf("version %d after %d tries", found.Version, tries)
		}
	})
}
