package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// spoil makes the stored state of a petition unreadable.
func (w *world) spoil(petition int64) {
	w.t.Helper()
	db := w.raw()
	defer db.Close()
	_, err := db.Exec(fmt.Sprintf(`UPDATE petition SET state = replace(state, '"rounds":1', '"rounds":"one"') WHERE id = %d`, petition))
	w.must(err)
}

func sameDue(a, b escalation.DuePetition) bool {
	return a.ID == b.ID && a.Code == b.Code && a.Due.Equal(b.Due)
}

func TestAPetitionThatCannotBeReadIsNamedAndTheOthersFireWithoutIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		bad := w.accept(t.Context(), desk)
		w.later(time.Minute)
		good := w.accept(t.Context(), desk)
		w.spoil(bad.ID)
		w.later(24 * time.Hour)
		both := []escalation.DuePetition{{ID: bad.ID, Code: bad.Code, Due: bad.NextDue()}, {ID: good.ID, Code: good.Code, Due: good.NextDue()}}
		n, due, err := desk.FireDue(t.Context(), 100)
		if err == nil || n != 0 || !slices.EqualFunc(due, both, sameDue) {
			t.Errorf("%d fired of %v, %v; want an error about %v", n, due, err, both)
		}
		if n, due, err := desk.FireDue(t.Context(), 1); err == nil || n != 0 || !slices.EqualFunc(due, both[:1], sameDue) {
			t.Errorf("by itself: %d fired of %v, %v", n, due, err)
		}
		if n, due, err := desk.FireDue(t.Context(), 1, bad.ID); err != nil || n == 0 || !slices.EqualFunc(due, both[1:], sameDue) {
			t.Errorf("without it: %d fired of %v, %v", n, due, err)
		}
		found, err := w.PetitionByCode(t.Context(), good.Code)
		w.must(err)
		if found.Status != escalation.Escalated {
			t.Errorf("after eight working hours the healthy petition is %s", found.Status)
		}
		if n, due, err := desk.FireDue(t.Context(), 100, bad.ID); err != nil || n != 0 || len(due) != 0 {
			t.Errorf("nothing more is due: %d of %v, %v", n, due, err)
		}
	})
}

func TestMorePetitionsThatAreStuckThanAPageHoldsHideNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var stuck []int64
		arm := func(p *escalation.Petition, _ *escalation.Effects) {
			p.Rungs = []escalation.Rung{w.armed("one", time.Minute), w.armed("two", time.Minute), w.armed("three", time.Minute)}
		}
		for range 12 {
			stuck = append(stuck, w.add(arm).ID)
		}
		w.later(time.Second)
		last := w.add(arm)
		w.later(time.Hour)
		w.tx(func(tx escalation.Tx) error {
			due, err := tx.Due(t.Context(), tx.Now(), 1, escalation.DuePetition{}, stuck)
			if len(due) != 1 || due[0].ID != last.ID {
				t.Errorf("due are %v, want %d", due, last.ID)
			}
			return err
		})
	})
}

// Each has several rungs: a later one of somebody passed is no reason to begin again.
func TestDuePetitionsAreWalkedOnePastTheOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []int64
		for i := range 5 {
			if i == 3 {
				w.later(time.Second)
			}
			want = append(want, w.add(func(p *escalation.Petition, _ *escalation.Effects) {
				p.Rungs = []escalation.Rung{w.armed("one", time.Minute), w.armed("two", 2*time.Minute), w.armed("three", 3*time.Minute)}
			}).ID)
		}
		w.later(time.Hour)
		w.tx(func(tx escalation.Tx) error {
			var got []int64
			for past := (escalation.DuePetition{}); len(got) <= len(want); {
				due, err := tx.Due(t.Context(), tx.Now(), 1, past, nil)
				if w.must(err); len(due) == 0 {
					break
				}
				past = due[0]
				got = append(got, past.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("walked %v, want %v", got, want)
			}
			return nil
		})
		late, ok, err := w.OldestDue(t.Context(), w.now(), want[:3]...)
		if err != nil || !ok || !late.Equal(w.now().Add(time.Minute-time.Hour)) {
			t.Errorf("but for the first three the oldest is due at %s, %t, %v", late, ok, err)
		}
		if a, err := w.Audit(t.Context(), want[:3]...); err != nil || !a.OldestDue.Equal(late) || a.DueRungs != 15 {
			t.Errorf("the audit says %s, %d, %v", a.OldestDue, a.DueRungs, err)
		}
	})
}

func TestAPanicOfADecisionIsAnErrorThatNamesWhoseItWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.accept(t.Context(), w.desk())
		w.later(24 * time.Hour)
		broken := escalation.NewDesk(w.Store, escalation.Setting{}) // no policy, no calendar
		n, due, err := broken.FireDue(t.Context(), 100)
		if err == nil || !strings.HasPrefix(err.Error(), "panic") || n != 0 || len(due) != 1 || due[0].Code != p.Code {
			t.Errorf("%d fired of %v: %v", n, due, err)
		}
		if n, _, err := w.desk().FireDue(t.Context(), 100); err != nil || n == 0 {
			t.Errorf("afterwards %d fired, %v", n, err)
		}
	})
}
