package escalation

import (
	"slices"
	"strings"
	"time"
)

// The citizen's judgement (Đ11.2): one vote of each citizen on each answer, which may
// be changed for a while. A new answer is a new question.

// Rating is the citizen's judgement of an answer.
type Rating struct {
	Score   int       `json:"score"` // 1…5, of the answer: the unit's, where a unit gave it
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`                // of the last change
	FirstAt time.Time `json:"first_at,omitzero"` // of the vote itself; zero: At
	Service int       `json:"service,omitempty"` // 1…5, of Tổng đài 1022 itself; 0: not given. No unit's satisfaction counts it
	Praised bool      `json:"praised,omitempty"` // its words went to the officer and the head
	Of      string    `json:"of,omitempty"`      // among earlier ones: the code of the follower who gave it; empty: the citizen
}

// first is when the vote was given.
func (r *Rating) first() time.Time {
	if r.FirstAt.IsZero() {
		return r.At
	}
	return r.FirstAt
}

// apply records the citizen's rating (Đ11.2). A low score only offers reopening; a
// stated reason starts it (Đ9.5).
func (cmd *Rate) apply(c *change) error {
	if cmd.Score < 1 || cmd.Score > 5 {
		return invalid("score", "điểm đánh giá phải từ 1 đến 5")
	}
	if cmd.Service < 0 || cmd.Service > 5 {
		return invalid("service", "điểm đánh giá Tổng đài 1022 phải từ 1 đến 5")
	}
	if err := bounded("comment", cmd.Comment); err != nil {
		return err
	}
	vote := &c.p.Rating
	who := ""
	if cmd.For != "" {
		f := c.p.Followed(cmd.For)
		if f == nil {
			return notFound("for", "không có phản ánh %s gộp vào %s", short(cmd.For), c.p.Code)
		}
		vote, who = &f.Rating, FollowersLine(f.Code)
	}
	if err := c.mayRate(*vote); err != nil {
		return err
	}
	c.vote(vote, cmd)
	c.entry(string(VerbRating), who+"đánh giá "+cmd.stars(), cmd.Comment)
	c.answeredRating(cmd.For)
	c.praise(*vote, cmd.For)
	if !cmd.low(c.env.Policy) {
		return nil
	}
	if c.p.Status == AnsweredDirectly { // 1022's own answer: 1022 looks at it again
		return (&Reopen{Reason: cmd.Comment}).apply(c)
	}
	return c.dissatisfied(cmd.Comment)
}

// vote writes the vote over the one before. The score for 1022 stays where the new vote
// says nothing of it, as a text never does; the words stay with their score.
func (c *change) vote(vote **Rating, cmd *Rate) {
	next := Rating{Score: cmd.Score, Comment: cmd.Comment, At: c.env.at(), Service: cmd.Service}
	if before := *vote; before != nil {
		next.FirstAt, next.Praised = before.first(), before.Praised
		if next.Service == 0 {
			next.Service = before.Service
		}
		if next.Comment == "" && next.Score == before.Score {
			next.Comment = before.Comment
		}
	}
	*vote = &next
}

// stars are the scores for the timeline.
func (cmd *Rate) stars() string {
	text := strings.Repeat("★", cmd.Score)
	if cmd.Service > 0 {
		text += ", Tổng đài 1022 " + strings.Repeat("★", cmd.Service)
	}
	return text
}

// low reports a score that offers reopening, with the reason that starts it.
func (cmd *Rate) low(policy *Policy) bool {
	return policy.Low(cmd.Score) && strings.TrimSpace(cmd.Comment) != ""
}

// Low reports a score that offers reopening (Đ9.5).
func (p *Policy) Low(score int) bool { return score > 0 && score <= p.LowScore }

// mayRate refuses what comes too early, or too late for a first vote or for a change.
func (c *change) mayRate(before *Rating) error {
	switch until := c.p.RatingUntil(before, c.env.Policy); {
	case !c.p.Ratable():
		return c.wrongStatus()
	case until.IsZero() || !c.env.at().After(until):
		return nil
	case before != nil:
		return conflict("đánh giá phản ánh %s đã ghi nhận lúc %s, thời gian sửa đã hết lúc %s", c.p.Code, ClockText(before.first()), ClockText(until))
	}
	return conflict("đã hết thời gian đánh giá phản ánh %s", c.p.Code)
}

// Ratable reports whether there is an answer to rate.
func (p *Petition) Ratable() bool {
	return p.Status == Published || p.Status == AnsweredDirectly || p.Status == Closed
}

// RatingUntil is until when the vote may be changed, or, where there is none yet, until
// when one is taken; zero: no end is set, since the petition has not ended.
func (p *Petition) RatingUntil(vote *Rating, policy *Policy) time.Time {
	switch {
	case vote != nil:
		return vote.first().Add(span(policy.RatingEdit))
	case p.ClosedAt.IsZero():
		return time.Time{}
	}
	return p.ClosedAt.Add(span(policy.RatingGrace))
}

// TakesRating reports whether the vote of the citizen of the petition code, empty for the
// petition's own, may be given or changed now.
func (p *Petition) TakesRating(code string, policy *Policy, now time.Time) bool {
	until := p.RatingUntil(p.RatingOf(code), policy)
	return p.Ratable() && (until.IsZero() || !now.After(until))
}

// RatingOf is the vote of the citizen of the petition code, of a follower's too; nil:
// none.
func (p *Petition) RatingOf(code string) *Rating {
	if f := p.Followed(code); f != nil {
		return f.Rating
	}
	return p.Rating
}

// answeredRating ends the question to whoever has voted; the ladder goes on asking as
// long as anybody has not.
func (c *change) answeredRating(code string) {
	id := c.p.ID
	if f := c.p.Followed(code); f != nil {
		id = f.ID
	}
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Classes: []Class{ClassRating}, CitizenOf: id, Reason: "đã đánh giá"})
	if c.p.Rating != nil && !slices.ContainsFunc(c.p.Followers, func(f Follower) bool { return f.Rating == nil }) {
		c.stop(OnRated, -1)
	}
}

// askAnew puts the votes on an earlier answer aside: there is a new one to judge.
func (c *change) askAnew() {
	if c.p.Rating != nil {
		c.p.Ratings, c.p.Rating = append(c.p.Ratings, *c.p.Rating), nil
	}
	for i := range c.p.Followers {
		if f := &c.p.Followers[i]; f.Rating != nil {
			old := *f.Rating
			old.Of = f.Code
			c.p.Ratings, f.Rating = append(c.p.Ratings, old), nil
		}
	}
}

// askLater queues the question about 1022's own answer (C8), which no ladder asks: the
// petition is at rest. It waits for daytime and is dropped by the vote.
func (c *change) askLater() {
	spec, ok := c.env.Policy.Spec(RatingLadder, RungRatingAsk)
	if !ok {
		return
	}
	o, _ := parseOffset(spec.After)
	rung := Rung{Round: c.round(), Name: RungRatingAsk, Ladder: RatingLadder}
	before := len(c.fx.Notices)
	for _, n := range spec.Notify {
		if n.To == CitizenRole {
			c.notifyCitizen(n.Template, rung)
		}
	}
	for i := before; i < len(c.fx.Notices); i++ {
		n := &c.fx.Notices[i]
		n.NotBefore = o.due(c.env.Now, spec.Clock, c.env.CalendarOf(""))
		n.NotBefore = c.env.Policy.Held(*n)
	}
}

// praise passes a citizen's kind words on to the officer and the head of the unit that
// answered (O8), once and in daytime. Nothing of what is confidential goes.
func (c *change) praise(vote *Rating, code string) {
	const least = 3 // letters: "tốt"
	words := strings.TrimSpace(c.redact(vote.Comment))
	if vote.Score < 5 {
		c.suppress("đánh giá đã sửa", 0, ClassPraise)
	}
	if vote.Score < 5 || vote.Praised || letters(words) < least || c.p.Confidential || c.p.Denunciation || c.p.Result == nil {
		return
	}
	slip := c.p.SlipOf(c.p.Result.Unit)
	if slip == nil {
		return
	}
	vote.Praised = true
	rung := Rung{Round: slip.Round, Name: RungName(strings.TrimSuffix("praise/"+code, "/"))}
	told := int64(0)
	for _, role := range []Role{Focal, Head} {
		contact, byEmail, ok := c.duty(role, slip)
		if !ok || contact.ID == told {
			continue // it is no duty: nobody is called for it
		}
		told = contact.ID
		before := len(c.fx.Notices)
		c.tellContact(contact, role, slip, "O8", ClassPraise, rung, 1, map[string]string{"noi_dung": words})
		c.fx.Notices[before].To.ByEmail = byEmail
	}
}
