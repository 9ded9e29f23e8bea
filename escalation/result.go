package escalation

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// apply takes a unit's answer. Only a result text stops the result clock, dated
// by its receipt (Đ9.3, Đ9.4). A co-operating unit's answer is its opinion.
func (cmd *GiveResult) apply(c *change) error {
	if err := required("text", cmd.Text, "nội dung trả lời"); err != nil {
		return err
	}
	if letters(cmd.Text) < c.env.Policy.MinResultLetters {
		return invalid("text", "nội dung trả lời quá ngắn (ít nhất %d chữ cái)", c.env.Policy.MinResultLetters)
	}
	if err := cmd.bounded(); err != nil {
		return err
	}
	if c.p.Status == Resolved {
		return c.amend(cmd)
	}
	if !c.p.Status.takesResult() {
		return c.wrongStatus()
	}
	s, err := c.slipFor()
	if err != nil && c.actor.forUnit() {
		return err
	}
	if s != nil && !s.Lead {
		return c.opinion(s, cmd.Text)
	}
	c.resolve(s, cmd)
	return nil
}

// takesResult reports whether a result may be given in this status, or amended.
func (s Status) takesResult() bool {
	return s.WithUnit() || s == WithOffice || s == Disputed || s == Resolved
}

func (cmd *GiveResult) bounded() error {
	lines := [][2]string{{"document_no", cmd.DocumentNo}, {"document_date", cmd.DocumentDate}, {"unit_url", cmd.UnitURL}}
	if cmd.CitizenAnswered != nil {
		lines = append(lines, [2]string{"citizen_answered.how", cmd.CitizenAnswered.How})
	}
	for _, line := range lines {
		if longer(line[1], maxLine) {
			return invalid(line[0], "dài quá %d ký tự", maxLine)
		}
	}
	return nil
}

// letters counts what makes a text an answer rather than "xong".
func letters(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// opinion records what a co-operating unit owes the lead.
func (c *change) opinion(s *Slip, text string) error {
	c.acknowledge(s)
	s.Opinion, s.OpinionAt = text, c.env.at()
	c.stop(OnAnswered, s.No)
	c.suppress("đã có ý kiến", s.No, ClassReminder)
	u, _ := c.env.Directory.Unit(s.Unit)
	c.entry(string(VerbResult), "ý kiến phối hợp của "+u.SMSName, text)
	return nil
}

// resolve stops the result clock: its rungs keep the time they had left, in case
// the result is sent back.
func (c *change) resolve(s *Slip, cmd *GiveResult) {
	at := c.env.at()
	result := cmd.result(c, at)
	if s != nil {
		c.acknowledge(s)
		result.Unit, result.Slip = s.Unit, s.No
	}
	result.Late = c.late(at)
	if c.p.Result != nil { // one that the Office took over with the matter
		c.p.Results = append(c.p.Results, *c.p.Result)
	}
	c.keepPromise(s, at)
	c.stopNamed(RungETA) // also one that a hold has paused: the promise is over
	c.pauseOwed(at)
	c.stopAll(OnAnswered)
	c.p.Return, c.p.ReturnsWaiting, c.p.StatusBefore, c.p.Hold = nil, nil, "", nil
	c.closeTasks(TaskConfirm, TaskCall)
	c.p.Result, c.p.Status = &result, Resolved
	c.arm(ResultLadder, c.round(), 0, at)
	said := "đã có kết quả, chờ kiểm tra và công khai" + result.siteText()
	if cmd.WrittenReminder {
		said += c.needWritten(NeedRemind, reminderReason, at)
	}
	c.suppress("đã có kết quả", 0, ClassSlip, ClassReminder, ClassEscalation)
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Classes: []Class{ClassProgress}, Citizen: true, Reason: "đã có kết quả"})
	c.entry(string(VerbResult), said, cmd.Text)
	c.task(TaskPublish, Operator, c.due(RungPublish), "Kiểm tra và công khai kết quả "+c.p.Code)
}

func (cmd *GiveResult) result(c *change, at time.Time) Result {
	r := Result{
		Text: strings.TrimSpace(cmd.Text), DocumentNo: cmd.DocumentNo, DocumentDate: cmd.DocumentDate, UnitURL: cmd.UnitURL,
		By: c.actor.Name, Channel: c.actor.Channel, At: at, Confirmed: c.actor.staff(),
	}
	if cmd.CitizenAnswered != nil {
		r.CitizenAnswered = ClockText(cmd.CitizenAnswered.At) + " " + cmd.CitizenAnswered.How
	}
	return r
}

// late reports whether the 48 h are over at an instant. Where they count from the head's
// notice they are not before the 8 h are, which may stand.
func (c *change) late(at time.Time) bool {
	if c.courseRung(RungOverdue) != nil {
		return at.After(c.limit())
	}
	head := c.courseRung(RungHead)
	if head == nil || head.Left > 0 || !at.After(head.Due) {
		return false
	}
	return at.After(c.counted(RungOverdue, head.Due, c.gave(*head)))
}

// siteText says in the timeline that the unit has put the result on its own page (Đ11.3).
// The address is part of what the result says and stays with it.
func (r Result) siteText() string {
	if r.UnitURL == "" {
		return ""
	}
	return "; có đường dẫn trên trang của đơn vị"
}

// stopAll stops what the event stops, leaving the paused rungs as they are.
func (c *change) stopAll(event Event) {
	for i := range c.p.Rungs {
		r := &c.p.Rungs[i]
		if r.State != Armed && r.State != Deferred {
			continue
		}
		if spec, ok := c.env.Policy.Spec(r.Ladder, r.Name); ok && slices.Contains(spec.Stops, event) {
			r.State = Disarmed
		}
	}
}

// keepPromise notes whether the last promise was kept, also where the time was over before
// the text was read. A unit that had to give the petition away before the time it promised
// has not missed it.
func (c *change) keepPromise(s *Slip, at time.Time) {
	if n := len(c.p.ETAs); s != nil && n > 0 && c.p.promisedBy(s, c.p.ETAs[n-1]) {
		c.p.ETAs[n-1].Missed = at.After(c.p.ETAs[n-1].At)
	}
	c.p.ETA = time.Time{}
}

// promisedBy reports whether a promise is of the slip: its rung says so.
func (p *Petition) promisedBy(s *Slip, e ETA) bool {
	return slices.ContainsFunc(p.Rungs, func(r Rung) bool { return r.Name == RungETA && r.Round == e.Round && r.Slip == s.No })
}

// amend replaces a result that nobody has published yet; the time of the first
// stays, it stopped the clock.
func (c *change) amend(cmd *GiveResult) error {
	s, err := c.slipFor()
	if err == nil && !s.Lead {
		return c.opinion(s, cmd.Text)
	}
	if err != nil && c.actor.forUnit() {
		return err
	}
	if c.p.Result == nil {
		return c.wrongStatus()
	}
	if c.p.Result.Text == strings.TrimSpace(cmd.Text) {
		return conflict("kết quả phản ánh %s đã được ghi nhận lúc %s", c.p.Code, ClockText(c.p.Result.At))
	}
	c.p.Results = append(c.p.Results, *c.p.Result)
	amended := cmd.result(c, c.p.Result.At)
	amended.Unit, amended.Slip, amended.Late = c.p.Result.Unit, c.p.Result.Slip, c.p.Result.Late
	c.p.Result = &amended
	c.entry(string(VerbResult), "sửa nội dung trả lời"+amended.siteText(), cmd.Text)
	return nil
}

// reminderReason is of a client that says no reason.
const reminderReason = "kết quả cần văn bản nhắc nhở"

// apply sends a result back: the same round goes on with the time that was left,
// at least the floor, not counting the time it lay with 1022.
func (cmd *SendBack) apply(c *change) error {
	if c.p.Status != Resolved || c.p.Result == nil {
		return c.wrongStatus()
	}
	if err := required("reason", cmd.Reason, "lý do trả lại kết quả"); err != nil {
		return err
	}
	if err := checkNeed(cmd.Written, cmd.WrittenReason); err != nil {
		return err
	}
	lead := c.p.Lead()
	if lead == nil && !c.officeLed() {
		return conflict("phản ánh %s không có đơn vị chủ trì để trả lại kết quả", c.p.Code)
	}
	back := *c.p.Result
	back.SentBack, back.SentBackAt = cmd.Reason, c.env.Now
	c.p.Results, c.p.Result = append(c.p.Results, back), nil
	c.stop(OnPublished, -1)
	c.closeTasks(TaskPublish)
	round := c.round()
	to, due := Focal, time.Time{}
	if lead != nil {
		c.resume(c.env.Now, span(c.env.Policy.SendBackFloor))
		c.p.Status = c.courseStatus()
		due = c.supplementBy(lead)
	} else { // Đ9.5: the Office leads, and is asked again until it answers
		c.p.Status = WithOffice
		c.arm(OfficeLadder, round, 0, c.env.Now)
		to, due = Office, c.due(RungOffice)
	}
	c.entry(string(VerbSendBack), "trả lại kết quả: "+c.redact(cmd.Reason)+c.needWritten(cmd.Written, cmd.WrittenReason, back.At))
	vars := map[string]string{"ly_do": c.words(cmd.Reason), "han": ClockText(due)}
	c.tell(to, lead, "O4", ClassDecision, Rung{Round: round}, vars)
	return nil
}

// officeLed reports whether the Office had the lead last, not a unit (Đ9.5).
func (c *change) officeLed() bool {
	asked, last := c.p.Rung(RungOffice), c.p.LastLead()
	return asked != nil && (last == nil || asked.Round > last.Round)
}

// supplementBy is when a result that was sent back is owed again: the next
// obligation of the lead, or the floor where all of them have passed.
func (c *change) supplementBy(lead *Slip) time.Time {
	by := time.Time{}
	for _, r := range c.p.Rungs {
		obliges := (r.Name == RungHead || r.Name == RungOverdue) && r.Due.After(c.env.Now)
		if obliges && r.Slip == lead.No && r.State == Armed && (by.IsZero() || r.Due.Before(by)) {
			by = r.Due
		}
	}
	if by.IsZero() {
		by = c.env.CalendarOf(lead.Unit).Add(c.env.Now, span(c.env.Policy.SendBackFloor))
	}
	return by
}

// courseStatus is where a petition stands by what has fired for it.
func (c *change) courseStatus() Status {
	switch {
	case c.firedBefore(RungOverdue):
		return Overdue
	case c.p.Lead() != nil && c.p.fired(c.p.Lead(), RungHead):
		return Escalated
	case !c.p.ETA.IsZero():
		return Verifying
	case c.p.Lead() != nil && !c.p.Lead().AcknowledgedAt.IsZero():
		return InProgress
	}
	return Forwarded
}

// apply publishes: the operator has checked the result, the citizen gets the
// link and may rate (Đ11.1, Đ11.2).
func (cmd *Publish) apply(c *change) error {
	if c.p.Status != Resolved || c.p.Result == nil {
		return c.wrongStatus()
	}
	if err := bounded("redacted", cmd.Redacted); err != nil {
		return err
	}
	if err := bounded("public_content", cmd.PublicContent); err != nil {
		return err
	}
	if err := bounded("public_area", cmd.PublicArea); err != nil {
		return err
	}
	need, reason := cmd.Written, cmd.WrittenReason
	if cmd.WrittenReminder && need == "" {
		need, reason = NeedRemind, cmp.Or(reason, reminderReason)
	}
	if err := checkNeed(need, reason); err != nil {
		return err
	}
	text := strings.TrimSpace(cmd.Redacted)
	if text == "" {
		text = c.given(c.p.Result.Text)
	}
	c.p.Result.Confirmed, c.p.Published, c.p.PublishedAt = true, text, c.env.Now
	c.p.PublicContent, c.p.PublicArea = strings.TrimSpace(cmd.PublicContent), strings.TrimSpace(cmd.PublicArea)
	c.stop(OnPublished, -1)
	c.closeTasks(TaskPublish, TaskCall, TaskConfirm)
	c.p.Status = Published
	c.askAnew()
	said := c.needWritten(need, reason, c.p.Result.At)
	round := c.round()
	c.arm(RatingLadder, round, 0, c.env.Now)
	how := "công khai kết quả"
	if c.p.Confidential {
		how = "trả lời riêng người dân (bảo mật), không công khai"
	}
	c.entry(string(VerbPublish), how+said)
	c.citizen("C7", ClassResult, Rung{Round: round, Name: RungRating, Ladder: RatingLadder}, nil)
	c.endSlips("result", false, "")
	return nil
}
