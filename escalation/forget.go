package escalation

import (
	"context"
	"time"
)

// What becomes of a petition's words when its citizen is forgotten (Luật 91/2025/QH15).
// What is counted stays: dates, units, statuses, deadlines, scores; and the timeline,
// whose lines name nobody and whose chain covers only digests of what is erased.

// Forgetting says how much of a petition goes.
type Forgetting string

// The two ways, the first part of the second.
const (
	ForgetCitizen  Forgetting = "citizen"  // who made it: the words stay without personal data
	ForgetDocument Forgetting = "document" // all that anybody wrote
)

// actionForget is an erasure in the timeline.
const actionForget = "erase"

// Held says why nothing of the petition may be erased yet, empty when it may: what is
// not ended is still needed, by the citizen first of all, and what a unit has to explain
// by that unit.
func (p *Petition) Held() string {
	if !p.Status.Ended() {
		return "phản ánh đang được xử lý"
	}
	if p.Explaining() != nil {
		return "đơn vị đang phải giải trình (Đ9.6)"
	}
	return ""
}

// HeldForCitizen says why the petition's citizen is not erased at their own wish: as
// Held says, and a denunciation, which the law keeps. Empty: they may be.
func (p *Petition) HeldForCitizen() string {
	if p.Denunciation {
		return "tin tố giác: giữ theo quy định của pháp luật"
	}
	return p.Held()
}

// Forget takes the citizen, or everybody's words, out of a petition that has ended and
// notes why. The citizen's own row, texts and files are the store's to erase afterwards,
// in this order: without the row nobody knows what to look for in the words. A petition
// that is held is a *Problem of kind WrongTime. Forgetting twice changes nothing more.
func (d *Desk) Forget(ctx context.Context, petition int64, how Forgetting, why string, actor Actor) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		loaded, err := tx.Petitions(ctx, petition)
		if err != nil {
			return err
		}
		change, err := forget(loaded[0], how, why, actor, env)
		if err != nil {
			return err
		}
		unsaid, err := unsay(ctx, tx, loaded[0])
		if err != nil {
			return err
		}
		return tx.Save(ctx, append(unsaid, change))
	})
}

// unsay takes what the citizen of a merged petition said of the one it was merged into out
// of that, and of what that was merged into.
func unsay(ctx context.Context, tx Tx, p Petition) (changes []Change, err error) {
	into := p.MergedInto
	for n := 0; into != "" && n < MostMerges; n++ {
		id, err := tx.PetitionID(ctx, into)
		if err != nil {
			return nil, err
		}
		loaded, err := tx.Petitions(ctx, id)
		if err != nil {
			return nil, err
		}
		next := loaded[0].clone()
		into = next.MergedInto
		if next.unsay(p.Code) {
			next.Version++
			changes = append(changes, Change{Before: loaded[0].Version, Petition: next})
		}
	}
	return changes, nil
}

func forget(p Petition, how Forgetting, why string, actor Actor, env Env) (Change, error) {
	if held := p.Held(); held != "" {
		return Change{}, conflict("%s chưa xóa được: %s", p.Code, held)
	}
	next := p.clone()
	c := &change{p: &next, env: env, actor: actor}
	next.datesWords()
	said := "đã xóa dữ liệu cá nhân của người dân"
	switch how {
	case ForgetDocument:
		said = "đã xóa nội dung hồ sơ và dữ liệu cá nhân của người dân"
		next.eachWord(func(string) string { return "" })
		next.Area = c.redact(next.Area)
	default:
		next.eachWord(c.redact)
		next.Area = c.redact(next.Area)
	}
	c.entry(actionForget, said+colon(why))
	c.fx.Facts = c.newFacts(p) // the area is in them
	c.seal()                   // no settle: the policy that judged the petition stays the one it names
	next.Version = p.Version + 1
	c.fx.Commended = c.newCommended(p)
	return Change{Before: p.Version, Petition: next, Effects: c.fx}, nil
}

// datesWords notes by instants what the words of an old document alone tell, before they
// go: that a result was sent back, and that one was published. Nothing lay anywhere in between.
func (p *Petition) datesWords() {
	for i := range p.Results {
		if r := &p.Results[i]; r.wasSentBack() && r.SentBackAt.IsZero() {
			r.SentBackAt = r.At
		}
	}
	if p.Published == "" || !p.PublishedAt.IsZero() || p.Result == nil {
		return
	}
	p.PublishedAt = p.Result.At
	if lead := p.LastLead(); lead != nil && lead.EndedFor == "result" {
		p.PublishedAt = lead.EndedAt
	}
}

// eachWord puts every text that somebody wrote through fn. Times, units, codes, scores
// and the fixed words of statuses are none.
func (p *Petition) eachWord(fn func(string) string) {
	on := func(texts ...*string) {
		for _, t := range texts {
			if *t != "" {
				*t = fn(*t)
			}
		}
	}
	on(&p.Content, &p.Summary, &p.Answer, &p.Published, &p.PublicContent, &p.PublicArea)
	for i := range p.Slips {
		on(&p.Slips[i].Note, &p.Slips[i].Opinion)
	}
	for i := range p.ETAs {
		on(&p.ETAs[i].Reason)
	}
	for i := range p.Commendations {
		on(&p.Commendations[i].Reason)
	}
	if p.Result != nil {
		p.Result.eachWord(on)
	}
	for i := range p.Results {
		p.Results[i].eachWord(on)
	}
	if p.Rejection != nil {
		on(&p.Rejection.Reason, &p.Rejection.Guidance)
	}
	if p.Emergency != nil {
		on(&p.Emergency.To, &p.Emergency.Outcome)
	}
	if p.Return != nil {
		on(&p.Return.Reason)
	}
	for i := range p.ReturnsWaiting {
		on(&p.ReturnsWaiting[i].Reason)
	}
	if p.Clarify != nil {
		on(&p.Clarify.Missing)
	}
	if p.Hold != nil {
		on(&p.Hold.Reason)
	}
	if p.Dispute != nil {
		on(&p.Dispute.Reason)
	}
	for _, w := range p.Files() {
		on(&w.Reason)
		for i := range w.Explanations {
			on(&w.Explanations[i].Ask, &w.Explanations[i].Text)
		}
	}
	for i := range p.Directives {
		on(&p.Directives[i].Leader, &p.Directives[i].Text)
	}
	p.eachComment(on)
}

func (r *Result) eachWord(on func(...*string)) {
	on(&r.Text, &r.CitizenAnswered, &r.SentBack) // the document's number and address are no words
}

// eachComment visits the votes; those of followers are behind pointers that the petition
// shares with the one before.
func (p *Petition) eachComment(on func(...*string)) {
	if p.Rating != nil {
		on(&p.Rating.Comment)
	}
	for i := range p.Ratings {
		on(&p.Ratings[i].Comment)
	}
	for i := range p.Followers {
		if f := &p.Followers[i]; f.Rating != nil {
			f.Rating = copyOf(f.Rating)
			on(&f.Rating.Comment)
		}
	}
}
