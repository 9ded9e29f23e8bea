package main

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/smpp/sms"
	"notify1022/templates"

	"notify1022/escalation/worktime"
)

// complaints gathers what is wrong, each with its key.
type complaints []error

func (w *complaints) add(key, format string, args ...any) {
	*w = append(*w, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
}

// check reports everything that is wrong with the configuration.
func (c *Config) check() error {
	var w complaints
	if c.Environment != production && c.Environment != simulation {
		w.add("environment", "%.40q is neither production nor simulation", c.Environment)
	}
	checkAddr(&w, "listen", c.Listen)
	c.checkPublicURL(&w)
	c.checkPublic(&w)
	c.checkStores(&w)
	c.checkSMSC(&w)
	c.checkWaits(&w)
	c.checkHeartbeat(&w)
	c.checkProbe(&w)
	c.checkBundling(&w)
	if d := duration(c.Shift); d <= 0 || d > 24*time.Hour {
		w.add("shift", "is no duration up to 24h")
	}
	c.checkFiling(&w)
	c.checkPrices(&w)
	c.checkCalendars(&w)
	c.Retention.check(&w, c.Production())
	c.checkTestPrefixes(&w)
	c.checkProxies(&w)
	c.checkPrefixes(&w, &escalation.Numbering{})
	c.Mail.check(&w)
	if c.Mail.Addr != "" && !c.Production() && !loopbackAddr(c.Mail.Addr) {
		w.add("mail.addr", "outside production only a mail server on loopback is used")
	}
	return errors.Join(w...)
}

// calendarName is a name of a calendar of units; a slash parts it from its version.
var calendarName = regexp.MustCompile(`^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ._-]{0,39}$`)

// mostCalendars bounds the calendars of units; each takes about a megabyte.
const mostCalendars = 100

// checkCalendars looks at the names and paths alone: a file that is no calendar is
// told, and the city's gives its place (field failure 19).
func (c *Config) checkCalendars(w *complaints) {
	if len(c.Calendars) > mostCalendars {
		w.add("calendars", "more than %d", mostCalendars)
	}
	for name, file := range c.Calendars {
		if !calendarName.MatchString(name) {
			w.add("calendars", "%.50q is no name: letters, digits, spaces, dots and dashes, at most 40", name)
		}
		if file == "" {
			w.add("calendars."+name, "names no file")
		}
	}
}

// checkWaits: in production a lease and a grace outlast the SMSC's answer.
func (c *Config) checkWaits(w *complaints) {
	least := 2 * time.Second
	if c.Production() {
		least = 30 * time.Second
	}
	for key, text := range map[string]string{"lease": c.Lease, "grace": c.Grace} {
		if d, err := time.ParseDuration(text); err != nil || d < least || d > time.Hour {
			w.add(key, "is no duration between %s and 1h", least)
		}
	}
}

// checkHeartbeat: an address is asked by https, or on this machine.
func (c *Config) checkHeartbeat(w *complaints) {
	u, err := url.Parse(c.Heartbeat)
	if err != nil || u.Scheme == "http" && !loopbackAddr(net.JoinHostPort(u.Hostname(), or(u.Port(), "80"))) {
		w.add("heartbeat", "must be a file, https://… or http:// on loopback")
	}
}

// checkProbe: the number is a mobile, and rounds are no flood.
func (c *Config) checkProbe(w *complaints) {
	least := time.Second
	if c.Production() {
		least = time.Minute
	}
	for key, text := range map[string]string{"probe.every": c.Probe.Every, "probe.patience": c.Probe.Patience} {
		if d, err := time.ParseDuration(text); err != nil || d < least || d > time.Hour {
			w.add(key, "is no duration between %s and 1h", least)
		}
	}
	if p := c.probePhone(); c.Probe.Phone != "" && !c.numbering().Textable(p) {
		w.add("probe.phone", "is no mobile number that may be texted")
	}
}

// checkPublic: what the public pages need.
func (c *Config) checkPublic(w *complaints) {
	if _, err := c.publishFrom(); err != nil {
		w.add("publish_from", "is no date like 2027-01-01")
	}
	if c.SlipPasscode != "on" && c.SlipPasscode != "off" {
		w.add("slip_passcode", "is neither on nor off")
	}
	if c.LeaderReports != "on" && c.LeaderReports != "off" {
		w.add("leader_reports", "is neither on nor off")
	}
}

// publishFrom is the first instant of publish_from; zero: never.
func (c *Config) publishFrom() (time.Time, error) {
	if c.PublishFrom == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(time.DateOnly, c.PublishFrom, worktime.Zone())
}

// checkBundling: reminders may wait, but not for the next level.
func (c *Config) checkBundling(w *complaints) {
	if d, err := time.ParseDuration(c.Bundling); err != nil || d < 0 || d > 15*time.Minute {
		w.add("bundling", "is no duration between 0s and 15m")
	}
}

// checkFiling: the rule is known, for each sender too.
func (c *Config) checkFiling(w *complaints) {
	rules := map[string]string{"registered_texts": c.RegisteredTexts}
	for i, e := range c.SMSC {
		key := fmt.Sprintf("smsc[%d].registered_texts.", i)
		rules[key+"officer"], rules[key+"citizen"] = or(e.RegisteredTexts.Officer, filingOff), or(e.RegisteredTexts.Citizen, filingOff)
	}
	for key, rule := range rules {
		if !slices.Contains(filingRules(), rule) {
			w.add(key, "%.20q is none of off, warn, enforce", rule)
		}
	}
}

// checkPrices: a segment costs some hundred đồng.
func (c *Config) checkPrices(w *complaints) {
	for key, price := range map[string]float64{"sms_price.officer": c.SMSPrice.Officer, "sms_price.citizen": c.SMSPrice.Citizen} {
		if price < 0 || price > 100_000 || math.IsNaN(price) {
			w.add(key, "is not between 0 and 100000 đồng")
		}
	}
}

func (c *Config) bundling() time.Duration { return duration(c.Bundling) }
func (c *Config) shift() time.Duration    { return duration(c.Shift) }

// lease and grace are those of the configuration; the check has passed them.
func (c *Config) lease() time.Duration { return duration(c.Lease) }
func (c *Config) grace() time.Duration { return duration(c.Grace) }

func duration(text string) time.Duration {
	d, _ := time.ParseDuration(text)
	return d
}

func checkAddr(w *complaints, key, addr string) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		w.add(key, "%.60q is not host:port", addr)
	}
}

// checkPublicURL: texts print it without its scheme, and have room for so much.
func (c *Config) checkPublicURL(w *complaints) {
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		w.add("public_url", "is not an address such as https://1022.haiphong.gov.vn")
		return
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		w.add("public_url", "must be a bare address")
	case c.Production() && u.Scheme != "https":
		w.add("public_url", "must begin with https:// in production")
	}
	if room := templates.LinkMax - len("/t/") - tokenLength; c.Production() && len(c.Host()) > room {
		w.add("public_url", "is longer than the %d characters that texts have room for", room)
	}
}

func (c *Config) checkStores(w *complaints) {
	scheme, rest, _ := strings.Cut(c.Database, ":")
	switch {
	case scheme == "sqlite" && rest == "":
		w.add("database", "sqlite: names no file")
	case scheme != "sqlite" && scheme != "postgres" && scheme != "postgresql":
		w.add("database", "must begin with sqlite: or postgres://")
	}
	scheme, _, _ = strings.Cut(c.Redis, "://")
	if !slices.Contains([]string{"embedded", "redis", "rediss", "unix", "redis-sentinel"}, scheme) {
		w.add("redis", "must be embedded, redis://…, rediss://…, unix://… or redis-sentinel://…")
	}
}

func (c *Config) checkTestPrefixes(w *complaints) {
	if c.Production() && len(c.TestPrefixes) > 0 {
		w.add("test_prefixes", "only in simulation")
	}
	for i, p := range c.TestPrefixes {
		if len(p) < 2 || len(p) > 9 || p[0] != '0' || strings.Trim(p, "0123456789") != "" {
			w.add(fmt.Sprintf("test_prefixes[%d]", i), "%.20q is not the beginning of a number, such as 057", p)
		}
	}
}

func (c *Config) checkProxies(w *complaints) {
	for i, p := range c.TrustedProxies {
		if _, err := network(p); err != nil {
			w.add(fmt.Sprintf("trusted_proxies[%d]", i), "%.40q is no address or network, such as 10.0.0.5 or 10.0.0.0/24", p)
		}
	}
}

// checkPrefixes adds the prefixes to the numbering plan. A change may lead to one that is
// assigned here.
func (c *Config) checkPrefixes(w *complaints, n *escalation.Numbering) {
	for i, p := range c.MobilePrefixes {
		if err := n.AddPrefix(p); err != nil {
			w.add(fmt.Sprintf("mobile_prefixes[%d]", i), "%.20q %w", p, err)
		}
	}
	for i, p := range c.ChangedPrefixes {
		if err := n.AddChange(p); err != nil {
			w.add(fmt.Sprintf("changed_prefixes[%d]", i), "%.20q %w", p, err)
		}
	}
}

// network is an address or a network in the notation of CIDR.
func network(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.Prefix(addr.BitLen())
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

// proxies are those whose word about the visitor's address is taken.
func (c *Config) proxies() []netip.Prefix {
	list := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, p := range c.TrustedProxies {
		if p, err := network(p); err == nil { // checked at the start
			list = append(list, p)
		}
	}
	return list
}

func (c *Config) checkSMSC(w *complaints) {
	if c.Production() && len(c.SMSC) == 0 {
		w.add("smsc", "production needs at least one entry")
	}
	names := map[string]bool{}
	for i := range c.SMSC {
		key := fmt.Sprintf("smsc[%d]", i)
		if names[c.SMSC[i].Name] {
			w.add(key+".name", "%.40q stands twice", c.SMSC[i].Name)
		}
		names[c.SMSC[i].Name] = true
		c.SMSC[i].check(w, key)
	}
	receives := func(s SMSC) bool { return s.Bind != "transmitter" }
	if c.Production() && len(c.SMSC) > 0 && !slices.ContainsFunc(c.SMSC, receives) {
		w.add("smsc", "no entry receives replies and receipts")
	}
	for _, lane := range lanes() {
		serves := func(s SMSC) bool { return s.serves(lane) && s.Bind != "receiver" }
		if len(c.SMSC) > 0 && !slices.ContainsFunc(c.SMSC, serves) {
			w.add("smsc", "no entry submits the lane %s", lane)
		}
	}
}

func lanes() []escalation.Lane {
	return []escalation.Lane{escalation.LaneUrgent, escalation.LaneSlip, escalation.LaneCitizen, escalation.LaneBulk}
}

// serves reports whether texts of the lane may go over this account.
func (s SMSC) serves(lane escalation.Lane) bool {
	return len(s.Lanes) == 0 || slices.Contains(s.Lanes, string(lane))
}

// check reports what is wrong with one entry. The longest fields are those of
// SMPP 3.4 §5.2.1–5.2.3, but for the password, where operators hand out longer ones.
func (s *SMSC) check(w *complaints, key string) {
	checkAddr(w, key+".addr", s.Addr)
	for field, longest := range map[string]int{"system_id": 15, "password": 63, "system_type": 12} {
		value := map[string]string{"system_id": s.SystemID, "password": s.Password, "system_type": s.SystemType}[field]
		if len(value) > longest {
			w.add(key+"."+field, "is longer than %d characters", longest)
		}
	}
	if s.SystemID == "" {
		w.add(key+".system_id", "is missing")
	}
	if _, ok := bindModes()[s.Bind]; !ok {
		w.add(key+".bind", "%.20q is none of transceiver, transmitter, receiver, pair", s.Bind)
	}
	if _, ok := concats()[s.Long]; !ok {
		w.add(key+".long", "%.20q is none of udh8, udh16, sar, payload", s.Long)
	}
	if !slices.Contains([]string{"same", "hex", "dec"}, s.IDBase) {
		w.add(key+".id_base", "%.20q is none of same, hex, dec", s.IDBase)
	}
	within(w, key+".binds", s.Binds, 1, 64)
	within(w, key+".window", s.Window, 1, 10_000)
	within(w, key+".max_segments", s.MaxSegments, 1, 10)
	if s.Rate < 0 || s.Rate > 100_000 || math.IsNaN(s.Rate) {
		w.add(key+".rate", "is not between 0 and 100000")
	}
	if d, err := time.ParseDuration(s.EnquireLink); err != nil || d <= 0 {
		w.add(key+".enquire_link", "is no duration such as 30s")
	}
	if s.CAFile != "" && !s.TLS {
		w.add(key+".ca_file", "needs tls: true")
	}
	s.checkSource(w, key)
	if _, err := s.classes(); err != nil {
		w.add(key+".errors", "%v", err)
	}
	for i, lane := range s.Lanes {
		if !slices.Contains(lanes(), escalation.Lane(lane)) {
			w.add(fmt.Sprintf("%s.lanes[%d]", key, i), "%.20q is none of urgent, slip, citizen, bulk", lane)
		}
	}
}

// checkSource: officers must be able to answer, and a brandname has 11 characters.
func (s *SMSC) checkSource(w *complaints, key string) {
	if s.Bind == "receiver" {
		return
	}
	if s.Source.Officer == "" || strings.Trim(s.Source.Officer, "0123456789") != "" || len(s.Source.Officer) > 20 {
		w.add(key+".source.officer", "must be a number: officers answer it")
	}
	switch name := s.Source.Citizen; {
	case name == "":
		w.add(key+".source.citizen", "is missing")
	case strings.Trim(name, "0123456789") == "" && len(name) <= 20:
	case len(name) > 11 || !sms.Fits(name):
		w.add(key+".source.citizen", "is not a name of up to 11 characters of GSM 03.38")
	}
}

// check reports what is wrong with the email channel; without Addr there is none.
func (m *Mail) check(w *complaints) {
	if m.Addr == "" {
		return
	}
	checkAddr(w, "mail.addr", m.Addr)
	for key, address := range map[string]string{"mail.from": m.From, "mail.bounce": or(m.Bounce, m.From)} {
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
			w.add(key, "is not an address")
		}
	}
	if !slices.Contains([]string{"", "offered", "starttls", "tls", "none"}, m.Security) {
		w.add("mail.security", "%.20q is none of offered, starttls, tls, none", m.Security)
	}
	if m.Security == "none" && m.Username != "" {
		w.add("mail.security", "a password never travels without TLS")
	}
}

// loopbackAddr reports whether host:port is on this machine. A rehearsal must not
// mail anybody, as it must not text anybody.
func loopbackAddr(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func within(w *complaints, key string, n, least, most int) {
	if n < least || n > most {
		w.add(key, "%d is not between %d and %d", n, least, most)
	}
}
