package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// LogAttachment is the change log's word for a file.
const LogAttachment = "attachment"

// Attachment is a file of a petition; its bytes lie elsewhere, under SHA256.
type Attachment struct {
	ID       int64
	Petition int64
	Name     string
	Type     string
	Size     int64
	SHA256   string
	Stage    string
	By       string
	Role     escalation.Role
	At       time.Time
	Public   bool
}

type attachmentRow struct {
	ID       int64           `db:"id"`
	Petition int64           `db:"petition_id"`
	Name     string          `db:"name"`
	Type     string          `db:"media_type"`
	Size     int64           `db:"size"`
	SHA256   string          `db:"sha256"`
	Stage    string          `db:"stage"`
	By       string          `db:"added_by"`
	Role     escalation.Role `db:"added_role"`
	At       int64           `db:"added_at"`
	Public   bool            `db:"public"`
}

func (r attachmentRow) attachment() Attachment {
	return Attachment{r.ID, r.Petition, r.Name, r.Type, r.Size, r.SHA256, r.Stage, r.By, r.Role, instant(r.At), r.Public}
}

const attachmentColumns = `id, petition_id, name, media_type, size, sha256, stage, added_by, added_role, added_at, public`

// AddAttachment notes a file of a petition that has fewer than most; counting and
// noting are one, whoever else adds. The same bytes that show the same are one file: a form
// that is sent again finds the one that it noted. *escalation.Problem WrongTime: it has as
// many.
func (s *Store) AddAttachment(ctx context.Context, a Attachment, most int) (id int64, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		var petition []int64
		if err := t.c.all(ctx, &petition, `SELECT id FROM petition WHERE id = ?`+t.s.d.forUpdate, a.Petition); err != nil {
			return err
		}
		if len(petition) == 0 {
			return missing("id", "không có phản ánh này")
		}
		if err := t.keepBytes(ctx, a.SHA256); err != nil {
			return err
		}
		err := t.c.get(ctx, &id, `SELECT id FROM attachment WHERE petition_id = ? AND sha256 = ? AND stage = ? ORDER BY id LIMIT 1`, a.Petition, a.SHA256, a.Stage)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var there int
		if err := t.c.get(ctx, &there, `SELECT COUNT(*) FROM attachment WHERE petition_id = ?`, a.Petition); err != nil {
			return err
		}
		if there >= most {
			return &escalation.Problem{Kind: escalation.WrongTime, Field: "file", Detail: fmt.Sprintf("không quá %d tệp", most)}
		}
		return t.c.get(ctx, &id, `INSERT INTO attachment (petition_id, name, media_type, size, sha256, stage, added_by, added_role, added_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, a.Petition, wire(a.Name), a.Type, a.Size, a.SHA256, a.Stage, wire(a.By), string(a.Role), micros(t.domain))
	})
	if err != nil {
		return 0, fmt.Errorf("note a file of petition %d: %w", a.Petition, err)
	}
	return id, nil
}

// Attachments lists a petition's files.
func (s *Store) Attachments(ctx context.Context, petition int64) ([]Attachment, error) {
	var rows []attachmentRow
	err := s.reader().all(ctx, &rows, `SELECT `+attachmentColumns+` FROM attachment WHERE petition_id = ? ORDER BY id`, petition)
	list := make([]Attachment, len(rows))
	for i, r := range rows {
		list[i] = r.attachment()
	}
	return list, wrapList(err, "files")
}

// Attachment finds one; *escalation.Problem NotFound.
func (s *Store) Attachment(ctx context.Context, id int64) (Attachment, error) {
	var row attachmentRow
	err := s.reader().get(ctx, &row, `SELECT `+attachmentColumns+` FROM attachment WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Attachment{}, missing("id", "không có tệp này")
	}
	if err != nil {
		return Attachment{}, fmt.Errorf("find file %d: %w", id, err)
	}
	return row.attachment(), nil
}

// PublicAttachment finds one that is published, as long as its petition's answer is
// public: a petition that was reopened shows nothing. *escalation.Problem NotFound.
func (s *Store) PublicAttachment(ctx context.Context, id int64) (Attachment, error) {
	found, err := s.Attachment(ctx, id)
	if err != nil {
		return Attachment{}, err
	}
	owners, err := loadPetitions(ctx, s.reader(), []int64{found.Petition}, "")
	if err != nil {
		return Attachment{}, fmt.Errorf("find the petition of file %d: %w", id, err)
	}
	if !found.Public || len(owners) == 0 || !owners[0].Public() {
		return Attachment{}, missing("id", "không có tệp này")
	}
	return found, nil
}

// PublishAttachment makes a file public, or not public any more.
func (a Authored) PublishAttachment(ctx context.Context, id int64, public bool) error {
	return a.s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `UPDATE attachment SET public = ? WHERE id = ?`, flag(public), id)
		switch {
		case err != nil:
			return fmt.Errorf("publish file %d: %w", id, err)
		case n == 0:
			return missing("id", "không có tệp này")
		}
		action := "publish"
		if !public {
			action = "unpublish"
		}
		return t.log(ctx, a.by, action, LogAttachment, "", idText(id))
	})
}

// closeFiles ends the publication of files with that of their petition's answer: what
// was shown with one answer is decided anew with the next.
func (t *tx) closeFiles(ctx context.Context, changes []escalation.Change) error {
	for _, c := range changes {
		before := t.loaded[c.Petition.ID]
		if !before.Public() || c.Petition.Public() {
			continue
		}
		if err := t.c.write(ctx, failing("close the files of petition %d", c.Petition.ID), `UPDATE attachment SET public = 0 WHERE petition_id = ? AND public = 1`, c.Petition.ID); err != nil {
			return err
		}
	}
	return nil
}
