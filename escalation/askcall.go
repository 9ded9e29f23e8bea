package escalation

// AskCall asks the operators to call a unit that cannot open its slip: nobody there
// has a number or an address that a one-time code can be sent to. It stops no clock.
type AskCall struct{}

// apply puts the call on the operators' list, once while it is open.
func (*AskCall) apply(c *change) error {
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	name := s.Unit
	if u, ok := c.env.Directory.Unit(s.Unit); ok {
		name = u.Name
	}
	c.task(TaskCall, Operator, c.env.Now, "Gọi "+name+" về phiếu "+c.p.Code+": không có số di động hay thư điện tử nào nhận được mã mở phiếu; bổ sung danh bạ")
	c.entry(string(VerbAskCall), acts[string(VerbAskCall)])
	return nil
}
