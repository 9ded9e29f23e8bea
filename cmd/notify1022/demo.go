package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/rehearsal"
	"notify1022/store"
)

// demoCmd plays the sample petitions on a service of its own.
type demoCmd struct {
	Listen string  `help:"Where the demo's page is; it knows no passwords, so keep it on loopback." default:"127.0.0.1:8022" placeholder:"A"`
	Speed  float64 `help:"Domain seconds per second." default:"300" aliases:"sim-speed" placeholder:"N"`
	SimNow string  `help:"When the demo's clock starts; default: when the sample story does." placeholder:"T"`
	Once   bool    `help:"Play the story to its end, print timeline and totals, and exit 0 only if every expectation held."`
}

var errNotAsExpected = errors.New("not every expectation held")

func (d *demoCmd) Run(ctx context.Context, c *console, s *settings) error {
	o, err := d.order()
	if err != nil {
		return usageError{err}
	}
	o.log = s.log
	dir, err := os.MkdirTemp("", "notify1022-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cfg, err := s.config(func(cfg *Config) { d.embed(cfg, dir) })
	if err != nil {
		return err
	}
	if d.Once {
		return d.once(ctx, c, cfg, o)
	}
	return d.town(ctx, c, cfg, o)
}

// maxTownSpeed is what a person can still follow: a working day in ten seconds.
const maxTownSpeed = 3600

// order starts the clock where the story does. The script has instants and a
// speed of its own.
func (d *demoCmd) order() (order, error) {
	o := order{simNow: rehearsal.Opening()}
	switch {
	case d.Once && d.SimNow != "":
		return o, errors.New("--once plays at the story's own instants, without --sim-now")
	case d.Once:
		return o, nil
	case d.Speed <= 0 || d.Speed > maxTownSpeed:
		return o, fmt.Errorf("--speed: not between 0 and %d", maxTownSpeed)
	}
	o.simSpeed = d.Speed
	if d.SimNow == "" {
		return o, nil
	}
	at, err := worktime.ParseInstant(d.SimNow)
	if err != nil {
		return o, fmt.Errorf("--sim-now: %w", err)
	}
	o.simNow = at
	return o, nil
}

// embed keeps of the configuration what the city has decided, its calendar and
// its policy: all else of a demo is its own and goes with it.
func (d *demoCmd) embed(cfg *Config, dir string) {
	calendar, own, policy := cfg.Calendar, cfg.Calendars, cfg.Policy
	*cfg = defaultConfig()
	cfg.Calendar, cfg.Calendars, cfg.Policy = calendar, own, policy
	cfg.Database = "sqlite:" + filepath.Join(dir, "demo.db")
	cfg.Listen = d.Listen
	if d.Once {
		cfg.Listen = "127.0.0.1:0"
		cfg.PublicURL = "https://1022.haiphong.gov.vn"
	}
}

// once plays the script.
func (d *demoCmd) once(ctx context.Context, c *console, cfg Config, o order) error {
	r, stop, err := startRoom(ctx, cfg, o)
	if err != nil {
		return err
	}
	report, err := d.play(ctx, r)
	if report != nil {
		err = errors.Join(err, report.Print(c.out))
		if len(report.Failed()) > 0 {
			err = errors.Join(err, errNotAsExpected)
		}
	}
	return errors.Join(err, stop())
}

func (d *demoCmd) play(ctx context.Context, r *room) (*rehearsal.Report, error) {
	if err := rehearsal.LoadDirectory(ctx, r.Store); err != nil {
		return nil, err
	}
	return rehearsal.Play(ctx, stageOf(r))
}

// town lets people play.
func (d *demoCmd) town(ctx context.Context, c *console, cfg Config, o order) error {
	s, err := newService(ctx, cfg, o)
	if err != nil {
		return err
	}
	if err := d.settle(ctx, c, s); err != nil {
		s.Close()
		return err
	}
	return s.Run(ctx, func(r *room) {
		fmt.Fprintf(c.out, "demo ready at http://%s\n", r.Addr)
		if c.ready != nil {
			c.ready(r)
		}
	})
}

// settle brings the sample's people and the page into a service that does not run yet.
func (d *demoCmd) settle(ctx context.Context, c *console, s *service) error {
	if err := rehearsal.LoadDirectory(ctx, s.db); err != nil {
		return err
	}
	town, err := rehearsal.NewTown(stageOf(s.room()), s.log)
	if err != nil {
		return err
	}
	s.extra = stage{{"town", town.Run}}
	s.handler = withTown(s.handler, town.Handler())
	if err := demoAccounts(ctx, s, c); err != nil {
		return err
	}
	return firstAdministrator(ctx, s.db, c)
}

// demoAccounts lets people sign in to the console in every role, with one password.
func demoAccounts(ctx context.Context, s *service, c *console) error {
	password := rand.Text()[:12]
	unit := ""
	directory, err := s.db.Directory(ctx)
	if err != nil {
		return err
	}
	for _, u := range directory.Units() {
		if len(directory.Serving(u.Code, escalation.Head, time.Now())) > 0 {
			unit = u.Code
			break
		}
	}
	for _, a := range []store.Account{
		{Name: "quantri", FullName: "Quản trị Mẫu", Role: escalation.Administrator}, {Name: "truongca", FullName: "Trưởng ca Mẫu", Role: escalation.ShiftLead},
		{Name: "tongdai", FullName: "Tổng đài viên Mẫu", Role: escalation.Operator}, {Name: "vanphong", FullName: "Văn phòng Mẫu", Role: escalation.Office},
		{Name: "canbo", FullName: "Cán bộ Mẫu", Role: escalation.Officer, Unit: unit}, {Name: "thutruong", FullName: "Thủ trưởng Mẫu", Role: escalation.Head, Unit: unit},
	} {
		if err := addAccount(ctx, s.db, a, password); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.err, "Console: /console, as quantri, truongca, tongdai, vanphong, canbo or thutruong; password: %s\n", password)
	return nil
}

// withTown serves the demo's page before everything else.
func withTown(next, town http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/demo/") {
			town.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// stageOf is a running service as the rehearsal meets it.
func stageOf(r *room) *rehearsal.Service {
	return &rehearsal.Service{
		Desk: r.Desk, Store: r.Store, SMSC: r.SMSC, Database: r.Database, Officer: r.Officer, Calendar: r.Calendar, Posted: r.Posted,
	}
}
