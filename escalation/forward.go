package escalation

import (
	"slices"
	"strings"
	"time"
)

// forwardable lists the statuses from which 1022 or the Office may forward,
// besides those in which 1022 itself has the petition.
var forwardable = []Status{EmergencyTransferred, WithOffice, Disputed}

func (cmd *Forward) apply(c *change) error {
	if c.p.Lead() != nil {
		return conflict("phản ánh %s đã có đơn vị chủ trì, hãy dùng chuyển lại (reassign)", c.p.Code)
	}
	if !c.p.With1022() && !slices.Contains(forwardable, c.p.Status) {
		return c.wrongStatus()
	}
	units, err := cmd.resolve(c)
	if err != nil {
		return err
	}
	c.decided()
	c.stop(OnRuled, -1)
	c.give(units, cmd.Note, cmd.Call)
	return nil
}

// give hands the petition to the units; where the Office itself is to lead it
// gets no slip, the matter is its own (Đ9.5).
func (c *change) give(units []target, note string, call *CallLog) {
	if units[0].unit.Kind == OfficeKind {
		c.toOffice("thuộc thẩm quyền UBND TP", WithOffice)
		c.entry(string(VerbForward), "chuyển Văn phòng UBND thành phố chủ trì (Đ9.5)")
		return
	}
	c.forward(units, note, call)
}

func (c *change) wrongStatus() error {
	return conflict("phản ánh %s đang ở trạng thái %s, không thực hiện được thao tác này", c.p.Code, c.p.Status.Label())
}

// target is a unit that gets a slip.
type target struct {
	unit Unit
	lead bool
}

// resolve looks the units up, the lead first. Exactly one leads.
func (cmd *Forward) resolve(c *change) ([]target, error) {
	refs := cmd.Units
	if cmd.Unit != "" {
		refs = append([]UnitRef{{Code: cmd.Unit, Role: "lead"}}, refs...)
	}
	if len(refs) == 0 {
		return nil, invalid("units", "chưa chọn đơn vị xử lý")
	}
	if len(refs) > 20 {
		return nil, invalid("units", "không quá 20 đơn vị")
	}
	var targets []target
	for i, ref := range refs {
		u, err := c.receiving("units", ref.Code)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(targets, func(t target) bool { return t.unit.Code == u.Code }) {
			return nil, invalid("units", "đơn vị %s được nêu hai lần", u.Code)
		}
		lead, err := ref.leads(i, refs)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target{u, lead})
	}
	slices.SortStableFunc(targets, func(a, b target) int {
		switch {
		case a.lead == b.lead:
			return 0
		case a.lead:
			return -1
		}
		return 1
	})
	if !targets[0].lead || len(targets) > 1 && targets[1].lead {
		return nil, invalid("units", "phải có đúng một đơn vị chủ trì")
	}
	for _, t := range targets {
		if t.unit.Kind == OfficeKind && len(targets) > 1 {
			return nil, invalid("units", "Văn phòng UBND thành phố chủ trì một mình, không gửi phiếu cùng đơn vị khác")
		}
	}
	return targets, nil
}

// receiving is the unit named to get a slip: each door by which one is named asks here.
func (c *change) receiving(field, code string) (Unit, error) {
	u, ok := c.env.Directory.Unit(code)
	if !ok {
		return u, invalid(field, "không có đơn vị mã %q", short(code))
	}
	return u, c.inForce(field, u)
}

// processing is receiving where the Office itself cannot be meant.
func (c *change) processing(field, code string) (Unit, error) {
	if u, ok := c.env.Directory.Unit(code); !ok || u.Kind == OfficeKind {
		return u, invalid(field, "không có đơn vị xử lý mã %q", short(code))
	}
	return c.receiving(field, code)
}

// inForce refuses a unit that is no more, and names the one that has its tasks.
func (c *change) inForce(field string, u Unit) error {
	if u.InForce(c.env.Now) {
		return nil
	}
	if next, ok := c.env.Directory.Successor(u.Code, c.env.Now); ok {
		return invalid(field, "%s đã thuộc %s (mã %s)", u.Name, next.Name, next.Code)
	}
	return invalid(field, "%s hiện không hoạt động", u.Name)
}

// leads reads the part of a unit: without any word the first one leads.
func (ref UnitRef) leads(i int, all []UnitRef) (bool, error) {
	switch strings.ToLower(ref.Role) {
	case "lead", "chu_tri":
		return true, nil
	case "cooperate", "cooperating", "phoi_hop":
		return false, nil
	case "":
		return i == 0 && !slices.ContainsFunc(all, func(r UnitRef) bool { return r.Role == "lead" || r.Role == "chu_tri" }), nil
	}
	return false, invalid("units", "vai trò %q phải là lead hoặc cooperate", short(ref.Role))
}

// short bounds what an error repeats of its input.
func short(s string) string { return Clip(s, 40) }

// forward gives slips to the units and starts their ladders (Đ9.2, Đ9.3).
func (c *change) forward(units []target, note string, call *CallLog) {
	var office time.Time
	if c.p.Status == Disputed || c.p.Status == WithOffice {
		office = c.officeSince()
		c.newCourse() // the lead that the Office names has the whole time (Đ9.5)
	}
	if c.p.FirstForwardedAt.IsZero() {
		c.p.FirstForwardedAt = c.env.Now
	}
	c.closeTask(TaskCall, c.transferText())
	c.p.Status = Forwarded
	if c.firedBefore(RungOverdue) {
		c.p.Status = Overdue
	}
	names := make([]string, 0, len(units))
	for _, t := range units {
		c.slip(t, note, call).OfficeSince = office
		names = append(names, t.unit.SMSName)
	}
	text := "chuyển " + strings.Join(names, ", ")
	if note != "" {
		text += ": " + c.redact(note)
	}
	c.entry(string(VerbForward), text)
	if call != nil {
		c.entry("call", "đã gọi đơn vị: "+c.redact(callOutcome(call)))
	}
	c.suppress("đã chuyển đơn vị", 0, ClassRecorded)
	c.citizen(c.forwardText(), ClassProgress, Rung{Round: c.p.Rounds}, nil)
	c.tellOffice(units[0].unit)
	if c.p.Urgent && c.p.Written == nil {
		c.writtenFile("vấn đề khẩn cấp", c.urgentFrom())
	}
}

// forwardText is C4 with the day by which the answer is owed, or without one when
// that day has passed: nobody is promised the past.
func (c *change) forwardText() string {
	if limit := c.limit(); !limit.IsZero() && !limit.After(c.env.Now) {
		return "C4x"
	}
	return "C4"
}

// newCourse lets the time of the result count anew: what fired before does not
// bind the new lead.
func (c *change) newCourse() {
	c.p.FirstForwardedAt, c.p.HeadNotifiedAt = time.Time{}, time.Time{}
	c.p.LastReopen = c.p.Rounds + 1
}

// urgentFrom is when the two days of an urgent matter start: its receipt (Đ9.6),
// or now for one that was reopened.
func (c *change) urgentFrom() time.Time {
	if c.p.LastReopen > 0 {
		return c.env.Now
	}
	return c.p.ReceivedAt
}

// callOutcome is what became of a call, in Vietnamese; in the caller's words where they
// are their own.
func callOutcome(call *CallLog) string {
	switch call.Outcome {
	case "answered":
		return "có người nhận"
	case "no_answer":
		return "không nghe máy"
	case "busy":
		return "máy bận"
	case "":
		return "chưa rõ kết quả"
	}
	return short(call.Outcome)
}

// slip adds one slip with its ladder and its text.
func (c *change) slip(t target, note string, call *CallLog) *Slip {
	now := c.env.Now
	if old := c.p.SlipOf(t.unit.Code); old != nil && old.Open() {
		c.endSlip(old, "replaced", "") // it co-operated, now it leads
	}
	round := c.round()
	c.p.Slips = append(c.p.Slips, Slip{
		No: len(c.p.Slips) + 1, Unit: t.unit.Code, Lead: t.lead, Round: round, Token: c.env.Token(), Note: note, ForwardedAt: now,
	})
	s := &c.p.Slips[len(c.p.Slips)-1]
	fired := Rung{Round: round, Name: RungSlip, Ladder: ForwardLadder, Slip: s.No, Due: now.In(hanoi()), State: Fired, FiredAt: now, Basis: "0h working"}
	c.p.Rungs = append(c.p.Rungs, fired)
	if t.lead {
		c.arm(ForwardLadder, round, s.No, now)
	} else {
		c.arm(CooperateLadder, round, s.No, now)
		c.armCooperate(round, s.No, now)
	}
	if t.lead && call.Answered() {
		s.AcknowledgedAt, s.AcknowledgedBy = now, "điện thoại"
		c.stop(OnAcknowledged, s.No)
	}
	if contact, ok := c.receives(s); ok {
		s.goesTo(contact)
	}
	if contact, ok := c.called(s.Unit, call); t.lead && ok {
		s.goesTo(contact)
	}
	before := len(c.fx.Notices)
	c.tell(Focal, s, c.slipTemplate(s), ClassSlip, fired, nil)
	c.tellDuty(s, fired, c.fx.Notices[before:])
	return s
}

// tellDuty sends a copy of an emergency's slip to the unit's duty number, where it
// has one that has not just been told (Đ9.1).
func (c *change) tellDuty(s *Slip, r Rung, told []Notice) {
	if c.p.Emergency == nil || len(c.env.Directory.Serving(s.Unit, Duty, c.env.Now)) == 0 {
		return
	}
	contact, _, ok := c.duty(Duty, s)
	same := slices.ContainsFunc(told, func(n Notice) bool {
		other, _ := c.env.Directory.Contact(n.To.Contact)
		return ok && other.Phone == contact.Phone
	})
	if !same {
		c.tell(Duty, s, c.slipTemplate(s), ClassSlip, r, nil)
	}
}

// armCooperate: a co-operating unit owes its opinion by a share of the lead's time.
func (c *change) armCooperate(round, slip int, now time.Time) {
	lead, ok := c.env.Policy.Spec(ForwardLadder, RungHead)
	spec, ok2 := c.env.Policy.Spec(CooperateLadder, RungCooperate)
	if !ok || !ok2 {
		return
	}
	share := span(lead.After) * time.Duration(c.env.Policy.CooperateShare) / 100
	c.armAt(spec, round, slip, c.calendarFor(CooperateLadder, slip).Add(now, share), share.String()+" working")
}

// tellOffice: the City Office learns of every forward by the feed and digest, at
// once by SMS when urgent or already directed (Đ5.4, Đ9.2).
func (c *change) tellOffice(lead Unit) {
	if !c.p.Urgent && !c.p.AlreadyDirected {
		return
	}
	why := "khẩn"
	if c.p.AlreadyDirected {
		why = "đã có chỉ đạo"
	}
	vars := map[string]string{"ly_do": why, "don_vi": lead.SMSName}
	c.tell(Office, nil, "V0", ClassReport, Rung{Round: c.round()}, vars)
}

func (cmd *Reassign) apply(c *change) error {
	if !c.p.Status.WithUnit() && c.p.Status != Disputed && c.p.Status != WithOffice {
		return c.wrongStatus()
	}
	u, err := c.receiving("unit", cmd.Unit)
	if err != nil {
		return err
	}
	if lead := c.p.Lead(); lead != nil && lead.Unit == u.Code {
		return conflict("phản ánh %s đang do chính đơn vị này chủ trì", c.p.Code)
	}
	reason := cmd.Reason
	if reason == "" {
		reason = "chuyển đơn vị khác"
	}
	if err := bounded("reason", reason); err != nil {
		return err
	}
	c.decided()
	c.entry(string(VerbReassign), "chuyển lại cho "+u.SMSName+": "+c.redact(reason))
	c.takeAway(reason, "reassigned", u.Code)
	c.give([]target{{u, true}}, "", nil)
	return nil
}

// takeAway ends the lead's slip: its rungs, its texts, its codes (field failure 34).
// The time it had left goes with the petition, not counting what it was paused
// (field failure 25).
func (c *change) takeAway(reason, why, to string) {
	c.p.ETA = time.Time{}
	c.closePromises()
	c.stopLadders(OfficeLadder, RatingLadder, HoldLadder)
	c.endHold()
	lead := c.p.Lead()
	if lead == nil {
		return
	}
	c.endSlip(lead, why, to)
	c.tell(Focal, lead, "O5", ClassDecision, Rung{Round: lead.Round}, map[string]string{"ly_do": c.words(reason)})
}

// endSlip closes a slip and everything that still ran for it.
func (c *change) endSlip(s *Slip, why, to string) {
	s.EndedAt, s.EndedFor, s.MovedTo = c.env.Now, why, to
	c.closeCall(s)
	c.dropReturn(s.No)
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		if r.Slip == s.No && r.State != Fired {
			r.State = Disarmed
		}
	}
	c.suppress(why, s.No, ClassSlip, ClassReminder, ClassEscalation)
	c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Slip: s.No, Reason: why})
}

// endSlips closes every open slip, telling those who worked on it when asked to.
func (c *change) endSlips(why string, tell bool, words string) {
	for i := range c.p.Slips {
		s := &c.p.Slips[i]
		if !s.Open() {
			continue
		}
		c.endSlip(s, why, "")
		if tell {
			c.tell(Focal, s, "O5", ClassDecision, Rung{Round: s.Round}, map[string]string{"ly_do": words})
		}
	}
}
