package store_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/report/ledger"
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

func sorted(list []escalation.FactGroup) []escalation.FactGroup {
	slices.SortFunc(list, func(a, b escalation.FactGroup) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Marks, b.Marks), cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Age, b.Age))
	})
	return list
}

func dimensions() []escalation.Dimension {
	return []escalation.Dimension{escalation.ByUnit, escalation.ByField, escalation.ByArea, escalation.ByChannel, escalation.ByOfficer, escalation.ByUnitOfficer, escalation.Undivided}
}

func TestSumsOfFactsAreThoseOfCountingThemOneByOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		book := ledger.Ledger{Facts: factsOf(w, live(w, 13, 500))}
		followed, missed := compareSums(w, book)
		if followed == 0 || missed == 0 {
			t.Errorf("%d followers have voted, %d promises were missed: the history is too tame", followed, missed)
		}
		for i := range book.Facts { // as the release before has written them
			book.Facts[i].MissedAt = ""
		}
		w.MustExec(t, "UPDATE fact SET missed_at = ''")
		if _, missed := compareSums(w, book); missed == 0 {
			t.Error("promises that were missed before it was noted when are not counted")
		}
	})
}

// compareSums holds SQL's sums of some periods against the book's, and says how many votes
// of followers and missed promises are in them.
func compareSums(w *world, book ledger.Ledger) (followed, missed int) {
	t, week := w.t, 7*24*time.Hour
	t.Helper()
	for _, from := range []time.Time{monday.Add(-week), monday, monday.Add(3 * week), monday.Add(8 * week)} {
		for _, d := range dimensions() {
			for _, q := range []escalation.FactQuery{
				{By: d, From: from, To: from.Add(3 * week)}, {By: d, From: from, To: from.Add(40 * week)},
				{By: d, From: from, To: from.Add(week), Unit: "SXD", Marks: escalation.FactEnds | escalation.FactFirst},
			} {
				q.Ages = []time.Time{q.To.Add(-24 * time.Hour), q.To.Add(-9 * 24 * time.Hour)}
				other := q
				other.By, other.Marks = escalation.ByChannel, 0
				got, err := w.FactGroups(t.Context(), q, other)
				w.must(err)
				want, err := book.FactGroups(t.Context(), q, other)
				w.must(err)
				for i := range want {
					if got := sorted(ledger.Joined(got[i])); !slices.Equal(got, sorted(want[i])) {
						t.Fatalf("%s from %s of %q\nSQL   %+v\ncount %+v", d, from, q.Unit, got, want[i])
					}
					for _, g := range want[i] {
						followed, missed = followed+g.Followers.Given()+g.FollowersOn1022.Given(), missed+g.Missed
					}
				}
			}
		}
	}
	return followed, missed
}

func TestMediansAreThoseOfTheMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		book := ledger.Ledger{Facts: factsOf(w, live(w, 11, 500))}
		for _, unit := range []string{"", "SXD"} {
			var queries []escalation.FactQuery
			for _, d := range dimensions() {
				queries = append(queries, escalation.FactQuery{By: d, From: monday, To: monday.AddDate(0, 10, 0), Unit: unit})
			}
			for _, of := range []escalation.FactSpan{escalation.SpanAcknowledged, escalation.SpanAnswered} {
				got, err := w.FactMedians(t.Context(), of, queries...)
				w.must(err)
				want, err := book.FactMedians(t.Context(), of, queries...)
				w.must(err)
				for i, d := range dimensions() {
					if !maps.Equal(got[i], want[i]) || len(want[i]) == 0 {
						t.Errorf("%s by %s of %q: %v, want %v", of, d, unit, got[i], want[i])
					}
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
		if want := (escalation.Traffic{Unit: "SXD", Class: escalation.ClassSlip, State: escalation.Queued, Texts: 1}); len(got) != 1 || got[0] != want {
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
