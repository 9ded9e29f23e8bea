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

func TestAlarmsAboutNewPetitionsGoAsOneThatNamesTheOldest(t *testing.T) {
	alarm := func(id, petition int64, code string) Outgoing {
		return Outgoing{ID: id, Petition: petition, Template: "T1", Rung: RungIntake, Lane: LaneUrgent, Class: ClassAlarm, Phone: "+84570000005", To: Recipient{Contact: 9, Role: ShiftLead},
			Vars: map[string]string{"ma": code, "noi_dung": rungText(RungIntake), "lp": "1022.haiphong.gov.vn/p/abc"}}
	}
	list := []Outgoing{alarm(12, 2, "HP261116-0002"), alarm(11, 1, "HP261116-0001")}
	for i := range int64(88) {
		list = append(list, alarm(20+i, 20+i, "HP261116-0099"))
	}
	other := alarm(200, 200, "HP261116-0200")
	other.Rung = RungClarify // a decision that is due is somebody's own matter
	bundles := Bundles(append(list, other))
	if len(bundles) != 1 || len(bundles[0]) != 90 {
		t.Fatalf("%d bundles: %v", len(bundles), bundles)
	}
	n := Bundle(bundles[0], list[0].Meant)
	if n.Template != "T1" || n.Class != ClassAlarm || n.Lane != LaneUrgent || n.Rung != RungBundle || n.Vars["ma"] != "HP261116-0001" ||
		n.Vars["noi_dung"] != "và 89 phiếu mới khác: phiếu mới 30 phút chưa ai xử lý" || n.Vars["lp"] != "1022.haiphong.gov.vn/console/tasks" {
		t.Errorf("%+v", n)
	}
	if alone := Bundle(list[:1], list[0].Meant); alone.Vars["noi_dung"] != rungText(RungIntake) || alone.Vars["lp"] != "1022.haiphong.gov.vn/p/abc" {
		t.Errorf("what is left of a heap: %+v", alone)
	}
}
