package escalation

import (
	"fmt"
	"testing"
	"testing/quick"
)

func TestRemindersAreGroupedByKindAndNumberAndSlipsNever(t *testing.T) {
	row := func(id int64, template, phone string) Outgoing {
		return Outgoing{ID: id, Template: template, Phone: phone, To: Recipient{Contact: 1}}
	}
	list := []Outgoing{
		row(1, "O2", "a"), row(2, "O1", "a"), row(3, "O2", "b"), row(4, "O2", "a"), row(5, "H2", "a"), row(6, "O2", "a"), row(7, "O2", "a"),
		row(8, "H1", "a"), row(9, "V1", "a"), {ID: 10, Template: "O2", Phone: "a", Text: "frozen", To: Recipient{Contact: 1}},
	}
	got := fmt.Sprint(idsOf(Bundles(list)))
	if want := "[[1 4] [6 7]]"; got != want { // two and two; the others are alone or never bundled
		t.Errorf("%s, want %s", got, want)
	}
}

func idsOf(bundles [][]Outgoing) (ids [][]int64) {
	for _, b := range bundles {
		var list []int64
		for _, m := range b {
			list = append(list, m.ID)
		}
		ids = append(ids, list)
	}
	return ids
}

// Of any number of reminders to one number at most one goes alone, and none is in two.
func TestNoReminderIsLostInABundle(t *testing.T) {
	whole := func(n uint8) bool {
		var list []Outgoing
		for i := range int(n) {
			list = append(list, Outgoing{ID: int64(i), Template: "H2", Phone: "a"})
		}
		seen := map[int64]int{}
		for _, b := range Bundles(list) {
			if len(b) < 2 || len(b) > bundleMost {
				return false
			}
			for _, m := range b {
				seen[m.ID]++
			}
		}
		for _, times := range seen {
			if times != 1 {
				return false
			}
		}
		return len(list) < 2 && len(seen) == 0 || len(seen) == len(list)
	}
	if err := quick.Check(whole, nil); err != nil {
		t.Error(err)
	}
}

func TestABundleNamesEachPetitionWithItsDeadline(t *testing.T) {
	members := []Outgoing{
		{ID: 7, Template: "O2", Lane: LaneSlip, To: Recipient{Contact: 3}, Vars: map[string]string{"ma": "HP261116-0001", "han": "16h00 16/11", "lp": "1022.vn/p/abc"}},
		{ID: 9, Template: "O2", To: Recipient{Contact: 3}, Vars: map[string]string{"ma": "HP261116-0002", "han": "17h00 16/11"}},
	}
	n := Bundle(members, instantAt("2026-11-16 14:00"))
	if n.Template != "B1" || n.Vars["so"] != "2" || n.Vars["danh_sach"] != "HP261116-0001 16h00 16/11, HP261116-0002 17h00 16/11" ||
		n.Vars["lp"] != "1022.vn" || n.To.Contact != 3 || n.Seq != 7 || n.Class.Duty() {
		t.Errorf("%+v", n)
	}
}
