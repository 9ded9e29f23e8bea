package web

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
)

func TestARepeatedPostGetsTheSameAnswer(t *testing.T) {
	h := newHouse(t)
	post := func(key, body string) response {
		return h.api("operator", "POST", "/petitions", body, "Idempotency-Key", key)
	}
	first := post("a", petitionBody("")).mustStatus(t, 201)
	again := post("a", petitionBody("")).mustStatus(t, 201)
	if !bytes.Equal(first.body, again.body) || first.Header.Get("Location") != again.Header.Get("Location") || first.Header.Get("ETag") != again.Header.Get("ETag") {
		t.Errorf("the repeated answer differs: %s and %s", first.body, again.body)
	}
	if p := post("a", petitionBody(`"urgent":true`)).problem(t, 409); !p.names("header.Idempotency-Key") {
		t.Errorf("%+v", p.Errors)
	}
	if n := len(h.memory.petitions); n != 1 {
		t.Errorf("%d petitions", n)
	}
	post("b", `{}`).problem(t, 422)
	post("b", petitionBody("")).mustStatus(t, 201) // a refusal is not remembered
	h.api("shift_lead", "POST", "/petitions", petitionBody(""), "Idempotency-Key", "a").mustStatus(t, 201)
	post(strings.Repeat("x", 256), petitionBody("")).problem(t, 422)
}

func TestTwoRequestsOfOneKeyActOnce(t *testing.T) {
	h := newHouse(t)
	var group sync.WaitGroup
	statuses := make([]int, 20)
	for i := range statuses {
		group.Go(func() {
			statuses[i] = h.api("operator", "POST", "/petitions", petitionBody(""), "Idempotency-Key", "k").StatusCode
		})
	}
	group.Wait()
	for _, s := range statuses {
		if s != 201 && s != 409 {
			t.Errorf("status %d", s)
		}
	}
	if n := len(h.memory.petitions); n != 1 {
		t.Errorf("%d petitions of one key", n)
	}
}

// The process that carried the first request out died before it could answer.
func TestARequestWhoseAnswerDiedIsAnsweredFromWhatItChanged(t *testing.T) {
	h := newHouse(t)
	post := func() response {
		return h.api("operator", "POST", "/petitions", petitionBody(""), "Idempotency-Key", "a")
	}
	var first, again Accepted
	post().mustStatus(t, 201).mustRead(t, &first)
	for key, kept := range h.memory.kept {
		h.memory.kept[key] = Answered{Hash: kept.Hash, Changed: true, Petition: first.Code}
	}
	answer := post().mustStatus(t, 201)
	answer.mustRead(t, &again)
	if again.Code != first.Code || again.Link != first.Link || answer.Header.Get("Location") == "" || answer.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%+v, want %+v", again, first)
	}
	if n := len(h.memory.petitions); n != 1 {
		t.Errorf("%d petitions of one request", n)
	}
	for _, kept := range h.memory.kept {
		if kept.Status != 201 {
			t.Errorf("the answer is not kept: %+v", kept)
		}
	}
}

// The same for acts that save no petition: the answer is made from what is noted, or it
// is said that the act is done; never is it done twice.
func TestAnActWhoseAnswerDiedIsNotDoneTwice(t *testing.T) {
	hooks := &receivers{}
	h := newHouse(t, func(c *Config) { c.Webhooks = hooks })
	p := h.accept(`"unit":"SXD"`)
	h.memory.tasks = append(h.memory.tasks, escalation.Task{ID: 700, Kind: escalation.TaskCall, Petition: p.Code})
	for _, c := range []struct {
		role, path, body string
		status           int
		made             func() []int64 // nil: the answer cannot be given again
		count            func() int
	}{
		{"shift_lead", "/messages", `{"template":"T1","to":[{"phone":"0570000601"}],"vars":{"noi_dung":"họp","ma":"HP261123-0001","lp":"1022.vn/p/a"}}`, 202,
			func() []int64 { return []int64{h.memory.last} }, func() int { return len(h.memory.messages) }},
		{"administrator", "/contacts", `{"unit":"SXD","role":"deputy","name":"Chu Thị Thí","phone":"0570000602"}`, 201,
			func() []int64 { return []int64{h.memory.last} }, func() int { return len(h.memory.contacts) }},
		{"administrator", "/contacts/1/verify", `{"by":"call"}`, 200, func() []int64 { return []int64{1} }, func() int { return len(h.memory.authors) }},
		{"administrator", "/delegations", `{"contact":1,"from":"2026-11-24T08:00"}`, 200, func() []int64 { return []int64{1} }, func() int { return len(h.memory.authors) }},
		{"administrator", "/units", `{"code":"MOI","name":"Đơn vị mới","sms_name":"DV moi","addressee":"Giám đốc","kind":"so_nganh"}`, 201,
			func() []int64 { return nil }, func() int { return len(h.memory.units) }},
		{"operator", "/tasks/700/done", `{"outcome":"đã nghe máy"}`, 200, func() []int64 { return []int64{700} }, func() int { return len(h.memory.authors) }},
		{"administrator", "/webhooks", `{"url":"https://example.vn/"}`, 201, nil, func() int { return hooks.added }},
		{"administrator", "/webhooks/1/replay", `{"since":"2026-11-23T08:00"}`, 200, nil, func() int { return hooks.replayed }},
	} {
		clear(h.memory.kept)
		post := func() response { return h.api(c.role, "POST", c.path, c.body, "Idempotency-Key", "a") }
		first := post().mustStatus(t, c.status)
		count := c.count()
		for key, kept := range h.memory.kept {
			died := Answered{Hash: kept.Hash, Changed: true, Made: []int64{1}}
			if c.made != nil {
				died.Made = c.made()
			}
			h.memory.kept[key] = died
		}
		if c.made == nil {
			if p := post().problem(t, 409); !strings.Contains(p.Detail, "đã được") || !p.names("header.Idempotency-Key") {
				t.Errorf("%s: %s", c.path, p.Detail)
			}
		} else if again := post().mustStatus(t, c.status); again.Header.Get("Idempotency-Replayed") != "true" || !bytes.Equal(again.body, first.body) || again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("%s: %s, at first %s", c.path, again.body, first.body)
		}
		if n := c.count(); n != count {
			t.Errorf("%s was done twice: %d, %d", c.path, count, n)
		}
	}
}

// receivers are webhooks in memory.
type receivers struct{ added, replayed int }

func (r *receivers) Webhooks(context.Context) ([]Webhook, error) { return nil, nil }

func (r *receivers) DisableWebhook(context.Context, int64, escalation.Actor) error { return nil }

func (r *receivers) AddWebhook(_ context.Context, url, _ string, events []string, by escalation.Actor) (Webhook, error) {
	r.added++
	return Webhook{ID: int64(r.added), URL: url, Events: events, CreatedBy: by.Name}, nil
}

func (r *receivers) ReplayWebhook(context.Context, int64, time.Time, escalation.Actor) (int64, error) {
	r.replayed++
	return 1, nil
}
