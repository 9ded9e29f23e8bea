package escalation

import (
	"slices"
	"strings"
	"testing"
)

// merged brings two petitions of different citizens into one, and more where their
// numbers are named, and publishes its answer. The story is about the parent; it returns
// the last child's code.
func (w *town) merged(more ...int) (child string) {
	w.Helper()
	parent := w.forwarded("XD").Code
	for _, number := range append([]int{502}, more...) {
		in := lamp()
		in.Citizen = CitizenIntake{Name: "Ngô Văn Hàng Xóm", Phone: phone(number)[3:]}
		child = w.accept(in).Code
		w.do(operator, &Merge{Into: parent})
	}
	w.code = parent
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	return child
}

func TestAFollowersRatingStandsBesideTheCitizensOwn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	child := w.merged()
	w.do(citizen, &Rate{Score: 5})
	w.do(citizen, &Rate{Score: 3, Comment: "hơi chậm", For: child})
	p := w.petition()
	if p.Rating.Score != 5 || p.Followed(child).Rating.Score != 3 {
		t.Errorf("the citizen rated %+v, the follower %+v", p.Rating, p.Followed(child).Rating)
	}
	w.wantEntry("rating", child)
	w.refuse(citizen, &Rate{Score: 3, For: "HP260309-9999"}, NotFound, "for")
	w.refuse(citizen, &Rate{Score: 6, For: child}, Invalid, "score")
	w.do(citizen, &Rate{Score: 1, Comment: "đèn vẫn tắt", For: child})
	w.wantStatus(Disputed)
}

func TestAFollowersRatingByTextIsTheFollowers(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	child := w.merged()
	w.to("2026-03-12 08:00") // Thursday: C8n to both
	w.answered(501, "DG {mtl} 5", "DG")
	sent := w.answered(502, "DG {mtl} 2", "DGx")
	p := w.petition()
	if p.Rating == nil || p.Rating.Score != 5 {
		t.Errorf("the citizen's own rating is %+v", p.Rating)
	}
	if f := p.Followed(child); f.Rating == nil || f.Rating.Score != 2 {
		t.Errorf("the follower's rating is %+v", f.Rating)
	}
	if to := sent[0].Notice.To.Citizen; to == p.ID {
		t.Errorf("the follower's confirmation went to citizen %d", to)
	}
}

func TestACodeOfBeforeIsTheFollowersByItsNumber(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	child := w.merged()
	w.to("2026-03-12 08:00") // Thursday
	for _, b := range w.bindings {
		b.Citizen = 0
	}
	w.answered(501, "DG {mtl} 5", "DG")
	w.answered(502, "DG {mtl} 2", "DGx")
	if p := w.petition(); p.Rating == nil || p.Rating.Score != 5 || p.Followed(child).Rating == nil || p.Followed(child).Rating.Score != 2 {
		t.Errorf("the citizen rated %+v, the follower %+v", p.Rating, p.Followed(child).Rating)
	}
}

func TestTwoMergedPetitionsOfOneNumberAreTwoVotes(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	w.merged(502)
	w.to("2026-03-12 08:00") // Thursday: a C8n for each
	p := w.petition()
	code := func(f Follower) string {
		return w.bindings[slices.IndexFunc(w.bindings, func(b *Binding) bool { return b.Citizen == f.ID })].Code
	}
	first, second := code(p.Followers[0]), code(p.Followers[1])
	if first == second {
		t.Fatalf("both are asked with the code %s", first)
	}
	w.answered(502, "DG "+first+" 2", "DGx")
	w.answered(502, "DG "+second+" 4", "DG")
	if p = w.petition(); p.Followers[0].Rating == nil || p.Followers[0].Rating.Score != 2 || p.Followers[1].Rating == nil || p.Followers[1].Rating.Score != 4 {
		t.Errorf("the followers rated %+v and %+v", p.Followers[0].Rating, p.Followers[1].Rating)
	}
}

// The parent and what was merged into it are one number's, and each is asked about.
func TestAVoteThatNamesAPetitionIsThatOnes(t *testing.T) {
	for _, order := range [][]string{{"own", "follower"}, {"follower", "own"}} {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
		child := w.merged(501)
		w.to("2026-03-12 08:00") // Thursday
		for _, which := range order {
			words := map[string]string{"own": "DG " + w.code + " 5", "follower": "DG " + child + " 2"}[which]
			w.answered(501, words, map[string]string{"own": "DG", "follower": "DGx"}[which])
		}
		p := w.petition()
		if f := p.Followed(child); p.Rating == nil || p.Rating.Score != 5 || f.Rating == nil || f.Rating.Score != 2 {
			t.Errorf("%v: the citizen rated %+v, the follower %+v", order, p.Rating, f.Rating)
		}
	}
}

func TestABareScoreForTwoThatWereMergedIsAskedBack(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	child := w.merged(501)
	w.to("2026-03-12 08:00") // Thursday
	back := w.answered(501, "5", "E7")
	if len(back) == 1 && !strings.Contains(back[0].text, "soan DG ") {
		t.Error(back[0].text)
	}
	if p := w.petition(); p.Rating != nil || p.Followed(child).Rating != nil {
		t.Errorf("the citizen rated %+v, the follower %+v", p.Rating, p.Followed(child).Rating)
	}
	w.answered(501, "DG "+w.code+" 5", "DG")
	w.jump("2026-03-12 08:10")
	if back = w.answered(501, "4", "DG"); len(back) == 1 && !strings.Contains(back[0].text, child) {
		t.Errorf("the one without a vote is %s: %s", child, back[0].text)
	}
	w.jump("2026-03-12 08:20")
	w.answered(501, "2", "E7") // two votes: which one is changed?
	if p := w.petition(); p.Rating.Score != 5 || p.Followed(child).Rating.Score != 4 {
		t.Errorf("the citizen rated %+v, the follower %+v", p.Rating, p.Followed(child).Rating)
	}
}

func TestACodeThatMeansTwoFollowersOfOneNumberIsAskedBack(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	w.merged(502)
	w.to("2026-03-12 08:00") // Thursday
	w.answered(502, "DG "+w.code+" 5", "E7")
	w.answered(502, "DG 99999 5", "E7") // a wrong code is shown a right one too
	for _, f := range w.petition().Followers {
		if f.Rating != nil {
			t.Errorf("%s is rated %+v", f.Code, f.Rating)
		}
	}
}

func TestWhoHasRatedIsNotAskedToRate(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	child := w.merged()
	w.do(citizen, &Rate{Score: 4, For: child})
	mark := w.mark()
	w.to("2026-03-12 08:00") // Thursday
	w.want(mark, "C8 citizen")
}

// What 1022 answers itself it tells the petition's own citizen on the line, and nobody who follows.
func TestFollowersAreToldOfADirectAnswer(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	own := lamp()
	own.Citizen.Phone = "02253123456" // a landline
	parent := w.accept(own).Code
	var children []string
	for _, number := range []string{phone(502)[3:], "02253123457"} {
		in := lamp()
		in.Citizen = CitizenIntake{Name: "Ngô Văn Hàng Xóm", Phone: number}
		children = append(children, w.accept(in).Code)
		w.do(operator, &Merge{Into: parent})
	}
	w.code = parent
	calls, mark := w.openTasks(TaskContact), w.mark()
	w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch đến 17 giờ."})
	w.want(mark, "C7 citizen", "C8 citizen")
	told := w.letter("C7").Notice
	if told.Vars["ma"] != children[0] || told.Vars["don_vi"] != "1022" {
		t.Errorf("the follower is told %v", told.Vars)
	}
	if asked := w.letter("C8").Notice; asked.Vars["ma"] != children[0] || !asked.NotBefore.Equal(instantAt("2026-03-12 08:00")) { // Thursday
		t.Errorf("the follower is asked %v at %s", asked.Vars, asked.NotBefore)
	}
	last := w.tasks[len(w.tasks)-1]
	if w.openTasks(TaskContact) != calls+1 || last.Petition != children[1] {
		t.Errorf("the call to the follower without a mobile: %+v", last)
	}
}

func TestADirectAnswerIs1022sThoughAUnitHadThePetition(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	parent := w.forwarded("XD").Code
	in := lamp()
	in.Citizen = CitizenIntake{Name: "Ngô Văn Hàng Xóm", Phone: phone(502)[3:]}
	w.accept(in)
	w.do(operator, &Merge{Into: parent})
	w.code = parent
	w.do(focalXD, &AskReturn{Reason: "không thuộc"})
	w.do(operator, &AcceptReturn{})
	w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch đến 17 giờ."})
	if got := w.letter("C7").Notice.Vars["don_vi"]; got != "1022" {
		t.Errorf("%s is said to have answered", got)
	}
}
