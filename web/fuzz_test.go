package web

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// hostile are values that no field expects.
var hostile = []string{`null`, `true`, `-1`, `1e400`, `9223372036854775808`, `""`, `"\u0000"`, `"\ud800"`, `"2026-13-45T99:99"`, `"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59+14:00"`, `[]`, `[null]`, `[[[[[[]]]]]]`, `{}`,
	`{"code":null}`, `"' OR 1=1 --"`, `"<script>"`, `"` + strings.Repeat("ư", 3000) + `"`, `"HP261123-0001"`, `"SXD"`, `[{"code":"SXD","role":"lead"}]`, `{"name":"A","phone":"0570000501"}`, `5`, `"phone"`}

// fields are names that bodies have.
var fields = []string{"channel", "kind", "citizen", "content", "unit", "units", "text", "reason", "at", "due", "until", "score", "into", "contact", "missing", "guidance", "to", "template", "vars", "name", "phone", "role", "code",
	"url", "events", "since", "outcome", "leader", "document", "email", "order", "fields", "areas", "from", "delegate", "received_at", "exclude", "urgent", "__proto__"}

// randomBody is a body of some depth by chance.
func randomBody(r *rand.Rand, depth int) string {
	switch n := r.IntN(10); {
	case n == 0:
		return strings.Repeat(`{"a":`, r.IntN(200)) // cut off
	case n == 1:
		return hostile[r.IntN(len(hostile))]
	}
	var b strings.Builder
	b.WriteString("{")
	for i := range r.IntN(6) {
		if i > 0 {
			b.WriteString(",")
		}
		value := hostile[r.IntN(len(hostile))]
		if depth > 0 && r.IntN(4) == 0 {
			value = randomBody(r, depth-1)
		}
		fmt.Fprintf(&b, "%q:%s", fields[r.IntN(len(fields))], value)
	}
	b.WriteString("}")
	return b.String()
}

func TestNoBodyIsAnsweredWithAFailureInside(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	r := rand.New(rand.NewPCG(1022, 5))
	ops := (&api{}).operations()
	for n := range 40 * len(ops) {
		op := ops[n%len(ops)]
		path := strings.NewReplacer("{code}", []string{p.Code, "SXD", "HP261123-9999"}[r.IntN(3)], "{id}", fmt.Sprint(r.IntN(9))).Replace(op.path)
		if strings.HasPrefix(path, "/petitions") && op.method == "GET" && r.IntN(2) == 0 {
			path += "?q=" + strings.Repeat("%25", r.IntN(5)) + "&limit=" + fmt.Sprint(r.IntN(300)-50)
		}
		body := randomBody(r, 3)
		res := h.api([]string{"administrator", "operator", "office", "officer"}[r.IntN(4)], op.method, path, body)
		if res.StatusCode >= 500 {
			t.Fatalf("%s %s with %.500s: %d %s\n%s", op.method, path, body, res.StatusCode, res.body, h.log)
		}
	}
}
