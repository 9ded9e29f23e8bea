package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"notify1022/queue"
)

// listener is a program that hears events; it refuses the first.
type listener struct {
	t      *testing.T
	mu     sync.Mutex
	secret string
	calls  int
	events map[string]map[string]any // by the event's id
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.calls == 1 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	at, signature, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Notify1022-Signature"), "t="), ",v1=")
	if queue.Signature(l.secret, at, body) != signature {
		l.t.Errorf("the signature %q does not prove the body", r.Header.Get("Notify1022-Signature"))
	}
	var e struct {
		ID   string
		Data map[string]any
	}
	if err := json.Unmarshal(body, &e); err != nil {
		l.t.Error(err)
	}
	l.events[e.ID] = e.Data
}

func (l *listener) heard(id string) (map[string]any, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	data, ok := l.events[id]
	return data, ok
}

func TestAWebhookHearsOfStatusStateAndReplySignedAndAgainWhenItFailed(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00")
	h.people()
	l := &listener{t: t, events: map[string]map[string]any{}}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	h.call(422, "POST", "/api/v1/webhooks", object{"url": "http://1022.example.vn/"})
	h.call(422, "POST", "/api/v1/webhooks", object{"url": server.URL, "events": []string{"everything"}})
	made := h.call(201, "POST", "/api/v1/webhooks", object{"url": server.URL})
	l.mu.Lock()
	l.secret = made["secret"].(string)
	l.mu.Unlock()
	listed := h.call(200, "GET", "/api/v1/webhooks", nil)["items"].([]any)[0].(map[string]any)
	if listed["secret"] != nil {
		t.Error("the secret is shown again")
	}
	delete(made, "secret")
	if !reflect.DeepEqual(made, listed) {
		t.Errorf("made is %v, listed %v", made, listed)
	}
	code := h.petition(false)
	slip := h.text(focalPhone, code)
	h.reply(focalPhone, "NHAN")
	h.eventually("an event of each kind came, the refused one too", func() bool {
		_, taken := l.heard("petition.status/" + code + "/1")
		_, inbound := l.heard("inbound.reply/1")
		delivered := false
		l.mu.Lock()
		for id := range l.events {
			delivered = delivered || strings.HasPrefix(id, "message.state/") && strings.HasSuffix(id, "/delivered")
		}
		l.mu.Unlock()
		return taken && inbound && delivered
	})
	if strings.Contains(slip.Text, l.secret) {
		t.Error("the secret went out")
	}
	data, _ := l.heard("petition.status/" + code + "/1")
	if data["code"] != code || data["status"] != "forwarded" {
		t.Errorf("the event says %v", data)
	}
	id := "/api/v1/webhooks/1"
	h.call(200, "POST", id+"/replay", object{"since": "2026-11-23T00:00:00+07:00"})
	l.mu.Lock()
	before := l.calls
	l.mu.Unlock()
	h.eventually("events came again", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.calls > before })
	h.call(204, "DELETE", id, nil)
	h.call(404, "DELETE", id, nil)
	h.call(404, "POST", id+"/replay", object{})
	h.call(404, "POST", "/api/v1/webhooks/999/replay", object{})
}
