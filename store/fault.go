package store

import (
	"context"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// faultLock lets one node at a time read and write them: what was told is not undone by
// who looked meanwhile.
const faultLock = "faults"

// faultRow is an escalation.Fault, by the machine's clock.
type faultRow struct {
	Kind  string `db:"kind"`
	Since int64  `db:"since_real"`
	Seen  int64  `db:"seen_real"`
	Told  int64  `db:"told_real"`
}

func (r faultRow) fault() escalation.Fault {
	return escalation.Fault{Kind: r.Kind, Since: instant(r.Since), Seen: instant(r.Seen), Told: instant(r.Told)}
}

// looked is the kind of the row that says when somebody last looked, whatever was found.
const looked = "looked"

// NoteFaults notes that the faults are there now and gives what is known of them, by
// kind. All nodes note them in the same rows. It writes where there are none, too, so that
// a database that takes no writes is noticed.
func (s *Store) NoteFaults(ctx context.Context, kinds ...string) (faults []escalation.Fault, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		faults, err = t.noteFaults(ctx, kinds)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("note faults: %w", err)
	}
	return faults, nil
}

func (t *tx) noteFaults(ctx context.Context, kinds []string) (faults []escalation.Fault, err error) {
	if err := t.alone(ctx, faultLock); err != nil {
		return nil, err
	}
	var rows []faultRow
	if err := t.c.all(ctx, &rows, `SELECT kind, since_real, seen_real, told_real FROM fault`); err != nil {
		return nil, err
	}
	if err := t.putFault(ctx, escalation.Fault{Kind: looked, Since: t.machine, Seen: t.machine}); err != nil {
		return nil, err
	}
	for _, kind := range slices.Sorted(slices.Values(kinds)) {
		f := escalation.Fault{Kind: kind}
		if i := slices.IndexFunc(rows, func(r faultRow) bool { return r.Kind == kind }); i >= 0 {
			f = rows[i].fault()
		}
		f = f.Noted(t.machine)
		faults = append(faults, f)
		if err := t.putFault(ctx, f); err != nil {
			return nil, err
		}
	}
	return faults, nil
}

func (t *tx) putFault(ctx context.Context, f escalation.Fault) error {
	_, err := t.c.exec(ctx, `INSERT INTO fault (kind, since_real, seen_real, told_real) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET since_real = excluded.since_real, seen_real = excluded.seen_real, told_real = excluded.told_real`,
		f.Kind, micros(f.Since), micros(f.Seen), micros(f.Told))
	return err
}

// FaultsTold notes that an administrator was told of the faults now.
func (s *Store) FaultsTold(ctx context.Context, kinds ...string) error {
	err := s.inTx(ctx, func(t *tx) error {
		if err := t.alone(ctx, faultLock); err != nil {
			return err
		}
		_, err := t.c.execIn(ctx, `UPDATE fault SET told_real = ? WHERE kind IN (?)`, micros(t.machine), kinds)
		return err
	})
	if err != nil {
		return fmt.Errorf("note that faults were told: %w", err)
	}
	return nil
}
