package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/xuri/excelize/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// WriteUnits writes every unit.
func WriteUnits(w io.Writer, f Format, d *escalation.Directory) error {
	return write(w, f, Units, unitFields, each(d.Units()))
}

// WriteContacts writes contacts, those who hold their role no more too, and those who wait
// for it.
func WriteContacts(w io.Writer, f Format, contacts []Person) error {
	return write(w, f, Contacts, contactColumns(peopleOf(contacts)), each(contacts))
}

// WriteHolidays writes the dated exceptions of a calendar.
func WriteHolidays(w io.Writer, f Format, spec worktime.Spec) error {
	return write(w, f, Holidays, dayFields, each(daysOf(spec)))
}

// WritePetitions writes petitions as they come. Without private there is no column
// of personal data, and what citizens said is there as its summary alone.
func WritePetitions(w io.Writer, f Format, private bool, petitions iter.Seq2[Petition, error]) error {
	var fields []field[Petition]
	for _, one := range petitionFields {
		if private || !one.private {
			fields = append(fields, one)
		}
	}
	return write(w, f, Petitions, fields, petitions)
}

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// rowWriter takes rows of texts one after the other.
type rowWriter interface {
	row(cells []any) error
	end() error
}

// write writes headers and rows. CSV has the API's names and words, for programs;
// XLSX the Vietnamese ones, for people, as has CSV that is never read back (Files).
func write[T any](w io.Writer, f Format, kind Kind, fields []field[T], values iter.Seq2[T, error]) error {
	var out rowWriter
	var err error
	switch f {
	case CSV:
		out, err = newCSVWriter(w)
	case XLSX:
		out, err = newXLSXWriter(w, kind.Label(), len(fields))
	default:
		return unreadable("định dạng phải là csv hoặc xlsx")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	cells := make([]any, len(fields))
	for i, one := range fields {
		cells[i] = one.name
		if f == XLSX || kind == Files {
			cells[i] = one.headers[0]
		}
	}
	if err := out.row(cells); err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	for v, err := range values {
		if err != nil {
			return err
		}
		for i, one := range fields {
			cells[i] = one.cell(v, f)
		}
		if err := out.row(cells); err != nil {
			return fmt.Errorf("write %s: %w", kind, err)
		}
	}
	if err := out.end(); err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	return nil
}

// cell is the field of a value as it is written.
func (c field[T]) cell(v T, f Format) any {
	s := canonical(c.write(v))
	for _, w := range c.words {
		if f == XLSX && w.value == s {
			s = w.label
		}
	}
	if n, err := strconv.Atoi(s); c.number && err == nil {
		return n
	}
	return escalation.GuardCell(s)
}

type csvWriter struct{ *csv.Writer }

func newCSVWriter(w io.Writer) (rowWriter, error) {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil { // or Excel takes it for its old code page
		return nil, err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return csvWriter{c}, nil
}

func (c csvWriter) row(cells []any) error {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = fmt.Sprint(cell)
	}
	return c.Write(texts)
}

func (c csvWriter) end() error { c.Flush(); return c.Error() }

type xlsxWriter struct {
	w     io.Writer
	book  *excelize.File
	sheet *excelize.StreamWriter
	bold  int
	no    int
}

func newXLSXWriter(w io.Writer, name string, width int) (rowWriter, error) {
	book := excelize.NewFile()
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	if err := sheet.SetColWidth(1, width, 22); err != nil {
		return nil, err
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	return &xlsxWriter{w: w, book: book, sheet: sheet, bold: bold}, nil
}

func (x *xlsxWriter) row(cells []any) error {
	x.no++
	var options []excelize.RowOpts
	if x.no == 1 {
		options = append(options, excelize.RowOpts{StyleID: x.bold})
	}
	if x.no > excelize.TotalRows {
		return unreadable("quá nhiều hàng cho một trang tính, hãy thu hẹp khoảng ngày")
	}
	return x.sheet.SetRow(fmt.Sprintf("A%d", x.no), cells, options...)
}

func (x *xlsxWriter) end() error {
	defer x.book.Close() // only temporary files
	if err := x.sheet.Flush(); err != nil {
		return err
	}
	return x.book.Write(x.w)
}
