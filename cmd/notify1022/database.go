package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"notify1022/store"
)

// simFlags start a simulated clock; the zero value continues the one that the
// database holds, or runs on real time when it holds none.
type simFlags struct {
	SimNow   string  `help:"Simulation: the domain's clock starts at this instant (first start of a database only)." placeholder:"T"`
	SimSpeed float64 `help:"Simulation: domain seconds per second." placeholder:"N"`
}

// maxSpeed is what a simulated clock may be asked for: a year in half a minute.
const maxSpeed = 1_000_000

// openStore opens the configured database and refuses one that was made for the
// other environment. The caller closes it.
func openStore(ctx context.Context, cfg Config, log *slog.Logger) (*store.Store, error) {
	db, err := openOn(ctx, cfg, log, false)
	if err != nil || cfg.Production() {
		return db, err
	}
	if _, _, err := db.SimNow(ctx); err != nil {
		return db, nil // no simulated clock was ever started: real time
	}
	db.Close()
	return openOn(ctx, cfg, log, true)
}

// openStore opens the database of the settings. The caller closes it.
func (s *settings) openStore(ctx context.Context) (*store.Store, error) {
	cfg, err := s.config()
	if err != nil {
		return nil, err
	}
	return s.open(ctx, cfg)
}

// open is openStore for a command that has work on what is kept.
func (s *settings) open(ctx context.Context, cfg Config) (*store.Store, error) {
	if err := s.named(cfg); err != nil {
		return nil, err
	}
	return openStore(ctx, cfg, s.log)
}

// named refuses a command that was not told where its work is: it would make a database of its own,
// do its work there and say that it is done.
func (s *settings) named(cfg Config) error {
	if path, missing := missingFile(cfg); missing && s.path == "" {
		return usagef("there is no %s here: name the configuration with --config", path)
	}
	return nil
}

// missingFile is the database's file, where it is one and is not there.
func missingFile(cfg Config) (path string, missing bool) {
	path, ok := strings.CutPrefix(cfg.Database, "sqlite:")
	if !ok {
		return "", false
	}
	_, err := os.Stat(path)
	return path, errors.Is(err, os.ErrNotExist)
}

func openOn(ctx context.Context, cfg Config, log *slog.Logger, simulated bool) (*store.Store, error) {
	db, err := store.Open(ctx, cfg.Database, store.Options{Environment: cfg.Environment, Simulated: simulated, Lease: cfg.lease(), Log: log})
	if err != nil {
		return nil, err
	}
	is, err := db.Installation(ctx)
	if err == nil {
		err = sameEnvironment(is, cfg)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// sameEnvironment keeps a rehearsal out of the real database and the other way
// round (outbound is locked to its installation).
func sameEnvironment(is store.Installation, cfg Config) error {
	if is.Environment != cfg.Environment {
		return fmt.Errorf("the database was made for %s and the configuration says %s", is.Environment, cfg.Environment)
	}
	return nil
}

// simulate starts a simulated clock at the instant, or now, or goes on with the
// one there is, at another speed when one is given.
func simulate(ctx context.Context, db *store.Store, at time.Time, speed float64) error {
	if at.IsZero() {
		now, err := db.MachineNow(ctx)
		if err != nil {
			return err
		}
		at = now
	}
	started, err := db.StartSimulation(ctx, at, max(speed, 0))
	if err != nil || started || speed <= 0 {
		return err
	}
	return db.SetSpeed(ctx, speed)
}

func (f simFlags) given() bool { return f.SimNow != "" || f.SimSpeed != 0 }

var errSimInProduction = errors.New("--sim-now and --sim-speed: only in simulation")
