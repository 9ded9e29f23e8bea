package escalation

import "time"

// LeaveNote is the citizen's word after the answer: thanks, or something that the hotline
// should know. It reopens nothing; an operator reads it, and reopens where it asks for that.
type LeaveNote struct {
	Text string `json:"text"`
}

// Verb is the command's word.
func (*LeaveNote) Verb() Verb { return VerbNote }

func (cmd *LeaveNote) apply(c *change) error {
	if err := required("text", cmd.Text, "lời nhắn"); err != nil {
		return err
	}
	if !c.p.Status.Answered() {
		return c.wrongStatus()
	}
	c.entry(string(VerbNote), "người dân gửi lời nhắn", cmd.Text)
	c.task(TaskConfirm, c.reader(), time.Time{}, "Đọc lời nhắn của người dân về "+c.p.Code+", mở lại nếu cần")
	return nil
}

// Answered reports whether nothing is worked on any more: more information then means to
// reopen, and a note does not.
func (s Status) Answered() bool { return s == Published || s.Ended() && s != Merged }

// reader is who of the hotline may read what the citizen writes.
func (c *change) reader() Role {
	if c.p.Denunciation {
		return ShiftLead
	}
	return Operator
}

// SayAnswered is the citizen's word that the unit has answered by itself, outside 1022. It
// counts once a round, stops nothing, and is no information that a unit has asked for.
type SayAnswered struct {
	Text string `json:"text,omitempty"`
}

// Verb is the command's word.
func (*SayAnswered) Verb() Verb { return VerbSayAnswered }

func (cmd *SayAnswered) apply(c *change) error {
	if err := bounded("text", cmd.Text); err != nil {
		return err
	}
	lead := c.p.Lead()
	switch {
	case lead == nil || !c.p.Status.WithUnit():
		return c.wrongStatus()
	case !c.p.MaySayAnswered():
		return conflict("đã ghi nhận đơn vị trả lời người dân về %s", c.p.Code)
	}
	c.p.SaidAnswered = lead.Round
	c.entry(string(VerbSayAnswered), "người dân cho biết đơn vị đã trả lời trực tiếp", cmd.Text)
	c.task(TaskConfirm, c.reader(), time.Time{}, "Kiểm tra: người dân cho biết đơn vị đã trả lời "+c.p.Code)
	return nil
}

// MaySayAnswered reports whether a unit works on the petition of which nobody has said in
// this round that it has answered.
func (p *Petition) MaySayAnswered() bool {
	lead := p.Lead()
	return lead != nil && p.Status.WithUnit() && p.SaidAnswered != lead.Round
}
