package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
	bureau "notify1022/web/console"
)

// How deadlines are recomputed: a page of petitions for each transaction, so that
// sending goes on beside it.
const (
	recomputePage = 200
	recomputeSide = 2                    // pages at once: the database works on one while the other is decided
	recomputeBack = 90 * 24 * time.Hour  // an edit may be of days that have passed
	recomputeOn   = 400 * 24 * time.Hour // no deadline is longer
	movesShown    = 50
)

// recompute moves the open, unfired deadlines from the calendar that was in force
// to the one that is. It may be run again: what has been moved is left alone.
func (c *calendarCmd) recompute(ctx context.Context, con *console, s *settings) error {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	if c.File != "" {
		return usagef("--recompute takes the calendar of the configuration, and --was")
	}
	was, _, err := loadCalendar(c.Was)
	if err != nil {
		return usageError{err}
	}
	r := &recomputation{dry: c.DryRun, by: atTheCommandLine()}
	if err := r.open(ctx, cfg, s); err != nil {
		return err
	}
	defer r.db.Close()
	book, err := r.shelf.book(c.Name)
	if err != nil {
		return usagef("--name %.50q: %s", c.Name, oneLine(err))
	}
	err = r.edited(ctx, c.Name, was, book.Now())
	shown := r.shown()
	for _, m := range shown {
		late := ""
		if m.Overdue(r.at) {
			late = " (overdue)"
		}
		fmt.Fprintf(con.out, "%s %s: %s -> %s%s\n", m.Petition, m.Rung, m.From.Format(time.RFC3339), m.To.Format(time.RFC3339), late)
	}
	if err != nil {
		return err
	}
	if r.deadlines > len(shown) {
		fmt.Fprintln(con.out, "…")
	}
	verb := "moved"
	if c.DryRun {
		verb = "would move"
	}
	fmt.Fprintf(con.out, "%d deadlines of %d petitions %s; %d of them lie behind us then\n", r.deadlines, r.petitions, verb, r.overdue)
	if r.settled+r.doubtful > 0 {
		fmt.Fprintf(con.out, "%d deadlines no longer provisional, %d provisional now\n", r.settled, r.doubtful)
	}
	if len(r.leftOut) > 0 {
		fmt.Fprintf(con.out, "%d petitions cannot be read and keep their deadlines: %s\n", len(r.leftOut), strings.Join(r.codesLeftOut(), ", "))
	}
	return nil
}

// recomputation is one run.
type recomputation struct {
	dry       bool
	by        escalation.Actor
	shelf     *calendarShelf
	db        *store.Store
	desk      *escalation.Desk
	petitions int
	deadlines int
	overdue   int
	settled   int // not provisional any more
	doubtful  int // provisional now
	leftOut   []*escalation.Unreadable
	at        time.Time          // of the last decision: now
	late      []escalation.Moved // the first that become overdue
	rest      []escalation.Moved // the first of the others
}

// open puts together as much of a service as decides.
func (r *recomputation) open(ctx context.Context, cfg Config, s *settings) error {
	service, err := s.openDeciding(ctx, cfg)
	if err != nil {
		return err
	}
	r.db, r.desk, r.shelf = service.db, service.desk, service.shelf
	return nil
}

// openDeciding opens as much of a service as decides: database, desk and calendar.
// The caller closes it.
func (s *settings) openDeciding(ctx context.Context, cfg Config) (_ *service, err error) {
	made := &service{cfg: cfg, log: s.log}
	defer func() {
		if err != nil {
			made.Close()
		}
	}()
	if made.calendar, made.calendarVersion, err = loadCalendar(cfg.Calendar); err != nil {
		return nil, usageError{err}
	}
	if made.policy, err = loadPolicy(cfg.Policy); err != nil {
		return nil, usageError{err}
	}
	if made.db, err = s.open(ctx, cfg); err != nil {
		return nil, err
	}
	// What was edited in the console is in force.
	for _, step := range []func(context.Context) error{made.buildMailer, made.buildDesk, made.openCalendar} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// edited moves what the calendar of the name has given from what it was to what it is.
func (r *recomputation) edited(ctx context.Context, name string, was, is *worktime.Calendar) error {
	now, err := r.db.Now(ctx)
	if err != nil {
		return err
	}
	since, differ := worktime.Differ(was, is, now.Add(-recomputeBack), now.Add(recomputeOn))
	first, announced := worktime.DifferAnnounced(was, is, now.Add(-recomputeBack), now.Add(recomputeOn))
	if !differ && !announced {
		return nil
	}
	if !announced || differ && since.Before(first) {
		first = since
	}
	return r.run(ctx, escalation.CalendarEdit{Name: name, Was: was, Since: since}, func(after int64) ([]int64, error) {
		return r.db.Affected(ctx, after, name, first, recomputeSide*recomputePage)
	})
}

// unit moves what the unit owes to the calendar of the name, by which it works.
func (r *recomputation) unit(ctx context.Context, unit, name string) error {
	return r.run(ctx, escalation.UnitCalendar{Unit: unit}, func(after int64) ([]int64, error) {
		return r.db.AffectedOf(ctx, after, unit, name, recomputeSide*recomputePage)
	})
}

// run goes through the petitions page by page. Those that cannot be read are left out, unless
// that is all of them.
func (r *recomputation) run(ctx context.Context, why escalation.Relaying, next func(after int64) ([]int64, error)) error {
	asked := 0
	for after := int64(0); ; {
		ids, err := next(after)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return escalation.NoneReadable(r.leftOut, asked-len(r.leftOut))
		}
		if err := r.pages(ctx, ids, why); err != nil {
			return err
		}
		asked += len(ids)
		after = ids[len(ids)-1]
	}
}

// moves is what has come of it.
func (r *recomputation) moves() bureau.CalendarMoves {
	return bureau.CalendarMoves{Deadlines: r.deadlines, Petitions: r.petitions, Overdue: r.overdue, Settled: r.settled, Doubtful: r.doubtful, LeftOut: r.codesLeftOut(), First: r.shown(), Now: r.at}
}

// codesLeftOut names the petitions that keep their deadlines because they cannot be read.
func (r *recomputation) codesLeftOut() (codes []string) {
	for _, u := range r.leftOut {
		codes = append(codes, u.Code)
	}
	return codes
}

// told says in the log why petitions keep their deadlines.
func (r *recomputation) told(log *slog.Logger) {
	for _, u := range r.leftOut {
		log.Error("the deadlines of a petition that cannot be read stay as they are", "petition", u.Code, "err", u)
	}
}

// pages recomputes some pages beside each other, and counts them in their order.
func (r *recomputation) pages(ctx context.Context, ids []int64, why escalation.Relaying) error {
	var done [recomputeSide]escalation.Recomputed
	var page int
	beside, ctx := errgroup.WithContext(ctx)
	for chunk := range slices.Chunk(ids, recomputePage) {
		i := page
		beside.Go(func() (err error) {
			done[i], err = r.desk.Recompute(ctx, chunk, why, r.by, r.dry)
			return err
		})
		page++
	}
	if err := beside.Wait(); err != nil {
		return err
	}
	for _, one := range done[:page] {
		r.count(one.Moved, one.Now)
		r.leftOut = append(r.leftOut, one.LeftOut...)
	}
	return nil
}

// shown are the first moves: those that become overdue, then others.
func (r *recomputation) shown() []escalation.Moved {
	return append(slices.Clone(r.late), r.rest[:min(len(r.rest), movesShown-len(r.late))]...)
}

func (r *recomputation) count(moved []escalation.Moved, now time.Time) {
	last := ""
	r.at = now
	for _, m := range moved {
		if m.Settled {
			r.settled++
		}
		if m.Doubtful {
			r.doubtful++
		}
		if m.Stays() {
			continue
		}
		r.deadlines++
		kept := &r.rest
		if m.Overdue(now) {
			r.overdue++
			kept = &r.late
		}
		if len(*kept) < movesShown {
			*kept = append(*kept, m)
		}
		if m.Petition != last {
			r.petitions, last = r.petitions+1, m.Petition
		}
	}
}
