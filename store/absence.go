package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// Absence is a leave as lists show it.
type Absence struct {
	ID int64
	escalation.Leave
	DecidedAt time.Time
	DecidedBy string
	Accepted  bool
}

// Absences lists leaves, those that wait for a decision or the decided ones, newest first.
func (s *Store) Absences(ctx context.Context, decided bool) ([]Absence, error) {
	var rows []struct {
		ID        int64  `db:"id"`
		Contact   int64  `db:"contact_id"`
		From      int64  `db:"from_at"`
		To        int64  `db:"to_at"`
		Stand     string `db:"stand"`
		AskedAt   int64  `db:"asked_at"`
		DecidedAt int64  `db:"decided_at"`
		DecidedBy string `db:"decided_by"`
		Accepted  bool   `db:"accepted"`
	}
	err := s.reader().all(ctx, &rows, `SELECT id, contact_id, from_at, to_at, stand, asked_at, decided_at, decided_by, accepted
		FROM absence WHERE (decided_at <> 0) = (CAST(? AS BIGINT) = 1) ORDER BY id DESC LIMIT 500`, flag(decided))
	if err != nil {
		return nil, fmt.Errorf("list absences: %w", err)
	}
	list := make([]Absence, len(rows))
	for i, r := range rows {
		list[i] = Absence{ID: r.ID, DecidedAt: instant(r.DecidedAt), DecidedBy: r.DecidedBy, Accepted: r.Accepted,
			Leave: escalation.Leave{Contact: r.Contact, From: instant(r.From), To: instant(r.To), Stand: r.Stand, At: instant(r.AskedAt)}}
	}
	return list, nil
}

// DecideAbsence confirms or refuses a leave. A confirmed one is written into the
// directory with the contact who stands in, 0 for the next by order.
func (s *Store) DecideAbsence(ctx context.Context, id int64, accept bool, delegate int64, by string) error {
	return s.inTx(ctx, func(t *tx) error { return t.DecideLeave(ctx, id, accept, delegate, by) })
}

// Leave reads and locks an absence.
func (t *tx) Leave(ctx context.Context, id int64) (escalation.Leave, error) {
	var row struct {
		Contact   int64  `db:"contact_id"`
		From      int64  `db:"from_at"`
		To        int64  `db:"to_at"`
		Stand     string `db:"stand"`
		AskedAt   int64  `db:"asked_at"`
		DecidedAt int64  `db:"decided_at"`
	}
	err := t.c.get(ctx, &row, `SELECT contact_id, from_at, to_at, stand, asked_at, decided_at FROM absence WHERE id = ?`+t.s.d.forUpdate, id)
	if errors.Is(err, sql.ErrNoRows) {
		return escalation.Leave{}, missing("absence", "không có đăng ký nghỉ này")
	}
	if err != nil {
		return escalation.Leave{}, fmt.Errorf("read absence %d: %w", id, err)
	}
	return escalation.Leave{Contact: row.Contact, From: instant(row.From), To: instant(row.To), Stand: row.Stand, At: instant(row.AskedAt),
		Decided: row.DecidedAt != 0}, nil
}

// DecideLeave notes the word on an absence, frees its question and closes its task; one
// agreed to is in the directory from then on.
func (t *tx) DecideLeave(ctx context.Context, id int64, agreed bool, delegate int64, by string) error {
	leave, err := t.Leave(ctx, id)
	if err != nil {
		return err
	}
	if leave.Decided {
		return missing("absence", "không có đăng ký nghỉ nào đang chờ với số này")
	}
	if agreed && delegate != 0 {
		dir, err := t.Directory(ctx)
		if err != nil {
			return err
		}
		away, _ := dir.Contact(leave.Contact)
		stand, ok := dir.Contact(delegate)
		if !ok {
			return invalid("delegate", "không có người thay này")
		}
		if why := dir.StandsIn(away, stand, leave.From, leave.To); why != "" {
			return invalid("delegate", why)
		}
	}
	_, err = t.c.exec(ctx, `UPDATE absence SET decided_at = ?, decided_by = ?, accepted = ? WHERE id = ?`, micros(t.domain), wire(by), flag(agreed), id)
	if err == nil {
		err = t.FinishTask(ctx, leave.TaskKey(), by, map[bool]string{true: "đồng ý", false: "không đồng ý"}[agreed])
	}
	if err == nil {
		err = t.CloseQuestion(ctx, escalation.LeaveSubject(id), "đã có ý kiến")
	}
	if err != nil || !agreed {
		return wrapDecided(err, id)
	}
	_, err = t.c.exec(ctx, `UPDATE contact SET delegate = ?, away_from = ?, away_to = ? WHERE id = ?`, delegate, micros(leave.From), micros(leave.To), leave.Contact)
	if err != nil {
		return wrapDecided(err, id)
	}
	return t.touchDirectory(ctx)
}

func wrapDecided(err error, id int64) error {
	if err != nil {
		return fmt.Errorf("decide absence %d: %w", id, err)
	}
	return nil
}
