package escalation

import "slices"

// apply refuses the petition, with a clear reason and where to go (Đ8.2).
func (cmd *Reject) apply(c *change) error {
	if c.p.Status != Received && c.p.Status != AwaitingInfo {
		return c.wrongStatus()
	}
	if err := required("reason", cmd.Reason, "lý do không tiếp nhận (Đ8.2)"); err != nil {
		return err
	}
	if err := required("guidance", cmd.Guidance, "hướng dẫn nơi tiếp nhận (Đ8.2)"); err != nil {
		return err
	}
	c.decided()
	c.p.Status = Rejected
	c.p.Rejection = &Rejection{Reason: c.redact(cmd.Reason), Guidance: cmd.Guidance, At: c.env.Now}
	c.end("rejected")
	c.suppress("không tiếp nhận", 0, ClassRecorded, ClassProgress)
	c.entry(string(VerbReject), "không tiếp nhận: "+c.p.Rejection.Reason+"; hướng dẫn: "+cmd.Guidance)
	c.citizen("C2", ClassDecision, Rung{Round: c.round()}, map[string]string{"ly_do": c.p.Rejection.Reason, "noi": cmd.Guidance})
	return nil
}

// apply records an answer the operator could give at once (Đ9.1).
func (cmd *AnswerDirectly) apply(c *change) error {
	if c.p.Status != Received && c.p.Status != AwaitingInfo {
		return c.wrongStatus()
	}
	if err := required("text", cmd.Text, "nội dung trả lời"); err != nil {
		return err
	}
	c.decided()
	c.p.Status, c.p.Answer = AnsweredDirectly, cmd.Text
	c.end("answered")
	c.suppress("đã trả lời trực tiếp", 0, ClassRecorded, ClassProgress)
	c.entry(string(VerbAnswer), "đã trả lời trực tiếp", cmd.Text)
	return nil
}

// withdrawable: what has ended cannot be withdrawn.
func (cmd *Withdraw) apply(c *change) error {
	if c.p.Status.Ended() || slices.Contains([]Status{Published}, c.p.Status) {
		return c.wrongStatus()
	}
	if err := bounded("reason", cmd.Reason); err != nil {
		return err
	}
	c.p.Status = Withdrawn
	c.endSlips("withdrawn", true, "người dân rút phản ánh")
	c.end("withdrawn")
	c.suppress("đã rút", 0, ClassRecorded, ClassProgress, ClassRating)
	c.entry(string(VerbWithdraw), "người dân đề nghị dừng", cmd.Reason)
	c.citizen("C10", ClassAnswer, Rung{Round: c.round()}, nil)
	return nil
}

// end puts the petition to rest: no rung, no task, no code is left.
func (c *change) end(why string) {
	c.p.ClosedAt, c.p.ClosedFor = c.env.Now, why
	c.p.Return, c.p.Hold, c.p.Clarify = nil, nil, nil
	c.closeTasks(TaskCall, TaskConfirm, TaskIntake, TaskPublish)
	c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Reason: why})
}
