package web

import (
	"context"
	"net/http"

	"notify1022/escalation"
)

// Preferences are the texts that citizens do not want.
type Preferences interface {
	// Unwanted is what the number does not want.
	Unwanted(ctx context.Context, phone string) (escalation.Unwanted, error)
	// Prefer records what the citizen of the petition does not want; a *escalation.Problem
	// where there is no number to text.
	Prefer(ctx context.Context, code string, unwanted escalation.Unwanted, actor escalation.Actor) error
}

// textsShown is which texts the citizen gets.
type textsShown struct{ Rows []textRow }

type textRow struct {
	Name, Words string
	Wanted      bool
}

func (a *api) textsShown(r *http.Request, p escalation.Petition) (*textsShown, error) {
	if a.Preferences == nil || !a.Numbering.Textable(p.Citizen.Phone) {
		return nil, nil
	}
	u, err := a.Preferences.Unwanted(r.Context(), p.Citizen.Phone)
	if err != nil {
		return nil, err
	}
	return &textsShown{[]textRow{
		{"progress", "Tiến độ xử lý", !u.Progress},
		{"rating", "Mời đánh giá", !u.Rating},
		{"bulk", "Thông báo chung của Tổng đài 1022", !u.Bulk},
	}}, nil
}

// chooseTexts saves which texts the citizen wants: a box that is not ticked is a wish.
func (a *api) chooseTexts(w http.ResponseWriter, r *http.Request, p escalation.Petition, f map[string]string) error {
	if a.Preferences == nil {
		return noSuch("thao tác")
	}
	unwanted := escalation.Unwanted{Progress: f["progress"] == "", Rating: f["rating"] == "", Bulk: f["bulk"] == ""}
	actor := escalation.Actor{Name: "Người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
	if err := a.Preferences.Prefer(r.Context(), p.Code, unwanted, actor); err != nil {
		return err
	}
	http.Redirect(w, r, "/t/"+p.Token+"?xong=texts", http.StatusSeeOther)
	return nil
}
