package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Answered is an answer kept for a repeated request.
type Answered struct {
	Hash   string // of the request
	Status int    // 0: the first request is still being worked on
	Body   []byte
	// Changed: the request has changed something; with Status 0 whoever worked on it
	// may have died between the change and the answer.
	Changed  bool
	Petition string  // code of the one that it changed; empty: none
	Made     []int64 // ids of the other things that it made or changed, in their order
}

// answersFor is how long an answer is kept (DESIGN §9).
const answersFor = 24 * time.Hour

// abandonedAfter is when a request that began and gave no answer may be made again.
const abandonedAfter = time.Minute

// BeginIdempotent claims the key for a request. fresh is true for the first one,
// who must end with EndIdempotent; otherwise before is what is known of it.
func (s *Store) BeginIdempotent(ctx context.Context, key, hash string) (before Answered, fresh bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `INSERT INTO idempotency (key, hash, status, created_real) VALUES (?, ?, 0, ?)
			ON CONFLICT (key) DO UPDATE SET hash = excluded.hash, status = 0, body = NULL, petition_id = 0, changed = 0, made = '', created_real = excluded.created_real
			WHERE idempotency.created_real < ? OR idempotency.status = 0 AND idempotency.petition_id = 0 AND idempotency.changed = 0 AND idempotency.created_real < ?`, wire(key), hash,
			micros(t.machine), micros(t.machine.Add(-answersFor)), micros(t.machine.Add(-abandonedAfter)))
		if err != nil {
			return err
		}
		if fresh = n == 1; fresh {
			return nil
		}
		var row struct {
			Hash     string `db:"hash"`
			Status   int    `db:"status"`
			Body     []byte `db:"body"`
			Changed  bool   `db:"changed"`
			Petition string `db:"code"`
			Made     string `db:"made"`
		}
		err = t.c.get(ctx, &row, `SELECT i.hash, i.status, i.body, i.changed <> 0 OR i.petition_id <> 0 AS changed, COALESCE(p.code, '') AS code, i.made
			FROM idempotency i LEFT JOIN petition p ON p.id = i.petition_id WHERE i.key = ?`, wire(key))
		if err != nil {
			return err
		}
		before = Answered{Hash: row.Hash, Status: row.Status, Body: row.Body, Changed: row.Changed, Petition: row.Petition}
		before.Made, err = numbersIn(row.Made)
		return err
	})
	if err != nil {
		return Answered{}, false, fmt.Errorf("look up an idempotency key: %w", err)
	}
	return before, fresh, nil
}

type requestKey struct{}

// UnderKey is a context whose transactions note with the key that they changed
// something, and what.
func UnderKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, requestKey{}, wire(key))
}

// noted is what a transaction has changed, for the key that it runs under.
type noted struct {
	changed  bool
	petition int64 // the first one
	made     []int64
}

// note says that the transaction changes something; made are the ids of what an answer
// tells of.
func (t *tx) note(made ...int64) {
	t.noted.changed = true
	t.noted.made = append(t.noted.made, made...)
}

// notePetition says that the transaction changes the petition.
func (t *tx) notePetition(id int64) {
	if t.note(); t.noted.petition == 0 {
		t.noted.petition = id
	}
}

// noteRequest writes what was changed beside the key that the transaction runs under,
// as the last thing before the commit.
func (t *tx) noteRequest(ctx context.Context) error {
	key, ok := ctx.Value(requestKey{}).(string)
	if !ok || !t.noted.changed {
		return nil
	}
	_, err := t.c.exec(ctx, `UPDATE idempotency SET changed = 1, petition_id = ?, made = ? WHERE key = ?`, t.noted.petition, numbersOf(t.noted.made), key)
	if err != nil {
		return fmt.Errorf("note what a request changed: %w", err)
	}
	return nil
}

// numbersOf writes ids as one text, numbersIn reads it.
func numbersOf(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = idText(id)
	}
	return strings.Join(texts, " ")
}

func numbersIn(text string) ([]int64, error) {
	var ids []int64
	for word := range strings.FieldsSeq(text) {
		id, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("ids that a request made: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// EndIdempotent keeps the answer; a status of 0 forgets the key, so that the
// request may be made again, unless it changed something after all: a commit whose
// answer was lost.
func (s *Store) EndIdempotent(ctx context.Context, key string, status int, body []byte) error {
	var err error
	if status == 0 {
		_, err = s.writer().exec(ctx, `DELETE FROM idempotency WHERE key = ? AND petition_id = 0 AND changed = 0`, wire(key))
	} else {
		_, err = s.writer().exec(ctx, `UPDATE idempotency SET status = ?, body = ? WHERE key = ?`, status, body, wire(key))
	}
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// Setting reads a named setting (a calendar, a policy) and its version, 0 when
// it was never saved.
func (s *Store) Setting(ctx context.Context, name string) (value string, version int64, err error) {
	var row struct {
		Value   string `db:"value"`
		Version int64  `db:"version"`
	}
	err = s.reader().get(ctx, &row, `SELECT value, version FROM setting WHERE name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, nil
	}
	return row.Value, row.Version, err
}

// SaveSetting writes a setting over the version seen, 0 for a new one; another
// version in between is *escalation.Problem Stale.
func (s *Store) SaveSetting(ctx context.Context, name, value string, seen int64, by string) error {
	return s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `INSERT INTO setting (name, value, version, changed_by, changed_at) VALUES (?, ?, 1, ?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = setting.version + 1, changed_by = excluded.changed_by,
				changed_at = excluded.changed_at
			WHERE setting.version = ?`, name, value, wire(by), micros(t.domain), seen)
		if err != nil {
			return fmt.Errorf("save setting %s: %w", name, err)
		}
		if n == 0 {
			return stale()
		}
		return nil
	})
}

// Prune deletes what only helps for a while, by the machine's time: answers older
// than a day and the probe's rounds, sessions that are over, dead nodes, and receipts, events
// for other programs that were delivered or given up, and what sent mails enclosed older than
// keep. An event that was on its way to the queue when its receiver was disabled goes at once.
// It returns how many receipts went that never met their message.
func (s *Store) Prune(ctx context.Context, keep time.Duration) (unmet int64, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		old := micros(t.machine.Add(-keep))
		if unmet, err = t.c.exec(ctx, `DELETE FROM receipt WHERE created_real < ? AND message_id = 0`, old); err != nil {
			return err
		}
		for _, d := range []struct {
			statement string
			before    int64
		}{
			{`DELETE FROM receipt WHERE created_real < ?`, old},
			{`DELETE FROM idempotency WHERE created_real < ?`, micros(t.machine.Add(-answersFor))},
			{`DELETE FROM upload WHERE created_real < ?`, micros(t.machine.Add(-uploadsFor))},
			{`DELETE FROM session WHERE expires_real < ?`, micros(t.machine)},
			{`DELETE FROM passcode WHERE created_real < ?`, micros(t.machine.Add(-answersFor))},
			{`DELETE FROM miss WHERE created_real < ?`, micros(t.machine.Add(-answersFor))},
			{`DELETE FROM device WHERE expires_real < ?`, micros(t.machine)},
			{`DELETE FROM webhook_delivery WHERE done_real < ? AND (state <> 'queued' OR webhook_id IN (SELECT id FROM webhook WHERE disabled = 1))`, old},
			{`DELETE FROM enclosure WHERE message_id IN (SELECT e.message_id FROM enclosure e JOIN message m ON m.id = e.message_id
				WHERE m.created_real < ? AND m.state NOT IN ('queued', 'sending', 'unknown'))`, old},
			{`DELETE FROM probe WHERE sent_real < ?`, micros(t.machine.Add(-answersFor))},
			{`DELETE FROM heartbeat WHERE beat_real < ?`, micros(t.machine.Add(-time.Hour))},
		} {
			if _, err := t.c.exec(ctx, d.statement, d.before); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	return unmet, nil
}
