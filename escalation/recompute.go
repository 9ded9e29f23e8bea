package escalation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// Moved is a deadline that an edited calendar moves, or of which it changes whether it
// is provisional.
type Moved struct {
	Petition string // code
	Rung     RungName
	From, To time.Time // the same: it stays
	Settled  bool      // it was provisional, and is not any more
	Doubtful bool      // it has become provisional
}

// Stays reports that the deadline keeps its instant.
func (m Moved) Stays() bool { return m.From.Equal(m.To) }

// Overdue reports that the deadline lies behind now after the edit and did not before.
func (m Moved) Overdue(now time.Time) bool { return !m.To.After(now) && m.From.After(now) }

// Relaying is why deadlines get another instant: CalendarEdit or UnitCalendar.
type Relaying interface {
	// of says how a rung goes over to another calendar; ok is false for one that stays.
	of(c *change, r Rung) (by relay, ok bool)
}

// CalendarEdit is that the calendar of the name was edited (empty: the city's), which
// is in force by now. What it did not give stays, and so does what it gave after the
// edit, so that a second run moves nothing.
type CalendarEdit struct {
	Name  string
	Was   *worktime.Calendar
	Since time.Time // the start of the first date whose hours differ; zero: none do
}

func (e CalendarEdit) of(c *change, r Rung) (relay, bool) {
	is := c.gave(r)
	return relay{e.Was, is, e.Since}, is.Name() == e.Name && r.Calendar != is.Version
}

// UnitCalendar is that the unit works by another calendar than before. What is open is
// moved by somebody's word alone: the working time that is left now is laid out by the
// calendar it works by now. The limit that it inherited from the unit before stays.
type UnitCalendar struct{ Unit string }

func (u UnitCalendar) of(c *change, r Rung) (relay, bool) {
	s, gave, is := c.p.Slip(r.Slip), c.gave(r), c.env.CalendarOf(u.Unit)
	ok := s != nil && s.Unit == u.Unit && r.ofUnit() && gave.Name() != is.Name() && !c.inherited(r)
	return relay{gave.Calendar, is, c.env.Now}, ok
}

// inherited reports whether the rung has taken over the due time of one before it.
func (c *change) inherited(r Rung) bool {
	spec, _ := c.env.Policy.Spec(r.Ladder, r.Name)
	return spec.FromFirst && slices.ContainsFunc(c.p.Rungs, func(other Rung) bool {
		return other.Name == r.Name && other.Slip != r.Slip && other.Round < r.Round && other.Round >= c.p.LastReopen
	})
}

// Recompute gives the armed deadlines of working time that are still ahead the
// instant they have under another calendar. What has fired is history, a promised
// instant and clock time stay, a paused rung keeps its working time. ok is false when
// nothing moves: the petition is as it was.
//
// The time left from the instant on at which the calendars differ is measured with
// the one and laid out with the other: what had been counted before stays counted,
// what a hold or a floor has added stays added.
func Recompute(p Petition, why Relaying, actor Actor, env Env) (decided Change, moved []Moved, ok bool) {
	next := p.clone()
	c := &change{p: &next, env: env, actor: actor}
	version := ""
	for i, r := range p.Rungs {
		spec, known := env.Policy.Spec(r.Ladder, r.Name)
		if !known || spec.Clock != WorkingClock || r.State != Armed || !r.Due.After(env.Now) {
			continue
		}
		by, meant := why.of(c, r)
		if !meant {
			continue
		}
		is, due := by.is, r.Due
		if !by.since.IsZero() {
			due = instant(c.relaid(&p, r, by))
		}
		doubt := is.Provisional(due)
		if !due.Equal(r.Due) || doubt != r.Provisional {
			moved = append(moved, Moved{Petition: p.Code, Rung: r.Name, From: r.Due, To: due, Settled: r.Provisional && !doubt, Doubtful: doubt && !r.Provisional})
		} else if c.gave(r).Name() == is.Name() {
			continue // the same under both: it needs no note
		}
		r.Due, r.Calendar, r.Provisional, version = due, is.Version, doubt, is.Version
		c.p.Rungs[i] = r
	}
	if version == "" {
		return Change{}, nil, false
	}
	c.entry("calendar", "lịch làm việc "+version+": "+movedText(moved))
	return c.done(p), moved, true
}

// relaid is when a rung is due that goes over to another calendar. The reminder of a file
// has no limit of its own: it stays as far before the file as it is.
func (c *change) relaid(p *Petition, r Rung, by relay) time.Time {
	file := p.reminded(r)
	switch {
	case file == nil:
		spec, _ := c.env.Policy.Spec(r.Ladder, r.Name)
		after, _ := parseOffset(spec.After)
		return by.due(r.Due, c.started(r, by.was), after.days > 0)
	case file.Calendar == by.is.Version: // it went over before, and the reminder needed no note
		return r.Due
	}
	return by.is.Sub(c.relaid(p, *file, by), by.was.Between(r.Due, file.Due))
}

// relay is from which calendar to which a rung goes, and since when they count differently.
type relay struct {
	was   *worktime.Calendar
	is    WorkCalendar
	since time.Time
}

// due measures with the old calendar what is left of a limit, and lays it out with the
// new one: in working days where it is one of days.
func (l relay) due(was, start time.Time, days bool) time.Time {
	from := laterOf(l.since, start)
	if !was.After(from) {
		return was // it ended before the calendars differ
	}
	if days {
		if end, ok := l.dayEnd(was, start); ok {
			return end
		}
	}
	return l.is.Add(from, l.was.Between(from, was))
}

// dayEnd is due of a limit in working days. The day on which it began does not count; the
// first day that differs does, so what is left of one that began before is counted from
// the last instant of the day before. ok is false where a hold has moved it: it is no end
// of a day any more.
func (l relay) dayEnd(was, start time.Time) (end time.Time, ok bool) {
	const most = 3660
	from := start
	if l.since.After(start) {
		from = l.since.Add(-time.Nanosecond)
	}
	for days := 1; days <= most; days++ {
		if at := l.was.AddDays(from, days); !at.Before(was) {
			return l.is.AddDays(from, days), at.Equal(was)
		}
	}
	return time.Time{}, false
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func movedText(moved []Moved) string {
	if len(moved) == 0 {
		return "thời hạn không đổi"
	}
	var said []string
	for _, m := range moved {
		said = append(said, m.text())
	}
	return strings.Join(said, "; ")
}

func (m Moved) text() string {
	text := fmt.Sprintf("%s %s -> %s", m.Rung, ClockText(m.From), ClockText(m.To))
	if m.Stays() {
		text = fmt.Sprintf("%s %s", m.Rung, ClockText(m.To))
	}
	switch {
	case m.Settled:
		text += " không còn tạm tính"
	case m.Doubtful:
		text += " là tạm tính"
	}
	return text
}

// Recomputed is what has come of moving deadlines.
type Recomputed struct {
	Moved   []Moved
	LeftOut []*Unreadable // keep their deadlines
	Now     time.Time     // when it was decided
}

// Recompute moves the deadlines of the petitions, as the package's Recompute does,
// in one transaction; with dry nothing is saved. One that cannot be read holds up no other: a
// task names it. The desk's calendars are those in force after it.
func (d *Desk) Recompute(ctx context.Context, ids []int64, why Relaying, actor Actor, dry bool) (done Recomputed, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		done = Recomputed{Now: env.Now}
		list, err := readable(ctx, tx, ids, done.leaveOut)
		if err != nil {
			return err
		}
		var changes []Change
		for _, p := range list {
			if change, more, ok := Recompute(p, why, actor, env); ok {
				changes, done.Moved = append(changes, change), slices.Concat(done.Moved, more)
			}
		}
		if dry {
			return nil
		}
		return d.moved(ctx, tx, changes, done.LeftOut)
	})
	return done, err
}

// leaveOut notes a petition that keeps its deadlines. One that is not there any more is
// nobody's to mend: who asked for it asks anew.
func (r *Recomputed) leaveOut(_ int64, why error) error {
	var u *Unreadable
	if !errors.As(why, &u) {
		return why
	}
	r.LeftOut = append(r.LeftOut, u)
	return nil
}

// moved saves what has been moved, and names what could not be.
func (d *Desk) moved(ctx context.Context, tx Tx, changes []Change, leftOut []*Unreadable) error {
	if len(leftOut) > 0 {
		if err := tx.Post(ctx, nil, unreadableTasks(leftOut, tx.Now())); err != nil {
			return err
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return tx.Save(ctx, changes)
}
