package store_test

import (
	"fmt"
	"testing"
	"time"

	"notify1022/escalation/worktime"
	"notify1022/report"
	"notify1022/store"
	"notify1022/store/storetest"
)

// yearOfFacts fills a year with turns: 130 units with five officers each, 40 fields, 114 areas, all outcomes, a
// third rated, half of those with a score for 1022, one in fifty followed by others.
// PostgreSQL makes them itself.
const yearOfFacts = `
	INSERT INTO fact (petition_id, turn, code, channel, kind, field, area, urgent, denunciation, received_at,
		round, unit, officer, reopened, opened_at, forwarded_at, acknowledged_at, overdue_at, result_at, published_at, done_at, outcome, level,
		acknowledged_in, answered_in, held_1022, held_focal, held_head, held_office, judged, within_focal, within_head, promises, kept, missed, score,
		published, own_site, office, disputed, at_once, asked, asked_in_time, written, written_in_time, service, followers, followers_1022, missed_at)
	SELECT n, 1, 'HP' || n, (ARRAY['phone', 'web', 'email', 'facebook', 'sms'])[1 + h %% 5], 1 + h %% 5, 'linh vuc ' || h %% 40, 'dia ban ' || h %% 114,
		CASE WHEN h %% 50 = 0 THEN 1 ELSE 0 END, 0, opened, 2, 'U' || h %% 130, 'can bo ' || h %% 650, 0, opened, opened + 600000000, opened + 2400000000,
		CASE WHEN h %% 19 = 0 THEN opened + 518400000000 ELSE 0 END, done, done, done, CASE WHEN done > 0 THEN 1 ELSE 0 END,
		CASE WHEN done = 0 THEN 0 WHEN h %% 7 = 0 THEN 3 ELSE 2 END,
		60 * (h %% 240), 60 * (h %% 2880), 600, 60 * (h %% 480), CASE WHEN h %% 7 = 0 THEN 7200 ELSE 0 END, 0,
		CASE WHEN done > 0 THEN 1 ELSE 0 END, CASE WHEN done > 0 AND h %% 7 > 0 THEN 1 ELSE 0 END, CASE WHEN done > 0 AND h %% 19 > 0 THEN 1 ELSE 0 END,
		CASE WHEN h %% 6 = 0 THEN 1 ELSE 0 END, CASE WHEN h %% 12 = 0 THEN 1 ELSE 0 END, CASE WHEN h %% 12 = 6 THEN 1 ELSE 0 END,
		CASE WHEN done > 0 AND h %% 3 = 0 THEN 1 + h %% 5 ELSE 0 END, CASE WHEN done > 0 THEN 1 ELSE 0 END, CASE WHEN done > 0 AND h %% 4 = 0 THEN 1 ELSE 0 END,
		0, CASE WHEN h %% 90 = 0 THEN 1 ELSE 0 END, CASE WHEN h %% 8 > 0 THEN 1 ELSE 0 END, CASE WHEN h %% 9 = 0 THEN 1 ELSE 0 END,
		CASE WHEN h %% 18 = 0 THEN 1 ELSE 0 END, CASE WHEN h %% 50 = 0 THEN 1 ELSE 0 END, CASE WHEN h %% 100 = 0 THEN 1 ELSE 0 END,
		CASE WHEN done > 0 AND h %% 6 = 0 THEN 1 + h %% 5 ELSE 0 END, CASE WHEN done > 0 AND h %% 50 = 7 THEN '2 0 0 1 0 1' ELSE '' END, CASE WHEN done > 0 AND h %% 50 = 7 THEN '3 0 0 0 0 1' ELSE '' END,
		CASE WHEN h %% 12 = 6 THEN CAST(opened + 345600000000 AS TEXT) ELSE '' END
	FROM (SELECT n, h, opened, CASE WHEN h %% 23 = 0 THEN 0 ELSE opened + 60000000 * (h %% 9000) END AS done
		FROM (SELECT n, (n * 7919) %% 1000003 AS h, %d + n * %d AS opened FROM generate_series(CAST(1 AS BIGINT), %d) AS n) AS a) AS b`

// countedTexts are nine texts a petition of a year, counted by day as the service counts
// them: to 130 units and to citizens, of ten classes, delivered and not.
const countedTexts = `
	INSERT INTO sms_day (day, unit, class, state, texts, segments)
	SELECT %[1]d + d * 86400000000, CASE WHEN u = 0 THEN '' ELSE 'U' || u END, 'class ' || c, s, CASE WHEN s = 'failed' THEN 1 ELSE 20 END, CASE WHEN s = 'failed' THEN 1 ELSE 20 END
	FROM generate_series(0, 364 - %[2]d) AS d, generate_series(0, 130) AS u, generate_series(1, 9) AS c, (VALUES ('delivered'), ('failed')) AS v (s);
	INSERT INTO sms_counted SELECT %[1]d + d * 86400000000 FROM generate_series(0, 364 - %[2]d) AS d`

// dividedTexts are the same by 40 fields, 114 areas and five channels, and for each unit
// by five fields, two areas, the channels and seven of its people.
const dividedTexts = `
	INSERT INTO sms_day_by (dimension, unit, day, value, loose, texts, delivered, failed, segments, branded)
	SELECT dimension, unit, %[1]d + d * 86400000000, value, loose, 150, 140, 4, 150, 70
	FROM generate_series(0, 364 - %[2]d) AS d, (
		SELECT 'field' AS dimension, '' AS unit, 'linh vuc ' || n AS value, 0 AS loose FROM generate_series(0, 39) AS n
		UNION ALL SELECT 'area', '', 'dia ban ' || n, 0 FROM generate_series(0, 113) AS n
		UNION ALL SELECT 'channel', '', n, 0 FROM unnest(ARRAY['phone', 'web', 'email', 'facebook', 'sms']) AS n
		UNION ALL SELECT by, '', '', 1 FROM unnest(ARRAY['field', 'area', 'channel']) AS by
		UNION ALL SELECT by, 'U' || u, '', 1 FROM unnest(ARRAY['field', 'area', 'channel']) AS by, generate_series(0, 129) AS u
		UNION ALL SELECT 'field', 'U' || u, 'linh vuc ' || (u + n) %% 40, 0 FROM generate_series(0, 129) AS u, generate_series(0, 4) AS n
		UNION ALL SELECT 'area', 'U' || u, 'dia ban ' || (u + n) %% 114, 0 FROM generate_series(0, 129) AS u, generate_series(0, 1) AS n
		UNION ALL SELECT 'channel', 'U' || u, n, 0 FROM generate_series(0, 129) AS u, unnest(ARRAY['phone', 'web', 'email', 'facebook', 'sms']) AS n
		UNION ALL SELECT 'officer', 'U' || u, CAST(7 * u + n AS TEXT), 0 FROM generate_series(0, 129) AS u, generate_series(1, 7) AS n
	) AS told;
	INSERT INTO sms_counted_by SELECT day FROM sms_counted`

// youngPetitions are those of the texts of the last days, as wide as they are.
const youngPetitions = `
	INSERT INTO petition (id, code, token, version, status, channel, kind, field, area, lead_unit, summary, urgent, confidential, denunciation, was_overdue,
		ended, waits_for, received_at, recorded_at, next_due, closed_at, merged_into, search, state)
	SELECT n, 'HP' || n, 't' || n, 5, 'closed', (ARRAY['phone', 'web', 'email', 'facebook', 'sms'])[1 + n %% 5], 1, 'linh vuc ' || n %% 40, 'dia ban ' || n %% 114,
		'U' || n %% 130, 'den duong', 0, 0, 0, 0, 1, '', %[1]d, %[1]d, 0, 0, '', 'den duong ' || n, repeat(md5(CAST(n AS TEXT)), 60)
	FROM generate_series(0, %[2]d) AS n`

// youngTexts are those of the last days, which are counted by the report itself.
const youngTexts = `
	INSERT INTO message (key, petition_id, round, rung, slip, template, vars, lane, class, contact_id, citizen_of, role, unit, by_email, phone, email,
		need_code, reply_code, text, segments, state, attempt, seq, at, not_before, expires_at, created_real)
	SELECT 'k' || n, n / 9, 1, 'slip', 1, 'O1', '{"ma": "HP261116-0001", "noi_dung": "den duong tat bon toi nay"}', 'urgent', 'class ' || n %% 9, 1, 0, 'focal', 'U' || n %% 130, 0,
		'+84570000' || n %% 1000, '', 1, '', repeat('x', 150), 1, CASE WHEN n %% 40 = 0 THEN 'failed' ELSE 'delivered' END, 1, 0, %[1]d + n * (%[2]d / %[3]d), 0, 0, %[1]d
	FROM generate_series(CAST(1 AS BIGINT), %[3]d) AS n`

// What a year of a million petitions, nine texts each, costs to report (under 3 s on
// PostgreSQL; by officer of the city too it is asked for by itself).
func BenchmarkReportOfAYear(b *testing.B) {
	const petitions = 1_000_000
	s, err := store.Open(b.Context(), storetest.Postgres(b), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	year, err := report.ParsePeriod("2026")
	if err != nil {
		b.Fatal(err)
	}
	step := year.To.Sub(year.From).Microseconds() / petitions
	s.MustExec(b, fmt.Sprintf(yearOfFacts, year.From.UnixMicro(), step, petitions))
	const young, texts = 9, 9_000_000 / 365 // days, and texts of each
	s.MustExec(b, fmt.Sprintf(countedTexts, year.From.UnixMicro(), young))
	s.MustExec(b, fmt.Sprintf(dividedTexts, year.From.UnixMicro(), young))
	s.MustExec(b, fmt.Sprintf(youngPetitions, year.To.AddDate(0, 0, -young).UnixMicro(), young*texts/9))
	s.MustExec(b, fmt.Sprintf(youngTexts, year.To.AddDate(0, 0, -young).UnixMicro(), young*24*time.Hour/time.Microsecond, young*texts))
	for _, table := range []string{"fact", "petition", "message", "sms_day", "sms_day_by"} {
		s.MustExec(b, "VACUUM ANALYZE "+table)
	}
	for _, of := range []struct {
		period   string
		officers bool
	}{{"2026", false}, {"2026", true}, {"2026-11", false}} {
		p, err := report.ParsePeriod(of.period)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%s/officers=%t", of.period, of.officers), func(b *testing.B) {
			for b.Loop() {
				r, err := report.Build(b.Context(), s, report.Order{Period: p, Officers: of.officers, Calendar: worktime.HaiPhong(), MadeAt: p.To.Add(time.Hour)})
				if err != nil || len(r.Tables) < 10 {
					b.Fatal(err)
				}
			}
		})
	}
}
