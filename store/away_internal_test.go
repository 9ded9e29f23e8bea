package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"notify1022/store/storetest"
)

func TestADatabaseThatIsAwayIsToldFromAWrongStatement(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	_, refused := pgx.Connect(t.Context(), fmt.Sprintf("postgres://postgres@%s/postgres", closed.Addr()))
	if refused == nil {
		t.Fatal("nobody listens, and yet there is a connection")
	}
	for name, c := range map[string]struct {
		err  error
		away bool
	}{
		"nobody listens":    {refused, true},
		"conn closed":       {closedConn(t), true},
		"shut down":         {&pgconn.PgError{Code: "57P01"}, true},
		"starting":          {&pgconn.PgError{Code: "57P03"}, true},
		"full":              {&pgconn.PgError{Code: "53300"}, true},
		"disk full":         {&pgconn.PgError{Code: "53100"}, true},
		"a standby":         {&pgconn.PgError{Code: "25006"}, true},
		"no transaction":    {&pgconn.PgError{Code: "25P01"}, false},
		"wrong statement":   {&pgconn.PgError{Code: "42601"}, false},
		"a row of the same": {&pgconn.PgError{Code: "23505"}, false},
		"the caller left":   {context.Canceled, false},
		"no error":          {nil, false},
	} {
		var a Away
		if got := errors.As(told(c.err), &a); got != c.away || !errors.Is(told(c.err), c.err) {
			t.Errorf("%s: away %t, want %t", name, got, c.away)
		}
	}
}

// closedConn is what a statement on a connection gives that the server has cut.
func closedConn(t *testing.T) error {
	t.Helper()
	s := opened(t, storetest.Postgres(t))
	c, err := s.write.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Raw(func(driver any) error {
		inner := driver.(*stdlib.Conn).Conn()
		if err := inner.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := inner.Exec(t.Context(), "SELECT 1")
		return err
	})
	if err == nil {
		t.Fatal("a closed connection took a statement")
	}
	return err
}
