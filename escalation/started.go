package escalation

import (
	"time"

	"notify1022/escalation/worktime"
)

// started is when the rung began to count. Where the petition does not keep it, it is the
// last instant from which the calendar gives what is due: no day of before moves it then.
// Zero: nothing tells.
func (c *change) started(r Rung, by *worktime.Calendar) time.Time {
	spec, _ := c.env.Policy.Spec(r.Ladder, r.Name)
	if at := c.began(spec, r); !at.IsZero() {
		return at
	}
	after, err := parseOffset(spec.After)
	if err != nil {
		return time.Time{}
	}
	return after.start(r.Due, by)
}

// began is the start of a rung that the petition keeps, zero where it does not: not of
// nudges since a handover, nor of 1022's hour since the citizen's supplement.
func (c *change) began(spec RungSpec, r Rung) time.Time {
	p := c.p
	switch {
	case spec.FromFirst && c.env.Policy.OverdueFrom == FromHeadNotified:
		return p.HeadNotifiedAt
	case spec.FromFirst:
		return p.FirstForwardedAt
	}
	slip, file := p.Slip(r.Slip), p.fileOf(r)
	switch {
	case r.ofUnit() && slip != nil && slip.Round == r.Round:
		return slip.ForwardedAt
	case r.Ladder == ReturnLadder:
		asked, _ := p.returnOf(r.Slip)
		return asked.At
	case r.Ladder == IntakeLadder:
		return p.intakeSince(r)
	case r.Ladder == OfficeLadder:
		return p.officeAsked()
	case r.Ladder == ClarifyLadder && p.Clarify != nil:
		return p.Clarify.At
	case r.Ladder == ResultLadder && p.Result != nil:
		return p.Result.At
	case file != nil:
		return file.From
	}
	return time.Time{}
}

// intakeSince is when 1022 got the petition, from a citizen or back from a unit, in the
// first round of its having it.
func (p *Petition) intakeSince(r Rung) time.Time {
	turns := turnsOf(p)
	last := turns[len(turns)-1]
	for _, other := range p.Rungs {
		if other.Name == r.Name && other.Round > last.after && other.Round < r.Round {
			return time.Time{}
		}
	}
	return last.opened
}

// officeAsked is when the City Office was last given the matter, had its own answer sent
// back, or was due to be asked again.
func (p *Petition) officeAsked() (at time.Time) {
	if d := p.Dispute; d != nil {
		at = laterOf(d.At, d.since())
	}
	if n := len(p.Results); n > 0 {
		at = laterOf(at, p.Results[n-1].SentBackAt)
	}
	for _, r := range p.Rungs {
		if r.Name == RungOffice && r.State == Fired {
			at = laterOf(at, r.Due)
		}
	}
	return at
}

// fileOf is the file whose clock the rung is of, nil for a rung of another ladder.
func (p *Petition) fileOf(r Rung) *Written {
	if r.Ladder != WrittenLadder {
		return nil
	}
	for _, w := range p.Files() {
		if of := p.fileRung(w); of != nil && of.Round == r.Round {
			return w
		}
	}
	return nil
}

// start is the last instant from which the offset ends at an instant, or before it where
// no start gives just that.
func (o offset) start(due time.Time, by *worktime.Calendar) time.Time {
	if o.days == 0 {
		return by.Sub(due, o.d)
	}
	at := due
	for by.AddDays(at, o.days).After(due) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}
