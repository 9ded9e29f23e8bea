package store_test

import (
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// aside receives a text that fails until it is put aside.
func (w *world) aside(p escalation.Part) (id int64) {
	w.t.Helper()
	w.receive(p)
	ids := w.ready()
	id = ids[0]
	for range 21 {
		w.must(w.Failed(w.t.Context(), id, "boom"))
		w.later(time.Minute)
	}
	return id
}

// asideTasks are the open tasks about texts that were put aside.
func (w *world) asideTasks() []escalation.Task {
	w.t.Helper()
	page, err := w.Tasks(w.t.Context(), store.TaskFilter{For: escalation.ShiftLead, Limit: 100})
	w.must(err)
	return page.Items
}

// passedOver is how many texts the auditor tells of.
func (w *world) passedOver() int {
	w.t.Helper()
	a, err := w.Audit(w.t.Context())
	w.must(err)
	return a.PassedOver
}

func TestATextThatIsPutAsideGoesOnBeingTried(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bad := w.aside(w.single("0570000001", "XONG"))
		w.receive(w.single("0570000001", "NHAN"))
		for range 3 { // it holds up nobody, and is tried each ten minutes
			w.later(10 * time.Minute)
			got := w.ready()
			if len(got) != 2 || got[0] == bad || got[1] != bad {
				t.Fatalf("ready: %v, want another and then %d", got, bad)
			}
			w.must(w.Failed(t.Context(), bad, "boom"))
			w.later(9 * time.Minute)
			if got := w.ready(); slices.Contains(got, bad) {
				t.Fatalf("tried again after nine minutes: %v", got)
			}
		}
		w.later(time.Minute)
		w.apply(bad)
		if got := w.ready(); slices.Contains(got, bad) || w.passedOver() != 0 {
			t.Errorf("applied at last, it is listed: %v, and counted %d times", got, w.passedOver())
		}
	})
}

// Many that fail slowly leave room for those that do not.
func TestFewOfTheTextsPutAsideAreTriedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var bad []int64
		for _, from := range []string{"0570000011", "0570000012", "0570000013"} {
			bad = append(bad, w.aside(w.single(from, "XONG")))
		}
		w.receive(w.single("0570000001", "NHAN"))
		w.later(10 * time.Minute)
		got := w.ready()
		if len(got) != 3 || slices.Contains(bad, got[0]) || !slices.Equal(got[1:], bad[:2]) {
			t.Fatalf("ready: %v, want another and then %v", got, bad[:2])
		}
		w.must(w.Failed(t.Context(), bad[0], "boom"))
		if got := w.ready(); !slices.Equal(got[1:], bad[1:]) {
			t.Errorf("then: %v, want %v", got[1:], bad[1:])
		}
	})
}

func TestWorkersThatFailAtOnceHaveFailedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(w.single("0570000001", "XONG"))
		bad, rounds := w.ready()[0], 0
		for ; w.passedOver() == 0; rounds++ {
			for range 3 { // workers that listed it together
				w.must(w.Failed(t.Context(), bad, "boom"))
			}
			w.later(time.Minute)
		}
		if rounds < 19 { // nothing waits before the second failure
			t.Errorf("put aside after %d attempts", rounds)
		}
	})
}

func TestATextThatIsPutAsideHoldsItsPetitionsRungsForAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{w.armed(escalation.RungHead, 30*time.Minute), w.armed(escalation.RungOverdue, 3*time.Hour)}
		})
		w.post(w.coded(p.ID, 1, 0, escalation.Focal, w.focal))
		w.later(time.Second)
		read := w.now()
		w.aside(w.single("0570000001", "NHAN"))
		w.later(read.Add(59 * time.Minute).Sub(w.now()))
		if got := dueNow(w, 10); len(got) != 0 {
			t.Fatalf("fired while the reply may still be applied: %v", got)
		}
		w.later(2 * time.Minute)
		if got := dueNow(w, 10); len(got) != 1 {
			t.Fatal("a reply that nobody can apply holds the rung for ever")
		}
	})
}

func TestAPersonActsOnATextThatIsPutAside(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.deskOver(w)
		bad := w.aside(w.single("0570000001", "XONG 4572 da sua den"))
		w.later(10 * time.Minute)
		w.must(w.Failed(t.Context(), bad, "boom")) // asked for once
		tasks := w.asideTasks()
		if len(tasks) != 1 || tasks[0].Contact != w.focal || tasks[0].Key != escalation.AsideKey(bad) {
			t.Fatalf("tasks: %+v", tasks)
		}
		texts, err := w.InboundTexts(t.Context(), []int64{bad}, true)
		if err != nil || texts[bad] != "XONG 4572 da sua den" {
			t.Errorf("its words are %v, %v", texts, err)
		}
		tried, err := desk.TryTask(t.Context(), tasks[0].ID, "thử lại", operator)
		if err != nil || !tried.DoneAt.IsZero() || !slices.Equal(w.ready(), []int64{bad}) {
			t.Errorf("tried again at once: %v, %+v, %v", w.ready(), tried, err)
		}
		if w.passedOver() != 1 {
			t.Error("the auditor does not tell of what nobody has acted on")
		}
		if _, err := desk.CompleteTask(t.Context(), tasks[0].ID, "đã xử lý", operator); err != nil {
			t.Fatal(err)
		}
		if in := w.inbound(bad); !in.Applied || len(w.ready()) != 0 || w.passedOver() != 0 {
			t.Errorf("acted on, it is tried again (%v) and told of %d times: %+v", w.ready(), w.passedOver(), in)
		}
		log, err := w.ChangeLog(t.Context(), store.LogInbound, "", "", 10)
		w.must(err)
		if len(log.Items) != 2 || log.Items[0].Action != "by_hand" || log.Items[1].Action != "retry" || log.Items[0].Actor != operator.Name {
			t.Errorf("logged: %+v", log.Items)
		}
	})
}

func TestATextThatIsAppliedAtLastEndsItsTask(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bad := w.aside(w.single("0570000001", "GIUP"))
		if len(w.asideTasks()) != 1 {
			t.Fatal("nobody is asked to act on it")
		}
		w.must(w.deskOver(w).Reply(t.Context(), bad))
		if left := w.asideTasks(); len(left) != 0 || !w.inbound(bad).Applied {
			t.Errorf("still to be done: %+v", left)
		}
	})
}

// An older word does not replace a newer one.
func TestATextThatIsOvertakenIsShownAndNotApplied(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.deskOver(w)
		p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng trước số nhà, rất tối", Field: "chiếu sáng",
			Units: []escalation.UnitRef{{Code: "SXD"}}, Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone}}, operator)
		w.must(err)
		code := w.bindings(focalPhone)[0].Code
		w.later(time.Minute)
		bad := w.aside(w.single("0570000001", "HEN "+code+" 15h vat tu ve"))
		w.receive(w.single("0570000001", "HEN "+code+" 16h vat tu ve"))
		for _, id := range w.ready() {
			if id != bad {
				w.must(desk.Reply(t.Context(), id))
			}
		}
		w.must(desk.Reply(t.Context(), bad))
		found, err := w.PetitionByCode(t.Context(), p.Code)
		w.must(err)
		if eta := found.Petition.ETA; eta.Hour() != 16 {
			t.Errorf("the promise is %s", eta)
		}
		if page, err := w.Inbounds(t.Context(), store.InboundFilter{}); err != nil || page.Items[1].Outcome != "refused" {
			t.Errorf("the older text: %+v, %v", page.Items, err)
		}
	})
}

func TestATextThatWasEmptiedIsNeitherToldOfNorTried(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.aside(w.single("0570000001", "XONG"))
		w.later(time.Hour)
		if page, err := w.EmptyOld(t.Context(), store.RetainInbound, w.now(), 0, 100); err != nil || page.Rows != 1 {
			t.Fatalf("emptied: %+v, %v", page, err)
		}
		if got := w.ready(); len(got) != 0 || w.passedOver() != 0 || len(w.asideTasks()) != 0 {
			t.Errorf("ready %v, told of %d, tasks %+v", got, w.passedOver(), w.asideTasks())
		}
	})
}

func TestATextThatIsErasedEndsItsTask(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.aside(w.single("0570000101", "den van hong"))
		if len(w.asideTasks()) != 1 {
			t.Fatal("nobody is asked to act on it")
		}
		w.must(w.By(operator).ForgetPhone(t.Context(), citizenPhone, ""))
		if left := w.asideTasks(); len(left) != 0 || w.passedOver() != 0 {
			t.Errorf("still to be done: %+v", left)
		}
	})
}
