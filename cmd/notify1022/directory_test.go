package main

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

var askedCode = regexp.MustCompile(`OK (\d+)`)

// Đ17.9, from the console to the handsets and back.
func TestAPersonIsReplacedFromTheConsoleOnceTheNewNumberAnswers(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	code := h.petition(false)
	h.text(focalPhone, code)
	lead := h.signedIn(escalation.ShiftLead, "")
	page := lead.must(lead.get("/console/directory/LACHTRAY"), 200, "Thay người")
	replaced := regexp.MustCompile(`name="role" value="focal"><input type="hidden" name="replaces" value="(\d+)"`).FindStringSubmatch(page.body)
	if replaced == nil {
		t.Fatalf("nobody can be replaced:\n%.3000s", page.body)
	}
	const next = "+84570000161"
	lead.must(lead.post("/console/directory/LACHTRAY/contacts", "role", "focal", "replaces", replaced[1], "name", "Đinh Văn Mới", "phone", "0225 3000 001"), 422, "phải nhận được tin nhắn")
	lead.must(lead.post("/console/directory/LACHTRAY/contacts", "role", "focal", "replaces", replaced[1], "name", "Đinh Văn Mới", "phone", "0570 000 161"), 303)
	asked := askedCode.FindStringSubmatch(h.text(next, "dang ky nhan PAKN").Text)
	lead.must(lead.get("/console/directory/LACHTRAY"), 200, "chờ xác minh")
	h.reply(next, "OK "+asked[1])
	h.text(next, "ban giao 1 PAKN", code)
	h.text(officePhone, "thay doi lanh dao/can bo dau moi")
	lead.must(lead.get("/console/directory/LACHTRAY"), 200, "đã xác minh", "Người trước đây (1)")
	h.reply(next, "NHAN "+code)
	h.text(next, "da nhan PAKN "+code)
}

func TestTheConsoleOffersWhoCanStandInForTheRestOfALeave(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-24T10:00:00+07:00", plainSite) // Tuesday
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.post("/console/directory/LACHTRAY/contacts", "role", "deputy", "name", "Bùi Thị Bình", "phone", "0570000162", "valid_from", "2026-11-24"), 303)
	h.reply(focalPhone, "NGHI 23-27/11 CHO Bùi Thị Bình")
	h.text(headPhone, "xin vang mat")
	page := lead.must(lead.get("/console/directory"), 200, "Xin vắng mặt, chờ ý kiến")
	offered := regexp.MustCompile(`<option value="(\d+)">Bùi Thị Bình`).FindStringSubmatch(page.body)
	absence := regexp.MustCompile(`absences/(\d+)/agree`).FindStringSubmatch(page.body)
	if offered == nil || absence == nil {
		t.Fatalf("nobody is offered who took the role today:\n%.3000s", page.body)
	}
	lead.must(lead.post("/console/directory/absences/"+absence[1]+"/agree", "stand", offered[1]), 303)
}

func TestAbsencesUnitsAndTheirFaultsInTheConsole(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	h.reply(focalPhone, "NGHI 25/11")
	h.text(headPhone, "xin vang mat")
	lead.must(lead.get("/console/directory"), 200, "Xin vắng mặt, chờ ý kiến")
	absence := regexp.MustCompile(`absences/(\d+)/agree`).FindStringSubmatch(lead.get("/console/directory").body)
	lead.must(lead.post("/console/directory/absences/"+absence[1]+"/xyz", "stand", "0"), 404)
	lead.must(lead.get("/console/directory"), 200, "Xin vắng mặt, chờ ý kiến")
	lead.must(lead.post("/console/directory/absences/"+absence[1]+"/agree", "stand", "0"), 303)
	lead.must(lead.post("/console/directory/absences/"+absence[1]+"/agree", "stand", "0"), 404)
	unit := lead.must(lead.get("/console/directory/LACHTRAY"), 200, "vắng 00h00 25/11/2026", "Bỏ đợt vắng từ 00h00 25/11/2026")
	person := regexp.MustCompile(`contacts/(\d+)/back"><input type="hidden" name="from" value="([^"]+)"`).FindStringSubmatch(unit.body)
	if person == nil {
		t.Fatalf("the absence cannot be ended:\n%.3000s", unit.body)
	}
	act := "/console/directory/LACHTRAY/contacts/" + person[1]
	lead.must(lead.post(act+"/leave", "from", "2026-12-20T00:00", "to", "2026-12-19T00:00", "stand", "0"), 422, "thời điểm kết thúc phải sau")
	lead.must(lead.post(act+"/leave", "from", "2026-12-20T00:00", "to", "2026-12-23T00:00", "stand", "0"), 303)
	lead.must(lead.get("/console/directory/LACHTRAY"), 200, "vắng 00h00 25/11/2026", "vắng 00h00 20/12/2026")
	lead.must(lead.post(act+"/back", "from", html.UnescapeString(person[2])), 303)
	if unit := lead.must(lead.get("/console/directory/LACHTRAY"), 200, "vắng 00h00 20/12/2026"); strings.Contains(unit.body, "vắng 00h00 25/11/2026") {
		t.Error("the absence that was ended is still there")
	}

	lead.must(lead.post("/console/directory/-", "code", "CU", "name", "UBND quận cũ", "sms_name", "Quan cu", "kind", "phuong", "successor", "LACHTRAY"), 422, "thời điểm thôi hoạt động")
	lead.must(lead.post("/console/directory/-", "code", "CU", "name", "UBND quận cũ", "sms_name", "Quan cu", "kind", "phuong", "successor", "LACHTRAY", "valid_to", "2025-07-01", "aliases", "quận Ngô Quyền; Máy Tơ"), 303)
	lead.must(lead.get("/console/directory?q=ngo%20quyen"), 200, "UBND quận cũ", "đã thôi hoạt động")
	lead.must(lead.get("/console/directory/CU"), 200, "nhiệm vụ thuộc")
	if page := lead.get("/console/intake"); strings.Contains(page.body, "UBND quận cũ") {
		t.Error("a unit that is no more can be chosen")
	}
	h.call(422, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Việc gửi nơi không còn", "citizen": object{"name": "Trần Thử", "phone": "0570000009"}, "unit": "CU"})
}

func TestDaysOffThatAreMoreThanAWeekendAreLookedAhead(t *testing.T) {
	working := workday(worktime.HaiPhong())
	for day, want := range map[string]struct {
		days    int
		holiday bool
	}{
		"2026-11-23": {1, true},  // Culture Day, a Tuesday
		"2026-11-27": {2, false}, // Friday before a plain weekend
		"2026-11-25": {0, false},
	} {
		at, err := time.ParseInLocation(time.DateOnly, day, worktime.Zone())
		if err != nil {
			t.Fatal(err)
		}
		if got, holiday := daysOff(at, working); len(got) != want.days || holiday != want.holiday {
			t.Errorf("after %s: %v, a holiday: %t, want %+v", day, got, holiday, want)
		}
	}
}
