package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"notify1022/escalation"
)

// mailed is a notice to the officer's mail address.
func (w *world) mailed(e *escalation.Enclosure) escalation.Notice {
	n := w.notice(escalation.Petition{}, "VT")
	n.To.ByEmail, n.Class, n.Enclosure = true, escalation.ClassReport, e
	return n
}

func (w *world) enclosure(message int64) escalation.Enclosure {
	w.t.Helper()
	e, err := w.Enclosure(w.t.Context(), message)
	w.must(err)
	return e
}

func TestAMailsEnclosureComesBackAsItWasGiven(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := escalation.Enclosure{
			Text: "Mã   Hạn\n", HTML: "<p>Đèn</p>",
			Files: []escalation.EnclosedFile{
				{Name: "a.csv", MediaType: "text/csv; charset=utf-8", Content: []byte("\ufeffmã\r\n")},
				{Name: "b.bin", MediaType: "application/octet-stream", Content: bytes.Repeat([]byte{0, 0xff}, 1<<20)},
				{Name: "c.txt", MediaType: "text/plain", Content: []byte{}},
			},
		}
		ids := w.post(w.mailed(&all))
		if diff := cmp.Diff(all, w.enclosure(ids[0]), cmp.Comparer(bytes.Equal)); diff != "" {
			t.Error(diff)
		}
		none := w.notice(escalation.Petition{}, "V1")
		if e := w.enclosure(w.post(none)[0]); !e.Empty() {
			t.Errorf("a text encloses %+v", e)
		}
	})
}

func TestANoticeQueuedAgainKeepsWhatItEnclosedFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := escalation.Enclosure{Text: "một"}
		ids := w.post(w.mailed(&first))
		again := w.post(w.mailed(&escalation.Enclosure{Text: "hai", HTML: "<p>hai</p>"}), w.mailed(nil))
		if diff := cmp.Diff(first, w.enclosure(ids[0])); diff != "" || again[0] != ids[0] {
			t.Errorf("message %d, then %d: %s", ids[0], again[0], diff)
		}
	})
}

func TestWhatCannotBeEnclosedQueuesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		file := func(name string, size int) *escalation.Enclosure {
			return &escalation.Enclosure{Files: []escalation.EnclosedFile{{Name: name, MediaType: "text/csv", Content: make([]byte, size)}}}
		}
		text := w.mailed(&escalation.Enclosure{Text: "x"})
		text.To = escalation.Recipient{Phone: citizenPhone} // who has no mail that could follow
		for name, n := range map[string]escalation.Notice{
			"too large": w.mailed(file("a.csv", escalation.EnclosureMost+1)), "a path": w.mailed(file("../a.csv", 1)), "a text": text,
		} {
			if ids, err := w.InsertMessages(t.Context(), []escalation.Notice{n}); err == nil {
				t.Errorf("%s: queued as %v", name, ids)
			}
		}
		if rows, err := w.ClaimMail(t.Context(), "gw", 10, time.Minute, render); err != nil || len(rows) != 0 {
			t.Errorf("%d rows (%v)", len(rows), err)
		}
	})
}

func TestAnEnclosureIsForgottenLongAfterItsMailWent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sent := w.post(w.mailed(&escalation.Enclosure{Text: "x"}))[0]
		if rows, err := w.ClaimMail(t.Context(), "gw", 10, time.Minute, render); err != nil || len(rows) != 1 {
			t.Fatalf("%d rows (%v)", len(rows), err)
		}
		for n := range 2 {
			w.settle(sent, n+1, escalation.Accepted, "")
		}
		other := w.mailed(&escalation.Enclosure{Text: "y"})
		other.Seq = 1
		waits := w.post(other)[0]
		for _, test := range []struct {
			after      time.Duration
			kept, left bool
		}{{80 * 24 * time.Hour, true, true}, {20 * 24 * time.Hour, false, true}} {
			w.later(test.after)
			if _, err := w.Prune(t.Context(), 90*24*time.Hour); err != nil {
				t.Fatal(err)
			}
			a, b := w.enclosure(sent), w.enclosure(waits)
			if a.Empty() == test.kept || b.Empty() == test.left {
				t.Errorf("after %s: of the sent mail %+v, of the waiting one %+v", test.after, a, b)
			}
		}
	})
}
