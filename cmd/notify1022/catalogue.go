package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"notify1022/store"
	"notify1022/templates"
)

// catalogue holds the texts in force, the saved ones over the built-in ones, and what
// the telecom has on file of them. It is read in each claim and replaced when somebody has saved a wording.
type catalogue struct {
	db      *store.Store
	log     *slog.Logger
	current atomic.Pointer[templates.Set]
	filed   atomic.Pointer[filings] // what the telecom has on file
}

// catalogueEvery is how soon all processes use a new wording.
const catalogueEvery = 10 * time.Second

// loadCatalogue reads the catalogue once. A saved wording that no longer passes
// its checks is left out and named in the log.
func loadCatalogue(ctx context.Context, db *store.Store, log *slog.Logger) (*catalogue, error) {
	c := &catalogue{db: db, log: log}
	if err := c.load(ctx); err != nil {
		if c.Set() == nil {
			return nil, err
		}
		log.Warn("saved texts were left out", "err", err)
	}
	return c, nil
}

// Set is the texts in force.
func (c *catalogue) Set() *templates.Set { return c.current.Load() }

// Filed is what the telecom has on file.
func (c *catalogue) Filed() filings {
	if f := c.filed.Load(); f != nil {
		return *f
	}
	return nil
}

// load puts the saved texts in force. One that no longer passes its checks is
// left out and named in the error.
func (c *catalogue) load(ctx context.Context) error {
	saved, err := c.db.ActiveTemplates(ctx)
	if err != nil {
		return fmt.Errorf("read the saved texts: %w", err)
	}
	set := templates.Builtin()
	var refused []error
	for _, t := range saved {
		next, err := set.With(t)
		if err != nil {
			refused = append(refused, err)
			continue
		}
		set = next
	}
	c.current.Store(set)
	filed, err := c.db.RegisteredTexts(ctx, "")
	if err != nil {
		return errors.Join(append(refused, err)...)
	}
	f := newFilings(filed)
	c.filed.Store(&f)
	return errors.Join(refused...)
}

// run keeps the catalogue fresh.
func (c *catalogue) run(ctx context.Context) error {
	return repeat(ctx, catalogueEvery, func(ctx context.Context) {
		if err := c.load(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("saved texts could not be read, or were left out", "err", err)
		}
	})
}
