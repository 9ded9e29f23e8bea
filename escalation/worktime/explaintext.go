package worktime

import (
	"fmt"
	"strings"
	"time"
)

// String returns the explanation in Vietnamese, one line for the receipt, one
// per date and one for the deadline.
func (e Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Tiếp nhận: %s, thời hạn %s\n", instantText(e.From), e.Span.vietnamese())
	for _, d := range e.Days {
		fmt.Fprintf(&b, "  %s: %s\n", dateText(d.Date), e.reason(d))
	}
	if e.Left > 0 {
		fmt.Fprintf(&b, "  … và %d ngày nữa\n", e.Left)
	}
	fmt.Fprintf(&b, "Hạn: %s", instantText(e.Due))
	if e.Provisional {
		b.WriteString(" (tạm tính: " + e.doubt() + ")")
	}
	b.WriteByte('\n')
	return b.String()
}

func (e Explanation) doubt() string {
	if e.announcedUntil.IsZero() || e.Due.Before(e.announcedUntil) {
		return "ngoài thời gian lịch nghỉ đã công bố"
	}
	return "lịch nghỉ sau ngày " + e.announcedUntil.Format("02/01/2006") + " chưa công bố"
}

// reason says what happened to one date.
func (e Explanation) reason(d ExplainedDay) string {
	switch {
	case len(d.Hours) == 0:
		return "không tính, " + d.cause()
	case e.Span.Days > 0 && d.Receipt:
		return "không tính, ngày tiếp nhận" + d.remark()
	case e.Span.Days > 0:
		return fmt.Sprintf("ngày làm việc thứ %d%s", d.Number, d.remark())
	case d.Counted == 0:
		return "không tính, " + e.missed(d) + d.remark()
	}
	return fmt.Sprintf("%s tính %s, cộng dồn %s%s",
		e.counted(d), shortTime(d.Counted), shortTime(d.Sum), d.remark())
}

// missed says why a working day has nothing counted on it.
func (e Explanation) missed(d ExplainedDay) string {
	if d.Receipt && !e.From.Before(d.Hours[len(d.Hours)-1].End) {
		return "tiếp nhận sau giờ làm việc"
	}
	return "chưa có thời gian phải tính"
}

// counted lists the stretches of the date between receipt and deadline.
func (e Explanation) counted(d ExplainedDay) string {
	var parts []string
	for _, h := range d.Hours {
		start, end := h.Start, h.End
		if start.Before(e.From) {
			start = e.From
		}
		if end.After(e.Due) {
			end = e.Due
		}
		if start.Before(end) {
			parts = append(parts, clockText(start, d.Date)+"–"+clockText(end, d.Date))
		}
	}
	return strings.Join(parts, ", ")
}

// cause says why a date without working time has none.
func (d ExplainedDay) cause() string {
	switch d.Kind {
	case DayIsOff:
		return "nghỉ " + d.Name + d.source()
	case DayIsComputed:
		return "nghỉ " + d.Name + d.source() + ", tự tính theo ngày cố định"
	}
	return "ngày nghỉ hằng tuần"
}

// remark adds what is special about a working day.
func (d ExplainedDay) remark() string {
	switch d.Kind {
	case DayIsExchanged:
		return " (làm bù" + d.source() + ")"
	case DayIsShort:
		return " (giờ làm việc riêng" + d.source() + ")"
	}
	return ""
}

func (d ExplainedDay) source() string {
	if d.Document == "" {
		return ""
	}
	return ", theo " + d.Document
}

func (s Span) vietnamese() string {
	if s.Days != 0 {
		return fmt.Sprintf("%d ngày làm việc", s.Days)
	}
	return shortTime(s.Time) + " làm việc"
}

var weekdayNames = [7]string{
	"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy",
}

func dateText(t time.Time) string {
	return weekdayNames[t.Weekday()] + " " + t.Format("02/01/2006")
}

func instantText(t time.Time) string { return dateText(t) + " " + clockText(t, t) }

// clockText writes 16:50, with seconds where there are any, and the midnight
// after the date as 24:00.
func clockText(t, date time.Time) string {
	switch {
	case t.Day() != date.Day():
		return "24:00"
	case t.Second() != 0 || t.Nanosecond() != 0:
		return t.Format("15:04:05.999999999")
	}
	return t.Format("15:04")
}
