package store

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"notify1022/escalation"
)

// draft is a notice on its way into the outbox: its address looked up, its
// reply code allocated.
type draft struct {
	escalation.Notice
	phone, email, code string
	state              escalation.MessageState
	err                string
}

// owner is whose counter the draft's reply code comes from: the number it is
// answered from, or the mail address of someone without one.
func (d *draft) owner() string {
	if d.phone != "" {
		return d.phone
	}
	return d.email
}

// queue writes notices as outbox rows. A notice whose key is there already is
// left out. A recipient without an address gets a failed row, so that the
// failure is passed on like any other.
func (t *tx) queue(ctx context.Context, notices []escalation.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	t.note()
	drafts, err := t.address(ctx, notices)
	if err != nil {
		return err
	}
	if err := t.quieten(ctx, drafts); err != nil {
		return err
	}
	if err := t.allocateAll(ctx, drafts); err != nil {
		return err
	}
	rows := make([][]any, len(drafts))
	at := time.Time{}
	for i := range drafts {
		if rows[i], err = t.messageColumns(&drafts[i]); err != nil {
			return err
		}
		if d := &drafts[i]; d.state == escalation.Queued && (i == 0 || at.IsZero() || d.NotBefore.Before(at)) {
			at = d.NotBefore
			if at.IsZero() {
				at = t.domain
			}
		}
	}
	err = t.c.put(ctx, failing("queue %d notices", len(rows)), `INSERT INTO message (key, petition_id, round, rung, slip, template, vars, lane, class, contact_id,
		citizen_of, role, unit, by_email, phone, email, need_code, reply_code, state, attempt, seq, error, at, not_before,
		expires_at, created_real, waits)`, `ON CONFLICT (key) DO NOTHING`, rows)
	if err != nil {
		return err
	}
	if err := t.freeze(ctx, drafts); err != nil {
		return err
	}
	if err := t.enclose(ctx, drafts); err != nil {
		return err
	}
	if err := t.announceStillborn(ctx, drafts); err != nil {
		return fmt.Errorf("announce %d notices: %w", len(rows), err)
	}
	if at.IsZero() {
		return nil
	}
	return t.stopAt(ctx, at)
}

// freeze writes the texts that are queued as they are.
func (t *tx) freeze(ctx context.Context, drafts []draft) error {
	for i := range drafts {
		d := &drafts[i]
		if d.Frozen.Text == "" {
			continue
		}
		_, err := t.c.exec(ctx, `UPDATE message SET text = ?, coding = ?, segments = ? WHERE key = ? AND state = 'queued' AND text = ''`,
			wire(d.Frozen.Text), d.Frozen.Coding, d.Frozen.Segments, wire(d.Key()))
		if err != nil {
			return fmt.Errorf("freeze notice %s: %w", d.Template, err)
		}
	}
	return nil
}

// announceStillborn tells of notices that have no address, or that their reader did not
// want: they end where they begin.
func (t *tx) announceStillborn(ctx context.Context, drafts []draft) error {
	var keys []string
	for i := range drafts {
		if drafts[i].state != escalation.Queued {
			keys = append(keys, wire(drafts[i].Key()))
		}
	}
	if listens, err := t.listens(ctx, EventMessage); err != nil || !listens || len(keys) == 0 {
		return err
	}
	var ids []int64
	if err := t.c.in(ctx, &ids, `SELECT id FROM message WHERE key IN (?) ORDER BY id`, keys); err != nil {
		return err
	}
	return t.announceMessages(ctx, ids)
}

func (t *tx) messageColumns(d *draft) ([]any, error) {
	vars := d.Vars
	if d.code != "" {
		vars = maps.Clone(d.Vars)
		if vars == nil {
			vars = map[string]string{}
		}
		vars["mtl"] = d.code
	}
	if vars == nil {
		vars = map[string]string{}
	}
	encoded, err := toJSON(vars)
	if err != nil {
		return nil, fmt.Errorf("queue notice %s of petition %d: %w", d.Template, d.Petition, err)
	}
	at := d.At
	if at.IsZero() {
		at = t.domain
	}
	return []any{wire(d.Key()), d.Petition, d.Round, string(d.Rung), d.Slip, d.Template, encoded, string(d.Lane), string(d.Class),
		d.To.Contact, d.To.Citizen, string(d.To.Role), d.To.Unit, flag(d.To.ByEmail), d.phone, d.email, flag(d.NeedCode), d.code,
		string(d.state), d.Attempt, d.Seq, d.err, micros(at), micros(d.NotBefore), micros(d.Expires), micros(t.machine),
		flag(d.NotBefore.After(t.domain)) * waitsDomain}, nil
}

// address looks up where each notice goes: the contact's row, the citizen's, or
// the number it names.
func (t *tx) address(ctx context.Context, notices []escalation.Notice) ([]draft, error) {
	dir, err := t.Directory(ctx)
	if err != nil {
		return nil, err
	}
	citizens, err := t.citizens(ctx, notices)
	if err != nil {
		return nil, err
	}
	drafts := make([]draft, len(notices))
	for i, n := range notices {
		d := draft{Notice: n, state: escalation.Queued}
		switch {
		case n.To.Contact != 0:
			c, _ := dir.Contact(n.To.Contact)
			d.phone, d.email = c.Phone, c.Email
		case n.To.Citizen != 0:
			c := citizens[n.To.Citizen]
			d.phone, d.email = c.Phone, c.Email
		default:
			d.phone = wire(n.To.Phone)
		}
		d.choose()
		drafts[i] = d
	}
	return drafts, nil
}

// choose keeps the one address that the notice goes to.
func (d *draft) choose() {
	if d.To.ByEmail {
		d.phone = ""
		if d.email == "" {
			d.state, d.err = escalation.Failed, "no email address"
		}
		return
	}
	d.email = ""
	switch {
	case d.phone == "":
		d.state, d.err = escalation.Failed, "no phone number"
	case strings.HasPrefix(d.phone, "+842"):
		d.state, d.err = escalation.Failed, "a landline cannot be texted"
	}
}

// citizens are the addresses of the petitions' citizens: those of the
// transaction as it has them, others from their rows.
func (t *tx) citizens(ctx context.Context, notices []escalation.Notice) (map[int64]escalation.Citizen, error) {
	found := make(map[int64]escalation.Citizen)
	var ask []int64
	for _, n := range notices {
		id := n.To.Citizen
		if _, ok := found[id]; ok || id == 0 {
			continue
		}
		p, ok := t.loaded[id]
		found[id] = p.Citizen
		if !ok {
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 {
		return found, nil
	}
	var rows []struct {
		ID    int64  `db:"petition_id"`
		Phone string `db:"phone"`
		Email string `db:"email"`
	}
	if err := t.c.in(ctx, &rows, `SELECT petition_id, phone, email FROM citizen WHERE petition_id IN (?)`, ask); err != nil {
		return nil, fmt.Errorf("look up citizens of %d petitions: %w", len(ask), err)
	}
	for _, r := range rows {
		found[r.ID] = escalation.Citizen{Phone: r.Phone, Email: r.Email}
	}
	return found, nil
}

// suppress drops queued messages that a decision made pointless. One that a
// gateway holds may still go out; it is not sent again.
func (t *tx) suppress(ctx context.Context, changes []escalation.Change) error {
	for _, c := range changes {
		for _, s := range c.Effects.Suppress {
			if err := t.suppressOne(ctx, s); err != nil {
				return fmt.Errorf("suppress messages of petition %d: %w", s.Petition, err)
			}
		}
	}
	return nil
}

func (t *tx) suppressOne(ctx context.Context, s escalation.Suppress) error {
	meant, lists := meantBy(s)
	if len(lists) == 0 || s.Petition == 0 {
		return nil
	}
	reason := wire(s.Reason)
	if reason == "" {
		reason = "pointless"
	}
	where := ` WHERE petition_id = ? AND petition_id <> 0 AND (` + meant + `) AND state IN ('queued', 'sending', 'unknown')`
	args := append([]any{reason, reason, s.Petition}, lists...)
	if s.Slip != 0 {
		where, args = where+` AND slip = ?`, append(args, s.Slip)
	}
	if s.Rung != "" {
		where, args = where+` AND rung = ?`, append(args, string(s.Rung))
	}
	if s.Citizen {
		where += ` AND citizen_of <> 0`
	}
	if s.CitizenOf != 0 {
		where, args = where+` AND citizen_of = ?`, append(args, s.CitizenOf)
	}
	return t.touchMessages(ctx, `UPDATE message SET pointless = ?,
		error = CASE WHEN state = 'queued' THEN ? ELSE error END,
		state = CASE WHEN state = 'queued' THEN 'suppressed' ELSE state END`+where, args...)
}

// meantBy is the condition for a message in either list of a suppression, with
// its arguments; no arguments: nothing is meant.
func meantBy(s escalation.Suppress) (condition string, lists []any) {
	var either []string
	if len(s.Classes) > 0 {
		classes := make([]string, len(s.Classes))
		for i, c := range s.Classes {
			classes[i] = string(c)
		}
		either, lists = append(either, `class IN (?)`), append(lists, classes)
	}
	if len(s.Templates) > 0 {
		either, lists = append(either, `template IN (?)`), append(lists, s.Templates)
	}
	return strings.Join(either, " OR "), lists
}
