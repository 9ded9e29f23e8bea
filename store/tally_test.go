package store_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
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
					other := q
					other.By, other.Marks, other.Held = escalation.ByChannel, 0, true
					got, err := w.FactGroups(t.Context(), q, other)
					w.must(err)
					for i, q := range []escalation.FactQuery{q, other} {
						if want := counted(facts, q); !slices.Equal(sorted(got[i]), want) {
							t.Fatalf("%s from %s of %q\nSQL   %+v\ncount %+v", q.By, from, q.Unit, got[i], want)
						}
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

// trafficOf counts the texts of a period from the messages alone.
func trafficOf(w *world, from, to time.Time) (list []escalation.Traffic) {
	w.t.Helper()
	list, err := w.TrafficFromMessages(w.t.Context(), from, to)
	w.must(err)
	return list
}

// Days that are counted once say the same as their texts, and go on doing so when an
// old text changes, or one is added.
func TestCountedDaysSayWhatTheirTextsDo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, start := w.add(nil), monday.AddDate(-1, 0, 0) // long ago for the database's clock, too
		var notices []escalation.Notice
		for i := range 40 {
			n := w.notice(p, "O1")
			n.Seq, n.At = i, start.Add(time.Duration(i)*7*time.Hour)
			if i%3 == 0 {
				n.Class = escalation.ClassReminder
			}
			notices = append(notices, n)
		}
		w.post(notices...)
		from, to := start.AddDate(0, 0, -3), start.AddDate(0, 0, 30)
		same := func(when string) {
			t.Helper()
			for _, p := range [][2]time.Time{{from, to}, {midnightOf(start), midnightOf(start.AddDate(0, 0, 3))}, {start, start.Add(30 * time.Hour)}} {
				got, err := w.SMSTraffic(t.Context(), p[0], p[1], "")
				w.must(err)
				if want := trafficOf(w, p[0], p[1]); !slices.Equal(got, want) {
					t.Errorf("%s: %+v, want %+v", when, got, want)
				}
			}
		}
		if n, err := w.CountTexts(t.Context(), 1); err != nil || n > 1 {
			t.Fatalf("%d days, %v", n, err)
		}
		same("all texts are young")
		w.MustExec(t, "UPDATE message SET created_real = 1")
		n, err := w.CountTexts(t.Context(), 2)
		if err != nil || n != 2 {
			t.Fatalf("%d days, want two at a time: %v", n, err)
		}
		same("counted two days")
		_, err = w.CountTexts(t.Context(), 1000)
		w.must(err)
		same("counted all")
		w.MustExec(t, "UPDATE message SET state = 'delivered', segments = 2 WHERE id IN (SELECT id FROM message WHERE id % 4 = 0)")
		same("a late receipt")
		if n, err := w.CountTexts(t.Context(), 1000); err != nil || n == 0 {
			t.Errorf("what changed was not counted again: %d, %v", n, err)
		}
		same("counted again")
		late := w.notice(p, "O2")
		late.Seq, late.At = 99, start.Add(time.Hour)
		w.post(late)
		same("one of then")
		w.MustExec(t, "UPDATE sms_day SET texts = texts + 1 WHERE day = (SELECT MIN(day) FROM sms_day)")
		if n, err := w.CountTexts(t.Context(), 1000); err != nil || n != 0 {
			t.Errorf("the young text's day was counted: %d, %v", n, err)
		}
		same("a young text among the old ones of its day")
	})
}

func midnightOf(t time.Time) time.Time {
	y, m, d := t.In(worktime.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, worktime.Zone())
}
