package escalation

import (
	"strings"
	"time"
)

// apply records a promised time (Đ9.3 §2). It never stops the 8 h rung, unless
// the policy says so. Inside the 48 h the citizen is told at once; beyond them
// only when 1022 agrees, and the head is told.
func (cmd *PromiseTime) apply(c *change) error {
	if !c.p.Status.WithUnit() {
		return c.wrongStatus()
	}
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	if !s.Lead {
		return conflict("đơn vị phối hợp không hẹn thời gian trả lời người dân")
	}
	switch {
	case cmd.At.IsZero():
		return invalid("at", "chưa có thời gian hẹn")
	case !cmd.At.After(c.env.at()):
		return invalid("at", "thời gian hẹn đã qua")
	case cmd.At.After(c.env.at().AddDate(1, 0, 0)):
		return invalid("at", "thời gian hẹn xa hơn một năm")
	}
	if err := bounded("reason", cmd.Reason); err != nil {
		return err
	}
	c.acknowledge(s)
	c.promise(s, instant(cmd.At), cmd.Reason)
	return nil
}

func (c *change) promise(s *Slip, at time.Time, reason string) {
	known := c.headKnows(s, at)
	again, missed := c.replacePromises()
	round := c.armNamed(ETALadder, RungETA, s.No, at, "promised")
	within := c.withinLimit(at)
	c.p.ETA = at
	c.p.ETAs = append(c.p.ETAs, ETA{At: at, Reason: reason, GivenAt: c.env.at(), By: c.actor.Name, Round: round,
		Agreed: within || c.actor.staff()})
	if !c.p.Status.Sticky() && c.p.Status != ReturnRequested {
		c.p.Status = Verifying
	}
	if c.env.Policy.ETAExtendsFocal {
		c.extendFocal(at)
	}
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Slip: s.No, Templates: []string{"O1N", "O2", "O3"}, Reason: "đã hẹn thời gian"})
	c.entry(string(VerbETA), "hẹn trả lời trước "+ClockText(at)+colon(c.redact(reason)))
	if within || c.actor.staff() {
		c.closeRung(TaskCall, RungETA)
		c.tellPromise(again, missed, round)
	} else {
		c.task(TaskConfirm, Operator, time.Time{}, agreeText(at))
	}
	if !within && !known {
		c.tell(Head, s, "H1E", ClassEscalation, Rung{Round: round, Name: RungETA, Ladder: ETALadder, Slip: s.No}, nil)
	}
}

// headKnows reports whether this slip's last promise named the same instant: the
// head of the unit was told of it then.
func (c *change) headKnows(s *Slip, at time.Time) bool {
	if len(c.p.ETAs) == 0 {
		return false
	}
	last := c.p.ETAs[len(c.p.ETAs)-1]
	r := c.p.Rung(RungETA)
	return last.At.Equal(at) && r != nil && r.Round == last.Round && r.Slip == s.No
}

// tellPromise tells the citizen: C5, or C5b where an earlier promise was missed or moved.
func (c *change) tellPromise(again, missed bool, round int) {
	template := "C5"
	if again || missed {
		template = "C5b"
	}
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Templates: []string{"C5", "C5b"}, Citizen: true, Reason: "hẹn lại"})
	c.citizen(template, ClassProgress, Rung{Round: round, Name: RungETA, Ladder: ETALadder}, nil)
}

// replacePromises marks the promise before as replaced and disarms its rung; it
// reports whether the citizen had been told of one, and whether one was missed.
func (c *change) replacePromises() (told, missed bool) {
	c.closeAgreements()
	for i := range c.p.ETAs {
		e := &c.p.ETAs[i]
		told, missed = told || e.Agreed, missed || e.Missed
		e.Replaced = true
	}
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.Name == RungETA && r.State != Fired {
			r.State = Disarmed
		}
	}
	return told, missed
}

// withinLimit reports whether a promised time keeps the 48 h of the regulation.
func (c *change) withinLimit(at time.Time) bool {
	limit := c.limit()
	return !limit.IsZero() && !at.After(limit)
}

// limit is the end of the 48 h: of the overdue rung, or computed where that rung
// is armed only later.
func (c *change) limit() time.Time {
	due, _ := c.limitBy()
	return due
}

// limitBy is the limit and the calendar that gives it.
func (c *change) limitBy() (time.Time, WorkCalendar) {
	r := c.courseRung(RungOverdue)
	switch {
	case r == nil:
		return c.limitAhead()
	case r.State == Paused && c.p.Status.WithUnit(): // by a hold, or a question to the citizen
		return instant(c.gave(*r).Add(c.env.at(), r.Left)), c.gave(*r)
	}
	return r.Due, c.gave(*r)
}

// limitAhead is the limit that no rung has yet, since it counts from the head's notice: by
// the calendar of the latest lead.
func (c *change) limitAhead() (time.Time, WorkCalendar) {
	by := c.env.CalendarOf("")
	if lead := c.p.LastLead(); lead != nil {
		by = c.env.CalendarOf(lead.Unit)
	}
	start := c.p.HeadNotifiedAt
	if lead := c.p.LastLead(); start.IsZero() && lead != nil && !c.p.FirstForwardedAt.IsZero() {
		start = c.counted(RungHead, lead.ForwardedAt, by)
	}
	if start.IsZero() {
		return time.Time{}, by
	}
	return c.counted(RungOverdue, start, by), by
}

// counted is when a rung of the forward ladder is due that counts from an instant.
func (c *change) counted(name RungName, from time.Time, by WorkCalendar) time.Time {
	spec, _ := c.env.Policy.Spec(ForwardLadder, name)
	o, _ := parseOffset(spec.After)
	return instant(o.due(from, spec.Clock, by))
}

// extended marks the basis of a rung that a promised time has moved.
const extended = ", eta_extends_focal"

// extendFocal moves the 8 h rung to the promised time, never past the 48 h.
func (c *change) extendFocal(at time.Time) {
	r := c.p.Rung(RungHead)
	if r == nil || r.State != Armed || !at.After(r.Due) {
		return
	}
	if limit := c.limit(); at.After(limit) {
		at = limit
	}
	if !at.After(r.Due) {
		return // the 48 h are over, or nearly: a promise takes nothing from the 8 h of a later unit
	}
	r.Due, r.Basis = at, strings.TrimSuffix(r.Basis, extended)+extended
	if reminder := c.p.Rung(RungFocalReminder); reminder != nil && reminder.State == Armed && reminder.Slip == r.Slip {
		c.warnAgain(reminder, instant(c.gave(*reminder).Sub(at, span(c.env.Policy.ExtendedReminder))))
	}
}

// warnAgain moves a reminder; one that would lie before the promise itself warns
// of nothing any more (field failure 23).
func (c *change) warnAgain(reminder *Rung, due time.Time) {
	if !due.After(c.env.Now) {
		reminder.State = Disarmed
		return
	}
	reminder.Due = due
}
