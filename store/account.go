package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// LogAccount is the change log's word for an account; ref is its number.
const LogAccount = "account"

// Signing in is refused for a while after so many wrong passwords: from an address that
// got one account wrong a few times, and from everywhere where many addresses did, which
// takes ten of them. So nobody locks others out from one place.
const (
	signInTries    = 5  // of an address with an account
	signInTriesAll = 50 // of an account, in a row
	signInPause    = 15 * time.Minute
)

// signInSubject is an address with an account, for its tries.
func signInSubject(id int64, from string) string { return "sign-in:" + idText(id) + ":" + from }

// TrySignIn takes one of the tries that an address has with an account; false: it has had
// five within a quarter of an hour.
func (s *Store) TrySignIn(ctx context.Context, id int64, from string) (bool, error) {
	_, ok, err := s.Try(ctx, signInSubject(id, from), signInTries, signInPause)
	return ok, err
}

// AddAccount is Authored.AddAccount in the name of 1022: the first administrator.
func (s *Store) AddAccount(ctx context.Context, a Account) (int64, error) {
	return s.By(escalation.Ladder()).AddAccount(ctx, a)
}

// SaveAccount is Authored.SaveAccount in the name of 1022.
func (s *Store) SaveAccount(ctx context.Context, a Account) error {
	return s.By(escalation.Ladder()).SaveAccount(ctx, a)
}

// AddAccount writes a new account; a name that is taken is a *Problem.
func (a Authored) AddAccount(ctx context.Context, account Account) (id int64, err error) {
	if account.Name == "" || account.Role == "" || account.Hash == "" {
		return 0, invalid("name", "tài khoản phải có tên, vai trò và mật khẩu")
	}
	err = a.s.inTx(ctx, func(t *tx) error {
		err := t.c.get(ctx, &id, `INSERT INTO account (name, full_name, role, unit, contact_id, hash, must_change, disabled, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING RETURNING id`, wire(account.Name), wire(account.FullName),
			string(account.Role), account.Unit, account.Contact, account.Hash, flag(account.MustChange), flag(account.Disabled), micros(t.domain))
		if errors.Is(err, sql.ErrNoRows) {
			return invalid("name", "tên đăng nhập đã có người dùng")
		}
		if err != nil {
			return err
		}
		return t.log(ctx, a.by, "add", LogAccount, string(account.Role), idText(id))
	})
	return id, err
}

// SaveAccount writes an account's person, role and unit. The name stays, and so does
// whether it is disabled, which somebody else may be changing. Who has another role
// now signs in anew. The last administrator stays one.
func (a Authored) SaveAccount(ctx context.Context, account Account) error {
	detail := string(account.Role)
	if account.Contact != 0 {
		detail += ", người số " + idText(account.Contact) + " trong danh bạ"
	}
	return a.keepingAdministrator(ctx, account.ID, "save", detail, `UPDATE account SET full_name = ?, role = ?, unit = ?, contact_id = ?,
		epoch = epoch + CASE WHEN role <> ? OR unit <> ? THEN 1 ELSE 0 END WHERE id = ?`,
		wire(account.FullName), string(account.Role), account.Unit, account.Contact, string(account.Role), account.Unit, account.ID)
}

// DisableAccount closes an account and ends its sessions, or opens it again. The last
// administrator stays open, however many are closed at once.
func (a Authored) DisableAccount(ctx context.Context, id int64, disabled bool) error {
	action := "disable"
	if !disabled {
		action = "enable"
	}
	return a.keepingAdministrator(ctx, id, action, "", `UPDATE account SET disabled = ?, epoch = epoch + CASE WHEN disabled <> ? THEN 1 ELSE 0 END WHERE id = ?`,
		flag(disabled), flag(disabled), id)
}

// keepingAdministrator changes an account and refuses what would leave nobody who may
// open accounts. Such changes come one after the other.
func (a Authored) keepingAdministrator(ctx context.Context, id int64, action, detail, statement string, args ...any) error {
	const administrators = `SELECT COUNT(*) FROM account WHERE role = 'administrator' AND disabled = 0`
	return a.s.inTx(ctx, func(t *tx) error {
		var before, after int
		if err := t.alone(ctx, "administrators"); err != nil {
			return err
		}
		if err := t.c.get(ctx, &before, administrators); err != nil {
			return err
		}
		if err := t.changeAccount(ctx, a.by, id, action, detail, statement, args...); err != nil {
			return err
		}
		if err := t.c.get(ctx, &after, administrators); err != nil {
			return err
		}
		if before > 0 && after == 0 {
			return &escalation.Problem{Kind: escalation.WrongTime, Field: "id", Detail: "phải còn ít nhất một quản trị viên đang hoạt động"}
		}
		return nil
	})
}

// SetPassword gives an account a password and ends its sessions and its lock;
// mustChange: it was given out, not chosen.
func (a Authored) SetPassword(ctx context.Context, id int64, hash string, mustChange bool) error {
	return a.account(ctx, id, "password", "", `UPDATE account SET hash = ?, must_change = ?, failures = 0, locked_real = 0, epoch = epoch + 1 WHERE id = ?`,
		hash, flag(mustChange), id)
}

// SetTOTP gives an account a second factor; an empty secret takes it away.
func (a Authored) SetTOTP(ctx context.Context, id int64, secret string) error {
	detail := "on"
	if secret == "" {
		detail = "off"
	}
	return a.account(ctx, id, "totp", detail, `UPDATE account SET totp = ? WHERE id = ?`, secret, id)
}

// EndSessions signs an account out everywhere.
func (a Authored) EndSessions(ctx context.Context, id int64) error {
	return a.account(ctx, id, "sign-out", "", `UPDATE account SET epoch = epoch + 1 WHERE id = ?`, id)
}

func (a Authored) account(ctx context.Context, id int64, action, detail, statement string, args ...any) error {
	return a.s.inTx(ctx, func(t *tx) error { return t.changeAccount(ctx, a.by, id, action, detail, statement, args...) })
}

func (t *tx) changeAccount(ctx context.Context, by escalation.Actor, id int64, action, detail, statement string, args ...any) error {
	n, err := t.c.exec(ctx, statement, args...)
	switch {
	case err != nil:
		return fmt.Errorf("%s of account %d: %w", action, id, err)
	case n == 0:
		return missing("id", "không có tài khoản này")
	}
	return t.log(ctx, by, action, LogAccount, detail, idText(id))
}

// NoteSignIn counts wrong passwords and locks the account after five in a row for a
// quarter of an hour; a right one forgets them. Both are in the change log.
func (s *Store) NoteSignIn(ctx context.Context, id int64, from string, right bool) error {
	return s.inTx(ctx, func(t *tx) error {
		action := "sign-in"
		statement, args := `UPDATE account SET failures = 0, locked_real = 0 WHERE id = ?`, []any{id}
		if !right {
			action = "sign-in refused"
			statement = `UPDATE account SET failures = CASE WHEN failures + 1 >= ? THEN 0 ELSE failures + 1 END,
				locked_real = CASE WHEN failures + 1 >= ? THEN ? ELSE locked_real END WHERE id = ?`
			args = []any{signInTriesAll, signInTriesAll, micros(t.machine.Add(signInPause)), id}
		}
		if _, err := t.c.exec(ctx, statement, args...); err != nil {
			return fmt.Errorf("note a sign-in: %w", err)
		}
		if right {
			if _, err := t.c.exec(ctx, `DELETE FROM miss WHERE subject = ?`, wire(signInSubject(id, from))); err != nil {
				return fmt.Errorf("note a sign-in: %w", err)
			}
		}
		return t.log(ctx, escalation.Ladder(), action, LogAccount, "", idText(id))
	})
}

// UseTOTPStep takes a step of the second factor; false: it, or a later one, was used.
func (s *Store) UseTOTPStep(ctx context.Context, id, step int64) (bool, error) {
	n, err := s.writer().exec(ctx, `UPDATE account SET totp_step = ? WHERE id = ? AND totp_step < ?`, step, id, step)
	return n == 1, err
}

// Log writes a line of the change log about what no other method changes: a look at
// personal data, a pause of the gateway.
func (a Authored) Log(ctx context.Context, action, what, ref, detail string) error {
	return a.s.inTx(ctx, func(t *tx) error { return t.log(ctx, a.by, action, what, detail, ref) })
}
