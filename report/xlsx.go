package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// mostSheets bounds the sheets of units; Excel opens hundreds, slowly. The cover says so
// where it leaves units out.
const mostSheets = 200

// book is a workbook under way; the first error ends it.
type book struct {
	file   *excelize.File
	styles styles
	names  map[string]bool
	err    error
}

// styles are numbers that excelize gave them.
type styles struct{ title, note, head, label, count, percent, mean, date, instant int }

// WriteXLSX writes a workbook: a sheet for each table, and one for each unit of a
// city's report. Numbers, shares and dates are cells of that kind; a share has its
// numerator and denominator beside it. Working time is in minutes.
func (r *Report) WriteXLSX(w io.Writer) error {
	b := &book{file: excelize.NewFile(), names: map[string]bool{}}
	defer b.file.Close()
	b.makeStyles()
	b.cover(r)
	for _, t := range r.Tables {
		b.table(t.Title, t)
	}
	for _, g := range r.units[:min(len(r.units), mostSheets)] {
		b.table(g.key, listed("unit", g.label, noteUnit, "Chỉ tiêu", g, slices.Concat(slipFigures(), answerFigures(true), openFigures(), ageFigures(), heldFigures(), scoreFigures(), commendedFigures())))
	}
	if b.err == nil {
		b.err = b.file.Write(w)
	}
	if b.err != nil {
		return fmt.Errorf("write the workbook: %w", b.err)
	}
	return nil
}

// try keeps the first error.
func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) style(s excelize.Style) int {
	id, err := b.file.NewStyle(&s)
	b.try(err)
	return id
}

func (b *book) makeStyles() {
	custom := func(format string) excelize.Style { return excelize.Style{CustomNumFmt: &format} }
	wrapped := &excelize.Alignment{WrapText: true, Vertical: "top"}
	b.styles = styles{
		title: b.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}),
		note:  b.style(excelize.Style{Font: &excelize.Font{Italic: true}, Alignment: wrapped}),
		head: b.style(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE7F3"}}, Border: []excelize.Border{{Type: "bottom", Color: "7F7F7F", Style: 1}}}),
		label:   b.style(excelize.Style{Alignment: wrapped}),
		count:   b.style(custom("#,##0")),
		percent: b.style(custom("0.0%")),
		mean:    b.style(custom("0.00")),
		date:    b.style(custom("dd/mm/yyyy")),
		instant: b.style(custom("dd/mm/yyyy hh:mm")),
	}
}

// sheet adds a sheet and gives its name.
func (b *book) sheet(title string) string {
	name := sheetName(title, b.names)
	b.names[sheetKey(name)] = true
	_, err := b.file.NewSheet(name)
	b.try(err)
	return name
}

// sheetKey is a name as Excel compares it with others.
func sheetKey(name string) string { return strings.ToLower(name) }

// sheetName makes a name that Excel takes, and that is not taken: at most 31 letters as
// UTF-16 counts them, none of \ / ? * [ ] : and no apostrophe at its ends. A number tells
// a name from one before it.
func sheetName(title string, taken map[string]bool) string {
	const most = 31
	clean := strings.Join(strings.FieldsFunc(title, func(r rune) bool {
		return strings.ContainsRune(`\/?*[]:'`, r) || unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if clean == "" || sheetKey(clean) == "history" { // Excel keeps that one to itself
		clean = strings.TrimSpace("Bảng " + clean)
	}
	name := firstUTF16(clean, most)
	for n := 2; taken[sheetKey(name)]; n++ {
		number := fmt.Sprintf(" (%d)", n)
		name = firstUTF16(clean, most-len(number)) + number
	}
	return name
}

// firstUTF16 cuts a text after so many of UTF-16's units, between letters.
func firstUTF16(s string, most int) string {
	for i, r := range s {
		if most -= utf16.RuneLen(r); most < 0 {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// put writes one cell in a style.
func (b *book) put(sheet string, column, row int, value any, style int) {
	cell, err := excelize.CoordinatesToCellName(column, row)
	b.try(err)
	if text, ok := value.(string); ok {
		b.try(b.file.SetCellStr(sheet, cell, text)) // never a formula
	} else {
		b.try(b.file.SetCellValue(sheet, cell, value))
	}
	b.try(b.file.SetCellStyle(sheet, cell, cell, style))
}

// excelTime is an instant as Excel shows it: its wall clock in the city.
func excelTime(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// cover says of what and when the report is.
func (b *book) cover(r *Report) {
	const sheet = "Báo cáo"
	b.try(b.file.SetSheetName("Sheet1", sheet))
	b.names[sheetKey(sheet)] = true
	b.put(sheet, 1, 1, title, b.styles.title)
	type line struct {
		name  string
		value any
		style int
	}
	zone := r.Period.From.Location()
	lines := []line{
		{"Phạm vi", r.Name, b.styles.label},
		{"Kỳ", r.Period.Title(), b.styles.label},
		{"Từ ngày", excelTime(r.Period.From), b.styles.date},
		{"Đến hết ngày", excelTime(r.Period.To.AddDate(0, 0, -1)), b.styles.date},
		{"Lập lúc", excelTime(r.MadeAt.In(zone)), b.styles.instant},
		{"Cách tính", noteCity, b.styles.note},
	}
	if n := len(r.units); n > mostSheets {
		lines = append(lines, line{"Trang đơn vị", fmt.Sprintf(noteSheets, mostSheets, n), b.styles.note})
	}
	for i, line := range lines {
		b.put(sheet, 1, 3+i, line.name, b.styles.label)
		b.put(sheet, 2, 3+i, line.value, line.style)
	}
	b.try(b.file.SetColWidth(sheet, "A", "A", 18))
	b.try(b.file.SetColWidth(sheet, "B", "B", 70))
}

// The rows of a sheet: title, note, two of headings, then the values.
const (
	titleRow, noteRow = 1, 2
	headRow           = 4
	firstRow          = headRow + 2
)

// table writes a table on a sheet of its own.
func (b *book) table(name string, t Table) {
	sheet := b.sheet(name)
	b.put(sheet, 1, titleRow, t.Title, b.styles.title)
	b.put(sheet, 1, noteRow, t.Note, b.styles.note)
	shares := t.shares()
	b.heading(sheet, t, shares)
	last := 1
	for i, row := range t.Rows {
		b.put(sheet, 1, firstRow+i, row.Label, b.styles.label)
		column := 2
		for j, c := range row.Cells {
			column = b.value(sheet, column, firstRow+i, c, shares[j])
		}
		if row.Of != "" {
			b.put(sheet, column, firstRow+i, row.Of, b.styles.label)
		}
		last = max(last, column)
	}
	b.widths(sheet, t, last)
	b.try(b.file.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: firstRow - 1, TopLeftCell: fmt.Sprint("B", firstRow), ActivePane: "bottomRight"}))
}

// shares tells which columns hold a share, and so take three.
func (t Table) shares() []bool {
	list := make([]bool, len(t.Columns))
	for _, row := range t.Rows {
		for i, c := range row.Cells {
			list[i] = list[i] || c.Kind == Share
		}
	}
	return list
}

// heading writes the names of the columns, and below them what their parts are.
func (b *book) heading(sheet string, t Table, shares []bool) {
	b.put(sheet, 1, headRow, t.First, b.styles.head)
	b.put(sheet, 1, headRow+1, "", b.styles.head)
	column := 2
	for i, c := range t.Columns {
		parts := []string{t.measure(i)}
		if shares[i] {
			parts = []string{"số", "trên", "%"}
		}
		name := c.Name
		if c.Of != "" {
			name += " (trên " + c.Of + ")"
		}
		for j, part := range parts {
			b.put(sheet, column+j, headRow, "", b.styles.head)
			b.put(sheet, column+j, headRow+1, part, b.styles.head)
		}
		b.put(sheet, column, headRow, name, b.styles.head)
		if len(parts) > 1 {
			first, err := excelize.CoordinatesToCellName(column, headRow)
			b.try(err)
			last, err := excelize.CoordinatesToCellName(column+len(parts)-1, headRow)
			b.try(err)
			b.try(b.file.MergeCell(sheet, first, last))
		}
		column += len(parts)
	}
	b.try(b.file.SetRowHeight(sheet, headRow, 48))
}

// measure is the unit of a column's values.
func (t Table) measure(column int) string {
	for _, row := range t.Rows {
		switch row.Cells[column].Kind {
		case Span:
			return "phút"
		case Mean:
			return "điểm"
		case Money:
			return "đồng"
		case Date:
			return "ngày"
		case Words:
			return "chữ"
		}
	}
	return "số"
}

// value writes a cell, of a share with its parts, and returns the next column.
// Where there is nothing to have a value of, the cell stays empty.
func (b *book) value(sheet string, column, row int, c Cell, wide bool) int {
	switch {
	case c.None:
	case c.Kind == Span:
		b.put(sheet, column, row, int(c.Span/time.Minute), b.styles.count)
	case c.Kind == Date:
		b.put(sheet, column, row, excelTime(c.Date), b.styles.date)
	case c.Kind == Words:
		b.put(sheet, column, row, c.Words, b.styles.label)
	case c.Kind == Mean:
		b.put(sheet, column, row, c.Mean, b.styles.mean)
	default:
		b.put(sheet, column, row, c.N, b.styles.count)
	}
	if !wide {
		return column + 1
	}
	if c.Kind == Share {
		b.put(sheet, column+1, row, c.Of, b.styles.count)
		if percent, ok := c.Percent(); ok {
			b.put(sheet, column+2, row, percent/100, b.styles.percent)
		}
	}
	if c.Kind == Span && !c.None { // in a list of figures, whose columns have no measure
		b.put(sheet, column+1, row, "phút", b.styles.label)
	}
	return column + 3
}

func (b *book) widths(sheet string, t Table, last int) {
	longest := 14
	for _, row := range t.Rows {
		longest = max(longest, min(width(row.Label), 60))
	}
	b.try(b.file.SetColWidth(sheet, "A", "A", float64(longest)+2))
	if last < 2 {
		return
	}
	name, err := excelize.ColumnNumberToName(last)
	b.try(err)
	b.try(b.file.SetColWidth(sheet, "B", name, 12))
	if len(t.Rows) > 0 && t.Rows[0].Of != "" || len(t.Columns) == 1 {
		b.try(b.file.SetColWidth(sheet, name, name, 44)) // of what the shares are
	}
}
