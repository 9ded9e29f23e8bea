package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/mail"
	"notify1022/queue"
	"notify1022/store"
	"notify1022/templates"
)

// doctorCmd checks everything that a start needs.
type doctorCmd struct{}

// reach is how long a server may take to answer.
const reach = 3 * time.Second

var errUnwell = errors.New("something that a start needs is missing")

func (doctorCmd) Run(ctx context.Context, c *console, s *settings) error {
	d := diagnosis{out: c.out}
	cfg, err := s.config()
	d.check("config", describe(cfg), err)
	if err != nil {
		return errUnwell
	}
	d.files(cfg)
	d.shelf(cfg.Files)
	d.links(cfg)
	if !d.database(ctx, cfg) {
		d.calendarFiles(cfg)
	}
	d.redis(ctx, cfg)
	d.smsc(ctx, cfg)
	d.mail(ctx, cfg)
	d.watching(cfg)
	if d.failed {
		return errUnwell
	}
	return nil
}

// diagnosis prints one line for each check: ok, warn or FAIL.
type diagnosis struct {
	out    io.Writer
	failed bool
}

func (d *diagnosis) say(word, what, detail string) {
	fmt.Fprintln(d.out, strings.TrimSpace(fmt.Sprintf("%-4s  %-10s %s", word, what, detail)))
}

// check prints what went well, or the error.
func (d *diagnosis) check(what, detail string, err error) bool {
	if err != nil {
		d.failed = true
		d.say("FAIL", what, oneLine(err))
		return false
	}
	d.say("ok", what, detail)
	return true
}

func describe(cfg Config) string {
	return fmt.Sprintf("%s, %s, %d smsc entries", cfg.Environment, cfg.PublicURL, len(cfg.SMSC))
}

// files are the calendar, the policy and the built-in catalogue.
func (d *diagnosis) files(cfg Config) {
	now := time.Now()
	_, version, err := loadCalendar(cfg.Calendar)
	d.check("calendar", version, err)
	for _, name := range slices.Sorted(maps.Keys(cfg.Calendars)) {
		if _, version, err := loadCalendar(cfg.Calendars[name]); err != nil {
			d.say("warn", "calendars", name+" cannot be used, and its units work by the city's: "+oneLine(err))
		} else {
			d.say("ok", "calendars", name+" "+version)
		}
	}
	policy, err := loadPolicy(cfg.Policy)
	if err == nil {
		d.check("policy", "version "+policy.Version, nil)
		if policy.Decision == "" {
			d.say("warn", "policy", "names no decision in force; state its number in a policy file")
		}
		if policy.Expired(now) {
			d.say("warn", "policy", "no decision covers today: valid to "+policy.ValidTo.Format(time.DateOnly))
		}
	} else {
		d.check("policy", "", err)
	}
	d.check("templates", fmt.Sprintf("%d built-in texts", len(templates.Builtin().All())), nil)
}

// calendarFiles looks at what the files say, where no database can tell what was edited
// over them.
func (d *diagnosis) calendarFiles(cfg Config) {
	if cal, _, err := loadCalendar(cfg.Calendar); err == nil {
		d.announced("", cal)
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Calendars)) {
		if cal, _, err := loadCalendar(cfg.Calendars[name]); err == nil {
			d.announced(name, cal)
		}
	}
}

// calendarsInForce looks at the calendars as they are: the files', or what was edited
// over them in the console.
func (d *diagnosis) calendarsInForce(ctx context.Context, cfg Config, db *store.Store) {
	shelf, err := calendarsOf(ctx, cfg, db, slog.New(slog.DiscardHandler))
	if err != nil {
		d.check("calendar", "", err)
		return
	}
	for _, name := range append([]string{""}, shelf.names()...) {
		page, err := shelf.Page(name)
		if err != nil {
			d.check("calendar", "", err)
			continue
		}
		if b, _ := shelf.book(name); page.Version != b.version {
			d.say("ok", "calendar", page.Version+" is in force, edited in the console")
		}
		if days, until := page.Lost(time.Now().In(worktime.Zone()).Format(time.DateOnly)); len(days) > 0 || until != "" {
			d.say("warn", "calendar", inCalendar(name)+"edits of the console over another file are not in force; its page lists what the new file lacks")
		}
		d.announced(name, page.Calendar)
	}
}

// announced warns a month ahead of days that are not announced.
func (d *diagnosis) announced(name string, cal *worktime.Calendar) {
	if cal.Provisional(time.Now().AddDate(0, 1, 0)) {
		d.say("warn", "calendar", inCalendar(name)+"the days off of next month are not announced in it")
	}
}

func inCalendar(name string) string {
	if name == "" {
		return ""
	}
	return name + ": "
}

// database looks at it and what it holds; looked is false when it cannot be read yet.
func (d *diagnosis) database(ctx context.Context, cfg Config) (looked bool) {
	if path, missing := missingFile(cfg); missing {
		d.say("warn", "database", path+" is not there yet; migrate or the first start makes it")
		return false
	}
	db, err := store.Open(ctx, cfg.Database, store.Options{Environment: cfg.Environment})
	if err != nil {
		d.check("database", "", err)
		return false
	}
	defer db.Close()
	if !d.check("database", db.Backend(), db.Ping(ctx)) || !d.check("schema", "up to date", db.SchemaCurrent(ctx)) {
		return false
	}
	d.connections(ctx, db)
	d.durability(ctx, db)
	is, err := db.Installation(ctx)
	if err == nil {
		err = sameEnvironment(is, cfg)
	}
	d.check("identity", is.ID, err)
	if err == nil {
		c := &catalogue{db: db}
		d.check("texts", "the saved texts can be rendered", c.load(ctx))
		d.filing(cfg, c)
		d.calendarsInForce(ctx, cfg, db)
		d.unitCalendars(ctx, cfg, db)
		d.ladders(ctx, cfg, db)
		d.probePhone(ctx, cfg, db)
		d.administrators(ctx, db)
	}
	return err == nil
}

// connections warns before PostgreSQL has none left for one process more.
func (d *diagnosis) connections(ctx context.Context, db *store.Store) {
	taken, of, err := db.Connections(ctx)
	if err != nil {
		d.check("connections", "", err)
		return
	}
	if most := (store.Options{}).MostConnections(); of > 0 && of-taken < most {
		d.say("warn", "connections", fmt.Sprintf("%d of PostgreSQL's %d are taken; a process opens up to %d (max_connections)", taken, of, most))
	}
}

// durability warns where PostgreSQL confirms what is not on its disk yet.
func (d *diagnosis) durability(ctx context.Context, db *store.Store) {
	off, err := db.Lossy(ctx)
	if err != nil {
		d.check("durability", "", err)
	} else if len(off) > 0 {
		d.say("warn", "durability", "PostgreSQL may lose what it has confirmed, such as replies that the SMSC keeps no more: off is "+strings.Join(off, ", "))
	}
}

// administrators are told when the service itself is in trouble.
func (d *diagnosis) administrators(ctx context.Context, db *store.Store) {
	people, err := db.Contacts(ctx, store.ContactFilter{Role: escalation.Administrator})
	if err != nil {
		d.check("alarms", "", err)
		return
	}
	if !slices.ContainsFunc(people, func(c escalation.Contact) bool { return c.Phone != "" }) {
		d.say("warn", "alarms", "the directory has no administrator with a number: an alarm reaches nobody")
	}
}

// shelf is the directory of files: written to, and left as it was found.
func (d *diagnosis) shelf(dir string) {
	defer unmake(missingAbove(dir))
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(dir, ".doctor-*"); err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
	}
	if err != nil {
		err = fmt.Errorf("photos and recordings cannot be kept: %w", err)
	}
	d.check("files", dir, err)
}

// missingAbove are the directory and those above it that are not there, the innermost first.
func missingAbove(dir string) (missing []string) {
	for {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return missing
		}
		missing, dir = append(missing, dir), filepath.Dir(dir)
	}
}

// unmake removes empty directories.
func unmake(dirs []string) {
	for _, dir := range dirs {
		os.Remove(dir)
	}
}

// links are read by whoever they are passed on to, where no code is asked for.
func (d *diagnosis) links(cfg Config) {
	if cfg.Production() && cfg.SlipPasscode == "off" {
		d.say("warn", "links", "slip_passcode is off: whoever has the link of a slip or of a report reads it, and acts as the unit")
	}
}

// unitCalendars names the units whose calendar the configuration does not have.
func (d *diagnosis) unitCalendars(ctx context.Context, cfg Config, db *store.Store) {
	units, err := db.Units(ctx)
	if err != nil {
		d.check("units", "", err)
		return
	}
	var lacking []string
	for _, u := range units {
		if _, known := cfg.Calendars[u.Calendar]; u.Calendar != "" && !known {
			lacking = append(lacking, u.Code+" ("+u.Calendar+")")
		}
	}
	if len(lacking) > 0 {
		d.say("warn", "calendars", "named by units and not configured, so they work by the city's: "+strings.Join(lacking, ", "))
	}
}

// filing names the texts that are refused because nothing is registered for a sender.
func (d *diagnosis) filing(cfg Config, c *catalogue) {
	if c.Set() == nil {
		return
	}
	lacking := map[string][]string{}
	for _, t := range c.Set().All() {
		for _, s := range sendersOf(cfg.senders(), t) {
			if s.rule == filingEnforce && len(c.Filed()[filingKey{t.Key, s.address}]) == 0 && !t.Key.MailOnly() {
				lacking[s.address] = append(lacking[s.address], string(t.Key))
			}
		}
	}
	for _, address := range slices.Sorted(maps.Keys(lacking)) {
		d.say("warn", "texts", "nothing is registered for "+address+", so these are not sent: "+strings.Join(lacking[address], ", "))
	}
}

func (d *diagnosis) redis(ctx context.Context, cfg Config) {
	r, err := queue.OpenRedis(cfg.Redis)
	if err != nil {
		d.check("redis", "", err)
		return
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(ctx, reach)
	defer cancel()
	detail := "answers"
	if r.Embedded() {
		detail = "embedded"
	}
	if !d.check("redis", detail, r.Ping(ctx)) || r.Embedded() {
		return
	}
	if most, err := r.ListpackValue(ctx); err == nil && most < 1024 {
		d.say("warn", "redis", fmt.Sprintf("hash-max-listpack-value is %d: a day of wakes takes 51 MB instead of 39 (set 1024)", most))
	}
}

// smsc only connects: a bind could take replies away from the service.
func (d *diagnosis) smsc(ctx context.Context, cfg Config) {
	if len(cfg.SMSC) == 0 {
		d.say("ok", "smsc", "the built-in simulator")
	}
	for _, s := range cfg.SMSC {
		if _, err := s.tlsConfig(); err != nil {
			d.check("smsc", "", err)
			continue
		}
		d.check("smsc", s.Name+" can be reached", dial(ctx, s.Addr))
	}
}

// mail goes through all that comes before a mail, the sign-in included, and sends none.
func (d *diagnosis) mail(ctx context.Context, cfg Config) {
	if cfg.Mail.Addr == "" {
		d.say("warn", "mail", "no mail server: citizens without a mobile become tasks for operators")
		return
	}
	c, err := cfg.Mail.sender()
	if err != nil {
		d.check("mail", "", err)
		return
	}
	c.Step, c.Timeout = reach, 4*reach
	sender, err := mail.New(c)
	offers := ""
	if err == nil {
		offers, err = sender.Check(ctx)
	}
	d.check("mail", "answers: "+offers, err)
}

// watching is what tells of that which no process can tell of itself.
func (d *diagnosis) watching(cfg Config) {
	if cfg.Probe.Phone == "" {
		d.say("warn", "probe", "no phone answers probes (probe.phone): texts that the telecom takes and does not deliver, and replies that do not come, are noticed by people alone")
	} else {
		d.say("ok", "probe", "each "+cfg.Probe.Every)
	}
	if cfg.Heartbeat == "" {
		d.say("warn", "heartbeat", "nothing outside hears that the service lives (heartbeat): that it stands still, or cannot tell anybody what is wrong, is noticed by people alone")
	} else {
		d.say("ok", "heartbeat", "after each audit")
	}
}

func dial(ctx context.Context, addr string) error {
	dialer := net.Dialer{Timeout: reach}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}
