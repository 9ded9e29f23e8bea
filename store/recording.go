package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// LogRecording is the change log's word for hearing recordings.
const LogRecording = "recording"

// RecordingRequest is a unit's wish to hear a petition's recordings (Đ10.1).
type RecordingRequest struct {
	ID        int64
	Petition  int64
	Unit      string
	Reason    string
	By        string
	Contact   int64 // who of the unit has asked; 0: not known
	AskedAt   time.Time
	DecidedAt time.Time // zero: not yet
	DecidedBy string
	Expires   time.Time // zero once decided: refused
}

type recordingRow struct {
	ID        int64  `db:"id"`
	Petition  int64  `db:"petition_id"`
	Unit      string `db:"unit"`
	Reason    string `db:"reason"`
	By        string `db:"asked_by"`
	Contact   int64  `db:"contact_id"`
	AskedAt   int64  `db:"asked_at"`
	DecidedAt int64  `db:"decided_at"`
	DecidedBy string `db:"decided_by"`
	Expires   int64  `db:"expires_at"`
}

// AskRecording notes a unit's wish and gives the shift lead the task to decide it. A
// wish that is open already is one.
func (a Authored) AskRecording(ctx context.Context, petition int64, unit, reason string) error {
	return a.s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `INSERT INTO recording_request (petition_id, unit, reason, asked_by, contact_id, asked_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			petition, wire(unit), wire(reason), wire(a.by.Name), a.by.Contact, micros(t.domain))
		if err != nil {
			return fmt.Errorf("ask for the recordings of petition %d: %w", petition, err)
		}
		if n == 0 {
			return nil
		}
		if err := t.log(ctx, a.by, "ask", LogRecording, unit, idText(petition)); err != nil {
			return err
		}
		wish := escalation.RecordingWish{Petition: petition, Unit: unit, Reason: reason, By: a.by.Name}
		return t.Post(ctx, nil, []escalation.Task{wish.Task(t.domain)})
	})
}

// DecideRecording grants a wish until an instant, or refuses it with a zero one. The
// task is done with it. told, where it is given, tells the unit within the transaction.
func (a Authored) DecideRecording(ctx context.Context, id int64, until time.Time, told func(escalation.Tx, escalation.RecordingWish) error) error {
	return a.s.inTx(ctx, func(t *tx) error {
		var rows []recordingRow
		err := t.c.all(ctx, &rows, `SELECT id, petition_id, unit, reason, asked_by, contact_id FROM recording_request WHERE id = ? AND decided_at = 0`+t.s.d.forUpdate, id)
		if err != nil {
			return fmt.Errorf("read the wish %d: %w", id, err)
		}
		if len(rows) == 0 {
			return missing("id", "không có đề nghị nào đang chờ với số này")
		}
		if _, err := t.c.exec(ctx, `UPDATE recording_request SET decided_at = ?, decided_by = ?, expires_at = ? WHERE id = ?`,
			micros(t.domain), wire(a.by.Name), micros(until), id); err != nil {
			return fmt.Errorf("decide the wish %d: %w", id, err)
		}
		word := "grant"
		if until.IsZero() {
			word = "refuse"
		}
		r := rows[0]
		wish := escalation.RecordingWish{Petition: r.Petition, Unit: r.Unit, Reason: r.Reason, By: r.By, Contact: r.Contact}
		if err := t.FinishTasks(ctx, a.by.Name, escalation.RecordingDecided(!until.IsZero()), wish.TaskKey()); err != nil {
			return err
		}
		if err := t.log(ctx, a.by, word, LogRecording, r.Unit, idText(r.Petition)); err != nil || told == nil {
			return err
		}
		return told(t, wish)
	})
}

// How long requests for one file by one person are one hearing: a player asks for a file in
// pieces, and may begin again at once.
const (
	playedFor = 10 * time.Minute // from the start
	piecesFor = 2 * time.Hour    // for a later part: the longest call that a file holds, with rests
)

// Played notes a hearing of a file, unless the same person's was noted a moment ago; part:
// it is a later part that was asked for, of a hearing that has begun.
func (a Authored) Played(ctx context.Context, file int64, code string, part bool) error {
	since := playedFor
	if part {
		since = piecesFor
	}
	return a.s.inTx(ctx, func(t *tx) error {
		var lately bool
		err := t.c.get(ctx, &lately, `SELECT EXISTS (SELECT 1 FROM change_log WHERE what = ? AND ref = ? AND action = 'play' AND actor = ? AND at > ?)`,
			LogAttachment, idText(file), wire(authorOf(a.by)), micros(t.domain.Add(-since)))
		if err != nil || lately {
			return err
		}
		return t.log(ctx, a.by, "play", LogAttachment, code, idText(file))
	})
}

// RecordingRequests lists the wishes about a petition, the newest first.
func (s *Store) RecordingRequests(ctx context.Context, petition int64) ([]RecordingRequest, error) {
	var rows []recordingRow
	err := s.reader().all(ctx, &rows, `SELECT id, petition_id, unit, reason, asked_by, contact_id, asked_at, decided_at, decided_by, expires_at
		FROM recording_request WHERE petition_id = ? ORDER BY id DESC LIMIT 50`, petition)
	list := make([]RecordingRequest, len(rows))
	for i, r := range rows {
		list[i] = RecordingRequest{r.ID, r.Petition, r.Unit, r.Reason, r.By, r.Contact, instant(r.AskedAt), instant(r.DecidedAt), r.DecidedBy, instant(r.Expires)}
	}
	return list, wrapList(err, "wishes to hear a recording")
}
