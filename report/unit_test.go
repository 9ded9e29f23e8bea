package report

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report/ledger"
)

// clock is an instant of the city, "2026-11-30 20:00".
func clock(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, worktime.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// cellText is what stands in a row's column; without such a row "".
func (r *Report) cellText(table, row, column string) string {
	for _, of := range r.Tables {
		for _, line := range of.Rows {
			if of.Key == table && line.Key == row && of.column(column) >= 0 {
				return line.Cells[of.column(column)].Text()
			}
		}
	}
	return ""
}

// Tuesday 17 November 2026: the 48 hours end at 08:00 while 1022 has it back from SXD, and
// GV gets its slip at 09:00. Monday 30 November: one comes in at 20:00, and SXD gets its
// slip on 1 December.
func backWith1022(t *testing.T) ledger.Ledger {
	at := func(s string) time.Time { return clock(t, s) }
	turn := escalation.Fact{Petition: 1, Turn: 1, Channel: escalation.ByPhone, Field: "chiếu sáng", Area: "P Gia Viên", ReceivedAt: at("2026-11-09 08:00"), OpenedAt: at("2026-11-09 08:00"),
		ForwardedAt: at("2026-11-09 08:00"), DoneAt: at("2026-11-16 16:00"), Outcome: escalation.OutcomeReturned, Unit: "SXD", Officer: "Nguyễn Văn Thử"}
	next := turn
	next.Turn, next.OpenedAt, next.ForwardedAt, next.OverdueAt = 2, turn.DoneAt, at("2026-11-17 09:00"), at("2026-11-17 08:00")
	next.DoneAt, next.Outcome, next.Unit, next.Officer = time.Time{}, escalation.OutcomeOpen, "GV", "Trần Thị Mẫu"
	last := turn
	last.Petition, last.ReceivedAt, last.OpenedAt, last.ForwardedAt = 2, at("2026-11-30 20:00"), at("2026-11-30 20:00"), at("2026-12-01 08:00")
	last.DoneAt, last.Outcome = time.Time{}, escalation.OutcomeOpen
	return ledger.Ledger{Facts: []escalation.Fact{turn, next, last}}
}

func TestAUnitHasAPetitionFromItsSlipOn(t *testing.T) {
	src := backWith1022(t)
	for _, c := range []struct {
		report, table, row, column, want string
	}{
		{"", "city", "went_late", "value", "1"}, // once, whoever had it
		{"", "city", "open", "value", "2"},
		{"", "city", "open_late", "value", "50,0% (1/2)"},
		{"", "unit_answers", "GV", "went_late", "0"},
		{"", "unit_answers", "SXD", "went_late", "0"},
		{"", "unit_open", "GV", "open_late", "100,0% (1/1)"}, // an overdue petition it has all the same
		{"", "unit_open", "SXD", "open", "0"},
		{"", "unit_open", "SXD", "age_0", "–"},
		{"", "officer_answers", "GV/Trần Thị Mẫu", "went_late", "0"},
		{"", "officer_open", "SXD/Nguyễn Văn Thử", "open", "0"},
		{"", "field_answers", "chiếu sáng", "went_late", "1"}, // what the city has, 1022 with it
		{"", "field_open", "chiếu sáng", "open", "2"},
		{"", "area_open", "P Gia Viên", "age_0", "50,0% (1/2)"},
		{"", "channel_open", "phone", "open", "2"},
		{"", "ages", "age_2", "value", "50,0% (1/2)"},
		{"SXD", "summary", "open", "value", "0"},
		{"SXD", "summary", "slips", "value", "1"},
		{"SXD", "ages", "age_0", "value", "–"},
		{"SXD", "field_open", "chiếu sáng", "open", "0"},
		{"GV", "summary", "went_late", "value", "0"},
		{"GV", "summary", "open", "value", "1"},
		{"GV", "officer_answers", "Trần Thị Mẫu", "went_late", "0"},
	} {
		if got := orderOfAutumn(t, src, c.report, true).cellText(c.table, c.row, c.column); got != c.want {
			t.Errorf("report of %q, %s of %s in %s: %q, want %q", c.report, c.column, c.row, c.table, got, c.want)
		}
	}
	if sums := orderOfAutumn(t, src, "SXD", false).Sums(); sums.Open != 0 || sums.Late != 0 {
		t.Errorf("the text tells SXD of %d open and %d late", sums.Open, sums.Late)
	}
}

// A unit that had nothing in the period has no row for a petition that it got afterwards.
func TestAUnitThatGotItsSlipAfterThePeriodHasNoRow(t *testing.T) {
	src := backWith1022(t)
	src.Facts = src.Facts[2:]
	for _, table := range orderOfAutumn(t, src, "", true).Tables {
		if slices.Contains([]escalation.Dimension{escalation.ByUnit, escalation.ByUnitOfficer}, table.By) && len(table.Rows) > 0 {
			t.Errorf("%s has the rows %s", table.Key, fmt.Sprint(table.Rows))
		}
	}
}
