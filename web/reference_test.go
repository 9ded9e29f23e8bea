package web

import (
	"encoding/json"
	"html"
	"reflect"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func TestEveryExampleOfARequestIsTaken(t *testing.T) {
	_, a, doc := described(t)
	seen := 0
	for _, op := range a.operations() {
		if op.body == nil {
			continue
		}
		seen++
		media := methodOf(doc.Paths[apiRoot+op.path], op.method).RequestBody.Content["application/json"]
		raw, err := json.Marshal(media.Example)
		if err != nil {
			t.Fatal(err)
		}
		if err := decode(raw, reflect.New(op.body).Interface()); err != nil {
			t.Errorf("%s: %s is refused: %v", op.id, raw, err)
		}
		var tree any
		if err := json.Unmarshal(raw, &tree); err != nil {
			t.Fatal(err)
		}
		var found huma.ValidateResult
		huma.Validate(doc.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, tree, &found)
		for _, fault := range found.Errors {
			t.Errorf("%s: %s: %v", op.id, raw, fault)
		}
	}
	if seen < 40 {
		t.Errorf("%d operations have a body", seen)
	}
}

func TestThePageForPeopleSaysWhatTheDocumentSays(t *testing.T) {
	h, a, _ := described(t)
	page := string(h.get("/api/docs").mustStatus(t, 200).body)
	for _, op := range a.operations() {
		from := strings.Index(page, `<details id="`+op.id+`">`)
		if from < 0 {
			t.Errorf("%s is not on the page", op.id)
			continue
		}
		part, _, _ := strings.Cut(page[from:], "</details>")
		for _, word := range append(words(op.roles()), "<td>422</td>", "<td>403</td>", "#schema-Problem") {
			if !strings.Contains(part, word) {
				t.Errorf("%s lacks %s", op.id, word)
			}
		}
		if op.body != nil && !strings.Contains(part, "Ví dụ:") {
			t.Errorf("%s has no example", op.id)
		}
	}
	accept, _, _ := strings.Cut(page[strings.Index(page, `<details id="accept">`):], "</details>")
	for _, word := range []string{"<code>channel</code> <strong>bắt buộc</strong>", "<code>facebook</code>", "số nguyên", "thời điểm (RFC 3339)", "true/false", `"citizen": {`, "#schema-CitizenIntake", "#schema-Accepted", "Idempotency-Key", "ETag, Idempotency-Replayed, Location"} {
		if !strings.Contains(html.UnescapeString(accept), word) {
			t.Errorf("recording a petition lacks %s:\n%s", word, html.UnescapeString(accept))
		}
	}
	if strings.Contains(page, "://cdn") || strings.Contains(page, "<script") {
		t.Error("the page loads something")
	}
	for _, part := range strings.Split(page, `href="#`)[1:] { // each link leads somewhere
		if id, _, _ := strings.Cut(part, `"`); !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("#%s is not on the page", id)
		}
	}
}
