package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

type inboundRow struct {
	ID         int64  `db:"id"`
	Phone      string `db:"phone"`
	To         string `db:"to_raw"`
	Text       string `db:"text"`
	Hash       string `db:"hash"`
	ReadAt     int64  `db:"read_at"`
	Incomplete bool   `db:"incomplete"`
	AppliedAt  int64  `db:"applied_at"`
	Outcome    string `db:"outcome"`
	Attempts   int    `db:"attempts"`
	Error      string `db:"error"`
}

func (r inboundRow) inbound() escalation.Inbound {
	return escalation.Inbound{
		ID: r.ID, From: r.Phone, To: r.To, Text: r.Text, ReadAt: instant(r.ReadAt), Incomplete: r.Incomplete,
		Applied: r.AppliedAt != 0, Attempts: r.Attempts,
	}
}

const inboundColumns = `id, phone, to_raw, text, hash, read_at, incomplete, applied_at, outcome, attempts, error`

// Inbound loads and locks one text.
func (t *tx) Inbound(ctx context.Context, id int64) (escalation.Inbound, error) {
	var row inboundRow
	err := t.c.get(ctx, &row, `SELECT `+inboundColumns+` FROM inbox WHERE id = ?`+t.s.d.forUpdate, id)
	if errors.Is(err, sql.ErrNoRows) {
		return escalation.Inbound{}, missing("inbound", "không có tin nhắn đến này")
	}
	if err != nil {
		return escalation.Inbound{}, fmt.Errorf("load inbound text %d: %w", id, err)
	}
	t.hearing = hearing{on: true, text: row.Text}
	in := row.inbound()
	if in.Incomplete {
		in.Headless, err = t.headless(ctx, id)
	}
	return in, err
}

// RepeatOf reports a redelivery: the same octets from the same sender to the
// same number within the window, and no reply code issued to the sender between.
func (t *tx) RepeatOf(ctx context.Context, in escalation.Inbound, window time.Duration) (bool, error) {
	var repeat bool
	err := t.c.get(ctx, &repeat, `
		SELECT EXISTS (
			SELECT 1
			FROM inbox b
			WHERE b.phone = ? AND b.hash = ? AND b.read_at >= ?
				AND (b.read_at < ? OR b.read_at = ? AND b.id < ?)
				AND NOT EXISTS (
					SELECT 1 FROM reply_code k
					WHERE k.phone = b.phone AND k.issued_at > b.read_at AND k.issued_at <= ?
				)
		)`, in.From, textHash(in.To, in.Text), micros(in.ReadAt.Add(-window)), micros(in.ReadAt), micros(in.ReadAt), in.ID, micros(in.ReadAt))
	if err != nil {
		return false, fmt.Errorf("look for a repetition of inbound text %d: %w", in.ID, err)
	}
	return repeat, nil
}

// MarkApplied records what a text led to.
func (t *tx) MarkApplied(ctx context.Context, id int64, outcome string) error {
	err := t.c.write(ctx, failing("mark inbound text %d applied", id), `UPDATE inbox SET applied_at = ?, outcome = ?, error = '' WHERE id = ?`, micros(t.domain), wire(outcome), id)
	if err != nil {
		return err
	}
	if err := t.keepHearing(ctx, id); err != nil {
		return err
	}
	return t.announceInbound(ctx, id, outcome)
}

// SaveLeave records an absence that waits for the head's confirmation.
func (t *tx) SaveLeave(ctx context.Context, leave escalation.Leave) (id int64, err error) {
	err = t.c.get(ctx, &id, `INSERT INTO absence (contact_id, from_at, to_at, stand, asked_at) VALUES (?, ?, ?, ?, ?) RETURNING id`,
		leave.Contact, micros(leave.From), micros(leave.To), wire(leave.Stand), micros(leave.At))
	if err != nil {
		return 0, fmt.Errorf("save the absence of contact %d: %w", leave.Contact, err)
	}
	return id, nil
}
