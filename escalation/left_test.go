package escalation

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Stories of people whose time in a role ends without a successor being named.

// ends ends the contact's time in the role at an instant.
func (w *town) ends(contact int64, at string) {
	c, _ := w.directory.Contact(contact)
	c.ValidTo = instantAt(at)
	w.person(c)
}

// listed is somebody new from a sheet; nobody is named whom they replace.
func (w *town) listed() Contact {
	c := Contact{ID: 169, Unit: "XD", Role: Focal, Name: "Đinh Văn Mới", Phone: phone(169), Order: 1}
	w.person(c)
	return c
}

func TestWhoComesFromAListGetsTheSlipsOfWhoHasLeft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.says(101, "NHAN")
	due := w.petition().Rung(RungHead).Due
	w.to("2026-03-09 09:00")
	w.ends(101, "2026-03-09 09:00")
	w.ends(111, "2026-03-09 09:00") // the other focal officer, who was left with nothing
	c := w.listed()
	mark := w.mark()
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	w.want(mark, "BG focal", "V5 office")
	if !w.petition().Lead().AcknowledgedAt.IsZero() || !w.petition().Rung(RungHead).Due.Equal(due) {
		t.Error("the acknowledgement of the one before counts on, or the deadline has moved")
	}
	w.says(169, "NHAN "+w.code)
	if w.petition().Lead().AcknowledgedBy != c.Name {
		t.Error("the new officer's NHAN is not the unit's")
	}
	mark = w.mark()
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 0 {
		t.Errorf("handed over again: %d, %v", n, err)
	}
	w.want(mark)
	w.wantEntry("handover", "Nguyễn Văn Thử bàn giao cho Đinh Văn Mới")
}

func TestWhoWasVerifiedBeforeTheOtherLeftGetsTheSlipsNextMorning(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	c := w.listed()
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 0 {
		t.Fatalf("taken from who is there: %d, %v", n, err)
	}
	w.ends(101, "2026-03-10 00:00")
	w.to("2026-03-10 07:35")
	mark := w.mark()
	for range 2 {
		if _, err := w.desk.HandLeft(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.want(mark, "BG focal", "V5 office")
	if l := w.letter("BG"); l.Phone != phone(169) {
		t.Errorf("%s has them", l.Phone)
	}
}

func TestWhatSomebodyElseAcknowledgedIsNotLeft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(headXD, &AssignInternal{Contact: 111})
	w.ends(101, "2026-03-09 08:00")
	c := w.listed()
	mark := w.mark()
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	w.want(mark)
	if got := w.petition().Lead().Assignee; got != 111 {
		t.Errorf("the slip is given to %d", got)
	}
}

func TestWhoIsExcludedGetsNothingThatWasLeft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Exclude = []int64{169}
	c := w.listed()
	w.person(Contact{ID: 101, Unit: "XD", Role: Focal, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 0})
	w.accept(in)
	w.do(operator, &Forward{Units: []UnitRef{{Code: "XD"}}})
	w.ends(101, "2026-03-09 08:00")
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(w.bindings, func(b *Binding) bool { return b.Phone == c.Phone }) {
		t.Error("who is excluded has a code")
	}
}

func TestASecondHandoverBetweenTheSameTwoIsToldToo(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	c := w.listed()
	if err := w.desk.VerifyNumber(w.ctx, c.ID, shiftLead); err != nil {
		t.Fatal(err)
	}
	away := func(from, to string) { // back after a while in which others had the role
		t.Helper()
		w.ends(101, "2100-01-01 00:00")
		w.to(from)
		w.forwarded("XD")
		w.ends(101, to)
		w.to(to)
		mark := w.mark()
		if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 {
			t.Fatalf("handed over to %d people, %v", n, err)
		}
		w.want(mark, "BG focal", "V5 office")
		if l := w.letter("BG"); !strings.Contains(l.text, w.code) {
			t.Errorf("%s is in no text: %s", w.code, l.text)
		}
	}
	away("2026-03-09 08:10", "2026-03-09 08:20")
	away("2026-03-09 09:00", "2026-03-09 09:10")
	if n := len(w.opened(TaskConfirm, "thay Nguyễn Văn Thử làm")); n != 2 {
		t.Errorf("the Office is to confirm %d changes", n)
	}
}

func TestAPetitionThatCannotBeReadHoldsUpNothingElseThatWasLeft(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.forwarded("XD")
	second := w.code
	w.forwarded("MT")
	for _, c := range []Contact{w.listed(), {ID: 170, Unit: "MT", Role: Focal, Name: "Đinh Thị Khác", Phone: phone(170)}} {
		c.Verified = true
		w.person(c)
	}
	w.ends(101, "2026-03-09 08:00")
	w.ends(103, "2026-03-09 08:00")
	first := w.bindings[0]
	whole := first.Petition
	first.Petition = 9999 // which is not there
	n, err := w.desk.HandLeft(w.ctx)
	if err == nil || !strings.Contains(err.Error(), "petition 9999") || n != 2 {
		t.Errorf("handed over to %d people, %v", n, err)
	}
	told := map[string]string{}
	for _, l := range w.messages {
		if l.Notice.Template == "BG" {
			told[l.Phone] += l.text
		}
	}
	if !strings.Contains(told[phone(169)], second) || !strings.Contains(told[phone(170)], w.code) {
		t.Errorf("told %v", told)
	}
	first.Petition = whole
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 {
		t.Errorf("once it is whole: %d, %v", n, err)
	}
}

func TestTheOfficeIsToldOnceThoughOneOfThePetitionsCannotBeRead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	for range 3 {
		w.forwarded("XD")
	}
	c := w.listed()
	c.Verified = true
	w.person(c)
	w.ends(101, "2026-03-09 08:00")
	w.spoilt = map[int64]bool{w.ids[w.code]: true}
	for day := range 2 { // what cannot be read is looked at each morning, and told once
		mark := w.mark()
		n, err := w.desk.HandLeft(w.ctx)
		if err == nil || !strings.Contains(err.Error(), "petition "+itoa(w.ids[w.code])) || n != 1-day {
			t.Errorf("handed over to %d people, %v", n, err)
		}
		if day == 0 {
			w.want(mark, "BG focal", "V5 office")
		} else {
			w.want(mark)
		}
		if tasks := w.opened(TaskConfirm, "Phản ánh "+w.code+" không đọc được nên chưa bàn giao cho Đinh Văn Mới"); len(tasks) != 1 {
			t.Errorf("the tasks are %+v", tasks)
		}
		w.now = w.now.Add(24 * time.Hour)
	}
	w.spoilt = nil
	mark := w.mark()
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 {
		t.Errorf("once it can be read: %d, %v", n, err)
	}
	w.want(mark, "BG focal", "V5 office")
}

func TestASuccessorServesThoughOneOfThePetitionsCannotBeRead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	bad := w.forwarded("XD").Code
	w.forwarded("XD")
	id := w.newcomer()
	w.spoilt = map[int64]bool{w.ids[bad]: true}
	mark := w.mark()
	if in := w.from(161, "OK "+w.asked(161)); in.outcome != "number:verified" {
		t.Fatal(in.outcome)
	}
	w.want(mark, "BG focal", "V5 office", "XN focal")
	if got := w.directory.Serving("XD", Focal, w.now)[0].ID; got != id {
		t.Errorf("%d serves", got)
	}
	if l := w.letter("BG"); !strings.Contains(l.text, w.code) || strings.Contains(l.text, bad) {
		t.Errorf("handed over: %s", l.text)
	}
	if tasks := w.opened(TaskConfirm, "Phản ánh "+bad+" không đọc được"); len(tasks) != 1 {
		t.Errorf("the tasks are %+v", tasks)
	}
	w.spoilt = nil
	if n, err := w.desk.HandLeft(w.ctx); err != nil || n != 1 {
		t.Errorf("once it can be read: %d, %v", n, err)
	}
}
