package escalation

import (
	"html"
	"strings"
)

// HTMLTable is rows as a table for a mail, with a head where there is one. It says how it
// looks itself: mail programs drop style sheets.
func HTMLTable(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for _, cell := range cells {
			b.WriteString("<" + tag + ">" + html.EscapeString(cell) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString(`<table border="1" cellpadding="4" style="border-collapse:collapse">` + "\n")
	if head != nil {
		line("th", head)
	}
	for _, row := range rows {
		line("td", row)
	}
	b.WriteString("</table>\n")
	return b.String()
}
