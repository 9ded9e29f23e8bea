package escalation

import (
	"context"
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
	// of says from which calendar to which a rung goes, and since when they count
	// differently; ok is false for a rung that stays.
	of(c *change, r Rung) (was *worktime.Calendar, is WorkCalendar, since time.Time, ok bool)
}

// CalendarEdit is that the calendar of the name was edited (empty: the city's), which
// is in force by now. What it did not give stays, and so does what it gave after the
// edit, so that a second run moves nothing.
type CalendarEdit struct {
	Name  string
	Was   *worktime.Calendar
	Since time.Time // the first instant at which the hours of the two differ; zero: they do not
}

func (e CalendarEdit) of(c *change, r Rung) (*worktime.Calendar, WorkCalendar, time.Time, bool) {
	is := c.gave(r)
	return e.Was, is, e.Since, is.Name() == e.Name && r.Calendar != is.Version
}

// UnitCalendar is that the unit works by another calendar than before. What is open is
// moved by somebody's word alone: the working time that is left now is laid out by the
// calendar it works by now. The limit that it inherited from the unit before stays.
type UnitCalendar struct{ Unit string }

func (u UnitCalendar) of(c *change, r Rung) (*worktime.Calendar, WorkCalendar, time.Time, bool) {
	s, gave, is := c.p.Slip(r.Slip), c.gave(r), c.env.CalendarOf(u.Unit)
	ok := s != nil && s.Unit == u.Unit && r.ofUnit() && gave.Name() != is.Name() && !c.inherited(r)
	return gave.Calendar, is, c.env.Now, ok
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
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		spec, known := env.Policy.Spec(r.Ladder, r.Name)
		if !known || spec.Clock != WorkingClock || r.State != Armed || !r.Due.After(env.Now) {
			continue
		}
		was, is, since, meant := why.of(c, *r)
		if !meant {
			continue
		}
		due := r.Due
		if !since.IsZero() {
			due = instant(relay(r.Due, laterOf(since, c.started(*r)), spec, was, is.Calendar))
		}
		doubt := is.Provisional(due)
		if !due.Equal(r.Due) || doubt != r.Provisional {
			moved = append(moved, Moved{Petition: p.Code, Rung: r.Name, From: r.Due, To: due, Settled: r.Provisional && !doubt, Doubtful: doubt && !r.Provisional})
		} else if c.gave(*r).Name() == is.Name() {
			continue // the same under both: it needs no note
		}
		r.Due, r.Calendar, r.Provisional, version = due, is.Version, doubt, is.Version
	}
	if version == "" {
		return Change{}, nil, false
	}
	c.entry("calendar", "lịch làm việc "+version+": "+movedText(moved))
	return c.done(p), moved, true
}

// relay measures from an instant to a due time with the old calendar, and lays it
// out with the new one: in working days where the limit is one of days.
func relay(due, from time.Time, spec RungSpec, old, fresh *worktime.Calendar) time.Time {
	if !due.After(from) {
		return due // it ended before the calendars differ
	}
	if strings.HasSuffix(spec.After, "d") {
		for days := 1; days <= 3660; days++ {
			if at := old.AddDays(from, days); !at.Before(due) {
				if !at.Equal(due) {
					break // moved by a hold: it is no end of a day any more
				}
				return fresh.AddDays(from, days)
			}
		}
	}
	return fresh.Add(from, old.Between(from, due))
}

// started is when the rung began to count, as far as the petition knows.
func (c *change) started(r Rung) time.Time {
	spec, _ := c.env.Policy.Spec(r.Ladder, r.Name)
	if spec.FromFirst {
		if c.env.Policy.OverdueFrom == FromHeadNotified {
			return c.p.HeadNotifiedAt
		}
		return c.p.FirstForwardedAt
	}
	for _, s := range c.p.Slips {
		if s.No == r.Slip {
			return s.ForwardedAt
		}
	}
	return c.p.ReceivedAt
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

// Recompute moves the deadlines of the petitions, as the package's Recompute does,
// in one transaction; with dry nothing is saved. The desk's calendars are those in force
// after it.
func (d *Desk) Recompute(ctx context.Context, ids []int64, why Relaying, actor Actor, dry bool) (moved []Moved, now time.Time, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		moved = nil
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		now = env.Now
		list, err := tx.Petitions(ctx, ids...)
		if err != nil {
			return err
		}
		var changes []Change
		for _, p := range list {
			if change, more, ok := Recompute(p, why, actor, env); ok {
				changes, moved = append(changes, change), slices.Concat(moved, more)
			}
		}
		if dry || len(changes) == 0 {
			return nil
		}
		return tx.Save(ctx, changes)
	})
	return moved, now, err
}
