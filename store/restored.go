package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
)

// HoldRestored stops the sending of a database that was restored to an earlier instant, and
// goes past the codes of petitions and of replies that were given out in the stretch that was
// lost: those slips are on the handsets, and who answers one must not act on another petition.
// Done twice it goes on twice as far.
func (a Authored) HoldRestored(ctx context.Context) error {
	err := a.s.inTx(ctx, func(t *tx) error {
		if err := t.setPaused(ctx, a.by, true); err != nil {
			return err
		}
		return t.passLostNumbers(ctx)
	})
	a.s.forgetPause()
	return err
}

// codePassed is the SQL of a number of reply codes that lies a thousand ahead: more than one
// phone is given between two backups, and little of the lap, which it stays in (codeWalk).
func codePassed(n string) string {
	return strings.ReplaceAll(`CASE
		WHEN {n} < 1000 THEN 1999
		WHEN {n} < 10000 THEN 1000 + {n} % 9000
		WHEN {n} < 100000 THEN 1000 + {n} % 99000
		ELSE {n} + 1000 END`, "{n}", n)
}

// passLostNumbers moves each counter ahead of what may have been given out. Of days alone
// today's goes on: no petition is recorded under an earlier one.
func (t *tx) passLostNumbers(ctx context.Context) error {
	if _, err := t.c.exec(ctx, `UPDATE phone SET counter = `+codePassed("counter")+` WHERE counter > 0`); err != nil {
		return fmt.Errorf("pass the reply codes that were lost: %w", err)
	}
	_, err := t.c.exec(ctx, `INSERT INTO number (name, last) VALUES ('reply_code', 1999)
		ON CONFLICT (name) DO UPDATE SET last = `+codePassed("number.last"))
	if err != nil {
		return fmt.Errorf("pass the first reply codes that were lost: %w", err)
	}
	_, err = t.c.exec(ctx, `INSERT INTO number (name, last) VALUES ('petition', 1000), (?, 1000)
		ON CONFLICT (name) DO UPDATE SET last = number.last + 1000`, dayNumber(t.domain))
	if err != nil {
		return fmt.Errorf("pass the petition numbers that were lost: %w", err)
	}
	return nil
}

// MayHaveGone lists up to limit messages after an id, in the order of their ids, that
// were to go before the instant and of which it is not known that they did: after a
// restore to an earlier instant they may have gone in the stretch that was lost. What a
// rung or a periodic work has made anew since counts by when that was due; held says until
// when a notice of then had to wait (Policy.Held).
func (s *Store) MayHaveGone(ctx context.Context, before time.Time, held func(escalation.Notice) time.Time, after int64, limit int) (ids []int64, err error) {
	for len(ids) < limit {
		var rows []waiting
		err := s.reader().all(ctx, &rows, `SELECT m.id, m.template, m.class, m.lane, m.citizen_of, m.rung, m.at, m.not_before, COALESCE(g.due, 0) AS due
			FROM message m LEFT JOIN rung g ON g.petition_id = m.petition_id AND g.round = m.round AND g.name = m.rung
			WHERE m.state IN ('queued', 'sending', 'unknown') AND m.bundle_id = 0 AND m.id > ? ORDER BY m.id LIMIT ?`, after, limit)
		if err != nil {
			return nil, wrapList(err, "what may have gone out")
		}
		for _, r := range rows {
			if after = r.ID; len(ids) < limit && r.meant(held).Before(before) {
				ids = append(ids, r.ID)
			}
		}
		if len(rows) < limit {
			break
		}
	}
	return ids, nil
}

// waiting is a message without an outcome, and what it was made for.
type waiting struct {
	ID        int64               `db:"id"`
	Template  string              `db:"template"`
	Class     escalation.Class    `db:"class"`
	Lane      escalation.Lane     `db:"lane"`
	Citizen   int64               `db:"citizen_of"`
	Rung      escalation.RungName `db:"rung"`
	At        int64               `db:"at"`
	NotBefore int64               `db:"not_before"`
	Due       int64               `db:"due"` // of its rung; 0: it has none
}

// meant is when the message was to go at the latest, when first it was made.
func (r waiting) meant(held func(escalation.Notice) time.Time) time.Time {
	at, due := instant(max(r.At, r.NotBefore)), r.Rung.Period()
	if r.Due != 0 {
		due = instant(r.Due)
	}
	if due.IsZero() || !due.Before(at) {
		return at
	}
	wait := held(escalation.Notice{Template: r.Template, Class: r.Class, Lane: r.Lane, To: escalation.Recipient{Citizen: r.Citizen}, At: due})
	if wait.After(due) {
		return wait
	}
	return due
}

// WithoutOutcome are those of the messages that TakeAsSent would settle.
func (s *Store) WithoutOutcome(ctx context.Context, ids []int64) ([]int64, error) {
	return withoutOutcome(ctx, s.reader(), ids, "")
}

func withoutOutcome(ctx context.Context, c conn, ids []int64, lock string) (found []int64, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = c.in(ctx, &found, `SELECT id FROM message
		WHERE id IN (?) AND state IN ('queued', 'sending', 'unknown') AND bundle_id = 0 ORDER BY id`+lock, ids)
	return found, wrapList(err, "messages without an outcome")
}

// TakeAsSent settles those of the messages that have no outcome as sent and over: they
// are not sent again, and that no receipt comes passes nothing on to anybody. It returns
// which they were; each has a line in the change log.
func (a Authored) TakeAsSent(ctx context.Context, ids []int64) (taken []int64, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		taken, err = t.takeAsSent(ctx, ids)
		if err != nil || len(taken) == 0 {
			return err
		}
		refs := make([]string, len(taken))
		for i, id := range taken {
			refs[i] = idText(id)
		}
		return t.log(ctx, a.by, "settle", LogMessage, "sent before the restore", refs...)
	})
	if err != nil {
		return nil, fmt.Errorf("take %d messages as sent: %w", len(ids), err)
	}
	return taken, nil
}

func (t *tx) takeAsSent(ctx context.Context, ids []int64) (taken []int64, err error) {
	taken, err = withoutOutcome(ctx, t.c, ids, t.s.d.forUpdate)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	_, err = t.c.execIn(ctx, `UPDATE message SET state = 'accepted', handled = 1, error = '', lease_owner = '', retry_real = 0, waits = 0,
			sent_at = CASE WHEN not_before > at THEN not_before ELSE at END, accepted_real = ?
		WHERE id IN (?)`, micros(t.machine), taken)
	if err != nil {
		return nil, err
	}
	if err := t.follow(ctx, taken); err != nil {
		return nil, err
	}
	if _, err := t.c.execIn(ctx, `UPDATE message SET handled = 1 WHERE bundle_id IN (?) AND bundle_id <> 0`, taken); err != nil {
		return nil, err
	}
	return taken, t.announceMessages(ctx, taken)
}
