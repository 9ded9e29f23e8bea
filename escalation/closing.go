package escalation

import (
	"fmt"
	"slices"
	"time"
)

// What an act closes of the hotline's list: by the task's key what it has done, and by
// kind only where it ends all that the kind can ask for.

// closeTasks closes every open task of the kinds.
func (c *change) closeTasks(kinds ...TaskKind) { c.fx.CloseTasks = append(c.fx.CloseTasks, kinds...) }

// closeTask closes the open task with these words, where there is one; one that this change was to
// open is not opened.
func (c *change) closeTask(kind TaskKind, text string) {
	key := taskKey(c.p.ID, kind, text)
	c.fx.Tasks = slices.DeleteFunc(c.fx.Tasks, func(t Task) bool { return t.Key == key })
	c.fx.CloseKeys = append(c.fx.CloseKeys, key)
}

// closeRung closes the task that a rung has opened for the petition.
func (c *change) closeRung(kind TaskKind, name RungName) {
	c.closeTask(kind, rungText(name)+" "+c.p.Code)
}

// closeDecision closes what asks for the decision on a return.
func (c *change) closeDecision() {
	c.closeTask(TaskConfirm, asksDecision+c.p.Code)
	c.closeRung(TaskConfirm, RungReturnDecision)
}

// closePromises closes what earlier promises have asked for: to agree to one, to ask after one
// that was missed.
func (c *change) closePromises() {
	c.closeAgreements()
	c.closeRung(TaskCall, RungETA)
}

// closeAgreements closes what asks to agree to promises: nobody waits for a time that was replaced.
func (c *change) closeAgreements() {
	for _, e := range c.p.ETAs {
		c.closeTask(TaskConfirm, agreeText(e.At))
	}
}

// agreeText are the words of the task to agree to a promise.
func agreeText(at time.Time) string {
	return "Giờ hẹn " + ClockText(at) + " sau hạn Quy chế: đồng ý thì hẹn lại từ tổng đài"
}

// transferBegins begins the task to give an emergency to a unit.
const transferBegins = "Chuyển phiếu khẩn "

func (c *change) transferText() string { return transferBegins + c.p.Code + " tới đơn vị" }

// callUnacknowledged opens the call about a slip that nobody has acknowledged: each slip has its own.
func (c *change) callUnacknowledged(kind TaskKind, s *Slip) {
	text := rungText(RungUnacknowledged) + " " + c.p.Code + " (" + c.smsName(s.Unit) + ")"
	c.taskAs(c.callKey(s), kind, Operator, c.env.Now, text)
}

func (c *change) callKey(s *Slip) string {
	return fmt.Sprintf("%d/%s/%d", c.p.ID, RungUnacknowledged, s.No)
}

// closeCall closes the call about the slip. A release before had one for all slips of a
// petition: it is closed when nobody is waited for.
func (c *change) closeCall(s *Slip) {
	c.fx.CloseKeys = append(c.fx.CloseKeys, c.callKey(s))
	waited := func(s Slip) bool { return s.Open() && s.AcknowledgedAt.IsZero() }
	if !slices.ContainsFunc(c.p.Slips, waited) {
		c.closeRung(TaskCall, RungUnacknowledged)
	}
}
