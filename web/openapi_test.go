package web

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"notify1022/escalation"
)

// patterns takes down what is served.
type patterns []string

func (p *patterns) Handle(pattern string, _ http.Handler) { *p = append(*p, pattern) }
func (p *patterns) HandleFunc(pattern string, _ func(http.ResponseWriter, *http.Request)) {
	*p = append(*p, pattern)
}

// undescribed are served and no part of the API: assets, probes, the document itself, and
// the answers to what is not there.
var undescribed = []string{"GET /assets/page.css", "GET /assets/report.css", "GET /robots.txt", "GET /healthz", "GET /readyz", "GET /metrics", "GET /api/docs", "GET /api/openapi.json", "/api/"}

// described is the door with everything that the document may tell of.
func described(t *testing.T) (*house, *api, *huma.OpenAPI) {
	t.Helper()
	var config Config
	h := newHouse(t, wholeDoor, func(c *Config) { c.Published = nobodysAnswers{}; config = *c })
	a := &api{Config: config}
	return h, a, describe(a.operations(), a.publicOperations(), "1", "")
}

func operationOf(item *huma.PathItem, method string) *huma.Operation {
	if item == nil {
		return nil
	}
	return map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete}[method]
}

func TestTheDocumentTellsOfWhatIsServedAndOfNothingElse(t *testing.T) {
	_, a, doc := described(t)
	var served patterns
	if err := a.routeAPI(&served, a.operations(), doc); err != nil {
		t.Fatal(err)
	}
	a.routePublic(&served)
	a.routeProbes(&served)
	told := map[string]bool{}
	for path, item := range doc.Paths {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			if operationOf(item, method) != nil {
				told[method+" "+path] = true
			}
		}
	}
	for _, pattern := range served {
		pattern = strings.TrimSuffix(pattern, "{$}") // the path alone, not what is below
		if strings.HasPrefix(pattern, apiRoot) {
			continue // the answer to other methods
		}
		if !told[pattern] && !slices.Contains(undescribed, pattern) {
			t.Errorf("%s is served and not in the document", pattern)
		}
		delete(told, pattern)
	}
	for pattern := range told {
		t.Errorf("%s is in the document and not served", pattern)
	}
}

// fits checks an answer against the document: status, headers, type, and the body's schema.
func fits(t *testing.T, doc *huma.OpenAPI, method, path string, res response) {
	t.Helper()
	op := operationOf(doc.Paths[path], method)
	if op == nil {
		t.Fatalf("%s %s is not in the document", method, path)
	}
	told := op.Responses[strconv.Itoa(res.StatusCode)]
	if told == nil {
		t.Fatalf("%s %s answers %d, which is not in the document: %s", method, path, res.StatusCode, res.body)
	}
	for name := range answerHeaders {
		if (res.Header.Get(name) != "") && told.Headers[name] == nil {
			t.Errorf("%s %s: %d has %s, which is not in the document", method, path, res.StatusCode, name)
		}
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if len(res.body) == 0 && len(told.Content) == 0 {
		return
	}
	media := told.Content[kind]
	if media == nil {
		t.Fatalf("%s %s: %d is %q, which is not in the document", method, path, res.StatusCode, kind)
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	var tree any
	res.mustRead(t, &tree)
	var found huma.ValidateResult
	huma.Validate(doc.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, tree, &found)
	for _, fault := range found.Errors {
		t.Errorf("%s %s: %d: %v", method, path, res.StatusCode, fault)
	}
}

func TestRealAnswersAreAsTheDocumentSays(t *testing.T) {
	h, a, doc := described(t)
	p := h.published("")
	open := h.accept(`"units":["SXD","MTDT"]`)
	asked := map[string]bool{}
	for _, c := range []struct{ role, method, path, at, body string }{
		{"", "GET", "/petitions", "", ""}, {"operator", "GET", "/petitions", "", ""}, {"operator", "GET", "/petitions", "?colour=1", ""},
		{"operator", "GET", "/petitions/{code}", p.Code, ""}, {"officer", "GET", "/petitions/{code}", p.Code, ""}, {"officer@MTDT", "GET", "/petitions/{code}", p.Code, ""},
		{"operator", "GET", "/petitions/{code}", "HP261123-9999", ""}, {"operator", "POST", "/petitions", "", petitionBody("")}, {"operator", "POST", "/petitions", "", `{}`},
		{"operator", "POST", "/petitions", "", `{`}, {"operator", "POST", "/petitions", "", strings.Repeat(" ", maxBody+1)}, {"officer", "POST", "/petitions", "", petitionBody("")},
		{"officer", "POST", "/petitions/{code}/acknowledge", open.Code, `{}`}, {"officer", "POST", "/petitions/{code}/eta", open.Code, `{"at":"2026-11-25T10:00"}`},
		{"operator", "POST", "/petitions/{code}/rating", open.Code, `{"score":5}`}, {"operator", "POST", "/petitions/{code}/rating", p.Code, `{"score":5}`},
		{"operator", "GET", "/messages", "", ""}, {"operator", "GET", "/tasks", "", ""}, {"operator", "GET", "/units", "", ""}, {"operator", "GET", "/units/{code}", "SXD", ""},
		{"operator", "GET", "/contacts", "", ""}, {"operator", "GET", "/contacts/{id}", "1", ""}, {"operator", "GET", "/contacts/{id}", "999", ""},
		{"administrator", "POST", "/contacts", "", `{"unit":"SXD","role":"deputy","name":"Chu Thị Thí","phone":"0570000602"}`},
		{"administrator", "POST", "/delegations", "", `{"contact":1,"from":"2026-11-24T08:00"}`}, {"operator", "GET", "/delegations", "", ""},
		{"administrator", "POST", "/units", "", `{"code":"MOI","name":"Đơn vị mới","sms_name":"DV moi","addressee":"Giám đốc","kind":"so_nganh"}`},
		{"shift_lead", "POST", "/messages", "", `{"template":"T1","to":[{"phone":"0570000601"}],"vars":{"noi_dung":"họp","ma":"HP261123-0001","lp":"1022.vn/p/a"}}`},
		{"administrator", "POST", "/webhooks", "", `{"url":"https://example.vn/"}`}, {"administrator", "GET", "/webhooks", "", ""}, {"administrator", "DELETE", "/webhooks/{id}", "1", ""},
		{"administrator", "POST", "/webhooks/{id}/replay", "1", `{"since":"2026-11-23T08:00"}`},
		{"office", "GET", "/reports", "?period=2026-11", ""}, {"office", "GET", "/reports", "?period=2026-11&format=csv", ""}, {"office", "GET", "/reports", "?period=2026-11&format=xlsx", ""},
		{"office", "GET", "/reports", "?period=2026-11&format=html", ""}, {"office", "GET", "/reports", "?period=2026-11&format=table&officers=yes", ""}, {"officer", "GET", "/reports", "?period=2026-11&unit=MTDT", ""},
	} {
		path := c.path + c.at
		if strings.Contains(c.path, "{") {
			path = pathParameter.ReplaceAllString(c.path, c.at)
		}
		headers := []string{}
		if c.method == "POST" {
			headers = []string{"Idempotency-Key", strconv.Itoa(len(asked))}
		}
		for range 1 + len(headers)/2 {
			fits(t, doc, c.method, apiRoot+c.path, h.api(c.role, c.method, path, c.body, headers...))
		}
		asked[c.method+c.path+c.at+c.body] = true
	}
	for _, op := range a.operations() { // whatever it takes, a stranger is told so
		path := strings.NewReplacer("{code}", p.Code, "{id}", "1").Replace(op.path)
		fits(t, doc, op.method, apiRoot+op.path, h.api("nobody", op.method, path, `{}`))
		if op.method == "GET" && op.id != "get-report" {
			fits(t, doc, op.method, apiRoot+op.path, h.api("administrator", op.method, path, ""))
		}
	}
}

func TestRealPublicAnswersAreAsTheDocumentSays(t *testing.T) {
	h, _, doc := described(t)
	p := h.accept(`"unit":"SXD"`)
	slip := p.Slips[0].Token
	for path, at := range map[string]string{"/": "/", "/gui-phan-anh": "/gui-phan-anh", "/t/{token}": "/t/" + p.Token, "/p/{token}": "/p/" + slip, "/tra-cuu": "/tra-cuu", "/cong-khai": "/cong-khai", "/b/{token}": "/b/" + reportToken} {
		fits(t, doc, "GET", path, h.get(at).mustStatus(t, 200))
	}
	for _, path := range []string{"/t/{token}", "/p/{token}", "/b/{token}"} {
		fits(t, doc, "GET", path, h.get(strings.Replace(path, "{token}", "unknown123", 1)).mustStatus(t, 404))
	}
	fits(t, doc, "GET", "/tep/{id}", h.get("/tep/x").mustStatus(t, 404))
	fits(t, doc, "POST", "/t/{token}/{act}", h.post("/t/"+p.Token+"/supplement", "text", "cột số 5").mustStatus(t, 303))
	fits(t, doc, "POST", "/b/{token}/{act}", h.post("/b/"+reportToken+"/open", "code", "123456").mustStatus(t, 404)) // nobody asks for one here
	h.memory.broken = gone{errors.New("connection refused")}
	fits(t, doc, "POST", "/t/{token}/{act}", h.post("/t/"+p.Token+"/supplement", "text", "cột số 6").mustStatus(t, 503))
	h.memory.broken = nil
	fits(t, doc, "POST", "/p/{token}/{act}", h.post("/p/"+slip+"/result", "text", "x").mustStatus(t, 422))
	fits(t, doc, "POST", "/gui-phan-anh", h.post("/gui-phan-anh", "content", "Đèn đường tắt").mustStatus(t, 422))
	fits(t, doc, "POST", "/tra-cuu", h.post("/tra-cuu", "code", p.Code, "phone", citizenPhone[6:]).mustStatus(t, 303))
	body, kind := photoForm(t, []string{"content", "Đèn đường tắt ở ngõ 72", "name", citizenName, "phone", citizenPhone}, photo(t))
	r := httptest.NewRequest("POST", "/gui-phan-anh", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", kind)
	fits(t, doc, "POST", "/gui-phan-anh", h.do(r).mustStatus(t, 303))
}

// taped has a recording of every petition, and takes every wish to hear it.
type taped struct{ *shelf }

func (taped) Of(context.Context, int64) ([]Attachment, error) {
	return []Attachment{{ID: 1, Stage: StageRecording}}, nil
}

type heard struct{ Recordings }

func (heard) Ask(context.Context, int64, string, string, escalation.Actor) error { return nil }
func (heard) Of(context.Context, int64) ([]RecordingRequest, error)              { return nil, nil }

// trusting knows every device.
type trusting struct{ *codes }

func (trusting) Trusted(context.Context, string, string) (bool, error) { return true, nil }

func (trusting) Subjects(context.Context, string) ([]string, error) {
	return []string{"unit:SXD:1"}, nil
}

// A page takes the acts that its document names, and no other: whatever any page, form or
// command calls one is tried on each.
func TestAPageTakesTheActsThatAreDescribedAndNoOther(t *testing.T) {
	var config Config
	h := newHouse(t, wholeDoor, func(c *Config) {
		c.Passcodes, c.Recordings, c.Attachments, config = trusting{newCodes()}, heard{}, taped{&shelf{}}, *c
		c.TokenBurst = 1 << 20 // an act that is none is a wrong guess
	})
	named := map[string]bool{"x": true}
	for _, verb := range escalation.Verbs() {
		named[string(verb)] = true
	}
	ops := (&api{Config: config}).publicOperations()
	for _, list := range []map[string]string{slipDone, citizenDone} {
		for act := range list {
			named[act] = true
		}
	}
	for _, op := range ops {
		for _, act := range op.acts {
			named[act] = true
		}
	}
	pages := 0
	for _, op := range ops {
		if len(op.acts) == 0 {
			continue
		}
		pages++
		for act := range named {
			p := h.accept(`"unit":"SXD"`)
			token := map[byte]string{'t': p.Token, 'p': p.Slips[0].Token, 'b': reportToken}[op.path[1]]
			r := httptest.NewRequest("POST", strings.NewReplacer("{token}", token, "{act}", act).Replace(op.path), strings.NewReader("contact=1&at=2026-11-25T10:00&text=x&reason=x"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: deviceCookie, Value: strings.Repeat("a", 52)})
			if taken, told := h.do(r).StatusCode != 404, slices.Contains(op.acts, act); taken != told {
				t.Errorf("%s: %s is taken %t and described %t", op.path, act, taken, told)
			}
		}
	}
	if pages != 3 {
		t.Errorf("%d pages have acts", pages)
	}
}

func TestAnIdIsANumberInTheDocument(t *testing.T) {
	_, _, doc := described(t)
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	get := operationOf(doc.Paths[apiRoot+"/contacts/{id}"], "GET")
	if got := get.Parameters[0].Schema; got.Type != huma.TypeInteger {
		t.Errorf("an id is %s", got.Type)
	}
	if open := operationOf(doc.Paths["/gui-phan-anh"], "POST"); open.Security == nil || len(open.Security) != 0 || !reflect.DeepEqual(open.RequestBody.Content["multipart/form-data"].Schema.Required, []string{"content", "name"}) {
		t.Errorf("%+v", open)
	}
}

// nobodysAnswers are public answers that nobody gave.
type nobodysAnswers struct{}

func (nobodysAnswers) Published(context.Context, string, string, int) ([]escalation.Petition, string, error) {
	return nil, "", nil
}

func (nobodysAnswers) UnitCounts(context.Context, time.Time, time.Time) ([]UnitCount, error) {
	return nil, nil
}
