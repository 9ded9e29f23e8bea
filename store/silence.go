package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"sync"
)

// How many open petitions one audit looks at, and how many of the silent ones it names.
const (
	silentLook  = 50_000
	silentNamed = 20
)

// silence goes round the open petitions, a stretch for each audit, and tells of those that
// nothing and nobody moves: to look at all of a million would cost a core seconds each minute.
// A city's are one stretch. Each process goes its own round.
type silence struct {
	mu    sync.Mutex
	most  int   // petitions of a stretch; 0: silentLook
	after int64 // the last petition of the last stretch; 0: a round begins
	round silent
	whole silent // the round before
}

// silent is how many petitions of a round are, and which.
type silent struct {
	n     int
	codes []string
}

// look goes on by a stretch. One that is silent is told of as soon as its stretch is looked
// at, and until the end of the round in which it is not any more.
func (r *silence) look(ctx context.Context, c conn) (n int, codes []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, ends, err := r.stretch(ctx, c)
	if err != nil {
		return 0, nil, err
	}
	found, err := silentBetween(ctx, c, r.after, last)
	if err != nil {
		return 0, nil, err
	}
	if r.after == 0 {
		r.round = silent{}
	}
	r.round.add(found)
	if r.after = last; ends {
		r.whole, r.after = r.round, 0
	}
	worst := r.whole
	if r.round.n > worst.n {
		worst = r.round
	}
	return worst.n, worst.codes, nil
}

// stretch is the last of the petitions that are looked at now; ends says that no open one
// comes after it.
func (r *silence) stretch(ctx context.Context, c conn) (last int64, ends bool, err error) {
	most := r.most
	if most <= 0 {
		most = silentLook
	}
	err = c.get(ctx, &last, `SELECT id FROM petition WHERE ended = 0 AND id > ? ORDER BY id LIMIT 1 OFFSET ?`, r.after, most-1)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MaxInt64, true, nil
	}
	return last, false, err
}

// silentBetween finds the silent petitions after the one and up to the other.
func silentBetween(ctx context.Context, c conn, after, last int64) (found silent, err error) {
	const of = `FROM petition p WHERE p.ended = 0 AND p.id > ? AND p.id <= ? AND p.waits_for = ''
		AND NOT EXISTS (SELECT 1 FROM rung r WHERE r.petition_id = p.id AND r.state = 'armed')`
	if err := c.get(ctx, &found.n, `SELECT COUNT(*) `+of, after, last); err != nil || found.n == 0 {
		return found, err
	}
	err = c.all(ctx, &found.codes, `SELECT p.code `+of+` ORDER BY p.id LIMIT ?`, after, last, silentNamed)
	return found, err
}

func (s *silent) add(found silent) {
	s.n += found.n
	s.codes = append(s.codes, found.codes[:min(len(found.codes), silentNamed-len(s.codes))]...)
}
