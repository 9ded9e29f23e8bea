package escalation

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Stories of people who change (Đ17.9).

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
