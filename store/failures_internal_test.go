package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/store/storetest"
)

// Stories of docs/field-failures.md about what callers of the store cannot see.

func opened(t *testing.T, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// listener opens connections whose statements are heard.
type listener struct {
	driver driver.Driver
	source string
	heard  func(uttered)
}

// uttered is a statement as it was run.
type uttered struct {
	statement string
	args      []any
}

// Connect opens one.
func (l listener) Connect(context.Context) (driver.Conn, error) {
	c, err := l.driver.Open(l.source)
	return heardConn{c, l.heard}, err
}

// Driver is the one underneath.
func (l listener) Driver() driver.Driver { return l.driver }

type heardConn struct {
	driver.Conn
	heard func(uttered)
}

// Prepare is the one way to a statement that the wrapper leaves.
func (c heardConn) Prepare(statement string) (driver.Stmt, error) {
	stmt, err := c.Conn.Prepare(statement)
	return heardStmt{stmt, statement, c.heard}, err
}

type heardStmt struct {
	driver.Stmt
	statement string
	heard     func(uttered)
}

// QueryContext is how a statement is run whose rows are read.
func (s heardStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.hear(args)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

// ExecContext is how any other is.
func (s heardStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.hear(args)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s heardStmt) hear(args []driver.NamedValue) {
	a := uttered{statement: s.statement}
	for _, v := range args {
		a.args = append(a.args, v.Value)
	}
	s.heard(a)
}

// heardOf gives the statements of what is done with the store's database.
func heardOf(t *testing.T, s *Store, dsn string, do func(*Store) error) (statements []string) {
	t.Helper()
	for _, a := range utteredBy(t, s, dsn, do) {
		statements = append(statements, a.statement)
	}
	return statements
}

// utteredBy gives them with their arguments.
func utteredBy(t *testing.T, s *Store, dsn string, do func(*Store) error) (list []uttered) {
	t.Helper()
	source := dsn
	if s.d.name == lite.name {
		source = liteSource(strings.TrimPrefix(dsn, "sqlite:"), true)
	}
	var mu sync.Mutex
	db := sql.OpenDB(listener{s.read.Driver(), source, func(a uttered) {
		mu.Lock()
		defer mu.Unlock()
		list = append(list, a)
	}})
	defer db.Close()
	pool := sqlx.NewDb(db, s.read.DriverName())
	if err := do(&Store{d: s.d, options: s.options, log: s.log, read: pool, write: pool, clock: s.clock}); err != nil {
		t.Fatal(err)
	}
	return list
}

// heardAudit runs the audit and gives its statements.
func heardAudit(t *testing.T, s *Store, dsn string) []string {
	t.Helper()
	return heardOf(t, s, dsn, func(s *Store) error {
		_, err := s.Audit(t.Context())
		return err
	})
}

// field failure 7
func TestTheAuditorReadsNoWholeTable(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		looks := 0
		for _, statement := range heardAudit(t, s, dsn) {
			if !strings.Contains(statement, " FROM ") || strings.Contains(statement, "clock_timestamp") {
				continue
			}
			looks++
			if plan := planOf(t, s, placeholder.ReplaceAllString(statement, "'5'")); fullScan.MatchString(plan) {
				t.Errorf("%s\nreads a whole table: %s", statement, plan)
			}
		}
		if looks < 3 {
			t.Errorf("%d statements of the auditor were heard", looks)
		}
	})
}

func TestWhatIsPassedOnIsFoundWithoutReadingAWholeTable(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		members := false
		for _, statement := range heardOf(t, s, dsn, func(s *Store) error {
			_, err := s.Unhandled(t.Context(), time.Hour, 10)
			return err
		}) {
			if !strings.Contains(statement, " FROM message ") {
				continue
			}
			plan := planOf(t, s, placeholder.ReplaceAllString(statement, "'5'"))
			if fullScan.MatchString(plan) {
				t.Errorf("%s\nreads a whole table: %s", statement, plan)
			}
			if strings.Contains(statement, "bundle_id") {
				if members = true; !strings.Contains(plan, "message_bundle_open") && !strings.Contains(plan, "message_sending") {
					t.Errorf("%s\nreads members of all bundles there ever were: %s", statement, plan)
				}
			}
		}
		if !members {
			t.Error("members of bundles are not looked for")
		}
	})
}

// Citizens' texts that never get a receipt stay accepted for good: the sweep for those that are on
// duty reads none of them.
func TestTextsThatAreNobodysDutyCostTheSweepNothing(t *testing.T) {
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		s := opened(t, dsn)
		plan := planOf(t, s, `SELECT id FROM message WHERE `+strings.Replace(noReceipt, "?", "5", 1)+` ORDER BY accepted_real LIMIT 10`)
		if !strings.Contains(plan, "message_awaiting") {
			t.Errorf("not by the index of what waits for a receipt: %s", plan)
		}
		const before = `SELECT id FROM message WHERE state = 'accepted' AND handled = 0 AND accepted_real <= 5 AND by_email = 0
			AND contact_id <> 0 AND class IN ('slip', 'escalation', 'report', 'alarm') ORDER BY accepted_real LIMIT 10`
		if plan := planOf(t, s, before); s.d.name != lite.name && !strings.Contains(plan, "message_awaiting") {
			t.Errorf("the release before, which runs beside, reads a whole table: %s", plan)
		}
		var index string
		query := `SELECT sql FROM sqlite_master WHERE name = 'message_awaiting'`
		if s.d.name != lite.name {
			query = `SELECT indexdef FROM pg_indexes WHERE indexname = 'message_awaiting'`
		}
		if err := s.reader().get(t.Context(), &index, query); err != nil || !strings.Contains(index, "contact_id") || !strings.Contains(index, "alarm") {
			t.Errorf("%s, %v", index, err)
		}
	})
}

var placeholder = regexp.MustCompile(`\?|\$\d+`)

// fullScan is how both databases write that they read every row; SQLite says
// SCAN of an index too, which is what a partial index is for.
var fullScan = regexp.MustCompile(`Seq Scan|SCAN \w+( AS \w+)?($|\n)`)

// planOf is the database's own plan; an empty PostgreSQL would rather read a
// whole table than its index, so it is told not to.
func planOf(t *testing.T, s *Store, query string) string {
	t.Helper()
	tx, err := s.write.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if s.d.name != lite.name {
		if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
			t.Fatal(err)
		}
	}
	return planIn(t, tx, s, "EXPLAIN ", uttered{statement: query})
}

// planIn asks in a transaction, which may not be committed: PostgreSQL may be told to run
// the statement.
func planIn(t *testing.T, tx *sqlx.Tx, s *Store, explain string, a uttered) string {
	t.Helper()
	column := 0
	if s.d.name == lite.name {
		explain, column = "EXPLAIN QUERY PLAN ", 3
	}
	rows, err := tx.Queryx(explain+a.statement, a.args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		fields, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		plan = append(plan, fields[column].(string))
	}
	return strings.Join(plan, "\n")
}
