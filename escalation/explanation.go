package escalation

import (
	"fmt"
	"strings"
	"time"
)

// explainDays bounds the working days that a unit may be given.
const explainDays = 30

// apply asks the unit to explain itself (N3 to its head), by the end of so many of its
// working days. While an explanation is owed, asking again moves its day.
func (cmd *AskExplanation) apply(c *change) error {
	w, err := c.askedFile(cmd.No)
	if err != nil {
		return err
	}
	if cmd.Days < 1 || cmd.Days > explainDays {
		return invalid("days", "hạn giải trình từ 1 đến %d ngày làm việc", explainDays)
	}
	if err := bounded("text", cmd.Text); err != nil {
		return err
	}
	slip, err := c.explainer(cmd.Unit, w)
	if err != nil {
		return err
	}
	c.stop(OnExplained, -1)
	round, due := c.armExplanation(slip.Unit, cmd.Days)
	e := Explanation{Ask: c.redact(strings.TrimSpace(cmd.Text)), Unit: slip.Unit, Slip: slip.No, Round: round, AskedAt: c.env.Now, AskedBy: c.actor.Name, Due: due}
	if old := w.Explanation(); old.Awaited() {
		*old = e
	} else {
		w.Explanations = append(w.Explanations, e)
	}
	c.entry(string(VerbAskExplanation), "yêu cầu "+c.smsName(e.Unit)+" giải trình trước "+ClockText(due)+colon(e.Ask))
	c.tell(Head, slip, "N3", ClassDecision, Rung{Round: round, Name: RungExplain, Ladder: ExplainLadder}, c.explainVars(e))
	return nil
}

// armExplanation starts the days that the unit is given, which are those it works. The
// rungs are of no slip: what becomes of the unit's slip does not touch them.
func (c *change) armExplanation(unit string, days int) (round int, due time.Time) {
	by := c.env.CalendarOf(unit)
	due = instant(by.AddDays(c.env.Now, days))
	spec, ok := c.env.Policy.Spec(ExplainLadder, RungExplain)
	if !ok {
		return 0, due
	}
	round = c.round()
	c.armBy(by, spec, round, 0, due, fmt.Sprintf("%dd working, named by the Office", days))
	spec, ok = c.env.Policy.Spec(ExplainLadder, RungExplainReminder)
	if at := by.Sub(due, span(c.env.Policy.WrittenReminder)); ok && at.After(c.env.Now) {
		c.armBy(by, spec, round, 0, at, c.env.Policy.WrittenReminder+" before explanation")
	}
	return round, due
}

// askedFile is the file that an explanation may be asked for: one that the Office has. Of
// a petition one explanation is owed at a time.
func (c *change) askedFile(no int) (*Written, error) {
	owed := c.p.Explaining()
	switch {
	case owed == nil:
		return c.sentFile(no)
	case no != 0 && no != c.p.FileNo(owed):
		return nil, conflict("hồ sơ số %d của %s đang chờ giải trình; yêu cầu về hồ sơ khác sau khi đơn vị trả lời", c.p.FileNo(owed), c.p.Code)
	}
	return owed, nil
}

// explainer is the slip of the unit that is to explain itself, open or not.
func (c *change) explainer(unit string, w *Written) (*Slip, error) {
	if unit == "" {
		unit = c.p.FileUnit(w)
	}
	if slip := c.p.SlipOf(unit); slip != nil {
		return slip, nil
	}
	return nil, invalid("unit", "chưa có đơn vị nào có phiếu để giải trình, hoặc đơn vị %q không có phiếu", short(unit))
}

func (c *change) explainVars(e Explanation) map[string]string {
	return map[string]string{"han": ClockText(e.Due), "don_vi": c.smsName(e.Unit)}
}

// apply takes the unit's explanation, also when its slip or the petition is over.
func (cmd *GiveExplanation) apply(c *change) error {
	w := c.p.Explaining()
	if w == nil {
		return conflict("không có yêu cầu giải trình nào về %s đang chờ trả lời", c.p.Code)
	}
	e := w.Explanation()
	if c.actor.forUnit() && c.actor.Unit != e.Unit {
		return forbidden("đơn vị này không được yêu cầu giải trình %s", c.p.Code)
	}
	if err := required("text", cmd.Text, "nội dung giải trình"); err != nil {
		return err
	}
	if letters(cmd.Text) < c.env.Policy.MinResultLetters {
		return invalid("text", "nội dung giải trình quá ngắn (ít nhất %d chữ cái)", c.env.Policy.MinResultLetters)
	}
	if err := c.checkDocument(cmd.DocumentNo, cmd.DocumentDate); err != nil {
		return err
	}
	e.Text, e.DocumentNo, e.DocumentDate = strings.TrimSpace(cmd.Text), cmd.DocumentNo, cmd.DocumentDate
	e.By, e.Channel, e.At = c.actor.Name, c.actor.Channel, c.env.at()
	e.Late = e.At.After(e.Due)
	c.stop(OnExplained, -1)
	c.fx.CloseTasks = append(c.fx.CloseTasks, TaskExplain)
	if s := c.p.Slip(e.Slip); s == nil || !s.Open() {
		c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Slip: e.Slip, Reason: "explained"})
	}
	words := c.smsName(e.Unit) + " giải trình"
	if document := DocumentText(e.DocumentNo, e.DocumentDate); document != "" {
		words += ", văn bản " + document
	}
	if e.Late {
		words += ", quá hạn"
	}
	c.entry(string(VerbExplanation), words, e.Text)
	return nil
}
