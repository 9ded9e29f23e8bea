package store

import (
	"context"
	"slices"
	"time"

	"notify1022/escalation"
)

// FileFilter narrows the list of the files of Đ9.6; empty fields do not.
type FileFilter struct {
	State    escalation.FileState
	Unit     string
	From, To time.Time // of where their clock began, [From, To)
	Batch    string
	Cursor   string
	Limit    int // 1…500
}

// WrittenFile is a file with its petition.
type WrittenFile struct {
	Petition escalation.Petition
	File     *escalation.Written // in the petition
}

// fileRow is a file as it is listed; of a row that changed all is written.
type fileRow struct {
	Petition   int64                `db:"petition_id"`
	No         int64                `db:"no"`
	State      escalation.FileState `db:"state"`
	Unit       string               `db:"unit"`
	From       int64                `db:"from_at"`
	Due        int64                `db:"due"`
	SentAt     int64                `db:"sent_at"`
	Batch      string               `db:"batch"`
	ExplainDue int64                `db:"explain_due"`
}

func (r fileRow) values() []any {
	return []any{r.Petition, r.No, string(r.State), r.Unit, r.From, r.Due, r.SentAt, r.Batch, r.ExplainDue}
}

func fileRows(p *escalation.Petition) []fileRow {
	var rows []fileRow
	for _, w := range p.Files() {
		r := fileRow{Petition: p.ID, No: fileNo(w), State: p.FileState(w), Unit: p.FileUnit(w), From: micros(w.From), Due: micros(p.FileDue(w)), SentAt: micros(w.SentAt), Batch: w.Batch}
		if e := w.Explanation(); e != nil {
			r.ExplainDue = micros(e.Due)
		}
		rows = append(rows, r)
	}
	return rows
}

// fileNo numbers the file of before files were numbered.
func fileNo(w *escalation.Written) int64 { return int64(max(1, w.No)) }

const insertFiles = `INSERT INTO written_file (petition_id, no, state, unit, from_at, due, sent_at, batch, explain_due)`

// saveFiles writes the rows of files that the decisions have made or changed.
func (t *tx) saveFiles(ctx context.Context, changes []escalation.Change) error {
	var rows [][]any
	for _, c := range changes {
		before := t.loaded[c.Petition.ID]
		known := fileRows(&before)
		for _, r := range fileRows(&c.Petition) {
			if !slices.Contains(known, r) {
				rows = append(rows, r.values())
			}
		}
	}
	return t.c.put(ctx, failing("save %d files", len(rows)), insertFiles, `ON CONFLICT (petition_id, no) DO UPDATE SET state = excluded.state, unit = excluded.unit, from_at = excluded.from_at,
		due = excluded.due, sent_at = excluded.sent_at, batch = excluded.batch, explain_due = excluded.explain_due`, rows)
}

// WrittenFiles lists files: what is due first stands first, what waits above all; those
// of a month or a batch in the order in which their clocks began.
func (s *Store) WrittenFiles(ctx context.Context, f FileFilter) (Page[WrittenFile], error) {
	_, limit, err := paging("", f.Limit)
	if err != nil {
		return Page[WrittenFile]{}, err
	}
	key, id, err := boardCursor(f.Cursor)
	if err != nil {
		return Page[WrittenFile]{}, err
	}
	order := "w.from_at"
	if f.State == escalation.FileWaiting {
		order = "w.due"
	} else if f.State == escalation.FileAsking {
		order = "w.explain_due"
	}
	// Petition and number in one key: a petition has a few files.
	const place = "w.petition_id * 1000 + w.no"
	w := where{}
	w.andIf(f.Cursor != "", "("+order+", "+place+") > (?, ?)", key, id)
	w.andIf(f.State != "", "w.state = ?", string(f.State))
	w.andIf(f.Unit != "", "w.unit = ?", f.Unit)
	w.andIf(!f.From.IsZero(), "w.from_at >= ?", micros(f.From))
	w.andIf(!f.To.IsZero(), "w.from_at < ?", micros(f.To))
	w.andIf(f.Batch != "", "w.batch = ? AND w.batch <> ''", f.Batch)
	var rows []struct {
		Key      int64 `db:"at"`
		Petition int64 `db:"petition_id"`
		No       int64 `db:"no"`
	}
	err = s.reader().in(ctx, &rows, `SELECT `+order+` AS at, w.petition_id, w.no FROM written_file w`+w.String()+` ORDER BY `+order+`, `+place+` LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return Page[WrittenFile]{}, wrapList(err, "files")
	}
	page := Page[WrittenFile]{}
	if len(rows) > limit {
		last := rows[limit-1]
		page.NextCursor, rows = keyset(last.Key, last.Petition*1000+last.No), rows[:limit]
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.Petition)
	}
	slices.Sort(ids)
	list, err := loadPetitions(ctx, s.reader(), slices.Compact(ids), "")
	if err != nil {
		return Page[WrittenFile]{}, err
	}
	for _, r := range rows {
		i := slices.IndexFunc(list, func(p escalation.Petition) bool { return p.ID == r.Petition })
		if i < 0 {
			continue
		}
		for _, file := range list[i].Files() {
			if fileNo(file) == r.No {
				page.Items = append(page.Items, WrittenFile{list[i], file})
			}
		}
	}
	return page, nil
}

// CountFiles counts the files of each state, and those of the waiting ones and of the
// asked-for explanations that are late at the instant.
func (s *Store) CountFiles(ctx context.Context, now time.Time) (count map[escalation.FileState]int, late map[escalation.FileState]int, err error) {
	var rows []struct {
		State escalation.FileState `db:"state"`
		N     int                  `db:"n"`
		Late  int                  `db:"late"`
	}
	err = s.reader().all(ctx, &rows, `SELECT state, COUNT(*) AS n,
		SUM(CASE WHEN state = 'waiting' AND due > 0 AND due <= ? OR state = 'asking' AND explain_due <= ? THEN 1 ELSE 0 END) AS late
		FROM written_file WHERE state IN ('waiting', 'sent', 'asking') GROUP BY state`, micros(now), micros(now))
	count, late = map[escalation.FileState]int{}, map[escalation.FileState]int{}
	for _, r := range rows {
		count[r.State], late[r.State] = r.N, r.Late
	}
	return count, late, wrapList(err, "files")
}

// FillFiles makes the rows of files of before there were any.
func (s *Store) FillFiles(ctx context.Context) error {
	_, err := backfill{what: "written_files", version: "1", among: `state LIKE '%"written":%'`, fill: func(ctx context.Context, t *tx, list []escalation.Petition) error {
		var rows [][]any
		for i := range list {
			for _, r := range fileRows(&list[i]) {
				rows = append(rows, r.values())
			}
		}
		_, err := t.c.insert(ctx, insertFiles, `ON CONFLICT (petition_id, no) DO NOTHING`, rows)
		return err
	}}.run(ctx, s)
	return err
}
