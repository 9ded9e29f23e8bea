package escalation

import (
	"strings"
	"testing"
)

// elsewhere lets somebody of another unit stand in, as an absence noted by hand may have it.
func (w *town) elsewhere(away, stand int64) {
	w.Helper()
	if err := w.desk.NoteAbsence(w.ctx, away, Absence{From: w.now, Delegate: stand}, shiftLead); err != nil {
		w.Fatal(err)
	}
}

// wantNobody looks for the task that says that nobody of the unit is left to be told.
func (w *town) wantNobody(unit string) {
	w.Helper()
	all := w.opened(TaskUnreachable)
	if own := w.opened(TaskUnreachable, "tại "+unit); len(own) != 1 || len(all) != 1 {
		w.Errorf("the tasks are %d, of %s %d", len(all), unit, len(own))
	}
}

// A slip is its unit's: what the stand-in does not get goes to that unit's next, never to the
// people with whom the stand-in works.
func TestWhatAStandInFromAnotherUnitDoesNotGetGoesOnInTheUnitOfTheSlip(t *testing.T) {
	focal := []string{"127/false 0", "111/false 0", "112/false 0", "128/false 0"} // 128 for the head
	head := []string{"128/false 0", "112/false 0"}
	later := instantAt("2026-03-09 16:00")
	for template, c := range map[string]struct {
		story func(w *town)
		told  []string
	}{
		"O1": {func(w *town) { w.forwarded("XD") }, focal},
		"O1K": {func(w *town) {
			in := lamp()
			in.Urgent, in.Unit = true, "XD"
			w.accept(in)
		}, focal},
		"O2": {func(w *town) { w.forwarded("XD"); w.to("2026-03-09 15:30") }, focal},
		"H1": {func(w *town) { w.forwarded("XD"); w.to("2026-03-10 08:00") }, head}, // Tuesday
		"H1E": {func(w *town) {
			w.forwarded("XD")
			w.do(focalXD, &PromiseTime{At: instantAt("2026-03-11 10:00")})
			w.to("2026-03-10 08:00")
		}, head},
		"N1": {func(w *town) { w.forwarded("XD"); w.do(office, &Urge{Due: later}) }, head},
		"N2": {func(w *town) {
			w.forwarded("XD")
			w.do(office, &Direct{Leader: "Chủ tịch", Text: "khẩn trương", Due: later})
		}, head},
		"N3": {func(w *town) {
			w.forwarded("XD")
			w.do(operator, &SendWrittenFile{Reason: "dân phản ánh nhiều lần"})
			w.do(office, &AskExplanation{Days: 3})
		}, head},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.elsewhere(101, 127)
		w.elsewhere(102, 128)
		c.story(w)
		if unit := w.letter(template).Notice.To.Unit; unit != "XD" {
			t.Errorf("%s is told for %s", template, unit)
		}
		w.wantTold(template, c.told...)
		w.wantNobody("Sở Xây dựng")
	}
}

func TestAStandInFromAnotherUnitIsMailedAndThenTheUnitsOwn(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{111: "thi@example.vn", 127: "gia@example.vn", 128: "chuan@example.vn"})
	w.elsewhere(101, 127)
	w.forwarded("XD")
	w.wantTold("O1", "127/false 0", "111/false 0", "112/false 0", "102/false 0", "127/true 0", "111/true 0")
	w.wantNobody("Sở Xây dựng")
}

// Texts that a release before has queued have the stand-in's own unit.
func TestATextQueuedForTheStandInsUnitGoesOnInTheUnitOfTheSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.elsewhere(101, 127)
	w.forwarded("XD")
	w.letter("O1").Notice.To.Unit = "GV"
	w.wantTold("O1", "127/false 0", "111/false 0", "112/false 0", "102/false 0")
	w.wantNobody("Sở Xây dựng")
}

func TestAStandInFromAnotherUnitIsAddressedAsTheUnitIs(t *testing.T) {
	w := newTown(t, "2026-03-09 22:00", withOwn(ownCalendar(t, "riêng", "clock"))) // Monday
	w.worksBy("XD", "riêng")
	w.elsewhere(101, 127)
	w.elsewhere(102, 128)
	w.forwarded("XD")
	if until := w.letter("O1").Notice.NotBefore; !until.IsZero() {
		t.Errorf("the unit works, and its slip waits until %s", until)
	}
	w.to("2026-03-10 06:00")
	if text := w.letter("H1").text; !strings.Contains(text, "Giam doc So XD") {
		t.Errorf("the head is addressed by %q", text)
	}
}

// Đ9.6: who stands in for the head answers the Office in the head's place.
func TestAStandInFromAnotherUnitExplainsByText(t *testing.T) {
	w := fileSent(t)
	w.elsewhere(102, 128)
	w.do(office, &AskExplanation{Days: 3})
	w.answered(128, w.codeOf(128)+" don vi thieu vat tu, da rut kinh nghiem", "A6")
	if w.openTasks(TaskExplain) != 1 {
		t.Error("the explanation reaches nobody")
	}
}

func TestWhoIsNamedStandsInForTheHeadOnceTheSlipIsTheirs(t *testing.T) {
	now := instantAt("2026-03-10 09:00")
	away := []Absence{{instantAt("2026-03-09 00:00"), instantAt("2026-03-12 00:00"), 112}}
	contacts := townContacts()
	for i := range contacts {
		if contacts[i].ID == 102 {
			contacts[i].Absences = away
		}
	}
	contacts = append(contacts, Contact{ID: 113, Unit: "XD", Role: Focal, Name: "Đặng Thị Định", Phone: phone(112), Order: 3}) // the stand-in's other desk
	d := NewDirectory(townUnits(), contacts)
	asked := Petition{Slips: []Slip{{No: 1, Unit: "XD", Lead: true}}, Rungs: []Rung{{Name: RungHead, Slip: 1, State: Fired}}}
	waits := Petition{Slips: asked.Slips, Rungs: []Rung{{Name: RungHead, Slip: 1, State: Armed}}}
	numbering := Numbering{TestPrefixes: []string{"057"}}
	for _, c := range []struct {
		who  int64
		of   Petition
		at   string
		want bool
	}{
		{112, asked, "2026-03-10 09:00", true},
		{113, asked, "2026-03-10 09:00", true},
		{112, waits, "2026-03-10 09:00", false}, // the 8 hours are not over
		{112, asked, "2026-03-12 00:00", false}, // the head is back
		{101, asked, "2026-03-10 09:00", false},
		{102, asked, "2026-03-10 09:00", false}, // away, and still the head themselves
	} {
		who, ok := d.Contact(c.who)
		if got := c.of.StandsInForHead(who, &c.of.Slips[0], d, numbering, instantAt(c.at)); !ok || got != c.want {
			t.Errorf("%d at %s stands in for the head: %t", c.who, c.at, got)
		}
	}
	excluded := asked
	excluded.Exclude = []int64{112}
	if who, _ := d.Contact(112); excluded.StandsInForHead(who, &asked.Slips[0], d, numbering, now) {
		t.Error("who must not hear of the petition stands in")
	}
}

// Where nobody was named the next role is asked, as it is by a text; an officer's desk of a head
// who is there is an officer's.
func TestWhoComesNextStandsInForAHeadWhoNamedNobody(t *testing.T) {
	now := instantAt("2026-03-10 09:00")
	numbering := Numbering{TestPrefixes: []string{"057"}}
	for name, c := range map[string]struct {
		change func(*Contact)
		next   bool
	}{
		"away":           {func(k *Contact) { k.Absences = []Absence{{From: instantAt("2026-03-09 00:00")}} }, true},
		"no mobile":      {func(k *Contact) { k.Phone = "+842253000002" }, true},
		"by email alone": {func(k *Contact) { k.Phone, k.Email = "", "kiem@example.vn" }, true}, // the deputy gets the text
		"there":          {func(*Contact) {}, false},
	} {
		contacts := append(townContacts(), Contact{ID: 114, Unit: "XD", Role: Focal, Name: "Lê Thị Kiểm", Phone: phone(102), Order: 3})
		for i := range contacts {
			if contacts[i].ID == 102 {
				c.change(&contacts[i])
			}
		}
		d := NewDirectory(townUnits(), contacts)
		p := Petition{Slips: []Slip{{No: 1, Unit: "XD", Lead: true}}, Rungs: []Rung{{Name: RungHead, Slip: 1, State: Fired}}}
		for id, want := range map[int64]bool{112: c.next, 101: false, 114: false} {
			who, _ := d.Contact(id)
			if got := p.StandsInForHead(who, &p.Slips[0], d, numbering, now); got != want {
				t.Errorf("the head is %s: %d stands in: %t", name, id, got)
			}
		}
	}
}
