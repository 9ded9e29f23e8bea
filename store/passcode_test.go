package store_test

import (
	"fmt"
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

// uses shows the code of the subject.
func (w *world) uses(subject, code string) bool {
	w.t.Helper()
	right, err := w.UsePasscode(w.t.Context(), subject, code)
	w.must(err)
	return right
}

// field failure: whoever had the link ended the officer's code by asking for another.
func TestACodeIsGoodForItsTimeWhateverIsSentAfterIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 6 {
			w.must(w.NewPasscode(t.Context(), "unit:SXD:1", fmt.Sprintf("11111%d", i)))
		}
		w.must(w.NewPasscode(t.Context(), "unit:SXD:2", "222222"))
		live := func() []string {
			list, err := w.LivePasscodes(t.Context(), "unit:SXD:1", "unit:SXD:3")
			w.must(err)
			return list
		}
		if got := live(); !slices.Equal(got, []string{"unit:SXD:1"}) {
			t.Errorf("codes are good for %v", got)
		}
		if w.uses("unit:SXD:1", "222222") || w.uses("unit:SXD:1", "") {
			t.Error("another's code is right")
		}
		if !w.uses("unit:SXD:1", "111110") || !w.uses("unit:SXD:1", "111115") {
			t.Error("the first or the last is not right")
		}
		if w.uses("unit:SXD:1", "111110") {
			t.Error("a code is right twice")
		}
		w.later(5 * time.Minute)
		if w.uses("unit:SXD:1", "111111") || len(live()) != 0 {
			t.Error("a code outlives its time")
		}
	})
}

func TestWrongTriesCountAtEveryCodeThatIsLive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, code := range []string{"111111", "111112"} {
			w.must(w.NewPasscode(t.Context(), "unit:SXD:1", code))
		}
		for range 5 {
			w.uses("unit:SXD:1", "000000")
		}
		if w.uses("unit:SXD:1", "111111") || w.uses("unit:SXD:1", "111112") {
			t.Error("a code is taken at the sixth try")
		}
		if live, err := w.LivePasscodes(t.Context(), "unit:SXD:1"); err != nil || len(live) != 0 {
			t.Errorf("%v, %v", live, err)
		}
		w.must(w.NewPasscode(t.Context(), "unit:SXD:1", "111113"))
		if !w.uses("unit:SXD:1", "111113") {
			t.Error("tries at codes before count at a new one")
		}
	})
}
