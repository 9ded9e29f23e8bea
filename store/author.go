package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"notify1022/escalation"
)

// Authored is the store in somebody's name: what it changes is written into the
// change log with its author, in the same transaction (DESIGN "every change has
// an author").
type Authored struct {
	s  *Store
	by escalation.Actor
}

// By is the store in the actor's name. The store's own methods of the same names
// act in the name of 1022 itself: an import, the sample data.
func (s *Store) By(actor escalation.Actor) Authored { return Authored{s, actor} }

// Subjects of the change log.
const (
	LogUnit    = "unit"    // ref: the unit's code
	LogContact = "contact" // ref: the contact's id
	LogMessage = "message" // ref: the first and the last id of the sending
	LogInbound = "inbound" // ref: the text's number in the inbox
)

// Logged is one line of the change log. It names no phone and no person but the author.
type Logged struct {
	ID      int64
	At      time.Time
	Actor   string // name, and in brackets what the account signs in with
	Role    escalation.Role
	Channel escalation.Channel
	Action  string // save, end, send
	What    string // LogUnit, LogContact, LogMessage
	Ref     string
	Detail  string
}

// log writes one line per ref.
func (t *tx) log(ctx context.Context, by escalation.Actor, action, what, detail string, refs ...string) error {
	t.note()
	author := authorOf(by)
	rows := make([][]any, len(refs))
	for i, ref := range refs {
		rows[i] = []any{micros(t.domain), wire(author), string(by.Role), string(by.Channel), action, what, wire(ref), wire(detail)}
	}
	return t.c.put(ctx, failing("log the change of %d × %s", len(refs), what), `INSERT INTO change_log (at, actor, role, channel, action, what, ref, detail)`, "", rows)
}

// authorOf is an actor as the log names them: the person, and the account that tells two of
// one name apart.
func authorOf(by escalation.Actor) string {
	if by.Account != "" && by.Account != by.Name {
		return by.Name + " (" + by.Account + ")"
	}
	return by.Name
}

// ChangeLog lists the changes of a subject, newest first; an empty what or ref
// does not narrow.
func (s *Store) ChangeLog(ctx context.Context, what, ref, cursor string, limit int) (Page[Logged], error) {
	after, limit, err := paging(cursor, limit)
	if err != nil {
		return Page[Logged]{}, err
	}
	w := where{}
	w.and("id < ?", after)
	w.andIf(what != "", "what = ?", what)
	w.andIf(ref != "", "ref = ?", wire(ref))
	var rows []struct {
		ID      int64              `db:"id"`
		At      int64              `db:"at"`
		Actor   string             `db:"actor"`
		Role    escalation.Role    `db:"role"`
		Channel escalation.Channel `db:"channel"`
		Action  string             `db:"action"`
		What    string             `db:"what"`
		Ref     string             `db:"ref"`
		Detail  string             `db:"detail"`
	}
	err = s.reader().all(ctx, &rows, `SELECT id, at, actor, role, channel, action, what, ref, detail FROM change_log`+w.String()+
		` ORDER BY id DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[Logged]{}, fmt.Errorf("list the change log: %w", err)
	}
	list := make([]Logged, len(rows))
	for i, r := range rows {
		list[i] = Logged{ID: r.ID, At: instant(r.At), Actor: r.Actor, Role: r.Role, Channel: r.Channel, Action: r.Action, What: r.What,
			Ref: r.Ref, Detail: r.Detail}
	}
	return paged(list, limit, func(l Logged) int64 { return l.ID }), nil
}

// SaveUnits is Authored.SaveUnits in the name of 1022.
func (s *Store) SaveUnits(ctx context.Context, units ...escalation.Unit) error {
	return s.By(escalation.Ladder()).SaveUnits(ctx, units...)
}

// SaveContacts is Authored.SaveContacts in the name of 1022.
func (s *Store) SaveContacts(ctx context.Context, contacts ...escalation.Contact) ([]int64, error) {
	return s.By(escalation.Ladder()).SaveContacts(ctx, contacts...)
}

// EndContact is Authored.EndContact in the name of 1022.
func (s *Store) EndContact(ctx context.Context, id int64, at time.Time) error {
	return s.By(escalation.Ladder()).EndContact(ctx, id, at)
}

// InsertMessages is Authored.InsertMessages in the name of 1022.
func (s *Store) InsertMessages(ctx context.Context, notices []escalation.Notice) ([]int64, error) {
	return s.By(escalation.Ladder()).InsertMessages(ctx, notices)
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
