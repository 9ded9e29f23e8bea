package store_test

import (
	"slices"
	"testing"

	"notify1022/escalation"
)

// A unit may have more open than either database takes arguments: 32,766 and 65,535.
func TestAnyNumberOfPetitionsIsLoadedInOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []int64
		w.tx(func(tx escalation.Tx) error {
			ids = nil
			var changes []escalation.Change
			for range 2500 {
				id, code, err := tx.NextCode(t.Context(), tx.Now())
				if err != nil {
					return err
				}
				ids = append(ids, id)
				changes = append(changes, escalation.Change{Petition: escalation.Petition{ID: id, Code: code, Token: "token-" + code, Version: 1,
					Status: escalation.Forwarded, Channel: escalation.ByPhone, Kind: 1, ReceivedAt: tx.Now(), RecordedAt: tx.Now(),
					Rungs: []escalation.Rung{{Round: 1, Name: escalation.RungHead, Ladder: escalation.ForwardLadder, Due: tx.Now(), State: escalation.Disarmed}}}})
			}
			return tx.Save(t.Context(), changes)
		})
		backwards := append(slices.Clone(ids), ids[:100]...)
		slices.Reverse(backwards)
		w.tx(func(tx escalation.Tx) error {
			list, err := tx.Petitions(t.Context(), backwards...)
			if got := idsOf(list); !slices.Equal(got, ids) {
				t.Errorf("%d of %d petitions are loaded, or in another order", len(got), len(ids))
			}
			if slices.ContainsFunc(list, func(p escalation.Petition) bool { return len(p.Rungs) != 1 }) {
				t.Error("one has lost its rung")
			}
			return err
		})
		many := slices.Clone(ids)
		for id := ids[len(ids)-1]; len(many) < 70_000; {
			id++
			many = append(many, id)
		}
		err := w.Tx(t.Context(), func(tx escalation.Tx) error {
			_, err := tx.Petitions(t.Context(), many...)
			return err
		})
		if problem(err) != escalation.NotFound {
			t.Errorf("of 70,000 ids some of which are nobody's: %v", err)
		}
	})
}
