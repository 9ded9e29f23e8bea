package console

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/alexedwards/scs/v2/memstore"

	"notify1022/escalation"
)

// gone is a database that is away.
type gone struct{ error }

func (gone) Unavailable() bool { return true }

// broken is a console whose clock fails with an error, and what a visitor of the role
// gets for a form.
func broken(t *testing.T, role escalation.Role) (clock *error, post func(path string, fields url.Values) *httptest.ResponseRecorder) {
	t.Helper()
	hash, err := argon2id.CreateHash("mật khẩu", &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	clock = new(error)
	site, err := New(Config{Sessions: memstore.NewWithCleanupInterval(0), Accounts: one{account: Account{ID: 1, Name: "a", Hash: hash, Role: role, Epoch: 1}},
		Now: func(context.Context) (time.Time, error) { return time.Now(), *clock }, Policy: escalation.DefaultPolicy, Calendar: always{}})
	if err != nil {
		t.Fatal(err)
	}
	var cookies []*http.Cookie
	post = func(path string, fields url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", root+path, strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w
	}
	cookies = post("/sign-in", url.Values{"name": {"a"}, "password": {"mật khẩu"}}).Result().Cookies()
	return clock, post
}

func TestWhatWasTypedIntoTheConsoleOutlivesADatabaseThatIsAway(t *testing.T) {
	clock, post := broken(t, escalation.Operator)
	typed := url.Values{"text": {"Đã gọi cho đơn vị <lần hai>"}, "version": {"3"}, "step": {"do"}, "seen": {"4f"}}
	for status, err := range map[int]error{503: gone{errors.New("connection refused")}, 500: errors.New("disk full")} {
		*clock = err
		w := post("/p/HP261123-0001/act/progress", typed)
		if w.Code != status {
			t.Errorf("%v is answered with %d", err, w.Code)
		}
		for _, want := range []string{`action="/console/p/HP261123-0001/act/progress"`, `name="text" value="Đã gọi cho đơn vị &lt;lần hai&gt;"`, `name="seen" value="4f"`, `<p class="text">Đã gọi cho đơn vị &lt;lần hai&gt;</p>`} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%v: the page lacks %s:\n%s", err, want, w.Body)
			}
		}
	}
	if w := post("/me/password", url.Values{"password": {"mật khẩu"}, "next": {"mật khẩu mới"}, "again": {"mật khẩu mới"}}); strings.Contains(w.Body.String(), "mật khẩu mới") {
		t.Error("a password stands on a page")
	}
}

// sentTwice says of every form why it may be sent twice; empty: it may not.
var sentTwice = map[string]string{
	"/intake": "a number used once", "/intake/hints": "reads", "/tasks/{id}/done": "", "/office/urge": "versions",
	"/office/document": "reads", "/ho-so/gui": "a file is sent once", "/ho-so/phieu": "reads", "/ho-so/act/{act}": "",
	"/p/{code}/citizen": "reads", "/p/{code}/act/{verb}": "version", "/p/{code}/files": "the same bytes are kept once", "/p/{code}/files/{id}/{act}": "sets",
	"/p/{code}/recordings/{id}/{act}": "decided once", "/bao-cao/gui": "a number used once", "/bao-cao/du-thao": "", "/bao-cao/du-thao/{id}/confirm": "confirmed once",
	"/texts/{key}/preview": "reads", "/texts/{key}": "version", "/texts/{key}/test": "a number used once", "/texts/{key}/registration": "sets", "/texts/{key}/drafts/{id}/{act}": "decided once",
	"/send": "a number used once", "/send/{id}/{act}": "sets", "/groups": "a name is there once", "/groups/{id}/{act}": "sets",
	"/directory/{unit}": "sets; a code is there once", "/directory/{unit}/calendar": "what was seen", "/directory/{unit}/contacts": "", "/directory/{unit}/contacts/{id}/{act}": "sets; one successor waits at a time",
	"/directory/absences/{id}/{act}": "decided once", "/calendar": "version", "/gateway/{act}": "sets",
	"/people": "a name is there once", "/people/{id}/{act}": "sets; a password is made without anything typed", "/links/{what}": "", "/links/{what}/{id}/{act}": "nothing is typed",
	"/personal": "", "/personal/{id}/{act}": "sets; answered once", "/exchange": "a file is not given back", "/exchange/export": "reads", "/exchange/{id}/{act}": "the file has gone", "/me/{act}": "secrets are not given back",
}

func TestAFormIsGivenBackOnlyWhereItMayBeSentTwice(t *testing.T) {
	clock, post := broken(t, escalation.Administrator)
	*clock = gone{errors.New("connection refused")}
	shapes := strings.NewReplacer("{what}", "key", "{act}", "giai-trinh", "{unit}", "LACHTRAY")
	for _, p := range (&console{}).routes() {
		if p.method != "POST" {
			continue
		}
		why, known := sentTwice[p.path]
		if !known || p.twice != (why == "") {
			t.Errorf("%s: may it be sent twice? %t, %q", p.path, !p.twice, why)
		}
		if !p.twice {
			continue
		}
		w := post(shapes.Replace(p.path), url.Values{"name": {"Cổng dịch vụ công"}})
		body := w.Body.String()
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(body, `<p class="text">Cổng dịch vụ công</p>`) || !strings.Contains(body, "hãy mở lại trang để xem") {
			t.Errorf("%s: %d, what was typed is not shown:\n%s", p.path, w.Code, body)
		}
		if strings.Contains(body, "Gửi lại") || strings.Contains(body, "<form") {
			t.Errorf("%s is given back to be sent twice", p.path)
		}
	}
}
