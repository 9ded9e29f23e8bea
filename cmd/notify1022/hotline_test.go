package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/smpp/smsc"
)

// patience bounds each wait of these tests.
const patience = 2 * time.Minute

// hotline is a service that runs for one test, with the people around it.
type hotline struct {
	t    *testing.T
	ctx  context.Context
	room *room
	smsc *smsc.Server
	key  string
}

// lockedBuffer takes the output of a service that runs beside the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startServe runs "serve" with the arguments until the test ends, and checks that
// it stops with 0.
func startServe(t *testing.T, args ...string) (r *room, out, errs *lockedBuffer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, errs = &lockedBuffer{}, &lockedBuffer{}
	ready := make(chan *room, 1)
	done := make(chan int, 1)
	c := &console{in: strings.NewReader(""), out: out, err: errs, ready: func(r *room) { ready <- r }}
	go func() { done <- c.run(ctx, append([]string{"serve"}, args...)) }()
	t.Cleanup(func() {
		cancel()
		select {
		case code := <-done:
			if code != exitDone {
				t.Errorf("serve ended with %d: %s", code, errs)
			}
		case <-time.After(patience):
			t.Error("serve did not stop")
		}
	})
	select {
	case r := <-ready:
		return r, out, errs
	case code := <-done:
		done <- code
		t.Fatalf("serve ended with %d: %s", code, errs)
	case <-time.After(patience):
		t.Fatalf("serve is not ready: %s", errs)
	}
	return nil, nil, nil
}

// ownSimulator has a hotline text by the service's own simulator, not by one beside it.
const ownSimulator = "smsc: []"

// startHotline starts an SMSC with an account and a service bound to it, on a
// simulated clock that stands at the instant. more are further keys of its file.
func startHotline(t *testing.T, simNow string, more ...string) *hotline {
	t.Helper()
	server := smsc.New(smsc.Config{Accounts: map[string]string{"hotline": "secret"}})
	t.Cleanup(server.Close)
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	public := "public_url: https://1022.haiphong.gov.vn"
	if strings.Contains(strings.Join(more, "\n"), "public_url:") {
		public = ""
	}
	entry := fmt.Sprintf(`
smsc:
  - name: tester
    addr: %s
    system_id: hotline
    password: secret
    source: {officer: "8022", citizen: "1022HP"}`, addr)
	if slices.Contains(more, ownSimulator) {
		entry = ""
	}
	config := mustWrite(t, dir, "config.yaml", fmt.Sprintf(`
environment: simulation
listen: 127.0.0.1:0
%s
database: sqlite:%s/notify1022.db%s
test_prefixes: ["057"]
%s
`, public, dir, entry, strings.Join(more, "\n")))
	made := runCLI(t, "", "apikey", "create", "--config", config, "--name", "kiểm thử", "--role", "administrator")
	if made.code != exitDone {
		t.Fatalf("apikey create: %+v", made)
	}
	r, _, _ := startServe(t, "--config", config, "--sim-now", simNow, "--sim-speed", "1")
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	t.Cleanup(cancel)
	if r.SMSC != nil {
		server = r.SMSC
	}
	return &hotline{t: t, ctx: ctx, room: r, smsc: server, key: strings.TrimSpace(made.out)}
}

// call asks the API and decodes the answer; any other status ends the test.
func (h *hotline) call(want int, method, path string, body any) map[string]any {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(h.ctx, method, "http://"+h.room.Addr+path, bytes.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		h.t.Fatalf("%s %s: %s %s, want %d", method, path, answer.Status, got, want)
	}
	out := map[string]any{}
	if len(got) > 0 && got[0] == '{' {
		if err := json.Unmarshal(got, &out); err != nil {
			h.t.Fatal(err)
		}
	}
	return out
}

// object is a JSON object.
type object = map[string]any

// people fills the directory: a ward with focal officer and head, the Office, a
// shift lead.
func (h *hotline) people() {
	h.call(201, "POST", "/api/v1/units", object{"code": "LACHTRAY", "name": "UBND phường Lạch Tray", "sms_name": "P Lạch Tray", "addressee": "Chủ tịch P Lạch Tray", "kind": "phuong"})
	h.call(201, "POST", "/api/v1/units", object{"code": "VPUB", "name": "Văn phòng UBND thành phố", "sms_name": "VP UBND TP", "kind": "office"})
	for role, phone := range map[string]string{"focal": focalPhone, "head": headPhone} {
		h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": role, "name": "Người " + role, "phone": phone})
	}
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "VPUB", "role": "office", "name": "Văn phòng", "phone": officePhone})
	h.call(201, "POST", "/api/v1/contacts", object{"role": "shift_lead", "name": "Trưởng ca", "phone": "0570000005"})
}

// petition records one that goes to the ward at once, and returns its code.
func (h *hotline) petition(urgent bool) string {
	accepted := h.call(201, "POST", "/api/v1/petitions", object{
		"channel": "phone", "kind": 1, "content": "Đèn đường trước ngõ tắt bốn tối nay, rất nguy hiểm", "field": "chiếu sáng",
		"area": "P Lạch Tray", "unit": "LACHTRAY", "urgent": urgent, "citizen": object{"name": "Nguyễn Văn Thử", "phone": citizenPhone},
	})
	return accepted["code"].(string)
}

const (
	focalPhone   = "0570000001"
	headPhone    = "0570000002"
	officePhone  = "0570000003"
	citizenPhone = "0570000004"
)

// text waits for a message on the handset that holds every word.
func (h *hotline) text(phone string, words ...string) smsc.Message {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.ctx, patience)
	defer cancel()
	handset := h.smsc.Handset(phone)
	for n := 0; ; n++ {
		m, err := handset.Wait(ctx, n)
		if err != nil {
			h.t.Fatalf("no text with %q on %s, only %v", words, phone, handset.Inbox())
		}
		if holdsAll(m.Text, words) {
			return m
		}
	}
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// reply sends a text from a handset to the hotline's number.
func (h *hotline) reply(phone, text string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.ctx, patience)
	defer cancel()
	if err := h.smsc.Handset(phone).Send(ctx, "8022", text); err != nil {
		h.t.Fatalf("send a reply: %v", err)
	}
}

// runUntil lets the simulated clock run fast up to the instant and stand there.
func (h *hotline) runUntil(instant string) {
	h.t.Helper()
	at, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.room.Store.Appoint(h.ctx, at); err != nil {
		h.t.Fatal(err)
	}
	if err := h.room.Store.SetSpeed(h.ctx, maxSpeed); err != nil {
		h.t.Fatal(err)
	}
}

// isWhole looks at the petition after its story: published, every text with an
// outcome, no address in the open.
func (h *hotline) isWhole(code string) {
	h.t.Helper()
	p := h.call(200, "GET", "/api/v1/petitions/"+code, nil)
	if p["status"] != "published" {
		h.t.Errorf("the petition is %v", p["status"])
	}
	for _, one := range p["messages"].([]any) {
		m := one.(map[string]any)
		if to := m["to"].(string); !strings.Contains(to, "****") {
			h.t.Errorf("a message shows the whole number: %v", m)
		}
		if m["state"] == "failed" || m["state"] == "unknown" {
			h.t.Errorf("a message is %v: %v", m["state"], m)
		}
	}
}

// alert is what the text T1 needs.
func alert() map[string]string {
	return map[string]string{"ma": "HP261116-0001", "noi_dung": "cần gọi lại", "lp": "1022.vn/p/abc"}
}

func (h *hotline) eventually(what string, ok func() bool) {
	h.t.Helper()
	eventually(h.t, what, ok)
}

// eventually asks until ok, for three minutes at most.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatalf("never %s", what)
}

func mustGet(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
