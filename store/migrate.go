package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to date and records the installation at the
// first start. Processes that start together do each migration once: PostgreSQL
// under an advisory lock, SQLite under the lock of its file. On PostgreSQL the
// first of them waits for who has a table, without limit; the others give up after five minutes. It may run any number of times.
func (s *Store) Migrate(ctx context.Context) error {
	migrate := s.migratePostgres
	if s.d.name == lite.name {
		migrate = s.migrateLite
	}
	if err := migrate(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return s.install(ctx)
}

// A migration that waits for a table has everybody wait behind it who reads or writes that table:
// for as long as a dump lasts, if it is a dump that it waits for. So it waits for lockPatience at
// a time (a vacuum has given way after a second) and lets the others through for lockPause.
const (
	lockPatience = 3 * time.Second
	lockPause    = 10 * time.Second
)

// migratePostgres tries until no migration is left, one process at a time, also between the tries.
func (s *Store) migratePostgres(ctx context.Context) error {
	db := pool(upgrading(s.config), 2) // one has the lock of the migrations
	defer db.Close()
	alone, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer alone.Close()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	if err := locker.SessionLock(ctx, alone); err != nil {
		return err
	}
	defer locker.SessionUnlock(context.WithoutCancel(ctx), alone)
	for {
		err := s.up(ctx, db.DB, goose.DialectPostgres)
		if !lockedOut(err) {
			return err
		}
		s.log.Warn("a migration waits for a table, the service goes on meanwhile", "held_by", s.holders(ctx), "error", err)
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// upgrading is how migrations connect: impatient for tables, however long their statements take.
func upgrading(config *pgx.ConnConfig) *pgx.ConnConfig {
	config = config.Copy()
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(lockPatience.Milliseconds(), 10)
	config.RuntimeParams["statement_timeout"] = "0"
	return config
}

// lockedOut reports that others had what a migration wanted to lock.
func lockedOut(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// holders names the sessions that have held a table for longer than a migration waits; PostgreSQL
// does not show everybody since when others have.
func (s *Store) holders(ctx context.Context) (list []string) {
	err := s.reader().all(ctx, &list, `SELECT DISTINCT a.pid || ' ' || COALESCE(a.application_name, '')
		FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'relation' AND l.granted AND l.relation >= 16384 AND a.pid <> pg_backend_pid()
			AND a.datname = current_database() AND COALESCE(a.xact_start, '-infinity') < clock_timestamp() - ? * INTERVAL '1 second'`,
		lockPatience.Seconds())
	if err != nil {
		s.log.Warn("who has the table is not known", "error", err)
	}
	return list
}

// migrateLite relies on the file's own lock: each migration is one immediate
// transaction with its version row, so a process that lost the race to create a
// table finds it there when it looks again.
func (s *Store) migrateLite(ctx context.Context) error {
	const races = 10 // more processes do not open one new file at once
	var err error
	for range races {
		if err = s.up(ctx, s.write.DB, goose.DialectSQLite3); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) up(ctx context.Context, db *sql.DB, dialect goose.Dialect) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, spoken{files, s.d})
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// SchemaCurrent reports whether every migration has been applied, for readyz
// and doctor.
func (s *Store) SchemaCurrent(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	latest, err := goose.NumericComponent(names[len(names)-1]) // they are sorted
	if err != nil {
		return err
	}
	var applied int64
	err = s.reader().get(ctx, &applied, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`)
	if err != nil || applied < latest {
		return fmt.Errorf("schema: migration %d of %d applied; run notify1022 migrate", applied, latest)
	}
	return nil
}

// spoken is the migrations in the words of a dialect.
type spoken struct {
	fs.FS
	d dialect
}

func (f spoken) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	defer file.Close()
	text, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	said := f.d.speak(string(text))
	return &spokenFile{Reader: bytes.NewReader([]byte(said)), info: spokenInfo{info, int64(len(said))}}, nil
}

// speak keeps of a migration what is for the dialect, in its words.
func (d dialect) speak(text string) string {
	var said strings.Builder
	for line := range strings.Lines(text) {
		for _, other := range []dialect{postgres, lite} {
			if mark := "{" + other.name + "} "; strings.HasPrefix(line, mark) {
				if other.name != d.name {
					line = ""
				}
				line = strings.TrimPrefix(line, mark)
			}
		}
		said.WriteString(line)
	}
	return strings.ReplaceAll(said.String(), "{id}", d.id)
}

type spokenFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *spokenFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *spokenFile) Close() error               { return nil }

type spokenInfo struct {
	fs.FileInfo
	size int64
}

func (i spokenInfo) Size() int64 { return i.size }

// Installation is the identity of this database and what it was made for.
type Installation struct {
	ID          string    `db:"id"`
	Environment string    `db:"environment"`
	CreatedAt   time.Time `db:"-"`
}

// Installation reads the identity that queue names and the outbound lock carry.
func (s *Store) Installation(ctx context.Context) (Installation, error) {
	var row struct {
		Installation
		At int64 `db:"created_at"`
	}
	err := s.reader().get(ctx, &row, `SELECT id, environment, created_at FROM installation`)
	if errors.Is(err, sql.ErrNoRows) {
		return Installation{}, errors.New("the database has no installation id; run notify1022 migrate")
	}
	row.CreatedAt = instant(row.At)
	return row.Installation, err
}

func (s *Store) install(ctx context.Context) error {
	environment := s.options.Environment
	if environment == "" {
		environment = "simulation"
	}
	// A later start only looks: on SQLite a write would wait for whoever writes now.
	var there bool
	if err := s.writer().get(ctx, &there, `SELECT EXISTS (SELECT 1 FROM installation)`); err != nil || there {
		return err
	}
	now, err := s.clock.now(ctx, s.writer())
	if err != nil {
		return fmt.Errorf("record the installation: %w", err)
	}
	_, err = s.writer().exec(ctx, `INSERT INTO installation (one, id, environment, created_at) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO NOTHING`, newUUID(), environment, micros(now))
	if err != nil {
		return fmt.Errorf("record the installation: %w", err)
	}
	return nil
}

// newUUID is a random UUID (RFC 9562 §5.4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
