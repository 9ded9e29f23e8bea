package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"notify1022/rehearsal"
	"notify1022/smpp/smsc"
)

// year lets a city live on the simulated clock, over real SMPP, and compares what its
// handsets got with an independent model of the regulation.
func (l *loadCmd) year(ctx context.Context, c *console, s *settings) error {
	year := rehearsal.Year{Seed: l.Seed, Days: l.Days, Petitions: l.Petitions}
	if err := year.Check(); err != nil {
		return usageError{err}
	}
	if l.Duration <= 0 {
		return usagef("--duration: the run needs a limit")
	}
	base, err := newLoadBase(ctx, l.Database)
	if err != nil {
		return err
	}
	result, err := l.live(ctx, base, s, year)
	if result != nil {
		result.Database, _, _ = strings.Cut(base.dsn, ":")
		err = errors.Join(err, l.printYear(c.out, result), result.Err())
	}
	if l.Keep {
		fmt.Fprintln(c.err, "database:", base.dsn)
		return errors.Join(err, base.rows.Close())
	}
	return errors.Join(err, base.remove())
}

// live runs a service on the simulated clock beside the year.
func (l *loadCmd) live(ctx context.Context, base *loadBase, s *settings, year rehearsal.Year) (*rehearsal.YearResult, error) {
	ctx, cancel := context.WithTimeout(ctx, l.Duration)
	defer cancel()
	var clock atomic.Pointer[room]         // the domain's, for the dates on handsets, once it runs
	const each, all = 1_000_000, 5_000_000 // messages that the handsets keep
	handsets := smsc.New(smsc.Config{Keep: each, Messages: all, Receipts: each, Logger: s.log.With("part", "simulator"), Now: func() time.Time {
		if r := clock.Load(); r != nil {
			if now, err := r.Store.Now(context.Background()); err == nil {
				return now
			}
		}
		return time.Now()
	}})
	defer handsets.Close()
	addr, err := handsets.Listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "notify1022-calendars-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	calendars, err := writeCalendars(dir)
	if err != nil {
		return nil, err
	}
	policy := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(policy, []byte("hourly_budget: 0\n"), 0o600); err != nil { // nor who gets too many an hour: sixty units have a whole city
		return nil, err
	}
	cfg, err := s.config(func(cfg *Config) {
		*cfg = defaultConfig()
		cfg.Calendars, cfg.Policy = calendars, policy
		cfg.Redis, cfg.Database, cfg.Bundling = l.Redis, base.dsn, "0s" // the model knows texts, not bundles of them
		cfg.Listen, cfg.PublicURL = "127.0.0.1:0", "https://1022.haiphong.gov.vn"
		entry := simulatorEntry(addr.String())
		entry.Source.Citizen = entry.Source.Officer // citizens rate by text too
		cfg.SMSC = []SMSC{entry}
	})
	if err != nil {
		return nil, err
	}
	// It outlives the run's limit: what was seen until then is judged by its reports.
	room, stop, err := startRoom(context.WithoutCancel(ctx), cfg, order{log: s.log, simNow: rehearsal.YearStart()})
	if err != nil {
		return nil, err
	}
	clock.Store(room)
	stopProfile, err := profileInto(l.CPUProfile)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	defer stopProfile()
	result, err := year.Play(ctx, rehearsal.YearService{
		Desk: room.Desk, Store: room.Store, SMSC: handsets, Rows: base.rows, Size: base.size, Number: room.Officer, Posted: room.Posted, Calendar: room.Calendar,
		Progress: func(at time.Time, acts int) {
			s.log.Info("the year goes on", "at", at.Format(time.DateOnly), "acts", acts)
		},
	})
	return result, errors.Join(err, stop())
}

// writeCalendars writes the calendars that some units of a year work by as an office
// would, and says which files they are.
func writeCalendars(dir string) (map[string]string, error) {
	files := map[string]string{}
	for name, text := range rehearsal.YearCalendars() {
		files[name] = filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(files[name], []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (l *loadCmd) printYear(w io.Writer, r *rehearsal.YearResult) error {
	if !l.JSON {
		return r.Print(w)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
