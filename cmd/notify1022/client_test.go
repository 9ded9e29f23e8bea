package main

import (
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"notify1022/escalation"
	"notify1022/web/client"
)

func TestAProgramWorksThroughTheClient(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00")
	h.people()
	c := &client.Client{BaseURL: "http://" + h.room.Addr, Key: h.key}
	citizen := escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: citizenPhone}
	taken, err := c.Accept(h.ctx, escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Nắp cống vỡ", Citizen: citizen, Unit: "LACHTRAY"})
	if err != nil || taken.Status != escalation.Forwarded {
		t.Fatalf("%+v, %v", taken, err)
	}
	if _, err := c.Do(h.ctx, taken.Code, &escalation.Acknowledge{}, taken.Version); err != nil {
		t.Fatal(err)
	}
	var refused *client.Error
	if _, err := c.Do(h.ctx, taken.Code, &escalation.Progress{Text: "đang sửa"}, taken.Version); !errors.As(err, &refused) || refused.Status != http.StatusConflict {
		t.Errorf("an old version is answered %v", err)
	}
	if _, err := c.Accept(h.ctx, escalation.Intake{Channel: escalation.ByPhone, Kind: 9}); !errors.As(err, &refused) || refused.Status != 422 || len(refused.Errors) == 0 {
		t.Errorf("a bad intake is answered %v", err)
	}
	for range 4 {
		h.petition(false)
	}
	seen := map[string]bool{}
	for row, err := range c.Petitions(h.ctx, url.Values{"limit": {"2"}}) {
		if err != nil || seen[row.Code] {
			t.Fatalf("%s twice, or %v", row.Code, err)
		}
		seen[row.Code] = true
	}
	if len(seen) != 5 {
		t.Errorf("the list has %d petitions, want 5", len(seen))
	}
	p, err := c.Petition(h.ctx, taken.Code)
	if err != nil || len(p.Timeline) == 0 || len(p.Deadlines) == 0 {
		t.Errorf("the petition is read as %+v, %v", p, err)
	}
}

// cut answers a request and then loses the first answer.
type cut struct {
	http.Handler
	lost atomic.Bool
}

func (c *cut) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && !c.lost.Swap(true) {
		c.Handler.ServeHTTP(nowhere{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	}
	c.Handler.ServeHTTP(w, r)
}

type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

func TestALostAnswerMakesNoSecondPetition(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00")
	h.people()
	target, err := url.Parse("http://" + h.room.Addr)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &cut{Handler: httputil.NewSingleHostReverseProxy(target)}
	server := &http.Server{Handler: proxy}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	c := &client.Client{BaseURL: "http://" + listener.Addr().String(), Key: h.key}
	taken, err := c.Accept(h.ctx, escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Nắp cống vỡ", Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: citizenPhone}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for row, err := range c.Petitions(h.ctx, nil) {
		if err != nil || row.Code != taken.Code {
			t.Errorf("%+v, %v", row, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d petitions of one request", n)
	}
}
