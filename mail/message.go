package mail

import (
	"bytes"
	"fmt"
	"html"
	"mime"
	"net/mail"
	"net/textproto"
	"strings"

	"github.com/jordan-wright/email"

	"notify1022/escalation"
)

// Message is one mail to one address.
type Message struct {
	// ID makes the Message-ID, with the sender's domain behind it: the same for each
	// attempt, and no other mail's. Letters, digits and ".-".
	ID      string
	To      string // bare address
	Subject string
	Thread  string // what mails that belong together share, a petition's code; empty: none
	Text    string
	HTML    string // a whole document; empty: there is no HTML part
	// Attachments follow the rules of escalation.Enclosure.
	Attachments []escalation.EnclosedFile
}

// addressMax is the longest address (RFC 5321 §4.5.3.1.3, without the brackets).
const addressMax = 254

// subjectMax keeps the header's line, three octets for one when encoded, within the
// 998 of RFC 5322 §2.1.1.
const subjectMax = 250

// foldAt is the length that a header's line should keep to (RFC 5322 §2.1.1).
const foldAt = 78

// bodyMax bounds each of the two bodies; what is attached has a bound of its own.
const bodyMax = escalation.EnclosureMost + 64<<10

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

// named reports whether a name comes through beside the address. A comma does not: the
// library takes it for the end of one.
func named(name, address string) bool {
	text := (&mail.Address{Name: name, Address: address}).String()
	back, err := mail.ParseAddress(text)
	return err == nil && len(name) <= subjectMax && back.Name == name && tidy(name) == name && oneLine(name) && !strings.Contains(text, ",")
}

// oneLine reports whether a value may stand in a header: no control character.
func oneLine(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// lines makes all line ends one: an encoder that meets a lone CR loses the next LF.
func lines(text string) string { return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text) }

// tidy leaves single spaces between words, so that no folded line is blank.
func tidy(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
}

// token reports whether a value may stand in an id: letters, digits, "." and "-", the
// dots apart from one another (RFC 5322 §3.6.4).
func token(text string) bool {
	return text != "" && len(text) <= 64 && !strings.HasPrefix(text, ".") && !strings.HasSuffix(text, ".") && !strings.Contains(text, "..") &&
		strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}

// check refuses what cannot be a mail, today or later.
func (m *Message) check() error {
	files := escalation.Enclosure{Files: m.Attachments}
	switch err := files.Check(); {
	case !token(m.ID):
		return unfit(m.To, "no id")
	case m.Text == "":
		return unfit(m.To, "no text")
	case len(m.Text) > bodyMax || len(m.HTML) > bodyMax:
		return unfit(m.To, "a text beyond measure")
	case !oneLine(m.Subject):
		return unfit(m.To, "a line end in the subject")
	case len(m.Subject) > subjectMax:
		return unfit(m.To, "a subject beyond measure")
	case err != nil:
		return unfit(m.To, err.Error())
	}
	return nil
}

// compose puts the mail together, in ASCII alone: no server need offer 8BITMIME or
// SMTPUTF8.
func (s *Sender) compose(m *Message) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	domain := domainOf(s.from.Address)
	e := &email.Email{
		From: s.from.String(), To: []string{"<" + m.To + ">"}, Subject: tidy(m.Subject),
		Text: []byte(strings.TrimRight(lines(m.Text), "\n") + "\n"), HTML: []byte(lines(m.HTML)),
		Headers: textproto.MIMEHeader{
			"Message-Id": {"<" + m.ID + "@" + domain + ">"},
			// Nobody's answering machine shall write back (RFC 3834 §5).
			"Auto-Submitted": {"auto-generated"},
		},
	}
	if token(m.Thread) {
		// A root that never was sent: mail programs still put what refers to it together.
		root := "<" + m.Thread + "@" + domain + ">"
		e.Headers["In-Reply-To"], e.Headers["References"] = []string{root}, []string{root}
	}
	for _, f := range m.Attachments {
		kind, params, _ := mime.ParseMediaType(f.MediaType) // checked
		e.Attachments = append(e.Attachments, &email.Attachment{
			Filename: f.Name, ContentType: mime.FormatMediaType(kind, params), Header: textproto.MIMEHeader{}, Content: f.Content,
		})
	}
	content, err := e.Bytes()
	if err != nil {
		return nil, unfit(m.To, "cannot be put together")
	}
	return fold(content), nil
}

// fold breaks the header's long lines before a space (RFC 5322 §2.2.3): the library
// leaves the words of a long subject on one line.
func fold(content []byte) []byte {
	head, body, ok := bytes.Cut(content, []byte("\r\n\r\n"))
	if !ok {
		return content
	}
	var b bytes.Buffer
	b.Grow(len(content) + 64)
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		least := bytes.Index(line, []byte(": ")) + 1 // the name keeps company
		for len(line) > foldAt {
			at := bytes.LastIndexByte(line[:foldAt+1], ' ')
			if at <= least {
				next := bytes.IndexByte(line[foldAt:], ' ')
				if next < 0 {
					break
				}
				at = foldAt + next
			}
			b.Write(line[:at])
			b.WriteString("\r\n")
			line, least = line[at:], 0
		}
		b.Write(line)
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// again stands before a mail that may have been taken before: whoever gets it twice
// knows why.
const again = "(Thư này có thể đã được gửi trước đó: máy chủ thư không trả lời lần gửi trước.)"

// message makes a mail of an outbox row and what it encloses.
func (s *Sender) message(m *escalation.Outgoing, e escalation.Enclosure) *Message {
	words := strings.TrimRight(m.Text, "\n")
	if m.PossibleDuplicate && words != "" {
		words = again + "\n" + words
	}
	mail := &Message{
		ID: fmt.Sprintf("%d.%x", m.ID, m.QueuedAt.UnixMicro()), To: m.Email, Subject: s.subject(m), Thread: m.Vars["ma"],
		Text: words, Attachments: e.Files,
	}
	if e.HTML != "" && words != "" {
		mail.HTML = page(words, e.HTML)
	}
	if e.Text != "" && words != "" {
		mail.Text += "\n\n" + strings.TrimRight(e.Text, "\n")
	}
	return mail
}

// page is the HTML part: the words, and what is enclosed below them. Nothing in it is
// fetched from elsewhere.
func page(words, fragment string) string {
	return `<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"></head>` + "\n" +
		`<body style="font-family:sans-serif"><p>` + strings.ReplaceAll(html.EscapeString(words), "\n", "<br>\n") + "</p>\n" + fragment + "\n</body></html>\n"
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

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
