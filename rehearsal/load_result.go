package rehearsal

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"notify1022/escalation"
)

// LoadResult is what a load came to. Durations are seconds, sizes bytes.
type LoadResult struct {
	Scenario string `json:"scenario"`
	Database string `json:"database"` // sqlite or postgres
	Via      string `json:"via,omitempty"`
	Open     int    `json:"open"` // petitions that were there before

	SeedSeconds float64 `json:"seed_seconds"`
	OpenBytes   int64   `json:"open_bytes"` // that those take, the directory's among them
	Seconds     float64 `json:"seconds"`    // of the run

	Petitions       int     `json:"petitions"` // taken in
	IntakePerSecond float64 `json:"intake_per_second"`
	// DurablePerSecond is petitions from the first intake until the last text of
	// all had been accepted and its receipt stored.
	DurablePerSecond float64 `json:"durable_per_second"`

	Messages    int     `json:"messages"`     // outbox rows of the run
	SMSPerSec   float64 `json:"sms_per_sec"`  // from the first submit to the last outcome stored
	Receipts    int     `json:"receipts"`     // texts whose receipt is stored
	RepliesSent int     `json:"replies_sent"` // by officers
	Replies     int     `json:"replies"`      // applied
	Lost        int     `json:"lost"`         // rows that ended otherwise than accepted or delivered, or that the SMSC never saw
	Doubled     int     `json:"doubled"`      // submits beyond a text's segments
	Marked      int     `json:"marked"`       // of those, of rows marked possible_duplicate
	Stray       int     `json:"stray"`        // submits that no row stands for

	ForwardToSMSC Spread  `json:"forward_to_smsc"` // slips: from their transaction's clock to the SMSC
	RungLateness  Spread  `json:"rung_lateness"`   // burst: from the due instant to the firing transaction's clock
	DueToSMSC     Spread  `json:"due_to_smsc"`     // burst: from the due instant to the SMSC
	Bursts        []Burst `json:"bursts,omitempty"`

	StartToSMSC float64 `json:"start_to_smsc,omitempty"` // start: until the text of the first overdue rung reached the SMSC
	RedisBytes  int64   `json:"redis_bytes,omitempty"`   // start: what Redis holds with all wakes armed; 0: not asked

	CPUSeconds       float64 `json:"cpu_seconds"`
	PeakMemory       int64   `json:"peak_memory"`
	BytesPerPetition int64   `json:"bytes_per_petition"` // that the run added

	late, toSMSC []time.Duration // of all bursts
}

// Burst is one instant at which rungs fell due.
type Burst struct {
	Rungs     int    `json:"rungs"`
	Fired     Spread `json:"fired"`       // lateness
	ToSMSC    Spread `json:"to_smsc"`     // from the due instant
	PerRungUS int64  `json:"per_rung_us"` // microseconds from the due instant to the last submit, by rungs
}

// Spread is how durations lie, in seconds.
type Spread struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// spread sorts its argument.
func spread(d []time.Duration) Spread {
	if len(d) == 0 {
		return Spread{}
	}
	slices.Sort(d)
	at := func(share float64) float64 { return d[int(share*float64(len(d)-1))].Seconds() }
	return Spread{Count: len(d), P50: at(0.5), P99: at(0.99), Max: at(1)}
}

// loadRow is an outbox row of the run.
type loadRow struct {
	ID        int64                   `db:"id"`
	Petition  int64                   `db:"petition_id"`
	Class     escalation.Class        `db:"class"`
	Phone     string                  `db:"phone"`
	State     escalation.MessageState `db:"state"`
	Segments  int                     `db:"segments"`
	Duplicate bool                    `db:"possible_duplicate"`
	NotBefore int64                   `db:"not_before"`
	Created   int64                   `db:"created_real"`
	Accepted  int64                   `db:"accepted_real"`
}

// key is how the SMSC saw the row.
func (r loadRow) key() airKey { return airKey{strings.TrimPrefix(r.Phone, "+"), uint16(r.ID)} }

// rowsAfter reads the outbox rows of the run that go by SMS.
func (l *Load) rowsAfter(ctx context.Context, more string, args ...any) ([]loadRow, error) {
	var rows []loadRow
	query := `SELECT id, petition_id, class, phone, state, segments, possible_duplicate, not_before, created_real, accepted_real
		FROM message WHERE id > ? AND by_email = 0` + more
	err := l.service.Rows.SelectContext(ctx, &rows, l.service.Rows.Rebind(query), append([]any{l.seeded}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return rows, nil
}

// count compares the outbox with what the SMSC saw, and reads the rest.
func (l *Load) count(ctx context.Context, before int64) error {
	rows, err := l.rowsAfter(ctx, "")
	if err != nil {
		return err
	}
	seen := l.service.Air.sights()
	l.compare(rows, seen)
	l.result.RungLateness, l.result.DueToSMSC = spread(l.result.late), spread(l.result.toSMSC)
	if err := l.times(ctx, rows, seen); err != nil {
		return err
	}
	err = l.service.Rows.GetContext(ctx, &l.result.Replies, `SELECT COUNT(*) FROM inbox WHERE applied_at <> 0`)
	if err != nil {
		return fmt.Errorf("count replies: %w", err)
	}
	after, err := l.service.Size(ctx)
	if err == nil && l.result.Petitions > 0 {
		l.result.BytesPerPetition = (after - before) / int64(l.result.Petitions)
	}
	return err
}

// compare counts what is lost and doubled. Rows that may not go yet are neither.
func (l *Load) compare(rows []loadRow, seen map[airKey]sight) {
	now := l.service.Now().UnixMicro()
	expected, marked := make(map[airKey]int, len(rows)), map[airKey]bool{}
	for _, r := range rows {
		if r.State == escalation.Queued && r.NotBefore > now || r.State == escalation.Dropped {
			continue
		}
		l.result.Messages++
		if r.State == escalation.Delivered {
			l.result.Receipts++
		}
		if r.State != escalation.Delivered && r.State != escalation.Accepted {
			l.result.Lost++
			continue
		}
		expected[r.key()] += max(r.Segments, 1)
		marked[r.key()] = marked[r.key()] || r.Duplicate
	}
	for key, want := range expected {
		got := seen[key].times
		l.result.Lost += max(0, want-got)
		l.result.Doubled += max(0, got-want)
		if marked[key] {
			l.result.Marked += max(0, got-want)
		}
	}
	for key, s := range seen {
		if expected[key] == 0 {
			l.result.Stray += s.times
		}
	}
}

// times reads off how fast slips went and how long it all took.
func (l *Load) times(ctx context.Context, rows []loadRow, seen map[airKey]sight) error {
	var first, begun time.Time // of the submits, of the transactions
	var last int64
	var slips []time.Duration
	for _, r := range rows {
		created := time.UnixMicro(r.Created)
		if begun.IsZero() || created.Before(begun) {
			begun = created
		}
		s, ok := seen[r.key()]
		if !ok {
			continue
		}
		if first.IsZero() || s.first.Before(first) {
			first = s.first
		}
		last = max(last, r.Accepted)
		if r.Class == escalation.ClassSlip {
			slips = append(slips, s.first.Sub(created))
		}
	}
	if last > 0 && (l.plan.Scenario == LoadSteady || l.plan.Scenario == LoadDrain) {
		l.result.SMSPerSec = float64(l.result.Messages) / time.UnixMicro(last).Sub(first).Seconds()
	}
	if l.plan.Scenario != LoadSteady {
		return nil
	}
	l.result.ForwardToSMSC = spread(slips)
	var receipt int64
	if err := l.service.Rows.GetContext(ctx, &receipt, `SELECT COALESCE(MAX(created_real), 0) FROM receipt`); err != nil {
		return fmt.Errorf("read receipts: %w", err)
	}
	if end := max(receipt, last); end > 0 {
		l.result.DurablePerSecond = float64(l.result.Petitions) / time.UnixMicro(end).Sub(begun).Seconds()
	}
	return nil
}

// countBurst reads off one burst. The texts of its petitions are those of the
// rungs that fell due.
func (l *Load) countBurst(ctx context.Context, n int, due time.Time) error {
	from := int64(loadPetitions + n*l.plan.Due)
	var fired []int64
	err := l.service.Rows.SelectContext(ctx, &fired, l.service.Rows.Rebind(`SELECT fired_at FROM rung
		WHERE name = 'nudge' AND state = 'fired' AND petition_id >= ? AND petition_id < ?`), from, from+int64(l.plan.Due))
	if err != nil {
		return fmt.Errorf("read burst %d: %w", n+1, err)
	}
	rows, err := l.rowsAfter(ctx, " AND petition_id >= ? AND petition_id < ?", from, from+int64(l.plan.Due))
	if err != nil {
		return err
	}
	var late, toSMSC []time.Duration
	for _, at := range fired {
		late = append(late, time.UnixMicro(at).Sub(due))
	}
	ahead := time.Until(l.service.Now()) // the domain's clock runs as fast as the machine's
	seen := l.service.Air.sights()
	for _, r := range rows {
		if s, ok := seen[r.key()]; ok {
			toSMSC = append(toSMSC, s.last.Add(ahead).Sub(due))
		}
	}
	b := Burst{Rungs: len(fired), Fired: spread(late), ToSMSC: spread(toSMSC)}
	if b.Rungs > 0 {
		b.PerRungUS = int64(b.ToSMSC.Max * 1e6 / float64(b.Rungs))
	}
	l.result.Bursts = append(l.result.Bursts, b)
	l.result.late, l.result.toSMSC = append(l.result.late, late...), append(l.result.toSMSC, toSMSC...)
	if b.Rungs != l.plan.Due {
		return fmt.Errorf("burst %d: %d rungs of %d fired", n+1, b.Rungs, l.plan.Due)
	}
	return nil
}

// Print writes the figures as a table.
func (r *LoadResult) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	line("scenario", "%s on %s, %d open petitions before (filled in %.1f s)", r.Scenario, r.Database, r.Open, r.SeedSeconds)
	if r.Open > 0 {
		line("open petition", "%d bytes", r.OpenBytes/int64(r.Open))
	}
	line("run", "%.2f s", r.Seconds)
	if r.Scenario == LoadSteady {
		line("petitions", "%d through the %s, %.0f/s taken in, %.0f/s from intake to the last receipt stored", r.Petitions, r.Via, r.IntakePerSecond, r.DurablePerSecond)
		line("forward to SMSC", "%s", r.ForwardToSMSC)
		line("replies", "%d sent, %d applied", r.RepliesSent, r.Replies)
		line("database", "%d bytes per petition", r.BytesPerPetition)
	}
	for i, b := range r.Bursts {
		line(fmt.Sprintf("burst %d", i+1), "%d rungs; fired late %s; at the SMSC %s; %d us per rung", b.Rungs, b.Fired, b.ToSMSC, b.PerRungUS)
	}
	if r.Scenario == LoadStart {
		line("start", "%.2f s until the first overdue rung's text was at the SMSC", r.StartToSMSC)
	}
	if r.RedisBytes > 0 {
		line("redis", "%.1f MiB with every wake inside the horizon armed", float64(r.RedisBytes)/(1<<20))
	}
	line("messages", "%d, %d with a receipt", r.Messages, r.Receipts)
	if r.SMSPerSec > 0 {
		line("rate", "%.0f/s from the first submit to the last outcome stored", r.SMSPerSec)
	}
	line("lost", "%d", r.Lost)
	line("doubled", "%d (%d of them marked possible_duplicate), %d without a row", r.Doubled, r.Marked, r.Stray)
	line("this process", "%.1f s CPU, %d MiB at the most (service, SMSC and load together)", r.CPUSeconds, r.PeakMemory>>20)
	return t.Flush()
}

// String shows the spread in milliseconds.
func (s Spread) String() string {
	if s.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("p50 %.0f ms, p99 %.0f ms, max %.0f ms", 1000*s.P50, 1000*s.P99, 1000*s.Max)
}

// Clean reports that nothing was lost and nothing went twice.
func (r *LoadResult) Clean() bool { return r.Lost == 0 && r.Doubled == 0 && r.Stray == 0 }
