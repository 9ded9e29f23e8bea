package store

import (
	"context"
	"fmt"
	"time"

	"notify1022/escalation"
)

// A text that has failed passedOver times is put aside: it no longer holds up its sender's
// later ones, and the rungs of its petitions for asideHolds after it was read at most. It is
// tried again each asideEvery, and stands in a task, until it is applied or somebody has acted
// on it. So many at once as asideAtOnce are tried, so that they leave room for the others.
const (
	passedOver  = 20
	asideEvery  = 10 * time.Minute
	asideHolds  = time.Hour
	asideAtOnce = 2
)

// What the statements ask of a row of the inbox: that it is in its order, that it was put
// aside. One that was emptied is neither.
const (
	inOrder = `applied_at = 0 AND attempts <= 20`
	isAside = `applied_at = 0 AND attempts > 20 AND hash <> ''`
)

// asides lists the texts put aside that are to be tried again, of each phone the oldest.
func (s *Store) asides(ctx context.Context, machine time.Time) (ids []int64, err error) {
	err = s.reader().all(ctx, &ids, `
		SELECT id FROM (
			SELECT id, read_at, ROW_NUMBER() OVER (PARTITION BY phone ORDER BY read_at, id) AS place
			FROM inbox
			WHERE `+isAside+` AND retry_real <= ?
		) AS first
		WHERE place = 1
		ORDER BY read_at, id
		LIMIT ?`, micros(machine), asideAtOnce)
	return ids, wrapList(err, "texts put aside")
}

// retryAt is when a text that has failed so often before and has failed now is tried again:
// at once, then after 1 s, 2 s, 4 s … up to a minute.
func retryAt(failures int, machine time.Time) time.Time {
	switch {
	case failures < 2:
		return time.Time{}
	case failures < passedOver:
		return machine.Add(min(time.Second<<min(failures-2, 6), time.Minute))
	}
	return machine.Add(asideEvery)
}

// putAside asks the shift lead to act on a text that has failed too often.
func (t *tx) putAside(ctx context.Context, in escalation.Inbound) error {
	var sender escalation.Contact
	if directory, err := t.Directory(ctx); err == nil { // it may be what the text fails for
		sender, _ = directory.Sender(in.From, in.ReadAt)
	}
	return t.Post(ctx, nil, []escalation.Task{escalation.AsideTask(in, sender, t.domain)})
}

// RetryInbound has a text that failed tried again at once, as somebody asked.
func (t *tx) RetryInbound(ctx context.Context, id int64, by escalation.Actor) error {
	_, err := t.c.exec(ctx, `UPDATE inbox SET retry_real = 0 WHERE id = ? AND applied_at = 0`, id)
	if err != nil {
		return fmt.Errorf("try inbound text %d again: %w", id, err)
	}
	return t.log(ctx, by, "retry", LogInbound, "", idText(id))
}

// SettleInbound ends a text on which somebody has acted.
func (t *tx) SettleInbound(ctx context.Context, id int64, outcome string, by escalation.Actor) error {
	if err := t.MarkApplied(ctx, id, outcome); err != nil {
		return err
	}
	return t.log(ctx, by, "by_hand", LogInbound, "", idText(id))
}

// HeardAfter lists the petitions that later texts of the number were about, those that have
// been applied.
func (t *tx) HeardAfter(ctx context.Context, in escalation.Inbound) (petitions []int64, err error) {
	err = t.c.all(ctx, &petitions, `SELECT DISTINCT l.petition_id FROM inbox i JOIN inbox_petition l ON l.inbox_id = i.id
		WHERE i.phone = ? AND i.hash <> '' AND (i.read_at, i.id) > (?, ?) AND i.applied_at <> 0`, in.From, micros(in.ReadAt), in.ID)
	if err != nil {
		return nil, fmt.Errorf("look for what came after inbound text %d: %w", in.ID, err)
	}
	return petitions, nil
}

// endAsides ends the open tasks about the texts that a condition finds and that are erased.
func (t *tx) endAsides(ctx context.Context, which string, args ...any) error {
	for _, about := range []string{escalation.AsideTasks, escalation.PieceTasks, escalation.RefusedTasks} {
		_, err := t.c.execIn(ctx, `UPDATE task SET done_at = ?, text = ? WHERE done_at = 0 AND key IN (SELECT '`+about+`' || id FROM inbox WHERE `+which+`)`,
			append([]any{micros(t.domain), draftErased}, args...)...)
		if err != nil {
			return fmt.Errorf("end the tasks about texts that are erased: %w", err)
		}
	}
	return nil
}

// InboundTexts are the words of texts by their numbers, without those that are not kept any
// more. guarded leaves out the numbers that a denunciation is bound to.
func (s *Store) InboundTexts(ctx context.Context, ids []int64, guarded bool) (map[int64]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID   int64  `db:"id"`
		Text string `db:"text"`
	}
	if err := s.reader().in(ctx, &rows, `SELECT i.id, i.text FROM inbox i WHERE i.id IN (?) AND i.text <> '' AND `+openly, ids, flag(guarded)); err != nil {
		return nil, fmt.Errorf("read %d received texts: %w", len(ids), err)
	}
	texts := make(map[int64]string, len(rows))
	for _, r := range rows {
		texts[r.ID] = r.Text
	}
	return texts, nil
}
