package sheet

import (
	"fmt"
	"strings"
)

// found is a row of headers in a table.
type found[T any] struct {
	table    Table
	line     int // index of the row of headers
	columns  []column[T]
	unknown  []string
	problems []Problem
}

// better prefers the sheet with more known columns, then the one that came first.
func (f found[T]) better(than found[T]) bool { return len(f.columns) > len(than.columns) }

// missing names the needed columns that are not there; empty: none.
func (f found[T]) missing(fields []field[T]) string {
	var list []string
	for i := range fields {
		there := false
		for _, c := range f.columns {
			there = there || c.field == &fields[i]
		}
		if fields[i].needed && !there {
			list = append(list, fmt.Sprintf("%s (%s)", fields[i].headers[0], fields[i].name))
		}
	}
	return strings.Join(list, ", ")
}

// findHeaders takes the row with the most headers that are known: above it there
// may be titles, of whatever shape.
func findHeaders[T any](fields []field[T], table Table) found[T] {
	best := found[T]{table: table}
	for i, line := range table.Lines {
		if line.No > headerWithin {
			break
		}
		f := headersOf(fields, line)
		if f.table, f.line = table, i; f.better(best) {
			best = f
		}
	}
	return best
}

// headersOf reads a line as headers. Of two columns with one meaning the one with
// the more exact header counts (Mã đơn vị before Tên đơn vị); two equal ones are a
// problem.
func headersOf[T any](fields []field[T], line Line) found[T] {
	var f found[T]
	rank := map[*field[T]]int{}
	for at, header := range line.Cells {
		if header == "" {
			continue
		}
		known, exact := lookUp(fields, header)
		if known == nil {
			f.unknown = append(f.unknown, header)
			continue
		}
		before, twice := rank[known]
		switch {
		case !twice:
			f.columns = append(f.columns, column[T]{known, at, header})
		case exact == before:
			f.problems = append(f.problems, Problem{Row: line.No, Column: columnName(at), Header: header, Detail: "hai cột cùng một nghĩa"})
			continue
		case exact > before:
			f.unknown = append(f.unknown, header)
			continue
		default:
			for i := range f.columns {
				if f.columns[i].field == known {
					f.unknown = append(f.unknown, f.columns[i].header)
					f.columns[i] = column[T]{known, at, header}
				}
			}
		}
		rank[known] = exact
	}
	return f
}

// lookUp finds the field of a header, and how exact the header is: 0 is the API's name.
func lookUp[T any](fields []field[T], header string) (known *field[T], rank int) {
	header = key(header)
	for i := range fields {
		for rank, name := range append([]string{fields[i].name}, fields[i].headers...) {
			if key(name) == header {
				return &fields[i], rank
			}
		}
	}
	return nil, 0
}

// knownHeaders are the headers of every kind, as they are compared.
func knownHeaders() map[string]bool {
	known := map[string]bool{}
	headersInto(known, unitFields)
	headersInto(known, contactColumns(peopleOf(nil)))
	headersInto(known, dayFields)
	headersInto(known, petitionFields)
	return known
}

func headersInto[T any](known map[string]bool, fields []field[T]) {
	for _, f := range fields {
		known[key(f.name)] = true
		for _, header := range f.headers {
			known[key(header)] = true
		}
	}
}
