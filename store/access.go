package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// APIKey is a key of the API without its secret.
type APIKey struct {
	ID        int64
	Name      string
	Role      escalation.Role
	Unit      string // set: the key speaks for this unit alone
	CreatedAt time.Time
	RevokedAt time.Time
}

// ErrUnknownKey is a key that is wrong or revoked; the two are not told apart.
var ErrUnknownKey = errors.New("unknown key")

// prefixLength is how many characters of a key find its row; the rest is compared
// in constant time by its digest.
const prefixLength = 8

type keyRow struct {
	ID        int64           `db:"id"`
	Name      string          `db:"name"`
	Role      escalation.Role `db:"role"`
	Unit      string          `db:"unit"`
	Hash      string          `db:"hash"`
	CreatedAt int64           `db:"created_at"`
	RevokedAt int64           `db:"revoked_at"`
}

func (r keyRow) key() APIKey {
	return APIKey{ID: r.ID, Name: r.Name, Role: r.Role, Unit: r.Unit, CreatedAt: instant(r.CreatedAt), RevokedAt: instant(r.RevokedAt)}
}

func keyDigest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// LogKey is the change log's word for an API key; ref is its name, or its number.
const LogKey = "key"

// CreateAPIKey is Authored.CreateAPIKey in the name of 1022: the first key.
func (s *Store) CreateAPIKey(ctx context.Context, name string, role escalation.Role, unit string) (string, error) {
	return s.By(escalation.Ladder()).CreateAPIKey(ctx, name, role, unit)
}

// RevokeAPIKey is Authored.RevokeAPIKey in the name of 1022.
func (s *Store) RevokeAPIKey(ctx context.Context, id int64) error {
	return s.By(escalation.Ladder()).RevokeAPIKey(ctx, id)
}

// CreateAPIKey makes a key of 256 random bits. It is given out once, here: no key is
// kept whose line in the change log could not be written.
func (a Authored) CreateAPIKey(ctx context.Context, name string, role escalation.Role, unit string) (key string, err error) {
	if name == "" || role == "" {
		return "", invalid("name", "khóa API phải có tên và vai trò")
	}
	var secret [32]byte
	rand.Read(secret[:])
	key = base64.RawURLEncoding.EncodeToString(secret[:])
	err = a.s.inTx(ctx, func(t *tx) error {
		_, err := t.c.exec(ctx, `INSERT INTO api_key (name, role, unit, prefix, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
			wire(name), string(role), unit, key[:prefixLength], keyDigest(key), micros(t.domain))
		if err != nil {
			return err
		}
		return t.log(ctx, a.by, "add", LogKey, string(role), name)
	})
	if err != nil {
		return "", fmt.Errorf("create API key %s: %w", name, err)
	}
	return key, nil
}

// APIKey finds whose key it is; ErrUnknownKey.
func (s *Store) APIKey(ctx context.Context, key string) (APIKey, error) {
	if len(key) < prefixLength || len(key) > 200 {
		return APIKey{}, ErrUnknownKey
	}
	var rows []keyRow
	err := s.reader().all(ctx, &rows, `SELECT id, name, role, unit, hash, created_at, revoked_at FROM api_key
		WHERE prefix = ? AND revoked_at = 0`, wire(key[:prefixLength]))
	if err != nil {
		return APIKey{}, fmt.Errorf("look up an API key: %w", err)
	}
	digest := keyDigest(key)
	for _, r := range rows {
		if subtle.ConstantTimeCompare([]byte(r.Hash), []byte(digest)) == 1 {
			return r.key(), nil
		}
	}
	return APIKey{}, ErrUnknownKey
}

// APIKeys lists the keys, revoked ones too.
func (s *Store) APIKeys(ctx context.Context) ([]APIKey, error) {
	var rows []keyRow
	err := s.reader().all(ctx, &rows, `SELECT id, name, role, unit, hash, created_at, revoked_at FROM api_key ORDER BY id`)
	list := make([]APIKey, len(rows))
	for i, r := range rows {
		list[i] = r.key()
	}
	return list, wrapList(err, "API keys")
}

// RevokeAPIKey ends a key at once.
func (a Authored) RevokeAPIKey(ctx context.Context, id int64) error {
	return a.s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at = 0`, micros(t.domain), id)
		switch {
		case err != nil:
			return fmt.Errorf("revoke API key %d: %w", id, err)
		case n == 0:
			return missing("id", "không có khóa API đang dùng với số này")
		}
		return t.log(ctx, a.by, "revoke", LogKey, "", idText(id))
	})
}

// Account is a person who signs in to the console.
type Account struct {
	ID         int64
	Name       string // signs in with it
	FullName   string
	Role       escalation.Role
	Unit       string
	Contact    int64  // of the directory, 0: none
	Hash       string // of the password, as its maker encodes it
	MustChange bool   // the password was given out, not chosen
	Disabled   bool
	CreatedAt  time.Time
	TOTP       string    // secret of the second factor, base32; empty: none
	Locked     time.Time // until this instant of the machine's nobody signs in; zero: not locked
	Epoch      int64     // sessions of an earlier one are over
}

type accountRow struct {
	ID         int64           `db:"id"`
	Name       string          `db:"name"`
	FullName   string          `db:"full_name"`
	Role       escalation.Role `db:"role"`
	Unit       string          `db:"unit"`
	Contact    int64           `db:"contact_id"`
	Hash       string          `db:"hash"`
	MustChange bool            `db:"must_change"`
	Disabled   bool            `db:"disabled"`
	CreatedAt  int64           `db:"created_at"`
	TOTP       string          `db:"totp"`
	Locked     int64           `db:"locked_real"`
	Epoch      int64           `db:"epoch"`
}

func (r accountRow) account() Account {
	return Account{ID: r.ID, Name: r.Name, FullName: r.FullName, Role: r.Role, Unit: r.Unit, Contact: r.Contact, Hash: r.Hash,
		MustChange: r.MustChange, Disabled: r.Disabled, CreatedAt: instant(r.CreatedAt), TOTP: r.TOTP, Locked: instant(r.Locked), Epoch: r.Epoch}
}

const accountColumns = `id, name, full_name, role, unit, contact_id, hash, must_change, disabled, created_at, totp, locked_real, epoch`

// AccountByName finds an account; *escalation.Problem NotFound.
func (s *Store) AccountByName(ctx context.Context, name string) (Account, error) {
	return s.oneAccount(ctx, `name = ?`, wire(name))
}

// Account finds an account by its number; *escalation.Problem NotFound.
func (s *Store) Account(ctx context.Context, id int64) (Account, error) {
	return s.oneAccount(ctx, `id = ?`, id)
}

func (s *Store) oneAccount(ctx context.Context, condition string, arg any) (Account, error) {
	var row accountRow
	err := s.reader().get(ctx, &row, `SELECT `+accountColumns+` FROM account WHERE `+condition, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, missing("name", "không có tài khoản này")
	}
	if err != nil {
		return Account{}, fmt.Errorf("look up an account: %w", err)
	}
	return row.account(), nil
}

// Accounts lists the accounts by name.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	var rows []accountRow
	err := s.reader().all(ctx, &rows, `SELECT `+accountColumns+` FROM account ORDER BY name`)
	list := make([]Account, len(rows))
	for i, r := range rows {
		list[i] = r.account()
	}
	return list, wrapList(err, "accounts")
}

// Sessions keeps the console's sessions, so that every web node knows them. Its
// methods are those a session manager asks for.
type Sessions struct{ s *Store }

// Sessions returns the session table.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// FindCtx returns a session's data; found is false when it is unknown or over.
func (k Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	machine, err := k.s.clock.now(ctx, k.s.reader())
	if err != nil {
		return nil, false, err
	}
	err = k.s.reader().get(ctx, &data, `SELECT data FROM session WHERE token = ? AND expires_real > ?`, wire(token), micros(machine))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx writes a session.
func (k Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := k.s.writer().exec(ctx, `INSERT INTO session (token, data, expires_real) VALUES (?, ?, ?)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_real = excluded.expires_real`, token, data, micros(expiry))
	return err
}

// DeleteCtx ends a session; an unknown one is no error.
func (k Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := k.s.writer().exec(ctx, `DELETE FROM session WHERE token = ?`, wire(token))
	return err
}

// Find, Commit and Delete are the same without a context.
func (k Sessions) Find(token string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), token)
}

// Commit writes a session.
func (k Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return k.CommitCtx(context.Background(), token, data, expiry)
}

// Delete ends a session.
func (k Sessions) Delete(token string) error { return k.DeleteCtx(context.Background(), token) }
