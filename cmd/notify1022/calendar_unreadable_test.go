package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/store/storetest"
	"notify1022/templates"
)

// spoilPetition makes the stored state of a petition unreadable.
func spoilPetition(t *testing.T, dsn string, petition int64) {
	t.Helper()
	if _, err := rawDatabase(t, dsn).Exec(fmt.Sprintf(`UPDATE petition SET state = replace(state, '"rounds":1', '"rounds":"one"') WHERE id = %d`, petition)); err != nil {
		t.Fatal(err)
	}
}

func TestOnePetitionThatCannotBeReadStopsNoCalendarEdit(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		db, err := store.Open(t.Context(), dsn, store.Options{})
		must(err)
		defer db.Close()
		must(db.Migrate(t.Context()))
		desk := escalation.NewDesk(db, escalation.Setting{
			Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "test", Numbering: escalation.Numbering{TestPrefixes: []string{"057"}},
			Token: newToken, Salt: newToken, Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.example.vn", Support: "0225.1022",
		})
		administrator := escalation.Actor{Name: "quản trị", Role: escalation.Administrator, Channel: escalation.ByConsole}
		must((directoryShelf{db: db}).AddUnit(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng"}, administrator))
		var all []escalation.Petition
		for range 3 {
			p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư", Unit: "SXD",
				Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000501"}}, administrator)
			must(err)
			all = append(all, p)
		}
		spoilPetition(t, dsn, all[0].ID)

		book := &calendarBook{db: db, desk: desk, base: worktime.HaiPhongSpec(), version: "test", fixed: worktime.HaiPhong(), log: slog.New(slog.DiscardHandler)}
		must(book.open(t.Context()))
		edited := worktime.HaiPhongSpec()
		edited.Off = append(edited.Off, worktime.DayOff{Date: worktime.HaiPhong().Add(all[0].FirstForwardedAt, 12*time.Hour).Format(time.DateOnly), Name: "Nghỉ bão", Document: "Công điện 1"})
		moves, err := book.Save(t.Context(), edited, "test", administrator)
		if err != nil || moves.Petitions != 2 {
			t.Errorf("the edit moved %d petitions, %v", moves.Petitions, err)
		}
		for _, p := range all[1:] {
			found, err := db.PetitionByCode(t.Context(), p.Code)
			must(err)
			if was := p.Rung(escalation.RungOverdue).Due; !found.Rung(escalation.RungOverdue).Due.After(was) {
				t.Errorf("%s is overdue at %s as before", p.Code, was)
			}
		}

		page := *book.current.Load()
		page.seen = page.seen.Add(-settleAfter)
		book.current.Store(&page)
		book.refresh(t.Context())
		if done, err := db.PeriodDone(t.Context(), "calendar", page.version); !done || err != nil || !book.current.Load().seen.IsZero() {
			t.Errorf("the edit is done: %t, %v", done, err)
		}
		wantUnreadableTask(t.Context(), t, db, all[0].Code)
	})
}

// wantUnreadableTask: the shift lead has one task about petitions that cannot be read, and it
// names this one.
func wantUnreadableTask(ctx context.Context, t *testing.T, db *store.Store, code string) {
	t.Helper()
	tasks, err := db.Tasks(ctx, store.TaskFilter{For: escalation.ShiftLead})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, task := range tasks.Items {
		if strings.Contains(task.Text, "không đọc được") {
			told = append(told, task.Text)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], code) {
		t.Errorf("the shift lead is told %q, want %s alone", told, code)
	}
}

// spoilt is a ledger in which nothing can be read but the petitions of sound.
type spoilt struct {
	escalation.Ledger
	sound map[int64]bool
}

func (s spoilt) Tx(_ context.Context, fn func(escalation.Tx) error) error {
	return fn(spoiltTx{pagedTx{}, s.sound})
}

type spoiltTx struct {
	pagedTx
	sound map[int64]bool
}

func (tx spoiltTx) Petitions(_ context.Context, ids ...int64) (list []escalation.Petition, err error) {
	for _, id := range ids {
		if !tx.sound[id] {
			return nil, &escalation.Unreadable{Petition: id, Err: errors.New("stored JSON")}
		}
		list = append(list, escalation.Petition{ID: id})
	}
	return list, nil
}

// A release that understands none of them is mended by another, which has to find the edit
// undone.
func TestAnEditIsUndoneWhereNoneOfSeveralPetitionsCanBeRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		asked, sound []int64
		fails        bool
	}{
		{asked: []int64{1, 2, 3}, fails: true},
		{asked: []int64{1, 2, 3}, sound: []int64{3}},
		{asked: []int64{1}}, // one row: it would be tried for ever
		{},
	} {
		ledger := spoilt{sound: map[int64]bool{}}
		for _, id := range tt.sound {
			ledger.sound[id] = true
		}
		r := &recomputation{dry: true, desk: escalation.NewDesk(ledger, escalation.Setting{Policy: escalation.DefaultPolicy()})}
		err := r.run(t.Context(), escalation.UnitCalendar{}, func(after int64) ([]int64, error) {
			if after == 0 {
				return tt.asked, nil
			}
			return nil, nil
		})
		if left := len(tt.asked) - len(tt.sound); (err != nil) != tt.fails || len(r.leftOut) != left {
			t.Errorf("of %v with %v sound %d are left out, %v", tt.asked, tt.sound, len(r.leftOut), err)
		}
	}
}
