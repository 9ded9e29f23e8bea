package store

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"
)

// How long a one-time code may be used, and how often it may be tried.
const (
	passcodeFor   = 5 * time.Minute
	passcodeTries = 5
)

// NewPasscode keeps a code of the subject; those before are over.
func (s *Store) NewPasscode(ctx context.Context, subject, code string) error {
	return s.inTx(ctx, func(t *tx) error {
		if _, err := t.c.exec(ctx, `UPDATE passcode SET used_real = ? WHERE subject = ? AND used_real = 0`, micros(t.machine), wire(subject)); err != nil {
			return fmt.Errorf("end earlier codes: %w", err)
		}
		_, err := t.c.exec(ctx, `INSERT INTO passcode (subject, hash, created_real) VALUES (?, ?, ?)`, wire(subject), keyDigest(subject+":"+code), micros(t.machine))
		return err
	})
}

// UsePasscode takes the subject's code once. A wrong one counts as a try; one that is
// too old, used, or was tried too often is refused like a wrong one.
func (s *Store) UsePasscode(ctx context.Context, subject, code string) (right bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		var rows []struct {
			ID   int64  `db:"id"`
			Hash string `db:"hash"`
		}
		err := t.c.all(ctx, &rows, `SELECT id, hash FROM passcode WHERE subject = ? AND used_real = 0 AND created_real > ? AND tries < ? ORDER BY id DESC LIMIT 1`+t.s.d.forUpdate,
			wire(subject), micros(t.machine.Add(-passcodeFor)), passcodeTries)
		if err != nil || len(rows) == 0 {
			return err
		}
		right = subtle.ConstantTimeCompare([]byte(rows[0].Hash), []byte(keyDigest(subject+":"+code))) == 1
		used := int64(0)
		if right {
			used = micros(t.machine)
		}
		_, err = t.c.exec(ctx, `UPDATE passcode SET tries = tries + 1, used_real = ? WHERE id = ?`, used, rows[0].ID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("use a one-time code: %w", err)
	}
	return right, nil
}

// Trust remembers a device's secret for the subject.
func (s *Store) Trust(ctx context.Context, secret, subject string, trusted time.Duration) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.c.exec(ctx, `INSERT INTO device (hash, subject, expires_real) VALUES (?, ?, ?)
			ON CONFLICT (hash, subject) DO UPDATE SET expires_real = excluded.expires_real`, keyDigest(secret), wire(subject), micros(t.machine.Add(trusted)))
		return err
	})
}

// Trusted reports whether the device is remembered for the subject.
func (s *Store) Trusted(ctx context.Context, secret, subject string) (known bool, err error) {
	machine, err := s.clock.now(ctx, s.reader())
	if err == nil {
		err = s.reader().get(ctx, &known, `SELECT EXISTS (SELECT 1 FROM device WHERE hash = ? AND subject = ? AND expires_real > ?)`, keyDigest(secret), wire(subject), micros(machine))
	}
	if err != nil {
		return false, fmt.Errorf("look for a device: %w", err)
	}
	return known, nil
}

// Subjects lists what the device is remembered for, what it showed a code for last first.
func (s *Store) Subjects(ctx context.Context, secret string) (list []string, err error) {
	machine, err := s.clock.now(ctx, s.reader())
	if err == nil {
		err = s.reader().all(ctx, &list, `SELECT subject FROM device WHERE hash = ? AND expires_real > ? ORDER BY expires_real DESC, subject DESC`, keyDigest(secret), micros(machine))
	}
	if err != nil {
		return nil, fmt.Errorf("list what a device is remembered for: %w", err)
	}
	return list, nil
}

// Try takes one of the most tries that the subject has within the time given; ok is
// false when they are used up. Counting and taking are one, on every node.
func (s *Store) Try(ctx context.Context, subject string, most int, within time.Duration) (try int64, ok bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		try, ok = 0, false
		if err := t.alone(ctx, subject); err != nil {
			return err
		}
		var had struct {
			N    int   `db:"n"`
			Last int64 `db:"last"`
		}
		err := t.c.get(ctx, &had, `SELECT COUNT(*) AS n, COALESCE(MAX(created_real), 0) AS last FROM miss WHERE subject = ? AND created_real > ?`, wire(subject), micros(t.machine.Add(-within)))
		if err != nil || had.N >= most {
			return err
		}
		try, ok = max(micros(t.machine), had.Last+1), true // no two tries of a subject at one instant
		_, err = t.c.exec(ctx, `INSERT INTO miss (subject, created_real) VALUES (?, ?)`, wire(subject), try)
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("take a try: %w", err)
	}
	return try, ok, nil
}

// TakeBack forgets a try: it was right.
func (s *Store) TakeBack(ctx context.Context, subject string, try int64) error {
	_, err := s.writer().exec(ctx, `DELETE FROM miss WHERE subject = ? AND created_real = ?`, wire(subject), try)
	if err != nil {
		return fmt.Errorf("take a try back: %w", err)
	}
	return nil
}
