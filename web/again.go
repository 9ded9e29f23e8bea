package web

import (
	"net/http"
	"slices"
	"strings"
)

// What was typed is not lost where its form cannot be shown again: the database is away,
// or a character was in it that is not taken. The message shows it, and its form sends it
// once more as it was, under the same number: what was recorded after all is recorded once.

// Again is a form that has what another one was posted with.
type Again struct {
	Action string
	Fields []carriedValue
	Texts  []string // what people typed of it, to be read
}

// machines are the fields of forms that no person fills in, and codes, which are used up.
var machines = []string{NonceField, "seq", "version", "base", "seen", "step", "website", "to", "code", "stage", "batch", "replaces", carriedAct}

// AgainOf is the form that a request was posted with; nil: nobody typed anything into it, a
// field is a secret, or another site's page has sent it.
func AgainOf(w http.ResponseWriter, r *http.Request, secret ...string) *Again {
	if r.Method != http.MethodPost || http.NewCrossOriginProtection().Check(r) != nil {
		return nil
	}
	if r.PostForm == nil { // nothing has read it yet
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	}
	if r.ParseForm() != nil {
		return nil
	}
	again := &Again{Action: r.URL.RequestURI()}
	for name, values := range r.PostForm {
		if slices.Contains(secret, name) {
			return nil
		}
		for _, value := range values {
			value = Taken(value)
			again.Fields = append(again.Fields, carriedValue{name, value})
			if !slices.Contains(machines, name) && len(value) > 1 { // one is a tick
				again.Texts = append(again.Texts, value)
			}
		}
	}
	if len(again.Texts) == 0 {
		return nil
	}
	slices.SortStableFunc(again.Fields, func(a, b carriedValue) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(again.Texts)
	return again
}

// Taken is a text without the characters that are not taken.
func Taken(s string) string {
	return strings.Map(func(c rune) rune {
		if forbidden(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
}
