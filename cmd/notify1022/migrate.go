package main

import (
	"context"
	"fmt"

	"notify1022/store"
)

// migrateCmd brings the schema up to date.
type migrateCmd struct{}

func (migrateCmd) Run(ctx context.Context, c *console, s *settings) error {
	cfg, err := s.config()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.Database, store.Options{Environment: cfg.Environment, Log: s.log})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	is, err := db.Installation(ctx)
	if err != nil {
		return err
	}
	shelf, err := calendarsOf(ctx, cfg, db, s.log)
	if err != nil {
		return err
	}
	if n, err := db.FillPublished(ctx); err != nil {
		return err
	} else if n > 0 {
		s.log.Info("answers that were public before are in their order", "petitions", n)
	}
	if n, err := db.FillFacts(ctx, shelf.inForce()); err != nil {
		return err
	} else if n > 0 {
		s.log.Info("petitions of before the report's tables are counted", "petitions", n)
	}
	if err := db.FillFiles(ctx); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "schema is up to date: %s, installation %s, %s\n", db.Backend(), is.ID, is.Environment)
	return nil
}
