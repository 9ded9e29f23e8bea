package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"notify1022/escalation"
)

// writeText writes the report as aligned tables for a terminal.
func (r *Report) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s, %s\n%s\n", strings.ToUpper(title), r.Name, r.Period.Title(), r.madeText())
	for _, t := range r.Tables {
		b.WriteByte('\n')
		t.writeText(&b)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// title is what every report is called.
const title = "Báo cáo tiếp nhận, xử lý phản ánh, kiến nghị – Tổng đài 1022 Hải Phòng"

func (r *Report) madeText() string {
	return "Lập lúc " + r.MadeAt.In(r.Period.From.Location()).Format("15:04 02/01/2006")
}

// writeText writes one table. Names of rows stand left, values right.
func (t Table) writeText(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n%s\n", strings.ToUpper(t.Title), t.Note)
	if len(t.Rows) == 0 {
		b.WriteString("(không có số liệu)\n")
		return
	}
	withOf := slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Of != "" })
	head := []string{t.First}
	for _, c := range t.Columns {
		head = append(head, c.Short)
	}
	if withOf {
		head = append(head, "Trên tổng số")
	}
	lines := [][]string{head}
	for _, r := range t.Shown() {
		line := []string{oneLine(r.Label)}
		for _, c := range r.Cells {
			line = append(line, c.Text())
		}
		if withOf {
			line = append(line, r.Of)
		}
		lines = append(lines, line)
	}
	align(b, lines, withOf)
	if hidden := t.Hidden(); hidden != "" {
		b.WriteString("  " + hidden + "\n")
	}
	t.writeLegend(b)
}

// writeLegend says of what the columns are shares.
func (t Table) writeLegend(b *strings.Builder) {
	for _, c := range t.Columns {
		if c.Of != "" {
			fmt.Fprintf(b, "  %s: %s, trên %s\n", c.Short, c.Name, c.Of)
		}
	}
}

// align pads the cells to their columns; lastLeft: the last column is text too.
func align(b *strings.Builder, lines [][]string, lastLeft bool) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], width(cell))
		}
	}
	for _, line := range lines {
		var row strings.Builder
		for i, cell := range line {
			gap := strings.Repeat(" ", widths[i]-width(cell))
			if i > 0 {
				row.WriteString("  ")
			}
			if i == 0 || lastLeft && i == len(line)-1 {
				row.WriteString(cell + gap)
			} else {
				row.WriteString(gap + cell)
			}
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
}

// width is how many columns a terminal gives a text: marks that combine take none,
// wide East Asian letters two. Vietnamese letters take one, however they are coded.
func width(s string) int {
	n := 0
	for _, r := range norm.NFC.String(s) {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
			n += 2
		default:
			n++
		}
	}
	return n
}

// oneLine makes a name fit for one line of a terminal: no control letters, bounded.
func oneLine(s string) string {
	const most = 48
	return escalation.Clip(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s), most)
}
