package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/alexedwards/argon2id"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// serveCmd runs the service.
type serveCmd struct {
	Role     []string `help:"Roles of this process: all, web, worker, gateway; several times. Default: all." placeholder:"R"`
	Listen   string   `help:"Where the API and the pages are, instead of the configuration's; without the role web the probes and metrics alone." placeholder:"A"`
	Simulate simFlags `embed:""`
}

func (v *serveCmd) Run(ctx context.Context, c *console, s *settings) error {
	cfg, err := s.config(func(cfg *Config) { cfg.Listen = or(v.Listen, cfg.Listen) })
	if err != nil {
		return err
	}
	o, err := v.order(cfg)
	if err != nil {
		return usageError{err}
	}
	o.log = s.log
	s.log.Info("configuration", "is", cfg.Log())
	service, err := newService(ctx, cfg, o)
	if err != nil {
		return err
	}
	if s.path == "" {
		if err := firstAdministrator(ctx, service.db, c); err != nil {
			service.Close()
			return err
		}
	}
	return service.Run(ctx, func(r *room) {
		fmt.Fprintln(c.out, readyLine(cfg, r))
		if c.ready != nil {
			c.ready(r)
		}
	})
}

func (v *serveCmd) order(cfg Config) (order, error) {
	o := order{roles: v.Role, simSpeed: v.Simulate.SimSpeed, probes: v.Listen != ""}
	if v.Simulate.given() && cfg.Production() {
		return o, errSimInProduction
	}
	if v.Simulate.SimSpeed < 0 || v.Simulate.SimSpeed > maxSpeed {
		return o, fmt.Errorf("--sim-speed: not between 0 and %d", maxSpeed)
	}
	if v.Simulate.SimNow == "" {
		return o, nil
	}
	at, err := worktime.ParseInstant(v.Simulate.SimNow)
	if err != nil {
		return o, fmt.Errorf("--sim-now: %w", err)
	}
	o.simNow = at
	o.simSpeed = or(o.simSpeed, 1)
	return o, nil
}

// readyLine is the one line of a service that runs.
func readyLine(cfg Config, r *room) string {
	line := "notify1022 ready"
	if r.Addr != "" {
		line += " at http://" + r.Addr
	}
	line += " (" + cfg.Environment + ")"
	if r.SMSC != nil && r.Addr != "" {
		line += ", handsets at http://" + r.Addr + "/simulator/"
	}
	return line
}

// firstAdministrator makes an administrator's key and account when nobody has one
// yet, and prints both once.
func firstAdministrator(ctx context.Context, db *store.Store, c *console) error {
	keys, err := db.APIKeys(ctx)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		key, err := db.CreateAPIKey(ctx, "quản trị đầu tiên", escalation.Administrator, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(c.err, "The first administrator's API key, shown this once: %s\n", key)
	}
	accounts, err := db.Accounts(ctx)
	if err != nil || len(accounts) > 0 {
		return err
	}
	password := rand.Text()
	if err := addAccount(ctx, db, store.Account{Name: "quantri", FullName: "Quản trị", Role: escalation.Administrator, MustChange: true}, password); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "The first administrator signs in at /console as quantri; password, shown this once: %s\n", password)
	return nil
}

func addAccount(ctx context.Context, db *store.Store, a store.Account, password string) (err error) {
	if a.Hash, err = argon2id.CreateHash(password, argon2id.DefaultParams); err != nil {
		return err
	}
	_, err = db.AddAccount(ctx, a)
	return err
}
