package web

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
)

var actionOf = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

// sendAgain presses the button of the page's one form.
func (h *house) sendAgain(page response) response {
	h.t.Helper()
	action := actionOf.FindStringSubmatch(string(page.body))
	if action == nil {
		h.t.Fatalf("there is no form: %s", page.body)
	}
	r := httptest.NewRequest("POST", action[1], strings.NewReader(page.form(h.t, path.Base(action[1])).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(r)
}

// field failure: a citizen's words went with a database that was away for a minute.
func TestWhatWasTypedOutlivesADatabaseThatIsAway(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	for at, fields := range map[string][]string{
		"/t/" + p.Token + "/supplement":        {"text", "Cột số 5 trước cổng trường", NonceField, NewNonce()},
		"/p/" + p.Slips[0].Token + "/progress": {"text", "Đã cử tổ điện ra kiểm tra", NonceField, NewNonce()},
	} {
		h.memory.broken = gone{errors.New("connection refused")}
		away := h.post(at, fields...).mustStatus(t, 503).mustSay(t, fields[1], "Gửi lại")
		if away.Header.Get("Retry-After") == "" {
			t.Errorf("%s: nobody is told when to try again", at)
		}
		h.sendAgain(away).mustStatus(t, 503).mustSay(t, fields[1])
		h.memory.broken = nil
		h.sendAgain(away).mustStatus(t, 303)
		h.sendAgain(away).mustStatus(t, 303) // twice is once
		if got := strings.Count(h.told(p.Code), fields[1]); got != 1 {
			t.Errorf("%s: the timeline has it %d times", at, got)
		}
	}
	h.memory.broken = gone{errors.New("connection refused")}
	h.post("/gui-phan-anh", "content", "Đèn đường tắt", "name", citizenName, "phone", citizenPhone, "confidential", "1").mustStatus(t, 503).
		mustSay(t, "Đèn đường tắt</textarea>", `name="confidential" value="1" checked`, "gián đoạn")
}

// told is the petition's timeline as one text.
func (h *house) told(code string) string {
	h.t.Helper()
	r, err := h.memory.PetitionByCode(h.t.Context(), code)
	if err != nil {
		h.t.Fatal(err)
	}
	var all strings.Builder
	for _, e := range r.Timeline {
		all.WriteString(e.Text + e.Private + "\n")
	}
	return all.String()
}

func TestACharacterThatIsNotTakenCostsNothingElse(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	h.post("/gui-phan-anh", "content", "Đèn \x0bđường tắt", "name", citizenName, "phone", citizenPhone).mustStatus(t, 422).mustSay(t, "Đèn đường tắt</textarea>", "ký tự không được phép")
	h.post("/t/"+p.Token+"/supplement", "text", "Cột\x00 số 5").mustStatus(t, 422).mustSay(t, "Cột số 5</textarea>", "ký tự không được phép")
	h.post("/p/"+p.Slips[0].Token+"/progress", "text", "Đã cử tổ\x07 điện").mustStatus(t, 422).mustSay(t, `value="Đã cử tổ điện"`, "ký tự không được phép")
	if told := h.told(p.Code); strings.Contains(told, "Cột") || strings.Contains(told, "tổ điện") {
		t.Errorf("what was refused was recorded: %s", told)
	}
}

func TestASecretAndAnotherSitesFormAreNotSentAgain(t *testing.T) {
	for name, is := range map[string]struct {
		fields url.Values
		site   string
		again  bool
	}{
		"its own":      {url.Values{"text": {"Cột số 5"}, "step": {"do"}}, "same-origin", true},
		"a secret":     {url.Values{"text": {"Cột số 5"}, "password": {"x"}}, "same-origin", false},
		"another site": {url.Values{"text": {"Cột số 5"}}, "cross-site", false},
		"nothing":      {url.Values{"step": {"do"}, "confidential": {"1"}}, "same-origin", false},
	} {
		r := httptest.NewRequest("POST", "/console/p/HP261123-0001/act/progress?x=1", strings.NewReader(is.fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", is.site)
		again := AgainOf(httptest.NewRecorder(), r, "password")
		if (again != nil) != is.again {
			t.Errorf("%s: %+v", name, again)
		}
		if again != nil && (again.Action != r.URL.RequestURI() || len(again.Fields) != 2 || len(again.Texts) != 1) {
			t.Errorf("%s: %+v", name, again)
		}
	}
}
