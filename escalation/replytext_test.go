package escalation

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// opened lists the open tasks of a kind that name all the words.
func (w *town) opened(kind TaskKind, words ...string) []*Task {
	var list []*Task
	for _, t := range w.tasks {
		missing := slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(t.Text, s) })
		if t.Kind == kind && t.DoneAt.IsZero() && !missing {
			list = append(list, t)
		}
	}
	return list
}

// lines lists the timeline's texts, private ones too.
func (w *town) lines() string {
	var all strings.Builder
	for _, e := range w.entries[w.ids[w.code]] {
		all.WriteString(e.Text + "\n" + e.Private + "\n")
	}
	return all.String()
}

func TestFreeTextOfAnOfficerReachesAPerson(t *testing.T) {
	for _, words := range []string{
		"{mtl} chung toi dang cu nguoi xuong hien truong, can them xe",
		"se xu ly {mtl} trong ngay",
		"gui tong dai phieu so {mtl} nhe",
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		first := w.forwarded("XD").Code
		w.forwarded("XD")
		second := w.code
		w.code = first
		said := strings.ReplaceAll(words, "{mtl}", w.bindings[0].Code)
		w.jump("2026-03-09 08:10")
		back := w.answered(101, said, "A6")
		if len(back) == 1 && !strings.Contains(back[0].text, first) {
			t.Errorf("%q: %s", said, back[0].text)
		}
		if len(w.opened(TaskConfirm, "Nguyễn Văn Thử", first)) != 1 || len(w.opened(TaskConfirm, second)) != 0 {
			t.Errorf("%q: the operators are not told", said)
		}
		if key := said[len(said)-12:]; !strings.Contains(w.lines(), key) {
			t.Errorf("%q is not in the timeline", said)
		}
		w.wantStatus(Forwarded) // nobody has understood it, so it acknowledges nothing
	}
}

// The text of a handover prints the petition's code beside the reply code, and officers copy both.
func TestATextThatNamesAPetitionTwiceIsOneAnswer(t *testing.T) {
	for _, words := range []string{"{pakn} ma {mtl} can them xe va nguoi", "{mtl} ({pakn}) chung toi dang cu nguoi xuong", "dang cu nguoi xuong {pakn}, ma {mtl}"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.forwarded("XD")
		w.jump("2026-03-09 08:10")
		said := strings.NewReplacer("{pakn}", w.code, "{mtl}", w.codeOf(101)).Replace(words)
		w.answered(101, said, "A6")
		if tasks := w.opened(TaskConfirm, "Nguyễn Văn Thử", w.code); len(tasks) != 1 {
			t.Errorf("%q: %d tasks", said, len(tasks))
		}
		if n := strings.Count(w.lines(), said); n != 1 {
			t.Errorf("%q stands %d times in the timeline", said, n)
		}
	}
}

// Who is officer and head on one number has a code of each for one petition.
func TestATextWithTheCodesOfTwoRolesIsOneAnswer(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.person(Contact{ID: 102, Unit: "XD", Role: Head, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 1})
	w.forwarded("XD")
	w.to("2026-03-10 08:00") // Tuesday: H1
	open, _ := (&memoryTx{memory: w.memory}).Bindings(w.ctx, phone(101))
	if len(open) != 2 || open[0].Role != Head || open[1].Role != Focal {
		t.Fatalf("the codes are %+v", open)
	}
	w.jump("2026-03-10 08:10")
	w.answered(101, open[1].Code+", "+open[0].Code+" chung toi dang cu nguoi xuong", "A6")
	if tasks := w.opened(TaskConfirm, w.code); len(tasks) != 1 {
		t.Errorf("%d tasks", len(tasks))
	}
	if all := w.entries[w.ids[w.code]]; all[len(all)-1].Role != Focal {
		t.Errorf("it is kept as the %s's, not by the code named first", all[len(all)-1].Role)
	}
}

// A petition that came back to the unit has a code that is over and one that is not.
func TestOfTwoCodesOfAPetitionTheOpenOneCounts(t *testing.T) {
	for words, answer := range map[string]string{"{cu} {mtl} chung toi dang cu nguoi xuong": "A6", "NHAN {cu} {mtl}": "A1", "NHAN {mtl} {cu}": "A1"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		before := w.codeOf(101)
		w.do(operator, &Reassign{Unit: "GV"})
		w.do(operator, &Reassign{Unit: "XD"})
		w.jump("2026-03-09 08:10")
		words = strings.NewReplacer("{cu}", before, "{mtl}", w.codeOf(101)).Replace(words)
		w.answered(101, words, answer)
	}
}

func TestFreeTextWithoutACodeGoesToTheOnlyOpenSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	w.answered(101, "can them xe va nguoi o hien truong", "A6")
	w.wantEntry("progress", "can them xe")
	if len(w.opened(TaskConfirm, w.code)) != 1 {
		t.Error("the operators are not told")
	}
}

func TestFreeTextThatBelongsNowhereIsShownToTheOperators(t *testing.T) {
	for _, words := range []string{"can them xe va nguoi o hien truong", "da giao doi 2", "chua nhan duoc"} {
		for _, open := range []int{0, 2} {
			w := newTown(t, "2026-03-09 08:00") // Monday
			for range open {
				w.forwarded("XD")
			}
			w.jump("2026-03-09 08:10")
			in := w.says(101, words)
			tasks := w.opened(TaskConfirm, "hộp thư đến số "+itoa(in.ID))
			if len(tasks) != 1 || tasks[0].Contact != 101 || strings.Contains(tasks[0].Text, words) {
				t.Errorf("%q with %d open slips: tasks %+v", words, open, tasks)
			}
			if n := len(w.messages); n == 0 || !strings.HasPrefix(w.messages[n-1].Notice.Template, "E") {
				t.Errorf("%q with %d open slips is not answered", words, open)
			}
		}
	}
}

// field failure 45
func TestThePhoneThatAnswersByItselfIsAnsweredOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	w.answered(101, "Toi dang hop, se goi lai", "A6")
	for range 5 {
		w.now = w.now.Add(5 * time.Minute)
		w.answered(101, "Toi dang hop, se goi lai")
	}
}

func TestAFormerOfficersFreeTextIsADraft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.answered(150, "Duong ngo 72 den tat 4 hom nay", "E6")
	if w.openTasks(TaskIntake) != 1 {
		t.Error("the text reaches nobody")
	}
}

func TestAPromiseWithinAnAcknowledgementIsKept(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	w.answered(101, "nhan {mtl}, hen 15h mai", "A2")
	w.wantStatus(Verifying)
	if p := w.petition(); !p.ETA.Equal(instantAt("2026-03-10 15:00")) || p.Slips[0].AcknowledgedAt.IsZero() {
		t.Errorf("promised %s, acknowledged %s", p.ETA, p.Slips[0].AcknowledgedAt)
	}
}

func TestAnUnclearPromiseIsAskedForAndTheAcknowledgementStands(t *testing.T) {
	for _, words := range []string{"nhan {mtl}, hen som", "nhan {mtl} em cam on hen 15h mai", "nhan {mtl}, hen 1/3"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.jump("2026-03-09 08:10")
		back := w.answered(101, words, "E5")
		if len(back) == 1 && !strings.Contains(back[0].text, "HEN "+w.codeOf(101)) {
			t.Error(back[0].text)
		}
		w.wantStatus(InProgress)
		if len(w.opened(TaskConfirm, w.code)) != 1 {
			t.Errorf("%q reaches nobody", words)
		}
	}
}

func TestAResultWithinAnAcknowledgementIsSeenByAPerson(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	w.answered(101, "NHAN {mtl}", "A1")
	w.jump("2026-03-09 08:20")
	w.answered(101, "nhan {mtl} da sua xong den", "A1") // no repetition: it says more
	w.wantStatus(InProgress)
	w.wantEntry("acknowledge", "da sua xong den")
	if len(w.opened(TaskConfirm, w.code)) != 1 {
		t.Error("the result reaches nobody")
	}
}

func TestARepeatedAcknowledgementKeepsItsNewWords(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	w.answered(101, "NHAN {mtl}", "A1")
	w.jump("2026-03-09 08:20")
	w.answered(101, "NHAN {mtl} doi 2 da co mat tai hien truong", "A7")
	w.wantEntry("progress", "doi 2 da co mat")
}

func TestACooperatingUnitsPromiseIsANote(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.jump("2026-03-09 08:10")
	w.answered(103, "nhan {mtl}, hen 15h mai", "A6")
	if p := w.petition(); p.Slips[1].AcknowledgedAt.IsZero() || len(p.ETAs) != 0 {
		t.Errorf("acknowledged %s, promises %v", p.Slips[1].AcknowledgedAt, p.ETAs)
	}
	w.wantEntry("progress", "hen 15h mai")
}

func TestATextThatCrossedAReassignmentIsKept(t *testing.T) {
	for _, words := range []string{"XONG {mtl} Da thay 3 bong den", "HEN {mtl} 15h 11/3", "SAI {mtl} duong cua phuong", "{mtl} can them xe va nguoi"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.jump("2026-03-09 09:00")
		in := w.text(phone(101), strings.ReplaceAll(words, "{mtl}", w.codeOf(101)))
		w.jump("2026-03-09 09:01")
		w.do(operator, &Reassign{Unit: "GV"})
		w.jump("2026-03-09 09:02")
		mark := w.mark()
		w.apply(in)
		w.want(mark, "A6 focal")
		if !strings.Contains(w.lines(), in.Text) {
			t.Errorf("%q is not in the timeline", in.Text)
		}
		if len(w.opened(TaskConfirm, w.code, "hộp thư đến số "+itoa(in.ID))) != 1 {
			t.Errorf("%q: the operators are not told", in.Text)
		}
		w.wantStatus(Forwarded) // what it means now is decided by a person
	}
}

// The officer's one slip is taken away and another comes before the text is applied, which names
// none, or by half: it means the one that the officer had.
func TestATextWithoutACodeMeansTheSlipThatWasThereWhenItWasRead(t *testing.T) {
	for _, words := range []string{"XONG Da thay 3 bong den", "HEN 15h 11/3", "SAI duong cua phuong", "can them xe va nguoi, thieu vat tu", "XONG {tail} Da thay 3 bong den"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		first := w.code
		w.jump("2026-03-09 09:00")
		_, number, _ := strings.Cut(first, "-")
		in := w.text(phone(101), strings.ReplaceAll(words, "{tail}", strings.TrimLeft(number, "0")))
		w.jump("2026-03-09 09:01")
		w.do(operator, &Reassign{Unit: "GV"})
		w.forwarded("XD")
		second := w.code
		w.jump("2026-03-09 09:02")
		mark := w.mark()
		w.apply(in)
		w.want(mark, "A6 focal")
		if w.wantStatus(Forwarded); strings.Contains(w.lines(), in.Text) {
			t.Errorf("%q is in the timeline of the one that came after", in.Text)
		}
		if w.code = first; !strings.Contains(w.lines(), in.Text) || second == first {
			t.Errorf("%q is not in the timeline of %s", in.Text, first)
		}
		if len(w.opened(TaskConfirm, first, "hộp thư đến số "+itoa(in.ID))) != 1 {
			t.Errorf("%q: the operators are not told", in.Text)
		}
	}
}

func TestABareAcknowledgementThatCrossedAReassignmentIsAnsweredAsEver(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	in := w.text(phone(101), "NHAN "+w.codeOf(101))
	w.jump("2026-03-09 08:01")
	w.do(operator, &Reassign{Unit: "GV"})
	mark := w.mark()
	w.apply(in)
	w.want(mark, "A9 focal")
}

func TestAWrongRatingIsShownTheCitizensSyntax(t *testing.T) {
	for _, words := range []string{"DG {mtl} 9", "DG {mtl} -1", "DG {mtl} 1-5", "DG {mtl}", "rat hai long", "DG 45812 5"} {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
		w.in(Published)
		w.to("2026-03-12 08:00") // Thursday: C8n
		back := w.answered(501, words, "E7")
		if want := "soan DG " + w.codeOf(501) + " va diem tu 1 den 5"; len(back) == 1 && (!strings.Contains(back[0].text, want) || !strings.Contains(back[0].text, w.code)) {
			t.Errorf("%q: %s", words, back[0].text)
		}
		if w.petition().Rating != nil {
			t.Errorf("%q is taken for a rating", words)
		}
	}
}

func TestASlipThatOwesNothingIsLeftOutOfListsAndGuesses(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	done := w.codeOf(101)
	w.jump("2026-03-09 08:10")
	w.answered(101, "XONG {mtl} Da thay 3 bong den", "A3")
	w.forwarded("XD")
	w.jump("2026-03-09 08:20")
	if back := w.answered(101, "DS", "DS"); len(back) == 1 && (!strings.Contains(back[0].text, "1 PAKN") || strings.Contains(back[0].text, done)) {
		t.Error(back[0].text)
	}
	w.answered(101, "NHAN", "A1")
	w.wantStatus(InProgress)
	w.do(operator, &Withdraw{})
	w.jump("2026-03-09 08:30")
	if back := w.answered(101, "DS", "DS"); len(back) == 1 && !strings.Contains(back[0].text, "0 PAKN") {
		t.Error(back[0].text)
	}
	w.answered(101, "TT", "TT") // the only code left, though nothing is owed on it
}
