package sheet

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// Table is one sheet as read: text cells, before anybody knows what they mean.
type Table struct {
	Sheet string // its name; empty of a CSV
	Lines []Line // rows with something in them, in order
	Notes []string

	epoch1904 bool // dates count from 1904, as old Macs had it
}

// Line is one row. No is its number as a spreadsheet shows it, from 1.
type Line struct {
	No    int
	Cells []string
}

// Format is the kind of file.
type Format string

// Formats that are written.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// MediaType is what HTTP calls the format.
func (f Format) MediaType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Read reads the sheets of a file. What the file is, its first bytes tell, not its
// name. The error is an *escalation.Problem.
func Read(body []byte) ([]Table, error) {
	switch {
	case len(body) == 0:
		return nil, unreadable("tệp trống")
	case len(body) > MaxFile:
		return nil, unreadable("tệp lớn hơn %d MB", MaxFile>>20)
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return readXLSX(body)
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0")):
		return nil, unreadable("tệp .xls cũ, hoặc .xlsx có mật khẩu: hãy lưu lại thành .xlsx không có mật khẩu")
	}
	table, err := readCSV(body)
	if err != nil {
		return nil, err
	}
	return []Table{table}, nil
}

// room counts what has been read of a file against the bounds.
type room struct{ cells, text int }

// take makes a row of raw cells into a line, without the empty cells at its end;
// ok is false for a row of none.
func (r *room) take(no int, raw []string) (line Line, ok bool, err error) {
	cells := make([]string, 0, len(raw))
	last := 0
	for _, cell := range raw {
		cell = canonical(cell)
		if cells = append(cells, cell); cell != "" {
			last = len(cells)
		}
		if utf8.RuneCountInString(cell) > maxCell {
			return Line{}, false, unreadable("hàng %d: một ô dài quá %d ký tự", no, maxCell)
		}
		r.text += len(cell)
	}
	r.cells += last
	switch {
	case last > maxColumns:
		return Line{}, false, unreadable("hàng %d: quá %d cột", no, maxColumns)
	case r.cells > maxCells:
		return Line{}, false, unreadable("tệp có quá %d ô", maxCells)
	case r.text > maxText:
		return Line{}, false, unreadable("tệp có quá nhiều chữ")
	}
	return Line{No: no, Cells: cells[:last:last]}, last > 0, nil
}

// canonical is the form in which texts are kept: composed letters (NFC), line ends
// as \n, no control characters, no blanks or invisible marks around.
func canonical(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return '\n'
		case c < ' ' && c != '\n' && c != '\t', c == 0x7f, c == '\ufffe', c == '\uffff': // XML has no room for them
			return -1
		}
		return c
	}, s)
	return strings.TrimFunc(norm.NFC.String(s), blank)
}

func blank(c rune) bool { return unicode.IsSpace(c) || c == '\ufeff' || c == '\u200b' }

// columnName is the letter of a column, counted from 0: A, B, …, Z, AA.
func columnName(i int) string {
	name, _ := excelize.ColumnNumberToName(i + 1) // maxColumns is far below Excel's own bound
	return name
}
