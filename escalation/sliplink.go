package escalation

// RevokeLink takes the link of a slip away from whoever has it: the slip gets another token,
// and the old link leads nowhere.
type RevokeLink struct {
	Unit string `json:"unit,omitempty"` // whose slip; empty: the latest lead's
	Send bool   `json:"send,omitempty"` // text the new link to whoever holds the slip
}

// Verb is the command's word.
func (*RevokeLink) Verb() Verb { return VerbRevokeLink }

func (cmd *RevokeLink) apply(c *change) error {
	s, err := c.slipToRevoke(cmd.Unit)
	if err != nil {
		return err
	}
	if cmd.Send && !s.Open() {
		return conflict("phiếu của %s đã kết thúc, không gửi liên kết mới", c.smsName(s.Unit))
	}
	s.Token = c.env.Token()
	text := "thu hồi liên kết phiếu của " + c.smsName(s.Unit) + ", cấp liên kết mới"
	if !cmd.Send {
		c.entry(string(VerbRevokeLink), text)
		return nil
	}
	c.entry(string(VerbRevokeLink), text+" và gửi cho người đang giữ phiếu")
	c.suppress("liên kết đã thu hồi", s.No, ClassSlip) // what waits still has the old one
	c.tell(Focal, s, c.slipTemplate(s), ClassSlip, Rung{Round: c.round()}, nil)
	return nil
}

// slipToRevoke is the unit's latest slip, open ones first; without a unit that of the lead.
func (c *change) slipToRevoke(unit string) (*Slip, error) {
	if unit != "" {
		if s := c.p.SlipOf(unit); s != nil {
			return s, nil
		}
		return nil, invalid("unit", "đơn vị %q không có phiếu của phản ánh %s", short(unit), c.p.Code)
	}
	if s := c.p.LastLead(); s != nil {
		return s, nil
	}
	return nil, conflict("phản ánh %s chưa có phiếu nào", c.p.Code)
}
