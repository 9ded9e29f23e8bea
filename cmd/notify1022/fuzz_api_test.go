package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// hostile are values that no field expects, as JSON.
var hostile = []string{`null`, `true`, `-1`, `0`, `2147483648`, `9223372036854775807`, `9223372036854775808`, `1e400`, `""`, `" "`, `"\u0000"`, `"\ud800"`, `"\u202e"`, `"%_\\"`, `"' OR 1=1 --"`,
	`"0001-01-01T00:00:00Z"`, `"1600-01-01T00:00:00Z"`, `"2026-13-45T99:99"`, `"9999-12-31T23:59:59-11:00"`, `[]`, `[null]`, `[-9223372036854775808]`, `[[[[]]]]`, `{}`, `{"code":null}`,
	`"` + strings.Repeat("ư", 3000) + `"`, `"` + strings.Repeat("🙂", 40) + `"`, `"HP261123-0001"`, `"SXD"`, `"KHONGCO"`, `5`, `[1,1,999999]`, `[{"code":"SXD","role":"lead"},{"code":"SXD"}]`, `"phone"`}

// told is the part of the OpenAPI document that a fuzz goes by.
type told struct {
	Paths      map[string]map[string]toldOperation
	Components struct {
		Schemas map[string]struct{ Properties map[string]any }
	}
}

type toldOperation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Schema   struct{ Enum []string }
	}
	RequestBody struct {
		Content map[string]struct {
			Schema struct {
				Ref string `json:"$ref"`
			}
			Example map[string]any
		}
	}
}

// fuzzed is a service over a real database, and what its document says.
type fuzzed struct {
	*service
	t    *testing.T
	r    *rand.Rand
	log  *bytes.Buffer
	keys []string
	code string
	doc  told
	// plain requests are as the document shows them: all come through once.
	plain bool
}

// fuzz opens the service; nothing of it runs but its door.
func fuzz(t *testing.T, dsn string, seed uint64) *fuzzed {
	t.Helper()
	f := &fuzzed{t: t, r: rand.New(rand.NewPCG(1022, seed)), log: &bytes.Buffer{}}
	cfg := defaultConfig()
	cfg.Database, cfg.Listen, cfg.TestPrefixes = dsn, "127.0.0.1:0", []string{"057"}
	cfg.Files = t.TempDir()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("+07", 7*3600)) // Monday
	s, err := newService(t.Context(), cfg, order{domain: func() time.Time { return now }, log: slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f.service = s
	for _, role := range []escalation.Role{escalation.Administrator, escalation.ShiftLead, escalation.Operator, escalation.Office, escalation.Officer, escalation.Head} {
		unit := ""
		if role == escalation.Officer || role == escalation.Head {
			unit = "SXD"
		}
		key, err := s.db.CreateAPIKey(t.Context(), string(role), role, unit)
		if err != nil {
			t.Fatal(err)
		}
		f.keys = append(f.keys, key)
	}
	for path, body := range map[string]string{"/units": `{"code":"SXD","name":"Sở Xây dựng","sms_name":"Sở XD","kind":"so_nganh"}`} {
		f.ask("POST", path, body, f.keys[0])
	}
	f.ask("POST", "/contacts", `{"unit":"SXD","role":"focal","name":"Trần Thị Mẫu","phone":"0570000101"}`, f.keys[0])
	var made struct{ Code string }
	f.read(f.ask("POST", "/petitions", `{"channel":"phone","kind":1,"content":"Đèn đường tắt","unit":"SXD","citizen":{"name":"Nguyễn Văn Thử","phone":"0570000501"}}`, f.keys[0]), &made)
	if f.code = made.Code; f.code == "" {
		t.Fatal("no petition was recorded")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, httptest.NewRequest("GET", "/api/openapi.json", nil))
	f.read(w, &f.doc)
	return f
}

func (f *fuzzed) read(w *httptest.ResponseRecorder, into any) {
	f.t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		f.t.Fatalf("%v in %.500s", err, w.Body)
	}
}

func (f *fuzzed) ask(method, path, body, key string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

func oneOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// text is a value as it stands in a path or a query.
func (f *fuzzed) text() string {
	var s string
	if json.Unmarshal([]byte(oneOf(f.r, hostile)), &s) != nil || len(s) > 1000 {
		return oneOf(f.r, []string{"0", "-1", "1", "9223372036854775807", "9223372036854775808", "x"})
	}
	return s
}

// address is the path with values, and often a query.
func (f *fuzzed) address(path string, op toldOperation) string {
	code := f.code
	if strings.HasPrefix(path, "/units/") {
		code = "SXD"
	}
	at := strings.NewReplacer("{code}", url.PathEscape(oneOf(f.r, []string{code, code, code, "HP261123-9999", f.text()})), "{id}", url.PathEscape(oneOf(f.r, []string{"1", "1", "2", f.text()}))).Replace(path)
	query := url.Values{}
	if f.plain {
		return strings.NewReplacer("{code}", code, "{id}", "1").Replace(path)
	}
	for _, p := range op.Parameters {
		switch {
		case p.In != "query" || f.r.IntN(2) == 0:
		case p.Name == "period" && f.r.IntN(2) == 0:
			query.Set(p.Name, "2026-11")
		case len(p.Schema.Enum) > 0 && f.r.IntN(4) > 0:
			query.Set(p.Name, oneOf(f.r, p.Schema.Enum))
		default:
			query.Set(p.Name, oneOf(f.r, []string{f.text(), "2026-11", "true", "5", f.code, "den duong"}))
		}
	}
	return at + "?" + query.Encode()
}

// body is the document's example with some fields that are wrong, or some that are not
// asked for; now and then it is no body at all.
func (f *fuzzed) body(op toldOperation) string {
	content := op.RequestBody.Content["application/json"]
	if !f.plain && f.r.IntN(15) == 0 {
		return oneOf(f.r, append([]string{"", `{"a":`}, hostile...))
	}
	fields := map[string]json.RawMessage{}
	for name, value := range content.Example {
		raw, err := json.Marshal(value)
		if err != nil {
			f.t.Fatal(err)
		}
		fields[name] = raw
	}
	names := slices.Sorted(maps.Keys(f.doc.Components.Schemas[strings.TrimPrefix(content.Schema.Ref, "#/components/schemas/")].Properties))
	if op.OperationID == "add-unit" { // the example's is there
		fields["code"] = json.RawMessage(fmt.Sprintf(`"U%d"`, f.r.IntN(100)))
	}
	for range f.r.IntN(3) {
		if len(names) > 0 && !f.plain {
			fields[oneOf(f.r, names)] = json.RawMessage(oneOf(f.r, hostile))
		}
	}
	var parts []string // by hand: a value may be no JSON that Marshal takes
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, fmt.Sprintf("%q:%s", name, fields[name]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// What random requests come to over the real store, on both databases: never a failure
// inside. Seeded, so that what failed fails again.
func TestNoRequestFailsInsideOverTheRealStore(t *testing.T) {
	t.Parallel()
	const rounds = 10
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		f := fuzz(t, dsn, 7)
		done, paths := map[string]bool{}, slices.Sorted(maps.Keys(f.doc.Paths))
		for round := range rounds {
			f.plain = round == 0
			for _, path := range paths {
				at, ours := strings.CutPrefix(path, "/api/v1")
				if !ours {
					continue
				}
				for _, method := range slices.Sorted(maps.Keys(f.doc.Paths[path])) {
					op := f.doc.Paths[path][method]
					f.once(strings.ToUpper(method), at, op, done)
				}
			}
		}
		for _, id := range []string{"accept", "list-petitions", "get-petition", "send-message", "list-messages", "list-tasks", "add-unit", "save-unit", "add-contact", "set-delegation",
			"list-delegations", "add-webhook", "list-webhooks", "progress", "get-contact-reports", "list-contacts"} {
			if !done[id] {
				t.Errorf("nothing of %s came through to its end", id)
			}
		}
	})
}

func (f *fuzzed) once(method, path string, op toldOperation, done map[string]bool) {
	f.t.Helper()
	key := f.keys[0]
	if !f.plain && f.r.IntN(3) == 0 {
		key = oneOf(f.r, f.keys)
	}
	at, body := f.address(path, op), ""
	if method != "GET" {
		body = f.body(op)
	}
	var headers []string
	if !f.plain && f.r.IntN(6) == 0 {
		headers = []string{"Idempotency-Key", fmt.Sprint(f.r.IntN(5)), "If-Match", oneOf(f.r, []string{`"1"`, "*", "9223372036854775807", "x"})}
	}
	w := f.ask(method, at, body, key, headers...)
	if w.Code < 300 {
		done[op.OperationID] = true
	}
	if w.Code >= 500 {
		f.t.Errorf("%s %s with %.400s: %d %s\n%s", method, at, body, w.Code, w.Body, f.log)
		f.log.Reset()
	}
}
