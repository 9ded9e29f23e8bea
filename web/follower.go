package web

import (
	"context"
	"errors"
	"net/http"

	"notify1022/escalation"
)

// A citizen whose petition was merged into another follows that one (DESIGN
// "merged"): the page under the citizen's own link tells how the other stands,
// what was answered, and takes the rating and the dispute. Of the other petition
// it shows neither content nor anybody's data.

func (a *api) followed(r *http.Request, p escalation.Petition) (*escalation.Petition, error) {
	return Followed(r.Context(), a.Petitions, p)
}

// Followed finds the petition that a merged one follows, nil when it is not merged or the
// other is no more.
func Followed(ctx context.Context, petitions Petitions, p escalation.Petition) (*escalation.Petition, error) {
	if p.Status != escalation.Merged {
		return nil, nil
	}
	into := p.MergedInto
	for range escalation.MostMerges {
		record, err := petitions.PetitionByCode(ctx, into)
		var problem *escalation.Problem
		switch {
		case errors.As(err, &problem) && problem.Kind == escalation.NotFound:
			return nil, nil
		case err != nil:
			return nil, err
		case record.Petition.Status != escalation.Merged:
			return &record.Petition, nil
		}
		into = record.Petition.MergedInto
	}
	return nil, nil
}

// followedPage is the citizen's page, of a merged petition with what the citizen
// follows.
func (a *api) followedPage(r *http.Request, record Record) (citizenPage, error) {
	page, err := a.citizenPage(r, record)
	if err != nil {
		return citizenPage{}, err
	}
	parent, err := a.followed(r, record.Petition)
	if err != nil || parent == nil {
		return page, err
	}
	directory, err := a.Directory.Directory(r.Context())
	if err != nil {
		return citizenPage{}, err
	}
	page.Sentence += " " + followerSentence(*parent, directory)
	if page.Answer = answerFor(*parent); page.Answer != nil {
		page.Answer.Text = a.answerToOthers(page.Answer.Text, *parent)
	}
	page.Missing, page.CanDispute = "", disputable(parent.Status)
	page.CanNote = parent.Status.Answered()
	if parent.Followed(record.Petition.Code) == nil {
		return page, nil
	}
	page.Rating, err = a.ratingShown(r, *parent, record.Petition.Code)
	return page, err
}

// followerSentence says how a petition stands to somebody who did not make it.
func followerSentence(p escalation.Petition, d *escalation.Directory) string {
	switch p.Status {
	case escalation.AwaitingInfo:
		return "Tổng đài 1022 đang chờ bổ sung thông tin" + before(p, escalation.RungSupplement) + "."
	case escalation.Rejected:
		return "Tổng đài 1022 không tiếp nhận phản ánh này."
	case escalation.Withdrawn:
		return "Phản ánh này đã được rút."
	}
	return sentence(p, d)
}

// answerToOthers is an answer as those read it who follow: it has lost its citizen's data,
// and of what is secret all that the redactor takes.
func (a *api) answerToOthers(text string, parent escalation.Petition) string {
	if parent.Confidential {
		return a.redactFor(text, parent.Citizen)
	}
	return text
}

// redactFor takes one citizen's data out of what another may read, the address too.
func (a *api) redactFor(text string, c escalation.Citizen) string {
	return a.Redact(text, c.Name, c.Phone, c.Email, c.Address)
}

// followerCommand is a follower's act upon the petition that is followed; nil:
// not one of those. The words lose what is the follower's own, because they are
// kept with somebody else's petition and not erased with the follower's.
func (a *api) followerCommand(act string, parent, child escalation.Petition, f map[string]string) escalation.Command {
	words := func(name string) string { return a.redactFor(f[name], child.Citizen) }
	switch cmd := commandOf(act, parent, f).(type) {
	case *escalation.Rate:
		cmd.For, cmd.Comment = child.Code, words("comment")
		return cmd
	case *escalation.OpenDispute:
		cmd.Reason = words("reason")
		return cmd
	case *escalation.LeaveNote:
		cmd.Text = words("text")
		return cmd
	case *escalation.Reopen:
		cmd.Reason = words("reason")
		return cmd
	}
	return nil
}
