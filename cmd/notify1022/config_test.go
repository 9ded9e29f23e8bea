package main

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

const goodSMSC = `
smsc:
  - name: vnpt
    addr: 127.0.0.1:2775
    system_id: user
    password: secret
    source: {officer: "8022", citizen: "1022HP"}
`

func TestWithoutAFileTheServiceIsASimulationOnLoopback(t *testing.T) {
	cfg, _, err := LoadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Environment: "simulation", Listen: "127.0.0.1:8022", PublicURL: "http://127.0.0.1:8022",
		Database: "sqlite:data/notify1022.db", Redis: "embedded", Mail: Mail{From: "1022@haiphong.gov.vn"},
		SupportPhone: "0225.1022", Probe: Probe{Every: "5m", Patience: "3m"}, Lease: "60s", Grace: "60s", Bundling: "60s", Shift: "8h", Retention: defaultConfig().Retention, Files: "data/files", SlipPasscode: "on", LeaderReports: "on", RegisteredTexts: "off", TestPrefixes: []string{"057"},
	}
	if got := cfg.Log(); got != want.Log() {
		t.Errorf("got  %s\nwant %s", got, want.Log())
	}
}

func TestTheEnvironmentWinsOverTheFileAndFlagsOverBoth(t *testing.T) {
	path := mustWrite(t, t.TempDir(), "c.yaml", "listen: 127.0.0.1:1\nsupport_phone: a\nmail: {addr: \"127.0.0.1:25\"}\n"+goodSMSC)
	cfg, unknown, err := LoadConfig(path, []string{
		"NOTIFY1022_LISTEN=127.0.0.1:2", "NOTIFY1022_MAIL_ADDR=localhost:26", "NOTIFY1022_TEST_PREFIXES=057, 0999",
		"NOTIFY1022_SMSC_0_PASSWORD=other", "NOTIFY1022_SMSC_0_RATE=7.5", "NOTIFY1022_SMSC_0_ENQUIRE_LINK=5s",
		"NOTIFY1022_SMSC_0_SOURCE_TON=3", "NOTIFY1022_SMSC_0_TLS=true", "NOTIFY1022_REQUIRE=postgres",
		"NOTIFY1022_PORT=tcp://10.0.0.1", "HOME=/root",
	}, func(c *Config) { c.Listen = "127.0.0.1:3" })
	if err != nil {
		t.Fatal(err)
	}
	s := cfg.SMSC[0]
	if cfg.Listen != "127.0.0.1:3" || cfg.SupportPhone != "a" || cfg.Mail.Addr != "localhost:26" || len(cfg.TestPrefixes) != 2 {
		t.Errorf("%+v", cfg)
	}
	if s.Password != "other" || s.Rate != 7.5 || s.enquireLink() != 5*time.Second || *s.SourceTON != 3 || !s.TLS || s.Window != 100 {
		t.Errorf("%+v", s)
	}
	if len(unknown) != 1 || unknown[0] != "NOTIFY1022_PORT" {
		t.Errorf("unknown variables %v", unknown)
	}
}

func TestAWrongConfigurationNamesItsKeys(t *testing.T) {
	production := "environment: production\npublic_url: https://1022.haiphong.gov.vn\n"
	tests := []struct {
		name, file string
		environ    []string
		want       []string
	}{
		{name: "unknown key", file: "listn: a", want: []string{"line 1", `"listn"`}},
		{name: "unknown key of an entry", file: "smsc:\n  - addr: a:1\n    windw: 3\n", want: []string{"line 3", `"windw"`}},
		{name: "key twice", file: "listen: a:1\nlisten: b:1\n", want: []string{`"listen"`, "twice"}},
		{name: "wrong type", file: "smsc:\n  - window: many\n", want: []string{"line 2", "window", "number"}},
		{name: "wrong duration", file: "smsc:\n  - enquire_link: soon\n", want: []string{"enquire_link"}},
		{name: "no YAML", file: "a: [", want: []string{"line 1", "YAML"}},
		{name: "two documents", file: "listen: a:1\n---\nlisten: b:1\n", want: []string{"document"}},
		{name: "environment", file: "environment: test", want: []string{"environment", "production nor simulation"}},
		{name: "listen", file: "listen: here", want: []string{"listen"}},
		{name: "public address", file: "public_url: 1022.vn", want: []string{"public_url"}},
		{name: "public address in production", file: "environment: production\npublic_url: http://1022.vn\n" + goodSMSC, want: []string{"public_url", "https"}},
		{name: "long public address", file: "environment: production\npublic_url: https://a-very-long-name.haiphong.gov.vn\n" + goodSMSC, want: []string{"public_url", "longer than"}},
		{name: "production without an SMSC", file: production, want: []string{"smsc", "production needs"}},
		{name: "test prefixes in production", file: production + "test_prefixes: [\"057\"]\n" + goodSMSC, want: []string{"test_prefixes", "only in simulation"}},
		{name: "mail to strangers in simulation", file: "mail: {addr: \"mx.example.vn:25\"}", want: []string{"mail.addr", "loopback"}},
		{name: "test prefix", file: "test_prefixes: [\"57x\"]", want: []string{"test_prefixes[0]"}},
		{name: "proxy", file: "trusted_proxies: [10.0.0.5, 10.0.0.0/24, \"::1\", proxy.local]", want: []string{"trusted_proxies[3]", "proxy.local"}},
		{name: "database", file: "database: mysql://x", want: []string{"database"}},
		{name: "redis", file: "redis: memcached", want: []string{"redis"}},
		{name: "two passwords", file: strings.Replace(goodSMSC, "password: secret", "password: secret\n    password_file: f", 1), want: []string{"smsc[0].password_file"}},
		{name: "officers' sender", file: strings.Replace(goodSMSC, `"8022"`, `"1022HP"`, 1), want: []string{"smsc[0].source.officer"}},
		{name: "brandname", file: strings.Replace(goodSMSC, `"1022HP"`, `"TONGDAI1022HP"`, 1), want: []string{"smsc[0].source.citizen"}},
		{name: "long password", file: strings.Replace(goodSMSC, "secret", strings.Repeat("secret", 11), 1), want: []string{"smsc[0].password", "63"}},
		{name: "entry twice", file: goodSMSC + strings.TrimPrefix(goodSMSC, "\nsmsc:\n"), want: []string{"smsc[1].name", "twice"}},
		{name: "lane nobody serves", file: strings.Replace(goodSMSC, "system_id", "lanes: [urgent]\n    system_id", 1), want: []string{"lane bulk"}},
		{name: "rule for registered texts", file: "registered_texts: maybe", want: []string{"registered_texts", "none of off, warn, enforce"}},
		{name: "a sender's rule for registered texts", file: goodSMSC + "    registered_texts: {citizen: maybe}\n", want: []string{"smsc[0].registered_texts.citizen"}},
		{name: "price", file: "sms_price: {officer: -1}", want: []string{"sms_price.officer"}},
		{name: "price that is none", file: "sms_price: {citizen: .nan}", want: []string{"sms_price.citizen"}},
		{name: "several", file: "listen: x\nredis: y\n", want: []string{"listen", "redis"}},
		{name: "error that is no status", file: goodSMSC + "    errors: {RNONSENSE: permanent}\n", want: []string{"smsc[0].errors", "RNONSENSE", "0x0401"}},
		{name: "error that is none", file: goodSMSC + "    errors: {ROK: permanent}\n", want: []string{"smsc[0].errors", "ROK"}},
		{name: "class of an error", file: goodSMSC + "    errors: {\"0x0401\": final}\n", want: []string{"smsc[0].errors", "0x0401", "final", "permanent, temporary, system, slowdown"}},
		{name: "error by two names", file: goodSMSC + "    errors: {\"0x0401\": permanent, \"1025\": temporary}\n", want: []string{"smsc[0].errors", "twice"}},
		{name: "variable of the wrong kind", environ: []string{"NOTIFY1022_SMSC_0_WINDOW=x"}, want: []string{"NOTIFY1022_SMSC_0_WINDOW", "number"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := LoadConfig(mustWrite(t, t.TempDir(), "c.yaml", test.file), test.environ)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%q shows a secret", err)
			}
		})
	}
}

func TestAConfigurationIsLoggedWithoutSecrets(t *testing.T) {
	dir := t.TempDir()
	secret := mustWrite(t, dir, "pw", "hidden77\r\n")
	path := mustWrite(t, dir, "c.yaml", "database: postgres://u:hidden1@db/x\nredis: redis://:hidden2@r:6379/0\nmail: {addr: \"127.0.0.1:25\", password: hidden3}\n"+
		strings.Replace(goodSMSC, "password: secret", "password_file: "+secret, 1))
	cfg, _, err := LoadConfig(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.SMSC[0].Password != "hidden77" {
		t.Errorf("password %q", cfg.SMSC[0].Password)
	}
	if line := cfg.Log(); strings.Contains(line, "hidden") || !strings.Contains(line, "vnpt") {
		t.Errorf("logged as %s", line)
	}
}

func TestASimulationTextsTheTestPrefixUnlessTheFileSaysOtherwise(t *testing.T) {
	for file, want := range map[string]int{"listen: a:1\n": 1, "test_prefixes: []\n": 0, "test_prefixes: [\"057\", \"0999\"]\n": 2} {
		cfg, _, err := LoadConfig(mustWrite(t, t.TempDir(), "c.yaml", file), nil)
		if err != nil || len(cfg.TestPrefixes) != want {
			t.Errorf("%q: test prefixes %v, %v", file, cfg.TestPrefixes, err)
		}
	}
}

func TestPrefixesOfMobilesAreSetByFileAndEnvironment(t *testing.T) {
	file := mustWrite(t, t.TempDir(), "c.yaml", "mobile_prefixes: [\"054\"]\nchanged_prefixes: [\"0195=054\"]\n")
	for phone, environ := range map[string][]string{
		"01951234567": nil,
		"0541234567":  {"NOTIFY1022_CHANGED_PREFIXES="},
		"0951234567":  {"NOTIFY1022_MOBILE_PREFIXES=054, 095"},
		"01941234567": {"NOTIFY1022_CHANGED_PREFIXES=0194=054"},
	} {
		cfg, unknown, err := LoadConfig(file, environ)
		if err != nil || len(unknown) > 0 {
			t.Fatalf("%v: %v, unknown %v", environ, err, unknown)
		}
		if _, err := cfg.numbering().ParsePhone(phone); err != nil {
			t.Errorf("%s: %v", phone, err)
		}
		if cfg, _, err = LoadConfig("", nil); err != nil || cfg.numbering().Textable(phone) {
			t.Errorf("without the setting %s may be texted (%v)", phone, err)
		}
	}
	bad := mustWrite(t, t.TempDir(), "c.yaml", "mobile_prefixes: [\"0545\"]\nchanged_prefixes: [\"0162=032\", \"0195=054\"]\n")
	_, _, err := LoadConfig(bad, nil)
	if err == nil || !strings.Contains(err.Error(), "mobile_prefixes[0]") || !strings.Contains(err.Error(), "changed_prefixes[1]") || strings.Contains(err.Error(), "changed_prefixes[0]") {
		t.Errorf("refused with %v", err)
	}
}

func TestATokenHasTenLettersThatAreNotMistaken(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]bool{}
	for range 2000 {
		token := newToken()
		if len(token) != tokenLength || strings.ContainsAny(token, "0O1lIo") || seen[token] {
			t.Fatalf("token %q", token)
		}
		seen[token] = true
		for _, r := range token {
			letters[r] = true
		}
	}
	if len(letters) != 56 {
		t.Errorf("%d letters in use, want 56", len(letters))
	}
}

func TestAProxyIsBelievedWhereItIsNamed(t *testing.T) {
	cfg, _, err := LoadConfig("", []string{"NOTIFY1022_TRUSTED_PROXIES=10.0.0.5, 10.1.2.3/16, fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	believed := func(addr string) bool {
		return slices.ContainsFunc(cfg.proxies(), func(p netip.Prefix) bool { return p.Contains(netip.MustParseAddr(addr)) })
	}
	for addr, want := range map[string]bool{"127.0.0.1": true, "::1": true, "10.0.0.5": true, "10.0.0.6": false, "10.1.200.1": true, "fd12::1": true, "203.0.113.1": false} {
		if believed(addr) != want {
			t.Errorf("%s is believed: %t", addr, !want)
		}
	}
}

func TestEverySecretThatCannotBeReadIsNamedAtOnce(t *testing.T) {
	path := mustWrite(t, t.TempDir(), "hotline.yaml", `
smsc:
  - {name: a, addr: "127.0.0.1:2775", system_id: u, password_file: /nowhere/a, source: {officer: "8022", citizen: "8022"}}
  - {name: b, addr: "127.0.0.1:2776", system_id: u, password_file: /nowhere/b, source: {officer: "8022", citizen: "8022"}}
mail: {addr: "127.0.0.1:25", from: a@example.vn, password_file: /nowhere/m}
`)
	_, _, err := LoadConfig(path, nil)
	for _, key := range []string{"smsc[0].password_file", "smsc[1].password_file", "mail.password_file"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not named: %v", key, err)
		}
	}
}

// Whoever is bound as a transmitter alone never hears a reply or a receipt.
func TestInProductionSomeEntryReceives(t *testing.T) {
	for _, c := range []struct {
		environment string
		binds       []string
		refused     bool
	}{
		{production, []string{"transmitter"}, true},
		{production, []string{"transmitter", "transmitter"}, true},
		{production, []string{"transmitter", "receiver"}, false},
		{production, []string{"transmitter", "transceiver"}, false},
		{production, []string{"pair"}, false},
		{simulation, []string{"transmitter"}, false},
	} {
		cfg := defaultConfig()
		cfg.Environment = c.environment
		for _, bind := range c.binds {
			cfg.SMSC = append(cfg.SMSC, SMSC{Bind: bind})
		}
		err := cfg.check()
		if got := err != nil && strings.Contains(err.Error(), "smsc: no entry receives replies and receipts"); got != c.refused {
			t.Errorf("%s, %v: refused %t, want %t", c.environment, c.binds, got, c.refused)
		}
	}
}
