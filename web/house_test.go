package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
)

// house is the real handler over the real desk over memory.
type house struct {
	t       *testing.T
	memory  *memory
	handler http.Handler
	log     *bytes.Buffer
	hints   atomic.Int64
	clock   time.Time
	keys    map[string]string // role or role@unit → key
	device  string            // secret of the device that asks; empty: it has none
}

// start is Monday 2026-11-23 08:00, inside working time.
var start = time.Date(2026, 11, 23, 8, 0, 0, 0, worktime.Zone())

const (
	citizenName  = "Nguyễn Văn Thử"
	citizenPhone = "0570000501"
	officerName  = "Trần Thị Mẫu"
)

func newHouse(t *testing.T, change ...func(*Config)) *house {
	t.Helper()
	h := &house{t: t, memory: newMemory(start), log: &bytes.Buffer{}, clock: start, keys: map[string]string{}}
	h.furnish()
	numbering := escalation.Numbering{TestPrefixes: []string{"057"}}
	token := 0
	desk := escalation.NewDesk(h.memory, escalation.Setting{
		Policy: escalation.DefaultPolicy(), Calendar: worktime.HaiPhong(), CalendarVersion: "hai-phong-1", Numbering: numbering,
		Token: func() string { token++; return fmt.Sprintf("tok%07d", token) }, Salt: func() string { return "salt" },
		Redact: templates.Summary, Conceal: templates.Conceal, Host: "1022.haiphong.gov.vn", Support: "0225.1022",
	})
	config := Config{
		Desk: desk, Petitions: h.memory, Directory: h.memory, Outbox: h.memory, Sendings: h.memory, Looks: h.memory, Tasks: h.memory, Keys: h.memory, Idempotency: h.memory,
		Templates: func() Catalogue { return templates.Builtin() }, Policy: escalation.DefaultPolicy,
		Calendars: func() []CalendarInfo { return []CalendarInfo{{Name: "Hải Phòng", AnnouncedUntil: "2026-12-31"}} },
		Numbering: numbering, Redact: templates.Summary, Clock: func() time.Time { return h.clock },
		Now: func(context.Context) (time.Time, error) { return h.clock, nil }, Hint: func() { h.hints.Add(1) },
		PublicURL: "https://1022.haiphong.gov.vn", Support: "0225.1022", Version: "1", TokenBurst: 1000,
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	for _, c := range change {
		c(&config)
	}
	handler, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	h.handler = handler
	return h
}

// furnish fills the directory and gives each role a key.
func (h *house) furnish() {
	m := h.memory
	for _, u := range []escalation.Unit{
		{Code: "SXD", Name: "Sở Xây dựng", SMSName: "Sở Xây dựng", Addressee: "Giám đốc SXD", Kind: escalation.Department},
		{Code: "MTDT", Name: "Công ty Môi trường đô thị", SMSName: "MTDT", Addressee: "Giám đốc MTDT", Kind: escalation.ServiceProvider},
		{Code: "VP", Name: "Văn phòng UBND thành phố", SMSName: "VP UBND TP", Addressee: "Chánh Văn phòng", Kind: escalation.OfficeKind},
	} {
		m.units[u.Code] = u
	}
	for i, c := range []escalation.Contact{
		{Unit: "SXD", Role: escalation.Focal, Name: officerName, Phone: "+84570000101"},
		{Unit: "SXD", Role: escalation.Head, Name: "Lê Thị Kiểm", Phone: "+84570000102"},
		{Unit: "MTDT", Role: escalation.Focal, Name: "Chu Văn Thí", Phone: "+84570000125"},
		{Unit: "", Role: escalation.ShiftLead, Name: "Vũ Thị Ví", Phone: "+84570000903"},
		{Unit: "VP", Role: escalation.Office, Name: "Đỗ Văn Dụ", Phone: "+84570000901"},
		{Unit: "MTDT", Role: escalation.Deputy, Name: "Hồ Văn Mô", Phone: "+842253000001"},
	} {
		c.ID = int64(i + 1)
		m.contacts[c.ID], m.last = c, c.ID
	}
	for name, unit := range map[string]string{"administrator": "", "operator": "", "shift_lead": "", "office": "", "officer": "SXD", "head": "SXD", "officer@MTDT": "MTDT"} {
		role, _, _ := strings.Cut(name, "@")
		h.keys[name] = "key-of-" + name
		m.keys[h.keys[name]] = Key{ID: int64(len(m.keys) + 1), Name: "khóa " + name, Role: escalation.Role(role), Unit: unit}
	}
}

// response is an answer that has been read.
type response struct {
	*http.Response
	body []byte
}

func (h *house) do(r *http.Request) response {
	h.t.Helper()
	if h.device != "" {
		r.AddCookie(&http.Cookie{Name: deviceCookie, Value: h.device})
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	res := w.Result()
	body, _ := io.ReadAll(res.Body)
	return response{res, body}
}

// api calls an operation with the role's key; body may be a string of JSON.
func (h *house) api(role, method, path, body string, headers ...string) response {
	h.t.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if key, ok := h.keys[role]; ok {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return h.do(r)
}

func (h *house) get(path string) response {
	h.t.Helper()
	return h.do(httptest.NewRequest("GET", path, nil))
}

func (h *house) post(path string, fields ...string) response {
	h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(r)
}

func (r response) mustStatus(t *testing.T, want int) response {
	t.Helper()
	if r.StatusCode != want {
		t.Fatalf("status %d, expected %d: %s", r.StatusCode, want, r.body)
	}
	return r
}

func (r response) mustRead(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal(r.body, into); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

// problem checks the shape of a refusal and returns it.
func (r response) problem(t *testing.T, status int) Problem {
	t.Helper()
	r.mustStatus(t, status)
	if ct := r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
		t.Fatalf("content type %q of a refusal", ct)
	}
	var p Problem
	r.mustRead(t, &p)
	if p.Type == "" || p.Title == "" || p.Detail == "" || p.Status != status {
		t.Fatalf("incomplete problem: %s", r.body)
	}
	for _, f := range p.Errors {
		if f.Location == "" || f.Message == "" {
			t.Fatalf("a fault without place or message: %s", r.body)
		}
	}
	return p
}

func (p Problem) names(location string) bool {
	for _, f := range p.Errors {
		if f.Location == location {
			return true
		}
	}
	return false
}

// petitionBody is a good intake, with changes as JSON fields on top.
func petitionBody(extra string) string {
	body := `"channel":"phone","kind":1,"citizen":{"name":"` + citizenName + `","phone":"` + citizenPhone + `","address":"12 Lạch Tray"},` +
		`"content":"Đèn đường ngõ 72 Lạch Tray tắt 4 tối nay. Tôi là nguyen van thu, gọi 0570 000 501.","field":"chiếu sáng","area":"P Gia Viên"`
	if extra != "" {
		body += "," + extra
	}
	return "{" + body + "}"
}

// accept records a petition and returns it as stored.
func (h *house) accept(extra string) escalation.Petition {
	h.t.Helper()
	var a Accepted
	h.api("operator", "POST", "/petitions", petitionBody(extra)).mustStatus(h.t, 201).mustRead(h.t, &a)
	return h.stored(a.Code)
}

func (h *house) stored(code string) escalation.Petition {
	h.t.Helper()
	r, err := h.memory.PetitionByCode(h.t.Context(), code)
	if err != nil {
		h.t.Fatal(err)
	}
	return r.Petition
}
