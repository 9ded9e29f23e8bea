package web

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"notify1022/escalation"
)

func TestNoBodyIsEverAnInnerFailure(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	rng := rand.New(rand.NewPCG(1022, 1))
	paths := []string{"/petitions", "/messages", "/units", "/contacts", "/delegations", "/tasks/1/done"}
	for _, v := range escalation.Verbs() {
		paths = append(paths, "/petitions/"+p.Code+"/"+string(v))
	}
	for range 60 {
		for _, path := range paths {
			body := randomJSON(rng, 0)
			if res := h.api("administrator", "POST", path, body); res.StatusCode >= 500 {
				t.Fatalf("%s: %d for %s\n%s", path, res.StatusCode, body, h.log)
			}
		}
	}
}

// randomJSON makes values out of the field names that the API knows and
// neighbours of what they may hold.
func randomJSON(rng *rand.Rand, depth int) string {
	words := []string{"channel", "kind", "citizen", "name", "phone", "content", "units", "unit", "code", "role", "text", "reason", "at", "due", "until", "to", "vars",
		"template", "contact", "score", "into", "missing", "call", "outcome", "order", "from", "delegate", "group", "fields", "received_at", "x"}
	scalars := []string{`null`, `true`, `0`, `-1`, `1e400`, `9223372036854775808`, `1.5`, `""`, `"\u0000"`, `"\ud800"`, `"SXD"`, `"phone"`, `"2026-11-23T15:00"`, `"0000-00-00T00:00:00Z"`,
		`"9999-12-31T23:59:59+07:00"`, `"` + strings.Repeat("ư", 3000) + `"`, `"HP261123-0007"`, `"0570000501"`, `"T1"`, `5`}
	pick := rng.IntN(10)
	switch {
	case depth > 3 || depth > 0 && pick < 6:
		return scalars[rng.IntN(len(scalars))]
	case depth > 0 && pick < 8:
		var items []string
		for range rng.IntN(3) {
			items = append(items, randomJSON(rng, depth+1))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	var fields []string
	for range rng.IntN(7) {
		fields = append(fields, fmt.Sprintf("%q:%s", words[rng.IntN(len(words))], randomJSON(rng, depth+1)))
	}
	return "{" + strings.Join(fields, ",") + "}"
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{``, `{}`, petitionBody(""), `{"units":["A",{"code":"B"}]}`, `{"citizen":null}`, `{"kind":1e9}`, `[`, `{"received_at":"2026-02-30T10:00"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var in escalation.Intake
		if err := decode(raw, &in); err != nil && problemOf(err) == nil {
			t.Fatalf("an error that is no problem: %v", err)
		}
	})
}
