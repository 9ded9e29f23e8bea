package escalation

import "time"

// apply refuses the petition, with a clear reason and where to go (Đ8.2).
func (cmd *Reject) apply(c *change) error {
	if !c.p.With1022() {
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
	guidance := c.conceal(cmd.Guidance)
	c.p.Rejection = &Rejection{Reason: c.given(cmd.Reason), Guidance: guidance, At: c.env.Now}
	c.endSlips("rejected", true, "không tiếp nhận")
	c.end("rejected")
	c.suppress("không tiếp nhận", 0, ClassRecorded, ClassProgress)
	c.entry(string(VerbReject), "không tiếp nhận: "+c.redact(cmd.Reason)+"; hướng dẫn: "+guidance)
	c.citizen("C2", ClassDecision, Rung{Round: c.round()}, map[string]string{"ly_do": c.said(c.p.Rejection.Reason), "noi": guidance})
	return nil
}

// apply records an answer the operator could give at once (Đ9.1).
func (cmd *AnswerDirectly) apply(c *change) error {
	if !c.p.With1022() {
		return c.wrongStatus()
	}
	if err := required("text", cmd.Text, "nội dung trả lời"); err != nil {
		return err
	}
	c.decided()
	c.p.Status, c.p.Answer = AnsweredDirectly, cmd.Text
	c.askAnew()
	c.endSlips("answered", true, "đã trả lời người dân")
	c.end("answered")
	c.suppress("đã trả lời trực tiếp", 0, ClassRecorded, ClassProgress)
	c.entry(string(VerbAnswer), "đã trả lời trực tiếp", cmd.Text)
	c.followers("C7", ClassResult, Rung{Round: c.round()}, nil) // the petition's own citizen has been answered
	c.askLater()
	return nil
}

// apply ends the petition at the citizen's wish. What has ended cannot be
// withdrawn, nor what other citizens' petitions were merged into.
func (cmd *Withdraw) apply(c *change) error {
	if c.p.Status.Ended() || c.p.Status == Published {
		return c.wrongStatus()
	}
	if len(c.p.Followers) > 0 {
		return conflict("phản ánh %s còn người dân khác đang theo dõi, hãy liên hệ tổng đài", c.p.Code)
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
	c.p.Return, c.p.ReturnsWaiting, c.p.Hold, c.p.Clarify = nil, nil, nil, nil
	c.p.StatusBefore, c.p.ETA = "", time.Time{}
	c.closeTasks(TaskCall, TaskConfirm, TaskIntake, TaskPublish)
	c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Reason: why})
}
