package escalation

import "strings"

// slipFor finds the open slip that the actor speaks for: the unit's own, or the
// lead's for people of the hotline and the Office.
func (c *change) slipFor() (*Slip, error) {
	switch c.actor.Role {
	case Focal, Deputy, Head, Officer, Duty:
		if s := c.p.SlipOf(c.actor.Unit); s != nil && s.Open() {
			return s, nil
		}
		return nil, forbidden("phản ánh %s không còn do đơn vị này xử lý", c.p.Code)
	}
	if lead := c.p.Lead(); lead != nil {
		return lead, nil
	}
	return nil, conflict("phản ánh %s chưa có đơn vị xử lý", c.p.Code)
}

func (cmd *Acknowledge) apply(c *change) error {
	if c.p.Status == Disputed && (c.actor.Role == Office || c.actor.Role == CityLeader) {
		c.p.Status = WithOffice // the Office has taken the matter (Đ9.5)
		c.entry(string(VerbAcknowledge), "Văn phòng UBND thành phố tiếp nhận chủ trì")
		return nil
	}
	if !c.p.Status.WithUnit() {
		return c.wrongStatus()
	}
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	if err := bounded("note", cmd.Note); err != nil {
		return err
	}
	c.acknowledge(s)
	c.entry(string(VerbAcknowledge), "đã nhận phiếu"+colon(c.redact(cmd.Note)))
	return nil
}

// acknowledge stops the nudges of the slip. The result clock runs on, and a
// sticky status stays.
func (c *change) acknowledge(s *Slip) {
	if s.AcknowledgedAt.IsZero() {
		s.AcknowledgedAt, s.AcknowledgedBy = c.env.at(), c.actor.Name
		c.stop(OnAcknowledged, s.No)
		c.suppressNudges(s)
		c.closeTasks(TaskCall)
	}
	if s.Lead && c.p.Status == Forwarded {
		c.p.Status = InProgress
	}
}

func (c *change) suppressNudges(s *Slip) {
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Slip: s.No, Templates: []string{"O1N"}, Reason: "đã nhận phiếu"})
}

func (cmd *Progress) apply(c *change) error {
	if strings.TrimSpace(cmd.Text) == "" && !cmd.BareDone {
		return invalid("text", "chưa có nội dung")
	}
	if err := bounded("text", cmd.Text); err != nil {
		return err
	}
	if c.p.Status.Ended() {
		return c.wrongStatus()
	}
	if cmd.BareDone {
		c.silence()
		c.entry(string(VerbProgress), "báo xong nhưng chưa có nội dung trả lời")
		return nil
	}
	if !c.actor.staff() && c.actor.Role != Office {
		if s, err := c.slipFor(); err == nil {
			c.acknowledge(s)
		}
	}
	c.entry(string(VerbProgress), c.redact(cmd.Text))
	return nil
}

// silence puts off reminders: who has just said "done" is typing the text.
func (c *change) silence() {
	until := c.env.Calendar.Add(c.env.at(), span(c.env.Policy.DoneNoteSilence))
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		reminder := r.Name == RungFocalReminder || r.Name == RungNudge || r.Name == RungUnacknowledged
		if reminder && r.State == Armed && r.Due.Before(until) {
			r.Due = until.In(hanoi())
		}
	}
}

func (cmd *AssignInternal) apply(c *change) error {
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	contact, ok := c.env.Directory.Contact(cmd.Contact)
	if !ok || contact.Unit != s.Unit {
		return invalid("contact", "không có người này trong danh bạ của đơn vị")
	}
	c.acknowledge(s)
	s.Assignee = contact.ID
	c.entry(string(VerbAssign), "giao "+contact.Name+" xử lý, thời hạn không đổi (Đ17.4)")
	c.tellContact(contact, Focal, s, c.slipTemplate(s), ClassSlip, Rung{Round: s.Round}, 1, nil)
	return nil
}

// slipTemplate is the text of a slip as it would be sent now.
func (c *change) slipTemplate(s *Slip) string {
	switch {
	case c.p.Confidential:
		return "O1M"
	case c.p.Urgent:
		return "O1K"
	case !s.Lead:
		return "O1P"
	}
	return "O1"
}

func colon(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// maxText bounds a free text: longer than any answer of a unit, shorter than a book.
const maxText = 20_000

func bounded(field, text string) error {
	if len(text) > maxText {
		return invalid(field, "dài quá %d ký tự", maxText)
	}
	return nil
}

func required(field, text, what string) error {
	if strings.TrimSpace(text) == "" {
		return invalid(field, "chưa có %s", what)
	}
	return bounded(field, text)
}
