package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

// Published lists petitions with a public answer (escalation.Petition.Public), the one
// published last first. Rows that become public between two pages do not shift the second.
func (s *Store) Published(ctx context.Context, q, cursor string, limit int) (list []escalation.Petition, next string, err error) {
	after, limit, err := publishedBefore(cursor, limit)
	if err != nil {
		return nil, "", err
	}
	w := where{}
	w.and("p.public = 1")
	w.andIf(cursor != "", "(p.published_at, p.id) < (?, ?)", after.At, after.ID)
	filter := Filter{Q: q}
	if err := s.searching(ctx, &filter, s.d.allWords()); err != nil {
		return nil, "", err
	}
	filter.narrow(&w)
	var rows []publishedAt
	err = s.reader().in(ctx, &rows, `SELECT p.published_at, p.id FROM petition p`+w.String()+` ORDER BY p.published_at DESC, p.id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("list public answers: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].cursor()
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

// cursor names the place, its instant before its id.
func (p publishedAt) cursor() string {
	return strconv.FormatInt(p.At, 36) + "-" + strconv.FormatInt(p.ID, 36)
}

// publishedBefore reads a cursor; without one nothing is left out.
func publishedBefore(cursor string, limit int) (publishedAt, int, error) {
	at, id, _ := strings.Cut(cursor, "-")
	_, limit, err := paging(id, limit)
	if err != nil || cursor == "" {
		return publishedAt{}, limit, err
	}
	p := publishedAt{}
	var wrong error
	p.At, err = strconv.ParseInt(at, 36, 64)
	if p.ID, wrong = strconv.ParseInt(id, 36, 64); err != nil || wrong != nil {
		return publishedAt{}, 0, invalid("cursor", "con trỏ trang không hợp lệ")
	}
	return p, limit, nil
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
