package escalation

import (
	"slices"
	"time"
)

// The City Office (Văn phòng UBND thành phố): disputes, urging, directives,
// holds, written reminders (Đ9.5, Đ9.6, Đ14).

// apply brings the petition before the Office (Đ9.5): units disagree, or the
// citizen does not agree with the answer.
func (cmd *OpenDispute) apply(c *change) error {
	if err := required("reason", cmd.Reason, "lý do"); err != nil {
		return err
	}
	byCitizen := c.actor.Role == CitizenRole
	switch {
	case c.p.Status == Disputed || c.p.Status == WithOffice:
		return conflict("phản ánh %s đã ở Văn phòng UBND thành phố", c.p.Code)
	case byCitizen && c.p.Status != Published && c.p.Status != Closed:
		return c.wrongStatus()
	case !byCitizen && !c.p.Status.disputable():
		return c.wrongStatus()
	}
	if c.actor.forUnit() {
		if _, err := c.slipFor(); err != nil {
			return err
		}
	}
	if byCitizen || c.p.Status == Published || c.p.Status == Closed {
		return c.dissatisfied(cmd.Reason)
	}
	c.takeToOffice("các đơn vị chưa thống nhất", cmd.Reason)
	return nil
}

// disputable reports whether the hotline or a unit may bring the matter before the Office.
func (s Status) disputable() bool {
	return s.WithUnit() || s == Resolved || s == Published || s == Closed
}

// dissatisfied: the citizen does not agree with a published answer. By the
// letter the Office takes it (Đ9.5); by setting the unit gets one more round.
func (c *change) dissatisfied(reason string) error {
	if c.env.Policy.DissatisfiedTo == ToUnit {
		return (&Reopen{Reason: reason}).apply(c)
	}
	c.reopenRound()
	c.takeToOffice("công dân không nhất trí", reason)
	return nil
}

func (c *change) takeToOffice(why, reason string) {
	c.p.Dispute = &Dispute{Reason: c.redact(reason), Why: why, By: c.actor.Name, At: c.env.at(), Since: c.officeSince()}
	c.entry(string(VerbDispute), why, reason)
	c.toOffice(why, Disputed)
}

// toOffice moves the petition to the Office: the unit's clock ends, V3 goes out,
// and the Office is asked again until it names a lead.
func (c *change) toOffice(why string, status Status) {
	c.stopLadders(IntakeLadder, ForwardLadder, CooperateLadder, ETALadder, RatingLadder, ResultLadder, ReturnLadder, HoldLadder, OfficeLadder)
	since := c.officeSince()
	if c.p.Dispute == nil || c.p.Dispute.Why != why {
		c.p.Dispute = &Dispute{Why: why, By: c.actor.Name, At: c.env.at()}
	}
	c.p.Dispute.Since = since
	c.p.Return, c.p.ReturnsWaiting, c.p.Hold, c.p.ETA = nil, nil, nil, time.Time{}
	c.closeTasks(TaskConfirm, TaskCall, TaskPublish, TaskIntake)
	c.endSlips("with_office", true, "Văn phòng UBND TP chủ trì")
	c.p.Status = status
	round := c.round()
	c.arm(OfficeLadder, round, 0, c.env.Now)
	r := Rung{Round: round, Name: "office_notice", Ladder: OfficeLadder}
	c.tell(Office, nil, "V3", ClassReport, r, map[string]string{"ly_do": why})
	c.citizen("C9", ClassDecision, r, nil)
}

// officeSince is since when the Office has what it is given now: it may have it already.
func (c *change) officeSince() time.Time {
	if d := c.p.Dispute; d != nil && c.officeLed() {
		return d.since()
	}
	return c.env.at()
}

// stopLadders disarms whatever of the ladders has not fired.
func (c *change) stopLadders(ladders ...LadderName) {
	for i := range c.p.Rungs {
		if r := &c.p.Rungs[i]; r.State != Fired && slices.Contains(ladders, r.Ladder) {
			r.State = Disarmed
		}
	}
}

// apply urges the unit (Đ14.1): N1 to the head, by a due time.
func (cmd *Urge) apply(c *change) error {
	lead := c.p.Lead()
	if lead == nil || !c.p.Status.WithUnit() {
		return c.wrongStatus()
	}
	if err := c.dueAhead(cmd.Due); err != nil {
		return err
	}
	if err := bounded("text", cmd.Text); err != nil {
		return err
	}
	round := c.armNamed(DirectiveLadder, RungDirective, lead.No, cmd.Due, "urged")
	c.entry(string(VerbUrge), "đôn đốc, báo cáo trước "+ClockText(cmd.Due)+colon(c.redact(cmd.Text)))
	c.tell(Head, lead, "N1", ClassDecision, Rung{Round: round, Name: RungDirective, Ladder: DirectiveLadder}, map[string]string{"han": ClockText(cmd.Due)})
	return nil
}

func (c *change) dueAhead(due time.Time) error {
	if due.IsZero() {
		return invalid("due", "chưa có thời hạn")
	}
	if !due.After(c.env.Now) {
		return invalid("due", "thời hạn đã qua")
	}
	if due.After(c.env.Now.AddDate(1, 0, 0)) {
		return invalid("due", "thời hạn xa hơn một năm")
	}
	return nil
}

// apply passes on a directive of the city's leaders (Đ9.4–9.6): N2 to the head
// of the unit that is to lead, which may be a new one.
func (cmd *Direct) apply(c *change) error {
	if c.p.Status.Ended() || c.p.Status == Published || c.p.Status == Resolved {
		return c.wrongStatus()
	}
	if err := required("leader", cmd.Leader, "lãnh đạo chỉ đạo"); err != nil {
		return err
	}
	if err := required("text", cmd.Text, "nội dung chỉ đạo"); err != nil {
		return err
	}
	if err := c.dueAhead(cmd.Due); err != nil {
		return err
	}
	if err := c.checkDocument(cmd.DocumentNo, cmd.DocumentDate); err != nil {
		return err
	}
	if err := c.directTo(cmd.Unit); err != nil {
		return err
	}
	lead := c.p.Lead()
	c.p.AlreadyDirected = true
	round := c.armNamed(DirectiveLadder, RungDirective, lead.No, cmd.Due, "directed")
	d := Directive{Leader: c.redact(cmd.Leader), Text: c.redact(cmd.Text), DocumentNo: cmd.DocumentNo, DocumentDate: cmd.DocumentDate,
		Unit: lead.Unit, At: c.env.at(), Due: instant(cmd.Due)}
	if cmd.DocumentNo == "" {
		d.DocumentNo = c.redact(short(cmd.Document))
	}
	c.p.Directives = append(c.p.Directives, d)
	words := "chỉ đạo của " + d.Leader + ": " + d.Text
	if d.DocumentNo != "" {
		words += " (văn bản " + DocumentText(d.DocumentNo, d.DocumentDate) + ")"
	}
	c.entry(string(VerbDirect), words)
	c.tell(Head, lead, "N2", ClassDecision, Rung{Round: round, Name: RungDirective, Ladder: DirectiveLadder}, map[string]string{"han": ClockText(cmd.Due)})
	return nil
}

// directTo makes the named unit the lead if it is not yet.
func (c *change) directTo(code string) error {
	lead := c.p.Lead()
	if code == "" && lead == nil {
		return invalid("unit", "phản ánh chưa có đơn vị chủ trì, hãy nêu đơn vị")
	}
	if code == "" || lead != nil && lead.Unit == code {
		return nil
	}
	u, err := c.processing("unit", code)
	if err != nil {
		return err
	}
	c.decided()
	c.takeAway("theo chỉ đạo của lãnh đạo UBND thành phố", "reassigned", code)
	c.forward([]target{{u, true}}, "", nil)
	return nil
}

// apply: the Office takes the lead and submits to the city's leaders (Đ9.5).
func (cmd *SubmitToLeader) apply(c *change) error {
	switch c.p.Status {
	case Disputed, WithOffice, Overdue, Escalated:
	default:
		return c.wrongStatus()
	}
	if err := bounded("text", cmd.Text); err != nil {
		return err
	}
	if c.p.Status == Disputed {
		c.p.Status = WithOffice
	}
	c.entry(string(VerbSubmit), "trình lãnh đạo UBND thành phố"+colon(c.redact(cmd.Text)))
	return nil
}

// apply makes the petition urgent: the Office is told at once and the written
// file is due from the receipt (Đ9.6).
func (cmd *MarkUrgent) apply(c *change) error {
	if c.p.Status.Ended() || c.p.Status == Published {
		return c.wrongStatus()
	}
	if err := required("reason", cmd.Reason, "lý do khẩn"); err != nil {
		return err
	}
	if c.p.Urgent {
		return conflict("phản ánh %s đã là khẩn", c.p.Code)
	}
	c.p.Urgent = true
	c.entry(string(VerbUrgent), "đánh dấu khẩn: "+c.redact(cmd.Reason))
	if c.p.Written == nil {
		c.writtenFile("vấn đề khẩn cấp", c.urgentFrom())
	}
	lead := c.p.Lead()
	if lead == nil {
		return nil
	}
	u, _ := c.env.Directory.Unit(lead.Unit)
	c.tellOffice(u)
	if c.p.Status.WithUnit() {
		c.tell(Focal, lead, c.slipTemplate(lead), ClassSlip, Rung{Round: c.round()}, nil)
	}
	return nil
}

// apply pauses the result clock; the remaining working time is kept and a rung
// ends the hold.
func (cmd *HoldClock) apply(c *change) error {
	if !c.p.Status.WithUnit() || c.p.Hold != nil || c.p.Lead() == nil {
		return c.wrongStatus()
	}
	if err := required("reason", cmd.Reason, "lý do tạm dừng"); err != nil {
		return err
	}
	if err := c.dueAhead(cmd.Until); err != nil {
		return problemField(err, "until")
	}
	c.p.Hold = &Hold{Reason: c.redact(cmd.Reason), At: c.env.Now, Until: instant(cmd.Until)}
	c.freeze(c.env.Now)
	c.armNamed(HoldLadder, RungResume, 0, cmd.Until, "hold")
	c.suppress("tạm dừng", 0, ClassReminder)
	c.entry(string(VerbHold), "tạm dừng thời hạn đến "+ClockText(cmd.Until)+": "+c.p.Hold.Reason)
	return nil
}

func (cmd *ResumeClock) apply(c *change) error {
	if c.p.Hold == nil {
		return c.wrongStatus()
	}
	if err := bounded("note", cmd.Note); err != nil {
		return err
	}
	c.p.Hold = nil
	c.stopNamed(RungResume)
	c.resumeHeld(c.env.Now)
	c.entry(string(VerbResume), "tiếp tục tính thời hạn"+colon(c.redact(cmd.Note)))
	return nil
}

// endHold gives all rungs the working time they had left: the petition leaves
// the unit for whose work the Office held the time (decision 0046).
func (c *change) endHold() {
	c.p.Hold = nil
	c.stopNamed(RungResume)
	c.resume(c.env.Now, 0)
}
