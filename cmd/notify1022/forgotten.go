package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// forgotten are the armed rungs that the policy does not have any more: when they fall due
// they tell nobody, and the timeline says so.
type forgotten struct {
	rungs int
	names string // with how many there are of each
}

func forgottenBy(ctx context.Context, db *store.Store, policy *escalation.Policy) (f forgotten, err error) {
	armed, err := db.ArmedRungs(ctx)
	var names []string
	for _, a := range armed {
		if _, known := policy.Spec(a.Ladder, a.Name); !known {
			f.rungs += a.N
			names = append(names, fmt.Sprintf("%s/%s %d", a.Ladder, a.Name, a.N))
		}
	}
	f.names = strings.Join(names, ", ")
	return f, err
}

// ladders says it to whoever looks, before the restart or after it.
func (d *diagnosis) ladders(ctx context.Context, cfg Config, db *store.Store) {
	policy, err := loadPolicy(cfg.Policy)
	if err != nil {
		return // said by files
	}
	f, err := forgottenBy(ctx, db, policy)
	if err != nil {
		d.check("policy", "", err)
	} else if f.rungs > 0 {
		d.say("warn", "policy", fmt.Sprintf("%d armed rungs are not in it, and tell nobody when they fall due: %s", f.rungs, f.names))
	}
}

// forgottenAgain is how often a worker looks: what is armed changes slowly, and is much.
const forgottenAgain = 24 * time.Hour

// tellForgotten says it beside the work of who fires them: at the start, and each day.
func (s *service) tellForgotten(ctx context.Context) error {
	return atOnce(ctx, forgottenAgain, func(ctx context.Context) {
		f, err := forgottenBy(ctx, s.db, s.policy)
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Warn("whether the policy has all that is armed could not be seen", "err", err)
		case f.rungs > 0:
			s.log.Warn("armed rungs are not in the policy, and tell nobody when they fall due", "rungs", f.rungs, "names", f.names)
		}
	})
}
