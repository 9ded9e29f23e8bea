package web

import (
	"io"
	"net/http/httptest"
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

// counted counts what is read of a body.
type counted struct {
	io.Reader
	read int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.read += n
	return n, err
}

// field failure: 51 MB of text were read into memory and sent back.
func TestAFormWithPhotosHasNoMoreRoomForWords(t *testing.T) {
	h := newHouse(t)
	p := h.accept(`"unit":"SXD"`)
	const boundary = "multipart/form-data; boundary=x"
	part := func(name, text string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + text + "\r\n"
	}
	long := strings.Repeat("a", 8<<20)
	for name, sent := range map[string]struct {
		path, kind, body string
		status, most     int // octets read at most; 0: all
	}{
		"a petition without photos":  {"/gui-phan-anh", "application/x-www-form-urlencoded", "content=" + long, 413, 2 * maxForm},
		"a petition with photos":     {"/gui-phan-anh", boundary, part("content", long) + "--x--\r\n", 413, 0},
		"a word that nobody asks":    {"/gui-phan-anh", boundary, part("content", "Đèn tắt") + part("x", long) + "--x--\r\n", 413, 0},
		"a slip's photos, no photos": {"/p/" + p.Slips[0].Token + "/photos", "application/x-www-form-urlencoded", "stage=" + long, 413, 2 * maxForm},
		"a slip's photos":            {"/p/" + p.Slips[0].Token + "/photos", boundary, part("stage", long) + "--x--\r\n", 413, 0},
		"what is no form":            {"/gui-phan-anh", "text/plain", long, 422, 2 * maxForm},
		"as much as a text needs":    {"/gui-phan-anh", boundary, part("content", strings.Repeat("đ", 8000)) + "--x--\r\n", 422, 0},
	} {
		body := &counted{Reader: strings.NewReader(sent.body)}
		r := httptest.NewRequest("POST", sent.path, body)
		r.Header.Set("Content-Type", sent.kind)
		got := h.do(r)
		if got.StatusCode != sent.status || len(got.body) > maxForm || sent.most > 0 && body.read > sent.most {
			t.Errorf("%s: status %d, %d octets read, %d sent back", name, got.StatusCode, body.read, len(got.body))
		}
	}
}
