package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/store"
)

func TestWhoAcceptsAStepOfTheClockIsToldWhichAndIsLogged(t *testing.T) {
	config := installation(t, "")
	path := filepath.Join(filepath.Dir(config), "data", "n.db")
	db, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	// A process has recorded that the clock, which shows nine, was at eight a moment ago.
	if _, err := rows.Exec(`INSERT INTO clock (one, seen_real, step) VALUES (1, ?, ?)`, time.Now().Add(-time.Hour).UnixMicro(), time.Hour.Microseconds()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"accepted: the clock's step of 1h0m0s;", "no process has recorded a step:"} {
		if got := runCLI(t, "", "clock", "accept", "--config", config); got.code != exitDone || !strings.HasPrefix(got.out, want) {
			t.Errorf("%+v, want %q", got, want)
		}
	}
	page, err := db.ChangeLog(t.Context(), "clock", "", "", 0)
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("%d changes are logged: %v", len(page.Items), err)
	}
	for _, change := range page.Items {
		if !strings.HasPrefix(change.Actor, atTheCommandLine().Name) {
			t.Errorf("logged is %+v", change)
		}
	}
}
