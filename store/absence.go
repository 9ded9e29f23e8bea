package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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

// DecideLeave notes the word on an absence.
func (t *tx) DecideLeave(ctx context.Context, id int64, agreed bool, by string) error {
	_, err := t.c.exec(ctx, `UPDATE absence SET decided_at = ?, decided_by = ?, accepted = ? WHERE id = ?`, micros(t.domain), wire(by), flag(agreed), id)
	if err != nil {
		return fmt.Errorf("decide absence %d: %w", id, err)
	}
	return nil
}

// furtherAbsence is one of a contact's absences after the first, which has columns.
type furtherAbsence struct {
	From     int64 `json:"from"`
	To       int64 `json:"to"`
	Delegate int64 `json:"delegate"`
}

// absences are those of a contact's row, in their order.
func (r contactRow) absences() (list []escalation.Absence, err error) {
	if r.AwayFrom != 0 {
		list = append(list, escalation.Absence{From: instant(r.AwayFrom), To: instant(r.AwayTo), Delegate: r.Delegate})
	}
	var further []furtherAbsence
	if err := fromJSON(r.Absences, &further); err != nil {
		return nil, fmt.Errorf("read the absences of contact %d: %w", r.ID, err)
	}
	for _, a := range further {
		list = append(list, escalation.Absence{From: instant(a.From), To: instant(a.To), Delegate: a.Delegate})
	}
	slices.SortStableFunc(list, func(a, b escalation.Absence) int { return a.From.Compare(b.From) })
	return list, nil
}

// absenceColumns are away_from, away_to, delegate and absences of a contact's row.
func absenceColumns(list []escalation.Absence) []any {
	var first escalation.Absence
	further := []furtherAbsence{}
	for i, a := range list {
		if i == 0 {
			first = a
			continue
		}
		further = append(further, furtherAbsence{micros(a.From), micros(a.To), a.Delegate})
	}
	text, _ := toJSON(further) // numbers always encode
	return []any{micros(first.From), micros(first.To), first.Delegate, text}
}
