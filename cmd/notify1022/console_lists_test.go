package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
)

// Who calls about a petition that is over is answered like anybody else.
func TestAPetitionThatHasEndedIsFoundAndReopened(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	over, open := h.petition(false), h.petition(false)
	h.call(200, "POST", "/api/v1/petitions/"+over+"/withdraw", object{"reason": "đèn đã sáng"})
	operator := h.signedIn(escalation.Operator, "")
	for _, q := range []string{over, strings.ToLower(over), strings.TrimPrefix(over, "HP"), strings.TrimPrefix(over, "HP261123-")} {
		if got := operator.get("/console/board?q=" + q); got.status != 303 || got.to != "/console/p/"+over {
			t.Errorf("%q leads to %q (%d)", q, got.to, got.status)
		}
	}
	operator.must(operator.get("/console/p/"+over), 200, "Mở lại")
	if got := operator.must(operator.get("/console/board"), 200, open); strings.Contains(got.body, over) {
		t.Error("the board has what is over")
	}
	h.call(200, "POST", "/api/v1/petitions/"+open+"/withdraw", object{"reason": "đèn đã sáng"})
	operator.must(operator.get("/console/board?q=trước+ngõ"), 200, "Không thấy trong các phản ánh đang mở", `href="/console/board?ended=1&amp;q=tr%C6%B0%E1%BB%9Bc&#43;ng%C3%B5"`)
	operator.must(operator.get("/console/board?q=trước+ngõ&ended=1"), 200, over, open, "đã kết thúc", `name="ended" value="1" checked`)
	operator.must(operator.get("/console/board?status=withdrawn"), 200, over, open)
	if got := operator.must(operator.get("/console/board?status=closed"), 200); strings.Contains(got.body, over) {
		t.Error("another ended status has it")
	}
	officer := h.signedIn(escalation.Officer, "LACHTRAY")
	officer.must(officer.get("/console/board?ended=1"), 200, over)
	other := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Việc của nơi khác", "citizen": object{"name": "Trần Thử", "phone": "0570000009"}})["code"].(string)
	if got := officer.get("/console/board?q=" + other); got.status != 200 || strings.Contains(got.body, `href="/console/p/`+other) {
		t.Errorf("a unit is led to another's petition: %d", got.status)
	}
	officer.must(officer.get("/console/board?q="+over), 303)
}

// The Office keeps seeing what the city's leaders asked for until it is done.
func TestADirectiveThatIsLateStandsFirstOnTheOfficesList(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	late, ahead := h.petition(false), h.petition(false)
	for code, due := range map[string]string{late: "2026-11-23T11:00:00+07:00", ahead: "2026-11-27T10:00:00+07:00"} {
		h.call(200, "POST", "/api/v1/petitions/"+code+"/direct", object{"leader": "Chủ tịch UBND TP", "text": "Xử lý ngay", "document_no": "12/CĐ", "document_date": "2026-11-23", "due": due})
	}
	h.call(200, "POST", "/api/v1/petitions/"+late+"/urge", object{"text": "nhanh lên", "due": "2026-11-26T10:00:00+07:00"})
	office := h.signedIn(escalation.Office, "")
	if got := office.must(office.get("/console/office"), 200, late, "12/CĐ"); strings.Contains(got.body, "quá hạn chỉ đạo") {
		t.Error("a directive is late before its time")
	}
	h.runUntil("2026-11-23T11:01:00+07:00")
	h.text(officePhone, late)
	h.eventually("the late directive", func() bool { return strings.Contains(office.get("/console/office").body, "quá hạn chỉ đạo") })
	page := office.get("/console/office").body
	list := page[strings.Index(page, `id="chi-dao"`):strings.Index(page, `id="da-chuyen"`)]
	if first, second := strings.Index(list, late), strings.Index(list, ahead); first < 0 || second < first || strings.Count(list, late) != 2 || strings.Count(list, "quá hạn chỉ đạo") != 1 {
		t.Errorf("the list is %s", list)
	}
	office.must(office.get("/console/board?overdue=1"), 200, late)
	h.call(200, "POST", "/api/v1/petitions/"+late+"/result", object{"text": "Đã thay bóng đèn hỏng trước ngõ"})
	if got := office.get("/console/office"); strings.Contains(got.body, "quá hạn chỉ đạo") {
		t.Error("a directive is late after the result")
	}
}

// An officer's phone texts about all that the unit owes: a petition's page shows what is about it.
func TestAPetitionsPageShowsTheTextsThatAreAboutIt(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	first, second := h.petition(false), h.petition(false)
	code := regexp.MustCompile(`NHAN (\d+)`)
	own := code.FindStringSubmatch(h.text(focalPhone, first).Text)
	other := code.FindStringSubmatch(h.text(focalPhone, second).Text)
	h.reply(focalPhone, "NHAN "+own[1]+" da cu to dien")
	h.reply(focalPhone, "NHAN "+other[1]+" ngay mai lam")
	h.reply(focalPhone, "HEN "+own[1]) // without a time: nothing is changed
	operator := h.signedIn(escalation.Operator, "")
	var talk, beside string
	h.eventually("the three texts", func() bool {
		page := operator.get("/console/p/" + first).body
		talk = page[strings.Index(page, "<h2>Tin nhắn"):strings.Index(page, "<h2>Thời hạn")]
		talk, beside, _ = strings.Cut(talk, "tin khác của số này")
		return strings.Contains(talk, "HEN "+own[1]) && strings.Contains(talk, "da cu to dien") && strings.Contains(beside, "ngay mai lam")
	})
	if strings.Contains(talk, "ngay mai lam") || strings.Contains(beside, "da cu to dien") || !strings.Contains(beside, `href="/console/p/`+second) {
		t.Errorf("the conversation is %s\nbeside it %s", talk, beside)
	}
}

// The hints look among all fields, say when they did not look, and are taken over into the form.
func TestHintsAreFoundByWordsAndTakenOver(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	const hints = "/console/intake/hints"
	operator.must(operator.post(hints, "content", "đèn đường tắt bốn tối, ngõ nguy hiểm"), 200, "Có thể trùng", code)
	operator.must(operator.post(hints, "content", "đèn"), 200, "Chưa tìm")
	operator.must(operator.post(hints, "content", "chó thả rông công viên"), 200, "Chưa thấy phản ánh tương tự")
	answer := func(content, consent string) string {
		done := operator.must(operator.post("/console/intake", "channel", "phone", "kind", "1", "content", content, "way", "answer", "publish_consent", consent, "field", "văn hóa",
			"answer_text", "Từ 8 giờ đến 17 giờ, hỏi chị Lê Thử", "name", "Lê Thử", "phone", "0570000007"), 303)
		return strings.TrimPrefix(done.to, "/console/p/")
	}
	secret, open := answer("Giờ mở cửa thư viện thành phố", ""), answer("Thư viện thành phố giờ mở cửa", "1")
	got := operator.must(operator.post(hints, "content", "thư viện mở cửa giờ nào", "field", "chiếu sáng"), 200, "Dùng câu trả lời này", open, "Từ 8 giờ đến 17 giờ")
	if strings.Contains(got.body, `value="`+secret) || strings.Contains(got.body, "Lê Thử") {
		t.Errorf("the hints show what its citizen did not agree to: %s", got.body)
	}
	form := []string{"channel", "phone", "kind", "1", "content", "thư viện mở cửa giờ nào", "way", "forward", "name", "Trần Thử", "nonce", "n1"}
	filled := operator.must(operator.post("/console/intake", append(form, "use_answer", open)...), 200, `value="answer" checked`, `id="answer_text">Từ 8 giờ đến 17 giờ`, `value="Trần Thử"`)
	if got := formOf(t, filled.body, "", "intake"); !slices.Contains(got, "n1") {
		t.Errorf("the form has lost its number: %v", got)
	}
	operator.must(operator.post("/console/intake", append(form, "use_answer", secret)...), 404)
	operator.must(operator.post(hints, "content", "đèn đường tắt bốn tối", "area", "P Lạch Tray", "field", "chiếu sáng"), 200)
	operator.must(operator.post("/console/intake", append(form, "use_unit", "LACHTRAY")...), 200, `value="forward" checked`, `<option value="LACHTRAY" selected>`)
}
