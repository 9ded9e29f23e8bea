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
