package store_test

import "testing"

// A worker of the release before applied the text: the answer is there, the note is not.
func TestATextThatAnOldWorkerAppliedIsNotedBesideItsPetition(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p, other := w.accept(t.Context(), desk), w.accept(t.Context(), desk)
		w.says(desk, focalPhone, "NHAN "+w.codeOf(w.texts(p.Code, "O1")[0].ID))
		w.says(desk, focalPhone, "GIUP")
		heard := func(petition int64) int {
			t.Helper()
			list, err := w.HeardOf(t.Context(), petition, false, 10)
			w.must(err)
			return len(list)
		}
		if heard(p.ID) != 1 {
			t.Fatal("the text is not noted at all")
		}
		_, err := w.raw().Exec(`DELETE FROM inbox_petition`)
		w.must(err)
		for _, want := range []int64{1, 0} {
			if n, err := w.FillHeard(t.Context()); err != nil || n != want {
				t.Errorf("%d noted, %v; want %d", n, err, want)
			}
		}
		if heard(p.ID) != 1 || heard(other.ID) != 0 {
			t.Errorf("noted beside the petition %d, beside the other %d", heard(p.ID), heard(other.ID))
		}
	})
}
