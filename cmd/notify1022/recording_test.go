package main

import (
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

// spoken is a second of silence, as a phone records it.
var spoken = append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 64)...)

// Đ10.1
func TestAUnitHearsARecordingWhenTheShiftLeadHasGrantedItAndEachHearingIsLogged(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite+"\nslip_passcode: \"off\"")
	h.people()
	code := h.petition(false)
	slip := regexp.MustCompile(`/p/(\S+)`).FindStringSubmatch(h.text(focalPhone, code).Text)[1]
	operator, lead := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, "")
	operator.must(operator.upload("/console/p/"+code+"/files", "file", map[string][]byte{"goi.wav": spoken}, "stage", "recording"), 303)
	officer := h.visitor()
	officer.must(officer.get("/p/"+slip), 200, "Lý do đề nghị nghe ghi âm")
	officer.must(officer.get("/p/"+slip+"/tep/1"), 404)
	officer.must(officer.post("/p/"+slip+"/recording", "reason", ""), 422)
	officer.must(officer.post("/p/"+slip+"/recording", "reason", "nghe rõ địa điểm"), 303)
	officer.must(officer.get("/p/"+slip), 200, "chờ trưởng ca quyết định")
	officer.must(officer.get("/p/"+slip+"/tep/1"), 404)
	operator.must(operator.post("/console/p/"+code+"/recordings/1/grant", "hear", "24h"), 403)
	lead.must(lead.get("/console/p/"+code), 200, "nghe rõ địa điểm", "Cho nghe")
	lead.must(lead.post("/console/p/"+code+"/recordings/1/grant", "hear", "mãi mãi"), 422)
	lead.must(lead.post("/console/p/"+code+"/recordings/1/xyz", "hear", "24h"), 404)
	lead.must(lead.get("/console/p/"+code), 200, "Cho nghe")
	lead.must(lead.post("/console/p/"+code+"/recordings/1/grant", "hear", "24h"), 303)
	h.text(focalPhone, "duoc nghe ghi am", code, slip)
	officer.must(officer.get("/p/"+slip), 200, "Được nghe đến", "<audio")
	officer.must(officer.get("/p/"+slip+"/tep/1"), 200)
	officer.must(officer.get("/p/"+slip+"/tep/1"), 200) // the same device at once
	colleague := h.visitor()
	colleague.must(colleague.get("/p/"+slip+"/tep/1"), 200)
	operator.must(operator.get("/console/p/"+code+"/files/1"), 200)
	operator.must(operator.get("/console/p/"+code+"/files/1"), 200) // as a player does, in pieces
	plays := 0
	log, err := h.room.Store.ChangeLog(t.Context(), store.LogAttachment, "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range log.Items {
		if l.Action == "play" && strings.Contains(l.Detail, code) {
			plays++
		}
	}
	if plays != 3 {
		t.Errorf("%d hearings in the log, want those of two devices and the operator's", plays)
	}
	h.runUntil("2026-11-24T10:30:00+07:00")
	h.eventually("the time to be over", func() bool { return officer.get("/p/"+slip+"/tep/1").status == 404 })
}

// Đ10.1: behind a code the hearing is the person's.
func TestAHearingIsLoggedUnderTheNameOfWhoseCodeWasShown(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	slip := regexp.MustCompile(`/p/([0-9A-Za-z]+)`).FindStringSubmatch(h.text(focalPhone, code).Text)[1]
	operator, lead, officer := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, ""), h.visitor()
	operator.must(operator.upload("/console/p/"+code+"/files", "file", map[string][]byte{"goi.wav": spoken}, "stage", "recording"), 303)
	page := officer.must(officer.get("/p/"+slip), 200)
	to := regexp.MustCompile(`name="to" value="(\d+)"[^>]*> Cán bộ đầu mối`).FindStringSubmatch(page.body)[1]
	officer.must(officer.post("/p/"+slip+"/code", "to", to), 200)
	officer.must(officer.post("/p/"+slip+"/open", "to", to, "code", codeInText.FindString(h.text(focalPhone, "ma xac thuc").Text)), 303)
	officer.must(officer.post("/p/"+slip+"/recording", "reason", "nghe rõ địa điểm"), 303)
	lead.must(lead.post("/console/p/"+code+"/recordings/1/grant", "hear", "24h"), 303)
	officer.must(officer.get("/p/"+slip+"/tep/1"), 200)
	dir, err := h.room.Store.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log, err := h.room.Store.ChangeLog(t.Context(), store.LogAttachment, "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	focal := dir.ByPhone("+84"+focalPhone[1:], log.Items[0].At)[0]
	for _, l := range log.Items {
		if l.Action == "play" && l.Actor == focal.Name+" ("+focal.Unit+")" {
			return
		}
	}
	t.Errorf("nobody is named: %+v", log.Items)
}
