package store_test

import (
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

// half is a part of a text of two, from a phone whose reference is always the same.
func (w *world) half(seq int, text string) escalation.Part {
	p := w.single("0570000001", text)
	p.Ref, p.RefWidth, p.Seq, p.Total = 1, 8, seq, 2
	return p
}

// joined applies what is ready until nothing is, and gives the texts.
func (w *world) joined() (texts []escalation.Inbound) {
	w.t.Helper()
	for ids := w.ready(); len(ids) > 0; ids = w.ready() {
		for _, id := range ids {
			texts = append(texts, w.inbound(id))
			w.apply(id)
		}
	}
	return texts
}

func (w *world) wantJoined(whole bool, words ...string) {
	w.t.Helper()
	var got []string
	for _, in := range w.joined() {
		got = append(got, in.Text)
		if in.Incomplete == whole {
			w.t.Errorf("%q is incomplete: %v", in.Text, in.Incomplete)
		}
	}
	if !slices.Equal(got, words) {
		w.t.Errorf("joined: %q, want %q", got, words)
	}
}

func TestTwoTextsUnderOneReferenceAreKeptApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, p := range []escalation.Part{w.half(1, "XONG 11112 da va "), w.half(1, "XONG 22223 da thay "), w.half(1, "XONG 11112 da va ")} {
			w.receive(p) // the last one is a copy of the first
			w.later(time.Second)
		}
		w.wantJoined(true)
		w.receive(w.half(2, "den"))
		w.wantJoined(true, "XONG 22223 da thay den")
		w.later(time.Second)
		w.receive(w.half(2, "duong"))
		w.wantJoined(true, "XONG 11112 da va duong")
		w.later(2 * time.Minute)
		w.wantJoined(true)
	})
}

func TestTextsOneAfterAnotherUnderOneReferenceAreEachWhole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, n := range []string{"mot", "hai", "ba"} {
			w.receive(w.half(1, "XONG "+n))
			w.receive(w.half(2, " het "+n))
			w.wantJoined(true, "XONG "+n+" het "+n)
			w.later(time.Second)
		}
	})
}

// Each of the two waits its own time.
func TestWhatNothingCompletesIsReadWhenItsTimeHasCome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(w.half(1, "XONG 11112 da va "))
		w.later(40 * time.Second)
		w.receive(w.half(1, "XONG 22223 da thay "))
		w.later(30 * time.Second)
		w.wantJoined(false, "XONG 11112 da va ")
		w.receive(w.half(2, "den"))
		w.wantJoined(true, "XONG 22223 da thay den")
	})
}
