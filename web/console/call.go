package console

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"notify1022/escalation"
	"notify1022/templates"
	"notify1022/web"
)

// callPart is whom to call, what to say, and what to ask.
type callPart struct {
	escalation.Citizen
	Words []callWords
	Asks  *callQuestion // nil: the call asks nothing
}

// callQuestion is the judgement of the answer that the call tells (Đ11.2).
type callQuestion struct {
	escalation.Petition         // that was answered
	For                 string  // whose judgement: the code of a petition merged into it; empty: its own citizen's
	Fields              []field // of the form
}

type callWords struct{ Template, Text string }

// namedTemplate finds the text that a call stands for in the words of its task.
var namedTemplate = regexp.MustCompile(`\((?:mẫu|tin) ([A-Z][0-9]+[a-z]*)`)

// showCall shows a petition's citizen with what the open calls are to say, and logs the look.
func (c *console) showCall(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	if v.closed(r.Petition) {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "tin tố giác chỉ trưởng ca được xem"}
	}
	open, err := c.Tasks.Tasks(v.Context(), web.TaskFilter{Kind: escalation.TaskContact, Petition: r.Petition.Code, Guarded: v.who().Locked(), Limit: maxList})
	if err != nil {
		return err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	told, err := c.answerOf(v, r.Petition)
	if err != nil {
		return err
	}
	part := callPart{Citizen: r.Petition.Citizen}
	if part.Phone != "" {
		part.Phone = "0" + trimCountry(part.Phone)
	}
	for _, t := range open.Items {
		if m := namedTemplate.FindStringSubmatch(t.Text); m != nil {
			part.Words = append(part.Words, callWords{m[1], c.wordsToSay(v, r, m[1], told, directory)})
			if asksRating(m[1]) && told.TakesRating(told.For, c.Policy(), v.now) {
				part.Asks = &told
			}
		}
	}
	if err := c.Log.Note(v.Context(), v.actor(), "look", "citizen", r.Petition.Code, "gọi người dân"); err != nil {
		return err
	}
	return v.fragment("tasks", "call", part)
}

// calledField is the hidden field of a form that is filled in during a call.
const calledField = "called"

// asksRating reports a text that invites to judge the answer.
func asksRating(template string) bool {
	return template == "C7" || template == "C8" || template == "C8n"
}

// answerOf is the petition whose answer the citizen of p is told: p, or the one that p was
// merged into.
func (c *console) answerOf(v *visit, p escalation.Petition) (callQuestion, error) {
	told := callQuestion{Petition: p, Fields: slices.DeleteFunc(ratingFields(), func(f field) bool { return f.Name == ofFollower.Name })}
	parent, err := web.Followed(v.Context(), c.Petitions, p)
	if err == nil && parent != nil && parent.Followed(p.Code) != nil {
		if v.closed(*parent) {
			return told, &escalation.Problem{Kind: escalation.NotFound, Detail: "phản ánh này được gộp vào tin tố giác, chỉ trưởng ca được xem"}
		}
		told.Petition, told.For = *parent, p.Code
	}
	return told, err
}

// answerToSay is the answer itself, and the question about it: a link is of no use by ear.
func (c *console) answerToSay(template string, to escalation.Petition, told callQuestion, directory *escalation.Directory) string {
	xh := to.Citizen.Salutation()
	words := "Tổng đài 1022 Hải Phòng xin thưa với " + xh + ": phản ánh " + to.Code + " đã được trả lời."
	if s := told.LastLead(); s != nil {
		if u, ok := directory.Unit(s.Unit); ok {
			words = "Tổng đài 1022 Hải Phòng xin thưa với " + xh + ": " + u.Name + " đã trả lời phản ánh " + to.Code + "."
		}
	}
	answer := c.viewer.Answer(told.Petition)
	if told.For != "" {
		answer = c.viewer.AnswerToOthers(told.Petition)
	}
	if answer != "" {
		words += "\nNội dung trả lời: " + answer
		if told.Result != nil && told.Result.DocumentNo != "" {
			words += strings.TrimRight("\nVăn bản số "+told.Result.DocumentNo+" "+told.Result.DocumentDate, " ")
		}
	} else if template == "C7" {
		words += "\nNội dung trả lời: …"
	}
	return words + "\n" + xh + " hài lòng với kết quả trả lời ở mức nào, từ 1 (rất không hài lòng) đến 5 (rất hài lòng)? " + xh + " có ý kiến gì thêm? Tổng đài 1022 phục vụ thế nào, cũng từ 1 đến 5?"
}

// wordsToSay is a text that did not reach the citizen, as it was sent or else as the wording
// in force has it: what the petition does not tell stays open. Of an answer it is the answer.
func (c *console) wordsToSay(v *visit, r web.Record, template string, told callQuestion, directory *escalation.Directory) string {
	if asksRating(template) {
		return c.answerToSay(template, r.Petition, told, directory)
	}
	for _, m := range slices.Backward(r.Messages) {
		if m.Template == template && m.Role == escalation.CitizenRole && m.Text != "" {
			return m.Text
		}
	}
	vars := map[string]string{}
	for name := range templates.Sample(templates.Key(template)) {
		vars[name] = "…"
	}
	fill := func(name, value string) {
		if _, ok := vars[name]; ok && value != "" {
			vars[name] = value
		}
	}
	p := r.Petition
	for name, value := range c.sampleOf(v, r) {
		fill(name, value)
	}
	fill("gio", escalation.ClockText(p.ReceivedAt))
	fill("tel", "1022")
	fill("link", c.viewer.View(v.who(), r).Link)
	if s := p.LastLead(); s != nil {
		u, _ := directory.Unit(s.Unit)
		fill("don_vi", u.SMSName)
	}
	if !p.ETA.IsZero() {
		fill("hen", escalation.ClockText(p.ETA))
	}
	if p.Rejection != nil {
		fill("ly_do", p.Rejection.Reason)
		fill("noi", p.Rejection.Guidance)
	}
	if p.Clarify != nil {
		fill("thieu", p.Clarify.Missing)
		fill("han_bs", escalation.ClockText(p.Clarify.Due))
	}
	made, err := c.Texts.Render(template, vars, true) // with its marks, to be read out
	if err != nil {
		return textProblem(err)
	}
	return made.Text
}

// ratedOnCall closes the calls to the citizen of the petition code, in one of which the
// judgement was given: what somebody else has closed meanwhile keeps its outcome.
func (c *console) ratedOnCall(v *visit, code string, rate *escalation.Rate) error {
	open, err := c.Tasks.Tasks(v.Context(), web.TaskFilter{Kind: escalation.TaskContact, Petition: code, Guarded: v.who().Locked(), Limit: maxList})
	if err != nil {
		return err
	}
	for _, t := range open.Items {
		var problem *escalation.Problem
		if _, err := c.Tasks.CompleteTask(v.Context(), t.ID, fmt.Sprintf("đã nghe máy: đánh giá %d/5", rate.Score), v.actor()); err != nil && !errors.As(err, &problem) {
			return err
		}
	}
	return nil
}
