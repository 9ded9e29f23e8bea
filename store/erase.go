package store

import (
	"context"
	"fmt"

	"notify1022/escalation"
)

// EraseCitizen is Authored.EraseCitizen in the name of 1022.
func (s *Store) EraseCitizen(ctx context.Context, petition int64) error {
	return s.By(escalation.Ladder()).EraseCitizen(ctx, petition)
}

// EraseCitizen erases what the petition holds of its citizen: name, numbers,
// address, the personal texts of the timeline, the addresses and words of texts to
// the citizen, the reply codes, the files the citizen gave and recordings of calls, and
// the texts that came from the citizen's number. A text that is on its way is not sent
// again and goes once it is known what became of it (Lapse). A number that others stand
// under too, another petition or a person of the directory, loses the texts of this
// petition's time alone, and none that still waits. The timeline's chain stays
// valid. The files' bytes go from the disk afterwards (ErasedFiles). Erasing again
// changes nothing.
func (a Authored) EraseCitizen(ctx context.Context, petition int64) error {
	return a.s.inTx(ctx, func(t *tx) error {
		list, err := t.Petitions(ctx, petition)
		if err != nil {
			return err
		}
		if err := t.eraseFollowed(ctx, list[0]); err != nil {
			return fmt.Errorf("erase what the citizen of petition %d said of what it was merged into: %w", petition, err)
		}
		if err := t.eraseTexts(ctx, list[0]); err != nil {
			return fmt.Errorf("erase the texts to the citizen of petition %d: %w", petition, err)
		}
		if err := t.eraseHeard(ctx, list[0]); err != nil {
			return fmt.Errorf("erase the texts of petition %d: %w", petition, err)
		}
		if _, err := t.eraseFiles(ctx, petition, citizensFiles); err != nil {
			return fmt.Errorf("erase the files of petition %d: %w", petition, err)
		}
		statements := []string{
			`DELETE FROM citizen WHERE petition_id = ?`,
			`DELETE FROM timeline_private WHERE petition_id = ?`,
			`UPDATE task SET outcome = '', text = '' WHERE petition_id = ? AND (done_at <> 0 OR key LIKE '` + escalation.RecordingTasks + `%')`,
			`UPDATE recording_request SET reason = '' WHERE petition_id = ?`,
		}
		for _, statement := range statements {
			if _, err := t.c.exec(ctx, statement, petition); err != nil {
				return fmt.Errorf("erase the citizen of petition %d: %w", petition, err)
			}
		}
		if err := t.eraseCodes(ctx, list[0]); err != nil {
			return fmt.Errorf("erase the reply codes of the citizen of petition %d: %w", petition, err)
		}
		return t.log(ctx, a.by, "erase", "citizen", "", list[0].Code)
	})
}

// citizensTexts is the condition for all texts to the petition's citizen, and its arguments: they
// are about the petition, or about what it was merged into, by which they are found among
// very many, or a one-time code that is about none.
func citizensTexts(ctx context.Context, c conn, p escalation.Petition) (condition string, args []any, err error) {
	into, err := intoOf(ctx, c, p)
	about := []int64{p.ID}
	for _, f := range into {
		about = append(about, f.ID)
	}
	return `(petition_id IN (?) AND petition_id <> 0 AND citizen_of = ? OR petition_id = 0 AND citizen_of <> 0 AND citizen_of = ?)`, []any{about, p.ID, p.ID}, err
}

// eraseTexts empties the texts to the citizen, and drops those that wait.
func (t *tx) eraseTexts(ctx context.Context, p escalation.Petition) error {
	theirs, args, err := citizensTexts(ctx, t.c, p)
	if err != nil {
		return err
	}
	for _, update := range []string{
		`UPDATE message SET ` + emptyMessage + ` WHERE ` + theirs + ` AND state NOT IN ('queued', 'sending', 'unknown')`,
		`UPDATE message SET ` + eraseLater + ` WHERE ` + theirs + ` AND state IN ('sending', 'unknown')`,
	} {
		if _, err := t.c.execIn(ctx, update, args...); err != nil {
			return err
		}
	}
	_, err = t.changeMessages(ctx, `UPDATE message SET `+emptyMessage+`, state = 'suppressed', error = `+erasedNote+`
		WHERE `+theirs+` AND state = 'queued'`, args...)
	return err
}

// What becomes of a text of somebody who is erased while it is on its way: it is pointless,
// so it is not sent again, its failure is nobody's to pass on, and it is emptied when it
// has settled (dropErased).
const (
	erasedNote = `'the citizen was erased'` // the index message_erased has these very words
	eraseLater = `handled = 1, pointless = ` + erasedNote
)

// dropErased empties the texts of erased citizens of which it is known by now what became
// of them.
func (t *tx) dropErased(ctx context.Context) error {
	_, err := t.c.exec(ctx, `UPDATE message SET `+emptyMessage+` WHERE pointless = `+erasedNote+` AND (phone <> '' OR email <> '')
		AND state NOT IN ('queued', 'sending', 'unknown')`)
	if err != nil {
		return fmt.Errorf("empty the texts of erased citizens: %w", err)
	}
	return nil
}

// eraseCodes deletes the citizen's reply codes, of the petition and of those it was merged
// into, and the row of each number that nothing is kept under any more. Whoever else is
// asked about those keeps theirs: a code that does not say whose it is goes by its number.
func (t *tx) eraseCodes(ctx context.Context, p escalation.Petition) error {
	into, err := intoOf(ctx, t.c, p)
	if err != nil {
		return err
	}
	own, of, beside := []string{wire(p.Citizen.Phone), wire(p.Citizen.Email)}, []int64{p.ID}, []int64{0}
	for _, f := range p.Followers {
		beside = append(beside, f.ID)
	}
	for _, f := range into {
		of, beside = append(of, f.ID), append(beside, f.ID)
		for _, other := range f.Followers {
			if other.ID != p.ID {
				beside = append(beside, other.ID)
			}
		}
	}
	const citizens = ` FROM reply_code WHERE petition_id IN (?) AND slip = 0 AND contact_id = 0 AND (citizen_of = ? OR citizen_of = 0
		AND (petition_id = ? OR phone IN (?)) AND NOT EXISTS (SELECT 1 FROM citizen c WHERE c.phone = reply_code.phone AND c.petition_id IN (?)))`
	args := []any{of, p.ID, p.ID, own, beside}
	var owners []string
	if err := t.c.in(ctx, &owners, `SELECT DISTINCT phone`+citizens, args...); err != nil {
		return err
	}
	if _, err := t.c.execIn(ctx, `DELETE`+citizens, args...); err != nil {
		return err
	}
	return t.dropNumbers(ctx, append(owners, own[0]))
}

// dropNumbers deletes the rows of numbers without a wish, a code, a citizen or a person
// of the directory.
func (t *tx) dropNumbers(ctx context.Context, phones []string) error {
	_, err := t.c.execIn(ctx, `DELETE FROM phone WHERE phone IN (?) AND stopped = 0 AND no_progress = 0 AND no_rating = 0 AND no_bulk = 0
		AND NOT EXISTS (SELECT 1 FROM reply_code k WHERE k.phone = phone.phone) AND NOT EXISTS (SELECT 1 FROM citizen c WHERE c.phone = phone.phone AND c.phone <> '')
		AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.phone = phone.phone AND c.phone <> '')`, phones)
	return err
}

// eraseFollowed erases the citizen's words from the timeline of the petition that theirs was
// merged into, and of those that this one was merged into.
func (t *tx) eraseFollowed(ctx context.Context, p escalation.Petition) error {
	into, err := intoOf(ctx, t.c, p)
	for _, f := range into {
		if err == nil {
			_, err = t.c.exec(ctx, `DELETE FROM timeline_private WHERE petition_id = ? AND seq IN (SELECT seq FROM timeline WHERE petition_id = ? AND text LIKE ?)`,
				f.ID, f.ID, escalation.FollowersLine(p.Code)+"%")
		}
	}
	return err
}

// intoOf are the petitions that one was merged into: the first, what that was merged into,
// and so on.
func intoOf(ctx context.Context, c conn, p escalation.Petition) (list []escalation.Petition, err error) {
	for code := p.MergedInto; code != "" && len(list) < escalation.MostMerges; {
		var ids []int64
		if err := c.all(ctx, &ids, `SELECT id FROM petition WHERE code = ?`, code); err != nil {
			return nil, err
		}
		found, err := loadPetitions(ctx, c, ids, "")
		if err != nil || len(found) == 0 {
			return list, err
		}
		list, code = append(list, found[0]), found[0].MergedInto
	}
	return list, nil
}

// eraseHeard empties what came from the citizen's number, raw octets too. That a
// text came, and when, stays.
func (t *tx) eraseHeard(ctx context.Context, p escalation.Petition) error {
	phone := p.Citizen.Phone
	if phone == "" {
		return nil
	}
	var others bool
	err := t.c.get(ctx, &others, `SELECT EXISTS (SELECT 1 FROM citizen WHERE phone = ? AND phone <> '' AND petition_id <> ?)
		OR EXISTS (SELECT 1 FROM contact WHERE phone = ? AND phone <> '')`, phone, p.ID, phone)
	if err != nil {
		return err
	}
	which, args := `phone = ?`, []any{phone}
	if others {
		which += ` AND applied_at <> 0 AND read_at >= ? AND read_at <= ?`
		until := p.ClosedAt
		if until.IsZero() {
			until = t.domain
		}
		args = append(args, micros(p.RecordedAt), micros(until))
	}
	if err := t.endDrafts(ctx, strangersKeys(which), args...); err != nil {
		return err
	}
	if err := t.endAsides(ctx, which, args...); err != nil {
		return err
	}
	statements := []string{
		`UPDATE inbox_part SET ` + emptyPart + ` WHERE inbox_id IN (SELECT id FROM inbox WHERE ` + which + `)`,
		`UPDATE inbox SET applied_at = CASE WHEN applied_at = 0 THEN read_at ELSE applied_at END, outcome = CASE WHEN applied_at = 0 THEN 'erased' ELSE outcome END,
			` + emptyInbound + ` WHERE ` + which,
	}
	if !others { // parts of a text that is not whole, and our answers to texts without a petition
		statements = append(statements, `DELETE FROM inbox_part WHERE inbox_id = 0 AND phone = ?`,
			`UPDATE message SET `+emptyMessage+` WHERE phone = ? AND phone <> '' AND petition_id = 0 AND state NOT IN ('queued', 'sending', 'unknown')`,
			`UPDATE message SET `+eraseLater+` WHERE phone = ? AND phone <> '' AND petition_id = 0 AND state IN ('sending', 'unknown')`)
	}
	for _, statement := range statements {
		if _, err := t.c.exec(ctx, statement, args...); err != nil {
			return err
		}
	}
	if others {
		return nil
	}
	return t.endDrafts(ctx, `>= ? AND key < ?`, oldDraft(phone), pastPrefix(oldDraft(phone)))
}

// draftErased is what a task about a text says when the text is gone.
const draftErased = "Tin nhắn đã được xóa theo yêu cầu của người gửi"

// strangersTasks is the condition for tasks about texts of unknown numbers: the index
// task_stranger has these very words.
const strangersTasks = `key LIKE '` + escalation.StrangerTasks + `%'`

// endDrafts ends the tasks about texts of unknown numbers whose keys a condition finds.
func (t *tx) endDrafts(ctx context.Context, which string, args ...any) error {
	_, err := t.c.exec(ctx, `UPDATE task SET done_at = CASE WHEN done_at = 0 THEN ? ELSE done_at END, outcome = '', text = ?, key = '`+escalation.StrangerTasks+`erased/' || id WHERE `+strangersTasks+` AND key `+which,
		append([]any{micros(t.domain), draftErased}, args...)...)
	if err != nil {
		return fmt.Errorf("end the tasks about texts that are erased: %w", err)
	}
	return nil
}

// oldDraft is how the keys began that had the sender's number.
func oldDraft(phone string) string { return escalation.StrangerTasks + phone + "/" }

// strangersKeys are the keys of tasks about the inbox' texts that a condition finds.
func strangersKeys(which string) string {
	return `IN (SELECT '` + escalation.StrangerTasks + `' || id FROM inbox WHERE ` + which + `)`
}

// citizensFiles are the files that go with the citizen.
const citizensFiles = `stage IN ('intake', 'recording')`

// eraseFiles forgets the petition's files that a condition finds, and notes their bytes
// where no other petition has the same. It returns how many there were.
func (t *tx) eraseFiles(ctx context.Context, petition int64, which string, args ...any) (n int64, err error) {
	_, err = t.c.execIn(ctx, `INSERT INTO erased_file (sha256, erased_real) SELECT DISTINCT sha256, CAST(? AS BIGINT) FROM attachment
		WHERE petition_id = ? AND `+which+` ON CONFLICT (sha256) DO NOTHING`, append([]any{micros(t.machine), petition}, args...)...)
	if err == nil {
		n, err = t.c.execIn(ctx, `DELETE FROM attachment WHERE petition_id = ? AND `+which, append([]any{petition}, args...)...)
	}
	return n, err
}

// EraseFiles erases files that EraseCitizen leaves, those that the unit added: some of the
// petition's, or all of them. Those of another petition stay. Erasing again changes nothing.
func (a Authored) EraseFiles(ctx context.Context, p escalation.Petition, some ...int64) error {
	return a.s.inTx(ctx, func(t *tx) error {
		which, args := `1 = 1`, []any(nil)
		if len(some) > 0 {
			which, args = `id IN (?)`, []any{some}
		}
		n, err := t.eraseFiles(ctx, p.ID, which, args...)
		if err != nil {
			return fmt.Errorf("erase the files of petition %d: %w", p.ID, err)
		}
		if n == 0 {
			return nil
		}
		return t.log(ctx, a.by, "erase", LogAttachment, fmt.Sprintf("%d tệp", n), p.Code)
	})
}

// DiscardFile notes bytes that were kept for a file that was not noted after all.
func (s *Store) DiscardFile(ctx context.Context, sha256 string) error {
	return s.inTx(ctx, func(t *tx) error {
		_, err := t.c.exec(ctx, `INSERT INTO erased_file (sha256, erased_real) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING`, sha256, micros(t.machine))
		return err
	})
}

// keepBytes takes bytes off the list of those to be removed and keeps a removal
// under way from passing: until this transaction ends nobody else has their row.
func (t *tx) keepBytes(ctx context.Context, sha256 string) error {
	_, err := t.c.exec(ctx, `INSERT INTO erased_file (sha256, erased_real) VALUES (?, 0) ON CONFLICT (sha256) DO UPDATE SET erased_real = 0`, sha256)
	if err == nil {
		_, err = t.c.exec(ctx, `DELETE FROM erased_file WHERE sha256 = ?`, sha256)
	}
	return err
}

// ErasedFiles lists bytes that are to be removed from the disk, the oldest first.
func (s *Store) ErasedFiles(ctx context.Context, limit int) (sums []string, err error) {
	err = s.reader().all(ctx, &sums, `SELECT sha256 FROM erased_file ORDER BY erased_real, sha256 LIMIT ?`, limit)
	return sums, wrapList(err, "erased files")
}

// RemoveErased calls remove for bytes on the list unless a petition has them again,
// and takes them off the list when it returns nil. While it runs nobody can note a
// file of these bytes. remove may be called again.
func (s *Store) RemoveErased(ctx context.Context, sha256 string, remove func() error) error {
	return s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `DELETE FROM erased_file WHERE sha256 = ?`, sha256)
		if err != nil || n == 0 {
			return err
		}
		var used bool
		if err := t.c.get(ctx, &used, `SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = ?)`, sha256); err != nil || used {
			return err
		}
		return remove()
	})
}
