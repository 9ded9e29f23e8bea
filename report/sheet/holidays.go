package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// day is one dated exception of a calendar.
type day struct {
	Date     string // 2026-02-16
	Kind     string // off, work, short, plain
	Name     string
	Document string
	Hours    []string
}

var dayFields = []field[day]{
	must(field[day]{name: "date", headers: []string{"Ngày", "Ngày tháng", "Ngày nghỉ"},
		read: func(d *day, cell string, w ways) string {
			at, wrong := readDay(cell, w)
			if cell == "" {
				return "chưa có ngày"
			}
			if wrong == "" {
				d.Date = at.Format(time.DateOnly)
			}
			return wrong
		},
		write: func(d day) string { return d.Date }}),
	oneOf("kind", dayKinds, func(d *day) *string { return &d.Kind }, "Loại", "Loại ngày", "Hình thức"),
	text("name", func(d *day) *string { return &d.Name }, "Tên ngày nghỉ", "Tên", "Nội dung", "Dịp", "Dịp nghỉ", "Lý do"),
	text("document", func(d *day) *string { return &d.Document }, "Văn bản", "Căn cứ", "Số văn bản", "Văn bản thông báo"),
	list("hours", func(d *day) *[]string { return &d.Hours }, "Giờ làm việc", "Giờ làm", "Thời gian làm việc"),
}

// The kinds of days. A plain one is like any other week's: an exception that was
// there is taken away.
const (
	dayOff   = "off"
	dayWork  = "work"
	dayShort = "short"
	dayPlain = "plain"
)

var dayKinds = []word{
	{dayOff, "nghỉ", []string{"ngày nghỉ", "nghỉ lễ", "nghỉ tết", "nghỉ bù", "hoán đổi"}},
	{dayWork, "làm bù", []string{"làm việc bù", "ngày làm bù", "đi làm", "làm"}},
	{dayShort, "giờ riêng", []string{"nghỉ nửa ngày", "nửa ngày", "ngày ngắn"}},
	{dayPlain, "như các tuần khác", []string{"bình thường", "bỏ"}},
}

// daysOf are the dated exceptions of a calendar by their date.
func daysOf(spec worktime.Spec) []day {
	var days []day
	for _, d := range spec.Off {
		days = append(days, day{d.Date, dayOff, d.Name, d.Document, nil})
	}
	for _, d := range spec.Work {
		days = append(days, day{d.Date, dayWork, "", d.Document, d.Hours})
	}
	for _, d := range spec.Short {
		days = append(days, day{d.Date, dayShort, "", d.Document, d.Hours})
	}
	slices.SortStableFunc(days, func(a, b day) int { return cmp.Compare(a.Date, b.Date) })
	return days
}

// with is the calendar with one day as given, in the place where that date stood.
func with(spec worktime.Spec, d day) worktime.Spec {
	off, work, short := worktime.DayOff{Date: d.Date, Name: d.Name, Document: d.Document},
		worktime.WorkDay{Date: d.Date, Document: d.Document, Hours: d.Hours}, worktime.ShortDay{Date: d.Date, Document: d.Document, Hours: d.Hours}
	spec.Off = put(spec.Off, off, d.Date, d.Kind == dayOff, func(o worktime.DayOff) string { return o.Date })
	spec.Work = put(spec.Work, work, d.Date, d.Kind == dayWork, func(o worktime.WorkDay) string { return o.Date })
	spec.Short = put(spec.Short, short, d.Date, d.Kind == dayShort, func(o worktime.ShortDay) string { return o.Date })
	return spec
}

// put replaces, adds or takes away the row of a date; the list given stays as it is.
func put[T any](list []T, one T, date string, there bool, dateOf func(T) string) []T {
	at := slices.IndexFunc(list, func(o T) bool { return dateOf(o) == date })
	list = slices.Clone(list)
	switch {
	case there && at >= 0:
		list[at] = one
	case there:
		list = append(list, one)
	case at >= 0:
		list = slices.Delete(list, at, at+1)
	}
	return list
}

// PlanHolidays lays a sheet over a calendar: dates that the sheet does not name stay
// as they are. Without a column for the kind every row is a day off. edited is the
// calendar to save; where the outcome has problems it is the one that came.
func PlanHolidays(tables []Table, spec worktime.Spec) (o Outcome, edited worktime.Spec) {
	read := decode(Holidays, dayFields, tables, ways{})
	o, edited = read.outcome(), spec
	known := map[string]day{}
	for _, d := range daysOf(spec) {
		known[d.Date] = d
	}
	seen := map[string]int{}
	for _, r := range read.rows {
		date := r.on(day{}).Date
		if before, twice := seen[date]; twice && date != "" {
			r.wrong("date", fmt.Sprintf("ngày này đã có ở hàng %d", before))
			continue
		}
		seen[date] = r.no
		before, there := known[date]
		after := r.on(before)
		if after.Kind == "" {
			after.Kind = dayOff
		}
		after = r.checked(after, !there || before.Document != "")
		diffs := r.differences(before, after)
		if there && before.Kind != after.Kind && !read.has("kind") {
			diffs = append(diffs, Diff{Field: "kind", Header: "kind", Before: before.Kind, After: after.Kind})
		}
		switch {
		case there && len(diffs) == 0, !there && after.Kind == dayPlain:
			o.Same++
			continue
		case there:
			o.add(Change{Row: r.no, What: date, Fields: diffs})
		default:
			o.add(Change{Row: r.no, What: strings.TrimSpace(date + " " + after.Name), New: true})
		}
		edited = with(edited, after)
	}
	if !read.failed() {
		if _, err := edited.Compile(firstTried, lastTried); err != nil {
			read.fail(Problem{Detail: "lịch không hợp lệ: " + err.Error()})
		}
	}
	if o = read.end(o); o.Problems.Any() {
		return o, spec
	}
	return o, edited
}

// The years for which an edited calendar is tried; what is wrong with its rows is
// found whatever the years.
const firstTried, lastTried = 2024, 2030

// checked finds what is wrong with a day, and takes away what its kind has not.
// documented: a document may not be missing; it may of what is in force without one.
func (r row[T]) checked(d day, documented bool) day {
	switch d.Kind {
	case dayOff:
		if d.Name == "" {
			r.wrong("name", "cần tên ngày nghỉ")
		}
		d.Hours = nil
	case dayShort:
		if len(d.Hours) == 0 {
			r.wrong("hours", "cần giờ làm việc, như 07:30-11:30; ngày không làm việc là ngày nghỉ")
		}
		d.Name = ""
	case dayWork, dayPlain:
		d.Name = ""
		if d.Kind == dayPlain {
			d.Document, d.Hours = "", nil
		}
	}
	if documented && d.Document == "" && (d.Kind == dayOff || d.Kind == dayWork) {
		r.wrong("document", "cần văn bản thông báo")
	}
	if len(d.Name) > maxDayText {
		r.wrong("name", "dài quá")
	}
	if len(d.Document) > maxDayText {
		r.wrong("document", "dài quá")
	}
	if len(d.Hours) > 0 {
		if why := hoursFault(d.Hours); why != "" {
			r.wrong("hours", why)
		}
	}
	return d
}

const maxDayText = 2000 // bytes

// hoursFault tries the hours as those of a day in a calendar of their own.
func hoursFault(hours []string) string {
	spec := worktime.Spec{Hours: worktime.Hours{"mon": hours}}
	if _, err := spec.Compile(2026, 2026); err != nil {
		return "giờ làm việc phải có dạng 07:30-11:30; 13:00-17:00, theo thứ tự"
	}
	return ""
}
