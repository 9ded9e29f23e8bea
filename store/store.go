package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
)

// Options is how a store is opened. The zero value is a store on real time.
type Options struct {
	// Environment is recorded at the first start: production or simulation;
	// empty: simulation.
	Environment string
	// Simulated: the domain's time is the row sim_clock's (StartSimulation).
	Simulated bool
	// Domain, when set, is the domain's clock instead of the database's or the
	// simulated one: for rehearsals and tests.
	Domain func() time.Time
	// Machine, when set, replaces the machine's clock, for tests.
	Machine func() time.Time
	// Connections is the greatest size of the pool; 0: 16. SQLite has one writer
	// and as many readers.
	Connections int
	// Lease is for how long this installation's gateways hold what they claim; 0: ten
	// minutes at most.
	Lease time.Duration
	// Log hears of retries and stepped clocks; nil: nobody does.
	Log *slog.Logger
}

// Store is the database of one installation. It is safe for concurrent use.
type Store struct {
	d       dialect
	options Options
	log     *slog.Logger

	write *sqlx.DB // SQLite: one connection; PostgreSQL: the pool
	read  *sqlx.DB // PostgreSQL: the same pool
	// numbers gives out petition codes in transactions of their own, so that
	// taking a number does not make petitions wait for each other. PostgreSQL only.
	numbers *sqlx.DB
	config  *pgx.ConnConfig // how all of them connect; SQLite: nil

	clock     *machineClock
	directory directoryCache
	lanes     laneShares
	bundling  atomic.Int64 // window in nanoseconds; 0: off
	budget    atomic.Int64 // texts an hour to one number; 0: no limit
	quiet     atomic.Pointer[func(escalation.Notice, time.Time) time.Time]
	parts     batcher[escalation.Part]
	receipts  batcher[escalation.ReceiptNote]
	hooks     hookCache  // who listens for events
	pause     pauseCache // whether an administrator has stopped the sending
	silence   silence    // how far the audit has gone round the open petitions
}

// ownConnections is how many connections a store opens at the most, unless it is told.
const ownConnections = 16

// Open opens the database. A SQLite file is created and its schema brought up to
// date; on PostgreSQL that is Migrate's part. The caller closes the store.
func Open(ctx context.Context, dsn string, options Options) (*Store, error) {
	d, source, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	if options.Connections <= 0 {
		options.Connections = ownConnections
	}
	s := &Store{d: d, options: options, log: options.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.parts.commit, s.receipts.commit = s.receiveAll, s.receiptAll
	if d.name == lite.name {
		err = s.openLite(ctx, source)
	} else {
		err = s.openPostgres(ctx, source)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) openLite(ctx context.Context, path string) error {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("open database: %w", err)
		}
	}
	made, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) // citizens' names: nobody else's to read
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := made.Close(); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if s.write, err = openLite(path, true); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	s.clock = newMachineClock(s.options.Machine, nil)
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if s.read, err = openLite(path, false); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(s.options.Connections)
	s.read.SetMaxIdleConns(s.options.Connections)
	return s.recall(ctx)
}

func openLite(path string, write bool) (*sqlx.DB, error) {
	connector, err := newKeeping(liteSource(path, write))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return sqlx.NewDb(sql.OpenDB(connector), lite.name), nil
}

// abandoned is when PostgreSQL gives up a session whose process is frozen, or cut off, in the
// middle of a transaction: the rows that it has locked are others' to work on (milliseconds, and
// seconds for keepalives). An address may say otherwise.
var abandoned = map[string]string{
	"idle_in_transaction_session_timeout": "15000",
	"tcp_user_timeout":                    "30000",
	"tcp_keepalives_idle":                 "20", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
}

func (s *Store) openPostgres(ctx context.Context, dsn string) error {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("open database: the address cannot be read") // the driver's error may repeat the password
	}
	config.RuntimeParams["timezone"] = "UTC"
	for name, value := range abandoned {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	watchful(config)
	if config.ValidateConnect == nil {
		config.ValidateConnect = writable
	}
	s.config = config
	s.write = pool(config, s.options.Connections)
	s.read = s.write

	// A number's commit need not wait for the disk: the petition that carries it
	// commits later, and the log keeps the order of both.
	counting := config.Copy()
	counting.RuntimeParams["synchronous_commit"] = "off"
	s.numbers = pool(counting, 1)

	s.clock = newMachineClock(s.options.Machine, askPostgres)
	if err := s.write.PingContext(ctx); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := s.warnLossy(ctx); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return s.recall(ctx)
}

// Close closes the database. Calling it twice is harmless.
func (s *Store) Close() error {
	var first error
	for _, db := range []*sqlx.DB{s.numbers, s.read, s.write} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Connections is how many of its connections PostgreSQL has given away, to whomever, and how many
// it has for who is no superuser (whose a session is, but not what it is, everybody may see). SQLite has as many as are wanted: 0, 0.
func (s *Store) Connections(ctx context.Context) (taken, of int, err error) {
	if s.d.name == lite.name {
		return 0, 0, nil
	}
	var row struct {
		Taken int `db:"taken"`
		Of    int `db:"of"`
	}
	err = s.reader().get(ctx, &row, `SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE usesysid IS NOT NULL) AS taken,
		CAST(current_setting('max_connections') AS INTEGER) - CAST(current_setting('superuser_reserved_connections') AS INTEGER) AS of`)
	return row.Taken, row.Of, err
}

// MostConnections is how many connections to PostgreSQL a process with these options opens.
func (o Options) MostConnections() int {
	if o.Connections <= 0 {
		o.Connections = ownConnections
	}
	return o.Connections + 1 // one for the numbers of petitions
}

// Backend is "sqlite" or "postgres".
func (s *Store) Backend() string { return s.d.name }

func (s *Store) reader() conn { return conn{ext: s.read} }
func (s *Store) writer() conn { return conn{ext: s.write} }

// conn runs statements written with ? on a pool or in a transaction.
type conn struct {
	ext   sqlx.ExtContext
	later *pipeline // in a transaction of PostgreSQL: what is written when something is asked
}

// rebind numbers the placeholders where the database wants it.
func (c conn) rebind(query string) string {
	return sqlx.Rebind(sqlx.BindType(c.ext.DriverName()), query)
}

// exec runs a statement and returns how many rows it touched.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := c.later.flush(ctx); err != nil {
		return 0, err
	}
	result, err := c.ext.ExecContext(ctx, c.rebind(query), args...)
	if err != nil {
		return 0, told(err)
	}
	return result.RowsAffected()
}

// get reads one row; sql.ErrNoRows when there is none.
func (c conn) get(ctx context.Context, dst any, query string, args ...any) error {
	if err := c.later.flush(ctx); err != nil {
		return err
	}
	return told(sqlx.GetContext(ctx, c.ext, dst, c.rebind(query), args...))
}

// all reads every row into a slice.
func (c conn) all(ctx context.Context, dst any, query string, args ...any) error {
	if err := c.later.flush(ctx); err != nil {
		return err
	}
	return told(sqlx.SelectContext(ctx, c.ext, dst, c.rebind(query), args...))
}

// mostListed bounds a list in the arguments of one statement: a sending may be to more
// people than SQLite takes arguments.
const mostListed = 1024

// in reads every row of a query with lists in its arguments. Lists are padded
// to a power of two with their last element, so that the database sees few
// different statements. An empty list is the caller's to avoid.
func (c conn) in(ctx context.Context, dst any, query string, args ...any) error {
	query, args, err := expand(query, args)
	if err != nil {
		return err
	}
	return c.all(ctx, dst, query, args...)
}

// getIn is get with lists in its arguments.
func (c conn) getIn(ctx context.Context, dst any, query string, args ...any) error {
	query, args, err := expand(query, args)
	if err != nil {
		return err
	}
	return c.get(ctx, dst, query, args...)
}

// execIn is exec with lists in its arguments.
func (c conn) execIn(ctx context.Context, query string, args ...any) (int64, error) {
	query, args, err := expand(query, args)
	if err != nil {
		return 0, err
	}
	return c.exec(ctx, query, args...)
}

func expand(query string, args []any) (string, []any, error) {
	padded := make([]any, len(args))
	for i, arg := range args {
		switch list := arg.(type) {
		case []int64:
			padded[i] = pad(list)
		case []string:
			padded[i] = pad(list)
		default:
			padded[i] = arg
		}
	}
	return sqlx.In(query, padded...)
}

func pad[T any](list []T) []T {
	size := 1
	for size < len(list) {
		size *= 2
	}
	out := append(make([]T, 0, size), list...)
	for len(out) > 0 && len(out) < size {
		out = append(out, out[len(out)-1])
	}
	return out
}
