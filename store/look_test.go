package store_test

import (
	"context"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

func TestALookIsLoggedOnceAnHourForEachKeyAndPetition(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		portal := escalation.Actor{Name: "Cổng dữ liệu", Role: escalation.Operator, Channel: escalation.ByAPI}
		look := func(ctx context.Context, by escalation.Actor, code, with string) {
			t.Helper()
			w.must(w.By(by).Looked(ctx, code, with))
		}
		lines := func(code string) int {
			t.Helper()
			page, err := w.ChangeLog(t.Context(), store.LogCitizen, code, "", 50)
			w.must(err)
			return len(page.Items)
		}
		for range 3 {
			look(t.Context(), portal, "HP261123-0001", "khóa số 1")
		}
		look(t.Context(), portal, "HP261123-0002", "khóa số 1")
		look(t.Context(), portal, "HP261123-0001", "khóa số 2") // another key of that name
		if a, b := lines("HP261123-0001"), lines("HP261123-0002"); a != 2 || b != 1 {
			t.Errorf("%d and %d lines, want 2 and 1", a, b)
		}
		w.later(59 * time.Minute)
		look(t.Context(), portal, "HP261123-0001", "khóa số 1")
		if n := lines("HP261123-0001"); n != 2 {
			t.Errorf("%d lines within the hour", n)
		}
		w.later(2 * time.Minute)
		look(t.Context(), portal, "HP261123-0001", "khóa số 1")
		if n := lines("HP261123-0001"); n != 3 {
			t.Errorf("%d lines after the hour", n)
		}

		// Under a request's key a look is not what the request did.
		_, fresh, err := w.BeginIdempotent(t.Context(), "k", "h")
		w.must(err)
		if !fresh {
			t.Fatal("the key is taken")
		}
		look(store.UnderKey(t.Context(), "k"), portal, "HP261123-0003", "khóa số 1")
		w.must(w.EndIdempotent(t.Context(), "k", 0, nil))
		if _, fresh, err = w.BeginIdempotent(t.Context(), "k", "h"); err != nil || !fresh {
			t.Errorf("a look keeps the key: %v", err)
		}
	})
}
