package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
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
	Tries    int                 `db:"tries"`
}

func (r taskRow) task() escalation.Task {
	return escalation.Task{
		ID: r.ID, Key: r.Key, Kind: r.Kind, PetitionID: r.Petition, Petition: r.Code, Contact: r.Contact, Text: r.Text, For: r.For,
		OpenedAt: instant(r.OpenedAt), Due: instant(r.Due), DoneAt: instant(r.DoneAt), DoneBy: r.DoneBy, Outcome: r.Outcome, Tries: r.Tries,
	}
}

const taskColumns = `k.id, k.key, k.kind, k.petition_id, COALESCE(p.code, '') AS petition_code, k.contact_id, k.text, k.for_role,
	k.opened_at, k.due, k.done_at, k.done_by, k.outcome, k.tries`

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

// pressing is the order of open tasks: what is due first comes first, and what has no due
// time stands by its opening. The index task_due has it.
const pressing = `(CASE WHEN k.due > 0 THEN k.due ELSE k.opened_at END)`

// Tasks lists open tasks in the order in which they press, finished ones the newest first.
func (s *Store) Tasks(ctx context.Context, f TaskFilter) (Page[escalation.Task], error) {
	w, order := where{}, pressing+", k.id"
	_, limit, err := paging("", f.Limit)
	switch {
	case err != nil:
	case f.Done:
		var after int64
		after, limit, err = paging(f.Cursor, f.Limit)
		order = "k.id DESC"
		w.and("k.id < ?", after)
	default:
		var key, id int64
		key, id, err = boardCursor(f.Cursor)
		w.andIf(f.Cursor != "", "("+pressing+", k.id) > (?, ?)", key, id)
	}
	if err != nil {
		return Page[escalation.Task]{}, err
	}
	w.andIf(f.Kind != "", "k.kind = ?", string(f.Kind))
	w.andIf(f.For != "", "k.for_role = ?", string(f.For))
	w.andIf(f.Petition != 0, "k.petition_id = ?", f.Petition)
	w.andIf(f.Guarded, "COALESCE(p.denunciation, 0) = 0")
	w.andIf(f.Done, "k.done_at <> 0")
	w.andIf(!f.Done, "k.done_at = 0")
	var rows []taskRow
	err = s.reader().all(ctx, &rows, `SELECT `+taskColumns+` FROM task k LEFT JOIN petition p ON p.id = k.petition_id`+w.String()+
		` ORDER BY `+order+` LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[escalation.Task]{}, fmt.Errorf("list tasks: %w", err)
	}
	list := make([]escalation.Task, len(rows))
	for i, r := range rows {
		list[i] = r.task()
	}
	page := paged(list, limit, func(k escalation.Task) int64 { return k.ID })
	if page.NextCursor != "" && !f.Done {
		last := rows[limit-1]
		page.NextCursor = keyset(cmp.Or(last.Due, last.OpenedAt), last.ID)
	}
	return page, nil
}

// Lacking says of the tasks, by their ids, which decision each waits for that is about a petition
// and must not be ticked off (escalation.Petition.Lacks). Nothing is said of those whose petition
// cannot be read: the list is there all the same.
func (s *Store) Lacking(ctx context.Context, tasks []escalation.Task) (map[int64]string, error) {
	about := map[int64][]escalation.Task{}
	for _, t := range tasks {
		if t.PetitionID != 0 {
			about[t.PetitionID] = append(about[t.PetitionID], t)
		}
	}
	lacking := map[int64]string{}
	list, _, err := loadReadable(ctx, s.reader(), slices.Sorted(maps.Keys(about)), "")
	if err != nil {
		return nil, fmt.Errorf("read the petitions of %d tasks: %w", len(tasks), err)
	}
	for _, p := range list {
		for _, t := range about[p.ID] {
			if lacks := p.Lacks(t); lacks != "" {
				lacking[t.ID] = lacks
			}
		}
	}
	return lacking, nil
}

// CompleteTask closes a task with its outcome. Closing it twice is refused: the
// first answer stands. What it means for the petition's timeline is the desk's
// business (escalation.Desk.CompleteTask). The petition is locked first, as
// everywhere.
func (t *tx) CompleteTask(ctx context.Context, id int64, by, outcome string) (escalation.Task, error) {
	return t.workOn(ctx, id, "done_at = ?, done_by = ?, outcome = ?", micros(t.domain), wire(by), wire(outcome))
}

// PostponeTask leaves a task open, due anew, and counts the try; one that is done is
// refused.
func (t *tx) PostponeTask(ctx context.Context, id int64, due time.Time) (escalation.Task, error) {
	return t.workOn(ctx, id, "due = ?, tries = tries + 1", micros(due))
}

// workOn writes an open task.
func (t *tx) workOn(ctx context.Context, id int64, set string, args ...any) (escalation.Task, error) {
	row, err := t.task(ctx, id)
	if err != nil {
		return escalation.Task{}, err
	}
	if row.Petition != 0 && t.s.d.forUpdate != "" {
		var locked []int64
		if err := t.c.all(ctx, &locked, `SELECT id FROM petition WHERE id = ?`+t.s.d.forUpdate, row.Petition); err != nil {
			return escalation.Task{}, fmt.Errorf("work on task %d: %w", id, err)
		}
	}
	if inbound, ok := row.task().Aside(); ok { // before its task, as where it is applied
		if _, err := t.Inbound(ctx, inbound); err != nil {
			return escalation.Task{}, err
		}
	}
	n, err := t.c.exec(ctx, `UPDATE task SET `+set+` WHERE id = ? AND done_at = 0`, append(args, id)...)
	switch {
	case err != nil:
		return escalation.Task{}, fmt.Errorf("work on task %d: %w", id, err)
	case n == 0:
		return escalation.Task{}, &escalation.Problem{Kind: escalation.WrongTime, Detail: "việc này đã xong"}
	}
	t.note(id)
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

// FinishTasks closes the open tasks with the keys, those that there are.
func (t *tx) FinishTasks(ctx context.Context, by, outcome string, keys ...string) error {
	_, err := t.c.execIn(ctx, `UPDATE task SET done_at = ?, done_by = ?, outcome = ? WHERE key IN (?) AND done_at = 0`,
		micros(t.domain), wire(by), wire(outcome), keys)
	if err != nil {
		return fmt.Errorf("close the tasks %v: %w", keys, err)
	}
	return nil
}
