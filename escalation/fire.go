package escalation

import (
	"slices"
	"sort"
	"time"
)

// Fire fires the petition's due rungs in due order, and returns how many. Rungs
// that are not due, not armed, or of an ended petition stay as they are, so a
// wake-up that comes twice, early or for nothing changes nothing.
func Fire(p Petition, env Env) (Change, int) {
	next := p.clone()
	c := &change{p: &next, env: env, actor: Ladder()}
	fired := 0
	for range len(next.Rungs) + 8 { // each pass fires one; a repeated rung is due in the future
		i, ok := c.nextDue()
		if !ok {
			break
		}
		c.step(i)
		fired++
	}
	if fired == 0 {
		return Change{}, 0
	}
	return c.done(p), fired
}

// nextDue finds the armed rung that is due first.
func (c *change) nextDue() (int, bool) {
	var due []int
	for i, r := range c.p.Rungs {
		if (r.outlives(c.p.Status) || !c.p.Status.Ended()) && r.State == Armed && !r.Due.After(c.env.Now) {
			due = append(due, i)
		}
	}
	if len(due) == 0 {
		return 0, false
	}
	sort.SliceStable(due, func(a, b int) bool { return c.p.Rungs[due[a]].Due.Before(c.p.Rungs[due[b]].Due) })
	return due[0], true
}

// step takes one due rung: dropped, deferred or fired.
func (c *change) step(i int) {
	r := &c.p.Rungs[i]
	spec, known := c.env.Policy.Spec(r.Ladder, r.Name)
	switch {
	case known && spec.Next != "" && c.nextLevelDue(*r, spec.Next):
		r.State = Disarmed
		c.entry("dropped:"+string(r.Name), "bỏ qua nhắc việc vì cấp tiếp theo cũng đã đến hạn")
	case r.Name == RungHead && c.returning(r.Slip):
		r.State = Deferred
		c.entry("deferred:"+string(r.Name), "quá 8 giờ làm việc trong khi chờ quyết định trả lại: báo trưởng ca")
		again := Rung{Round: c.round(), Name: r.Name, Ladder: r.Ladder, Slip: r.Slip} // a hold may bring it here twice
		c.inform(again, "quá 8 giờ, đề nghị trả lại chưa được quyết định")
	default:
		c.fire(i, c.env.Now.Sub(r.Due))
	}
}

// returning reports whether 1022 owes the slip's unit a decision on its return.
func (c *change) returning(slip int) bool {
	_, waits := c.p.returnOf(slip)
	return waits
}

func (c *change) nextLevelDue(r Rung, next RungName) bool {
	for _, other := range c.p.Rungs {
		if other.Name == next && other.Slip == r.Slip && other.State == Armed && !other.Due.After(c.env.Now) {
			return true
		}
	}
	return false
}

// fire does what the rung is for, once.
func (c *change) fire(i int, late time.Duration) {
	r := &c.p.Rungs[i]
	r.State, r.FiredAt = Fired, c.env.Now.In(hanoi())
	fired := *r
	spec, known := c.env.Policy.Spec(fired.Ladder, fired.Name)
	if !known { // a policy of before: the rung is history, nobody is told
		c.entry("rung:"+string(fired.Name), "bậc không còn trong chính sách")
		return
	}
	mark := ""
	if late > span(c.env.Policy.LateAfter) {
		mark = " (trễ hệ thống, đến hạn " + ClockText(fired.Due) + ")"
	}
	c.enter(spec.Status)
	c.entry("rung:"+string(fired.Name), rungText(fired.Name)+mark)
	c.consequence(fired)
	for _, n := range spec.Notify {
		c.notify(n, fired)
	}
	c.rungTask(spec.Task, fired)
	if spec.Repeat && !c.p.Status.Ended() {
		c.repeat(spec, fired)
	}
}

// rungTask opens the task that a rung asks for.
func (c *change) rungTask(kind TaskKind, r Rung) {
	slip := c.p.Slip(r.Slip)
	switch {
	case kind == "":
	case r.Name == RungUnacknowledged && slip != nil:
		c.callUnacknowledged(kind, slip)
	default:
		c.task(kind, Operator, c.env.Now, rungText(r.Name)+" "+c.p.Code)
	}
}

// repeat arms the rung again, counted from when it was due: an outage shifts
// nothing, and the repetitions it has swallowed are not made up for.
func (c *change) repeat(spec RungSpec, fired Rung) {
	o, _ := parseOffset(spec.After)
	due := fired.Due
	for !due.After(c.env.Now) {
		next := o.due(due, spec.Clock, c.calendarFor(spec.Ladder, fired.Slip))
		if !next.After(due) {
			return // a policy without a span: Check refuses it
		}
		due = next
	}
	c.armAt(spec, c.round(), fired.Slip, due, "every "+spec.After+" "+string(spec.Clock))
}

// enter sets the status of a level; the flags stay for ever.
func (c *change) enter(status Status) {
	switch status {
	case "":
		return
	case Escalated:
		c.p.WasEscalated = true
		if c.firedBefore(RungOverdue) {
			status = Overdue // sticky, also for a unit that got the petition later
		}
	case Overdue:
		c.p.WasOverdue = true
	case Closed:
		c.end("closed")
	}
	c.p.Status = status
}

// consequence is what a rung does besides telling people.
func (c *change) consequence(r Rung) {
	switch r.Name {
	case RungHead:
		c.headNotified(r)
	case RungETA:
		if n := len(c.p.ETAs); n > 0 {
			c.p.ETAs[n-1].Missed = true
		}
		c.p.ETA = time.Time{}
	case RungResume:
		c.p.Hold = nil
		c.resumeHeld(r.Due) // the hold ended when it was due, however late that is noticed
	case RungSupplementEnd:
		c.resumePaused(c.p.Clarify, r.Due)
	}
}

// headNotified starts the 48 h where they count from the head's notice; they
// count from when it was due, so an outage shifts nothing. Which reading of Đ9.4 that is
// the policy has said when the slip went out: a limit that is stored stays, and one that
// is not begins now, whatever the policy has come to say.
func (c *change) headNotified(r Rung) {
	if c.p.HeadNotifiedAt.IsZero() {
		c.p.HeadNotifiedAt = r.Due
	}
	if c.courseRung(RungOverdue) != nil {
		return
	}
	for _, spec := range c.env.Policy.Ladder(ForwardLadder) {
		if spec.FromFirst && !c.firedBefore(spec.Name) {
			o, _ := parseOffset(spec.After)
			c.armAt(spec, r.Round, r.Slip, o.due(r.Due, spec.Clock, c.calendarFor(spec.Ladder, r.Slip)), spec.After+" working from head_notified")
		}
	}
}

// notify sends one text of a rung.
func (c *change) notify(n Notify, r Rung) {
	template := n.Template
	if n.Promised != "" && c.p.ETA.After(c.env.Now) {
		template = n.Promised
	}
	if n.To == CitizenRole {
		c.notifyCitizen(template, r)
		return
	}
	slip := c.p.Slip(r.Slip)
	if e := c.p.explanationOf(r.Round); e != nil && r.Ladder == ExplainLadder {
		slip = c.p.Slip(e.Slip)
	}
	city := n.To == ShiftLead || n.To == Office
	switch {
	case slip == nil && r.Ladder == ForwardLadder && !city: // 1022 itself has it: no unit is texted
		c.informOnce(r)
		return
	case n.To == Deputy && slip != nil && !c.anybody(slip.Unit, Deputy):
		return // the call task is what is left (a lost text is still passed on)
	case slip == nil && !city:
		slip = c.p.LastLead()
	}
	if r.Name == RungHead && n.To == Head && c.firedBefore(RungOverdue) {
		template = "H3" // the unit got it after the limit: there is no deadline to name
	}
	c.tell(n.To, slip, template, classOf(template), r, c.rungVars(template, r))
}

// informOnce tells the shift lead of a rung that would have told a unit's people.
func (c *change) informOnce(r Rung) {
	if !slices.ContainsFunc(c.fx.Notices, func(n Notice) bool { return n.Template == "T1" && n.Round == r.Round && n.Rung == r.Name }) {
		c.inform(r, rungText(r.Name))
	}
}

func (c *change) notifyCitizen(template string, r Rung) {
	if template == "C8" && c.env.CitizensCanReply {
		template = "C8n"
	}
	if template == "C12" && !c.p.With1022() {
		return // nothing has been paused: a unit asked, and its clock runs
	}
	var vars map[string]string
	if template == "C3" {
		vars = c.askVars(c.due(RungSupplementEnd))
	}
	c.citizen(template, classOf(template), r, vars)
}

// rungVars are the words that only the rung knows.
func (c *change) rungVars(template string, r Rung) map[string]string {
	switch template {
	case "T1":
		return map[string]string{"noi_dung": rungText(r.Name)}
	case "V3":
		if c.p.Dispute != nil {
			return map[string]string{"ly_do": c.p.Dispute.Why}
		}
		return map[string]string{"ly_do": "thuộc thẩm quyền UBND TP"}
	case "V4":
		return map[string]string{"so": "1"}
	case "N3n", "VG":
		if e := c.p.explanationOf(r.Round); e != nil {
			return c.explainVars(*e)
		}
	case "V6":
		return map[string]string{"han": ClockText(r.Due)} // the directive's own due time
	case "O3":
		if n := len(c.p.ETAs); n > 0 {
			return map[string]string{"hen": ClockText(c.p.ETAs[n-1].At)}
		}
	}
	return nil
}

// rungText says in a few words what a rung is about.
func rungText(name RungName) string {
	switch name {
	case RungIntake:
		return "phiếu mới 30 phút chưa ai xử lý"
	case RungClarify:
		return "quá 1 giờ làm việc chưa quyết định hướng xử lý (Đ8.3)"
	case RungNudge:
		return "nhắc xác nhận phiếu"
	case RungUnacknowledged:
		return "phiếu chưa có xác nhận"
	case RungFocalReminder:
		return "nhắc trước hạn 8 giờ"
	case RungHead:
		return "quá 8 giờ làm việc, báo cáo Thủ trưởng đơn vị (Đ9.4)"
	case RungHeadReminder:
		return "nhắc Thủ trưởng trước hạn 48 giờ"
	case RungOverdue:
		return "quá hạn (đang chờ xử lý), báo cáo qua Văn phòng UBND TP (Đ9.4)"
	case RungCooperate:
		return "đến hạn ý kiến phối hợp"
	case RungReturnDecision:
		return "quá 1 giờ chưa quyết định đề nghị trả lại"
	case RungETA:
		return "đã qua giờ hẹn"
	case RungSupplement:
		return "nhắc người dân bổ sung"
	case RungSupplementEnd:
		return "người dân chưa bổ sung thông tin"
	case RungEmergency:
		return "cuộc gọi khẩn cấp: đã có kết quả chưa (Đ9.1)"
	case RungPublish:
		return "kết quả chưa được công khai (Đ11.1)"
	case RungWrittenReminder:
		return "sắp đến hạn gửi hồ sơ đề nghị văn bản (Đ9.6)"
	case RungWrittenFile:
		return "đến hạn gửi hồ sơ đề nghị văn bản (Đ9.6)"
	case RungExplainReminder:
		return "nhắc đơn vị giải trình (Đ9.6)"
	case RungExplain:
		return "quá hạn giải trình, báo cáo Văn phòng UBND TP (Đ9.6)"
	case RungOffice:
		return "chờ Văn phòng UBND TP phân công chủ trì (Đ9.5)"
	case RungDirective:
		return "đến hạn theo chỉ đạo, đôn đốc"
	case RungResume:
		return "hết thời gian tạm dừng"
	case RungRatingAsk:
		return "mời đánh giá"
	case RungRating:
		return "hết thời gian đánh giá, kết thúc"
	}
	return string(name)
}

// classOf says what a text of the catalogue is for.
func classOf(template string) Class {
	switch template {
	case "C1":
		return ClassRecorded
	case "C3", "C4", "C4x", "C5", "C5b", "C6", "C6b", "C12":
		return ClassProgress
	case "C7":
		return ClassResult
	case "C8", "C8n":
		return ClassRating
	case "O8":
		return ClassPraise
	case "O1", "O1K", "O1M", "O1P":
		return ClassSlip
	case "O1N", "O2", "O3", "H2", "B1", "B2":
		return ClassReminder
	case "H1", "H1E", "O7":
		return ClassEscalation
	case "H3", "V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "VQ", "VT", "VG", "R1":
		return ClassReport
	case "T1", "QT":
		return ClassAlarm
	case "C2", "C9", "C11", "O4", "O5", "O6", "N1", "N2", "N3", "N3n", "XM", "XV", "BG":
		return ClassDecision
	}
	return ClassAnswer
}
