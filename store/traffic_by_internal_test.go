package store

import (
	"context"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// sentRow is what of a message says by which sender it goes.
type sentRow struct {
	Citizen  int64           `db:"citizen_of"`
	Role     escalation.Role `db:"role"`
	Lane     escalation.Lane `db:"lane"`
	Template string          `db:"template"`
}

// branded are the segments by the citizens' sender, as a gateway chooses it.
func (r sentRow) branded(segments int) int {
	m := escalation.Outgoing{Template: r.Template, Lane: r.Lane, To: escalation.Recipient{Citizen: r.Citizen, Role: r.Role}}
	if m.Sender() == escalation.CitizenSender {
		return segments
	}
	return 0
}

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
		sentRow
	}
	err := s.reader().all(ctx, &rows, `SELECT m.petition_id, m.unit, m.class, m.state, m.segments, COALESCE(p.field, '') AS field, COALESCE(p.area, '') AS area,
			COALESCE(p.channel, '') AS channel, COALESCE(p.denunciation, 0) AS denunciation, COALESCE(c.name, '') AS contact,
			m.citizen_of, m.role, m.lane, m.template
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
		sum.Branded += r.branded(r.Segments)
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

// dividedAsTheReleaseBefore divides the days' texts by field as it did: its price hung on
// the class.
func (s *Store) dividedAsTheReleaseBefore(t *testing.T, days ...time.Time) {
	t.Helper()
	for _, at := range days {
		from, to := micros(at), micros(at.Add(day))
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM sms_day_by WHERE day = ? AND dimension NOT IN ('unit', 'class')`, []any{from}},
			{`INSERT INTO sms_day_by (dimension, unit, day, value, loose, texts, delivered, failed, segments, branded)
				SELECT 'field', '', CAST(? AS BIGINT), p.field, 0, COUNT(*), SUM(CASE WHEN m.state = 'delivered' THEN 1 ELSE 0 END), 0, SUM(m.segments),
					SUM(CASE WHEN m.class IN ('recorded', 'progress', 'result', 'rating') THEN m.segments ELSE 0 END)
				FROM message m JOIN petition p ON p.id = m.petition_id WHERE m.at >= ? AND m.at < ? GROUP BY p.field`, []any{from, from, to}},
			{`INSERT INTO sms_counted_by (day) VALUES (?)`, []any{from}},
		} {
			if _, err := s.writer().exec(t.Context(), step.query, step.args...); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wantBranded holds what three days had of texts about water, C2 to citizens, and of their
// segments by the citizens' sender, counted in each way, against the two numbers.
func wantBranded(t *testing.T, s *Store, when string, first time.Time, texts, branded int) {
	t.Helper()
	to := first.AddDate(0, 0, 3)
	sums, err := s.TextSums(t.Context(), first, to, "", escalation.ByField, escalation.ByClass)
	if err != nil {
		t.Fatal(err)
	}
	for _, sum := range sums {
		if of := sum.Value; (of == "nuoc" || of == "decision") && (sum.Texts != texts || sum.Branded != branded) || (of == "dien" || of == "slip") && sum.Branded != 0 {
			t.Errorf("%s: of %s %d texts, %d segments by the citizens' sender, want %d and %d of what citizens got", when, of, sum.Texts, sum.Branded, texts, branded)
		}
	}
	traffic, err := s.SMSTraffic(t.Context(), first, to, "SXD")
	if err != nil || len(sums) != 4 || len(traffic) != 2 || traffic[0].Texts != texts || traffic[0].Branded != branded || traffic[1].Branded != 0 {
		t.Errorf("%s: undivided %+v of %+v, %v; want %d and %d", when, traffic, sums, err, texts, branded)
	}
}

// Days that the release before has counted have the price of the class until they are told
// by sender, and for good where their texts have gone meanwhile; what was counted stays.
func TestDaysCountedByClassAreToldBySenderAsFarAsTheirTextsAreThere(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		days := oldTexts(t, s)
		s.MustExec(t, `UPDATE message SET template = 'C2', class = 'decision', lane = 'citizen', role = 'citizen', citizen_of = petition_id
			WHERE petition_id IN (SELECT id FROM petition WHERE field = 'nuoc')`)
		wantBranded(t, s, "not counted", days[0], 3, 3)
		if _, err := migrationsOf(t, s).DownTo(t.Context(), 52); err != nil {
			t.Fatal(err)
		}
		s.asTheReleaseBefore(t, days...)
		s.dividedAsTheReleaseBefore(t, days...)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantBranded(t, s, "after the upgrade", days[0], 3, 0)
		if _, err := s.writer().exec(t.Context(), `DELETE FROM message WHERE at >= ?`, micros(days[2])); err != nil { // moved to another database
			t.Fatal(err)
		}
		if n, err := s.CountTexts(t.Context(), 3); err != nil || n != 3 {
			t.Fatalf("%d days were counted, want three at a time: %v", n, err)
		}
		wantBranded(t, s, "told by sender", days[0], 3, 2)

		s.MustExec(t, "UPDATE message SET state = 'failed' WHERE template = 'C2' AND id IN (SELECT MAX(id) FROM message GROUP BY template)")
		s.MustExec(t, "UPDATE message SET state = 'delivered' WHERE template = 'C2'") // both of the day before, by late receipts
		s.asTheReleaseBefore(t, days[1])                                              // it finds the day uncounted, as the trigger has left it
		s.dividedAsTheReleaseBefore(t, days[1])
		wantBranded(t, s, "one day counted by the release before", days[0], 3, 1)
		if n, err := s.CountTexts(t.Context(), 1); err != nil || n != 1 {
			t.Fatalf("%d days were counted, want that one: %v", n, err)
		}
		wantBranded(t, s, "and told by this one", days[0], 3, 2)
	})
}
