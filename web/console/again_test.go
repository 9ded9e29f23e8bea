package console

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/alexedwards/scs/v2/memstore"

	"notify1022/escalation"
	"notify1022/web"
)

// gone is a database that is away.
type gone struct{ error }

func (gone) Unavailable() bool { return true }

// caller is somebody who has signed in to a console.
type caller struct {
	site    http.Handler
	cookies []*http.Cookie
}

func (c *caller) ask(ctx context.Context, method, path string, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, root+path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, cookie := range c.cookies {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	c.site.ServeHTTP(w, r)
	return w
}

// calls is a caller of the role in a console of what is given.
func calls(t *testing.T, config Config, role escalation.Role) *caller {
	t.Helper()
	hash, err := argon2id.CreateHash("mật khẩu", &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	config.Sessions, config.Accounts = memstore.NewWithCleanupInterval(0), one{account: Account{ID: 1, Name: "a", Hash: hash, Role: role, Epoch: 1}}
	config.Policy, config.Calendar = escalation.DefaultPolicy, always{}
	if config.Now == nil {
		config.Now = func(context.Context) (time.Time, error) { return time.Now(), nil }
	}
	c := &caller{}
	if c.site, err = New(config); err != nil {
		t.Fatal(err)
	}
	c.cookies = c.ask(t.Context(), "POST", "/sign-in", url.Values{"name": {"a"}, "password": {"mật khẩu"}}).Result().Cookies()
	return c
}

// broken is a console whose clock fails with an error, and what a visitor of the role
// gets for a form.
func broken(t *testing.T, role escalation.Role) (clock *error, post func(path string, fields url.Values) *httptest.ResponseRecorder) {
	t.Helper()
	clock = new(error)
	c := calls(t, Config{Now: func(context.Context) (time.Time, error) { return time.Now(), *clock }}, role)
	return clock, func(path string, fields url.Values) *httptest.ResponseRecorder {
		return c.ask(t.Context(), "POST", path, fields)
	}
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

// numbered is the reason of a form that has a number used once.
const numbered = "a number used once"

// sentTwice says of every form why it may be sent twice.
var sentTwice = map[string]string{
	"/intake": numbered, "/intake/hints": "reads", "/tasks/{id}/done": numbered, "/office/urge": numbered, "/directory/{unit}/hand-over": numbered,
	"/office/document": "reads", "/office/nhan-su/{id}": numbered, "/ho-so/gui": numbered, "/ho-so/phieu": "reads", "/ho-so/act/{act}": numbered,
	"/p/{code}/citizen": "reads", "/p/{code}/call": "reads", "/p/{code}/act/{verb}": "version", "/p/{code}/files": "the same bytes are kept once", "/p/{code}/files/{id}/{act}": "sets",
	"/p/{code}/recordings/{id}/{act}": "decided once", "/bao-cao/gui": numbered, "/bao-cao/du-thao": numbered, "/bao-cao/du-thao/{id}/confirm": "confirmed once",
	"/texts/{key}/preview": "reads", "/texts/{key}": "version", "/texts/{key}/test": numbered, "/texts/{key}/registration": "sets", "/texts/{key}/drafts/{id}/{act}": "decided once",
	"/send": numbered, "/send/{id}/{act}": "sets", "/groups": "a name is there once", "/groups/{id}/{act}": "sets",
	"/directory/{unit}": "sets; a code is there once", "/directory/{unit}/calendar": "what was seen", "/directory/{unit}/contacts": numbered, "/directory/{unit}/contacts/{id}/{act}": "sets; one successor waits at a time",
	"/directory/absences/{id}/{act}": "decided once", "/calendar": "version", "/gateway/{act}": "sets",
	"/people": numbered, "/people/{id}/{act}": "sets; a password has a number used once", "/links/{what}": numbered, "/links/{what}/{id}/{act}": "nothing is typed",
	"/personal": numbered, "/personal/{id}/{act}": "sets; answered once", "/exchange": "a file is not given back", "/exchange/export": "reads", "/exchange/{id}/{act}": "the file has gone", "/me/{act}": "secrets are not given back",
}

// proven names, of a form with a number, the test that sends it twice over a database; of the
// others the tests of those that are not among the forms of the test noNumber.
var proven = map[string]string{
	"/intake": "TestAnOperatorsFormThatIsSentTwiceRecordsOnePetition", "/tasks/{id}/done": everyNumber, "/office/urge": "TestUrgingThatIsSentTwiceUrgesOnce", "/directory/{unit}/hand-over": "TestTheSlipsOfAMergedUnitGoToTheOneThatHasItsTasks",
	"/office/nhan-su/{id}": "TestTheOfficeConfirmsAChangeOfPeople", "/ho-so/gui": "TestAFileGoesToTheOfficeAndTheUnitExplainsItself", "/ho-so/act/{act}": everyNumber,
	"/bao-cao/gui": "TestAReportIsSentAtOnceFromTheConsoleAndOnce", "/bao-cao/du-thao": everyNumber, "/bao-cao/du-thao/{id}/confirm": "TestTheCitysMonthIsReadyConfirmedAndMailedToTheOffice",
	"/texts/{key}/test": "TestATestOfATextIsSentOnce", "/texts/{key}/drafts/{id}/{act}": "TestAWordingWaitsForASecondPersonWhereTheSettingSaysSo", "/send": "TestTheGatewayStopsAndGoesOnAndASendingToo",
	"/directory/{unit}/calendar": "TestAUnitGetsItsOwnCalendarAndWhatIsOpenMovesOnAWord", "/directory/{unit}/contacts": everyNumber, "/calendar": "TestAnEditOfTheCalendarShowsWhatMovesAndMovesIt",
	"/people": "TestAPasswordIsGivenOutOnce", "/links/{what}": everyNumber, "/personal": everyNumber,
}

const (
	everyNumber = "TestAFormOfTheConsoleIsCarriedOutOnceForEachTimeItWasShown"
	noNumber    = "TestAFormWithoutANumberThatIsSentTwiceChangesAsOnce"
)

// A reason is as good as the test that sends the form twice.
func TestEveryReasonIsProven(t *testing.T) {
	tests := map[string]string{} // by name, their source
	names, err := filepath.Glob(filepath.Join("..", "..", "cmd", "notify1022", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range testFunction.FindAllStringSubmatch(string(source), -1) {
			tests[f[1]] = string(source)
		}
	}
	for path := range sentTwice {
		test, alone := proven[path]
		switch {
		case alone && tests[test] == "":
			t.Errorf("%s: there is no test %s", path, test)
		case !alone && !strings.Contains(tests[noNumber], `{"`+path+`", `):
			t.Errorf("%s: no test sends it twice", path)
		}
	}
	for path := range proven {
		if sentTwice[path] == "" {
			t.Errorf("%s is no form", path)
		}
	}
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// forms is a mux that knows a form's route by its path.
func forms() *http.ServeMux {
	mux := http.NewServeMux()
	for _, p := range (&console{}).routes() {
		if p.method == "POST" {
			mux.Handle("POST "+root+p.path, http.NotFoundHandler())
		}
	}
	return mux
}

var (
	numberOf = regexp.MustCompile(`name="nonce" value="([^"]*)"`)
)

func TestEveryFormMayBeSentTwiceForAReason(t *testing.T) {
	clock, post := broken(t, escalation.Administrator)
	*clock = gone{errors.New("connection refused")}
	left := maps.Clone(sentTwice)
	for _, p := range (&console{}).routes() {
		if p.method != "POST" {
			continue
		}
		why := sentTwice[p.path]
		delete(left, p.path)
		if why == "" {
			t.Errorf("%s: nobody says why it may be sent twice", p.path)
		}
		if why != numbered {
			continue
		}
		path, number := wildcard.ReplaceAllString(p.path, "X"), web.NewNonce()
		w := post(path, url.Values{"name": {"Cổng dịch vụ công"}, "nonce": {number}})
		body := w.Body.String()
		for _, want := range []string{`action="` + root + path + `"`, `<p class="text">Cổng dịch vụ công</p>`, "Gửi lại"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: what was typed is not given back, there is no %s:\n%s", p.path, want, body)
			}
		}
		if got := numberOf.FindStringSubmatch(body); w.Code != http.StatusServiceUnavailable || got == nil || got[1] != number {
			t.Errorf("%s: %d, its number was %s, and is %v", p.path, w.Code, number, got)
		}
	}
	for path := range left {
		t.Errorf("%s is no form", path)
	}
}

var (
	formInPage = regexp.MustCompile(`(?s)<form method="post" action="(/console/[^"]+)"(.*?)</form>`)
	braces     = regexp.MustCompile(`{{[^}]*}}`)
	number     = regexp.MustCompile(`{{template "once"}}|name="nonce" value="{{`)
)

// Every page's form whose route counts on a number has one, of its own making.
func TestEveryFormThatNeedsANumberHasOne(t *testing.T) {
	routes, seen := forms(), map[string]int{}
	pages, err := files.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range pages {
		page, err := files.ReadFile("pages/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range formInPage.FindAllStringSubmatch(string(page), -1) {
			_, route := routes.Handler(httptest.NewRequest("POST", braces.ReplaceAllString(form[1], "X"), nil))
			path := strings.TrimPrefix(route, "POST "+root)
			if onlyShows := strings.Contains(form[2], `value="preview"`) && !strings.Contains(form[2], `value="do"`); onlyShows || sentTwice[path] != numbered {
				continue
			}
			seen[path]++
			if !number.MatchString(form[2]) {
				t.Errorf("%s: the form for %s has no number", entry.Name(), path)
			}
		}
	}
	seen["/texts/{key}/test"]++ // a second button of the form for /texts/{key}
	for path, why := range sentTwice {
		if why == numbered && seen[path] == 0 {
			t.Errorf("no page has a form for %s", path)
		}
	}
}
