package store_test

import (
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// Of a petition named by two codes there is one change of one version; a second one would be
// stale each time, and hold up the number's later texts and the petition's rungs.
func TestATextThatNamesAPetitionTwiceIsAppliedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		_, err := w.SaveContacts(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Head, Name: "Thủ trưởng", Phone: focalPhone, Order: -1})
		w.must(err)
		p := w.accept(t.Context(), desk)
		slip := w.bindings(focalPhone)[0].Code
		w.says(desk, focalPhone, p.Code+" ma "+slip+" can them xe va nguoi")
		w.later(24 * time.Hour) // Tuesday: the head is told on the same number
		w.fireAll(desk)
		codes := w.bindings(focalPhone)
		if len(codes) != 2 {
			t.Fatalf("the codes are %+v", codes)
		}
		w.says(desk, focalPhone, codes[1].Code+", "+codes[0].Code+" chung toi dang cu nguoi xuong")
		heard, err := w.Inbounds(t.Context(), store.InboundFilter{})
		w.must(err)
		for _, in := range heard.Items {
			if in.Outcome != "text" {
				t.Errorf("%q is applied as %q, failed %d times", in.Text, in.Outcome, in.Attempts)
			}
		}
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		kept := 0
		for _, e := range found.Timeline {
			if strings.HasPrefix(e.Text, "tin nhắn của đơn vị") {
				kept++
			}
		}
		if len(heard.Items) != 2 || kept != 2 {
			t.Errorf("of two texts %d came and %d are kept", len(heard.Items), kept)
		}
	})
}
