package console

import (
	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// urgeMany shows what the heads of the chosen petitions' units would be told (N1, Đ14.1),
// and tells them when just that has been seen.
func (c *console) urgeMany(v *visit) error {
	codes, err := v.chosen()
	if err != nil {
		return err
	}
	page := batchPage{Form: v.PostForm}
	b := batch{page: "urge", title: "Đôn đốc", back: "/office", verb: "đôn đốc", typed: []string{page.Form.Get("text"), page.Form.Get("due")}}
	due, err := worktime.ParseInstant(page.Form.Get("due"))
	if err != nil {
		page.Problem = "Thời hạn trả lời không đúng."
		return v.show(422, b.page, b.title, &page)
	}
	b.cmd = &escalation.Urge{Text: page.Form.Get("text"), Due: due}
	return c.runBatch(v, b, &page, codes)
}
