package escalation

import (
	"strings"
	"testing"
)

func TestPeopleAreProposedForReward(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	p := w.forwarded("XD")
	w.refuse(operator, &Commend{Who: "friend", Reason: "tốt"}, Invalid, "who")
	w.refuse(operator, &Commend{Who: CommendOfficer, Reason: "tốt"}, Invalid, "officer")
	w.refuse(operator, &Commend{Who: CommendCitizen, Officer: "Nguyễn Văn Thử", Reason: "tốt"}, Invalid, "officer")
	w.refuse(operator, &Commend{Who: CommendOfficer, Officer: "Nguyễn Văn Thử", Unit: "NONE", Reason: "tốt"}, Invalid, "unit")
	w.refuse(operator, &Commend{Who: CommendCitizen}, Invalid, "reason")
	w.refuse(focalXD, &Commend{Who: CommendOfficer, Officer: "Nguyễn Văn Thử", Reason: "tôi làm tốt"}, Forbidden, "")
	mark := w.mark()
	w.do(operator, &Commend{Who: CommendCitizen, Reason: "báo kịp thời dây điện đứt, gọi từ " + p.Citizen.Phone})
	w.do(office, &Commend{Who: CommendOfficer, Officer: "Nguyễn Văn Thử", Reason: "xử lý trong đêm"})
	w.want(mark) // nobody is texted
	list := CommendedOf(*w.petition())
	if len(list) != 2 || list[0].Who != CommendCitizen || list[0].Unit != "" || list[0].Officer != "" || list[1].Officer != "Nguyễn Văn Thử" || list[1].Unit != "XD" || list[1].No != 2 {
		t.Fatalf("%+v", list)
	}
	if strings.Contains(list[0].Reason, p.Citizen.Phone) {
		t.Errorf("the citizen's number is in the list: %q", list[0].Reason)
	}
	for range mostCommendations - 2 {
		w.do(operator, &Commend{Who: CommendCitizen, Reason: "hữu ích"})
	}
	w.refuse(operator, &Commend{Who: CommendCitizen, Reason: "hữu ích"}, WrongTime, "")
}

func TestAConfidentialPetitionIsListedWithoutItsReason(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Confidential = true
	w.accept(in)
	w.do(operator, &Commend{Who: CommendCitizen, Reason: "báo tin về cơ sở A"})
	if list := CommendedOf(*w.petition()); len(list) != 1 || list[0].Reason != "" {
		t.Errorf("%+v", list)
	}
	p := *w.petition()
	p.Denunciation = true
	if list := CommendedOf(p); len(list) != 0 {
		t.Errorf("what is said about a denunciation is listed: %+v", list)
	}
}
