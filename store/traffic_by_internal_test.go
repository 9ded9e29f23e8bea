package store

import (
	"context"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// SumsFromMessages counts the texts of a period one by one: all by what their petitions
// are about, or those of a unit, and by the officers who got them.
func (s *Store) SumsFromMessages(ctx context.Context, from, to time.Time, unit string, by escalation.Dimension) ([]escalation.TextSum, error) {
	var rows []struct {
		Petition int64                   `db:"petition_id"`
		Unit     string                  `db:"unit"`
		Contact  string                  `db:"contact"`
		Class    escalation.Class        `db:"class"`
		State    escalation.MessageState `db:"state"`
		Segments int                     `db:"segments"`
		Field    string                  `db:"field"`
		Area     string                  `db:"area"`
		Channel  string                  `db:"channel"`
		Denounce bool                    `db:"denunciation"`
	}
	err := s.reader().all(ctx, &rows, `SELECT m.petition_id, m.unit, m.class, m.state, m.segments, COALESCE(p.field, '') AS field, COALESCE(p.area, '') AS area,
			COALESCE(p.channel, '') AS channel, COALESCE(p.denunciation, 0) AS denunciation, COALESCE(c.name, '') AS contact
		FROM message m LEFT JOIN petition p ON p.id = m.petition_id LEFT JOIN contact c ON c.id = m.contact_id
		WHERE m.at >= ? AND m.at < ? AND m.by_email = 0 AND m.bundle_id = 0`, micros(from), micros(to))
	if err != nil {
		return nil, err
	}
	sums := map[escalation.TextSum]escalation.TextSum{}
	for _, r := range rows {
		of := escalation.TextSum{By: by, Unit: unit, Loose: r.Petition == 0}
		switch by {
		case escalation.ByField:
			of.Value = r.Field
		case escalation.ByArea:
			of.Value = r.Area
		case escalation.ByChannel:
			of.Value = r.Channel
		case escalation.ByUnit:
			of.Value, of.Loose = r.Unit, false
		case escalation.ByClass:
			of.Value, of.Loose = string(r.Class), false
		case escalation.ByOfficer:
			of.Unit, of.Value, of.Loose = r.Unit, r.Contact, false
		}
		if r.Denounce && (by == escalation.ByField || by == escalation.ByArea) {
			of.Value = ""
		}
		if r.State == escalation.Dropped || unit != "" && r.Unit != unit || by == escalation.ByOfficer && r.Unit == "" {
			continue
		}
		sum, ok := sums[of]
		if !ok {
			sum = of
		}
		sum.Texts++
		sum.Segments += r.Segments
		switch r.State {
		case escalation.Delivered:
			sum.Delivered++
		case escalation.Failed, escalation.Expired:
			sum.Failed++
		}
		for _, c := range escalation.Branded() {
			if c == r.Class {
				sum.Branded += r.Segments
			}
		}
		sums[of] = sum
	}
	var list []escalation.TextSum
	for _, sum := range sums {
		list = append(list, sum)
	}
	return list, nil
}

// asTheReleaseBefore counts the days' texts as it did: of one table, by its statements.
func (s *Store) asTheReleaseBefore(t *testing.T, days ...time.Time) {
	t.Helper()
	for _, at := range days {
		from, to := micros(at), micros(at.Add(day))
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM sms_day WHERE day = ?`, []any{from}},
			{`INSERT INTO sms_day (day, unit, class, state, texts, segments)
				SELECT CAST(? AS BIGINT), unit, class, state, COUNT(*), SUM(segments) FROM message
				WHERE at >= ? AND at < ? AND by_email = 0 AND bundle_id = 0 GROUP BY unit, class, state`, []any{from, from, to}},
			{`INSERT INTO sms_counted (day) VALUES (?)`, []any{from}},
		} {
			if _, err := s.writer().exec(t.Context(), step.query, step.args...); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// oldTexts are texts of two petitions on three days long ago, two a day.
func oldTexts(t *testing.T, s *Store) (days []time.Time) {
	t.Helper()
	first := time.Date(2025, 3, 3, 0, 0, 0, 0, hanoi) // Monday
	err := s.Tx(t.Context(), func(tx escalation.Tx) error {
		var changes []escalation.Change
		for i, field := range []string{"dien", "nuoc"} {
			id, code, err := tx.NextCode(t.Context(), tx.Now())
			if err != nil {
				return err
			}
			p := escalation.Petition{ID: id, Code: code, Token: code, Version: 1, Status: escalation.Closed, Channel: escalation.ByWeb, Field: field}
			var fx escalation.Effects
			for n := range 3 {
				fx.Notices = append(fx.Notices, escalation.Notice{Template: "O1", Petition: id, To: escalation.Recipient{Phone: "+84570000001", Unit: "SXD"},
					Seq: n, Attempt: 1, Lane: escalation.LaneSlip, Class: escalation.ClassSlip, At: first.AddDate(0, 0, n).Add(time.Duration(9+i) * time.Hour)})
			}
			changes = append(changes, escalation.Change{Petition: p, Effects: fx})
		}
		return tx.Save(t.Context(), changes)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.MustExec(t, "UPDATE message SET created_real = 1, state = 'delivered', segments = 1")
	return []time.Time{first, first.AddDate(0, 0, 1), first.AddDate(0, 0, 2)}
}

// byField are how many texts of three days each field had.
func byField(t *testing.T, s *Store, first time.Time) map[string]int {
	t.Helper()
	sums, err := s.TextSums(t.Context(), first, first.AddDate(0, 0, 3), "", escalation.ByField)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, sum := range sums {
		n[sum.Value] += sum.Delivered
	}
	return n
}

func wantByField(t *testing.T, s *Store, when string, first time.Time) {
	t.Helper()
	if n := byField(t, s, first); len(n) != 2 || n["dien"] != 3 || n["nuoc"] != 3 {
		t.Errorf("%s: the fields have %v texts, want three each", when, n)
	}
}

// Days that the release before has counted are right before they are counted anew, and
// what it has counted stays: the texts of closed years may have gone.
func TestDaysCountedByTheReleaseBeforeAreDividedLater(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		days := oldTexts(t, s)
		if _, err := migrationsOf(t, s).DownTo(t.Context(), 29); err != nil {
			t.Fatal(err)
		}
		s.asTheReleaseBefore(t, days...)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantByField(t, s, "after the upgrade", days[0])
		s.MustExec(t, "UPDATE sms_day SET texts = texts + 100") // as if most had gone
		if n, err := s.CountTexts(t.Context(), 2); err != nil || n != 2 {
			t.Fatalf("%d days were counted, want two at a time: %v", n, err)
		}
		wantByField(t, s, "with two of three days counted", days[0])
		if n, err := s.CountTexts(t.Context(), 1000); err != nil || n < 1 { // and those since, without texts
			t.Fatalf("%d days were counted, want the third too: %v", n, err)
		}
		wantByField(t, s, "with all days counted", days[0])
		if n, err := s.CountTexts(t.Context(), 1000); err != nil || n != 0 {
			t.Errorf("%d days were counted again: %v", n, err)
		}
		whole, err := s.SMSTraffic(t.Context(), days[0], days[2].Add(day), "SXD")
		if err != nil || len(whole) != 1 || whole[0].Texts != 6+300 {
			t.Errorf("what was counted before has become %+v (%v)", whole, err)
		}
	})
}

// While both releases run, either may count a day first, and either may change its texts.
func TestTheReleaseBeforeMayCountBesideThisOne(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		days := oldTexts(t, s)
		s.asTheReleaseBefore(t, days[0])
		wantByField(t, s, "one day counted by the release before", days[0])
		if _, err := s.CountTexts(t.Context(), 1000); err != nil {
			t.Fatal(err)
		}
		wantByField(t, s, "and all by this one", days[0])
		s.MustExec(t, "UPDATE message SET state = 'failed' WHERE id = (SELECT MIN(id) FROM message)")
		s.asTheReleaseBefore(t, days[0]) // it finds the day uncounted, as the trigger has left it
		if n := byField(t, s, days[0]); n["dien"]+n["nuoc"] != 5 {
			t.Errorf("after a late failure %v arrived, want five", n)
		}
		if n, err := s.CountTexts(t.Context(), 1000); err != nil || n != 1 {
			t.Errorf("%d days were counted for the division, want the one that changed: %v", n, err)
		}
		if n := byField(t, s, days[0]); n["dien"]+n["nuoc"] != 5 {
			t.Errorf("counted again %v arrived, want five", n)
		}
	})
}
