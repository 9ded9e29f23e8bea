package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	bureau "notify1022/web/console"
)

// calendarShelf holds the calendars in force: the city's, and those that units work by
// instead of it. One of those that cannot be used is told, at the start, by doctor and
// in the console, and the city's stands in for it; the service starts all the same.
type calendarShelf struct {
	city   *calendarBook
	own    map[string]*calendarBook // by name
	broken map[string]error         // by name, too
	db     *store.Store
	desk   *escalation.Desk
	log    *slog.Logger
}

var _ bureau.Calendar = (*calendarShelf)(nil)

// openCalendar puts the edited calendars in force where there are some.
func (s *service) openCalendar(ctx context.Context) (err error) {
	s.shelf, err = openShelf(ctx, s.cfg, s.db, s.desk, s.log)
	if err == nil {
		s.book = s.shelf.city
	}
	return err
}

// openShelf opens every calendar of the configuration. A city's calendar that is none
// is an error.
func openShelf(ctx context.Context, cfg Config, db *store.Store, desk *escalation.Desk, log *slog.Logger) (*calendarShelf, error) {
	s := &calendarShelf{own: map[string]*calendarBook{}, broken: map[string]error{}, db: db, desk: desk, log: log}
	var err error
	if s.city, err = s.bookOf("", cfg.Calendar); err != nil {
		return nil, usageError{err}
	}
	if err := s.city.open(ctx); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Calendars)) {
		b, err := s.bookOf(name, cfg.Calendars[name])
		if err != nil {
			s.broken[name] = err
			log.Warn("a calendar of units cannot be used; they work by the city's", "calendar", name, "err", err)
			continue
		}
		s.own[name] = b
		if err := b.open(ctx); err != nil {
			log.Warn("the calendar saved in the console cannot be used; that of the file is", "calendar", name, "err", err)
		}
	}
	return s, nil
}

// bookOf reads the file of a calendar.
func (s *calendarShelf) bookOf(name, file string) (*calendarBook, error) {
	fixed, version, err := loadCalendar(file)
	if err != nil {
		return nil, err
	}
	b := &calendarBook{name: name, db: s.db, desk: s.desk, base: worktime.HaiPhongSpec(), version: escalation.CalendarVersion(name, version), fixed: fixed, log: s.log}
	if file != "" {
		b.base, _, err = readCalendar(file)
	}
	return b, err
}

// calendarsOf are the calendars in force for a verb that runs beside the service.
func calendarsOf(ctx context.Context, cfg Config, db *store.Store, log *slog.Logger) (*calendarShelf, error) {
	return openShelf(ctx, cfg, db, escalation.NewDesk(db, escalation.Setting{}), log)
}

// inForce are the calendars that decisions use.
func (s *calendarShelf) inForce() escalation.Calendars {
	city, own := s.desk.Calendars()
	return escalation.Calendars{City: city, Own: own}
}

// run keeps the calendars fresh.
func (s *calendarShelf) run(ctx context.Context) error {
	return repeat(ctx, calendarEvery, func(ctx context.Context) {
		s.city.refresh(ctx)
		for _, name := range slices.Sorted(maps.Keys(s.own)) {
			s.own[name].refresh(ctx)
		}
	})
}

// Now is the city's calendar in force.
func (s *calendarShelf) Now() *worktime.Calendar { return s.city.Now() }

// GaveBy is the calendar in force of which a version has given a deadline.
func (s *calendarShelf) GaveBy(version string) escalation.WorkCalendar {
	return s.inForce().ByRung(escalation.Rung{Calendar: version})
}

// Own lists the calendars of units by name.
func (s *calendarShelf) Own() []bureau.OwnCalendar {
	var list []bureau.OwnCalendar
	for name := range s.own {
		list = append(list, bureau.OwnCalendar{Name: name})
	}
	for name, err := range s.broken {
		list = append(list, bureau.OwnCalendar{Name: name, Problem: oneLine(err)})
	}
	slices.SortFunc(list, func(a, b bureau.OwnCalendar) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// names are those of the calendars that a unit may work by.
func (s *calendarShelf) names() []string { return slices.Sorted(maps.Keys(s.own)) }

// book finds the calendar of a name that can be used.
func (s *calendarShelf) book(name string) (*calendarBook, error) {
	if name == "" {
		return s.city, nil
	}
	if b, ok := s.own[name]; ok {
		return b, nil
	}
	if err, ok := s.broken[name]; ok {
		return nil, &escalation.Problem{Kind: escalation.WrongTime, Field: "name", Detail: fmt.Sprintf("tệp lịch %s không dùng được: %s", name, oneLine(err))}
	}
	return nil, &escalation.Problem{Kind: escalation.NotFound, Field: "name", Detail: "không có lịch này"}
}

// Page is a calendar in force and what it is made of.
func (s *calendarShelf) Page(name string) (bureau.CalendarInForce, error) {
	b, err := s.book(name)
	if err != nil {
		return bureau.CalendarInForce{}, err
	}
	page := b.current.Load()
	return bureau.CalendarInForce{Calendar: page.calendar, Spec: page.spec, Version: page.version, Aside: page.aside}, nil
}

// DryRun lists what an edit would move.
func (s *calendarShelf) DryRun(ctx context.Context, name string, edited worktime.Spec) (bureau.CalendarMoves, error) {
	b, err := s.book(name)
	if err != nil {
		return bureau.CalendarMoves{}, err
	}
	return b.DryRun(ctx, edited)
}

// Save puts an edit in force and moves the open deadlines.
func (s *calendarShelf) Save(ctx context.Context, name string, edited worktime.Spec, version string, by escalation.Actor) (bureau.CalendarMoves, error) {
	b, err := s.book(name)
	if err != nil {
		return bureau.CalendarMoves{}, err
	}
	return b.Save(ctx, edited, version, by)
}

// MoveUnit gives what the unit owes, and another calendar has given, the instants of the
// calendar that it works by now.
func (s *calendarShelf) MoveUnit(ctx context.Context, unit string, dry bool, by escalation.Actor) (bureau.CalendarMoves, error) {
	directory, err := s.db.Directory(ctx)
	if err != nil {
		return bureau.CalendarMoves{}, err
	}
	if _, known := directory.Unit(unit); !known {
		return bureau.CalendarMoves{}, &escalation.Problem{Kind: escalation.NotFound, Field: "unit", Detail: "không có đơn vị này"}
	}
	calendars := s.inForce()
	calendars.Directory = directory
	is := calendars.Of(unit)
	r := &recomputation{dry: dry, db: s.db, desk: s.desk, by: by}
	if !dry { // half of it would be neither the old nor the new
		ctx = context.WithoutCancel(ctx)
	}
	err = r.unit(ctx, unit, is.Name())
	if !dry {
		r.told(s.log)
	}
	if err == nil && !dry {
		err = s.db.By(by).Log(ctx, "move", "unit", unit, is.Version)
	}
	moves := r.moves()
	moves.Version = is.Version
	return moves, err
}
