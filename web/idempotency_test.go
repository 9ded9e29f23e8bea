package web

import (
	"bytes"
	"strings"
	"sync"
	"testing"
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
		h.memory.kept[key] = Answered{Hash: kept.Hash, Petition: first.Code}
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
