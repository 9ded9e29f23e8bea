package store_test

import (
	"strconv"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

func TestWhatIsChangedOutsideAPetitionHasAnAuthor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		editor := escalation.Actor{Name: "Hồ Văn Mô", Role: escalation.Administrator, Channel: escalation.ByAPI}
		by := w.By(editor)
		w.must(by.SaveUnits(t.Context(), escalation.Unit{Code: "A", Name: "A"}, escalation.Unit{Code: "B", Name: "B"}))
		ids, err := by.SaveContacts(t.Context(), escalation.Contact{Unit: "A", Role: escalation.Head, Name: "Lê Thị Kiểm", Phone: "+84570000302"})
		w.must(err)
		w.must(by.EndContact(t.Context(), ids[0], time.Time{}))
		sent, err := by.InsertMessages(t.Context(), []escalation.Notice{
			{Template: "T1", To: escalation.Recipient{Phone: "+84570000301"}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1},
			{Template: "T1", To: escalation.Recipient{Phone: "+84570000302"}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1},
		})
		w.must(err)
		contact := strconv.FormatInt(ids[0], 10)
		for _, want := range []struct {
			what, ref string
			actions   []string // newest first
			detail    string
		}{
			{store.LogUnit, "A", []string{"save"}, ""},
			{store.LogUnit, "B", []string{"save"}, ""},
			{store.LogContact, contact, []string{"end", "save"}, ""},
			{store.LogMessage, strconv.FormatInt(sent[0], 10) + "-" + strconv.FormatInt(sent[1], 10), []string{"send"}, "T1 × 2"},
			{store.LogUnit, "nobody's", nil, ""},
		} {
			page, err := w.ChangeLog(t.Context(), want.what, want.ref, "", 0)
			w.must(err)
			if len(page.Items) != len(want.actions) {
				t.Fatalf("%s %s: %+v, want %v", want.what, want.ref, page.Items, want.actions)
			}
			for i, l := range page.Items {
				if l.Action != want.actions[i] || l.Actor != editor.Name || l.Role != editor.Role || l.Channel != editor.Channel ||
					l.At.IsZero() || want.detail != "" && l.Detail != want.detail {
					t.Errorf("%s %s: %+v, want %s by %s", want.what, want.ref, l, want.actions[i], editor.Name)
				}
			}
		}
		w.must(w.SaveUnits(t.Context(), escalation.Unit{Code: "A", Name: "A2"}))
		page, err := w.ChangeLog(t.Context(), store.LogUnit, "A", "", 1)
		w.must(err)
		if page.NextCursor == "" || page.Items[0].Role != escalation.System {
			t.Errorf("the service's own change: %+v", page)
		}
	})
}

func TestARefusedChangeIsNotLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.By(operator)
		if err := by.SaveUnits(t.Context(), escalation.Unit{Code: "A", Name: "A"}, escalation.Unit{Code: "A", Name: "B"}); problem(err) != escalation.Invalid {
			t.Fatal(err)
		}
		if err := by.EndContact(t.Context(), 99999, time.Time{}); problem(err) != escalation.NotFound {
			t.Fatal(err)
		}
		for _, what := range []string{store.LogUnit, store.LogContact} {
			page, err := w.ChangeLog(t.Context(), what, "", "", 0)
			w.must(err)
			for _, l := range page.Items {
				if l.Actor == operator.Name {
					t.Errorf("logged: %+v", l)
				}
			}
		}
	})
}

// What is due first is done first, whatever was opened last; a call that reached nobody
// comes again later.
func TestOpenTasksComeInTheOrderInWhichTheyPress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		w.tx(func(tx escalation.Tx) error {
			at := func(hours int) time.Time { return tx.Now().Add(time.Duration(hours) * time.Hour) }
			return tx.Post(t.Context(), nil, []escalation.Task{
				{Key: "c", Kind: escalation.TaskCall, Text: "c", For: escalation.Operator, OpenedAt: at(-1), Due: at(3)},
				{Key: "a", Kind: escalation.TaskCall, Text: "a", For: escalation.Operator, OpenedAt: at(-2)},
				{Key: "b", Kind: escalation.TaskCall, Text: "b", For: escalation.Operator, OpenedAt: at(-3), Due: at(0)},
			})
		})
		all := func() (order string, list []escalation.Task) {
			f := store.TaskFilter{Limit: 1}
			for range 4 {
				page, err := w.Tasks(t.Context(), f)
				w.must(err)
				for _, k := range page.Items {
					order, list = order+k.Text, append(list, k)
				}
				if f.Cursor = page.NextCursor; f.Cursor == "" {
					return order, list
				}
			}
			t.Fatal("the pages do not end")
			return "", nil
		}
		order, list := all()
		if order != "abc" {
			t.Fatalf("the tasks come as %s", order)
		}
		put, err := desk.TryTask(t.Context(), list[1].ID, "không nghe máy", operator)
		w.must(err)
		if put.Tries != 1 || !put.DoneAt.IsZero() || !put.Due.After(list[1].Due) {
			t.Errorf("tried: %+v", put)
		}
		if _, list = all(); len(list) != 3 {
			t.Errorf("a call that reached nobody is gone: %+v", list)
		}
		if _, err := w.Tasks(t.Context(), store.TaskFilter{Cursor: "x"}); problem(err) != escalation.Invalid {
			t.Errorf("a cursor that was never given: %v", err)
		}
		if _, err := desk.TryTask(t.Context(), 99999, "không nghe máy", operator); problem(err) != escalation.NotFound {
			t.Errorf("a task that is not there: %v", err)
		}
	})
}

// Two people of one name are told apart.
func TestMineIsOfTheAccountNotOfTheName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		lan := escalation.Actor{Name: "Nguyễn Thị Lan", Account: "lan", Role: escalation.Operator, Channel: escalation.ByConsole}
		_, err := desk.Do(t.Context(), p.Code, &escalation.Progress{Text: "đã gọi đơn vị"}, lan, 0)
		w.must(err)
		for account, want := range map[string]int{"lan": 1, "lan2": 0, lan.Name: 0} {
			page, err := w.Board(t.Context(), store.BoardFilter{Mine: account})
			w.must(err)
			if len(page.Items) != want {
				t.Errorf("%s has %d petitions, want %d", account, len(page.Items), want)
			}
		}
	})
}

func TestAFinishedTaskIsInThePetitionsTimeline(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk)
		w.tx(func(tx escalation.Tx) error {
			return tx.Post(t.Context(), nil, []escalation.Task{{Key: "k", Kind: escalation.TaskCall, PetitionID: p.ID, Text: "Gọi", For: escalation.Operator, OpenedAt: tx.Now()}})
		})
		page, err := w.Tasks(t.Context(), store.TaskFilter{Kind: escalation.TaskCall, Petition: p.ID})
		w.must(err)
		done, err := desk.CompleteTask(t.Context(), page.Items[0].ID, "không ai nghe máy", operator)
		w.must(err)
		if done.DoneBy != operator.Name || done.Outcome != "không ai nghe máy" || done.DoneAt.IsZero() {
			t.Errorf("done: %+v", done)
		}
		entries, err := w.Timeline(t.Context(), p.ID)
		w.must(err)
		last := entries[len(entries)-1]
		if last.Action != "task" || last.Actor != operator.Name || last.Private != "không ai nghe máy" {
			t.Errorf("the timeline ends with %+v", last)
		}
		w.must(escalation.VerifyChain(entries))
		if _, err := desk.CompleteTask(t.Context(), done.ID, "lại", operator); problem(err) != escalation.WrongTime {
			t.Errorf("done twice: %v", err)
		}
		after, err := w.Timeline(t.Context(), p.ID)
		w.must(err)
		if len(after) != len(entries) {
			t.Error("a refused completion left a line")
		}
	})
}
