package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
)

// tries is how often a transaction that lost a race is run. The pauses between
// them add up to some two seconds, less than any lease.
const tries = 10

// tx is one transaction: its statements, its two instants, what it has loaded.
type tx struct {
	s       *Store
	c       conn
	domain  time.Time
	machine time.Time
	loaded  map[int64]escalation.Petition
	fresh   map[int64]bool // being taken in: nobody has a code for them yet
	dir     *escalation.Directory
	edited  bool // the directory, by this transaction
	noted   noted
	hearing hearing // of the text that is being applied
}

var _ escalation.Ledger = (*Store)(nil)
var _ escalation.Tx = (*tx)(nil)

// Tx runs fn in one transaction, again when it lost a race (escalation.Ledger).
func (s *Store) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	return s.inTx(ctx, func(t *tx) error { return fn(t) })
}

func (s *Store) inTx(ctx context.Context, fn func(*tx) error) error {
	defer s.tellStep(ctx)
	var err error
	for try := range tries {
		if err = s.attempt(ctx, fn); err == nil || !lostRace(err) {
			return err
		}
		s.log.Debug("transaction lost a race", "try", try+1, "error", err)
		if waitErr := pause(ctx, try); waitErr != nil {
			return errors.Join(err, waitErr)
		}
	}
	return fmt.Errorf("transaction lost %d races: %w", tries, err)
}

// pause waits 2, 4, 8 … ms, half of it by chance, at most half a second.
func pause(ctx context.Context, try int) error {
	most := min(2*time.Millisecond<<try, 500*time.Millisecond)
	timer := time.NewTimer(most/2 + rand.N(most/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) attempt(ctx context.Context, fn func(*tx) error) error {
	sqlTx, c, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", told(err))
	}
	defer c.close()
	defer sqlTx.Rollback() // after a commit it does nothing
	t, err := s.begun(ctx, c)
	if err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.noteRequest(ctx); err != nil {
		return err
	}
	if err := c.later.flush(ctx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", told(err))
	}
	return nil
}

// begin opens a transaction; on PostgreSQL it keeps a connection to itself, for its
// pipeline. A connection that has died in the pool is passed over, as the pool would.
func (s *Store) begin(ctx context.Context) (*sqlx.Tx, conn, error) {
	if s.d.name == lite.name {
		sqlTx, err := s.write.BeginTxx(ctx, nil)
		return sqlTx, conn{ext: sqlTx}, err
	}
	for left := s.options.Connections; ; left-- {
		own, err := s.write.Connx(ctx)
		if err != nil {
			return nil, conn{}, err
		}
		sqlTx, err := own.BeginTxx(ctx, nil)
		if err == nil {
			return sqlTx, conn{sqlTx, newPipeline(own)}, nil
		}
		own.Close()
		if left <= 0 || !errors.Is(err, driver.ErrBadConn) {
			return nil, conn{}, err
		}
	}
}

func (s *Store) begun(ctx context.Context, c conn) (*tx, error) {
	t := &tx{s: s, c: c, loaded: make(map[int64]escalation.Petition), fresh: make(map[int64]bool)}
	var err error
	t.domain, t.machine, err = s.times(ctx, t.c)
	if err != nil {
		return nil, fmt.Errorf("read the clock: %w", err)
	}
	return t, nil
}

// Now is the domain's instant of this transaction.
func (t *tx) Now() time.Time { return t.domain }

// alone keeps other transactions that ask for the same name waiting until this one
// ends.
func (t *tx) alone(ctx context.Context, name string) error {
	if t.s.d.alone == "" {
		return nil
	}
	_, err := t.c.exec(ctx, t.s.d.alone, name)
	return err
}
