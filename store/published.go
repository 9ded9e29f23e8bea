package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"notify1022/escalation"
)

// publishedLook bounds how many petitions one page of public answers looks at: most
// closed ones were published.
const publishedLook = 500

// Published lists petitions with a public answer whose citizens agreed to its being
// public, the latest first; of those that are confidential or a denunciation none.
func (s *Store) Published(ctx context.Context, q, cursor string, limit int) (list []escalation.Petition, next string, err error) {
	after, limit, err := paging(cursor, limit)
	if err != nil {
		return nil, "", err
	}
	w := where{}
	w.and("p.status IN ('published', 'closed') AND p.confidential = 0 AND p.denunciation = 0")
	w.and("p.id < ?", after)
	filter := Filter{Q: q}
	if err := s.searching(ctx, &filter); err != nil {
		return nil, "", err
	}
	filter.narrow(&w)
	var ids []int64
	if err := s.reader().in(ctx, &ids, `SELECT p.id FROM petition p`+w.String()+` ORDER BY p.id DESC LIMIT ?`, append(w.args, publishedLook)...); err != nil {
		return nil, "", fmt.Errorf("list public answers: %w", err)
	}
	for start := 0; start < len(ids) && len(list) <= limit; start += limit {
		page, err := loadPetitions(ctx, s.reader(), ids[start:min(start+limit, len(ids))], "")
		if err != nil {
			return nil, "", err
		}
		for i := len(page) - 1; i >= 0; i-- {
			if p := page[i]; p.Public() {
				list = append(list, p)
			}
		}
	}
	switch {
	case len(list) > limit:
		list = list[:limit]
		next = strconv.FormatInt(list[limit-1].ID, 36)
	case len(ids) == publishedLook:
		next = strconv.FormatInt(ids[len(ids)-1], 36)
	}
	return list, next, nil
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
