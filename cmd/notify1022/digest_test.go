package main

import (
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"notify1022/escalation/worktime"
)

// letterbox is a mail server in this process; each mail comes out of the channel.
type letterbox chan string

func (b letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return slot{b}, nil }

type slot struct{ letterbox }

func (slot) Mail(string, *smtp.MailOptions) error { return nil }
func (slot) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (slot) Reset()                               {}
func (slot) Logout() error                        { return nil }

func (s slot) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err == nil {
		s.letterbox <- string(content)
	}
	return err
}

func openLetterbox(t *testing.T) (addr string, box letterbox) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box = make(letterbox, 16)
	serveMail(t, listener, box)
	return listener.Addr().String(), box
}

func serveMail(t *testing.T, listener net.Listener, backend smtp.Backend) {
	t.Helper()
	server := smtp.NewServer(backend)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-done })
}

func TestTheOfficeIsMailedWhatWasForwardedAndTextedWhatIsOverdue(t *testing.T) {
	t.Parallel()
	addr, box := openLetterbox(t)
	h := startHotline(t, "2026-11-23T10:00:00+07:00", `mail: {addr: "`+addr+`", from: "1022@haiphong.gov.vn"}`) // Monday
	h.people()
	h.call(201, "POST", "/api/v1/contacts", object{"unit": "VPUB", "role": "office", "name": "Theo dõi", "phone": "0570000009", "email": "vp@example.vn", "order": 5})
	code := h.petition(false)
	h.runUntil("2026-11-23T11:30:00+07:00")
	var content string
	select {
	case content = <-box:
	case <-time.After(patience):
		t.Fatal("no mail of 11:00")
	}
	m, err := mail.ReadMessage(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || m.Header.Get("To") != "<vp@example.vn>" || !holdsAll(string(text), []string{"1 phiếu chuyển", "đến 11h00 23/11:\r\n1. " + code + ", P Lạch Tray, hạn 10h00 25/11", "\r\nTheo dõi: "}) {
		t.Errorf("to %s (%v):\n%s", m.Header.Get("To"), err, text)
	}
	if strings.Contains(content, "Thử") || strings.Contains(content, citizenPhone[1:]) {
		t.Errorf("the mail names the citizen: %s", content)
	}
	h.runUntil("2026-12-03T09:30:00+07:00") // Thursday: overdue since Wednesday, 10:00; 24 November is a holiday
	h.text(officePhone, "co 1 PAKN qua han")
	list := box.arrival(t, "vp@example.vn")
	if whole, err := io.ReadAll(list.Body); err != nil || !holdsAll(string(whole), []string{"qua-han-2026-12-03.csv", "text/html", code + "  UBND ph=C6=B0=E1=BB=9Dng L=E1=BA=A1ch Tray", "02/12/2026 10:00"}) {
		t.Errorf("(%v) the list is\n%s", err, whole)
	}
	h.text(headPhone, "1 PAKN den han", code)
	h.text(focalPhone, "1 PAKN den han", code)
}

func TestAWorkdayIsWhatTheCalendarInForceSays(t *testing.T) {
	working := workday(worktime.HaiPhong())
	for date, want := range map[string]bool{
		"2026-11-23": true,  // Monday
		"2026-11-21": false, // Saturday
		"2026-09-02": false, // Wednesday, National Day
		"2026-11-24": false, // Tuesday, Vietnam Culture Day
		"2027-01-01": false, // Friday, New Year
	} {
		midnight, err := time.ParseInLocation(time.DateOnly, date, worktime.Zone())
		if err != nil {
			t.Fatal(err)
		}
		if got := working(midnight); got != want {
			t.Errorf("%s is a working day: %t, want %t", date, got, want)
		}
	}
}

func TestAnOfficerIsTextedInTheMorningWhatEndsToday(t *testing.T) {
	t.Parallel()
	policy := mustWrite(t, t.TempDir(), "policy.yaml", "morning_list: \"07:15\"\n")
	h := startHotline(t, "2026-11-26T10:00:00+07:00", "policy: "+policy) // Thursday
	h.people()
	code := h.petition(false)
	h.runUntil("2026-11-27T07:30:00+07:00")
	h.text(focalPhone, "hom nay 1 PAKN den han", code+" 10h00")
}
