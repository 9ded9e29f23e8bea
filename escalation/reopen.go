package escalation

import (
	"strings"
	"time"
)

// apply starts a petition anew with a stated reason (DESIGN: nothing may be a
// dead end). A citizen who does not agree with an answer goes the way of Đ9.5;
// what a unit had answered goes back to that unit as a new round; the rest goes
// back to the operators.
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
	u, ok := c.env.Directory.Unit(lead.Unit)
	if !ok {
		c.reopenTo(Received)
		return nil
	}
	c.reopenRound()
	c.forward([]target{{u, true}}, "mở lại", nil)
	return nil
}

// reopenRound begins a new course: what fired before does not bind it, what was
// said before is kept as history (field failure 30).
func (c *change) reopenRound() {
	c.p.newCourse(c.env.Now, c.env.Calendar)
	c.stop(OnRuled, -1)
	c.endSlips("reopened", false, "")
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.State != Fired {
			r.State = Disarmed
		}
	}
	if c.p.Result != nil {
		c.p.Results = append(c.p.Results, *c.p.Result)
	}
	c.p.Result, c.p.Rejection, c.p.Return, c.p.Dispute, c.p.Hold, c.p.Clarify = nil, nil, nil, nil, nil, nil
	c.p.Written, c.p.ETA, c.p.StatusBefore, c.p.ReturnsWaiting = nil, time.Time{}, "", nil
	c.p.ETAs, c.p.Returns = nil, 0
	c.p.Published, c.p.ClosedAt, c.p.ClosedFor = "", time.Time{}, ""
	c.p.AskedAt, c.p.PublishedAt, c.p.Course.Results = time.Time{}, time.Time{}, len(c.p.Results)
	c.newCourse()
	c.p.Status = Received
	c.suppress("mở lại", 0, ClassRating)
}

func (c *change) reopenTo(status Status) {
	c.reopenRound()
	c.p.Status = status
	c.armIntake(c.round(), c.env.Now)
}

// apply records the citizen's rating (Đ11.2). It may be changed while the window
// is open. A low score only offers reopening; a stated reason starts it.
func (cmd *Rate) apply(c *change) error {
	if cmd.Score < 1 || cmd.Score > 5 {
		return invalid("score", "điểm đánh giá phải từ 1 đến 5")
	}
	if len(cmd.Comment) > maxText {
		return invalid("comment", "dài quá %d ký tự", maxText)
	}
	if c.p.Status != Published && c.p.Status != AnsweredDirectly && c.p.Status != Closed {
		return c.wrongStatus()
	}
	if c.p.Status == Closed && c.env.Now.Sub(c.p.ClosedAt) > span(c.env.Policy.RatingGrace) {
		return conflict("đã hết thời gian đánh giá phản ánh %s", c.p.Code)
	}
	if cmd.For != "" {
		return c.rateFor(cmd)
	}
	c.p.Rating = &Rating{Score: cmd.Score, Comment: cmd.Comment, At: c.env.at()}
	c.stop(OnRated, -1)
	c.suppress("đã đánh giá", 0, ClassRating)
	c.entry(string(VerbRating), "đánh giá "+strings.Repeat("★", cmd.Score), cmd.Comment)
	if cmd.low(c.env.Policy) && c.p.Status != AnsweredDirectly {
		return c.dissatisfied(cmd.Comment)
	}
	return nil
}
