package main

import (
	"database/sql"
	"strings"
	"testing"

	"notify1022/store/storetest"
)

// A PostgreSQL that has no connections left for one process more is told of before that process
// is started, not when it fails.
func TestTheDoctorWarnsBeforeConnectionsRunOut(t *testing.T) {
	t.Parallel()
	server := storetest.StartServer(t)
	config := mustWrite(t, t.TempDir(), "c.yaml", "environment: simulation\npublic_url: https://1022.vn\ndatabase: "+server.Source()+"\n")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	const warning = "warn  connections"
	if got := runCLI(t, "", "doctor", "--config", config); strings.Contains(got.out, warning) {
		t.Errorf("with nobody connected: %s", got.out)
	}
	db, err := sql.Open("pgx", server.Source())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 182 { // of 197
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if got := runCLI(t, "", "doctor", "--config", config); !strings.Contains(got.out, warning) || !strings.Contains(got.out, "of PostgreSQL's 197 are taken") {
		t.Errorf("with 182 connected: %s", got.out)
	}
}

// A commit that PostgreSQL confirms before it is on its disk is a reply that the SMSC takes back
// for received and that nobody has; and a database that takes no writes is no place to start on.
func TestTheDoctorLooksWhetherPostgreSQLKeepsWhatItConfirms(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	examined := func(address string) string {
		config := mustWrite(t, t.TempDir(), "c.yaml", "environment: simulation\npublic_url: https://1022.vn\ndatabase: "+address+"\n")
		return runCLI(t, "", "doctor", "--config", config).out
	}
	config := mustWrite(t, t.TempDir(), "c.yaml", "environment: simulation\npublic_url: https://1022.vn\ndatabase: "+dsn+"\n")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	const warning = "synchronous_commit"
	for _, kept := range []string{"on", "local", "remote_apply"} {
		if got := examined(dsn + "&synchronous_commit=" + kept); strings.Contains(got, warning) || !strings.Contains(got, "ok    identity") {
			t.Errorf("%s: %s", kept, got)
		}
	}
	if got := examined(dsn + "&synchronous_commit=off"); !strings.Contains(got, "warn  durability") || !strings.Contains(got, warning) {
		t.Errorf("off: %s", got)
	}
	if got := examined(dsn + "&default_transaction_read_only=on"); !strings.Contains(got, "FAIL  database") || !strings.Contains(got, "takes no writes") {
		t.Errorf("read only: %s", got)
	}
}
