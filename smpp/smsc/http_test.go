package smsc_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func mustCall(t *testing.T, method, url, body string, code int, out any) {
	t.Helper()
	req, err := http.NewRequestWithContext(testContext(t), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != code {
		t.Fatalf("%s %s: %s %s", method, url, res.Status, b)
	}
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
}

func TestTheControlAPIDrivesHandsetsAndFaults(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	web := httptest.NewServer(server)
	defer web.Close()
	defer http.DefaultClient.CloseIdleConnections()
	e := mustESME(t, addr)

	mustCall(t, "POST", web.URL+"/handsets/0570000001/send", `{"to":"8022","text":"NHAN 4821"}`, 204, nil)
	if d := e.next(t); string(d.ShortMessage) != "NHAN 4821" || d.Source.Addr != officer {
		t.Fatalf("got %+v", d)
	}
	e.send(t, officer, "Da nhan")
	var messages []smsc.Message
	mustCall(t, "GET", web.URL+"/handsets/+84570000001/messages", "", 200, &messages)
	if len(messages) != 1 || messages[0].Text != "Da nhan" {
		t.Fatalf("messages %+v", messages)
	}
	mustCall(t, "POST", web.URL+"/handsets/0570000001/mode", `{"refuse":"RINVDSTADR"}`, 204, nil)
	if out := e.send(t, officer, "x"); out.Status != smpp.StatusInvalidDestination {
		t.Fatalf("outcome %+v", out)
	}
	mustCall(t, "POST", web.URL+"/handsets/0570000001/mode", `{"state":"undeliv"}`, 204, nil)
	if m := server.Handset(officer).Mode(); m != (smsc.Mode{State: smpp.StateUndeliverable}) {
		t.Fatalf("mode %+v", m)
	}
	var list []struct {
		Number   string
		Messages int
	}
	mustCall(t, "GET", web.URL+"/handsets", "", 200, &list)
	if len(list) != 1 || list[0].Number != officer || list[0].Messages != 1 {
		t.Fatalf("handsets %+v", list)
	}
	want := smsc.Faults{Latency: smsc.Duration(5 * time.Millisecond), Rate: 100, ErrorStatus: smpp.StatusQueueFull}
	var got smsc.Faults
	mustCall(t, "POST", web.URL+"/faults", `{"latency":"5ms","rate":100,"error_status":"RMSGQFUL"}`, 200, &got)
	if got != want || server.Faults() != want {
		t.Fatalf("faults %+v", got)
	}
	mustCall(t, "GET", web.URL+"/faults", "", 200, &got)
	var st smsc.Stats
	mustCall(t, "GET", web.URL+"/stats", "", 200, &st)
	if st.BoundNow != 1 || st.Submits != 2 || st.MOs != 1 {
		t.Fatalf("stats %+v", st)
	}
	mustCall(t, "GET", web.URL+"/", "", 200, nil)
}

func TestTheControlAPIRefusesBadInput(t *testing.T) {
	server, _ := mustServer(t, smsc.Config{})
	web := httptest.NewServer(server)
	defer web.Close()
	defer http.DefaultClient.CloseIdleConnections()
	for _, tc := range []struct {
		path, body string
		code       int
	}{
		{"/handsets/0570000001/send", `{"text":"x"}`, 422},
		{"/handsets/0570000001/send", `{`, 400},
		{"/handsets/abc/send", `{"to":"8022","text":"x"}`, 400},
		{"/handsets/0570000001/mode", `{"state":"ASLEEP"}`, 422},
		{"/handsets/0570000001/mode", `{"refuse":"RNONSENSE"}`, 400},
		{"/faults", `{"error_rate":2}`, 400},
		{"/faults", `{"drop_every":-1}`, 400},
		{"/faults", `{"latency":"soon"}`, 400},
		{"/nothing", `{}`, 404},
	} {
		mustCall(t, "POST", web.URL+tc.path, tc.body, tc.code, nil)
	}
	if server.Faults() != (smsc.Faults{}) {
		t.Fatal("a refused request changed the faults")
	}
}

func TestEventsStreamAsTheyHappen(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	web := httptest.NewServer(server)
	defer web.Close()
	defer http.DefaultClient.CloseIdleConnections()
	res, err := http.Get(web.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	e := mustESME(t, addr)
	e.send(t, officer, "hi")
	seen := map[smsc.Kind]bool{}
	lines := bufio.NewScanner(res.Body)
	for !seen[smsc.EventBind] || !seen[smsc.EventSubmit] || !seen[smsc.EventMessage] || !seen[smsc.EventReceipt] {
		if !lines.Scan() {
			t.Fatalf("the stream ended after %v", seen)
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var ev smsc.Event
		if err := json.Unmarshal([]byte(data), &ev); err != nil {
			t.Fatal(err)
		}
		seen[ev.Kind] = true
		if ev.Kind == smsc.EventMessage && (ev.Message.Text != "hi" || ev.Phone != officer) {
			t.Fatalf("event %+v", ev)
		}
	}
}
