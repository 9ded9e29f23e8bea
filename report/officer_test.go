package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/report/ledger"
)

// crowd is a city of two units with as many officers each, of the same names. The later ones
// have more overdue.
func crowd(officers int) (l ledger.Ledger) {
	for _, unit := range []string{"SXD", "GV"} {
		for i := range officers {
			f := autumn().Facts[0]
			f.Unit, f.Officer = unit, fmt.Sprintf("Cán bộ %03d", i)
			l.Facts = append(l.Facts, f)
			if unit == "GV" && i < 3 {
				f.Outcome, f.Level, f.DoneAt, f.ResultAt, f.OverdueAt = escalation.OutcomeOpen, escalation.NoLevel, time.Time{}, time.Time{}, noon("2026-11-10")
				for range i + 1 {
					l.Facts = append(l.Facts, f)
				}
			}
			l.Texts = append(l.Texts, ledger.Text{At: f.OpenedAt, Unit: unit, Officer: f.Officer, Class: escalation.ClassSlip, State: escalation.Delivered, Segments: 1, Channel: f.Channel})
		}
	}
	return l
}

func TestTheCitysOfficersAreToldWithTheirUnits(t *testing.T) {
	src := crowd(40)
	src.Proposals = []escalation.Commended{
		{No: 1, Code: "HP261116-0001", Who: escalation.CommendOfficer, Officer: "Cán bộ 007", Unit: "GV", At: noon("2026-11-20")},
		{No: 2, Code: "HP261116-0001", Who: escalation.CommendOfficer, Officer: "Lê Văn Mới", Unit: "SXD", At: noon("2026-11-20")}, // has acknowledged nothing
	}
	r := orderOfAutumn(t, src, "", true)
	for _, c := range []struct {
		table, row, column string
		want               int
	}{
		{"officer", "GV/Cán bộ 000", "slips", 2}, {"officer", "SXD/Cán bộ 000", "slips", 1}, {"officer_answers", "GV/Cán bộ 002", "went_late", 3},
		{"officer_open", "GV/Cán bộ 001", "open_late", 2}, {"officer_scores", "GV/Cán bộ 007", "commended", 1}, {"officer_scores", "SXD/Cán bộ 007", "commended", 0},
		{"officer_scores", "SXD/Lê Văn Mới", "commended", 1}, {"officer_sms", "GV/Cán bộ 000", "texts", 1},
	} {
		if got := r.cellOf(t, c.table, c.row, c.column); got != c.want {
			t.Errorf("%s of %s in %s is %d, want %d", c.column, c.row, c.table, got, c.want)
		}
	}
	for table, column := range map[string]string{"": "slips", "_answers": "answers", "_open": "open", "_scores": "score_5", "_sms": "texts"} {
		if units, officers := r.sumOf(t, "unit"+table, column), r.sumOf(t, "officer"+table, column); units != officers || units == 0 {
			t.Errorf("%s: %d of the units, %d of their officers", column, units, officers)
		}
	}
	first := r.Tables[slices.IndexFunc(r.Tables, func(t Table) bool { return t.Key == "officer" })].Rows
	if got := []string{first[0].Key, first[1].Key, first[2].Key}; !slices.Equal(got, []string{"GV/Cán bộ 002", "GV/Cán bộ 001", "GV/Cán bộ 000"}) {
		t.Errorf("the first rows are %v, want those with the most overdue", got)
	}
	if first[0].Cells[0].Words != "UBND phường Gia Viên" {
		t.Errorf("the first one's unit is %q", first[0].Cells[0].Words)
	}
}

// A page has the first fifty officers and says so, a file has all.
func TestPagesShowTheFirstOfTheCitysOfficersAndFilesAll(t *testing.T) {
	r := orderOfAutumn(t, crowd(40), "", true)
	const last, hidden = "Cán bộ 039", "Hiển thị 50 dòng đầu trên 80"
	for f, all := range map[Format]bool{Text: false, HTML: false, CSV: true, JSON: true} {
		page := string(written(t, r, f))
		if strings.Contains(page, hidden) == all {
			t.Errorf("%s: it says that rows are hidden: %v", f, !all)
		}
		if n := strings.Count(page, last); (n >= 2*5) != all { // in five tables, of two units
			t.Errorf("%s has the last officers %d times", f, n)
		}
	}
	file, err := excelize.OpenReader(bytes.NewReader(written(t, r, XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if rows, err := file.GetRows("Theo cán bộ"); err != nil || len(rows) != firstRow-1+80 {
		t.Errorf("the sheet of officers has %d rows (%v)", len(rows), err)
	}
}

// Officers of the whole city are told when they are asked for, and never on a page that a
// link opens.
func TestTheCitysOfficersAreToldToThoseWhoAsk(t *testing.T) {
	for i, r := range []*Report{autumnReport(t, ""), orderOfAutumn(t, autumn(), "", true).WithoutPeople(), autumnReport(t, "SXD").WithoutPeople()} {
		for _, table := range r.Tables {
			if strings.HasPrefix(table.Key, "officer") || table.Key == "commended" && i > 0 {
				t.Errorf("the report of %q has the table %s", r.Unit, table.Key)
			}
		}
	}
}
