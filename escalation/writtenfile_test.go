package escalation

import (
	"slices"
	"strings"
	"testing"
)

// answered is a petition whose result waits to be checked: the lamp, by XD, at Tuesday 16:00.
func answered(t *testing.T) *town {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-10 16:00") // Tuesday
	w.do(focalXD, answer())
	return w
}

// fileSent has a file that the Office got and asks an explanation for.
func fileSent(t *testing.T) *town {
	w := answered(t)
	w.do(operator, &Publish{Written: NeedExplain, WrittenReason: "trả lời chậm nhiều lần"})
	w.do(operator, &SendWrittenFile{})
	w.do(office, &SendWrittenFile{DocumentNo: "77/VP-TCD", DocumentDate: "2026-03-10"})
	return w
}

func TestTheAnswerAboutAResultStartsTheFilesClock(t *testing.T) {
	for name, tt := range map[string]struct {
		cmd  Command
		due  string
		said string
	}{
		"no":                    {&Publish{Written: NeedNone}, "", "không cần văn bản"},
		"not asked":             {&Publish{}, "", "công khai kết quả"},
		"reminder":              {&Publish{Written: NeedRemind, WrittenReason: "chậm"}, "2026-03-12 17:00", "cần văn bản nhắc nhở (Đ9.6): chậm"}, // Thursday
		"explanation":           {&Publish{Written: NeedExplain, WrittenReason: "chậm"}, "2026-03-12 17:00", "cần yêu cầu giải trình (Đ9.6): chậm"},
		"of a client of before": {&Publish{WrittenReminder: true}, "2026-03-12 17:00", reminderReason},
		"sent back, no":         {&SendBack{Reason: "chung chung", Written: NeedNone}, "", "không cần văn bản"},
		"sent back, explain":    {&SendBack{Reason: "chung chung", Written: NeedExplain, WrittenReason: "né tránh"}, "2026-03-12 17:00", "né tránh"},
	} {
		t.Run(name, func(t *testing.T) {
			w := answered(t)
			w.to("2026-03-10 16:30")
			w.do(operator, tt.cmd)
			w.wantDue(RungWrittenFile, tt.due)
			w.wantEntry(string(tt.cmd.Verb()), tt.said)
		})
	}
	w := answered(t)
	w.refuse(operator, &Publish{Written: NeedRemind}, Invalid, "written_reason")
	w.refuse(operator, &SendBack{Reason: "chung chung", Written: NeedExplain, WrittenReason: " "}, Invalid, "written_reason")
	w.refuse(operator, &Publish{Written: "maybe", WrittenReason: "chậm"}, Invalid, "written")
}

func TestAnUrgentFileTakesTheResultsReasonAndKeepsItsClock(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Urgent, in.Unit = true, "XD"
	w.accept(in)
	w.to("2026-03-10 08:00") // Tuesday
	w.do(focalXD, answer())
	w.do(operator, &Publish{Written: NeedExplain, WrittenReason: "đến hiện trường chậm"})
	w.wantDue(RungWrittenFile, "2026-03-11 17:00") // Wednesday, two days from the receipt
	if f := w.petition().Written; f.Reason != "vấn đề khẩn cấp; đến hiện trường chậm" || f.Need != NeedExplain || len(w.petition().WrittenPast) != 0 {
		t.Errorf("the file is %+v", f)
	}
}

func TestAResultNeedsAFileOfItsOwnWhenTheUrgentOneWasSent(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Urgent, in.Unit = true, "XD"
	w.accept(in)
	w.do(operator, &SendWrittenFile{})
	w.to("2026-03-10 08:00") // Tuesday
	w.do(focalXD, answer())
	w.do(operator, &Publish{Written: NeedRemind, WrittenReason: "chậm"})
	w.wantDue(RungWrittenFile, "2026-03-12 17:00") // Thursday
	p := w.petition()
	if files := p.Files(); len(files) != 2 || files[1].No != 2 || p.FileState(files[0]) != FileSent || p.FileState(files[1]) != FileWaiting {
		t.Errorf("the files are %+v", files)
	}
	w.to("2026-03-13 08:00") // too late
	w.do(operator, &SendWrittenFile{})
	for _, f := range Facts(*w.petition(), w.calendars()) {
		if f.Written && f.WrittenInTime {
			t.Error("one of two files was late, and they count as in time")
		}
	}
}

func TestAFileIsRemindedAndItsBreachIsToldAndItCanStillBeSent(t *testing.T) {
	w := answered(t)
	w.do(operator, &Publish{Written: NeedRemind, WrittenReason: "chậm"})
	mark := w.mark()
	w.to("2026-03-12 12:59") // Thursday
	w.want(mark)
	w.to("2026-03-12 13:00")
	w.want(mark, "T1 shift_lead")
	mark = w.mark()
	w.to("2026-03-12 17:00")
	w.want(mark, "V4 office", "T1 shift_lead")
	w.wantEntry("rung:written_file", "đến hạn")
	w.to("2026-03-20 08:00") // the petition has closed meanwhile
	w.wantStatus(Closed)
	p := w.petition()
	if p.FileState(p.Written) != FileWaiting {
		t.Errorf("the file is %s", p.FileState(p.Written))
	}
	w.do(operator, &SendWrittenFile{})
	w.do(office, &SendWrittenFile{DocumentNo: "78/VP-TCD", DocumentDate: "2026-03-20"})
	if p := w.petition(); p.FileState(p.Written) != FileSent || p.Written.SentBy != operator.Name {
		t.Errorf("%+v", p.Written)
	}
}

func TestSeveralFilesAreOneTextToTheOffice(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	var orders []FileOrder
	for range 3 {
		in := lamp()
		in.Urgent, in.Unit = true, "XD"
		orders = append(orders, FileOrder{Code: w.accept(in).Code})
	}
	orders[1].Reason = "kéo dài từ năm trước"
	other := w.accept(lamp()) // none is owed for it; it may be sent all the same
	w.code = orders[2].Code
	w.do(operator, &SendWrittenFile{})
	mark := w.mark()
	out, err := w.desk.SendFiles(w.ctx, append(orders, FileOrder{Code: other.Code, Reason: "nhiều người hỏi"}), operator)
	if err != nil {
		t.Fatal(err)
	}
	w.want(mark, "V4 office")
	text := w.letter("V4").text
	if !strings.Contains(text, " 3 PAKN ") || !strings.Contains(text, "/console/ho-so/"+out.Batch) || len(text) > 160 {
		t.Error(text)
	}
	if len(out.Sent) != 3 || len(out.Refused) != 1 || out.Refused[0].Code != orders[2].Code || !strings.Contains(out.Refused[0].Why, "đã gửi") {
		t.Errorf("%+v", out)
	}
	w.code = orders[1].Code
	if f := w.petition().Written; f.Reason != "kéo dài từ năm trước" || f.Batch != out.Batch || f.SentBy != operator.Name {
		t.Errorf("%+v", f)
	}
	w.wantDue(RungWrittenFile, "")
	mark = w.mark()
	again, err := w.desk.SendFiles(w.ctx, orders, operator)
	if w.want(mark); err != nil || again.Batch != "" || len(again.Refused) != 3 {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := w.desk.SendFiles(w.ctx, nil, operator); !refused(err) {
		t.Errorf("none chosen: %v", err)
	}
	if out, err := w.desk.SendFiles(w.ctx, []FileOrder{{Code: w.accept(lamp()).Code}}, office); err != nil || len(out.Refused) != 1 {
		t.Errorf("the Office sends itself a file: %+v, %v", out, err)
	}
}

func TestWhoMayNotHearOfAPetitionIsNotToldOfItsFile(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	plain := w.accept(lamp()).Code
	in := lamp()
	in.Exclude = []int64{901}
	kept := w.accept(in).Code
	mark := w.mark()
	if _, err := w.desk.SendFiles(w.ctx, []FileOrder{{Code: plain}, {Code: kept}}, operator); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "V4 office", "V4 office")
	var told []int64
	for _, l := range w.messages[mark:] {
		if told = append(told, l.Notice.To.Contact); l.Notice.Vars["so"] != "1" {
			t.Errorf("told of %s", l.Notice.Vars["so"])
		}
	}
	if slices.Sort(told); !slices.Equal(told, []int64{901, 911}) {
		t.Errorf("told are %v", told)
	}
}

func TestAUnitExplainsItselfAfterItsSlipHasEnded(t *testing.T) {
	w := fileSent(t)
	mark := w.mark()
	w.refuse(office, &AskExplanation{Days: 0}, Invalid, "days")
	w.refuse(office, &AskExplanation{Days: 3, Unit: "MT"}, Invalid, "unit")
	w.do(office, &AskExplanation{Days: 3, Text: "vì sao trả lời chậm"})
	w.want(mark, "N3 head")
	w.wantDue(RungExplain, "2026-03-13 17:00") // Friday
	w.wantDue(RungExplainReminder, "2026-03-13 13:00")
	slip := w.petition().Slip(1)
	if text := w.letter("N3").text; slip.Open() || !strings.Contains(text, "/p/"+slip.Token) || !strings.Contains(text, "truoc 17h00 13/3") {
		t.Errorf("%s, the slip is open: %t", text, slip.Open())
	}
	w.refuse(focalMT, &GiveExplanation{Text: "Chúng tôi không liên quan."}, Forbidden, "")
	w.refuse(focalXD, &GiveExplanation{Text: "xong"}, Invalid, "text")
	w.to("2026-03-12 09:00")
	w.do(focalXD, &GiveExplanation{Text: "Đơn vị thiếu vật tư, đã rút kinh nghiệm.", DocumentNo: "12/SXD-VP", DocumentDate: "2026-03-12"})
	w.wantDue(RungExplain, "")
	w.wantDue(RungExplainReminder, "")
	p := w.petition()
	e := p.Written.Explanation()
	if e.Late || e.By != focalXD.Name || e.Text != "Đơn vị thiếu vật tư, đã rút kinh nghiệm." || p.FileState(p.Written) != FileExplained {
		t.Errorf("%+v", e)
	}
	w.wantEntry(string(VerbExplanation), "văn bản số 12/SXD-VP ngày 12/03/2026")
	w.refuse(focalXD, &GiveExplanation{Text: "Gửi lại lần nữa cho chắc."}, WrongTime, "")
}

func TestAnExplanationIsOwedAfterThePetitionHasClosedAndItsBreachReachesTheOffice(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 7})
	w.wantDue(RungExplain, "2026-03-19 17:00") // Thursday
	w.to("2026-03-17 16:00")                   // Tuesday, a week after the publication
	w.wantStatus(Closed)
	w.wantDue(RungExplain, "2026-03-19 17:00")
	if w.petition().Held() == "" {
		t.Error("what a unit has to explain may be erased")
	}
	mark := w.mark()
	w.to("2026-03-19 13:00")
	w.want(mark, "N3n head")
	mark = w.mark()
	w.to("2026-03-19 17:00")
	w.want(mark, "VG office")
	if text := w.letter("VG").text; !strings.Contains(text, "qua han giai trinh (17h00 19/3)") || !strings.Contains(text, "So Xay dung") {
		t.Error(text)
	}
	w.to("2026-03-20 08:00")
	w.do(headXD, &GiveExplanation{Text: "Đơn vị xin nhận khuyết điểm."})
	if e := w.petition().Written.Explanation(); !e.Late {
		t.Errorf("%+v", e)
	}
	w.wantEntry(string(VerbExplanation), "quá hạn")
	w.wantStatus(Closed)
}

// Tết takes six working days: what was published before it closes before its file is due.
func TestAFileIsOwedAfterThePetitionHasClosed(t *testing.T) {
	w := newTown(t, "2026-02-13 08:00") // Friday
	w.forwarded("XD")
	w.do(focalXD, &GiveResult{Text: "Đã thay bóng đèn mới."})
	w.do(operator, &Publish{Written: NeedRemind, WrittenReason: "chậm"})
	w.to("2026-02-20 08:00")
	w.wantStatus(Closed)
	w.wantDue(RungWrittenFile, "2026-02-24 17:00") // Tuesday
	mark := w.mark()
	w.to("2026-02-24 13:00")
	w.want(mark, "T1 shift_lead")
	mark = w.mark()
	w.to("2026-02-24 17:00")
	w.want(mark, "V4 office", "T1 shift_lead")
	w.do(operator, &SendWrittenFile{Reason: "chậm"})
	w.wantStatus(Closed)
}

func TestAnExplanationOutlivesAReopening(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 3})
	w.do(citizen, &OpenDispute{Reason: "đèn vẫn tắt"})
	w.wantStatus(Disputed)
	w.wantDue(RungExplain, "2026-03-13 17:00")
	if w.petition().Written != nil || len(w.petition().WrittenPast) != 1 {
		t.Error("the file of the course before is the present one")
	}
	w.do(office, &AskExplanation{Days: 5}) // more time
	w.wantDue(RungExplain, "2026-03-17 17:00")
	w.do(headXD, &GiveExplanation{Text: "Đơn vị đã thay bóng nhưng nguồn điện hỏng."})
	p := w.petition()
	if e := p.WrittenPast[0].Explanations; len(e) != 1 || e[0].At.IsZero() {
		t.Errorf("%+v", e)
	}
	w.wantDue(RungExplain, "")
}

func TestAFileThatWasNotSentIsDroppedByAReopening(t *testing.T) {
	w := answered(t)
	w.do(operator, &Publish{Written: NeedRemind, WrittenReason: "chậm"})
	w.do(citizen, &OpenDispute{Reason: "đèn vẫn tắt"})
	p := w.petition()
	if len(p.WrittenPast) != 1 || p.FileState(&p.WrittenPast[0]) != FileDropped || p.Written != nil {
		t.Errorf("%+v", p.WrittenPast)
	}
	w.wantDue(RungWrittenFile, "")
	w.refuse(office, &AskExplanation{Days: 3}, WrongTime, "")
}

func TestAnExplanationBySMSIsANoteAndATask(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 3})
	code := w.codeOf(102)
	if code == "" {
		t.Fatalf("the text has no code: %+v", w.letter("N3").text)
	}
	mark := w.mark()
	w.says(102, code+" don vi thieu vat tu, xin rut kinh nghiem")
	w.want(mark, "A6 head")
	w.wantEntry(string(VerbProgress), "thieu vat tu")
	if w.openTasks(TaskExplain) != 1 || !w.petition().Written.Explanation().Awaited() {
		t.Errorf("%d tasks", w.openTasks(TaskExplain))
	}
	w.do(operator, &GiveExplanation{Text: "Đơn vị thiếu vật tư, xin rút kinh nghiệm (tin nhắn của Thủ trưởng)."})
	if w.openTasks(TaskExplain) != 0 {
		t.Error("the task is open")
	}
}

// newHead takes the place of the head of XD by a verified number.
func (w *town) newHead() {
	w.Helper()
	if _, err := w.desk.AddContact(w.ctx, Contact{Unit: "XD", Role: Head, Name: "Đinh Văn Mới", Phone: phone(161), Order: 1, Replaces: 102}, true, shiftLead); err != nil {
		w.Fatal(err)
	}
	w.from(161, "OK "+w.asked(161))
}

// Đ17.9: the slip is over, what the unit owes the Office is not.
func TestANewHeadIsAskedForTheExplanationThatTheUnitOwes(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 7})
	w.to("2026-03-17 16:00") // Tuesday, a week after the publication
	w.wantStatus(Closed)
	former, mark := w.letter("N3"), w.mark()
	w.newHead()
	w.want(mark, "XM head", "V5 office", "N3 head", "XN head")
	asked := w.letter("N3")
	if w.undelivered(former); w.letter("N3") != asked {
		t.Error("the new head is asked a second time, for what the one before never got")
	}
	slip, code := w.petition().Slip(1), w.codeOf(161)
	if l := w.letter("N3"); l.Phone != phone(161) || code == "" || !strings.Contains(l.text, "/p/"+slip.Token) || !strings.Contains(l.text, code) || !strings.Contains(l.text, "truoc 17h00 19/3") {
		t.Errorf("%s is told %s", l.Phone, l.text)
	}
	if slices.ContainsFunc(w.bindings, func(b *Binding) bool { return b.Contact == 102 && b.Open() }) {
		t.Error("a code of the one before is open")
	}
	w.wantEntry("handover", "Lê Thị Kiểm bàn giao việc giải trình (Đ9.6) cho Đinh Văn Mới")
	w.wantDue(RungExplain, "2026-03-19 17:00")
	w.says(161, code+" don vi thieu vat tu, xin rut kinh nghiem")
	if w.openTasks(TaskExplain) != 1 {
		t.Error("what the new head writes is not taken for the explanation")
	}
}

func TestAHeadOfAnotherUnitOrOneWhoMayNotHearOfItIsNotAskedForAnExplanation(t *testing.T) {
	w := fileSent(t)
	w.do(office, &AskExplanation{Days: 7})
	mark := w.mark()
	w.newcomer() // a focal officer answers for no unit that has a head
	w.from(161, "OK "+w.asked(161))
	w.want(mark, "XM focal", "V5 office", "XN focal")
	if _, err := w.desk.AddContact(w.ctx, Contact{Unit: "MT", Role: Head, Name: "Đinh Thị Khác", Phone: phone(162), Order: 1, Replaces: 104}, true, shiftLead); err != nil {
		t.Fatal(err)
	}
	mark = w.mark()
	w.from(162, "OK "+w.asked(162))
	w.want(mark, "V5 office", "XN head")
}

// What a unit owes is counted by the unit's calendar, also to the Office.
func TestTheDaysToExplainAreThoseThatTheUnitWorks(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", withOwn(saturdays(t))) // Monday
	w.worksBy("XD", "T7")
	for unit, want := range map[string]struct{ due, reminder, calendar string }{
		"XD": {"2026-03-14 17:00", "2026-03-14 13:00", "T7/sat"},         // Saturday
		"MT": {"2026-03-16 17:00", "2026-03-16 13:00", "hai-phong-test"}, // Monday
	} {
		w.forwarded(unit)
		w.do(operator, &SendWrittenFile{Reason: "chậm"})
		w.do(office, &AskExplanation{Days: 5})
		w.wantDue(RungExplain, want.due)
		w.wantDue(RungExplainReminder, want.reminder)
		w.wantGiven(RungExplain, want.calendar)
		w.wantGiven(RungExplainReminder, want.calendar)
	}
}

// twoFiles has an urgent petition's file at the Office, and one about its result that waits.
func twoFiles(t *testing.T) *town {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Urgent, in.Unit = true, "XD"
	w.accept(in)
	w.do(operator, &SendWrittenFile{})
	w.to("2026-03-10 08:00") // Tuesday
	w.do(focalXD, answer())
	w.do(operator, &Publish{Written: NeedRemind, WrittenReason: "chậm"})
	return w
}

func TestADocumentBelongsToTheFileThatItIsAboutAndSendsNoOther(t *testing.T) {
	for name, actor := range map[string]Actor{"office": office, "administrator": admin} {
		t.Run(name, func(t *testing.T) {
			w := twoFiles(t)
			mark := w.mark()
			w.refuse(actor, &SendWrittenFile{No: 2, DocumentNo: "102/VP"}, WrongTime, "")
			w.refuse(actor, &SendWrittenFile{No: 3, DocumentNo: "102/VP"}, Invalid, "no")
			w.do(actor, &SendWrittenFile{No: 1, DocumentNo: "101/VP"})
			p := w.petition()
			if p.File(1).DocumentNo != "101/VP" || p.File(2).DocumentNo != "" || p.FileState(p.File(2)) != FileWaiting {
				t.Errorf("the files are %+v and %+v", p.File(1), p.File(2))
			}
			w.do(actor, &SendWrittenFile{DocumentNo: "103/VP"}) // no file is named: the latest that the Office has
			if p := w.petition(); p.File(1).DocumentNo != "103/VP" || p.FileState(p.File(2)) != FileWaiting {
				t.Errorf("the files are %+v and %+v", p.File(1), p.File(2))
			}
			if told := w.told(mark); len(told) != 0 {
				t.Errorf("a number that is noted tells %v", told)
			}
			w.wantDue(RungWrittenFile, "2026-03-12 17:00") // Thursday
		})
	}
	w := twoFiles(t)
	w.refuse(operator, &SendWrittenFile{No: 1}, WrongTime, "")
	w.refuse(operator, &SendWrittenFile{No: 1, Send: true, DocumentNo: "101/VP"}, WrongTime, "")
	w.do(operator, &SendWrittenFile{No: 2, Send: true, DocumentNo: "5/BC-1022"})
	w.do(office, &SendWrittenFile{No: 1, DocumentNo: "101/VP"})
	w.do(office, &SendWrittenFile{No: 2, DocumentNo: "102/VP"})
	if p := w.petition(); p.File(1).DocumentNo != "101/VP" || p.File(2).DocumentNo != "102/VP" {
		t.Errorf("the files are %+v and %+v", p.File(1), p.File(2))
	}
}

func TestAnExplanationIsAskedAboutTheFileThatIsNamed(t *testing.T) {
	w := twoFiles(t)
	w.refuse(office, &AskExplanation{No: 2, Days: 3}, WrongTime, "")
	w.do(operator, &SendWrittenFile{})
	w.do(office, &AskExplanation{No: 1, Days: 3})
	if p := w.petition(); !p.File(1).Explanation().Awaited() || p.File(2).Explanation() != nil {
		t.Errorf("asked about %+v and %+v", p.File(1), p.File(2))
	}
	w.refuse(office, &AskExplanation{No: 2, Days: 3}, WrongTime, "") // one at a time
	w.do(office, &AskExplanation{Days: 5})                           // another day
	w.do(focalXD, &GiveExplanation{Text: "Đơn vị thiếu vật tư trong tuần trước."})
	w.do(office, &AskExplanation{No: 2, Days: 3})
	if p := w.petition(); len(p.File(1).Explanations) != 1 || !p.File(2).Explanation().Awaited() {
		t.Errorf("asked about %+v and %+v", p.File(1), p.File(2))
	}
}

func TestOfFilesThatAreSentTogetherEachIsTheOneThatWasChosen(t *testing.T) {
	w := twoFiles(t)
	out, err := w.desk.SendFiles(w.ctx, []FileOrder{{Code: w.code, No: 1}}, operator)
	if err != nil || len(out.Sent) != 0 || len(out.Refused) != 1 || w.petition().FileState(w.petition().Written) != FileWaiting {
		t.Errorf("the first was sent already: %+v, %v", out, err)
	}
	mark := w.mark()
	out, err = w.desk.SendFiles(w.ctx, []FileOrder{{Code: w.code, No: 2}, {Code: w.code, No: 1}, {Code: w.code}}, operator)
	if err != nil || len(out.Sent) != 1 || len(out.Refused) != 1 || w.petition().FileState(w.petition().Written) != FileSent {
		t.Errorf("the second waits: %+v, %v", out, err)
	}
	w.want(mark, "V4 office")
}
