package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// unwantedNote is what the row of a text says that its reader did not want.
const unwantedNote = "the number asked for no texts"

type unwantedRow struct {
	Phone    string `db:"phone"`
	Stopped  bool   `db:"stopped"` // all of it, as a stop word says; an earlier version knows this alone
	Progress bool   `db:"no_progress"`
	Rating   bool   `db:"no_rating"`
	Bulk     bool   `db:"no_bulk"`
}

func (r unwantedRow) unwanted() escalation.Unwanted {
	return escalation.Unwanted{Progress: r.Stopped || r.Progress, Rating: r.Stopped || r.Rating, Bulk: r.Stopped || r.Bulk}
}

// everything is what a stop word asks for.
var everything = escalation.Unwanted{Progress: true, Rating: true, Bulk: true}

const unwantedColumns = `phone, stopped, no_progress, no_rating, no_bulk`

// Unwanted is which texts the number asked not to get.
func (s *Store) Unwanted(ctx context.Context, phone string) (escalation.Unwanted, error) {
	var row unwantedRow
	err := s.reader().get(ctx, &row, `SELECT `+unwantedColumns+` FROM phone WHERE phone = ?`, wire(phone))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return escalation.Unwanted{}, fmt.Errorf("look up a number's preference: %w", err)
	}
	return row.unwanted(), nil
}

// SavePreference records which texts a number does not want. Those of them that wait
// to go out are dropped; one that a gateway holds may still arrive.
func (t *tx) SavePreference(ctx context.Context, phone string, unwanted escalation.Unwanted) error {
	stopped := unwanted == everything
	single := unwanted
	if stopped {
		single = escalation.Unwanted{} // a start word of an earlier version takes all of it back
	}
	_, err := t.c.exec(ctx, `INSERT INTO phone (phone, stopped, no_progress, no_rating, no_bulk, changed_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (phone) DO UPDATE SET stopped = excluded.stopped, no_progress = excluded.no_progress,
			no_rating = excluded.no_rating, no_bulk = excluded.no_bulk, changed_at = excluded.changed_at`,
		wire(phone), flag(stopped), flag(single.Progress), flag(single.Rating), flag(single.Bulk), micros(t.domain))
	if err != nil {
		return fmt.Errorf("save a number's preference: %w", err)
	}
	return t.dropUnwanted(ctx, phone, unwanted)
}

// honour drops what waits for a number that it asked not to get.
func (t *tx) honour(ctx context.Context, phone string) error {
	var row unwantedRow
	err := t.c.get(ctx, &row, `SELECT `+unwantedColumns+` FROM phone WHERE phone = ?`, phone)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up a number's preference: %w", err)
	}
	return t.dropUnwanted(ctx, phone, row.unwanted())
}

// dropUnwanted drops those of a number's queued texts that are not wanted.
func (t *tx) dropUnwanted(ctx context.Context, phone string, unwanted escalation.Unwanted) error {
	if unwanted == (escalation.Unwanted{}) {
		return nil
	}
	var waiting []struct {
		ID       int64            `db:"id"`
		Template string           `db:"template"`
		Class    escalation.Class `db:"class"`
		Lane     escalation.Lane  `db:"lane"`
	}
	err := t.c.all(ctx, &waiting, `SELECT id, template, class, lane FROM message WHERE phone = ? AND phone <> '' AND state = 'queued' AND contact_id = 0`, wire(phone))
	if err != nil {
		return fmt.Errorf("find a number's queued texts: %w", err)
	}
	var drop []int64
	for _, m := range waiting {
		if unwanted.Covers(escalation.Notice{Template: m.Template, Class: m.Class, Lane: m.Lane}) {
			drop = append(drop, m.ID)
		}
	}
	if len(drop) == 0 {
		return nil
	}
	_, err = t.changeMessages(ctx, `UPDATE message SET state = 'suppressed', error = ? WHERE id IN (?) AND state = 'queued'`, unwantedNote, drop)
	if err != nil {
		return fmt.Errorf("drop a number's unwanted texts: %w", err)
	}
	return nil
}

// quieten drops texts that their reader asked not to get, each for its purpose. What
// answers a person's own act still goes.
func (t *tx) quieten(ctx context.Context, drafts []draft) error {
	var phones []string
	for i := range drafts {
		if d := &drafts[i]; d.phone != "" && d.state == escalation.Queued && everything.Covers(d.Notice) {
			phones = append(phones, d.phone)
		}
	}
	if len(phones) == 0 {
		return nil
	}
	wishes := make(map[string]escalation.Unwanted)
	for batch := range slices.Chunk(phones, mostListed) {
		var rows []unwantedRow
		err := t.c.in(ctx, &rows, `SELECT `+unwantedColumns+` FROM phone
			WHERE phone IN (?) AND (stopped = 1 OR no_progress = 1 OR no_rating = 1 OR no_bulk = 1)`, batch)
		if err != nil {
			return fmt.Errorf("look up who asked for no texts: %w", err)
		}
		for _, r := range rows {
			wishes[r.Phone] = r.unwanted()
		}
	}
	for i := range drafts {
		if d := &drafts[i]; d.state == escalation.Queued && wishes[d.phone].Covers(d.Notice) {
			d.state, d.err = escalation.Dropped, unwantedNote
		}
	}
	return nil
}
