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
