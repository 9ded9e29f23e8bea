package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// PeriodKind is how a period is named.
type PeriodKind string

// The kinds of periods: those of Đ10.1, and any stretch of days.
const (
	Week    PeriodKind = "week"
	Month   PeriodKind = "month"
	Quarter PeriodKind = "quarter"
	Year    PeriodKind = "year"
	Days    PeriodKind = "days"
)

// Period is a stretch of whole days in Asia/Ho_Chi_Minh, [From, To).
type Period struct {
	Name string // as it was asked for: 2026-W47, 2026-11, 2026-Q4, 2026, 2026-11-03..2026-11-20
	Kind PeriodKind
	From time.Time
	To   time.Time
}

// Years of periods that are taken: the hotline's, and what can lie ahead.
const (
	firstYear = 2020
	lastYear  = 2099
)

// longestDays bounds an ad hoc stretch: two years.
const longestDays = 731

// ParsePeriod reads the name of a period: an ISO week, a month, a quarter, a year,
// or two days that both belong to it.
func ParsePeriod(name string) (Period, error) {
	name = strings.TrimSpace(name)
	wrong := fmt.Errorf("kỳ báo cáo %q phải có dạng 2026-W47, 2026-11, 2026-Q4, 2026 hoặc 2026-11-03..2026-11-20", cut(name))
	p := Period{Name: name}
	if first, last, ok := strings.Cut(name, ".."); ok {
		return p.days(first, last, wrong)
	}
	year, rest, _ := strings.Cut(name, "-")
	y, err := number(year, 4)
	if err != nil || y < firstYear || y > lastYear {
		return Period{}, wrong
	}
	switch {
	case name == year:
		p.Kind, p.From, p.To = Year, day(y, 1, 1), day(y+1, 1, 1)
	case strings.HasPrefix(rest, "W"):
		w, err := number(rest[1:], 2)
		monday := mondayOf(y, w)
		if isoYear, isoWeek := monday.ISOWeek(); err != nil || isoYear != y || isoWeek != w {
			return Period{}, wrong
		}
		p.Kind, p.From, p.To = Week, monday, monday.AddDate(0, 0, 7)
	case strings.HasPrefix(rest, "Q"):
		q, err := number(rest[1:], 1)
		if err != nil || q < 1 || q > 4 {
			return Period{}, wrong
		}
		p.Kind, p.From, p.To = Quarter, day(y, 3*q-2, 1), day(y, 3*q+1, 1)
	default:
		m, err := number(rest, 2)
		if err != nil || m < 1 || m > 12 {
			return Period{}, wrong
		}
		p.Kind, p.From, p.To = Month, day(y, m, 1), day(y, m+1, 1)
	}
	return p, nil
}

// days reads an ad hoc stretch; both days belong to it.
func (p Period) days(first, last string, wrong error) (Period, error) {
	from, err1 := time.ParseInLocation(time.DateOnly, first, worktime.Zone())
	to, err2 := time.ParseInLocation(time.DateOnly, last, worktime.Zone())
	switch {
	case err1 != nil, err2 != nil, from.Year() < firstYear, to.Year() > lastYear:
		return Period{}, wrong
	case to.Before(from):
		return Period{}, fmt.Errorf("kỳ báo cáo %q: ngày cuối trước ngày đầu", p.Name)
	case to.Sub(from) >= longestDays*24*time.Hour:
		return Period{}, fmt.Errorf("kỳ báo cáo %q dài quá hai năm", p.Name)
	}
	p.Kind, p.From, p.To = Days, from, to.AddDate(0, 0, 1)
	return p, nil
}

// Containing is the week, month, quarter or year in which the instant lies; any days have
// no such period.
func Containing(kind PeriodKind, at time.Time) Period {
	local := at.In(worktime.Zone())
	year, month := local.Year(), int(local.Month())
	name := strconv.Itoa(year)
	switch kind {
	case Week:
		isoYear, week := local.ISOWeek()
		name = fmt.Sprintf("%d-W%02d", isoYear, week)
	case Month:
		name = fmt.Sprintf("%d-%02d", year, month)
	case Quarter:
		name = fmt.Sprintf("%d-Q%d", year, (month+2)/3)
	}
	p, _ := ParsePeriod(name) // its own names can be read, but for years beyond all reports
	return p
}

// Before is the period of the same kind, or of as many days, that ends where this
// one begins.
func (p Period) Before() Period {
	if p.Kind != Days {
		return Containing(p.Kind, p.From.AddDate(0, 0, -1))
	}
	last := p.From.AddDate(0, 0, -1)
	n := int(p.To.Sub(p.From).Hours() / 24)
	before, _ := ParsePeriod(last.AddDate(0, 0, 1-n).Format(time.DateOnly) + ".." + last.Format(time.DateOnly))
	return before
}

// Title is the period in Vietnamese: "tháng 11 năm 2026 (01/11/2026 – 30/11/2026)".
func (p Period) Title() string {
	last := p.To.AddDate(0, 0, -1)
	stretch := dateText(p.From) + " – " + dateText(last)
	switch p.Kind {
	case Week:
		year, week := p.From.ISOWeek()
		return fmt.Sprintf("tuần %d năm %d (%s)", week, year, stretch)
	case Month:
		return fmt.Sprintf("tháng %d năm %d (%s)", int(p.From.Month()), p.From.Year(), stretch)
	case Quarter:
		return fmt.Sprintf("quý %d năm %d (%s)", (int(p.From.Month())+2)/3, p.From.Year(), stretch)
	case Year:
		return fmt.Sprintf("năm %d (%s)", p.From.Year(), stretch)
	}
	return "từ " + strings.Replace(stretch, " – ", " đến ", 1)
}

func dateText(t time.Time) string { return t.Format("02/01/2006") }

func day(year, month, dayOfMonth int) time.Time {
	return time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, worktime.Zone())
}

// mondayOf is the Monday of an ISO week (ISO 8601: the week of 4 January is the first).
func mondayOf(year, week int) time.Time {
	fourth := day(year, 1, 4)
	back := (int(fourth.Weekday()) + 6) % 7
	return fourth.AddDate(0, 0, 7*(week-1)-back)
}

// number reads exactly as many digits.
func number(s string, digits int) (int, error) {
	if len(s) != digits || strings.Trim(s, "0123456789") != "" {
		return 0, fmt.Errorf("%q is not %d digits", s, digits)
	}
	return strconv.Atoi(s)
}

// cut bounds what an error repeats of its input.
func cut(s string) string { return escalation.Clip(s, 40) }
