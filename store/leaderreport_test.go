package store_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"notify1022/escalation"
	"notify1022/store"
)

// readingOf is a report of November to the unit's head.
func readingOf(w *world, rung escalation.RungName, token string) store.Reading {
	return store.Reading{Contact: w.head, Rung: rung,
		Link: store.ReportLink{Token: token, Contact: w.head, Unit: "SXD", Period: "2026-11", Expires: w.now().Add(time.Hour)},
		Notices: []escalation.Notice{{Template: "R1", Class: escalation.ClassReport, Lane: escalation.LaneBulk, Rung: rung, Attempt: 1, At: w.now(),
			To: escalation.Recipient{Contact: w.head, Role: escalation.Head, Unit: "SXD"}, Vars: map[string]string{"don_vi": "So XD"}}}}
}

func TestALeadersChoiceIsKeptAndLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.By(escalation.Actor{Name: "Quản trị", Role: escalation.Administrator})
		choice := escalation.Subscription{Contact: w.head, Channel: escalation.ReportByBoth, Each: escalation.ReportWeekly, Day: 1, At: 7*time.Hour + 30*time.Minute}
		w.must(admin.Subscribe(t.Context(), choice))
		choices, err := w.Subscriptions(t.Context())
		choice.ChangedAt, choice.ChangedBy = w.now(), "Quản trị"
		got := choices[w.head]
		if w.must(err); len(choices) != 1 || !got.ChangedAt.Equal(choice.ChangedAt) {
			t.Fatalf("%+v", choices)
		}
		if got.ChangedAt = choice.ChangedAt; got != choice {
			t.Errorf("%+v, want %+v", got, choice)
		}
		choice.Channel = escalation.ReportByNone
		w.must(admin.Subscribe(t.Context(), choice))
		if choices, err = w.Subscriptions(t.Context()); err != nil || !choices[w.head].Off() {
			t.Errorf("%+v, %v", choices, err)
		}
		log, err := w.ChangeLog(t.Context(), store.LogReport, "", "", 0)
		if w.must(err); len(log.Items) != 2 || log.Items[0].Action != "unsubscribe" || log.Items[0].Actor != "Quản trị" {
			t.Errorf("%+v", log.Items)
		}
	})
}

// Three nodes that meet send one.
func TestAReportGoesToAPersonOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var nodes sync.WaitGroup
		var mu sync.Mutex
		sent := 0
		for _, token := range []string{"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"} {
			nodes.Go(func() {
				ok, err := w.SendReport(t.Context(), readingOf(w, "report@2026-11", token))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if ok {
					sent++
				}
			})
		}
		nodes.Wait()
		list, err := w.Messages(t.Context(), store.MessageFilter{Template: "R1"})
		if w.must(err); sent != 1 || len(list.Items) != 1 {
			t.Errorf("sent %d times, %d messages", sent, len(list.Items))
		}
		had, err := w.ReportSent(t.Context(), w.head, "report@2026-11")
		if w.must(err); !had {
			t.Error("it is not known to be sent")
		}
		if had, err = w.ReportSent(t.Context(), w.head, "report@2026-12"); err != nil || had {
			t.Errorf("another month is sent: %t, %v", had, err)
		}
		lead := w.By(operator)
		for i, want := range []int{1, 0} { // by hand, and the form once more
			n, err := lead.SendReports(t.Context(), "2026-11", "So XD: 1 người", []store.Reading{readingOf(w, "report_now@nonce", "dddddddddd")})
			if w.must(err); n != want {
				t.Errorf("sending %d went to %d", i+1, n)
			}
		}
		log, err := w.ChangeLog(t.Context(), store.LogReport, "", "", 0)
		if w.must(err); len(log.Items) != 1 || log.Items[0].Ref != "2026-11" {
			t.Errorf("%+v", log.Items)
		}
	})
}

func TestAReportThatCannotBeTextedIsMailedWithWhatItEncloses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sheet := escalation.Enclosure{Text: "Tiếp nhận 1", Files: []escalation.EnclosedFile{{Name: "a.xlsx", MediaType: "application/zip", Content: []byte("x")}}}
		r := readingOf(w, "report@2026-11", "aaaaaaaaaa")
		n := &r.Notices[0]
		r.Contact, r.Link.Contact, n.To.Contact, n.Enclosure = w.focal, w.focal, w.focal, &sheet
		_, err := w.SendReport(t.Context(), r)
		w.must(err)
		text := w.say()[0].ID
		w.settle(text, 1, escalation.Failed, "")
		setting := w.setting()
		setting.Mail = true
		desk := escalation.NewDesk(w.Store, setting)
		for range 2 { // it acts once
			w.must(desk.Undelivered(t.Context(), text, 30*time.Minute))
		}
		list, err := w.Messages(t.Context(), store.MessageFilter{Template: "R1"})
		if w.must(err); len(list.Items) != 2 || list.Items[0].Email != "focal@example.vn" {
			t.Fatalf("what follows is %+v", list.Items)
		}
		if diff := cmp.Diff(sheet, w.enclosure(list.Items[0].ID)); diff != "" {
			t.Error(diff)
		}
		if tasks, err := w.Tasks(t.Context(), store.TaskFilter{}); err != nil || len(tasks.Items) != 0 {
			t.Errorf("a person is asked: %+v, %v", tasks.Items, err)
		}
	})
}

func TestALinkOpensUntilItExpires(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.SendReport(t.Context(), readingOf(w, "report@2026-11", "aaaaaaaaaa"))
		w.must(err)
		link, err := w.ReportLink(t.Context(), "aaaaaaaaaa")
		if w.must(err); link.Contact != w.head || link.Unit != "SXD" || link.Period != "2026-11" || link.Draft != 0 {
			t.Errorf("%+v", link)
		}
		if _, err := w.ReportLink(t.Context(), "bbbbbbbbbb"); problem(err) != escalation.NotFound {
			t.Errorf("a wrong token: %v", err)
		}
		w.later(time.Hour)
		if _, err := w.ReportLink(t.Context(), "aaaaaaaaaa"); problem(err) != escalation.NotFound {
			t.Errorf("an old link: %v", err)
		}
	})
}

// Đ13.7
func TestADraftIsConfirmedOnceAndNeverChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		task := escalation.DraftTask("2026-10", "tháng 10/2026", w.now(), w.now().Add(72*time.Hour))
		draft := store.ReportDraft{Period: "2026-10", Title: "Toàn thành phố", Sums: "{}", Cover: "{}", Body: "<p>một</p>", SheetName: "bao-cao.xlsx", Sheet: []byte{1, 0, 2}}
		for i, want := range []bool{true, false} { // two nodes
			added, err := w.AddReportDraft(t.Context(), draft, task)
			if w.must(err); added != want {
				t.Errorf("node %d added it: %t", i+1, added)
			}
		}
		tasks := func() int {
			list, err := w.Tasks(t.Context(), store.TaskFilter{For: escalation.ShiftLead})
			w.must(err)
			return len(list.Items)
		}
		if n := tasks(); n != 1 {
			t.Errorf("%d tasks", n)
		}
		first, err := w.LatestDraft(t.Context(), "2026-10")
		w.must(err)
		lead := w.By(operator)
		draft.Body, draft.Sheet = "<p>hai</p>", []byte{3}
		w.must(lead.RemakeReportDraft(t.Context(), draft, task))
		second, err := w.LatestDraft(t.Context(), "2026-10")
		if w.must(err); second.Version != 2 || second.Body != "<p>hai</p>" || !second.Latest {
			t.Errorf("%+v", second)
		}
		if err := lead.ConfirmReportDraft(t.Context(), first.ID, "", nil); problem(err) != escalation.WrongTime {
			t.Errorf("an earlier version is confirmed: %v", err)
		}
		w.must(w.OpenTasks(t.Context(), []escalation.Task{escalation.DraftReminder("2026-10", "tháng 10/2026", w.now())}))
		reading := readingOf(w, "city_report@2026-10/2", "eeeeeeeeee")
		w.must(lead.ConfirmReportDraft(t.Context(), second.ID, "đã xem", []store.Reading{reading}))
		if err := lead.ConfirmReportDraft(t.Context(), second.ID, "lại", []store.Reading{reading}); problem(err) != escalation.WrongTime {
			t.Errorf("confirmed twice: %v", err)
		}
		if err := lead.ConfirmReportDraft(t.Context(), 999, "", nil); problem(err) != escalation.NotFound {
			t.Errorf("a draft that is not there: %v", err)
		}
		if n := tasks(); n != 0 {
			t.Errorf("%d tasks are open", n)
		}
		w.must(lead.RemakeReportDraft(t.Context(), draft, task))
		frozen, err := w.ReportDraft(t.Context(), second.ID)
		if w.must(err); frozen.Note != "đã xem" || frozen.ConfirmedBy != operator.Name || !bytes.Equal(frozen.Sheet, []byte{3}) || frozen.Latest {
			t.Errorf("%+v", frozen)
		}
		all, err := w.ReportDrafts(t.Context(), false, 10)
		w.must(err)
		confirmed, err := w.ReportDrafts(t.Context(), true, 10)
		if w.must(err); len(all) != 3 || len(confirmed) != 1 || confirmed[0].ID != second.ID || confirmed[0].Sheet != nil {
			t.Errorf("%d drafts, %d confirmed", len(all), len(confirmed))
		}
	})
}
