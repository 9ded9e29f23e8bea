package web

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// field failure: a mobile network's one address had used up its requests, and what a citizen
// had typed for ten minutes was gone.
func TestTooManyRequestsLoseNoWords(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.TokenRate, c.TokenBurst = 1, 1 })
	p := h.accept("")
	h.get("/t/"+p.Token).mustStatus(t, 200)
	form, kind := photoForm(t, []string{"content", "Đèn đường tắt", "name", citizenName, "phone", citizenPhone, "confidential", "1", NonceField, NewNonce()}, photo(t), bytes.Repeat([]byte("x"), 1<<20))
	r := httptest.NewRequest("POST", "/gui-phan-anh", bytes.NewReader(form))
	r.Header.Set("Content-Type", kind)
	refused := h.do(r).mustStatus(t, 429).mustSay(t, "Đèn đường tắt</textarea>", citizenName, `name="confidential" value="1" checked`, "hãy chọn lại ảnh", "chưa được gửi")
	if refused.Header.Get("Retry-After") == "" {
		t.Error("nobody is told when to try again")
	}
	again := h.post("/t/"+p.Token+"/supplement", "text", "Cột số 5 trước cổng trường", NonceField, NewNonce()).mustStatus(t, 429).mustSay(t, "Cột số 5 trước cổng trường", "Gửi lại")
	h.clock = h.clock.Add(time.Minute)
	h.sendAgain(again).mustStatus(t, 303)
	h.clock = h.clock.Add(time.Minute)
	h.post("/gui-phan-anh", flat(refused.form(t, "gui-phan-anh", "content", "Đèn đường tắt", "name", citizenName, "phone", citizenPhone))...).mustStatus(t, 303)
	if !strings.Contains(h.told(p.Code), "Cột số 5") {
		t.Error("what was sent again is not there")
	}
	long, kind := photoForm(t, []string{"content", strings.Repeat("a", 2*maxForm)})
	r = httptest.NewRequest("POST", "/gui-phan-anh", bytes.NewReader(long))
	r.Header.Set("Content-Type", kind)
	if res := h.do(r).mustStatus(t, 429); len(res.body) > maxForm {
		t.Errorf("%d octets are sent back", len(res.body))
	}
}

// flat is a form as names and values in turn.
func flat(form map[string][]string) (fields []string) {
	for name, values := range form {
		fields = append(fields, name, values[0])
	}
	return fields
}

// gallery has one published picture and counts how often its bytes are read to the end.
type gallery struct {
	Attachments
	file   []byte
	public bool
	walked int
}

func (g *gallery) Of(context.Context, int64) ([]Attachment, error) { return nil, nil }

func (g *gallery) Open(context.Context, int64) (Attachment, io.ReadSeekCloser, error) {
	return Attachment{}, nil, noSuch("tệp")
}

func (g *gallery) OpenPublic(context.Context, int64) (Attachment, io.ReadSeekCloser, error) {
	if !g.public {
		return Attachment{}, nil, noSuch("tệp")
	}
	return Attachment{ID: 7, Name: "nha toi.png", Type: "image/png", Size: int64(len(g.file)), At: start}, &walk{bytes.NewReader(g.file), g}, nil
}

type walk struct {
	*bytes.Reader
	g *gallery
}

func (w *walk) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if err == io.EOF {
		w.g.walked++
	}
	return n, err
}

func (w *walk) Close() error { return nil }

func TestPublishedPicturesCostThePagesNothing(t *testing.T) {
	files := &gallery{file: photo(t), public: true}
	h := newHouse(t, func(c *Config) { c.TokenRate, c.TokenBurst, c.Attachments = 1, 30, files })
	p := h.accept(`"unit":"SXD"`)
	first := h.get("/tep/7").mustStatus(t, 200)
	for range 20 {
		res := h.get("/tep/7").mustStatus(t, 200)
		if !bytes.Equal(res.body, first.body) || res.Header.Get("Cache-Control") != "public, max-age=300" || res.Header.Get("ETag") == "" {
			t.Fatalf("%v", res.Header)
		}
	}
	if files.walked > 1 {
		t.Errorf("the picture was looked through %d times", files.walked)
	}
	r := httptest.NewRequest("GET", "/tep/7", nil)
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))
	if res := h.do(r).mustStatus(t, 304); len(res.body) > 0 {
		t.Error("what the browser has is sent once more")
	}
	files.public = false // taken back, or erased
	if got := h.do(r.Clone(t.Context())).mustStatus(t, 404).Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("what is no more is kept: %q", got)
	}
	for range 9 {
		h.get("/tep/7")
	}
	h.get("/tep/7").mustStatus(t, 429)
	h.get("/t/"+p.Token).mustStatus(t, 200)
	h.get("/p/"+p.Slips[0].Token).mustStatus(t, 200)
	if h.stored(p.Code).Status != escalation.Forwarded {
		t.Error("looking changed it")
	}
}
