package escalation

import "time"

// apply starts a petition anew with a stated reason (DESIGN: nothing may be a
// dead end). A citizen who does not agree with an answer goes the way of Đ9.5;
// what a unit had answered goes back to that unit, or to the one that has its tasks now,
// as a new round; the rest goes back to the operators.
func (cmd *Reopen) apply(c *change) error {
	if err := required("reason", cmd.Reason, "lý do mở lại"); err != nil {
		return err
	}
	switch c.p.Status {
	case Published, Closed, Rejected, AnsweredDirectly, Withdrawn:
	default:
		return c.wrongStatus()
	}
	answered := c.p.Status == Published || c.p.Status == Closed
	lead := c.p.LastLead()
	if answered && c.actor.Role == CitizenRole && c.env.Policy.DissatisfiedTo == ToOffice {
		return c.dissatisfied(cmd.Reason)
	}
	c.entry(string(VerbReopen), "mở lại", cmd.Reason)
	if !answered || lead == nil {
		c.reopenTo(Received)
		return nil
	}
	u, ok := c.env.Directory.Successor(lead.Unit, c.env.Now)
	if !ok {
		c.reopenTo(Received)
		return nil
	}
	c.reopenRound()
	c.give([]target{{u, true}}, "mở lại", nil)
	return nil
}

// reopenRound begins a new course: what fired before does not bind it, what was
// said before is kept as history (field failure 30).
func (c *change) reopenRound() {
	c.p.newCourse(c.env.Now, c.env.calendars())
	c.stop(OnRuled, -1)
	c.endSlips("reopened", false, "")
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.State != Fired && r.Ladder != ExplainLadder {
			r.State = Disarmed
		}
	}
	if c.p.Result != nil {
		c.p.Results = append(c.p.Results, *c.p.Result)
	}
	c.p.Result, c.p.Rejection, c.p.Return, c.p.Dispute, c.p.Hold, c.p.Clarify = nil, nil, nil, nil, nil, nil
	c.shelve()
	c.p.ETA, c.p.StatusBefore, c.p.ReturnsWaiting = time.Time{}, "", nil
	c.p.ETAs, c.p.Returns = nil, 0
	c.p.Published, c.p.PublicContent, c.p.PublicArea, c.p.ClosedAt, c.p.ClosedFor = "", "", "", time.Time{}, ""
	c.p.AskedAt, c.p.AskedAgain, c.p.PublishedAt, c.p.Course.Results = time.Time{}, nil, time.Time{}, len(c.p.Results)
	c.newCourse()
	c.p.Status = Received
	c.suppress("mở lại", 0, ClassRating)
}

func (c *change) reopenTo(status Status) {
	c.reopenRound()
	c.p.Status = status
	c.armIntake(c.round(), c.env.Now)
}
