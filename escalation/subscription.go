package escalation

import (
	"fmt"
	"slices"
	"time"
)

// ReportChannel is how a leader gets the report of the own unit (Đ13.6).
type ReportChannel string

// Channels of reports.
const (
	ReportBySMS   ReportChannel = "sms"
	ReportByEmail ReportChannel = "email"
	ReportByBoth  ReportChannel = "both"
	ReportByNone  ReportChannel = "none"
)

// ReportChannels lists every channel.
func ReportChannels() []ReportChannel {
	return []ReportChannel{ReportBySMS, ReportByEmail, ReportByBoth, ReportByNone}
}

// Label is the channel as people read it.
func (c ReportChannel) Label() string {
	switch c {
	case ReportBySMS:
		return "SMS"
	case ReportByEmail:
		return "thư điện tử"
	case ReportByBoth:
		return "SMS và thư điện tử"
	case ReportByNone:
		return "không gửi"
	}
	return string(c)
}

// ReportEach is how often a leader gets it.
type ReportEach string

// How often.
const (
	ReportWeekly    ReportEach = "week"
	ReportMonthly   ReportEach = "month"
	ReportQuarterly ReportEach = "quarter"
	ReportNever     ReportEach = "none"
)

// ReportEaches lists every rhythm.
func ReportEaches() []ReportEach {
	return []ReportEach{ReportWeekly, ReportMonthly, ReportQuarterly, ReportNever}
}

// Label is the rhythm as people read it.
func (e ReportEach) Label() string {
	switch e {
	case ReportWeekly:
		return "hằng tuần"
	case ReportMonthly:
		return "hằng tháng"
	case ReportQuarterly:
		return "hằng quý"
	case ReportNever:
		return "không gửi"
	}
	return string(e)
}

// mostDay is the last working day that may be chosen: of a week, and of a month or a
// quarter, where even the month of Tết has as many.
func (e ReportEach) mostDay() int {
	if e == ReportWeekly {
		return 5
	}
	return 10
}

// Times of day at which reports may go out: each step between the two, in working hours,
// when no text has to wait for the morning.
const (
	ReportFirst = 7 * time.Hour
	ReportLast  = 17 * time.Hour
	ReportStep  = 15 * time.Minute
)

// Subscription is a leader's choice: the report of the period that has ended, on the
// working day Day (1, 2, …) of the week, month or quarter, at the time of day At. A
// stretch with fewer working days has it on its last one, one with none on the first after
// it, beside that of the next.
type Subscription struct {
	Contact   int64
	Channel   ReportChannel
	Each      ReportEach
	Day       int
	At        time.Duration // since midnight, Asia/Ho_Chi_Minh
	ChangedAt time.Time     // zero: nobody chose, it is the default
	ChangedBy string
}

// DefaultSubscription is the choice of who has made none: a unit's leader gets the month
// on working day 2 at 08:00, when the answers of the last day are in; by SMS where the
// number takes it, else by email. Nobody else gets any.
func DefaultSubscription(c Contact, textable bool) Subscription {
	s := Subscription{Contact: c.ID, Channel: ReportByNone, Each: ReportMonthly, Day: 2, At: 8 * time.Hour}
	switch {
	case c.Role != Leader:
	case textable:
		s.Channel = ReportBySMS
	case c.Email != "":
		s.Channel = ReportByEmail
	}
	return s
}

// ChoiceOf is the person's choice among those made, else the default.
func ChoiceOf(made map[int64]Subscription, c Contact, numbering Numbering) Subscription {
	if s, chosen := made[c.ID]; chosen {
		return s
	}
	return DefaultSubscription(c, numbering.Textable(c.Phone))
}

// Off reports that nothing is sent.
func (s Subscription) Off() bool { return s.Channel == ReportByNone || s.Each == ReportNever }

// MaySubscribe reports whether the person's reports can be chosen: leaders and heads of
// a unit get that unit's.
func (c Contact) MaySubscribe() bool {
	return c.Unit != "" && (c.Role == Leader || c.Role == Head)
}

// Check reports why the choice for the contact cannot be made by the actor, as a *Problem.
// before is the choice until now: an administrator alone takes reports away (Đ13.6).
func (s Subscription) Check(c Contact, before Subscription, actor Actor) error {
	step := s.At % ReportStep
	switch {
	case actor.Role != Administrator && actor.Role != ShiftLead:
		return forbidden("đăng ký báo cáo do trưởng ca hoặc quản trị viên thay đổi")
	case !c.MaySubscribe():
		return invalid("contact", "chỉ lãnh đạo, Thủ trưởng đơn vị nhận báo cáo định kỳ")
	case !slices.Contains(ReportChannels(), s.Channel):
		return invalid("channel", "kênh nhận phải là sms, email, both hoặc none")
	case !slices.Contains(ReportEaches(), s.Each):
		return invalid("each", "kỳ báo cáo phải là week, month, quarter hoặc none")
	case s.Day < 1 || s.Day > s.Each.mostDay():
		return invalid("day", "ngày làm việc thứ phải từ 1 đến %d", s.Each.mostDay())
	case s.At < ReportFirst || s.At > ReportLast || step != 0:
		return invalid("at", "giờ gửi phải từ 07:00 đến 17:00, chẵn 15 phút")
	case s.Off() && !before.Off() && actor.Role != Administrator:
		return forbidden("chỉ quản trị viên được ngừng gửi báo cáo cho lãnh đạo (Đ13.6)")
	}
	return nil
}

// Text is the choice in a line: "sms, month, ngày 2, 08:00".
func (s Subscription) Text() string {
	if s.Off() {
		return "none"
	}
	return fmt.Sprintf("%s, %s, ngày làm việc %d, %s", s.Channel, s.Each, s.Day, s.Clock())
}

// Clock is the time of day as HH:MM.
func (s Subscription) Clock() string {
	return fmt.Sprintf("%02d:%02d", int(s.At.Hours()), int(s.At.Minutes())%60)
}

// LastDue is the latest instant in (from, to] at which reports are due, zero for none, and
// where the weeks, months or quarters begin whose they are, the earliest first: more than one
// after days on which nobody worked. Nothing is due that lies before the choice was made.
// workday says whether anybody works on the day that begins at midnight.
func (s Subscription) LastDue(from, to time.Time, workday func(midnight time.Time) bool) (at time.Time, stretches []time.Time) {
	if s.ChangedAt.After(from) {
		from = s.ChangedAt
	}
	if s.Off() || !to.After(from) {
		return time.Time{}, nil
	}
	for start := s.Each.start(to); ; start = s.Each.start(start.AddDate(0, 0, -1)) {
		due := s.dueIn(start, workday)
		switch {
		case due.After(from) && !due.After(to) && (at.IsZero() || due.Equal(at)):
			at, stretches = due, append(stretches, start)
		case !at.IsZero() || !due.After(from) && !start.After(from): // the earlier, the sooner due
			slices.Reverse(stretches)
			return at, stretches
		}
	}
}

// dueIn is when the report of the stretch that begins at start is due: where nobody works
// in it, on the first working day after it. Zero: nobody works in the month after it either.
func (s Subscription) dueIn(start time.Time, workday func(time.Time) bool) time.Time {
	end := s.Each.next(start)
	day := Workday(start, end, s.Day, workday)
	if day.IsZero() {
		day = Workday(end, end.AddDate(0, 1, 0), 1, workday)
	}
	if day.IsZero() {
		return day
	}
	return day.Add(s.At)
}

// Workday is the midnight of working day n of the days [from, to), of the last one where
// there are fewer, zero where nobody works.
func Workday(from, to time.Time, n int, workday func(midnight time.Time) bool) (day time.Time) {
	for d := from; d.Before(to) && n > 0; d = d.AddDate(0, 0, 1) {
		if workday(d) {
			day, n = d, n-1
		}
	}
	return day
}

// start is the midnight at which the week, month or quarter of the instant begins.
func (e ReportEach) start(at time.Time) time.Time {
	local := at.In(hanoi())
	year, month, day := local.Date()
	switch e {
	case ReportWeekly:
		return time.Date(year, month, day-(int(local.Weekday())+6)%7, 0, 0, 0, 0, hanoi())
	case ReportQuarterly:
		return time.Date(year, month-(month-1)%3, 1, 0, 0, 0, 0, hanoi())
	}
	return time.Date(year, month, 1, 0, 0, 0, 0, hanoi())
}

// next is where the stretch that follows begins.
func (e ReportEach) next(start time.Time) time.Time {
	switch e {
	case ReportWeekly:
		return start.AddDate(0, 0, 7)
	case ReportQuarterly:
		return start.AddDate(0, 3, 0)
	}
	return start.AddDate(0, 1, 0)
}
