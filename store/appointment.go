package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// appointmentName is the setting that holds a simulated clock's appointment, in
// microseconds.
const appointmentName = "sim_appointment"

// Appoint gives a simulated clock an appointment: it stands still at the instant,
// or where it is when it is past it, until another appointment is made. The zero
// time lets it run. It is for scripts that act at exact instants; they make the
// next appointment when they have acted.
func (s *Store) Appoint(ctx context.Context, at time.Time) error {
	return s.inTx(ctx, func(t *tx) error {
		value := ""
		if !at.IsZero() {
			value = strconv.FormatInt(micros(at), 10)
		}
		_, err := t.c.exec(ctx, `INSERT INTO setting (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, appointmentName, value)
		if err != nil {
			return fmt.Errorf("make the simulated clock's appointment: %w", err)
		}
		if at.IsZero() {
			return nil
		}
		return t.stopAt(ctx, at)
	})
}

// appointment is the simulated clock's, zero when it has none.
func (t *tx) appointment(ctx context.Context) (time.Time, error) {
	var value string
	err := t.c.get(ctx, &value, `SELECT value FROM setting WHERE name = ?`, appointmentName)
	if errors.Is(err, sql.ErrNoRows) || err == nil && value == "" {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read the simulated clock's appointment: %w", err)
	}
	at, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the simulated clock's appointment: %w", err)
	}
	return instant(at), nil
}
