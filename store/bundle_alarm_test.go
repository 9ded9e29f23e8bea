package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// alarm queues the text that nobody has opened a petition of its own.
func (w *world) alarm() (p escalation.Petition, id int64) {
	w.t.Helper()
	p = w.add(nil)
	n := w.notice(p, "T1")
	n.Class, n.Lane, n.Rung = escalation.ClassAlarm, escalation.LaneUrgent, escalation.RungIntake
	n.Vars = map[string]string{"ma": p.Code, "noi_dung": "phiếu mới", "lp": "1022.haiphong.gov.vn/p/abc"}
	return p, w.post(n)[0]
}

// field failure: half an hour after ninety forms the shift lead had ninety texts.
func TestAHeapOfAlarmsIsOneTextAndIsPassedOnAsAHeap(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Minute)
		oldest, first := w.alarm()
		ids := []int64{first}
		for range 89 {
			_, id := w.alarm()
			ids = append(ids, id)
		}
		if rows := w.say(); len(rows) != 0 {
			t.Fatalf("before the window is over: %d texts", len(rows))
		}
		w.later(time.Minute + time.Second)
		rows := w.say()
		if len(rows) != 1 || rows[0].Template != "T1" || !strings.Contains(rows[0].Text, oldest.Code) || !strings.Contains(rows[0].Vars["noi_dung"], "89") {
			t.Fatalf("%d texts: %+v", len(rows), rows[0])
		}
		w.end(rows[0].ID, escalation.Failed, "")
		for _, id := range ids {
			w.wantState(id, escalation.Failed)
		}
		if got, err := w.Unhandled(t.Context(), time.Hour, 200); err != nil || len(got) != len(ids) || got[0] != first {
			t.Errorf("%d are to be passed on, want the %d members", len(got), len(ids))
		}
		_, alone := w.alarm()
		w.later(time.Minute + time.Second)
		if rows := w.say(); len(rows) != 1 || rows[0].ID != alone || rows[0].Vars["noi_dung"] != "phiếu mới" {
			t.Errorf("in a calm hour: %+v", rows)
		}
	})
}

// A heap of alarms that an SMSC in trouble keeps refusing goes to somebody else as one
// alarm would; the heap itself is nobody's to pass on.
func TestAHeapOfAlarmsThatNobodyTakesIsPassedOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Minute)
		var ids []int64
		for range 3 {
			_, id := w.alarm()
			ids = append(ids, id)
		}
		w.later(time.Minute + time.Second)
		begun, bundle, told := w.machineNow(), int64(0), time.Duration(0)
		for since := time.Duration(0); since < 30*time.Minute; since = w.machineNow().Sub(begun) {
			rows := w.say()
			if len(rows) != 1 || bundle != 0 && rows[0].ID != bundle {
				t.Fatalf("after %s: %+v", since, rows)
			}
			bundle = rows[0].ID
			pause := min(time.Second<<min(rows[0].Refusals, 6), time.Minute)
			w.must(w.Settle(t.Context(), refused(rows[0], pause)))
			if list := w.unhandled(); len(list) > 0 {
				if told != 0 || !slices.Equal(list, ids) {
					t.Fatalf("to be passed on after %s: %v, want %v once", since, list, ids)
				}
				told = since
				w.tx(func(tx escalation.Tx) error {
					if still, err := tx.Undelivered(t.Context(), bundle, 30*time.Minute); still || err != nil {
						t.Errorf("the bundle is passed on itself: %t, %v", still, err)
					}
					for _, id := range ids {
						if still, err := tx.Undelivered(t.Context(), id, 30*time.Minute); !still || err != nil {
							t.Errorf("member %d is not passed on: %v", id, err)
						}
						w.must(tx.MarkHandled(t.Context(), id))
					}
					return nil
				})
			}
			w.later(pause)
			_, err := w.Lapse(t.Context(), time.Minute)
			w.must(err)
		}
		if told < 10*time.Minute || told > 20*time.Minute {
			t.Errorf("passed on after %s", told)
		}
		w.end(w.say()[0].ID, escalation.Accepted, "b") // the trouble is over
		for _, id := range ids {
			w.wantState(id, escalation.Accepted)
		}
		w.later(time.Hour)
		if list := w.unhandled(); len(list) != 0 {
			t.Errorf("passed on once more: %v", list)
		}
	})
}

// Whoever has opened a petition needs not be told of it.
func TestAnAlarmAboutAPetitionThatWasOpenedMeanwhileIsDropped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Bundling(time.Minute)
		_, err := w.SaveContacts(t.Context(), escalation.Contact{Role: escalation.ShiftLead, Name: "Trưởng ca", Phone: "+84570000009"})
		w.must(err)
		desk := w.desk()
		record := func() escalation.Petition {
			p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Rác không ai thu gom", Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone}}, operator)
			w.must(err)
			return p
		}
		opened, other := record(), record()
		w.later(31 * time.Minute)
		_, _, err = desk.FireDue(t.Context(), 100)
		w.must(err)
		_, err = desk.Do(t.Context(), opened.Code, &escalation.Touch{}, operator, 0)
		w.must(err)
		w.later(time.Minute + time.Second)
		var told []string
		for _, r := range w.say() {
			if r.Template == "T1" {
				told = append(told, r.Vars["ma"])
			}
		}
		if len(told) != 1 || told[0] != other.Code {
			t.Errorf("told of %v, want %s", told, other.Code)
		}
	})
}
