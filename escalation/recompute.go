package escalation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

// Moved is a deadline that an edited calendar moves.
type Moved struct {
	Petition string // code
	Rung     RungName
	From, To time.Time
}

// Overdue reports that the deadline lies behind now after the edit and did not before.
func (m Moved) Overdue(now time.Time) bool { return !m.To.After(now) && m.From.After(now) }

// Recompute gives the armed deadlines of working time that are still ahead the
// instant they have under the edited calendar (env's) instead of the old one. What
// has fired is history, a promised instant and clock time stay, a paused rung keeps
// its working time. ok is false when nothing moves: the petition is as it was.
//
// since is the first instant at which the calendars differ. The time left from there
// on is measured with the old calendar and laid out with the new one: what had been
// counted before stays counted, what a hold or a floor has added stays added. A rung
// computed under the new calendar already is left alone, so that a second run moves
// nothing.
func Recompute(p Petition, old *worktime.Calendar, since time.Time, actor Actor, env Env) (decided Change, moved []Moved, ok bool) {
	next := p.clone()
	c := &change{p: &next, env: env, actor: actor}
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		spec, known := env.Policy.Spec(r.Ladder, r.Name)
		if !known || spec.Clock != WorkingClock || r.State != Armed || !r.Due.After(env.Now) || r.Calendar == env.CalendarVersion {
			continue
		}
		due := instant(relay(r.Due, laterOf(since, c.started(*r)), spec, old, env.Calendar))
		if due.Equal(r.Due) {
			continue // the same under both: it needs no note
		}
		moved = append(moved, Moved{Petition: p.Code, Rung: r.Name, From: r.Due, To: due})
		r.Due, r.Calendar, r.Provisional = due, env.CalendarVersion, env.Calendar.Provisional(due)
	}
	if len(moved) == 0 {
		return Change{}, nil, false
	}
	c.entry("calendar", "lịch làm việc "+env.CalendarVersion+": "+movedText(moved))
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
	var said []string
	for _, m := range moved {
		said = append(said, fmt.Sprintf("%s %s -> %s", m.Rung, ClockText(m.From), ClockText(m.To)))
	}
	return strings.Join(said, "; ")
}

// Recompute moves the deadlines of the petitions, as the package's Recompute does,
// in one transaction; with dry nothing is saved. The desk's calendar is the edited one.
func (d *Desk) Recompute(ctx context.Context, ids []int64, old *worktime.Calendar, since time.Time, actor Actor, dry bool) (moved []Moved, now time.Time, err error) {
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
			if change, more, ok := Recompute(p, old, since, actor, env); ok {
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
