package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// LogPersonal is the change log's word for what was done with one person's data. Its
// refs are the numbers of requests, or masked phones.
const LogPersonal = "personal"

type personalRow struct {
	ID         int64                      `db:"id"`
	Kind       escalation.PersonalKind    `db:"kind"`
	Phone      string                     `db:"phone"`
	Masked     string                     `db:"masked"`
	Note       string                     `db:"note"`
	ReceivedAt int64                      `db:"received_at"`
	RecordedAt int64                      `db:"recorded_at"`
	RecordedBy string                     `db:"recorded_by"`
	Due        int64                      `db:"due"`
	RemindedAt int64                      `db:"reminded_at"`
	OverdueAt  int64                      `db:"overdue_at"`
	DoneAt     int64                      `db:"done_at"`
	DoneBy     string                     `db:"done_by"`
	Outcome    escalation.PersonalOutcome `db:"outcome"`
	Answer     string                     `db:"answer"`
}

func (r personalRow) request() escalation.PersonalRequest {
	return escalation.PersonalRequest{
		ID: r.ID, Kind: r.Kind, Phone: r.Phone, Masked: r.Masked, Note: r.Note, ReceivedAt: instant(r.ReceivedAt), RecordedAt: instant(r.RecordedAt),
		RecordedBy: r.RecordedBy, Due: instant(r.Due), RemindedAt: instant(r.RemindedAt), OverdueAt: instant(r.OverdueAt),
		DoneAt: instant(r.DoneAt), DoneBy: r.DoneBy, Outcome: r.Outcome, Answer: r.Answer,
	}
}

const personalColumns = `id, kind, phone, masked, note, received_at, recorded_at, recorded_by, due, reminded_at, overdue_at,
	done_at, done_by, outcome, answer`

// AddPersonal records a person's request about their data.
func (t *tx) AddPersonal(ctx context.Context, r escalation.PersonalRequest) (id int64, err error) {
	err = t.c.get(ctx, &id, `INSERT INTO personal_request (kind, phone, masked, note, received_at, recorded_at, recorded_by, due)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, string(r.Kind), wire(r.Phone), wire(r.Masked), wire(r.Note), micros(r.ReceivedAt),
		micros(r.RecordedAt), wire(r.RecordedBy), micros(r.Due))
	if err != nil {
		return 0, fmt.Errorf("record a request about personal data: %w", err)
	}
	t.note(id)
	return id, nil
}

// Personal loads and locks a request.
func (t *tx) Personal(ctx context.Context, id int64) (escalation.PersonalRequest, error) {
	return personalBy(ctx, t.c, id, t.s.d.forUpdate)
}

func personalBy(ctx context.Context, c conn, id int64, lock string) (escalation.PersonalRequest, error) {
	var row personalRow
	err := c.get(ctx, &row, `SELECT `+personalColumns+` FROM personal_request WHERE id = ?`+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		return escalation.PersonalRequest{}, missing("id", "không có yêu cầu này")
	}
	if err != nil {
		return escalation.PersonalRequest{}, fmt.Errorf("find request %d about personal data: %w", id, err)
	}
	return row.request(), nil
}

// OpenPersonal loads and locks the requests that are not answered, oldest first.
func (t *tx) OpenPersonal(ctx context.Context) ([]escalation.PersonalRequest, error) {
	var rows []personalRow
	err := t.c.all(ctx, &rows, `SELECT `+personalColumns+` FROM personal_request WHERE done_at = 0 ORDER BY id`+t.s.d.forUpdate)
	if err != nil {
		return nil, fmt.Errorf("list open requests about personal data: %w", err)
	}
	return requests(rows), nil
}

func requests(rows []personalRow) []escalation.PersonalRequest {
	list := make([]escalation.PersonalRequest, len(rows))
	for i, r := range rows {
		list[i] = r.request()
	}
	return list
}

// SavePersonal writes a request; an answered one ends its tasks.
func (t *tx) SavePersonal(ctx context.Context, r escalation.PersonalRequest) error {
	_, err := t.c.exec(ctx, `UPDATE personal_request SET phone = ?, reminded_at = ?, overdue_at = ?, done_at = ?, done_by = ?, outcome = ?, answer = ?
		WHERE id = ?`, wire(r.Phone), micros(r.RemindedAt), micros(r.OverdueAt), micros(r.DoneAt), wire(r.DoneBy), string(r.Outcome), wire(r.Answer), r.ID)
	if err == nil && !r.Open() {
		err = t.FinishTasks(ctx, r.DoneBy, r.Outcome.Label(), r.TaskKeys()...)
	}
	if err != nil {
		return fmt.Errorf("save request %d about personal data: %w", r.ID, err)
	}
	return nil
}

// PersonalRequest reads one; *escalation.Problem NotFound.
func (s *Store) PersonalRequest(ctx context.Context, id int64) (escalation.PersonalRequest, error) {
	return personalBy(ctx, s.reader(), id, "")
}

// PersonalRequests lists requests, newest first.
func (s *Store) PersonalRequests(ctx context.Context, cursor string, limit int) (Page[escalation.PersonalRequest], error) {
	after, limit, err := paging(cursor, limit)
	if err != nil {
		return Page[escalation.PersonalRequest]{}, err
	}
	var rows []personalRow
	err = s.reader().all(ctx, &rows, `SELECT `+personalColumns+` FROM personal_request WHERE id < ? ORDER BY id DESC LIMIT ?`, after, limit+1)
	if err != nil {
		return Page[escalation.PersonalRequest]{}, fmt.Errorf("list requests about personal data: %w", err)
	}
	return paged(requests(rows), limit, func(r escalation.PersonalRequest) int64 { return r.ID }), nil
}

// readdress sends what waits for a citizen to the address put right, unless who has that
// number asked not to get it. A text with a reply code of the old address is dropped:
// nobody could use it. One of which a try may have gone out is recalled when it would go again
// (readdressed): what comes of the tries must not count for the new address.
func (t *tx) readdress(ctx context.Context, p escalation.Petition, before escalation.Citizen) error {
	now := p.Citizen
	if before == (escalation.Citizen{}) || before.Phone == now.Phone && before.Email == now.Email {
		return nil
	}
	phone, email := wire(now.Phone), wire(now.Email)
	theirs, which, err := citizensTexts(ctx, t.c, p)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		change func(context.Context, string, ...any) (int64, error)
		update string
		args   []any
	}{
		{t.changeMessages, `UPDATE message SET state = 'suppressed', error = ? WHERE ` + theirs + ` AND state = 'queued'
			AND (by_email = 0 AND (? = '' OR need_code = 1 AND phone <> ?) OR by_email = 1 AND (? = '' OR need_code = 1 AND email <> ?))`, slices.Concat([]any{escalation.Readdressed}, which, []any{phone, phone, email, email})},
		{t.c.execIn, `UPDATE message SET phone = CASE WHEN by_email = 0 THEN ? ELSE '' END, email = CASE WHEN by_email = 1 THEN ? ELSE '' END
			WHERE ` + theirs + ` AND state = 'queued' AND ` + untried, slices.Concat([]any{phone, email}, which)},
	} {
		if _, err := s.change(ctx, s.update, s.args...); err != nil {
			return fmt.Errorf("address the texts of petition %d anew: %w", p.ID, err)
		}
	}
	if before.Phone == now.Phone {
		return nil
	}
	return t.honour(ctx, phone)
}

// untried is that nothing of a text can have gone out: what was tried was refused for now.
const untried = `possible_duplicate = 0 AND NOT EXISTS (SELECT 1 FROM segment g WHERE g.message_id = message.id AND g.state <> 'queued')`

// Bounds of an export: a person has made a handful of petitions; a number that hundreds
// used is no person's.
const (
	personalPetitions = 500
	personalTexts     = 5000
)

// ExportPersonal puts together what is kept about the number (E.164), and logs who looked
// in the same transaction. ref is the request it answers, or a masked phone.
// Denunciations are counted and left out.
func (a Authored) ExportPersonal(ctx context.Context, phone, ref string) (data escalation.PersonalData, err error) {
	err = a.s.inTx(ctx, func(t *tx) error {
		data = escalation.PersonalData{Phone: phone, At: t.domain}
		for _, part := range []func(context.Context, *escalation.PersonalData) error{
			t.personalPetitions, t.personalReceived, t.personalOthers, t.personalContacts, t.personalAsked,
		} {
			if err := part(ctx, &data); err != nil {
				return fmt.Errorf("export personal data: %w", err)
			}
		}
		return t.log(ctx, a.by, "export", LogPersonal, fmt.Sprintf("%d phản ánh", len(data.Petitions)), ref)
	})
	return data, err
}

// citizenPetitions are the ids of petitions whose citizen has the number, oldest first, and
// one more than an export holds where there are more.
func citizenPetitions(ctx context.Context, c conn, phone string) (ids []int64, err error) {
	err = c.all(ctx, &ids, `SELECT petition_id FROM citizen WHERE phone = ? AND phone <> '' ORDER BY petition_id LIMIT ?`, wire(phone), personalPetitions+1)
	if err != nil {
		return nil, fmt.Errorf("find a citizen's petitions: %w", err)
	}
	return ids, nil
}

func (t *tx) personalPetitions(ctx context.Context, data *escalation.PersonalData) error {
	ids, err := citizenPetitions(ctx, t.c, data.Phone)
	if err != nil {
		return err
	}
	if len(ids) > personalPetitions {
		ids, data.Incomplete = ids[:personalPetitions], true
	}
	list, err := loadPetitions(ctx, t.c, ids, "")
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Denunciation {
			data.Withheld++
			continue
		}
		timeline, err := readTimeline(ctx, t.c, p.ID)
		if err != nil {
			return err
		}
		one := escalation.PersonalOf(p, timeline)
		if err := t.personalFollowed(ctx, p, &one); err != nil {
			return err
		}
		theirs, args, err := citizensTexts(ctx, t.c, p)
		if err != nil {
			return err
		}
		if one.Texts, err = t.personalTexts(ctx, theirs, args...); err != nil {
			return err
		}
		if one.Files, err = t.personalFiles(ctx, p.ID); err != nil {
			return err
		}
		data.Petitions = append(data.Petitions, one)
	}
	return nil
}

// personalFollowed adds what the citizen of a merged petition said of what it was merged into.
func (t *tx) personalFollowed(ctx context.Context, p escalation.Petition, one *escalation.PersonalPetition) error {
	into, err := intoOf(ctx, t.c, p)
	if err != nil {
		return err
	}
	for _, f := range into {
		timeline, err := readTimeline(ctx, t.c, f.ID)
		if err != nil {
			return err
		}
		one.Follow(p.Code, f, timeline)
	}
	return nil
}

func (t *tx) personalTexts(ctx context.Context, condition string, args ...any) ([]escalation.PersonalText, error) {
	var rows []struct {
		At       int64                   `db:"at"`
		Template string                  `db:"template"`
		Text     string                  `db:"text"`
		State    escalation.MessageState `db:"state"`
	}
	err := t.c.in(ctx, &rows, `SELECT at, template, text, state FROM message WHERE `+condition+` ORDER BY id LIMIT ?`, append(args, personalTexts)...)
	if err != nil {
		return nil, err
	}
	list := make([]escalation.PersonalText, len(rows))
	for i, r := range rows {
		list[i] = escalation.PersonalText{At: instant(r.At), Template: r.Template, Text: r.Text, State: r.State}
	}
	return list, nil
}

func (t *tx) personalFiles(ctx context.Context, petition int64) ([]escalation.PersonalFile, error) {
	var rows []attachmentRow
	if err := t.c.all(ctx, &rows, `SELECT `+attachmentColumns+` FROM attachment WHERE petition_id = ? ORDER BY id`, petition); err != nil {
		return nil, err
	}
	var list []escalation.PersonalFile
	for _, r := range rows {
		list = append(list, escalation.PersonalFile{At: instant(r.At), Name: r.Name, Type: r.Type, Size: r.Size})
	}
	return list, nil
}

func (t *tx) personalReceived(ctx context.Context, data *escalation.PersonalData) error {
	var rows []struct {
		At   int64  `db:"read_at"`
		Text string `db:"text"`
	}
	err := t.c.all(ctx, &rows, `SELECT read_at, text FROM inbox WHERE phone = ? ORDER BY id LIMIT ?`, wire(data.Phone), personalTexts)
	for _, r := range rows {
		data.Received = append(data.Received, escalation.PersonalText{At: instant(r.At), Text: r.Text})
	}
	data.Incomplete = data.Incomplete || len(rows) == personalTexts
	return err
}

// personalOthers are texts to the number besides those of its own petitions. A text to an
// officer is about other people's matters: that it was sent is said, not its words.
func (t *tx) personalOthers(ctx context.Context, data *escalation.PersonalData) error {
	texts, err := t.personalTexts(ctx, `phone = ? AND phone <> '' AND citizen_of = 0 AND contact_id = 0`, wire(data.Phone))
	if err != nil {
		return err
	}
	duty, err := t.personalTexts(ctx, `phone = ? AND phone <> '' AND contact_id <> 0`, wire(data.Phone))
	for i := range duty {
		duty[i].Text = ""
	}
	data.Others = append(texts, duty...)
	slices.SortStableFunc(data.Others, func(a, b escalation.PersonalText) int { return a.At.Compare(b.At) })
	data.Incomplete = data.Incomplete || len(texts) == personalTexts || len(duty) == personalTexts
	return err
}

func (t *tx) personalContacts(ctx context.Context, data *escalation.PersonalData) error {
	var rows []struct {
		Unit  string          `db:"unit"`
		Role  escalation.Role `db:"role"`
		Name  string          `db:"name"`
		Email string          `db:"email"`
	}
	err := t.c.all(ctx, &rows, `SELECT unit, role, name, email FROM contact WHERE phone = ? AND phone <> '' ORDER BY id`, wire(data.Phone))
	for _, r := range rows {
		data.Contacts = append(data.Contacts, escalation.PersonalContact(r))
	}
	if err != nil {
		return err
	}
	var wish unwantedRow
	err = t.c.get(ctx, &wish, `SELECT `+unwantedColumns+` FROM phone WHERE phone = ?`, wire(data.Phone))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	data.Unwanted = wish.unwanted()
	return err
}

func (t *tx) personalAsked(ctx context.Context, data *escalation.PersonalData) error {
	var rows []personalRow
	err := t.c.all(ctx, &rows, `SELECT `+personalColumns+` FROM personal_request WHERE phone = ? AND phone <> '' ORDER BY id`, wire(data.Phone))
	for _, r := range requests(rows) {
		data.Requests = append(data.Requests, escalation.PersonalAsked{Kind: r.Kind, ReceivedAt: r.ReceivedAt, Due: r.Due, DoneAt: r.DoneAt, Outcome: r.Outcome, Answer: r.Answer})
	}
	return err
}

// ForgetPhone erases what is kept about the number apart from its petitions: the texts
// from it that were applied, those to it, codes that nobody's petition has any more,
// earlier answered requests, and its row unless a wish stands there. What waits to go to
// it is dropped, what is on its way is emptied once it has settled. An officer's texts
// stay: they are the units' record.
func (a Authored) ForgetPhone(ctx context.Context, phone, ref string) error {
	return a.s.inTx(ctx, func(t *tx) error {
		officer := `(SELECT COUNT(*) FROM contact WHERE phone = ? AND phone <> '') = 0`
		over := `(applied_at <> 0 OR attempts > 20)`
		theirs := `phone = ? AND phone <> '' AND contact_id = 0`
		nobodys := ` AND NOT EXISTS (SELECT 1 FROM citizen c WHERE c.petition_id = message.citizen_of)`
		if err := t.endDrafts(ctx, strangersKeys(`phone = ? AND phone <> '' AND `+over+` AND `+officer), phone, phone); err != nil {
			return err
		}
		if err := t.endAsides(ctx, `phone = ? AND phone <> '' AND `+over+` AND `+officer, phone, phone); err != nil {
			return err
		}
		if err := t.endDrafts(ctx, `>= ? AND key < ? AND `+officer, oldDraft(phone), pastPrefix(oldDraft(phone)), phone); err != nil {
			return err
		}
		if _, err := t.changeMessages(ctx, `UPDATE message SET `+emptyMessage+`, state = 'suppressed', error = `+erasedNote+` WHERE `+theirs+` AND state = 'queued'`+nobodys, phone); err != nil {
			return fmt.Errorf("drop the texts to a number: %w", err)
		}
		for _, s := range []struct {
			statement string
			args      []any
		}{
			{`UPDATE inbox_part SET ` + emptyPart + ` WHERE phone = ? AND phone <> '' AND inbox_id IN
				(SELECT id FROM inbox WHERE phone = ? AND ` + over + `) AND ` + officer, []any{phone, phone, phone}},
			{`UPDATE inbox SET ` + emptyInbound + ` WHERE phone = ? AND phone <> '' AND ` + over + ` AND ` + officer, []any{phone, phone}},
			{`UPDATE message SET ` + emptyMessage + ` WHERE ` + theirs + ` AND state NOT IN ('queued', 'sending', 'unknown')`, []any{phone}},
			{`UPDATE message SET ` + eraseLater + ` WHERE ` + theirs + ` AND state IN ('sending', 'unknown')` + nobodys, []any{phone}},
			{`DELETE FROM reply_code WHERE phone = ? AND slip = 0 AND contact_id = 0 AND subject = ''
				AND NOT EXISTS (SELECT 1 FROM citizen c WHERE c.phone = reply_code.phone AND c.phone <> '')`, []any{phone}},
			{`UPDATE personal_request SET phone = '' WHERE phone = ? AND done_at <> 0`, []any{phone}},
		} {
			if _, err := t.c.exec(ctx, s.statement, s.args...); err != nil {
				return fmt.Errorf("forget a number: %w", err)
			}
		}
		if err := t.dropNumbers(ctx, []string{phone}); err != nil {
			return fmt.Errorf("forget a number: %w", err)
		}
		return t.log(ctx, a.by, "erase", LogPersonal, "tin nhắn và số máy", ref)
	})
}

// NumberStands names where the number still stands: under a petition, in texts that came or
// went, or with a reply code. A text on its way that is emptied when it has settled does
// not count.
func (t *tx) NumberStands(ctx context.Context, phone string) (stands escalation.NumberStands, err error) {
	var row struct {
		Petitions int  `db:"petitions"`
		Officer   bool `db:"officer"`
		Received  bool `db:"received"`
		Sent      bool `db:"sent"`
		Codes     bool `db:"codes"`
	}
	err = t.c.get(ctx, &row, `SELECT (SELECT COUNT(*) FROM citizen WHERE phone = ? AND phone <> '') AS petitions,
		EXISTS (SELECT 1 FROM contact WHERE phone = ? AND phone <> '') AS officer,
		EXISTS (SELECT 1 FROM inbox WHERE phone = ?) OR EXISTS (SELECT 1 FROM inbox_part WHERE phone = ? AND inbox_id = 0) AS received,
		EXISTS (SELECT 1 FROM message WHERE phone = ? AND phone <> '' AND pointless <> `+erasedNote+`) AS sent,
		EXISTS (SELECT 1 FROM reply_code WHERE phone = ?) AS codes`, phone, phone, phone, phone, phone, phone)
	if err != nil {
		return escalation.NumberStands{}, fmt.Errorf("find where a number still stands: %w", err)
	}
	return escalation.NumberStands(row), nil
}

// LogErased notes that a petition's citizen was erased, and why.
func (a Authored) LogErased(ctx context.Context, code, why, ref string) error {
	return a.s.inTx(ctx, func(t *tx) error { return t.log(ctx, a.by, "erase", LogPersonal, code+": "+why, ref) })
}

// KnownOf reads the petitions whose citizen has the number, oldest first: to say what can
// be done with them, not to show them.
func (s *Store) KnownOf(ctx context.Context, phone string) ([]escalation.Petition, error) {
	ids, err := citizenPetitions(ctx, s.reader(), phone)
	if err != nil {
		return nil, err
	}
	return loadPetitions(ctx, s.reader(), ids, "")
}
