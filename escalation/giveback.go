package escalation

import (
	"slices"
	"time"
)

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
	if before, waits := c.p.returnOf(s.No); waits {
		return conflict("phản ánh %s đã có đề nghị trả lại lúc %s, đang chờ 1022 quyết định", c.p.Code, ClockText(before.At))
	}
	c.acknowledge(s)
	c.line(Return{Unit: s.Unit, Slip: s.No, Reason: cmd.Reason, To: cmd.Unit, By: c.actor.Name, At: c.env.at()}, s.Lead)
	if s.Lead && !c.p.Status.Sticky() {
		c.p.StatusBefore, c.p.Status = c.p.Status, ReturnRequested
	}
	c.arm(ReturnLadder, c.round(), s.No, c.env.at())
	c.entry(string(VerbReturn), "đề nghị trả lại: "+c.redact(cmd.Reason))
	c.askDecision(c.due(RungReturnDecision))
	return nil
}

func (c *change) askDecision(due time.Time) {
	c.task(TaskConfirm, Operator, due, asksDecision+c.p.Code)
}

// line puts a return behind those that wait already; the lead's goes before the
// co-operating units', its 8 h do not wait for them.
func (c *change) line(r Return, lead bool) {
	switch {
	case c.p.Return == nil:
		c.p.Return = &r
	case lead:
		c.p.ReturnsWaiting = slices.Insert(c.p.ReturnsWaiting, 0, *c.p.Return)
		c.p.Return = &r
	default:
		c.p.ReturnsWaiting = append(c.p.ReturnsWaiting, r)
	}
}

// returnOf is the return of a slip that waits for 1022's decision.
func (p *Petition) returnOf(slip int) (Return, bool) {
	if p.Return != nil && p.Return.Slip == slip {
		return *p.Return, true
	}
	for _, r := range p.ReturnsWaiting {
		if r.Slip == slip {
			return r, true
		}
	}
	return Return{}, false
}

// dropReturn takes a slip's return, decided or pointless, out of the line with the
// rung and the tasks that waited for it; the next one in the line is decided then.
func (c *change) dropReturn(slip int) {
	c.p.ReturnsWaiting = slices.DeleteFunc(c.p.ReturnsWaiting, func(r Return) bool { return r.Slip == slip })
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.Name == RungReturnDecision && r.Slip == slip && (r.State == Armed || r.State == Paused) {
			r.State = Disarmed
		}
	}
	if c.p.Return == nil || c.p.Return.Slip != slip {
		return
	}
	c.p.Return = nil
	c.closeDecision()
	if len(c.p.ReturnsWaiting) > 0 {
		c.p.Return, c.p.ReturnsWaiting = &c.p.ReturnsWaiting[0], c.p.ReturnsWaiting[1:]
		c.askDecision(time.Time{})
	}
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
		if to, err = c.receiving("unit", unit); err != nil {
			return err
		}
	}
	cooperating := s != nil && !s.Lead
	if cooperating && unit != "" {
		if err := c.mayCooperate(to); err != nil {
			return err
		}
	}
	c.p.StatusBefore = ""
	c.dropReturn(r.Slip)
	said := "chấp thuận trả lại"
	if cooperating { // who leads stays, and so does the petition's clock
		said += " của đơn vị phối hợp " + c.smsName(s.Unit)
	}
	if cooperating && unit != "" {
		said += ", chuyển " + to.SMSName + " phối hợp"
	}
	c.entry(string(VerbAcceptReturn), said+colon(c.redact(cmd.Note)))
	if cooperating {
		c.endSlip(s, "returned", unit)
		c.tell(Focal, s, "O5", ClassDecision, Rung{Round: s.Round}, map[string]string{"ly_do": "đã chấp thuận trả lại"})
		if unit != "" {
			c.slip(target{unit: to}, "", nil)
		}
		return nil
	}
	c.p.Returns++
	c.takeAway("đã chấp thuận trả lại", "returned", unit)
	c.afterReturn(to)
	return nil
}

// mayCooperate refuses a unit that cannot take over from a co-operating one: the Office, which leads
// alone, and whoever has a slip already.
func (c *change) mayCooperate(u Unit) error {
	if _, err := c.processing("unit", u.Code); err != nil {
		return err
	}
	if s := c.p.SlipOf(u.Code); s != nil && s.Open() {
		return conflict("%s đang có phiếu của phản ánh %s", u.Name, c.p.Code)
	}
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
		if c.firedBefore(RungOverdue) {
			c.p.Status = Overdue
		}
		round := c.round()
		c.armIntake(round, c.env.Now)
		c.keepLimits(round)
	}
}

// apply leaves the petition with the unit; a head rung that came due meanwhile
// fires at once.
func (cmd *RefuseReturn) apply(c *change) error {
	r, s, err := c.pending()
	if err != nil {
		return err
	}
	if err := required("reason", cmd.Reason, "lý do không chấp thuận"); err != nil {
		return err
	}
	c.dropReturn(r.Slip)
	if s != nil && s.Lead {
		if c.p.Status == ReturnRequested {
			c.p.Status = c.statusAfterRefusal()
		}
		c.p.StatusBefore = ""
	}
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
