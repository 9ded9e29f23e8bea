package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
)

// dimensionColumn is what a dimension groups by, and what it leaves out.
func dimensionColumn(d escalation.Dimension) (column, condition string, err error) {
	switch d {
	case escalation.ByUnit:
		return "unit", "unit <> ''", nil
	case escalation.ByField:
		return "field", "", nil
	case escalation.ByArea:
		return "area", "", nil
	case escalation.ByChannel:
		return "channel", "", nil
	case escalation.ByOfficer:
		return "officer", "officer <> ''", nil
	}
	return "", "", fmt.Errorf("count facts: no dimension %q", d)
}

// touching is the condition that a turn touches the period: it began before the
// end, and had not ended before the beginning.
func touching(q escalation.FactQuery) (where, error) {
	w := where{}
	_, condition, err := dimensionColumn(q.By)
	if err != nil {
		return w, err
	}
	w.and("opened_at < ? AND (done_at = 0 OR done_at >= ?)", micros(q.To), micros(q.From))
	w.andIf(q.Unit != "", "unit = ?", q.Unit)
	if condition != "" {
		w.and(condition)
	}
	return w, nil
}

type tallyRow struct {
	Value        string `db:"value"`
	Marks        int64  `db:"marks"`
	Phase        int    `db:"phase"`
	Age          int    `db:"age"`
	Count        int    `db:"n"`
	HeldBy1022   int64  `db:"held_1022"`
	HeldByFocal  int64  `db:"held_focal"`
	HeldByHead   int64  `db:"held_head"`
	HeldByOffice int64  `db:"held_office"`
	Promises     int    `db:"promises"`
	Kept         int    `db:"kept"`
	Missed       int    `db:"missed"`
	Rated        int    `db:"rated"`
	Scores       int    `db:"scores"`
}

func (r tallyRow) group() escalation.FactGroup {
	span := func(s int64) time.Duration { return time.Duration(s) * time.Second }
	return escalation.FactGroup{
		Value: r.Value, Marks: escalation.FactMark(r.Marks), Phase: escalation.Phase(r.Phase), Age: r.Age, Count: r.Count,
		HeldBy1022: span(r.HeldBy1022), HeldByFocal: span(r.HeldByFocal),
		HeldByHead: span(r.HeldByHead), HeldByOffice: span(r.HeldByOffice), Promises: r.Promises, Kept: r.Kept, Missed: r.Missed,
		Rated: r.Rated, Scores: r.Scores,
	}
}

// FactGroups counts the turns that touch the period, in one reading: they are
// grouped by everything that reports tell apart, which is a few hundred groups for
// each value of the dimension however many petitions there are.
func (s *Store) FactGroups(ctx context.Context, q escalation.FactQuery) ([]escalation.FactGroup, error) {
	column, _, err := dimensionColumn(q.By)
	if err != nil {
		return nil, err
	}
	w, err := touching(q)
	if err != nil {
		return nil, err
	}
	from, to := micros(q.From), micros(q.To)
	age := "0" + strings.Repeat(" + CASE WHEN received_at < ? THEN 1 ELSE 0 END", len(q.Ages))
	marks, args := "marks", []any{}
	if q.Marks != 0 {
		marks, args = "marks & ?", append(args, int64(q.Marks))
	}
	held := ""
	if q.Held {
		held = ", SUM(held_1022) AS held_1022, SUM(held_focal) AS held_focal, SUM(held_head) AS held_head, SUM(held_office) AS held_office"
	}
	query := `SELECT ` + column + ` AS value, ` + marks + ` AS marks,
			CASE WHEN opened_at >= ? THEN 1 ELSE 0 END
			+ CASE WHEN forwarded_at >= ? AND forwarded_at < ? THEN 2 ELSE 0 END
			+ CASE WHEN done_at >= ? AND done_at < ? THEN 4 ELSE 0 END
			+ CASE WHEN overdue_at >= ? AND overdue_at < ? THEN 8 ELSE 0 END
			+ CASE WHEN done_at = 0 OR done_at >= ? THEN 16 ELSE 0 END
			+ CASE WHEN overdue_at > 0 AND overdue_at < ? THEN 32 ELSE 0 END AS phase,
			CASE WHEN done_at = 0 OR done_at >= ? THEN ` + age + ` ELSE 0 END AS age,
			COUNT(*) AS n, SUM(promises) AS promises, SUM(kept) AS kept, SUM(missed) AS missed,
			SUM(CASE WHEN score > 0 THEN 1 ELSE 0 END) AS rated, SUM(score) AS scores` + held + `
		FROM fact` + w.String() + ` GROUP BY 1, 2, 3, 4`
	args = append(args, from, from, to, from, to, from, to, to, to, to)
	for _, at := range q.Ages {
		args = append(args, micros(at))
	}
	var rows []tallyRow
	if err := s.reader().all(ctx, &rows, query, append(args, w.args...)...); err != nil {
		return nil, fmt.Errorf("count facts by %s: %w", q.By, err)
	}
	list := make([]escalation.FactGroup, len(rows))
	for i, r := range rows {
		list[i] = r.group()
	}
	return list, nil
}

// FactMedians gives the median of a span for each value of the dimension, and of all
// together under the empty one, exact to the minute (the lower one of two): how often each minute occurs is counted, and
// the middle of that is found, so that only counts are sorted and not petitions.
func (s *Store) FactMedians(ctx context.Context, q escalation.FactQuery, of escalation.FactSpan) (map[string]time.Duration, error) {
	column, condition, err := dimensionColumn(q.By)
	if err != nil {
		return nil, err
	}
	w := where{}
	switch of {
	case escalation.SpanAcknowledged:
		w.and("forwarded_at >= ? AND forwarded_at < ? AND acknowledged_at > 0", micros(q.From), micros(q.To))
	case escalation.SpanAnswered:
		w.and("done_at >= ? AND done_at < ? AND outcome = 1 AND unit <> ''", micros(q.From), micros(q.To))
	default:
		return nil, fmt.Errorf("median of facts: no span %q", of)
	}
	w.andIf(q.Unit != "", "unit = ?", q.Unit)
	if condition != "" {
		w.and(condition)
	}
	var rows []struct {
		Value   string `db:"value"`
		Minutes int64  `db:"minutes"`
	}
	err = s.reader().all(ctx, &rows, `
		WITH counted AS (
			SELECT `+column+` AS value, `+string(of)+` / 60 AS minutes, COUNT(*) AS n FROM fact`+w.String()+` GROUP BY 1, 2
		), told AS (
			SELECT value, minutes, n FROM counted UNION ALL SELECT '', minutes, SUM(n) FROM counted GROUP BY minutes
		), running AS (
			SELECT value, minutes, SUM(n) OVER (PARTITION BY value ORDER BY minutes) AS upto, SUM(n) OVER (PARTITION BY value) AS total FROM told
		)
		SELECT value, MIN(minutes) AS minutes FROM running WHERE 2 * upto >= total GROUP BY value`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("median of %s by %s: %w", of, q.By, err)
	}
	medians := make(map[string]time.Duration, len(rows))
	for _, r := range rows {
		medians[r.Value] = time.Duration(r.Minutes) * time.Minute
	}
	return medians, nil
}
