package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/smpp/smsc"
	"notify1022/store"
	"notify1022/templates"
	"notify1022/web"
)

// The roles that one process may have.
const (
	roleAll     = "all"
	roleWeb     = "web"
	roleWorker  = "worker"
	roleGateway = "gateway"
)

// order is what a start is asked for besides the configuration.
type order struct {
	roles    []string // none: all
	simNow   time.Time
	simSpeed float64 // with simNow or alone: the domain's clock is simulated
	log      *slog.Logger
	// probes: without the role web, /healthz, /readyz and /metrics are served all
	// the same.
	probes bool
	// simulator, when set, is how the built-in SMSC behaves.
	simulator smsc.Config
	// domain, when set, is the domain's clock (load); it runs at the machine's pace.
	domain func() time.Time
}

func (o order) has(role string) bool {
	return len(o.roles) == 0 || slices.Contains(o.roles, roleAll) || slices.Contains(o.roles, role)
}

func (o order) simulated() bool { return !o.simNow.IsZero() || o.simSpeed > 0 }

// room is what a running service hands out: to demo and rehearsal, which play on
// it, and to tests.
type room struct {
	Addr     string             // of the HTTP door, empty without one
	Database string             // path of the SQLite file; empty on PostgreSQL
	Desk     web.Desk           // its commands wake workers and gateway
	Store    *store.Store       // its clock is the service's
	SMSC     *smsc.Server       // the built-in simulator; nil with real entries
	Calendar *worktime.Calendar // in force
	Policy   *escalation.Policy
	Officer  string // the number that officers' texts come from
	Posted   func() // says that messages may have been queued
}

// service is one process of an installation, put together and not yet running.
type service struct {
	cfg    Config
	order  order
	log    *slog.Logger
	policy *escalation.Policy

	calendar        *worktime.Calendar
	calendarVersion string

	lock         *os.File // of a SQLite file that is served; nil otherwise
	db           *store.Store
	installation string // whose database it is
	redis        *queue.Redis
	catalogue    *catalogue
	shelf        *calendarShelf
	book         *calendarBook // the city's
	metrics      *queue.Metrics
	desk         *escalation.Desk
	door         *hintingDesk
	alarm        *alarm
	mailer       queue.Mailer   // nil: nothing is mailed, and who has no mobile becomes a task
	worker       *queue.Worker  // nil without the role
	gateway      *queue.Gateway // nil without the role
	owner        string         // the process, by name: of the gateway's leases, and of signs of life
	accounts     []*account
	simulator    *smsc.Server // nil with real entries, or without the role
	listener     net.Listener // nil without the role web
	handler      http.Handler
	extra        stage // what a demo lets run beside
}

// newService opens and connects everything and starts nothing. What it opened is
// closed by Run, or by Close.
func newService(ctx context.Context, cfg Config, o order) (_ *service, err error) {
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	s := &service{cfg: cfg, order: o, log: o.log, owner: nodeName(), metrics: queue.NewMetrics()}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := s.checkRoles(); err != nil {
		return nil, usageError{err}
	}
	if s.calendar, s.calendarVersion, err = loadCalendar(cfg.Calendar); err != nil {
		return nil, usageError{err}
	}
	if s.policy, err = loadPolicy(cfg.Policy); err != nil {
		return nil, usageError{err}
	}
	for _, step := range []func(context.Context) error{
		s.openDatabase, s.ruleOutbox, s.identify, s.openRedis, s.openCatalogue, s.buildMailer, s.buildDesk, s.openCalendar, s.buildAlarm, s.buildWorker, s.buildGateway, s.buildDoor,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// checkRoles: embedded SQLite and Redis belong to one process.
func (s *service) checkRoles() error {
	for _, r := range s.order.roles {
		if !slices.Contains([]string{roleAll, roleWeb, roleWorker, roleGateway}, r) {
			return fmt.Errorf("--role: %.20q is none of all, web, worker, gateway", r)
		}
	}
	whole := s.order.has(roleWeb) && s.order.has(roleWorker) && s.order.has(roleGateway)
	switch {
	case whole:
		return nil
	case strings.HasPrefix(s.cfg.Database, "sqlite:"):
		return errors.New("database: SQLite serves one process with all roles; split roles need postgres://…")
	case s.cfg.Redis == "embedded":
		return errors.New("redis: the embedded Redis serves one process with all roles; split roles need redis://…")
	}
	return nil
}

func (s *service) openDatabase(ctx context.Context) error {
	if s.order.simulated() && s.cfg.Production() {
		return usageError{errSimInProduction}
	}
	if err := migrated(ctx, s.cfg, s.log); err != nil {
		return err
	}
	err := s.alone()
	if err != nil {
		return err
	}
	if s.order.domain != nil {
		s.db, err = store.Open(ctx, s.cfg.Database, store.Options{Environment: s.cfg.Environment, Domain: s.order.domain, Lease: s.cfg.lease(), Log: s.log})
		return err
	}
	if !s.order.simulated() {
		s.db, err = openStore(ctx, s.cfg, s.log)
		return err
	}
	if s.db, err = openOn(ctx, s.cfg, s.log, true); err != nil {
		return err
	}
	return simulate(ctx, s.db, s.order.simNow, s.order.simSpeed)
}

// identify notes whose database it is.
func (s *service) identify(ctx context.Context) error {
	is, err := s.db.Installation(ctx)
	s.installation = is.ID
	return err
}

// migrated brings the schema up to date before anybody reads it.
func migrated(ctx context.Context, cfg Config, log *slog.Logger) error {
	db, err := store.Open(ctx, cfg.Database, store.Options{Environment: cfg.Environment, Log: log})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

func (s *service) openRedis(context.Context) (err error) {
	s.redis, err = queue.OpenRedis(s.cfg.Redis)
	return err
}

func (s *service) openCatalogue(ctx context.Context) (err error) {
	s.catalogue, err = loadCatalogue(ctx, s.db, s.log)
	return err
}

func (s *service) buildDesk(context.Context) error {
	s.desk = escalation.NewDesk(s.db, escalation.Setting{
		Policy: s.policy, Calendar: s.calendar, CalendarVersion: s.calendarVersion, Numbering: s.cfg.numbering(),
		Token: newToken, Salt: newSalt, Redact: templates.Summary, Conceal: templates.Conceal, Host: s.cfg.Host(), Support: s.cfg.SupportPhone,
		Mail: s.mailer != nil, CitizensCanReply: s.citizensCanReply(),
	})
	return nil
}

// citizensCanReply: a brandname cannot be answered, a number can.
func (s *service) citizensCanReply() bool {
	for _, e := range s.cfg.SMSC {
		if e.serves(escalation.LaneCitizen) && strings.Trim(e.Source.Citizen, "0123456789") == "" {
			return true
		}
	}
	return false
}

func (s *service) buildWorker(ctx context.Context) (err error) {
	if !s.order.has(roleWorker) {
		return nil
	}
	c := queue.WorkerConfig{
		Installation: s.installation, Desk: s.workerDesk(), Clock: s.db, Rungs: s.db, Outbox: s.db, Inbox: s.db, Periods: s.db, Jobs: s.periods(),
		Redis: s.redis, Auditor: auditor{s.db, s.redis, s.installation, s.cfg.Probe}, Alarm: s.alarm, Faults: s.db, Alive: heartbeat(s.cfg.Heartbeat), Posted: s.wakeGateway, Grace: s.cfg.grace(), Metrics: s.metrics, Log: s.log,
	}
	if s.db.Backend() == "sqlite" {
		c.Parallel = 1
	}
	if _, _, err := s.db.SimNow(ctx); err == nil && !s.cfg.Production() {
		c.Simulation = simulatedClock{s.db}
	}
	s.worker, err = queue.NewWorker(c)
	return err
}

// wakeGateway says that messages may have been queued. It does not block.
func (s *service) wakeGateway() {
	if s.gateway != nil {
		s.gateway.Wake()
	}
}

// wakeReader says that a reply was stored, wakeRefused that a message failed.
func (s *service) wakeReader() {
	if s.worker != nil {
		s.worker.Read()
	}
}

func (s *service) wakeRefused() {
	if s.worker != nil {
		s.worker.Refused()
	}
}

// room is what the service hands out.
func (s *service) room() *room {
	r := &room{Desk: s.door, Store: s.db, SMSC: s.simulator, Calendar: s.calendar, Policy: s.policy, Posted: s.wakeGateway}
	r.Database, _ = strings.CutPrefix(s.cfg.Database, "sqlite:")
	if s.db.Backend() != "sqlite" {
		r.Database = ""
	}
	if s.listener != nil {
		r.Addr = s.listener.Addr().String()
	}
	for _, a := range s.accounts {
		r.Officer = or(r.Officer, a.cfg.Source.Officer)
	}
	return r
}

// Run serves until ctx ends or a part fails, then stops in order and closes
// everything. ready is called once all parts run.
func (s *service) Run(ctx context.Context, ready func(*room)) error {
	defer s.Close()
	return runStages(ctx, s.stages(), func() { ready(s.room()) })
}

// startRoom runs a service beside the caller, who plays in its room and stops it.
// stop waits for the end and may be called once.
func startRoom(ctx context.Context, cfg Config, o order) (r *room, stop func() error, err error) {
	s, err := newService(ctx, cfg, o)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ready, done := make(chan *room, 1), make(chan error, 1)
	go func() { done <- s.Run(ctx, func(r *room) { ready <- r }) }()
	select {
	case r := <-ready:
		return r, func() error { cancel(); return <-done }, nil
	case err := <-done:
		cancel()
		return nil, nil, err
	}
}

// stages, the first to stop first: doors, work, the outbox, the links.
func (s *service) stages() []stage {
	var work, outbox, air stage
	doors := slices.Clone(s.extra)
	if s.listener != nil {
		doors = append(doors, loop{"web", func(ctx context.Context) error { return web.Serve(ctx, s.listener, s.handler, s.log) }})
	}
	work = append(work, loop{"catalogue", s.catalogue.run}, loop{"calendar", s.shelf.run})
	if s.order.has(roleWeb) {
		work = append(work, loop{"files", s.sweepFiles})
	}
	if s.order.has(roleWeb) || s.order.has(roleWorker) {
		work = append(work, loop{"pulse", s.pulse})
	}
	if s.worker != nil {
		work = append(work, loop{"worker", s.heard(s.worker.Run)}, loop{"pruning", s.prune}, loop{"facts", s.fillFacts}, loop{"policy", s.tellForgotten}, loop{"webhooks", queue.NewCourier(hookShelf{s.db}, s.log).Run})
	}
	if s.worker != nil && s.probing() {
		work = append(work, loop{"probe", s.probe})
	}
	if s.simulator != nil && s.probing() {
		work = append(work, loop{"probe handset", answerProbes(s.simulator.Handset(s.cfg.probePhone()), s.accounts[0].cfg.Source.Officer)})
	}
	if s.gateway != nil {
		outbox = append(outbox, loop{"gateway", s.heard(s.runGateway)})
	}
	for _, a := range s.accounts {
		air = append(air, loop{"smsc " + a.cfg.Name, a.client.Run})
	}
	return []stage{doors, work, outbox, air}
}

// heard runs it once whoever has watched the clock has been heard.
func (s *service) heard(run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		s.db.HearOthers(ctx)
		return run(ctx)
	}
}

// runGateway takes the gateway off the list of live ones at its end, so that the
// others need not wait to share its pace.
func (s *service) runGateway(ctx context.Context) error {
	err := s.gateway.Run(ctx)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), reach)
	defer cancel()
	return errors.Join(err, s.db.Leaving(last, s.owner))
}

// Close closes what was opened. Calling it again is harmless.
func (s *service) Close() {
	if s.listener != nil {
		s.listener.Close()
	}
	if s.simulator != nil {
		s.simulator.Close()
	}
	if m, ok := s.mailer.(io.Closer); ok {
		m.Close() // it only says goodbye
	}
	if s.redis != nil {
		if err := s.redis.Close(); err != nil {
			s.log.Warn("redis was not closed", "err", err)
		}
	}
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			s.log.Warn("the database was not closed", "err", err)
		}
	}
	if s.lock != nil {
		s.lock.Close()
	}
}
