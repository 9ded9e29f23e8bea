package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	"notify1022/web"
	bureau "notify1022/web/console"
)

// calendarBook is one calendar in force, the city's or one that units work by: the
// configuration's, or what was edited over it in the console. Every process reads it
// again each ten seconds. A configuration that names another calendar than the one that
// was edited wins: it is newer. The edit is set aside, and the console says what of it
// the new file lacks.
type calendarBook struct {
	name    string // empty: the city's
	db      *store.Store
	desk    *escalation.Desk
	base    worktime.Spec // the configuration's
	version string        // its version
	fixed   *worktime.Calendar
	log     *slog.Logger
	current atomic.Pointer[calendarPage]
	began   int64     // version of the setting at the start: nothing was decided here before that
	looked  time.Time // when refresh last began to look for an edit and could; its alone
}

type calendarPage struct {
	calendar *worktime.Calendar
	spec     worktime.Spec
	version  string
	saved    int64 // version of the setting; 0: never edited
	was      worktime.Spec
	aside    *worktime.Spec // an edit over another calendar of the configuration; nil: nothing
	seen     time.Time      // since when this process decides by it alone; zero: its deadlines have all been moved
	late     bool           // until then another may have moved all deadlines without those of this process
}

// calendarSetting is the name of the edited calendar among the settings.
const (
	calendarSetting = "calendar"
	calendarEvery   = 10 * time.Second
)

// editedCalendar is the setting's value.
type editedCalendar struct {
	Over string        `json:"over"` // version of the configuration's calendar that it was made over
	Spec worktime.Spec `json:"spec"`
	Was  worktime.Spec `json:"was"` // in force before, to move deadlines from
	// Aside is the last edit over another calendar of the configuration, of which something may
	// still have to be entered anew; nil: there was none.
	Aside *worktime.Spec `json:"aside,omitempty"`
}

// open puts the configuration's calendar in force, or what was edited over it.
func (b *calendarBook) open(ctx context.Context) error {
	b.put(&calendarPage{calendar: b.fixed, spec: b.base, version: b.version})
	b.looked = time.Now()
	err := b.load(ctx)
	b.began = b.current.Load().saved
	return err
}

// put lets the desk decide by a page from now on.
func (b *calendarBook) put(page *calendarPage) {
	b.current.Store(page)
	b.desk.Use(escalation.WorkCalendar{Calendar: page.calendar, Version: page.version})
}

// setting is the name under which edits are kept.
func (b *calendarBook) setting() string {
	if b.name == "" {
		return calendarSetting
	}
	return calendarSetting + "/" + b.name
}

func (b *calendarBook) load(ctx context.Context) error {
	edited, saved, err := b.read(ctx)
	if err != nil || saved == b.current.Load().saved {
		return err
	}
	page, err := b.page(edited, saved)
	if err != nil {
		return err
	}
	b.put(page)
	b.log.Info("calendar in force", "version", page.version)
	if saved > 0 && edited.Over != b.version {
		b.log.Warn("what was edited in the console over another calendar file is not in force", "calendar", b.name)
	}
	return nil
}

// page is what an edit, or the lack of one, puts in force.
func (b *calendarBook) page(edited editedCalendar, saved int64) (*calendarPage, error) {
	page := &calendarPage{calendar: b.fixed, spec: b.base, version: b.version, saved: saved}
	if saved > 0 && edited.Over != b.version {
		page.aside = &edited.Spec
	}
	if edited.Over == b.version {
		page.aside = edited.Aside
		calendar, err := edited.Spec.Compile(calendarFrom, calendarTo)
		if err != nil {
			return nil, fmt.Errorf("the calendar saved in the console: %w", err)
		}
		page.calendar, page.spec, page.version, page.was, page.seen = calendar, edited.Spec, b.editVersion(saved), edited.Was, time.Now()
	}
	return page, nil
}

// editVersion is the version of a saved edit.
func (b *calendarBook) editVersion(saved int64) string {
	return escalation.CalendarVersion(b.name, fmt.Sprintf("sua-%d", saved))
}

func (b *calendarBook) read(ctx context.Context) (edited editedCalendar, version int64, err error) {
	value, version, err := b.db.Setting(ctx, b.setting())
	if err != nil || value == "" {
		return edited, 0, err
	}
	if err := json.Unmarshal([]byte(value), &edited); err != nil {
		return edited, 0, fmt.Errorf("read the calendar saved in the console: %w", err)
	}
	return edited, version, nil
}

// refresh keeps the calendar fresh, and finishes the move of deadlines that another
// process began and did not end.
func (b *calendarBook) refresh(ctx context.Context) {
	begun, err := time.Now(), b.load(ctx)
	switch {
	case err == nil:
		b.look(begun)
	case ctx.Err() == nil:
		b.log.Warn("the calendar saved in the console cannot be used", "calendar", b.name, "err", err)
	}
	if err := b.finish(ctx); err != nil && ctx.Err() == nil {
		b.log.Warn("deadlines have not all been moved to the edited calendar; it is tried again", "calendar", b.name, "err", err)
	}
}

// look notes that what was saved until an instant is in force, and whether that comes late.
func (b *calendarBook) look(until time.Time) {
	page := b.current.Load()
	if time.Since(b.looked) > lateAfter && page.saved != b.began && !page.seen.IsZero() {
		late := *page
		late.late, late.seen = true, time.Now()
		b.current.CompareAndSwap(page, &late) // else it was edited just now, here
	}
	b.looked = until
}

// lateAfter is when a process was frozen, or cut off from its database, between two looks:
// what it decides until the second one may be committed after settleAfter. It leaves as long
// as a transaction may take that is frozen itself (0047).
const lateAfter = settleAfter - 15*time.Second

// settleAfter is when every process has put an edit in force, and what was decided by
// the calendar before is committed.
const settleAfter = 45 * time.Second

// finish moves what was armed by the calendar before while an edit came into force, and
// what a process that died has left. Of several processes one does it, and each that was late
// once more for itself.
func (b *calendarBook) finish(ctx context.Context) error {
	page := b.current.Load()
	if page.version != b.editVersion(page.saved) || page.seen.IsZero() || time.Since(page.seen) < settleAfter {
		return nil
	}
	was, err := page.was.Compile(calendarFrom, calendarTo)
	if err != nil {
		return err
	}
	rest := func(ctx context.Context) error {
		moves, err := b.move(ctx, was, page.spec, page.version, escalation.Ladder(), false)
		b.log.Info("deadlines moved to the edited calendar", "version", page.version, "deadlines", moves.Deadlines)
		return err
	}
	done, err := b.db.Once(ctx, "calendar", page.version, rest)
	switch {
	case err != nil || done:
	case page.late:
		err = rest(ctx)
		done = err == nil
	default: // another has done it, or is at it and may die
		done, err = b.db.PeriodDone(ctx, "calendar", page.version)
	}
	if done {
		settled := *page
		settled.seen = time.Time{}
		b.current.CompareAndSwap(page, &settled)
	}
	return err
}

// Now is the calendar in force.
func (b *calendarBook) Now() *worktime.Calendar { return b.current.Load().calendar }

// Spec is what it is made of.
func (b *calendarBook) Spec() (worktime.Spec, string) {
	page := b.current.Load()
	return page.spec, page.version
}

// info is what the API says of it.
func (b *calendarBook) info(name string) web.CalendarInfo {
	spec, version := b.Spec()
	return web.CalendarInfo{Name: name, Version: version, AnnouncedUntil: spec.AnnouncedUntil}
}

// DryRun lists what an edit would move.
func (b *calendarBook) DryRun(ctx context.Context, edited worktime.Spec) (bureau.CalendarMoves, error) {
	return b.move(ctx, b.Now(), edited, escalation.CalendarVersion(b.name, "xem-truoc"), escalation.Ladder(), true)
}

// Save puts an edit in force and moves the open deadlines.
func (b *calendarBook) Save(ctx context.Context, edited worktime.Spec, version string, by escalation.Actor) (bureau.CalendarMoves, error) {
	if err := b.load(ctx); err != nil {
		return bureau.CalendarMoves{}, err
	}
	page := b.current.Load()
	if version != page.version {
		return bureau.CalendarMoves{}, &escalation.Problem{Kind: escalation.Stale, Field: "version", Detail: "lịch đã được người khác sửa, hãy tải lại"}
	}
	if _, err := edited.Compile(calendarFrom, calendarTo); err != nil {
		return bureau.CalendarMoves{}, noCalendar(err)
	}
	value := editedCalendar{Over: b.version, Spec: edited, Was: page.spec, Aside: page.aside}
	if err := b.save(ctx, value, page.saved, by.Name); err != nil {
		return bureau.CalendarMoves{}, err
	}
	if err := b.db.By(by).Log(ctx, "save", "calendar", b.editVersion(page.saved+1), ""); err != nil {
		return bureau.CalendarMoves{}, err
	}
	if err := b.load(ctx); err != nil {
		return bureau.CalendarMoves{}, err
	}
	// A browser that leaves stops nothing half-way; what a death stops finish goes on with.
	return b.move(context.WithoutCancel(ctx), page.calendar, edited, b.current.Load().version, by, false)
}

func (b *calendarBook) save(ctx context.Context, value editedCalendar, seen int64, by string) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.db.SaveSetting(ctx, b.setting(), string(text), seen, by)
}

func noCalendar(err error) error {
	return &escalation.Problem{Kind: escalation.Invalid, Field: "date", Detail: "lịch không hợp lệ: " + err.Error()}
}

// move measures with the calendar before and lays out with the edited one.
func (b *calendarBook) move(ctx context.Context, was *worktime.Calendar, edited worktime.Spec, version string, by escalation.Actor, dry bool) (bureau.CalendarMoves, error) {
	is, err := edited.Compile(calendarFrom, calendarTo)
	if err != nil {
		return bureau.CalendarMoves{}, noCalendar(err)
	}
	r := &recomputation{dry: dry, by: by, db: b.db, desk: b.desk.With(escalation.WorkCalendar{Calendar: is, Version: version})}
	err = r.edited(ctx, b.name, was, is)
	if !dry {
		r.told(b.log)
	}
	return r.moves(), err
}
