package rehearsal

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// ArmOverdue lets the nudge of the petitions of the plan's n-th burst have fallen
// due before now, as if nothing had run for a while.
func ArmOverdue(ctx context.Context, plan LoadPlan, n int, rows *sqlx.DB, now time.Time) error {
	const late = time.Minute
	return armBurst(ctx, rows, plan, n, now.Add(-late).Truncate(time.Second))
}

// start waits for the first text after a start, then for all, and asks what the
// plan costs Redis.
func (l *Load) start(ctx context.Context) error {
	for l.service.Air.submits() == 0 {
		if err := pauseFor(ctx, airBeat); err != nil {
			return fmt.Errorf("no text reached the SMSC: %w", err)
		}
	}
	l.result.StartToSMSC = time.Since(l.service.Started).Seconds()
	if err := l.sawAll(ctx, l.plan.Due); err != nil {
		return err
	}
	if err := l.rest(ctx); err != nil || l.service.Memory == nil {
		return err
	}
	var err error
	l.result.RedisBytes, err = l.service.Memory(ctx)
	return err
}
