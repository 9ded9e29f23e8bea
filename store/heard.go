package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/reply"
)

// Heard is a text that came in.
type Heard struct {
	ID        int64
	Phone     string
	Text      string
	ReadAt    time.Time
	Outcome   string   // what applying it led to; empty: not applied yet
	Petitions []string // codes of those that it named or acted on, where they were asked for
}

// heardFor are the numbers that hold or held a reply code of a petition, and its citizen's.
const heardFor = `SELECT phone FROM reply_code WHERE petition_id = ? UNION SELECT phone FROM citizen WHERE petition_id = ? AND phone <> ''`

// openly leaves out the numbers that a denunciation is bound to, where the visitor may not
// see one: a text may be about that one.
const openly = `(? = 0 OR NOT EXISTS (
		SELECT 1 FROM reply_code k JOIN petition d ON d.id = k.petition_id WHERE k.phone = i.phone AND d.denunciation = 1
	) AND NOT EXISTS (
		SELECT 1 FROM citizen k JOIN petition d ON d.id = k.petition_id WHERE k.phone = i.phone AND k.phone <> '' AND d.denunciation = 1
	))`

// HeardOf lists the latest texts that named a reply code of the petition or acted on it, the
// oldest first. guarded leaves out the numbers that a denunciation is bound to.
func (s *Store) HeardOf(ctx context.Context, petition int64, guarded bool, limit int) ([]Heard, error) {
	return s.heard(ctx, petition, `JOIN inbox_petition l ON l.inbox_id = i.id WHERE l.petition_id = ? AND `+openly, petition, flag(guarded), limit)
}

// HeardBeside lists the latest other texts of the petition's numbers since it was recorded,
// the oldest first, each with the petitions that it was about.
func (s *Store) HeardBeside(ctx context.Context, petition int64, guarded bool, limit int) ([]Heard, error) {
	list, err := s.heard(ctx, petition, `WHERE i.phone IN (`+heardFor+`) AND i.read_at >= (SELECT recorded_at FROM petition WHERE id = ?)
		AND NOT EXISTS (SELECT 1 FROM inbox_petition l WHERE l.inbox_id = i.id AND l.petition_id = ?) AND `+openly, petition, petition, petition, petition, flag(guarded), limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i, h := range list {
		ids[i] = h.ID
	}
	var about []struct {
		Inbox int64  `db:"inbox_id"`
		Code  string `db:"code"`
	}
	if err := s.reader().in(ctx, &about, `SELECT l.inbox_id, p.code FROM inbox_petition l JOIN petition p ON p.id = l.petition_id
		WHERE l.inbox_id IN (?) AND (? = 0 OR p.denunciation = 0) ORDER BY p.id`, ids, flag(guarded)); err != nil {
		return nil, fmt.Errorf("list what texts beside petition %d were about: %w", petition, err)
	}
	for _, a := range about {
		i := slices.Index(ids, a.Inbox)
		list[i].Petitions = append(list[i].Petitions, a.Code)
	}
	return list, nil
}

func (s *Store) heard(ctx context.Context, petition int64, of string, args ...any) ([]Heard, error) {
	var rows []struct {
		ID      int64  `db:"id"`
		Phone   string `db:"phone"`
		Text    string `db:"text"`
		ReadAt  int64  `db:"read_at"`
		Outcome string `db:"outcome"`
	}
	err := s.reader().all(ctx, &rows, `SELECT i.id, i.phone, i.text, i.read_at, i.outcome FROM inbox i `+of+` ORDER BY i.read_at DESC, i.id DESC LIMIT ?`, args...)
	if err != nil {
		return nil, fmt.Errorf("list what was heard of petition %d: %w", petition, err)
	}
	list := make([]Heard, len(rows))
	for i, r := range rows {
		list[len(rows)-1-i] = Heard{ID: r.ID, Phone: r.Phone, Text: r.Text, ReadAt: instant(r.ReadAt), Outcome: r.Outcome}
	}
	return list, nil
}

// Told is a text that went to a number about something else: what it was, not its words.
type Told struct {
	Phone    string
	Template string
	Petition string // empty: about none
	State    escalation.MessageState
	At       time.Time
}

// ToldBeside lists the latest texts to the petition's numbers since it was recorded that were
// not about it, the oldest first; guarded without those of denunciations.
func (s *Store) ToldBeside(ctx context.Context, petition int64, guarded bool, limit int) ([]Told, error) {
	var rows []struct {
		Phone    string                  `db:"phone"`
		Template string                  `db:"template"`
		Petition string                  `db:"code"`
		State    escalation.MessageState `db:"state"`
		At       int64                   `db:"at"`
	}
	err := s.reader().all(ctx, &rows, `SELECT m.phone, m.template, COALESCE(p.code, '') AS code, m.state, m.at FROM message m LEFT JOIN petition p ON p.id = m.petition_id
		WHERE m.phone IN (`+heardFor+`) AND m.phone <> '' AND m.at >= (SELECT recorded_at FROM petition WHERE id = ?) AND m.petition_id <> ?
			AND (? = 0 OR COALESCE(p.denunciation, 0) = 0) ORDER BY m.at DESC, m.id DESC LIMIT ?`, petition, petition, petition, petition, flag(guarded), limit)
	if err != nil {
		return nil, fmt.Errorf("list what was sent beside petition %d: %w", petition, err)
	}
	list := make([]Told, len(rows))
	for i, r := range rows {
		list[len(rows)-1-i] = Told{r.Phone, r.Template, r.Petition, r.State, instant(r.At)}
	}
	return list, nil
}

// hearing is what a transaction learns of the text that it applies.
type hearing struct {
	on       bool
	text     string
	bindings []escalation.Binding // of the sender
	acted    []int64              // petitions that were saved
}

// acts notes what is saved while a text is applied.
func (h *hearing) acts(changes []escalation.Change) {
	for _, c := range changes {
		if h.on {
			h.acted = append(h.acted, c.Petition.ID)
		}
	}
}

// about are the petitions that the text named or acted on.
func (h hearing) about() []int64 {
	ids := slices.Clone(h.acted)
	for _, code := range reply.Mentioned(h.text) {
		if i := slices.IndexFunc(h.bindings, func(b escalation.Binding) bool { return b.Code == code || b.PetCode == code }); i >= 0 {
			ids = append(ids, h.bindings[i].Petition)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// keepHearing notes which petitions text id was about.
func (t *tx) keepHearing(ctx context.Context, id int64) error {
	var rows [][]any
	for _, petition := range t.hearing.about() {
		rows = append(rows, []any{petition, id})
	}
	return t.c.put(ctx, failing("note what inbound text %d is about", id), `INSERT INTO inbox_petition (petition_id, inbox_id)`, `ON CONFLICT (petition_id, inbox_id) DO NOTHING`, rows)
}

// heardLately bounds how many of the latest texts are looked at for what they were about:
// more than any hour has.
const heardLately = 10_000

// FillHeard notes which petitions texts were about that a process of a release before
// applied: by what they were answered with. Texts that have a row are left alone.
func (s *Store) FillHeard(ctx context.Context) (noted int64, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		noted, err = t.c.exec(ctx, `INSERT INTO inbox_petition (petition_id, inbox_id)
			SELECT DISTINCT m.petition_id, i.id FROM inbox i JOIN message m ON m.phone = i.phone AND m.phone <> '' AND m.at >= i.read_at AND m.seq = i.id
			WHERE i.id > (SELECT COALESCE(MAX(id), 0) FROM inbox) - ? AND i.applied_at <> 0 AND m.class = 'answer' AND m.petition_id <> 0
				AND NOT EXISTS (SELECT 1 FROM inbox_petition l WHERE l.inbox_id = i.id)
			ON CONFLICT (petition_id, inbox_id) DO NOTHING`, heardLately)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("note what texts were about: %w", err)
	}
	return noted, nil
}
