package store

import (
	"context"
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// mostKept bounds the statements that a connection to SQLite keeps compiled. The service
// has some hundreds; what filters make of them is without end.
const mostKept = 512

// keeping opens connections to SQLite that keep the statements they have compiled. Unlike
// PostgreSQL's, SQLite's driver compiles a statement each time it is run, which took a
// third of the time of an intake.
type keeping struct{ driver.Connector }

func newKeeping(source string) (keeping, error) {
	c, err := sqlite.NewConnector(source)
	return keeping{c}, err
}

// Connect opens a connection.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := opened.(liteConn)
	if !ok {
		opened.Close()
		return nil, fmt.Errorf("SQLite's driver gave a %T", opened)
	}
	return &keptConn{liteConn: c, kept: make(map[string]liteStmt)}, nil
}

// liteConn is what database/sql asks of SQLite's connections.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// liteStmt is a compiled statement.
type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keptConn is a connection with the statements it keeps; database/sql lets one goroutine
// at a time use it. A statement that runs is not among them, so that the same one may be
// run again before its rows are closed.
type keptConn struct {
	liteConn
	kept map[string]liteStmt
}

// Unwrap gives the driver's connection.
func (c *keptConn) Unwrap() driver.Conn { return c.liteConn }

// Close closes the statements and the connection.
func (c *keptConn) Close() error {
	c.forget()
	return c.liteConn.Close()
}

// take gives the statement of a query to whoever runs it.
func (c *keptConn) take(ctx context.Context, query string) (liteStmt, error) {
	if s, ok := c.kept[query]; ok {
		delete(c.kept, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(liteStmt), nil
}

// keep takes a statement back that has run.
func (c *keptConn) keep(query string, s liteStmt) error {
	if _, twice := c.kept[query]; twice {
		return s.Close()
	}
	if len(c.kept) >= mostKept {
		c.forget()
	}
	c.kept[query] = s
	return nil
}

func (c *keptConn) forget() {
	for query, s := range c.kept {
		s.Close()
		delete(c.kept, query)
	}
}

// ExecContext runs a statement that has no rows.
func (c *keptConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return result, c.keep(query, s)
}

// QueryContext runs a statement whose rows are read.
func (c *keptConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &keptRows{rows, c, query, s}, nil
}

// keptRows are the rows of a statement that is kept when they are closed.
type keptRows struct {
	driver.Rows
	conn  *keptConn
	query string
	stmt  liteStmt
}

// Close gives the statement back; one that did not end well is not kept.
func (r *keptRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		r.stmt.Close()
		return err
	}
	return r.conn.keep(r.query, r.stmt)
}
