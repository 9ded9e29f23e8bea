package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// Published lists petitions with a public answer (escalation.Petition.Public), the one
// published last first. Rows that become public between two pages do not shift the second.
func (s *Store) Published(ctx context.Context, q, cursor string, limit int) (list []escalation.Petition, next string, err error) {
	at, id, err := boardCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	_, limit, _ = paging("", limit)
	filter := Filter{Q: q}
	if err := s.searching(ctx, &filter, s.d.allWords()); err != nil {
		return nil, "", err
	}
	order := "p.published_at"
	if q != "" && !filter.common { // what was found is few: it is sorted, the whole list is not walked for it
		order += " + 0"
	}
	w := where{}
	w.and("p.public = 1")
	w.andIf(cursor != "", "("+order+", p.id) < (?, ?)", at, id)
	filter.narrow(&w)
	var rows []publishedAt
	err = s.reader().in(ctx, &rows, `SELECT p.published_at, p.id FROM petition p`+w.String()+` ORDER BY `+order+` DESC, p.id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("list public answers: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = keyset(rows[limit-1].At, rows[limit-1].ID)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	if list, err = loadPetitions(ctx, s.reader(), ids, ""); err != nil {
		return nil, "", err
	}
	slices.SortFunc(list, func(a, b escalation.Petition) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return slices.DeleteFunc(list, func(p escalation.Petition) bool { return !p.Public() }), next, nil // it may have changed in between
}

// publishedAt is a place in the order of the public answers.
type publishedAt struct {
	At int64 `db:"published_at"`
	ID int64 `db:"id"`
}

// FillPublished notes when answers became public that were so before that was kept. Until then
// they stand last, in the order of their ids. It returns how many they were.
func (s *Store) FillPublished(ctx context.Context) (petitions int, err error) {
	return backfill{what: "published", version: "1", among: "public = 1 AND published_at = 0", rows: func(ctx context.Context, t *tx, ids []int64) error {
		_, err := t.c.execIn(ctx, `UPDATE petition SET public = 1 WHERE id IN (?)`, ids) // the trigger knows the instant
		return err
	}}.run(ctx, s)
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
