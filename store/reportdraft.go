package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"notify1022/escalation"
)

// ReportDraft is a report of the whole city as it was made. Sums and Cover are whatever
// JSON its maker wrote.
type ReportDraft struct {
	ID          int64
	Period      string
	Version     int
	Title       string
	Sums, Cover string
	Body        string // HTML fragment
	SheetName   string
	Sheet       []byte // not in lists
	MadeAt      time.Time
	MadeBy      string
	Note        string
	ConfirmedAt time.Time // zero: not yet
	ConfirmedBy string
	Latest      bool // no later version is there
}

type reportDraftRow struct {
	ID          int64  `db:"id"`
	Period      string `db:"period"`
	Version     int    `db:"version"`
	Title       string `db:"title"`
	Sums        string `db:"sums"`
	Cover       string `db:"cover"`
	Body        string `db:"body"`
	SheetName   string `db:"sheet_name"`
	Sheet       []byte `db:"sheet"`
	MadeAt      int64  `db:"made_at"`
	MadeBy      string `db:"made_by"`
	Note        string `db:"note"`
	ConfirmedAt int64  `db:"confirmed_at"`
	ConfirmedBy string `db:"confirmed_by"`
	Latest      bool   `db:"latest"`
}

func (r reportDraftRow) draft() ReportDraft {
	return ReportDraft{r.ID, r.Period, r.Version, r.Title, r.Sums, r.Cover, r.Body, r.SheetName, r.Sheet, instant(r.MadeAt), r.MadeBy, r.Note,
		instant(r.ConfirmedAt), r.ConfirmedBy, r.Latest}
}

const reportDraftColumns = `d.id, d.period, d.version, d.title, d.sums, d.cover, d.sheet_name, d.made_at, d.made_by, d.note, d.confirmed_at, d.confirmed_by,
	NOT EXISTS (SELECT 1 FROM report_draft l WHERE l.period = d.period AND l.version > d.version) AS latest`

// AddReportDraft stores the period's first draft with its task; false: there is one.
func (s *Store) AddReportDraft(ctx context.Context, d ReportDraft, task escalation.Task) (added bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		d.Version = 1
		n, err := t.addReportDraft(ctx, d)
		if added = n > 0; err != nil || !added {
			return err
		}
		return t.Post(ctx, nil, []escalation.Task{task})
	})
	return added, err
}

// RemakeReportDraft stores another version; those before stay as they are, and none of
// them can be confirmed any more.
func (a Authored) RemakeReportDraft(ctx context.Context, d ReportDraft, task escalation.Task) error {
	return a.s.inTx(ctx, func(t *tx) error {
		if err := t.alone(ctx, "report-draft/"+d.Period); err != nil {
			return err
		}
		if err := t.c.get(ctx, &d.Version, `SELECT COALESCE(MAX(version), 0) + 1 FROM report_draft WHERE period = ?`, wire(d.Period)); err != nil {
			return fmt.Errorf("number the draft of %s: %w", d.Period, err)
		}
		if _, err := t.addReportDraft(ctx, d); err != nil {
			return err
		}
		if err := t.log(ctx, a.by, "draft", LogReport, fmt.Sprint("version ", d.Version), d.Period); err != nil {
			return err
		}
		return t.Post(ctx, nil, []escalation.Task{task})
	})
}

func (t *tx) addReportDraft(ctx context.Context, d ReportDraft) (int64, error) {
	n, err := t.c.exec(ctx, `INSERT INTO report_draft (period, version, title, sums, cover, body, sheet_name, sheet, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (period, version) DO NOTHING`,
		wire(d.Period), d.Version, wire(d.Title), wire(d.Sums), wire(d.Cover), wire(d.Body), wire(d.SheetName), d.Sheet, micros(t.domain), wire(d.MadeBy))
	if err != nil {
		return 0, fmt.Errorf("store the draft of %s: %w", d.Period, err)
	}
	return n, nil
}

// ReportDrafts lists the latest drafts, without their sheets; confirmed: those alone.
func (s *Store) ReportDrafts(ctx context.Context, confirmed bool, limit int) ([]ReportDraft, error) {
	w := where{}
	w.andIf(confirmed, "d.confirmed_at <> 0")
	var rows []reportDraftRow
	err := s.reader().all(ctx, &rows, `SELECT `+reportDraftColumns+` FROM report_draft d`+w.String()+` ORDER BY d.id DESC LIMIT ?`, append(w.args, limit)...)
	list := make([]ReportDraft, len(rows))
	for i, r := range rows {
		list[i] = r.draft()
	}
	return list, wrapList(err, "drafts of reports")
}

// ReportDraft reads one whole; *escalation.Problem NotFound.
func (s *Store) ReportDraft(ctx context.Context, id int64) (ReportDraft, error) {
	return readReportDraft(ctx, s.reader(), `d.id = ?`, id)
}

// LatestDraft reads the latest version of a period; *escalation.Problem NotFound.
func (s *Store) LatestDraft(ctx context.Context, period string) (ReportDraft, error) {
	return readReportDraft(ctx, s.reader(), `d.period = ? ORDER BY d.version DESC LIMIT 1`, wire(period))
}

func readReportDraft(ctx context.Context, c conn, condition string, args ...any) (ReportDraft, error) {
	var r reportDraftRow
	err := c.get(ctx, &r, `SELECT `+reportDraftColumns+`, d.body, d.sheet FROM report_draft d WHERE `+condition, args...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ReportDraft{}, missing("id", "không có dự thảo báo cáo này")
	case err != nil:
		return ReportDraft{}, fmt.Errorf("read a draft: %w", err)
	}
	return r.draft(), nil
}

// ConfirmReportDraft confirms the period's latest version and queues what goes to the City
// Office, in one transaction. What is confirmed stays as it is: a second time, and an
// earlier version, are refused.
func (a Authored) ConfirmReportDraft(ctx context.Context, id int64, note string, readings []Reading) error {
	return a.s.inTx(ctx, func(t *tx) error {
		var period string
		if err := t.c.get(ctx, &period, `SELECT period FROM report_draft WHERE id = ?`, id); errors.Is(err, sql.ErrNoRows) {
			return missing("id", "không có dự thảo báo cáo này")
		} else if err != nil {
			return fmt.Errorf("read draft %d: %w", id, err)
		}
		if err := t.alone(ctx, "report-draft/"+period); err != nil {
			return err
		}
		n, err := t.c.exec(ctx, `UPDATE report_draft SET note = ?, confirmed_at = ?, confirmed_by = ? WHERE id = ? AND confirmed_at = 0
			AND NOT EXISTS (SELECT 1 FROM report_draft l WHERE l.period = report_draft.period AND l.version > report_draft.version)`,
			wire(note), micros(t.domain), wire(a.by.Name), id)
		switch {
		case err != nil:
			return fmt.Errorf("confirm draft %d: %w", id, err)
		case n == 0:
			return &escalation.Problem{Kind: escalation.WrongTime, Detail: "dự thảo đã được xác nhận, hoặc đã có bản mới hơn"}
		}
		if err := t.FinishTasks(ctx, a.by.Name, "đã xác nhận", escalation.DraftTasks(period)...); err != nil {
			return err
		}
		for _, r := range readings {
			if _, err := t.sendReport(ctx, r); err != nil {
				return err
			}
		}
		return t.log(ctx, a.by, "confirm", LogReport, period, idText(id))
	})
}
