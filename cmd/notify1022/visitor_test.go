package main

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"notify1022/escalation"
	"notify1022/store"
)

// plainSite is a hotline whose pages are reached without TLS, as a test's browser does.
const plainSite = "public_url: http://1022.example.vn"

// visitor is somebody with a browser that keeps cookies.
type visitor struct {
	*hotline
	client *http.Client
}

// shownPage is a page as it came.
type shownPage struct {
	status int
	body   string
	to     string // where it leads, with a redirect
}

func (h *hotline) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &visitor{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *visitor) ask(r *http.Request) shownPage {
	v.t.Helper()
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") { // has no end
		return shownPage{status: answer.StatusCode}
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return shownPage{answer.StatusCode, string(body), answer.Header.Get("Location")}
}

func (v *visitor) get(path string) shownPage {
	v.t.Helper()
	ctx, cancel := context.WithCancel(v.ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+v.room.Addr+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.ask(r)
}

// post sends a form; pairs are names and values.
func (v *visitor) post(path string, pairs ...string) shownPage {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(v.ctx, "POST", "http://"+v.room.Addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.ask(r)
}

// must ends the test where a page has another status, or lacks words.
func (v *visitor) must(s shownPage, status int, words ...string) shownPage {
	v.t.Helper()
	if s.status != status {
		v.t.Fatalf("status %d, want %d, to %q:\n%.3000s", s.status, status, s.to, s.body)
	}
	for _, w := range words {
		if !strings.Contains(s.body, w) {
			v.t.Errorf("the page lacks %q:\n%.3000s", w, s.body)
		}
	}
	return s
}

// signedIn is a visitor of the role, with an account of its own.
func (h *hotline) signedIn(role escalation.Role, unit string) *visitor {
	h.t.Helper()
	return h.signedInAs(strings.ReplaceAll(string(role), "_", "-"), role, unit)
}

// signedInAs is a visitor with an account of the name.
func (h *hotline) signedInAs(name string, role escalation.Role, unit string) *visitor {
	h.t.Helper()
	if err := addAccount(h.ctx, h.room.Store, store.Account{Name: name, FullName: "Người " + name, Role: role, Unit: unit}, consolePassword); err != nil {
		h.t.Fatal(err)
	}
	v := h.visitor()
	v.must(v.post("/console/sign-in", "name", name, "password", consolePassword), 303)
	return v
}

// picture is the smallest PNG there is.
var picture = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

// upload posts a form with files.
func (v *visitor) upload(path, field string, files map[string][]byte, pairs ...string) shownPage {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		w.WriteField(pairs[i], pairs[i+1])
	}
	for name, content := range files {
		part, err := w.CreateFormFile(field, name)
		if err != nil {
			v.t.Fatal(err)
		}
		part.Write(content)
	}
	w.Close()
	r, err := http.NewRequestWithContext(v.ctx, "POST", "http://"+v.room.Addr+path, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.ask(r)
}
