// Package storetest gives tests a database of their own: an empty SQLite file,
// or an empty database of a throwaway PostgreSQL cluster.
//
// The cluster is started once per test binary, in its own directory under the
// system's temporary one, on a free port of loopback, as the user postgres when
// the tests run as root (PostgreSQL refuses root). It ends with the test binary,
// however that ends: the shell that holds it waits for the end of a pipe that
// only the binary has open.
//
// Without PostgreSQL on the machine its tests are skipped, saying why. They fail
// instead when NOTIFY1022_REQUIRE names postgres.
package storetest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// SQLite returns the data source of a new file, gone with the test.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "notify1022.db")
}

// shared is the binary's cluster; it cannot belong to one test.
var shared = sync.OnceValues(startCluster)

// Postgres returns the data source of a new database, dropped after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	c, err := shared()
	if err != nil {
		if strings.Contains(os.Getenv("NOTIFY1022_REQUIRE"), "postgres") {
			t.Fatalf("PostgreSQL is required and cannot be started: %v", err)
		}
		t.Skipf("NOT TESTED ON POSTGRESQL: %v (install postgresql, or set NOTIFY1022_REQUIRE=postgres to make this a failure)", err)
	}
	name := c.nextName()
	c.mustExec(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { c.mustExec(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return c.source(name)
}

// EachBackend runs fn as a subtest on every database.
func EachBackend(t *testing.T, fn func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

func (c *cluster) source(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", c.password), Host: fmt.Sprintf("127.0.0.1:%d", c.port), Path: "/" + database}
	u.RawQuery = "sslmode=disable"
	return u.String()
}

func (c *cluster) nextName() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	return fmt.Sprintf("test_%d", c.names)
}

func (c *cluster) mustExec(t testing.TB, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", c.source("postgres"))
	if err != nil {
		t.Fatalf("connect to the test cluster: %v", err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
