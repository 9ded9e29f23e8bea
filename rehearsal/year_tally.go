package rehearsal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The monthly report that the model demands, cell by cell: counted petition by petition
// from what was fed in and from what the handsets got, with a pencil's means. It shares
// no line with the facts of escalation, the sums of the store and the tables of report.
//
// It knows every cell of the city's report but those of leftOut.

// cell is a place in a report; its value is written as yearValue writes it.
type cell struct{ table, row, column string }

// leftOut says of a cell that the model does not know it: how many texts were made and
// how many segments they took, since handsets know only of those that arrived, and not
// of which unit their owners are and what petition a bundle is of.
func (c cell) leftOut() bool {
	return c.table == "sms" && c.column != "delivered" || strings.HasSuffix(c.table, "_sms")
}

// yearTurn is a stretch of a petition in which one party owed the answer, as it stands
// at the end of the year.
type yearTurn struct {
	root *fate // the petition
	fate *fate // the course
	stint
	opened   time.Time
	ended    time.Time // answered, moved, taken back, or refused; zero: open
	byUnit   bool      // a unit has had it
	first    bool
	asked    bool // by 1022, before it could forward
	reopened bool
	office   bool // the Office had it first
	disputed bool // the Office has it next
}

// turns are a petition's stretches; what lies behind the end has not happened.
func (f *fate) turns(end time.Time) []yearTurn {
	var list []yearTurn
	for next := f; next != nil; next = next.again {
		course := next.standing(end)
		for i, t := range course.courseTurns() {
			if !t.opened.Before(end) {
				return list
			}
			for _, at := range []*time.Time{&t.forwarded, &t.acked, &t.answered, &t.moved, &t.gone, &t.ended} {
				if !at.Before(end) {
					*at = time.Time{}
				}
			}
			t.root, t.fate, t.first, t.byUnit = f, course, len(list) == 0, t.byUnit && !t.forwarded.IsZero()
			t.reopened, t.office = i == 0 && course.reopened, i == 0 && course.byOffice()
			t.asked = t.first && !f.received.IsZero() && !f.asked.IsZero() && f.asked.Before(end)
			if n := len(list); n > 0 {
				list[n-1].disputed = t.office
			}
			list = append(list, t)
		}
	}
	return list
}

// standing is the course as it stands at the end: a result that was not sent back by
// then is the answer.
func (f *fate) standing(end time.Time) *fate {
	if f.lain.to.Before(end) || !f.lain.from.Before(end) {
		return f
	}
	now := *f
	now.answered, now.lain, now.published, now.rated = f.lain.from, rest{}, time.Time{}, time.Time{}
	return &now
}

// courseTurns are those of a course as they were drawn: a unit's time begins with the
// course, and is the Office's until it has named the unit.
func (f *fate) courseTurns() []yearTurn {
	stints := f.stints()
	if len(stints) == 0 && !f.gone().IsZero() {
		return []yearTurn{{opened: f.received, ended: f.gone(), stint: stint{gone: f.gone()}}}
	}
	if len(stints) == 0 && f.opened.IsZero() {
		return []yearTurn{{opened: f.forwarded, ended: f.forwarded, stint: stint{forwarded: f.forwarded}}}
	}
	if len(stints) == 0 {
		return []yearTurn{{opened: f.opened}}
	}
	var list []yearTurn
	for i, s := range stints {
		t := yearTurn{opened: s.forwarded, stint: s, byUnit: true, ended: s.answered}
		switch {
		case !s.moved.IsZero():
			t.ended = s.moved
		case s.answered.IsZero():
			t.ended = s.gone
		}
		switch {
		case i > 0:
		case !f.opened.IsZero():
			t.opened = f.opened
		case !f.received.IsZero():
			t.opened = f.received
		}
		list = append(list, t)
	}
	return list
}

// late is when the 48 hours ended without an answer, zero when they did not. An answer of
// their very last instant is none too late, though it was reported as owed just before.
func (t yearTurn) late(end time.Time) time.Time {
	at := t.fate.limit(t.stint, 48)
	if !t.byUnit || !at.Before(end) || !t.ended.IsZero() && (at.After(t.ended) || at.Equal(t.answered)) {
		return time.Time{}
	}
	return at
}

// stretch is a month as far as the year goes.
type stretch struct{ from, to, end time.Time }

func (s stretch) has(at time.Time) bool {
	return !at.IsZero() && !at.Before(s.from) && at.Before(s.to) && at.Before(s.end)
}

// monthsOf are the months that the year touches, by name.
func monthsOf(end time.Time) map[string]stretch {
	months := map[string]stretch{}
	first := YearStart().AddDate(0, 0, 1-YearStart().Day())
	for at := first; at.Before(end); at = at.AddDate(0, 1, 0) {
		months[at.Format("2006-01")] = stretch{at, at.AddDate(0, 1, 0), end}
	}
	return months
}

// sheet is one group of petitions in a month, with the lists that its cells are made of.
type sheet struct {
	count  map[string]int
	spans  map[string][]time.Duration
	held   map[string]time.Duration
	scores []int
}

func newSheet() *sheet {
	return &sheet{count: map[string]int{}, spans: map[string][]time.Duration{}, held: map[string]time.Duration{}}
}

// take counts a turn in, for those who owe the answer since then: a unit since it has the
// slip, the city all the time.
func (s *sheet) take(t yearTurn, since time.Time, m stretch) {
	is := func(name string, holds bool) {
		if holds {
			s.count[name]++
		}
	}
	came := m.has(t.forwarded)
	if m.has(t.opened) && (t.first || t.reopened) {
		s.paper(t, m)
	}
	is("reopened", t.reopened && m.has(t.opened))
	if t.first && m.has(t.opened) {
		s.receipt(t)
	}
	is("slips", came && t.byUnit)
	is("returned", came && !t.moved.IsZero() && !t.disputed && !t.fate.returned.IsZero())
	is("disputed", came && t.byUnit && t.disputed)
	if came && !t.acked.IsZero() {
		s.count["acknowledged"]++
		s.spans["acknowledged"] = append(s.spans["acknowledged"], hoursOf(t.unit).between(t.forwarded, t.acked))
	}
	late := t.late(m.end)
	is("went_late", m.has(late) && late.After(since)) // before it with somebody else
	if open := t.ended.IsZero() || !t.ended.Before(m.to); open && since.Before(m.to) {
		s.count["open"]++
		is("open_late", !late.IsZero() && late.Before(m.to))
		s.count[ageOf(city.between(t.root.receipt(), earlier(m.to, m.end)))]++
	}
	is("missed", m.has(t.missed(m.end)))
	if m.has(t.ended) {
		s.done(t, m)
	}
}

// missed is when the promised time passed without a result, zero where it did not. A result
// that was sent back has ended the promise too: it is held against the next one.
func (t yearTurn) missed(end time.Time) time.Time {
	f := t.fate
	came := !f.lain.from.IsZero() && !f.until.After(f.lain.from)
	open := t.ended.IsZero() && (f.lain.from.IsZero() || came)
	if t.byUnit && !f.promised.IsZero() && f.until.Before(end) && (open || !t.ended.IsZero() && !f.until.After(t.ended)) {
		return f.until
	}
	return time.Time{}
}

// paper counts the file that a part of a petition owes, as it stands at the end. What the
// part was over for before the two days were is owed no more.
func (s *sheet) paper(t yearTurn, m stretch) {
	part := t.fate
	if t.first {
		part = t.root
	}
	from := part.owesFile()
	known := from // a need is known when the result is published
	if last := part.lastCourse(); last.needed {
		known = last.published
	}
	if from.IsZero() || known.IsZero() || !known.Before(m.end) {
		return
	}
	sent, end := !part.sent.IsZero() && part.sent.Before(m.end), part.partEnd()
	if !sent && !end.IsZero() && end.Before(m.end) && part.fileDue().After(end) {
		return
	}
	s.count["written"]++
	if sent && !part.sent.After(part.fileDue()) {
		s.count["written_in_time"]++
	}
}

// receipt counts what came in, and what 1022 owed it.
func (s *sheet) receipt(t yearTurn) {
	f := t.fate
	s.count["received"]++
	switch {
	case f.rejected:
		s.count["rejected"]++
	case f.direct:
		s.count["answered_directly"]++
	case t.byUnit:
		s.count["forwarded"]++
		if !t.asked { // 1022 is not judged on what it had to ask about
			s.count["unasked"]++
		}
	case !t.gone.IsZero() && f.into != nil:
		s.count["merged"]++
	case !t.gone.IsZero():
		s.count["withdrawn"]++
	}
	if t.asked {
		s.count["asked"]++
		if !f.asked.After(city.add(f.received, time.Hour)) {
			s.count["asked_in_time"]++
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// ageOf names the class of an age: "đến 8", "trên 8 đến 48", "trên 48 đến 120", "trên 120".
func ageOf(age time.Duration) string {
	n := 0
	for _, most := range []int{8, 48, 120} {
		if age > time.Duration(most)*time.Hour {
			n++
		}
	}
	return fmt.Sprint("age_", n)
}

// done counts a turn that ended in the month: who had it how long, and its answer.
func (s *sheet) done(t yearTurn, m stretch) {
	is := func(name string, holds bool) {
		if holds {
			s.count[name]++
		}
	}
	f := t.fate
	s.count["ended"]++
	s.levels(t)
	eight := f.own(t.stint, 8, 8)
	public := !f.published.IsZero() && f.published.Before(m.end)
	switch {
	case !t.answered.IsZero():
		s.count["answers"]++
		s.spans["answered"] = append(s.spans["answered"], hoursOf(t.unit).between(t.forwarded, t.answered))
		is("within_8h", !t.answered.After(eight))
		is("within_48h", !t.answered.After(f.limit(t.stint, 48)))
		is("by_head", !t.answered.Before(eight))
		is("kept", !f.promised.IsZero() && t.missed(m.end).IsZero())
		is("own_site", f.onSite)
		is("published", public)
		if public {
			s.held["held_1022"] += city.between(t.answered, f.published)
		}
	case f.direct:
		s.count["direct_answers"]++
		public = true
	default:
		return
	}
	if !public {
		return
	}
	for _, voter := range append(f.crowd.at(m.end), f) {
		s.count["ratable"]++
		if (voter == f || voter.rates == f) && !voter.rated.IsZero() && voter.rated.Before(m.end) {
			s.scores = append(s.scores, voter.score)
		}
	}
}

// levels sums who had a turn how long: a unit by its own hours, the others by the city's.
func (s *sheet) levels(t yearTurn) {
	f, first := t.fate, "held_1022"
	if t.office {
		first = "held_office"
	}
	if !t.byUnit && !t.gone.IsZero() {
		s.held[first] += city.between(t.opened, t.gone)
		return
	}
	s.held[first] += city.between(t.opened, t.forwarded)
	if !t.byUnit {
		return
	}
	up := t.ended // what the head never heard of was the officer's
	if eight := f.own(t.stint, 8, 8); eight.Before(up) {
		if _, told := f.head(t.stint, eight); !told.IsZero() {
			up = eight
		}
	}
	h := hoursOf(t.unit)
	s.held["held_focal"] += h.between(t.forwarded, up) - f.held.within(h, t.forwarded, up) - f.lain.within(h, t.forwarded, up)
	s.held["held_head"] += h.between(up, t.ended) - f.held.within(h, up, t.ended) - f.lain.within(h, up, t.ended)
	s.held["held_1022"] += f.lain.within(city, t.forwarded, t.ended)
	s.held["held_office"] += f.held.within(city, t.forwarded, t.ended)
}

// cells are the values of a sheet by their names.
func (s *sheet) cells() map[string]string {
	n := s.count
	share := func(name, of string) string { return shareText(n[name], n[of]) }
	sum := 0
	for _, score := range s.scores {
		sum += score
	}
	values := map[string]string{
		"rejected": share("rejected", "received"), "answered_directly": share("answered_directly", "received"), "forwarded": share("forwarded", "received"),
		"withdrawn": share("withdrawn", "received"), "merged": share("merged", "received"), "reopened": fmt.Sprint(n["reopened"]),
		"acknowledged": share("acknowledged", "slips"), "returned": share("returned", "slips"), "disputed": share("disputed", "slips"),
		"median_acknowledged": middleText(s.spans["acknowledged"]), "median_answered": middleText(s.spans["answered"]),
		"within_8h": share("within_8h", "answers"), "within_48h": share("within_48h", "answers"),
		"by_focal": shareText(n["answers"]-n["by_head"], n["answers"]), "by_head": share("by_head", "answers"),
		"promises_kept": shareText(n["kept"], n["kept"]+n["missed"]), "own_site": share("own_site", "answers"), "off_site": shareText(n["answers"]-n["own_site"], n["answers"]), "published": share("published", "answers"),
		"rated": shareText(len(s.scores), n["ratable"]), "score": meanText(sum, len(s.scores)),
		"service_rated": shareText(0, n["ratable"]), "service_score": "–", "commended": "0", // nobody of the year gives 1022 a score or proposes anybody
		"open_late": share("open_late", "open"), "office_answers": "0",
		"rejected_at_once": share("rejected", "rejected"), "forwarded_at_once": share("unasked", "unasked"), "asked_in_time": share("asked_in_time", "asked"), "written_in_time": share("written_in_time", "written"),
	}
	for _, name := range []string{"received", "slips", "answers", "went_late", "open", "direct_answers"} {
		values[name] = fmt.Sprint(n[name])
	}
	for age := range 4 {
		name := fmt.Sprint("age_", age)
		values[name] = share(name, "open")
	}
	for score := 1; score <= 5; score++ {
		given := slices.DeleteFunc(slices.Clone(s.scores), func(s int) bool { return s != score })
		values[fmt.Sprint("score_", score)] = shareText(len(given), len(s.scores))
		values[fmt.Sprint("service_score_", score)] = "–"
	}
	for _, name := range []string{"held_1022", "held_focal", "held_head", "held_office"} {
		values[name] = "–"
		if n["ended"] > 0 {
			values[name] = minutesText(s.held[name] / time.Duration(n["ended"]))
		}
	}
	return values
}

// How values are written to be compared.
func shareText(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", n, of)
}

func minutesText(d time.Duration) string { return fmt.Sprintf("%d min", int(d.Minutes())) }

func meanText(sum, n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%.4f", float64(sum)/float64(n))
}

// middleText is the lower median, in whole minutes.
func middleText(spans []time.Duration) string {
	if len(spans) == 0 {
		return "–"
	}
	slices.Sort(spans)
	return minutesText(spans[(len(spans)-1)/2])
}

// tallied are the cells of the report that a month must bring.
func tallied(list []fate, m stretch) map[cell]string {
	all := newSheet()
	rows := map[[2]string]*sheet{}
	for i := range list {
		for _, t := range list[i].turns(m.end) {
			if !t.opened.Before(m.to) || !t.ended.IsZero() && t.ended.Before(m.from) {
				continue // it does not touch the month
			}
			row := func(table, value string, since time.Time) {
				key := [2]string{table, value}
				if rows[key] == nil {
					rows[key] = newSheet()
				}
				rows[key].take(t, since, m)
			}
			all.take(t, t.opened, m)
			row("field", t.fate.field, t.opened)
			row("area", t.fate.area, t.opened)
			row("channel", t.fate.channel, t.opened)
			if t.byUnit && t.forwarded.Before(m.to) {
				row("unit", yearUnit(t.unit), t.forwarded)
			}
		}
	}
	cells := map[cell]string{}
	for name, value := range all.cells() {
		for _, table := range listedIn(name) {
			cells[cell{table, name, "value"}] = value
		}
	}
	for key, s := range rows {
		values := s.cells()
		for part, names := range crossedIn(key[0]) {
			for _, name := range strings.Fields(names) {
				cells[cell{key[0] + part, key[1], name}] = values[name]
			}
		}
	}
	return cells
}

// listedIn are the tables that list a figure of the whole city.
func listedIn(name string) []string {
	switch {
	case name == "commended": // it has a list of its own
		return nil
	case name == "rated", name == "score":
		return []string{"city", "scores"}
	case strings.HasPrefix(name, "age_"):
		return []string{"ages"}
	case strings.HasPrefix(name, "held_"):
		return []string{"held"}
	case strings.HasPrefix(name, "score_"):
		return []string{"scores"}
	case strings.HasPrefix(name, "service_"):
		return []string{"service"}
	case strings.HasSuffix(name, "_at_once"), name == "asked_in_time", name == "written_in_time":
		return []string{"duties"}
	}
	return []string{"city"}
}

// crossedIn lists the columns of each table of a dimension.
func crossedIn(dimension string) map[string]string {
	columns := map[string]string{
		"":         "slips acknowledged median_acknowledged returned disputed",
		"_answers": "answers within_8h within_48h by_focal by_head went_late promises_kept own_site off_site",
		"_open":    "open open_late age_0 age_1 age_2 age_3 held_1022 held_focal held_head held_office",
		"_scores":  "rated score score_5 score_4 score_3 score_2 score_1",
	}
	if dimension == "unit" {
		columns["_answers"] += " median_answered"
		columns["_scores"] += " commended"
		return columns
	}
	columns[""] += " received rejected answered_directly forwarded withdrawn merged reopened"
	columns["_scores"] += " service_rated service_score"
	return columns
}

// landed is a text on a handset and the class that a report puts it in.
type landed struct {
	class string
	made  time.Time
}

// classIn is the row of the texts' table that a text of the catalogue belongs to (§
// "Tin nhắn" of the monthly report).
func classIn(template string) string {
	for class, names := range map[string]string{
		"slip": "O1 O1K O1P", "reminder": "O1N O2 O3 H2 B1 B2", "escalation": "H1 H1E O7", "report": "H3 V0 V1 V2 V3 V4 V6 VG R1 VT", "decision": "C2 C9 C11 N2 N3 N3n O4 O5 O6 XV",
		"recorded": "C1", "progress": "C3 C12 C4 C4x C5 C6 C6b", "result": "C7", "rating": "C8 C8n", "alarm": "T1",
	} {
		if slices.Contains(strings.Fields(names), template) {
			return class
		}
	}
	return "answer"
}

// delivered adds what the handsets got of the month's texts, class by class.
func delivered(cells map[cell]string, texts []landed, m stretch) {
	n := map[string]int{}
	for _, t := range texts {
		if m.has(t.made) {
			n[t.class]++
			n["all"]++
		}
	}
	for class, times := range n {
		cells[cell{"sms", class, "delivered"}] = fmt.Sprint(times)
	}
}

// YearCell is a cell of a monthly report that is not what the model demands.
type YearCell struct {
	Cell   string `json:"cell"` // table, row and column
	Report string `json:"report"`
	Model  string `json:"model"`
}

// differing lists the cells in which a report is not what the model demands, and
// counts those that were compared.
func differing(report, model map[cell]string) (cells []YearCell, compared int) {
	all := maps.Clone(report)
	maps.Copy(all, model)
	for at := range all {
		if at.leftOut() {
			continue
		}
		if compared++; report[at] != model[at] {
			cells = append(cells, YearCell{strings.Join([]string{at.table, at.row, at.column}, " / "), report[at], model[at]})
		}
	}
	slices.SortFunc(cells, func(a, b YearCell) int { return cmp.Compare(a.Cell, b.Cell) })
	return cells, compared
}
