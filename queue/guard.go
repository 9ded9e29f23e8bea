package queue

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// guardEvery leaves room for the pass itself inside the 5 s that a lost wake may
// cost; guardAlone is the pace while Redis is away.
const (
	guardEvery = 4 * time.Second
	guardAlone = time.Second
)

// guard asks SQL for due rungs and fires them, whether Redis is there or not.
type guard struct {
	rungs   Rungs
	clock   Clock
	fire    *firer
	alone   func() bool
	hint    bell
	metrics *Metrics
	log     *slog.Logger
}

// run guards until ctx ends, the first time at once.
func (g *guard) run(ctx context.Context) {
	for {
		if err := guarded(func() error { return g.look(ctx, "guard") }); err != nil && ctx.Err() == nil {
			g.metrics.wakeErrors.WithLabelValues("guard").Inc()
			g.log.Error("the guard could not look for due rungs", "err", err)
		}
		every := guardEvery
		if g.alone() {
			every = guardAlone
		}
		if !g.hint.pause(ctx, every) {
			return
		}
	}
}

func (g *guard) look(ctx context.Context, source string) error {
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	now, err := g.clock.Now(call)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	stuck, rest := g.fire.stuck.known() // their lateness says nothing of the others'
	due, ok, err := g.rungs.OldestDue(call, now, stuck...)
	if err != nil {
		return fmt.Errorf("look for due rungs: %w", err)
	}
	if !ok && !rest {
		return nil
	}
	pass, end := context.WithTimeout(ctx, passLimit)
	defer end()
	n, err := g.fire.pass(pass, source)
	if n > 0 && ok {
		g.metrics.late(source, now.Sub(due))
	}
	if ctx.Err() == nil && pass.Err() != nil {
		return nil // the next look goes on
	}
	return err
}
