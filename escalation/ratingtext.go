package escalation

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// A citizen's rating by text: "DG 45705 5", or a bare "5" where one question is open.

// question is one answer that the sender is or was asked to rate.
type question struct {
	binding  Binding
	petition Petition
	by       *Petition // whose citizen the sender is, when a follower; nil: the petition's own
	vote     *Rating
	open     bool // a vote, or a change of it, is still taken
}

// code is the petition code that the sender knows.
func (q question) code() string { return q.owner().Code }

// owner is the petition whose citizen the sender is.
func (q question) owner() *Petition {
	if q.by != nil {
		return q.by
	}
	return &q.petition
}

// rate records a citizen's rating by SMS.
func (r *replyDesk) rate(ctx context.Context) (string, error) {
	asked, err := r.questions(ctx)
	if err != nil {
		return "", err
	}
	q, found := meant(asked, r.parsed.Codes)
	switch {
	case !found && len(asked) > 0:
		return "rate:unclear", r.showRating(ctx, newest(asked))
	case !found && r.known:
		return "rate:unknown", r.complain(ctx, "E2", map[string]string{"code": r.typedCode()})
	case !found:
		return r.stranger(ctx)
	case r.parsed.Problem != "":
		return "rate:" + r.parsed.Problem, r.showRating(ctx, q)
	}
	citizen := Actor{Name: "người dân", Role: CitizenRole, Channel: BySMS}
	decided, err := Apply(q.petition, r.rating(q.by), citizen, r.env)
	if refused(err) {
		return "rate:refused", r.complain(ctx, "E8", map[string]string{"ma": q.code(), "ly_do": q.late(), "xh": q.owner().Citizen.Salutation()})
	}
	if err != nil {
		return "", err
	}
	n := r.thanked(r.under(&decided, citizen), q.by)
	decided.Effects.Notices = append(decided.Effects.Notices, n)
	r.changes = append(r.changes, decided)
	return "rate", nil
}

// late is why a vote is not taken.
func (q question) late() string {
	switch {
	case !q.petition.Ratable():
		return "đang được xem xét lại"
	case q.vote != nil:
		return "đã hết thời gian sửa đánh giá"
	}
	return "đã hết thời gian đánh giá"
}

// questions lists what the sender was asked to rate as a citizen: what the text names, then
// the newest. The code of a petition that has ended since still says what is meant.
func (r *replyDesk) questions(ctx context.Context) ([]question, error) {
	const most = 20 // who reports for a whole street has more, and names the one that is meant
	bindings, err := r.tx.Bindings(ctx, r.in.From)
	if err != nil {
		return nil, err
	}
	bindings = slices.DeleteFunc(bindings, func(b Binding) bool { return b.Slip != 0 || b.Role != CitizenRole })
	if len(r.parsed.Codes) > 0 {
		code := r.parsed.Codes[0]
		slices.SortStableFunc(bindings, func(a, b Binding) int { return cmp.Compare(b.says(code), a.says(code)) })
	}
	bindings = bindings[:min(len(bindings), most)]
	var ids []int64
	for _, b := range bindings {
		ids = append(ids, b.Petition)
		if b.Citizen != 0 {
			ids = append(ids, b.Citizen)
		}
	}
	slices.Sort(ids)
	loaded, err := r.tx.Petitions(ctx, slices.Compact(ids)...) // at once, which locks them in order
	if err != nil {
		return nil, err
	}
	list := make([]question, len(bindings))
	for i, b := range bindings {
		if list[i], err = r.question(ctx, b, loaded); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// says is 1 where a citizen may mean the binding by the code, else 0.
func (b Binding) says(code string) int {
	if code == b.Code || code == b.PetCode || code == b.OwnCode {
		return 1
	}
	return 0
}

func (r *replyDesk) question(ctx context.Context, b Binding, loaded []Petition) (q question, err error) {
	of := func(id int64) *Petition {
		return &loaded[slices.IndexFunc(loaded, func(p Petition) bool { return p.ID == id })]
	}
	q = question{binding: b, petition: *of(b.Petition)}
	switch b.Citizen {
	case b.Petition:
	case 0:
		if q.by, err = r.follower(ctx, q.petition); err != nil {
			return q, err
		}
	default:
		q.by = of(b.Citizen)
	}
	q.vote = q.petition.RatingOf(q.code())
	until := q.petition.RatingUntil(q.vote, r.env.Policy)
	q.open = q.petition.Ratable() && (until.IsZero() || !r.env.at().After(until))
	return q, nil
}

// meant finds the question that a text answers: the one it names; without a code the
// only open one that has no vote yet, else the only vote that may still be changed.
func meant(asked []question, codes []string) (question, bool) {
	if len(codes) > 0 {
		return named(asked, codes[0])
	}
	for _, voted := range []bool{false, true} {
		list := ofEachOwner(asked, func(q question) bool { return q.open && (q.vote != nil) == voted })
		if len(list) > 0 {
			return list[0], len(list) == 1
		}
	}
	if over := ofEachOwner(asked, func(question) bool { return true }); len(over) == 1 {
		return over[0], true // it is said why it is not taken
	}
	return question{}, false
}

// named finds the question with the code: the reply code, the code of the sender's own
// petition, that of the petition which theirs was merged into; of two with this one none.
func named(asked []question, code string) (question, bool) {
	for _, codeOf := range []func(question) string{
		func(q question) string { return q.binding.Code }, question.code, func(q question) string { return q.binding.PetCode },
	} {
		list := ofEachOwner(asked, func(q question) bool { return codeOf(q) == code })
		if len(list) > 0 {
			return list[0], len(list) == 1
		}
	}
	return question{}, false
}

// ofEachOwner lists the questions that ok accepts, one of each petition of the sender's:
// two that were merged into one have one answer and two votes.
func ofEachOwner(asked []question, ok func(question) bool) []question {
	var list []question
	for _, q := range asked {
		if ok(q) && !slices.ContainsFunc(list, func(o question) bool { return o.owner().ID == q.owner().ID }) {
			list = append(list, q)
		}
	}
	return list
}

// newest is the question that an example is made of: one that is open, if any.
func newest(asked []question) question {
	if i := slices.IndexFunc(asked, func(q question) bool { return q.open && q.vote == nil }); i >= 0 {
		return asked[i]
	}
	return asked[0]
}

// showRating answers a citizen whose rating has no score or a wrong code.
func (r *replyDesk) showRating(ctx context.Context, q question) error {
	return r.complain(ctx, "E7", map[string]string{"ma": q.code(), "mtl": q.binding.Code})
}

// follower finds whose code it is by the number, where the code itself does not say, as
// those that an earlier version gave do not: nil is the petition's own citizen.
func (r *replyDesk) follower(ctx context.Context, p Petition) (*Petition, error) {
	if p.Citizen.Phone == r.in.From || len(p.Followers) == 0 {
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

// thanked is the confirmation of a rating, to whoever gave it. A low one without a
// reason is offered the way of Đ9.5.
func (r *replyDesk) thanked(c *change, by *Petition) Notice {
	id, vars := c.p.ID, map[string]string(nil)
	if by != nil {
		id = by.ID
		vars = map[string]string{"ma": by.Code, "link": r.env.Host + "/t/" + by.Token, "xh": by.Citizen.Salutation()}
	}
	template := "DG"
	if r.env.Policy.Low(r.parsed.Score) && strings.TrimSpace(r.parsed.Text) == "" {
		template = "DGx"
	}
	n := c.citizenNotice(id, template, ClassAnswer, Rung{}, vars)
	n.Seq = int(r.in.ID)
	return n
}
