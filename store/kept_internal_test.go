package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
)

// keptIn is a pool of one connection to a new file with the numbers 1 to 3, and the file.
func keptIn(t testing.TB) (*sqlx.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kept.db")
	db := liteOf(t, path)
	for _, query := range []string{`CREATE TABLE number (n INTEGER PRIMARY KEY)`, `INSERT INTO number VALUES (1), (2), (3)`} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	return db, path
}

func liteOf(t testing.TB, path string) *sqlx.DB {
	t.Helper()
	db, err := openLite(path, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetMaxOpenConns(1)
	return db
}

// keptBy is how many statements the connection of a pool keeps.
func keptBy(t testing.TB, db *sqlx.DB) (n int) {
	t.Helper()
	c, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Raw(func(driver any) error { n = len(driver.(*keptConn).kept); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAStatementIsCompiledOnceAndRunWithinItsOwnRows(t *testing.T) {
	db, _ := keptIn(t)
	before := keptBy(t, db)
	const query = `SELECT n FROM number WHERE n > ? ORDER BY n`
	tx, err := db.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	outer, err := tx.Query(query, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for outer.Next() {
		var n int
		if err := outer.Scan(&n); err != nil {
			t.Fatal(err)
		}
		var inner []int
		if err := tx.Select(&inner, query, 0); err != nil || len(inner) != 3 {
			t.Fatalf("within its own rows: %v, %v", inner, err)
		}
		got = append(got, n)
	}
	if err := errors.Join(outer.Err(), outer.Close(), tx.Commit()); err != nil || fmt.Sprint(got) != "[2 3]" {
		t.Fatalf("%v, %v", got, err)
	}
	if n := keptBy(t, db) - before; n != 1 {
		t.Errorf("%d statements kept of one", n)
	}
}

func TestAStatementThatFailedIsRunAgain(t *testing.T) {
	db, _ := keptIn(t)
	const query = `INSERT INTO number VALUES (?)`
	for n, want := range map[int]bool{3: false, 4: true} {
		if _, err := db.Exec(query, n); (err == nil) != want {
			t.Errorf("%d: %v", n, err)
		}
		if _, err := db.Exec(query, n); !duplicate(err) {
			t.Errorf("%d twice: %v", n, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.ExecContext(ended, query, 9); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := db.Exec(query, 9); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestAStatementOutlivesAChangeOfItsTable(t *testing.T) {
	db, path := keptIn(t)
	const query = `SELECT * FROM number WHERE n = ?`
	row := func() map[string]any {
		row := map[string]any{}
		if err := db.QueryRowx(query, 2).MapScan(row); err != nil {
			t.Fatal(err)
		}
		return row
	}
	row()
	other := liteOf(t, path)
	if _, err := other.Exec(`ALTER TABLE number ADD COLUMN name TEXT NOT NULL DEFAULT 'hai'`); err != nil {
		t.Fatal(err)
	}
	if got := row(); got["name"] != "hai" || got["n"] != int64(2) {
		t.Errorf("after the change: %v", got)
	}
	if _, err := other.Exec(`DROP TABLE number`); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(query, 2).Err(); err == nil {
		t.Error("a table that is gone was read")
	}
}

func TestTheStatementsThatAreKeptAreBounded(t *testing.T) {
	db, _ := keptIn(t)
	for i := range mostKept + 10 {
		var n int
		if err := db.Get(&n, fmt.Sprintf(`SELECT n + %d FROM number WHERE n = 1`, i)); err != nil || n != i+1 {
			t.Fatalf("statement %d: %d, %v", i, n, err)
		}
	}
	if n := keptBy(t, db); n == 0 || n > mostKept {
		t.Errorf("%d statements kept", n)
	}
}

// BenchmarkStatementOfSQLite runs a petition's row with the statement kept and compiled anew.
func BenchmarkStatementOfSQLite(b *testing.B) {
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "bench.db")
	s, err := Open(ctx, "sqlite:"+path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	anew, err := sqlx.Open(lite.name, liteSource(path, true))
	if err != nil {
		b.Fatal(err)
	}
	defer anew.Close()
	for name, db := range map[string]*sqlx.DB{"kept": s.write, "compiled anew": anew} {
		b.Run(name, func(b *testing.B) {
			db.SetMaxOpenConns(1)
			for b.Loop() {
				var n int
				err := db.GetContext(ctx, &n, `SELECT p.id FROM petition p JOIN message m ON m.petition_id = p.id WHERE p.code = ? AND m.state = ? ORDER BY m.id`, "HP261123-0001", "queued")
				if !errors.Is(err, sql.ErrNoRows) {
					b.Fatal(err)
				}
			}
		})
	}
}
