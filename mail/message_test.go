package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// opened is a mail as its reader sees it.
type opened struct {
	header     mail.Header
	kinds      []string // of the parts, in order
	text, html string
	files      map[string]string
}

// open1 reads a mail and all of its parts.
func open1(t *testing.T, content string) *opened {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(content))
	if err != nil {
		t.Fatalf("%v in\n%s", err, content)
	}
	o := &opened{header: m.Header, files: map[string]string{}}
	o.part(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return o
}

func (o *opened) part(t *testing.T, kind, encoding, disposition string, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	o.kinds = append(o.kinds, kind)
	if strings.HasPrefix(kind, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			o.part(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)
		}
	}
	switch encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	default:
		t.Errorf("a part is encoded %q", encoding)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_, named, _ := mime.ParseMediaType(disposition)
	switch {
	case named["filename"] != "":
		o.files[named["filename"]] = string(content)
	case kind == "text/html":
		o.html = string(content)
	default:
		o.text = string(content)
	}
}

func composer(t *testing.T) *Sender {
	t.Helper()
	s, err := New(Config{Addr: "127.0.0.1:25", From: "1022@haiphong.gov.vn", Name: "Tổng đài 1022 Hải Phòng"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestARowsEnclosureFollowsItsWordsInBothParts(t *testing.T) {
	s := composer(t)
	m := row()
	m.Text = "Kính gửi <VP>:\n1 & 2"
	content, err := s.compose(s.message(m, escalation.Enclosure{
		Text: "Mã   Hạn\nHP1  16h00", HTML: "<table><tr><td>HP1</td></tr></table>",
		Files: []escalation.EnclosedFile{
			{Name: "qua-han.csv", MediaType: "text/csv; charset=utf-8", Content: []byte("\ufeffmã\r\n")},
			{Name: "x.bin", MediaType: "application/octet-stream", Content: bytes.Repeat([]byte{0, 13, 10, '.'}, 100)},
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	o := open1(t, string(content))
	if want := []string{"multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv", "application/octet-stream"}; !slices.Equal(o.kinds, want) {
		t.Errorf("parts %v, want %v", o.kinds, want)
	}
	if want := "Kính gửi <VP>:\r\n1 & 2\r\n\r\nMã   Hạn\r\nHP1  16h00\r\n"; o.text != want {
		t.Errorf("text %q, want %q", o.text, want)
	}
	if want := "<p>Kính gửi &lt;VP&gt;:<br>\r\n1 &amp; 2</p>\r\n<table><tr><td>HP1</td></tr></table>"; !strings.Contains(o.html, want) {
		t.Errorf("html %q, want %q in it", o.html, want)
	}
	if o.files["qua-han.csv"] != "\ufeffmã\r\n" || o.files["x.bin"] != strings.Repeat("\x00\r\n.", 100) {
		t.Errorf("files %q", o.files)
	}
	for name, want := range map[string]string{
		"In-Reply-To": "<HP260309-0001@haiphong.gov.vn>", "References": "<HP260309-0001@haiphong.gov.vn>", "List-Unsubscribe": "", "Mime-Version": "1.0",
	} {
		if got := o.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestTheLargestEnclosureArrivesWhole(t *testing.T) {
	o := open(t, &office{}, Required)
	s := sender(t, o, func(c *Config) { c.Security, c.Timeout = Required, time.Minute })
	defer s.Close()
	sheet := bytes.Repeat([]byte("0123456789abcde\n"), escalation.EnclosureMost/16)
	err := s.Send(t.Context(), &Message{ID: "report.2026-W47", To: "vp1@example.vn", Subject: "Báo cáo tuần 47/2026", Text: "Kính gửi", HTML: "<p>Kính gửi</p>",
		Attachments: []escalation.EnclosedFile{{Name: "bao-cao.xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Content: sheet}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := open1(t, o.mails()[0]); got.files["bao-cao.xlsx"] != string(sheet) || got.header.Get("Message-Id") != "<report.2026-W47@haiphong.gov.vn>" || got.header.Get("References") != "" {
		t.Errorf("%d octets arrive, %v", len(got.files["bao-cao.xlsx"]), got.header)
	}
}

func TestWhatCannotBeAMailIsRefusedForGood(t *testing.T) {
	s := composer(t)
	file := func(name, kind string, size int) []escalation.EnclosedFile {
		return []escalation.EnclosedFile{{Name: name, MediaType: kind, Content: make([]byte, size)}}
	}
	for name, change := range map[string]func(*Message){
		"no id":                       func(m *Message) { m.ID = "" },
		"an id with a line end":       func(m *Message) { m.ID = "1\r\nBcc: x" },
		"an id with an angle bracket": func(m *Message) { m.ID = "1>" },
		"a subject with a line end":   func(m *Message) { m.Subject = "a\r\nBcc: x" },
		"a quote in a file's name":    func(m *Message) { m.Attachments = file(`a".csv`, "text/csv", 1) },
		"a line end in a file's name": func(m *Message) { m.Attachments = file("a\r\n.csv", "text/csv", 1) },
		"a path":                      func(m *Message) { m.Attachments = file("../a.csv", "text/csv", 1) },
		"a line end in a media type":  func(m *Message) { m.Attachments = file("a.csv", "text/csv\r\nBcc: x", 1) },
		"no media type":               func(m *Message) { m.Attachments = file("a.csv", "csv", 1) },
		"a file beyond measure":       func(m *Message) { m.Attachments = file("a.csv", "text/csv", escalation.EnclosureMost+1) },
		"a text beyond measure":       func(m *Message) { m.Text = strings.Repeat("x", bodyMax+1) },
		"no text":                     func(m *Message) { m.Text = "" },
	} {
		m := &Message{ID: "1.2", To: "vp@example.vn", Subject: "x", Text: "x"}
		if _, err := s.compose(m); err != nil {
			t.Fatal(err)
		}
		change(m)
		_, err := s.compose(m)
		var e *Error
		if !errors.As(err, &e) || e.Temporary() {
			t.Errorf("%s: %v, want a permanent refusal", name, err)
		}
	}
}

// FuzzNothingGetsIntoAHeader holds that a mail of any words has the header it must
// have and no line besides, in lines of ASCII within RFC 5322's bound, and that its
// words come out as they went in.
func FuzzNothingGetsIntoAHeader(f *testing.F) {
	f.Add("1022 Hải Phòng: Quá hạn", "Tổng đài", "vp@example.vn", "HP260309-0001", "Đèn tắt\n.\nBcc: x")
	f.Add("a\r\nBcc: x@example.vn", "b\nBcc: x", "vp@example.vn\r\nBcc: x", "HP1>\r\nBcc: x", "x")
	f.Add(strings.Repeat("ữ ", 60), strings.Repeat("ề", 80), "a@b", "a.b", strings.Repeat("x", 2000))
	f.Add("=?UTF-8?q?x?=  =?x?", `"x" <y@z>, c`, "<a@b>", "..", "\r\r\n\x00")
	f.Add("x: y: "+strings.Repeat(" z", 100), "\xff\u0085\u2028", "a@b", "-", "=\r\n")
	f.Fuzz(func(t *testing.T, subject, name, to, thread, text string) {
		s, err := New(Config{Addr: "127.0.0.1:25", From: "1022@haiphong.gov.vn", Name: name})
		if err != nil {
			return // a name with a line end
		}
		if _, ok := bare(to); !ok {
			return
		}
		content, err := s.compose(&Message{ID: "1.2", To: to, Subject: subject, Thread: thread, Text: text, HTML: text})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Temporary() {
				t.Errorf("%v", err)
			}
			return
		}
		for line := range strings.Lines(string(content)) {
			if body, ok := strings.CutSuffix(line, "\r\n"); !ok || len(body) > 998 || strings.ContainsFunc(body, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) {
				t.Errorf("the line %q", line)
			}
		}
		o := open1(t, string(content))
		known := []string{"From", "To", "Subject", "Message-Id", "Auto-Submitted", "In-Reply-To", "References", "Date", "Mime-Version", "Content-Type"}
		for field, values := range o.header {
			if !slices.Contains(known, field) || len(values) != 1 {
				t.Errorf("the header has %s: %q", field, values)
			}
		}
		if got, _ := new(mime.WordDecoder).DecodeHeader(o.header.Get("Subject")); got != tidy(subject) && !strings.Contains(subject, "=?") {
			t.Errorf("subject %q, want %q", got, tidy(subject))
		}
		if list, err := o.header.AddressList("To"); err != nil || len(list) != 1 || list[0].Address != to {
			t.Errorf("to %q: %v (%v)", to, list, err)
		}
		if list, err := o.header.AddressList("From"); err != nil || len(list) != 1 || list[0].Address != "1022@haiphong.gov.vn" {
			t.Errorf("from %q: %v (%v)", o.header.Get("From"), list, err)
		}
		if plain := strings.NewReplacer("\r\n", "\n", "\r", "\n"); strings.TrimRight(plain.Replace(o.text), "\n") != strings.TrimRight(plain.Replace(text), "\n") {
			t.Errorf("text %q, want %q", o.text, text)
		}
	})
}
