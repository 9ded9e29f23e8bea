package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
)

// Error is why a mail was not sent.
type Error struct {
	Step string // enclosure, dial, tls, hello, starttls, auth, from, to, data, end; or what is wrong with the mail
	To   string // masked; empty: of no mail, when the server is only checked
	Code int    // of the server's answer (RFC 5321 §4.2); 0: there was none
	// Enhanced is the status code of RFC 3463, such as 5.1.1; empty where the
	// server gave none.
	Enhanced string

	permanent bool
	cause     error // nil where the server answered: its words may hold the address
}

// Error says what happened, in words that may be logged.
func (e *Error) Error() string {
	text := "mail: " + e.Step
	if e.To != "" {
		text = "mail to " + e.To + ": " + e.Step
	}
	if e.Code != 0 {
		text += strings.TrimRight(fmt.Sprintf(" answered %d %s", e.Code, e.Enhanced), " ")
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Temporary reports whether trying again may help.
func (e *Error) Temporary() bool { return !e.permanent }

// Uncertain reports that the connection broke after the mail's last line: the server may
// have taken it.
func (e *Error) Uncertain() bool { return e.Step == stepEnd && e.Code == 0 }

// Unwrap gives the network's error.
func (e *Error) Unwrap() error { return e.cause }

// The steps whose refusal concerns the mail, not the connection.
const (
	stepFrom = "from"
	stepTo   = "to"
	stepData = "data"
	stepEnd  = "end" // the dot: the server has the mail, or it has not
)

var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)

// errGarbled stands for an answer that is none, whose words stay out of the log.
var errGarbled = errors.New("the answer is not SMTP")

// failed wraps what a step of the dialogue led to.
func failed(step, to string, err error) *Error {
	e := &Error{Step: step, To: Mask(to)}
	var answer *textproto.Error
	var garbled textproto.ProtocolError
	switch {
	case errors.As(err, &garbled):
		e.cause = errGarbled
		return e
	case !errors.As(err, &answer):
		e.cause = err
		return e
	}
	e.Code, e.Enhanced = answer.Code, enhanced.FindString(answer.Msg)
	switch step {
	case stepFrom, stepTo, stepData, stepEnd:
		e.permanent = answer.Code >= 500 && !ours(answer.Code)
	}
	return e
}

// ours reports a refusal that asks for a sign-in or TLS (RFC 4954 §6, RFC 3207 §4):
// what is wrong is the configuration, not the mail.
func ours(code int) bool { return code == 530 || code == 534 || code == 535 || code == 538 }

// unfit is what cannot be a mail, today or later.
func unfit(to, why string) *Error {
	return &Error{Step: why, To: Mask(to), permanent: true}
}

// Mask shortens an address for logs: v***@haiphong.gov.vn.
func Mask(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || !plain(address) || strings.Contains(domain, "@") {
		return "***"
	}
	return local[:1] + "***@" + domain
}

// plain reports whether the text is printable ASCII without spaces.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
