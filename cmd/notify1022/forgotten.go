package main

import (
	"context"
	"fmt"
	"strings"

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

// tellForgotten says it at the start of who fires them.
func (s *service) tellForgotten(ctx context.Context) error {
	f, err := forgottenBy(ctx, s.db, s.policy)
	if f.rungs > 0 {
		s.log.Warn("armed rungs are not in the policy, and tell nobody when they fall due", "rungs", f.rungs, "names", f.names)
	}
	return err
}
