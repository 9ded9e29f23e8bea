package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// archive reads the rows of a running service beside it, without its code: what
// is checked is what lies in the tables.
type archive struct{ db *sqlx.DB }

func openArchive(path string) (*archive, error) {
	source := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	db, err := sqlx.Open("sqlite", "file:"+source+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	db.SetMaxOpenConns(4)
	return &archive{db}, nil
}

func (a *archive) close() error { return a.db.Close() }

// micro is an instant as it is stored: microseconds since 1970, 0 for none.
type micro int64

func (m micro) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m)).In(worktime.Zone())
}

// sent is an outbox row.
type sent struct {
	ID          int64                   `db:"id"`
	Petition    int64                   `db:"petition_id"`
	Round       int                     `db:"round"`
	Rung        string                  `db:"rung"`
	Template    string                  `db:"template"`
	Role        escalation.Role         `db:"role"`
	Unit        string                  `db:"unit"`
	Contact     int64                   `db:"contact_id"`
	Phone       string                  `db:"phone"`
	Email       bool                    `db:"by_email"`
	Text        string                  `db:"text"`
	Coding      string                  `db:"coding"`
	Segments    int                     `db:"segments"`
	State       escalation.MessageState `db:"state"`
	Handled     bool                    `db:"handled"`
	Duplicate   bool                    `db:"possible_duplicate"`
	Error       string                  `db:"error"`
	Pointless   string                  `db:"pointless"`
	At          micro                   `db:"at"`
	NotBefore   micro                   `db:"not_before"`
	SentAt      micro                   `db:"sent_at"`
	DeliveredAt micro                   `db:"delivered_at"`
}

const sentColumns = `id, petition_id, round, rung, template, role, unit, contact_id, phone, by_email, text, coding, segments,
	state, handled, possible_duplicate, error, pointless, at, not_before, sent_at, delivered_at`

// messages lists the outbox rows of a petition, of all when it is 0, oldest first.
func (a *archive) messages(ctx context.Context, petition int64) ([]sent, error) {
	var rows []sent
	err := a.db.SelectContext(ctx, &rows, `SELECT `+sentColumns+` FROM message WHERE ? IN (0, petition_id) ORDER BY id`, petition)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return rows, nil
}

// step is a rung's row.
type step struct {
	Petition int64                `db:"petition_id"`
	Round    int                  `db:"round"`
	Name     escalation.RungName  `db:"name"`
	Slip     int                  `db:"slip"`
	Due      micro                `db:"due"`
	State    escalation.RungState `db:"state"`
	FiredAt  micro                `db:"fired_at"`
	Basis    string               `db:"basis"`
}

// rungs lists the rungs of a petition, of all when it is 0, as they were armed.
func (a *archive) rungs(ctx context.Context, petition int64) ([]step, error) {
	var rows []step
	err := a.db.SelectContext(ctx, &rows, `SELECT petition_id, round, name, slip, due, state, fired_at, basis FROM rung
		WHERE ? IN (0, petition_id) ORDER BY petition_id, pos`, petition)
	if err != nil {
		return nil, fmt.Errorf("read rungs: %w", err)
	}
	return rows, nil
}

// timeline reads a petition's entries with their private texts.
func (a *archive) timeline(ctx context.Context, petition int64) ([]escalation.Entry, error) {
	var rows []struct {
		Seq      int                `db:"seq"`
		At       micro              `db:"at"`
		Actor    string             `db:"actor"`
		Role     escalation.Role    `db:"role"`
		Channel  escalation.Channel `db:"channel"`
		Action   string             `db:"action"`
		Text     string             `db:"text"`
		Status   escalation.Status  `db:"status"`
		Policy   string             `db:"policy"`
		Calendar string             `db:"calendar"`
		Digest   string             `db:"digest"`
		Hash     string             `db:"hash"`
		Private  string             `db:"private"`
		Salt     string             `db:"salt"`
	}
	err := a.db.SelectContext(ctx, &rows, `SELECT t.seq, t.at, t.actor, t.role, t.channel, t.action, t.text, t.status, t.policy,
			t.calendar, t.digest, t.hash, COALESCE(p.text, '') AS private, COALESCE(p.salt, '') AS salt
		FROM timeline t LEFT JOIN timeline_private p ON p.petition_id = t.petition_id AND p.seq = t.seq
		WHERE t.petition_id = ? ORDER BY t.seq`, petition)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of petition %d: %w", petition, err)
	}
	entries := make([]escalation.Entry, len(rows))
	for i, r := range rows {
		entries[i] = escalation.Entry{PetitionID: petition, Seq: r.Seq, At: r.At.time(), Actor: r.Actor, Role: r.Role,
			Channel: r.Channel, Action: r.Action, Text: r.Text, Status: r.Status, Policy: r.Policy, Calendar: r.Calendar,
			Digest: r.Digest, Hash: r.Hash, Private: r.Private, Salt: r.Salt}
	}
	return entries, nil
}

// petition reads one petition's value, with its rungs' due times in NextDue.
func (a *archive) petition(ctx context.Context, code string) (escalation.Petition, error) {
	list, err := a.petitions(ctx, code)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("no petition %s", code)
	}
	if err != nil {
		return escalation.Petition{}, err
	}
	return list[0], nil
}

// petitions reads the petition with the code, all when it is empty, oldest first.
func (a *archive) petitions(ctx context.Context, code string) ([]escalation.Petition, error) {
	var states []string
	err := a.db.SelectContext(ctx, &states, `SELECT state FROM petition WHERE ? IN ('', code) ORDER BY id`, code)
	if err != nil {
		return nil, fmt.Errorf("read petitions: %w", err)
	}
	list := make([]escalation.Petition, len(states))
	for i, s := range states {
		if err := json.Unmarshal([]byte(s), &list[i]); err != nil {
			return nil, fmt.Errorf("read a petition: %w", err)
		}
	}
	return list, nil
}

// chore is a task's row.
type chore struct {
	ID       int64               `db:"id"`
	Kind     escalation.TaskKind `db:"kind"`
	Petition int64               `db:"petition_id"`
	Text     string              `db:"text"`
	For      escalation.Role     `db:"for_role"`
	OpenedAt micro               `db:"opened_at"`
	Due      micro               `db:"due"`
	DoneAt   micro               `db:"done_at"`
}

// tasks lists the tasks of a petition, of all when it is 0, oldest first.
func (a *archive) tasks(ctx context.Context, petition int64) ([]chore, error) {
	var rows []chore
	err := a.db.SelectContext(ctx, &rows, `SELECT id, kind, petition_id, text, for_role, opened_at, due, done_at FROM task
		WHERE ? IN (0, petition_id) ORDER BY id`, petition)
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	return rows, nil
}

// contact is the id under which the service knows who has the number in the role.
func (a *archive) contact(ctx context.Context, unit string, role escalation.Role, phone string) (int64, error) {
	var id int64
	err := a.db.GetContext(ctx, &id, `SELECT id FROM contact WHERE unit = ? AND role = ? AND phone = ? ORDER BY id LIMIT 1`, unit, role, phone)
	if err != nil {
		return 0, fmt.Errorf("find the %s of %s: %w", role, unit, err)
	}
	return id, nil
}

// openWork counts what has still to be done at the domain's instant: due rungs,
// texts without an outcome or a receipt, failures not passed on, replies not applied.
const openWork = `
	SELECT (SELECT COUNT(*) FROM rung WHERE state = 'armed' AND due <= ?)
	     + (SELECT COUNT(*) FROM message WHERE state = 'queued' AND not_before <= ?)
	     + (SELECT COUNT(*) FROM message WHERE state IN ('sending', 'accepted', 'unknown') AND by_email = 0 AND bundle_id = 0)
	     + (SELECT COUNT(*) FROM message WHERE state = 'failed' AND handled = 0)
	     + (SELECT COUNT(*) FROM inbox WHERE applied_at = 0)
	     + (SELECT COUNT(*) FROM inbox_part WHERE inbox_id = 0)`

// settled reports whether nothing is left to be done at the instant.
func (a *archive) settled(ctx context.Context, now time.Time) (bool, error) {
	var open int
	err := a.db.GetContext(ctx, &open, openWork, now.UnixMicro(), now.UnixMicro())
	if err != nil {
		return false, fmt.Errorf("look for open work: %w", err)
	}
	return open == 0, nil
}

// until asks again and again, every few milliseconds, whether something has come
// about, until it has, asking fails, or ctx ends.
func until(ctx context.Context, come func() (bool, error)) error {
	tick := time.NewTicker(4 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := come()
		if ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(errors.New("waited in vain"), ctx.Err())
		}
	}
}
