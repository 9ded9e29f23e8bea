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
	return roomiest(c.senders, func(s *sender) bool { return s.route.Transmitter.Free() > 0 })
}

// roomiest is the sender with the most room of those that will do; nil when none will.
func roomiest(senders []*sender, will func(*sender) bool) *sender {
	var best *sender
	most := 0
	for _, s := range senders {
		if !will(s) {
			continue
		}
		if room := s.room(); best == nil || room > most {
			best, most = s, room
		}
	}
	return best
}

// carries reports whether the account carries the lane.
func (s *sender) carries(lane escalation.Lane) bool {
	return len(s.route.Lanes) == 0 || slices.Contains(s.route.Lanes, lane)
}

// carrier is the account over which the row goes; nil when there is none now. A text of
// which a part is out stays where the handset joins the rest to it while such an account is
// bound, though it may have to wait there for room.
func (d *dispatcher) carrier(over *carriers, m *escalation.Outgoing) *sender {
	if partly(m) {
		manners := d.manners(m)
		stays := roomiest(d.senders, func(s *sender) bool {
			return s.carries(m.Lane) && s.route.Transmitter.Bound() && joins(m, s.route.Transmitter.Manner(m), manners)
		})
		if stays != nil {
			return stays
		}
	}
	return over.choose()
}

// manners are the ways in which the accounts would send the row.
func (d *dispatcher) manners(m *escalation.Outgoing) map[string]string {
	manners := make(map[string]string, len(d.senders))
	for _, s := range d.senders {
		manners[s.route.Transmitter.Name()] = s.route.Transmitter.Manner(m)
	}
	return manners
}

// partly reports that some segments of the row are out and others are not.
func partly(m *escalation.Outgoing) bool {
	return len(m.Proven) > 0 && len(m.Proven) < m.Segments
}

// anew reports whether all of a long text goes once more: what is out of it cannot be joined to
// the rest, or may yet turn out to be, in another manner, as what nobody has answered for.
// A text of which nothing is out, for sure, only begins.
func (d *dispatcher) anew(s *sender, j job) bool {
	m := j.m
	switch {
	case m.Segments < 2:
		return false
	case len(m.Proven) == 0:
		return m.PossibleDuplicate
	case partly(m) && len(j.todo()) == 0: // the account sends it whole by now
		return true
	case partly(m), len(m.Carriers) > 1:
		return !joins(m, s.route.Transmitter.Manner(m), d.manners(m))
	}
	return false
}

// joins reports whether a handset joins what goes out in this manner to the segments that
// are out: all accounts that took them send in the same one. manners holds each account's;
// one that is not there any more joins nothing.
func joins(m *escalation.Outgoing, manner string, manners map[string]string) bool {
	return !slices.ContainsFunc(m.Carriers, func(name string) bool {
		its, ok := manners[name]
		return !ok || its != manner
	})
}
