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
	t.Parallel()
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
	admin.must(admin.get("/console/log?what=template"), 200, "<td>duyệt</td>", "<td>từ chối</td>", "<td>rút lại</td>", "T1")
	lead.must(lead.try("T1", "phone", "0570000008"), 200, "Đã gửi thử")
	h.text("0570000008", "Truong ca xem")
}

// try sends a text's form as a test, with some of its fields typed anew.
func (v *visitor) try(key string, pairs ...string) shownPage {
	v.t.Helper()
	return v.post("/console/texts/"+key+"/test", v.textForm(key, pairs...)...)
}

// textForm is the form of a text as it is opened now, with some of its fields typed anew.
func (v *visitor) textForm(key string, pairs ...string) []string {
	v.t.Helper()
	form := formOf(v.t, v.must(v.get("/console/texts/"+key), 200).body, "", "text")
	for i := 0; i+1 < len(pairs); i += 2 {
		form = with(form, pairs[i], pairs[i+1])
	}
	return form
}

// A test sent again, from the browser's memory or from the page of an error, is one SMS.
func TestATestOfATextIsSentOnce(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	lead, admin := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, "")
	const path, phone = "/console/texts/T1/test", "0570000008"
	form := lead.textForm("T1", "text", newT1, "phone", phone)
	lead.must(lead.post(path, with(form, "nonce", "")...), 422, "biểu mẫu đã cũ", newT1)
	shown := lead.must(lead.post(path, form...), 200, "Đã gửi thử")
	lead.must(lead.post(path, form...), 200, "Tin thử này đã được gửi đến 057****008, không gửi lại.")
	h.text(phone, "Truong ca xem HP")
	lead.must(lead.post(path, with(form, "text", "Ca trưởng xem {ma}: {noi_dung} {lp}")...), 200, "Đã gửi thử") // other words are another test
	h.text(phone, "Ca truong xem HP")
	lead.must(lead.post(path, formOf(t, shown.body, "", "text")...), 200, "Đã gửi thử") // so is the page's next form
	h.eventually("three texts", func() bool { return len(h.smsc.Handset(phone).Inbox()) == 3 })
	log := admin.must(admin.get("/console/log?what=template"), 200, "057****008: Truong ca xem HP", "057****008: Ca truong xem HP").body
	if n := strings.Count(log, "057****008"); n != 3 {
		t.Errorf("%d tests are in the log", n)
	}
}

// What another one saved meanwhile is not overwritten by who has tested since.
func TestATestKeepsTheVersionThatItsFormGoesBy(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	lead, admin := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, "")
	const path = "/console/texts/T1"
	opened := lead.textForm("T1", "text", newT1)
	admin.must(admin.post(path, admin.textForm("T1", "text", "Ca trưởng xem {ma}: {noi_dung} {lp}")...), 303)
	for phone, status := range map[string]int{"0570000008": 200, "0225 300 0001": 422} {
		tested := lead.must(lead.post(path+"/test", with(opened, "phone", phone)...), status)
		lead.must(lead.post(path, formOf(t, tested.body, "", "text")...), 409, "người khác đã lưu một bản mới", newT1)
	}
	stale := lead.must(lead.post(path, opened...), 409)
	lead.must(lead.post(path, formOf(t, stale.body, "", "text")...), 303) // it was shown
}

func TestWhatNobodyHasApprovedIsTriedOnPeopleOfTheDirectoryAlone(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "approve_texts: true")
	h.people()
	lead, admin := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, "")
	const theirs = "0912345678"
	lead.must(lead.try("T1", "text", newT1, "phone", theirs), 422, "chưa được duyệt chỉ gửi thử được đến số của người trong danh bạ hoặc số thử nghiệm", newT1)
	if log := admin.must(admin.get("/console/log?what=template"), 200).body; strings.Contains(log, "091****678") {
		t.Error("what was refused is in the log")
	}
	lead.must(lead.try("T1", "phone", theirs), 200, "Đã gửi thử mẫu đang có hiệu lực")
	lead.must(lead.try("T1", "text", newT1, "phone", "0570000008"), 200, "Đã gửi thử nội dung đang soạn")
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "deputy", "name": "Người phó", "phone": theirs})
	lead.must(lead.try("T1", "text", newT1, "phone", theirs), 200, "Đã gửi thử nội dung đang soạn")
}

// slipText is O1 with another wording that can be sent.
const slipText = "1022 HP gửi phiếu PAKN {ma}: {tom_tat}, {dia_ban}. Hạn {han}. Soạn NHAN {mtl}. {lp}"

// registerForms enters every form of a wording.
func (v *visitor) registerForms(key, wording string) {
	v.t.Helper()
	forms, err := templates.Forms(wording)
	if err != nil {
		v.t.Fatal(err)
	}
	for i, form := range forms {
		v.must(v.post("/console/texts/"+key+"/registration", "sender", "8022", "number", fmt.Sprint(key, "-", i, "-", len(wording)), "on", "2026-11-20", "registered", form), 303)
	}
}

func TestATextThatDoesNotFitItsRegisteredWordingIsRefusedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "registered_texts: enforce")
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	t1, _ := templates.Builtin().Lookup("T1")

	lead.must(lead.get("/console/texts/T1"), 200, "8022", "chưa đăng ký")
	send := []string{"template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp giao ban", "var_lp", "1022.vn/p/abc", "numbers", "0570000007"}
	first := lead.must(lead.carryOut("/console/send", append(send, "nonce", "n1")...), 303)
	h.eventually("an unregistered text failed", func() bool { return strings.Contains(lead.get(first.to).body, "không gửi được") })
	lead.must(lead.get(first.to), 200, "không khớp mẫu đã đăng ký")

	bad := []string{"sender", "8022", "number", "VNPT-1", "on", "2026-11-20"}
	lead.must(lead.post("/console/texts/T1/registration", append(bad, "registered", "a {1")...), 422, "nội dung đăng ký không dùng được", "VNPT-1")
	lead.must(lead.post("/console/texts/T1/registration", "sender", "1022HP", "number", "1", "on", "2026-11-20", "registered", "a"), 422, "không gửi từ nguồn")
	lead.registerForms("T1", t1.Text)
	lead.must(lead.get("/console/texts/T1"), 200, "khớp mẫu đã đăng ký", "Số đăng ký T1-0", "20")
	lead.must(lead.carryOut("/console/send", append(send, "nonce", "n2")...), 303)
	h.text("0570000007", "hop giao ban")

	lead.must(lead.post("/console/texts/T1/preview", "text", newT1), 200, "không khớp mẫu đã đăng ký", "tin sẽ không được gửi")
	lead.must(lead.post("/console/texts/T1", "text", newT1), 422, "không khớp mẫu đã đăng ký cho 8022", "thiếu")
	lead.must(lead.try("T1", "text", newT1, "phone", "0570000009"), 422, "chưa khớp mẫu đã đăng ký cho 8022")
	lead.registerForms("T1", newT1) // filed beside the old one, then saved
	lead.must(lead.post("/console/texts/T1", "text", newT1), 303)
	lead.must(lead.carryOut("/console/send", append(send, "nonce", "n3")...), 303)
	h.text("0570000007", "Truong ca xem")

	list := lead.must(lead.get("/console/texts/export.csv"), 200, "8022,T1,", "Truong ca xem {1}: {2} {3}", "1022HP,C1,", "2026-11-20")
	if strings.Contains(list.body, "1022HP,T1,") || strings.Contains(list.body, ",VT,") {
		t.Error("the list has texts of other senders")
	}
	lead.must(lead.post("/console/texts/T1/registration", "sender", "8022", "number", "T1-0-"+fmt.Sprint(len(newT1)), "step", "end"), 303)
	lead.must(lead.post("/console/texts/T1/registration", "sender", "8022", "number", "T1-0-"+fmt.Sprint(len(newT1)), "step", "end"), 422, "không có đăng ký")
	last := lead.must(lead.carryOut("/console/send", append(send, "nonce", "n4")...), 303)
	h.eventually("a text that no longer fits failed", func() bool { return strings.Contains(lead.get(last.to).body, "không gửi được") })
}

// What the telecom would drop takes the road of every failure: somebody is told.
func TestASlipThatIsRefusedBeforeItIsSentIsPassedOn(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "registered_texts: enforce")
	h.people()
	code := h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	h.eventually("an operator has to call", func() bool { return strings.Contains(operator.get("/console/tasks").body, code) })
	operator.must(operator.get("/console/p/"+code), 200, "không khớp mẫu đã đăng ký với nhà mạng: mẫu O1 gửi từ 8022")
	if got := h.smsc.Handset(focalPhone).Inbox(); len(got) != 0 {
		t.Errorf("a text went out that is not registered: %v", got)
	}
}

func TestWhereItIsOnlyWarnedTheTextGoes(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "registered_texts: warn")
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.post("/console/texts/O1/registration", "sender", "8022", "number", "1", "on", "2026-11-20", "registered", "1022 HP chuyen {1}"), 303)
	lead.must(lead.post("/console/texts/O1", "text", slipText), 303)
	lead.must(lead.get("/console/texts/O1"), 200, "không khớp mẫu đã đăng ký")
	h.petition(false)
	h.text(focalPhone, "gui phieu PAKN")
}

// A wording is tried on a petition with what its texts say, and nobody reads more of it
// there than elsewhere.
func TestAWordingTriedOnAConfidentialPetitionTellsNoMoreThanItsTexts(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ nhà bà Phạm Thị Kín tắt bốn tối nay", "field": "chiếu sáng",
		"area": "12 Lạch Tray, P Gia Viên", "unit": "LACHTRAY", "confidential": true, "citizen": object{"name": "Phạm Thị Kín", "phone": citizenPhone, "address": "12 Lạch Tray"}})["code"].(string)
	plain := h.petition(false)
	const wording = "Phieu {ma}: {tom_tat}, {dia_ban}, truoc {han}, {mtl}. {lp}"
	for _, role := range []escalation.Role{escalation.Office, escalation.Operator} {
		v := h.signedIn(role, "")
		got := v.must(v.post("/console/texts/O1/preview", "text", wording, "petition", secret), 200, "theo "+secret)
		for _, word := range []string{"Lach Tray", "Gia Vien", "Kin", "tat bon toi"} {
			if strings.Contains(got.body, word) {
				t.Errorf("%s reads %q of a confidential petition: %s", role, word, got.body)
			}
		}
		v.must(v.post("/console/texts/O1/preview", "text", wording, "petition", plain), 200, "theo "+plain, "tat bon toi", "P Lach Tray")
	}
}
