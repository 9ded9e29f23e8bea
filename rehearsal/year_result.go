package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"notify1022/report"
)

// YearResult is what a year came to.
type YearResult struct {
	Year     Year    `json:"year"`
	Database string  `json:"database"`
	Acts     int     `json:"acts"`    // things that people did
	Stops    int     `json:"stops"`   // instants at which they did them
	Seconds  float64 `json:"seconds"` // of the machine

	Texts     int                     `json:"texts"`     // on handsets
	Templates map[string]YearTemplate `json:"templates"` // that the model judges
	Others    map[string]int          `json:"others"`    // of the outbox, that it only counts
	Months    map[string]YearMonth    `json:"months"`
	Missing   int                     `json:"missing"` // demanded and never seen
	Extra     int                     `json:"extra"`   // seen and not demanded
	Wrong     int                     `json:"wrong"`   // seen at another second than demanded
	Twice     int                     `json:"twice"`   // on a handset more than once
	Stray     int                     `json:"stray"`   // on a handset and in no row
	Faults    []string                `json:"faults"`  // the first of each

	CPUSeconds       float64 `json:"cpu_seconds"`
	PeakMemory       int64   `json:"peak_memory"`
	BytesPerPetition int64   `json:"bytes_per_petition"`
}

// YearTemplate compares what the model demands of a text with what handsets got.
type YearTemplate struct {
	Demanded int `json:"demanded"`
	Seen     int `json:"seen"`
}

// YearMonth is a monthly report against the model's.
type YearMonth struct {
	Cells  int        `json:"cells"`  // that were compared
	Counts yearCounts `json:"counts"` // what the report says, for people
	Differ []YearCell `json:"differ"`
}

// yearCounts are the figures of a month that are printed.
type yearCounts struct {
	Received string `json:"received"`
	Rejected string `json:"rejected"`
	Slips    string `json:"slips"`
	Answers  string `json:"answers"`
	Within8  string `json:"within_8h"`
	Within48 string `json:"within_48h"`
	WentLate string `json:"went_late"`
	Rated    string `json:"rated"`
}

// Equal reports that handsets and reports are what the model demands.
func (r *YearResult) Equal() bool {
	return r.monthsThatDiffer() == 0 && r.Missing+r.Extra+r.Wrong+r.Twice+r.Stray == 0
}

func (r *YearResult) monthsThatDiffer() (n int) {
	for _, m := range r.Months {
		if len(m.Differ) > 0 {
			n++
		}
	}
	return n
}

// Err is why the year is not equal, nil when it is.
func (r *YearResult) Err() error {
	if r.Equal() {
		return nil
	}
	return errYearUnequal
}

// yearRow is a text of the outbox, to name what a handset got.
type yearRow struct {
	Code     string `db:"code"`
	Template string `db:"template"`
	Phone    string `db:"phone"`
	Text     string `db:"text"`
	At       micro  `db:"at"`
}

// soon is how long a text that waits for nothing is on its way at the most, night how long one
// waits that comes with the morning, and yields how long a C1 waits for the C4 that would say more.
const (
	soon   = time.Minute
	night  = 10 * time.Hour
	yields = 15 * time.Minute
)

// made is when a text that came to a handset was made. What was made in a month's last second,
// or a C1 in its last quarter of an hour, may come in the next month's first, and what was made in
// its last night on the next morning: the outbox is believed for as long as a text takes.
func (r yearRow) made(came time.Time) time.Time {
	waited := came.Sub(r.At.time())
	late := came.Sub(modelDay(midnight(came))) // how long after the hour at which citizens' texts go
	if waited >= 0 && (waited < soon || r.Template == "C1" && waited < yields+soon || late >= 0 && late < soon && waited <= night+soon) {
		return r.At.time()
	}
	return came
}

// yearKey is one text of a petition to one number; the model demands each once.
type yearKey struct{ code, template, phone string }

// judge compares every petition's texts with the model, then the months.
func (p *yearPlay) judge(ctx context.Context) (*YearResult, error) {
	r := &YearResult{Year: p.year, Templates: map[string]YearTemplate{}, Others: map[string]int{}, Months: map[string]YearMonth{}}
	seen, texts, err := p.seen(ctx, r)
	if err != nil {
		return nil, err
	}
	demand := func(code string, list []demand) {
		for _, d := range list {
			if r.demand(yearKey{code, d.template, yearPhone(d.who, d.person)}, d, seen) { // a handset cannot say that a text had waited
				texts = append(texts, landed{classIn(d.template), d.made})
			}
		}
	}
	for f := range courses(p.fates) {
		demand(p.codes[f.number], f.demands(p.end))
	}
	demand("", p.staff.demands(p.end))
	for key, times := range seen {
		for _, at := range times {
			r.Extra++
			r.fault("%s: %s of %s was not demanded", key.code, key.template, at.Format(time.DateTime))
		}
	}
	return r, p.months(ctx, r, texts)
}

// demand looks for one text and strikes it off; it reports whether it came.
func (r *YearResult) demand(key yearKey, d demand, seen map[yearKey][]time.Time) bool {
	t := r.Templates[d.template]
	t.Demanded++
	var at time.Time
	ok := len(seen[key]) > 0
	if ok { // another of its kind stays and is one too many
		at, seen[key] = seen[key][0], seen[key][1:]
	}
	switch {
	case !ok:
		r.Missing++
		r.fault("%s: %s was due at %s and never came", key.code, d.template, d.at.Format(time.DateTime))
	case !at.Truncate(time.Second).Equal(d.at):
		r.Wrong++
		r.fault("%s: %s came at %s, due at %s", key.code, d.template, at.Format(time.DateTime), d.at.Format(time.DateTime))
	}
	if ok {
		t.Seen++
	}
	r.Templates[d.template] = t
	return ok
}

func (r *YearResult) fault(format string, args ...any) {
	const most = 40
	if len(r.Faults) < most {
		r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
	}
}

// seen is when each judged text reached its handset. The outbox says only what a text
// is called; that it came, and when, is the handset's word. The texts that the model
// does not judge are listed apart: they wait for nothing, and were made just before they came.
func (p *yearPlay) seen(ctx context.Context, r *YearResult) (map[yearKey][]time.Time, []landed, error) {
	var rows []yearRow
	err := p.service.Rows.SelectContext(ctx, &rows, `SELECT COALESCE(q.code, '') AS code, m.template, m.phone, m.text, m.at
		FROM message m LEFT JOIN petition q ON q.id = m.petition_id WHERE m.by_email = 0 AND m.text <> '' ORDER BY m.id`)
	if err != nil {
		return nil, nil, fmt.Errorf("read the outbox: %w", err)
	}
	inbox := map[[2]string][]time.Time{}
	for _, h := range p.service.SMSC.Handsets() {
		for _, m := range h.Inbox() {
			key := [2]string{"+" + strings.TrimPrefix(h.Number(), "+"), m.Text}
			inbox[key] = append(inbox[key], m.At)
			r.Texts++
		}
	}
	judged, known := modelled(), map[[2]string]bool{}
	seen, others := map[yearKey][]time.Time{}, []landed(nil)
	for _, row := range rows { // in the order of their making: a text may be due again word for word
		at := [2]string{row.Phone, row.Text}
		known[at] = true
		came := inbox[at]
		if len(came) > 0 {
			inbox[at] = came[1:]
		}
		switch {
		case !slices.Contains(judged, row.Template):
			r.Others[row.Template]++
			for _, when := range came[:min(1, len(came))] {
				others = append(others, landed{classIn(row.Template), row.made(when)})
			}
		case len(came) > 0:
			key := yearKey{row.Code, row.Template, row.Phone}
			seen[key] = append(seen[key], came[0])
		}
	}
	r.surplus(inbox, known)
	return seen, others, nil
}

// surplus counts what came to handsets more often than rows stand for it.
func (r *YearResult) surplus(inbox map[[2]string][]time.Time, known map[[2]string]bool) {
	for key, came := range inbox {
		switch {
		case len(came) == 0:
		case known[key]:
			r.Twice += len(came)
			r.fault("%d times too often came %q", len(came), key[1])
		default:
			r.Stray += len(came)
			r.fault("no row stands for %q", key[1])
		}
	}
}

// months compares the service's own monthly reports with the model's.
func (p *yearPlay) months(ctx context.Context, r *YearResult, texts []landed) error {
	for name, m := range monthsOf(p.end) {
		model := tallied(p.fates, m)
		delivered(model, texts, m)
		said, err := p.said(ctx, name)
		if err != nil {
			return err
		}
		month := YearMonth{Counts: countsOf(said)}
		month.Differ, month.Cells = differing(said, model)
		r.Months[name] = month
	}
	return nil
}

// said reads the report of a month as programs do, at the end of the year.
func (p *yearPlay) said(ctx context.Context, name string) (map[cell]string, error) {
	period, err := report.ParsePeriod(name)
	if err != nil {
		return nil, err
	}
	made, err := report.Build(ctx, p.service.Store, report.Order{Period: period, Calendar: p.service.Calendar, MadeAt: p.end})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := made.WriteJSON(&out); err != nil {
		return nil, err
	}
	var read struct{ Tables []saidTable }
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		return nil, fmt.Errorf("read the report of %s: %w", name, err)
	}
	cells := map[cell]string{}
	for _, table := range read.Tables {
		table.into(cells)
	}
	return cells, nil
}

// saidTable is a table of a report as programs read it.
type saidTable struct {
	Key  string
	Rows []struct {
		Key    string
		Values map[string]saidCell
	}
}

type saidCell struct {
	Value, Of, Minutes *int
	Mean               *float64
}

func (t saidTable) into(cells map[cell]string) {
	for _, row := range t.Rows {
		for column, v := range row.Values {
			at := cell{t.Key, row.Key, column}
			cells[at] = v.text()
			if at.column == "delivered" && v.Value != nil { // of how many, no handset knows
				cells[at] = fmt.Sprint(*v.Value)
			}
		}
	}
}

// text writes a value to be compared with the model's.
func (c saidCell) text() string {
	switch {
	case c.Minutes != nil:
		return fmt.Sprintf("%d min", *c.Minutes)
	case c.Mean != nil:
		return fmt.Sprintf("%.4f", *c.Mean)
	case c.Value != nil && c.Of != nil:
		return shareText(*c.Value, *c.Of)
	case c.Value != nil:
		return fmt.Sprint(*c.Value)
	}
	return "–"
}

func countsOf(said map[cell]string) yearCounts {
	of := func(row string) string { return said[cell{"city", row, "value"}] }
	return yearCounts{of("received"), of("rejected"), of("slips"), of("answers"), of("within_8h"), of("within_48h"), of("went_late"), of("rated")}
}

// Print writes the figures as tables.
func (r *YearResult) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "year\t%d days, %d petitions, seed %d, on %s\n", r.Year.Days, r.Year.Petitions, r.Year.Seed, r.Database)
	fmt.Fprintf(t, "run\t%.0f s, %d acts at %d instants, %.0f days a minute, %.1f petitions/s\n", r.Seconds, r.Acts, r.Stops,
		60*float64(r.Year.Days)/r.Seconds, float64(r.Year.Petitions)/r.Seconds)
	fmt.Fprintf(t, "texts\t%d on handsets\n", r.Texts)
	fmt.Fprintf(t, "against the model\t%d missing, %d not demanded, %d at another second, %d twice, %d without a row\n", r.Missing, r.Extra, r.Wrong, r.Twice, r.Stray)
	fmt.Fprintf(t, "this process\t%.0f s CPU, %d MiB at the most; database %d bytes per petition\n", r.CPUSeconds, r.PeakMemory>>20, r.BytesPerPetition)
	fmt.Fprintln(t, "\ntext\tdemanded\tseen")
	for _, name := range modelled() {
		fmt.Fprintf(t, "%s\t%d\t%d\n", name, r.Templates[name].Demanded, r.Templates[name].Seen)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Others)) {
		fmt.Fprintf(t, "%s\tnot judged\t%d in the outbox\n", name, r.Others[name])
	}
	fmt.Fprintln(t, "\nmonth\treceived\trejected\tslips\tanswers\twithin 8 h\twithin 48 h\twent late\trated\tcells\t")
	for _, key := range slices.Sorted(maps.Keys(r.Months)) {
		m, word := r.Months[key], "as the model"
		if n := len(m.Differ); n > 0 {
			word = fmt.Sprintf("%d differ", n)
		}
		c := m.Counts
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", key, c.Received, c.Rejected, c.Slips, c.Answers, c.Within8, c.Within48, c.WentLate, c.Rated, m.Cells, word)
	}
	fmt.Fprintf(t, "\nmonths that differ\t%d\n", r.monthsThatDiffer())
	for _, key := range slices.Sorted(maps.Keys(r.Months)) {
		for _, c := range r.Months[key].Differ {
			fmt.Fprintf(t, "%s\t%s\treport %s\tmodel %s\n", key, c.Cell, c.Report, c.Model)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, f := range r.Faults {
		if _, err := fmt.Fprintln(w, "-", f); err != nil {
			return err
		}
	}
	return nil
}
