package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

func TestACitizenSendsLooksUpAndWithdraws(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	citizen := h.visitor()
	citizen.must(citizen.get("/gui-phan-anh"), 200, "Không cần tài khoản")
	citizen.must(citizen.upload("/gui-phan-anh", "photos", nil, "content", "Rác không ai thu gom", "name", "Phạm Thử"), 422, "kênh liên lạc")
	sent := citizen.must(citizen.upload("/gui-phan-anh", "photos", map[string][]byte{"rac.png": picture, "tep.pdf": []byte("%PDF-1.4")}, "content", "Rác không ai thu gom", "name", "Phạm Thử", "phone", "0570000007", "publish_consent", "1"), 303)
	page := citizen.must(citizen.get(sent.to), 200, "Đã gửi phản ánh")
	code := regexp.MustCompile(`HP[0-9]{6}-[0-9]{4}`).FindString(page.body)
	token := strings.TrimPrefix(strings.Split(sent.to, "?")[0], "/t/")
	operator := h.signedIn(escalation.Operator, "")
	if got := operator.must(operator.get("/console/p/"+code), 200, "rac.png"); strings.Contains(got.body, "tep.pdf") {
		t.Error("a file that is no picture was taken")
	}
	citizen.must(citizen.post("/t/"+token+"/withdraw", "reason", "đã xong"), 200, "mã một lần")
	citizen.must(citizen.post("/t/"+token+"/code", "to", "citizen"), 200, "Mã 6 số")
	given := codeInText.FindString(h.text("0570000007", "ma xac thuc").Text)
	citizen.must(citizen.post("/t/"+token+"/open", "to", "citizen", "code", given), 303)
	citizen.must(citizen.post("/t/"+token+"/withdraw", "reason", "đã xong"), 303)
	citizen.must(citizen.get("/t/"+token), 200, "Phản ánh đã được rút")
}

func TestALookUpTellsStrangersNothing(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	citizen := h.visitor()
	citizen.must(citizen.post("/tra-cuu", "code", code, "phone", "0004"), 303)
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Chuyện kín", "confidential": true, "citizen": object{"name": "Trần Thử", "phone": "0570000009"}})
	stranger := h.visitor()
	wrong := stranger.must(stranger.post("/tra-cuu", "code", code, "phone", "1111"), 404, "Không tìm thấy")
	for name, same := range map[string]shownPage{
		"an unknown code":       stranger.post("/tra-cuu", "code", "HP261123-9999", "phone", "1111"),
		"a confidential one":    stranger.post("/tra-cuu", "code", secret["code"].(string), "phone", "0009"),
		"something that is not": stranger.post("/tra-cuu", "code", "x", "phone", ""),
	} {
		if clean := func(s string) string { return regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(s, "") }; same.status != wrong.status || clean(same.body) != clean(wrong.body) {
			t.Errorf("%s is answered differently: %d", name, same.status)
		}
	}
	private := regexp.MustCompile(`/t/[0-9A-Za-z]+`).FindString(secret["link"].(string))
	if got := stranger.must(stranger.get(private), 200, "mã một lần"); strings.Contains(got.body, "Chuyện kín") {
		t.Error("a confidential petition opens without a code")
	}
	for range 4 { // five wrong tries in all, of other addresses too
		if _, _, err := h.room.Store.Try(h.ctx, "lookup:"+code, 5, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	citizen.must(citizen.post("/tra-cuu", "code", code, "phone", "0004"), 404) // locked for an hour
}

func TestPublicAnswersAreThoseThatMayBeShown(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-12-23T10:00:00+07:00", plainSite, "publish_from: 2026-01-01")
	h.people()
	publish := func(more object) string {
		body := object{"channel": "phone", "kind": 1, "content": "Đèn đường hỏng ở số 5", "field": "chiếu sáng", "area": "P Lạch Tray", "unit": "LACHTRAY", "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}}
		for k, v := range more {
			body[k] = v
		}
		code := h.call(201, "POST", "/api/v1/petitions", body)["code"].(string)
		h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã thay bóng đèn mới cho tuyến phố"})
		h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{})
		return code
	}
	shown := publish(object{"publish_consent": true})
	hidden := []string{publish(nil), publish(object{"publish_consent": true, "confidential": true})}
	v := h.visitor()
	operator := h.signedIn(escalation.Operator, "")
	operator.must(operator.upload("/console/p/"+shown+"/files", "file", map[string][]byte{"sau.png": picture}, "stage", "after"), 303)
	operator.must(operator.post("/console/p/"+shown+"/files/1/publish"), 303)
	v.must(v.get("/tep/1"), 200, "PNG")
	page := v.must(v.get("/cong-khai"), 200, shown, "Đã thay bóng đèn", "/tep/1")
	for _, code := range hidden {
		if strings.Contains(page.body, code) {
			t.Errorf("%s is public", code)
		}
	}
	if strings.Contains(page.body, "Nguyễn") || strings.Contains(page.body, citizenPhone) {
		t.Error("the page names the citizen")
	}
	named := publish(object{"publish_consent": true, "content": "Đèn đường hỏng, tôi là Nguyễn Văn Thử"})
	if got := v.must(v.get("/cong-khai?q=nguyen+van+thu"), 200); strings.Contains(got.body, named) {
		t.Error("a name can be felt for")
	}
	v.must(v.get("/cong-khai?q=den+duong"), 200, shown)
	if got := v.must(v.get("/cong-khai?thang=2026-10"), 200, "Không có phản ánh nào"); strings.Contains(got.body, "<td>Phường Lạch Tray</td>") {
		t.Error("October has what came in December")
	}
	v.must(v.get("/cong-khai?thang=2026-12"), 422) // it is not over
}

// Đ12.1: what everybody reads of a petition is what the operator has seen.
func TestTheOperatorWordsWhatEverybodyReadsOfThePetition(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-12-23T10:00:00+07:00", plainSite)
	h.people()
	resolved := func(consent bool) string {
		code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Quán Hoa Phượng nhà bà Tư lấn vỉa hè", "unit": "LACHTRAY", "area": "12/34 Lạch Tray, P Lạch Tray",
			"publish_consent": consent, "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone, "address": "12/34 Lạch Tray"}})["code"].(string)
		h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã nhắc nhở và giải tỏa vỉa hè"})
		return code
	}
	operator, v := h.signedIn(escalation.Operator, ""), h.visitor()
	code := resolved(true)
	path := "/console/p/" + code + "/act/publish"
	form := versionField.FindStringSubmatch(operator.must(operator.get(path), 200, `name="public_content"`, "Quán Hoa Phượng").body)
	fields := []string{"version", form[1], "seq", form[2], "step", "preview", "written", "none", "public_content", "Một quán ăn lấn vỉa hè",
		"redacted", "Đã nhắc nhở và giải tỏa vỉa hè, sự cố gọi 0225 3842 345; Kính gửi ông Nguyễn Văn Thử"}
	operator.must(operator.get(path), 200, `name="public_area" value="P Lạch Tray"`)
	operator.must(operator.post(path, fields...), 200, "Mọi người sẽ đọc tại /cong-khai", "Một quán ăn lấn vỉa hè", "Địa bàn (đã bỏ số nhà, địa chỉ)", `>P Lạch Tray</div>`,
		`sự cố gọi 0225 3842 345; Kính gửi ông <mark title="đã che: dữ liệu cá nhân">[…]</mark>`)
	fields = append(fields, "public_area", "gần chợ Con")
	operator.must(operator.post(path, fields...), 200, "gần chợ Con")
	fields[5] = "do"
	operator.must(operator.carryOut(path, fields...), 303)
	v.must(v.get("/cong-khai"), 200, "sự cố gọi 0225 3842 345; Kính gửi ông […]")
	if got := v.must(v.get("/cong-khai"), 200, code, "Một quán ăn lấn vỉa hè"); strings.Contains(got.body, "Hoa Phượng") {
		t.Error("the citizen's words are public as they were")
	}
	v.must(v.get("/cong-khai?q=quan+an"), 200, code)
	if got := v.get("/cong-khai?q=hoa+phuong"); strings.Contains(got.body, code) {
		t.Error("it is found by what is not shown")
	}
	if got := v.must(v.get("/cong-khai"), 200, "gần chợ Con"); strings.Contains(got.body, "12/34") {
		t.Error("the citizen's house is public")
	}
	byRule := resolved(true)
	h.call(200, "POST", "/api/v1/petitions/"+byRule+"/publish", object{})
	v.must(v.get("/cong-khai"), 200, byRule, "Quán Hoa Phượng")
	if got := operator.get("/console/p/" + resolved(false) + "/act/publish"); strings.Contains(got.body, `name="public_content"`) {
		t.Error("it is asked for what nobody will read")
	}
}
