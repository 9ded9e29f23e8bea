package escalation

import "testing"

// Stories of a co-operating unit's return.

func TestACooperatingUnitsReturnGivesTheUnitItNamesASlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(focalMT, &AskReturn{Reason: "vỉa hè do phường quản lý", Unit: "GV"})
	w.jump("2026-03-09 09:00")
	w.refuse(operator, &AcceptReturn{Unit: "VP"}, Invalid, "unit")
	w.refuse(operator, &AcceptReturn{Unit: "XD"}, WrongTime, "")
	mark := w.mark()
	w.do(operator, &AcceptReturn{Unit: "GV"})
	w.want(mark, "O5 focal", "O1P focal")
	p := w.petition()
	s := p.SlipOf("GV")
	if s == nil || !s.Open() || s.Lead || p.Lead().Unit != "XD" {
		t.Fatalf("the slips are %+v", p.Slips)
	}
	if to := w.letter("O1P").Notice; to.Slip != s.No || !to.NeedCode {
		t.Errorf("the slip is told by %+v", to)
	}
	w.wantDue(RungCooperate, "2026-03-09 14:30") // half of the lead's 8 h
	w.wantEntry(string(VerbAcceptReturn), "P Gia Viên phối hợp")
	w.do(focalGV, &Acknowledge{})
}
