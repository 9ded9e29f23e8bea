package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

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
		w.must(lead.DecideRecording(t.Context(), list[0].ID, until))
		if err := lead.DecideRecording(t.Context(), list[0].ID, until); problem(err) != escalation.NotFound {
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
		w.must(lead.DecideRecording(t.Context(), list[0].ID, time.Time{}))
		log, err := w.ChangeLog(t.Context(), store.LogRecording, "", "", 0)
		if w.must(err); len(log.Items) != 4 {
			t.Errorf("%d lines in the log", len(log.Items))
		}
	})
}
