package console

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// WrittenFiles are the files for written reminders and explanations (Đ9.6).
type WrittenFiles interface {
	// List gives one page; those that wait, and explanations that are owed, by their due
	// time, all others by the beginning of their clock.
	List(ctx context.Context, f FileFilter) (files []PetitionFile, next string, err error)
	// Count counts the files that wait, were sent and are to be explained, and how many
	// of each are late at the instant.
	Count(ctx context.Context, now time.Time) (count, late map[escalation.FileState]int, err error)
	// Preview decides what Send would do and saves nothing.
	Preview(ctx context.Context, orders []escalation.FileOrder, by escalation.Actor) (escalation.SentFiles, error)
	// Send sends files together, with one text to the Office.
	Send(ctx context.Context, orders []escalation.FileOrder, by escalation.Actor) (escalation.SentFiles, error)
}

// FileFilter narrows the list; zero fields do not.
type FileFilter struct {
	State    escalation.FileState
	Unit     string
	From, To time.Time // of the beginning of the clock, [From, To)
	Batch    string
	Cursor   string
	Limit    int
}

// PetitionFile is a file with its petition.
type PetitionFile struct {
	Petition escalation.Petition
	File     *escalation.Written // in the petition
}

// filesPage lists files.
type filesPage struct {
	Rows   []fileRow
	Next   string
	States []fileCount
	Units  []escalation.Unit
	Filter url.Values
	Query  string // the filter, for the sheets
	Batch  string
	Send   bool // the visitor may send what waits
	Office bool // the visitor may note documents and ask for explanations
}

type fileCount struct {
	State   escalation.FileState
	N, Late int
	On      bool
}

// fileRow is a file as the visitor may see it.
type fileRow struct {
	web.PetitionView
	No              int // of the petition's file
	UnitName        string
	State           escalation.FileState
	File            escalation.Written
	Explanation     *escalation.Explanation
	Locked          bool // a denunciation: its words are not shown
	Due             time.Time
	Clock, Explains clock
	Late            bool // sent after its time
	Document        string
	Own             string // the document of the explanation
}

var batchShape = regexp.MustCompile(`^[A-Za-z0-9]{6,20}$`)

// filesShown is how many files a page shows.
const filesShown = 50

// fileFilter reads which files are meant.
func (v *visit) fileFilter() (FileFilter, error) {
	q := v.URL.Query()
	f := FileFilter{State: escalation.FileState(q.Get("state")), Unit: q.Get("unit"), Cursor: q.Get("cursor"), Limit: filesShown}
	if !q.Has("state") && !q.Has("month") {
		f.State = escalation.FileWaiting
	}
	if f.State != "" && !slices.Contains(escalation.FileStates(), f.State) {
		return f, wrong("state", "không có tình trạng này")
	}
	if month := q.Get("month"); month != "" {
		from, err := time.ParseInLocation("2006-01", month, zone())
		if err != nil {
			return f, wrong("month", "tháng phải có dạng 2026-11")
		}
		f.From, f.To = from, from.AddDate(0, 1, 0)
	}
	return f, nil
}

// writtenFiles is the page of what 1022 owes the Office, and what became of it.
func (c *console) writtenFiles(v *visit) error {
	f, err := v.fileFilter()
	if err != nil {
		return err
	}
	return c.showFiles(v, f)
}

// fileBatch lists the files that one text announced.
func (c *console) fileBatch(v *visit) error {
	batch := v.PathValue("batch")
	if !batchShape.MatchString(batch) {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có danh sách này"}
	}
	return c.showFiles(v, FileFilter{Batch: batch, Limit: escalation.FilesMost})
}

func (c *console) showFiles(v *visit, f FileFilter) error {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	list, next, err := c.WrittenFiles.List(v.Context(), f)
	if err != nil {
		return err
	}
	if f.Batch != "" && len(list) == 0 {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có danh sách này"}
	}
	count, late, err := c.WrittenFiles.Count(v.Context(), v.now)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	q.Del("cursor")
	page := filesPage{Units: directory.Units(), Filter: q, Query: q.Encode(), Batch: f.Batch, Send: v.may(web.SendFiles), Office: v.may(web.HandleFiles)}
	for _, one := range list {
		page.Rows = append(page.Rows, v.fileRow(one, directory))
	}
	for _, s := range escalation.FileStates() {
		page.States = append(page.States, fileCount{s, count[s], late[s], f.Batch == "" && f.State == s})
	}
	if next != "" {
		q.Set("cursor", next)
		page.Next = root + "/ho-so?" + q.Encode()
	}
	return v.show(200, "written-files", "Hồ sơ đề nghị văn bản (Đ9.6)", page)
}

// fileRow shows a file as far as the visitor may see it.
func (v *visit) fileRow(one PetitionFile, directory *escalation.Directory) fileRow {
	p, file := one.Petition, one.File
	row := fileRow{PetitionView: v.c.viewer.View(v.who(), web.Record{Petition: p}), State: p.FileState(file), Locked: v.closed(p), Due: p.FileDue(file)}
	row.Late = !file.SentAt.IsZero() && !row.Due.IsZero() && file.SentAt.After(row.Due)
	row.Clock = v.clockOf(row.Due, givenAt(p, row.Due))
	if code := p.FileUnit(file); code != "" {
		row.UnitName = code
		if u, ok := directory.Unit(code); ok {
			row.UnitName = u.Name
		}
	}
	row.No = p.FileNo(file)
	row.File = escalation.Written{No: file.No, From: file.From, SentAt: file.SentAt, SentBy: file.SentBy}
	if row.Locked {
		row.File.SentBy = ""
		return row
	}
	seen := row.PastFiles
	if row.Written != nil {
		seen = append(slices.Clone(seen), *row.Written)
	}
	for i, known := range p.Files() { // the view has them in the same order, without citizens' data
		if known.No == file.No && i < len(seen) {
			row.File = seen[i]
		}
	}
	row.Document = escalation.DocumentText(row.File.DocumentNo, row.File.DocumentDate)
	if e := row.File.Explanation(); e != nil {
		row.Explanation, row.Explains = e, v.clockOf(e.Due, givenAt(p, e.Due))
		row.Own = escalation.DocumentText(e.DocumentNo, e.DocumentDate)
	}
	return row
}

// need is what the file asks the Office for.
func (r fileRow) Need() string {
	if r.Locked {
		return ""
	}
	return r.File.Need.Label()
}
