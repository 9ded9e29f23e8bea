package rehearsal

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Several citizens report one thing: the operator merges what came later into what came
// first, and whoever made it follows that (field failure 32 of docs/field-failures.md).

// crowd are those who follow a petition, the same in all its courses. nil: nobody.
type crowd struct{ followers []*fate }

// at are the followers who had joined before an instant.
func (c *crowd) at(t time.Time) []*fate {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.followers), func(f *fate) bool { return !f.merged.Before(t) })
}

// gather merges some of the petitions into others that are open then.
func gather(list []fate, random *rand.Rand) {
	for i := range list {
		child := &list[i]
		if random.IntN(10) > 0 || !child.plain() {
			continue
		}
		at := onGrid(city.add(child.forwarded, time.Duration(10+10*random.IntN(40))*time.Minute)).Add(leaveOffset)
		if !child.answered.IsZero() && !at.Before(child.answered) {
			continue
		}
		for range 30 {
			if parent := &list[random.IntN(i+1)]; parent.takes(child, at) {
				child.merge(parent, at, random)
				break
			}
		}
	}
}

// plain reports that nothing out of the ordinary becomes of the petition.
func (f *fate) plain() bool {
	for _, at := range []time.Time{f.received, f.asked, f.promised, f.returned, f.held.from, f.lain.from, f.directed, f.gone()} {
		if !at.IsZero() {
			return false
		}
	}
	return !f.rejected && !f.direct && !f.urgent && !f.joint && f.again == nil && f.crowd == nil
}

// takes reports that another may be merged into the petition: it is open, in its first
// course, and not that of a citizen who follows it already.
func (f *fate) takes(child *fate, at time.Time) bool {
	switch {
	case f == child, f.rejected, f.direct, !f.gone().IsZero(), f.citizen == child.citizen, !f.receipt().Before(at):
		return false
	case !f.published.IsZero() && !at.Before(f.published), f.again != nil && !at.Before(f.again.opened):
		return false
	}
	return f.crowd == nil || !slices.ContainsFunc(f.crowd.followers, func(o *fate) bool { return o.citizen == child.citizen })
}

// merge lets the petition follow another. Some never get to a unit; some of the citizens
// rate the answer that they follow.
func (f *fate) merge(parent *fate, at time.Time, random *rand.Rand) {
	if random.IntN(3) == 0 {
		f.received, f.forwarded, f.acked = f.forwarded, time.Time{}, time.Time{}
	}
	if !f.acked.Before(at) {
		f.acked = time.Time{}
	}
	f.merged, f.into = at, parent
	f.answered, f.published, f.rated = time.Time{}, time.Time{}, time.Time{}
	if parent.crowd == nil {
		parent.crowd = &crowd{}
	}
	parent.crowd.followers = append(parent.crowd.followers, f)
	for c := parent; c != nil; c = c.again {
		c.crowd = parent.crowd
		when := onGrid(midnight(c.published).AddDate(0, 0, 1+random.IntN(6)).Add(9*time.Hour + time.Duration(random.IntN(40))*grid))
		if !c.published.IsZero() && random.IntN(2) == 0 && (c.again == nil || when.Before(c.again.opened)) {
			f.rates, f.rated, f.score = c, when, 1+random.IntN(5)
		}
	}
}
