package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// AccountAway is an account to which no gateway is bound.
type AccountAway struct {
	SMSC  string
	Since time.Time // by the machine
}

// awayForget is how long nobody has seen an account away that is away anew when it is seen
// again: an auditor looks each minute.
const awayForget = 3 * time.Minute

// AccountsAway lists the accounts to which none of the gateways that live is bound, and notes
// since when. What nobody is to send it does not miss: it knows none while no gateway lives,
// or the sending of all is paused.
func (s *Store) AccountsAway(ctx context.Context) ([]AccountAway, error) {
	bound, err := s.bound(ctx)
	if err != nil || len(bound) == 0 {
		return nil, err
	}
	var known []string
	if err := s.reader().all(ctx, &known, `SELECT smsc FROM account_away`); err != nil {
		return nil, fmt.Errorf("read which accounts are away: %w", err)
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(bound)), func(name string) bool { return bound[name] })
	if len(names) == 0 && len(known) == 0 {
		return nil, nil
	}
	var list []AccountAway
	err = s.inTx(ctx, func(t *tx) error {
		list, err = t.noteAway(ctx, names)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("note which accounts are away: %w", err)
	}
	return list, nil
}

// bound says of each account of the gateways that live whether one is bound to it; nothing
// while the sending is paused.
func (s *Store) bound(ctx context.Context) (map[string]bool, error) {
	if paused, err := s.Paused(ctx); paused || err != nil {
		return nil, err
	}
	nodes, err := s.Nodes(ctx, gatewayAlive)
	bound := map[string]bool{}
	for _, n := range nodes {
		for _, b := range n.Binds {
			bound[b.SMSC] = bound[b.SMSC] || b.Bound > 0
		}
	}
	return bound, err
}

// noteAway notes that the accounts are away now, and that the others are not.
func (t *tx) noteAway(ctx context.Context, names []string) (list []AccountAway, err error) {
	for _, name := range names {
		var since int64
		err := t.c.get(ctx, &since, `INSERT INTO account_away (smsc, since_real, seen_real) VALUES (?, ?, ?)
			ON CONFLICT (smsc) DO UPDATE SET since_real = CASE WHEN account_away.seen_real < ? THEN excluded.since_real ELSE account_away.since_real END, seen_real = excluded.seen_real
			RETURNING since_real`, wire(name), micros(t.machine), micros(t.machine), micros(t.machine.Add(-awayForget)))
		if err != nil {
			return nil, err
		}
		list = append(list, AccountAway{name, instant(since)})
	}
	_, err = t.c.exec(ctx, `DELETE FROM account_away WHERE seen_real < ?`, micros(t.machine))
	return list, err
}
