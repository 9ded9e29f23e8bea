package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"notify1022/queue"
	"notify1022/store"
)

// pulseEvery is the pace at which a process without a gateway gives signs of life.
const pulseEvery = 10 * time.Second

// pulse is a gateway's sign of life: it says how the process' accounts stand, for the
// page that another machine shows.
type pulse struct {
	db       *store.Store
	accounts func() []*account

	mu    sync.Mutex
	sent  map[string]uint64 // accepted, when last looked
	since time.Time
}

var _ queue.Gateways = (*pulse)(nil)

// Beat notes that the gateway lives and counts the live ones.
func (p *pulse) Beat(ctx context.Context, owner string) (live int, err error) {
	return p.db.Beat(ctx, owner, p.binds(time.Now()))
}

// binds say how the accounts stand at an instant, and what the SMSC has accepted since
// the time before.
func (p *pulse) binds(now time.Time) (list []store.Bind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	past := now.Sub(p.since).Seconds()
	for _, a := range p.accounts() {
		b := a.bind()
		sent := a.client.Stats().Accepted
		if before, known := p.sent[b.SMSC]; known && past > 0 {
			b.Sent = float64(sent-before) / past
		}
		p.sent[b.SMSC] = sent
		list = append(list, b)
	}
	p.since = now
	return list
}

// bind is how the account stands, but for what it has sent.
func (a *account) bind() store.Bind {
	return store.Bind{SMSC: a.cfg.Name, Bound: a.client.Stats().BoundNow, Rate: a.cfg.Rate, Part: a.pacer.Part()}
}

// pulse gives signs of life of the roles that are no gateway, until ctx ends: a gateway
// gives its own.
func (s *service) pulse(ctx context.Context) error {
	var rows []string
	for _, role := range []string{roleWeb, roleWorker} {
		if s.order.has(role) {
			rows = append(rows, role)
		}
	}
	err := atOnce(ctx, pulseEvery, func(ctx context.Context) {
		for _, role := range rows {
			if err := s.beat(ctx, role); err != nil && ctx.Err() == nil {
				s.log.Warn("the heartbeat could not be stored", "role", role, "err", err)
			}
		}
	})
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), reach)
	defer cancel()
	for _, role := range rows {
		err = errors.Join(err, s.db.Leaving(last, s.owner+roleMark+role))
	}
	return err
}

// beat is one sign of life of a role; a database that is gone without a word does not keep
// the next one waiting.
func (s *service) beat(ctx context.Context, role string) error {
	call, cancel := context.WithTimeout(ctx, pulseEvery)
	defer cancel()
	return s.db.Heartbeat(call, s.owner+roleMark+role, role)
}

// roleMark stands between a process' name and a role of it: each has a row of its own,
// and that of a gateway is counted by its name. roleBetween stands between several roles.
const (
	roleMark    = " "
	roleBetween = ", "
)

// processes are the rows of live roles, each process once.
func processes(rows []store.Node) (list []store.Node) {
	for _, r := range rows {
		r.Name, _, _ = strings.Cut(r.Name, roleMark)
		if n := len(list); n > 0 && list[n-1].Name == r.Name {
			last := &list[n-1]
			last.Roles += roleBetween + r.Roles
			if r.Binds != nil {
				last.Binds = r.Binds // one row of a process is its gateway's
			}
			if r.Beat.After(last.Beat) {
				last.Beat = r.Beat
			}
			continue
		}
		list = append(list, r)
	}
	return list
}
