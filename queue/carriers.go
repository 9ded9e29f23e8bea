package queue

import (
	"cmp"
	"context"
	"slices"
	"time"

	"notify1022/escalation"
)

// carriers are the accounts that carry the same lanes. Each group claims for itself, so
// that no row is claimed which nobody could take now.
type carriers struct {
	lanes   []escalation.Lane // sorted; none: all
	senders []*sender
}

// group puts together what carries the same lanes, in the order of the routes.
func group(senders []*sender) (groups []*carriers) {
	for _, s := range senders {
		lanes := slices.Compact(slices.Sorted(slices.Values(s.route.Lanes)))
		i := slices.IndexFunc(groups, func(c *carriers) bool { return slices.Equal(c.lanes, lanes) })
		if i < 0 {
			groups, i = append(groups, &carriers{lanes: lanes}), len(groups)
		}
		groups[i].senders = append(groups[i].senders, s)
	}
	return groups
}

// byRoom orders groups by their room, the most first: who has little takes what is left.
func byRoom(groups []*carriers) []*carriers {
	return slices.SortedStableFunc(slices.Values(groups), func(a, b *carriers) int { return cmp.Compare(b.room(), a.room()) })
}

// room is how many rows the accounts can take, each a segment at least; 0: none is bound.
func (c *carriers) room() int {
	n := 0
	for _, s := range c.senders {
		n += s.room()
	}
	return min(n, claimMost)
}

// claimer claims rows of the lanes that are carried here.
func (c *carriers) claimer(o Outbox) claim {
	return func(ctx context.Context, owner string, limit int, lease time.Duration, render func(*escalation.Outgoing) error) ([]escalation.Outgoing, error) {
		return o.Claim(ctx, owner, limit, lease, render, c.lanes...)
	}
}

// choose is the bound account with the most room; nil when none is bound.
func (c *carriers) choose() *sender {
	var best *sender
	most := 0
	for _, s := range c.senders {
		if free := s.route.Transmitter.Free(); free == 0 {
			continue
		}
		if room := s.room(); best == nil || room > most {
			best, most = s, room
		}
	}
	return best
}
