package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/mail/mailtest"
)

// arrival waits for the next mail at the relay's far end.
func (o *office) arrival(t *testing.T) *opened {
	t.Helper()
	select {
	case content := <-o.came:
		return open1(t, content)
	case <-time.After(30 * time.Second):
		t.Fatal("no mail arrives")
	}
	return nil
}

func TestOpenSMTPDTakesOurMailAndItArrivesWhole(t *testing.T) {
	o := open(t, &office{came: make(chan string, 10)}, Plain)
	s := sender(t, &office{addr: mailtest.OpenSMTPD(t, o.addr)}, func(c *Config) { c.Bounce, c.Timeout = "loi@haiphong.gov.vn", time.Minute })
	defer s.Close()
	if offers, err := s.Check(t.Context()); err != nil || offers != "no TLS, up to 262144 octets" {
		t.Errorf("it offers %q (%v)", offers, err)
	}
	file := strings.Repeat(".\r\n", 5000)
	enclosed := escalation.Enclosure{Text: "Mã  Hạn", HTML: "<table></table>", Files: []escalation.EnclosedFile{
		{Name: "a.csv", MediaType: "text/csv", Content: []byte(file)}}}
	var e *Error
	stranger := s.message(row(), enclosed)
	stranger.To = "vp1@example.com"
	if err := s.Send(t.Context(), stranger); !errors.As(err, &e) || e.Temporary() || e.Step != "to" || e.Code != 550 {
		t.Errorf("a stranger: %v (%+v)", err, e)
	}
	large := s.message(row(), enclosed)
	large.Attachments = []escalation.EnclosedFile{{Name: "a.bin", MediaType: "application/octet-stream", Content: make([]byte, mailtest.SizeMost)}}
	if err := s.Send(t.Context(), large); !errors.As(err, &e) || e.Temporary() || e.Step != errTooLarge.Error() {
		t.Errorf("a large one: %v (%+v)", err, e)
	}
	for range 2 { // over the connection that the refusals left open
		if err := s.Send(t.Context(), s.message(row(), enclosed)); err != nil {
			t.Fatal(err)
		}
		got := o.arrival(t)
		if got.header.Get("Message-Id") != "<7.3e8@haiphong.gov.vn>" || got.files["a.csv"] != file ||
			!strings.Contains(got.text, "\r\n.một dòng") || !strings.Contains(got.html, "<table>") {
			t.Errorf("%v\n%s\n%s", got.header, got.text, got.html)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if from := o.from[len(o.from)-1]; from != "loi@haiphong.gov.vn" {
		t.Errorf("bounces go to %q", from)
	}
	if n := len(s.idle); n != 1 {
		t.Errorf("%d connections were used", n)
	}
}
