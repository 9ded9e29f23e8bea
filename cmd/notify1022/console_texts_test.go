package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/templates"
)

// newT1 is a wording of T1 that can be sent.
const newT1 = "Trưởng ca xem {ma}: {noi_dung} {lp}"

var draftOfT1 = regexp.MustCompile(`/console/texts/T1/drafts/\d+`)

func TestAWordingWaitsForASecondPersonWhereTheSettingSaysSo(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "approve_texts: true")
	h.people()
	lead, admin := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, "")
	old, _ := templates.Builtin().Lookup("T1")

	lead.must(lead.post("/console/texts/T1", "text", newT1), 303)
	lead.must(lead.post("/console/texts/T1", "text", newT1), 422, "đang chờ duyệt")
	lead.must(lead.post("/console/texts/T1", "text", old.Text), 422, "đang chờ duyệt") // rolling back is a change too
	own := lead.must(lead.get("/console/texts/T1"), 200, "chờ duyệt", "<ins>", "Rút lại")
	draft := draftOfT1.FindString(own.body)
	if strings.Contains(own.body, draft+"/approve") || strings.Contains(own.body, "Bản 2") {
		t.Error("the author is offered to approve, or the draft is a version")
	}
	lead.must(lead.post(draft+"/approve"), 422, "không được tự duyệt")
	lead.must(lead.post(strings.Replace(draft, "T1", "O1", 1)+"/approve"), 404)
	if got := h.call(200, "GET", "/api/v1/templates", nil); strings.Contains(fmt.Sprint(got), "Trưởng ca xem {ma}") {
		t.Error("a draft is in force")
	}

	admin.must(admin.get("/console/texts"), 200, "Chờ duyệt (1)", "<ins>", "Người shift-lead")
	admin.must(admin.get("/console/texts/T1"), 200, draft+"/approve", draft+"/refuse")
	admin.must(admin.post(draft+"/withdraw", "reason", "thử"), 422, "chỉ người soạn")
	admin.must(admin.post(draft+"/refuse"), 422, "lý do")
	admin.must(admin.post(draft+"/refuse", "reason", "chưa nêu đơn vị"), 303)
	lead.must(lead.get("/console/texts/T1"), 200, "bị từ chối", "chưa nêu đơn vị")

	lead.must(lead.post("/console/texts/T1", "text", newT1), 303)
	draft = draftOfT1.FindString(lead.must(lead.get("/console/texts/T1"), 200).body)
	lead.must(lead.post(draft+"/withdraw", "reason", "soạn lại"), 303)
	lead.must(lead.post("/console/texts/T1", "text", newT1), 303)
	draft = draftOfT1.FindString(admin.must(admin.get("/console/texts/T1"), 200).body)
	admin.must(admin.post(draft+"/approve"), 303)
	admin.must(admin.post(draft+"/approve"), 422, "đã được Người administrator quyết định")
	admin.must(admin.get("/console/texts/T1"), 200, "Bản 2", "Người administrator duyệt", "đã duyệt", "đã rút")
	admin.must(admin.get("/console/log?what=template"), 200, "approved", "refused", "withdrawn", "T1")
	lead.must(lead.post("/console/texts/T1/test", "phone", "0570000008"), 303)
	h.text("0570000008", "Truong ca xem")
}
