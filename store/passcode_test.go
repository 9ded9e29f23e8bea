package store_test

import (
	"slices"
	"testing"
	"time"
)

func TestADeviceIsRememberedForWhatItShowedACodeForTheLatestFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.Trust(t.Context(), "secret", "unit:SXD:1", time.Hour))
		w.must(w.Trust(t.Context(), "secret", "unit:SXD:2", 2*time.Hour))
		w.must(w.Trust(t.Context(), "secret", "unit:SXD:3", -time.Second))
		w.must(w.Trust(t.Context(), "other", "unit:MTDT:4", time.Hour))
		got, err := w.Subjects(t.Context(), "secret")
		w.must(err)
		if want := []string{"unit:SXD:2", "unit:SXD:1"}; !slices.Equal(got, want) {
			t.Errorf("it is remembered for %v, want %v", got, want)
		}
		w.must(w.Trust(t.Context(), "secret", "unit:SXD:1", 3*time.Hour))
		if got, err = w.Subjects(t.Context(), "secret"); err != nil || got[0] != "unit:SXD:1" {
			t.Errorf("confirmed anew: %v, %v", got, err)
		}
	})
}
