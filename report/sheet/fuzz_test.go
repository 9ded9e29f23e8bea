package sheet

import (
	"bytes"
	"errors"
	"testing"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// planAll reads a file as each kind; whatever it holds, the bounds are kept and a
// refusal is a Problem.
func planAll(t *testing.T, body []byte) {
	tables, err := Read(body)
	var problem *escalation.Problem
	if err != nil {
		if !errors.As(err, &problem) {
			t.Fatalf("refused without a Problem: %v", err)
		}
		return
	}
	cells := 0
	for _, table := range tables {
		for i, line := range table.Lines {
			cells += len(line.Cells)
			if i > 0 && line.No <= table.Lines[i-1].No || len(line.Cells) > maxColumns {
				t.Fatalf("line %d after %d with %d cells", line.No, table.Lines[max(i-1, 0)].No, len(line.Cells))
			}
			for _, cell := range line.Cells {
				if canonical(cell) != cell {
					t.Fatalf("%q is not canonical", cell)
				}
			}
		}
	}
	if cells > 3*maxCells {
		t.Fatalf("%d cells", cells)
	}
	PlanContacts(tables, town, nil, Terms{Now: noon, Numbering: numbering})
	PlanHolidays(tables, worktime.Spec{Hours: worktime.Hours{"mon": {"08:00-12:00"}}})
	TakePetitions(tables, town, numbering)
	o, save := PlanUnits(tables, escalation.NewDirectory(nil, nil), nil)
	if o.Problems.Any() || len(save) == 0 {
		return
	}
	// What was taken is written and read as the same.
	d := escalation.NewDirectory(save, nil)
	for _, f := range []Format{CSV, XLSX} {
		var out bytes.Buffer
		if err := WriteUnits(&out, f, d); err != nil {
			t.Fatal(err)
		}
		again, err := Read(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if o, _ := PlanUnits(again, d, nil); o.Problems.Any() || o.New+o.Changed > 0 {
			t.Fatalf("%s: %+v\n%q", f, o, out.String())
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"code,name,sms_name,kind\nSYT,Sở Y tế,So YT,sở\n", "Mã đơn vị;Tên đơn vị;Tên ngắn;Loại\r\n\r\n'=1;\"a\"\"b\nc\";x;xã\r\n", "sep=\t\ncode\tname\tsms_name\tkind\nA\t=\"01\"\tT\txa\n",
		"\xff\xfec\x00o\x00d\x00e\x00", "unit,role,name,phone,valid_to\nSXD,focal,An,570000101,31/12/2026\n", "date,kind,name,document\n46086,off,A,B\n",
		"external_code,channel,kind,citizen.name,citizen.phone,content,received_at\n1,phone,1,An,0570000101,Đèn,05/03/2026 8:00\n", "\"", "\r", "a\rb", ",,,\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !bytes.HasPrefix(body, []byte("PK")) {
			planAll(t, body)
		}
	})
}

// FuzzXLSX turns octets of a sheet and of the shared texts inside a workbook that is
// else whole, and of the whole file.
func FuzzXLSX(f *testing.F) {
	book := excelize.NewFile()
	for at, cells := range map[string][]any{"A1": {"code", "name", "sms_name", "kind"}, "A2": {"SYT", "Sở Y tế", "So YT", "sở"}, "A3": {1, 2.5, true, "xã"}} {
		if err := book.SetSheetRow("Sheet1", at, &cells); err != nil {
			f.Fatal(err)
		}
	}
	book.MergeCell("Sheet1", "A5", "C7")
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		f.Fatal(err)
	}
	parts := map[string]string{}
	book.Pkg.Range(func(name, content any) bool { parts[name.(string)] = string(content.([]byte)); return true })
	f.Add(out.Bytes(), "", "")
	f.Add([]byte{}, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="XFD1" t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>`, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>a</t></r></si></sst>`)
	f.Fuzz(func(t *testing.T, whole []byte, sheet, texts string) {
		if len(whole) > 0 {
			planAll(t, whole)
		}
		if sheet == "" {
			return
		}
		made := map[string]string{}
		for name, content := range parts {
			made[name] = content
		}
		made["xl/worksheets/sheet1.xml"], made["xl/sharedStrings.xml"] = sheet, texts
		planAll(t, zipped(t, made))
	})
}
