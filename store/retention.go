package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// What is too old is erased in pages, each a transaction of its own that notes how far
// it came: a run that is stopped goes on there, and two runs at once only do a page
// twice, which erases nothing more.

// Kinds of records that are gone through; also the names of their cursors.
const (
	RetainCitizen   = "citizen"
	RetainDocument  = "document"
	RetainMessage   = "message"
	RetainInbound   = "inbound"
	RetainPart      = "inbound_part"
	RetainRecording = "recording"
	RetainAudit     = "audit"
	RetainDraft     = "draft"
)

// place is how far a kind was gone through.
type place struct {
	At int64 `db:"at"`
	ID int64 `db:"id"`
}

func placeOf(ctx context.Context, c conn, kind string) (p place, err error) {
	err = c.get(ctx, &p, `SELECT at, id FROM retention WHERE kind = ?`, kind)
	if errors.Is(err, sql.ErrNoRows) {
		return place{}, nil
	}
	if err != nil {
		return place{}, fmt.Errorf("how far the deletion of %s came: %w", kind, err)
	}
	return p, nil
}

// reached notes how far a kind was gone through and how many records were erased. It
// never goes back.
func (t *tx) reached(ctx context.Context, kind string, p place, erased int) error {
	_, err := t.c.exec(ctx, `INSERT INTO retention (kind, at, id, erased) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET at = excluded.at, id = excluded.id, erased = retention.erased + excluded.erased
		WHERE (retention.at, retention.id) <= (excluded.at, excluded.id)`, kind, p.At, p.ID, erased)
	if err != nil {
		return fmt.Errorf("note how far the deletion of %s came: %w", kind, err)
	}
	return nil
}

// Outlived is a petition whose time is over.
type Outlived struct {
	ID       int64
	Code     string
	ClosedAt time.Time
}

type outlivedRow struct {
	ID       int64  `db:"id"`
	Code     string `db:"code"`
	ClosedAt int64  `db:"closed_at"`
}

func outlived(rows []outlivedRow) []Outlived {
	list := make([]Outlived, len(rows))
	for i, r := range rows {
		list[i] = Outlived{r.ID, r.Code, instant(r.ClosedAt)}
	}
	return list
}

// Outlived lists the next petitions of a kind (RetainCitizen, RetainDocument) that ended
// before the instant and were not gone through yet, oldest end first. A denunciation
// keeps its citizen as long as its document: the authority may still ask.
func (s *Store) Outlived(ctx context.Context, kind string, before time.Time, limit int) ([]Outlived, error) {
	from, err := placeOf(ctx, s.reader(), kind)
	if err != nil {
		return nil, err
	}
	w := where{}
	w.and("ended = 1")
	w.and("closed_at > 0")
	w.and("closed_at < ?", micros(before))
	w.and("(closed_at, id) > (?, ?)", from.At, from.ID)
	w.andIf(kind == RetainCitizen, "denunciation = 0")
	var rows []outlivedRow
	err = s.reader().all(ctx, &rows, `SELECT id, code, closed_at FROM petition`+w.String()+` ORDER BY closed_at, id LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("find petitions whose time is over: %w", err)
	}
	return outlived(rows), nil
}

// WentThrough notes that everything of the kind up to the petition is done.
func (s *Store) WentThrough(ctx context.Context, kind string, p Outlived) error {
	return s.inTx(ctx, func(t *tx) error { return t.reached(ctx, kind, place{micros(p.ClosedAt), p.ID}, 1) })
}

// HoldBack notes that everything of the kind up to the petition is done but itself, which
// is still needed: HeldBack lists it from now on.
func (s *Store) HoldBack(ctx context.Context, kind string, p Outlived) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.c.exec(ctx, `INSERT INTO retention_held (kind, petition_id) VALUES (?, ?) ON CONFLICT (kind, petition_id) DO NOTHING`, kind, p.ID)
		if err != nil {
			return fmt.Errorf("hold %s back: %w", p.Code, err)
		}
		return t.reached(ctx, kind, place{micros(p.ClosedAt), p.ID}, 0)
	})
}

// HeldBack lists the next petitions of a kind, after one with an id, that were held back
// and ended before the instant: one that was opened again has its time anew.
func (s *Store) HeldBack(ctx context.Context, kind string, before time.Time, after int64, limit int) ([]Outlived, error) {
	var rows []outlivedRow
	err := s.reader().all(ctx, &rows, `SELECT p.id, p.code, p.closed_at FROM retention_held h JOIN petition p ON p.id = h.petition_id
		WHERE h.kind = ? AND h.petition_id > ? AND p.ended = 1 AND p.closed_at > 0 AND p.closed_at < ? ORDER BY h.petition_id LIMIT ?`, kind, after, micros(before), limit)
	return outlived(rows), wrapList(err, "petitions held back from the deletion")
}

// WentThroughHeld notes that one that was held back is done.
func (s *Store) WentThroughHeld(ctx context.Context, kind string, p Outlived) error {
	return s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `DELETE FROM retention_held WHERE kind = ? AND petition_id = ?`, kind, p.ID)
		if err != nil {
			return fmt.Errorf("hold %s back no more: %w", p.Code, err)
		}
		if _, err := t.c.exec(ctx, `UPDATE retention SET erased = erased + ? WHERE kind = ?`, n, kind); err != nil {
			return fmt.Errorf("count what was erased: %w", err)
		}
		return nil
	})
}

// Erased counts the records erased so far, by kind.
func (s *Store) Erased(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		Kind   string `db:"kind"`
		Erased int    `db:"erased"`
	}
	if err := s.reader().all(ctx, &rows, `SELECT kind, erased FROM retention`); err != nil {
		return nil, fmt.Errorf("count what was erased: %w", err)
	}
	counts := make(map[string]int, len(rows))
	for _, r := range rows {
		counts[r.Kind] = r.Erased
	}
	return counts, nil
}

// What emptying a row means, whoever empties it: numbers and words go. The key of a text to
// a bare number has the number.
const (
	emptyMessage = `phone = '', email = '', text = '', vars = '{}', key = CASE WHEN key LIKE '%/phone:%' THEN 'emptied/' || id ELSE key END`
	emptyInbound = `phone = '', text = '', hash = '', error = ''`
	emptyPart    = `phone = '', from_raw = '', raw = NULL, text = ''`
)

// aged is a table whose rows are emptied when they are old, and stay to be counted.
type aged struct {
	kind, table, at string
	over            string // what a row must be before it is emptied
	empty           string // what emptying it means
	blank           string // that it is empty
}

var agedTables = []aged{
	{RetainMessage, "message", "at", `state NOT IN ('queued', 'sending', 'unknown')`, emptyMessage, `phone = '' AND email = '' AND text = '' AND vars = '{}'`},
	{RetainInbound, "inbox", "read_at", `(applied_at <> 0 OR attempts > 20)`, emptyInbound, `phone = '' AND text = '' AND hash = '' AND error = ''`},
	{RetainPart, "inbox_part", "read_at", `inbox_id <> 0`, emptyPart, `phone = '' AND from_raw = '' AND raw IS NULL AND text = ''`},
}

// Emptied is what one page of old rows came to.
type Emptied struct {
	Rows  int   // emptied
	After int64 // the last row that was looked at: where the next page begins
	More  bool  // there may be another page
}

// EmptyOld empties the next rows of the kind (RetainMessage, RetainInbound, RetainPart)
// that are older than the instant: numbers and words go, the row stays. It looks at up
// to limit rows in the order in which they came, after the row that the page before
// ended with; 0 for where the runs before came. A row that is not over yet keeps the
// later runs from starting behind it, and stops none.
func (s *Store) EmptyOld(ctx context.Context, kind string, before time.Time, after int64, limit int) (page Emptied, err error) {
	for _, table := range agedTables {
		if table.kind == kind {
			err = s.inTx(ctx, func(t *tx) error {
				page, err = t.emptyOld(ctx, table, before, after, limit)
				return err
			})
			return page, err
		}
	}
	return Emptied{}, fmt.Errorf("retention: no records are called %.20q", kind)
}

func (t *tx) emptyOld(ctx context.Context, a aged, before time.Time, after int64, limit int) (Emptied, error) {
	reached, err := placeOf(ctx, t.c, a.kind)
	if err != nil {
		return Emptied{}, err
	}
	page := Emptied{After: max(after, reached.ID)}
	stuck := page.After > reached.ID // behind a row that is not over
	var rows []struct {
		ID    int64 `db:"id"`
		At    int64 `db:"at"`
		Over  bool  `db:"over"`
		Blank bool  `db:"blank"`
	}
	err = t.c.all(ctx, &rows, `SELECT id, `+a.at+` AS at, CASE WHEN `+a.over+` THEN 1 ELSE 0 END AS over, CASE WHEN `+a.blank+` THEN 1 ELSE 0 END AS blank
		FROM `+a.table+` WHERE id > ? ORDER BY id LIMIT ?`, page.After, limit)
	if err != nil {
		return Emptied{}, fmt.Errorf("find old rows of %s: %w", a.table, err)
	}
	page.More = len(rows) == limit
	var ids []int64
	for _, r := range rows {
		if r.At >= micros(before) {
			page.More = false
			break
		}
		page.After = r.ID
		stuck = stuck || !r.Over
		if !stuck {
			reached.ID = r.ID
		}
		if r.Over && !r.Blank {
			ids = append(ids, r.ID)
		}
	}
	if page.Rows = len(ids); page.Rows > 0 {
		if _, err := t.c.execIn(ctx, `UPDATE `+a.table+` SET `+a.empty+` WHERE id IN (?) AND `+a.over, ids); err != nil {
			return Emptied{}, fmt.Errorf("empty old rows of %s: %w", a.table, err)
		}
		if a.kind == RetainInbound {
			if err := t.endAsides(ctx, `id IN (?)`, ids); err != nil {
				return Emptied{}, err
			}
		}
	}
	return page, t.reached(ctx, a.kind, reached, page.Rows)
}

// OldRecordings lists recordings of petitions that have ended, added before the instant.
func (s *Store) OldRecordings(ctx context.Context, before time.Time, limit int) ([]Attachment, error) {
	var rows []attachmentRow
	err := s.reader().all(ctx, &rows, `SELECT `+attachmentColumns+` FROM attachment a
		WHERE stage = 'recording' AND added_at < ? AND EXISTS (SELECT 1 FROM petition p WHERE p.id = a.petition_id AND p.ended = 1)
		ORDER BY added_at LIMIT ?`, micros(before), limit)
	list := make([]Attachment, len(rows))
	for i, r := range rows {
		list[i] = r.attachment()
	}
	return list, wrapList(err, "old recordings")
}

// DropAttachment forgets a file. Its bytes go on the list of those to be removed, which
// spares what another petition has or adds meanwhile (RemoveErased).
func (s *Store) DropAttachment(ctx context.Context, a Attachment) error {
	return s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `DELETE FROM attachment WHERE id = ?`, a.ID)
		if err != nil {
			return fmt.Errorf("drop file %d: %w", a.ID, err)
		}
		if n == 0 {
			return nil
		}
		if _, err := t.c.exec(ctx, `INSERT INTO erased_file (sha256, erased_real) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING`, a.SHA256, micros(t.machine)); err != nil {
			return fmt.Errorf("drop file %d: %w", a.ID, err)
		}
		return t.dropped(ctx, RetainRecording, int(n))
	})
}

// DropOldDrafts deletes up to limit finished tasks about texts that nobody was known for
// (escalation.StrangerTasks) and that are older than the instant: they go with those texts.
func (s *Store) DropOldDrafts(ctx context.Context, before time.Time, limit int) (dropped int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `DELETE FROM task WHERE id IN (SELECT id FROM task WHERE `+strangersTasks+` AND done_at <> 0 AND done_at < ? ORDER BY id LIMIT ?)`, micros(before), limit)
		if dropped = int(n); err != nil || n == 0 {
			return err
		}
		return t.dropped(ctx, RetainDraft, dropped)
	})
	if err != nil {
		return 0, fmt.Errorf("drop old drafts: %w", err)
	}
	return dropped, nil
}

// pastPrefix is the first text behind all that begin with the prefix, of whose last octet
// the next one is a text: an index finds what lies between.
func pastPrefix(prefix string) string {
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}

// DropOldLog deletes up to limit lines of the change log, and as many answered requests
// about personal data, that are older than the instant.
func (s *Store) DropOldLog(ctx context.Context, before time.Time, limit int) (dropped int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		dropped = 0
		for _, statement := range []string{
			`DELETE FROM change_log WHERE id IN (SELECT id FROM change_log WHERE at < ? ORDER BY id LIMIT ?)`,
			`DELETE FROM personal_request WHERE id IN (SELECT id FROM personal_request WHERE done_at <> 0 AND done_at < ? ORDER BY id LIMIT ?)`,
		} {
			n, err := t.c.exec(ctx, statement, micros(before), limit)
			if err != nil {
				return fmt.Errorf("drop the old log: %w", err)
			}
			dropped += int(n)
		}
		if dropped == 0 {
			return nil
		}
		return t.dropped(ctx, RetainAudit, dropped)
	})
	return dropped, err
}

// dropped counts records that are deleted whole: they need no cursor.
func (t *tx) dropped(ctx context.Context, kind string, n int) error {
	return t.reached(ctx, kind, place{}, n)
}
