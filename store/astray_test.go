package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// passOn has the desk pass on whatever is to be.
func (w *world) passOn(desk *escalation.Desk) {
	w.t.Helper()
	for _, id := range w.unhandled() {
		w.must(desk.Undelivered(w.t.Context(), id, 30*time.Minute))
	}
}

// leaves are the doors by which the focal officer leaves; each says where the slip goes.
func leaves() map[string]func(*world, *escalation.Desk) (reads string) {
	const newPhone = "+84570000161"
	takes := func(w *world, desk *escalation.Desk, name string) string {
		id, err := desk.AddContact(w.t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: name, Phone: newPhone, Replaces: w.focal}, true, operator)
		w.must(err)
		w.must(desk.VerifyNumber(w.t.Context(), id, operator))
		return newPhone
	}
	focal := func(w *world) escalation.Contact {
		dir, err := w.Directory(w.t.Context())
		w.must(err)
		c, _ := dir.Contact(w.focal)
		return c
	}
	return map[string]func(*world, *escalation.Desk) string{
		"somebody succeeds": func(w *world, desk *escalation.Desk) string { return takes(w, desk, "Đinh Văn Mới") },
		"another number": func(w *world, desk *escalation.Desk) string {
			w.renumbered(desk, focal(w), newPhone)
			return newPhone
		},
		"ended by hand": func(w *world, _ *escalation.Desk) string {
			w.must(w.By(operator).EndContact(w.t.Context(), w.focal, time.Time{}))
			return headPhone // the unit has nobody else
		},
		"ended by date": func(w *world, _ *escalation.Desk) string {
			c := focal(w)
			c.ValidTo = w.now().Add(3 * time.Hour)
			_, err := w.SaveContacts(w.t.Context(), c)
			w.must(err)
			return headPhone
		},
	}
}

func TestNothingThatWaitsForTheMorningGoesToWhoHasLeftAndNothingIsLost(t *testing.T) {
	for name, leave := range leaves() {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				desk := w.desk()
				w.evening()
				w.later(12 * time.Minute) // 21:10
				p := w.accept(t.Context(), desk)
				w.later(20 * time.Minute)
				reads := leave(w, desk)
				w.later(9*time.Hour + 16*time.Minute) // 06:46
				sent := w.say()
				w.passOn(desk)
				sent = append(sent, w.say()...)
				var slips []escalation.Outgoing
				for _, o := range sent {
					if o.Phone == focalPhone {
						t.Errorf("%s went to who has left", o.Template)
					}
					if o.Template == "O1" && o.Phone == reads {
						slips = append(slips, o)
					}
				}
				if len(slips) != 1 {
					t.Fatalf("%d slips went to who has the place, of %+v", len(slips), sent)
				}
				own := w.bindings(reads)
				if !slices.ContainsFunc(own, func(b escalation.Binding) bool {
					return b.Open() && b.PetCode == p.Code && b.Code == slips[0].Vars["mtl"]
				}) {
					t.Errorf("the slip's code %s is none of %+v", slips[0].Vars["mtl"], own)
				}
				old := w.texts(p.Code, "O1")
				i := slices.IndexFunc(old, func(m store.MessageView) bool { return m.Phone == focalPhone })
				if old[i].State != escalation.Failed || old[i].Error != escalation.NotTheirs {
					t.Errorf("the text that waited is %s: %s", old[i].State, old[i].Error)
				}
				if w.passOn(desk); len(w.say()) != 0 {
					t.Error("it is passed on once more")
				}
			})
		})
	}
}

func TestMembersOfABundleToWhoHasLeftArePassedOnEachByItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		members := []int64{w.reminder(), w.reminder()}
		w.later(time.Second)
		if rows := w.say(); len(rows) != 1 || rows[0].Template != "B1" {
			t.Fatalf("no bundle: %+v", rows)
		}
		w.must(w.Release(t.Context(), "gw"))
		w.must(w.By(operator).EndContact(t.Context(), w.focal, time.Time{}))
		w.later(time.Second)
		if rows := w.say(); len(rows) != 0 {
			t.Errorf("went to who has left: %+v", rows)
		}
		for _, id := range members {
			w.wantState(id, escalation.Failed)
		}
		if got := w.unhandled(); !slices.Equal(got, members) {
			t.Errorf("to be passed on are %v, want %v", got, members)
		}
	})
}

func TestWhoIsBackWhenATextIsToGoGetsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.post(w.notice(w.add(nil), "O1"))[0]
		dir, err := w.Directory(t.Context())
		w.must(err)
		c, _ := dir.Contact(w.focal)
		w.later(time.Minute)
		w.must(w.By(operator).EndContact(t.Context(), w.focal, time.Time{}))
		_, err = w.SaveContacts(t.Context(), c)
		w.must(err)
		if rows := w.say(); len(rows) != 1 || rows[0].ID != id {
			t.Errorf("who serves again is sent %+v", rows)
		}
	})
}

func TestRemindersThatWaitedAreNotTiedForWhoHasLeftMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Nanosecond)
		night := func(n *escalation.Notice) { n.NotBefore = w.now().Add(9 * time.Hour) }
		members := []int64{w.reminder(night), w.reminder(night)}
		w.later(time.Hour)
		w.must(w.By(operator).EndContact(t.Context(), w.focal, time.Time{}))
		w.later(9 * time.Hour)
		if rows := w.say(); len(rows) != 0 {
			t.Errorf("went to who has left: %+v", rows)
		}
		if got := w.unhandled(); !slices.Equal(got, members) {
			t.Errorf("to be passed on are %v, want %v", got, members)
		}
	})
}

func TestATextThatMayHaveArrivedBeforeItsReaderLeftIsNotSaidToBeUnsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.say()
		for range 3 { // the lease, the grace, and once more
			w.later(2 * time.Minute)
			if _, err := w.Lapse(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		w.must(w.By(operator).EndContact(t.Context(), w.focal, time.Time{}))
		w.later(time.Minute)
		w.say()
		w.passOn(desk)
		old := w.texts(p.Code, "O1")
		i := slices.IndexFunc(old, func(m store.MessageView) bool { return m.Phone == focalPhone })
		if old[i].State != escalation.Failed || old[i].Error != escalation.NotTheirsAgain {
			t.Errorf("the text is %s: %s", old[i].State, old[i].Error)
		}
		entries, err := w.Timeline(t.Context(), p.ID)
		w.must(err)
		if !slices.ContainsFunc(entries, func(e escalation.Entry) bool {
			return strings.Contains(e.Text, "tin O1 chưa có xác nhận đã đến, không gửi lại")
		}) {
			t.Errorf("the timeline does not say it: %+v", entries)
		}
	})
}
