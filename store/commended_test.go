package store_test

import (
	"fmt"
	"slices"
	"testing"

	"notify1022/escalation"
)

// The list of people proposed for reward says what the petitions' documents do.
func TestPeopleProposedForRewardAreThoseOfTheDocuments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		ids := live(w, 5, 20)
		var want []escalation.Commended
		documents := func() (list []escalation.Commended) {
			w.tx(func(tx escalation.Tx) error {
				found, err := tx.Petitions(t.Context(), ids...)
				for _, p := range found {
					list = append(list, escalation.CommendedOf(p)...)
				}
				return err
			})
			return list
		}
		var codes []string
		w.tx(func(tx escalation.Tx) error {
			found, err := tx.Petitions(t.Context(), ids...)
			for _, p := range found {
				codes = append(codes, p.Code)
			}
			return err
		})
		for i, code := range codes {
			for n := range i % 3 {
				cmd := &escalation.Commend{Who: escalation.CommendOfficer, Officer: fmt.Sprint("Cán bộ ", n), Unit: []string{"SXD", "SGTVT"}[n], Reason: "xử lý trong đêm"}
				_, err := desk.Do(t.Context(), code, cmd, escalation.Actor{Name: "Trưởng ca", Role: escalation.ShiftLead}, 0)
				w.must(err)
			}
		}
		want = documents()
		got, err := w.Commended(t.Context(), monday, monday.AddDate(5, 0, 0), "", 100)
		w.must(err)
		if len(want) < 5 || len(got) != len(want) {
			t.Fatalf("%d in SQL, %d in the documents", len(got), len(want))
		}
		for _, row := range got {
			if !slices.Contains(want, row) {
				t.Errorf("%+v is in no document", row)
			}
		}
		if one, err := w.Commended(t.Context(), monday, monday.AddDate(5, 0, 0), "SGTVT", 100); err != nil || len(one) == 0 || slices.ContainsFunc(one, func(c escalation.Commended) bool { return c.Unit != "SGTVT" }) {
			t.Errorf("of one unit: %+v, %v", one, err)
		}
		if none, err := w.Commended(t.Context(), monday.AddDate(-1, 0, 0), monday, "", 100); err != nil || len(none) != 0 {
			t.Errorf("before: %+v, %v", none, err)
		}
	})
}
