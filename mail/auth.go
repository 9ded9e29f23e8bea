package mail

import (
	"errors"
	"net/smtp"
	"strings"
)

// signIn proves who sends, never on a line that can be read: PLAIN (RFC 4616) where
// the server offers it, else LOGIN, which Microsoft's servers keep to.
func signIn(client *smtp.Client, s *Sender) error {
	if _, encrypted := client.TLSConnectionState(); !encrypted {
		return errors.New("the connection is not encrypted")
	}
	offered := mechanisms(client)
	for _, m := range offered {
		if m == "PLAIN" {
			return client.Auth(smtp.PlainAuth("", s.cfg.Username, s.cfg.Password, s.host))
		}
	}
	for _, m := range offered {
		if m == "LOGIN" {
			return client.Auth(&login{s.cfg.Username, s.cfg.Password, 0})
		}
	}
	return errors.New("the server offers neither PLAIN nor LOGIN")
}

func mechanisms(client *smtp.Client) []string {
	_, offered := client.Extension("AUTH")
	return strings.Fields(strings.ToUpper(offered))
}

// login is the mechanism LOGIN: two questions, whatever their words, and no third.
type login struct {
	username, password string
	asked              int
}

// Start names the mechanism; the username waits for its question.
func (l *login) Start(server *smtp.ServerInfo) (mechanism string, first []byte, err error) {
	if !server.TLS {
		return "", nil, errors.New("the connection is not encrypted")
	}
	return "LOGIN", nil, nil
}

// Next answers a question.
func (l *login) Next(_ []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	l.asked++
	switch l.asked {
	case 1:
		return []byte(l.username), nil
	case 2:
		return []byte(l.password), nil
	}
	return nil, errors.New("the server asks a third time")
}
