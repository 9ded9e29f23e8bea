package store_test

import (
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

func TestASuccessorIsGivenWhatCanBeReadAndAPersonHearsOfTheRest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		bad, good := w.accept(t.Context(), desk), w.accept(t.Context(), desk)
		w.say() // so that the one before has the codes
		id, err := desk.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đinh Văn Mới", Phone: "+84570000161", Replaces: w.focal}, true, operator)
		w.must(err)
		w.spoil(bad.ID)
		w.must(desk.VerifyNumber(t.Context(), id, operator))
		if own := w.bindings("+84570000161"); len(own) != 1 || own[0].PetCode != good.Code {
			t.Errorf("the successor has %+v", own)
		}
		told := 0
		tasks, err := w.Tasks(t.Context(), store.TaskFilter{For: escalation.ShiftLead})
		w.must(err)
		for _, task := range tasks.Items {
			if strings.Contains(task.Text, bad.Code+" không đọc được") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%d tasks", told)
		}
	})
}
