package main

import (
	"context"
	"time"
)

// repeat does the work after each pause, until ctx ends.
func repeat(ctx context.Context, pause time.Duration, work func(context.Context)) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		work(ctx)
	}
}

// atOnce does the work now, and then as repeat does.
func atOnce(ctx context.Context, pause time.Duration, work func(context.Context)) error {
	work(ctx)
	return repeat(ctx, pause, work)
}
