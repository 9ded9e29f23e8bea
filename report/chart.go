package report

import (
	"fmt"
	"html/template"
	"strings"

	"notify1022/escalation"
)

// bar is one bar of a chart: a value between 0 and 1 of the longest, and its words.
type bar struct {
	label, value string
	length       float64
}

// mostBars bounds a chart; the table below it has every row.
const mostBars = 20

// chart draws the figure of a table that is worth a look, as bars of an SVG made
// here; empty for a table without one. The words stand in the picture, and the
// table beside it says the same to those who do not see it.
func chart(t Table) template.HTML {
	switch t.Key {
	case "unit_answers":
		return bars("Tỷ lệ trả lời trong 8 giờ làm việc theo đơn vị", t.bars("within_8h"))
	case "field", "area", "channel":
		if key := "received"; t.column(key) >= 0 {
			return bars("Phản ánh tiếp nhận "+strings.ToLower(t.Title), t.bars(key))
		}
		return bars("Phiếu chuyển "+strings.ToLower(t.Title), t.bars("slips"))
	case "officer":
		if t.By != escalation.ByOfficer { // of the city they are in the order of what is overdue
			return ""
		}
		return bars("Phiếu theo cán bộ", t.bars("slips"))
	case "duties", "ages":
		return bars(t.Title, t.bars("value"))
	case "held":
		return bars(t.Title, t.bars("value"))
	case "scores", "service":
		five := t
		five.Rows = t.Rows[:min(5, len(t.Rows))]
		return bars(t.Title, five.bars("value"))
	}
	return ""
}

func (t Table) column(key string) int {
	for i, c := range t.Columns {
		if c.Key == key {
			return i
		}
	}
	return -1
}

// bars reads a column as bars; what has no value has none.
func (t Table) bars(key string) []bar {
	column := t.column(key)
	if column < 0 {
		return nil
	}
	var list []bar
	longest := 0.0
	for _, row := range t.Rows {
		c := row.Cells[column]
		size, ok := c.size()
		if !ok || len(list) == mostBars {
			continue
		}
		list = append(list, bar{oneLine(row.Label), c.Text(), size})
		if c.Kind != Share {
			longest = max(longest, size)
		}
	}
	for i := range list {
		if longest > 0 {
			list[i].length /= longest
		}
	}
	return list
}

// size is how long the cell's bar is: a share of 1, another value as it is.
func (c Cell) size() (float64, bool) {
	switch {
	case c.None, c.Kind == Date, c.Kind == Words:
		return 0, false
	case c.Kind == Share:
		percent, ok := c.Percent()
		return percent / 100, ok
	case c.Kind == Span:
		return c.Span.Minutes(), true
	case c.Kind == Mean:
		return c.Mean, true
	}
	return float64(c.N), true
}

// bars draws horizontal bars with their words. Colours stand in attributes, not in
// styles, so that no content security policy has to allow inline styles.
func bars(title string, list []bar) template.HTML {
	if len(list) == 0 {
		return ""
	}
	const (
		wide, labels, longest = 720, 260, 300
		line, thick           = 26, 16
		letters               = 34 // of a label
	)
	var b, words strings.Builder
	for i, x := range list {
		y := i * line
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" font-size="13" fill="currentColor">%s</text>`, labels-8, y+13, template.HTMLEscapeString(escalation.Clip(x.label, letters)))
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="#3b78c4"/>`, labels, y, max(1, x.length*longest), thick)
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" font-size="13" fill="currentColor">%s</text>`, labels+max(1, x.length*longest)+6, y+13, template.HTMLEscapeString(x.value))
		fmt.Fprintf(&words, "%s: %s; ", x.label, x.value)
	}
	height := len(list) * line
	return template.HTML(fmt.Sprintf(`<svg class="report-chart" role="img" viewBox="0 0 %d %d" width="%d" height="%d" xmlns="http://www.w3.org/2000/svg"><title>%s</title><desc>%s</desc>%s</svg>`,
		wide, height, wide, height, template.HTMLEscapeString(title), template.HTMLEscapeString(strings.TrimSuffix(words.String(), "; ")), b.String()))
}
