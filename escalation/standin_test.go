package escalation

import "testing"

func TestWhoStandsInForTheHeadActsAsTheHeadOnceItIsTheirs(t *testing.T) {
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
	for _, c := range []struct {
		who  int64
		of   Petition
		at   string
		want Role
	}{
		{112, asked, "2026-03-10 09:00", Head},
		{113, asked, "2026-03-10 09:00", Head},
		{112, waits, "2026-03-10 09:00", Deputy}, // the 8 hours are not over
		{112, asked, "2026-03-12 00:00", Deputy}, // the head is back
		{101, asked, "2026-03-10 09:00", Focal},
		{102, asked, "2026-03-10 09:00", Head}, // away, and still the head
	} {
		who, ok := d.Contact(c.who)
		if got := c.of.ActsAs(who, &c.of.Slips[0], d, instantAt(c.at)); !ok || got != c.want {
			t.Errorf("%d at %s acts as %s, not %s", c.who, c.at, got, c.want)
		}
	}
	// Who is head and officer at once is the head where they are asked as the head.
	contacts = append(contacts, Contact{ID: 114, Unit: "MT", Role: Focal, Name: "Phạm Văn Duyệt", Phone: phone(104), Order: 2})
	d = NewDirectory(townUnits(), contacts)
	asked.Slips = []Slip{{No: 1, Unit: "MT", Lead: true}}
	who, _ := d.Contact(114)
	if got := asked.ActsAs(who, &asked.Slips[0], d, now); got != Focal {
		t.Errorf("the officer's desk of a head who is there acts as %s", got)
	}
}
