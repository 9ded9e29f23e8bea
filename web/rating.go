package web

import (
	"net/http"
	"time"

	"notify1022/escalation"
)

// ratingShown is the citizen's own vote on the page, and whether one is taken.
type ratingShown struct {
	Can            bool
	Score, Service int       // 0: none
	Until          time.Time // until when the vote may be changed; zero: there is none
	Rows           []ratingRow
}

// ratingRow is one question of the form: the answer, and Tổng đài 1022 itself.
type ratingRow struct {
	Name, Question string
	Chosen         int
	Required       bool
	Scores         []Score
}

// Score is a mark that may be given, in words.
type Score struct {
	Value int
	Words string
}

// ratingShown shows the vote of the citizen of the petition code, empty for the
// petition's own.
func (a *api) ratingShown(r *http.Request, p escalation.Petition, code string) (ratingShown, error) {
	now, err := a.Now(r.Context())
	if err != nil {
		return ratingShown{}, err
	}
	var shown ratingShown
	vote := p.RatingOf(code)
	until := p.RatingUntil(vote, a.Policy())
	if vote != nil {
		shown.Score, shown.Service, shown.Until = vote.Score, vote.Service, until
	}
	shown.Can = p.TakesRating(code, a.Policy(), now)
	shown.Rows = []ratingRow{
		{"score", "Ông/Bà có hài lòng với kết quả trả lời không?", shown.Score, true, Scores()},
		{"service", "Tổng đài 1022 phục vụ thế nào? (không bắt buộc)", shown.Service, false, Scores()},
	}
	return shown, nil
}

// Scores are the marks, the best first.
func Scores() []Score {
	return []Score{{5, "rất hài lòng"}, {4, "hài lòng"}, {3, "bình thường"}, {2, "chưa hài lòng"}, {1, "rất không hài lòng"}}
}
