package main

import (
	"context"
	"time"

	"notify1022/escalation"
	"notify1022/queue"
	"notify1022/store"
)

// simulatedClock lets the worker drive the store's simulated clock.
type simulatedClock struct{ db *store.Store }

var _ queue.Simulation = simulatedClock{}

// Advance lets the clock go on as far as it may.
func (c simulatedClock) Advance(ctx context.Context) (held bool, err error) {
	return c.db.AdvanceSimulation(ctx)
}

// auditor shows the worker what the store's audit found.
type auditor struct {
	db           *store.Store
	redis        *queue.Redis
	installation string
	probe        Probe
}

var _ queue.Auditor = auditor{}

// Audit looks whether the promises hold.
func (a auditor) Audit(ctx context.Context, stuck ...int64) (queue.Audit, error) {
	found, err := a.db.Audit(ctx, stuck...)
	if err != nil {
		return queue.Audit{}, err
	}
	now, machine := found.Now, found.Machine
	audit := queue.Audit{
		Now: now, Silent: found.Silent, SilentCodes: found.SilentCodes, OldestRung: since(now, found.OldestDue), OldestUrgent: since(machine, found.UrgentSince),
		Unapplied: found.Unapplied, OldestUnapplied: since(now, found.OldestText), PassedOver: found.PassedOver, OverBudget: found.OverBudget,
		LooseParts: found.LooseParts, Unmet: found.Unmet,
		Outbox: found.Outbox, ClockStep: found.ClockStep, ClockDoubt: found.ClockDoubt,
		OldestSlip: since(machine, found.Waiting[escalation.LaneSlip]), OldestCitizen: since(machine, found.Waiting[escalation.LaneCitizen]),
	}
	away, _ := a.db.AccountsAway(ctx) // what cannot be noted may not keep back what was found
	for _, account := range away {
		audit.Away = append(audit.Away, queue.AwayAccount{SMSC: account.SMSC, For: since(machine, account.Since)})
	}
	if audit.Refused, audit.RefusedWhy, err = a.db.Refused(ctx); err != nil {
		return queue.Audit{}, err
	}
	if err := a.auditProbe(ctx, &audit, machine); err != nil {
		return queue.Audit{}, err
	}
	archived, err := a.redis.Archived(a.installation)
	audit.Archived = err == nil && archived // a Redis that is away has a metric of its own
	return audit, nil
}

// since is how long ago an instant was; 0 for none.
func since(now, then time.Time) time.Duration {
	if then.IsZero() {
		return 0
	}
	return max(0, now.Sub(then))
}

// How the database is kept small, on the machine's clock. What is pruned is
// history, and pruning twice is harmless, so every node does it.
const (
	pruneEvery   = time.Hour
	keepReceipts = 90 * 24 * time.Hour
	countDays    = 1000 // whose texts are counted at a time; one a day, but for the first time
)

// prune forgets what only helps for a while, until ctx ends. After an upgrade a year of days
// may wait to be counted: that begins at once.
func (s *service) prune(ctx context.Context) error {
	s.countTexts(ctx)
	return repeat(ctx, pruneEvery, func(ctx context.Context) {
		s.alarm.learn(ctx)
		unmet, err := s.db.Prune(ctx, keepReceipts)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("old rows could not be pruned", "err", err)
		}
		if unmet > 0 {
			s.log.Warn("receipts that never met a message were dropped", "receipts", unmet)
		}
		if _, err := s.db.FillHeard(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("texts that a process of before applied are not noted beside their petitions", "err", err)
		}
		s.countTexts(ctx)
	})
}

// countTexts counts the texts of past days for reports.
func (s *service) countTexts(ctx context.Context) {
	if _, err := s.db.CountTexts(ctx, countDays); err != nil && ctx.Err() == nil {
		s.log.Warn("texts of past days could not be counted for reports, which count them each time", "err", err)
	}
}

// sweepEvery is how soon erased files are gone from the disk.
const sweepEvery = time.Minute

// sweepFiles removes the bytes of erased files, until ctx ends. It runs where the
// files are, with the role web.
func (s *service) sweepFiles(ctx context.Context) error {
	shelf := fileShelf{s.db, s.cfg.Files}
	return atOnce(ctx, sweepEvery, func(ctx context.Context) {
		if err := shelf.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("erased files could not be removed", "err", err)
		}
	})
}
