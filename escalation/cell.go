package escalation

import "strings"

// A text that begins like a formula is run by the spreadsheet that opens it, with
// the rights of whoever does (CWE-1236). It is written with an apostrophe in front,
// and read without it. Texts that begin with apostrophes themselves get one more,
// so that each comes back as it was.

// GuardCell is a text as it is written into the cell of a sheet.
func GuardCell(s string) string {
	if formulaLike(s) {
		return "'" + s
	}
	return s
}

// GuardCells are the cells of a row as they are written.
func GuardCells(row ...string) []string {
	guarded := make([]string, len(row))
	for i, cell := range row {
		guarded[i] = GuardCell(cell)
	}
	return guarded
}

// UnguardCell is the text of a cell that was guarded.
func UnguardCell(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formulaLike(rest) {
		return rest
	}
	return s
}

// formulaLike reports that a spreadsheet may take a text for a formula, looking
// past apostrophes. The wide forms are run by East Asian editions.
func formulaLike(s string) bool {
	s = strings.TrimLeft(s, "'")
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}
