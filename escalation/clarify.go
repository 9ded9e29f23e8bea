package escalation

import (
	"time"
	"unicode/utf8"
)

// apply asks the citizen to add information: 1022 within the hour (Đ8.3), a unit
// once only (Đ18.1).
func (cmd *AskCitizen) apply(c *change) error {
	if err := required("missing", cmd.Missing, "nội dung cần bổ sung"); err != nil {
		return err
	}
	switch {
	case c.actor.staff() && c.p.With1022():
		c.decided()
		if !c.p.Status.Sticky() {
			c.p.Status = AwaitingInfo
		}
		c.ask(cmd.Missing, "")
		return nil
	case c.p.Status == WithOffice && !c.actor.forUnit(): // the matter is the Office's own (Đ9.5)
		c.ask(cmd.Missing, "")
		return nil
	case !c.p.Status.WithUnit():
		return c.wrongStatus()
	}
	s, err := c.slipFor()
	if err != nil {
		return err
	}
	if c.p.asked(s.Unit) && !c.actor.staff() {
		return conflict("đơn vị đã đề nghị bổ sung phản ánh %s một lần (Đ18.1)", c.p.Code)
	}
	c.acknowledge(s)
	s.AskedCitizen = s.AskedCitizen || c.actor.forUnit() // what 1022 asks is not the unit's one question
	pauses := c.env.Policy.ClarifyPausesUnit || c.waitsForCitizen()
	c.ask(cmd.Missing, s.Unit)
	if c.p.Clarify.Pauses = pauses; pauses {
		c.pause(c.env.at())
	}
	return nil
}

func (c *change) ask(missing, unit string) {
	c.stopNamed(RungSupplement)
	c.stopNamed(RungSupplementEnd)
	round := c.round()
	c.arm(ClarifyLadder, round, 0, c.env.at())
	due := c.due(RungSupplement)
	c.p.Clarify = &Clarify{Missing: c.given(missing), At: c.env.at(), Due: due, Unit: unit}
	if c.p.With1022() { // what the Office asks is not the hour of Đ8.3
		c.p.noteAsked(c.env.at())
	}
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Classes: []Class{ClassRecorded}, Reason: "đã hỏi thêm"})
	c.entry(string(VerbClarify), "đề nghị người dân bổ sung: "+c.redact(missing))
	c.citizen("C3", ClassProgress, Rung{Round: round}, c.askVars(due)) // the rung's own C3 is the reminder
}

// noteAsked notes a question of 1022, the first since it has the petition.
func (p *Petition) noteAsked(at time.Time) {
	var since time.Time
	if lead := p.LastLead(); lead != nil {
		since = lead.EndedAt
	}
	switch {
	case p.AskedAt.IsZero():
		p.AskedAt = at
	case p.askedIn(since, time.Time{}).IsZero():
		p.AskedAgain = append(p.AskedAgain, at)
	}
}

// askedIn is when 1022 first asked the citizen in a stretch of the course, whose end may be
// zero: it goes on. Zero: it did not.
func (p *Petition) askedIn(from, to time.Time) time.Time {
	for _, at := range append([]time.Time{p.AskedAt}, p.AskedAgain...) {
		if !at.IsZero() && !at.Before(from) && (to.IsZero() || !at.After(to)) {
			return at
		}
	}
	return time.Time{}
}

func (c *change) askVars(due time.Time) map[string]string {
	if c.p.Clarify == nil {
		return nil
	}
	return map[string]string{"thieu": c.said(c.p.Clarify.Missing), "han_bs": ClockText(due)}
}

// apply adds what the citizen said. It wakes an intake that waited, tells the
// unit that asked, and brings an ended petition back under the same code.
func (cmd *Supplement) apply(c *change) error {
	if err := required("text", cmd.Text, "nội dung bổ sung"); err != nil {
		return err
	}
	if c.p.Status == Merged {
		return conflict("phản ánh %s đã gộp vào %s", c.p.Code, c.p.MergedInto)
	}
	if cmd.OpenOnly && c.p.Status.Answered() {
		return conflict("phản ánh %s đã có kết quả: hãy gửi lời nhắn, hoặc chọn bổ sung và mở lại", c.p.Code)
	}
	whole, err := c.p.supplementedBy(cmd.Text)
	if err != nil {
		return err
	}
	c.stop(OnSupplemented, -1)
	asked := c.p.Clarify
	c.p.Clarify = nil
	addition := c.redact(cmd.Text)
	c.entry(string(VerbSupplement), "người dân bổ sung thông tin", cmd.Text)
	switch {
	case c.p.With1022():
		c.p.Summary = c.env.Redact(c.p.Content+". "+addition, c.p.Citizen.own()...)
		c.supplemented(asked)
	case c.p.Status.Ended() || c.p.Status == Published:
		c.reopenTo(Received)
	case c.p.Lead() != nil && c.p.Status.WithUnit():
		c.resumePaused(asked, c.env.at())
		c.tellSupplemented(asked)
	default:
		c.supplementSeen()
	}
	c.p.Content = whole
	return nil
}

// supplementedBy is the content with what was added. An addition for which there is no room
// is refused (*Problem): cut, its end would be lost without a word.
func (p *Petition) supplementedBy(text string) (string, error) {
	before := p.Content + "\n\nBổ sung: "
	if !longer(before+text, maxContent) {
		return before + text, nil
	}
	room := maxContent - utf8.RuneCountInString(before)
	if room < 1 {
		return "", invalid("text", "nội dung phản ánh đã đủ %d ký tự, không bổ sung thêm được; hãy gọi Tổng đài 1022", maxContent)
	}
	return "", invalid("text", "phản ánh chỉ còn chỗ cho %d ký tự bổ sung: hãy rút gọn", room)
}

// supplemented gives 1022 its hour again where it had asked; an addition nobody
// asked for is a task.
func (c *change) supplemented(asked *Clarify) {
	if c.p.Status != AwaitingInfo && asked == nil {
		c.supplementSeen()
		return
	}
	if c.p.Status == AwaitingInfo {
		c.p.Status = Received
	}
	c.closeRung(TaskConfirm, RungSupplementEnd)
	c.armIntake(c.round(), c.env.Now)
}

// supplementSeen puts an addition before the people who have the petition now: an
// operator, and the Office where it leads.
func (c *change) supplementSeen() {
	c.task(TaskConfirm, Operator, time.Time{}, "Người dân bổ sung thông tin "+c.p.Code)
	if c.p.Status == WithOffice || c.p.Status == Disputed {
		c.tell(Office, nil, "V3", ClassReport, Rung{Round: c.round()}, map[string]string{"ly_do": "người dân bổ sung thông tin"})
	}
}

// tellSupplemented tells the unit that asked, otherwise the lead.
func (c *change) tellSupplemented(asked *Clarify) {
	slip := c.p.Lead()
	if asked != nil && asked.Unit != "" {
		if s := c.p.SlipOf(asked.Unit); s != nil && s.Open() {
			slip = s
		}
	}
	if slip != nil {
		c.tell(Focal, slip, "O6", ClassDecision, Rung{Round: c.round()}, nil)
	}
}

// resumePaused lets the clock run on that waited for the citizen, by the policy of when the
// citizen was asked: without a hold nothing else stands while a unit works.
func (c *change) resumePaused(asked *Clarify, at time.Time) {
	if asked != nil && asked.Unit != "" && c.p.Hold == nil && c.p.Status.WithUnit() {
		c.resume(at, 0)
	}
}

// waitsForCitizen reports whether the result clock of a unit waits for what it has
// asked the citizen, until the time to answer ends.
func (c *change) waitsForCitizen() bool {
	if c.p.Clarify == nil || !c.p.Clarify.Pauses {
		return false
	}
	s, end := c.p.SlipOf(c.p.Clarify.Unit), c.p.Rung(RungSupplementEnd)
	return s != nil && s.Open() && end != nil && end.State == Armed
}

// bound cuts a text to a number of characters.
func bound(s string, most int) string {
	if !longer(s, most) {
		return s
	}
	return string([]rune(s)[:most])
}
