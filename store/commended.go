package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// saveCommended writes the proposals for reward that the decisions have made or changed.
func (t *tx) saveCommended(ctx context.Context, changes []escalation.Change) error {
	var rows [][]any
	for _, c := range changes {
		for _, r := range c.Effects.Commended {
			rows = append(rows, []any{r.Petition, r.No, r.Code, r.Who, wire(r.Officer), r.Unit, wire(r.Reason), micros(r.At)})
		}
	}
	return t.c.put(ctx, failing("save %d proposals for reward", len(rows)), `INSERT INTO commended (petition_id, no, code, who, officer, unit, reason, at)`,
		`ON CONFLICT (petition_id, no) DO UPDATE SET who = excluded.who, officer = excluded.officer, unit = excluded.unit, reason = excluded.reason, at = excluded.at`, rows)
}

// Commended lists the proposals for reward of [from, to), the first first, at most
// limit; with a unit those for its officers.
func (s *Store) Commended(ctx context.Context, from, to time.Time, unit string, limit int) ([]escalation.Commended, error) {
	w := where{}
	w.and("at >= ? AND at < ?", micros(from), micros(to))
	w.andIf(unit != "", "unit = ?", unit)
	var rows []struct {
		Petition int64  `db:"petition_id"`
		No       int    `db:"no"`
		Code     string `db:"code"`
		Who      string `db:"who"`
		Officer  string `db:"officer"`
		Unit     string `db:"unit"`
		Reason   string `db:"reason"`
		At       int64  `db:"at"`
	}
	err := s.reader().all(ctx, &rows, `SELECT petition_id, no, code, who, officer, unit, reason, at FROM commended`+w.String()+` ORDER BY at, petition_id, no LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list the proposals for reward: %w", err)
	}
	list := make([]escalation.Commended, len(rows))
	for i, r := range rows {
		list[i] = escalation.Commended{Petition: r.Petition, No: r.No, Code: r.Code, Who: r.Who, Officer: r.Officer, Unit: r.Unit, Reason: r.Reason, At: time.UnixMicro(r.At).UTC()}
	}
	return list, nil
}
