package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// codes are one-time codes and devices in memory, by the clock of the house.
type codes struct {
	now     func() time.Time
	sent    map[string][]sentCode // the last one last
	devices map[string]time.Time  // until when each is trusted
	order   []string              // secret and subject, as they were trusted
}

type sentCode struct {
	code string
	at   time.Time
}

func newCodes() *codes {
	return &codes{now: func() time.Time { return start }, sent: map[string][]sentCode{}, devices: map[string]time.Time{}}
}

func (c *codes) Subjects(ctx context.Context, secret string) (list []string, err error) {
	for _, k := range slices.Backward(c.order) {
		subject, ok := strings.CutPrefix(k, secret)
		if known, _ := c.Trusted(ctx, secret, subject); ok && known {
			list = append(list, subject)
		}
	}
	return list, nil
}

func (c *codes) NewPasscode(_ context.Context, subject, code string) error {
	c.sent[subject] = append(c.sent[subject], sentCode{code, c.now()})
	return nil
}

func (c *codes) live(subject string) (list []sentCode) {
	for _, s := range c.sent[subject] {
		if c.now().Sub(s.at) < 5*time.Minute {
			list = append(list, s)
		}
	}
	return list
}

func (c *codes) LivePasscodes(_ context.Context, subjects ...string) (list []string, err error) {
	for _, s := range subjects {
		if len(c.live(s)) > 0 {
			list = append(list, s)
		}
	}
	return list, nil
}

func (c *codes) UsePasscode(_ context.Context, subject, code string) (bool, error) {
	live := c.live(subject)
	i := slices.IndexFunc(live, func(s sentCode) bool { return s.code == code })
	if i < 0 {
		return false, nil
	}
	c.sent[subject] = slices.Delete(live, i, i+1)
	return true, nil
}

func (c *codes) Trust(_ context.Context, secret, subject string, trusted time.Duration) error {
	c.devices[secret+subject], c.order = c.now().Add(trusted), append(c.order, secret+subject)
	return nil
}

func (c *codes) Trusted(_ context.Context, secret, subject string) (bool, error) {
	return c.now().Before(c.devices[secret+subject]), nil
}

// tries lets everybody try.
type tries struct{}

func (tries) Try(context.Context, string, int, time.Duration) (int64, bool, error) {
	return 1, true, nil
}
func (tries) TakeBack(context.Context, string, int64) error { return nil }

// browser keeps cookies and fills in forms.
type browser struct {
	h       *house
	cookies map[string]string
}

func (b *browser) send(r *http.Request) response {
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res := b.h.do(r)
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return res
}

func (b *browser) get(path string) response { return b.send(httptest.NewRequest("GET", path, nil)) }

func (b *browser) post(path string, form url.Values) response {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	formOf      = func(action string) *regexp.Regexp {
		return regexp.MustCompile(`(?s)<form method="post" action="[^"]*/` + action + `".*?</form>`)
	}
)

// form is a form of the page with its hidden fields, and what is filled in.
func (r response) form(t *testing.T, action string, fields ...string) url.Values {
	t.Helper()
	text := formOf(action).FindString(string(r.body))
	if text == "" {
		t.Fatalf("no form %s in %s", action, r.body)
	}
	values := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(text, -1) {
		values.Set(m[1], html.UnescapeString(m[2]))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return values
}

// mustSay fails for words that the page lacks.
func (r response) mustSay(t *testing.T, words ...string) response {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(string(r.body), w) {
			t.Errorf("the page lacks %q:\n%s", w, r.body)
		}
	}
	return r
}

func TestARefusedPetitionKeepsTheWishForSecrecy(t *testing.T) {
	h := newHouse(t)
	res := h.post("/gui-phan-anh", "content", "Đèn đường tắt", "name", citizenName, "phone", "12", "confidential", "1", "publish_consent", "1").mustStatus(t, 422)
	res.mustSay(t, `name="confidential" value="1" checked`, `name="publish_consent" value="1" checked`)
	if strings.Contains(string(res.body), "hãy chọn lại ảnh") {
		t.Error("photos are asked for again that were not chosen")
	}
	if body := string(h.get("/gui-phan-anh").mustStatus(t, 200).body); strings.Contains(body, `value="1" checked`) {
		t.Error("the wish is made for the citizen")
	}
	body, kind := photoForm(t, []string{"content", "Đèn đường tắt", "name", citizenName, "phone", "12"}, photo(t))
	r := httptest.NewRequest("POST", "/gui-phan-anh", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	h.do(r).mustStatus(t, 422).mustSay(t, "hãy chọn lại ảnh")
}

// photo is a small picture.
func photo(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func photoForm(t *testing.T, fields []string, photos ...[]byte) (body []byte, contentType string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range photos {
		part, err := w.CreateFormFile("photos", "anh.png")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(p)
	}
	w.Close()
	return out.Bytes(), w.FormDataContentType()
}

func TestARefusedSlipFormIsFilledInAgain(t *testing.T) {
	h := newHouse(t)
	page := "/p/" + h.accept(`"unit":"SXD"`).Slips[0].Token
	h.post(page+"/eta", "at", "2026-11-20T10:00", "reason", "chờ <vật tư>").mustStatus(t, 422).mustSay(t, `value="2026-11-20T10:00"`, `value="chờ &lt;vật tư&gt;"`)
	res := h.post(page+"/result", "text", "xong", "document_no", "12/SXD", "document_date", "2026-11-20").mustStatus(t, 422)
	res.mustSay(t, `required>xong</textarea>`, `value="12/SXD"`, `value="2026-11-20"`)
	if strings.Contains(string(res.body), `name="text" maxlength="1000" required value="xong"`) {
		t.Error("one form's words stand in another")
	}
}

func TestARefusedFormOfTheCitizenIsFilledInAgain(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	h.post("/t/"+p.Token+"/rating", "score", "3", "service", "9", "comment", "chờ lâu quá").mustStatus(t, 422).mustSay(t, ">chờ lâu quá</textarea>", `name="score" value="3" checked`)
	h.post("/t/"+h.accept("").Token+"/dispute", "reason", "đèn vẫn tắt").mustStatus(t, 409).mustSay(t, "chưa gửi được", "đèn vẫn tắt")
}

func TestAnAdditionThatHasNoRoomIsKeptOnThePage(t *testing.T) {
	h := newHouse(t)
	p := h.accept("")
	p.Content = strings.Repeat("ộ", 19_900)
	h.memory.petitions[p.ID] = p
	long := strings.Repeat("ế", 200)
	h.post("/t/"+p.Token+"/supplement", "text", long).mustStatus(t, 422).mustSay(t, "Phản ánh chỉ còn chỗ cho 89 ký tự bổ sung", ">"+long+"</textarea>")
	h.api("operator", "POST", "/petitions/"+p.Code+"/supplement", `{"text":"`+long+`"}`).mustStatus(t, 422).mustSay(t, "body.text")
	if got := h.stored(p.Code); got.Content != p.Content || got.Version != p.Version {
		t.Error("what was refused changed the petition")
	}
}

// withCodes is a house whose links ask for codes.
func withCodes(t *testing.T, change ...func(*Config)) (*house, *codes) {
	kept := newCodes()
	h := newHouse(t, append([]func(*Config){func(c *Config) { c.Passcodes, c.Lookups = kept, tries{} }}, change...)...)
	kept.now = func() time.Time { return h.clock }
	return h, kept
}

func (c *codes) code(t *testing.T) string {
	t.Helper()
	for _, sent := range c.sent {
		if len(sent) > 0 {
			return sent[len(sent)-1].code
		}
	}
	t.Fatal("no code was sent")
	return ""
}

// owners are codes of a device that everybody has shown theirs on.
type owners struct {
	*codes
	of *memory
}

func (owners) Trusted(context.Context, string, string) (bool, error) { return true, nil }

func (o owners) Subjects(context.Context, string) (list []string, err error) {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	for _, p := range o.of.petitions {
		for _, slip := range append(slices.Clone(p.Slips), overview(p)) {
			for id := range o.of.contacts {
				subject, _ := slipSubject(p, slip)
				list = append(list, fmt.Sprint(subject, ":", id))
			}
		}
	}
	return list, nil
}

// withOwnDevice is a house whose visitor's device has shown every code there is.
func withOwnDevice(t *testing.T, change ...func(*Config)) *house {
	h := newHouse(t, append([]func(*Config){func(c *Config) {
		c.Passcodes, c.Lookups = owners{newCodes(), c.Petitions.(*memory)}, tries{}
	}}, change...)...)
	h.device = strings.Repeat("a", 52)
	return h
}

// confirm gives the code that the page asks for.
func (b *browser) confirm(t *testing.T, kept *codes, page string, asked response, to string) response {
	t.Helper()
	sent := b.post(page+"/code", asked.form(t, "code", "to", to)).mustStatus(t, 200)
	wrong := b.post(page+"/open", sent.form(t, "open", "code", "no")).mustStatus(t, 422)
	return b.post(page+"/open", wrong.form(t, "open", "code", kept.code(t)))
}

func TestWhatWasTypedOutlivesTheTrustInADevice(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	b := &browser{h, map[string]string{}}
	b.confirm(t, kept, page, b.get(page).mustStatus(t, 200), "1").mustStatus(t, 303)
	form := b.get(page).mustStatus(t, 200).form(t, "result", "text", "Đã thay bóng đèn\nở \"ngõ 72\"", "document_no", "12/SXD")
	clear(kept.devices)
	asked := b.post(page+"/result", form).mustStatus(t, 422)
	shown := b.confirm(t, kept, page, asked, "1").mustStatus(t, 200).mustSay(t, "Đã thay bóng đèn\nở &#34;ngõ 72&#34;", `value="12/SXD"`, "chưa được gửi")
	if h.stored(p.Code).Result != nil {
		t.Fatal("the page carried out what had been typed")
	}
	b.post(page+"/result", shown.form(t, "result", "text", "Đã thay bóng đèn ở ngõ 72")).mustStatus(t, 303)
	if got := h.stored(p.Code).Result; got == nil || got.Text != "Đã thay bóng đèn ở ngõ 72" {
		t.Errorf("%+v", got)
	}
}

// What a colleague has sent meanwhile cannot be sent again, and the page after the code says so.
func TestWhatWasTypedForAFormThatIsGoneIsNotAskedForAgain(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	one, two := &browser{h, map[string]string{}}, &browser{h, map[string]string{}}
	one.confirm(t, kept, page, one.get(page).mustStatus(t, 200), "1").mustStatus(t, 303)
	form := one.get(page).form(t, "return", "reason", "không quản lý tuyến này")
	late := url.Values{"reason": {"đường do phường quản lý"}, "nonce": form["nonce"], "seq": form["seq"]}
	asked := two.post(page+"/return", late).mustStatus(t, 422)
	one.post(page+"/return", form).mustStatus(t, 303)
	shown := two.confirm(t, kept, page, asked, "1").mustStatus(t, 200).mustSay(t, "nay không còn gửi được", "đường do phường quản lý")
	if formOf("return").Match(shown.body) || strings.Contains(string(shown.body), "bấm gửi") {
		t.Error("a form that is gone is to be sent")
	}
}

func TestTheCitizensWordsOutliveTheTrustInADevice(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"confidential":true`)
	b, page := &browser{h, map[string]string{}}, "/t/"+p.Token
	asked := b.post(page+"/supplement", url.Values{"text": {"cột đèn số 5"}}).mustStatus(t, 200)
	shown := b.confirm(t, kept, page, asked, "citizen").mustStatus(t, 200).mustSay(t, ">cột đèn số 5</textarea>", "chưa được gửi")
	if strings.Contains(h.stored(p.Code).Content, "cột đèn số 5") {
		t.Fatal("the page carried out what had been typed")
	}
	b.post(page+"/supplement", shown.form(t, "supplement", "text", "cột đèn số 5")).mustStatus(t, 303)
	if !strings.Contains(h.stored(p.Code).Content, "cột đèn số 5") {
		t.Error("the supplement is not there")
	}
}

// field failure: a citizen withdrew without giving a reason, gave the code, and nothing was
// said and nothing withdrawn.
func TestAPressedButtonOutlivesTheCode(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	b, mine := &browser{h, map[string]string{}}, "/t/"+p.Token
	asked := b.post(mine+"/withdraw", b.get(mine).form(t, "withdraw")).mustStatus(t, 200)
	shown := b.confirm(t, kept, mine, asked, "citizen").mustStatus(t, 200).mustSay(t, "Phản ánh chưa được rút", "<details open><summary>Rút phản ánh", "autofocus>Rút phản ánh</button>")
	if got := h.stored(p.Code).Status; got != escalation.Forwarded {
		t.Fatalf("the code alone made it %s", got)
	}
	b.post(mine+"/withdraw", shown.form(t, "withdraw")).mustStatus(t, 303)
	if got := h.stored(p.Code).Status; got != escalation.Withdrawn {
		t.Errorf("it is %s", got)
	}

	p = h.accept(`"unit":"SXD"`)
	page := "/p/" + p.Slips[0].Token
	b.confirm(t, kept, page, b.get(page), "1").mustStatus(t, 303)
	form := b.get(page).form(t, "acknowledge")
	clear(kept.devices)
	asked = b.post(page+"/acknowledge", form).mustStatus(t, 422)
	shown = b.confirm(t, kept, page, asked, "1").mustStatus(t, 200).mustSay(t, "“Đã nhận phiếu” chưa được gửi: hãy bấm lại", "autofocus>Đã nhận phiếu</button>")
	if !h.stored(p.Code).Slips[0].AcknowledgedAt.IsZero() {
		t.Fatal("the code alone acknowledged it")
	}
	b.post(page+"/acknowledge", shown.form(t, "acknowledge")).mustStatus(t, 303)
	if h.stored(p.Code).Slips[0].AcknowledgedAt.IsZero() {
		t.Error("it is not acknowledged")
	}
	clear(kept.devices)
	asked = b.post(page+"/acknowledge", form).mustStatus(t, 422)
	shown = b.confirm(t, kept, page, asked, "1").mustStatus(t, 200).mustSay(t, "không còn gửi được")
	if strings.Contains(string(shown.body), "hãy bấm lại") {
		t.Error("a button is asked for that is there no more")
	}
}

func TestADoubleTapWritesOnce(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	b, page := &browser{h, map[string]string{}}, "/p/"+p.Slips[0].Token
	form := b.get(page).mustStatus(t, 200).form(t, "progress", "text", "đang thay bóng")
	for range 2 {
		b.post(page+"/progress", form).mustStatus(t, 303)
	}
	if n := h.entries(p.Code, string(escalation.VerbProgress)); n != 1 {
		t.Errorf("%d notes of one form", n)
	}
	b.post(page+"/progress", b.get(page).form(t, "progress", "text", "đang thay bóng")).mustStatus(t, 303)
	if n := h.entries(p.Code, string(escalation.VerbProgress)); n != 2 {
		t.Errorf("%d notes after a second form", n)
	}
	mine := "/t/" + p.Token
	supplement := b.get(mine).form(t, "supplement", "text", "cột số 5")
	for range 2 {
		b.post(mine+"/supplement", supplement).mustStatus(t, 303)
	}
	if n := h.entries(p.Code, string(escalation.VerbSupplement)); n != 1 {
		t.Errorf("%d supplements of one form", n)
	}
}

func (h *house) entries(code, action string) (n int) {
	record, err := h.memory.PetitionByCode(h.t.Context(), code)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range record.Timeline {
		if e.Action == action {
			n++
		}
	}
	return n
}

func TestTwoColleaguesSeeEachOthersResult(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	one, two, page := &browser{h, map[string]string{}}, &browser{h, map[string]string{}}, "/p/"+p.Slips[0].Token
	first, second := one.get(page), two.get(page)
	one.post(page+"/result", first.form(t, "result", "text", "Đã thay bóng đèn ngõ 72")).mustStatus(t, 303)
	again := two.post(page+"/result", second.form(t, "result", "text", "Đã hẹn thay bóng tuần sau")).mustStatus(t, 409)
	again.mustSay(t, "đã có thay đổi", "Thay đổi từ khi trang này được mở", "Đơn vị cập nhật kết quả", "Đã thay bóng đèn ngõ 72", ">Đã hẹn thay bóng tuần sau</textarea>")
	if got := h.stored(p.Code).Result.Text; got != "Đã thay bóng đèn ngõ 72" {
		t.Errorf("amended unseen: %s", got)
	}
	two.post(page+"/result", again.form(t, "result", "text", "Đã thay bóng và chấn lưu")).mustStatus(t, 303)
	if got := h.stored(p.Code).Result.Text; got != "Đã thay bóng và chấn lưu" {
		t.Errorf("seen and still refused: %s", got)
	}
}

// A unit asks the citizen once (Đ18.1), and gives a slip back once until 1022 has decided: then
// the page has no form for it, and what a colleague has typed meanwhile is not lost.
func TestTheSlipDoesNotOfferWhatTheUnitHasDoneAlready(t *testing.T) {
	for act, typed := range map[string]struct{ field, first, late, said string }{
		"clarify": {"missing", "số cột đèn", "ảnh chụp ban đêm", "Đơn vị đã đề nghị người dân bổ sung"},
		"return":  {"reason", "không quản lý tuyến này", "đường do phường quản lý", "Đang chờ tổng đài quyết định"},
	} {
		h := newHouse(t)
		p := h.accept(`"unit":"SXD"`)
		one, two, page := &browser{h, map[string]string{}}, &browser{h, map[string]string{}}, "/p/"+p.Slips[0].Token
		first, second := one.get(page), two.get(page)
		one.post(page+"/"+act, first.form(t, act, typed.field, typed.first)).mustStatus(t, 303)
		after, late := one.get(page).mustStatus(t, 200), two.post(page+"/"+act, second.form(t, act, typed.field, typed.late)).mustStatus(t, 409)
		after.mustSay(t, typed.said)
		late.mustSay(t, typed.said, "chưa gửi được", typed.late)
		for _, got := range []response{after, late} {
			if formOf(act).Match(got.body) {
				t.Errorf("%s is offered again", act)
			}
		}
	}
}

// shelf keeps files; those named in full are refused.
type shelf struct {
	Attachments
	names []string
	room  int
}

func (s *shelf) Add(_ context.Context, _ int64, a Attachment, _ []byte) (int64, error) {
	if len(s.names) == s.room {
		return 0, &escalation.Problem{Kind: escalation.WrongTime, Detail: "đã đủ tệp"}
	}
	s.names = append(s.names, a.Name)
	return int64(len(s.names)), nil
}

func (s *shelf) Of(context.Context, int64) ([]Attachment, error) { return nil, nil }

func TestTheSlipTellsWhichPhotosWereNotStored(t *testing.T) {
	files := &shelf{room: 2}
	h := newHouse(t, func(c *Config) { c.Attachments = files })
	b, page := &browser{h, map[string]string{}}, "/p/"+h.accept(`"unit":"SXD"`).Slips[0].Token
	form := b.get(page).form(t, "photos")
	body, kind := photoForm(t, []string{"nonce", form.Get("nonce"), "stage", "after"}, photo(t), []byte("no picture"), photo(t), photo(t))
	for range 2 {
		r := httptest.NewRequest("POST", page+"/photos", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		res := b.send(r).mustStatus(t, 303)
		b.get(res.Header.Get("Location")).mustStatus(t, 200).mustSay(t, "Ảnh không nhận được", "chỉ nhận ảnh", "đã đủ tệp")
	}
	if len(files.names) != 2 {
		t.Errorf("%d photos of a form that was sent twice", len(files.names))
	}
	b.get(page).mustStatus(t, 200)
}

func TestTheHeadSeesWhoAcknowledgedAndHowTheCallsEnded(t *testing.T) {
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	h.api("officer", "POST", "/petitions/"+p.Code+"/acknowledge", `{}`).mustStatus(t, 200)
	record, err := h.memory.PetitionByCode(t.Context(), p.Code)
	if err != nil {
		t.Fatal(err)
	}
	h.memory.timeline[p.ID] = append(record.Timeline, escalation.Entry{Seq: 90, At: start, Action: "task", Text: "đã gọi điện: không nghe máy"},
		escalation.Entry{Seq: 91, At: start, Action: "task", Text: "đã kiểm tra kết quả"})
	b, page := &browser{h, map[string]string{}}, "/p/"+p.Slips[0].Token
	b.confirm(t, kept, page, b.get(page), "2").mustStatus(t, 303)
	res := b.get(page).mustStatus(t, 200).mustSay(t, "Đã gọi điện: không nghe máy", "Sở Xây dựng nhận phiếu (khóa officer)")
	if strings.Contains(string(res.body), "đã kiểm tra kết quả") {
		t.Error("another task is listed as a call")
	}
}

func TestEveryPublicPageSaysWhatIsNeverAskedFor(t *testing.T) {
	h := newHouse(t)
	p := h.published("")
	for _, path := range []string{"/t/" + p.Token, "/p/" + p.Slips[0].Token, "/gui-phan-anh", "/tra-cuu", "/t/unknown123"} {
		h.get(path).mustSay(t, "không bao giờ yêu cầu người dân đăng nhập, chuyển tiền hay cài ứng dụng")
	}
}
