package sheet

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"notify1022/escalation"
)

var (
	reportChannels = []word{
		wordOf(escalation.ReportBySMS, "tin nhắn"),
		wordOf(escalation.ReportByEmail, "thư"),
		wordOf(escalation.ReportByBoth, "cả hai"),
	}
	reportEaches = []word{
		wordOf(escalation.ReportWeekly, "tuần", "hàng tuần"),
		wordOf(escalation.ReportMonthly, "tháng", "hàng tháng"),
		wordOf(escalation.ReportQuarterly, "quý", "hàng quý"),
	}
	noReports = wordOf(escalation.ReportByNone, "không", "không nhận")
	workday   = regexp.MustCompile(`^(?:ngay(?:lamviec)?(?:thu)?)?(\d{1,2})$`) // of key
)

const reportsShape = "ghi như: SMS, hằng tháng, ngày làm việc 2, 08:00; hoặc: không gửi"

// reportsField is how somebody gets the reports of their unit (Đ13.6): the channel, the
// rhythm, the working day and the time, or that they get none. An empty cell leaves it as
// it is: reports that were taken away are given back by a word alone.
func reportsField() field[Person] {
	return field[Person]{name: "reports", headers: []string{"Báo cáo định kỳ", "Nhận báo cáo định kỳ"},
		read: func(p *Person, cell string, _ ways) string {
			if cell == "" {
				return ""
			}
			choice, ok := readReports(cell, p.Reports)
			if !ok {
				return reportsShape
			}
			p.Reports = choice
			return ""
		},
		write: func(p Person) string { return writeReports(p.Reports) },
	}
}

// readReports reads a choice. Of who gets none the rhythm stays what it was.
func readReports(cell string, before escalation.Subscription) (s escalation.Subscription, ok bool) {
	if noReports.is(cell) {
		if s = before; s.Each == "" {
			s = escalation.DefaultSubscription(escalation.Contact{}, false)
		}
		s.Channel, s.ChangedAt, s.ChangedBy = escalation.ReportByNone, time.Time{}, ""
		return s, true
	}
	parts := strings.Split(cell, ",")
	if len(parts) != 4 {
		return s, false
	}
	channel, each := valueOf(reportChannels, parts[0]), valueOf(reportEaches, parts[1])
	day, at := workday.FindStringSubmatch(key(parts[2])), clock.FindStringSubmatch(strings.TrimSpace(fold(parts[3])))
	if channel == "" || each == "" || day == nil || at == nil || at[3] != "" || atoi(at[2]) > 59 {
		return s, false
	}
	of := time.Duration(atoi(at[1]))*time.Hour + time.Duration(atoi(at[2]))*time.Minute
	return escalation.Subscription{Channel: escalation.ReportChannel(channel), Each: escalation.ReportEach(each), Day: atoi(day[1]), At: of}, true
}

// valueOf is the word that the text means; empty: none.
func valueOf(words []word, text string) string {
	for _, w := range words {
		if w.is(text) {
			return w.value
		}
	}
	return ""
}

func writeReports(s escalation.Subscription) string {
	switch {
	case s.Each == "":
		return ""
	case s.Off():
		return noReports.label
	}
	return fmt.Sprintf("%s, %s, ngày làm việc %d, %s", s.Channel.Label(), s.Each.Label(), s.Day, s.Clock())
}

// refusedReports says why the choice that a row brings may not be made; empty: it may.
func refusedReports(before, after Person, terms Terms) string {
	choice, chosen := after.Chosen()
	if !chosen || choice == before.Reports {
		return ""
	}
	made := before.Reports
	if made.Each == "" {
		made = escalation.DefaultSubscription(after.Contact, terms.Numbering.Textable(after.Phone))
	}
	var fault *escalation.Problem
	if errors.As(choice.Check(after.Contact, made, terms.By), &fault) {
		return fault.Detail
	}
	return ""
}
