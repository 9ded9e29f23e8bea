package escalation

import (
	"context"
	"strings"
)

// Whoever made a petition that was merged into another follows that one: hears
// of it, and rates and disputes its answer. What a follower says is kept beside
// what the petition's own citizen says, never in its place.

// Followed returns the follower with the petition code, nil when there is none.
func (p *Petition) Followed(code string) *Follower {
	for i := range p.Followers {
		if code != "" && p.Followers[i].Code == code {
			return &p.Followers[i]
		}
	}
	return nil
}

// rateFor records a follower's rating. The rating ladder goes on, it asks the
// petition's own citizen; a low score with a reason is a dispute like any other.
func (c *change) rateFor(cmd *Rate) error {
	f := c.p.Followed(cmd.For)
	if f == nil {
		return notFound("for", "không có phản ánh %s gộp vào %s", short(cmd.For), c.p.Code)
	}
	f.Rating = &Rating{Score: cmd.Score, Comment: cmd.Comment, At: c.env.at()}
	c.entry(string(VerbRating), "người dân của "+f.Code+" đánh giá "+strings.Repeat("★", cmd.Score), cmd.Comment)
	if cmd.low(c.env.Policy) && c.p.Status != AnsweredDirectly {
		return c.dissatisfied(cmd.Comment)
	}
	return nil
}

// low reports a score that offers reopening, with the reason that starts it.
func (cmd *Rate) low(policy *Policy) bool {
	return cmd.Score <= policy.LowScore && strings.TrimSpace(cmd.Comment) != ""
}

// follower finds whose text it is when a citizen's code was used from another
// number than the petition's own citizen's: nil is the citizen.
func (r *replyDesk) follower(ctx context.Context, p Petition) (*Petition, error) {
	if p.Citizen.Phone == "" || p.Citizen.Phone == r.in.From || len(p.Followers) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(p.Followers))
	for i, f := range p.Followers {
		ids[i] = f.ID
	}
	children, err := r.tx.Petitions(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for i := range children {
		if children[i].Citizen.Phone == r.in.From {
			return &children[i], nil
		}
	}
	return nil, nil
}

// rating is what the text says of whom: a follower's without the follower's own
// strings, which would outlive the follower's row in another's timeline.
func (r *replyDesk) rating(by *Petition) *Rate {
	cmd := &Rate{Score: r.parsed.Score, Comment: r.parsed.Text}
	if by != nil {
		cmd.For, cmd.Comment = by.Code, r.env.Redact(cmd.Comment, by.Citizen.own()...)
	}
	return cmd
}

// thanked is the confirmation of a rating, to whoever gave it.
func (r *replyDesk) thanked(c *change, by *Petition) Notice {
	id, vars := c.p.ID, map[string]string(nil)
	if by != nil {
		id = by.ID
		vars = map[string]string{"ma": by.Code, "link": r.env.Host + "/t/" + by.Token, "xh": by.Citizen.Salutation()}
	}
	n := c.citizenNotice(id, "DG", ClassAnswer, Rung{}, vars)
	n.Seq = int(r.in.ID)
	return n
}
