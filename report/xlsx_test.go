package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"notify1022/report/ledger"
)

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
	if text := string(written(t, autumnReport(t, ""), CSV)); !strings.Contains(text, "'=HYPERLINK") || strings.Contains(text, ",=HYPERLINK") || strings.Contains(text, "\"=HYPERLINK") {
		t.Error("the formula stands in the CSV as one")
	}
}

func TestSheetsHaveNamesThatExcelTakes(t *testing.T) {
	long := strings.Repeat("Sở Xây dựng ", 4)
	taken := map[string]bool{}
	for _, c := range []struct{ title, want string }{
		{"SXD", "SXD"}, {"sxd", "sxd (2)"}, {"a/b:c*[d]", "a b c d"}, {"A\\b?c d", "A b c d (2)"},
		{"'quoted'", "quoted"}, {"", "Bảng"}, {"//", "Bảng (2)"}, {"History", "Bảng History"},
		{long, "Sở Xây dựng Sở Xây dựng Sở Xây"}, {long, "Sở Xây dựng Sở Xây dựng Sở (2)"},
		{"[x]" + long, "x Sở Xây dựng Sở Xây dựng Sở Xâ"}, {"[X]" + long, "X Sở Xây dựng Sở Xây dựng S (2)"},
		{strings.Repeat("😀", 20), strings.Repeat("😀", 15)}, // two units each
	} {
		name := sheetName(c.title, taken)
		if name != c.want {
			t.Errorf("%q becomes %q, want %q", c.title, name, c.want)
		}
		taken[sheetKey(name)] = true
		file := excelize.NewFile()
		if _, err := file.NewSheet(name); err != nil {
			t.Errorf("Excel does not take %q: %v", name, err)
		}
		file.Close()
	}
}

// A code in two spellings, and one that is cut, must not end the workbook.
func TestTwoUnitsOfOneNameHaveASheetEach(t *testing.T) {
	src := autumn()
	twin := src.Facts[0]
	for _, code := range []string{"sxd", "S[X]D/" + strings.Repeat("x", 40), "S[X]D/" + strings.Repeat("x", 41)} {
		twin.Unit = code
		src.Facts = append(src.Facts, twin)
	}
	file, err := excelize.OpenReader(bytes.NewReader(written(t, reportOf(t, src, ""), XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, name := range []string{"SXD", "sxd (2)", "S X D " + strings.Repeat("x", 25), "S X D " + strings.Repeat("x", 21) + " (2)"} {
		if !slices.Contains(file.GetSheetList(), name) {
			t.Errorf("no sheet %q among %q", name, file.GetSheetList())
		}
	}
}

// Whoever opens the workbook is told of units that have no sheet in it, and where theirs are.
func TestTheCoverTellsOfUnitsWithoutASheet(t *testing.T) {
	for units, want := range map[int]string{
		200: "",
		203: "Chỉ 200 trong 203 đơn vị có trang riêng trong tệp này. Số liệu của mọi đơn vị có ở các trang “Theo đơn vị”; báo cáo riêng của từng đơn vị: trang Báo cáo, chọn đơn vị ở ô Phạm vi.",
	} {
		var src ledger.Ledger
		for i := range units {
			f := autumn().Facts[0]
			f.Unit = fmt.Sprintf("U%03d", i)
			src.Facts = append(src.Facts, f)
		}
		file, err := excelize.OpenReader(bytes.NewReader(written(t, reportOf(t, src, ""), XLSX)))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		said, err := file.GetCellValue("Báo cáo", "B9")
		if err != nil || said != want {
			t.Errorf("%d units: the cover says %q, want %q (%v)", units, said, want, err)
		}
		rows, err := file.GetRows("Theo đơn vị")
		if sheets := slices.DeleteFunc(file.GetSheetList(), func(name string) bool { return !strings.HasPrefix(name, "U") }); err != nil || len(sheets) != 200 || len(rows) != firstRow-1+units {
			t.Errorf("%d units: %d sheets, the table has %d rows (%v)", units, len(sheets), len(rows), err)
		}
	}
}

func TestVietnameseTakesAsManyColumnsAsItHasLetters(t *testing.T) {
	for text, want := range map[string]int{"Sở Xây dựng": 11, "So\u031b\u0309 Xa\u0302y du\u031b\u0323ng": 11, "": 0, "đường": 5, "1.234 giờ": 9, "市": 2} {
		if got := width(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	if strings.Contains(string(written(t, autumnReport(t, ""), Text)), "\t") {
		t.Error("a table has tabs, which no terminal aligns by itself")
	}
}
