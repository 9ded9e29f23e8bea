package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/rehearsal"
	"notify1022/smpp/smsc"
)

// loadCmd loads a service of its own and prints figures.
type loadCmd struct {
	Scenario   string        `help:"steady: petitions come in; burst: many rungs fall due at one instant; drain: a full outbox is emptied; start: the service starts while rungs are overdue; year: a city lives on the simulated clock and is compared with a model." enum:"steady,burst,drain,start,year" default:"steady"`
	Database   string        `help:"sqlite: (a file of its own) or postgres://… (a database of its own on that server)." default:"sqlite:" placeholder:"D"`
	Redis      string        `help:"embedded or redis://…" default:"embedded" placeholder:"R"`
	Via        string        `help:"The door that petitions come in by." enum:"desk,api" default:"desk"`
	Petitions  int           `help:"Petitions taken in; for a drain, texts in the outbox." default:"1000" placeholder:"N"`
	Rate       float64       `help:"Petitions a second; 0: as fast as they are taken." placeholder:"N"`
	Feeders    int           `help:"Petitions on their way in at once." default:"32" placeholder:"N"`
	Open       int           `help:"Open petitions that are there before." placeholder:"N"`
	Due        int           `help:"Rungs that fall due at one instant (burst)." default:"1000" placeholder:"N"`
	Bursts     int           `help:"How many such instants, one after the other." default:"1" placeholder:"N"`
	Units      int           `help:"Receiving units; default: 1000, in a burst one for each rung." placeholder:"N"`
	Replies    float64       `help:"Share of officers who acknowledge." default:"0.5" placeholder:"X"`
	Days       int           `help:"How long a city lives (year)." default:"30" placeholder:"N"`
	Seed       uint64        `help:"Of what people do (year)." default:"1" placeholder:"N"`
	Binds      int           `help:"Connections to the SMSC." default:"2" placeholder:"N"`
	Window     int           `help:"Unanswered submits on each." default:"500" placeholder:"N"`
	NoReceipts bool          `help:"The SMSC sends no receipts."`
	Duration   time.Duration `help:"The whole run takes no longer; by itself ten minutes, a year half a day." placeholder:"D"`
	SimNow     string        `help:"When the domain's clock starts; it runs at the machine's pace. Default: a working morning." placeholder:"T"`
	JSON       bool          `help:"Print JSON instead of the table."`
	Keep       bool          `help:"Leave the database behind and print where."`
	CPUProfile string        `name:"cpuprofile" help:"Write a CPU profile of the run." placeholder:"FILE" type:"path"`
}

var errNotClean = errors.New("messages were lost or went twice")

func (l *loadCmd) plan() rehearsal.LoadPlan {
	p := rehearsal.LoadPlan{
		Scenario: l.Scenario, Petitions: l.Petitions, Rate: l.Rate, Feeders: l.Feeders, Open: l.Open, Due: l.Due, Bursts: l.Bursts,
		Units: l.Units, Replies: l.Replies, Limit: l.Duration,
	}
	switch {
	case p.Units != 0:
	case p.Scenario == rehearsal.LoadBurst, p.Scenario == rehearsal.LoadStart:
		p.Units = max(p.Due, 1)
	default:
		p.Units = 1000
	}
	return p
}

// bounded gives a run without a limit its own.
func (l *loadCmd) bounded() {
	switch {
	case l.Duration != 0:
	case l.Scenario == "year":
		l.Duration = 12 * time.Hour
	default:
		l.Duration = 10 * time.Minute
	}
}

func (l *loadCmd) Run(ctx context.Context, c *console, s *settings) error {
	l.bounded()
	if l.Scenario == "year" {
		return l.year(ctx, c, s)
	}
	plan := l.plan()
	if err := plan.Check(); err != nil {
		return usageError{err}
	}
	clock, err := l.clock()
	if err != nil {
		return usageError{fmt.Errorf("--sim-now: %w", err)}
	}
	base, err := newLoadBase(ctx, l.Database)
	if err != nil {
		return err
	}
	result, err := l.on(ctx, base, s, plan, clock)
	if result != nil {
		result.Database, _, _ = strings.Cut(base.dsn, ":")
		result.Via = l.Via
		err = errors.Join(err, l.print(c.out, result))
		if !result.Clean() {
			err = errors.Join(err, errNotClean)
		}
	}
	if l.Keep {
		fmt.Fprintln(c.err, "database:", base.dsn)
		return errors.Join(err, base.rows.Close())
	}
	return errors.Join(err, base.remove())
}

func (l *loadCmd) print(w io.Writer, r *rehearsal.LoadResult) error {
	if !l.JSON {
		return r.Print(w)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// clock is the domain's: it starts in working hours, whenever the load is run.
func (l *loadCmd) clock() (func() time.Time, error) {
	start := rehearsal.Opening().Add(2 * time.Hour)
	if l.SimNow != "" {
		at, err := worktime.ParseInstant(l.SimNow)
		if err != nil {
			return nil, err
		}
		start = at
	}
	begun := time.Now()
	start = start.Add(time.Duration(begun.Nanosecond())) // both clocks' seconds begin together: wakes are of whole ones
	return func() time.Time { return start.Add(time.Since(begun)).Truncate(time.Microsecond) }, nil
}

// on runs the load on a service over the database.
func (l *loadCmd) on(ctx context.Context, base *loadBase, s *settings, plan rehearsal.LoadPlan, clock func() time.Time) (*rehearsal.LoadResult, error) {
	air := rehearsal.NewAir(!l.NoReceipts)
	network := smsc.New(smsc.Config{Verdict: air.Verdict, Keep: 1, Window: 500, Handsets: 2_000_000, Logger: s.log.With("part", "simulator")})
	defer network.Close()
	addr, err := network.Listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	cfg, err := s.config(func(cfg *Config) { l.embed(cfg, base.dsn, addr) })
	if err != nil {
		return nil, err
	}
	service, err := newService(ctx, cfg, order{log: s.log, domain: clock})
	if err != nil {
		return nil, err
	}
	// What was there before has its facts: the copies bring theirs along.
	if _, err := service.db.FillFacts(ctx, service.shelf.inForce()); err != nil {
		service.Close()
		return nil, err
	}
	seed, err := rehearsal.Seed(ctx, plan, service.desk, service.db, base.rows, base.size)
	if err != nil {
		service.Close()
		return nil, err
	}
	if err := service.rosterSeen(ctx); err != nil {
		service.Close()
		return nil, err
	}
	started := time.Now()
	if plan.Scenario == rehearsal.LoadStart {
		if service, started, err = l.restart(ctx, service, base, cfg, s, plan, clock); err != nil {
			return nil, err
		}
	}
	accept, err := l.door(ctx, service)
	if err != nil {
		service.Close()
		return nil, err
	}
	memory, err := l.memory(ctx, service)
	if err != nil {
		service.Close()
		return nil, err
	}
	load := rehearsal.NewLoad(plan, rehearsal.LoadService{
		Accept: accept, Hint: service.worker.Hint, SMSC: network, Air: air, Rows: base.rows, Size: base.size, Now: clock,
		Started: started, Memory: memory,
	}, seed)
	return l.run(ctx, service, load)
}

// run lets the service run beside the load.
func (l *loadCmd) run(ctx context.Context, service *service, load *rehearsal.Load) (*rehearsal.LoadResult, error) {
	stopProfile, err := profileInto(l.CPUProfile)
	if err != nil {
		service.Close()
		return nil, err
	}
	defer stopProfile()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- service.Run(ctx, func(*room) { close(ready) }) }()
	select {
	case <-ready:
	case err := <-done:
		return nil, err
	}
	result, err := load.Run(ctx)
	cancel()
	return result, errors.Join(err, <-done)
}

// restart puts the service together anew while rungs are overdue.
func (l *loadCmd) restart(ctx context.Context, old *service, base *loadBase, cfg Config, s *settings, plan rehearsal.LoadPlan, clock func() time.Time) (*service, time.Time, error) {
	old.Close()
	if err := rehearsal.ArmOverdue(ctx, plan, 0, base.rows, clock()); err != nil {
		return nil, time.Time{}, err
	}
	started := time.Now()
	fresh, err := newService(ctx, cfg, order{log: s.log, domain: clock})
	return fresh, started, err
}

// memory asks what a Redis of its own holds beyond what it held before the service
// ran, once every wake inside the horizon is armed. nil: Redis is embedded.
func (l *loadCmd) memory(ctx context.Context, s *service) (func(context.Context) (int64, error), error) {
	if s.redis.Embedded() {
		return nil, nil
	}
	is, err := s.db.Installation(ctx)
	if err != nil {
		return nil, err
	}
	before, err := s.redis.Memory(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask redis for its memory: %w", err)
	}
	return func(ctx context.Context) (int64, error) {
		look := time.NewTicker(reach / 10)
		defer look.Stop()
		for {
			if armed, err := s.redis.Armed(ctx, is.ID); err != nil {
				return 0, fmt.Errorf("ask whether all wakes are armed: %w", err)
			} else if armed {
				after, err := s.redis.Memory(ctx)
				return after - before, err
			}
			select {
			case <-look.C:
			case <-ctx.Done():
				return 0, fmt.Errorf("not every wake was armed: %w", ctx.Err())
			}
		}
	}, nil
}

// embed keeps the city's calendar and policy; all else is the load's own.
func (l *loadCmd) embed(cfg *Config, dsn string, network net.Addr) {
	calendar, own, policy := cfg.Calendar, cfg.Calendars, cfg.Policy
	*cfg = defaultConfig()
	cfg.Calendar, cfg.Calendars, cfg.Policy, cfg.Redis, cfg.Database = calendar, own, policy, l.Redis, dsn
	cfg.Listen, cfg.PublicURL = "127.0.0.1:0", "https://1022.haiphong.gov.vn"
	entry := simulatorEntry(network.String())
	entry.Binds, entry.Window = l.Binds, l.Window
	cfg.SMSC = []SMSC{entry}
}

// door is how petitions come in: the desk, or a client of the API.
func (l *loadCmd) door(ctx context.Context, s *service) (func(context.Context, escalation.Intake) error, error) {
	if l.Via == "desk" {
		operator := escalation.Actor{Name: "Tổng đài viên 01", Role: escalation.Operator, Channel: escalation.ByConsole}
		return func(ctx context.Context, in escalation.Intake) error {
			_, err := s.door.Accept(ctx, in, operator)
			return err
		}, nil
	}
	key, err := s.db.CreateAPIKey(ctx, "load", escalation.Operator, "")
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: l.Feeders}}
	target := "http://" + s.listener.Addr().String() + "/api/v1/petitions"
	return func(ctx context.Context, in escalation.Intake) error { return post(ctx, client, target, key, in) }, nil
}

func post(ctx context.Context, client *http.Client, target, key string, in escalation.Intake) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+key)
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("the API answered %d: %.200s", answer.StatusCode, said)
	}
	return err
}

// profileInto writes a CPU profile until stop; without a path it does nothing.
func profileInto(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, nil
}

// loadBase is the database that a load makes for itself.
type loadBase struct {
	dsn    string
	rows   *sqlx.DB // beside the service's own pools
	size   func(context.Context) (int64, error)
	remove func() error // closes rows too
}

func newLoadBase(ctx context.Context, dsn string) (*loadBase, error) {
	switch {
	case dsn == "sqlite:":
		return newLiteBase()
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return newPostgresBase(ctx, dsn)
	}
	return nil, usagef("--database: expected sqlite: or postgres://…; the load makes a database of its own")
}

func newLiteBase() (*loadBase, error) {
	dir, err := os.MkdirTemp("", "notify1022-load-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "load.db")
	rows, err := sqlx.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+
		"?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	rows.SetMaxOpenConns(1)
	size := func(context.Context) (sum int64, err error) {
		for _, name := range []string{path, path + "-wal"} {
			if info, err := os.Stat(name); err == nil {
				sum += info.Size()
			}
		}
		return sum, nil
	}
	remove := func() error { return errors.Join(rows.Close(), os.RemoveAll(dir)) }
	return &loadBase{dsn: "sqlite:" + path, rows: rows, size: size, remove: remove}, nil
}

func newPostgresBase(ctx context.Context, dsn string) (*loadBase, error) {
	server, err := sqlx.ConnectContext(ctx, "pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the server: %w", err)
	}
	own, err := url.Parse(dsn)
	if err != nil {
		server.Close()
		return nil, errors.New("the database's address cannot be read")
	}
	name := "notify1022_load_" + strings.ToLower(newToken())
	if _, err := server.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		server.Close()
		return nil, fmt.Errorf("make a database: %w", err)
	}
	own.Path = "/" + name
	b := &loadBase{dsn: own.String()}
	b.rows, err = sqlx.Open("pgx", b.dsn)
	if err == nil {
		b.rows.SetMaxOpenConns(2)
	}
	b.size = func(ctx context.Context) (n int64, err error) {
		err = b.rows.GetContext(ctx, &n, `SELECT pg_database_size(current_database())`)
		return n, err
	}
	b.remove = func() error {
		if b.rows != nil {
			b.rows.Close()
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		_, err := server.ExecContext(last, "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, server.Close())
	}
	if err != nil {
		return nil, errors.Join(err, b.remove())
	}
	return b, nil
}
