package escalation

import (
	"context"
	"strings"
	"testing"
)

// Stories of texts that are refused where nobody expected it.

// refusing is a ledger of which one question is refused each time it is asked.
type refusing struct {
	*memory
	at string
}

func (m refusing) Tx(ctx context.Context, fn func(Tx) error) error {
	return m.memory.Tx(ctx, func(tx Tx) error { return fn(&refusingTx{tx, m.at}) })
}

type refusingTx struct {
	Tx
	at string
}

func (tx *refusingTx) no(at string) error {
	if tx.at != at {
		return nil
	}
	return conflict("không được ở %s", at)
}

func (tx *refusingTx) Petitions(ctx context.Context, ids ...int64) ([]Petition, error) {
	if err := tx.no("Petitions"); err != nil {
		return nil, err
	}
	return tx.Tx.Petitions(ctx, ids...)
}

func (tx *refusingTx) Save(ctx context.Context, changes []Change) error {
	if err := tx.no("Save"); err != nil && len(changes) > 0 {
		return err
	}
	return tx.Tx.Save(ctx, changes)
}

func (tx *refusingTx) LockDirectory(ctx context.Context) (*Directory, error) {
	if err := tx.no("LockDirectory"); err != nil {
		return nil, err
	}
	return tx.Tx.LockDirectory(ctx)
}

func (tx *refusingTx) SaveLeave(ctx context.Context, leave Leave) (int64, error) {
	if err := tx.no("SaveLeave"); err != nil {
		return 0, err
	}
	return tx.Tx.SaveLeave(ctx, leave)
}

func (tx *refusingTx) SavePreference(ctx context.Context, phone string, unwanted Unwanted) error {
	if err := tx.no("SavePreference"); err != nil {
		return err
	}
	return tx.Tx.SavePreference(ctx, phone, unwanted)
}

func (tx *refusingTx) Bindings(ctx context.Context, phone string) ([]Binding, error) {
	if err := tx.no("Bindings"); err != nil {
		return nil, err
	}
	return tx.Tx.Bindings(ctx, phone)
}

func TestATextThatIsRefusedIsAnsweredAndHoldsUpNoOther(t *testing.T) {
	for _, tt := range []struct {
		at, words string
		from      int
	}{
		{"Petitions", "NHAN {mtl}", 101}, {"Save", "NHAN {mtl}", 101}, {"Save", "HEN {mtl} 15h 16/3", 101}, {"Save", "XONG {mtl} Da thay 3 bong den", 101},
		{"Save", "SAI {mtl} duong do phuong quan ly", 101}, {"Save", "HOI {mtl} so cot den", 101}, {"Save", "NOIMAY {mtl}", 101}, {"Save", "TT {mtl}", 101},
		{"Save", "da chuyen doi 2 {mtl}", 101}, {"Petitions", "DS", 101}, {"SaveLeave", "NGHI 24/3", 101}, {"SavePreference", "NGUNG", 101}, {"SavePreference", "NGUNG", 777},
		{"Bindings", "NHAN {mtl}", 101}, {"LockDirectory", "OK {hoi}", 102}, {"LockDirectory", "SAI {hoi}", 102}, {"LockDirectory", "OK {hoi}", 161},
		{"Petitions", "DG {mtl} 5", 501}, {"Save", "DG {mtl} 5", 501},
	} {
		t.Run(tt.at+" "+tt.words, func(t *testing.T) {
			w, _ := asked(t, 1)
			w.forwarded("XD")
			w.says(101, "NGHI 20-22/3")
			w.newcomer()
			if strings.Contains(tt.words, "{hoi}") {
				tt.words = strings.ReplaceAll(tt.words, "{hoi}", w.asked(tt.from))
			}
			if strings.Contains(tt.words, "{mtl}") {
				tt.words = strings.ReplaceAll(tt.words, "{mtl}", w.codeOf(tt.from))
			}
			w.to("2026-03-12 08:10")
			mark := w.mark()
			w.desk.ledger = refusing{w.memory, tt.at}
			in := w.from(tt.from, tt.words)
			w.desk.ledger = w.memory
			if in.outcome != "refused" {
				t.Fatalf("the outcome is %s", in.outcome)
			}
			if told := w.told(mark); len(told) != 1 || !strings.HasPrefix(told[0], "E9 ") || w.letter("E9").Phone != phone(tt.from) {
				t.Errorf("told %v", told)
			}
			if tasks := w.opened(TaskConfirm, "chưa thực hiện được: không được ở "+tt.at); len(tasks) != 1 || strings.Contains(tasks[0].Text, phone(tt.from)) {
				t.Errorf("the tasks are %+v", tasks)
			}
		})
	}
}

func TestATextThatLostARaceIsTriedAgain(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	in := w.text(phone(101), "NHAN "+w.codeOf(101))
	w.desk.ledger = stale{w.memory}
	if err := w.desk.Reply(w.ctx, in.ID); !refused(err) || in.Applied {
		t.Errorf("%v, applied: %t", err, in.Applied)
	}
}

// Petitions are locked: who is late twice is late for a reason of our own making, and the
// sender's later texts would wait for it.
func TestATextThatIsLateAgainAndAgainIsTurnedDown(t *testing.T) {
	for _, tt := range []struct {
		late            int
		outcome, answer string
	}{{0, "ack", "A1"}, {1, "ack", "A1"}, {99, "refused", "E9"}} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		mark := w.mark()
		w.desk.ledger = late{w.memory, &tt.late}
		in := w.from(101, "NHAN "+w.codeOf(101))
		w.want(mark, tt.answer+" focal")
		if in.outcome != tt.outcome {
			t.Errorf("the outcome is %s, want %s", in.outcome, tt.outcome)
		}
		if tasks := w.opened(TaskConfirm, "chưa thực hiện được: phản ánh vừa có thay đổi"); len(tasks) == 1 != (tt.outcome == "refused") {
			t.Errorf("%s: the tasks are %+v", tt.outcome, tasks)
		}
	}
}

// late is a ledger in which somebody else is first so many times.
type late struct {
	*memory
	times *int
}

func (m late) Tx(ctx context.Context, fn func(Tx) error) error {
	return m.memory.Tx(ctx, func(tx Tx) error { return fn(&lateTx{tx, m.times}) })
}

type lateTx struct {
	Tx
	times *int
}

func (tx *lateTx) Save(ctx context.Context, changes []Change) error {
	if *tx.times > 0 && len(changes) > 0 {
		*tx.times--
		return &Problem{Kind: Stale, Field: "If-Match", Detail: "hãy tải lại"}
	}
	return tx.Tx.Save(ctx, changes)
}

// stale is a ledger in which somebody else is always first.
type stale struct{ *memory }

func (m stale) Tx(context.Context, func(Tx) error) error { return &Problem{Kind: Stale} }
