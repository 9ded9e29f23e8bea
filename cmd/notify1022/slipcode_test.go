package main

import (
	"io"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/web"
)

var codeInText = regexp.MustCompile(`\b[0-9]{6}\b`)

func TestASlipOpensOnADeviceThatShowedACode(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	token := regexp.MustCompile(`/p/([0-9A-Za-z]+)`).FindStringSubmatch(h.text(focalPhone, code).Text)[1]
	officer, chat := h.visitor(), h.visitor()
	page := officer.must(officer.get("/p/"+token), 200, "Xác nhận thiết bị", "057****001")
	if strings.Contains(page.body, "Đèn đường") {
		t.Error("a device that was not seen is shown the content")
	}
	to := regexp.MustCompile(`name="to" value="(\d+)"[^>]*> Cán bộ đầu mối`).FindStringSubmatch(page.body)[1]
	officer.must(officer.post("/p/"+token+"/code", "to", to), 200, "Mã 6 số")
	given := codeInText.FindString(h.text(focalPhone, "ma xac thuc").Text)
	officer.must(officer.post("/p/"+token+"/open", "to", to, "code", "000000"), 422)
	officer.must(officer.post("/p/"+token+"/open", "to", to, "code", given), 303)
	officer.must(officer.get("/p/"+token), 200, "Đèn đường", "Giao đồng nghiệp", "Ai đã giữ")
	if got := chat.get("/p/" + token); strings.Contains(got.body, "Đèn đường") {
		t.Error("another device sees the slip")
	}
	chat.must(chat.post("/p/"+token+"/open", "to", to, "code", given), 422) // used
	chat.must(chat.post("/p/"+token+"/acknowledge"), 422)
	officer.must(officer.post("/p/"+token+"/acknowledge"), 303)
	officer.must(officer.upload("/p/"+token+"/photos", "photos", map[string][]byte{"sau.png": picture}, "stage", "after"), 303)
	file := regexp.MustCompile(`/p/` + token + `/tep/\d+`).FindString(officer.must(officer.get("/p/"+token), 200).body)
	officer.must(officer.get(file), 200, "PNG")
	chat.must(chat.get(file), 404)
	chat.must(chat.get("/tep/1"), 404)
	operator := h.signedIn(escalation.Operator, "")
	operator.must(operator.get("/console/p/"+code), 200, "sau.png")
	operator.must(operator.upload("/console/p/"+code+"/files", "file", map[string][]byte{"x.html": []byte("<script>alert(1)</script>")}, "stage", "after"), 415)
	operator.must(operator.post("/console/p/"+code+"/files/1/publish"), 422, "đã công khai") // no result, no consent
}

// unitOf makes a unit with one focal officer and forwards a petition to it; token is
// of its slip.
func (h *hotline) unitOf(code string, officer object) (petition, token string) {
	h.t.Helper()
	h.call(201, "POST", "/api/v1/units", object{"code": code, "name": "UBND xã " + code, "sms_name": "X " + code, "kind": "xa"})
	officer["unit"], officer["role"], officer["name"] = code, "focal", "Người của "+code
	h.call(201, "POST", "/api/v1/contacts", officer)
	petition = h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Cống vỡ ở đầu làng", "unit": code,
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, petition)
	if err != nil {
		h.t.Fatal(err)
	}
	return petition, record.Petition.Slips[0].Token
}

func TestWhoHasNoMobileGetsTheCodeByEmail(t *testing.T) {
	t.Parallel()
	addr, box := openLetterbox(t)
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, `mail: {addr: "`+addr+`", from: "1022@haiphong.gov.vn"}`)
	h.people()
	code, token := h.unitOf("ANLAO", object{"phone": "02253000001", "email": "dau.moi@example.vn"})
	officer := h.visitor()
	page := officer.must(officer.get("/p/"+token), 200, "thư d***@example.vn")
	if strings.Contains(page.body, "Cống vỡ") {
		t.Error("the slip is open without a code")
	}
	to := regexp.MustCompile(`name="to" value="(\d+)"`).FindStringSubmatch(page.body)[1]
	officer.must(officer.post("/p/"+token+"/code", "to", to), 200, "Mã 6 số đã gửi đến thư d***@example.vn")
	given := ""
	for given == "" {
		select {
		case content := <-box:
			m, err := mail.ReadMessage(strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "xác thực") && m.Header.Get("To") == "<dau.moi@example.vn>" {
				given = codeInText.FindString(string(text))
			}
		case <-h.ctx.Done():
			t.Fatal("no mail with a code")
		}
	}
	officer.must(officer.post("/p/"+token+"/open", "to", to, "code", given), 303)
	officer.must(officer.get("/p/"+token), 200, "Cống vỡ", code)
}

func TestAUnitThatNoCodeReachesIsCalled(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, `support_phone: "0225.1022"`)
	h.people()
	code, token := h.unitOf("ANLAO", object{"phone": "02253000001", "email": "dau.moi@example.vn"}) // no mail is sent here
	calls := func() (n int) {
		list, err := taskShelf{h.room.Store, nil}.Tasks(h.ctx, web.TaskFilter{Petition: code, Kind: escalation.TaskCall, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range list.Items {
			if strings.Contains(task.Text, "mã mở phiếu") {
				n++
			}
		}
		return n
	}
	officer := h.visitor()
	officer.must(officer.get("/p/"+token), 200, "số 0225.1022", "Đề nghị tổng đài gọi lại")
	if calls() != 0 {
		t.Error("a look makes a task")
	}
	for range 2 {
		sent := officer.must(officer.post("/p/"+token+"/call"), 303)
		officer.must(officer.get(sent.to), 200, "sẽ gọi đơn vị")
	}
	if n := calls(); n != 1 {
		t.Errorf("%d calls are on the list", n)
	}
	record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(timelineText(record), "gọi lại"); got != 1 {
		t.Errorf("%d lines of the timeline", got)
	}
}

func timelineText(r web.Record) string {
	var all strings.Builder
	for _, e := range r.Timeline {
		all.WriteString(e.Text + "\n")
	}
	return all.String()
}

// The switch is about slips and reports: a confidential petition opens by a code wherever its
// links lead, and a citizen can withdraw.
func TestWithoutCodesForSlipsAConfidentialPetitionStillAsksForOne(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite+"\nslip_passcode: \"off\"")
	h.people()
	tokens := func(code string) (citizen, slip string) {
		record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		return "/t/" + record.Petition.Token, "/p/" + record.Petition.Slips[0].Token
	}
	plain := h.petition(false)
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Đèn đường tắt trước cửa nhà tôi", "unit": "LACHTRAY", "confidential": true,
		"citizen": object{"name": "Nguyễn Văn Thử", "phone": "0570000008"}})["code"].(string)
	v := h.visitor()
	citizen, slip := tokens(secret)
	for _, page := range []string{citizen, slip} {
		if got := v.must(v.get(page), 200, "mã một lần"); strings.Contains(got.body, "Đèn đường") || strings.Contains(got.body, "Quá trình xử lý") {
			t.Errorf("%s is open", page[:3])
		}
	}
	v.must(v.post(citizen+"/code"), 200, "057****008")
	v.must(v.post(citizen+"/open", "code", codeInText.FindString(h.text("0570000008", "ma xac thuc").Text)), 303)
	v.must(v.get(citizen), 200, "Quá trình xử lý")

	citizen, slip = tokens(plain)
	v.must(v.get(slip), 200, "Đèn đường")
	v.must(v.post(citizen+"/withdraw"), 200, "Để rút phản ánh")
	v.must(v.post(citizen+"/code"), 200)
	v.must(v.post(citizen+"/open", "code", codeInText.FindString(h.text(citizenPhone, "ma xac thuc").Text)), 303)
	v.must(v.post(citizen+"/withdraw"), 303)
}
