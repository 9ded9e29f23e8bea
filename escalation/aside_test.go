package escalation

import (
	"context"
	"strings"
	"testing"
	"time"
)

// asideHolds is for how long after it was read a reply that was put aside holds rungs.
const asideHolds = time.Hour

func (tx *memoryTx) RetryInbound(_ context.Context, id int64, by Actor) error {
	tx.later(func() { tx.logged = append(tx.logged, "retry "+itoa(id)+" "+by.Name) })
	return nil
}

func (tx *memoryTx) SettleInbound(ctx context.Context, id int64, outcome string, by Actor) error {
	tx.later(func() { tx.logged = append(tx.logged, outcome+" "+itoa(id)+" "+by.Name) })
	return tx.MarkApplied(ctx, id, outcome)
}

func (tx *memoryTx) HeardAfter(_ context.Context, in Inbound) (petitions []int64, err error) {
	for _, later := range tx.inbound {
		if later.From != in.From || !later.Applied || later.ID <= in.ID {
			continue
		}
		for _, b := range tx.bindings {
			if b.Phone == in.From && strings.Contains(later.Text, b.Code) {
				petitions = append(petitions, b.Petition)
			}
		}
	}
	return petitions, nil
}

// aside puts a text aside as the store does.
func (w *town) aside(from int, words string) (*received, *Task) {
	in := w.text(phone(from), words)
	in.Attempts = 21
	sender, _ := w.directory.Sender(in.From, w.now)
	task := AsideTask(in.Inbound, sender, w.now)
	w.last++
	task.ID = w.last
	w.tasks = append(w.tasks, &task)
	return in, &task
}

func TestTheTaskAboutAReplyThatIsPutAsideHasNoneOfItsWords(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	for from, who := range map[int]string{101: "Nguyễn Văn Thử", 777: "057****777"} {
		in, task := w.aside(from, "da sua xong den truoc nha ba Mau")
		if id, ok := task.Aside(); !ok || id != in.ID {
			t.Errorf("%s: is about %d", task.Key, id)
		}
		if task.For != ShiftLead || strings.Contains(task.Text, "den truoc nha") || !strings.Contains(task.Text, "Tin nhắn của "+who+" lúc 8h00 9/3") {
			t.Errorf("%d: %+v", from, task)
		}
	}
	for _, key := range []string{"draft/12", "inbound/", "inbound/x", ""} {
		if id, ok := (Task{Key: key}).Aside(); ok {
			t.Errorf("%q is about the reply %d", key, id)
		}
	}
}

func TestAReplyThatIsPutAsideEndsByHand(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in, task := w.aside(101, "XONG")
	if _, err := w.desk.TryTask(w.ctx, task.ID, "thử lại", shiftLead); err != nil || len(w.logged) != 1 || in.Applied {
		t.Fatalf("tried again: %v, %v", w.logged, err)
	}
	if _, err := w.desk.CompleteTask(w.ctx, task.ID, "đã xử lý", shiftLead); err != nil || !in.Applied || in.outcome != "by_hand" {
		t.Fatalf("acted on: %+v, %v", in, err)
	}
	if want := "retry " + itoa(in.ID) + " " + shiftLead.Name + ", by_hand " + itoa(in.ID) + " " + shiftLead.Name; strings.Join(w.logged, ", ") != want {
		t.Errorf("logged %q, want %q", w.logged, want)
	}
}

func TestAReplyThatIsAppliedAtLastEndsItsTask(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	in, task := w.aside(101, "nhan")
	w.jump("2026-03-09 08:40")
	w.apply(in)
	if p := w.petition(); !p.Slips[0].AcknowledgedAt.Equal(instantAt("2026-03-09 08:10")) {
		t.Errorf("acknowledged at %s", p.Slips[0].AcknowledgedAt)
	}
	if task.DoneAt.IsZero() {
		t.Error("its task is open")
	}
}

func TestAReplyThatIsOvertakenIsShownToAPerson(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	in, _ := w.aside(101, "hen "+w.codeOf(101)+" 15h mai vat tu ve")
	w.jump("2026-03-09 08:40")
	w.says(101, "hen {mtl} 16h mai vat tu ve")
	mark := w.mark()
	w.apply(in)
	if p := w.petition(); !p.ETA.Equal(instantAt("2026-03-10 16:00")) || in.outcome != "refused" {
		t.Errorf("promised %s, the older text is %s", p.ETA, in.outcome)
	}
	if told := w.told(mark); len(told) != 1 || !strings.HasPrefix(told[0], "E9") || len(w.opened(TaskConfirm, "tin gửi sau về", w.code)) != 1 {
		t.Errorf("told %v, tasks %+v", told, w.tasks[len(w.tasks)-1])
	}
}
