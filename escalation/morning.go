package escalation

import (
	"context"
	"time"
)

// MorningList tells officers and heads in the morning which petitions come due today
// (B2): the officer those whose 8 hours end, officer and head those whose 48 hours
// end. It is sent at the policy's morning_list; without one there is none.
func (d *Desk) MorningList(ctx context.Context, period time.Time) (Digest, error) {
	env, err := d.present(ctx)
	if err != nil {
		return Digest{}, err
	}
	end, ok := env.calendars().DayEnd(period)
	if !ok {
		return Digest{}, nil // nobody works today
	}
	r := morningRound{digestRound: digestRound{env: env, name: "morning_list", period: period}, end: end}
	leftOut, err := paged(func(after int64) (PetitionPage, error) {
		return d.ledger.DueWithin(ctx, period, end, after, digestPage)
	}, r.add)
	if err != nil {
		return Digest{}, err
	}
	r.remind("B2", r.end)
	return d.post(ctx, r.petitions, leftOut, r.notices, r.tasks)
}

// MorningAt is the time of day of the morning list, counted from midnight; ok is false
// when there is none.
func (p *Policy) MorningAt() (at time.Duration, ok bool, err error) {
	if p.MorningList == "" {
		return 0, false, nil
	}
	clock, err := time.Parse("15:04", p.MorningList)
	if err != nil {
		return 0, false, err
	}
	return time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute, true, nil
}

// morningRound is the round of the morning list.
type morningRound struct {
	digestRound
	end time.Time // of today's working time, of whoever works longest
}

// add counts a petition and puts it on its people's lists.
func (r *morningRound) add(p Petition) {
	slip, rung := p.Lead(), r.dueToday(p)
	if slip == nil || rung == nil {
		return
	}
	r.petitions++
	item := p.Code + " " + HourText(rung.Due)
	if rung.Name == RungHead {
		r.list(p, slip, item, Focal)
	} else {
		r.list(p, slip, item, Head, Focal)
	}
}

// dueToday is the result's deadline that ends today, nil for none: the 48 hours
// where both do.
func (r *morningRound) dueToday(p Petition) (found *Rung) {
	for i := range p.Rungs {
		rung := &p.Rungs[i]
		if rung.State != Armed || !rung.Due.After(r.period) || rung.Due.After(r.end) {
			continue
		}
		if rung.Name == RungOverdue || rung.Name == RungHead && found == nil {
			found = rung
		}
	}
	return found
}
