package escalation

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of the overdue list: a cell, and the rows that keep the whole within
// EnclosureMost at the longest cells. What is left out is counted.
const (
	listCell = 60
	listMost = 3000
	listSums = 60 // units whose totals the words name
)

// overdueLine is one petition of the list.
type overdueLine struct {
	code, unit, field string
	due               time.Time
	days              int // whole days of 8 working hours since then
	secret            bool
	exclude           []int64
}

// overdueLineOf describes what is overdue at the instant at. Of a confidential petition
// nothing is said but the code; of a denunciation not even that (Đ1.2). Nothing here is a
// citizen's.
func overdueLineOf(p Petition, at time.Time, env Env) (l overdueLine, ok bool) {
	if p.Denunciation || !p.listedOverdue() {
		return l, false
	}
	l = overdueLine{code: p.Code, secret: p.Confidential, exclude: p.Exclude}
	if l.secret {
		return l, true
	}
	l.unit, l.field = "Chưa có đơn vị chủ trì", clip(p.Field)
	if u, ok := env.Directory.Unit(unitOf(p.Lead())); ok {
		l.unit = clip(u.Name)
	}
	c := &change{p: &p, env: env}
	due, by := c.limitBy()
	if l.due = due; !due.IsZero() && due.Before(at) {
		l.days = int(by.Between(due, at) / (8 * time.Hour))
	}
	return l, true
}

// byUnit is the order of the list: by unit and then by deadline, what is confidential at the end.
func byUnit(a, b overdueLine) int {
	switch {
	case a.secret != b.secret && a.secret:
		return 1
	case a.secret != b.secret:
		return -1
	}
	return cmp.Or(strings.Compare(a.unit, b.unit), a.due.Compare(b.due), strings.Compare(a.code, b.code))
}

// overdueList is what one of the Office is mailed: how many there are, of each unit, and the
// first of them. Of hundreds of thousands no more is kept.
type overdueList struct {
	to    Contact
	count int
	units map[string]int
	lines []overdueLine // the first, and some that may not be
}

// overdueLists are those of everybody of the Office who has an address.
func overdueLists(env Env) (lists []*overdueList) {
	if !env.Mail {
		return nil
	}
	for _, contact := range env.Directory.Serving("", Office, env.Now) {
		if contact.Email != "" {
			lists = append(lists, &overdueList{to: contact, units: map[string]int{}})
		}
	}
	return lists
}

func (o *overdueList) add(l overdueLine, d *Directory) {
	if d.Excluded(l.exclude, o.to) {
		return
	}
	o.count++
	o.units[cmp.Or(l.unit, "Bảo mật")]++
	if o.lines = append(o.lines, l); len(o.lines) >= 2*listMost {
		o.lines = o.first()
	}
}

// first are those of the lines that the list names, in its order.
func (o *overdueList) first() []overdueLine {
	slices.SortFunc(o.lines, byUnit)
	return o.lines[:min(listMost, len(o.lines))]
}

// listedOverdue: what the Office holds and what has a result is left out of the digest.
func (p *Petition) listedOverdue() bool {
	return p.Status == Overdue && p.Hold == nil && p.Result == nil
}

// clip keeps a cell on one line and within bounds.
func clip(text string) string { return Clip(strings.Join(strings.Fields(text), " "), listCell) }

// mail is the list as it goes out.
func (o *overdueList) mail(period time.Time, env Env) Notice {
	return Notice{
		Template: "VQ", Class: ClassReport, Lane: LaneBulk, Rung: periodic("digest_overdue", period), Attempt: 1, At: env.Now,
		To: Recipient{Contact: o.to.ID, Role: Office, Unit: o.to.Unit, ByEmail: true},
		Vars: map[string]string{
			"so": fmt.Sprint(o.count), "gio": ClockText(period), "bang": overdueSums(o.units), "lp": env.Host,
		},
		Enclosure: overdueEnclosure(o.first(), o.count, period),
	}
}

// overdueSums says how many there are of each unit, the most first.
func overdueSums(count map[string]int) string {
	units := slices.Collect(maps.Keys(count))
	slices.SortFunc(units, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	var b strings.Builder
	for _, unit := range units[:min(listSums, len(units))] {
		fmt.Fprintf(&b, "%s: %d\n", unit, count[unit])
	}
	if left := len(units) - listSums; left > 0 {
		fmt.Fprintf(&b, "và %d đơn vị khác\n", left)
	}
	return b.String()
}

// overdueEnclosure is the list, the first of so many, as aligned text, as a table and as a sheet.
func overdueEnclosure(first []overdueLine, count int, period time.Time) *Enclosure {
	rows := [][]string{{"STT", "Mã PAKN", "Đơn vị", "Lĩnh vực", "Hạn xử lý", "Số ngày làm việc quá hạn"}}
	for i, l := range first {
		rows = append(rows, l.cells(i+1))
	}
	more := ""
	if left := count - len(first); left > 0 {
		more = fmt.Sprintf("Còn %d PAKN nữa, xem trên phần mềm.", left)
	}
	table, text := HTMLTable(rows[0], rows[1:]), alignedText(rows)
	if more != "" {
		table, text = table+"<p>"+html.EscapeString(more)+"</p>\n", text+more+"\n"
	}
	return &Enclosure{Text: text, HTML: table, Files: []EnclosedFile{{
		Name: "qua-han-" + period.In(hanoi()).Format(time.DateOnly) + ".csv", MediaType: "text/csv; charset=utf-8", Content: sheet(rows),
	}}}
}

func (l overdueLine) cells(no int) []string {
	if l.secret {
		return []string{fmt.Sprint(no), l.code + " (bảo mật)", "", "", "", ""}
	}
	due := ""
	if !l.due.IsZero() {
		due = l.due.In(hanoi()).Format("02/01/2006 15:04")
	}
	return []string{fmt.Sprint(no), l.code, l.unit, l.field, due, fmt.Sprint(l.days)}
}

// alignedText is the rows in columns, as wide as their widest cell.
func alignedText(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// sheet is the rows as CSV that spreadsheets open with their accents (a byte order mark)
// and without taking a cell for a formula.
func sheet(rows [][]string) []byte {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	for _, row := range rows {
		w.Write(GuardCells(row...)) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes()
}
