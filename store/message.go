package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
)

// messageRow is an outbox row as stored.
type messageRow struct {
	ID              int64                   `db:"id"`
	Petition        int64                   `db:"petition_id"`
	PetitionCode    string                  `db:"petition_code"`
	Confidential    bool                    `db:"confidential"` // of the petition, in lists
	Denunciation    bool                    `db:"denunciation"`
	Round           int                     `db:"round"`
	Rung            escalation.RungName     `db:"rung"`
	Slip            int                     `db:"slip"`
	Template        string                  `db:"template"`
	TemplateVersion int                     `db:"template_version"`
	Vars            string                  `db:"vars"`
	Lane            escalation.Lane         `db:"lane"`
	Class           escalation.Class        `db:"class"`
	Contact         int64                   `db:"contact_id"`
	Citizen         int64                   `db:"citizen_of"`
	Role            escalation.Role         `db:"role"`
	Unit            string                  `db:"unit"`
	ByEmail         bool                    `db:"by_email"`
	Phone           string                  `db:"phone"`
	Email           string                  `db:"email"`
	NeedCode        bool                    `db:"need_code"`
	Text            string                  `db:"text"`
	Coding          string                  `db:"coding"`
	Segments        int                     `db:"segments"`
	State           escalation.MessageState `db:"state"`
	Attempt         int                     `db:"attempt"`
	Seq             int                     `db:"seq"`
	Attempts        int                     `db:"attempts"`
	Refusals        int                     `db:"refusals"`
	Blamed          int                     `db:"blamed"`
	Duplicate       bool                    `db:"possible_duplicate"`
	Pointless       string                  `db:"pointless"`
	Handled         bool                    `db:"handled"`
	Reference       int64                   `db:"reference"`
	Error           string                  `db:"error"`
	At              int64                   `db:"at"`
	NotBefore       int64                   `db:"not_before"`
	ExpiresAt       int64                   `db:"expires_at"`
	SentAt          int64                   `db:"sent_at"`
	DeliveredAt     int64                   `db:"delivered_at"`
	Created         int64                   `db:"created_real"`
	LeaseUntil      int64                   `db:"lease_real"`
}

const messageColumnList = `m.id, m.petition_id, m.round, m.rung, m.slip, m.template, m.template_version, m.vars, m.lane, m.class,
	m.contact_id, m.citizen_of, m.role, m.unit, m.by_email, m.phone, m.email, m.need_code, m.text, m.coding, m.segments, m.state,
	m.attempt, m.seq, m.attempts, m.refusals, m.blamed, m.possible_duplicate, m.pointless, m.handled, m.reference, m.error, m.at, m.not_before,
	m.expires_at, m.sent_at, m.delivered_at, m.created_real, m.lease_real`

func (r messageRow) recipient() escalation.Recipient {
	to := escalation.Recipient{Contact: r.Contact, Citizen: r.Citizen, Role: r.Role, Unit: r.Unit, ByEmail: r.ByEmail}
	if r.Contact == 0 && r.Citizen == 0 {
		to.Phone = r.Phone
	}
	return to
}

func (r messageRow) vars() (map[string]string, error) {
	var vars map[string]string
	if err := fromJSON(r.Vars, &vars); err != nil {
		return nil, fmt.Errorf("read message %d: %w", r.ID, err)
	}
	return vars, nil
}

func (r messageRow) message() (escalation.Message, error) {
	vars, err := r.vars()
	return escalation.Message{
		ID: r.ID, Phone: r.Phone, Email: r.Email, State: r.State, Error: r.Error, Handled: r.Handled, CreatedAt: instant(r.Created),
		Notice: escalation.Notice{
			Petition: r.Petition, Template: r.Template, Vars: vars, To: r.recipient(), Lane: r.Lane, Class: r.Class, Round: r.Round,
			Rung: r.Rung, Slip: r.Slip, Attempt: r.Attempt, NeedCode: r.NeedCode, At: instant(r.At), NotBefore: instant(r.NotBefore),
			Expires: instant(r.ExpiresAt), Seq: r.Seq,
		},
	}, err
}

// Message loads and locks one outbox message, with what it encloses. Its petition is locked first, as
// everywhere: the message's row is what Settle changes too.
func (t *tx) Message(ctx context.Context, id int64) (escalation.Message, error) {
	var petition int64
	err := t.c.get(ctx, &petition, `SELECT petition_id FROM message WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return escalation.Message{}, missing("message", "không có tin nhắn này")
	}
	if err == nil && petition != 0 && t.s.d.forUpdate != "" {
		var locked []int64
		err = t.c.all(ctx, &locked, `SELECT id FROM petition WHERE id = ?`+t.s.d.forUpdate, petition)
	}
	var row messageRow
	if err == nil {
		err = t.c.get(ctx, &row, `SELECT `+messageColumnList+` FROM message m WHERE m.id = ?`+t.s.d.forUpdate, id)
	}
	if err != nil {
		return escalation.Message{}, fmt.Errorf("load message %d: %w", id, err)
	}
	m, err := row.message()
	if err != nil || petition != 0 { // no petition's notice encloses anything
		return m, err
	}
	enclosed, err := t.c.enclosure(ctx, id)
	m.Notice.Enclosure = &enclosed
	return m, err
}

// MarkHandled records that a message's failure has been passed on.
func (t *tx) MarkHandled(ctx context.Context, id int64) error {
	if _, err := t.c.exec(ctx, `UPDATE message SET handled = 1 WHERE id = ?`, id); err != nil {
		return fmt.Errorf("mark message %d handled: %w", id, err)
	}
	return nil
}

// ErrorAnswers counts the error answers (E…) queued to the number since.
func (t *tx) ErrorAnswers(ctx context.Context, phone string, since time.Time) (int, error) {
	var n int
	err := t.c.get(ctx, &n, `SELECT COUNT(*) FROM message WHERE phone = ? AND phone <> '' AND at >= ? AND template LIKE 'E%'`, phone, micros(since))
	if err != nil {
		return 0, fmt.Errorf("count error answers: %w", err)
	}
	return n, nil
}

// MessageView is a message as lists show it. Whoever shows the phone masks it
// (escalation.MaskPhone).
type MessageView struct {
	ID                int64
	Petition          int64
	PetitionCode      string
	Confidential      bool // what the petition is
	Denunciation      bool
	Template          string
	TemplateVersion   int
	To                escalation.Recipient
	Phone, Email      string
	Text              string
	State             escalation.MessageState
	Lane              escalation.Lane
	Class             escalation.Class
	Rung              escalation.RungName
	Slip              int
	Segments          int
	Attempts          int
	Error             string
	PossibleDuplicate bool
	At                time.Time // the decision's instant
	NotBefore         time.Time
	SentAt            time.Time
	DeliveredAt       time.Time
	CreatedAt         time.Time // by the machine
}

func (r messageRow) view() MessageView {
	return MessageView{
		ID: r.ID, Petition: r.Petition, PetitionCode: r.PetitionCode, Confidential: r.Confidential, Denunciation: r.Denunciation, Template: r.Template, TemplateVersion: r.TemplateVersion,
		To: r.recipient(), Phone: r.Phone, Email: r.Email, Text: r.Text, State: r.State, Lane: r.Lane, Class: r.Class, Rung: r.Rung,
		Slip: r.Slip, Segments: r.Segments, Attempts: r.Attempts, Error: r.Error, PossibleDuplicate: r.Duplicate, At: instant(r.At),
		NotBefore: instant(r.NotBefore), SentAt: instant(r.SentAt), DeliveredAt: instant(r.DeliveredAt), CreatedAt: instant(r.Created),
	}
}

// MessageFilter narrows a list of messages; empty fields do not.
type MessageFilter struct {
	IDs      []int64 // of an insertion, to follow it
	Petition int64
	Phone    string
	Template string
	State    escalation.MessageState
	Unit     string
	Cursor   string
	Limit    int // 0: 50, at most 500
}

// Messages lists messages, newest first.
func (s *Store) Messages(ctx context.Context, f MessageFilter) (Page[MessageView], error) {
	after, limit, err := paging(f.Cursor, f.Limit)
	if err != nil {
		return Page[MessageView]{}, err
	}
	w := where{}
	w.and("m.id < ?", after)
	w.andIf(len(f.IDs) > 0, "m.id IN (?)", f.IDs)
	w.andIf(f.Petition != 0, "m.petition_id = ? AND m.petition_id <> 0", f.Petition)
	w.andIf(f.Phone != "", "m.phone = ? AND m.phone <> ''", f.Phone)
	w.andIf(f.Template != "", "m.template = ?", f.Template)
	w.andIf(f.State != "", "m.state = ?", string(f.State))
	w.andIf(f.Unit != "", "m.unit = ?", f.Unit)
	var rows []messageRow
	err = s.reader().in(ctx, &rows, `SELECT `+messageColumnList+`, COALESCE(p.code, '') AS petition_code,
			COALESCE(p.confidential, 0) = 1 AS confidential, COALESCE(p.denunciation, 0) = 1 AS denunciation
		FROM message m LEFT JOIN petition p ON p.id = m.petition_id`+w.String()+` ORDER BY m.id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[MessageView]{}, fmt.Errorf("list messages: %w", err)
	}
	views := make([]MessageView, len(rows))
	for i, r := range rows {
		views[i] = r.view()
	}
	return paged(views, limit, func(v MessageView) int64 { return v.ID }), nil
}

// InsertMessages queues notices sent by hand. The ids come back in the order
// given; a notice whose key was there already gives the id it has.
func (a Authored) InsertMessages(ctx context.Context, notices []escalation.Notice) ([]int64, error) {
	ids := make([]int64, len(notices))
	err := a.s.inTx(ctx, func(t *tx) error { return t.insertMessages(ctx, notices, ids, a.by) })
	return ids, err
}

// TryText queues a notice that tries a text, and logs what was sent.
func (a Authored) TryText(ctx context.Context, n escalation.Notice, detail string) error {
	return a.s.inTx(ctx, func(t *tx) error {
		if err := t.insertMessages(ctx, []escalation.Notice{n}, make([]int64, 1), a.by); err != nil {
			return err
		}
		return t.log(ctx, a.by, "test", LogTemplate, detail, n.Template)
	})
}

// insertMessages queues notices, fills in their ids and logs the sending.
func (t *tx) insertMessages(ctx context.Context, notices []escalation.Notice, ids []int64, by escalation.Actor) error {
	if err := t.queue(ctx, notices); err != nil {
		return err
	}
	if err := t.idsOf(ctx, notices, ids); err != nil {
		return err
	}
	if len(ids) == 0 {
		return nil
	}
	t.note(ids...)
	detail := fmt.Sprintf("%s × %d", notices[0].Template, len(ids))
	return t.log(ctx, by, "send", LogMessage, detail, idText(slices.Min(ids))+"-"+idText(slices.Max(ids)))
}

// idsOf fills in the ids of queued notices, some hundreds at a time.
func (t *tx) idsOf(ctx context.Context, notices []escalation.Notice, ids []int64) error {
	keys := make([]string, len(notices))
	for i, n := range notices {
		keys[i] = wire(n.Key())
	}
	found := make(map[string]int64, len(keys))
	for batch := range slices.Chunk(keys, mostListed) {
		var rows []struct {
			ID  int64  `db:"id"`
			Key string `db:"key"`
		}
		if err := t.c.in(ctx, &rows, `SELECT id, key FROM message WHERE key IN (?)`, batch); err != nil {
			return fmt.Errorf("find queued messages: %w", err)
		}
		for _, r := range rows {
			found[r.Key] = r.ID
		}
	}
	for i, key := range keys {
		id, ok := found[key]
		if !ok {
			return fmt.Errorf("a queued message is not there: %w", sql.ErrNoRows)
		}
		ids[i] = id
	}
	return nil
}
