package console

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/web"
)

// Calendar is the city's working time, and that of units that have their own. A name is
// that of a unit's calendar; the empty one is the city's. One that is not there, or
// cannot be used, is a *Problem.
type Calendar interface {
	Now() *worktime.Calendar // the city's in force
	// GaveBy is the calendar in force of which a version has given a deadline.
	GaveBy(version string) escalation.WorkCalendar
	Own() []OwnCalendar // of units, by name
	Page(name string) (CalendarInForce, error)
	// DryRun lists what an edit would move; Save puts it in force and moves it. An edit
	// that is no calendar is a *Problem; one over an older version is Stale.
	DryRun(ctx context.Context, name string, edited worktime.Spec) (CalendarMoves, error)
	Save(ctx context.Context, name string, edited worktime.Spec, version string, by escalation.Actor) (CalendarMoves, error)
	// MoveUnit gives what a unit owes by another calendar than it works by now the
	// instants of the one it works by; with dry it only lists them.
	MoveUnit(ctx context.Context, unit string, dry bool, by escalation.Actor) (CalendarMoves, error)
}

// OwnCalendar is a calendar of units. With a Problem it cannot be used, and the city's
// stands in for it.
type OwnCalendar struct{ Name, Problem string }

// CalendarInForce is a calendar and what it is made of.
type CalendarInForce struct {
	Calendar *worktime.Calendar
	Spec     worktime.Spec
	Version  string
	Aside    *worktime.Spec // what was edited here before the configuration named another file; nil: nothing
}

// CalendarMoves is what an edit does to the open deadlines.
type CalendarMoves struct {
	Version              string // of the calendar that gives the new instants
	Deadlines, Petitions int
	Overdue              int                // lie behind us then
	Settled, Doubtful    int                // are not provisional any more, are so now
	LeftOut              []string           // codes of petitions that cannot be read: their deadlines stay
	First                []escalation.Moved // those that become overdue before the others
	Now                  time.Time          // when it was decided which become overdue
}

// calendarPage is a year at a glance.
type calendarPage struct {
	Name      string // empty: the city's
	Own       []OwnCalendar
	Units     []escalation.Unit // that work by it
	Year      int
	Months    []month
	Days      int
	Hours     string
	Version   string
	Announced string
	Off       []worktime.DayOff
	Work      []worktime.WorkDay
	Lost      []CalendarDay // edited here, and not in the configuration's new file
	LostUntil string
	MayEdit   bool
	Edit      calendarEdit
	Declared  *declaration // by an edit of the date up to which all is announced
	Moves     *CalendarMoves
	Seen      string // digest of the edit whose moves are shown
	Problem   string
}

type month struct {
	Name  string
	Weeks [][]dayCell
}

type dayCell struct {
	Day     int
	Class   string // work, rest, off, exchange, none
	Title   string
	Date    string
	Working bool
}

// calendarEdit is one change: a day off, or one worked in exchange; or the date up to
// which the days off are announced.
type calendarEdit struct {
	Kind, Date, Name, Document string
}

func (c *console) calendar(v *visit) error {
	year := v.now.In(zone()).Year()
	if given, err := strconv.Atoi(v.URL.Query().Get("year")); err == nil && given >= 2020 && given <= 2050 {
		year = given
	}
	page, err := c.yearPage(v, v.URL.Query().Get("name"), year)
	if err != nil {
		return err
	}
	return v.show(200, "calendar", "Lịch làm việc", page)
}

func (c *console) yearPage(v *visit, name string, year int) (calendarPage, error) {
	now, err := c.Calendar.Page(name)
	if err != nil {
		return calendarPage{}, err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return calendarPage{}, err
	}
	cal, spec := now.Calendar, now.Spec
	page := calendarPage{Name: name, Own: c.Calendar.Own(), Year: year, Version: now.Version, Announced: spec.AnnouncedUntil, MayEdit: v.may(web.EditCalendar)}
	page.Lost, page.LostUntil = now.Lost(v.now.In(zone()).Format(time.DateOnly))
	for _, u := range directory.Units() {
		if name != "" && u.Calendar == name {
			page.Units = append(page.Units, u)
		}
	}
	prefix := strconv.Itoa(year)
	for _, d := range spec.Off {
		if len(d.Date) >= 4 && d.Date[:4] == prefix {
			page.Off = append(page.Off, d)
		}
	}
	for _, d := range spec.Work {
		if len(d.Date) >= 4 && d.Date[:4] == prefix {
			page.Work = append(page.Work, d)
		}
	}
	total := time.Duration(0)
	for m := time.January; m <= time.December; m++ {
		made, days, hours := c.monthOf(cal, spec, year, m)
		page.Months = append(page.Months, made)
		page.Days, total = page.Days+days, total+hours
	}
	page.Hours = escalation.SpanText(total)
	return page, nil
}

func (c *console) monthOf(cal *worktime.Calendar, spec worktime.Spec, year int, m time.Month) (out month, days int, hours time.Duration) {
	out.Name = "Tháng " + strconv.Itoa(int(m))
	first := time.Date(year, m, 1, 0, 0, 0, 0, zone())
	week := make([]dayCell, (int(first.Weekday())+6)%7) // Monday first
	for d := first; d.Month() == m; d = d.AddDate(0, 0, 1) {
		cell := dayCell{Day: d.Day(), Class: "rest", Date: d.Format(time.DateOnly)}
		for _, h := range cal.Hours(d) {
			cell.Class, cell.Working = "work", true
			hours += h.End.Sub(h.Start)
		}
		if cell.Working {
			days++
		}
		for _, off := range spec.Off {
			if off.Date == cell.Date {
				cell.Class, cell.Title = "off", off.Name+" "+off.Document
			}
		}
		for _, work := range spec.Work {
			if work.Date == cell.Date {
				cell.Class, cell.Title = "exchange", "làm bù "+work.Document
			}
		}
		if week = append(week, cell); len(week) == 7 {
			out.Weeks, week = append(out.Weeks, week), nil
		}
	}
	if len(week) > 0 {
		out.Weeks = append(out.Weeks, append(week, make([]dayCell, 7-len(week))...))
	}
	return out, days, hours
}

// calendarEdit shows what an edit would move, or saves it when that has been seen.
func (c *console) calendarEdit(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	edit := calendarEdit{Kind: form.Get("kind"), Date: form.Get("date"), Name: form.Get("name"), Document: form.Get("document")}
	name := form.Get("name_of")
	day, wrongDay := time.ParseInLocation(time.DateOnly, edit.Date, zone())
	if wrongDay != nil {
		day = v.now
	}
	page, err := c.yearPage(v, name, day.In(zone()).Year())
	if err != nil {
		return err
	}
	page.Edit = edit
	if wrongDay != nil {
		page.Problem = "Ngày không đúng."
		return v.show(422, "calendar", "Lịch làm việc", page)
	}
	now, err := c.Calendar.Page(name)
	if err != nil {
		return err
	}
	edited, err := edit.on(now.Spec, v.now)
	if err == nil && edit.Kind == announcing {
		page.Declared = declarationOf(now.Spec, edited)
	}
	page.Seen = digest(name, edit.Kind, edit.Date, edit.Name, edit.Document, now.Version)
	if form.Get("step") == "do" && form.Get("version") != now.Version {
		err = &escalation.Problem{Kind: escalation.Stale, Field: "version", Detail: "lịch đã được người khác sửa, hãy tải lại"}
	}
	var moves CalendarMoves
	if err == nil && carriesOut(form, page.Seen) {
		if moves, err = c.Calendar.Save(v.Context(), name, edited, form.Get("version"), v.actor()); err == nil {
			return v.done("/calendar?"+url.Values{"name": {name}, "year": {strconv.Itoa(day.Year())}}.Encode(), "Đã lưu lịch; "+moves.done()+".")
		}
	} else if err == nil {
		if moves, err = c.Calendar.DryRun(v.Context(), name, edited); err == nil {
			page.Moves = &moves
			return v.show(200, "calendar", "Lịch làm việc", page)
		}
	}
	var problem *escalation.Problem
	if !errors.As(err, &problem) {
		return err
	}
	page.Problem = problem.Detail
	return v.show(422, "calendar", "Lịch làm việc", page)
}

// announcing is the kind of an edit of the date up to which the days off are announced.
const announcing = "announced"

// done says what an edit has done to deadlines.
func (m CalendarMoves) done() string {
	said := strconv.Itoa(m.Deadlines) + " thời hạn của " + strconv.Itoa(m.Petitions) + " phản ánh được tính lại"
	if m.Settled > 0 {
		said += ", " + strconv.Itoa(m.Settled) + " thời hạn không còn tạm tính"
	}
	if m.Doubtful > 0 {
		said += ", " + strconv.Itoa(m.Doubtful) + " thời hạn thành tạm tính"
	}
	return said + m.leftOut()
}

// leftOut names what could not be moved, at the end of a sentence; no more than a page holds.
func (m CalendarMoves) leftOut() string {
	const named = 10
	if len(m.LeftOut) == 0 {
		return ""
	}
	said := "; " + strconv.Itoa(len(m.LeftOut)) + " phản ánh không đọc được nên giữ thời hạn cũ: " + strings.Join(m.LeftOut[:min(len(m.LeftOut), named)], ", ")
	if len(m.LeftOut) > named {
		said += ", …"
	}
	return said
}

// on is the calendar with the change.
func (e calendarEdit) on(spec worktime.Spec, now time.Time) (worktime.Spec, error) {
	if e.Kind == announcing {
		return e.announced(spec, now)
	}
	without := func(s worktime.Spec) worktime.Spec {
		out := s
		out.Off, out.Work = nil, nil
		for _, d := range s.Off {
			if d.Date != e.Date {
				out.Off = append(out.Off, d)
			}
		}
		for _, d := range s.Work {
			if d.Date != e.Date {
				out.Work = append(out.Work, d)
			}
		}
		return out
	}
	out := without(spec)
	switch e.Kind {
	case "off":
		if e.Name == "" || e.Document == "" {
			return spec, wrong("name", "cần tên ngày nghỉ và văn bản thông báo")
		}
		out.Off = append(out.Off, worktime.DayOff{Date: e.Date, Name: e.Name, Document: e.Document})
	case "work":
		if e.Document == "" {
			return spec, wrong("document", "cần văn bản thông báo làm bù")
		}
		out.Work = append(out.Work, worktime.WorkDay{Date: e.Date, Document: e.Document})
	case "plain":
	default:
		return spec, wrong("kind", "chưa chọn loại ngày")
	}
	return out, nil
}
