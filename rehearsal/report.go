package rehearsal

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"notify1022/escalation"
)

// Report is what a played story leaves behind.
type Report struct {
	petitions []escalation.Petition
	timelines map[int64][]escalation.Entry
	messages  []sent
	rungs     []step
	checks    []check
	notes     []string
	expected  int
	took      time.Duration // of the machine's time
	clock     time.Time     // where the domain's clock stopped
}

// Failed lists every expectation that did not hold; none is success.
func (r *Report) Failed() []string {
	failed := slices.Clone(r.notes)
	for _, c := range r.checks {
		for _, w := range c.wrong {
			failed = append(failed, c.promise+": "+w)
		}
	}
	return failed
}

// Print writes timeline, totals and checks as tables.
func (r *Report) Print(w io.Writer) error {
	for _, section := range []func(io.Writer){r.printTimeline, r.printPetitions, r.printMessages, r.printTotals, r.printChecks} {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		section(table)
		if err := table.Flush(); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
	}
	_, err := fmt.Fprintln(w, r.verdict())
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return nil
}

func heading(w io.Writer, title string, columns ...string) {
	fmt.Fprintf(w, "\n%s\n", title)
	if len(columns) > 0 {
		fmt.Fprintln(w, strings.Join(columns, "\t"))
	}
}

// printTimeline merges the timelines of all petitions.
func (r *Report) printTimeline(w io.Writer) {
	heading(w, "DIỄN BIẾN", "LÚC", "PHẢN ÁNH", "AI", "KÊNH", "VIỆC", "TRẠNG THÁI", "GHI NHẬN")
	codes := map[int64]string{}
	var all []escalation.Entry
	for _, p := range r.petitions {
		codes[p.ID] = p.Code
		all = append(all, r.timelines[p.ID]...)
	}
	slices.SortStableFunc(all, func(a, b escalation.Entry) int { return a.At.Compare(b.At) })
	for _, e := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.At.Format("02/01 15:04"), codes[e.PetitionID], e.Role, e.Channel,
			e.Action, e.Status, cut(e.Text, 70))
	}
}

func (r *Report) printPetitions(w io.Writer) {
	heading(w, "PHẢN ÁNH", "MÃ", "TRẠNG THÁI", "ĐƠN VỊ", "BẬC", "LEO THANG", "QUÁ HẠN", "TÓM TẮT")
	fired := map[int64]int{}
	for _, s := range r.rungs {
		if s.State == escalation.Fired {
			fired[s.Petition]++
		}
	}
	for _, p := range r.petitions {
		unit := "–"
		if lead := p.LastLead(); lead != nil {
			unit = lead.Unit
		}
		summary := p.Summary
		if p.Denunciation {
			summary = lockedContent
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", p.Code, p.Status.Label(), unit, fired[p.ID], mark(p.WasEscalated), mark(p.WasOverdue), cut(summary, 50))
	}
}

func mark(yes bool) string {
	if yes {
		return "có"
	}
	return "–"
}

// printMessages counts the texts by template and outcome.
func (r *Report) printMessages(w io.Writer) {
	heading(w, "TIN NHẮN", "MẪU", "ĐÃ NHẬN", "KHÔNG ĐẾN", "BỎ", "ĐOẠN")
	type row struct{ delivered, failed, dropped, segments int }
	rows := map[string]*row{}
	total := &row{}
	for _, m := range r.messages {
		one := rows[m.Template]
		if one == nil {
			one = &row{}
			rows[m.Template] = one
		}
		for _, t := range []*row{one, total} {
			switch m.State {
			case escalation.Delivered:
				t.delivered++
				t.segments += m.Segments
			case escalation.Failed:
				t.failed++
			default:
				t.dropped++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		c := rows[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", name, c.delivered, c.failed, c.dropped, c.segments)
	}
	fmt.Fprintf(w, "tổng\t%d\t%d\t%d\t%d\n", total.delivered, total.failed, total.dropped, total.segments)
}

// printTotals counts petitions by status and rungs by name.
func (r *Report) printTotals(w io.Writer) {
	byStatus := map[escalation.Status]int{}
	for _, p := range r.petitions {
		byStatus[p.Status]++
	}
	heading(w, "TỔNG SỐ", "TRẠNG THÁI CUỐI", "SỐ PHẢN ÁNH")
	for _, s := range escalation.Statuses() {
		if byStatus[s] > 0 {
			fmt.Fprintf(w, "%s\t%d\n", s.Label(), byStatus[s])
		}
	}
	byRung := map[escalation.RungName]int{}
	for _, s := range r.rungs {
		if s.State == escalation.Fired {
			byRung[s.Name]++
		}
	}
	heading(w, "", "BẬC", "SỐ LẦN")
	names := slices.SortedFunc(maps.Keys(byRung), func(a, b escalation.RungName) int {
		return cmp.Or(cmp.Compare(byRung[b], byRung[a]), cmp.Compare(a, b))
	})
	for _, n := range names {
		fmt.Fprintf(w, "%s\t%d\n", n, byRung[n])
	}
}

func (r *Report) printChecks(w io.Writer) {
	heading(w, "KIỂM TRA")
	for _, c := range r.checks {
		verdict := "đạt"
		if len(c.wrong) > 0 {
			verdict = fmt.Sprintf("KHÔNG ĐẠT (%d)", len(c.wrong))
		}
		fmt.Fprintf(w, "%s\t%s\n", c.promise, verdict)
	}
	for _, f := range r.Failed() {
		fmt.Fprintf(w, "✗ %s\n", f)
	}
}

func (r *Report) verdict() string {
	verdict := "mọi mong đợi đều đạt"
	if n := len(r.Failed()); n > 0 {
		verdict = fmt.Sprintf("%d mong đợi KHÔNG đạt", n)
	}
	return fmt.Sprintf("\n%d phản ánh, %d tin nhắn, %d mong đợi của kịch bản, %d kiểm tra chung; đồng hồ dừng lúc %s; chạy trong %s: %s.",
		len(r.petitions), len(r.messages), r.expected, len(r.checks), r.clock.Format("15:04 02/01/2006"), r.took.Round(100*time.Millisecond), verdict)
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
