package escalation

import "time"

// apply asks 1022 to take the petition back. The result clock runs on meanwhile;
// a head rung that comes due waits with the shift lead.
func (cmd *AskReturn) apply(c *change) error {
	if !c.p.Status.WithUnit() {
		return c.wrongStatus()
	}
	if err := required("reason", cmd.Reason, "lý do trả lại"); err != nil {
		return err
	}
	if cmd.Unit != "" {
		if _, ok := c.env.Directory.Unit(cmd.Unit); !ok {
			return invalid("unit", "không có đơn vị mã %q", short(cmd.Unit))
		}
	}
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	if c.p.Return != nil {
		return conflict("phản ánh %s đã có đề nghị trả lại lúc %s, đang chờ 1022 quyết định", c.p.Code, ClockText(c.p.Return.At))
	}
	c.acknowledge(s)
	c.p.Return = &Return{Unit: s.Unit, Slip: s.No, Reason: cmd.Reason, To: cmd.Unit, By: c.actor.Name, At: c.env.at()}
	if s.Lead && !c.p.Status.Sticky() {
		c.p.StatusBefore, c.p.Status = c.p.Status, ReturnRequested
	}
	c.arm(ReturnLadder, c.round(), s.No, c.env.at())
	c.entry(string(VerbReturn), "đề nghị trả lại: "+c.redact(cmd.Reason))
	c.task(TaskConfirm, Operator, c.due(RungReturnDecision), "Quyết định đề nghị trả lại "+c.p.Code)
	return nil
}

// pending returns the return that waits, and its slip.
func (c *change) pending() (Return, *Slip, error) {
	if c.p.Return == nil {
		return Return{}, nil, conflict("phản ánh %s không có đề nghị trả lại nào đang chờ", c.p.Code)
	}
	r := *c.p.Return
	return r, c.p.Slip(r.Slip), nil
}

func (cmd *AcceptReturn) apply(c *change) error {
	r, s, err := c.pending()
	if err != nil {
		return err
	}
	unit := cmd.Unit
	if unit == r.Unit {
		return invalid("unit", "đơn vị này vừa đề nghị trả lại")
	}
	var to Unit
	if unit != "" {
		u, ok := c.env.Directory.Unit(unit)
		if !ok {
			return invalid("unit", "không có đơn vị mã %q", short(unit))
		}
		to = u
	}
	c.p.Return, c.p.StatusBefore = nil, ""
	c.stopNamed(RungReturnDecision)
	c.closeTasks(TaskConfirm)
	c.entry(string(VerbAcceptReturn), "chấp thuận trả lại"+colon(c.redact(cmd.Note)))
	if s != nil && !s.Lead {
		c.endSlip(s, "returned", unit)
		c.tell(Focal, s, "O5", ClassDecision, Rung{Round: s.Round}, map[string]string{"ly_do": "đã chấp thuận trả lại"})
		return nil
	}
	c.p.Returns++
	c.takeAway("đã chấp thuận trả lại", "returned", unit)
	c.afterReturn(to)
	return nil
}

// afterReturn: to the unit named, to the Office after several returns without
// one (Đ9.5), otherwise 1022 decides anew.
func (c *change) afterReturn(to Unit) {
	most := c.env.Policy.ReturnsToOffice
	switch {
	case to.Code != "":
		c.give([]target{{to, true}}, "", nil)
	case most > 0 && c.p.Returns >= most:
		c.toOffice("các đơn vị chưa thống nhất", Disputed)
	default:
		c.p.Status = Received
		c.armIntake(c.round())
	}
}

// apply leaves the petition with the unit; a head rung that came due meanwhile
// fires at once.
func (cmd *RefuseReturn) apply(c *change) error {
	_, s, err := c.pending()
	if err != nil {
		return err
	}
	if err := required("reason", cmd.Reason, "lý do không chấp thuận"); err != nil {
		return err
	}
	c.p.Return = nil
	if c.p.Status == ReturnRequested {
		c.p.Status = c.statusAfterRefusal()
	}
	c.p.StatusBefore = ""
	c.stopNamed(RungReturnDecision)
	c.closeTasks(TaskConfirm)
	c.entry(string(VerbRefuseReturn), "không chấp thuận trả lại: "+c.redact(cmd.Reason))
	if s != nil {
		c.tell(Focal, s, "A4x", ClassAnswer, Rung{Round: c.p.Rounds}, map[string]string{"ly_do": c.words(cmd.Reason)})
	}
	c.fireDeferred()
	return nil
}

// statusAfterRefusal is where the petition stood, or has got to meanwhile by a
// promised time.
func (c *change) statusAfterRefusal() Status {
	if c.p.StatusBefore == EmergencyTransferred && c.p.ETA.IsZero() {
		return EmergencyTransferred
	}
	return c.courseStatus()
}

func (c *change) stopNamed(name RungName) {
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.Name == name && (r.State == Armed || r.State == Paused) {
			r.State = Disarmed
		}
	}
}

// fireDeferred fires what waited for the decision.
func (c *change) fireDeferred() {
	for i := range c.p.Rungs {
		if c.p.Rungs[i].State == Deferred {
			c.p.Rungs[i].State = Armed
			c.fire(i, time.Duration(0))
		}
	}
}
