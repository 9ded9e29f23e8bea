package store

import (
	"context"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// Questions lists the number's open codes that are about no petition, the oldest first.
func (t *tx) Questions(ctx context.Context, phone string) ([]escalation.Question, error) {
	var rows []struct {
		Code    string             `db:"code"`
		Subject escalation.Subject `db:"subject"`
		Contact int64              `db:"contact_id"`
	}
	err := t.c.all(ctx, &rows, `SELECT code, subject, contact_id FROM reply_code
		WHERE phone = ? AND released_at = 0 AND subject <> '' ORDER BY id`, phone)
	list := make([]escalation.Question, len(rows))
	for i, r := range rows {
		list[i] = escalation.Question{Code: r.Code, Phone: phone, Subject: r.Subject, Contact: r.Contact}
	}
	return list, wrapList(err, "questions to a number")
}

// CloseQuestion frees the codes that ask about the subject.
func (t *tx) CloseQuestion(ctx context.Context, subject escalation.Subject, reason string) error {
	_, err := t.c.exec(ctx, `UPDATE reply_code SET released_at = ?, reason = ? WHERE subject = ? AND subject <> '' AND released_at = 0`,
		micros(t.domain), wire(reason), string(subject))
	if err != nil {
		return fmt.Errorf("close the question %s: %w", subject, err)
	}
	return nil
}

// FailuresInARow counts the latest texts to the number that failed, back to the first
// that arrived. One that we could not word or would not send says nothing of the number.
func (t *tx) FailuresInARow(ctx context.Context, phone string, most int) (int, error) {
	var states []escalation.MessageState
	err := t.c.all(ctx, &states, `SELECT state FROM message m WHERE phone = ? AND phone <> '' AND bundle_id = 0 AND (
			state = 'delivered' OR state = 'failed' AND EXISTS (SELECT 1 FROM segment g WHERE g.message_id = m.id AND g.state = 'failed')
		) ORDER BY at DESC, id DESC LIMIT ?`, phone, most)
	if err != nil {
		return 0, fmt.Errorf("count failures of a number: %w", err)
	}
	for i, s := range states {
		if s != escalation.Failed {
			return i, nil
		}
	}
	return len(states), nil
}

// LockDirectory takes the directory's row, which every change of it writes, and reads
// what is there once it has it.
func (t *tx) LockDirectory(ctx context.Context) (*escalation.Directory, error) {
	if err := t.touchDirectory(ctx); err != nil {
		return nil, err
	}
	return t.Directory(ctx)
}

// OwedBy lists by the units' slips. Whether an opinion has been given only the petition
// says; there are few that are waited for by units that are asked about.
func (t *tx) OwedBy(ctx context.Context, units []string) (map[string]escalation.Owed, error) {
	owed := map[string]escalation.Owed{}
	for some := range slices.Chunk(units, 500) {
		err := t.owedIn(ctx, owed, func(o *escalation.Owed) *[]int64 { return &o.Lead }, `SELECT s.unit, s.petition_id FROM slip s JOIN petition p ON p.id = s.petition_id
			WHERE s.unit IN (?) AND s.lead = 1 AND s.ended_at = 0 AND p.ended = 0 ORDER BY s.petition_id`, some)
		if err != nil {
			return nil, fmt.Errorf("list the open slips of %d units: %w", len(units), err)
		}
		err = t.owedIn(ctx, owed, func(o *escalation.Owed) *[]int64 { return &o.Explanations },
			`SELECT unit, petition_id FROM written_file WHERE state = ? AND unit IN (?) ORDER BY petition_id`, string(escalation.FileAsking), some)
		if err != nil {
			return nil, fmt.Errorf("list the explanations that %d units owe: %w", len(units), err)
		}
		if err := t.opinionsOf(ctx, some, owed); err != nil {
			return nil, err
		}
	}
	return owed, nil
}

// owedIn adds the petitions of the query to the part of what each unit owes.
func (t *tx) owedIn(ctx context.Context, owed map[string]escalation.Owed, part func(*escalation.Owed) *[]int64, query string, args ...any) error {
	var rows []struct {
		Unit     string `db:"unit"`
		Petition int64  `db:"petition_id"`
	}
	if err := t.c.in(ctx, &rows, query, args...); err != nil {
		return err
	}
	for _, r := range rows {
		o := owed[r.Unit]
		list := part(&o)
		*list = append(*list, r.Petition)
		owed[r.Unit] = o
	}
	return nil
}

// opinionsOf adds the open slips of the units in which an opinion is waited for.
func (t *tx) opinionsOf(ctx context.Context, units []string, owed map[string]escalation.Owed) error {
	var ids []int64
	err := t.c.in(ctx, &ids, `SELECT DISTINCT s.petition_id FROM slip s JOIN petition p ON p.id = s.petition_id
		WHERE s.unit IN (?) AND s.lead = 0 AND s.ended_at = 0 AND p.ended = 0 ORDER BY s.petition_id`, units)
	if err != nil {
		return fmt.Errorf("find the opinions that %d units owe: %w", len(units), err)
	}
	list, err := loadPetitions(ctx, t.c, ids, "") // who changes one loads it anew
	if err != nil {
		return err
	}
	for _, p := range list {
		for _, s := range p.Slips {
			if !s.Lead && s.Open() && s.OpinionAt.IsZero() && slices.Contains(units, s.Unit) {
				o := owed[s.Unit]
				o.Opinions = append(o.Opinions, p.ID)
				owed[s.Unit] = o
			}
		}
	}
	return nil
}

// LeftSlips lists the open codes of slips with people whose time in the role has ended:
// by the number of each, from the index of open codes.
func (t *tx) LeftSlips(ctx context.Context, unit string) ([]escalation.LeftSlip, error) {
	var rows []struct {
		Contact  int64 `db:"contact_id"`
		Petition int64 `db:"petition_id"`
		Slip     int   `db:"slip"`
	}
	err := t.c.all(ctx, &rows, `SELECT k.contact_id, k.petition_id, k.slip FROM contact c JOIN reply_code k ON k.phone = c.phone AND k.contact_id = c.id
		WHERE c.valid_to <> 0 AND c.valid_to <= ? AND (? = '' OR c.unit = ?) AND k.released_at = 0 AND k.slip > 0 AND k.petition_id > 0
		ORDER BY k.contact_id, k.petition_id, k.slip`, micros(t.domain), unit, unit)
	list := make([]escalation.LeftSlip, len(rows))
	for i, r := range rows {
		list[i] = escalation.LeftSlip{Contact: r.Contact, Petition: r.Petition, Slip: r.Slip}
	}
	return list, wrapList(err, "slips left behind")
}

// OpenAt lists the petitions with an open slip of the unit, and those that it has to
// explain, in the order of their ids.
func (t *tx) OpenAt(ctx context.Context, unit string) (ids []int64, err error) {
	err = t.c.all(ctx, &ids, `SELECT s.petition_id FROM slip s JOIN petition p ON p.id = s.petition_id
		WHERE s.unit = ? AND s.ended_at = 0 AND p.ended = 0
		UNION
		SELECT petition_id FROM written_file WHERE state = ? AND unit = ?
		ORDER BY petition_id`, unit, string(escalation.FileAsking), unit)
	if err != nil {
		return nil, fmt.Errorf("find what unit %s owes: %w", unit, err)
	}
	return ids, nil
}
