package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// sends posts a petition from the address.
func (b *browser) sends(address string, typed ...string) response {
	form := url.Values{"content": {"Rác không ai thu gom"}, "name": {"Phạm Thử"}}
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	r := httptest.NewRequest("POST", "/gui-phan-anh", strings.NewReader(form.Encode()))
	r.RemoteAddr = address + ":99"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// codesSent are all that were sent to the one number that was sent any.
func (c *codes) codesSent(t *testing.T) []sentCode {
	t.Helper()
	var all []sentCode
	for _, list := range c.sent {
		if all != nil {
			t.Fatalf("codes of several: %v", c.sent)
		}
		all = list
	}
	return all
}

func (h *house) petitionsOf() int { return len(h.memory.petitions) }

// field failure: 90 forms with somebody's number from 15 addresses were 60 texts in an hour.
func TestANumberIsNoMailingMachineHoweverManyAddressesAskForIt(t *testing.T) {
	h, kept := withCountedCodes(t)
	flood := func(forms int) {
		for i := range forms {
			stranger := &browser{h, map[string]string{}}
			stranger.sends(fmt.Sprintf("203.0.113.%d", i%15), "phone", citizenPhone)
		}
	}
	flood(90)
	if n := h.petitionsOf(); n != freeInHour {
		t.Errorf("%d petitions of a number in an hour", n)
	}
	if n := len(kept.codesSent(t)); n != 1 {
		t.Errorf("%d codes at once", n)
	}
	for range 24 * 12 { // all day, as often as a code is over
		h.clock = h.clock.Add(5 * time.Minute)
		flood(5)
	}
	if n, sent := h.petitionsOf(), len(kept.codesSent(t)); n > 2*freeInDay || sent > 2*sentInDay {
		t.Errorf("in a day %d petitions, %d codes", n, sent)
	}
}

// An honest citizen with a third lamp to report enters one code, and is asked no more.
func TestTheThirdPetitionOfAnHourIsTakenWithACode(t *testing.T) {
	h, kept := withCountedCodes(t)
	citizen := &browser{h, map[string]string{}}
	citizen.sends("203.0.113.5", "phone", citizenPhone).mustStatus(t, 303)
	citizen.sends("203.0.113.6", "phone", citizenPhone).mustStatus(t, 303)
	asked := citizen.sends("203.0.113.7", "phone", citizenPhone, "content", "Đèn đường tắt", "address", "Số 5 ngõ 3").mustStatus(t, 422)
	asked.mustSay(t, "phản ánh chưa được gửi", `name="code"`, "057****", ">Đèn đường tắt</textarea>", `value="Số 5 ngõ 3"`)
	citizen.sends("203.0.113.7", "phone", citizenPhone, "code", "000000").mustStatus(t, 422).mustSay(t, "Mã không đúng", `name="code"`)
	if n := len(kept.codesSent(t)); n != 1 {
		t.Fatalf("%d codes", n)
	}
	citizen.sends("203.0.113.7", "phone", citizenPhone, "code", kept.codesSent(t)[0].code).mustStatus(t, 303)
	citizen.sends("203.0.113.7", "phone", "+84 "+citizenPhone[1:]).mustStatus(t, 303)
	if n := h.petitionsOf(); n != 4 {
		t.Errorf("%d petitions, want 4", n)
	}
	(&browser{h, map[string]string{}}).sends("203.0.113.7", "phone", "0570000888").mustStatus(t, 303) // another's is its own
}

// What strangers use up is not the owner's: a code opens the form whatever they sent.
func TestTheOwnerOfANumberIsTakenWhateverStrangersSentWithIt(t *testing.T) {
	h, kept := withCountedCodes(t)
	for i := range 10 {
		(&browser{h, map[string]string{}}).sends(fmt.Sprintf("203.0.113.%d", i), "phone", citizenPhone)
	}
	owner := &browser{h, map[string]string{}}
	owner.sends("198.51.100.1", "phone", citizenPhone).mustStatus(t, 422).mustSay(t, `name="code"`)
	owner.sends("198.51.100.1", "phone", citizenPhone, "code", kept.codesSent(t)[0].code).mustStatus(t, 303)
	for range provenInDay - 1 {
		h.clock = h.clock.Add(time.Minute)
		owner.sends("198.51.100.1", "phone", citizenPhone).mustStatus(t, 303)
	}
	owner.sends("198.51.100.1", "phone", citizenPhone, "content", "Ngập ở ngã tư").mustStatus(t, 429).mustSay(t, "hãy gọi Tổng đài 1022, số 0225.1022", ">Ngập ở ngã tư</textarea>")
}

// A form that is sent again, or refused, takes no turn.
func TestAFormThatIsSentAgainOrRefusedTakesNoTurn(t *testing.T) {
	h, _ := withCountedCodes(t)
	citizen := &browser{h, map[string]string{}}
	nonce := NewNonce()
	for range 5 {
		citizen.sends("203.0.113.5", "phone", citizenPhone, "nonce", nonce).mustStatus(t, 303)
		citizen.sends("203.0.113.5", "phone", citizenPhone, "content", "").mustStatus(t, 422)
	}
	citizen.sends("203.0.113.5", "phone", citizenPhone, "nonce", NewNonce()).mustStatus(t, 303)
	citizen.sends("203.0.113.5", "phone", citizenPhone, "nonce", nonce).mustStatus(t, 303) // and finds its own when the turns are over
	if n := h.petitionsOf(); n != 2 {
		t.Errorf("%d petitions", n)
	}
}

// No code reaches a landline or an address of mail: there are fewer, and then the call.
func TestWhoCannotBeSentACodeIsToldToCall(t *testing.T) {
	for name, typed := range map[string][]string{"a landline": {"phone", "0225 384 2345"}, "mail alone": {"email", "thu@example.vn"}} {
		h, kept := withCountedCodes(t)
		for i := range callInHour {
			(&browser{h, map[string]string{}}).sends(fmt.Sprintf("203.0.113.%d", i), typed...).mustStatus(t, 303)
		}
		(&browser{h, map[string]string{}}).sends("203.0.113.99", typed...).mustStatus(t, 429).mustSay(t, "hãy gọi Tổng đài 1022", "Rác không ai thu gom")
		h.clock = h.clock.Add(time.Hour)
		(&browser{h, map[string]string{}}).sends("203.0.113.99", typed...).mustStatus(t, 303)
		if len(kept.sent) != 0 {
			t.Errorf("%s: codes %v", name, kept.sent)
		}
	}
}

// doors takes note of the patterns that are served.
type doors struct{ patterns []string }

func (d *doors) Handle(pattern string, _ http.Handler) { d.patterns = append(d.patterns, pattern) }
func (d *doors) HandleFunc(pattern string, _ func(http.ResponseWriter, *http.Request)) {
	d.patterns = append(d.patterns, pattern)
}

// Whoever adds a form for everybody says here whom it can let be texted.
func TestOfAllFormsForEverybodyOneTextsANumberThatIsTyped(t *testing.T) {
	texts := map[string]string{
		"POST /gui-phan-anh":    "the number that is typed: counted (citizenturn.go)",
		"POST /t/{token}/{act}": "the petition's own citizen",
		"POST /p/{token}/{act}": "people of the directory",
		"POST /b/{token}/{act}": "the reader of the directory",
		"POST /tra-cuu":         "nobody",
	}
	served := &doors{}
	(&api{Config: Config{Lookups: tries{}, Published: countedMonths{}, ReportLinks: october{}}}).routePublic(served)
	for _, pattern := range served.patterns {
		if method, _, _ := strings.Cut(pattern, " "); method == "POST" && texts[pattern] == "" {
			t.Errorf("%s: whom does it text?", pattern)
		}
	}
	for pattern := range texts {
		if !slices.Contains(served.patterns, pattern) {
			t.Errorf("%s is no more", pattern)
		}
	}
}
