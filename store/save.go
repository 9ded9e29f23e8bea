package store

import (
	"context"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// Save writes what was decided, table by table over all changes. Where one
// petition changes twice the steps are saved one after the other.
func (t *tx) Save(ctx context.Context, changes []escalation.Change) error {
	t.hearing.acts(changes)
	for len(changes) > 0 {
		n := distinct(changes)
		if err := t.saveBatch(ctx, changes[:n]); err != nil {
			return err
		}
		changes = changes[n:]
	}
	return nil
}

// distinct is how many of the first changes are of different petitions.
func distinct(changes []escalation.Change) int {
	seen := make(map[int64]bool, len(changes))
	for i, c := range changes {
		if seen[c.Petition.ID] {
			return i
		}
		seen[c.Petition.ID] = true
	}
	return len(changes)
}

func (t *tx) saveBatch(ctx context.Context, changes []escalation.Change) error {
	// Rows are written in the order of the ids, the order of the locks.
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b escalation.Change) int { return int(a.Petition.ID - b.Petition.ID) })
	steps := []func(context.Context, []escalation.Change) error{
		t.savePetitions, t.saveCitizens, t.saveRungs, t.saveSlips, t.saveTimeline, t.saveFacts, t.saveFiles, t.saveCommended,
		t.suppress, t.releaseCodes, t.closeTasks, t.closeFiles,
	}
	for _, step := range steps {
		if err := step(ctx, changes); err != nil {
			return err
		}
	}
	if err := t.announcePetitions(ctx, changes); err != nil {
		return err
	}
	var notices []escalation.Notice
	var tasks []escalation.Task
	for _, c := range changes {
		t.loaded[c.Petition.ID] = c.Petition
		if c.Before == 0 {
			t.fresh[c.Petition.ID] = true
		}
		notices = append(notices, c.Effects.Notices...)
		tasks = append(tasks, c.Effects.Tasks...)
	}
	if err := t.Post(ctx, notices, tasks); err != nil {
		return err
	}
	clear(t.fresh)
	t.keepRungs(changes)
	t.notePetition(changes[0].Petition.ID)
	if next := earliest(changes); !next.IsZero() {
		return t.stopAt(ctx, next)
	}
	return nil
}

// keepRungs remembers copies, since a later decision may write into the slices.
func (t *tx) keepRungs(changes []escalation.Change) {
	for _, c := range changes {
		t.remember([]escalation.Petition{c.Petition})
	}
}

// Post queues notices and opens tasks.
func (t *tx) Post(ctx context.Context, notices []escalation.Notice, tasks []escalation.Task) error {
	if err := t.queue(ctx, notices); err != nil {
		return err
	}
	return t.openTasks(ctx, tasks)
}

func stale() error {
	return &escalation.Problem{Kind: escalation.Stale, Field: "If-Match", Detail: "phản ánh đã được người khác cập nhật, hãy tải lại"}
}

// savePetitions checks the version of each petition in the statement that writes it.
func (t *tx) savePetitions(ctx context.Context, changes []escalation.Change) error {
	rows := make([][]any, 0, len(changes))
	for _, c := range changes {
		row, err := petitionColumns(c)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	saved := func(written int64, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("save %d petitions: %w", len(rows), err)
		case written != int64(len(rows)):
			return stale()
		}
		return nil
	}
	return t.c.put(ctx, saved, `INSERT INTO petition (id, code, token, version, status, channel, kind, field, area,
			lead_unit, summary, urgent, confidential, denunciation, was_overdue, ended, waits_for, received_at,
			recorded_at, next_due, closed_at, merged_into, search, state, public)`,
		`ON CONFLICT (id) DO UPDATE SET
			token = excluded.token, version = excluded.version, status = excluded.status, channel = excluded.channel,
			kind = excluded.kind, field = excluded.field, area = excluded.area, lead_unit = excluded.lead_unit,
			summary = excluded.summary, urgent = excluded.urgent, confidential = excluded.confidential,
			denunciation = excluded.denunciation, was_overdue = excluded.was_overdue, ended = excluded.ended,
			waits_for = excluded.waits_for, received_at = excluded.received_at, next_due = excluded.next_due,
			closed_at = excluded.closed_at, merged_into = excluded.merged_into, search = excluded.search, state = excluded.state,
			public = excluded.public
		WHERE petition.version = excluded.version - 1`, rows)
}

func petitionColumns(c escalation.Change) ([]any, error) {
	p := c.Petition
	if p.ID <= 0 || p.Version != c.Before+1 {
		return nil, fmt.Errorf("save petition %d: version %d after %d", p.ID, p.Version, c.Before)
	}
	state, err := toJSON(p)
	if err != nil {
		return nil, fmt.Errorf("save petition %d: %w", p.ID, err)
	}
	lead := ""
	if s := p.Lead(); s != nil {
		lead = s.Unit
	} else if s := p.LastLead(); s != nil {
		lead = s.Unit
	}
	return []any{p.ID, p.Code, p.Token, p.Version, string(p.Status), string(p.Channel), p.Kind, wire(p.Field), wire(p.Area),
		lead, wire(p.Summary), flag(p.Urgent), flag(p.Confidential), flag(p.Denunciation), flag(p.WasOverdue),
		flag(p.Status.Ended()), string(p.WaitsFor), micros(p.ReceivedAt), micros(p.RecordedAt), micros(p.NextDue()),
		micros(p.ClosedAt), p.MergedInto, wire(escalation.Plain(searched(p))), state, flag(p.Public())}, nil
}

// searched is what a petition is found by: of its answer what everybody may read.
func searched(p escalation.Petition) string {
	words := p.Code + " " + p.Content + " " + p.Field + " " + p.Area
	if p.Public() {
		words += " " + p.PublicContent + " " + p.Published
	}
	return words
}

func (t *tx) saveCitizens(ctx context.Context, changes []escalation.Change) error {
	var rows [][]any
	for _, c := range changes {
		who, before := c.Petition.Citizen, t.loaded[c.Petition.ID].Citizen
		if who == before {
			continue
		}
		if err := t.readdress(ctx, c.Petition, before); err != nil {
			return err
		}
		rows = append(rows, []any{c.Petition.ID, wire(who.Name), wire(who.Phone), wire(who.Email), wire(who.Address), flag(who.Organisation)})
	}
	return t.c.put(ctx, failing("save citizens of %d petitions", len(rows)), `INSERT INTO citizen (petition_id, name, phone, email, address, organisation)`,
		`ON CONFLICT (petition_id) DO UPDATE SET name = excluded.name, phone = excluded.phone, email = excluded.email,
			address = excluded.address, organisation = excluded.organisation`, rows)
}

// saveRungs writes the rungs that are new or changed. A fired rung is history:
// no later write touches it, and two decisions cannot both fire it.
func (t *tx) saveRungs(ctx context.Context, changes []escalation.Change) error {
	var rows [][]any
	for _, c := range changes {
		before := t.loaded[c.Petition.ID].Rungs
		for pos, r := range c.Petition.Rungs {
			if pos < len(before) && before[pos] == r {
				continue
			}
			rows = append(rows, []any{c.Petition.ID, r.Round, string(r.Name), pos, r.Slip, string(r.Ladder), micros(r.Due),
				string(r.State), micros(r.FiredAt), int64(r.Left), r.Basis, flag(r.Provisional), wire(r.Calendar)})
		}
	}
	saved := func(written int64, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("save %d rungs: %w", len(rows), err)
		case written != int64(len(rows)):
			return fmt.Errorf("save rungs of %d petitions: a rung has fired already: %w", len(changes), stale())
		}
		return nil
	}
	return t.c.put(ctx, saved, `INSERT INTO rung (petition_id, round, name, pos, slip, ladder, due, state, fired_at, left_ns, basis, provisional, calendar)`,
		`ON CONFLICT (petition_id, round, name) DO UPDATE SET pos = excluded.pos, slip = excluded.slip, ladder = excluded.ladder,
			due = excluded.due, state = excluded.state, fired_at = excluded.fired_at, left_ns = excluded.left_ns,
			basis = excluded.basis, provisional = excluded.provisional, calendar = excluded.calendar
		WHERE rung.state <> 'fired' OR excluded.state = 'fired' AND excluded.fired_at = rung.fired_at`, rows)
}

func (t *tx) saveSlips(ctx context.Context, changes []escalation.Change) error {
	var rows [][]any
	for _, c := range changes {
		if c.Before == 0 { // number 0 finds the petition by its page to look at
			rows = append(rows, []any{c.Petition.ID, 0, "", 0, 0, c.Petition.ViewToken, 0, 0, 0, "", ""})
		}
		before := t.loaded[c.Petition.ID].Slips
		for i, s := range c.Petition.Slips {
			if i < len(before) && before[i] == s {
				continue
			}
			rows = append(rows, []any{c.Petition.ID, s.No, s.Unit, flag(s.Lead), s.Round, s.Token, micros(s.ForwardedAt),
				micros(s.AcknowledgedAt), micros(s.EndedAt), s.EndedFor, s.MovedTo})
		}
	}
	return t.c.put(ctx, failing("save %d slips", len(rows)), `INSERT INTO slip (petition_id, no, unit, lead, round, token, forwarded_at, acknowledged_at, ended_at, ended_for, moved_to)`,
		`ON CONFLICT (petition_id, no) DO UPDATE SET unit = excluded.unit, lead = excluded.lead, round = excluded.round,
			token = excluded.token, forwarded_at = excluded.forwarded_at, acknowledged_at = excluded.acknowledged_at,
			ended_at = excluded.ended_at, ended_for = excluded.ended_for, moved_to = excluded.moved_to`, rows)
}

// saveTimeline appends the entries, personal text in its own row. An instant
// finer than a microsecond would not come back as it was hashed.
func (t *tx) saveTimeline(ctx context.Context, changes []escalation.Change) error {
	var rows, private [][]any
	for _, c := range changes {
		for _, e := range c.Effects.Entries {
			if e.At.Nanosecond()%1000 != 0 {
				return fmt.Errorf("save timeline of petition %d: entry %d is dated finer than a microsecond", e.PetitionID, e.Seq)
			}
			if wire(e.Text+e.Actor+e.Private) != e.Text+e.Actor+e.Private {
				return &escalation.Problem{Kind: escalation.Invalid, Detail: "nội dung có ký tự không hợp lệ"}
			}
			rows = append(rows, []any{e.PetitionID, e.Seq, micros(e.At), e.Actor, string(e.Role), string(e.Channel), e.Action,
				e.Text, string(e.Status), e.Policy, e.Calendar, e.Digest, e.Hash, wire(e.Account)})
			if e.Private != "" {
				private = append(private, []any{e.PetitionID, e.Seq, e.Salt, e.Private})
			}
		}
	}
	err := t.c.put(ctx, failing("save %d timeline entries", len(rows)),
		`INSERT INTO timeline (petition_id, seq, at, actor, role, channel, action, text, status, policy, calendar, digest, hash, account)`, "", rows)
	if err != nil {
		return err
	}
	return t.c.put(ctx, failing("save %d private timeline texts", len(private)), `INSERT INTO timeline_private (petition_id, seq, salt, text)`, "", private)
}

func (t *tx) closeTasks(ctx context.Context, changes []escalation.Change) error {
	for _, c := range changes {
		if err := t.closeKeys(ctx, c); err != nil {
			return err
		}
		if len(c.Effects.CloseTasks) == 0 {
			continue
		}
		kinds := make([]string, len(c.Effects.CloseTasks))
		for i, k := range c.Effects.CloseTasks {
			kinds[i] = string(k)
		}
		err := t.c.writeIn(ctx, failing("close tasks of petition %d", c.Petition.ID),
			`UPDATE task SET done_at = ?, done_by = '1022' WHERE petition_id = ? AND kind IN (?) AND done_at = 0`, micros(t.domain), c.Petition.ID, kinds)
		if err != nil {
			return err
		}
	}
	return nil
}

// closeKeys closes the tasks that the change names by their keys.
func (t *tx) closeKeys(ctx context.Context, c escalation.Change) error {
	if len(c.Effects.CloseKeys) == 0 {
		return nil
	}
	return t.c.writeIn(ctx, failing("close tasks of petition %d by their keys", c.Petition.ID),
		`UPDATE task SET done_at = ?, done_by = '1022' WHERE key IN (?) AND done_at = 0`, micros(t.domain), c.Effects.CloseKeys)
}

func (t *tx) openTasks(ctx context.Context, tasks []escalation.Task) error {
	rows := make([][]any, 0, len(tasks))
	for _, k := range tasks {
		rows = append(rows, []any{wire(k.Key), string(k.Kind), k.PetitionID, k.Contact, wire(k.Text), string(k.For), micros(k.OpenedAt), micros(k.Due)})
	}
	return t.c.put(ctx, failing("open %d tasks", len(rows)), `INSERT INTO task (key, kind, petition_id, contact_id, text, for_role, opened_at, due)`,
		`ON CONFLICT DO NOTHING`, rows)
}
