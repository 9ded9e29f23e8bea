// Package ledger is a source of reports in memory that counts one by one, as plainly as
// it can be said. Tests hold the databases against it, and make reports from it.
package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// Ledger is what reports are made from; it is a report.Source.
type Ledger struct {
	Facts     []escalation.Fact
	Texts     []Text
	Proposals []escalation.Commended // for reward
}

// Text is a text by SMS.
type Text struct {
	At       time.Time
	Unit     string
	Officer  string // of the unit, who got it
	Class    escalation.Class
	State    escalation.MessageState
	Segments int
	Sender   escalation.Sender // at whose price; empty: the officers'

	Channel     escalation.Channel // of its petition; empty: it is of no single one
	Field, Area string             // likewise
}

// branded are the segments by the citizens' sender.
func (t Text) branded() int {
	if t.Sender == escalation.CitizenSender {
		return t.Segments
	}
	return 0
}

// value is the text's value of a dimension.
func (t Text) value(d escalation.Dimension) string {
	switch d {
	case escalation.ByField:
		return t.Field
	case escalation.ByArea:
		return t.Area
	case escalation.ByChannel:
		return string(t.Channel)
	case escalation.ByOfficer:
		return t.Officer
	case escalation.ByUnit:
		return t.Unit
	case escalation.ByClass:
		return string(t.Class)
	}
	panic(fmt.Sprintf("texts have no dimension %q", d))
}

// value is a fact's value of a dimension, false where it is left out.
func value(f escalation.Fact, d escalation.Dimension) (string, bool) {
	switch d {
	case escalation.ByUnit:
		return f.Unit, f.Unit != ""
	case escalation.ByField:
		return f.Field, true
	case escalation.ByArea:
		return f.Area, true
	case escalation.ByChannel:
		return string(f.Channel), true
	case escalation.ByOfficer:
		return cmp.Or(f.Officer, escalation.NobodysWork), f.Unit != ""
	case escalation.ByUnitOfficer:
		return f.Unit + escalation.OfficerMark + f.Officer, f.Unit != ""
	case escalation.Undivided:
		return "", true
	}
	panic(fmt.Sprintf("no dimension %q", d))
}

func within(t, from, to time.Time) bool { return !t.IsZero() && !t.Before(from) && t.Before(to) }

// FactGroups counts the turns that touch the queries' periods.
func (l Ledger) FactGroups(_ context.Context, queries ...escalation.FactQuery) (list [][]escalation.FactGroup, err error) {
	for _, q := range queries {
		list = append(list, l.groups(q))
	}
	return list, nil
}

func (l Ledger) groups(q escalation.FactQuery) (list []escalation.FactGroup) {
	for _, f := range l.Facts {
		value, ok := value(f, q.By)
		touches := f.OpenedAt.Before(q.To) && (f.DoneAt.IsZero() || !f.DoneAt.Before(q.From))
		if !ok || !touches || q.Unit != "" && f.Unit != q.Unit {
			continue
		}
		list = add(list, grouped(f, q, value))
	}
	return list
}

// grouped is the group of one fact.
func grouped(f escalation.Fact, q escalation.FactQuery, value string) escalation.FactGroup {
	g := escalation.FactGroup{Value: value, Marks: f.Marks(), Count: 1, Kept: f.Kept, Missed: missed(f, q), HeldBy1022: f.HeldBy1022, HeldByFocal: f.HeldByFocal,
		HeldByHead: f.HeldByHead, HeldByOffice: f.HeldByOffice, Followers: f.Followers, FollowersOn1022: f.FollowersOn1022}
	if q.Marks != 0 {
		g.Marks &= q.Marks
	}
	open := f.DoneAt.IsZero() || !f.DoneAt.Before(q.To)
	late := within(f.OverdueAt, q.From, q.To) && f.OverdueAt.After(f.OpenedAt)
	slip := !f.ForwardedAt.IsZero()
	for phase, holds := range map[escalation.Phase]bool{
		escalation.Opened: within(f.OpenedAt, q.From, q.To), escalation.WasForward: within(f.ForwardedAt, q.From, q.To),
		escalation.WasDone: within(f.DoneAt, q.From, q.To), escalation.WentLate: late,
		escalation.StillOpen: open, escalation.LateBefore: !f.OverdueAt.IsZero() && f.OverdueAt.Before(q.To),
		escalation.HadUnit: slip && f.ForwardedAt.Before(q.To), escalation.LateWithUnit: late && slip && f.OverdueAt.After(f.ForwardedAt),
	} {
		if holds {
			g.Phase |= phase
		}
	}
	for _, at := range q.Ages {
		if open && f.ReceivedAt.Before(at) {
			g.Age++
		}
	}
	return g
}

// missed is how many of a fact's promises fell due in the query's period without a result.
// When is not known of old ones.
func missed(f escalation.Fact, q escalation.FactQuery) (n int) {
	for _, at := range f.MissedAt.Times() {
		if within(at, q.From, q.To) {
			n++
		}
	}
	if f.MissedAt == "" && within(f.DoneAt, q.From, q.To) {
		n = f.Missed
	}
	return n
}

// add joins a group to those of its kind.
func add(list []escalation.FactGroup, g escalation.FactGroup) []escalation.FactGroup {
	for i := range list {
		if of := &list[i]; of.Value == g.Value && of.Marks == g.Marks && of.Phase == g.Phase && of.Age == g.Age {
			of.Count, of.Kept, of.Missed = of.Count+g.Count, of.Kept+g.Kept, of.Missed+g.Missed
			of.HeldBy1022, of.HeldByFocal = of.HeldBy1022+g.HeldBy1022, of.HeldByFocal+g.HeldByFocal
			of.HeldByHead, of.HeldByOffice = of.HeldByHead+g.HeldByHead, of.HeldByOffice+g.HeldByOffice
			of.Followers.Add(g.Followers, 1)
			of.FollowersOn1022.Add(g.FollowersOn1022, 1)
			return list
		}
	}
	return append(list, g)
}

// Joined joins the groups that agree in what they are of.
func Joined(groups []escalation.FactGroup) (list []escalation.FactGroup) {
	for _, g := range groups {
		list = add(list, g)
	}
	return list
}

// FactMedians takes the lower middle of the spans, in whole minutes.
func (l Ledger) FactMedians(_ context.Context, of escalation.FactSpan, queries ...escalation.FactQuery) ([]map[string]time.Duration, error) {
	var list []map[string]time.Duration
	for _, q := range queries {
		spans := map[string][]time.Duration{}
		for _, f := range l.Facts {
			value, ok := value(f, q.By)
			d, counts := span(f, of, q)
			if ok && counts && (q.Unit == "" || f.Unit == q.Unit) {
				spans[value] = append(spans[value], d.Truncate(time.Minute))
			}
		}
		medians := map[string]time.Duration{}
		for value, of := range spans {
			slices.Sort(of)
			medians[value] = of[(len(of)-1)/2]
		}
		list = append(list, medians)
	}
	return list, nil
}

// span is a fact's, false where it does not count in the query's period.
func span(f escalation.Fact, of escalation.FactSpan, q escalation.FactQuery) (time.Duration, bool) {
	switch of {
	case escalation.SpanAcknowledged:
		return f.AcknowledgedIn, within(f.ForwardedAt, q.From, q.To) && !f.AcknowledgedAt.IsZero()
	case escalation.SpanAnswered:
		return f.AnsweredIn, within(f.DoneAt, q.From, q.To) && f.Outcome == escalation.OutcomeAnswered && f.Unit != ""
	}
	panic(fmt.Sprintf("no span %q", of))
}

// SMSTraffic counts the texts of a period.
func (l Ledger) SMSTraffic(_ context.Context, from, to time.Time, unit string) (list []escalation.Traffic, err error) {
	for _, t := range l.Texts {
		if !within(t.At, from, to) || unit != "" && t.Unit != unit {
			continue
		}
		i := slices.IndexFunc(list, func(of escalation.Traffic) bool {
			return of.Unit == t.Unit && of.Class == t.Class && of.State == t.State
		})
		if i < 0 {
			i, list = len(list), append(list, escalation.Traffic{Unit: t.Unit, Class: t.Class, State: t.State})
		}
		list[i].Texts++
		list[i].Segments += t.Segments
		list[i].Branded += t.branded()
	}
	return list, nil
}

// TextSums counts the texts of a period by dimensions.
func (l Ledger) TextSums(_ context.Context, from, to time.Time, unit string, by ...escalation.Dimension) (list []escalation.TextSum, err error) {
	for _, d := range by {
		for _, t := range l.Texts {
			people := d == escalation.ByOfficer
			if !within(t.At, from, to) || t.State == escalation.Dropped || unit != "" && t.Unit != unit || people && t.Unit == "" {
				continue
			}
			of := escalation.TextSum{By: d, Unit: unit, Value: t.value(d), Loose: t.Channel == "" && !people && d != escalation.ByUnit && d != escalation.ByClass}
			if people {
				of.Unit = t.Unit
			}
			list = addText(list, of, t)
		}
	}
	return list, nil
}

// addText counts a text in where its kind is.
func addText(list []escalation.TextSum, of escalation.TextSum, t Text) []escalation.TextSum {
	i := slices.IndexFunc(list, func(s escalation.TextSum) bool {
		return s.By == of.By && s.Unit == of.Unit && s.Value == of.Value && s.Loose == of.Loose
	})
	if i < 0 {
		i, list = len(list), append(list, of)
	}
	s := &list[i]
	s.Texts++
	s.Segments += t.Segments
	switch t.State {
	case escalation.Delivered:
		s.Delivered++
	case escalation.Failed, escalation.Expired:
		s.Failed++
	}
	s.Branded += t.branded()
	return list
}

// Commended lists the proposals of a period.
func (l Ledger) Commended(_ context.Context, from, to time.Time, unit string, limit int) (list []escalation.Commended, err error) {
	for _, c := range l.Proposals {
		if within(c.At, from, to) && (unit == "" || c.Unit == unit) && len(list) < limit {
			list = append(list, c)
		}
	}
	return list, nil
}
