package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"notify1022/escalation"
)

// LogSending and LogGateway are the change log's words for a sending and for the
// sending of all texts.
const (
	LogSending = "sending"
	LogGateway = "gateway"
)

// The states of a sending.
const (
	SendingRuns      = "running"
	SendingPaused    = "paused"
	SendingCancelled = "cancelled"
)

// SendingView is a text that somebody sent to many.
type SendingView struct {
	ID        int64
	Title     string
	By        string
	At        time.Time
	State     string
	Counts    map[escalation.MessageState]int
	Remaining int
	Segments  int // of those that went out
}

// never is when a paused text is tried again: after the end of four-digit years.
const never = 253_402_300_799_000_000

// StartSending queues the notices as one sending, all or nothing. The same notices again
// are the same sending: a form that was sent twice.
func (a Authored) StartSending(ctx context.Context, title string, notices []escalation.Notice) (id int64, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		var err error
		if id, err = sendingOf(ctx, t.c, notices[0]); err != nil || id != 0 {
			return err
		}
		ids := make([]int64, len(notices))
		if err := t.insertMessages(ctx, notices, ids, a.by); err != nil {
			return err
		}
		err = t.c.get(ctx, &id, `INSERT INTO sending (title, created_by, created_at, state) VALUES (?, ?, ?, 'running') RETURNING id`,
			wire(title), wire(a.by.Name), micros(t.domain))
		if err != nil {
			return fmt.Errorf("start a sending: %w", err)
		}
		rows := make([][]any, len(ids))
		for i, message := range ids {
			rows[i] = []any{message, id}
		}
		if _, err := t.c.insert(ctx, `INSERT INTO sending_message (message_id, sending_id)`, "", rows); err != nil {
			return fmt.Errorf("start a sending: %w", err)
		}
		return t.log(ctx, a.by, "send", LogSending, title, idText(id))
	})
	return id, err
}

// SendingOf is the sending that has queued the notice; 0: none has.
func (s *Store) SendingOf(ctx context.Context, n escalation.Notice) (int64, error) {
	return sendingOf(ctx, s.reader(), n)
}

func sendingOf(ctx context.Context, c conn, n escalation.Notice) (id int64, err error) {
	err = c.get(ctx, &id, `SELECT k.sending_id FROM message m JOIN sending_message k ON k.message_id = m.id WHERE m.key = ?`, wire(n.Key()))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, wrapList(err, "the sending of a notice")
}

// SendingWith is the sending that a message belongs to; 0: none.
func (s *Store) SendingWith(ctx context.Context, message int64) (id int64, err error) {
	err = s.reader().get(ctx, &id, `SELECT sending_id FROM sending_message WHERE message_id = ?`, message)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, wrapList(err, "the sending of a message")
}

// QueuedIn are the ids of a sending's messages, in the order of its recipients.
func (s *Store) QueuedIn(ctx context.Context, id int64) (ids []int64, err error) {
	err = s.reader().all(ctx, &ids, `SELECT message_id FROM sending_message WHERE sending_id = ? ORDER BY message_id`, id)
	return ids, wrapList(err, "messages of a sending")
}

type sendingRow struct {
	ID    int64  `db:"id"`
	Title string `db:"title"`
	By    string `db:"created_by"`
	At    int64  `db:"created_at"`
	State string `db:"state"`
}

func (r sendingRow) view() SendingView {
	return SendingView{ID: r.ID, Title: r.Title, By: r.By, At: instant(r.At), State: r.State, Counts: map[escalation.MessageState]int{}}
}

// Sending reads a sending with its counts; *escalation.Problem NotFound.
func (s *Store) Sending(ctx context.Context, id int64) (SendingView, error) {
	var row sendingRow
	err := s.reader().get(ctx, &row, `SELECT id, title, created_by, created_at, state FROM sending WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return SendingView{}, missing("id", "không có lần gửi này")
	}
	if err != nil {
		return SendingView{}, fmt.Errorf("read sending %d: %w", id, err)
	}
	list := []SendingView{row.view()}
	err = s.countSendings(ctx, list)
	return list[0], err
}

// SendingMessages is one page of a sending's messages in the order of its recipients;
// states narrow it, none do not.
func (s *Store) SendingMessages(ctx context.Context, id int64, states []escalation.MessageState, cursor string, limit int) (Page[MessageView], error) {
	after, limit, err := paging(cursor, limit)
	if err != nil {
		return Page[MessageView]{}, err
	}
	if cursor == "" {
		after = 0
	}
	w := where{}
	w.and("k.sending_id = ?", id)
	w.and("k.message_id > ?", after)
	names := make([]string, len(states))
	for i, state := range states {
		names[i] = string(state)
	}
	w.andIf(len(names) > 0, "m.state IN (?)", names)
	var rows []messageRow
	err = s.reader().in(ctx, &rows, `SELECT `+messageColumnList+` FROM sending_message k JOIN message m ON m.id = k.message_id`+w.String()+
		` ORDER BY k.message_id LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[MessageView]{}, fmt.Errorf("list messages of sending %d: %w", id, err)
	}
	views := make([]MessageView, len(rows))
	for i, r := range rows {
		views[i] = r.view()
	}
	return paged(views, limit, func(v MessageView) int64 { return v.ID }), nil
}

// countSendings fills in what became of the sendings' messages.
func (s *Store) countSendings(ctx context.Context, list []SendingView) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]int64, len(list)), map[int64]*SendingView{}
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	var counts []struct {
		Sending  int64                   `db:"sending_id"`
		State    escalation.MessageState `db:"state"`
		N        int                     `db:"n"`
		Segments int                     `db:"segments"`
	}
	err := s.reader().in(ctx, &counts, `SELECT k.sending_id, m.state, COUNT(*) AS n, CAST(SUM(CASE WHEN m.sent_at > 0 THEN m.segments ELSE 0 END) AS BIGINT) AS segments
		FROM sending_message k JOIN message m ON m.id = k.message_id WHERE k.sending_id IN (?) GROUP BY k.sending_id, m.state`, ids)
	for _, c := range counts {
		view := at[c.Sending]
		view.Counts[c.State] = c.N
		view.Segments += c.Segments
		if c.State == escalation.Queued || c.State == escalation.Sending || c.State == escalation.Unknown {
			view.Remaining += c.N
		}
	}
	return wrapList(err, "outcomes of sendings")
}

// RecentSendings lists the latest, with their counts.
func (s *Store) RecentSendings(ctx context.Context, limit int) ([]SendingView, error) {
	var rows []sendingRow
	if err := s.reader().all(ctx, &rows, `SELECT id, title, created_by, created_at, state FROM sending ORDER BY id DESC LIMIT ?`, limit); err != nil {
		return nil, fmt.Errorf("list sendings: %w", err)
	}
	list := make([]SendingView, len(rows))
	for i, r := range rows {
		list[i] = r.view()
	}
	return list, s.countSendings(ctx, list)
}

// PauseSending keeps back what has not gone out.
func (a Authored) PauseSending(ctx context.Context, id int64) error {
	return a.sending(ctx, id, SendingPaused, `UPDATE message SET waits = 2, retry_real = `+fmt.Sprint(int64(never))+` WHERE state IN ('queued', 'sending', 'unknown') AND id IN (SELECT message_id FROM sending_message WHERE sending_id = ?)`)
}

// ResumeSending lets a paused sending go on.
func (a Authored) ResumeSending(ctx context.Context, id int64) error {
	return a.sending(ctx, id, SendingRuns, `UPDATE message SET retry_real = 0 WHERE state IN ('queued', 'sending', 'unknown') AND retry_real = `+fmt.Sprint(int64(never))+` AND id IN (SELECT message_id FROM sending_message WHERE sending_id = ?)`)
}

// CancelSending drops what has not gone out.
func (a Authored) CancelSending(ctx context.Context, id int64) error {
	return a.sending(ctx, id, SendingCancelled, `UPDATE message SET pointless = 'cancelled', state = CASE WHEN state = 'queued' THEN 'suppressed' ELSE state END WHERE state IN ('queued', 'sending', 'unknown') AND id IN (SELECT message_id FROM sending_message WHERE sending_id = ?)`)
}

func (a Authored) sending(ctx context.Context, id int64, state, statement string) error {
	return a.s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `UPDATE sending SET state = ? WHERE id = ? AND state <> 'cancelled'`, state, id)
		switch {
		case err != nil:
			return fmt.Errorf("%s sending %d: %w", state, id, err)
		case n == 0:
			return missing("id", "không có lần gửi này, hoặc đã hủy")
		}
		change := t.c.exec
		if state == SendingCancelled {
			change = t.changeMessages
		}
		if _, err := change(ctx, statement, id); err != nil {
			return fmt.Errorf("%s sending %d: %w", state, id, err)
		}
		return t.log(ctx, a.by, state, LogSending, "", idText(id))
	})
}

// pauseCache keeps for a second whether the sending is stopped: a claim asks each time.
type pauseCache struct {
	mu     sync.Mutex
	at     time.Time
	paused bool
}

const (
	gatewaySetting = "gateway"
	pauseFor       = time.Second
)

// Paused reports whether an administrator has stopped the sending of all gateways.
func (s *Store) Paused(ctx context.Context) (bool, error) {
	s.pause.mu.Lock()
	defer s.pause.mu.Unlock()
	if !s.pause.at.IsZero() && time.Since(s.pause.at) < pauseFor {
		return s.pause.paused, nil
	}
	value, _, err := s.Setting(ctx, gatewaySetting)
	if err != nil {
		return false, err
	}
	s.pause.at, s.pause.paused = time.Now(), value == SendingPaused
	return s.pause.paused, nil
}

// SetPaused stops the sending of all gateways, or lets it go on: what is queued waits,
// what comes in is taken.
func (a Authored) SetPaused(ctx context.Context, paused bool) error {
	err := a.s.inTx(ctx, func(t *tx) error { return t.setPaused(ctx, a.by, paused) })
	a.s.forgetPause()
	return err
}

func (t *tx) setPaused(ctx context.Context, by escalation.Actor, paused bool) error {
	value, action := SendingRuns, "resume"
	if paused {
		value, action = SendingPaused, "pause"
	}
	_, err := t.c.exec(ctx, `INSERT INTO setting (name, value, version, changed_by, changed_at) VALUES (?, ?, 1, ?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = setting.version + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		gatewaySetting, value, wire(by.Name), micros(t.domain))
	if err != nil {
		return fmt.Errorf("%s the gateway: %w", action, err)
	}
	return t.log(ctx, by, action, LogGateway, "", "")
}

// forgetPause lets the next question whether the sending is stopped go to the database.
func (s *Store) forgetPause() {
	s.pause.mu.Lock()
	defer s.pause.mu.Unlock()
	s.pause.at = time.Time{}
}
