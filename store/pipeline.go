package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// outcome is what a statement that nobody waited for comes to: it says what failed, also
// when the statement touched another number of rows than it had to.
type outcome func(touched int64, err error) error

// failing is an outcome that only a failure of the statement spoils.
func failing(format string, args ...any) outcome {
	return func(_ int64, err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
	}
}

// pipeline holds a transaction's statements whose rows nobody reads, until the transaction
// asks something or commits; they then go to the server in one message. A petition is
// written to a dozen tables, and a round trip costs both sides as much as the row does.
// Only PostgreSQL has one; SQLite is in the same process.
type pipeline struct {
	conn  *sqlx.Conn
	batch *pgx.Batch
	after []outcome
}

func newPipeline(conn *sqlx.Conn) *pipeline { return &pipeline{conn: conn, batch: &pgx.Batch{}} }

func (p *pipeline) add(query string, args []any, then outcome) {
	p.batch.Queue(query, args...)
	p.after = append(p.after, then)
}

// flush sends what is held and hears every outcome; the first that is bad is returned.
func (p *pipeline) flush(ctx context.Context) error {
	if p == nil || len(p.after) == 0 {
		return nil
	}
	batch, after := p.batch, p.after
	p.batch, p.after = &pgx.Batch{}, nil
	return p.conn.Raw(func(driver any) error {
		results := driver.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		for _, then := range after {
			tag, err := results.Exec()
			if err := then(tag.RowsAffected(), told(err)); err != nil {
				results.Close()
				return err
			}
		}
		return told(results.Close())
	})
}

// write runs a statement, on PostgreSQL not before the transaction asks something or
// commits: then hears what came of it.
func (c conn) write(ctx context.Context, then outcome, query string, args ...any) error {
	if c.later == nil {
		return then(c.exec(ctx, query, args...))
	}
	c.later.add(c.rebind(query), args, then)
	return nil
}

// writeIn is write with lists in its arguments.
func (c conn) writeIn(ctx context.Context, then outcome, query string, args ...any) error {
	query, args, err := expand(query, args)
	if err != nil {
		return err
	}
	return c.write(ctx, then, query, args...)
}

// put writes rows as insert does, when write does.
func (c conn) put(ctx context.Context, then outcome, before, after string, rows [][]any) error {
	var written int64
	for query, part := range inserts(before, after, rows) {
		last := len(part.left) == 0
		sum := func(touched int64, err error) error {
			if written += touched; err != nil || last {
				return then(written, err)
			}
			return nil
		}
		if err := c.write(ctx, sum, query, part.args...); err != nil {
			return err
		}
	}
	return nil
}

// close gives the transaction's connection back to the pool.
func (c conn) close() {
	if c.later != nil {
		c.later.conn.Close()
	}
}
