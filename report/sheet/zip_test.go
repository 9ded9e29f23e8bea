package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// zipped is a file made of its parts.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(content))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const workbookHead = `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`

// parts are those of a small workbook with the sheet and the shared texts.
func parts(sheet, texts string) map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     workbookHead,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
			<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + sheet + `</sheetData></worksheet>`,
		"xl/sharedStrings.xml":     `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + texts + `</sst>`,
	}
}

// Files of a few kilobytes that would be gigabytes in memory, and one that ends in
// the middle of a sheet, which the library would read as far as it goes.
func TestHostileWorkbooksAreRefusedBeforeTheyAreLarge(t *testing.T) {
	long := `<si><r><t>` + strings.Repeat("a", 200_000) + `</t></r></si>`
	var row, column strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&row, `<c t="s"><v>0</v></c>`)
		fmt.Fprintf(&column, `<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>`, i+1, i+1)
	}
	whole := parts(`<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>`, "")
	cut := parts("", "")
	cut["xl/worksheets/sheet1.xml"] = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2">`
	most := `<si><r><t>` + strings.Repeat("a", 30_000) + `</t></r></si>` // of a cell; ten thousand times
	for name, test := range map[string]struct {
		body []byte
		says string // empty: it is read
	}{
		"small":                        {zipped(t, whole), ""},
		"a row of long texts":          {zipped(t, parts(`<row r="1">`+row.String()+`</row>`, long)), "200 cột"},
		"a column of long texts":       {zipped(t, parts(column.String(), long)), "32767 ký tự"},
		"a column of texts":            {zipped(t, parts(column.String(), most)), "quá nhiều chữ"},
		"a text longer than cells are": {zipped(t, parts("", `<si><t>`+strings.Repeat("a", 1<<20)+`</t></si>`)), "32767 ký tự"},
		"a sheet of spaces":            {zipped(t, parts(strings.Repeat(" ", 40<<20), "")), "giải nén ra lớn hơn"},
		"cut":                          {zipped(t, cut), "hỏng"},
		"a last row":                   {zipped(t, parts(`<row r="1048576"><c r="A1048576"><v>1</v></c></row>`, "")), "50000 hàng"},
	} {
		began := time.Now()
		_, err := Read(test.body)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
		t.Logf("%s: %d octets, %s, %v", name, len(test.body), time.Since(began).Round(time.Millisecond), err)
	}
}
