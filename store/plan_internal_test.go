package store

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"notify1022/store/storetest"
)

// What runs all day long costs as much as there is open, whatever there ever was: on a database
// that has rows and knows how many, so that its planner may choose the whole table.

// multiplied adds n copies of the table's one row that is so, with the columns set to
// expressions of i, which counts them.
func multiplied(t *testing.T, s *Store, table, so string, n int, set map[string]string) {
	t.Helper()
	rows, err := s.read.Queryx(`SELECT * FROM ` + table + ` LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	rows.Close()
	columns = slices.DeleteFunc(columns, func(c string) bool { return c == "id" }) // the database numbers them
	values := slices.Clone(columns)
	for name, value := range set {
		values[slices.Index(columns, name)] = value
	}
	added, err := s.writer().exec(t.Context(), fmt.Sprintf(`WITH RECURSIVE series (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM series WHERE i < %d)
		INSERT INTO %s (%s) SELECT %s FROM series, (SELECT * FROM %s WHERE %s LIMIT 1) AS one`,
		n, table, strings.Join(columns, ", "), strings.Join(values, ", "), table, so))
	if err != nil || added != int64(n) {
		t.Fatalf("%d rows added to %s: %v", added, table, err)
	}
}

const over = 20_000 // texts that are delivered, and rungs that have fired

// agedCity fills an empty store: what is over, and some hundreds that are open. The database
// counts its rows after that, and what came later it does not know of.
func agedCity(t *testing.T, s *Store, armed int) {
	t.Helper()
	lived(t, s)
	now, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ago := fmt.Sprintf("%d - i * 1000000", micros(now))
	ahead := fmt.Sprintf("%d + i * 30000000", micros(now))
	rung := func(n, round int, state, due string) {
		multiplied(t, s, "rung", "round = 1", n, map[string]string{"round": fmt.Sprintf("%d + i", round), "state": "'" + state + "'", "due": due})
	}
	rung(over, 1, "fired", ago)
	rung(armed, 1_000_000, "armed", ahead)
	rung(5, 2_000_000, "armed", ago)
	const lane = "CASE i % 4 WHEN 0 THEN 'urgent' WHEN 1 THEN 'slip' WHEN 2 THEN 'citizen' ELSE 'bulk' END"
	text := func(n int, key string, set map[string]string) {
		maps.Copy(set, map[string]string{"key": "'" + key + " ' || CAST(i AS TEXT)", "lane": lane, "phone": "'+845' || CAST(70000000 + i AS TEXT)"})
		multiplied(t, s, "message", "id = (SELECT MIN(id) FROM message WHERE state = 'queued')", n, set)
	}
	text(over, "over", map[string]string{"state": "'delivered'", "at": ago, "created_real": ago, "not_before": ago})
	text(200, "held", map[string]string{"waits": "1", "not_before": ahead})
	text(200, "refused", map[string]string{"waits": "2", "retry_real": ahead})
	text(200, "ready", map[string]string{"waits": "0"})
	mustRun(t, s, `ANALYZE`)
}

func mustRun(t *testing.T, s *Store, statement string, args ...any) {
	t.Helper()
	if _, err := s.writer().exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

var (
	// liteWalk is how SQLite writes that it reads a table from one end to the other (for a
	// least value it calls that a search), or all rows that were made after one.
	liteWalk = regexp.MustCompile(`^(SCAN|SEARCH) (message|m|rung|r)$|^SEARCH (message|m) USING INTEGER PRIMARY KEY \(rowid[<>]`)
	// liteScan is the same of an index.
	liteScan = regexp.MustCompile(`^SCAN (?:message|m|rung|r) USING (?:COVERING )?INDEX (\w+)`)
	// fullWalk is how PostgreSQL writes it, which also says how many rows it has read.
	fullWalk = regexp.MustCompile(`Seq Scan on (message|rung)\b`)
	rowsRead = regexp.MustCompile(`(?:actual rows=|Rows Removed by Filter: )(\d+)`)
)

// wholeReads are the lines of a plan that read a table of what is over. An index of what is
// open alone may be read from one end to the other.
func wholeReads(t *testing.T, s *Store, plan string) (lines []string) {
	t.Helper()
	for line := range strings.Lines(plan) {
		line = strings.TrimSpace(line)
		whole := liteWalk.MatchString(line) || fullWalk.MatchString(line)
		if m := liteScan.FindStringSubmatch(line); m != nil {
			whole = !partial(t, s, m[1])
		}
		if m := rowsRead.FindStringSubmatch(line); m != nil {
			if n, _ := strconv.Atoi(m[1]); n >= over/2 {
				whole = true
			}
		}
		if whole {
			lines = append(lines, line)
		}
	}
	return lines
}

// partial reports whether a SQLite index is of some rows alone.
func partial(t *testing.T, s *Store, index string) bool {
	t.Helper()
	var made string
	if err := s.reader().get(t.Context(), &made, `SELECT COALESCE(MAX(sql), '') FROM sqlite_master WHERE name = ?`, index); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(made, " WHERE ")
}

// planOn is the plan that the database makes of its own accord; PostgreSQL runs it and says
// what it read.
func planOn(t *testing.T, s *Store, a uttered) string {
	t.Helper()
	tx, err := s.write.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	return planIn(t, tx, s, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ", a)
}

// looksAt picks the statements that read or change texts or rungs.
var looksAt = regexp.MustCompile(`\b(FROM|UPDATE) (message|rung)\b`)

// field failure 7
func TestWhatRunsAllDayReadsNoTableOfWhatIsOver(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		agedCity(t, s, 500)
		now, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who string
			do  func(ctx context.Context, s *Store) error
		}{
			{"the planner", func(ctx context.Context, s *Store) error {
				list, err := s.DueInstants(ctx, now, now.Add(24*time.Hour), 300)
				if len(list) != 300 {
					t.Errorf("the planner sees %d instants", len(list))
				}
				return err
			}},
			{"the guard", func(ctx context.Context, s *Store) error {
				_, ok, err := s.OldestDue(ctx, now)
				if !ok {
					t.Error("the guard sees nothing due")
				}
				return err
			}},
			{"the auditor", func(ctx context.Context, s *Store) error {
				_, err := s.Audit(ctx)
				return err
			}},
			{"the sweep", func(ctx context.Context, s *Store) error {
				_, err := s.Unhandled(ctx, time.Hour, 10)
				return err
			}},
			{"the gateway", func(ctx context.Context, s *Store) error {
				rows, err := s.Claim(ctx, "gateway", 50, time.Minute, frozen)
				if len(rows) != 50 {
					t.Errorf("the gateway claims %d texts", len(rows))
				}
				return err
			}},
			{"the look at leases", func(ctx context.Context, s *Store) error {
				_, err := s.Lapse(ctx, time.Minute)
				return err
			}},
		} {
			looks := 0
			for _, a := range utteredBy(t, s, dsn, func(s *Store) error { return c.do(t.Context(), s) }) {
				if !looksAt.MatchString(a.statement) {
					continue
				}
				looks++
				plan := planOn(t, s, a)
				if whole := wholeReads(t, s, plan); len(whole) > 0 {
					t.Errorf("%s reads a table of what is over: %q\n%s\n%s", c.who, whole, a.statement, plan)
				}
			}
			if looks == 0 {
				t.Errorf("nothing of %s was heard", c.who)
			}
		}
	})
}

// With a third of all rungs armed and none of them due, a planner takes it that one that is both
// is soon found by reading from the start.
func TestASimulatedClockThatWaitsForNothingReadsNoTableOfWhatIsOver(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		agedCity(t, s, over/2-1)
		now, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := micros(now)
		mustRun(t, s, `UPDATE rung SET state = 'fired' WHERE state = 'armed' AND due <= ?`, at)
		mustRun(t, s, `UPDATE message SET state = 'delivered' WHERE state = 'queued' AND not_before <= ?`, at)
		mustRun(t, s, `ANALYZE`)
		for what, a := range map[string]uttered{"work": {workNow, []any{at, at, int64(never)}}, "the next instant": {nextInstant, []any{at, at}}} {
			a.statement = s.reader().rebind(a.statement)
			plan := planOn(t, s, a)
			if whole := wholeReads(t, s, plan); len(whole) > 0 {
				t.Errorf("who looks for %s reads a table of what is over: %q\n%s", what, whole, plan)
			}
		}
	})
}
