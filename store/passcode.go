package store

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"
)

// How long a one-time code may be used, how often it may be tried, and how many of a
// subject are looked at: more than the pages send while one lasts.
const (
	passcodeFor   = 5 * time.Minute
	passcodeTries = 5
	passcodesLive = 20
)

// NewPasscode keeps a code of the subject. Those before stay good for their time: anybody
// with the link may ask for a code, and would end the one that its owner is typing.
func (s *Store) NewPasscode(ctx context.Context, subject, code string) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.c.exec(ctx, `INSERT INTO passcode (subject, hash, created_real) VALUES (?, ?, ?)`, wire(subject), keyDigest(subject+":"+code), micros(t.machine))
		return err
	})
}

// LivePasscodes are those of the subjects that have a code which may be used still.
func (s *Store) LivePasscodes(ctx context.Context, subjects ...string) (live []string, err error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	machine, err := s.clock.now(ctx, s.reader())
	if err == nil {
		err = s.reader().in(ctx, &live, `SELECT DISTINCT subject FROM passcode WHERE subject IN (?) AND used_real = 0 AND created_real > ? AND tries < ?`,
			subjects, micros(machine.Add(-passcodeFor)), passcodeTries)
	}
	if err != nil {
		return nil, fmt.Errorf("look for one-time codes: %w", err)
	}
	return live, nil
}

// UsePasscode takes one of the subject's codes once. A wrong one is a try at each of them, so
// that several are no easier to guess than as many one after the other; one that is too old,
// used, or was tried too often is refused like a wrong one.
func (s *Store) UsePasscode(ctx context.Context, subject, code string) (right bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		var rows []passcodeRow
		err := t.c.all(ctx, &rows, `SELECT id, hash FROM passcode WHERE subject = ? AND used_real = 0 AND created_real > ? AND tries < ? ORDER BY id DESC LIMIT ?`+t.s.d.forUpdate,
			wire(subject), micros(t.machine.Add(-passcodeFor)), passcodeTries, passcodesLive)
		if err != nil || len(rows) == 0 {
			right = false
			return err
		}
		given := keyDigest(subject + ":" + code)
		if right = anyPasscode(rows, given); right {
			_, err = t.c.exec(ctx, `UPDATE passcode SET tries = tries + 1, used_real = ? WHERE subject = ? AND hash = ? AND used_real = 0`, micros(t.machine), wire(subject), given)
			return err
		}
		_, err = t.c.execIn(ctx, `UPDATE passcode SET tries = tries + 1 WHERE id IN (?)`, passcodeIDs(rows))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("use a one-time code: %w", err)
	}
	return right, nil
}

type passcodeRow struct {
	ID   int64  `db:"id"`
	Hash string `db:"hash"`
}

// anyPasscode reports whether the digest is that of one of the codes; how long it looks does
// not say which, nor how much of it was right.
func anyPasscode(rows []passcodeRow, digest string) bool {
	same := 0
	for _, r := range rows {
		same |= subtle.ConstantTimeCompare([]byte(r.Hash), []byte(digest))
	}
	return same == 1
}

func passcodeIDs(rows []passcodeRow) []int64 {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
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
