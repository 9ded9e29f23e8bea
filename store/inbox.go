package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
)

// Receive stores one deliver_sm and returns after the commit. Parts that come
// together are committed together. A single text, and a long one whose last part
// this is, is joined in the same transaction.
func (s *Store) Receive(ctx context.Context, part escalation.Part) error {
	if err := s.parts.do(ctx, part); err != nil {
		return fmt.Errorf("store a text of %s: %w", part.SMSC, err)
	}
	return nil
}

// sender is a number as the directory has it: 84…, +84… and 0… are one. A name
// or a short code stays as it came.
func sender(from string) string {
	from = wire(strings.TrimSpace(from))
	digits := strings.TrimPrefix(from, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return from
	}
	switch {
	case strings.HasPrefix(digits, "84") && len(digits) >= 11:
		return "+" + digits
	case strings.HasPrefix(digits, "0") && len(digits) >= 10 && from == digits:
		return "+84" + digits[1:]
	}
	return from
}

// textHash is how a redelivered text is known again.
func textHash(to, text string) string {
	sum := sha256.Sum256([]byte(to + "\x00" + text))
	return hex.EncodeToString(sum[:])
}

// receiveAll is one commit of parts.
func (s *Store) receiveAll(ctx context.Context, parts []escalation.Part) error {
	return s.inTx(ctx, func(t *tx) error {
		var rows [][]any
		long := map[partKey]bool{}
		for _, p := range parts {
			row := storedPart{Phone: sender(p.From), To: wire(p.To), Text: wire(p.Text), ReadAt: micros(p.ReadAt), Ref: p.Ref,
				RefWidth: p.RefWidth, Seq: p.Seq, Total: p.Total, SMSC: wire(p.SMSC)}
			var inbox int64
			var err error
			if p.Total <= 1 {
				if inbox, err = t.addText(ctx, []storedPart{row}, false); err != nil {
					return err
				}
			} else if inbox, err = t.joinedBefore(ctx, row); err != nil {
				return err
			} else if inbox == 0 {
				long[row.key()] = true
			}
			rows = append(rows, []any{row.SMSC, wire(p.From), row.To, row.Phone, int64(p.ESMClass), int64(p.DataCoding), p.Raw, p.Ref,
				p.RefWidth, p.Seq, p.Total, row.Text, row.ReadAt, micros(t.machine), inbox})
		}
		_, err := t.c.insert(ctx, `INSERT INTO inbox_part (smsc, from_raw, to_raw, phone, esm_class, data_coding, raw, ref, ref_width, seq, total, text, read_at, stored_real, inbox_id)`, "", rows)
		if err != nil {
			return err
		}
		if len(long) > 0 {
			if err := t.join(ctx, long, time.Time{}); err != nil {
				return err
			}
		}
		return t.stopAt(ctx, t.domain)
	})
}

// redeliveryWindow is how long a part that comes again, octet by octet, belongs to
// the text that the first copy became, and one that comes late to what became of the others.
const redeliveryWindow = 10 * time.Minute

// joinedBefore is the text that the same part went into a short while ago, 0
// when there is none: an SMSC that missed our answer sends single parts again.
func (t *tx) joinedBefore(ctx context.Context, p storedPart) (int64, error) {
	var id int64
	err := t.c.get(ctx, &id, `SELECT COALESCE(MAX(inbox_id), 0) FROM inbox_part
		WHERE phone = ? AND to_raw = ? AND ref = ? AND ref_width = ? AND total = ? AND seq = ? AND text = ? AND inbox_id <> 0 AND total > 1 AND stored_real > ?`,
		p.Phone, p.To, p.Ref, p.RefWidth, p.Total, p.Seq, p.Text, micros(t.machine.Add(-redeliveryWindow)))
	if err != nil {
		return 0, fmt.Errorf("look for a part's first copy: %w", err)
	}
	return id, nil
}

// partKey is what the parts of one long text have in common.
type partKey struct {
	phone, to            string
	ref, refWidth, total int
}

type storedPart struct {
	ID       int64  `db:"id"`
	SMSC     string `db:"smsc"`
	Phone    string `db:"phone"`
	To       string `db:"to_raw"`
	Ref      int    `db:"ref"`
	RefWidth int    `db:"ref_width"`
	Seq      int    `db:"seq"`
	Total    int    `db:"total"`
	Text     string `db:"text"`
	ReadAt   int64  `db:"read_at"`
	Stored   int64  `db:"stored_real"`
}

func (p storedPart) key() partKey { return partKey{p.Phone, p.To, p.Ref, p.RefWidth, p.Total} }

// addText makes one whole text of parts in their order, read when the last was.
func (t *tx) addText(ctx context.Context, parts []storedPart, incomplete bool) (int64, error) {
	var text strings.Builder
	var read int64
	for _, p := range parts {
		text.WriteString(p.Text)
		read = max(read, p.ReadAt)
	}
	var id int64
	err := t.c.get(ctx, &id, `INSERT INTO inbox (phone, to_raw, text, hash, read_at, incomplete) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		parts[0].Phone, parts[0].To, text.String(), textHash(parts[0].To, text.String()), read, flag(incomplete))
	if err != nil {
		return 0, fmt.Errorf("store a text: %w", err)
	}
	return id, nil
}

// join makes texts of the loose parts: complete ones, and where old is set those
// whose first part was stored at or before it. Only the keys given are looked
// at; nil means all.
func (t *tx) join(ctx context.Context, keys map[partKey]bool, old time.Time) error {
	query, args := `SELECT id, smsc, phone, to_raw, ref, ref_width, seq, total, text, read_at, stored_real FROM inbox_part WHERE inbox_id = 0`, []any(nil)
	if keys != nil {
		var phones []string
		for k := range keys {
			phones = append(phones, k.phone)
		}
		query, args = query+` AND phone IN (?)`, append(args, phones)
	}
	var loose []storedPart
	if err := t.c.in(ctx, &loose, query+` ORDER BY id`+t.s.d.forUpdate, args...); err != nil {
		return fmt.Errorf("read loose parts: %w", err)
	}
	groups := make(map[partKey][]storedPart)
	var order []partKey
	for _, p := range loose {
		if keys != nil && !keys[p.key()] {
			continue
		}
		if groups[p.key()] == nil {
			order = append(order, p.key())
		}
		groups[p.key()] = append(groups[p.key()], p)
	}
	for _, key := range order {
		for _, set := range apart(groups[key]) {
			if err := t.joinOne(ctx, set, key.total, old); err != nil {
				return err
			}
		}
	}
	return nil
}

// joinOne makes a text of a set that is whole, or whose time has come.
func (t *tx) joinOne(ctx context.Context, set *partSet, total int, old time.Time) error {
	whole := set.whole(total)
	if !whole && (old.IsZero() || set.since > micros(old)) {
		return nil
	}
	id, err := t.addText(ctx, set.parts, !whole)
	if err != nil {
		return err
	}
	if _, err := t.c.execIn(ctx, `UPDATE inbox_part SET inbox_id = ? WHERE id IN (?)`, id, set.ids); err != nil {
		return fmt.Errorf("join the parts of inbound text %d: %w", id, err)
	}
	return nil
}

// Ready joins what can be joined and lists the oldest unapplied text of each
// phone, oldest first. A text that failed waits a moment longer each time, and
// its sender's later texts wait with it, until it is put aside; of those some come last.
func (s *Store) Ready(ctx context.Context, patience time.Duration, limit int) ([]int64, error) {
	machine, err := s.clock.now(ctx, s.reader())
	if err != nil {
		return nil, err
	}
	var loose bool
	if err := s.reader().get(ctx, &loose, `SELECT EXISTS (SELECT 1 FROM inbox_part WHERE inbox_id = 0)`); err != nil {
		return nil, fmt.Errorf("look for loose parts: %w", err)
	}
	if loose {
		err := s.inTx(ctx, func(t *tx) error { return t.join(ctx, nil, t.machine.Add(-patience)) })
		if err != nil {
			return nil, err
		}
	}
	var ids []int64
	err = s.reader().all(ctx, &ids, `
		SELECT id FROM (
			SELECT id, read_at, retry_real, ROW_NUMBER() OVER (PARTITION BY phone ORDER BY read_at, id) AS place
			FROM inbox
			WHERE `+inOrder+`
		) AS first
		WHERE place = 1 AND retry_real <= ?
		ORDER BY read_at, id
		LIMIT ?`, micros(machine), limit)
	if err != nil {
		return nil, wrapList(err, "unapplied texts")
	}
	aside, err := s.asides(ctx, machine)
	return append(ids, aside...), err
}

// Failed counts a failed attempt to apply a text, which waits the longer the more there were
// (retryAt) and is put aside when there were too many. Workers that tried it at once have
// made one attempt together.
func (s *Store) Failed(ctx context.Context, id int64, why string) error {
	return s.inTx(ctx, func(t *tx) error {
		in, err := t.Inbound(ctx, id)
		if err != nil || in.Applied {
			return err
		}
		n, err := t.c.exec(ctx, `UPDATE inbox SET attempts = attempts + 1, error = ?, retry_real = ? WHERE id = ? AND retry_real <= ?`,
			wire(why), micros(retryAt(in.Attempts, t.machine)), id, micros(t.machine))
		if err != nil {
			return fmt.Errorf("count a failure of inbound text %d: %w", id, err)
		}
		if n == 0 || in.Attempts < passedOver {
			return nil
		}
		return t.putAside(ctx, in)
	})
}

// InboundView is a received text as lists show it.
type InboundView struct {
	escalation.Inbound
	AppliedAt time.Time
	Outcome   string
	Error     string
}

// InboundFilter narrows a list of received texts; empty fields do not.
type InboundFilter struct {
	Phone     string
	Unapplied bool
	Cursor    string
	Limit     int
}

// Inbounds lists received texts, newest first.
func (s *Store) Inbounds(ctx context.Context, f InboundFilter) (Page[InboundView], error) {
	after, limit, err := paging(f.Cursor, f.Limit)
	if err != nil {
		return Page[InboundView]{}, err
	}
	w := where{}
	w.and("id < ?", after)
	w.andIf(f.Phone != "", "phone = ?", f.Phone)
	w.andIf(f.Unapplied, "applied_at = 0")
	var rows []inboundRow
	err = s.reader().all(ctx, &rows, `SELECT `+inboundColumns+` FROM inbox`+w.String()+` ORDER BY id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[InboundView]{}, fmt.Errorf("list received texts: %w", err)
	}
	views := make([]InboundView, len(rows))
	for i, r := range rows {
		views[i] = InboundView{Inbound: r.inbound(), AppliedAt: instant(r.AppliedAt), Outcome: r.Outcome, Error: r.Error}
	}
	return paged(views, limit, func(v InboundView) int64 { return v.ID }), nil
}
