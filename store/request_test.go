package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// A process that dies between the commit and the answer leaves a key that says
// what was done, however long ago; one that changed nothing leaves it free.
func TestAKeyTellsWhatItsRequestChangedInTheSameCommit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		if _, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash"); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		p := w.accept(store.UnderKey(t.Context(), "k"), desk)
		w.later(time.Hour)
		before, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash")
		if err != nil || fresh || before.Petition != p.Code || before.Status != 0 {
			t.Errorf("%+v, fresh %t, %v", before, fresh, err)
		}
		w.must(w.EndIdempotent(t.Context(), "k", 0, nil))
		if before, fresh, err := w.BeginIdempotent(t.Context(), "k", "hash"); err != nil || fresh || before.Petition != p.Code {
			t.Errorf("given back: %+v, fresh %t, %v", before, fresh, err)
		}

		refused := errors.New("refused")
		if _, fresh, err := w.BeginIdempotent(t.Context(), "other", "hash"); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		err = w.Tx(store.UnderKey(context.Background(), "other"), func(tx escalation.Tx) error {
			list, err := tx.Petitions(t.Context(), p.ID)
			if err != nil {
				return err
			}
			return errors.Join(tx.Save(store.UnderKey(t.Context(), "other"), []escalation.Change{{Petition: list[0], Before: list[0].Version}}), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		w.must(w.EndIdempotent(t.Context(), "other", 0, nil))
		if _, fresh, err := w.BeginIdempotent(t.Context(), "other", "hash"); err != nil || !fresh {
			t.Errorf("a request that changed nothing keeps its key: fresh %t, %v", fresh, err)
		}
	})
}
