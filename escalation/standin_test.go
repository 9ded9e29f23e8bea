package escalation

import "testing"

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
