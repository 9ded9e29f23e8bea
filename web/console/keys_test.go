package console

import "testing"

// A key opens one thing: on a petition's page acts and menu are there together, and j and
// k walk the rows everywhere.
func TestNoKeyOpensTwoThings(t *testing.T) {
	seen := map[string]string{"j": "the rows", "k": "the rows"}
	take := func(key, what string) {
		t.Helper()
		if key == "" {
			return
		}
		if len(key) != 1 || key[0] < 'a' || key[0] > 'z' {
			t.Errorf("%q of %s is no letter", key, what)
		}
		if seen[key] != "" {
			t.Errorf("%q is of %s and of %s", key, seen[key], what)
		}
		seen[key] = what
	}
	for _, p := range (&console{}).routes() {
		take(p.key, p.path)
	}
	for _, a := range actions() {
		take(a.Key, string(a.Verb))
	}
}
