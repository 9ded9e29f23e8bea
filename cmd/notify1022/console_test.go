package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"notify1022/escalation"
)

const consolePassword = "mật khẩu đủ dài 1022"

// mayOpen is who may do what in the console: A administrator, S shift lead, T operator,
// V City Office, C officer of a unit, H its head. A role that is not named is refused.
var mayOpen = map[string]string{
	"GET /console/board": "ASTVCH", "GET /console/board/rows": "ASTVCH", "GET /console/p/CODE": "ASTVCH", "GET /console/me": "ASTVCH",
	"GET /console/bao-cao": "ASTVCH", "GET /console/bao-cao/tep?format=csv": "ASTVCH", "GET /console/bao-cao/style.css": "ASTVCH",
	"GET /console/calendar": "ASTVCH", "GET /console/p/CODE/why/1/head": "ASTVCH", "GET /console/p/CODE/act/progress": "ASTVCH",
	"GET /console/intake": "ASTV", "POST /console/intake": "ASTV", "POST /console/intake/hints": "ASTV", "GET /console/texts": "ASTV", "GET /console/texts/O1": "ASTV",
	"POST /console/texts/O1/preview": "ASTV", "GET /console/tasks": "AST", "GET /console/shift": "AST", "POST /console/tasks/999/done": "AST", "POST /console/p/CODE/call": "AST",
	"POST /console/p/CODE/citizen": "AST", "POST /console/p/CODE/files/9/publish": "AST", "GET /console/gateway": "AST",
	"GET /console/ho-so": "ASTV", "GET /console/ho-so/khongco1": "ASTV", "GET /console/ho-so/tep?format=csv": "ASTV", "POST /console/ho-so/gui": "AST",
	"POST /console/ho-so/phieu": "ASTV", "POST /console/ho-so/act/van-ban": "ASTV", "POST /console/p/CODE/act/ask-explanation": "ASTV", "POST /console/p/CODE/act/explanation": "ASTCH",
	"POST /console/p/CODE/act/revoke-link": "AST", "GET /console/p/CODE/act/revoke-link": "AST",
	"GET /console/office": "ASV", "POST /console/office/urge": "ASV", "POST /console/office/document": "ASV", "POST /console/office/nhan-su/999": "ASV",
	"POST /console/texts/O1": "AS", "POST /console/texts/O1/test": "AS", "GET /console/send": "AS", "POST /console/send": "AS", "GET /console/send/9": "AS",
	"GET /console/send/9/failures.csv": "AS", "POST /console/send/9/pause": "AS", "POST /console/gateway/nothing": "AS",
	"GET /console/directory": "ASTV", "GET /console/directory/LACHTRAY": "ASTV", "POST /console/directory/LACHTRAY": "AS", "POST /console/directory/LACHTRAY/contacts": "AS", "POST /console/directory/LACHTRAY/hand-over": "AS",
	"POST /console/directory/LACHTRAY/contacts/9/verify": "AS", "POST /console/directory/absences/9/agree": "AS",
	"POST /console/p/CODE/recordings/9/grant": "AS",
	"GET /console/bao-cao/gui?period=2026-11": "ASV", "POST /console/bao-cao/gui": "ASV", "GET /console/bao-cao/du-thao/9": "ASV", "GET /console/bao-cao/du-thao/9/tep": "ASV",
	"POST /console/bao-cao/du-thao": "AS", "POST /console/bao-cao/du-thao/9/confirm": "AS",
	"GET /console/links": "A", "POST /console/links/key": "A", "POST /console/links/key/9/revoke": "A", "POST /console/calendar": "A", "GET /console/people": "A", "POST /console/people": "A", "POST /console/people/9/disable": "A", "GET /console/log": "A",
	"GET /console/directory/_":                  "ASTV",
	"POST /console/directory/_/contacts":        "AS",
	"POST /console/directory/LACHTRAY/calendar": "A",
	"POST /console/texts/O1/drafts/9/approve":   "AS",
	"GET /console/texts/export.csv":             "AS",
	"POST /console/texts/O1/registration":       "AS",
	"GET /console/send/9/progress":              "AS",
	"GET /console/send/people?q=x":              "AS",
	"GET /console/groups":                       "AS",
	"POST /console/groups":                      "AS",
	"GET /console/groups/9":                     "AS",
	"POST /console/groups/9/add":                "AS",
	"POST /console/p/CODE/act/hold":             "V", "POST /console/p/CODE/act/reject": "AST", "POST /console/p/CODE/act/forward": "ASTV", "POST /console/p/CODE/act/result": "ASTVCH",
	"GET /console/personal":                "A",
	"POST /console/personal":               "A",
	"GET /console/personal/9":              "A",
	"POST /console/personal/9/export.json": "A",
	"POST /console/p/CODE/act/urge":        "ASTV", "POST /console/p/CODE/act/publish": "AST", "POST /console/p/CODE/act/assign-internal": "ASTCH",
	"GET /console/exchange":             "A",
	"POST /console/exchange":            "A",
	"POST /console/exchange/export":     "A",
	"POST /console/exchange/nothing/do": "A",
	"GET /console/events":               "ASTVCH",
	"POST /console/p/CODE/files":        "ASTVCH",
	"GET /console/p/CODE/files/9":       "ASTVCH",
	"POST /console/me/nothing":          "ASTVCH",
}

func TestEachRoleSeesExactlyItsPages(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	other := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Việc của nơi khác", "citizen": object{"name": "Trần Thử", "phone": "0570000009"}})["code"].(string)
	roles := map[string]*visitor{
		"A": h.signedIn(escalation.Administrator, ""), "S": h.signedIn(escalation.ShiftLead, ""), "T": h.signedIn(escalation.Operator, ""),
		"V": h.signedIn(escalation.Office, ""), "C": h.signedIn(escalation.Officer, "LACHTRAY"), "H": h.signedIn(escalation.Head, "LACHTRAY"),
	}
	for what, who := range mayOpen {
		method, path, _ := strings.Cut(what, " ")
		path = strings.ReplaceAll(path, "CODE", code)
		for role, v := range roles {
			var got shownPage
			if method == "GET" {
				got = v.get(path)
			} else {
				got = v.post(path)
			}
			may := strings.Contains(who, role)
			act := strings.Contains(path, "/act/")
			refused := got.status == 403 || act && got.status == 404
			if refused == may || got.status >= 500 || got.status == 303 && strings.Contains(got.to, "sign-in") {
				t.Errorf("%s as %s: %d, may %t\n%.300s", what, role, got.status, may, got.body)
			}
		}
	}
	for _, role := range []string{"C", "H"} {
		if got := roles[role].get("/console/p/" + other); got.status != 404 {
			t.Errorf("%s sees another unit's petition: %d", role, got.status)
		}
		if got := roles[role].get("/console/board"); strings.Contains(got.body, other) || !strings.Contains(got.body, code) {
			t.Errorf("%s sees another unit's petition on the board, or not its own", role)
		}
	}
	for _, role := range []string{"V", "C", "H"} {
		if got := roles[role].get("/console/p/" + code); strings.Contains(got.body, "Nguyễn Văn Thử") || strings.Contains(got.body, citizenPhone) {
			t.Errorf("%s sees who made the petition", role)
		}
	}
	stranger := h.visitor()
	for what := range mayOpen {
		if method, path, _ := strings.Cut(what, " "); method == "GET" {
			if got := stranger.get(strings.ReplaceAll(path, "CODE", code)); got.status != 303 || !strings.HasPrefix(got.to, "/console/sign-in") {
				t.Errorf("%s without signing in: %d to %q", what, got.status, got.to)
			}
		}
	}
}

func TestSigningInIsGuarded(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	v := h.signedIn(escalation.Operator, "")
	if got := v.get("/console/board"); got.status != 200 {
		t.Fatalf("the board answers %d", got.status)
	}
	elsewhere := h.visitor()
	r, _ := http.NewRequestWithContext(h.ctx, "POST", "http://"+h.room.Addr+"/console/me/sign-out-everywhere", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := v.ask(r); got.status != 403 {
		t.Errorf("a form of another site is answered %d", got.status)
	}
	for _, wrong := range [][]string{{"name", "operator", "password", "sai"}, {"name", "nobody", "password", consolePassword}} {
		elsewhere.must(elsewhere.post("/console/sign-in", wrong...), 401, "không đúng")
	}
	v.must(v.post("/console/me/sign-out-everywhere"), 303)
	if got := v.get("/console/board"); got.status != 303 {
		t.Errorf("a session that was ended everywhere answers %d", got.status)
	}
	for range 5 {
		elsewhere.post("/console/sign-in", "name", "operator", "password", "sai")
	}
	elsewhere.must(elsewhere.post("/console/sign-in", "name", "operator", "password", consolePassword), 401) // locked
	if got := elsewhere.must(elsewhere.post("/console/sign-in", "to", "//evil.example/", "name", "x", "password", "y"), 401); strings.Contains(got.body, "evil.example") {
		t.Error("the form leads to another host")
	}
}

func TestAGivenPasswordIsChangedAndASecondFactorIsAskedFor(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	admin := h.signedIn(escalation.Administrator, "")
	page := admin.must(admin.post("/console/people", "name", "lan", "full_name", "Lan", "role", "operator"), 200)
	given := regexp.MustCompile(`<code>([A-Z0-9]{26})</code>`).FindStringSubmatch(page.body)
	if given == nil {
		t.Fatalf("no password on the page: %.2000s", page.body)
	}
	lan := h.visitor()
	lan.must(lan.post("/console/sign-in", "name", "lan", "password", given[1]), 303)
	if got := lan.get("/console/board"); got.to != "/console/me" {
		t.Errorf("with a given password the board leads to %q (%d)", got.to, got.status)
	}
	lan.must(lan.post("/console/me/password", "password", given[1], "next", "ngắn", "again", "ngắn"), 422, "12 ký tự")
	lan.must(lan.post("/console/me/password", "password", given[1], "next", consolePassword, "again", consolePassword), 303)
	lan.must(lan.get("/console/board"), 200)
	secret := regexp.MustCompile(`<code>([A-Z2-7]{32})</code>`).FindStringSubmatch(lan.must(lan.post("/console/me/totp"), 200).body)
	code, err := totp.GenerateCode(secret[1], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	lan.must(lan.post("/console/me/totp-on", "code", code, "password", consolePassword), 303)
	again := h.visitor()
	again.must(again.post("/console/sign-in", "name", "lan", "password", consolePassword), 401)
	again.must(again.post("/console/sign-in", "name", "lan", "password", consolePassword, "code", code), 401) // used to turn it on
	if code, err = totp.GenerateCode(secret[1], time.Now().Add(30*time.Second)); err != nil {
		t.Fatal(err)
	}
	again.must(again.post("/console/sign-in", "name", "lan", "password", consolePassword, "code", code), 303)
	third := h.visitor() // a code counts once
	third.must(third.post("/console/sign-in", "name", "lan", "password", consolePassword, "code", code), 401)
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"><input type="hidden" name="seq" value="(\d+)"`)

func TestOfTwoOperatorsTheSecondIsShownWhatTheFirstDid(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	first, second := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, "")
	form := versionField.FindStringSubmatch(second.must(second.get("/console/p/"+code+"/act/urgent"), 200).body)
	own := versionField.FindStringSubmatch(first.must(first.get("/console/p/"+code+"/act/progress"), 200).body)
	waiting := formOf(t, second.must(second.post("/console/p/"+code+"/act/urgent", "version", form[1], "seq", form[2], "step", "preview", "reason", "dây điện hở"), 200).body, "step", "do")
	shown := first.must(first.post("/console/p/"+code+"/act/progress", "version", own[1], "seq", own[2], "step", "preview", "text", "đã gọi đơn vị"), 200, "Sẽ thực hiện")
	if !strings.Contains(shown.body, "Không gửi tin nào") {
		t.Error("a note's preview shows texts")
	}
	first.must(first.post("/console/p/"+code+"/act/progress", formOf(t, shown.body, "step", "do")...), 303)
	stale := second.must(second.post("/console/p/"+code+"/act/urgent", waiting...), 409, "đã có thay đổi", "đã gọi đơn vị")
	fresh := versionField.FindStringSubmatch(stale.body)
	preview := second.must(second.post("/console/p/"+code+"/act/urgent", "version", fresh[1], "seq", fresh[2], "step", "preview", "reason", "dây điện hở"), 200, "Sẽ thực hiện")
	if !strings.Contains(preview.body, code) {
		t.Error("the preview shows no text with the code")
	}
	second.must(second.post("/console/p/"+code+"/act/urgent", formOf(t, preview.body, "step", "do")...), 303)
	second.must(second.get("/console/p/"+code), 200, "KHẨN", "vì sao")
	second.must(second.get("/console/p/"+code+"/why/1/head"), 200, "24/11", "cộng dồn 8h")
}

func TestALookAtTheCitizenIsLoggedAndIntakeTakesOneStep(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	operator, admin := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.Administrator, "")
	if got := operator.must(operator.get("/console/p/"+code), 200); strings.Contains(got.body, "Nguyễn Văn Thử") {
		t.Error("the citizen is shown unasked")
	}
	operator.must(operator.post("/console/p/"+code+"/citizen"), 200, "Nguyễn Văn Thử")
	admin.must(admin.get("/console/log?what=citizen"), 200, code, "<td>xem</td>", "Người operator")
	for range 3 { // a program that looks is logged too, once an hour
		h.call(200, "GET", "/api/v1/petitions/"+code, nil)
	}
	if page := admin.must(admin.get("/console/log?what=citizen"), 200, "khóa số 1"); strings.Count(page.body, "<td>xem</td>") != 2 {
		t.Errorf("the log has %d looks", strings.Count(page.body, "<td>xem</td>"))
	}
	operator.must(operator.post("/console/intake/hints", "content", "Đèn đường trước ngõ tắt, rất nguy hiểm", "field", "chiếu sáng", "area", "P Lạch Tray", "phone", citizenPhone), 200, "Có thể trùng", code, "Cùng người dân")
	operator.must(operator.post("/console/intake", "channel", "phone", "kind", "1", "content", "Nắp cống vỡ", "way", "forward", "name", "Lê Thử", "phone", "0570000007"), 422, "chưa chọn đơn vị")
	done := operator.must(operator.post("/console/intake", "channel", "phone", "kind", "1", "content", "Nắp cống vỡ", "way", "forward", "lead", "LACHTRAY", "name", "Lê Thử", "phone", "0570000007"), 303)
	h.text(focalPhone, "Nap cong vo")
	operator.must(operator.get(done.to), 200, "đã chuyển đơn vị xử lý")
	answered := operator.must(operator.post("/console/intake", "channel", "phone", "kind", "1", "content", "Hỏi giờ làm việc", "way", "answer", "answer_text", "Từ 7 giờ 30 đến 17 giờ", "name", "Lê Thử", "phone", "0570000007"), 303)
	operator.must(operator.get(answered.to), 200, "đã trả lời trực tiếp")
	operator.must(operator.get("/console/board?q=nap+cong"), 200, "Nắp cống vỡ")
	operator.must(operator.get("/console/shift"), 200, "Đến mốc trong ca sau")
}

func TestTheGatewayStopsAndGoesOnAndASendingToo(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite, "sms_price: {officer: 350}")
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.post("/console/gateway/pause"), 303)
	lead.must(lead.get("/console/gateway"), 200, "đang tạm dừng", "đã kết nối", "trang và API", "tin/giây")
	send := []string{"nonce", "n1", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp giao ban", "var_lp", "1022.vn/p/abc", "kind", "all", "role", "focal", "numbers", "0570000007\n0570000008"}
	ready := formOf(t, lead.must(lead.post("/console/send", append(send, "step", "preview")...), 200, "3 người nhận, 3 tin, 1.050 đ").body, "step", "do")
	lead.must(lead.post("/console/send", with(ready, "numbers", "0570000007\n0570000009")...), 200, "3 người nhận") // others than those who were shown
	started := lead.must(lead.post("/console/send", ready...), 303)
	again := lead.must(lead.post("/console/send", ready...), 303) // a double click
	if again.to != started.to {
		t.Errorf("a form sent twice leads to %s and %s", started.to, again.to)
	}
	lead.must(lead.post("/console/send", "nonce", "n2", "template", "T1", "var_ma", "HP261116-0001", "var_noi_dung", "họp", "var_lp", "1022.vn/p/abc", "numbers", "0225 300 0001", "step", "do"), 422, "không nhận được tin nhắn")
	page := lead.must(lead.get("/console/send"), 200, "đang gửi")
	link := regexp.MustCompile(`/console/send/\d+`).FindString(page.body)
	lead.must(lead.post(link+"/pause"), 303)
	lead.must(lead.get(link), 200, "tạm dừng, Người shift-lead (shift-lead), trưởng ca", "gửi, Người shift-lead")
	lead.must(lead.get("/console/send"), 200, "tạm dừng: Người shift-lead")
	lead.must(lead.post("/console/gateway/resume"), 303)
	code := h.petition(false)
	h.text(focalPhone, code) // the gateway goes on
	if got := h.smsc.Handset("0570000007").Inbox(); len(got) != 0 {
		t.Errorf("a paused sending went out: %v", got)
	}
	lead.must(lead.post(link+"/resume"), 303)
	h.text("0570000007", "hop giao ban")
	h.text("0570000008", "hop giao ban")
	lead.must(lead.post("/console/texts/T1/preview", "text", newT1), 200, "350 đ từ 8022")
	h.eventually("all sent", func() bool { return strings.Contains(lead.get(link).body, "Đã gửi 3 tin, 1.050 đ") })
	lead.must(lead.get(link), 200, "057****007")
}

func TestAWordingIsSavedFromTheConsoleAndSent(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	lead.must(lead.post("/console/texts/T1/preview", "text", "1022: {ma} {khong_co}"), 200, "biến không dùng được")
	lead.must(lead.post("/console/texts/T1", "text", "1022: {ma} {khong_co}"), 422, "biến không dùng được")
	lead.must(lead.post("/console/texts/T1/preview", "text", "Trưởng ca xem {ma}: {noi_dung} {lp}"), 200, "1 tin, còn ")
	base := regexp.MustCompile(`name="base" value="(\d+)"`).FindStringSubmatch(lead.get("/console/texts/T1").body)[1]
	lead.must(lead.post("/console/texts/T1", "base", base, "text", "1022: {ma} {khong_co}", "from", "2026-12-01T08:00"), 422, `name="from" value="2026-12-01T08:00"`)
	lead.must(lead.post("/console/texts/T1", "base", base, "text", "Trưởng ca xem {ma}: {noi_dung} {lp}"), 303)
	lead.must(lead.post("/console/texts/T1", "base", base, "text", "Xem {ma}: {noi_dung} {lp}"), 409, "người khác đã lưu một bản mới", "Xem {ma}: {noi_dung} {lp}")
	lead.must(lead.get("/console/texts/T1"), 200, "Bản 2", "<ins>")
	lead.must(lead.try("T1", "phone", "0570000008"), 200, "Đã gửi thử mẫu đang có hiệu lực đến 057****008.")
	h.text("0570000008", "Truong ca xem")

	// What is being edited is what is tried: it stays on the page, and in force is what was.
	try := []string{"text", "Bản nháp {ma}: {noi_dung} {lp}", "from", "2026-12-01T08:00", "phone"}
	lead.must(lead.try("T1", append(try, "0570000009")...), 200, "Đã gửi thử nội dung đang soạn đến 057****009; nội dung này chưa có hiệu lực.", "Bản nháp {ma}: {noi_dung} {lp}</textarea>", `value="2026-12-01T08:00"`)
	h.text("0570000009", "Ban nhap HP")
	lead.must(lead.try("T1", append(try, "0225 300 0001")...), 422, "không nhận được tin nhắn", "Bản nháp {ma}")
	lead.must(lead.try("T1", "text", "Bản nháp {khong_co}", "phone", "0570000009"), 422, "biến không dùng được", "Bản nháp {khong_co}")
	if page := lead.must(lead.get("/console/texts/T1"), 200, "Trưởng ca xem"); strings.Contains(page.body, "Bản nháp") {
		t.Error("what was tried is kept")
	}
}

func TestAnEditOfTheCalendarShowsWhatMovesAndMovesIt(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	admin := h.signedIn(escalation.Administrator, "")
	page := admin.must(admin.get("/console/calendar?year=2026"), 200, "Tháng 11")
	version := regexp.MustCompile(`name="version" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	edit := []string{"version", version, "date", "2026-11-26", "kind", "off", "name", "Nghỉ bão", "document", "Công điện 12"}
	ready := formOf(t, admin.must(admin.post("/console/calendar", append(edit, "step", "preview")...), 200, "thời hạn của 1 phản ánh sẽ dời", code).body, "step", "do")
	admin.must(admin.post("/console/calendar", with(ready, "date", "2026-11-27")...), 200, "thời hạn của 1 phản ánh sẽ dời") // another day is shown first
	before := h.call(200, "GET", "/api/v1/petitions/"+code, nil)["deadlines"]
	admin.must(admin.post("/console/calendar", ready...), 303)
	after := h.call(200, "GET", "/api/v1/petitions/"+code, nil)["deadlines"]
	text := func(v any) string { b, _ := json.Marshal(v); return string(b) }
	if text(before) == text(after) {
		t.Error("no deadline has moved")
	}
	admin.must(admin.get("/console/calendar?year=2026"), 200, "Nghỉ bão", "Công điện 12")
	admin.must(admin.post("/console/calendar", ready...), 422, "đã được người khác sửa")
}

func TestTheOfficeUrgesManyAndTakesADocument(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	h.runUntil("2026-12-03T09:30:00+07:00") // Thursday: overdue since Wednesday
	h.text(officePhone, "co 1 PAKN qua han")
	office := h.signedIn(escalation.Office, "")
	office.must(office.get("/console/office"), 200, "Quá hạn (1)", code)
	office.must(office.carryOut("/console/office/urge", "code", code, "text", "khẩn trương", "due", "2026-12-04T10:00"), 303)
	h.text(headPhone, code, "bao cao truoc 10h00 4/12")
	form := versionField.FindStringSubmatch(office.must(office.get("/console/p/"+code+"/act/direct"), 200).body)
	direct := []string{"version", form[1], "seq", form[2], "leader", "Phó Chủ tịch", "text", "xử lý dứt điểm", "due", "2026-12-07T10:00", "document_no", "1234/UBND-XD", "document_date"}
	office.must(office.post("/console/p/"+code+"/act/direct", append(direct, "2026-12-04", "step", "preview")...), 422, "ngày văn bản ở tương lai")
	office.must(office.carryOut("/console/p/"+code+"/act/direct", append(direct, "2026-12-02")...), 303)
	office.must(office.get("/console/office"), 200, "hạn chỉ đạo, đôn đốc, 10h00 07/12/2026", "văn bản số 1234/UBND-XD ngày 02/12/2026")
	office.must(office.get("/console/p/"+code), 200, "(văn bản số 1234/UBND-XD ngày 02/12/2026)")
	operator := h.signedIn(escalation.Operator, "")
	form = versionField.FindStringSubmatch(operator.must(operator.get("/console/p/"+code+"/act/written-file"), 200).body)
	operator.must(operator.carryOut("/console/p/"+code+"/act/written-file", "version", form[1], "seq", form[2], "reason", "chậm nhiều lần"), 303)
	form = versionField.FindStringSubmatch(office.must(office.get("/console/p/"+code+"/act/written-file"), 200).body)
	office.must(office.carryOut("/console/p/"+code+"/act/written-file", "version", form[1], "seq", form[2], "document_no", "77/VP-TCD", "document_date", "2026-12-03"), 303)
	office.must(office.get("/console/office"), 200, "văn bản nhắc nhở số 77/VP-TCD ngày 03/12/2026")
	other := h.petition(false)
	letter := office.must(office.post("/console/office/document", "code", code, "code", other), 200)
	if !strings.HasPrefix(letter.body, "PK") {
		t.Errorf("the document begins %.10q", letter.body)
	}
	admin := h.signedIn(escalation.Administrator, "")
	admin.must(admin.get("/console/log?what=petition"), 200, "lập văn bản", "2 phản ánh: "+code+", "+other)
}

func TestTheListOfTextsKnowsWhatTheirPetitionsAre(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	office, err := h.room.Store.CreateAPIKey(h.ctx, "Văn phòng", escalation.Office, "")
	if err != nil {
		t.Fatal(err)
	}
	for kind, sees := range map[string]bool{"urgent": true, "confidential": false, "denunciation": false} {
		code := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Quán bia gây ồn " + kind, kind: true, "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
		status, _, body := h.raw(office, "/api/v1/messages?petition="+code)
		if status != 200 || !strings.Contains(string(body), `"role":"citizen"`) || strings.Contains(string(body), "057****004") != sees {
			t.Errorf("%s: the Office reads %s", kind, body)
		}
	}
}

func TestTheBoardFindsAConfidentialPetitionByItsWordsForTheHotlineAlone(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Bích Ngọc: quán bia gây ồn", "field": "trật tự", "confidential": true, "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	for role, finds := range map[escalation.Role]bool{escalation.Operator: true, escalation.Office: false} {
		v := h.signedIn(role, "")
		for _, path := range []string{"/console/board?q=bich+ngoc", "/console/board?ended=1&q=bich+ngoc"} {
			if got := v.must(v.get(path), 200); strings.Contains(got.body, secret) != finds {
				t.Errorf("%s at %s: found %t", role, path, !finds)
			}
		}
		v.must(v.get("/console/board?q="+secret[len(secret)-4:]), 303)
	}
}

func TestADenunciationIsClosedToAllButShiftLeads(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	ordinary := h.petition(false)
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 2, "content": "Có người buôn ma túy ở hẻm 9", "field": "trật tự", "denunciation": true, "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone}})["code"].(string)
	h.reply(citizenPhone, "chuyen o hem 9 la that")
	lead, operator, office := h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Operator, ""), h.signedIn(escalation.Office, "")
	h.eventually("the text was read", func() bool { return strings.Contains(lead.get("/console/p/"+secret).body, "hem 9 la that") })
	lead.must(lead.get("/console/p/"+secret), 200, "ma túy")
	for name, v := range map[string]*visitor{"operator": operator, "office": office} {
		for _, path := range []string{"/console/p/" + secret, "/console/p/" + ordinary, "/console/board?q=ma+tuy", "/console/board?field=tr%E1%BA%ADt+t%E1%BB%B1", "/console/tasks", "/console/tasks?done=1"} {
			got := v.get(path)
			for _, closed := range []string{"ma túy", "hem 9", "057****004"} {
				if strings.Contains(got.body, closed) && !(closed == "057****004" && path == "/console/p/"+ordinary) && !(closed == "057****004" && path == "/console/p/"+secret) {
					t.Errorf("%s sees %q at %s", name, closed, path)
				}
			}
			if path == "/console/p/"+ordinary && strings.Contains(got.body, secret) {
				t.Errorf("%s learns from %s who made %s", name, path, secret)
			}
		}
		if got := v.get("/console/p/" + secret); strings.Contains(got.body, "/t/") || strings.Contains(got.body, ordinary) {
			t.Errorf("%s is led to the citizen", name)
		}
		v.must(v.get("/console/p/"+secret+"/act/forward"), 404)
		v.must(v.post("/console/p/"+secret+"/act/forward", "lead", "LACHTRAY", "step", "do"), 404)
		v.must(v.post("/console/texts/O1/preview", "text", "{tom_tat} {ma}", "petition", secret), 200)
	}
	operator.must(operator.post("/console/p/"+secret+"/citizen"), 404)
}
