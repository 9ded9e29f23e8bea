package escalation

import (
	"fmt"
	"reflect"
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

// asked is the code of the latest question to the number.
func (w *town) asked(number int) string {
	w.Helper()
	for _, q := range slices.Backward(w.questions) {
		if q.Phone == phone(number) && !q.over {
			return q.Code
		}
	}
	w.Fatalf("nothing is asked of %d", number)
	return ""
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

func TestASuccessorMustHaveAnotherNumberThatCanBeTexted(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	for field, c := range map[string]Contact{
		"phone":    {Unit: "XD", Role: Focal, Name: "A", Phone: "+842253000001", Replaces: 101},
		"replaces": {Unit: "XD", Role: Head, Name: "A", Phone: phone(161), Replaces: 101},
	} {
		_, err := w.desk.AddContact(w.ctx, c, true, shiftLead)
		if faultOf(err) != field {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestANumberThatFailsAgainAndAgainIsAskedAnew(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	c, _ := w.directory.Contact(101)
	c.Verified = true
	w.person(c)
	w.forwarded("XD")
	w.refused[phone(101)] = 2
	w.undelivered(w.letter("O1"))
	if c, _ := w.directory.Contact(101); !c.Verified {
		t.Error("two failures in a row and the number is doubted")
	}
	w.refused[phone(101)] = 3
	w.forwarded("XD")
	w.undelivered(w.letter("O1"))
	if c, _ := w.directory.Contact(101); c.Verified {
		t.Error("three failures in a row and the number is still taken for verified")
	}
	if w.letter("XM").Phone != phone(101) || len(w.opened(TaskConfirm, "tin liên tiếp không đến được")) != 1 {
		t.Error("nobody looks at the number")
	}
	w.from(101, "OK "+w.asked(101))
	if c, _ := w.directory.Contact(101); !c.Verified {
		t.Error("it answered and is not verified")
	}
}

// Đ17.9: what an import brought was never verified and fails like any other.
func TestANumberThatNobodyEverVerifiedIsAskedWhenItFailsAgainAndAgain(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	fail := func(times int) {
		w.refused[phone(101)] = times
		w.forwarded("XD")
		w.undelivered(w.letter("O1"))
	}
	mark := w.mark()
	asked := func() (n int) {
		for _, l := range w.messages[mark:] {
			if l.Notice.Template == "XM" && l.Phone == phone(101) {
				n++
			}
		}
		return n
	}
	if fail(2); asked() != 0 {
		t.Error("two failures in a row and the number is asked")
	}
	for range 3 { // each text that fails after it
		fail(3)
	}
	if n, tasks := asked(), len(w.opened(TaskConfirm, "tin liên tiếp không đến được")); n != 1 || tasks != 1 {
		t.Errorf("asked %d times, %d tasks", n, tasks)
	}
	w.from(101, "OK "+w.asked(101))
	if c, _ := w.directory.Contact(101); !c.Verified {
		t.Error("it answered and is not verified")
	}
	w.to("2026-03-09 08:05")
	if fail(3); asked() != 2 {
		t.Error("it answered, fails anew and is not asked anew")
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

func TestABareOKVerifiesNoNumber(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.newcomer()
	w.from(161, "OK") // a stranger answers some other text
	if got := w.directory.Serving("XD", Focal, w.now)[0].ID; got != 101 {
		t.Errorf("%d serves", got)
	}
}

func TestOnlyOneSuccessorWaitsAndTakesOverOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	id := w.newcomer()
	_, err := w.desk.AddContact(w.ctx, Contact{Unit: "XD", Role: Focal, Name: "Người khác", Phone: phone(162), Replaces: 101}, true, shiftLead)
	if faultOf(err) != "replaces" {
		t.Errorf("a second successor: %v", err)
	}
	code := w.asked(161)
	w.from(161, "OK "+code)
	w.says(161, "NHAN "+w.code)
	mark := w.mark()
	if err := w.desk.VerifyNumber(w.ctx, id, shiftLead); err != nil { // somebody has called, too
		t.Fatal(err)
	}
	w.want(mark)
	if w.petition().Lead().AcknowledgedAt.IsZero() {
		t.Error("the acknowledgement is wiped by the second word")
	}
	if len(w.opened(TaskConfirm, "chờ xác minh số máy")) != 0 {
		t.Error("the task to verify is open still")
	}
}

func TestASuccessorWhoDoesNotAnswerIsATask(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.newcomer()
	tasks := w.opened(TaskConfirm, "chờ xác minh số máy")
	if len(tasks) != 1 || !tasks[0].Due.Equal(instantAt("2026-03-10 17:00")) {
		t.Errorf("%+v", tasks)
	}
}

func TestASuccessorWhoseTimeIsOverIsWaitedForNoMore(t *testing.T) {
	for _, until := range []string{"2026-03-09 08:00", "2026-03-20 00:00"} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		id := w.newcomer()
		w.asked(161)
		if err := w.corrected(id, func(c *Contact) { c.ValidTo = instantAt(until) }); err != nil {
			t.Fatal(err)
		}
		if ended := until == "2026-03-09 08:00"; (len(w.opened(TaskConfirm, "chờ xác minh số máy")) == 0) != ended {
			t.Errorf("till %s: the tasks are %+v", until, w.opened(TaskConfirm, "chờ xác minh số máy"))
		}
		w.to("2026-03-20 07:35") // Friday
		if err := w.desk.AskPending(w.ctx); err != nil {
			t.Fatal(err)
		}
		open := slices.ContainsFunc(w.questions, func(q *openQuestion) bool { return !q.over })
		if tasks := w.opened(TaskConfirm, "chờ xác minh số máy"); open || len(tasks) != 0 {
			t.Errorf("till %s: the question is open: %t, the tasks are %+v", until, open, tasks)
		}
	}
}

func TestANumberInOfficeChangesWhenTheNewOneAnswers(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	c, _ := w.directory.Contact(101)
	c.Phone, c.Email = phone(161), "moi@example.vn"
	if err := w.desk.EditContact(w.ctx, c, shiftLead); err != nil {
		t.Fatal(err)
	}
	if now := w.directory.Serving("XD", Focal, w.now)[0]; now.Phone != phone(101) || now.Email != "moi@example.vn" {
		t.Errorf("before the answer: %+v", now)
	}
	w.from(161, "OK "+w.asked(161))
	if now := w.directory.Serving("XD", Focal, w.now)[0]; now.Phone != phone(161) || now.Name != "Nguyễn Văn Thử" {
		t.Errorf("after it: %+v", now)
	}
	if err := w.desk.AskPending(w.ctx); err != nil {
		t.Fatal(err)
	}
}

// corrected saves the contact as the change makes it.
func (w *town) corrected(contact int64, change func(*Contact)) error {
	c, _ := w.directory.Contact(contact)
	change(&c)
	return w.desk.EditContact(w.ctx, c, shiftLead)
}

// Đ17.9: one form that says another name and another number is about somebody else.
func TestAnotherNameWithAnotherNumberIsASuccessorAndTheRowBeforeStays(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	away := Absence{From: instantAt("2026-03-20 00:00"), To: instantAt("2026-03-21 00:00")}
	if err := w.desk.NoteAbsence(w.ctx, 101, away, shiftLead); err != nil {
		t.Fatal(err)
	}
	before, _ := w.directory.Contact(101)
	err := w.corrected(101, func(c *Contact) {
		c.Name, c.Phone, c.Email, c.Order = "Đinh Văn Mới", phone(161), "moi@example.vn", 3
	})
	if err != nil {
		t.Fatal(err)
	}
	if now, _ := w.directory.Contact(101); !reflect.DeepEqual(now, before) {
		t.Errorf("before the answer the row is %+v", now)
	}
	w.says(101, "NHAN "+w.code)
	if by := w.petition().Lead().AcknowledgedBy; by != "Nguyễn Văn Thử" {
		t.Errorf("what the one before says is put down to %q", by)
	}
	w.do(headXD, &AssignInternal{Contact: 101})
	w.from(161, "OK "+w.asked(161))
	next := w.directory.Serving("XD", Focal, w.now)[1] // order 3, after 111
	if next.Name != "Đinh Văn Mới" || next.Phone != phone(161) || next.Email != "moi@example.vn" || len(next.Absences) != 0 {
		t.Errorf("the successor is %+v", next)
	}
	if p := w.petition(); p.Lead().Assignee != 0 || len(w.keptReports) != 0 {
		t.Errorf("the successor inherits what was the other's: assignee %d, reports %v", p.Lead().Assignee, w.keptReports)
	}
	if len(w.opened(TaskConfirm, "Đinh Văn Mới thay Nguyễn Văn Thử làm cán bộ đầu mối")) != 1 {
		t.Errorf("the Office is to confirm %+v", w.opened(TaskConfirm, "đề nghị xác nhận"))
	}
	if now, _ := w.directory.Contact(101); now.Name != before.Name || !now.ended(w.now) {
		t.Errorf("after it the row is %+v", now)
	}
}

func TestAnEditThatMakesSomebodyElseOfARowIsRefusedWhereNobodyCanSucceed(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	before, _ := w.directory.Contact(101)
	for field, change := range map[string]func(*Contact){
		"phone":    func(c *Contact) { c.Name, c.Phone = "Đinh Văn Mới", "+842253000002" },
		"replaces": func(c *Contact) { c.Name, c.Phone, c.Role = "Đinh Văn Mới", phone(161), Head },
		"valid_from": func(c *Contact) {
			c.Name, c.Phone, c.ValidFrom = "Đinh Văn Mới", phone(161), instantAt("2026-03-20 00:00")
		},
		"valid_to": func(c *Contact) {
			c.Name, c.Phone, c.ValidTo = "Đinh Văn Mới", phone(161), instantAt("2026-03-08 00:00")
		},
	} {
		if err := w.corrected(101, change); faultOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
		if now, _ := w.directory.Contact(101); !reflect.DeepEqual(now, before) {
			t.Errorf("%s is refused and the row is %+v", field, now)
		}
	}
	if err := w.corrected(101, func(c *Contact) { c.Name, c.Phone = "NGUYEN  VAN THU", "+842253000002" }); err != nil { // the same person
		t.Error(err)
	}
}

// A row that waits keeps the rules by which it was recorded, and the place it waits for stays.
func TestAnEditLeavesWhoWaitsAndTheirPlaceTogether(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	if err := w.corrected(101, func(c *Contact) { c.Name, c.Phone = "Đinh Văn Mới", phone(161) }); err != nil {
		t.Fatal(err)
	}
	waiting, _ := w.directory.PendingFor(101, w.now)
	for field, change := range map[string]func(*Contact){
		"phone":      func(c *Contact) { c.Phone = "+842253000002" },
		"replaces":   func(c *Contact) { c.Role = Head },
		"valid_from": func(c *Contact) { c.ValidFrom = instantAt("2026-03-20 00:00") },
	} {
		if err := w.corrected(waiting.ID, change); faultOf(err) != field {
			t.Errorf("%s of who waits: %v", field, err)
		}
		if now, _ := w.directory.Contact(waiting.ID); !reflect.DeepEqual(now, waiting) {
			t.Errorf("%s is refused and the row is %+v", field, now)
		}
	}
	if err := w.corrected(101, func(c *Contact) { c.Role = Deputy }); err == nil || !strings.Contains(err.Error(), "Đinh Văn Mới đang chờ") {
		t.Errorf("the place is moved away from who waits for it: %v", err)
	}
	for _, change := range []func(*Contact){func(c *Contact) { c.Phone = phone(162) }, func(c *Contact) { c.ValidTo = w.now }} {
		if err := w.corrected(waiting.ID, change); err != nil { // a wrong digit put right; who does not come after all
			t.Error(err)
		}
	}
	if err := w.corrected(101, func(c *Contact) { c.Role = Deputy }); err != nil {
		t.Error(err)
	}
}

func TestTheFirstNumberThatCanBeTextedServesOnceItIsVerified(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("LL")                   // whose officer has a landline alone
	due := w.petition().Rung(RungHead).Due
	mark := w.mark()
	if err := w.corrected(301, func(c *Contact) { c.Phone = phone(161) }); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "XM focal")
	if now := w.directory.Serving("LL", Focal, w.now); len(now) != 1 || now[0].Phone != "+842253000001" {
		t.Errorf("before the answer: %+v", now)
	}
	w.from(161, "OK "+w.asked(161))
	w.want(mark, "XM focal", "V5 office", "BG focal", "XN focal")
	if now := w.directory.Serving("LL", Focal, w.now); len(now) != 1 || now[0].Phone != phone(161) {
		t.Errorf("after it: %+v", now)
	}
	if l := w.letter("BG"); l.Phone != phone(161) || !w.petition().Rung(RungHead).Due.Equal(due) {
		t.Errorf("the slip goes to %s", l.Phone)
	}
	if len(w.opened(TaskConfirm, "Bùi Văn Nháp, cán bộ đầu mối, đổi số máy")) != 1 {
		t.Errorf("the Office is to confirm %+v", w.opened(TaskConfirm, "đề nghị xác nhận"))
	}
}

func TestWhoHadOnlyAnAddressKeepsItUntilTheNumberIsVerified(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.person(Contact{ID: 301, Unit: "LL", Role: Focal, Name: "Bùi Văn Nháp", Email: "nhap@example.vn"})
	if err := w.corrected(301, func(c *Contact) { c.Phone, c.Email = phone(161), "" }); err != nil {
		t.Fatal(err)
	}
	if now := w.directory.Serving("LL", Focal, w.now)[0]; now.Phone != "" || now.Email != "nhap@example.vn" {
		t.Errorf("before the answer: %+v", now)
	}
	w.from(161, "OK "+w.asked(161))
	if now := w.directory.Serving("LL", Focal, w.now)[0]; now.Phone != phone(161) || now.Email != "" {
		t.Errorf("after it: %+v", now)
	}
}

func TestAnotherDeskAndAnotherNumberAreTwoThings(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	if err := w.corrected(111, func(c *Contact) { c.Role, c.Phone, c.Verified = Deputy, phone(161), true }); err != nil {
		t.Fatal(err)
	}
	deputy := func() Contact {
		list := w.directory.Serving("XD", Deputy, w.now)
		return list[slices.IndexFunc(list, func(c Contact) bool { return c.Name == "Ngô Văn Thí" })]
	}
	if now := deputy(); now.ID != 111 || now.Phone != phone(111) {
		t.Errorf("before the answer: %+v", now)
	}
	w.from(161, "OK "+w.asked(161))
	if now := deputy(); now.Phone != phone(161) || !now.Verified {
		t.Errorf("after it: %+v", now)
	}
}

func TestANumberThatChangesWhereNobodyServesByItIsAskedInPlace(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	id := w.newcomer()
	first := w.asked(161)
	mark := w.mark()
	if err := w.corrected(id, func(c *Contact) { c.Phone = phone(162) }); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "XM focal")
	if in := w.from(161, "OK "+first); in.outcome == "number:verified" {
		t.Error("the number that was mistaken verifies the one that is right")
	}
	if in := w.from(162, "OK "+w.asked(162)); in.outcome != "number:verified" {
		t.Errorf("the right one: %s", in.outcome)
	}
	w.person(Contact{ID: 171, Unit: "MT", Role: Deputy, Name: "Người Sắp Tới", Phone: phone(171), Verified: true, ValidFrom: instantAt("2026-04-01 00:00")})
	mark = w.mark()
	if err := w.corrected(171, func(c *Contact) { c.Phone = phone(172) }); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "XM deputy")
	if c, _ := w.directory.Contact(171); c.Phone != phone(172) || c.Verified {
		t.Errorf("who comes in April is %+v", c)
	}
}

func TestWhatAnImportBroughtIsAskedOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.person(Contact{ID: 161, Unit: "XD", Role: Focal, Name: "Đinh Văn Mới", Phone: phone(161), Replaces: 101, Pending: true})
	mark := w.mark()
	for range 2 {
		if err := w.desk.AskPending(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.want(mark, "XM focal")
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
