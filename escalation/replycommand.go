package escalation

import (
	"context"
	"errors"
	"time"

	"notify1022/escalation/reply"
)

// command carries one command out on the sender's slip and adds the answer to
// the same transaction.
func (r *replyDesk) command(ctx context.Context, b Binding, p Petition) (string, error) {
	slip := p.Slip(b.Slip)
	if slip == nil || !slip.Open() {
		return r.over(ctx, b, p)
	}
	actor := Actor{Name: r.sender.Name, Role: b.Role, Channel: BySMS, Unit: slip.Unit, Contact: r.sender.ID}
	switch r.parsed.Problem {
	case reply.ProblemMissingTime, reply.ProblemBadTime, reply.ProblemPast:
		return string(r.parsed.Command) + ":" + r.parsed.Problem, r.complainAbout(ctx, "E5", p, b)
	case reply.ProblemMissingReason:
		return "return:missing_reason", r.complainAbout(ctx, "E3", p, b)
	}
	if r.parsed.Problem == reply.ProblemUnknown {
		return r.keep(b, p, actor, "Tin nhắn của "+actor.Name+" về "+p.Code, "tin nhắn của đơn vị")
	}
	besides := r.besides()
	if again := r.sameAgain(p, slip, b.Role); !again.IsZero() && besides == "" {
		next := p.clone()
		c := &change{p: &next, env: r.env, actor: actor}
		slip = next.Slip(slip.No)
		c.takes(slip) // a call was noted before, say
		if news := r.news(p); news != "" {
			c.entry(string(VerbProgress), c.redact(news))
		}
		r.answerWith(c, slip, "A7", map[string]string{"gio": ClockText(again)})
		r.changes = append(r.changes, c.done(p))
		return "again", nil
	}
	cmd, template := r.translate(slip)
	if cmd == nil {
		return r.statusOf(p, slip, actor)
	}
	decided, err := Apply(p, cmd, actor, r.env)
	if refused(err) {
		return r.refusal(ctx, err, b, p, slip, actor, cmd)
	}
	if err != nil {
		return "", err
	}
	c := r.under(&decided, actor)
	r.afterwards(c, cmd, besides)
	if besides == reply.ETA {
		template = "E5" // acknowledged, but when it promises is not clear
	}
	r.answerWith(c, c.p.Slip(slip.No), r.templateFor(template, c), map[string]string{"mtl": b.Code})
	decided.Effects.Notices = append(decided.Effects.Notices, c.fx.Notices...)
	decided.Effects.Tasks = append(decided.Effects.Tasks, c.fx.Tasks...)
	r.changes = append(r.changes, decided)
	return string(r.parsed.Command), nil
}

// translate turns the words into the desk's command and the text that confirms it.
// A co-operating unit promises the citizen nothing: its HEN is a note.
func (r *replyDesk) translate(slip *Slip) (Command, string) {
	text := r.parsed.Text
	switch r.parsed.Command {
	case reply.Ack:
		return &Acknowledge{Note: text}, "A1"
	case reply.ETA:
		if !slip.Lead {
			return &Progress{Text: bound(r.in.Text, maxText)}, "A6"
		}
		return &PromiseTime{At: r.parsed.AtTime(), Reason: text}, "A2"
	case reply.Done:
		if letters(text) < r.env.Policy.MinResultLetters {
			return &Progress{Text: text, BareDone: true}, "A3x"
		}
		return &GiveResult{Text: text}, "A3"
	case reply.Return:
		return &AskReturn{Reason: text}, "A4"
	case reply.Ask:
		if text == "" {
			return &Progress{Text: "hỏi thêm (chưa nêu câu hỏi)"}, "A6"
		}
		return &AskCitizen{Missing: text}, "A5"
	case reply.Connect:
		return &Progress{Text: "đề nghị nối máy với người dân" + colon(text)}, "A6"
	case reply.Status:
		return nil, "TT"
	}
	if text == "" {
		text = r.in.Text
	}
	return &Progress{Text: bound(text, maxText), Negated: r.parsed.Problem == reply.ProblemNegated}, "A6"
}

// templateFor: a promise beyond the limit is confirmed in other words.
func (r *replyDesk) templateFor(template string, c *change) string {
	if template == "A2" && len(c.p.ETAs) > 0 && !c.p.ETAs[len(c.p.ETAs)-1].Agreed {
		return "A2x"
	}
	return template
}

// afterwards puts what a person must see on the operators' list.
func (r *replyDesk) afterwards(c *change, cmd Command, besides reply.Command) {
	note, ok := cmd.(*Progress)
	switch {
	case besides != "":
		c.task(TaskConfirm, Operator, c.env.Now, "Tin nhắn của "+c.actor.Name+" về "+c.p.Code)
	case !ok || note.BareDone:
	case r.parsed.Command == reply.Connect:
		c.task(TaskCall, Operator, c.env.Now, "Nối máy người dân cho "+c.actor.Name+" ("+c.p.Code+")")
	default:
		c.task(TaskConfirm, Operator, c.env.Now, "Tin nhắn của "+c.actor.Name+" về "+c.p.Code)
	}
}

// sameAgain is the time of the same act before, zero when this is a new one:
// repeating changes nothing and is answered with the original time.
func (r *replyDesk) sameAgain(p Petition, s *Slip, role Role) time.Time {
	switch r.parsed.Command {
	case reply.Ack:
		if role == Head {
			return s.HeadAcknowledgedAt
		}
		return s.AcknowledgedAt
	case reply.ETA:
		if n := len(p.ETAs); n > 0 && s.Lead && p.ETAs[n-1].At.Equal(r.parsed.AtTime()) {
			return p.ETAs[n-1].GivenAt
		}
	case reply.Done:
		if p.Result != nil && (p.Result.Text == r.parsed.Text || letters(r.parsed.Text) < r.env.Policy.MinResultLetters) {
			return p.Result.At
		}
		if !s.Lead && s.Opinion == r.parsed.Text {
			return s.OpinionAt
		}
	case reply.Return:
		if p.Return != nil && p.Return.Slip == s.No {
			return p.Return.At
		}
	}
	return time.Time{}
}

// refusal answers a command that the desk refused: the right syntax where the
// text was at fault, otherwise a person deals with it.
func (r *replyDesk) refusal(ctx context.Context, why error, b Binding, p Petition, s *Slip, actor Actor, cmd Command) (string, error) {
	template := "A6"
	switch at := faultOf(why); {
	case cmd.Verb() == VerbClarify && p.asked(s.Unit):
		template = "A5x"
	case cmd.Verb() == VerbETA && at == "at":
		return "eta:refused", r.complainAbout(ctx, "E5", p, b)
	case cmd.Verb() == VerbReturn && at != "":
		return "return:refused", r.complainAbout(ctx, "E3", p, b)
	}
	c := &change{p: &p, env: r.env, actor: actor}
	if template == "A6" {
		c.entry(string(VerbProgress), "tin nhắn của đơn vị", r.in.Text)
		c.task(TaskConfirm, Operator, c.env.Now, "Tin nhắn của "+actor.Name+" về "+p.Code)
	}
	r.answerWith(c, s, template, nil)
	decided := c.done(p)
	r.changes = append(r.changes, decided)
	return string(cmd.Verb()) + ":refused", nil
}

// faultOf is the field that a refusal blames, empty when it blames none.
func faultOf(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Field
	}
	return ""
}

// statusOf answers TT.
func (r *replyDesk) statusOf(p Petition, s *Slip, actor Actor) (string, error) {
	c := &change{p: &p, env: r.env, actor: actor}
	r.answerWith(c, s, "TT", map[string]string{"trang_thai": p.Status.Label()})
	r.changes = append(r.changes, c.done(p))
	return "status", nil
}

// answerWith queues the answer to the sender about the slip.
func (r *replyDesk) answerWith(c *change, s *Slip, template string, vars map[string]string) {
	all := map[string]string{"gio": ClockText(r.env.at())}
	if s != nil {
		u, _ := r.env.Directory.Unit(s.Unit)
		all["don_vi"] = u.SMSName
	}
	for k, v := range vars {
		all[k] = v
	}
	before := len(c.fx.Notices)
	c.tellContact(r.sender, c.actor.Role, s, template, ClassAnswer, Rung{}, 1, all)
	for i := before; i < len(c.fx.Notices); i++ {
		c.fx.Notices[i].Seq = int(r.in.ID)
	}
}

// complainAbout is complain with the petition and code it is about.
func (r *replyDesk) complainAbout(ctx context.Context, template string, p Petition, b Binding) error {
	return r.complain(ctx, template, map[string]string{"ma": p.Code, "mtl": b.Code})
}
