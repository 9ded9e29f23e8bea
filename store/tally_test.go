package store_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

// factsOf makes the facts of petitions from their documents, without SQL's.
func factsOf(w *world, ids []int64) (list []escalation.Fact) {
	w.tx(func(tx escalation.Tx) error {
		found, err := tx.Petitions(w.t.Context(), ids...)
		for _, p := range found {
			list = append(list, escalation.Facts(p, citysAlone())...)
		}
		return err
	})
	return list
}

// valueOf is a fact's value of a dimension, false where it is left out.
func valueOf(f escalation.Fact, d escalation.Dimension) (string, bool) {
	switch d {
	case escalation.ByUnit:
		return f.Unit, f.Unit != ""
	case escalation.ByField:
		return f.Field, true
	case escalation.ByArea:
		return f.Area, true
	case escalation.ByOfficer:
		return f.Officer, f.Officer != ""
	}
	return string(f.Channel), true
}

// counted groups facts one by one, as plainly as it can be said.
func counted(facts []escalation.Fact, q escalation.FactQuery) []escalation.FactGroup {
	within := func(t time.Time) bool { return !t.IsZero() && !t.Before(q.From) && t.Before(q.To) }
	type key struct {
		value string
		marks escalation.FactMark
		phase escalation.Phase
		age   int
	}
	groups := map[key]*escalation.FactGroup{}
	for _, f := range facts {
		value, ok := valueOf(f, q.By)
		if !ok || q.Unit != "" && f.Unit != q.Unit || !f.OpenedAt.Before(q.To) || !f.DoneAt.IsZero() && f.DoneAt.Before(q.From) {
			continue
		}
		k := key{value: value, marks: f.Marks()}
		if q.Marks != 0 {
			k.marks &= q.Marks
		}
		open := f.DoneAt.IsZero() || !f.DoneAt.Before(q.To)
		for phase, holds := range map[escalation.Phase]bool{
			escalation.Opened: within(f.OpenedAt), escalation.WasForward: within(f.ForwardedAt), escalation.WasDone: within(f.DoneAt), escalation.WentLate: within(f.OverdueAt),
			escalation.StillOpen: open, escalation.LateBefore: !f.OverdueAt.IsZero() && f.OverdueAt.Before(q.To),
		} {
			if holds {
				k.phase |= phase
			}
		}
		for _, at := range q.Ages {
			if open && f.ReceivedAt.Before(at) {
				k.age++
			}
		}
		g := groups[k]
		if g == nil {
			g = &escalation.FactGroup{Value: k.value, Marks: k.marks, Phase: k.phase, Age: k.age}
			groups[k] = g
		}
		g.Count++
		g.Promises, g.Kept, g.Missed, g.Scores = g.Promises+f.Promises, g.Kept+f.Kept, g.Missed+f.Missed, g.Scores+f.Score
		if f.Score > 0 {
			g.Rated++
		}
		if q.Held {
			g.HeldBy1022, g.HeldByFocal = g.HeldBy1022+f.HeldBy1022, g.HeldByFocal+f.HeldByFocal
			g.HeldByHead, g.HeldByOffice = g.HeldByHead+f.HeldByHead, g.HeldByOffice+f.HeldByOffice
		}
	}
	var list []escalation.FactGroup
	for g := range maps.Values(groups) {
		list = append(list, *g)
	}
	return sorted(list)
}

func sorted(list []escalation.FactGroup) []escalation.FactGroup {
	slices.SortFunc(list, func(a, b escalation.FactGroup) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Marks, b.Marks), cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Age, b.Age))
	})
	return list
}

// middle is the lower median of minutes.
func middle(spans []time.Duration) time.Duration {
	slices.Sort(spans)
	return spans[(len(spans)-1)/2].Truncate(time.Minute)
}

func TestSumsOfFactsAreThoseOfCountingThemOneByOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		facts := factsOf(w, live(w, 47, 500))
		week := 7 * 24 * time.Hour
		for _, from := range []time.Time{monday.Add(-week), monday, monday.Add(3 * week), monday.Add(8 * week)} {
			for _, d := range []escalation.Dimension{escalation.ByUnit, escalation.ByField, escalation.ByArea, escalation.ByChannel, escalation.ByOfficer} {
				for _, q := range []escalation.FactQuery{
					{By: d, From: from, To: from.Add(3 * week), Held: true},
					{By: d, From: from, To: from.Add(week), Unit: "SXD", Marks: escalation.FactEnds | escalation.FactFirst},
				} {
					q.Ages = []time.Time{q.To.Add(-24 * time.Hour), q.To.Add(-9 * 24 * time.Hour)}
					got, err := w.FactGroups(t.Context(), q)
					w.must(err)
					if want := counted(facts, q); !slices.Equal(sorted(got), want) {
						t.Fatalf("%s from %s of %q\nSQL   %+v\ncount %+v", d, from, q.Unit, got, want)
					}
				}
			}
		}
	})
}

func TestMediansAreThoseOfTheMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		facts := factsOf(w, live(w, 11, 500))
		q := escalation.FactQuery{By: escalation.ByUnit, From: monday, To: monday.AddDate(5, 0, 0)}
		acknowledged, answered := map[string][]time.Duration{}, map[string][]time.Duration{}
		for _, f := range facts {
			for _, value := range []string{f.Unit, ""} {
				if f.Unit != "" && !f.AcknowledgedAt.IsZero() {
					acknowledged[value] = append(acknowledged[value], f.AcknowledgedIn)
				}
				if f.Unit != "" && f.Outcome == escalation.OutcomeAnswered {
					answered[value] = append(answered[value], f.AnsweredIn)
				}
			}
		}
		for of, want := range map[escalation.FactSpan]map[string][]time.Duration{escalation.SpanAcknowledged: acknowledged, escalation.SpanAnswered: answered} {
			got, err := w.FactMedians(t.Context(), q, of)
			w.must(err)
			if len(got) != len(want) || len(want) < 2 {
				t.Errorf("%s: %d medians, want %d", of, len(got), len(want))
			}
			for value, spans := range want {
				if m := middle(spans); got[value] != m {
					t.Errorf("%s of %q: %s, want %s of %d", of, value, got[value], m, len(spans))
				}
			}
		}
	})
}

func TestTextsAreCountedByClassAndState(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(nil)
		early, late := w.notice(p, "O1"), w.notice(p, "O2")
		late.Seq, late.Class, late.At = 1, escalation.ClassReminder, monday.AddDate(0, 1, 0)
		w.post(early, late)
		got, err := w.SMSTraffic(t.Context(), monday, monday.AddDate(0, 0, 7), "")
		w.must(err)
		if want := (escalation.Traffic{Class: escalation.ClassSlip, State: escalation.Queued, Texts: 1}); len(got) != 1 || got[0] != want {
			t.Errorf("the week has %+v, want %+v", got, want)
		}
		if got, err := w.SMSTraffic(t.Context(), monday, monday.AddDate(1, 0, 0), "SGTVT"); err != nil || len(got) != 0 {
			t.Errorf("another unit has %+v, %v", got, err)
		}
	})
}
