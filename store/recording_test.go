package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// Đ10.1: a hearing is a person's, and a device has one.
func TestEachPersonsHearingIsLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		part := false
		plays := func(names ...string) int {
			t.Helper()
			for _, name := range names { // a player asks for a file in pieces
				w.must(w.By(escalation.Actor{Name: name, Role: escalation.Officer, Unit: "SXD"}).Played(t.Context(), 7, "HP261123-0001", part))
			}
			log, err := w.ChangeLog(t.Context(), store.LogAttachment, "7", "", 0)
			w.must(err)
			return len(log.Items)
		}
		if n := plays("An (SXD)", "Bình (SXD)", "An (SXD)"); n != 2 {
			t.Errorf("%d hearings of two people", n)
		}
		w.later(time.Hour)
		if n := plays("An (SXD)"); n != 3 {
			t.Errorf("%d hearings, the last an hour later", n)
		}
		part = true
		w.later(30 * time.Minute)
		if n := plays("An (SXD)", "Bình (SXD)"); n != 3 {
			t.Errorf("%d hearings, of the last two later parts", n)
		}
		w.later(2 * time.Hour)
		if n := plays("An (SXD)"); n != 4 {
			t.Errorf("%d hearings, the last of a later part alone", n)
		}
	})
}

// Đ10.1
func TestWhoAskedToHearARecordingIsToldUntilWhen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.must(w.By(escalation.Actor{Name: "Thủ trưởng (SXD)", Role: escalation.Officer, Unit: "SXD", Contact: w.focal}).AskRecording(t.Context(), p.ID, "SXD", "nghe rõ địa điểm"))
		list, err := w.RecordingRequests(t.Context(), p.ID)
		w.must(err)
		if list[0].Contact != w.focal {
			t.Errorf("asked by contact %d", list[0].Contact)
		}
		until := w.now().Add(24 * time.Hour)
		w.must(w.By(operator).DecideRecording(t.Context(), list[0].ID, until, func(tx escalation.Tx, wish escalation.RecordingWish) error {
			if wish.Contact != w.focal || wish.Unit != "SXD" || wish.By != "Thủ trưởng (SXD)" {
				t.Errorf("the wish is %+v", wish)
			}
			return desk.AnswerWish(t.Context(), tx, wish, until, operator)
		}))
		told := 0
		for _, m := range w.say() {
			if m.Template == "GA" && m.Phone == focalPhone && m.Vars["han"] == escalation.ClockText(until) {
				told++
			}
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

// Đ10.1
func TestAUnitHearsARecordingOnlyWhatIsGrantedAndEachStepIsLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		unit := w.By(escalation.Actor{Name: "Sở Xây dựng", Role: escalation.Officer, Unit: "SXD"})
		for range 2 { // asked twice is asked once
			w.must(unit.AskRecording(t.Context(), p.ID, "SXD", "đối chiếu địa điểm"))
		}
		list, err := w.RecordingRequests(t.Context(), p.ID)
		if w.must(err); len(list) != 1 || !list[0].DecidedAt.IsZero() || list[0].Reason != "đối chiếu địa điểm" {
			t.Fatalf("%+v", list)
		}
		tasks, err := w.Tasks(t.Context(), store.TaskFilter{Petition: p.ID})
		if w.must(err); len(tasks.Items) != 1 || tasks.Items[0].For != escalation.ShiftLead ||
			tasks.Items[0].Text != "Sở Xây dựng đề nghị nghe ghi âm: đối chiếu địa điểm" {
			t.Errorf("tasks: %+v", tasks.Items)
		}
		lead := w.By(operator)
		until := w.now().Add(24 * time.Hour)
		w.must(lead.DecideRecording(t.Context(), list[0].ID, until, nil))
		if err := lead.DecideRecording(t.Context(), list[0].ID, until, nil); problem(err) != escalation.NotFound {
			t.Errorf("decided twice: %v", err)
		}
		list, err = w.RecordingRequests(t.Context(), p.ID)
		if w.must(err); !list[0].Expires.Equal(until) || list[0].DecidedBy != operator.Name {
			t.Errorf("%+v", list[0])
		}
		if tasks, err = w.Tasks(t.Context(), store.TaskFilter{Petition: p.ID}); err != nil || len(tasks.Items) != 0 {
			t.Errorf("the task is open: %+v, %v", tasks.Items, err)
		}
		w.must(unit.AskRecording(t.Context(), p.ID, "SXD", "nghe lại"))
		list, err = w.RecordingRequests(t.Context(), p.ID)
		w.must(err)
		w.must(lead.DecideRecording(t.Context(), list[0].ID, time.Time{}, nil))
		log, err := w.ChangeLog(t.Context(), store.LogRecording, "", "", 0)
		if w.must(err); len(log.Items) != 4 {
			t.Errorf("%d lines in the log", len(log.Items))
		}
	})
}
