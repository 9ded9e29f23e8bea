package sheet

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is one thing wrong with one cell, or with a row or the sheet.
type Problem struct {
	Row    int    // as the spreadsheet numbers it; 0: the whole sheet
	Column string // its letter; empty: the whole row
	Header string // as it stands in the sheet
	Detail string // Vietnamese; it never repeats the cell
}

// String names the place and then what is wrong.
func (p Problem) String() string {
	switch {
	case p.Row == 0:
		return p.Detail
	case p.Column == "" && p.Header == "":
		return fmt.Sprintf("hàng %d: %s", p.Row, p.Detail)
	case p.Column == "":
		return fmt.Sprintf("hàng %d (%s): %s", p.Row, p.Header, p.Detail)
	}
	return fmt.Sprintf("hàng %d, cột %s (%s): %s", p.Row, p.Column, p.Header, p.Detail)
}

// maxListed is how many problems and changes are listed; the rest are counted.
const maxListed = 200

// Problems are all that is wrong with a file, in the order of its cells.
type Problems struct {
	List []Problem
	More int // beyond the list
}

// Any reports that there is one.
func (p Problems) Any() bool { return len(p.List) > 0 }

// Count is how many there are.
func (p Problems) Count() int { return len(p.List) + p.More }

// listed sorts what was found in several steps, and cuts the list.
func listed(all []Problem) Problems {
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(len(a.Column), len(b.Column)), cmp.Compare(a.Column, b.Column))
	})
	n := min(len(all), maxListed)
	return Problems{all[:n:n], len(all) - n}
}
