package console

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"notify1022/escalation"
	"notify1022/web"
)

// Bounds of a file of numbers.
const (
	maxLine    = 4 << 10 // octets of a line, with names and addresses beside the number
	mostFaults = 20      // lines that are named
)

// numberFile is what a file of numbers came to.
type numberFile struct {
	Numbers []string // national, in the order of the file, each once
	Faults  []string // what is wrong, by line: the first twenty
	Faulty  int      // lines that are wrong
}

// readNumbers reads a CSV of numbers as it comes: the number is the first cell of a
// line, cells are parted by a comma, a semicolon or a tab; a first line without a digit
// in it is a heading. A mobile that a spreadsheet took the 0 from gets it back. The error
// is that of the file as a whole.
func readNumbers(r io.Reader, numbering escalation.Numbering) (numberFile, error) {
	var f numberFile
	seen := map[string]bool{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	for n := 1; lines.Scan(); n++ {
		cell := firstCell(lines.Text(), n)
		switch {
		case cell == "", n == 1 && !strings.ContainsAny(cell, "0123456789"):
			continue
		case len(cell) == 9 && cell[0] != '0' && strings.Trim(cell, "0123456789") == "":
			cell = "0" + cell
		}
		phone, err := numbering.ParsePhone(cell)
		switch {
		case err != nil || !numbering.Textable(phone.E164):
			f.fault("dòng %d: số này không nhận được tin nhắn", n)
		case !seen[phone.E164]:
			seen[phone.E164] = true
			f.Numbers = append(f.Numbers, "0"+strings.TrimPrefix(phone.E164, "+84"))
		}
		if len(f.Numbers) > web.MaxRecipients {
			return f, wrong("file", "tệp có quá %d số", web.MaxRecipients)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return f, wrong("file", "tệp có dòng dài quá %d ký tự: đây có phải là tệp CSV không?", maxLine)
	case err != nil:
		return f, err
	}
	return f, nil
}

// firstCell is the first cell of a line, without quotes; line 1 may begin with a mark.
func firstCell(line string, n int) string {
	if n == 1 {
		line = strings.TrimPrefix(line, byteOrderMark)
	}
	if at := strings.IndexAny(line, ",;\t"); at >= 0 {
		line = line[:at]
	}
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(line), `"'`))
}

func (f *numberFile) fault(format string, args ...any) {
	if f.Faulty++; f.Faulty <= mostFaults {
		f.Faults = append(f.Faults, fmt.Sprintf(format, args...))
	}
}

// problem says what is wrong with the file; empty: nothing.
func (f numberFile) problem() string {
	if f.Faulty == 0 {
		return ""
	}
	said := strings.Join(f.Faults, "; ")
	if more := f.Faulty - len(f.Faults); more > 0 {
		said += fmt.Sprintf("; và %d dòng khác", more)
	}
	return said
}
