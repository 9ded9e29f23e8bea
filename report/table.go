package report

import (
	"fmt"

	"notify1022/escalation"
)

// Column is a figure over a column of a table.
type Column struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Short string `json:"-"`
	Of    string `json:"of,omitempty"` // what a share is a share of
}

// Row is a line of a table.
type Row struct {
	Key   string
	Label string
	Of    string // what the share is of, where the rows are the figures
	Cells []Cell
}

// Table is figures as rows and columns, for every way of showing them.
type Table struct {
	Key     string
	Title   string
	By      escalation.Dimension // what its rows are; empty: the figures
	Note    string               // how it is counted, in a sentence
	First   string               // over the labels of the rows
	Columns []Column
	Rows    []Row
	Folded  bool // pages show the first rows alone, files have all
}

// shownRows are those that a page has of a table whose first rows it shows.
const shownRows = 50

// Shown are the rows that pages and terminals have.
func (t Table) Shown() []Row {
	if t.Folded {
		return t.Rows[:min(len(t.Rows), shownRows)]
	}
	return t.Rows
}

// Hidden says that there are more rows than those shown; empty: there are not.
func (t Table) Hidden() string {
	if len(t.Shown()) == len(t.Rows) {
		return ""
	}
	return fmt.Sprintf("Hiển thị %s dòng đầu trên %s; bảng tính XLSX, CSV và JSON có đủ.", thousands(shownRows), thousands(len(t.Rows)))
}

// values is the single column of a table whose rows are the figures.
func values() []Column { return []Column{{Key: "value", Name: "Số liệu", Short: "Số liệu"}} }

// listed lays figures out one under the other, for one group.
func listed(key, title, note, first string, g *group, figures []figure) Table {
	t := Table{Key: key, Title: title, Note: note, First: first, Columns: values()}
	for _, f := range figures {
		t.Rows = append(t.Rows, Row{Key: f.key, Label: f.name, Of: f.of, Cells: []Cell{f.cell(g)}})
	}
	return t
}

// crossed lays figures out side by side, a row for each group.
func crossed(key, title, note, first string, groups []*group, figures []figure) Table {
	t := Table{Key: key, Title: title, Note: note, First: first}
	for _, f := range figures {
		t.Columns = append(t.Columns, Column{f.key, f.name, f.short, f.of})
	}
	for _, g := range groups {
		row := Row{Key: g.key, Label: g.label}
		for _, f := range figures {
			row.Cells = append(row.Cells, f.cell(g))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
