package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// memberLease keeps an earlier release, which knows no bundles, from taking a member
// for a text whose gateway died.
const memberLease = time.Hour

// Bundling lets reminders wait so long for others to the same number, by the machine's
// clock; those that come together go as one text. 0: each goes by itself. It is set
// before the gateways run.
func (s *Store) Bundling(window time.Duration) { s.bundling.Store(int64(window)) }

func (t *tx) bundleWindow() time.Duration { return time.Duration(t.s.bundling.Load()) }

// bundle joins the picked reminders, and others of the claimed lanes to the same numbers
// that are queued, into bundles; a bundle takes the place of its members among the rows.
func (t *tx) bundle(ctx context.Context, rows []messageRow, claimed [4]bool) ([]messageRow, error) {
	if t.bundleWindow() <= 0 {
		return rows, nil
	}
	all, err := t.companions(ctx, rows, claimed)
	if err != nil {
		return nil, err
	}
	// In a bundle, which is dated anew, nobody would see that a reader had left.
	if all, _, err = t.parted(ctx, all); err != nil || len(all) < 2 {
		return rows, err
	}
	list := make([]escalation.Outgoing, len(all))
	for i, r := range all {
		if list[i], err = r.outgoing(time.Time{}, nil); err != nil {
			return nil, err
		}
	}
	picked := func(m escalation.Outgoing) bool {
		return slices.ContainsFunc(rows, func(r messageRow) bool { return r.ID == m.ID })
	}
	member := map[int64]bool{}
	var made []messageRow
	for _, members := range escalation.Bundles(list) {
		if !slices.ContainsFunc(members, picked) {
			continue // the next claim's: this one has room for as many as it picked
		}
		row, ok, err := t.tie(ctx, members)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue // its reader cannot be texted any more: each finds out by itself
		}
		made = append(made, row)
		for _, m := range members {
			member[m.ID] = true
		}
	}
	kept := rows[:0:0]
	for _, r := range rows {
		if !member[r.ID] {
			kept = append(kept, r)
		}
	}
	return append(kept, made...), nil
}

// companions are the picked reminders and the queued ones to the same numbers, locked,
// in the order of their ids. Those of other lanes are left to whoever carries these.
func (t *tx) companions(ctx context.Context, rows []messageRow, claimed [4]bool) ([]messageRow, error) {
	var all []messageRow
	var carried []string
	for i, l := range lanes {
		if claimed[i] {
			carried = append(carried, string(l.lane))
		}
	}
	for _, of := range []string{remindersOnly, alarmsOnly} { // each by the index that holds nothing else
		var phones []string
		for _, r := range rows {
			if r.Phone != "" && escalation.Bundled(r.Template, r.Rung) && (r.Template == "T1") == (of == alarmsOnly) {
				phones = append(phones, r.Phone)
			}
		}
		if len(phones) == 0 {
			continue
		}
		const most = 500
		var found []messageRow
		err := t.c.in(ctx, &found, `SELECT `+messageColumnList+` FROM message m
			WHERE m.phone IN (?) AND m.phone <> '' AND m.state = 'queued' AND `+of+` AND m.by_email = 0 AND m.lane IN (?)
				AND m.not_before <= ? AND m.retry_real <= ? AND (m.expires_at = 0 OR m.expires_at > ?)
			ORDER BY m.id LIMIT ?`+t.s.d.skip, phones, carried, micros(t.domain), micros(t.machine), micros(t.domain), most)
		if err != nil {
			return nil, fmt.Errorf("find reminders to the same numbers: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// What escalation.Bundled says, as conditions.
const (
	remindersOnly = `m.template IN ('O2', 'H2')`
	alarmsOnly    = `m.template = 'T1' AND m.rung = 'intake'`
)

// tie makes the bundle's own row and ties its members to it; ok is false when the
// bundle has no address.
func (t *tx) tie(ctx context.Context, members []escalation.Outgoing) (row messageRow, ok bool, err error) {
	n := escalation.Bundle(members, t.domain)
	drafts, err := t.address(ctx, []escalation.Notice{n})
	if err != nil || drafts[0].state != escalation.Queued {
		return row, false, err // its reader has no number any more: the members are passed on
	}
	if err := t.queue(ctx, []escalation.Notice{n}); err != nil {
		return row, false, err
	}
	var found []messageRow
	err = t.c.all(ctx, &found, `SELECT `+messageColumnList+` FROM message m WHERE m.key = ? AND m.state = 'queued'`, wire(n.Key()))
	if err != nil {
		return row, false, err
	}
	if len(found) == 0 {
		return row, false, nil
	}
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	_, err = t.c.execIn(ctx, `UPDATE message SET state = 'sending', bundle_id = ?, attempts = attempts + 1, lease_owner = '', lease_real = ?
		WHERE id IN (?)`, found[0].ID, micros(t.machine.Add(memberLease)), ids)
	if err == nil { // its members are passed on, each by itself, and it is not besides
		_, err = t.c.exec(ctx, `UPDATE message SET handled = 1 WHERE id = ?`, found[0].ID)
	}
	if err != nil {
		return row, false, fmt.Errorf("tie %d reminders to their bundle: %w", len(ids), err)
	}
	return found[0], true, nil
}

// renew words those bundles anew that have waited since they were tied: a petition that
// was answered meanwhile is not named any more. One that nobody needs is dropped.
func (t *tx) renew(ctx context.Context, rows []messageRow) ([]messageRow, error) {
	var bundles []int64
	for _, r := range rows {
		if escalation.BundleRow(r.Template, r.Rung) && r.Text == "" && r.Created < micros(t.machine) {
			bundles = append(bundles, r.ID)
		}
	}
	if len(bundles) == 0 {
		return rows, nil
	}
	members, mine, err := t.members(ctx, bundles)
	if err != nil {
		return nil, err
	}
	var kept []messageRow
	var worded [][]any
	var idle, over []int64
	for _, r := range rows {
		all, busy := members[r.ID], !mine[r.ID]
		switch {
		case len(all) == 0: // a digest, or no bundle
			kept = append(kept, r)
			continue
		case busy: // a member is being decided about: at the next claim
			continue
		}
		needed, gone := t.needed(all)
		if over = append(over, gone...); len(needed) == 0 {
			idle = append(idle, r.ID)
			continue
		}
		if len(gone) > 0 {
			if err := r.reword(needed); err != nil {
				return nil, err
			}
			worded = append(worded, []any{r.ID, r.Vars, r.ExpiresAt})
		}
		kept = append(kept, r)
	}
	return kept, t.saveRenewed(ctx, worded, over, idle)
}

// members are the bundles' reminders that wait for their outcome, in the order of their
// ids. mine are the bundles of which every member could be locked at once: a claim waits
// for nobody.
func (t *tx) members(ctx context.Context, bundles []int64) (of map[int64][]member, mine map[int64]bool, err error) {
	const those = ` FROM message m WHERE m.bundle_id IN (?) AND m.bundle_id <> 0 AND m.state = 'sending' ORDER BY m.id`
	var rows []member
	if err := t.c.in(ctx, &rows, `SELECT `+messageColumnList+`, m.bundle_id`+those, bundles); err != nil {
		return nil, nil, fmt.Errorf("read members of %d bundles: %w", len(bundles), err)
	}
	var locked []int64
	if err := t.c.in(ctx, &locked, `SELECT m.id`+those+t.s.d.skip, bundles); err != nil {
		return nil, nil, fmt.Errorf("lock members of %d bundles: %w", len(bundles), err)
	}
	of, mine = make(map[int64][]member), make(map[int64]bool)
	for _, m := range rows {
		first := of[m.Bundle] == nil
		of[m.Bundle] = append(of[m.Bundle], m)
		mine[m.Bundle] = (first || mine[m.Bundle]) && slices.Contains(locked, m.ID)
	}
	return of, mine, nil
}

// member is a reminder that goes as part of a bundle.
type member struct {
	messageRow
	Bundle int64 `db:"bundle_id"`
}

// needed parts the members that are still of use from those that are not.
func (t *tx) needed(all []member) (needed []messageRow, gone []int64) {
	for _, m := range all {
		if m.Pointless != "" || m.ExpiresAt != 0 && m.ExpiresAt <= micros(t.domain) {
			gone = append(gone, m.ID)
			continue
		}
		needed = append(needed, m.messageRow)
	}
	return needed, gone
}

// reword lets the bundle's row name these members.
func (r *messageRow) reword(members []messageRow) error {
	list := make([]escalation.Outgoing, len(members))
	for i, m := range members {
		var err error
		if list[i], err = m.outgoing(time.Time{}, nil); err != nil {
			return err
		}
	}
	n := escalation.Bundle(list, instant(r.At))
	encoded, err := toJSON(n.Vars)
	r.Vars, r.ExpiresAt = encoded, micros(n.Expires)
	return err
}

// saveRenewed writes the wording of bundles, and ends members and bundles that are of
// no use any more.
func (t *tx) saveRenewed(ctx context.Context, worded [][]any, over, idle []int64) error {
	if len(worded) > 0 {
		if _, err := t.c.update(ctx, "message", []string{"vars TEXT", "expires_at BIGINT"}, "", worded); err != nil {
			return fmt.Errorf("word %d bundles anew: %w", len(worded), err)
		}
	}
	if len(over) > 0 {
		_, err := t.changeMessages(ctx, `UPDATE message SET state = CASE WHEN pointless <> '' THEN 'suppressed' ELSE 'expired' END WHERE id IN (?) AND state = 'sending'`, over)
		if err != nil {
			return fmt.Errorf("end %d members: %w", len(over), err)
		}
	}
	if len(idle) > 0 {
		_, err := t.changeMessages(ctx, `UPDATE message SET state = 'suppressed', pointless = 'all its reminders are' WHERE id IN (?)`, idle)
		if err != nil {
			return fmt.Errorf("drop %d bundles: %w", len(idle), err)
		}
	}
	return nil
}

// follow lets members share the outcome of their bundles. A bundle that failed has
// nothing to be passed on; its members have, each by itself. (A digest is a B1 without
// members.)
func (t *tx) follow(ctx context.Context, bundles []int64) error {
	if len(bundles) == 0 {
		return nil
	}
	of := func(column string) string {
		return column + ` = (SELECT b.` + column + ` FROM message b WHERE b.id = message.bundle_id)`
	}
	_, err := t.changeMessages(ctx, `UPDATE message SET `+of("state")+`, `+of("text")+`, `+of("coding")+`, `+of("error")+`, `+of("sent_at")+`, `+
		of("delivered_at")+`, `+of("accepted_real")+`, `+of("possible_duplicate")+`
		WHERE bundle_id IN (?) AND bundle_id <> 0 AND (state IN ('sending', 'accepted') AND EXISTS (
			SELECT 1 FROM message b WHERE b.id = message.bundle_id AND b.state IN ('accepted', 'delivered', 'failed', 'expired', 'suppressed')
		) OR state = 'failed' AND EXISTS (SELECT 1 FROM message b WHERE b.id = message.bundle_id AND b.state = 'delivered'))`, bundles)
	if err == nil {
		_, err = t.c.execIn(ctx, `UPDATE message SET handled = 1 WHERE id IN (?) AND state = 'failed' AND EXISTS (
			SELECT 1 FROM message m WHERE m.bundle_id = message.id AND m.bundle_id <> 0
		)`, bundles)
	}
	if err != nil {
		return fmt.Errorf("let members follow %d bundles: %w", len(bundles), err)
	}
	return nil
}

// unbundle drops bundles of which every member has become pointless, and lets members
// follow bundles that ended without an answer of the SMSC.
func (t *tx) unbundle(ctx context.Context) error {
	var open []struct {
		Bundle int64 `db:"bundle_id"`
		Needed int   `db:"needed"`
	}
	err := t.c.all(ctx, &open, `SELECT bundle_id, SUM(CASE WHEN pointless = '' THEN 1 ELSE 0 END) AS needed
		FROM message WHERE bundle_id <> 0 AND state = 'sending' GROUP BY bundle_id`)
	if err != nil || len(open) == 0 {
		return wrapList(err, "open bundles")
	}
	var all, pointless []int64
	for _, o := range open {
		if all = append(all, o.Bundle); o.Needed == 0 {
			pointless = append(pointless, o.Bundle)
		}
	}
	if len(pointless) > 0 {
		_, err := t.changeMessages(ctx, `UPDATE message SET pointless = 'all its reminders are',
			state = CASE WHEN state = 'queued' THEN 'suppressed' ELSE state END WHERE id IN (?) AND state IN ('queued', 'sending', 'unknown')`, pointless)
		if err != nil {
			return fmt.Errorf("drop pointless bundles: %w", err)
		}
	}
	return t.follow(ctx, all)
}
