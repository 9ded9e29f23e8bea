package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// Published lists petitions with a public answer (escalation.Petition.Public), the
// latest first. Rows that become public between two pages do not shift the second.
func (s *Store) Published(ctx context.Context, q, cursor string, limit int) (list []escalation.Petition, next string, err error) {
	after, limit, err := paging(cursor, limit)
	if err != nil {
		return nil, "", err
	}
	w := where{}
	w.and("p.public = 1")
	w.and("p.id < ?", after)
	filter := Filter{Q: q}
	if err := s.searching(ctx, &filter, s.d.allWords()); err != nil {
		return nil, "", err
	}
	filter.narrow(&w)
	var ids []int64
	if err := s.reader().in(ctx, &ids, `SELECT p.id FROM petition p`+w.String()+` ORDER BY p.id DESC LIMIT ?`, append(w.args, limit+1)...); err != nil {
		return nil, "", fmt.Errorf("list public answers: %w", err)
	}
	page := paged(ids, limit, func(id int64) int64 { return id })
	if list, err = loadPetitions(ctx, s.reader(), page.Items, ""); err != nil {
		return nil, "", err
	}
	slices.Reverse(list)
	return slices.DeleteFunc(list, func(p escalation.Petition) bool { return !p.Public() }), page.NextCursor, nil // it may have changed in between
}

// UnitCount is what a lead unit had in a stretch.
type UnitCount struct {
	Unit    string `db:"lead_unit"`
	Total   int    `db:"total"`
	Overdue int    `db:"overdue"` // is or was
	Solved  int    `db:"solved"`
}

// UnitCounts counts the petitions received in [from, to) by lead unit.
func (s *Store) UnitCounts(ctx context.Context, from, to time.Time) ([]UnitCount, error) {
	var list []UnitCount
	err := s.reader().all(ctx, &list, `SELECT lead_unit, COUNT(*) AS total, SUM(was_overdue) AS overdue,
			SUM(CASE WHEN status IN ('published', 'closed', 'answered_directly') THEN 1 ELSE 0 END) AS solved
		FROM petition WHERE received_at >= ? AND received_at < ? GROUP BY lead_unit ORDER BY total DESC, lead_unit`, micros(from), micros(to))
	return list, wrapList(err, "counts of units")
}
