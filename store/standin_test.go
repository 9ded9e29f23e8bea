package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
)

// A slip that a stand-in from another unit does not get stays in the unit that has it, and so does
// the code that the stand-in was given.
func TestALostSlipOfAStandInFromAnotherUnitGoesOnInTheUnitThatHasIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const standPhone, secondPhone, wardPhone = "+84570000171", "+84570000172", "+84570000173"
		w.must(w.SaveUnits(t.Context(), escalation.Unit{Code: "GV", Name: "UBND phường Gia Viên", SMSName: "P Gia Vien", Kind: escalation.Ward}))
		ids, err := w.SaveContacts(t.Context(),
			escalation.Contact{Unit: "GV", Role: escalation.Focal, Name: "Người thay", Phone: standPhone, Order: 1},
			escalation.Contact{Unit: "GV", Role: escalation.Focal, Name: "Đầu mối phường", Phone: wardPhone, Order: 2},
			escalation.Contact{Unit: "SXD", Role: escalation.Focal, Name: "Đầu mối thứ hai", Phone: secondPhone, Order: 2})
		w.must(err)
		desk := w.desk()
		w.must(desk.NoteAbsence(t.Context(), w.focal, escalation.Absence{From: w.now(), Delegate: ids[0]}, operator))
		p := w.accept(t.Context(), desk)
		var told []string
		for range 4 {
			list := w.texts(p.Code, "O1")
			last := list[len(list)-1]
			told = append(told, last.Phone+" for "+last.To.Unit)
			for _, m := range w.say() {
				if m.ID == last.ID {
					w.end(m.ID, escalation.Failed, "")
				}
			}
			w.must(desk.Undelivered(t.Context(), last.ID, 30*time.Minute))
			if len(w.texts(p.Code, "O1")) == len(list) {
				break
			}
		}
		want := []string{standPhone + " for SXD", secondPhone + " for SXD", headPhone + " for SXD"}
		for i := range max(len(told), len(want)) {
			if i >= len(told) || i >= len(want) || told[i] != want[i] {
				t.Fatalf("the slip went to %v, want %v", told, want)
			}
		}
		if codes := w.bindings(wardPhone); len(codes) != 0 {
			t.Errorf("the ward's own have codes: %+v", codes)
		}
		codes := w.bindings(standPhone)
		if len(codes) != 1 || codes[0].Unit != "SXD" || codes[0].MovedTo != "" {
			t.Errorf("the stand-in's codes are %+v", codes)
		}
	})
}
