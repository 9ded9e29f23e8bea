package sheet

import (
	"fmt"
	"slices"
	"strings"

	"notify1022/escalation"
)

// column is where in the sheet a field stands.
type column[T any] struct {
	*field[T]
	at     int
	header string
}

// decoded is a sheet whose cells are known.
type decoded[T any] struct {
	kind     Kind
	table    Table
	ways     ways
	columns  []column[T]
	rows     []row[T]
	problems []Problem
	bad      map[string]bool // cells with a problem
	notes    []string
}

// row is one row of values.
type row[T any] struct {
	no    int
	cells []string
	of    *decoded[T]
}

// decode finds the sheet and its headers and reads each cell. Rows are there even
// where cells are wrong; the problems say which.
func decode[T any](kind Kind, fields []field[T], tables []Table, w ways) *decoded[T] {
	d := &decoded[T]{kind: kind, ways: w, bad: map[string]bool{}}
	best := found[T]{}
	for _, table := range tables {
		if f := findHeaders(fields, table); f.better(best) {
			best = f
		}
	}
	d.table = best.table
	d.ways.epoch1904 = best.table.epoch1904
	if missing := best.missing(fields); len(best.columns) == 0 || missing != "" {
		d.fail(Problem{Detail: fmt.Sprintf("không thấy hàng tiêu đề của bảng %s; còn thiếu cột: %s", kind.Label(), missing)})
		return d
	}
	d.columns, d.notes = best.columns, append(d.notes, best.table.Notes...)
	for _, table := range tables {
		if table.Sheet != best.table.Sheet {
			d.notes = append(d.notes, fmt.Sprintf("trang tính %q không được đọc", table.Sheet))
		}
	}
	if len(best.unknown) > 0 {
		d.notes = append(d.notes, "cột không dùng: "+strings.Join(best.unknown, ", "))
	}
	for _, p := range best.problems {
		d.fail(p)
	}
	for _, line := range best.table.Lines[best.line+1:] {
		d.take(line)
	}
	if len(d.rows) == 0 && !d.failed() {
		d.fail(Problem{Detail: "không có hàng nào dưới hàng tiêu đề"})
	}
	return d
}

// take reads one line; a line with nothing in the columns that are known is passed over.
func (d *decoded[T]) take(line Line) {
	r := row[T]{no: line.No, cells: make([]string, len(d.columns)), of: d}
	empty := true
	for i, c := range d.columns {
		if c.at < len(line.Cells) {
			r.cells[i] = escalation.UnguardCell(line.Cells[c.at])
		}
		empty = empty && r.cells[i] == ""
	}
	if empty {
		return
	}
	var scratch T
	for i, c := range d.columns {
		switch {
		case c.read == nil:
		case errorValue(r.cells[i]):
			r.wrong(c.name, "ô có công thức bị lỗi")
		default:
			if why := c.read(&scratch, r.cells[i], d.ways); why != "" {
				r.wrong(c.name, why)
			}
		}
	}
	d.rows = append(d.rows, r)
}

func (d *decoded[T]) fail(p Problem) { d.problems = append(d.problems, p) }

func (d *decoded[T]) failed() bool { return len(d.problems) > 0 }

// errorValue is what a cell shows whose formula failed.
func errorValue(cell string) bool {
	return slices.Contains([]string{"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}, cell)
}

// wrong notes a problem with a field of the row, the first of each cell.
func (r row[T]) wrong(name, detail string) {
	cell := fmt.Sprint(r.no, name)
	if !r.of.bad[cell] {
		r.of.bad[cell] = true
		r.of.fail(r.place(name, detail))
	}
}

// place is a problem with where it is: the field's column, where the sheet has one.
func (r row[T]) place(name, detail string) Problem {
	p := Problem{Row: r.no, Header: name, Detail: detail}
	for _, c := range r.of.columns {
		if c.name == name {
			p.Column, p.Header = columnName(c.at), c.header
		}
	}
	return p
}

// has reports that the sheet has the field's column.
func (d *decoded[T]) has(name string) bool {
	return slices.ContainsFunc(d.columns, func(c column[T]) bool { return c.name == name })
}

// on is the base with the row's cells over it. Columns that the sheet does not have
// leave the base as it is, and so does a cell that says what the base says already.
func (r row[T]) on(base T) T {
	for i, c := range r.of.columns {
		if c.read == nil {
			continue
		}
		next := base
		if c.read(&next, r.cells[i], r.of.ways) == "" && canonical(c.write(next)) != canonical(c.write(base)) {
			base = next
		}
	}
	return base
}

// differences lists the fields in which a value is changed by its row.
func (r row[T]) differences(before, after T) []Diff {
	var list []Diff
	for _, c := range r.of.columns {
		if c.read == nil {
			continue
		}
		if was, is := canonical(c.write(before)), canonical(c.write(after)); was != is {
			list = append(list, Diff{Field: c.name, Header: c.header, Before: was, After: is})
		}
	}
	return list
}
