package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/smpp"
	"notify1022/smpp/sms"
)

func bindModes() map[string]smpp.BindMode {
	return map[string]smpp.BindMode{
		"transceiver": smpp.Transceiver, "transmitter": smpp.Transmitter, "receiver": smpp.Receiver, "pair": smpp.Pair,
	}
}

func concats() map[string]sms.Concat {
	return map[string]sms.Concat{"udh8": sms.UDH8, "udh16": sms.UDH16, "sar": sms.SAR, "payload": sms.Payload}
}

// handlers is how many deliver_sm of an account wait for their commit at once, and
// so the most that one commit takes. With few of them a busy database answers
// receipts so slowly that the SMSC sends them again.
const handlers = 256

// newAccount makes the client of one smsc entry. It binds when it is run; denied is
// called, and must not block, when the SMSC refuses the credentials.
func newAccount(cfg SMSC, installation string, redis *queue.Redis, inbox *queue.Receiver, denied func(account string), log *slog.Logger) (*account, error) {
	a := &account{cfg: cfg, how: concats()[cfg.Long], pacer: queue.NewPacer(redis, installation, cfg.Name, cfg.Rate)}
	link, err := a.link(inbox, denied, log)
	if err != nil {
		return nil, err
	}
	a.client = smpp.NewClient(link)
	return a, nil
}

// link is the setting of the account's client.
func (a *account) link(inbox *queue.Receiver, denied func(account string), log *slog.Logger) (smpp.Config, error) {
	cfg := a.cfg
	secure, err := cfg.tlsConfig()
	if err != nil {
		return smpp.Config{}, err
	}
	classes, err := cfg.classes()
	if err != nil {
		return smpp.Config{}, fmt.Errorf("smsc %s: errors: %w", cfg.Name, err)
	}
	return smpp.Config{
		Name: cfg.Name, Addr: cfg.Addr, SystemID: cfg.SystemID, Password: cfg.Password, SystemType: cfg.SystemType,
		Bind: bindModes()[cfg.Bind], Binds: cfg.Binds, Window: cfg.Window, EnquireLink: cfg.enquireLink(),
		TLS: secure, Pacer: a.pacer, Handler: &receiver{cfg: cfg, inbox: inbox, log: log}, OnLate: arrivedLate,
		Classes: classes, Handlers: handlers, Logger: log,
		OnStatus: func(b smpp.BindStatus) {
			if refused := (*smpp.StatusError)(nil); errors.As(b.Err, &refused) && refused.Credentials() {
				denied(cfg.Name)
			}
		},
	}, nil
}

// tlsConfig is nil for plain TCP.
func (s SMSC) tlsConfig() (*tls.Config, error) {
	if !s.TLS {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return nil, fmt.Errorf("smsc %s: %w", s.Name, err)
	}
	cfg := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.CAFile == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("smsc %s: ca_file: %w", s.Name, err)
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("smsc %s: ca_file: %w", s.Name, errors.New("holds no certificate"))
	}
	return cfg, nil
}

// enquireLink is the quiet time before an enquire_link; the check has passed it.
func (s SMSC) enquireLink() time.Duration {
	d, _ := time.ParseDuration(s.EnquireLink)
	return d
}

// classes is what this SMSC means by its statuses where that is not what the standard
// has. A status may be named once: by two names it could be of two classes.
func (s SMSC) classes() (map[smpp.Status]smpp.Class, error) {
	classes := map[smpp.Status]smpp.Class{}
	for _, name := range slices.Sorted(maps.Keys(s.Errors)) {
		status, known := smpp.ParseStatus(name)
		class, ok := smpp.ParseClass(s.Errors[name])
		switch {
		case !known || status == smpp.StatusOK:
			return nil, fmt.Errorf("%.40q is no status that refuses: a name such as RX_T_APPN, or a number such as 0x0401", name)
		case !ok:
			return nil, fmt.Errorf("%.40q: %.20q is none of permanent, temporary, system, slowdown", name, s.Errors[name])
		case classes[status] != smpp.Unclassed:
			return nil, fmt.Errorf("%.40q: %s stands twice", name, status)
		}
		classes[status] = class
	}
	return classes, nil
}

// lanesOf is what the entry carries; nil: all.
func (s SMSC) lanesOf() []escalation.Lane {
	var list []escalation.Lane
	for _, l := range s.Lanes {
		list = append(list, escalation.Lane(l))
	}
	return list
}

// submittedID and receiptID bring the ids of submit_sm_resp and of receipts into
// one form: an SMSC may write the same id hexadecimal in the one and decimal in
// the other, in either case and with leading zeros.
func (s SMSC) submittedID(id string) string {
	if s.IDBase == "hex" {
		return inDecimal(id)
	}
	return smpp.MessageIDForms(id)[0]
}

func (s SMSC) receiptID(id string) string {
	if s.IDBase == "dec" {
		return inDecimal(id)
	}
	return smpp.MessageIDForms(id)[0]
}

// inDecimal rewrites a hexadecimal id; one that is none stays as it is.
func inDecimal(id string) string {
	if n, ok := new(big.Int).SetString(strings.TrimSpace(id), 16); ok && len(id) <= 64 && n.Sign() >= 0 {
		return n.String()
	}
	return smpp.MessageIDForms(id)[0]
}

// onlyTest allows the numbers that begin with a test prefix.
func onlyTest(prefixes []string) func(e164 string) bool {
	return func(e164 string) bool {
		national := "0" + strings.TrimPrefix(e164, "+84")
		for _, p := range prefixes {
			if strings.HasPrefix(e164, "+84") && strings.HasPrefix(national, p) {
				return true
			}
		}
		return false
	}
}
