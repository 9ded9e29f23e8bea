package main

import (
	"path/filepath"
	"testing"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/templates"
	"notify1022/web"
)

// shelfDesk is a store of its own and the desk over it.
func shelfDesk(t *testing.T) (*store.Store, *escalation.Desk) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "door.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, escalation.NewDesk(db, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "test", Numbering: escalation.Numbering{TestPrefixes: []string{"057"}},
		Token: newToken, Salt: newToken, Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.example.vn", Support: "0225.1022",
	})
}

func TestWhatTheDoorChangesKeepsItsAuthor(t *testing.T) {
	db, desk := shelfDesk(t)
	editor := escalation.Actor{Name: "Hồ Văn Mô", Role: escalation.Administrator, Channel: escalation.ByAPI}
	directory := directoryShelf{db, desk, escalation.Numbering{TestPrefixes: []string{"057"}}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(directory.AddUnit(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD"}, editor))
	id, err := directory.AddContact(t.Context(), escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Trần Thị Mẫu", Phone: "+84570000101"}, false, editor)
	must(err)
	must(directory.RemoveContact(t.Context(), id, editor))
	_, err = outboxShelf{db, escalation.DefaultPolicy()}.Send(t.Context(), []escalation.Notice{{
		Template: "T1", To: escalation.Recipient{Phone: "+84570000102"}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1,
	}}, editor)
	must(err)
	page, err := db.ChangeLog(t.Context(), "", "", "", 0)
	must(err)
	if len(page.Items) != 4 {
		t.Errorf("%d changes: %+v", len(page.Items), page.Items)
	}
	for _, l := range page.Items {
		if l.Actor != editor.Name || l.Role != editor.Role {
			t.Errorf("by %s: %+v", l.Actor, l)
		}
	}

	p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư", Unit: "SXD",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000501"}}, escalation.Actor{Name: "op", Role: escalation.Operator})
	must(err)
	tasks := taskShelf{db, desk}
	open, err := tasks.Tasks(t.Context(), web.TaskFilter{Petition: p.Code, Limit: 10})
	must(err)
	if len(open.Items) == 0 {
		t.Fatal("a unit without anybody to text makes no task")
	}
	_, err = tasks.CompleteTask(t.Context(), open.Items[0].ID, "đã gọi", editor)
	must(err)
	record, err := petitionShelf{db}.PetitionByCode(t.Context(), p.Code)
	must(err)
	if last := record.Timeline[len(record.Timeline)-1]; last.Actor != editor.Name || last.Action != "task" {
		t.Errorf("the timeline ends with %+v", last)
	}
	no, yes := false, true
	for overdue, want := range map[*bool]int{nil: 1, &no: 1, &yes: 0} {
		list, err := petitionShelf{db}.ListPetitions(t.Context(), web.PetitionFilter{Overdue: overdue, Limit: 1})
		must(err)
		if len(list.Items) != want {
			t.Errorf("overdue %v: %d petitions", overdue, len(list.Items))
		}
	}
}
