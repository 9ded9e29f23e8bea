package report

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
)

// Sums are the few figures that one text tells of a report (R1).
type Sums struct {
	Received int     `json:"received"` // of a unit: the slips it got
	InTime   int     `json:"in_time"`  // answers within the 48 hours
	Late     int     `json:"late"`     // 48 hours that ended in the period without a result
	Open     int     `json:"open"`     // at the end
	Score    float64 `json:"score"`    // 1 to 5
	Rated    int     `json:"rated"`    // how many gave one; 0: Score says nothing
}

// Sums gives the report's.
func (r *Report) Sums() Sums { return r.all.sums(r.Unit) }

func (g *group) sums(unit string) Sums {
	s := Sums{Received: g.Received, InTime: g.WithinHead, Late: g.WentLate, Open: g.Open, Rated: g.Votes.Given()}
	if unit != "" {
		s.Received = g.Slips
	}
	s.Score, _ = MeanOf(g.Votes)
	return s
}

// ShortName is the period as one text has it: "tháng 11/2026", "tuần 47/2026",
// "quý 4/2026", "năm 2026", "03/11-20/11".
func (p Period) ShortName() string {
	year := p.From.Year()
	switch p.Kind {
	case Week:
		year, week := p.From.ISOWeek()
		return fmt.Sprintf("tuần %d/%d", week, year)
	case Month:
		return fmt.Sprintf("tháng %d/%d", int(p.From.Month()), year)
	case Quarter:
		return fmt.Sprintf("quý %d/%d", (int(p.From.Month())+2)/3, year)
	case Year:
		return fmt.Sprintf("năm %d", year)
	}
	last := p.To.AddDate(0, 0, -1)
	if last.Year() == year {
		return p.From.Format("02/01-") + last.Format("02/01")
	}
	return p.From.Format("2/1/06-") + last.Format("2/1/06")
}

// CityName is the whole city in the place of a unit's short name.
const CityName = "TP Hải Phòng"

// Words are the variables of R1, but for the link. late marks a report that goes out
// after an outage.
func (s Sums) Words(name string, p Period, late bool) map[string]string {
	period := p.ShortName()
	if late {
		period += " (gửi muộn)"
	}
	score := "chưa có"
	if s.Rated > 0 {
		score = decimal(s.Score, 1) + "/5"
	}
	return map[string]string{
		"don_vi": name, "ky": period, "n_tiep": fmt.Sprint(s.Received), "n_dung": fmt.Sprint(s.InTime), "n_qua": fmt.Sprint(s.Late),
		"n_cho": fmt.Sprint(s.Open), "hl": score,
	}
}

// WithoutPeople is the report without the rows of single officers and without the list of
// those proposed for reward, which names some, for a page that a link opens.
func (r *Report) WithoutPeople() *Report {
	bare := *r
	bare.Tables = slices.DeleteFunc(slices.Clone(r.Tables), func(t Table) bool { return people(t.By) || t.Key == commendedKey })
	return &bare
}

// Letter is what a mail about a report carries: the first table as text and as HTML, and
// the workbook. note is added by a person; empty: none.
func (r *Report) Letter(note string) (*escalation.Enclosure, error) {
	var book bytes.Buffer
	if err := r.WriteXLSX(&book); err != nil {
		return nil, err
	}
	return r.Cover().Letter(note, r.FileName(XLSX), book.Bytes()), nil
}

// Cover is the first table of a report with its heading, ready to be mailed.
type Cover struct {
	Text string `json:"text"`
	HTML string `json:"html"` // a fragment
}

// Cover writes it.
func (r *Report) Cover() Cover {
	heading := r.Name + ", " + r.Period.Title()
	var text, page strings.Builder
	fmt.Fprintf(&text, "%s\n%s\n\n", heading, r.madeText())
	fmt.Fprintf(&page, "<p><strong>%s</strong><br>%s</p>\n", html.EscapeString(heading), html.EscapeString(r.madeText()))
	if len(r.Tables) == 0 {
		return Cover{text.String(), page.String()}
	}
	var rows [][]string
	for _, row := range r.Tables[0].Rows {
		value, of := "", ""
		for _, c := range row.Cells {
			value = c.Text()
		}
		if row.Of != "" {
			of = " (trên " + row.Of + ")"
		}
		fmt.Fprintf(&text, "%s: %s%s\n", oneLine(row.Label), value, of)
		rows = append(rows, []string{row.Label, value + of})
	}
	page.WriteString(escalation.HTMLTable(nil, rows))
	return Cover{text.String(), page.String()}
}

// Letter is the mail's enclosure, with the workbook as it was made.
func (c Cover) Letter(note, name string, book []byte) *escalation.Enclosure {
	const attached = "Số liệu đầy đủ ở bảng tính kèm theo."
	text, page := c.Text, c.HTML
	if note != "" {
		text = "Ghi chú: " + note + "\n\n" + text
		page = "<p>Ghi chú: " + strings.ReplaceAll(html.EscapeString(note), "\n", "<br>") + "</p>\n" + page
	}
	return &escalation.Enclosure{
		Text: text + "\n" + attached + "\n", HTML: page + "<p>" + attached + "</p>\n",
		Files: []escalation.EnclosedFile{{Name: name, MediaType: XLSX.MediaType(), Content: book}},
	}
}

// kindOf is the kind of period that a rhythm of reports is about.
func kindOf(each escalation.ReportEach) PeriodKind {
	switch each {
	case escalation.ReportWeekly:
		return Week
	case escalation.ReportQuarterly:
		return Quarter
	}
	return Month
}

// Ended is the period of a rhythm that had ended at the instant: that before the one in
// which it lies.
func Ended(each escalation.ReportEach, at time.Time) Period {
	return Containing(kindOf(each), at).Before()
}
