package console

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// CalendarDay is a dated exception of a calendar.
type CalendarDay struct {
	Date, Kind, Name, Document string // Kind: off, work, short
	Filled                     bool   // by rule, as the date up to which all is announced is entered
}

// daysOf are the exceptions of a calendar by their date.
func daysOf(spec worktime.Spec) []CalendarDay {
	var days []CalendarDay
	for _, d := range spec.Off {
		days = append(days, CalendarDay{Date: d.Date, Kind: "off", Name: d.Name, Document: d.Document})
	}
	for _, d := range spec.Work {
		days = append(days, CalendarDay{Date: d.Date, Kind: "work", Name: "làm bù", Document: d.Document})
	}
	for _, d := range spec.Short {
		days = append(days, CalendarDay{Date: d.Date, Kind: "short", Name: "giờ riêng " + strings.Join(d.Hours, ", "), Document: d.Document})
	}
	slices.SortStableFunc(days, func(a, b CalendarDay) int { return strings.Compare(a.Date, b.Date) })
	return days
}

// without are the days that are not in the others, as a day of their kind.
func without(days, others []CalendarDay) []CalendarDay {
	return slices.DeleteFunc(slices.Clone(days), func(d CalendarDay) bool {
		return slices.ContainsFunc(others, func(o CalendarDay) bool { return o.Date == d.Date && o.Kind == d.Kind })
	})
}

// Lost is what was edited here over another file of the configuration and is not in the
// one in force: the days, and the date up to which all was announced, empty where that
// of the file is not before it. Days before today (2006-01-02) matter no more.
func (c CalendarInForce) Lost(today string) (days []CalendarDay, until string) {
	if c.Aside == nil {
		return nil, ""
	}
	if c.Spec.AnnouncedUntil != "" && c.Aside.AnnouncedUntil > c.Spec.AnnouncedUntil {
		until = c.Aside.AnnouncedUntil
	}
	lost := without(daysOf(*c.Aside), daysOf(c.Spec))
	return slices.DeleteFunc(lost, func(d CalendarDay) bool { return d.Date < today }), until
}

// declaration is what somebody vouches for who enters a date up to which all is announced.
type declaration struct {
	Until string
	Days  []CalendarDay // since the date before
}

func declarationOf(spec, edited worktime.Spec) *declaration {
	made := &declaration{Until: edited.AnnouncedUntil}
	filled := without(daysOf(edited), daysOf(spec))
	for _, d := range daysOf(edited) {
		if d.Date > spec.AnnouncedUntil && d.Date <= edited.AnnouncedUntil && spec.AnnouncedUntil != "" {
			d.Filled = slices.Contains(filled, d)
			made.Days = append(made.Days, d)
		}
	}
	return made
}

// announced is the calendar with its days off known to the edit's date. Nobody announces
// further than the next year, and this year is counted by already; within them a date
// that was entered by mistake can be taken back.
func (e calendarEdit) announced(spec worktime.Spec, now time.Time) (worktime.Spec, error) {
	year := now.In(zone()).Year()
	switch {
	case e.Date < fmt.Sprintf("%d-01-01", year) || e.Date > fmt.Sprintf("%d-12-31", year+1):
		return spec, wrong("date", "lịch nghỉ được thông báo theo từng năm: chọn một ngày trong năm %d hoặc %d, thường là ngày 31/12", year, year+1)
	case e.Date == spec.AnnouncedUntil:
		return spec, wrong("date", "lịch đã ghi là thông báo đến ngày này")
	}
	edited, _, err := spec.AnnouncedTo(e.Date)
	if err != nil {
		return spec, wrong("date", "lịch không hợp lệ: %s", err)
	}
	return edited, nil
}
