package main

import (
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"notify1022/mail/mailtest"
)

// arrival waits for a mail to the address, and reads it.
func (b letterbox) arrival(t *testing.T, to string) *mail.Message {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case content := <-b:
			m, err := mail.ReadMessage(strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			if m.Header.Get("To") == "<"+to+">" {
				return m
			}
		case <-late:
			t.Fatalf("no mail to %s", to)
		}
	}
}

func TestASlipThatNoHandsetTakesGoesByEmail(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(*testing.T) (string, letterbox){
		"in process": openLetterbox,
		"opensmtpd": func(t *testing.T) (string, letterbox) {
			addr, box := openLetterbox(t)
			return mailtest.OpenSMTPD(t, addr), box
		},
	} {
		t.Run(name, func(t *testing.T) {
			addr, box := server(t)
			h := startHotline(t, "2026-11-23T10:00:00+07:00", `mail: {addr: "`+addr+`", bounce: "loi@haiphong.gov.vn"}`) // Monday
			code := h.unreachable()
			m := box.arrival(t, "doc@example.vn")
			text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if err != nil || !holdsAll(string(text), []string{code, "NHAN"}) {
				t.Errorf("(%v) it says\n%s", err, text)
			}
			for field, want := range map[string]string{
				"References": "<" + code + "@haiphong.gov.vn>", "In-Reply-To": "<" + code + "@haiphong.gov.vn>", "Auto-Submitted": "auto-generated",
			} {
				if got := m.Header.Get(field); got != want {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
			h.eventually("the mail to be counted as sent", func() bool { return h.mailState(code, "O1") == "accepted" })
		})
	}
}

// unreachable records a petition for a ward where no handset takes a text and the
// deputy has an address, and returns its code.
func (h *hotline) unreachable() string {
	const deputyPhone = "0570000008"
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "LACHTRAY", "role": "deputy", "name": "Người đọc thư", "phone": deputyPhone, "email": "doc@example.vn"})
	for _, phone := range []string{focalPhone, headPhone, deputyPhone} {
		h.smsc.Handset(phone).Unreachable()
	}
	return h.petition(false)
}

// mailState is how far the petition's last mail with the text got.
func (h *hotline) mailState(code, template string) string {
	state := ""
	for _, one := range h.call(200, "GET", "/api/v1/petitions/"+code, nil)["messages"].([]any) {
		if m := one.(map[string]any); m["template"] == template && strings.Contains(m["to"].(string), "@") {
			state = m["state"].(string)
		}
	}
	return state
}

// refusing is a mail server that knows no mailbox.
type refusing struct{ letterbox }

func (r refusing) NewSession(*smtp.Conn) (smtp.Session, error) { return shut{slot(r)}, nil }

type shut struct{ slot }

func (shut) Rcpt(string, *smtp.RcptOptions) error {
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
}

func TestAMailRefusedForGoodBecomesAPersonsTask(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveMail(t, listener, refusing{})
	h := startHotline(t, "2026-11-23T10:00:00+07:00", `mail: {addr: "`+listener.Addr().String()+`"}`) // Monday
	code := h.unreachable()
	h.eventually("a task about the unit that nobody reaches", func() bool {
		for _, one := range h.call(200, "GET", "/api/v1/tasks", nil)["items"].([]any) {
			if task := one.(map[string]any); task["kind"] == "unreachable" && task["petition"] == code {
				return true
			}
		}
		return false
	})
	if state := h.mailState(code, "O1"); state != "failed" {
		t.Errorf("the mail is %s", state)
	}
}

// hasty is a mail server whose line breaks behind the first mail's final dot.
type hasty struct {
	letterbox
	broken *atomic.Bool
}

func (b hasty) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return hastySlot{slot(slot{b.letterbox}), b, c}, nil
}

type hastySlot struct {
	slot
	b    hasty
	conn *smtp.Conn
}

func (s hastySlot) Data(r io.Reader) error {
	err := s.slot.Data(r)
	if s.b.broken.CompareAndSwap(false, true) {
		s.conn.Conn().Close()
	}
	return err
}

func TestAMailWhoseAnswerIsLostIsSentAgainAndSaysSo(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := make(letterbox, 16)
	serveMail(t, listener, hasty{box, new(atomic.Bool)})
	h := startHotline(t, "2026-11-23T10:00:00+07:00", "grace: 2s\n"+`mail: {addr: "`+listener.Addr().String()+`"}`) // Monday
	code := h.unreachable()
	var ids, texts []string
	for range 2 {
		m := box.arrival(t, "doc@example.vn")
		text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		ids, texts = append(ids, m.Header.Get("Message-Id")), append(texts, string(text))
	}
	if ids[0] != ids[1] || !strings.HasPrefix(texts[1], "(Thư này có thể đã được gửi trước đó") || !strings.HasSuffix(texts[1], texts[0]) {
		t.Errorf("%s says\n%s\n%s says\n%s", ids[0], texts[0], ids[1], texts[1])
	}
	h.eventually("the repeat to be counted as sent", func() bool { return h.mailState(code, "O1") == "accepted" })
}

func TestDoctorSaysWhatTheMailServerOffersAndSendsNothing(t *testing.T) {
	addr, box := openLetterbox(t)
	dir := t.TempDir()
	for name, test := range map[string]struct {
		mail string
		want string
	}{
		"as it should be": {`{addr: "` + addr + `"}`, "ok    mail       answers: no TLS"},
		"no STARTTLS":     {`{addr: "` + addr + `", security: starttls}`, "FAIL  mail       mail: starttls: the server does not offer it"},
		"nobody":          {`{addr: "127.0.0.1:1"}`, "FAIL  mail       mail: dial: "},
		"no password":     {`{addr: "` + addr + `", username: u, password: p}`, "FAIL  mail       mail: starttls: the server does not offer it"},
	} {
		t.Run(name, func(t *testing.T) {
			config := mustWrite(t, dir, "c.yaml", "listen: 127.0.0.1:0\ndatabase: sqlite:"+dir+"/x.db\nmail: "+test.mail+"\n")
			got := runCLI(t, "", "doctor", "--config", config)
			if !strings.Contains(got.out, test.want) || (got.code == exitDone) != strings.HasPrefix(test.want, "ok") {
				t.Errorf("exit code %d:\n%s\nlacks %q", got.code, got.out, test.want)
			}
		})
	}
	if len(box) != 0 {
		t.Error("a mail was sent")
	}
}
