package rehearsal

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
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

// YearMonth compares a monthly report with the model's.
type YearMonth struct {
	Model   month `json:"model"`
	Service month `json:"service"`
}

// Equal reports that handsets and reports are what the model demands.
func (r *YearResult) Equal() bool {
	for _, m := range r.Months {
		if m.Model != m.Service {
			return false
		}
	}
	return r.Missing+r.Extra+r.Wrong+r.Twice+r.Stray == 0
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
}

// yearKey is one text of a petition to one number; the model demands each once.
type yearKey struct{ code, template, phone string }

// judge compares every petition's texts with the model, then the months.
func (p *yearPlay) judge(ctx context.Context) (*YearResult, error) {
	r := &YearResult{Year: p.year, Templates: map[string]YearTemplate{}, Others: map[string]int{}, Months: map[string]YearMonth{}}
	seen, err := p.seen(ctx, r)
	if err != nil {
		return nil, err
	}
	for i := range p.fates {
		f := &p.fates[i]
		for _, d := range f.demands(p.end) {
			phone := yearPhone(d.who, f.person(d.who))
			key := yearKey{p.codes[f.number], d.template, phone}
			r.demand(key, d, seen)
		}
	}
	for key, times := range seen {
		for _, at := range times {
			r.Extra++
			r.fault("%s: %s of %s was not demanded", key.code, key.template, at.Format(time.DateTime))
		}
	}
	return r, p.months(ctx, r)
}

func (f *fate) person(who yearRole) int {
	switch who {
	case toCitizen:
		return f.citizen
	case toOffice:
		return 0
	}
	return f.unit
}

// demand looks for one text and strikes it off.
func (r *YearResult) demand(key yearKey, d demand, seen map[yearKey][]time.Time) {
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
}

func (r *YearResult) fault(format string, args ...any) {
	const most = 40
	if len(r.Faults) < most {
		r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
	}
}

// seen is when each judged text reached its handset. The outbox says only what a text
// is called; that it came, and when, is the handset's word.
func (p *yearPlay) seen(ctx context.Context, r *YearResult) (map[yearKey][]time.Time, error) {
	var rows []yearRow
	err := p.service.Rows.SelectContext(ctx, &rows, `SELECT COALESCE(q.code, '') AS code, m.template, m.phone, m.text
		FROM message m LEFT JOIN petition q ON q.id = m.petition_id WHERE m.by_email = 0 AND m.text <> ''`)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	type copies struct {
		at    time.Time
		times int
	}
	inbox := map[[2]string]copies{}
	for _, h := range p.service.SMSC.Handsets() {
		for _, m := range h.Inbox() {
			key := [2]string{"+" + strings.TrimPrefix(h.Number(), "+"), m.Text}
			c := inbox[key]
			if c.times++; c.times == 1 {
				c.at = m.At
			}
			inbox[key] = c
			r.Texts++
		}
	}
	judged := modelled()
	seen := map[yearKey][]time.Time{}
	for _, row := range rows {
		key := [2]string{row.Phone, row.Text}
		c, ok := inbox[key]
		delete(inbox, key)
		switch {
		case !slices.Contains(judged, row.Template):
			r.Others[row.Template]++
		case ok:
			key := yearKey{row.Code, row.Template, row.Phone}
			seen[key] = append(seen[key], c.at)
			if c.times > 1 {
				r.Twice++
				r.fault("%s: %s came %d times", row.Code, row.Template, c.times)
			}
		}
	}
	for key, c := range inbox {
		r.Stray += c.times
		r.fault("no row stands for %q", key[1])
	}
	return seen, nil
}

// months compares the model's tally with what the service's own rows say.
func (p *yearPlay) months(ctx context.Context, r *YearResult) error {
	for key, m := range tally(p.fates, p.end) {
		r.Months[key] = YearMonth{Model: m}
	}
	var rows []struct {
		Received int64  `db:"received_at"`
		Status   string `db:"status"`
		Overdue  bool   `db:"was_overdue"`
		Head     bool   `db:"head"`
		Answered bool   `db:"answered"`
	}
	err := p.service.Rows.SelectContext(ctx, &rows, `SELECT p.received_at, p.status, p.was_overdue,
		EXISTS (SELECT 1 FROM rung r WHERE r.petition_id = p.id AND r.name = 'head' AND r.state = 'fired') AS head,
		EXISTS (SELECT 1 FROM timeline t WHERE t.petition_id = p.id AND t.action = 'result') AS answered FROM petition p`)
	if err != nil {
		return fmt.Errorf("read the petitions: %w", err)
	}
	for _, row := range rows {
		key := time.UnixMicro(row.Received).In(YearStart().Location()).Format("2006-01")
		m := r.Months[key]
		s := &m.Service
		s.Received++
		switch {
		case row.Status == "rejected":
			s.Rejected++
		default:
			s.Forwarded++
			switch {
			case row.Overdue:
				s.Overdue++
			case row.Answered && !row.Head:
				s.ByOfficer++
			case row.Answered:
				s.ByHead++
			}
		}
		r.Months[key] = m
	}
	return nil
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
	fmt.Fprintln(t, "\nmonth\treceived\trejected\tforwarded\twithin 8 h\tby the head\toverdue\t")
	for _, key := range slices.Sorted(maps.Keys(r.Months)) {
		m, word := r.Months[key].Service, "as the model"
		if r.Months[key].Model != m {
			word = fmt.Sprintf("the model says %+v", r.Months[key].Model)
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", key, m.Received, m.Rejected, m.Forwarded, m.ByOfficer, m.ByHead, m.Overdue, word)
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
