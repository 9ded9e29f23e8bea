package escalation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation/reply"
)

// text stores a text as the gateway does, read now, without applying it.
func (w *town) text(from, words string) *received {
	w.last++
	in := &received{Inbound: Inbound{ID: w.last, From: from, To: "8022", Text: words, ReadAt: w.now}}
	w.inbound = append(w.inbound, in)
	return in
}

func (w *town) apply(in *received) *received {
	w.Helper()
	if err := w.desk.Reply(w.ctx, in.ID); err != nil {
		w.Fatalf("reply %q: %v", in.Text, err)
	}
	if !in.Applied {
		w.Errorf("reply %q is not marked as applied", in.Text)
	}
	return in
}

// says sends a text from the fictional number; {mtl} stands for its latest code.
func (w *town) says(from int, words string) *received {
	w.Helper()
	for _, b := range w.bindings {
		if b.Phone == phone(from) && strings.Contains(words, "{mtl}") && b.Petition == w.ids[w.code] {
			words = strings.ReplaceAll(words, "{mtl}", b.Code)
		}
	}
	return w.apply(w.text(phone(from), words))
}

// answered says a text and compares the templates that come back to the sender.
func (w *town) answered(from int, words string, want ...string) []*letter {
	w.Helper()
	mark := w.mark()
	in := w.says(from, words)
	var back []*letter
	var got []string
	for _, l := range w.messages[mark:] {
		if l.Phone == phone(from) && l.Notice.Class == ClassAnswer {
			back, got = append(back, l), append(got, l.Notice.Template)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.Errorf("%q (%s) is answered %v, want %v", words, in.outcome, got, want)
	}
	return back
}

func (w *town) codeOf(from int) string {
	w.Helper()
	for _, b := range slices.Backward(w.bindings) {
		if b.Phone == phone(from) {
			return b.Code
		}
	}
	w.Fatalf("%d has no code", from)
	return ""
}

func TestEveryCommandIsCarriedOutAndAnswered(t *testing.T) {
	tests := []struct {
		words, answer string
		status        Status
		holds         string // in the answer
	}{
		{"NHAN {mtl}", "A1", InProgress, "Han 8h00 10/3"},
		{"ok", "A1", InProgress, "So Xay dung da nhan"},
		{"HEN {mtl} 15h 11/3", "A2", Verifying, "truoc 15h00 11/3"},
		{"HEN {mtl} 15h 20/3", "A2x", Verifying, "sau han Quy che 8h00 17/3"},
		{"XONG {mtl} Da thay 3 bong den", "A3", Resolved, "luc 8h00 9/3"},
		{"XONG {mtl}", "A3x", Forwarded, "van tinh"},
		{"XONG {mtl} da sua", "A3x", Forwarded, "van tinh"}, // five letters
		{"SAI {mtl} duong do phuong quan ly", "A4", ReturnRequested, "han 8h00 10/3 van tinh"},
		{"HOI {mtl} so cot den", "A5", InProgress, ""},
		{"NOIMAY {mtl}", "A6", InProgress, ""},
		{"da chuyen doi 2 {mtl}", "A6", InProgress, ""},
		{"chua xong {mtl}", "A6", Forwarded, ""}, // no acknowledgement
		{"khong nhan duoc {mtl}", "A6", Forwarded, ""},
		{"TT {mtl}", "TT", Forwarded, "da chuyen don vi xu ly"},
		{"DS", "DS", Forwarded, "1 PAKN"},
		{"NGHI 10/3 den 12/3 Ngo Van Thi", "NGHI", Forwarded, "Ngo Van Thi"},
		{"GIUP", "GIUP", Forwarded, ""},
		{"HEN {mtl}", "E5", Forwarded, ""},
		{"HEN {mtl} 15h 8/3/2026", "E5", Forwarded, ""},
		{"SAI {mtl}", "E3", Forwarded, ""},
		{"HAN {mtl}", "E3", Forwarded, ""},
		{"asdf qwer", "A6", Forwarded, ""},  // to the only open slip; acknowledges nothing
		{"NHAN 45708", "E2", Forwarded, ""}, // a wrong check digit
		{"NHAN 99999", "E2", Forwarded, "99999"},
	}
	for _, tt := range tests {
		t.Run(tt.words, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.forwarded("XD")
			back := w.answered(101, tt.words, tt.answer)
			w.wantStatus(tt.status)
			if len(back) == 1 && !strings.Contains(back[0].text, tt.holds) {
				t.Errorf("%s lacks %q: %s", tt.answer, tt.holds, back[0].text)
			}
		})
	}
}

func TestTheSampleOfAWrongDigitIsOne(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	if code := w.codeOf(101); !reply.ValidCode(code) || reply.ValidCode("45708") || code == "45708" {
		t.Errorf("the code is %s", code)
	}
}

func TestASecondQuestionToTheCitizenIsAnsweredA5x(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.answered(101, "HOI {mtl} so cot den", "A5")
	w.jump("2026-03-09 08:10")
	w.answered(101, "HOI {mtl} anh chup", "A5x")
}

func TestWhatRepeatsIsAnsweredWithTheOriginalTime(t *testing.T) {
	for _, words := range []string{"NHAN {mtl}", "HEN {mtl} 15h 11/3", "XONG {mtl} Da thay 3 bong den", "SAI {mtl} duong cua phuong"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.jump("2026-03-09 08:20")
		w.says(101, words)
		before := *w.petition()
		w.jump("2026-03-09 08:50")
		back := w.answered(101, words, "A7")
		if len(back) == 1 && !strings.Contains(back[0].text, "luc 8h20 9/3") {
			t.Errorf("%q: %s", words, back[0].text)
		}
		if p := w.petition(); p.Seq != before.Seq || p.Status != before.Status || len(p.ETAs) != len(before.ETAs) {
			t.Errorf("%q again changed something", words)
		}
	}
}

// field failure 44
func TestTheSameTextWithinTwoMinutesActsOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 08:10")
	w.answered(101, "NHAN {mtl}", "A1")
	w.jump("2026-03-09 08:12")
	w.answered(101, "NHAN {mtl}") // the same PDU again: no answer
	w.jump("2026-03-09 08:12:01")
	w.answered(101, "NHAN {mtl}") // within two minutes of the one before
	w.jump("2026-03-09 08:20")
	w.answered(101, "NHAN {mtl}", "A7")
}

func TestTheSameWordsForANewCodeAreNoRedelivery(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.answered(101, "ok", "A1")
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	w.jump("2026-03-09 08:01")
	w.forwarded("XD")
	w.answered(101, "ok", "A1")
}

func TestAReplyIsAppliedOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	in := w.says(101, "NHAN {mtl}")
	mark := w.mark()
	w.apply(in)
	w.want(mark)
}

func TestTwoCodesInOneTextAreTwoActs(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	first := w.forwarded("XD").Code
	one := w.codeOf(101)
	w.forwarded("XD")
	w.answered(101, "NHAN "+one+" "+w.codeOf(101), "A1", "A1")
	for _, code := range []string{first, w.code} {
		w.code = code
		w.wantStatus(InProgress)
	}
}

func TestAGoodAndABadCodeAreAnsweredEach(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.answered(101, "NHAN {mtl} 99999 88888", "A1", "E2")
}

func TestTheCodeMayBeLeftOutWithOneOpenSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.answered(101, "NHAN", "E2")
	w.jump("2026-03-09 08:10")
	w.forwarded("XD")
	w.answered(101, "NHAN", "A1")
	w.forwarded("XD")
	w.jump("2026-03-09 08:20")
	w.answered(101, "NHAN", "E3")
}

func TestATailOfThePetitionsCodeWillDo(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.last = 456
	w.forwarded("XD") // HP260309-0457
	if w.code != "HP260309-0457" {
		t.Fatal(w.code)
	}
	w.answered(101, "NHAN 457", "A1")
	w.answered(101, "TT 0457", "TT")
	w.answered(101, "TT HP260309-0457", "TT")
	w.jump("2026-03-10 08:00")
	w.petitions[900] = Petition{ID: 900, Code: "HP260310-0457", Version: 1, Status: Forwarded, Slips: []Slip{{No: 1, Unit: "XD", Lead: true}}, WaitsFor: Office}
	w.entries[900] = []Entry{{Seq: 1}}
	w.bindings = append(w.bindings, &Binding{Code: "50007", Phone: phone(101), Petition: 900, PetCode: "HP260310-0457", Slip: 1, Role: Focal, IssuedAt: w.now})
	w.answered(101, "TT 457", "E3") // two hits ask back
	delete(w.petitions, 900)
}

// field failures 32, 34
func TestACodeThatIsOverSaysWhy(t *testing.T) {
	tests := []struct {
		name, template, holds string
		end                   func(*town)
	}{
		{"closed", "A8", "da ket thuc luc 9h00 9/3", func(w *town) { w.do(focalXD, answer()); w.do(operator, &Publish{}) }},
		{"withdrawn", "A8", "da ket thuc luc 9h00 9/3", func(w *town) { w.do(citizen, &Withdraw{}) }},
		{"moved", "A9", "da chuyen P Gia Vien", func(w *town) { w.do(operator, &Reassign{Unit: "GV"}) }},
		{"returned", "A9", "da chuyen P Gia Vien", func(w *town) {
			w.do(focalXD, &AskReturn{Reason: "không thuộc"})
			w.do(operator, &AcceptReturn{Unit: "GV"})
		}},
		{"with the Office", "A9", "da chuyen VP UBND TP", func(w *town) { w.do(operator, &OpenDispute{Reason: "không thống nhất"}) }},
		{"merged", "A10", "", func(w *town) {
			child := w.code
			parent := w.forwarded("MT").Code
			w.code = child
			w.do(operator, &Merge{Into: parent})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.forwarded("XD")
			w.jump("2026-03-09 09:00")
			tt.end(w)
			w.jump("2026-03-09 10:00")
			status, code := w.petition().Status, w.bindings[0].Code
			back := w.answered(101, "NHAN "+code, tt.template)
			if len(back) == 1 && !strings.Contains(back[0].text, tt.holds) {
				t.Error(back[0].text)
			}
			w.wantStatus(status)
		})
	}
}

func TestTheFocalOfficersCodeIsGoodAfterTheEscalation(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 09:00") // Tuesday
	w.answered(101, "NHAN {mtl}", "A1")
	w.answered(102, "NHAN {mtl}", "A1") // the head's own acknowledgement is no repetition
	w.jump("2026-03-10 09:30")
	w.answered(102, "NHAN {mtl}", "A7")
	w.wantStatus(Escalated)
}

func TestACodeOfAnotherPhoneMeansNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	code := w.codeOf(101)
	w.answered(103, "NHAN "+code, "E2")
	w.wantStatus(Forwarded)
}

func TestAFormerOfficerAndAStrangerHaveTheirOwnWords(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.answered(150, "NHAN 45705", "E6")
	w.answered(777, "Duong ngo 72 den tat 4 hom nay", "E4")
	if w.openTasks(TaskIntake) != 1 {
		t.Error("a citizen's text is no draft")
	}
	w.jump("2026-03-09 12:00")
	w.answered(777, "Sao chua ai den sua") // answered once
	if w.openTasks(TaskIntake) != 2 {
		t.Error("the second text is lost")
	}
	for _, task := range w.tasks {
		if strings.Contains(task.Text, "0570000777") {
			t.Errorf("a task names the number: %s", task.Text)
		}
	}
}

// field failure 45
func TestMachinesAreNeverAnswered(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	for _, from := range []string{"8022", "VNPT", "+842253000001", "+15550100", "", "+84", "191"} {
		mark := w.mark()
		if in := w.apply(w.text(from, "NHAN 45705")); in.outcome != "ignored" {
			t.Errorf("%q: %s", from, in.outcome)
		}
		w.want(mark)
	}
	w.wantStatus(Forwarded)
}

// field failure 45
func TestANumberGetsFiveErrorAnswersAnHour(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	for i := range 20 {
		w.now = w.now.Add(time.Minute)
		w.says(101, fmt.Sprintf("NHAN 9999%d", i))
	}
	count := func() (n int) {
		for _, l := range w.messages {
			if l.Notice.Template == "E2" {
				n++
			}
		}
		return n
	}
	if count() != 5 {
		t.Errorf("%d error answers in 20 minutes", count())
	}
	w.answered(101, "NHAN {mtl}", "A1") // what is right is answered all the same
	w.jump("2026-03-09 09:30")
	w.says(101, "NHAN 99990")
	if count() != 6 {
		t.Errorf("%d after the hour", count())
	}
}

func TestAReplyCountsFromTheInstantItWasRead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 07:59:59") // Tuesday, the last second
	in := w.text(phone(101), "XONG "+w.codeOf(101)+" Da thay 3 bong den")
	mark := w.mark()
	w.to("2026-03-10 08:05")
	w.want(mark) // the head rung waits for what was read before it
	w.apply(in)
	w.wantStatus(Resolved)
	p := w.petition()
	if !p.Result.At.Equal(instantAt("2026-03-10 07:59:59")) || p.Result.Late || fired(*p, RungHead) != 0 {
		t.Errorf("the result is of %s", p.Result.At)
	}
	w.want(mark, "A3 focal")
}

func TestAReplyReadAfterTheDueTimeHoldsNothingUp(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 07:59")
	w.jump("2026-03-10 08:01")
	w.text(phone(101), "XONG "+w.codeOf(101)+" Da thay 3 bong den")
	w.fire()
	w.wantStatus(Escalated)
}

func TestACitizenRatesByTextWhereThatIsSetUp(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.CitizensCanReply = true }) // Monday
	w.in(Published)
	w.to("2026-03-12 08:00") // Thursday: C8n
	w.answered(501, "DG {mtl} 5", "DG")
	if r := w.petition().Rating; r == nil || r.Score != 5 {
		t.Error("the rating is lost")
	}
	w.jump("2026-03-12 09:00")
	w.answered(501, "DG {mtl} 1 den van tat", "DG")
	w.wantStatus(Disputed)
}

func TestAStopWordIsKeptAndDutyTextsGoOn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.answered(101, "NGUNG")
	if w.unwanted[phone(101)] != nothingWanted || w.openTasks(TaskCall) != 1 {
		t.Error("the stop word is lost")
	}
	w.forwarded("XD")
	if w.letter("O1").Phone != phone(101) {
		t.Error("a duty text does not go out")
	}
	w.jump("2026-03-09 09:00")
	w.answered(101, "BATDAU")
	if w.unwanted[phone(101)] != (Unwanted{}) {
		t.Error("the start word is lost")
	}
}

func TestAnAbsenceIsNotedForTheHeadToConfirm(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.answered(101, "NGHI 10/3 den 12/3 Ngo Van Thi", "NGHI")
	if len(w.leaves) != 1 || w.leaves[0].Contact != 101 || w.openTasks(TaskConfirm) != 1 {
		t.Errorf("leaves: %+v", w.leaves)
	}
}

func TestAnEmptyListSaysSo(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	back := w.answered(101, "DS", "DS")
	if len(back) == 1 && !strings.Contains(back[0].text, "0 PAKN") {
		t.Error(back[0].text)
	}
}
