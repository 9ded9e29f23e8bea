package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/alexedwards/scs/v2/memstore"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// counted are sessions in memory that count what is asked of them.
type counted struct {
	*memstore.MemStore
	found, written atomic.Int64
}

func (c *counted) Find(token string) ([]byte, bool, error) {
	c.found.Add(1)
	return c.MemStore.Find(token)
}

func (c *counted) Commit(token string, b []byte, expiry time.Time) error {
	c.written.Add(1)
	return c.MemStore.Commit(token, b, expiry)
}

// one is a hotline with one account; a call of another method fails the test.
type one struct {
	accounts
	account Account
}

// accounts is Accounts by a name that is none of its methods.
type accounts interface{ Accounts }

func (o one) AccountByName(context.Context, string) (Account, error) { return o.account, nil }
func (o one) Account(context.Context, int64) (Account, error)        { return o.account, nil }
func (o one) TrySignIn(context.Context, int64, string) (bool, error) { return true, nil }
func (o one) NoteSignIn(context.Context, int64, string, bool) error  { return nil }

// always is the city's calendar, whatever is edited.
type always struct{ Calendar }

func (always) Now() *worktime.Calendar { return worktime.HaiPhong() }

func (always) GaveBy(string) escalation.WorkCalendar {
	return escalation.WorkCalendar{Calendar: worktime.HaiPhong()}
}

func TestASessionIsWrittenOnceAMinuteAndNeverForAssets(t *testing.T) {
	hash, err := argon2id.CreateHash("mật khẩu", &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	sessions := &counted{MemStore: memstore.NewWithCleanupInterval(0)}
	site, err := New(Config{Sessions: sessions, Accounts: one{account: Account{ID: 1, Name: "a", Hash: hash, Role: escalation.Operator, Epoch: 1}},
		Clock: func() time.Time { return now }, Now: func(context.Context) (time.Time, error) { return now, nil }, Policy: escalation.DefaultPolicy, Calendar: always{}})
	if err != nil {
		t.Fatal(err)
	}
	var cookie *http.Cookie
	get := func(path string) int {
		r := httptest.NewRequest("GET", root+path, nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			if c.MaxAge >= 0 {
				cookie = c
			}
		}
		return w.Code
	}
	r := httptest.NewRequest("POST", root+"/sign-in", strings.NewReader(url.Values{"name": {"a"}, "password": {"mật khẩu"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		t.Fatalf("sign-in: %d %s", w.Code, w.Body)
	}
	cookie = w.Result().Cookies()[0]
	written := sessions.written.Load()
	steps := []struct {
		after time.Duration
		path  string
		want  int
		more  int64 // writes
	}{
		{0, "/me", 200, 0},
		{10 * time.Second, "/me", 200, 0},
		{49 * time.Second, "/me", 200, 0},
		{time.Second, "/me", 200, 1},
		{0, "/me", 200, 0},
		{0, "/assets/console.css", 200, 0},
		{119 * time.Minute, "/me", 200, 1},
		{time.Hour, "/send/9/progress", 403, 0},  // what a page asks on its own is no use of it
		{time.Hour + time.Second, "/me", 303, 0}, // unused for two hours: signed out
		{0, "/me", 303, 0},
	}
	for i, s := range steps {
		now = now.Add(s.after)
		found := sessions.found.Load()
		if got := get(s.path); got != s.want {
			t.Errorf("step %d: status %d, want %d", i, got, s.want)
		}
		if more := sessions.written.Load() - written; more != s.more {
			t.Errorf("step %d (%s): %d writes, want %d", i, s.path, more, s.more)
		}
		if strings.HasPrefix(s.path, "/assets") && sessions.found.Load() != found {
			t.Error("an asset asks for the session")
		}
		written = sessions.written.Load()
	}
}

// A page that refuses stands in the same frame as all others: with the time.
func TestWhoIsRefusedAPageReadsTheTimeOnIt(t *testing.T) {
	_, post := broken(t, escalation.Operator)
	w := post("/people", url.Values{"name": {"a"}})
	if w.Code != http.StatusForbidden {
		t.Fatalf("status %d", w.Code)
	}
	for _, wrong := range []string{`datetime="0001`, ">–</time>"} {
		if strings.Contains(w.Body.String(), wrong) {
			t.Errorf("the page says %s:\n%s", wrong, w.Body)
		}
	}
}

// A session that ends over a form goes on where the form stands: the browser has kept there
// what was typed.
func TestAfterSigningInAFormIsWhereItWas(t *testing.T) {
	pages := map[string]bool{}
	for _, p := range (&console{}).routes() {
		pages[p.path] = pages[p.path] || p.method == "GET"
	}
	for _, p := range (&console{}).routes() {
		if p.on != "" && !pages[p.on] {
			t.Errorf("the form for %s stands on %s, which is no page", p.path, p.on)
		}
	}
	site, err := New(Config{Sessions: memstore.NewWithCleanupInterval(0), Accounts: one{}, Policy: escalation.DefaultPolicy, Calendar: always{}})
	if err != nil {
		t.Fatal(err)
	}
	for form, page := range map[string]string{
		"/texts/T1": "/texts/T1", "/texts/T1/test": "/texts/T1", "/texts/T1/registration": "/texts/T1", "/send?template=T1": "/send?template=T1",
		"/p/HP261123-0001/act/progress": "/p/HP261123-0001/act/progress", "/intake": "/intake", "/directory/LACHTRAY": "/directory/LACHTRAY",
		"/personal/3/answer": "/personal/3", "/bao-cao/du-thao/2/confirm": "/bao-cao/du-thao/2", "/ho-so/act/giai-trinh": "/ho-so", "/gateway/pause": "",
	} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest("POST", root+form, strings.NewReader("text=x")))
		want := root + "/sign-in?to="
		if page != "" {
			want += url.QueryEscape(root + page)
		}
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%s leads to %s, want %s", form, got, want)
		}
	}
}

// What is kept of a form is offered on a page that says so, with a number that tells one
// showing from the next.
func TestAFormThatIsKeptIsOfferedOnItsPage(t *testing.T) {
	routes := map[string]page{}
	for _, p := range (&console{}).routes() {
		if p.method == "POST" {
			routes["POST "+root+p.path] = p
		}
	}
	entries, err := files.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	mux, kept := forms(), 0
	for _, entry := range entries {
		source, err := files.ReadFile("pages/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range formInPage.FindAllStringSubmatch(string(source), -1) {
			_, route := mux.Handler(httptest.NewRequest("POST", braces.ReplaceAllString(form[1], "X"), nil))
			if !strings.Contains(form[0], "data-keep=") {
				if strings.Contains(form[2], "<textarea") {
					t.Errorf("%s: what is typed into the form for %s is not kept", entry.Name(), form[1])
				}
				continue
			}
			if kept++; routes[route].on == "" || !strings.Contains(form[0], "data-once=") || !strings.Contains(string(source), `{{template "kept"}}`) {
				t.Errorf("%s: the form for %s is kept and not offered", entry.Name(), form[1])
			}
		}
	}
	if kept < 8 {
		t.Errorf("%d forms are kept", kept)
	}
}
