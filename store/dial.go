package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// connectLimit bounds one try to reach PostgreSQL, unless the address says otherwise
// (connect_timeout): a host that has gone answers nothing at all.
const connectLimit = 10 * time.Second

// watchful lets this side find out by itself, as PostgreSQL's does (see abandoned), that
// the other is gone: by TCP's own reckoning a statement that was sent into a cut network is
// sent again for a quarter of an hour before it fails. The address' tcp_user_timeout
// (milliseconds; 0: TCP's own) is for both sides.
func watchful(config *pgx.ConnConfig) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	silence, _ := strconv.Atoi(config.RuntimeParams["tcp_user_timeout"]) // PostgreSQL refuses what is no number
	dialer := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 20 * time.Second, Interval: 5 * time.Second, Count: 3},
		Control:         giveUpAfter(time.Duration(silence) * time.Millisecond),
	}
	config.DialFunc = dialer.DialContext
}

// connLifetime is when a connection is made anew: where a name leads changes while the server
// that it led to lives on, and statements need not be prepared again more often than that.
const connLifetime = 10 * time.Minute

// pool opens connections to PostgreSQL as they are needed, to a server that takes writes.
func pool(config *pgx.ConnConfig, most int) *sqlx.DB {
	db := sqlx.NewDb(stdlib.OpenDB(*config, stdlib.OptionResetSession(stillWritable)), "pgx")
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxLifetime(connLifetime)
	return db
}

// writable refuses a server that takes no writes, so that the next host of the address is tried:
// after a failover the first may be a standby. It costs a new connection one round trip. Another
// target_session_attrs in the address is used instead.
func writable(ctx context.Context, conn *pgconn.PgConn) error {
	err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, conn)
	if errors.Is(err, pgconn.ErrReadOnlyConnection) {
		return fmt.Errorf("this server takes no writes: it is a standby, or default_transaction_read_only is on: %w", err)
	}
	return err
}

// stillWritable gives a connection up whose server has come to take no writes, when it is taken
// from the pool: PostgreSQL says so by itself, with its next answer (14 and later).
func stillWritable(_ context.Context, conn *pgx.Conn) error {
	for _, reported := range []string{"in_hot_standby", "default_transaction_read_only"} {
		if conn.PgConn().ParameterStatus(reported) == "on" {
			return driver.ErrBadConn
		}
	}
	return nil
}

// Lossy names the settings of PostgreSQL by which a commit that it has confirmed is lost when its
// host fails: a text that was answered to the SMSC is then nowhere. SQLite has none.
func (s *Store) Lossy(ctx context.Context) (off []string, err error) {
	if s.d.name == lite.name {
		return nil, nil
	}
	err = s.reader().all(ctx, &off, `SELECT name FROM pg_settings
		WHERE name IN ('synchronous_commit', 'fsync') AND setting = 'off' ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("read whether commits are lost: %w", err)
	}
	return off, nil
}

// warnLossy says at a start what no error tells of afterwards.
func (s *Store) warnLossy(ctx context.Context) error {
	off, err := s.Lossy(ctx)
	if len(off) > 0 {
		s.log.Warn("PostgreSQL confirms commits that it may lose", "off", off)
	}
	return err
}
