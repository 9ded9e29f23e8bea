package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// EditDirectory saves what plan makes of the directory as it is, all or nothing: of
// two edits at a time the second plans over what the first has done. contacts are
// all there ever were, choices their choices of reports; now is the domain's. An error of
// plan is returned as it is, and nothing is saved.
//
// then, where it is given, is told the contacts' ids, in their order, before all of it is kept.
func (a Authored) EditDirectory(ctx context.Context, plan func(d *escalation.Directory, contacts []escalation.Contact, choices map[int64]escalation.Subscription, now time.Time) ([]escalation.Unit, []escalation.Contact, error),
	then func(tx escalation.Tx, ids []int64) error) error {
	return a.s.inTx(ctx, func(t *tx) error {
		if err := t.touchDirectory(ctx); err != nil { // the row is the lock
			return err
		}
		units, err := listUnits(ctx, t.c)
		if err != nil {
			return err
		}
		contacts, err := listContacts(ctx, t.c, ContactFilter{})
		if err != nil {
			return err
		}
		choices, err := listChoices(ctx, t.c)
		if err != nil {
			return err
		}
		newUnits, newContacts, err := plan(escalation.NewDirectory(units, contacts), contacts, choices, t.domain)
		if err != nil {
			return err
		}
		if err := t.saveUnits(ctx, a.by, newUnits); err != nil {
			return err
		}
		ids, err := t.saveContacts(ctx, a.by, newContacts)
		if err != nil || then == nil {
			return err
		}
		return then(t, ids)
	})
}

// registerLock is the row that registrations of sheets wait for, so that of two with
// the same numbers the second sees what the first has recorded.
const registerLock = "register"

// Registered finds which numbers have been recorded, with the code of each.
func (t *tx) Registered(ctx context.Context, externals []string) (map[string]string, error) {
	_, err := t.c.exec(ctx, `INSERT INTO setting (name, value, version, changed_at) VALUES (?, '', 1, ?)
		ON CONFLICT (name) DO UPDATE SET version = setting.version + 1, changed_at = excluded.changed_at`, registerLock, micros(t.domain))
	if err != nil {
		return nil, fmt.Errorf("lock the register: %w", err)
	}
	known := map[string]string{}
	for some := range slices.Chunk(externals, 1000) {
		var rows []struct {
			External string `db:"external"`
			Code     string `db:"code"`
		}
		err := t.c.in(ctx, &rows, `SELECT e.code AS external, p.code FROM external_code e JOIN petition p ON p.id = e.petition_id WHERE e.code IN (?)
			UNION SELECT code AS external, code FROM petition WHERE code IN (?)`, some, some)
		if err != nil {
			return nil, fmt.Errorf("look up numbers of a register: %w", err)
		}
		for _, r := range rows {
			known[r.External] = r.Code
		}
	}
	return known, nil
}

// NoteRegistered keeps which petition each number became.
func (t *tx) NoteRegistered(ctx context.Context, externals []string, petitions []int64) error {
	rows := make([][]any, len(externals))
	for i, external := range externals {
		rows[i] = []any{wire(external), petitions[i]}
	}
	if _, err := t.c.insert(ctx, `INSERT INTO external_code (code, petition_id)`, "", rows); err != nil {
		return fmt.Errorf("keep %d numbers of a register: %w", len(rows), err)
	}
	return nil
}

// Externals are the numbers under which petitions came, by the petition's id.
func (s *Store) Externals(ctx context.Context, petitions ...int64) (map[int64]string, error) {
	known := map[int64]string{}
	if len(petitions) == 0 {
		return known, nil
	}
	var rows []struct {
		Code     string `db:"code"`
		Petition int64  `db:"petition_id"`
	}
	if err := s.reader().in(ctx, &rows, `SELECT code, petition_id FROM external_code WHERE petition_id IN (?)`, petitions); err != nil {
		return nil, fmt.Errorf("look up numbers of a register: %w", err)
	}
	for _, r := range rows {
		known[r.Petition] = r.Code
	}
	return known, nil
}

// Upload is a file that waits for a yes.
type Upload struct {
	ID      string
	Account int64 // whose it is: nobody else finds it
	Kind    string
	Name    string
	Body    []byte
}

// uploadsFor is how long a file waits.
const uploadsFor = time.Hour

// KeepUpload keeps a file and returns its id, which cannot be guessed. An account
// has one at a time.
func (s *Store) KeepUpload(ctx context.Context, u Upload) (string, error) {
	id := rand.Text()
	err := s.inTx(ctx, func(t *tx) error {
		if _, err := t.c.exec(ctx, `DELETE FROM upload WHERE account_id = ?`, u.Account); err != nil {
			return err
		}
		_, err := t.c.exec(ctx, `INSERT INTO upload (id, account_id, kind, name, body, created_real) VALUES (?, ?, ?, ?, ?, ?)`,
			id, u.Account, u.Kind, wire(u.Name), u.Body, micros(t.machine))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep a file: %w", err)
	}
	return id, nil
}

// Upload reads an account's file; *escalation.Problem NotFound.
func (s *Store) Upload(ctx context.Context, id string, account int64) (Upload, error) {
	var row struct {
		Kind string `db:"kind"`
		Name string `db:"name"`
		Body []byte `db:"body"`
	}
	err := s.reader().get(ctx, &row, `SELECT kind, name, body FROM upload WHERE id = ? AND account_id = ?`, wire(id), account)
	if errors.Is(err, sql.ErrNoRows) {
		return Upload{}, missing("file", "tệp này đã nhập, hoặc đã để quá một giờ: hãy gửi lại")
	}
	if err != nil {
		return Upload{}, fmt.Errorf("read a kept file: %w", err)
	}
	return Upload{id, account, row.Kind, row.Name, row.Body}, nil
}

// DropUpload forgets a file; one that is not there is no error.
func (s *Store) DropUpload(ctx context.Context, id string, account int64) error {
	if _, err := s.writer().exec(ctx, `DELETE FROM upload WHERE id = ? AND account_id = ?`, wire(id), account); err != nil {
		return fmt.Errorf("forget a kept file: %w", err)
	}
	return nil
}
