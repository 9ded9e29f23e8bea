package escalation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestC1YieldsToC4WithinAQuarterOfAnHour(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	c1 := w.letter("C1")
	if want := instantAt("2026-03-09 08:15"); !c1.Notice.NotBefore.Equal(want) {
		t.Errorf("C1 waits until %s", c1.Notice.NotBefore)
	}
	w.jump("2026-03-09 08:14")
	w.do(operator, &Forward{Unit: "XD"})
	if c1.State != Dropped || w.letter("C4").State != Queued {
		t.Errorf("C1 is %s, C4 %s", c1.State, w.letter("C4").State)
	}
}

func TestAMessageThatWentOutIsNotSuppressed(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.letter("C1").State = Accepted
	w.do(operator, &Forward{Unit: "XD"})
	if w.letter("C1").State != Accepted {
		t.Error("what is on the air cannot be taken back")
	}
}

// field failure 38
func TestQuietHoursHoldWhatCanWait(t *testing.T) {
	policy := DefaultPolicy()
	officer, person := Recipient{Contact: 1}, Recipient{Citizen: 1}
	tests := []struct {
		at   string
		n    Notice
		want string // "" at once
	}{
		{"2026-03-09 20:59:59", Notice{Template: "O1", Class: ClassSlip, To: officer}, ""}, // Monday
		{"2026-03-09 21:00:00", Notice{Template: "O1", Class: ClassSlip, To: officer}, "2026-03-10 06:45"},
		{"2026-03-10 06:44:59", Notice{Template: "O1", Class: ClassSlip, To: officer}, "2026-03-10 06:45"}, // Tuesday
		{"2026-03-10 06:45:00", Notice{Template: "O1", Class: ClassSlip, To: officer}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "O1K", Class: ClassSlip, Lane: LaneUrgent, To: officer}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "A1", Class: ClassAnswer, To: officer}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "T1", Class: ClassAlarm, To: officer}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "C5", Class: ClassProgress, To: person}, "2026-03-10 07:00"},
		{"2026-03-09 23:00:00", Notice{Template: "C7", Class: ClassResult, To: person}, "2026-03-10 07:00"},
		{"2026-03-10 06:50:00", Notice{Template: "C8", Class: ClassRating, To: person}, "2026-03-10 07:00"},
		{"2026-03-10 07:00:00", Notice{Template: "C8", Class: ClassRating, To: person}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "C1", Class: ClassRecorded, To: person}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "C2", Class: ClassDecision, To: person}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "C3", Class: ClassProgress, To: person}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "C4", Class: ClassProgress, To: person}, ""},
		{"2026-03-09 23:00:00", Notice{Template: "C10", Class: ClassAnswer, To: person}, ""},
	}
	for _, tt := range tests {
		tt.n.At = instantAt(tt.at)
		want := time.Time{}
		if tt.want != "" {
			want = instantAt(tt.want)
		}
		if got := policy.Held(tt.n); !got.Equal(want) {
			t.Errorf("%s at %s is held until %s, want %q", tt.n.Template, tt.at, got, tt.want)
		}
	}
}

func TestTheLadderIsStampedAtItsRealTimeThoughTheTextWaits(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)                     // C8 is due on Thursday 08:00, not at night
	w.to("2026-03-12 08:00")
	if at := w.letter("C8").Notice.NotBefore; !at.IsZero() {
		t.Errorf("C8 waits until %s", at)
	}
}

// Đ7.3
func TestConfidentialTextsCarryNeitherSummaryNorArea(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Confidential, in.Urgent = true, true
	in.Unit, in.Units = "XD", []UnitRef{{Code: "MT", Role: "cooperate"}}
	mark := w.mark()
	w.accept(in)
	w.want(mark, "O1M focal", "O1M focal", "C4 citizen", "V0 office")
	w.to("2026-03-17 08:00") // Tuesday, through the whole ladder
	for _, l := range w.messages {
		if strings.Contains(l.text, "Lach Tray") || strings.Contains(l.text, "Den duong") || strings.Contains(l.text, "Gia Vien") {
			t.Errorf("%s: %s", l.Notice.Template, l.text)
		}
	}
}

func TestTheCitizensTracesAreInNoText(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Content = "Tôi là Đinh Thị Cư Dân, số 0570000501, nhà 15 phố Thử Nghiệm: đèn đường tắt."
	in.Area = "15 phố Thử Nghiệm"
	w.accept(in)
	w.do(operator, &Forward{Unit: "XD", Note: "gọi lại Đinh Thị Cư Dân 0570000501", Call: &CallLog{To: "XD", Outcome: "Đinh Thị Cư Dân 0570000501"}})
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-10 09:00"), Reason: "chờ Đinh Thị Cư Dân"})
	w.do(focalXD, answer())
	w.do(operator, &SendBack{Reason: "gọi 0570000501"}) // nothing is left of it but the text still goes out
	w.do(office, &Direct{Leader: "Phó Chủ tịch", Text: "gặp Đinh Thị Cư Dân", Document: "0570000501", Due: instantAt("2026-03-12 09:00")})
	w.do(operator, &Reassign{Unit: "GV", Reason: "0570000501"})
	w.accept(in)
	w.do(operator, &Reject{Reason: "0570000501", Guidance: "Đinh Thị Cư Dân gọi 0225 3842 123, không gọi 0570000501"})
	if text := w.letter("C2").text; !strings.Contains(text, "0225 3842 123") {
		t.Errorf("the other office's number is gone: %s", text)
	}
}

// Đ8.2, Đ8.3, Đ11.1: whom to call is what the citizen is told.
func TestWhatAnOfficeTellsTheCitizenKeepsItsNumbers(t *testing.T) {
	const call = "gọi 0225 3842 345 trong giờ làm, đóng 1.263.600.000 đồng"
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &AskCitizen{Missing: call + ", không gọi 0570000501"})
	if got := w.petition().Clarify.Missing; got != call+", không gọi […]" {
		t.Errorf("asked is %q", got)
	}
	if text := w.letter("C3").text; !strings.Contains(text, "0225 3842 345") || strings.Contains(text, "0570000501") {
		t.Errorf("the citizen is texted %q", text)
	}
	w.accept(lamp())
	w.do(operator, &Reject{Reason: "thuộc BHXH, " + call, Guidance: "BHXH thành phố"})
	if got := w.petition().Rejection.Reason; got != "thuộc BHXH, "+call {
		t.Errorf("refused is %q", got)
	}
	w.accept(lamp())
	w.do(operator, &Forward{Unit: "XD"})
	w.do(focalXD, &GiveResult{Text: "Kính gửi ông Đinh Thị Cư Dân: " + call})
	w.do(operator, &Publish{})
	if got := w.petition().Published; got != "Kính gửi ông […]: "+call {
		t.Errorf("published is %q", got)
	}
	secret := lamp()
	secret.Confidential = true
	w.accept(secret)
	w.do(operator, &AskCitizen{Missing: call})
	if got := w.petition().Clarify.Missing; strings.Contains(got, "0225") {
		t.Errorf("of what is confidential asked is %q", got)
	}
}

func TestAnExcludedContactHearsNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Exclude = []int64{101, 102}
	in.Unit = "XD"
	w.accept(in)
	w.refuse(focalXD, &AssignInternal{Contact: 102}, Invalid, "contact")
	w.to("2026-03-17 08:00") // Tuesday, through the whole ladder
	for _, l := range w.messages {
		if id := l.Notice.To.Contact; id == 101 || id == 102 {
			t.Errorf("%s went to the excluded contact %d", l.Notice.Template, id)
		}
	}
	if w.letter("O1").Notice.To.Contact != 111 || w.letter("H1").Notice.To.Contact != 112 {
		t.Error("the next of the role and the deputy are not asked")
	}
}

func TestWhoIsOnLeaveIsReplacedByTheDelegate(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("LV")
	if got := w.letter("O1").Notice.To.Contact; got != 402 {
		t.Errorf("the slip went to %d", got)
	}
}

// field failures 39, 49
func TestAStepWithNobodyToTellBecomesATaskAndALine(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	mark := w.mark()
	w.forwarded("LL") // only a landline
	w.want(mark, "C1 citizen", "C4 citizen")
	w.wantEntry("unreachable", "cán bộ đầu mối")
	if w.openTasks(TaskUnreachable) != 1 {
		t.Error("no task")
	}
	w.to("2026-03-10 08:00")
	w.wantStatus(Escalated)
	w.wantEntry("unreachable", "Thủ trưởng đơn vị")
}

func TestAUnitWithoutAFocalOfficerIsToldThroughItsHead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("NF")
	if n := w.letter("O1").Notice; n.To.Contact != 202 || n.To.Role != Focal {
		t.Errorf("the slip went to %d as %s", n.To.Contact, n.To.Role)
	}
}

func (w *town) undelivered(l *letter) {
	w.Helper()
	l.State = Failed
	if err := w.desk.Undelivered(w.ctx, l.ID, 30*time.Minute); err != nil {
		w.Fatal(err)
	}
}

// field failures 39, 43
func TestAnUndeliveredSlipGoesToTheNextTheDeputyTheHeadAndTheTaskList(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	for _, next := range []int64{111, 112, 102} {
		w.undelivered(w.letter("O1"))
		if got := w.letter("O1"); got.Notice.To.Contact != next || got.State != Queued {
			t.Fatalf("next asked is %d, want %d", got.Notice.To.Contact, next)
		}
	}
	last := w.letter("O1")
	w.undelivered(last)
	w.undelivered(last) // it acts once
	if w.letter("O1") != last || w.openTasks(TaskUnreachable) != 1 || last.Notice.Attempt != 4 {
		t.Errorf("after %d attempts there are %d tasks", last.Notice.Attempt, w.openTasks(TaskUnreachable))
	}
}

func TestWithMailAnUndeliveredTextBecomesAnEmail(t *testing.T) {
	mail := func(s *Setting) { s.Mail = true }
	w := newTown(t, "2026-03-09 08:00", mail) // Monday
	in := lamp()
	in.Citizen.Email, in.Exclude, in.Unit = "cudan@example.vn", []int64{111, 112, 102}, "XD"
	w.accept(in)
	w.undelivered(w.letter("O1"))
	if l := w.letter("O1"); !l.Notice.To.ByEmail || l.Email != "thu@example.vn" {
		t.Error("the officer got no email")
	}
	w.undelivered(w.letter("C4"))
	c4 := w.letter("C4")
	if !c4.Notice.To.ByEmail || c4.Email != "cudan@example.vn" {
		t.Error("the citizen got no email")
	}
	w.undelivered(c4)
	if w.openTasks(TaskContact) != 1 {
		t.Error("after the email nobody calls the citizen")
	}
}

func TestWhenNobodyCanBeTextedTheNextWithAnAddressIsMailedAndThenAPersonIsAsked(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{101: "thu@example.vn", 111: "pho@example.vn"})
	w.forwarded("XD")
	var told []string
	for range 12 {
		l := w.letter("O1")
		told = append(told, fmt.Sprintf("%d/%t", l.Notice.To.Contact, l.Notice.To.ByEmail))
		w.undelivered(l)
		if w.letter("O1") == l {
			break
		}
	}
	if got, want := strings.Join(told, " "), "101/false 111/false 112/false 102/false 101/true 111/true"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	if w.openTasks(TaskUnreachable) != 1 {
		t.Error("at the end nobody is asked to call")
	}
}

func TestAFailedMailAboutNoPetitionBecomesATask(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn"})
	w.forwarded("XD")
	w.until(instantAt("2026-03-18 08:00"))
	w.overdueDigest("2026-03-18 08:00")
	before := w.openTasks(TaskUnreachable)
	w.undelivered(w.letter("VQ"))
	if got := w.openTasks(TaskUnreachable) - before; got != 1 {
		t.Errorf("%d tasks", got)
	}
}

func TestAPointlessTextIsNotPassedOn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-09 10:00")
	slip, nudge, c4 := w.letter("O1"), w.letter("O1N"), w.letter("C4")
	w.do(focalXD, &Acknowledge{})
	mark := w.mark()
	w.undelivered(slip)
	w.undelivered(nudge)
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	w.undelivered(c4)
	w.want(mark, "C7 citizen")
	if w.openTasks(TaskUnreachable)+w.openTasks(TaskContact) != 0 {
		t.Error("a pointless text gives a task")
	}
}

func TestUrgingKeepsItsTimeWhenItIsPassedOn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(office, &Urge{Due: instantAt("2026-03-09 16:00")})
	w.undelivered(w.letter("N1"))
	if l := w.letter("N1"); l.Notice.To.Contact != 112 || !strings.Contains(l.text, "16h00 9/3") {
		t.Errorf("%d is told %s", l.Notice.To.Contact, l.text)
	}
}

// An order that no receipt tells of is passed on while there is something to do, and no longer.
func TestAnOrderIsPassedOnWhileItStands(t *testing.T) {
	for name, c := range map[string]struct {
		then   func(w *town)
		passed bool
	}{
		"nothing happened":      {func(*town) {}, true},
		"the unit has answered": {func(w *town) { w.do(focalXD, answer()) }, false},
		"another unit has it":   {func(w *town) { w.do(operator, &Reassign{Unit: "GV"}) }, false},
		"its day is over":       {func(w *town) { w.until(instantAt("2026-03-09 16:00")) }, false},
		"it is withdrawn":       {func(w *town) { w.do(operator, &Withdraw{}) }, false},
	} {
		for template, order := range map[string]Command{
			"N1": &Urge{Due: instantAt("2026-03-09 16:00")},
			"N2": &Direct{Leader: "Chủ tịch", Text: "khẩn trương", Due: instantAt("2026-03-09 16:00")},
		} {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.forwarded("XD")
			w.do(office, order)
			told := w.letter(template)
			c.then(w)
			w.undelivered(told)
			if passed := w.letter(template) != told; passed != c.passed {
				t.Errorf("%s, %s: passed on %t", name, template, passed)
			}
			if tasks := w.openTasks(TaskUnreachable); tasks != 0 {
				t.Errorf("%s, %s: %d tasks", name, template, tasks)
			}
		}
	}
}

func TestAQuestionForAnExplanationIsPassedOnUntilItIsAnsweredOrAskedAnew(t *testing.T) {
	for name, c := range map[string]struct {
		then   func(w *town)
		passed bool
	}{
		"nothing happened": {func(*town) {}, true},
		"it is answered": {func(w *town) {
			w.do(headXD, &GiveExplanation{Text: "Đơn vị nhận phiếu chậm do thay đổi nhân sự."})
		}, false},
		"asked anew": {func(w *town) { w.do(office, &AskExplanation{Days: 5}) }, false},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.do(operator, &SendWrittenFile{Reason: "dân phản ánh nhiều lần"})
		w.do(office, &AskExplanation{Days: 3})
		told := w.letter("N3")
		c.then(w)
		last := w.letter("N3")
		w.undelivered(told)
		if passed := w.letter("N3") != last; passed != c.passed {
			t.Errorf("%s: passed on %t", name, passed)
		}
	}
}

func TestACitizenOnALandlineIsCalled(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Citizen.Phone = "0225 3000 099"
	in.Unit = "XD"
	mark := w.mark()
	w.accept(in)
	w.want(mark, "O1 focal")
	if w.openTasks(TaskContact) != 1 {
		t.Error("nobody calls the citizen")
	}
}

func TestAReminderExpiresWithItsNextLevel(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-09 15:30")
	if at := w.letter("O2").Notice.Expires; !at.Equal(instantAt("2026-03-10 08:00")) {
		t.Errorf("O2 expires %s", at)
	}
}

// field failure 37
func TestKeysTellNoticesApart(t *testing.T) {
	n := Notice{Petition: 1, Round: 2, Rung: RungHead, Template: "H1", To: Recipient{Contact: 3}, Attempt: 1}
	keys := []string{n.Key()}
	for _, change := range []func(*Notice){
		func(n *Notice) { n.Petition++ }, func(n *Notice) { n.Round++ }, func(n *Notice) { n.Rung = RungOverdue },
		func(n *Notice) { n.Template = "H2" }, func(n *Notice) { n.To.Contact++ }, func(n *Notice) { n.To.ByEmail = true },
		func(n *Notice) { n.Attempt++ }, func(n *Notice) { n.Seq++ },
	} {
		other := n
		change(&other)
		if slices.Contains(keys, other.Key()) {
			t.Errorf("%s stands twice", other.Key())
		}
		keys = append(keys, other.Key())
	}
}

func TestATimelineShowsWhoeverTampersWithIt(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Closed)
	whole := w.entries[w.ids[w.code]]
	if err := VerifyChain(whole); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func([]Entry) []Entry{
		"a word":            func(e []Entry) []Entry { e[1].Text += "!"; return e },
		"an author":         func(e []Entry) []Entry { e[1].Actor = "ai đó"; return e },
		"a time":            func(e []Entry) []Entry { e[1].At = e[1].At.Add(time.Second); return e },
		"a private text":    func(e []Entry) []Entry { e[0].Private = "khác"; return e },
		"a digest":          func(e []Entry) []Entry { e[0].Digest = digest("s", "khác"); return e },
		"a line is gone":    func(e []Entry) []Entry { return append(e[:1], e[2:]...) },
		"the first is gone": func(e []Entry) []Entry { return e[1:] },
		"two changed":       func(e []Entry) []Entry { e[1], e[2] = e[2], e[1]; return e },
	}
	for name, tamper := range tests {
		if VerifyChain(tamper(slices.Clone(whole))) == nil {
			t.Errorf("%s is not noticed", name)
		}
	}
	erased := slices.Clone(whole)
	for i := range erased {
		erased[i].Private = ""
	}
	if err := VerifyChain(erased); err != nil {
		t.Errorf("erasing personal data breaks the chain: %v", err)
	}
}

func TestClockAndSpanTexts(t *testing.T) {
	if got := ClockText(time.Date(2026, 3, 9, 7, 5, 0, 0, time.UTC)); got != "14h05 9/3" {
		t.Error(got)
	}
	for d, want := range map[time.Duration]string{-time.Hour: "0 phút", 45 * time.Minute: "45 phút", 2 * time.Hour: "2 giờ", 150 * time.Minute: "2h30"} {
		if got := SpanText(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	for phone, want := range map[string]string{"+84912345678": "091****678", "0912345678": "091****678", "113": "***", "": ""} {
		if got := MaskPhone(phone); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestALostTextOfNoPetitionIsATaskUnlessItWasAnAnswer(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.queue(Notice{Template: "R1", Class: ClassReport, To: Recipient{Contact: 102}, Vars: map[string]string{
		"don_vi": "Sở XD", "ky": "tháng 2/2026", "n_tiep": "1", "n_dung": "1", "n_qua": "0", "n_cho": "0", "hl": "5/5", "lp": "x.vn/p/1"}})
	w.undelivered(w.letter("R1"))
	if w.openTasks(TaskUnreachable) != 1 {
		t.Error("a lost report is nobody's task")
	}
	w.says(777, "NHAN 45705")
	w.undelivered(w.letter("E4"))
	if w.openTasks(TaskUnreachable) != 1 {
		t.Error("a stranger's lost answer is somebody's task")
	}
}

func TestWhatWasToGoEarlierIsHeldForTheMorningAndWhatWasMeantForTheNightGoes(t *testing.T) {
	policy := DefaultPolicy()
	for name, c := range map[string]struct {
		at, notBefore, now string
		lane               Lane
		want               string // empty: goes
	}{
		"in the day":                    {at: "2026-11-16 14:00", now: "2026-11-16 15:00"},
		"an outage into the night":      {at: "2026-11-16 20:00", now: "2026-11-16 22:00", want: "2026-11-17 06:45"},
		"an outage past midnight":       {at: "2026-11-16 20:00", now: "2026-11-17 01:00", want: "2026-11-17 06:45"},
		"urgent":                        {at: "2026-11-16 20:00", now: "2026-11-16 22:00", lane: LaneUrgent},
		"sent by hand in the night":     {at: "2026-11-16 22:00", now: "2026-11-16 22:01"},
		"of the night, in the morning":  {at: "2026-11-16 22:00", notBefore: "2026-11-17 06:45", now: "2026-11-17 06:45"},
		"of the night, the night after": {at: "2026-11-16 22:00", notBefore: "2026-11-17 06:45", now: "2026-11-17 21:30", want: "2026-11-18 06:45"},
	} {
		n := Notice{Template: "O2", Class: ClassReminder, Lane: cmp.Or(c.lane, LaneSlip), To: Recipient{Contact: 1}, At: instantAt(c.at)}
		if c.notBefore != "" {
			n.NotBefore = instantAt(c.notBefore)
		}
		got := policy.HeldAgain(n, instantAt(c.now))
		if want := c.want; want == "" && !got.IsZero() || want != "" && !got.Equal(instantAt(want)) {
			t.Errorf("%s: held until %s, want %q", name, got, want)
		}
	}
}
