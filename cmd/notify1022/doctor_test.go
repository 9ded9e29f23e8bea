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
