package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"notify1022/mail"
	"notify1022/queue"
	"notify1022/templates"
)

var _ queue.Mailer = (*mail.Sender)(nil)

// mailFrom is shown beside the sender's address.
const mailFrom = "Tổng đài 1022 Hải Phòng"

// buildMailer makes the email channel; without an address there is none.
func (s *service) buildMailer(context.Context) error {
	if s.cfg.Mail.Addr == "" {
		return nil
	}
	c, err := s.cfg.Mail.sender()
	if err != nil {
		return usageError{err}
	}
	c.Title, c.Enclosed = s.title, s.db.Enclosure
	sender, err := mail.New(c)
	if err != nil {
		return usageError{err}
	}
	s.mailer = sender
	return nil
}

// sender is what the file says of the mail server.
func (m Mail) sender() (mail.Config, error) {
	secure, err := m.tlsConfig()
	return mail.Config{
		Addr: m.Addr, From: m.From, Name: mailFrom, Bounce: m.Bounce, Username: m.Username, Password: m.Password,
		Security: mail.Security(m.Security), TLS: secure,
	}, err
}

// title is what the catalogue in force calls a text.
func (s *service) title(template string) string {
	t, _ := s.catalogue.Set().Lookup(templates.Key(template))
	return t.Title
}

// tlsConfig is nil where the system's authorities vouch for the server.
func (m Mail) tlsConfig() (*tls.Config, error) {
	if m.CAFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(m.CAFile)
	if err != nil {
		return nil, fmt.Errorf("mail.ca_file: %w", err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("mail.ca_file: %w", errors.New("holds no certificate"))
	}
	return &tls.Config{RootCAs: trusted}, nil
}
