package main

import (
	"strings"
	"testing"

	"notify1022/escalation"
)

// landline records a petition of somebody without a mobile, answered by its unit and published.
func (h *hotline) landline(content, answer string) string {
	h.t.Helper()
	code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": content, "unit": "LACHTRAY",
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": "0225 384 2345"}})["code"].(string)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": answer, "document_no": "12/UBND"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{})
	return code
}

// Who has no mobile hears the answer, and is asked about it, in one call (Đ11.2).
func TestACallTellsTheAnswerAndTakesTheRating(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.landline("Đèn đường trước ngõ tắt bốn tối nay", "Đã thay bóng đèn trong ngày")
	operator := h.signedIn(escalation.Operator, "")
	call := operator.must(operator.post("/console/p/"+code+"/call"), 200, "mẫu C7", "UBND phường Lạch Tray đã trả lời phản ánh "+code, "Đã thay bóng đèn trong ngày", "12/UBND", "từ 1 (rất không hài lòng) đến 5")
	if said := call.body[strings.Index(call.body, "mẫu C7"):]; strings.Contains(said[:strings.Index(said, "</span>")], "/t/") {
		t.Errorf("a link is to be said: %s", said)
	}
	form := with(with(formOf(t, call.body, "step", "preview"), "score", "4"), "service", "5")
	shown := operator.must(operator.post("/console/p/"+code+"/act/rating", with(form, "comment", "Làm nhanh")...), 200, "Không gửi tin nào")
	done := operator.must(operator.post("/console/p/"+code+"/act/rating", formOf(t, shown.body, "step", "do")...), 303)
	if done.to != "/console/tasks?kind=contact" {
		t.Errorf("after the call: %s", done.to)
	}
	if vote := h.recordOf(code).Rating; vote == nil || vote.Score != 4 || vote.Service != 5 || vote.Comment != "Làm nhanh" {
		t.Errorf("the vote is %+v", vote)
	}
	operator.must(operator.get(done.to), 200, "Ghi đánh giá "+code+": đã thực hiện", "Không có việc nào.")
	operator.must(operator.get("/console/p/"+code), 200, "đã liên hệ người dân: đã nghe máy", "4/5 Làm nhanh")
}

// A score is refused like any other field, and a low one with a reason says what it leads to.
func TestARatingOnACallIsShownBeforeItIsRecorded(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.landline("Rác đầy ở đầu ngõ", "Đã thu gom rác trong ngày")
	operator := h.signedIn(escalation.Operator, "")
	form := formOf(t, operator.must(operator.post("/console/p/"+code+"/call"), 200).body, "step", "preview")
	operator.must(operator.post("/console/p/"+code+"/act/rating", form...), 422, "chưa nhập: Hài lòng")
	operator.must(operator.post("/console/p/"+code+"/act/rating", with(with(form, "score", "1"), "comment", "Rác vẫn còn")...), 200, "Sẽ thực hiện", "kinh chuyen VP UBND TP")
	if vote := h.recordOf(code).Rating; vote != nil {
		t.Errorf("recorded unseen: %+v", vote)
	}
}

// Of a petition that was merged the citizen is told the other's answer, and rates it.
func TestACallAboutAMergedPetitionTellsTheOthersAnswer(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	lead, own := h.petition(false), h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Ngõ tối quá", "citizen": object{"name": "Trần Thử", "phone": "0225 384 0001"}})["code"].(string)
	h.call(200, "POST", "/api/v1/petitions/"+own+"/merge", object{"into": lead})
	h.call(200, "POST", "/api/v1/petitions/"+lead+"/result", object{"text": "Đã thay bóng đèn, gọi 0570000004 nếu cần"})
	h.call(200, "POST", "/api/v1/petitions/"+lead+"/publish", object{"redacted": "Đã thay bóng đèn cho Nguyễn Văn Thử, hỏi thêm: 0225 3842 345"})
	operator := h.signedIn(escalation.Operator, "")
	call := operator.must(operator.post("/console/p/"+own+"/call"), 200, "đã trả lời phản ánh "+own, "Đã thay bóng đèn", "hỏi thêm: 0225 3842 345")
	if strings.Contains(call.body, "Nguyễn Văn Thử") {
		t.Error("the other citizen is named")
	}
	shown := operator.must(operator.post("/console/p/"+lead+"/act/rating", with(formOf(t, call.body, "step", "preview"), "score", "5")...), 200)
	operator.must(operator.post("/console/p/"+lead+"/act/rating", formOf(t, shown.body, "step", "do")...), 303)
	p := h.recordOf(lead)
	if vote := p.RatingOf(own); vote == nil || vote.Score != 5 || p.Rating != nil {
		t.Errorf("the votes are %+v and %+v", vote, p.Rating)
	}
	if page := operator.get("/console/tasks?kind=contact"); strings.Contains(page.body, own) {
		t.Error("the call is still to be made")
	}
}

// Who is called about a petition that was merged into a denunciation is told nothing of it by
// those who may not read it, and no words of it by anybody.
func TestACallTellsNothingOfADenunciation(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	crime := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 2, "content": "Có người buôn ma túy ở hẻm 9", "denunciation": true, "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	own := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Ngõ tối quá", "citizen": object{"name": "Trần Thử", "phone": "0225 384 0001"}})["code"].(string)
	h.call(200, "POST", "/api/v1/petitions/"+own+"/merge", object{"into": crime})
	h.call(200, "POST", "/api/v1/petitions/"+crime+"/answer", object{"text": "Công an phường đã lập hồ sơ"})
	operator, lead := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, "")
	if refused := operator.must(operator.post("/console/p/"+own+"/call"), 404, "chỉ trưởng ca được xem"); strings.Contains(refused.body, "hồ sơ") {
		t.Error("the operator reads the answer to a denunciation")
	}
	for _, code := range []string{own, crime} {
		if shown := lead.must(lead.post("/console/p/"+code+"/call"), 200); strings.Contains(shown.body, "đã lập hồ sơ") {
			t.Errorf("the answer to a denunciation is to be said to the citizen of %s", code)
		}
	}
}

// What the citizen says by phone is entered on the petition's page.
func TestTheDeskEntersWhatTheCitizenSays(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	enter := func(verb string, pairs ...string) {
		t.Helper()
		path := "/console/p/" + code + "/act/" + verb
		operator.must(operator.get("/console/p/"+code), 200, `href="`+path+`"`)
		form := formOf(t, operator.must(operator.get(path), 200).body, "step", "preview")
		for i := 0; i < len(pairs); i += 2 {
			form = with(form, pairs[i], pairs[i+1])
		}
		operator.must(operator.carryOut(path, form...), 303)
	}
	enter("say-answered", "text", "phường đã đến nhà")
	h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã thay bóng đèn trong ngày"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{})
	enter("note", "text", "Cảm ơn tổng đài")
	enter("rating", "score", "5", "comment", "Rất nhanh")
	operator.must(operator.get("/console/p/"+code), 200, "phường đã đến nhà", "Cảm ơn tổng đài", "5/5 Rất nhanh")
	h.runUntil("2026-12-20T10:00:00+07:00")
	h.eventually("the time for a vote to be over", func() bool { return !strings.Contains(operator.get("/console/p/"+code).body, "/act/rating") })
}
