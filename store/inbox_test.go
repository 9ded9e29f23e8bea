package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

func (w *world) single(from, text string) escalation.Part {
	return escalation.Part{SMSC: "vnpt", From: from, To: "8022", Text: text, Raw: []byte(text), ReadAt: w.now()}
}

func (w *world) receive(p escalation.Part) {
	w.t.Helper()
	w.must(w.Receive(w.t.Context(), p))
}

func (w *world) ready() []int64 {
	w.t.Helper()
	ids, err := w.Ready(w.t.Context(), time.Minute, 100)
	w.must(err)
	return ids
}

func (w *world) inbound(id int64) escalation.Inbound {
	w.t.Helper()
	var in escalation.Inbound
	w.tx(func(tx escalation.Tx) (err error) {
		in, err = tx.Inbound(w.t.Context(), id)
		return err
	})
	return in
}

func (w *world) apply(id int64) {
	w.t.Helper()
	w.tx(func(tx escalation.Tx) error { return tx.MarkApplied(w.t.Context(), id, "ack") })
}

func TestTextsAreAppliedInOrderPerPhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, p := range []escalation.Part{w.single("0570000001", "NHAN"), w.single("84570000002", "XONG"), w.single("+84570000001", "HEN")} {
			w.receive(p)
			if i == 0 {
				w.later(time.Second)
			}
		}
		first := w.ready()
		if len(first) != 2 {
			t.Fatalf("ready: %v, want the oldest of two phones", first)
		}
		if in := w.inbound(first[0]); in.From != focalPhone || in.Text != "NHAN" || in.Applied || in.To != "8022" {
			t.Errorf("the oldest: %+v", in)
		}
		w.apply(first[0])
		w.apply(first[1])
		second := w.ready()
		if len(second) != 1 || w.inbound(second[0]).Text != "HEN" {
			t.Fatalf("then: %v", second)
		}
		if !w.inbound(first[0]).Applied {
			t.Error("an applied text does not say so")
		}
		w.apply(second[0])
		if rest := w.ready(); len(rest) != 0 {
			t.Errorf("left: %v", rest)
		}
	})
}

func TestASenderThatIsNoNumberStaysAsItCame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for from, want := range map[string]string{"VIETTEL": "VIETTEL", "191": "191", "0570000009": "+84570000009", "84570000008": "+84570000008",
			"+84570000007": "+84570000007", "+4915112345678": "+4915112345678", "": ""} {
			w.receive(w.single(from, "xin chao "+from))
			for _, id := range w.ready() {
				if in := w.inbound(id); in.From != want {
					t.Errorf("from %q: %q, want %q", from, in.From, want)
				}
				w.apply(id)
			}
		}
	})
}

func TestAnUnreadableTextIsStoredAllTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.single("0570000001", "a\x00b\xff")
		p.Raw = nil
		w.receive(p)
		if in := w.inbound(w.ready()[0]); in.Text != "ab\uFFFD" {
			t.Errorf("read %q", in.Text)
		}
	})
}

func TestAFailingTextHoldsItsSenderUntilItIsPassedOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(w.single("0570000001", "NHAN"))
		w.receive(w.single("0570000001", "XONG"))
		bad := w.ready()[0]
		for n := range 21 {
			if got := w.ready(); !slices.Equal(got, []int64{bad}) {
				t.Fatalf("after %d failures: %v, want %d", n, got, bad)
			}
			w.must(w.Failed(t.Context(), bad, "boom"))
			if n >= 2 && len(w.ready()) != 0 && n < 20 {
				t.Fatalf("after %d failures there is no pause", n+1)
			}
			w.later(time.Minute)
		}
		next := w.ready()
		if len(next) != 1 || next[0] == bad {
			t.Fatalf("after 21 failures: %v", next)
		}
		a, err := w.Audit(t.Context())
		w.must(err)
		if a.PassedOver != 1 || a.Unapplied != 1 {
			t.Errorf("audit: %d passed over, %d unapplied", a.PassedOver, a.Unapplied)
		}
		page, err := w.Inbounds(t.Context(), store.InboundFilter{Unapplied: true})
		w.must(err)
		if len(page.Items) != 2 || page.Items[1].Error != "boom" || page.Items[1].Attempts != 21 {
			t.Errorf("listed: %+v", page.Items)
		}
	})
}

// long is a part of a text of three.
func (w *world) long(ref, seq int, text string) escalation.Part {
	p := w.single("0570000001", text)
	p.Ref, p.RefWidth, p.Seq, p.Total = ref, 8, seq, 3
	return p
}

func TestALongTextIsJoinedWhenItsLastPartComes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(w.long(7, 3, " C"))
		w.receive(w.long(7, 1, "A"))
		w.receive(w.long(8, 1, "other")) // another reference
		w.receive(w.long(7, 1, "A"))     // a part delivered again
		if got := w.ready(); len(got) != 0 {
			t.Fatalf("ready with a part missing: %v", got)
		}
		w.later(time.Second)
		w.receive(w.long(7, 2, " B"))
		got := w.ready()
		if len(got) != 1 {
			t.Fatalf("ready: %v", got)
		}
		if in := w.inbound(got[0]); in.Text != "A B C" || in.Incomplete || !in.ReadAt.Equal(w.now()) {
			t.Errorf("joined: %+v", in)
		}
		w.apply(got[0])
		w.receive(w.long(7, 2, " B")) // delivered again after the joining
		w.later(2 * time.Minute)
		got = w.ready()
		if len(got) != 1 {
			t.Fatalf("after the patience: %v, want the other text alone", got)
		}
		if in := w.inbound(got[0]); in.Text != "other" || !in.Incomplete {
			t.Errorf("incomplete: %+v", in)
		}
	})
}

func TestARedeliveryIsKnownUnlessACodeWasIssuedBetween(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		last := func() escalation.Inbound {
			page, err := w.Inbounds(t.Context(), store.InboundFilter{Limit: 1})
			w.must(err)
			return page.Items[0].Inbound
		}
		repeat := func() (is bool) {
			in := last()
			w.tx(func(tx escalation.Tx) (err error) {
				is, err = tx.RepeatOf(t.Context(), in, 2*time.Minute)
				return err
			})
			return is
		}
		w.receive(w.single("0570000001", "XONG"))
		if repeat() {
			t.Error("the first is called a repetition")
		}
		w.later(time.Minute)
		w.receive(w.single("0570000001", "XONG"))
		if !repeat() {
			t.Error("the same a minute later is not known again")
		}
		w.receive(w.single("0570000001", "xong"))
		if repeat() {
			t.Error("other octets are called a repetition")
		}
		w.receive(w.single("0570000002", "XONG"))
		if repeat() {
			t.Error("another sender's is called a repetition")
		}
		w.later(time.Second)
		w.post(w.coded(p.ID, 1, 0, escalation.Focal, w.focal))
		w.later(time.Second)
		w.receive(w.single("0570000001", "XONG"))
		if repeat() {
			t.Error("after a new code the same word is a new answer")
		}
		w.later(2*time.Minute + time.Second)
		w.receive(w.single("0570000001", "XONG"))
		if repeat() {
			t.Error("after the window the same word is a new answer")
		}
	})
}

func TestAReplyReadBeforeARungsDueTimeHoldsTheRung(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, time.Minute)}
		})
		w.post(w.coded(p.ID, 1, 0, escalation.Focal, w.focal))
		w.later(time.Second)
		w.receive(w.single("0570000003", "NHAN")) // holds no code of the petition
		w.later(time.Minute)
		if got := dueNow(w, 10); len(got) != 1 {
			t.Fatalf("a stranger's text holds the rung: %v", got)
		}
		after := w.single("0570000001", "after")
		w.receive(after)
		if got := dueNow(w, 10); len(got) != 1 {
			t.Fatalf("a reply read after the due time holds the rung: %v", got)
		}
		before := w.single("0570000001", "before")
		before.ReadAt = monday.Add(30 * time.Second)
		w.receive(before)
		if got := dueNow(w, 10); len(got) != 0 {
			t.Fatalf("fired before the reply was applied: %v", got)
		}
		for range 3 {
			for _, id := range w.ready() {
				w.apply(id)
			}
		}
		if got := dueNow(w, 10); len(got) != 1 {
			t.Fatalf("the applied reply still holds the rung: %v", got)
		}
		part := w.long(1, 1, "part")
		part.ReadAt = monday.Add(40 * time.Second)
		w.receive(part)
		if got := dueNow(w, 10); len(got) != 0 {
			t.Error("fired while a part of a reply waits for the others")
		}
	})
}

func TestManyReceptionsAtOnceAreAllStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const readers, texts = 8, 25
		var wg sync.WaitGroup
		for r := range readers {
			wg.Go(func() {
				for i := range texts {
					p := w.single(fmt.Sprintf("0570000%03d", r), fmt.Sprint("text ", i))
					if err := w.Receive(context.Background(), p); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		a, err := w.Audit(t.Context())
		w.must(err)
		if a.Unapplied != readers*texts {
			t.Errorf("%d texts are stored, want %d", a.Unapplied, readers*texts)
		}
		if got := w.ready(); len(got) != readers {
			t.Errorf("%d are ready, want one of each phone", len(got))
		}
	})
}

// field failure 45
func TestErrorAnswersAreCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, template := range []string{"E1", "E2", "A1"} {
			w.post(escalation.Notice{Template: template, Seq: i, To: escalation.Recipient{Phone: focalPhone}, Lane: escalation.LaneSlip, Class: escalation.ClassAnswer, At: w.now()})
			w.later(time.Minute)
		}
		w.tx(func(tx escalation.Tx) error {
			for since, want := range map[time.Time]int{monday: 2, monday.Add(time.Second): 1, w.now(): 0} {
				if n, err := tx.ErrorAnswers(t.Context(), focalPhone, since); n != want || err != nil {
					t.Errorf("since %v: %d, %v; want %d", since, n, err, want)
				}
			}
			return nil
		})
	})
}
