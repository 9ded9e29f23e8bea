package store

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

func TestADatabaseThatTakesNoWritesIsNotOpened(t *testing.T) {
	dsn := storetest.Postgres(t)
	run(t, dsn, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
	s, err := Open(t.Context(), dsn, Options{})
	if err == nil {
		s.Close()
	}
	var away Away
	if err == nil || !strings.Contains(err.Error(), "takes no writes") || !errors.As(told(err), &away) {
		t.Errorf("opening it gives %v", err)
	}
}

// After a failover the address' first host takes no writes: connections that were made before
// are let go of, and new ones go to the second.
func TestAFailoverIsFollowedToTheHostThatTakesWrites(t *testing.T) {
	first, second := storetest.StartServer(t), address(t, storetest.Postgres(t))
	opened(t, second.String()) // its schema
	password, _ := second.User.Password()
	run(t, first.Source(), `ALTER ROLE postgres PASSWORD '`+password+`'`)
	both, old := *second, address(t, first.Source())
	both.Host, old.User = old.Host+","+second.Host, second.User
	run(t, old.String(), `CREATE DATABASE `+strings.TrimPrefix(second.Path, "/"))

	s := opened(t, both.String())
	write := func(code string) error {
		return s.SaveUnits(t.Context(), escalation.Unit{Code: code, Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department})
	}
	if err := write("BEFORE"); err != nil {
		t.Fatal(err)
	}
	run(t, old.String(), `ALTER SYSTEM SET default_transaction_read_only = on`, `SELECT pg_reload_conf()`)
	eventually(t, "a write after the failover", func() error {
		if err := write("AFTER"); err != nil {
			return err
		}
		units, err := opened(t, second.String()).Units(t.Context())
		if err == nil && (len(units) != 1 || units[0].Code != "AFTER") {
			err = errors.New("it went to the host of before")
		}
		return err
	})
}

func TestAStartSaysThatWhatIsConfirmedMayBeLost(t *testing.T) {
	dsn := storetest.Postgres(t)
	for setting, warned := range map[string]bool{"off": true, "local": false, "on": false, "remote_apply": false} {
		var log bytes.Buffer
		s, err := Open(t.Context(), dsn+"&synchronous_commit="+setting, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		var is string
		if err := s.writer().get(t.Context(), &is, `SHOW synchronous_commit`); err != nil || is != setting {
			t.Errorf("%s has become %s (%v)", setting, is, err)
		}
		s.Close()
		if got := strings.Contains(log.String(), "synchronous_commit"); got != warned {
			t.Errorf("%s: %q", setting, &log)
		}
	}
}

func address(t *testing.T, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// run runs statements on a connection of their own.
func run(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// eventually tries until it works, for some seconds.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Errorf("%s: %v", what, err)
}
