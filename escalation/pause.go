package escalation

import "time"

// How deadlines wait and go on: a hold, a question to the citizen, a result that
// is sent back. What waits is the working time that was left.

// pause keeps the working time that the rungs of the result clock have left.
func (c *change) pause(at time.Time) {
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		spec, ok := c.env.Policy.Spec(r.Ladder, r.Name)
		if ok && spec.ResultClock && (r.State == Armed || r.State == Deferred) {
			c.put(r, at)
		}
	}
}

// pauseOwed keeps what is owed again when a result is sent back: the result
// clock, the opinions of co-operating units and what the Office has ordered.
func (c *change) pauseOwed(at time.Time) {
	c.pause(at)
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		if r.State == Armed && (r.Name == RungCooperate || r.Name == RungDirective) {
			c.put(r, at)
		}
	}
}

// freeze pauses whatever a unit owes: while the Office holds no deadline of a
// unit fires (field failure 26).
func (c *change) freeze(at time.Time) {
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.ofUnit() && (r.State == Armed || r.State == Deferred) {
			c.put(r, at)
		}
	}
}

// put keeps the working time that the rung has left, of the calendar that gave it
// (field failure 24).
func (c *change) put(r *Rung, at time.Time) {
	r.Left, r.State = max(0, c.gave(*r).Between(at, r.Due)), Paused
}

// resume arms the paused rungs again with the time that was left; each obligation
// gets at least floor, its reminder moves with it.
func (c *change) resume(at time.Time, floor time.Duration) {
	c.resumeThose(at, floor, func(Rung) bool { return true })
}

// resumeHeld ends a hold's pause: the result clock of a unit that waits for the
// citizen goes on waiting (setting clarify_pauses_unit).
func (c *change) resumeHeld(at time.Time) {
	waits := c.waitsForCitizen()
	c.resumeThose(at, 0, func(r Rung) bool {
		spec, ok := c.env.Policy.Spec(r.Ladder, r.Name)
		return !waits || !ok || !spec.ResultClock
	})
}

// resumeThose lays the time that was left out by the calendar it was measured with;
// what the floor adds is time of the unit, which has to work in it.
func (c *change) resumeThose(at time.Time, floor time.Duration, meant func(Rung) bool) {
	shifts := make([]time.Duration, len(c.p.Rungs)) // before any is armed again
	for i, r := range c.p.Rungs {
		if owed, ok := c.obligation(r); ok && floor > 0 {
			unit := c.calendarFor(owed.Ladder, owed.Slip)
			shifts[i] = max(0, floor-unit.Between(at, c.gave(owed).Add(at, owed.Left)))
		}
	}
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		if r.State != Paused || !meant(*r) {
			continue
		}
		if r.Left == 0 && (r.Name == RungHead || r.Name == RungOverdue) {
			r.State = Armed // it had passed, and only telling of it had to wait: nobody gets it anew
			continue
		}
		by := c.gave(*r)
		due := by.Add(at, r.Left)
		if shifts[i] > 0 {
			by = c.calendarFor(r.Ladder, r.Slip)
			due = by.Add(due, shifts[i])
		}
		if c.named(*r) && due.Before(r.Due) {
			due = r.Due
		}
		r.State, r.Due, r.Left, r.Calendar = Armed, instant(due), 0, by.Version
	}
}

// named reports a rung at an instant that somebody has named, a promise or a directive's day. It may lie
// outside working time, of which alone is kept what it has left: it never comes before that instant.
func (c *change) named(r Rung) bool {
	spec, ok := c.env.Policy.Spec(r.Ladder, r.Name)
	return ok && spec.Clock == WallClock
}

// obligation is what a paused rung counts to or reminds of, false where nothing is
// owed at its end.
func (c *change) obligation(r Rung) (Rung, bool) {
	owed := r.Name
	switch r.Name {
	case RungFocalReminder:
		owed = RungHead
	case RungHeadReminder:
		owed = RungOverdue
	case RungHead, RungOverdue, RungCooperate, RungDirective:
		return r, r.State == Paused
	}
	for _, other := range c.p.Rungs {
		if owed != r.Name && other.Name == owed && other.Slip == r.Slip && other.State == Paused {
			return other, true
		}
	}
	return Rung{}, false
}
