package store_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

// The size of the hotline that board and search are measured on:
// go test ./store -run '^$' -bench Board -benchtime 200x -board.open 100000 -board.closed 1000000
var (
	boardOpen   = flag.Int("board.open", 2_000, "open petitions of the board's benchmark")
	boardClosed = flag.Int("board.closed", 10_000, "closed petitions of the board's benchmark")
)

// mustDial opens the database past the store.
func mustDial(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	driver, source := "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sqlx.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// fillBoard writes petitions as they are after a year: their words are of streets, of
// which there are two thousand, and of what breaks, of which there are ten.
func fillBoard(b testing.TB, dsn string, open, closed int) {
	b.Helper()
	db := mustDial(b, dsn)
	defer db.Close()
	const page = 20_000
	now := time.Now().UnixMicro()
	for first := 1; first <= open+closed; first += page {
		last := min(first+page-1, open+closed)
		_, err := db.ExecContext(b.Context(), fmt.Sprintf(`WITH RECURSIVE series (i) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT i + 1 FROM series WHERE i < %d)
			INSERT INTO petition (id, code, token, version, status, channel, kind, field, area, lead_unit, summary, urgent, confidential, denunciation, was_overdue, ended,
				waits_for, received_at, recorded_at, next_due, closed_at, merged_into, search, state)
			SELECT i, 'HP260101-' || CAST(i AS TEXT), 'tok' || CAST(i AS TEXT), 1, CASE WHEN i > %d THEN 'forwarded' ELSE 'closed' END, 'phone', 1, 'linh vuc ' || CAST(i %% 20 AS TEXT),
				'phuong ' || CAST(i %% 114 AS TEXT), 'U' || CAST(i %% 300 AS TEXT), 'Den duong hong', 0, 0, 0, 0, CASE WHEN i > %d THEN 0 ELSE 1 END, '',
				%d - (%d - i) * 30000000, %d, CASE WHEN i > %d THEN %d + ((i * 7919) %% 172800) * 1000000 ELSE 0 END, 0, '',
				'hp260101-' || CAST(i AS TEXT) || ' su co loai' || CAST(i %% 10 AS TEXT) || ' tai duong pho' || CAST((i * 7) %% 2000 AS TEXT) || ' nguoi dan de nghi som xu ly', '{}'
			FROM series`, first, last, closed, closed, now, open+closed, now, closed, now))
		if err != nil {
			b.Fatal(err)
		}
	}
	_, err := db.ExecContext(b.Context(), `INSERT INTO timeline (petition_id, seq, at, actor, role, channel, action, text, status, policy, calendar, digest, hash, account)
		SELECT id, 1, received_at, 'Người Mẫu', 'operator', 'console', 'forward', '', status, '', '', '', '', 'nguoi' || CAST(id % 50 AS TEXT) FROM petition`)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.ExecContext(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
}

// Board and search as an operator asks for them; p95-ms is the figure to look at.
func BenchmarkBoard(b *testing.B) {
	overdue := true
	kinds := []struct {
		name string
		f    func(i int) store.BoardFilter
	}{
		{"first-page", func(int) store.BoardFilter { return store.BoardFilter{} }},
		{"unit", func(i int) store.BoardFilter {
			return store.BoardFilter{Filter: store.Filter{Unit: fmt.Sprint("U", i%300)}}
		}},
		{"field", func(i int) store.BoardFilter { return store.BoardFilter{Field: fmt.Sprint("linh vuc ", i%20)} }},
		{"mine", func(i int) store.BoardFilter { return store.BoardFilter{Mine: fmt.Sprint("nguoi", i%50)} }},
		{"overdue", func(int) store.BoardFilter { return store.BoardFilter{Filter: store.Filter{Overdue: &overdue}} }},
		{"street", func(i int) store.BoardFilter {
			return store.BoardFilter{Filter: store.Filter{Q: fmt.Sprint("pho", i%2000)}}
		}},
		{"two-words", func(i int) store.BoardFilter {
			return store.BoardFilter{Filter: store.Filter{Q: fmt.Sprintf("loai%d pho%d", i%10, i%2000)}}
		}},
		{"common-word", func(i int) store.BoardFilter {
			return store.BoardFilter{Filter: store.Filter{Q: fmt.Sprint("loai", i%10)}}
		}},
	}
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			source := dsn(b)
			s, err := store.Open(b.Context(), source, store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			fillBoard(b, source, *boardOpen, *boardClosed)
			for _, k := range kinds {
				timed(b, k.name, func(ctx context.Context, i int) error { _, err := s.Board(ctx, k.f(i)); return err })
			}
			timed(b, "counts", func(ctx context.Context, _ int) error { _, err := s.OpenByStatus(ctx); return err })
			for _, k := range kinds[1:5] {
				timed(b, "all-"+k.name, func(ctx context.Context, i int) error { _, err := s.AllPetitions(ctx, k.f(i)); return err })
			}
			timed(b, "all-withdrawn", func(ctx context.Context, i int) error {
				_, err := s.AllPetitions(ctx, store.BoardFilter{Filter: store.Filter{Status: []escalation.Status{escalation.Withdrawn}}})
				return err
			})
			timed(b, "late", func(ctx context.Context, i int) error {
				_, err := s.Board(ctx, store.BoardFilter{Late: true})
				return err
			})
			like := func(i int) string {
				return fmt.Sprintf("Sự cố loại%d tại đường pho%d, nhà ông Bảy đề nghị sớm xử lý", i%10, i%2000)
			}
			timed(b, "neighbours", func(ctx context.Context, i int) error {
				_, err := s.Neighbours(ctx, like(i), time.Now().AddDate(0, 0, -7), 200)
				return err
			})
			timed(b, "answers", func(ctx context.Context, i int) error { _, err := s.AnsweredLike(ctx, like(i), 200); return err })
			for _, q := range []string{"pho%d", "loai%d"} {
				timed(b, "search-all-"+strings.TrimSuffix(q, "%d"), func(ctx context.Context, i int) error {
					_, err := s.ListPetitions(ctx, store.Filter{Q: fmt.Sprintf(q, i%10)})
					return err
				})
			}
		})
	}
}

// timed reports the 95th percentile of the calls.
func timed(b *testing.B, name string, call func(ctx context.Context, i int) error) {
	b.Run(name, func(b *testing.B) {
		took := make([]time.Duration, 0, b.N)
		for i := 0; i < b.N; i++ {
			begun := time.Now()
			if err := call(b.Context(), i); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	})
}
