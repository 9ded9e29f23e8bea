package web

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	formOfAct   = regexp.MustCompile(`(?s)<form method="post" action="/[pt]/\{\{[^}]*\}\}/([a-z]+)"([^>]*)>(.*?)</form>`)
	filledIn    = regexp.MustCompile(`<(?:input type="(?:text|date|datetime-local|radio)"|textarea|select) name="([a-z_]+)"`)
	withoutOnce = []string{"texts"} // what it sets is the same when it is set twice
	notKept     = []string{"to", "stage"}
)

// TestEveryFormOfAPageIsDoneOnceAndKeepsWhatWasTyped goes through the forms as they are written:
// one that forgets its number is carried out twice, one whose fields nobody keeps loses them.
func TestEveryFormOfAPageIsDoneOnceAndKeepsWhatWasTyped(t *testing.T) {
	described := map[string][]string{}
	for _, op := range (&api{}).publicOperations() {
		described[op.path] = append(described[op.path], op.acts...)
	}
	for page, path := range map[string]string{"slip": "/p/{token}/{act}", "citizen": "/t/{token}/{act}"} {
		source, err := os.ReadFile("pages/" + page + ".html")
		if err != nil {
			t.Fatal(err)
		}
		forms := formOfAct.FindAllStringSubmatch(string(source), -1)
		if want := strings.Count(string(source), "<form"); len(forms) != want || want < 6 {
			t.Fatalf("%s: read %d of %d forms", page, len(forms), want)
		}
		for _, f := range forms {
			act, body := f[1], f[3]
			if !slices.Contains(described[path], act) {
				t.Errorf("%s: the act %q is not described", page, act)
			}
			if !strings.Contains(body, `name="nonce"`) && !slices.Contains(withoutOnce, act) {
				t.Errorf("%s/%s: sent twice, it is carried out twice", page, act)
			}
			if page == "slip" && !strings.Contains(body, `name="seq"`) {
				t.Errorf("%s/%s: a stale page is not told from a fresh one", page, act)
			}
			for _, field := range filledIn.FindAllStringSubmatch(body, -1) {
				if name := field[1]; !slices.Contains(keptFields[act], name) && !slices.Contains(notKept, name) {
					t.Errorf("%s/%s: what is typed as %q is lost when the form is refused", page, act, name)
				}
			}
		}
	}
}
