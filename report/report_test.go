package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report/ledger"
)

// go test ./report -update writes the golden files anew; look at the difference.
var update = flag.Bool("update", false, "write the golden files")

// autumn is a small month: ten petitions, of which one unit has most, and neighbours
// that belong to other months.
func autumn() ledger.Ledger {
	const lamp, formula = "chiếu sáng", "=HYPERLINK(\"http://evil.example\")"
	fact := func(received time.Time, channel escalation.Channel, field, area string) escalation.Fact {
		return escalation.Fact{Turn: 1, Channel: channel, Field: field, Area: area, ReceivedAt: received, OpenedAt: received}
	}
	to := func(f escalation.Fact, unit, officer string, in time.Duration) escalation.Fact {
		f.Unit, f.ForwardedAt = unit, f.OpenedAt.Add(10*time.Minute)
		if officer != "" {
			f.Officer, f.AcknowledgedAt, f.AcknowledgedIn = officer, f.ForwardedAt.Add(in), in
		}
		return f
	}
	quick := to(fact(noon("2026-11-03"), escalation.ByPhone, lamp, "P Gia Viên"), "SXD", "Nguyễn Văn Thử", 25*time.Minute) // Tuesday
	quick.Outcome, quick.Level, quick.Judged, quick.WithinFocal, quick.WithinHead = escalation.OutcomeAnswered, escalation.FocalLevel, true, true, true
	quick.ResultAt, quick.DoneAt, quick.Published, quick.OwnSite, quick.AtOnce = noon("2026-11-04"), noon("2026-11-04"), true, true, true
	quick.AnsweredIn, quick.HeldBy1022, quick.HeldByFocal = 5*time.Hour+12*time.Minute, 10*time.Minute, 5*time.Hour+12*time.Minute
	quick.Score = 5
	promised := quick
	promised.Promises, promised.Kept, promised.Service = 1, 1, 4
	followed := promised
	followed.Service, followed.Followers, followed.FollowersOn1022 = 2, escalation.Votes{1, 0, 0, 0, 1, 1}, escalation.Votes{2, 0, 0, 0, 0, 1}
	slow := to(fact(noon("2026-11-05"), escalation.ByPhone, formula, "P Gia Viên"), "GV", "Trần Thị Mẫu", 70*time.Minute)
	slow.Outcome, slow.Level, slow.Judged, slow.WithinHead, slow.Published, slow.AtOnce = escalation.OutcomeAnswered, escalation.HeadLevel, true, true, true, true
	slow.ResultAt, slow.DoneAt, slow.AnsweredIn, slow.HeldByFocal, slow.HeldByHead = noon("2026-11-12"), noon("2026-11-12"), 38*time.Hour, 8*time.Hour, 30*time.Hour
	slow.Promises, slow.Missed, slow.Score = 1, 1, 2
	late := to(fact(noon("2026-11-12"), escalation.ByPhone, formula, "P Gia Viên"), "SXD", "Nguyễn Văn Thử", 40*time.Minute)
	late.OverdueAt, late.Asked, late.AskedInTime = noon("2026-11-20"), true, true
	fresh := to(fact(noon("2026-11-30"), escalation.ByWeb, "", "ĐK Cát Hải"), "GV", "", 0)
	told := fact(noon("2026-11-09"), escalation.ByWeb, lamp, "ĐK Cát Hải")
	told.Outcome, told.Level, told.ResultAt, told.DoneAt, told.AtOnce, told.HeldBy1022 = escalation.OutcomeDirect, escalation.OperatorLevel, told.OpenedAt, told.OpenedAt, true, 10*time.Minute
	rejected := fact(noon("2026-11-10"), escalation.ByWeb, "", "ĐK Cát Hải")
	rejected.Outcome, rejected.DoneAt, rejected.HeldBy1022 = escalation.OutcomeRejected, noon("2026-11-10").Add(30*time.Minute), 30*time.Minute

	before, after := quick, fresh
	before.ReceivedAt, before.OpenedAt, before.ForwardedAt, before.DoneAt, before.ResultAt = noon("2026-10-05"), noon("2026-10-05"), noon("2026-10-05"), noon("2026-10-06"), noon("2026-10-06")
	after.ReceivedAt, after.OpenedAt, after.ForwardedAt = noon("2026-12-01"), noon("2026-12-01"), noon("2026-12-01")

	l := ledger.Ledger{Facts: []escalation.Fact{quick, quick, promised, followed, slow, late, fresh, told, told, rejected, before, after}}
	text := func(n int, at time.Time, unit, officer string, class escalation.Class, state escalation.MessageState, segments int, of escalation.Fact) {
		sender := escalation.OfficerSender
		if unit == "" {
			sender = escalation.CitizenSender
		}
		for range n {
			l.Texts = append(l.Texts, ledger.Text{At: at, Unit: unit, Officer: officer, Class: class, State: state, Segments: segments, Sender: sender, Channel: of.Channel, Field: of.Field, Area: of.Area})
		}
	}
	text(4, noon("2026-11-03"), "SXD", "Nguyễn Văn Thử", escalation.ClassSlip, escalation.Delivered, 1, quick)
	text(1, noon("2026-11-03"), "SXD", "Lê Thị Trưởng", escalation.ClassSlip, escalation.Delivered, 1, late)
	text(2, noon("2026-11-05"), "GV", "Trần Thị Mẫu", escalation.ClassSlip, escalation.Delivered, 1, slow)
	text(1, noon("2026-11-30"), "GV", "Trần Thị Mẫu", escalation.ClassSlip, escalation.Failed, 1, escalation.Fact{}) // a bundle
	text(4, noon("2026-11-04"), "", "", escalation.ClassResult, escalation.Delivered, 1, told)
	text(1, noon("2026-11-04"), "", "", escalation.ClassResult, escalation.Delivered, 1, rejected)
	text(1, noon("2026-11-12"), "", "", escalation.ClassResult, escalation.Queued, 0, slow)
	text(3, noon("2026-11-12"), "SXD", "Nguyễn Văn Thử", escalation.ClassReminder, escalation.Dropped, 0, late)
	text(1, noon("2026-10-05"), "SXD", "Nguyễn Văn Thử", escalation.ClassSlip, escalation.Delivered, 1, quick)
	l.Proposals = []escalation.Commended{
		{Petition: 1, No: 1, Code: "HP261103-0001", Who: escalation.CommendOfficer, Officer: "Nguyễn Văn Thử", Unit: "SXD", Reason: "xử lý nhanh, tận tình", At: noon("2026-11-04").Add(-6 * time.Hour).UTC()}, // of a store: in UTC it is the evening before
		{Petition: 5, No: 1, Code: "HP261109-0005", Who: escalation.CommendCitizen, At: noon("2026-11-30")},
	}
	return l
}

func noon(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, worktime.Zone())
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

func reportOf(t *testing.T, src Source, unit string) *Report {
	t.Helper()
	return orderOfAutumn(t, src, unit, false)
}

func orderOfAutumn(t *testing.T, src Source, unit string, officers bool) *Report {
	t.Helper()
	p, err := ParsePeriod("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Build(t.Context(), src, Order{
		Period: p, Unit: unit, Officers: officers, Names: map[string]string{"SXD": "Sở Xây dựng", "GV": "UBND phường Gia Viên"}, Calendar: worktime.HaiPhong(), OfficerPrice: 350, CitizenPrice: 700,
		MadeAt: time.Date(2026, 12, 1, 8, 5, 0, 0, worktime.Zone()), // Tuesday, working day 1
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func autumnReport(t *testing.T, unit string) *Report {
	t.Helper()
	return reportOf(t, autumn(), unit)
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

// written is the report in a format, a page without the look that it carries.
func written(t *testing.T, r *Report, f Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := r.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	if f != HTML {
		return out.Bytes()
	}
	bare := bytes.Replace(out.Bytes(), []byte(StyleSheet()), nil, 1)
	if len(bare) == out.Len() {
		t.Error("the page does not carry its look")
	}
	return bare
}

func TestReportsReadAsTheyDid(t *testing.T) {
	for _, f := range []Format{Text, JSON, CSV, HTML} {
		golden(t, "city."+f.suffix(), written(t, autumnReport(t, ""), f))
	}
	golden(t, "unit.txt", written(t, autumnReport(t, "SXD"), Text))
}

// What has become of the petitions received adds up, and so do the ages, the levels
// and the scores.
func TestFiguresAddUp(t *testing.T) {
	r := autumnReport(t, "")
	all := r.all
	if all.Received != 10 || all.Rejected+all.Direct+all.Forwarded+all.Withdrawn+all.Merged != all.Received {
		t.Errorf("of %d received: %+v", all.Received, all)
	}
	if sum := all.OpenByAge[0] + all.OpenByAge[1] + all.OpenByAge[2] + all.OpenByAge[3]; sum != all.Open || all.Open != 2 {
		t.Errorf("%d open, %d by age", all.Open, sum)
	}
	if all.ByFocal+all.ByHead != all.Answers || all.Answers != 5 {
		t.Errorf("%d answers, %d and %d by level", all.Answers, all.ByFocal, all.ByHead)
	}
	// Seven answers that citizens had, three followers of one of them.
	if all.Votes != (escalation.Votes{3, 0, 1, 0, 1, 5}) || all.On1022 != (escalation.Votes{7, 0, 1, 0, 1, 1}) {
		t.Errorf("the votes are %v, on 1022 %v", all.Votes, all.On1022)
	}
	if mean, ok := MeanOf(all.Votes); !ok || mean != 31.0/7 {
		t.Errorf("mean score %v", mean)
	}
	for _, table := range []string{"unit", "field", "area", "channel"} {
		if sum := r.sumOf(t, table, "slips"); sum != all.Slips {
			t.Errorf("%s: %d slips, %d of all", table, sum, all.Slips)
		}
		if sum := r.sumOf(t, table+"_answers", "answers"); sum != all.Answers {
			t.Errorf("%s: %d answers, %d of all", table, sum, all.Answers)
		}
		if sum := r.sumOf(t, table+"_open", "open"); sum != all.Open {
			t.Errorf("%s: %d open, %d of all", table, sum, all.Open)
		}
		if sum := r.sumOf(t, table+"_scores", "score_5"); sum != all.Votes[5] {
			t.Errorf("%s: %d fives, %d of all", table, sum, all.Votes[5])
		}
	}
	for column, want := range map[string]int{"texts": 14, "delivered": 12, "failed": 1, "segments": 13, "cost": 8*350 + 5*700} {
		if all := r.sumOf(t, "sms", column); all != 2*want { // once by kind and once as all
			t.Errorf("%s of all texts: %d, want %d", column, all/2, want)
		}
		for _, table := range []string{"unit_sms", "field_sms", "area_sms", "channel_sms"} {
			if sum := r.sumOf(t, table, column); sum != want {
				t.Errorf("%s of %s: %d, want %d", column, table, sum, want)
			}
		}
	}
	unit := autumnReport(t, "SXD")
	for _, table := range []string{"field_sms", "area_sms", "channel_sms", "officer_sms"} {
		if sum := unit.sumOf(t, table, "texts"); sum != 5 {
			t.Errorf("%s of a unit: %d texts, want five", table, sum)
		}
	}
}

// sumOf adds up a column of a table.
func (r *Report) sumOf(t *testing.T, table, column string) (sum int) {
	t.Helper()
	i := slices.IndexFunc(r.Tables, func(t Table) bool { return t.Key == table })
	if i < 0 || r.Tables[i].column(column) < 0 {
		t.Fatalf("no column %s of %s", column, table)
	}
	for _, row := range r.Tables[i].Rows {
		sum += row.Cells[r.Tables[i].column(column)].N
	}
	return sum
}

// Issue of every dimension: each figure that has a meaning for it has a column.
func TestEveryDimensionShowsEveryFigure(t *testing.T) {
	common := []string{"texts", "failed", "segments", "cost", "slips", "acknowledged", "median_acknowledged", "returned", "disputed", "answers", "within_8h", "within_48h", "by_focal", "by_head", "went_late",
		"promises_kept", "own_site", "off_site", "open", "open_late", "age_0", "age_3", "held_1022", "held_focal", "held_head", "held_office", "rated", "score", "score_1", "score_5"}
	intake := append([]string{"received", "rejected", "answered_directly", "forwarded", "reopened", "service_rated", "service_score"}, common...)
	answers := append([]string{"median_answered", "commended"}, common...)
	for unit, dimensions := range map[string]map[escalation.Dimension][]string{
		"":    {escalation.ByUnit: answers, escalation.ByField: intake, escalation.ByArea: intake, escalation.ByChannel: intake},
		"SXD": {escalation.ByOfficer: answers, escalation.ByField: common, escalation.ByArea: common, escalation.ByChannel: common},
	} {
		r := autumnReport(t, unit)
		for d, want := range dimensions {
			var have []string
			for _, table := range r.Tables {
				if table.By != d {
					continue
				}
				for _, c := range table.Columns {
					have = append(have, c.Key)
				}
				if len(table.Columns) > 12 {
					t.Errorf("%s has %d columns: too wide to be printed", table.Key, len(table.Columns))
				}
			}
			for _, figure := range want {
				if !slices.Contains(have, figure) {
					t.Errorf("%s of %q lacks %s", d, unit, figure)
				}
			}
		}
	}
}

// Saturday and Sunday are 28 and 29 November 2026.
func TestOlderThanASpanIsWhatCameInBeforeItsFirstInstant(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"2026-12-01 00:00", "2026-11-27 17:00"}, // eight hours are the whole Monday: what came in on the weekend is no older
		{"2026-12-01 09:00", "2026-11-30 09:00"},
		{"2026-11-30 09:00", "2026-11-27 09:00"}, // Friday
		{"2026-11-30 07:30", "2026-11-26 17:00"}, // of Friday evening as of Friday morning
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, worktime.Zone())
		if err != nil {
			t.Fatal(err)
		}
		got := olderThan(worktime.HaiPhong(), at, 8*time.Hour)
		if got.In(worktime.Zone()).Format("2006-01-02 15:04") != c.want {
			t.Errorf("at %s older than 8 hours is what came before %s, want %s", c.at, got.In(worktime.Zone()), c.want)
		}
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
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, worktime.Zone())
	src.Proposals = []escalation.Commended{
		{No: 1, Code: "HP261116-0001", Who: escalation.CommendCitizen, Reason: "=báo kịp thời\ndây điện đứt", At: at},
		{No: 2, Code: "HP261116-0001", Who: escalation.CommendOfficer, Officer: "Nguyễn Văn Thử", Unit: "SXD", At: at},
	}
	r := reportOf(t, src, "")
	if of := r.sumOf(t, "unit_scores", "commended"); of != 1 {
		t.Errorf("%d people of units are counted, want the officer", of)
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
		day := "20/11/2026"
		if f == JSON || f == CSV {
			day = "2026-11-20"
		}
		for _, word := range []string{"Nguyễn Văn Thử", "Sở Xây dựng", day, "báo kịp thời dây điện đứt", "(không nêu)"} {
			if !strings.Contains(out.String(), word) {
				t.Errorf("%v lacks %q", f, word)
			}
		}
	}
}

// A proposal may come long after the petition: whoever is in the list is in a row.
func TestWhoeverIsProposedForRewardHasARowWithoutATurn(t *testing.T) {
	src := autumn()
	src.Proposals = nil
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, worktime.Zone())
	for i, c := range []escalation.Commended{
		{Who: escalation.CommendCitizen}, // of no unit: in no row
		{Who: escalation.CommendOfficer, Officer: "Nguyễn Văn Thử", Unit: "SXD"},
		{Who: escalation.CommendOfficer, Officer: "Lê Văn Mới", Unit: "SXD"}, // has acknowledged nothing
		{Who: escalation.CommendOfficer, Officer: "Phạm Thị Xa", Unit: "SYT"},
		{Who: escalation.CommendOfficer, Officer: "Phạm Thị Xa", Unit: "SYT"},
	} {
		c.No, c.Code, c.At = i+1, "HP260916-0001", at
		src.Proposals = append(src.Proposals, c)
	}
	city := reportOf(t, src, "")
	for unit, want := range map[string]int{"SXD": 2, "SYT": 2, "GV": 0} {
		if got := city.cellOf(t, "unit_scores", unit, "commended"); got != want {
			t.Errorf("%s has %d proposed, want %d", unit, got, want)
		}
	}
	if slips := city.cellOf(t, "unit", "SYT", "slips"); slips != 0 {
		t.Errorf("the unit without a turn has %d slips", slips)
	}
	unit := reportOf(t, src, "SXD")
	for officer, want := range map[string]int{"Nguyễn Văn Thử": 1, "Lê Văn Mới": 1} {
		if got := unit.cellOf(t, "officer_scores", officer, "commended"); got != want {
			t.Errorf("%s is proposed %d times, want %d", officer, got, want)
		}
	}
}

// cellOf is the number in a row's column.
func (r *Report) cellOf(t *testing.T, table, row, column string) int {
	t.Helper()
	for _, of := range r.Tables {
		for _, line := range of.Rows {
			if of.Key == table && line.Key == row && of.column(column) >= 0 {
				return line.Cells[of.column(column)].N
			}
		}
	}
	t.Errorf("no %s of %s in %s", column, row, table)
	return 0
}

// The 48 hours end once: with whoever has the petition then. Whoever gets it afterwards has
// an overdue petition.
func TestAnOverduePetitionIsLateOnceAndOpenWithWhoeverHasIt(t *testing.T) {
	first := escalation.Fact{Turn: 1, Unit: "SXD", ReceivedAt: noon("2026-11-02"), OpenedAt: noon("2026-11-02"), ForwardedAt: noon("2026-11-02"),
		OverdueAt: noon("2026-11-10"), Outcome: escalation.OutcomeMoved, DoneAt: noon("2026-11-12")}
	second := escalation.Fact{Turn: 2, Unit: "GV", ReceivedAt: noon("2026-11-02"), OpenedAt: noon("2026-11-12"), ForwardedAt: noon("2026-11-12"), OverdueAt: noon("2026-11-10")}
	q := escalation.FactQuery{From: noon("2026-11-01"), To: noon("2026-12-01"), By: escalation.Undivided}
	groups, err := ledger.Ledger{Facts: []escalation.Fact{first, second}}.FactGroups(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var got Tally
	for _, list := range groups {
		for _, g := range list {
			got.Add(g)
		}
	}
	if got.WentLate != 1 || got.Open != 1 || got.OpenLate != 1 {
		t.Errorf("%d went late, %d of %d open are late", got.WentLate, got.OpenLate, got.Open)
	}
}
