package escalation

import "strings"

// slipFor finds the open slip that the actor speaks for: the unit's own, or the
// lead's for people of the hotline and the Office.
func (c *change) slipFor() (*Slip, error) {
	if c.actor.forUnit() {
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
	if c.p.Status == Disputed && c.actor.forOffice() {
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
	if c.actor.Role == Head && s.HeadAcknowledgedAt.IsZero() {
		s.HeadAcknowledgedAt = c.env.at()
	}
	c.entry(string(VerbAcknowledge), "đã nhận phiếu"+colon(c.redact(cmd.Note)))
	return nil
}

// acknowledge stops the nudges of the slip. The result clock runs on, and a
// sticky status stays.
func (c *change) acknowledge(s *Slip) {
	c.takes(s)
	if s.AcknowledgedAt.IsZero() {
		s.AcknowledgedAt, s.AcknowledgedBy = c.env.at(), c.actor.Name
		c.stop(OnAcknowledged, s.No)
		c.suppressNudges(s)
		c.closeCall(s)
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
	s, err := c.slipFor()
	if err != nil && c.actor.forUnit() {
		return err
	}
	if cmd.BareDone {
		c.silence(s)
		c.entry(string(VerbProgress), "báo xong nhưng chưa có nội dung trả lời", cmd.Text)
		return nil
	}
	if c.actor.forUnit() && !cmd.Negated {
		c.acknowledge(s)
	}
	c.entry(string(VerbProgress), c.redact(cmd.Text))
	return nil
}

// silence puts off the slip's reminders: who has just said "done" is typing the text.
func (c *change) silence(s *Slip) {
	if s == nil {
		return
	}
	until := c.env.CalendarOf(s.Unit).Add(c.env.at(), span(c.env.Policy.DoneNoteSilence))
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		reminder := r.Name == RungFocalReminder || r.Name == RungNudge || r.Name == RungUnacknowledged
		if reminder && r.Slip == s.No && r.State == Armed && r.Due.Before(until) {
			r.Due = instant(until)
		}
	}
}

func (cmd *AssignInternal) apply(c *change) error {
	if !c.p.Status.WithUnit() {
		return c.wrongStatus()
	}
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	contact, ok := c.env.Directory.Contact(cmd.Contact)
	if !ok || contact.Unit != s.Unit {
		return invalid("contact", "không có người này trong danh bạ của đơn vị")
	}
	if c.excluded(contact) {
		return invalid("contact", "người này không được nhận phiếu của phản ánh %s", c.p.Code)
	}
	c.acknowledge(s)
	s.Assignee = contact.ID
	s.assigned(contact)
	c.entry(string(VerbAssign), "giao "+contact.Name+" xử lý, thời hạn không đổi (Đ17.4)")
	c.tell(Focal, s, c.slipTemplate(s), ClassSlip, Rung{Round: c.round()}, nil)
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

// maxText bounds a free text, in characters: longer than any answer of a unit, shorter than a book.
const maxText = 20_000

func bounded(field, text string) error {
	if longer(text, maxText) {
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
