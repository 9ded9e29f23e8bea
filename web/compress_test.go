package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// unpacked is the answer's body without its compression.
func (r response) unpacked(t *testing.T) []byte {
	t.Helper()
	in, err := gzip.NewReader(bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestTextsGoCompressedToWhoTakesThem(t *testing.T) {
	files := &gallery{file: bytes.Repeat(photo(t), 1), public: true}
	h := newHouse(t, func(c *Config) { c.Attachments = files })
	p := h.accept(`"unit":"SXD"`)
	ask := func(path, takes string) response {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", "Bearer "+h.keys["operator"])
		if takes != "" {
			r.Header.Set("Accept-Encoding", takes)
		}
		return h.do(r).mustStatus(t, 200)
	}
	for path, small := range map[string]bool{"/t/" + p.Token: false, "/p/" + p.Slips[0].Token: false, "/gui-phan-anh": false, "/assets/page.css": false,
		"/api/openapi.json": false, "/api/v1/petitions/" + p.Code: false, "/robots.txt": true, "/tep/7": true} {
		plain, packed := ask(path, ""), ask(path, "gzip, deflate, br, zstd")
		if plain.Header.Get("Content-Encoding") != "" || !strings.Contains(plain.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s to who takes nothing: %v", path, plain.Header)
		}
		if small {
			if packed.Header.Get("Content-Encoding") != "" || !bytes.Equal(packed.body, plain.body) {
				t.Errorf("%s is compressed", path)
			}
			continue
		}
		if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Content-Length") != "" || 4*len(packed.body) > 3*len(plain.body) {
			t.Fatalf("%s: %v, %d of %d octets", path, packed.Header, len(packed.body), len(plain.body))
		}
		if got := packed.unpacked(t); len(got) != len(plain.body) || plain.Header.Get("Content-Type") != packed.Header.Get("Content-Type") || plain.Header.Get("ETag") != packed.Header.Get("ETag") {
			t.Errorf("%s is another page when it is compressed: %v", path, packed.Header)
		}
	}
	tag := ask("/api/v1/petitions/"+p.Code, "gzip").Header.Get("ETag")
	h.api("operator", "POST", "/petitions/"+p.Code+"/urgent", `{"reason":"nguy hiểm"}`, "If-Match", tag, "Accept-Encoding", "gzip").mustStatus(t, 200)
	refused := h.api("operator", "POST", "/petitions/"+p.Code+"/progress", `{"text":"x"}`, "If-Match", tag, "Accept-Encoding", "gzip")
	if refused.StatusCode != 409 {
		t.Errorf("an old ETag: %d", refused.StatusCode)
	}
}

func TestWhatIsCompressedComesWholeOverAConnection(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h.handler)
	defer server.Close()
	for _, method := range []string{"GET", "HEAD"} {
		r, err := http.NewRequest(method, server.URL+"/gui-phan-anh", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip")
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 200 || (method == "GET") != (len(body) > 0) || (method == "GET") != (res.Header.Get("Content-Encoding") == "gzip") {
			t.Errorf("%s: %d, %v, %d octets, %v", method, res.StatusCode, res.Header, len(body), err)
		}
	}
}

func TestAStreamOfEventsIsNotGathered(t *testing.T) {
	leave := make(chan struct{})
	h := newHouse(t, func(c *Config) {
		c.Console = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			out := http.NewResponseController(w)
			if err := out.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, ": hello\n\n")
			if err := out.Flush(); err != nil {
				t.Error(err)
			}
			<-leave
		})
	})
	server := httptest.NewServer(h.handler)
	defer server.Close()
	defer close(leave)
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/console/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); line != ": hello\n" || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("%q, %v, %v", line, res.Header, err)
	}
}

// A page's size must not tell whether a word that somebody had the reader look for stands in it.
func TestTheSizeOfAPageDoesNotTellAGuess(t *testing.T) {
	body := strings.Repeat("<p>Phản ánh về đèn đường</p>", 100) + "<p>mã 482913</p>"
	sizes := map[int]bool{}
	for guess := range 40 {
		handler, err := compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, body+"<p>tìm: mã "+strings.Repeat("0", guess%2)+string(rune('a'+guess%26))+"</p>")
		}))
		if err != nil {
			t.Fatal(err)
		}
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", "gzip")
		handler.ServeHTTP(w, r)
		sizes[w.Body.Len()] = true
	}
	if len(sizes) < 10 {
		t.Errorf("the sizes of forty guesses are %v", sizes)
	}
}

// A citizen's phone over 3G loads a page with all that it names, but the photos, for 100 kB at
// the most.
func TestNoPublicPageWeighsMoreThanAHundredKilobytes(t *testing.T) {
	const most = 100_000
	h := newHouse(t, func(c *Config) { c.Published = countedMonths{} }) // full pages of answers
	p := h.accept(`"unit":"SXD"`)
	named := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)
	weight := func(path string) (octets int, body []byte) {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		got := h.do(r).mustStatus(t, 200)
		if body = got.body; got.Header.Get("Content-Encoding") == "gzip" {
			body = got.unpacked(t)
		}
		return len(got.body), body
	}
	for _, path := range []string{"/", "/t/" + p.Token, "/p/" + p.Slips[0].Token, "/gui-phan-anh", "/tra-cuu", "/cong-khai"} {
		whole, body := weight(path)
		assets := named.FindAllSubmatch(body, -1)
		for _, asset := range assets {
			octets, _ := weight(string(asset[1]))
			whole += octets
		}
		if whole > most || len(assets) == 0 {
			t.Errorf("%s takes %d octets with %d assets, most are %d", path, whole, len(assets), most)
		}
		t.Logf("%s: %d octets", path, whole)
	}
}
