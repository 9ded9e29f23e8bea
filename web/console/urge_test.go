package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/web"
)

// urging is a desk with petitions that are urged; it counts how often each was.
type urging struct {
	Desk
	web.Petitions
	urged   map[string]int
	changed map[string]int64 // how often something else has
	before  func(code string) error
	noted   map[string]web.Answered
}

func (u *urging) version(code string) int64 { return int64(u.urged[code]) + u.changed[code] + 1 }

func (u *urging) PetitionByCode(_ context.Context, code string) (web.Record, error) {
	return web.Record{Petition: escalation.Petition{Code: code, Version: u.version(code)}}, nil
}

func (u *urging) Preview(context.Context, string, escalation.Command, escalation.Actor, int64) (escalation.Preview, error) {
	return escalation.Preview{}, nil
}

func (u *urging) Do(ctx context.Context, code string, _ escalation.Command, _ escalation.Actor, version int64) (escalation.Petition, error) {
	if err := u.before(code); err != nil {
		return escalation.Petition{}, err
	}
	if err := ctx.Err(); err != nil {
		return escalation.Petition{}, err
	}
	if version != u.version(code) {
		return escalation.Petition{}, &escalation.Problem{Kind: escalation.Stale, Detail: "đã có thay đổi"}
	}
	u.urged[code]++
	u.noted[ctx.Value(u).(string)] = web.Answered{Changed: true, Petition: code}
	return escalation.Petition{}, nil
}

func (u *urging) BeginIdempotent(_ context.Context, key, hash string) (web.Answered, bool, error) {
	before, there := u.noted[key]
	return before, !there, nil
}

func (u *urging) Under(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, u, key)
}

func (u *urging) EndIdempotent(context.Context, string, int, []byte) error { return nil }

// nobody is a directory of no unit.
type nobody struct{ noUnits }

type noUnits interface{ web.Directory }

func (nobody) Directory(context.Context) (*escalation.Directory, error) {
	return escalation.NewDirectory(nil, nil), nil
}

var hiddenField = regexp.MustCompile(`name="(seen|nonce|code)" value="([^"]*)"`)

// armed is the form that carries out what a page shows.
func armed(body string) url.Values {
	form := url.Values{"step": {"do"}, "text": {"trả lời dứt điểm"}, "due": {"2026-11-25T10:00"}}
	for _, f := range hiddenField.FindAllStringSubmatch(body, -1) {
		form.Add(f[1], f[2])
	}
	return form
}

// startUrging is the Office before two petitions that it has been shown.
func startUrging(t *testing.T) (u *urging, office *caller, form url.Values) {
	t.Helper()
	u = &urging{urged: map[string]int{}, changed: map[string]int64{}, noted: map[string]web.Answered{}, before: func(string) error { return nil }}
	office = calls(t, Config{Desk: u, Petitions: u, Directory: nobody{}, Once: u}, escalation.Office)
	shown := office.ask(t.Context(), "POST", "/office/urge", url.Values{"code": {"HP261123-0001", "HP261123-0002"}, "text": {"trả lời dứt điểm"}, "due": {"2026-11-25T10:00"}})
	form = armed(shown.Body.String())
	if shown.Code != 200 || len(form["seen"]) != 2 {
		t.Fatalf("%d, %v:\n%s", shown.Code, form, shown.Body)
	}
	return u, office, form
}

func (u *urging) once(t *testing.T) {
	t.Helper()
	if len(u.urged) != 2 || u.urged["HP261123-0001"] != 1 || u.urged["HP261123-0002"] != 1 {
		t.Errorf("urged were %v", u.urged)
	}
}

// A browser that gives the first request up, of a double click, leaves nothing half done.
func TestUrgingThatWasBegunIsBroughtToItsEnd(t *testing.T) {
	u, office, form := startUrging(t)
	gone, goes := context.WithCancel(t.Context())
	u.before = func(string) error { goes(); return nil }
	office.ask(gone, "POST", "/office/urge", form)
	u.once(t)
	if w := office.ask(t.Context(), "POST", "/office/urge", form); w.Code != http.StatusSeeOther {
		t.Errorf("the second sending is answered with %d:\n%s", w.Code, w.Body)
	}
	u.once(t)
}

// What broke off halfway is completed by the next sending, and nobody is urged twice.
func TestUrgingThatBrokeOffHalfwayIsCompleted(t *testing.T) {
	u, office, form := startUrging(t)
	u.before = func(code string) error {
		if code == "HP261123-0002" {
			return gone{errors.New("connection refused")}
		}
		return nil
	}
	if w := office.ask(t.Context(), "POST", "/office/urge", form); w.Code != http.StatusServiceUnavailable {
		t.Fatalf("it is answered with %d", w.Code)
	}
	u.before = func(string) error { return nil }
	if w := office.ask(t.Context(), "POST", "/office/urge", form); w.Code != http.StatusSeeOther {
		t.Errorf("the second sending is answered with %d:\n%s", w.Code, w.Body)
	}
	u.once(t)
}

// Of what broke off halfway a petition has changed since: it alone is shown once more.
func TestWhatWasUrgedIsNotOfferedOnceMore(t *testing.T) {
	u, office, form := startUrging(t)
	u.before = func(code string) error {
		if code == "HP261123-0002" {
			return gone{errors.New("connection refused")}
		}
		return nil
	}
	office.ask(t.Context(), "POST", "/office/urge", form)
	u.before = func(string) error { return nil }
	u.changed["HP261123-0002"]++
	w := office.ask(t.Context(), "POST", "/office/urge", form)
	if again := armed(w.Body.String()); w.Code != 200 || len(again["code"]) != 1 || again.Get("code") != "HP261123-0002" || !strings.Contains(w.Body.String(), "Đã đôn đốc HP261123-0001. Từ lúc xem trước đã có thay đổi") {
		t.Fatalf("%d, %v:\n%s", w.Code, again, w.Body)
	} else if w := office.ask(t.Context(), "POST", "/office/urge", again); w.Code != http.StatusSeeOther {
		t.Errorf("the rest is answered with %d:\n%s", w.Code, w.Body)
	}
	u.once(t)
}
