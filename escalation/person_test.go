package escalation

import (
	"slices"
	"testing"
)

// Stories of people who change nothing but their number.

// renumber gives the contact a new number, which its owner confirms.
func (w *town) renumber(contact int64, number int) Contact {
	w.Helper()
	c, _ := w.directory.Contact(contact)
	c.Phone = phone(number)
	if err := w.desk.EditContact(w.ctx, c, shiftLead); err != nil {
		w.Fatal(err)
	}
	if in := w.from(number, "OK "+w.asked(number)); in.outcome != "number:verified" {
		w.Fatalf("the new number: %s", in.outcome)
	}
	return w.directory.latest(c)
}

func TestWhoIsExcludedStaysSoWithANewNumber(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Exclude = []int64{101}
	w.accept(in)
	w.do(operator, &Forward{Units: []UnitRef{{Code: "XD"}}})
	mark := w.mark()
	moved := w.renumber(101, 161)
	again := w.renumber(moved.ID, 162)
	w.want(mark, "V5 office", "V5 office", "XM focal", "XM focal", "XN focal", "XN focal")
	for _, b := range w.bindings {
		if b.Phone == phone(161) || b.Phone == phone(162) {
			t.Errorf("%s has the code %s", b.Phone, b.Code)
		}
	}
	w.to("2026-03-12 08:00") // the whole ladder
	for _, l := range w.messages[mark:] {
		if l.Notice.Petition != 0 && (l.Notice.To.Contact == moved.ID || l.Notice.To.Contact == again.ID) {
			t.Errorf("who is excluded gets %s", l.Notice.Template)
		}
	}
	w.refuse(headXD, &AssignInternal{Contact: again.ID}, Invalid, "contact")
}

// Of one person at two desks each row's number is changed apart.
func TestWhoIsExcludedStaysSoAtEachDesk(t *testing.T) {
	contacts := append(townContacts(),
		Contact{ID: 171, Unit: "MT", Role: Deputy, Name: "Nguyễn Văn Thử", Phone: phone(101)},
		Contact{ID: 172, Unit: "MT", Role: Deputy, Name: "Nguyễn Văn Thử", Phone: phone(172), Replaces: 171},
		Contact{ID: 173, Unit: "MT", Role: Deputy, Name: "Người Kế Nhiệm", Phone: phone(173), Replaces: 172},
		Contact{ID: 174, Unit: "XD", Role: Leader, Name: "nguyen van thu", Phone: phone(174)},
	)
	d := NewDirectory(townUnits(), contacts)
	for id, want := range map[int64]bool{101: true, 171: true, 172: true, 173: false, 174: true, 111: false} {
		c, _ := d.Contact(id)
		if got := d.Excluded([]int64{101}, c); got != want {
			t.Errorf("contact %d is excluded: %t, want %t", id, got, want)
		}
	}
	if c, _ := d.Contact(101); !d.Excluded([]int64{172}, c) || d.Excluded([]int64{173}, c) || d.Excluded(nil, c) {
		t.Error("the earlier row of who is excluded is not, or that of somebody else is")
	}
}

func TestANewNumberKeepsWhatTheOfficerWasGiven(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(headXD, &AssignInternal{Contact: 101})
	moved := w.renumber(101, 161)
	if got := w.petition().Lead().Assignee; got != moved.ID {
		t.Errorf("the slip is given to %d, want %d", got, moved.ID)
	}
	w.newcomerFor(moved.ID)
	if got := w.petition().Lead().Assignee; got != 0 {
		t.Errorf("somebody else has taken over and the slip is given to %d", got)
	}
}

// newcomerFor takes the place of the focal officer of XD and confirms the number.
func (w *town) newcomerFor(before int64) int64 {
	w.Helper()
	id, err := w.desk.AddContact(w.ctx, Contact{Unit: "XD", Role: Focal, Name: "Đinh Văn Mới", Phone: phone(169), Order: 1, Replaces: before}, true, shiftLead)
	if err != nil {
		w.Fatal(err)
	}
	w.from(169, "OK "+w.asked(169))
	return id
}

func TestANewNumberKeepsAbsencesAndStandIns(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	stand := w.renumber(402, 162)       // stands in for 401 till the end of the year
	if got := w.directory.Serving("LV", Focal, w.now); len(got) != 1 || got[0].ID != stand.ID {
		t.Errorf("for who is away %+v stands in", got)
	}
	own := Absence{From: instantAt("2026-03-20 00:00"), To: instantAt("2026-03-21 00:00")}
	c, _ := w.directory.Contact(101)
	c.Phone = phone(161)
	if err := w.desk.EditContact(w.ctx, c, shiftLead); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.NoteAbsence(w.ctx, 101, own, shiftLead); err != nil { // while the number waits
		t.Fatal(err)
	}
	w.from(161, "OK "+w.asked(161))
	if got := w.directory.latest(c); got.ID == 101 || !slices.Equal(got.Absences, []Absence{own}) {
		t.Errorf("after the new number: %+v", got)
	}
	w.newcomerFor(w.directory.latest(c).ID)
	if got := w.directory.Serving("XD", Focal, instantAt("2026-03-20 10:00")); got[0].Name != "Đinh Văn Mới" {
		t.Errorf("the successor is away as the one before was: %+v", got)
	}
}

func TestAnAbsenceAskedForWithTheOldNumberIsTheNewOnes(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.from(101, "NGHI 24/3")
	moved := w.renumber(101, 161)
	w.from(102, "OK "+w.asked(102))
	if c, _ := w.directory.Contact(moved.ID); len(c.Absences) != 1 {
		t.Errorf("after the head agreed: %+v", c)
	}
	if !slices.ContainsFunc(w.messages, func(l *letter) bool { return l.Notice.Template == "NQ" && l.Phone == phone(161) }) {
		t.Error("the officer is not told of it")
	}
}

func TestOnlyTheSamePersonKeepsTheirChoiceOfReports(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	moved := w.renumber(102, 162)
	w.newcomerFor(101)
	if want := [][2]int64{{102, moved.ID}}; !slices.Equal(w.keptReports, want) {
		t.Errorf("carried over %v, want %v", w.keptReports, want)
	}
}
