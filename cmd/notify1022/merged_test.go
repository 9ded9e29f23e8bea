package main

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

// A unit that was merged hands what it leads to the one that has its tasks, each slip as any new
// one; what co-operates, what is answered, and what others lead stays as it is.
func TestTheSlipsOfAMergedUnitGoToTheOneThatHasItsTasks(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/units", object{"code": "GIAVIEN", "name": "UBND phường Gia Viên", "sms_name": "P Gia Viên", "addressee": "Chủ tịch P Gia Viên", "kind": "phuong"})
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "GIAVIEN", "role": "focal", "name": "Người Gia Viên", "phone": "0570000061"})
	of := func(units ...string) string {
		return h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay", "units": units,
			"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	}
	first, second, helped, answered := of("LACHTRAY"), of("LACHTRAY"), of("GIAVIEN", "LACHTRAY"), of("LACHTRAY")
	h.call(200, "POST", "/api/v1/petitions/"+answered+"/result", object{"text": "Đã thay bóng đèn trước ngõ"})
	lead, operator := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Operator, "")
	const ward = "/console/directory/LACHTRAY"
	if page := lead.must(lead.get(ward), 200); strings.Contains(page.body, "/hand-over") {
		t.Error("a unit that is in force is to hand over what it has")
	}
	lead.must(lead.post(ward+"/hand-over"), 422, "đơn vị còn hoạt động")
	h.call(200, "PUT", "/api/v1/units/LACHTRAY", object{"name": "UBND phường Lạch Tray", "sms_name": "P Lạch Tray", "addressee": "Chủ tịch P Lạch Tray", "kind": "phuong",
		"valid_to": "2026-11-23T09:00:00+07:00", "successor": "GIAVIEN"})
	lead.must(lead.get(ward), 200, ward+"/hand-over", "để chuyển sang UBND phường Gia Viên")
	if page := operator.must(operator.get(ward), 200); strings.Contains(page.body, "/hand-over") {
		t.Error("an operator is offered what is not theirs")
	}
	for act, offered := range map[string]bool{"reassign": false, "commend": true} { // its people may be praised
		page := lead.must(lead.get("/console/p/"+helped+"/act/"+act), 200, `<option value="GIAVIEN">`)
		if got := strings.Contains(page.body, `<option value="LACHTRAY">`); got != offered {
			t.Errorf("%s offers the unit that is no more: %t", act, got)
		}
	}
	shown := lead.must(lead.post(ward+"/hand-over"), 200, "Chuyển 2 phiếu của UBND phường Lạch Tray", first, second, "Sẽ gửi")
	for _, code := range []string{helped, answered} {
		if strings.Contains(shown.body, code) {
			t.Errorf("%s is handed over too", code)
		}
	}
	form := formOf(t, shown.body, "step", "do")
	lead.must(lead.post(ward+"/hand-over", form...), 303)
	lead.must(lead.get(ward), 200, "Đã chuyển 2 phản ánh.")
	h.text("0570000061", first)
	h.text("0570000061", second)
	lead.must(lead.post(ward+"/hand-over", form...), 303) // the browser sends it once more
	lead.must(lead.get(ward), 200, "Đã chuyển 2 phản ánh.", "chỉ được thực hiện một lần")
	for code, want := range map[string]string{first: "GIAVIEN", second: "GIAVIEN", helped: "GIAVIEN", answered: "LACHTRAY"} {
		p := h.recordOf(code)
		if got := p.Lead(); got == nil || got.Unit != want || code == first && len(p.Slips) != 2 {
			t.Errorf("%s is led by %+v, not by %s, and has %d slips", code, got, want, len(p.Slips))
		}
	}
	lead.must(lead.post(ward+"/hand-over"), 303)
	lead.must(lead.get(ward), 200, "không còn chủ trì phản ánh nào đang chờ kết quả")
}

// What somebody has to decide about is not handed over with the rest, nor what the unit does not
// lead any more: what it gave back, and what another has got since the page was shown.
func TestNothingIsHandedOverThatAMergedUnitDoesNotLead(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	for _, unit := range []string{"GIAVIEN", "ANBIEN"} {
		h.call(201, "POST", "/api/v1/units", object{"code": unit, "name": "UBND phường " + unit, "sms_name": "P " + unit, "addressee": "Chủ tịch P " + unit, "kind": "phuong"})
	}
	given, asked, moved, stays := h.petition(true), h.petition(true), h.petition(true), h.petition(true)
	h.runUntil("2026-12-03T09:30:00+07:00") // Thursday: overdue since Wednesday
	h.text(officePhone, "co 4 PAKN qua han")
	for _, code := range []string{given, asked} {
		h.call(200, "POST", "/api/v1/petitions/"+code+"/return", object{"reason": "đèn của nơi khác"})
	}
	h.call(200, "POST", "/api/v1/petitions/"+given+"/accept-return", object{}) // nobody leads it now
	h.call(200, "PUT", "/api/v1/units/LACHTRAY", object{"name": "UBND phường Lạch Tray", "sms_name": "P Lạch Tray", "addressee": "Chủ tịch P Lạch Tray", "kind": "phuong",
		"valid_to": "2026-12-03T00:00:00+07:00", "successor": "GIAVIEN"})
	lead := h.signedIn(escalation.ShiftLead, "")
	const path = "/console/directory/LACHTRAY/hand-over"
	shown := lead.must(lead.post(path), 200, moved, stays, asked, "đang chờ 1022 quyết định đề nghị trả phiếu")
	if strings.Contains(shown.body, given) {
		t.Error("what was given back is to be handed over")
	}
	h.call(200, "POST", "/api/v1/petitions/"+moved+"/reassign", object{"unit": "ANBIEN"})
	shown = lead.must(lead.post(path, formOf(t, shown.body, "step", "do")...), 200, "Từ lúc xem trước đã có thay đổi", "không còn chủ trì phản ánh này")
	lead.must(lead.post(path, formOf(t, shown.body, "step", "do")...), 303)
	lead.must(lead.get("/console/directory/LACHTRAY"), 200, "Đã chuyển 1 phản ánh.", "Chưa chuyển được: ")
	for code, want := range map[string]string{given: "", asked: "LACHTRAY", moved: "ANBIEN", stays: "GIAVIEN"} {
		p, got := h.recordOf(code), ""
		if s := p.Lead(); s != nil {
			got = s.Unit
		}
		if got != want {
			t.Errorf("%s is led by %q, not by %q", code, got, want)
		}
	}
}
