package rehearsal

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// visitor is somebody at the page of a town that plays.
type visitor struct {
	t   *testing.T
	url string
}

// newVisitor opens a town whose clock runs so many domain seconds per second.
func newVisitor(t *testing.T, speed float64) *visitor {
	t.Helper()
	h := newHouse(t)
	fatal(t, h.Store.SetSpeed(context.Background(), speed))
	town, err := NewTown(h.Service, slog.New(slog.DiscardHandler))
	fatal(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- town.Run(ctx) }()
	server := httptest.NewServer(town.Handler())
	t.Cleanup(func() {
		server.Close()
		cancel()
		fatal(t, <-ended)
	})
	return &visitor{t, server.URL}
}

func (v *visitor) ask(method, path, body string) (int, string) {
	v.t.Helper()
	request, err := http.NewRequest(method, v.url+path, strings.NewReader(body))
	fatal(v.t, err)
	answer, err := http.DefaultClient.Do(request)
	fatal(v.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	fatal(v.t, err)
	return answer.StatusCode, string(text)
}

// get reads an endpoint's JSON.
func (v *visitor) get(path string, into any) {
	v.t.Helper()
	status, body := v.ask("GET", path, "")
	if status != http.StatusOK {
		v.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	fatal(v.t, json.Unmarshal([]byte(body), into))
}

func (v *visitor) post(path, body string) {
	v.t.Helper()
	if status, answer := v.ask("POST", path, body); status != http.StatusOK {
		v.t.Fatalf("POST %s: %d %s", path, status, answer)
	}
}

func (v *visitor) state() (s stateView) {
	v.t.Helper()
	v.get("/demo/state", &s)
	return s
}

// waits looks at the state until it is as wanted.
func (v *visitor) waits(what string, wanted func(stateView) bool) stateView {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	var s stateView
	err := until(ctx, func() (bool, error) {
		s = v.state()
		return wanted(s), nil
	})
	if err != nil {
		v.t.Fatalf("%s: %v; the clock shows %s", what, err, s.Clock.Text)
	}
	return s
}

func handsetOf(s stateView, name string) handsetView {
	for _, h := range s.Handsets {
		if h.Name == name {
			return h
		}
	}
	return handsetView{}
}

func TestThePageIsWholeAndStaysOnItsOrigin(t *testing.T) {
	v := newVisitor(t, 0)
	status, page := v.ask("GET", "/", "")
	if status != http.StatusOK || !strings.Contains(page, `lang="vi"`) || !strings.Contains(page, "SXD") {
		t.Fatalf("the page: %d", status)
	}
	for _, link := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if link[1] == "data:," { // no icon
			continue
		}
		if !strings.HasPrefix(link[1], "/demo/page/") {
			t.Errorf("the page asks elsewhere: %s", link[1])
			continue
		}
		if status, _ := v.ask("GET", link[1], ""); status != http.StatusOK {
			t.Errorf("%s: %d", link[1], status)
		}
	}
	if strings.Contains(page, "onclick") || strings.Contains(page, " style=") {
		t.Error("the page has scripts or styles that its own policy forbids")
	}
}

func TestAPersonPlaysAnOfficerAndTheOperator(t *testing.T) {
	v := newVisitor(t, 0)
	v.post("/demo/petitions", `{"content": "Nước thải chảy ra kênh.", "unit": "SNNMT", "urgent": false}`)
	s := v.waits("the slip", func(s stateView) bool { return handsetOf(s, "Trần Thị Mẫu").Count == 1 })
	petition, officer := s.Petitions[0], handsetOf(s, "Trần Thị Mẫu")
	if petition.Status != escalation.Forwarded || petition.Next == nil || petition.Next.Rung != escalation.RungNudge {
		t.Fatalf("the petition: %+v", petition)
	}
	mtl := regexp.MustCompile(`NHAN (\d+)`).FindStringSubmatch(officer.Last)
	if mtl == nil {
		t.Fatal("the slip has no code")
	}
	v.post("/demo/handsets/"+officer.ID, `{"text": "XONG `+mtl[1]+` da yeu cau doanh nghiep dung xa thai"}`)
	v.waits("the result", func(s stateView) bool { return s.Petitions[0].Status == escalation.Resolved })
	v.post("/demo/petitions/"+petition.Code+"/publish", `{"as": "operator", "command": {}}`)
	v.waits("the result's text", func(s stateView) bool {
		return strings.Contains(handsetOf(s, "Nguyễn Văn Khách").Last, "da tra loi")
	})

	var d detailView
	v.get("/demo/petitions/"+petition.Code, &d)
	if d.Status != escalation.Published || len(d.Timeline) < 4 || len(d.Messages) < 4 || len(d.Deadlines) == 0 || d.Result == "" {
		t.Errorf("the detail: %d entries, %d messages, %d deadlines, status %s", len(d.Timeline), len(d.Messages), len(d.Deadlines), d.Status)
	}
	var chat chatView
	v.get("/demo/handsets/"+officer.ID, &chat)
	if len(chat.Texts) < 3 || !chat.Texts[0].Out || chat.Number != "057****103" {
		t.Errorf("the chat: %+v", chat)
	}
}

func TestTheTownComesToLifeAndTheClockObeys(t *testing.T) {
	v := newVisitor(t, 0)
	v.post("/demo/clock", `{"skip": "morning"}`) // Tuesday 07:30
	s := v.waits("the next morning", func(s stateView) bool { return s.Clock.Skip == "" && s.Clock.Now.After(at("17/11 07:29")) })
	if s.Clock.Now.After(at("17/11 07:31")) || s.Clock.Speed != 0 || !s.Clock.Working {
		t.Errorf("after the jump the clock shows %s at speed %v", s.Clock.Text, s.Clock.Speed)
	}
	if len(s.Petitions) < 29 {
		t.Errorf("%d petitions have arrived by Tuesday, want 29", len(s.Petitions))
	}
	seen := map[escalation.Status]int{}
	for _, p := range s.Petitions {
		seen[p.Status]++
	}
	for _, want := range []escalation.Status{escalation.Received, escalation.Forwarded, escalation.InProgress, escalation.Published,
		escalation.AnsweredDirectly, escalation.Rejected, escalation.Disputed, escalation.Resolved} {
		if seen[want] == 0 {
			t.Errorf("no petition is %s on Tuesday: %v", want, seen)
		}
	}
	for _, p := range s.Petitions {
		var d detailView
		v.get("/demo/petitions/"+p.Code, &d)
		if body, err := json.Marshal(d); err != nil || strings.Contains(string(body), "ma túy") {
			t.Errorf("the page shows a denunciation's content (%v)", err)
		}
	}
	v.post("/demo/clock", `{"speed": 60}`)
	if got := v.state().Clock.Speed; got != 60 {
		t.Errorf("speed %v, want 60", got)
	}
	v.post("/demo/clock", `{"skip": "next"}`)
	v.waits("the next deadline", func(s stateView) bool { return s.Clock.Skip == "" && s.Clock.Speed == 60 })
}

func TestABadRequestOfThePageGetsAClearAnswer(t *testing.T) {
	v := newVisitor(t, 0)
	v.post("/demo/petitions", `{"content": "Cây đổ."}`)
	code := v.state().Petitions[0].Code
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"no JSON", "POST", "/demo/clock", "speed", 400},
		{"an unknown field", "POST", "/demo/clock", `{"tempo": 3}`, 400},
		{"nothing said", "POST", "/demo/clock", `{}`, 422},
		{"too fast", "POST", "/demo/clock", `{"speed": 100000}`, 422},
		{"backwards", "POST", "/demo/clock", `{"speed": -1}`, 422},
		{"an empty petition", "POST", "/demo/petitions", `{"content": " "}`, 422},
		{"no such unit", "POST", "/demo/petitions", `{"content": "a", "unit": "XYZ"}`, 422},
		{"no such petition", "GET", "/demo/petitions/HP000000-0000", "", 404},
		{"no such verb", "POST", "/demo/petitions/" + code + "/explode", `{"as": "operator"}`, 404},
		{"nobody's act", "POST", "/demo/petitions/" + code + "/touch", `{}`, 422},
		{"an unknown particular", "POST", "/demo/petitions/" + code + "/reject", `{"as": "operator", "command": {"why": "x"}}`, 400},
		{"a missing reason", "POST", "/demo/petitions/" + code + "/reject", `{"as": "operator"}`, 422},
		{"not this role", "POST", "/demo/petitions/" + code + "/hold", `{"as": "operator", "command": {"reason": "x", "until": "2026-12-01T08:00:00+07:00"}}`, 403},
		{"not now", "POST", "/demo/petitions/" + code + "/publish", `{"as": "operator"}`, 409},
		{"no such handset", "GET", "/demo/handsets/contact-0", "", 404},
		{"an empty text", "POST", "/demo/handsets/contact-1", `{"text": ""}`, 422},
		{"a text without end", "POST", "/demo/handsets/contact-1", `{"text": "` + strings.Repeat("a", 1001) + `"}`, 422},
		{"a body without end", "POST", "/demo/petitions", `{"content": "` + strings.Repeat("a", maxBody) + `"}`, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body := v.ask(tt.method, tt.path, tt.body)
			if status != tt.status || !strings.Contains(body, `"detail"`) {
				t.Errorf("%d %s, want %d", status, body, tt.status)
			}
		})
	}
}

func TestAnotherSiteCannotActThroughAVisitorsBrowser(t *testing.T) {
	v := newVisitor(t, 0)
	request, err := http.NewRequest("POST", v.url+"/demo/clock", strings.NewReader(`{"speed": 60}`))
	fatal(t, err)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := http.DefaultClient.Do(request)
	fatal(t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a cross-site POST got %d, want 403", answer.StatusCode)
	}
	if got := v.state().Clock.Speed; got != 0 {
		t.Errorf("the clock runs at %v", got)
	}
}
