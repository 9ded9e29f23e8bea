package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheFrontPageLeadsToWhatIsServed(t *testing.T) {
	const lookup, published, console = `href="/tra-cuu"`, `href="/cong-khai"`, `href="/console"`
	whole := newHouse(t, wholeDoor, func(c *Config) { c.Console, c.Published = http.NotFoundHandler(), countedMonths{} })
	bare := newHouse(t, func(c *Config) { c.Lookups, c.Published, c.Console = nil, nil, nil })
	for _, c := range []struct {
		h    *house
		path string
		code int
		has  bool
	}{{whole, "/", 200, true}, {whole, "/khong-co", 404, true}, {bare, "/", 200, false}, {bare, "/tr/x", 404, false}} {
		page := string(c.h.get(c.path).mustStatus(t, c.code).body)
		for _, link := range []string{lookup, published, console} {
			if strings.Contains(page, link) != c.has {
				t.Errorf("%s: %s is there %t\n%s", c.path, link, !c.has, page)
			}
		}
		if !strings.Contains(page, `href="/gui-phan-anh"`) || strings.Contains(page, c.path+"x") {
			t.Errorf("%s: %s", c.path, page)
		}
	}
}

func TestAWrongAddressIsToldInVietnamese(t *testing.T) {
	h := newHouse(t)
	if page := string(h.get("/index.php?x=<b>").mustStatus(t, 404).body); !strings.Contains(page, "Không có trang này") || strings.Contains(page, "index.php") {
		t.Error(page)
	}
	h.post("/khong-co").mustStatus(t, 404)
	h.post("/assets/page.css").mustStatus(t, 405)
	h.api("operator", "GET", "/khong-co", "").problem(t, 404) // programs are answered as programs
}
