package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"notify1022/escalation"
)

func TestUnknownThingsAreNotFound(t *testing.T) {
	h := newHouse(t)
	for _, c := range [][2]string{
		{"GET", "/petitions/HP261123-9999"}, {"GET", "/petitions/x"}, {"GET", "/petitions/HP261123-0001%00"}, {"POST", "/petitions/HP261123-9999/touch"},
		{"POST", "/petitions/abc/touch"}, {"GET", "/units/NONE"}, {"GET", "/contacts/999"}, {"GET", "/contacts/x"}, {"DELETE", "/contacts/999"},
		{"POST", "/tasks/x/done"}, {"GET", "/nothing"}, {"GET", "/petitions/HP261123-0001/verb/more"},
	} {
		h.api("administrator", c[0], c[1], `{}`).problem(t, 404)
	}
	h.api("administrator", "POST", "/tasks/999/done", `{"outcome":"xong"}`).problem(t, 404)
	res := h.api("administrator", "DELETE", "/petitions", "")
	res.problem(t, 405)
	if res.Header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
}

func TestTheDocumentListsEveryOperation(t *testing.T) {
	h := newHouse(t)
	if page := string(h.get("/api/docs").mustStatus(t, 200).body); !strings.Contains(page, "/api/v1/petitions/{code}/forward") || !strings.Contains(page, "cooperate") && !strings.Contains(page, "units") {
		t.Error("the page for people lacks an operation")
	}
	res := h.get("/api/openapi.json").mustStatus(t, 200)
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]json.RawMessage }
	}
	res.mustRead(t, &doc)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %q", doc.OpenAPI)
	}
	a := &api{}
	for _, op := range a.operations() {
		item, ok := doc.Paths["/api/v1"+op.path]
		if !ok || item[strings.ToLower(op.method)] == nil {
			t.Errorf("%s %s is not in the document", op.method, op.path)
		}
	}
	for _, v := range escalation.Verbs() {
		if doc.Paths["/api/v1/petitions/{code}/"+string(v)] == nil {
			t.Errorf("verb %s is not in the document", v)
		}
		if verbSummary(v) == "" {
			t.Errorf("verb %s has no summary", v)
		}
	}
	for _, m := range refs.FindAllStringSubmatch(string(res.body), -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("the document refers to %s and does not have it", m[1])
		}
	}
}

func TestGoodBodiesFitTheirSchemas(t *testing.T) {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[time.Time](), reflect.TypeFor[instantSchema]())
	registry.RegisterTypeAlias(reflect.TypeFor[escalation.UnitRef](), reflect.TypeFor[unitRefSchema]())
	schema := registry.Schema(reflect.TypeFor[escalation.Intake](), false, "")
	for body, good := range map[string]bool{petitionBody(`"units":["SXD",{"code":"MTDT","role":"cooperate"}]`): true, petitionBody(`"colour":1`): false} {
		var tree any
		if err := json.Unmarshal([]byte(body), &tree); err != nil {
			t.Fatal(err)
		}
		res := huma.ValidateResult{}
		huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, tree, &res)
		if (len(res.Errors) == 0) != good {
			t.Errorf("%s: %v", body, res.Errors)
		}
	}
}

func TestAFailureInsideIsToldWithoutDetail(t *testing.T) {
	h := newHouse(t)
	h.memory.broken = errors.New("connection to secret-host refused")
	p := h.api("operator", "GET", "/petitions", "").problem(t, 500)
	if strings.Contains(p.Detail, "secret-host") {
		t.Errorf("the detail tells %q", p.Detail)
	}
	if !strings.Contains(h.log.String(), "secret-host") {
		t.Error("the log does not have the cause")
	}
}

func TestAPanicIsAnsweredAndTheIdempotencyKeyIsFree(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Desk = nil; c.Desk = panicking{} })
	h.api("operator", "POST", "/petitions", petitionBody(""), "Idempotency-Key", "k").problem(t, 500)
	if len(h.memory.kept) != 0 {
		t.Error("the key is still held")
	}
	if strings.Contains(h.log.String(), "0570000501") || !strings.Contains(h.log.String(), "panic") {
		t.Errorf("log: %s", h.log)
	}
}

type panicking struct{ Desk }

func TestTheLogHasRoutesAndNoTokens(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	h.get("/t/" + p.Token)
	h.get("/p/" + p.Slips[0].Token)
	h.api("operator", "GET", "/petitions?q=Thử", "")
	for _, secret := range []string{p.Token, p.Slips[0].Token, "Thử", h.keys["operator"], citizenPhone} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if !strings.Contains(h.log.String(), "GET /t/{token}") {
		t.Errorf("the log has no route: %s", h.log)
	}
}

func TestProbes(t *testing.T) {
	var fault error
	h := newHouse(t, func(c *Config) {
		c.Ready = []Check{{"database", func(ctx context.Context) error { return fault }}}
		c.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("up 1\n")) })
	})
	h.get("/healthz").mustStatus(t, 200)
	h.get("/readyz").mustStatus(t, 200)
	fault = errors.New("gone")
	if res := h.get("/readyz").mustStatus(t, 503); strings.Contains(string(res.body), "gone") || !strings.Contains(string(res.body), "database") {
		t.Errorf("%s", res.body)
	}
	for remote, status := range map[string]int{"127.0.0.1:99": 200, "10.1.2.3:99": 200, "203.0.113.5:99": 404} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = remote
		h.do(r).mustStatus(t, status)
	}
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:99"
	r.Header.Set("X-Forwarded-For", "203.0.113.5")
	h.do(r).mustStatus(t, 404)
}

func TestAnIncompleteConfigurationIsRefused(t *testing.T) {
	if _, err := New(Config{}); err == nil || !strings.Contains(err.Error(), "Desk") {
		t.Errorf("error %v", err)
	}
}

var refs = regexp.MustCompile(`#/components/schemas/([A-Za-z0-9]+)`)
