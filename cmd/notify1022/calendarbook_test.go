package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

func TestAnEditThatBrokeOffIsFinishedOnceByAnyProcess(t *testing.T) {
	db, desk := shelfDesk(t)
	operator := escalation.Actor{Name: "op", Role: escalation.Operator}
	if err := (directoryShelf{db: db}).AddUnit(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng"}, operator); err != nil {
		t.Fatal(err)
	}
	p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư", Unit: "SXD",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000501"}}, operator)
	if err != nil {
		t.Fatal(err)
	}
	before := p.Rung(escalation.RungOverdue).Due
	base := worktime.HaiPhongSpec()
	book := func() *calendarBook {
		b := &calendarBook{db: db, desk: desk, base: base, version: "test", fixed: worktime.HaiPhong(), log: slog.New(slog.DiscardHandler)}
		b.current.Store(&calendarPage{calendar: b.fixed, spec: base, version: "test"})
		return b
	}
	edited := worktime.HaiPhongSpec()
	edited.Off = append(edited.Off, worktime.DayOff{Date: worktime.HaiPhong().Add(p.FirstForwardedAt, 12*time.Hour).Format(time.DateOnly), Name: "Nghỉ bão", Document: "Công điện 1"})
	died := book() // saves, and dies before it moves a deadline
	if err := died.save(t.Context(), editedCalendar{Over: "test", Spec: edited, Was: base}, 0, "quản trị"); err != nil {
		t.Fatal(err)
	}
	due := func() time.Time {
		found, err := db.PetitionByCode(t.Context(), p.Code)
		if err != nil {
			t.Fatal(err)
		}
		return found.Rung(escalation.RungOverdue).Due
	}
	other := book()
	if err := other.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := other.finish(t.Context()); err != nil || !due().Equal(before) {
		t.Errorf("moved before every process uses the edit: %s, %v", due(), err)
	}
	page := *other.current.Load()
	page.seen = page.seen.Add(-settleAfter)
	other.current.Store(&page)
	if err := other.finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	moved := due()
	if !moved.After(before) {
		t.Errorf("overdue at %s, was %s", moved, before)
	}
	third := book()
	if err := third.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	page = *third.current.Load()
	page.seen = page.seen.Add(-settleAfter)
	third.current.Store(&page)
	if err := third.finish(t.Context()); err != nil || !due().Equal(moved) {
		t.Errorf("moved twice: %s, %v", due(), err)
	}
}

// Every change has an author: the deadlines that an edit moves are moved by whoever
// edited.
func TestTheDeadlinesThatAnEditMovesNameWhoEdited(t *testing.T) {
	db, desk := shelfDesk(t)
	lead := escalation.Actor{Name: "Mai Thị Phỏng", Role: escalation.Administrator, Channel: escalation.ByConsole}
	if err := (directoryShelf{db: db}).AddUnit(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng"}, lead); err != nil {
		t.Fatal(err)
	}
	p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư", Unit: "SXD",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000501"}}, lead)
	if err != nil {
		t.Fatal(err)
	}
	base, edited := worktime.HaiPhongSpec(), worktime.HaiPhongSpec()
	edited.Off = append(edited.Off, worktime.DayOff{Date: worktime.HaiPhong().Add(p.FirstForwardedAt, 12*time.Hour).Format(time.DateOnly), Name: "Nghỉ bão", Document: "Công điện 1"})
	book := &calendarBook{db: db, desk: desk, base: base, version: "test", fixed: worktime.HaiPhong(), log: slog.New(slog.DiscardHandler)}
	book.current.Store(&calendarPage{calendar: book.fixed, spec: base, version: "test"})
	if _, err := book.Save(t.Context(), edited, "test", lead); err != nil {
		t.Fatal(err)
	}
	found, err := db.PetitionByCode(t.Context(), p.Code)
	if err != nil {
		t.Fatal(err)
	}
	if last := found.Timeline[len(found.Timeline)-1]; last.Action != "calendar" || last.Actor != lead.Name {
		t.Errorf("%s by %q", last.Action, last.Actor)
	}
}

// A process that is frozen while a day off is saved decides by the calendar before until it
// looks again. What it has armed so is not left behind, though another process has moved the
// deadlines meanwhile.
func TestWhatAFrozenProcessArmedByTheCalendarBeforeIsMoved(t *testing.T) {
	db, desk := shelfDesk(t)
	operator := escalation.Actor{Name: "op", Role: escalation.Operator}
	if err := (directoryShelf{db: db}).AddUnit(t.Context(), escalation.Unit{Code: "SXD", Name: "Sở Xây dựng"}, operator); err != nil {
		t.Fatal(err)
	}
	base := worktime.HaiPhongSpec()
	book := func() *calendarBook {
		b := &calendarBook{db: db, desk: desk.With(escalation.WorkCalendar{Calendar: worktime.HaiPhong(), Version: "test"}), base: base, version: "test", fixed: worktime.HaiPhong(),
			log: slog.New(slog.DiscardHandler)}
		if err := b.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.refresh(t.Context())
		return b
	}
	waits := func(b *calendarBook, gone time.Duration) { // since it put the edit in force
		page := *b.current.Load()
		page.seen = page.seen.Add(-gone)
		b.current.Store(&page)
		b.refresh(t.Context())
	}
	accepted := func(b *calendarBook) (code string, due time.Time) {
		p, err := b.desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư", Unit: "SXD",
			Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000501"}}, operator)
		if err != nil {
			t.Fatal(err)
		}
		return p.Code, p.Rung(escalation.RungOverdue).Due
	}
	due := func(code string) time.Time {
		found, err := db.PetitionByCode(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		return found.Rung(escalation.RungOverdue).Due
	}
	freezes := func(b *calendarBook) { // and looks when it has thawed
		b.looked = b.looked.Add(-time.Minute)
		b.refresh(t.Context())
	}
	frozen, other, awake := book(), book(), book()
	now, err := db.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	edited := worktime.HaiPhongSpec()
	edited.Off = append(edited.Off, worktime.DayOff{Date: worktime.HaiPhong().Add(now, 12*time.Hour).Format(time.DateOnly), Name: "Nghỉ bão", Document: "Công điện 1"})
	if _, err := other.Save(t.Context(), edited, "test", operator); err != nil {
		t.Fatal(err)
	}
	awake.refresh(t.Context())
	waits(other, settleAfter)

	code, before := accepted(frozen) // it thaws
	waits(awake, settleAfter)
	if !due(code).Equal(before) {
		t.Error("who was awake all the time has looked through the petitions, too")
	}
	freezes(frozen)
	waits(frozen, settleAfter)
	_, want := accepted(other)
	if got := due(code); !got.After(before) || got.Sub(want).Abs() > time.Minute {
		t.Errorf("due at %s, was %s; who was accepted under the edited calendar is due at %s", got, before, want)
	}

	code, before = accepted(frozen) // by the edited calendar: it is settled
	freezes(frozen)
	if page := frozen.current.Load(); !page.seen.IsZero() || !due(code).Equal(before) {
		t.Error("frozen once more it looks through the petitions for an edit that is long in force")
	}
	begun := book()
	if freezes(begun); begun.current.Load().late {
		t.Error("who has never decided by another calendar looks through the petitions")
	}
}

// Who finds another process at it does not take the deadlines for moved: that one may die.
func TestAnEditThatAnotherDiedOverIsFinished(t *testing.T) {
	db, desk := shelfDesk(t)
	edited := worktime.HaiPhongSpec()
	edited.Off = append(edited.Off, worktime.DayOff{Date: "2026-12-08", Name: "Nghỉ bão", Document: "Công điện 1"}) // Tuesday
	b := &calendarBook{db: db, desk: desk, base: worktime.HaiPhongSpec(), version: "test", fixed: worktime.HaiPhong(), log: slog.New(slog.DiscardHandler)}
	if err := b.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.save(t.Context(), editedCalendar{Over: "test", Spec: edited, Was: b.base}, 0, "quản trị"); err != nil {
		t.Fatal(err)
	}
	b.refresh(t.Context())
	page := *b.current.Load()
	page.seen = page.seen.Add(-settleAfter)
	b.current.Store(&page)
	dies := errors.New("dies")
	if _, err := db.Once(t.Context(), "calendar", page.version, func(ctx context.Context) error {
		if b.refresh(ctx); b.current.Load().seen.IsZero() {
			t.Error("while another is at it the deadlines count as moved")
		}
		return dies
	}); !errors.Is(err, dies) {
		t.Fatal(err)
	}
	b.refresh(t.Context())
	if done, err := db.PeriodDone(t.Context(), "calendar", page.version); !done || err != nil || !b.current.Load().seen.IsZero() {
		t.Errorf("moved: %t, %v", done, err)
	}
}
