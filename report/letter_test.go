package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
)

// rendered is R1 as it goes on the air.
func rendered(t *testing.T, vars map[string]string) templates.Rendered {
	t.Helper()
	vars["lp"] = "1022.haiphong.gov.vn/b/Ab3dE5gH7k"
	text, err := templates.Builtin().Render(templates.R1, vars, templates.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Đ13.6: the golden texts of R1.
func TestOneTextTellsAReport(t *testing.T) {
	period := func(name string) Period {
		p, err := ParsePeriod(name)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	full := Sums{Received: 1284, InTime: 1190, Late: 37, Open: 57, Score: 4.57, Rated: 300}
	unit, city := autumnReport(t, "SXD"), autumnReport(t, "")
	for _, c := range []struct {
		name string
		text map[string]string
		want string
	}{
		{"a unit", unit.Sums().Words("Sở Xây dựng", unit.Period, false),
			"1022 HP: So Xay dung thang 11/2026: tiep nhan 5, dung han 4, qua han 1, dang xu ly 1, hai long 4,8/5. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
		{"the city", city.Sums().Words(CityName, city.Period, false),
			"1022 HP: TP Hai Phong thang 11/2026: tiep nhan 10, dung han 5, qua han 1, dang xu ly 2, hai long 4,4/5. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
		{"nothing came in", Sums{}.Words("ĐK Bạch Long Vĩ", period("2026-W47"), false),
			"1022 HP: DK Bach Long Vi tuan 47/2026: tiep nhan 0, dung han 0, qua han 0, dang xu ly 0, hai long chua co. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
		{"late", full.Words("ĐK Bạch Long Vĩ", period("2026-11"), true),
			"1022 HP: DK Bach Long Vi thang 11/2026 (gui muon): tiep nhan 1284, dung han 1190, qua han 37, dang xu ly 57, hai long 4,6/5. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
		{"a quarter", full.Words("Sở Y tế", period("2026-Q4"), false),
			"1022 HP: So Y te quy 4/2026: tiep nhan 1284, dung han 1190, qua han 37, dang xu ly 57, hai long 4,6/5. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
		{"any days", full.Words("Sở Y tế", period("2026-11-03..2026-11-20"), false),
			"1022 HP: So Y te 03/11-20/11: tiep nhan 1284, dung han 1190, qua han 37, dang xu ly 57, hai long 4,6/5. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
		{"any days of two years, late", full.Words("ĐK Bạch Long Vĩ", period("2025-12-30..2026-01-02"), true),
			"1022 HP: DK Bach Long Vi 30/12/25-2/1/26 (gui muon): tiep nhan 1284, dung han 1190, qua han 37, dang xu ly 57, hai long 4,6/5. 1022.haiphong.gov.vn/b/Ab3dE5gH7k"},
	} {
		got := rendered(t, c.text)
		if got.Text != c.want || got.Segments != 1 || got.Units > 160 {
			t.Errorf("%s: %d segments, %d septets\n got %s\nwant %s", c.name, got.Segments, got.Units, got.Text, c.want)
		}
	}
}

func TestALetterHasTextHTMLAndTheWorkbook(t *testing.T) {
	r := autumnReport(t, "SXD")
	e, err := r.Letter("đã đối chiếu <số liệu>\nvới đơn vị")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
	golden(t, "letter.txt", []byte(e.Text))
	golden(t, "letter.html", []byte(e.HTML))
	if len(e.Files) != 1 || e.Files[0].Name != "bao-cao-1022-2026-11-SXD.xlsx" {
		t.Fatalf("%+v", e.Files)
	}
	book, err := excelize.OpenReader(bytes.NewReader(e.Files[0].Content))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if name, err := book.GetCellValue("Báo cáo", "B3"); err != nil || name != "Sở Xây dựng" {
		t.Errorf("the workbook is of %q: %v", name, err)
	}
}

func TestThePageOfALinkNamesNoOfficer(t *testing.T) {
	r := autumnReport(t, "SXD")
	var whole, bare strings.Builder
	if err := r.WriteFragment(&whole); err != nil {
		t.Fatal(err)
	}
	if err := r.WithoutPeople().WriteFragment(&bare); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(whole.String(), "Nguyễn Văn Thử") || strings.Contains(bare.String(), "Nguyễn Văn Thử") || !strings.Contains(bare.String(), "Theo lĩnh vực") {
		t.Error("the page is not the report without its officers")
	}
}

func TestTheReportIsOfThePeriodThatEnded(t *testing.T) {
	at := time.Date(2026, 12, 2, 8, 0, 0, 0, worktime.Zone()) // Wednesday
	for each, want := range map[escalation.ReportEach]string{
		escalation.ReportWeekly: "2026-W48", escalation.ReportMonthly: "2026-11", escalation.ReportQuarterly: "2026-Q3",
	} {
		if got := Ended(each, at).Name; got != want {
			t.Errorf("%s: %s, want %s", each, got, want)
		}
	}
}
