package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

type taskRow struct {
	ID       int64               `db:"id"`
	Key      string              `db:"key"`
	Kind     escalation.TaskKind `db:"kind"`
	Petition int64               `db:"petition_id"`
	Code     string              `db:"petition_code"`
	Contact  int64               `db:"contact_id"`
	Text     string              `db:"text"`
	For      escalation.Role     `db:"for_role"`
	OpenedAt int64               `db:"opened_at"`
	Due      int64               `db:"due"`
	DoneAt   int64               `db:"done_at"`
	DoneBy   string              `db:"done_by"`
	Outcome  string              `db:"outcome"`
}

func (r taskRow) task() escalation.Task {
	return escalation.Task{
		ID: r.ID, Key: r.Key, Kind: r.Kind, PetitionID: r.Petition, Petition: r.Code, Contact: r.Contact, Text: r.Text, For: r.For,
		OpenedAt: instant(r.OpenedAt), Due: instant(r.Due), DoneAt: instant(r.DoneAt), DoneBy: r.DoneBy, Outcome: r.Outcome,
	}
}

const taskColumns = `k.id, k.key, k.kind, k.petition_id, COALESCE(p.code, '') AS petition_code, k.contact_id, k.text, k.for_role,
	k.opened_at, k.due, k.done_at, k.done_by, k.outcome`

// TaskFilter narrows a list of tasks; empty fields do not.
type TaskFilter struct {
	Kind     escalation.TaskKind
	For      escalation.Role
	Petition int64
	Done     bool // finished ones instead of open ones
	Guarded  bool // without those of denunciations
	Cursor   string
	Limit    int
}

// Tasks lists tasks, newest first.
func (s *Store) Tasks(ctx context.Context, f TaskFilter) (Page[escalation.Task], error) {
	after, limit, err := paging(f.Cursor, f.Limit)
	if err != nil {
		return Page[escalation.Task]{}, err
	}
	w := where{}
	w.and("k.id < ?", after)
	w.andIf(f.Kind != "", "k.kind = ?", string(f.Kind))
	w.andIf(f.For != "", "k.for_role = ?", string(f.For))
	w.andIf(f.Petition != 0, "k.petition_id = ?", f.Petition)
	w.andIf(f.Guarded, "COALESCE(p.denunciation, 0) = 0")
	w.andIf(f.Done, "k.done_at <> 0")
	w.andIf(!f.Done, "k.done_at = 0")
	var rows []taskRow
	err = s.reader().all(ctx, &rows, `SELECT `+taskColumns+` FROM task k LEFT JOIN petition p ON p.id = k.petition_id`+w.String()+
		` ORDER BY k.id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[escalation.Task]{}, fmt.Errorf("list tasks: %w", err)
	}
	list := make([]escalation.Task, len(rows))
	for i, r := range rows {
		list[i] = r.task()
	}
	return paged(list, limit, func(k escalation.Task) int64 { return k.ID }), nil
}

// CompleteTask closes a task with its outcome. Closing it twice is refused: the
// first answer stands. What it means for the petition's timeline is the desk's
// business (escalation.Desk.CompleteTask). The petition is locked first, as
// everywhere.
func (t *tx) CompleteTask(ctx context.Context, id int64, by, outcome string) (escalation.Task, error) {
	row, err := t.task(ctx, id)
	if err != nil {
		return escalation.Task{}, err
	}
	if row.Petition != 0 && t.s.d.forUpdate != "" {
		var locked []int64
		if err := t.c.all(ctx, &locked, `SELECT id FROM petition WHERE id = ?`+t.s.d.forUpdate, row.Petition); err != nil {
			return escalation.Task{}, fmt.Errorf("complete task %d: %w", id, err)
		}
	}
	n, err := t.c.exec(ctx, `UPDATE task SET done_at = ?, done_by = ?, outcome = ? WHERE id = ? AND done_at = 0`,
		micros(t.domain), wire(by), wire(outcome), id)
	switch {
	case err != nil:
		return escalation.Task{}, fmt.Errorf("complete task %d: %w", id, err)
	case n == 0:
		return escalation.Task{}, &escalation.Problem{Kind: escalation.WrongTime, Detail: "việc này đã xong"}
	}
	row, err = t.task(ctx, id)
	return row.task(), err
}

func (t *tx) task(ctx context.Context, id int64) (taskRow, error) {
	var row taskRow
	err := t.c.get(ctx, &row, `SELECT `+taskColumns+` FROM task k LEFT JOIN petition p ON p.id = k.petition_id WHERE k.id = ?`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return row, missing("task", "không có việc này")
	case err != nil:
		return row, fmt.Errorf("read task %d: %w", id, err)
	}
	return row, nil
}

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
	return s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `UPDATE absence SET decided_at = ?, decided_by = ?, accepted = ? WHERE id = ? AND decided_at = 0`,
			micros(t.domain), wire(by), flag(accept), id)
		if err != nil {
			return fmt.Errorf("decide absence %d: %w", id, err)
		}
		if n == 0 {
			return missing("absence", "không có đăng ký nghỉ nào đang chờ với số này")
		}
		if !accept {
			return nil
		}
		_, err = t.c.exec(ctx, `UPDATE contact SET delegate = ?,
			away_from = (SELECT from_at FROM absence WHERE id = ?), away_to = (SELECT to_at FROM absence WHERE id = ?)
			WHERE id = (SELECT contact_id FROM absence WHERE id = ?)`, delegate, id, id, id)
		if err != nil {
			return fmt.Errorf("decide absence %d: %w", id, err)
		}
		return t.touchDirectory(ctx)
	})
}
