package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// gatewayAlive is how long after its last beat a gateway still counts for the
// share of the pace that each of them takes without Redis.
const gatewayAlive = 15 * time.Second

// gatewayRole is what the row of a gateway says; the release before counts by it too.
const gatewayRole = "gateway"

// Node is a live process, or one role of it.
type Node struct {
	Name  string
	Roles string
	Beat  time.Time
	Binds []Bind // of a gateway: its accounts; nil: it does not say, as the release before does
}

// Bind is how an account of a gateway stands.
type Bind struct {
	SMSC  string  `json:"smsc"`
	Bound int     `json:"bound"` // connections bound to the SMSC
	Sent  float64 `json:"sent"`  // messages per second that it has accepted of late
	Rate  float64 `json:"rate"`  // messages per second allowed; 0: as many as go
	Part  float64 `json:"part"`  // of the rate that is used: less than 1 after the SMSC throttled
}

// Heartbeat says that the node lives; roles is what it does.
func (s *Store) Heartbeat(ctx context.Context, node, roles string) error {
	return s.heartbeat(ctx, node, roles, "")
}

// Beat notes that a gateway lives and how its accounts stand, also that it has none, and
// counts the live ones, itself among them.
func (s *Store) Beat(ctx context.Context, owner string, binds []Bind) (live int, err error) {
	stand, err := json.Marshal(append([]Bind{}, binds...)) // a list also of none
	if err != nil {
		return 0, fmt.Errorf("heartbeat of %s: %w", owner, err)
	}
	if err := s.heartbeat(ctx, owner, gatewayRole, string(stand)); err != nil {
		return 0, err
	}
	return s.LiveGateways(ctx)
}

// heartbeat writes the row of a node; binds is how its accounts stand, as JSON, and empty
// where it is no gateway.
func (s *Store) heartbeat(ctx context.Context, node, roles, binds string) error {
	machine, err := s.clock.now(ctx, s.reader())
	if err != nil {
		return fmt.Errorf("heartbeat of %s: %w", node, err)
	}
	if err := s.keepClock(ctx); err != nil {
		return fmt.Errorf("heartbeat of %s: %w", node, err)
	}
	_, err = s.writer().exec(ctx, `INSERT INTO heartbeat (node, roles, beat_real, binds) VALUES (?, ?, ?, ?)
		ON CONFLICT (node) DO UPDATE SET roles = excluded.roles, beat_real = excluded.beat_real, binds = excluded.binds`, node, roles, micros(machine), binds)
	if err != nil {
		return fmt.Errorf("heartbeat of %s: %w", node, err)
	}
	return nil
}

// LiveGateways counts the gateways that gave a sign of life lately.
func (s *Store) LiveGateways(ctx context.Context) (live int, err error) {
	nodes, err := s.Nodes(ctx, gatewayAlive)
	for _, n := range nodes {
		if n.Roles == gatewayRole {
			live++
		}
	}
	return live, err
}

// Leaving takes the node off the list of live ones.
func (s *Store) Leaving(ctx context.Context, node string) error {
	_, err := s.writer().exec(ctx, `DELETE FROM heartbeat WHERE node = ?`, node)
	return err
}

// Nodes lists the processes that gave a sign of life within the time given.
func (s *Store) Nodes(ctx context.Context, within time.Duration) ([]Node, error) {
	machine, err := s.clock.now(ctx, s.reader())
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Node  string `db:"node"`
		Roles string `db:"roles"`
		Beat  int64  `db:"beat_real"`
		Binds string `db:"binds"`
	}
	err = s.reader().all(ctx, &rows, `SELECT node, roles, beat_real, binds FROM heartbeat WHERE beat_real >= ? AND beat_real <= ? ORDER BY node`,
		micros(machine.Add(-within)), micros(machine.Add(gatewayAlive))) // a clock that was ahead keeps nobody alive
	list := make([]Node, len(rows))
	for i, r := range rows {
		list[i] = Node{Name: r.Node, Roles: r.Roles, Beat: instant(r.Beat)}
		if r.Binds == "" {
			continue
		}
		if err := json.Unmarshal([]byte(r.Binds), &list[i].Binds); err != nil {
			return nil, fmt.Errorf("binds of %s: %w", r.Node, err)
		}
	}
	return list, wrapList(err, "nodes")
}
