package escalation

// apply logs a transferred emergency call (Đ9.1). The urgent slip exists at
// once; an hour later the shift lead asks whether help came.
func (cmd *TransferEmergency) apply(c *change) error {
	if c.p.Status != Received && c.p.Status != AwaitingInfo {
		return c.wrongStatus()
	}
	if err := required("to", cmd.To, "nơi nhận cuộc gọi"); err != nil {
		return err
	}
	if len(cmd.To) > maxLine || len(cmd.Outcome) > maxLine {
		return invalid("outcome", "dài quá %d ký tự", maxLine)
	}
	at := cmd.At
	if at.IsZero() || at.After(c.env.Now) {
		at = c.env.Now
	}
	unit := cmd.Unit
	if unit == "" {
		if _, ok := c.env.Directory.Unit(cmd.To); ok {
			unit = cmd.To
		}
	}
	c.p.Urgent = true
	c.p.Emergency = &Emergency{To: cmd.To, At: at, Outcome: cmd.Outcome}
	c.decided()
	c.arm(EmergencyLadder, c.round(), 0, at)
	c.entry(string(VerbEmergency), "đã chuyển cuộc gọi khẩn cấp tới "+c.redact(cmd.To)+colon(c.redact(cmd.Outcome)))
	if unit == "" {
		c.p.Status = EmergencyTransferred
		c.writtenFile("vấn đề khẩn cấp", c.p.ReceivedAt)
		c.task(TaskCall, Operator, c.due(RungEmergency), "Chuyển phiếu khẩn "+c.p.Code+" tới đơn vị")
		return nil
	}
	u, ok := c.env.Directory.Unit(unit)
	if !ok {
		return invalid("unit", "không có đơn vị mã %q", short(unit))
	}
	c.forward([]target{{u, true}}, "", nil)
	c.p.Status = EmergencyTransferred
	return nil
}
