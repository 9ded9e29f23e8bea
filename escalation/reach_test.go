package escalation

import (
	"slices"
	"strings"
	"testing"
)

// Stories of who can be reached, and who must not be.

// joins merges a lamp of another citizen into a lamp that XD has.
func (w *town) joins(who CitizenIntake) (parent, child string) {
	w.Helper()
	w.forwarded("XD")
	parent = w.code
	in := lamp()
	in.Citizen = who
	w.accept(in)
	child = w.code
	w.do(operator, &Merge{Into: parent})
	w.code = parent
	return parent, child
}

// contactTasks lists the open tasks to reach a citizen.
func (w *town) contactTasks() []string {
	var list []string
	for _, t := range w.tasks {
		if t.Kind == TaskContact && t.DoneAt.IsZero() {
			list = append(list, t.Petition+" "+t.Text)
		}
	}
	return list
}

func TestAFollowerWhoCannotBeTextedIsCalledUnderTheirOwnCode(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	_, child := w.joins(CitizenIntake{Name: "Tô Văn Máy Bàn", Phone: "0225 3000 099"})
	for _, task := range w.tasks {
		task.DoneAt = w.now // those of the child's own life
	}
	w.do(focalXD, answer())
	mark := w.mark()
	w.do(operator, &Publish{})
	w.want(mark, "C7 citizen") // the parent's alone
	tasks := w.contactTasks()
	if len(tasks) != 1 || !strings.HasPrefix(tasks[0], child) || !strings.Contains(tasks[0], "về "+child) {
		t.Errorf("to be reached: %v", tasks)
	}
}

func TestAFollowerWithoutAPhoneGetsAnEmail(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Mail = true }) // Monday
	_, child := w.joins(CitizenIntake{Name: "Tô Văn Thư", Email: "thu@example.vn"})
	w.do(focalXD, answer())
	w.do(operator, &Publish{})
	if l := w.letter("C7"); l.Email != "thu@example.vn" || !l.Notice.To.ByEmail || !strings.Contains(l.text, child) {
		t.Errorf("sent to %q: %s", l.Email, l.text)
	}
}

func TestALostTextToAFollowerIsPassedOnToThatFollower(t *testing.T) {
	tests := []struct{ followers, parents, email string }{
		{"thu@example.vn", "", "thu@example.vn"},
		{"", "cudan@example.vn", ""},
	}
	for _, tt := range tests {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Mail = true }) // Monday
		_, child := w.joins(CitizenIntake{Name: "Tô Văn Thư", Phone: phone(502)[3:], Email: tt.followers})
		id := w.ids[w.code]
		p := w.petitions[id]
		p.Citizen.Email = tt.parents
		w.petitions[id] = p
		w.do(focalXD, answer())
		w.do(operator, &Publish{})
		mark := w.mark()
		w.undelivered(w.letter("C7"))
		switch {
		case tt.email != "":
			if l := w.letter("C7"); l.Email != tt.email || !l.Notice.To.ByEmail {
				t.Errorf("sent to %q", l.Email)
			}
		default:
			w.want(mark)
			tasks := w.contactTasks()
			if len(tasks) != 1 || !strings.HasPrefix(tasks[0], child) || !strings.Contains(tasks[0], "về "+child) {
				t.Errorf("to be reached: %v", tasks)
			}
		}
	}
}

// joined adds people to the town.
func (w *town) joined(people ...Contact) {
	w.directory = NewDirectory(townUnits(), append(townContacts(), people...))
}

// Đ9.1
func TestInAnEmergencyTheUnitsDutyNumberGetsACopy(t *testing.T) {
	w := newTown(t, "2026-03-07 22:15") // Saturday night
	w.joined(Contact{ID: 161, Unit: "XD", Role: Duty, Name: "Trực ban Sở", Phone: phone(161)})
	w.accept(lamp())
	mark := w.mark()
	w.do(operator, &TransferEmergency{To: "0225 3000 001", Unit: "XD", Outcome: "đã nhận"})
	w.want(mark, "O1K focal", "O1K duty", "C4 citizen", "V0 office")
	w.says(161, "NHAN")
	if w.petition().Lead().AcknowledgedAt.IsZero() {
		t.Error("the duty officer's answer is not the unit's")
	}
}

func TestTheDutyNumberHearsOfTheSlipThatFollowsAnEmergency(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.joined(Contact{ID: 161, Unit: "XD", Role: Duty, Name: "Trực ban Sở", Phone: phone(161)})
	w.accept(lamp())
	w.do(operator, &TransferEmergency{To: "114"})
	mark := w.mark()
	w.do(operator, &Forward{Unit: "XD"})
	if !slices.Contains(w.told(mark), "O1K duty") {
		t.Errorf("told %v", w.told(mark))
	}
	w.forwarded("XD")
	if slices.Contains(w.told(mark), "O1 duty") {
		t.Error("the duty number gets an ordinary slip")
	}
}

func TestAnExcludedPersonIsExcludedUnderEveryRow(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Mail = true }) // Monday
	w.joined(Contact{ID: 171, Unit: "XD", Role: Head, Name: "Nguyễn Văn Thử", Phone: phone(101), Order: 0},
		Contact{ID: 172, Unit: "XD", Role: Deputy, Name: "Nguyễn Văn Thử", Phone: "+842253000001", Email: "thu@example.vn", Order: 0})
	in := lamp()
	in.Exclude = []int64{101, 111, 112, 102}
	in.Unit = "XD"
	w.accept(in)
	w.refuse(focalXD, &AssignInternal{Contact: 171}, Invalid, "contact")
	w.to("2026-03-17 08:00") // Tuesday, through the whole ladder
	for _, l := range w.messages {
		if l.Phone == phone(101) || l.Email == "thu@example.vn" {
			t.Errorf("%s reached the excluded person through contact %d", l.Notice.Template, l.Notice.To.Contact)
		}
	}
}

func TestWithoutADeputyTheSecondHourIsACallNotAnSMSToTheHead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("MT")
	w.to("2026-03-09 09:59")
	mark := w.mark()
	w.to("2026-03-09 10:00")
	w.want(mark)
	if w.openTasks(TaskCall) != 1 || w.openTasks(TaskUnreachable) != 0 {
		t.Error("there is no call task, or one too many")
	}
	w.wantEntry("rung:"+string(RungUnacknowledged), "")
}

func TestALostNudgeOfTheDeputyStillGoesToTheHead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.to("2026-03-09 10:00")
	w.undelivered(w.letter("O1N"))
	if got := w.letter("O1N").Notice.To.Contact; got != 102 {
		t.Errorf("next asked is %d", got)
	}
}
