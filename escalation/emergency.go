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
	for _, line := range [][2]string{{"to", cmd.To}, {"outcome", cmd.Outcome}} {
		if longer(line[1], maxLine) {
			return invalid(line[0], "dài quá %d ký tự", maxLine)
		}
	}
	at := cmd.At
	if at.IsZero() || at.After(c.env.Now) {
		at = c.env.Now
	}
	u, err := cmd.receiver(c)
	if err != nil {
		return err
	}
	c.p.Urgent = true
	c.p.Emergency = &Emergency{To: cmd.To, At: at, Outcome: cmd.Outcome}
	c.decided()
	c.arm(EmergencyLadder, c.round(), 0, at)
	c.entry(string(VerbEmergency), "đã chuyển cuộc gọi khẩn cấp tới "+c.redact(cmd.To)+" lúc "+ClockText(at)+colon(c.redact(emergencyOutcome(cmd.Outcome))))
	if u.Code == "" {
		c.p.Status = EmergencyTransferred
		c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Classes: []Class{ClassRecorded}, Reason: "đã chuyển cuộc gọi khẩn cấp"})
		if c.p.Written == nil {
			c.writtenFile("vấn đề khẩn cấp", c.urgentFrom())
		}
		c.task(TaskCall, Operator, c.due(RungEmergency), c.transferText())
		return nil
	}
	c.forward([]target{{u, true}}, "", nil)
	c.p.Status = EmergencyTransferred
	return nil
}

// emergencyOutcome is what became of the call, in words; in the caller's own where they are.
func emergencyOutcome(outcome string) string {
	switch outcome {
	case "answered":
		return "đã nghe máy"
	case "no_answer":
		return "không nghe máy"
	case "busy":
		return "máy bận"
	}
	return outcome
}

// receiver is who gets the urgent slip: the unit that is named, else the one that took the
// call, else one that was proposed for the petition. Of those two nobody has chosen now: where
// one is no more, the one that has its tasks is meant, and the emergency is not refused for it.
func (cmd *TransferEmergency) receiver(c *change) (Unit, error) {
	if cmd.Unit != "" {
		return c.processing("unit", cmd.Unit)
	}
	for _, code := range append([]string{cmd.To}, c.p.Units...) {
		if u, ok := c.env.Directory.Successor(code, c.env.Now); ok && u.Kind != OfficeKind {
			return u, nil
		}
	}
	return Unit{}, nil
}
