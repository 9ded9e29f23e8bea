package escalation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Stories of people who change (Đ17.9).

// newcomer takes the place of the focal officer of XD.
func (w *town) newcomer() int64 {
	w.Helper()
	id, err := w.desk.AddContact(w.ctx, Contact{Unit: "XD", Role: Focal, Name: "Đinh Văn Mới", Phone: phone(161), Order: 1, Replaces: 101}, true, shiftLead)
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// from is text of a number, whoever has it.
func (w *town) from(number int, words string) *received {
	w.Helper()
	return w.apply(w.text(phone(number), words))
}

func TestASuccessorTakesOverWhenTheNumberIsVerifiedAndNotBefore(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	first := w.code
	w.says(101, "NHAN")
	w.forwarded("XD")
	due := w.petition().Rung(RungHead).Due
	id := w.newcomer()
	if l := w.letter("XM"); l.Phone != phone(161) || !strings.Contains(l.text, "Sở Xây dựng") && !strings.Contains(l.text, "So Xay dung") {
		t.Fatalf("%s: %s", l.Phone, l.text)
	}
	if got := w.directory.Serving("XD", Focal, w.now)[0].ID; got != 101 {
		t.Errorf("before the number is verified %d serves", got)
	}
	mark := w.mark()
	if in := w.from(161, "OK "+w.asked(161)); in.outcome != "number:verified" {
		t.Fatalf("the answer: %s", in.outcome)
	}
	w.want(mark, "V5 office", "BG focal", "XN focal")
	if got := w.directory.Serving("XD", Focal, w.now)[0].ID; got != id {
		t.Errorf("after the number is verified %d serves", got)
	}
	l := w.letter("BG")
	if l.Phone != phone(161) || !strings.Contains(l.text, "2 PAKN") || !strings.Contains(l.text, first) {
		t.Errorf("handed over by %s", l.text)
	}
	for _, code := range []string{first, w.code} {
		p := w.petitions[w.ids[code]]
		if !p.Lead().AcknowledgedAt.IsZero() {
			t.Errorf("%s counts as acknowledged by the successor", code)
		}
		own := 0
		for _, b := range w.bindings {
			switch {
			case b.Petition != p.ID || !b.Open():
			case b.Phone == phone(161) && strings.Contains(l.text, b.Code):
				own++
			case b.Contact == 101:
				t.Errorf("%s: the code of the one before is still open", code)
			}
		}
		if own != 1 {
			t.Errorf("%s: %d codes of the successor's own in the text", code, own)
		}
	}
	if got := w.petition().Rung(RungHead).Due; !got.Equal(due) {
		t.Errorf("the deadline moved from %s to %s", due, got)
	}
	w.says(161, "NHAN "+w.code)
	if w.petition().Lead().AcknowledgedBy != "Đinh Văn Mới" {
		t.Error("the successor's NHAN is not the unit's")
	}
	if in := w.from(101, "XONG "+w.code+" da sua xong den duong"); in.outcome != "former" {
		t.Errorf("the one before is answered as %s", in.outcome)
	}
	w.wantEntry("handover", "Nguyễn Văn Thử bàn giao cho Đinh Văn Mới")
}

func TestASuccessorWhoDoesNotAcknowledgeIsNudgedAndTheLimitsStay(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.says(101, "NHAN")
	w.to("2026-03-09 10:00")
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
	mark := w.mark()
	w.to("2026-03-09 11:00")
	w.want(mark, "O1N focal")
	if l := w.letter("O1N"); l.Phone != phone(161) {
		t.Errorf("nudged is %s", l.Phone)
	}
	w.to("2026-03-10 08:00") // 8 working hours from the forward
	if got := w.letter("H1"); got.Notice.To.Contact != 102 {
		t.Errorf("%+v", got.Notice.To)
	}
}

func TestWhoSaysThatTheNumberIsNotTheirsChangesNothing(t *testing.T) {
	for _, words := range []string{"SAI %s", "KHONG %s", "khong phai %s", "Không phải số của tôi, mã %s"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.newcomer()
		if in := w.from(161, fmt.Sprintf(words, w.asked(161))); in.outcome != "number:refused" {
			t.Errorf("%s: %s", words, in.outcome)
		}
		if got := w.directory.Serving("XD", Focal, w.now)[0].ID; got != 101 {
			t.Errorf("%s: %d serves", words, got)
		}
		if len(w.opened(TaskConfirm, "không phải là số của")) != 1 {
			t.Errorf("%s: nobody is told", words)
		}
	}
}

// field failure 39
func TestAUnitOfWhichNobodyCanBeReachedIsReported(t *testing.T) {
	w := newTown(t, "2026-03-09 07:30") // Monday
	gaps := Roster(w.directory, w.desk.setting.Load().Numbering, false, w.now)
	var got []string
	for _, g := range gaps {
		got = append(got, fmt.Sprint(g.Unit.Code, g.Roles))
	}
	if want := []string{"LL[focal head]", "NF[focal]"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	mark := w.mark()
	for range 2 { // a node that died after it comes back to it
		if _, err := w.desk.RosterCheck(w.ctx, w.now, RosterDays{}); err != nil {
			t.Fatal(err)
		}
	}
	w.want(mark, "V7 office")
	if n := len(w.opened(TaskUnreachable, "Kiểm tra danh bạ")); n != 3 {
		t.Errorf("%d tasks", n)
	}
}

func TestBeforeDaysOffTheRosterLooksAtEachOfThem(t *testing.T) {
	w := newTown(t, "2026-03-09 15:00") // Monday
	c, _ := w.directory.Contact(127)
	c.Absences = []Absence{{From: instantAt("2026-03-11 00:00"), To: instantAt("2026-03-12 00:00")}}
	w.person(c)
	gap := func(at ...string) bool {
		var days []time.Time
		for _, a := range at {
			days = append(days, instantAt(a))
		}
		return slices.ContainsFunc(Roster(w.directory, w.desk.setting.Load().Numbering, false, days...), func(g Gap) bool { return g.Unit.Code == "GV" })
	}
	if gap("2026-03-09 15:00", "2026-03-10 12:00") || !gap("2026-03-09 15:00", "2026-03-10 12:00", "2026-03-11 12:00") {
		t.Error("a day off without anybody is not seen, or one with somebody is")
	}
}

func TestAUnitThatWasMergedGetsNoSlipsAndItsSuccessorIsNamed(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	units := append(townUnits(), Unit{Code: "CU", Name: "UBND quận cũ", SMSName: "Quận cũ", Kind: Ward, ValidTo: instantAt("2025-07-01 00:00"), Successor: "GV"})
	w.directory = NewDirectory(units, townContacts())
	w.accept(lamp())
	w.refuse(operator, &Forward{Unit: "CU"}, Invalid, "units")
	_, err := w.desk.Do(w.ctx, w.code, &Forward{Unit: "CU"}, operator, 0)
	if err == nil || !strings.Contains(err.Error(), "GV") {
		t.Errorf("the successor is not named: %v", err)
	}
	if u, ok := w.directory.Successor("CU", w.now); !ok || u.Code != "GV" {
		t.Errorf("the successor is %+v", u)
	}
	ring := NewDirectory([]Unit{{Code: "A", ValidTo: w.now, Successor: "B"}, {Code: "B", ValidTo: w.now, Successor: "A"}}, nil)
	if u, ok := ring.Successor("A", w.now); ok {
		t.Errorf("a ring leads to %s", u.Code)
	}
}

func TestAHandoverRewritesNoStatistics(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-09 08:05")
	w.says(101, "NHAN")
	before := Facts(*w.petition(), w.calendars())[0]
	w.to("2026-03-12 08:00")
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
	for _, words := range []string{"", "NHAN " + w.code} {
		if words != "" {
			w.says(161, words)
		}
		if after := Facts(*w.petition(), w.calendars())[0]; !after.AcknowledgedAt.Equal(before.AcknowledgedAt) || after.AcknowledgedIn != before.AcknowledgedIn || after.Officer != "Nguyễn Văn Thử" {
			t.Errorf("after %q acknowledged at %s by %s, before at %s", words, after.AcknowledgedAt, after.Officer, before.AcknowledgedAt)
		}
	}
}

func TestWhatTheOneBeforeSendsToAHandedCodeIsKept(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.person(Contact{ID: 171, Unit: "MT", Role: Deputy, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 5})
	w.forwarded("XD")
	code := w.codeOf(101)
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
	w.says(101, "XONG "+code+" da sua xong den duong ngo 72")
	if len(w.opened(TaskConfirm, "đã bàn giao cho người khác")) != 1 {
		t.Error("what the one before wrote is lost")
	}
}

func TestEverySlipOfALargeHandoverIsNamedWithItsCode(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	const slips = 8
	for range slips {
		w.forwarded("XD")
	}
	w.newcomer()
	mark := w.mark()
	w.from(161, "OK "+w.asked(161))
	told := ""
	for _, l := range w.messages[mark:] {
		if l.Notice.Template == "BG" {
			told += l.text
		}
	}
	for _, b := range w.bindings {
		if b.Phone == phone(161) && !strings.Contains(told, b.PetCode+" ma "+b.Code) {
			t.Errorf("%s with the code %s is in no text:\n%s", b.PetCode, b.Code, told)
		}
	}
}

// offices leaves the City Office these people alone.
func (w *town) offices(people ...Contact) {
	contacts := slices.DeleteFunc(w.directory.all(), func(c Contact) bool { return c.Role == Office })
	w.directory = NewDirectory(w.directory.Units(), append(contacts, people...))
}

func TestAnOfficeWithoutAPhoneIsToldOfAChangeByEmail(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Mail = true }) // Monday
	w.offices(Contact{ID: 901, Unit: "VP", Role: Office, Name: "Phan Thị Giả", Email: "vp@example.vn"})
	w.newcomer()
	w.from(161, "OK "+w.asked(161))
	if l := w.letter("V5"); l.Email != "vp@example.vn" || l.Phone != "" {
		t.Errorf("told by %q and %q", l.Email, l.Phone)
	}
	if len(w.opened(TaskUnreachable, "Thay đổi nhân sự")) != 0 {
		t.Error("the Office counts as unreachable")
	}
}

func TestAnOfficeThatNobodyCanReachIsATask(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.offices(Contact{ID: 901, Unit: "VP", Role: Office, Name: "Phan Thị Giả", Phone: "+842253000001", Email: "vp@example.vn"})
	w.newcomer()
	mark := w.mark()
	w.from(161, "OK "+w.asked(161))
	w.want(mark, "XN focal")
	if tasks := w.opened(TaskUnreachable, "Thay đổi nhân sự (Đ17.9): không có ai giữ vai trò Văn phòng UBND thành phố"); len(tasks) != 1 || tasks[0].For != ShiftLead {
		t.Errorf("the tasks are %+v", tasks)
	}
}

// headBy takes the place of a unit's head and confirms the number.
func (w *town) headBy(unit string, before int64, number int) {
	w.Helper()
	if _, err := w.desk.AddContact(w.ctx, Contact{Unit: unit, Role: Head, Name: "Đinh Văn Mới", Phone: phone(number), Replaces: before}, true, shiftLead); err != nil {
		w.Fatal(err)
	}
	w.from(number, "OK "+w.asked(number))
}

func TestANewHeadIsGivenTheSlipsThatWereEscalatedToTheUnit(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.to("2026-03-10 08:00") // 8 working hours from the forward: XD's head has it
	mark := w.mark()
	w.headBy("MT", 104, 161) // whose unit co-operates
	w.want(mark, "V5 office", "XM head", "XN head")
	w.do(shiftLead, &Reassign{Unit: "GV", Reason: "thuộc địa bàn phường"})
	mark = w.mark()
	w.headBy("GV", 128, 162) // where the 8 hours have just begun
	w.want(mark, "V5 office", "XM head", "XN head")
	w.forwarded("XD")
	w.to("2026-03-11 08:00")
	mark = w.mark()
	w.headBy("XD", 102, 163)
	w.want(mark, "BG head", "V5 office", "XM head", "XN head")
	if l := w.letter("BG"); l.Phone != phone(163) || !strings.Contains(l.text, w.code) {
		t.Errorf("%s: %s", l.Phone, l.text)
	}
}

func TestANewHeadOfAUnitWithoutOfficersIsGivenItsSlips(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("NF")
	mark := w.mark()
	w.headBy("NF", 202, 161)
	w.want(mark, "BG head", "V5 office", "XM head", "XN head")
}
