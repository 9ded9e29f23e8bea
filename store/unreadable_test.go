package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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

func TestTheListOfTasksIsThereThoughAPetitionCannotBeRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		bad, good := w.accept(t.Context(), desk), w.accept(t.Context(), desk)
		w.do(desk, good.Code, &escalation.AskReturn{Reason: "không thuộc thẩm quyền của đơn vị"}, w.focalOfficer())
		w.spoil(bad.ID)
		decide := escalation.Task{ID: 2, PetitionID: good.ID, Kind: escalation.TaskConfirm, Text: "Quyết định đề nghị trả lại " + good.Code}
		lacking, err := w.Lacking(t.Context(), []escalation.Task{{ID: 1, PetitionID: bad.ID, Kind: escalation.TaskCall}, decide})
		if err != nil || len(lacking) != 1 || lacking[2] == "" {
			t.Errorf("%v, %v", lacking, err)
		}
	})
}

// unreadableTasks are the shift lead's about petitions that cannot be read.
func (w *world) unreadableTasks() (told []string) {
	w.t.Helper()
	tasks, err := w.Tasks(w.t.Context(), store.TaskFilter{For: escalation.ShiftLead})
	w.must(err)
	for _, task := range tasks.Items {
		if strings.Contains(task.Text, "không đọc được") {
			told = append(told, task.Text)
		}
	}
	return told
}

// wantOneTold: one task names the petition, and no other is about one that cannot be read.
func (w *world) wantOneTold(code string) {
	w.t.Helper()
	if told := w.unreadableTasks(); len(told) != 1 || !strings.Contains(told[0], code) {
		w.t.Errorf("the shift lead is told %q, want %s alone", told, code)
	}
}

func (w *world) wantTemplates(want ...string) {
	w.t.Helper()
	page, err := w.Messages(w.t.Context(), store.MessageFilter{})
	w.must(err)
	var got []string
	for _, m := range page.Items {
		if slices.Contains(want, m.Template) {
			got = append(got, m.Template)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		w.t.Errorf("queued are %v, want %v", got, want)
	}
}

// digestDesk is a desk with an email channel, and of the Office somebody who has an address.
func (w *world) digestDesk() *escalation.Desk {
	w.t.Helper()
	_, err := w.SaveContacts(w.t.Context(), escalation.Contact{Unit: "UBND", Role: escalation.Office, Name: "Hai", Phone: "+84570000004", Email: "vp@example.vn", Order: 2})
	w.must(err)
	setting := w.setting()
	setting.Mail = true
	return escalation.NewDesk(w.Store, setting)
}

func TestOnePetitionThatCannotBeReadStopsNoOverdueDigest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.digestDesk()
		var all []escalation.Petition
		for range 3 {
			all = append(all, w.change(w.accept(t.Context(), desk).ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Status = escalation.Overdue }))
		}
		bad := all[1] // neither the first of its page nor the last
		w.spoil(bad.ID)
		for range 2 { // called again, it tells nothing twice
			if got, err := desk.OverdueDigest(t.Context(), w.now()); err != nil || got.Petitions != 2 || got.Notices != 4 {
				t.Fatalf("the digest came to %+v, %v", got, err)
			}
			w.wantTemplates("B1", "B1", "V2", "VQ")
			w.wantOneTold(bad.Code)
		}
	})
}

func TestOnePetitionThatCannotBeReadStopsNoForwardedDigest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk, before := w.digestDesk(), w.now().Add(-time.Hour)
		w.accept(t.Context(), desk)
		bad := w.accept(t.Context(), desk) // the last of its page
		w.spoil(bad.ID)
		for range 2 {
			if got, err := desk.ForwardedDigest(t.Context(), before, w.now()); err != nil || got.Petitions != 1 || got.Notices != 1 {
				t.Fatalf("the digest came to %+v, %v", got, err)
			}
			w.wantTemplates("VT")
			w.wantOneTold(bad.Code)
		}
	})
}

func TestOnePetitionThatCannotBeReadStopsNoMorningList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		bad := w.accept(t.Context(), desk)
		good := w.accept(t.Context(), desk)
		w.spoil(bad.ID)
		period := good.Rung(escalation.RungHead).Due.Add(-time.Minute)
		if got, err := desk.MorningList(t.Context(), period); err != nil || got.Petitions != 1 || got.Notices != 1 {
			t.Fatalf("the list came to %+v, %v", got, err)
		}
		w.wantTemplates("B2")
		w.wantOneTold(bad.Code)
	})
}
