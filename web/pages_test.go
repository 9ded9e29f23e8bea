package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

func TestThePageOfARejectedPetitionWhoseWordsAreErasedSaysAWholeSentence(t *testing.T) {
	h := newHouse(t)
	p := h.accept("")
	h.api("operator", "POST", "/petitions/"+p.Code+"/reject", `{"reason":"khiếu nại","guidance":"Ban Tiếp công dân"}`).mustStatus(t, 200)
	h.get("/t/"+p.Token).mustStatus(t, 200).mustSay(t, "không tiếp nhận vì khiếu nại; nơi giải quyết: Ban Tiếp công dân.")
	p = h.stored(p.Code)
	p.Rejection = &escalation.Rejection{At: p.Rejection.At}
	h.memory.petitions[p.ID] = p
	h.get("/t/"+p.Token).mustStatus(t, 200).mustSay(t, "Phản ánh không thuộc phạm vi tiếp nhận của Tổng đài 1022.").mustNotSay(t, "nơi giải quyết:")
}

// published brings a petition to its published result and returns it.
func (h *house) published(extra string) escalation.Petition {
	h.t.Helper()
	p := h.accept(`"unit":"SXD"` + extra)
	for verb, body := range map[string]string{"result": `{"text":"Kính gửi ông ` + citizenName + `, đã thay bóng đèn"}`} {
		h.api("officer", "POST", "/petitions/"+p.Code+"/"+verb, body).mustStatus(h.t, 200)
	}
	h.api("operator", "POST", "/petitions/"+p.Code+"/publish", `{}`).mustStatus(h.t, 200)
	return h.stored(p.Code)
}

// secrets are what no public page may show.
var secrets = []string{citizenName, "nguyen van thu", "Văn Thử", citizenPhone, "0570 000 501", "570000501", officerName, "0570000101", "570000101", "khóa officer", "khóa operator"}

func TestTheCitizensPageShowsNobodysNameOrPhone(t *testing.T) {
	for _, extra := range []string{"", `,"confidential":true`} {
		h := withOwnDevice(t)
		p := h.accept(`"unit":"SXD"` + extra)
		for i, act := range [][3]string{{}, {"officer", "acknowledge", `{"note":"` + officerName + ` gọi 0570000101"}`}, {"officer", "eta", `{"at":"2026-11-25T10:00","reason":"` + officerName + `"}`},
			{"officer", "clarify", `{"missing":"gọi lại 0570000501"}`}, {"operator", "supplement", `{"text":"tôi là ` + citizenName + `, cột số 5"}`},
			{"officer", "result", `{"text":"Kính gửi ông ` + citizenName + `, đã thay bóng, số 0570000501"}`}, {"operator", "publish", `{}`},
			{"operator", "rating", `{"score":4,"comment":"cảm ơn, ` + citizenName + `"}`}} {
			if act[0] != "" {
				h.api(act[0], "POST", "/petitions/"+p.Code+"/"+act[1], act[2]).mustStatus(t, 200)
			}
			res := h.get("/t/"+p.Token).mustStatus(t, 200)
			for _, secret := range secrets {
				if strings.Contains(string(res.body), secret) {
					t.Errorf("after step %d (%s) the page shows %q", i, act[1], secret)
				}
			}
			if !strings.Contains(string(res.body), p.Code) || !strings.Contains(string(res.body), "Chuyển đơn vị xử lý: Sở Xây dựng") {
				t.Errorf("after step %d the page lacks code or unit", i)
			}
		}
	}
}

func TestTheCitizensPageSaysWhoHoldsThePetitionAndUntilWhen(t *testing.T) {
	h := newHouse(t)
	p := h.accept("")
	page := func() string { return string(h.get("/t/"+p.Token).mustStatus(t, 200).body) }
	act := func(role, verb, body string) {
		t.Helper()
		h.api(role, "POST", "/petitions/"+p.Code+"/"+verb, body).mustStatus(t, 200)
	}
	expect := func(words ...string) {
		t.Helper()
		body := page()
		for _, w := range words {
			if !strings.Contains(body, w) {
				t.Errorf("the page lacks %q:\n%s", w, body)
			}
		}
	}
	expect("Tổng đài 1022 đã tiếp nhận", "chậm nhất 9h00 ngày 23/11/2026", "/supplement")
	act("operator", "forward", `{"unit":"SXD"}`)
	// 48 working hours from Monday 2026-11-23 08:00 over the holiday of the 24th.
	expect("Sở Xây dựng đang xử lý, chậm nhất 8h00 ngày 02/12/2026")
	act("officer", "eta", `{"at":"2026-11-25T10:00"}`)
	expect("hẹn trả lời trước 10h00 ngày 25/11/2026")
	act("officer", "result", `{"text":"Đã thay bóng đèn ngõ 72"}`)
	expect("đang kiểm tra trước khi trả lời")
	if strings.Contains(page(), "Đã thay bóng đèn") {
		t.Error("an unchecked result is shown")
	}
	act("operator", "publish", `{}`)
	expect("Đã thay bóng đèn ngõ 72", "/rating", "/dispute")
}

// field failure 48
func TestTheCitizenRatesDisputesAndSupplements(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	res := h.post("/t/"+p.Token+"/rating", "score", "9").mustStatus(t, 422)
	if !strings.Contains(string(res.body), "từ 1 đến 5") {
		t.Errorf("%s", res.body)
	}
	h.post("/t/"+p.Token+"/rating").mustStatus(t, 422)
	hints := h.hints.Load()
	res = h.post("/t/"+p.Token+"/rating", "score", "5", "comment", "tốt").mustStatus(t, 303)
	if h.hints.Load() != hints+1 {
		t.Error("the workers were not woken")
	}
	if got := h.stored(p.Code).Rating; got == nil || got.Score != 5 {
		t.Errorf("rating %+v", got)
	}
	body := string(h.get(res.Header.Get("Location")).mustStatus(t, 200).body)
	if !strings.Contains(body, "Cảm ơn") || !strings.Contains(body, "đã đánh giá: 5/5; có thể sửa đến 8h00 ngày 30/11/2026") {
		t.Errorf("after the rating: %s", body)
	}
	h.post("/t/"+p.Token+"/dispute", "reason", "").mustStatus(t, 422)
	h.post("/t/"+p.Token+"/dispute", "reason", "đèn vẫn tắt").mustStatus(t, 303)
	if s := h.stored(p.Code).Status; s != escalation.Disputed {
		t.Errorf("status %s", s)
	}
	p = h.accept("")
	h.post("/t/"+p.Token+"/supplement", "text", "cột số 5").mustStatus(t, 303)
	if !strings.Contains(h.stored(p.Code).Content, "cột số 5") {
		t.Error("the supplement is not there")
	}
	h.post("/t/"+p.Token+"/rating", "score", "5").mustStatus(t, 409)
	h.post("/t/"+p.Token+"/delete").mustStatus(t, 404)
	h.post("/t/"+p.Token+"/supplement", "text", "a\x00b").mustStatus(t, 422)
	h.post("/t/"+p.Token+"/supplement", "text", strings.Repeat("x", maxForm)).mustStatus(t, 413)
}

// field failure 48
func TestAGetChangesNothing(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	open := h.accept(`"unit":"SXD"`)
	before := h.memory.snapshot()
	for _, path := range []string{"/t/" + p.Token, "/t/" + p.Token + "/rating?score=5", "/t/" + p.Token + "?score=5&xong=rating", "/p/" + open.Slips[0].Token,
		"/p/" + open.Slips[0].Token + "/acknowledge", "/p/" + p.Slips[0].Token, "/healthz", "/readyz", "/api/openapi.json"} {
		h.get(path)
	}
	for _, path := range []string{"/petitions", "/petitions/" + p.Code, "/petitions/" + p.Code + "/touch", "/messages", "/tasks", "/units", "/contacts"} {
		h.api("administrator", "GET", path, "", "Idempotency-Key", "k")
	}
	if h.memory.snapshot() != before {
		t.Error("a GET changed something")
	}
}

func TestTheSlipPageCarriesTheUnitsActs(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"units":["SXD","MTDT"]`)
	lead, helper := p.Slips[0].Token, p.Slips[1].Token
	body := string(h.get("/p/"+lead).mustStatus(t, 200).body)
	for _, w := range []string{"Sở Xây dựng (chủ trì)", "Hạn trả lời (8 giờ làm việc)", "8h00 ngày 25/11/2026", "Đèn đường ngõ 72 Lạch Tray", "/acknowledge", "/result", "/eta", "/return"} {
		if !strings.Contains(body, w) {
			t.Errorf("the slip page lacks %q", w)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(body, secret) {
			t.Errorf("the slip page shows %q", secret)
		}
	}
	h.post("/p/"+lead+"/acknowledge").mustStatus(t, 303)
	slip := h.stored(p.Code).Slips[0]
	if slip.AcknowledgedAt.IsZero() || slip.AcknowledgedBy != "Sở Xây dựng" {
		t.Errorf("%+v", slip)
	}
	h.post("/p/"+lead+"/eta", "at", "mai").mustStatus(t, 422)
	h.post("/p/"+lead+"/eta", "at", "2026-11-20T10:00").mustStatus(t, 422)
	h.post("/p/"+lead+"/eta", "at", "2026-11-25T10:00", "reason", "chờ vật tư").mustStatus(t, 303)
	h.post("/p/"+lead+"/progress", "text", "đang làm").mustStatus(t, 303)
	h.post("/p/"+lead+"/clarify", "missing", "số cột").mustStatus(t, 303)
	h.post("/p/"+lead+"/clarify", "missing", "ảnh").mustStatus(t, 409)
	h.post("/p/"+helper+"/result", "text", "Đơn vị thống nhất phương án").mustStatus(t, 303)
	if op := h.stored(p.Code).Slips[1].Opinion; op == "" {
		t.Error("the opinion is not there")
	}
	h.post("/p/"+lead+"/result", "text", "xong").mustStatus(t, 422)
	h.post("/p/"+lead+"/result", "text", "Đã thay bóng đèn ngõ 72").mustStatus(t, 303)
	got := h.stored(p.Code)
	if got.Status != escalation.Resolved || got.Result.Confirmed || got.Result.Channel != escalation.BySlipPage {
		t.Errorf("%s %+v", got.Status, got.Result)
	}
	h.post("/p/"+lead+"/publish").mustStatus(t, 404)
	h.post("/p/"+p.Token+"/acknowledge").mustStatus(t, 404) // the citizen's token is no slip
}

func TestAConfidentialSlipTellsNothingOfTheCitizen(t *testing.T) {
	h := withOwnDevice(t)
	p := h.accept(`"unit":"SXD","confidential":true`)
	body := string(h.get("/p/"+p.Slips[0].Token).mustStatus(t, 200).body)
	for _, secret := range append([]string{"12 Lạch Tray"}, secrets[:6]...) { // whom of the unit it names, its officers know
		if strings.Contains(body, secret) {
			t.Errorf("the slip page shows %q", secret)
		}
	}
	if !strings.Contains(body, "BẢO MẬT") || !strings.Contains(body, "Đèn đường") || !strings.Contains(body, "P Gia Viên") {
		t.Errorf("%s", body)
	}
}

func TestAnEndedSlipHasNoAuthority(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	old := p.Slips[0].Token
	h.api("operator", "POST", "/petitions/"+p.Code+"/reassign", `{"unit":"MTDT"}`).mustStatus(t, 200)
	h.api("operator", "POST", "/petitions/"+p.Code+"/reassign", `{"unit":"SXD"}`).mustStatus(t, 200) // a new slip of the same unit
	res := h.post("/p/"+old+"/acknowledge").mustStatus(t, 409)
	if !strings.Contains(string(res.body), "Phiếu đã kết thúc") {
		t.Errorf("%s", res.body)
	}
	now := h.stored(p.Code)
	if lead := now.Lead(); lead == nil || !lead.AcknowledgedAt.IsZero() {
		t.Errorf("the new slip was acknowledged by the old token: %+v", lead)
	}
}

func TestUnknownTokensAreAnsweredAlike(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	want := string(h.get("/t/unknown123").mustStatus(t, 404).body)
	for _, path := range []string{"/t/x", "/t/%00", "/t/" + p.Slips[0].Token, "/p/unknown123", "/p/" + p.Token, "/t/" + strings.Repeat("a", 500)} {
		res := h.get(path).mustStatus(t, 404)
		if string(res.body) != want {
			t.Errorf("%s is answered otherwise: %s", path, res.body)
		}
	}
}

func TestPagesForbidScriptsFramesAndCaches(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	for _, path := range []string{"/t/" + p.Token, "/p/" + p.Slips[0].Token, "/t/unknown123"} {
		res := h.get(path)
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: CSP %q", path, csp)
		}
		if inline.Match(res.body) {
			t.Errorf("%s has a script, an inline style or a foreign address", path)
		}
	}
	css := h.get("/assets/page.css").mustStatus(t, 200)
	if !strings.Contains(string(css.body), "prefers-color-scheme: dark") || !strings.HasPrefix(css.Header.Get("Content-Type"), "text/css") {
		t.Error("the style sheet has no dark side or no type")
	}
}

var inline = regexp.MustCompile(`(?i)<script|\sstyle=|\son[a-z]+="|src="http|href="http`)

func TestTextsFromOutsideAreEscaped(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD","area":"<b>x</b>"`)
	h.api("operator", "POST", "/petitions/"+p.Code+"/supplement", `{"text":"<script>alert(1)</script>"}`).mustStatus(t, 200)
	h.api("officer", "POST", "/petitions/"+p.Code+"/result", `{"text":"<img src=x onerror=alert(1)> đã xong việc","unit_url":"javascript:alert(1)"}`).mustStatus(t, 200)
	h.api("operator", "POST", "/petitions/"+p.Code+"/publish", `{}`).mustStatus(t, 200)
	for _, path := range []string{"/t/" + p.Token, "/p/" + p.Slips[0].Token} {
		body := string(h.get(path).mustStatus(t, 200).body)
		for _, bad := range []string{"<script>", "<img", "<b>", "javascript:"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %s", path, bad)
			}
		}
	}
}

func TestTokenPagesAreLimitedPerAddress(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.TokenRate, c.TokenBurst = 1, 5 })
	p := h.accept("")
	visit := func(remote, path, forwarded string) int {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		return h.do(r).StatusCode
	}
	good := "/t/" + p.Token
	for i := range 5 {
		if s := visit("203.0.113.1:5", good, ""); s != 200 {
			t.Fatalf("visit %d: %d", i, s)
		}
	}
	if s := visit("203.0.113.1:6", good, ""); s != 429 {
		t.Errorf("the sixth visit: %d", s)
	}
	if s := visit("203.0.113.2:5", good, ""); s != 200 {
		t.Errorf("another address: %d", s)
	}
	if s := visit("203.0.113.1:5", good, "203.0.113.77"); s != 429 {
		t.Errorf("a forged header of no proxy: %d", s)
	}
	if s := visit("127.0.0.1:5", good, "203.0.113.1"); s != 429 {
		t.Errorf("the same address through the proxy: %d", s)
	}
	if s := visit("127.0.0.1:5", good, "203.0.113.1, 203.0.113.9"); s != 200 {
		t.Errorf("the last hop counts: %d", s)
	}
	h.clock = h.clock.Add(2 * time.Second)
	if s := visit("203.0.113.1:5", good, ""); s != 200 {
		t.Errorf("after two seconds: %d", s)
	}
	if s := visit("203.0.113.3:5", "/t/guess12345", ""); s != 404 {
		t.Errorf("a guess: %d", s)
	}
	if s := visit("203.0.113.3:5", good, ""); s != 429 {
		t.Errorf("after a guess: %d", s)
	}
	if s := h.api("operator", "GET", "/petitions", "").StatusCode; s != 200 {
		t.Errorf("the API is limited too: %d", s)
	}
}

func TestTheLimiterForgetsAddressesAndNeverGrows(t *testing.T) {
	l := newLimiter(1, 10, 100)
	for i := range 1000 {
		addr := netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)})
		l.take(addr, start)
		if len(l.buckets) > 100 {
			t.Fatalf("%d addresses kept", len(l.buckets))
		}
	}
	a, b := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2:0:0:1")
	l.charge(a, 100, start)
	if ok, wait := l.take(b, start); ok || wait != 11*time.Second {
		t.Errorf("a neighbour of the same /64: %t, %s", ok, wait)
	}
}

func TestAUnitReadsAPetitionWithoutItsCitizenAndOthersPhones(t *testing.T) {
	a := &api{Config: Config{Support: "0225 3999 999", Offices: func() *escalation.Directory {
		return escalation.NewDirectory([]escalation.Unit{{Code: "P", Phone: "0225.3842.345"}}, nil)
	}}}
	p := escalation.Petition{Citizen: escalation.Citizen{Name: citizenName, Email: "thu@example.vn", Phone: "+84570000501", Address: "số nhà 45/6, phố Cấm"}}
	for given, want := range map[string]string{
		"Tôi là Nguyễn Văn Thử ở số 12":                                "Tôi là […] ở số 12",
		"NGUYEN  VAN\nTHU báo":                                         "[…] báo",
		"Nguye\u0302\u0303n Va\u0306n Thư\u0309":                       "[…]",
		"gọi 0570 000 501 hoặc 0912.345.678!":                          "gọi […] hoặc […]!",
		"gọi 0225 3842 345, 0225 3999 999, 1900 6364":                  "gọi 0225 3842 345, 0225 3999 999, 1900 6364",
		"nhà bên 0225 3842 346":                                        "nhà bên […]",
		"viết thu@example.vn nhé":                                      "viết […] nhé",
		"số nhà 45/6, ngày 26/11/2026 lúc 15h":                         "số nhà 45/6, ngày 26/11/2026 lúc 15h",
		"mã khách hàng PH 0300 0123 456, thiệt hại 1.263.600.000 đồng": "mã khách hàng PH 0300 0123 456, thiệt hại 1.263.600.000 đồng",
		"công tơ 1234567890123":                                        "công tơ 1234567890123",
		"Nguyễn Văn Thửa":                                              "Nguyễn Văn Thửa",
		"":                                                             "",
	} {
		if got := a.toldTo(p, given); got != want {
			t.Errorf("a unit reads %q as %q, expected %q", given, got, want)
		}
	}
	for _, secret := range []escalation.Petition{{Citizen: p.Citizen, Confidential: true}, {Citizen: p.Citizen, Denunciation: true}} {
		if got := concealFor(secret, "gọi 0225 3842 345, mất 1.263.600.000 đồng"); got != "gọi […], mất […] đồng" {
			t.Errorf("of what is secret a unit reads %q", got)
		}
	}
}

// Đ9.1, Đ11.1
func TestTheCitizenReadsTheAnswerAsItWasGiven(t *testing.T) {
	const answer = "Công an phường Hải An: gọi BHXH số 0225.3842.345, đường dây nóng 0936 123 456; mức đóng 1.263.600.000 đồng; làm việc từ 07-12-2026 08h00. UBND thành phố Hải Phòng, Điện lực Việt Nam."
	for _, name := range []string{"An", "Hải", "Nam", citizenName} {
		p := escalation.Petition{Status: escalation.Published, Published: answer, Result: &escalation.Result{DocumentNo: "0912345678/UBND", DocumentDate: "07-12-2026"},
			Citizen: escalation.Citizen{Name: name, Phone: "+84570000501"}}
		if got := answerFor(p); got.Text != answer || got.Document != "0912345678/UBND 07-12-2026" {
			t.Errorf("%s reads %+v", name, got)
		}
		p = escalation.Petition{Status: escalation.AnsweredDirectly, Answer: answer + " Kính gửi ông " + name + ", 0570.000.501", Citizen: p.Citizen}
		if got := answerFor(p); got.Text != answer+" Kính gửi ông […], […]" {
			t.Errorf("%s reads %q", name, got.Text)
		}
	}
}

func TestEverybodyReadsNoHouseAndNoOthersPhone(t *testing.T) {
	a := &api{}
	p := escalation.Petition{Status: escalation.Published, Published: "Đã sửa tại 12/34 Lạch Tray, sự cố gọi 0225 3842 345", Summary: "Đèn hỏng, hàng xóm 0912 345 678", Area: "12/34 Lạch Tray, P Lạch Tray",
		Citizen: escalation.Citizen{Name: "Hải", Phone: "+84570000501", Address: "12/34 Lạch Tray"}}
	want := PublicView{Summary: "Đèn hỏng, hàng xóm […]", Area: "P Lạch Tray", Answer: "Đã sửa tại […], sự cố gọi 0225 3842 345"}
	if got := a.publicView(p); got != want {
		t.Errorf("everybody reads %+v", got)
	}
	p.PublicArea = "trước chợ Lạch Tray, gần 12/34 Lạch Tray"
	if got := a.publicView(p).Area; got != "trước chợ Lạch Tray, gần […]" {
		t.Errorf("the place is worded %q", got)
	}
	p.PublicArea, p.Citizen.Address = "", ""
	if got := a.publicView(p).Area; got != "Lạch Tray, P Lạch Tray" {
		t.Errorf("without a known address the place is %q", got)
	}
}

func FuzzConceal(f *testing.F) {
	f.Add("Tôi là Nguyễn Văn Thử", citizenName)
	f.Add("\xff0570000501", "\xff")
	a := &api{}
	f.Fuzz(func(t *testing.T, text, name string) {
		a.concealTold(text, escalation.Citizen{Name: name})
	})
}

func TestServeEndsRunningRequestsAndReturns(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, leave, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		done <- Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-leave
			w.Write([]byte("whole"))
		}), nil)
	}()
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + listener.Addr().String() + "/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-entered
	stop()
	close(leave)
	if got := <-answer; got != "whole" {
		t.Errorf("the running request got %q", got)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	if err := Serve(t.Context(), listener, http.NotFoundHandler(), nil); err == nil {
		t.Error("serving a closed listener is no error")
	}
}
