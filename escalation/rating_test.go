package escalation

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAVoteMayBeChangedForAWeekAndNoLonger(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	w.do(citizen, &Rate{Score: 4, Service: 3, Comment: "khá nhanh"})
	w.jump("2026-03-12 08:00") // Thursday
	w.do(citizen, &Rate{Score: 4})
	if r := w.petition().Rating; r.Service != 3 || r.Comment != "khá nhanh" || !r.FirstAt.Equal(instantAt("2026-03-09 08:00")) || !r.At.Equal(w.now) {
		t.Errorf("after a change that says less: %+v", r)
	}
	w.do(citizen, &Rate{Score: 3, Service: 5})
	if r := w.petition().Rating; r.Score != 3 || r.Service != 5 || r.Comment != "" {
		t.Errorf("after the change: %+v", r)
	}
	w.jump("2026-03-16 08:00") // Monday, a week after the vote
	w.do(citizen, &Rate{Score: 5})
	w.jump("2026-03-16 08:01")
	_, err := w.desk.Do(t.Context(), w.code, &Rate{Score: 1}, citizen, 0)
	if err == nil || !strings.Contains(err.Error(), "thời gian sửa đã hết") {
		t.Errorf("a change after the week: %v", err)
	}
	if r := w.petition().Rating; r.Score != 5 {
		t.Errorf("the vote is %+v", r)
	}
}

func TestTheScoreForTheHotlineIsFromOneToFiveOrNotGiven(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	w.refuse(citizen, &Rate{Score: 5, Service: 6}, Invalid, "service")
	w.refuse(citizen, &Rate{Score: 5, Service: -1}, Invalid, "service")
	w.refuse(citizen, &Rate{Service: 5}, Invalid, "score")
}

// direct answers a petition at once, at Monday 08:00.
func (w *town) direct() {
	w.accept(lamp())
	w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch đến 17 giờ."})
}

func TestADirectAnswerIsRatedToo(t *testing.T) {
	w := newTown(t, "2026-03-09 22:00") // Monday
	w.direct()
	if at := w.letter("C8").Notice.NotBefore; !at.Equal(instantAt("2026-03-13 07:00")) {
		t.Errorf("C8 goes at %s, want in daytime three days later", at)
	}
	w.do(citizen, &Rate{Score: 2})
	w.wantStatus(AnsweredDirectly)
	if s := w.letter("C8").State; s != Dropped {
		t.Errorf("C8 is %s after the vote", s)
	}
	w.do(citizen, &Rate{Score: 2, Comment: "điện chưa có"}) // 1022's own answer: 1022 looks again
	w.wantStatus(Received)
}

func TestADirectAnswerIsNotRatedForEver(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.direct()
	w.jump("2026-03-16 08:01") // Monday, a week later
	w.refuse(citizen, &Rate{Score: 5}, WrongTime, "")
}

func TestADirectAnswerByAnyOtherWayAsksNobody(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Citizen.Phone = "02253123456"
	w.accept(in)
	mark := w.mark()
	w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch đến 17 giờ."})
	w.want(mark)
	if n := w.openTasks(TaskContact); n > 1 { // the one of the intake
		t.Errorf("%d calls", n)
	}
}

func TestANewAnswerIsANewQuestion(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	child := w.merged()
	w.do(citizen, &Rate{Score: 4})
	w.do(citizen, &Rate{Score: 3, For: child})
	w.do(operator, &Reopen{Reason: "đèn lại tắt"})
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	p := w.petition()
	if p.Rating != nil || p.Followed(child).Rating != nil {
		t.Errorf("the votes on the answer before stand for the new one: %+v", p)
	}
	if len(p.Ratings) != 2 || p.Ratings[0].Score != 4 || p.Ratings[1].Score != 3 || p.Ratings[1].Of != child {
		t.Errorf("the earlier votes are %+v", p.Ratings)
	}
	mark := w.mark()
	w.to("2026-03-12 08:00") // Thursday
	w.want(mark, "C8 citizen", "C8 citizen")
}

// The citizen's vote ends the question to the citizen alone.
func TestAFollowerIsAskedThoughTheCitizenHasVoted(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	child := w.merged()
	w.do(citizen, &Rate{Score: 5})
	mark := w.mark()
	w.to("2026-03-12 08:00") // Thursday
	w.want(mark, "C8 citizen")
	if to := w.letter("C8").Notice.To.Citizen; to != w.petition().Followed(child).ID {
		t.Errorf("citizen %d is asked", to)
	}
}

func TestAQuestionQueuedAtNightIsDroppedByTheVote(t *testing.T) {
	w := newTown(t, "2026-03-09 22:30") // Monday
	w.accept(lamp())
	w.do(operator, &Forward{Unit: "XD"})
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	w.to("2026-03-12 22:30") // Thursday
	c8 := w.letter("C8")
	if !c8.Notice.NotBefore.Equal(instantAt("2026-03-13 07:00")) {
		t.Errorf("C8 goes at %s", c8.Notice.NotBefore)
	}
	w.do(citizen, &Rate{Score: 4})
	if c8.State != Dropped {
		t.Errorf("C8 is %s", c8.State)
	}
}

func TestKindWordsGoToTheOfficerAndTheHeadOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	mark := w.mark()
	w.do(citizen, &Rate{Score: 5, Comment: "Cảm ơn, làm rất nhanh. Tôi ở số 12 ngõ 72, 0570000501"})
	w.want(mark, "O8 focal", "O8 head")
	text := w.letter("O8").text
	if !strings.Contains(text, "lam rat nhanh") || strings.Contains(text, "0570000501") {
		t.Errorf("%s", text)
	}
	mark = w.mark()
	w.do(citizen, &Rate{Score: 5, Comment: "Cảm ơn lần nữa"})
	w.want(mark)
}

func TestKindWordsWaitForTheDayAndAreNotSentWhenTakenBack(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	w.jump("2026-03-09 22:00")
	w.do(citizen, &Rate{Score: 5, Comment: "rất tốt"})
	for _, l := range w.messages {
		if l.Notice.Template == "O8" && (l.Notice.Lane != LaneBulk || !l.Notice.NotBefore.Equal(instantAt("2026-03-10 06:45"))) {
			t.Errorf("O8 in lane %s not before %s", l.Notice.Lane, l.Notice.NotBefore)
		}
	}
	w.do(citizen, &Rate{Score: 4})
	if s := w.letter("O8").State; s != Dropped {
		t.Errorf("O8 is %s", s)
	}
}

func TestWhatIsNoPraiseIsForwardedToNobody(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*Intake)
		rate    Rate
	}{
		"four":         {func(*Intake) {}, Rate{Score: 4, Comment: "rất tốt"}},
		"no words":     {func(*Intake) {}, Rate{Score: 5, Comment: " :)"}},
		"confidential": {func(in *Intake) { in.Confidential = true }, Rate{Score: 5, Comment: "rất tốt"}},
		"denunciation": {func(in *Intake) { in.Denunciation = true }, Rate{Score: 5, Comment: "rất tốt"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			in := lamp()
			tt.prepare(&in)
			w.accept(in)
			w.do(shiftLead, &Forward{Unit: "XD"})
			w.do(focalXD, answer())
			w.do(shiftLead, &Publish{})
			mark := w.mark()
			w.do(citizen, &tt.rate)
			w.want(mark)
		})
	}
}

// asked brings n petitions of one number to their C8n.
func asked(t *testing.T, n int) (w *town, codes []string) {
	w = newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	for range n {
		w.accept(lamp())
		w.do(operator, &Forward{Unit: "XD"})
		w.do(focalXD, answer())
		w.do(operator, &Publish{})
		codes = append(codes, w.code)
	}
	w.to("2026-03-12 08:00") // Thursday
	return w, codes
}

func (w *town) rated(code string) int {
	if r := w.petitions[w.ids[code]].Rating; r != nil {
		return r.Score
	}
	return 0
}

func TestABareScoreIsForTheOnlyOpenQuestion(t *testing.T) {
	w, codes := asked(t, 2)
	back := w.answered(501, "5", "E7") // two are open: which one?
	if len(back) == 1 && !strings.Contains(back[0].text, "soan DG") {
		t.Error(back[0].text)
	}
	w.jump("2026-03-12 08:10")
	w.says(501, "DG "+codes[0]+" 4")
	w.jump("2026-03-12 08:20")
	w.answered(501, "5", "DG") // one is left
	if a, b := w.rated(codes[0]), w.rated(codes[1]); a != 4 || b != 5 {
		t.Errorf("rated %d and %d", a, b)
	}
	w.jump("2026-03-12 08:30")
	w.answered(501, "3", "E7") // both may be changed: which one?
}

// Who reports for a whole street is asked about more than are looked at; what the text names
// is among them, however old.
func TestAVoteThatNamesItsPetitionIsTakenAmongMany(t *testing.T) {
	w, codes := asked(t, 26)
	of := func(code string) string {
		return w.bindings[slices.IndexFunc(w.bindings, func(b *Binding) bool { return b.Role == CitizenRole && b.PetCode == code })].Code
	}
	w.answered(501, "DG "+of(codes[0])+" 4", "DG")
	w.jump("2026-03-12 08:10")
	w.answered(501, "DG "+codes[1]+" 5", "DG")
	if a, b := w.rated(codes[0]), w.rated(codes[1]); a != 4 || b != 5 {
		t.Errorf("rated %d and %d", a, b)
	}
}

func TestAFollowersVoteThatNamesTheFollowersOwnPetitionIsTakenAmongMany(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	child := w.merged(502)
	parent := w.code
	for range 24 {
		in := lamp()
		in.Citizen.Phone = "0570000502"
		w.accept(in)
		w.do(operator, &Forward{Unit: "XD"})
		w.do(focalXD, answer())
		w.do(operator, &Publish{})
	}
	w.to("2026-03-13 08:00") // Friday
	w.answered(502, "DG "+child+" 2", "DGx")
	w.code = parent
	if f := w.petition().Followed(child); f.Rating == nil || f.Rating.Score != 2 {
		t.Errorf("the follower's rating is %+v", f.Rating)
	}
}

func TestABareScoreChangesTheOnlyVote(t *testing.T) {
	w, codes := asked(t, 1)
	w.answered(501, "4", "DG")
	w.jump("2026-03-13 08:20")
	w.answered(501, "DG {mtl} 5", "DG")
	w.jump("2026-03-13 08:30")
	w.answered(501, "3", "DG")
	if got := w.rated(codes[0]); got != 3 {
		t.Errorf("rated %d", got)
	}
}

// The code is released when the petition ends; a week later a vote is still taken, and
// what comes after it is refused in words.
func TestAVoteByTextIsTakenAfterTheEndAndThenRefusedClearly(t *testing.T) {
	w, codes := asked(t, 1)
	code := w.codeOf(501)
	w.to("2026-03-17 09:00") // Tuesday, closed on Monday
	w.wantStatus(Closed)
	w.answered(501, "DG "+code+" 4", "DG")
	if got := w.rated(codes[0]); got != 4 {
		t.Errorf("rated %d", got)
	}
	w.jump("2026-03-25 09:00") // Wednesday
	back := w.answered(501, "DG "+code+" 5", "E8")
	if len(back) == 1 && !strings.Contains(back[0].text, "da het thoi gian sua danh gia") {
		t.Error(back[0].text)
	}
	if got := w.rated(codes[0]); got != 4 {
		t.Errorf("rated %d", got)
	}
}

func TestALowScoreByTextIsOfferedReopening(t *testing.T) {
	w, _ := asked(t, 1)
	back := w.answered(501, "DG {mtl} 2", "DGx")
	if len(back) == 1 && !strings.Contains(back[0].text, "neu ly do tai 1022.haiphong.gov.vn/t/") {
		t.Error(back[0].text)
	}
	w.wantStatus(Published)
}

func TestAPreferenceHoldsByPurpose(t *testing.T) {
	progress := Notice{To: Recipient{Citizen: 1}, Lane: LaneCitizen, Class: ClassProgress, Template: "C4"}
	question := Notice{To: Recipient{Citizen: 1}, Lane: LaneCitizen, Class: ClassProgress, Template: "C3"}
	rating := Notice{To: Recipient{Citizen: 1}, Lane: LaneCitizen, Class: ClassRating, Template: "C8"}
	bulk := Notice{To: Recipient{Phone: "+84570000501"}, Lane: LaneBulk, Class: ClassDecision}
	result := Notice{To: Recipient{Citizen: 1}, Lane: LaneCitizen, Class: ClassResult, Template: "C7"}
	duty := Notice{To: Recipient{Contact: 101}, Lane: LaneBulk, Class: ClassPraise, Template: "O8"}
	for _, tt := range []struct {
		unwanted Unwanted
		covers   []Notice
	}{
		{Unwanted{}, nil}, {Unwanted{Progress: true}, []Notice{progress}}, {Unwanted{Rating: true}, []Notice{rating}},
		{Unwanted{Bulk: true}, []Notice{bulk}}, {nothingWanted, []Notice{progress, rating, bulk}},
	} {
		for _, n := range []Notice{progress, question, rating, bulk, result, duty} {
			want := slices.ContainsFunc(tt.covers, func(o Notice) bool { return o.Key() == n.Key() })
			if got := tt.unwanted.Covers(n); got != want {
				t.Errorf("%+v covers %s %s: %t", tt.unwanted, n.Template, n.Class, got)
			}
		}
	}
}

func TestAStopWordDropsTheQuestionThatWaits(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.direct()
	w.answered(501, "TC")
	if s := w.letter("C8").State; s != Dropped {
		t.Errorf("C8 is %s", s)
	}
	w.forwarded("XD")
	if s := w.letter("C4").State; s != Dropped {
		t.Errorf("C4 is %s", s)
	}
}

func TestTheCitizenChoosesTextsOnThePage(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	code := w.forwarded("XD").Code
	if err := w.desk.Prefer(t.Context(), code, Unwanted{Rating: true}, citizen); err != nil {
		t.Fatal(err)
	}
	if got := w.unwanted[phone(501)]; got != (Unwanted{Rating: true}) {
		t.Errorf("%+v", got)
	}
	w.wantEntry(actionPreference, "mời đánh giá")
	in := lamp()
	in.Citizen.Phone, in.Citizen.Email = "", "a@example.vn"
	other := w.accept(in).Code
	if err := w.desk.Prefer(t.Context(), other, Unwanted{}, citizen); !refused(err) {
		t.Errorf("a citizen without a number: %v", err)
	}
}

// However a citizen votes, one vote stands, within its window, and C8 never follows it.
func TestHoweverCitizensVoteOneVoteStands(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newTown(r, "2026-03-09 08:00") // Monday
		w.in(Published)
		var first time.Time
		score := 0
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			w.until(w.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(r, "hours")) * time.Hour))
			p := *w.petition()
			cmd := &Rate{Score: rapid.IntRange(1, 5).Draw(r, "score"), Service: rapid.IntRange(0, 5).Draw(r, "service")}
			after, err := w.desk.Do(w.ctx, w.code, cmd, citizen, 0)
			inTime := score == 0 && (p.ClosedAt.IsZero() || w.now.Sub(p.ClosedAt) <= 7*24*time.Hour) || score > 0 && w.now.Sub(first) <= 7*24*time.Hour
			if (err == nil) != inTime {
				r.Fatalf("at %s, first vote at %s: %v", w.now, first, err)
			}
			if err != nil {
				continue
			}
			if after.Rating.Score != cmd.Score {
				r.Fatalf("the vote is %+v", after.Rating)
			}
			if score = cmd.Score; first.IsZero() {
				first = w.now
			}
		}
		for _, l := range w.messages {
			if l.Notice.Template == "C8" && l.State == Queued && !first.IsZero() && l.Notice.At.After(first) {
				r.Fatalf("C8 asked at %s after the vote at %s", l.Notice.At, first)
			}
		}
	})
}
