package mail

import (
	"fmt"
	"net/mail"
	"net/textproto"
	"strings"

	"github.com/jordan-wright/email"

	"notify1022/escalation"
)

// addressMax is the longest address (RFC 5321 §4.5.3.1.3, without the brackets).
const addressMax = 254

// subjectMax keeps the header's line, three octets for one when encoded, within the
// 998 of RFC 5322 §2.1.1.
const subjectMax = 250

// bare is the address alone: no name, no line end, nothing beside it, ASCII.
func bare(text string) (string, bool) {
	if !plain(text) || len(text) > addressMax {
		return "", false
	}
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return "", false
	}
	return text, true
}

// oneLine reports whether a value may stand in a header: no CR, LF or NUL.
func oneLine(text string) bool { return !strings.ContainsAny(text, "\r\n\x00") }

// compose puts the mail together: one text part in UTF-8, and the headers.
func (s *Sender) compose(m *escalation.Outgoing, to string) ([]byte, error) {
	subject := s.subject(m)
	switch {
	case m.Text == "":
		return nil, unfit(to, "no text")
	case !oneLine(subject):
		return nil, unfit(to, "a line end in the subject")
	case len(subject) > subjectMax:
		return nil, unfit(to, "a subject beyond measure")
	}
	e := &email.Email{
		From: s.from.String(), To: []string{"<" + to + ">"}, Subject: subject, Text: []byte(strings.TrimRight(m.Text, "\n") + "\n"),
		Headers: textproto.MIMEHeader{
			"Message-Id": {s.messageID(m)},
			// Nobody's answering machine shall write back (RFC 3834 §5).
			"Auto-Submitted": {"auto-generated"},
		},
	}
	if code := m.Vars["ma"]; threaded(code) {
		e.Headers["References"] = []string{"<" + code + "@" + domainOf(s.from.Address) + ">"}
	}
	content, err := e.Bytes()
	if err != nil {
		return nil, unfit(to, "cannot be put together")
	}
	return content, nil
}

// subject names the petition, or what kind of text it is.
func (s *Sender) subject(m *escalation.Outgoing) string {
	about := m.Vars["ma"]
	if about == "" && s.cfg.Title != nil {
		about = s.cfg.Title(m.Template)
	}
	if about == "" {
		return "1022 Hải Phòng"
	}
	return "1022 Hải Phòng: " + about
}

// messageID is the same for each attempt of a row, and no other's.
func (s *Sender) messageID(m *escalation.Outgoing) string {
	return fmt.Sprintf("<%d.%x@%s>", m.ID, m.QueuedAt.UnixMicro(), domainOf(s.from.Address))
}

// threaded reports whether the code may be the id of a thread: letters, digits, "-".
func threaded(code string) bool {
	return code != "" && len(code) <= 32 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
