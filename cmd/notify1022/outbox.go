package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"notify1022/queue"
)

// ruleOutbox says how texts wait, in every role: gateways hold them, and the auditor of a
// worker takes none for late that is held.
func (s *service) ruleOutbox(context.Context) error {
	s.db.Budget(s.policy.HourlyBudget)
	s.db.Bundling(s.bundling())
	s.db.Quiet(s.policy.HeldAgain)
	return nil
}

// buildGateway makes one client for each account and the gateway over them.
func (s *service) buildGateway(context.Context) error {
	if !s.order.has(roleGateway) {
		return nil
	}
	entries, allowed, err := s.entries()
	if err != nil {
		return err
	}
	inbox := queue.NewReceiver(s.db, s.db, s.wakeReader, s.metrics)
	c := queue.GatewayConfig{
		Owner: s.owner, Outbox: s.db, Renderer: s.renderer(), Mailer: s.mailer, Gateways: &pulse{db: s.db, accounts: func() []*account { return s.accounts }, sent: map[string]uint64{}},
		Lease: s.cfg.lease(), Refused: s.wakeRefused, Metrics: s.metrics, Log: s.log,
	}
	for _, entry := range entries {
		a, err := newAccount(entry, s.installation, s.redis, inbox, s.denied, s.log)
		if err != nil {
			return err
		}
		a.allowed = allowed
		s.accounts = append(s.accounts, a)
		c.Pacers = append(c.Pacers, a.pacer)
		if entry.Bind != "receiver" {
			c.Routes = append(c.Routes, queue.Route{Transmitter: a, Lanes: entry.lanesOf()})
		}
	}
	s.gateway, err = queue.NewGateway(c)
	return err
}

// renderer makes texts as they go on the air.
func (s *service) renderer() *renderer {
	return &renderer{catalogue: s.catalogue, senders: s.cfg.senders(), log: s.log, most: s.cfg.segments()}
}

// bundling is how long reminders wait for one another: by the machine's clock, so
// that on a simulated one only those go together that are queued together.
func (s *service) bundling() time.Duration {
	if s.db.Simulated() {
		return min(s.cfg.bundling(), time.Nanosecond)
	}
	return s.cfg.bundling()
}

// nodeName is unique among all processes, also of earlier runs.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), newToken())
}
