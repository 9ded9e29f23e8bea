package smpp_test

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
)

// kannel is a bearerbox and a smsbox bound to an SMSC of ours.
type kannel struct {
	send  string // URL of its sendsms
	calls chan url.Values
	web   string // where it reports MOs and receipts
}

// kannelConf is the groups of both; blank lines separate them.
const kannelConf = `group = core
admin-port = %[1]d
admin-password = bar
admin-interface = "127.0.0.1"
smsbox-port = %[2]d
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
dlr-storage = internal
log-level = 1

group = smsc
smsc = smpp
smsc-id = sim
host = 127.0.0.1
port = %[4]s
transceiver-mode = true
smsc-username = "user"
smsc-password = "secret"
system-type = ""
interface-version = 34
source-addr-ton = 5
source-addr-npi = 0
dest-addr-ton = 1
dest-addr-npi = 1
enquire-link-interval = 1
reconnect-delay = 2

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = %[2]d
sendsms-port = %[3]d
sendsms-interface = "127.0.0.1"

group = sendsms-user
username = tester
password = foobar
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "%[5]s/mo?from=%%p&to=%%P&text=%%b&coding=%%c"
max-messages = 0
catch-all = true
`

// mustKannel starts both boxes and waits until they are ready.
func mustKannel(t *testing.T, server *smsc.Server, smscAddr string) *kannel {
	t.Helper()
	k := &kannel{calls: make(chan url.Values, 100)}
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		v := r.URL.Query()
		v.Set("path", r.URL.Path)
		k.calls <- v
	}))
	t.Cleanup(web.Close)
	k.web = web.URL
	ports := freePorts(t, 3)
	_, port, _ := net.SplitHostPort(smscAddr)
	dir := t.TempDir()
	conf := filepath.Join(dir, "kannel.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, kannelConf, ports[0], ports[1], ports[2], port, k.web), 0o600); err != nil {
		t.Fatal(err)
	}
	bound := server.Events(t.Context())
	startProgram(t, dir, "bearerbox", "-v", "2", conf)
	for e := range bound {
		if e.Kind == smsc.EventBind {
			break
		}
	}
	waitForPort(t, ports[1])
	startProgram(t, dir, "smsbox", "-v", "2", conf)
	waitForPort(t, ports[2])
	k.send = fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", ports[2])
	return k
}

// freePorts are free when asked; Kannel cannot choose its own.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // after all are chosen, so that they differ
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// waitForPort tries until somebody listens.
func waitForPort(t *testing.T, port int) {
	t.Helper()
	for range 200 {
		nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			nc.Close()
			return
		}
		time.Sleep(50 * time.Millisecond) // another process: no event tells
	}
	t.Fatalf("nobody listens on port %d", port)
}

// mustSend submits a text through Kannel's HTTP interface.
func (k *kannel) mustSend(t *testing.T, text string, coding sms.Coding) {
	t.Helper()
	q := url.Values{
		"username": {"tester"}, "password": {"foobar"}, "from": {"1022HP"}, "to": {officer},
		"charset": {"UTF-8"}, "text": {text}, "coding": {"0"},
		"dlr-mask": {"31"}, "dlr-url": {k.web + "/dlr?state=%d"},
	}
	if coding == sms.UCS2 {
		q.Set("coding", "2")
	}
	resp, err := http.Get(k.send + "?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("sendsms answered %s", resp.Status)
	}
}

// mustCall is the next call of Kannel to the path.
func (k *kannel) mustCall(t *testing.T, path string) url.Values {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case v := <-k.calls:
			if v.Get("path") == path {
				return v
			}
		case <-limit:
			t.Fatalf("no call of %s", path)
		}
	}
}

// moText is the text of an MO as Kannel hands it over: UTF-8, or UTF-16 for
// coding 2.
func moText(v url.Values) string {
	if v.Get("coding") == "2" {
		return sms.Decode(uint8(sms.UCS2), []byte(v.Get("text")))
	}
	return v.Get("text")
}

func TestKannelIsServed(t *testing.T) {
	requirePrograms(t, "kannel", "bearerbox", "smsbox")
	server, addr := mustListen(t, smsc.Config{Accounts: map[string]string{"user": "secret"}, ReceiptDelay: 20 * time.Millisecond})
	wire := mustCapture(t, addr)
	k := mustKannel(t, server, wire.addr())

	texts := []string{
		"Phieu 4821: {[€]} ^~|\\",
		"à è é ù ì ò Ø Å Δ Φ", // accents that GSM 03.38 has
		"Đường hồng, phường An Biên",
		strings.Repeat("Kinh gui don vi. ", 18),       // two parts
		strings.Repeat("Kính gửi đơn vị xử lý. ", 12), // five parts of UCS-2
	}
	for i, text := range texts {
		k.mustSend(t, text, sms.Detect(text))
		m, err := server.Handset(officer).Wait(testContext(t), i)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		// Kannel cuts the blanks at the end of a text.
		if m.Text != strings.TrimSpace(text) && m.Text != text {
			t.Errorf("handset got %q (% x), want %q", m.Text, m.Text, text)
		}
		if want := sms.Segments(text, sms.Detect(text)); m.Segments < want || m.Segments > want+1 {
			t.Errorf("%q took %d segments, %d would do", text, m.Segments, want)
		}
		for state := ""; state != "1"; { // 8: at the SMSC, 1: delivered
			state = k.mustCall(t, "/dlr").Get("state")
			if state != "8" && state != "1" {
				t.Fatalf("%q: receipt of state %s", text, state)
			}
		}
	}

	for _, text := range []string{"NHAN 4821 {[€]}", "NHẬN 4821", strings.Repeat("XONG 4821 da xu ly. ", 12)} {
		if err := server.Handset(officer).Send(testContext(t), hotline, text); err != nil {
			t.Fatal(err)
		}
		v := k.mustCall(t, "/mo")
		if got := moText(v); strings.TrimSpace(got) != strings.TrimSpace(text) || strings.TrimPrefix(v.Get("from"), "+") != officer {
			t.Errorf("MO %q from %s, want %q", got, v.Get("from"), text)
		}
	}
	for _, part := range []string{"050003090202", "050003090201"} { // the second part first
		header, err := hex.DecodeString(part)
		if err != nil {
			t.Fatal(err)
		}
		body := map[byte]string{1: "first ", 2: "second"}[header[5]]
		err = server.Deliver(testContext(t), smpp.Deliver{
			Source: smpp.International(officer), Dest: smpp.Sender(hotline),
			ESMClass: smpp.ESMClassUDHI, ShortMessage: append(header, body...),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := moText(k.mustCall(t, "/mo")); got != "first second" {
		t.Errorf("joined %q", got)
	}
	wire.mustDissect(t)
}
