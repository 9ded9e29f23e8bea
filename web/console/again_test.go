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

func TestWhatWasTypedIntoTheConsoleOutlivesADatabaseThatIsAway(t *testing.T) {
	hash, err := argon2id.CreateHash("mật khẩu", &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	var broken error
	site, err := New(Config{Sessions: memstore.NewWithCleanupInterval(0), Accounts: one{account: Account{ID: 1, Name: "a", Hash: hash, Role: escalation.Operator, Epoch: 1}},
		Now: func(context.Context) (time.Time, error) { return time.Now(), broken }, Policy: escalation.DefaultPolicy, Calendar: always{}})
	if err != nil {
		t.Fatal(err)
	}
	var cookies []*http.Cookie
	post := func(path string, fields url.Values) *httptest.ResponseRecorder {
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
	typed := url.Values{"text": {"Đã gọi cho đơn vị <lần hai>"}, "version": {"3"}, "step": {"do"}, "seen": {"4f"}}
	for status, err := range map[int]error{503: gone{errors.New("connection refused")}, 500: errors.New("disk full")} {
		broken = err
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
