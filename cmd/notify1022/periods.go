package main

import (
	"context"
	"fmt"
	"time"

	"notify1022/queue"
	"notify1022/store"
)

// periodsCmd lists what came due by the clock and was not done: nothing ran, or it failed
// until the next instant took its place.
type periodsCmd struct {
	Days int `help:"How many days back." default:"40"`
}

func (cmd periodsCmd) Run(ctx context.Context, c *console, s *settings) error {
	if cmd.Days < 1 || cmd.Days > 3660 {
		return usagef("--days: from 1 to 3660")
	}
	cfg, err := s.config()
	if err != nil {
		return err
	}
	made, err := s.openDeciding(ctx, cfg)
	if err != nil {
		return err
	}
	defer made.Close()
	now, err := made.db.Now(ctx)
	if err != nil {
		return err
	}
	for _, p := range made.periods() {
		r, err := runsOf(ctx, made.db, p, now.AddDate(0, 0, -cmd.Days), now)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, r)
	}
	return nil
}

// runs are the instants of a kind of periodic work, by the calendar as it is now.
type runs struct {
	kind      string
	due, done int
	gaps      [][]time.Time // instants in a row that were not done and are given up
	owed      bool          // the latest is not done: it is tried until the next comes
}

// runsOf looks at the instants after one up to another. Before the first that was ever begun
// there was nobody to do it.
func runsOf(ctx context.Context, db *store.Store, p queue.Period, after, until time.Time) (runs, error) {
	r := runs{kind: p.Kind}
	next := p.Next(after)
	done, first, err := db.Periods(ctx, p.Kind, next.Format(time.RFC3339))
	if err != nil || first == "" {
		return r, err
	}
	var missed []time.Time
	for ; !next.IsZero() && !next.After(until); next = p.Next(next) {
		name := next.Format(time.RFC3339)
		if name < first {
			continue
		}
		if r.due++; !done[name] {
			missed = append(missed, next)
			continue
		}
		r.done++
		r.gap(missed)
		missed = nil
	}
	if r.owed = len(missed) > 0; r.owed {
		r.gap(missed[:len(missed)-1])
	}
	return r, nil
}

func (r *runs) gap(missed []time.Time) {
	if len(missed) > 0 {
		r.gaps = append(r.gaps, missed)
	}
}

// String is a line for the kind and one for each gap.
func (r runs) String() string {
	text := fmt.Sprintf("%s: %d of %d done", r.kind, r.done, r.due)
	if r.owed {
		text += ", the latest is owed"
	}
	for _, g := range r.gaps {
		text += "\n  missed: " + g[0].Format(time.RFC3339)
		if len(g) > 1 {
			text += fmt.Sprintf(" and the %d up to %s", len(g)-1, g[len(g)-1].Format(time.RFC3339))
		}
	}
	return text
}
