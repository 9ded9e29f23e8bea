package escalation

import (
	"context"
	"errors"
	"testing"
)

// Stories of units that have more open than one transaction hands over.

const manySlips = 2*handedAtOnce + 50

// saving is a ledger that notes how many petitions are saved at once, and whose process dies
// after so many pages; 0: never.
type saving struct {
	*memory
	most, pages, dies int
}

func (s *saving) Tx(ctx context.Context, fn func(Tx) error) error {
	return s.memory.Tx(ctx, func(tx Tx) error { return fn(savingTx{tx, s}) })
}

type savingTx struct {
	Tx
	s *saving
}

var errDied = errors.New("the process has died")

func (tx savingTx) Save(ctx context.Context, changes []Change) error {
	if tx.s.most = max(tx.s.most, len(changes)); len(changes) > 1 {
		if tx.s.pages++; tx.s.dies != 0 && tx.s.pages > tx.s.dies {
			return errDied
		}
	}
	return tx.Tx.Save(ctx, changes)
}

// laden is a town in which the officer of XD has many slips.
func laden(t *testing.T) (*town, *saving) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	s := &saving{memory: w.memory}
	w.desk = NewDesk(s, *w.desk.setting.Load())
	for range manySlips {
		w.forwarded("XD")
	}
	return w, s
}

// handedOnce checks that each slip was handed over once, and told with its code to the number.
func (w *town) handedOnce(number int) {
	w.Helper()
	told := map[string]int{}
	for _, l := range w.messages {
		if l.Notice.Template == "BG" {
			for _, s := range l.Notice.Slips {
				told[s.Code]++
			}
		}
	}
	codes := map[int64]int{}
	for _, b := range w.bindings {
		if b.Open() && b.Phone == phone(number) {
			codes[b.Petition]++
		}
	}
	for id, p := range w.petitions {
		handed := 0
		for _, e := range w.entries[id] {
			if e.Action == "handover" {
				handed++
			}
		}
		if handed != 1 || codes[id] != 1 || told[p.Code] != 1 {
			w.Fatalf("%s was handed over %d times, has %d codes and is in %d texts", p.Code, handed, codes[id], told[p.Code])
		}
	}
}

// handedByPages checks that each slip was handed over once, never more than a page at once,
// and that the Office was told once.
func (w *town) handedByPages(s *saving, mark int, number int) {
	w.Helper()
	if s.most > handedAtOnce {
		w.Errorf("%d petitions are saved at once", s.most)
	}
	w.handedOnce(number)
	if n := len(w.lettersOf(mark, "V5")); n != 1 {
		w.Errorf("the Office is told %d times", n)
	}
}

func TestManySlipsAreHandedOverAPageAtATime(t *testing.T) {
	w, s := laden(t)
	w.newcomer()
	mark := w.mark()
	w.from(161, "OK "+w.asked(161))
	w.handedByPages(s, mark, 161)
}

func TestManySlipsThatWereLeftAreHandedOverAPageAtATime(t *testing.T) {
	w, s := laden(t)
	c := w.listed()
	c.Verified = true
	w.person(c)
	w.ends(101, "2026-03-09 08:00")
	mark := w.mark()
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 {
		t.Fatalf("handed over to %d people, %v", n, err)
	}
	w.handedByPages(s, mark, 169)
}

func TestAHandoverWhoseProcessDiesGoesOnInTheMorning(t *testing.T) {
	w, s := laden(t)
	other := Contact{ID: 100, Unit: "XD", Role: Focal, Name: "Người Khác", Phone: phone(100), Order: 0, Verified: true} // asked first, and in nobody's place
	w.person(other)
	w.do(Actor{Name: other.Name, Contact: other.ID, Role: Focal, Unit: "XD", Channel: ByConsole}, &Acknowledge{}) // the last of the slips
	id := w.newcomer()
	s.dies = 1
	if err := w.desk.VerifyNumber(w.ctx, id, shiftLead); !errors.Is(err, errDied) {
		t.Fatalf("it ends with %v", err)
	}
	if c, _ := w.directory.Contact(id); !c.Serving(w.now) {
		t.Error("the successor does not serve")
	}
	s.dies = 0
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 {
		t.Fatalf("handed over to %d people, %v", n, err)
	}
	w.handedOnce(161)
	mark := w.mark()
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 0 {
		t.Errorf("handed over again to %d people, %v", n, err)
	}
	w.want(mark)
}

// Of a head who has gone the explanation is asked of who has the role now, also once its slip is
// over: nothing else leads to it.
func TestAnExplanationThatWasLeftIsAskedOfWhoHasTheRoleNow(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 3})
	next := w.contact(102)
	next.ID, next.Name, next.Phone, next.Verified = 170, "Đinh Văn Mới", phone(170), true
	w.person(next)
	w.ends(102, w.now.Format("2006-01-02 15:04"))
	for _, want := range []int{1, 1} { // and not again
		if _, err := w.desk.HandLeft(w.ctx); err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, l := range w.messages {
			if l.Notice.Template == "N3" && l.Phone == phone(170) {
				asked++
			}
		}
		if asked != want {
			t.Errorf("the new head is asked %d times", asked)
		}
	}
}
