package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
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

// heeds applies what is ready.
func (w *world) heeds(desk *escalation.Desk) {
	w.t.Helper()
	for _, id := range w.ready() {
		w.must(desk.Reply(w.t.Context(), id))
	}
}

func (w *world) stands(id int64) (p escalation.Petition) {
	w.t.Helper()
	w.tx(func(tx escalation.Tx) error {
		loaded, err := tx.Petitions(w.t.Context(), id)
		p = loaded[0]
		return err
	})
	return p
}

func (w *world) cutTasks(words ...string) (n int) {
	w.t.Helper()
	page, err := w.Tasks(w.t.Context(), store.TaskFilter{Limit: 50})
	w.must(err)
	for _, task := range page.Items {
		if !slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(task.Text, s) }) {
			n++
		}
	}
	return n
}

func TestAPartThatComesWithoutTheFirstIsKeptForAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := escalation.NewDesk(w.Store, w.setting())
		p := w.accept(t.Context(), desk)
		w.later(time.Second)
		w.receive(w.half(2, "sai quy dinh, de nghi thao do"))
		w.later(61 * time.Second)
		w.heeds(desk)
		if got := w.stands(p.ID); got.Status != escalation.Forwarded || got.Return != nil {
			t.Errorf("the piece was taken for a command: %s", got.Status)
		}
		if n := w.cutTasks(p.Code, "thiếu phần đầu"); n != 1 {
			t.Errorf("%d tasks about the piece", n)
		}
		w.receive(w.half(1, "XONG "+w.bindings(focalPhone)[0].Code+" cong trinh xay dung "))
		w.later(61 * time.Second)
		w.heeds(desk)
		if got := w.stands(p.ID); got.Status != escalation.Resolved {
			t.Errorf("what begins with its command is not applied: %s", got.Status)
		}
		if n := w.cutTasks("Kiểm tra và công khai", p.Code, "thiếu một phần)"); n != 1 {
			t.Errorf("%d tasks say that the result is cut", n)
		}
	})
}

func TestAPartThatComesLateGoesToThePetitionOfTheOthers(t *testing.T) {
	for _, late := range []time.Duration{5 * time.Minute, 11 * time.Minute} {
		t.Run(late.String(), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				desk := escalation.NewDesk(w.Store, w.setting())
				first, second := w.accept(t.Context(), desk), w.accept(t.Context(), desk)
				w.later(time.Second)
				bindings := w.bindings(focalPhone) // the newest first
				w.receive(w.half(1, "XONG "+bindings[1].Code+" cong trinh xay dung "))
				w.later(late)
				w.heeds(desk)
				w.receive(w.half(2, "sai quy dinh, de nghi thao do"))
				w.later(61 * time.Second)
				w.heeds(desk)
				if got := w.stands(second.ID); got.Status != escalation.Forwarded {
					t.Errorf("the part was taken for a command: %s", got.Status)
				}
				want := map[bool][]string{true: {"Tin nhắn của", first.Code, "thiếu phần đầu"}, false: {"chưa rõ về phản ánh nào", "thiếu phần đầu"}}[late < 10*time.Minute]
				if n := w.cutTasks(want...); n != 1 {
					t.Errorf("%d tasks with %v", n, want)
				}
				if n := w.cutTasks(second.Code); n != 0 {
					t.Errorf("%d tasks about the other petition", n)
				}
			})
		})
	}
}
