package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Officers who are away (Đ17.9): the focal officer asks by SMS, the head agrees by SMS,
// and on those days the texts go to whoever stands in, which in a unit of the year is the
// deputy, named or next by order.

// yearLeave is one absence as it was asked for.
type yearLeave struct {
	unit     int
	asked    time.Time
	named    bool      // the deputy's number stands in the text
	from, to time.Time // midnights, to exclusive
	decided  time.Time // by the head; zero: never
	agreed   bool
}

// leaveOffset puts what is said about absences between the instants at which petitions are
// acted on, so that it is clear who was there.
const leaveOffset = 5 * time.Minute

// yearStaff is who is away when, by unit. nil: everybody is always there.
type yearStaff [][]yearLeave

// staff draws a few absences of every unit's officer.
func (y Year) staff() yearStaff {
	random := rand.New(rand.NewPCG(y.Seed, 1709))
	staff := make(yearStaff, yearUnits)
	for unit := range staff {
		for day := random.IntN(25); day < y.Days; day += 8 + random.IntN(40) {
			staff[unit] = append(staff[unit], newLeave(unit, YearStart().AddDate(0, 0, day), random))
		}
	}
	return staff
}

func newLeave(unit int, day time.Time, random *rand.Rand) yearLeave {
	l := yearLeave{unit: unit, named: random.IntN(2) == 0, agreed: random.IntN(4) > 0}
	l.asked = day.Add(8*time.Hour + time.Duration(random.IntN(48))*grid + gridOffset + leaveOffset)
	l.from = day.AddDate(0, 0, random.IntN(4))
	l.to = l.from.AddDate(0, 0, 1+random.IntN(4)) // over before the next one is asked for
	if random.IntN(8) > 0 {
		l.decided = l.asked.Add(time.Duration(1+random.IntN(29)) * grid)
	}
	return l
}

// away reports that the officer of the unit is away: on the days that the head agreed to,
// from when the head did, to the last second of the last.
func (s yearStaff) away(unit int, at time.Time) bool {
	return s != nil && slices.ContainsFunc(s[unit], func(l yearLeave) bool {
		return l.agreed && !l.decided.IsZero() && !at.Before(l.decided) && !at.Before(l.from) && at.Before(l.to.Add(-time.Second))
	})
}

// demands are the texts about absences until the end: what was asked is confirmed, the
// head is asked, and both are told what the head said.
func (s yearStaff) demands(end time.Time) (list []demand) {
	add := func(template string, who yearRole, unit int, at time.Time) {
		if !at.IsZero() && at.Before(end) {
			list = append(list, demand{template, who, unit, at, at})
		}
	}
	for _, l := range slices.Concat(s...) {
		add("NGHI", toFocal, l.unit, l.asked)
		add("XV", toHead, l.unit, l.asked)
		add("NQ", toFocal, l.unit, l.decided)
		add("NQ", toHead, l.unit, l.decided)
	}
	return list
}

// text is what the officer writes.
func (l yearLeave) text() string {
	words := "NGHI " + l.from.Format("2/1")
	if last := l.to.AddDate(0, 0, -1); !last.Equal(l.from) {
		words += "-" + last.Format("2/1")
	}
	if l.named {
		words += " 0" + strings.TrimPrefix(yearPhone(toDeputy, l.unit), "+84")
	}
	return words
}

// leave lets the officer ask, or the head answer with the code of the question.
func (p *yearPlay) leave(ctx context.Context, a yearAct) error {
	l := a.leave
	if a.what == yearLeaveAsk {
		return p.handset(toFocal, l.unit).Send(ctx, p.service.Number, l.text())
	}
	head, code := p.handset(toHead, l.unit), ""
	for _, m := range head.Inbox() {
		if found := leavePrints.FindStringSubmatch(m.Text); found != nil {
			code = found[1] // the latest is the open one
		}
	}
	if code == "" {
		return errors.New("the head was not asked")
	}
	word := map[bool]string{true: "OK", false: "SAI"}[l.agreed]
	return head.Send(ctx, p.service.Number, fmt.Sprint(word, " ", code))
}

var leavePrints = regexp.MustCompile(`xin vang mat.*\bOK ([0-9]{5,})`)
