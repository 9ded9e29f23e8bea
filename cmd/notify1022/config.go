package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Config is the whole setting of an installation: the keys of the YAML file. The
// comments give the default.
type Config struct {
	Environment  string    `yaml:"environment"`   // production or simulation; simulation
	Listen       string    `yaml:"listen"`        // 127.0.0.1:8022
	PublicURL    string    `yaml:"public_url"`    // required in production; in simulation http:// and Listen
	Database     string    `yaml:"database"`      // sqlite:PATH or postgres://…; sqlite:data/notify1022.db
	Redis        string    `yaml:"redis"`         // embedded, redis://…, rediss://…, unix://…, redis-sentinel://…; embedded
	SMSC         []SMSC    `yaml:"smsc"`          // none; in simulation: the built-in simulator
	Mail         Mail      `yaml:"mail"`          //
	Probe        Probe     `yaml:"probe"`         //
	SupportPhone string    `yaml:"support_phone"` // 0225.1022
	Heartbeat    string    `yaml:"heartbeat"`     // a file or an https:// address that hears of each audit; none
	Calendar     string    `yaml:"calendar"`      // file; the built-in calendar of Hải Phòng
	Policy       string    `yaml:"policy"`        // file; the ladder of the regulation
	Lease        string    `yaml:"lease"`         // of claimed messages, 60s; a gateway that died is found out after it
	Grace        string    `yaml:"grace"`         // before an unknown message is sent again, 60s
	Bundling     string    `yaml:"bundling"`      // how long reminders to one number wait to go as one text, 60s; 0s: each by itself
	Shift        string    `yaml:"shift"`         // how long a shift of the hotline is, 8h: the handover looks so far ahead
	Files        string    `yaml:"files"`         // directory of petitions' files; data/files, on SQLite "files" beside the database
	Retention    Retention `yaml:"retention"`     // how long what is kept about people is kept
	PublishFrom  string    `yaml:"publish_from"`  // date from which /cong-khai counts by unit; none: never
	SlipPasscode string    `yaml:"slip_passcode"` // on or off; on: a slip's link asks a new device for a code by SMS
	ApproveTexts bool      `yaml:"approve_texts"` // false; true: a new wording takes effect once a second person has approved it
	// What becomes of a text that does not fit the wording that the telecom has on file:
	// off, warn or enforce; off.
	RegisteredTexts string   `yaml:"registered_texts"`
	LeaderReports   string   `yaml:"leader_reports"` // on or off; on: leaders get the periodic reports of their units (Đ13.6)
	SMSPrice        SMSPrice `yaml:"sms_price"`      // none: no cost is shown
	TestPrefixes    []string `yaml:"test_prefixes"`  // only in simulation, and there ["057"] unless a list stands here
	// Addresses or networks of proxies in front, of which the visitor's address is believed; none.
	// One on this machine is believed always.
	TrustedProxies []string `yaml:"trusted_proxies"`
	// What has been assigned and changed of the country's mobile prefixes since this program
	// was built: 054 and 0162=032; none.
	MobilePrefixes  []string `yaml:"mobile_prefixes"`
	ChangedPrefixes []string `yaml:"changed_prefixes"`
	// Calendars that units work by instead of the city's: files by name; none.
	Calendars map[string]string `yaml:"calendars"`
}

// SMSC is one account at an operator's SMSC.
type SMSC struct {
	Name         string   `yaml:"name"`
	Addr         string   `yaml:"addr"` // host:port
	SystemID     string   `yaml:"system_id"`
	Password     string   `yaml:"password"`
	PasswordFile string   `yaml:"password_file"` // instead of Password: a file that holds it
	SystemType   string   `yaml:"system_type"`
	Bind         string   `yaml:"bind"`         // transceiver, transmitter, receiver, pair; transceiver
	Binds        int      `yaml:"binds"`        // connections; 1
	Window       int      `yaml:"window"`       // unanswered submits per connection; 100
	Rate         float64  `yaml:"rate"`         // messages per second, shared by all nodes; 0: no limit
	EnquireLink  string   `yaml:"enquire_link"` // 30s
	TLS          bool     `yaml:"tls"`
	CAFile       string   `yaml:"ca_file"` // PEM of the SMSC's own authority; the system's
	Source       Source   `yaml:"source"`
	SourceTON    *uint8   `yaml:"source_ton"` // overrides what the sender's form says
	SourceNPI    *uint8   `yaml:"source_npi"`
	DestTON      *uint8   `yaml:"dest_ton"`     // 1
	DestNPI      *uint8   `yaml:"dest_npi"`     // 1
	Long         string   `yaml:"long"`         // long texts: udh8, udh16, sar, payload; udh8
	IDBase       string   `yaml:"id_base"`      // message ids in receipts: same, hex, dec; same
	MaxSegments  int      `yaml:"max_segments"` // longest text; 4
	Lanes        []string `yaml:"lanes"`        // urgent, slip, citizen, bulk; all
	// Errors says what this SMSC means by a status, by its name or number: permanent,
	// temporary, system, slowdown; as the standard has it.
	Errors map[string]string `yaml:"errors"`
	// RegisteredTexts is the rule for each of the two senders; that of the whole.
	RegisteredTexts SenderRule `yaml:"registered_texts"`
}

// SMSPrice is what a segment costs, in đồng, by the kind of sender.
type SMSPrice struct {
	Officer float64 `yaml:"officer"`
	Citizen float64 `yaml:"citizen"`
}

// SenderRule is the rule for each kind of sender.
type SenderRule struct {
	Officer string `yaml:"officer"`
	Citizen string `yaml:"citizen"`
}

// Source is who a text comes from.
type Source struct {
	Officer string `yaml:"officer"` // a number that can be answered
	Citizen string `yaml:"citizen"` // the registered brandname
}

// Mail is the email channel; without Addr nothing is mailed.
type Mail struct {
	Addr         string `yaml:"addr"` // host:port
	From         string `yaml:"from"`
	Bounce       string `yaml:"bounce"` // whom the server tells of mail it could not deliver; from
	Username     string `yaml:"username"`
	Password     string `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	Security     string `yaml:"security"` // offered, starttls, tls, none; tls on port 465, starttls with a username, else offered
	CAFile       string `yaml:"ca_file"`  // PEM of the server's own authority; the system's
}

// Probe is the end-to-end probe: a text to a number of our own each few minutes,
// whose reply is expected back.
type Probe struct {
	Phone    string `yaml:"phone"`    // none: there is no probe
	Every    string `yaml:"every"`    // 5m
	Patience string `yaml:"patience"` // 3m; an answer later than that breaks the circle
}

// The two environments.
const (
	production = "production"
	simulation = "simulation"
)

// defaultConfig is the configuration without a file: a simulation on loopback.
func defaultConfig() Config {
	return Config{
		Environment:  simulation,
		Listen:       "127.0.0.1:8022",
		Database:     "sqlite:data/notify1022.db",
		Redis:        "embedded",
		Mail:         Mail{From: "1022@haiphong.gov.vn"},
		SupportPhone: "0225.1022",
		Probe:        Probe{Every: "5m", Patience: "3m"},
		Lease:        "60s",
		Grace:        "60s",
		Bundling:     "60s",
		Shift:        "8h",
		Retention:    Retention{Citizen: "5y", Document: "10y", Messages: "2y", Inbound: "2y", Recordings: "1y", Audit: "5y"},
	}
}

// setDefaults fills what a file may leave open.
func (s *SMSC) setDefaults() {
	s.Bind = or(s.Bind, "transceiver")
	s.Binds = or(s.Binds, 1)
	s.Window = or(s.Window, 100)
	s.EnquireLink = or(s.EnquireLink, "30s")
	s.Long = or(s.Long, "udh8")
	s.IDBase = or(s.IDBase, "same")
	s.MaxSegments = or(s.MaxSegments, 4)
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// LoadConfig reads the configuration: defaults, then the file, then the
// environment, then flags; it is checked as a whole. unknown lists variables of
// the environment that look like settings and are none.
func LoadConfig(path string, environ []string, flags ...func(*Config)) (cfg Config, unknown []string, err error) {
	cfg = defaultConfig()
	if path != "" {
		text, err := readFile(path)
		if err != nil {
			return Config{}, nil, fmt.Errorf("configuration: %w", err)
		}
		if err := decodeYAML(text, &cfg); err != nil {
			return Config{}, nil, fmt.Errorf("configuration %s: %w", path, err)
		}
	}
	unknown, err = overrideFromEnvironment(&cfg, environ)
	if err != nil {
		return Config{}, nil, fmt.Errorf("configuration: %w", err)
	}
	for _, f := range flags {
		f(&cfg)
	}
	cfg.complete()
	if err := cfg.readSecrets(); err != nil {
		return Config{}, nil, fmt.Errorf("configuration: %w", err)
	}
	if err := cfg.check(); err != nil {
		return Config{}, nil, fmt.Errorf("configuration: %w", err)
	}
	return cfg, unknown, nil
}

// complete fills what depends on other keys.
func (c *Config) complete() {
	for i := range c.SMSC {
		c.SMSC[i].setDefaults()
		c.SMSC[i].Name = or(c.SMSC[i].Name, fmt.Sprintf("smsc%d", i))
	}
	if c.Environment == simulation && c.TestPrefixes == nil {
		c.TestPrefixes = []string{"057"}
	}
	if c.Files == "" {
		c.Files = "data/files"
		if path, ok := strings.CutPrefix(c.Database, "sqlite:"); ok {
			c.Files = filepath.Join(filepath.Dir(path), "files")
		}
	}
	c.SlipPasscode = or(c.SlipPasscode, "on")
	c.LeaderReports = or(c.LeaderReports, "on")
	c.RegisteredTexts = or(c.RegisteredTexts, filingOff)
	if c.PublicURL == "" && c.Environment == simulation {
		c.PublicURL = "http://" + c.Listen
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
}

// readSecrets reads what the *_file keys name; the error names all that cannot be read.
func (c *Config) readSecrets() error {
	var failed []error
	for i := range c.SMSC {
		s := &c.SMSC[i]
		failed = append(failed, readSecret(fmt.Sprintf("smsc[%d].password_file", i), s.PasswordFile, &s.Password))
	}
	return errors.Join(append(failed, readSecret("mail.password_file", c.Mail.PasswordFile, &c.Mail.Password))...)
}

func readSecret(key, path string, into *string) error {
	if path == "" {
		return nil
	}
	if *into != "" {
		return fmt.Errorf("%s: stands beside a password; give one of the two", key)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	*into = strings.TrimRight(string(text), "\r\n")
	return nil
}

// Host is PublicURL without its scheme, as printed in texts.
func (c *Config) Host() string {
	_, host, _ := strings.Cut(c.PublicURL, "://")
	return host
}

// Production reports whether real people are texted.
func (c *Config) Production() bool { return c.Environment == production }
