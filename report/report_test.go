package report

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// go test ./report -update writes the golden files anew; look at the difference.
var update = flag.Bool("update", false, "write the golden files")

// sums is a Source of what a test says.
type sums struct {
	groups  map[escalation.Dimension][]escalation.FactGroup
	medians map[escalation.FactSpan]map[string]time.Duration
	traffic []escalation.Traffic

	commended []escalation.Commended
}

func (s sums) Commended(context.Context, time.Time, time.Time, string, int) ([]escalation.Commended, error) {
	return s.commended, nil
}

func (s sums) FactGroups(_ context.Context, queries ...escalation.FactQuery) (list [][]escalation.FactGroup, err error) {
	for _, q := range queries {
		list = append(list, s.groups[q.By])
	}
	return list, nil
}

func (s sums) FactMedians(_ context.Context, _ escalation.FactQuery, of escalation.FactSpan) (map[string]time.Duration, error) {
	return s.medians[of], nil
}

func (s sums) SMSTraffic(context.Context, time.Time, time.Time, string) ([]escalation.Traffic, error) {
	return s.traffic, nil
}

// autumn is a small month: ten petitions, of which one unit has most.
func autumn() sums {
	const (
		came    = escalation.Opened | escalation.WasForward
		first   = escalation.FactFirst | escalation.FactForwarded | escalation.FactAcknowledged
		judged  = first | escalation.FactJudged
		focal   = escalation.FactMark(escalation.FocalLevel) << 24
		head    = escalation.FactMark(escalation.HeadLevel) << 24
		direct  = escalation.FactMark(escalation.OperatorLevel) << 24
		done    = escalation.FactMark(escalation.OutcomeAnswered) << 20
		told    = escalation.FactMark(escalation.OutcomeDirect) << 20
		refused = escalation.FactMark(escalation.OutcomeRejected) << 20
		five    = escalation.FactMark(5) << 28
		two     = escalation.FactMark(2) << 28
	)
	quick := escalation.FactGroup{Marks: judged | focal | done | escalation.FactWithinFocal | escalation.FactWithinHead | escalation.FactPublished | escalation.FactOwnSite | escalation.FactAtOnce | five,
		Phase: came | escalation.WasDone, Count: 4, Rated: 4, Scores: 20, Promises: 2, Kept: 2, HeldBy1022: 40 * time.Minute, HeldByFocal: 20*time.Hour + 48*time.Minute}
	slow := escalation.FactGroup{Marks: judged | head | done | escalation.FactWithinHead | escalation.FactPublished | escalation.FactAtOnce | two,
		Phase: came | escalation.WasDone, Count: 1, Rated: 1, Scores: 2, Promises: 1, Missed: 1, HeldByFocal: 8 * time.Hour, HeldByHead: 30 * time.Hour}
	late := escalation.FactGroup{Marks: first | escalation.FactAsked | escalation.FactAskedInTime, Phase: came | escalation.WentLate | escalation.StillOpen | escalation.LateBefore, Age: 2, Count: 1}
	fresh := escalation.FactGroup{Marks: escalation.FactFirst | escalation.FactForwarded, Phase: came | escalation.StillOpen, Count: 1}
	answered := escalation.FactGroup{Marks: escalation.FactFirst | direct | told | escalation.FactAtOnce, Phase: escalation.Opened | escalation.WasDone, Count: 2, HeldBy1022: 20 * time.Minute}
	rejected := escalation.FactGroup{Marks: escalation.FactFirst | refused, Phase: escalation.Opened | escalation.WasDone, Count: 1, HeldBy1022: 30 * time.Minute}
	named := func(value string, groups ...escalation.FactGroup) []escalation.FactGroup {
		for i := range groups {
			groups[i].Value = value
		}
		return groups
	}
	join := func(lists ...[]escalation.FactGroup) (all []escalation.FactGroup) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	return sums{
		groups: map[escalation.Dimension][]escalation.FactGroup{
			escalation.ByUnit:    join(named("SXD", quick, late), named("GV", slow, fresh)),
			escalation.ByField:   join(named("chiếu sáng", quick, answered), named("=HYPERLINK(\"http://evil.example\")", slow, late), named("", fresh, rejected)),
			escalation.ByArea:    join(named("P Gia Viên", quick, slow, late), named("ĐK Cát Hải", fresh, answered, rejected)),
			escalation.ByChannel: join(named("phone", quick, slow, late), named("web", fresh, answered, rejected)),
			escalation.ByOfficer: named("Nguyễn Văn Thử", quick, late),
		},
		medians: map[escalation.FactSpan]map[string]time.Duration{
			escalation.SpanAcknowledged: {"SXD": 25 * time.Minute, "GV": 70 * time.Minute, "": 30 * time.Minute, "Nguyễn Văn Thử": 25 * time.Minute},
			escalation.SpanAnswered:     {"SXD": 5*time.Hour + 12*time.Minute, "GV": 38 * time.Hour, "": 6 * time.Hour, "Nguyễn Văn Thử": 5*time.Hour + 12*time.Minute},
		},
		traffic: []escalation.Traffic{
			{Class: escalation.ClassSlip, State: escalation.Delivered, Texts: 7, Segments: 7}, {Class: escalation.ClassSlip, State: escalation.Failed, Texts: 1, Segments: 1},
			{Class: escalation.ClassResult, State: escalation.Delivered, Texts: 5, Segments: 5}, {Class: escalation.ClassResult, State: escalation.Queued, Texts: 1},
			{Class: escalation.ClassReminder, State: escalation.Dropped, Texts: 3},
		},
	}
}

func autumnReport(t *testing.T, unit string) *Report {
	t.Helper()
	p, err := ParsePeriod("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Build(t.Context(), autumn(), Order{
		Period: p, Unit: unit, Names: map[string]string{"SXD": "Sở Xây dựng", "GV": "UBND phường Gia Viên"}, Calendar: worktime.HaiPhong(), OfficerPrice: 350, CitizenPrice: 350,
		MadeAt: time.Date(2026, 12, 1, 8, 5, 0, 0, worktime.Zone()), // Tuesday, working day 1
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is written now; got:\n%s", path, got)
	}
}

func TestReportsReadAsTheyDid(t *testing.T) {
	for name, unit := range map[string]string{"city": "", "unit": "SXD"} {
		for _, f := range []Format{Text, JSON, CSV, HTML} {
			var out bytes.Buffer
			if err := autumnReport(t, unit).Write(&out, f); err != nil {
				t.Fatal(err)
			}
			if unit != "" && f != Text {
				continue
			}
			golden(t, name+"."+f.Suffix(), out.Bytes())
		}
	}
}

// cells reads a workbook back: a line for each cell that holds something, its value
// as it is stored, how it is shown, and its kind.
func cells(t *testing.T, file *excelize.File) string {
	t.Helper()
	var b strings.Builder
	for _, sheet := range file.GetSheetList() {
		rows, err := file.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x := range row {
				name, _ := excelize.CoordinatesToCellName(x+1, y+1)
				raw, err := file.GetCellValue(sheet, name, excelize.Options{RawCellValue: true})
				if err != nil || raw == "" {
					continue
				}
				kind, err := file.GetCellType(sheet, name)
				if err != nil {
					t.Fatal(err)
				}
				words := "number"
				if kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
					words = "text"
				}
				if formula, _ := file.GetCellFormula(sheet, name); formula != "" {
					t.Errorf("%s!%s is a formula", sheet, name)
				}
				b.WriteString(sheet + "!" + name + "\t" + words + "\t" + raw + "\t" + row[x] + "\n")
			}
		}
	}
	return b.String()
}

func TestTheWorkbookHasRealNumbersAndDates(t *testing.T) {
	var out bytes.Buffer
	if err := autumnReport(t, "").WriteXLSX(&out); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	golden(t, "city.xlsx.cells", []byte(cells(t, file)))
	panes, err := file.GetPanes("Theo đơn vị")
	if err != nil || !panes.Freeze || panes.YSplit != 5 || panes.XSplit != 1 {
		t.Errorf("the headings do not stand still: %+v, %v", panes, err)
	}
	if i, err := file.GetSheetIndex("SXD"); err != nil || i < 0 {
		t.Error("the unit has no sheet of its own")
	}
}

func TestAFieldThatLooksLikeAFormulaIsNone(t *testing.T) {
	var out bytes.Buffer
	if err := autumnReport(t, "").WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "'=HYPERLINK") || strings.Contains(text, ",=HYPERLINK") || strings.Contains(text, "\"=HYPERLINK") {
		t.Error("the formula stands in the CSV as one")
	}
}

// What has become of the petitions received adds up, and so do the ages, the levels
// and the scores.
func TestFiguresAddUp(t *testing.T) {
	var all Tally
	for _, g := range autumn().groups[escalation.ByChannel] {
		all.Add(g)
	}
	if all.Received != 10 || all.Rejected+all.Direct+all.Forwarded+all.Withdrawn+all.Merged != all.Received {
		t.Errorf("of %d received: %+v", all.Received, all)
	}
	if sum := all.OpenByAge[0] + all.OpenByAge[1] + all.OpenByAge[2] + all.OpenByAge[3]; sum != all.Open || all.Open != 2 {
		t.Errorf("%d open, %d by age", all.Open, sum)
	}
	if all.ByFocal+all.ByHead != all.Answers || all.Answers != 5 {
		t.Errorf("%d answers, %d and %d by level", all.Answers, all.ByFocal, all.ByHead)
	}
	if rated := all.Scores[1] + all.Scores[2] + all.Scores[3] + all.Scores[4] + all.Scores[5]; rated != all.Rated || all.Ratable != 7 {
		t.Errorf("%d rated of %d, %d by score", all.Rated, all.Ratable, rated)
	}
	if mean, ok := all.MeanScore(); !ok || mean != 4.4 {
		t.Errorf("mean score %v", mean)
	}
}

func TestVietnameseTakesAsManyColumnsAsItHasLetters(t *testing.T) {
	for text, want := range map[string]int{"Sở Xây dựng": 11, "So\u031b\u0309 Xa\u0302y du\u031b\u0323ng": 11, "": 0, "đường": 5, "1.234 giờ": 9, "市": 2} {
		if got := width(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	var out bytes.Buffer
	if err := autumnReport(t, "").WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "\t") {
		t.Error("a table has tabs, which no terminal aligns by itself")
	}
}

func TestNumbersAreWrittenAsVietnameseDoes(t *testing.T) {
	for want, c := range map[string]Cell{
		"0": count(0), "999": count(999), "1.234": count(1234), "-1.234.567": count(-1234567),
		"80,0% (8/10)": share(8, 10), "66,7% (1.000/1.500)": share(1000, 1500), "–": share(0, 0),
		"45 phút": span(45 * time.Minute), "8 giờ": span(8 * time.Hour), "5 giờ 12 phút": span(5*time.Hour + 12*time.Minute + 59*time.Second),
		"4,25": mean(4.25, true), "350.000 đ": {Kind: Money, N: 350_000},
	} {
		if got := c.Text(); got != want {
			t.Errorf("%+v reads %q, want %q", c, got, want)
		}
	}
}

func TestPeopleProposedForRewardAreListed(t *testing.T) {
	src := autumn()
	p, err := ParsePeriod("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, worktime.Zone())
	src.commended = []escalation.Commended{
		{No: 1, Code: "HP261116-0001", Who: escalation.CommendCitizen, Reason: "=báo kịp thời\ndây điện đứt", At: at},
		{No: 2, Code: "HP261116-0001", Who: escalation.CommendOfficer, Officer: "Nguyễn Văn Thử", Unit: "SXD", At: at},
	}
	r, err := Build(t.Context(), src, Order{Period: p, Names: map[string]string{"SXD": "Sở Xây dựng"}, Calendar: worktime.HaiPhong(), MadeAt: p.To})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Format{Text, JSON, CSV, HTML, XLSX} {
		var out bytes.Buffer
		if err := r.Write(&out, f); err != nil {
			t.Fatal(err)
		}
		if f == XLSX {
			file, err := excelize.OpenReader(&out)
			if err != nil {
				t.Fatal(err)
			}
			out.Reset()
			out.WriteString(cells(t, file))
		}
		for _, word := range []string{"Nguyễn Văn Thử", "Sở Xây dựng", "20/11/2026", "báo kịp thời dây điện đứt", "(bảo mật)"} {
			if !strings.Contains(out.String(), word) {
				t.Errorf("%v lacks %q", f, word)
			}
		}
	}
}
