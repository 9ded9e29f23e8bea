package console

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/report/sheet"
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
	page := filesPage{Units: directory.Units(), Filter: q, Query: q.Encode(), Batch: f.Batch, Send: v.is(staff), Office: v.is(officeToo)}
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

// sendFiles shows what of the chosen files would go to the Office, with which text, and sends
// just that when it has been seen, with the reasons as they were written beside.
func (c *console) sendFiles(v *visit) error {
	orders, err := v.chosenFiles()
	if err != nil {
		return err
	}
	for _, o := range orders {
		if utf8.RuneCountInString(o.Reason) > maxText {
			return wrong("reason", "%s: lý do dài quá %d ký tự", o.Code, maxText)
		}
	}
	var page fileSendPage
	if err := page.fill(c, v, orders); err != nil {
		return err
	}
	if !carriesOut(v.PostForm, page.Seen) {
		page.Problem = changedSince(v.PostForm)
		return v.show(200, "written-send", "Gửi hồ sơ đến Văn phòng", &page)
	}
	out, err := c.WrittenFiles.Send(v.Context(), orders, v.actor())
	if err != nil {
		return err
	}
	said, to := fmt.Sprintf("Đã gửi %d hồ sơ đến Văn phòng UBND thành phố (một tin V4).", len(out.Sent)), "/ho-so"
	if out.Batch != "" {
		c.Hint()
		to = strings.TrimPrefix(escalation.FilesPath(out.Batch), root)
	}
	if len(out.Refused) > 0 {
		var why []string
		for _, r := range out.Refused {
			why = append(why, r.Code+" ("+r.Why+")")
		}
		return v.partly(to, said+" Chưa gửi được: "+strings.Join(why, "; ")+".")
	}
	return v.done(to, said)
}

// fileSendPage is what sending the chosen files would do.
type fileSendPage struct {
	Rows     []fileOrderRow
	Count    int // that would go
	Texts    []previewText
	Segments int
	Seen     string // digest of what the page shows, with the petitions' versions
	Problem  string
}

// fileOrderRow is one file that was chosen.
type fileOrderRow struct {
	fileRow
	Order   string // as the form names it
	Reason  string
	Refused string // why it would not go; empty: it would
}

// fill makes a row of each order, which gets the version that is shown, and the digest of
// them all.
func (p *fileSendPage) fill(c *console, v *visit, orders []escalation.FileOrder) error {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	var parts []string
	for i := range orders {
		o := &orders[i]
		r, err := c.Petitions.PetitionByCode(v.Context(), o.Code)
		if err != nil {
			return err
		}
		file := orderedFile(r.Petition, o.No)
		if file == nil {
			return wrong("code", "%s chưa có hồ sơ đề nghị văn bản", o.Code)
		}
		o.Version = r.Petition.Version
		row := fileOrderRow{fileRow: v.fileRow(PetitionFile{r.Petition, file}, directory), Order: o.Code + "/" + strconv.Itoa(o.No)}
		row.Reason = cmp.Or(o.Reason, row.File.Reason)
		parts = append(parts, row.Order, strconv.FormatInt(o.Version, 10), row.Reason)
		p.Rows = append(p.Rows, row)
	}
	out, err := c.WrittenFiles.Preview(v.Context(), orders, v.actor())
	if err != nil {
		return err
	}
	p.Count = len(out.Sent)
	for _, refused := range out.Refused {
		for i, o := range orders {
			if o.Code == refused.Code && o.No == refused.No {
				p.Rows[i].Refused = refused.Why
			}
		}
		parts = append(parts, refused.Code, refused.Why)
	}
	for _, n := range out.Told {
		t := c.previewText(v, n, directory, escalation.Petition{})
		p.Texts, p.Segments = append(p.Texts, t), p.Segments+t.Segments
		parts = append(parts, t.To, t.Text)
	}
	p.Seen = digest(parts...)
	return nil
}

// orderedFile is the file that an order means: 0 is the petition's latest.
func orderedFile(p escalation.Petition, no int) *escalation.Written {
	if no == 0 {
		no = len(p.Files())
	}
	return p.File(no)
}

// changedSince says that what was seen is not what would be done any more; empty: nothing
// was seen yet.
func changedSince(form url.Values) string {
	if form.Get("step") != "do" || form.Get(seenField) == "" {
		return ""
	}
	return "Từ lúc xem trước đã có thay đổi. Hãy xem lại rồi thực hiện."
}

// chosenFiles are the files ticked in the list, "HP261123-0001/2", with the reasons as they
// were written beside. A code alone means the petition's latest.
func (v *visit) chosenFiles() ([]escalation.FileOrder, error) {
	form, err := v.form()
	if err != nil {
		return nil, err
	}
	var orders []escalation.FileOrder
	for _, value := range form["code"] {
		code, no, _ := strings.Cut(value, "/")
		if !codeShape.MatchString(code) {
			continue
		}
		order := escalation.FileOrder{Code: code, Reason: form.Get("reason_" + code)}
		order.No, _ = strconv.Atoi(no)
		orders = append(orders, order)
	}
	if len(orders) == 0 || len(orders) > officeList {
		return nil, wrong("code", "chọn từ 1 đến %d phản ánh", officeList)
	}
	return orders, nil
}

// fileAct notes the Office's document, or asks the unit for an explanation, and comes
// back to the list it was done on.
func (c *console) fileAct(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	code := form.Get("code")
	if !codeShape.MatchString(code) {
		return wrong("code", "không có phản ánh mang mã này")
	}
	no, err := fileNo(form.Get("no"))
	if err != nil {
		return err
	}
	var cmd escalation.Command
	said := ""
	switch v.PathValue("act") {
	case "van-ban":
		if form.Get("document_no") == "" {
			return wrong("document_no", "chưa nhập số văn bản")
		}
		cmd, said = &escalation.SendWrittenFile{No: no, DocumentNo: form.Get("document_no"), DocumentDate: form.Get("document_date")}, "đã ghi số, ngày văn bản."
	case "giai-trinh":
		days, err := strconv.Atoi(form.Get("days"))
		if err != nil {
			return wrong("days", "số ngày làm việc không đúng")
		}
		return c.askExplanation(v, code, &escalation.AskExplanation{No: no, Days: days, Text: form.Get("text")})
	default:
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	return c.onFile(v, code+": "+said, func(ctx context.Context) error {
		_, err := c.Desk.Do(ctx, code, cmd, v.actor(), 0) // a number that replaces another one: whatever else has changed
		return err
	})
}

// onFile acts on a petition's file once for the form's number, and comes back to the list.
func (c *console) onFile(v *visit, said string, act func(context.Context) error) error {
	_, again, err := v.once(act)
	if err != nil {
		return err
	}
	c.Hint()
	to := "/ho-so?state=" + string(escalation.FileSent)
	if batch := v.PostForm.Get("batch"); batchShape.MatchString(batch) {
		to = strings.TrimPrefix(escalation.FilesPath(batch), root)
	}
	return v.doneOnce(to, said, again)
}

// fileAskPage is what the unit would be told that is asked for an explanation.
type fileAskPage struct {
	Form    url.Values
	Preview *previewed
	Seen    string // digest of what the page shows, with the petition's version
	Problem string
	version int64
}

// fill decides what asking would do, and makes the digest of it.
func (p *fileAskPage) fill(ctx context.Context, c *console, v *visit, code string, cmd *escalation.AskExplanation) error {
	r, err := c.Petitions.PetitionByCode(ctx, code)
	if err != nil {
		return err
	}
	p.version = r.Petition.Version
	if p.Preview, err = c.preview(v, code, cmd, p.version); err != nil {
		return err
	}
	parts := []string{code, strconv.FormatInt(p.version, 10), strconv.Itoa(cmd.No), strconv.Itoa(cmd.Days), cmd.Text}
	for _, t := range p.Preview.Texts {
		parts = append(parts, t.To, t.Text)
	}
	p.Seen = digest(parts...)
	return nil
}

// errUnseen is a step that would carry out what was not shown.
var errUnseen = errors.New("what would be done was not seen")

// askExplanation shows the text that asks for an explanation (N3) and to whom it goes, and
// asks when just that has been seen. The form's number comes first: what it was sent for has
// changed the petition.
func (c *console) askExplanation(v *visit, code string, cmd *escalation.AskExplanation) error {
	page := fileAskPage{Form: v.PostForm}
	ask := func(ctx context.Context) error {
		if err := page.fill(ctx, c, v, code, cmd); err != nil {
			return err
		}
		if !carriesOut(v.PostForm, page.Seen) {
			return errUnseen
		}
		_, err := c.Desk.Do(ctx, code, cmd, v.actor(), page.version)
		return err
	}
	var err error
	if v.PostForm.Get("step") == "do" {
		err = c.onFile(v, code+": đã yêu cầu đơn vị giải trình.", ask)
	} else {
		err = ask(v.Context())
	}
	status := 200
	var refused *escalation.Problem
	switch {
	case errors.Is(err, errUnseen):
		page.Problem = changedSince(v.PostForm)
	case errors.As(err, &refused):
		status, page.Problem, page.Preview = 422, refused.Detail, nil
	default:
		return err
	}
	return v.show(status, "written-ask", "Yêu cầu giải trình", page)
}

// fileNo reads which of a petition's files a form means; 0: none is named.
func fileNo(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	no, err := strconv.Atoi(s)
	if err != nil || no < 1 {
		return 0, wrong("no", "không có hồ sơ này")
	}
	return no, nil
}

// filesDocument is the letter (.docx) that proposes documents for the chosen petitions.
func (c *console) filesDocument(v *visit) error {
	orders, err := v.chosenFiles()
	if err != nil {
		return err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	var rows [][]string
	for _, o := range orders {
		r, err := c.Petitions.PetitionByCode(v.Context(), o.Code)
		if err != nil {
			return err
		}
		file := orderedFile(r.Petition, o.No)
		if file == nil {
			return wrong("code", "%s chưa có hồ sơ đề nghị văn bản", o.Code)
		}
		row := v.fileRow(PetitionFile{r.Petition, file}, directory)
		reason := row.File.Reason
		if o.Reason != "" && utf8.RuneCountInString(o.Reason) <= maxText && file.SentAt.IsZero() { // it was typed beside the one that waits
			reason = o.Reason
		}
		rows = append(rows, []string{o.Code, row.UnitName, row.Summary, row.Need(), reason, whenText(row.Due)})
	}
	body, err := letter(v.now, proposalLetter, rows)
	if err != nil {
		return err
	}
	if err := c.Log.Note(v.Context(), v.actor(), "document", "petition", orders[0].Code, fmt.Sprintf("phiếu đề nghị, %d phản ánh", len(orders))); err != nil {
		return err
	}
	return v.download("phieu-de-nghi-"+v.now.In(zone()).Format(time.DateOnly)+".docx", docx, body)
}

// sheetMost bounds the files of one sheet: years of them.
const sheetMost = 20_000

// filesSheet is the list of a month, or of a filter, to take away.
func (c *console) filesSheet(v *visit) error {
	f, err := v.fileFilter()
	if err != nil {
		return err
	}
	format := sheet.Format(v.URL.Query().Get("format"))
	if format != sheet.CSV && format != sheet.XLSX {
		return wrong("format", "định dạng phải là csv hoặc xlsx")
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	var list []sheet.File
	f.Cursor = ""
	for f.Limit = escalation.FilesMost; ; {
		part, next, err := c.WrittenFiles.List(v.Context(), f)
		if err != nil {
			return err
		}
		for _, one := range part {
			list = append(list, v.fileRow(one, directory).line())
		}
		if f.Cursor = next; next == "" || len(list) >= sheetMost {
			break
		}
	}
	var out bytes.Buffer
	if err := sheet.WriteFiles(&out, format, list); err != nil {
		return err
	}
	if err := c.Log.Note(v.Context(), v.actor(), "export", "written_file", v.URL.Query().Get("month"), fmt.Sprintf("%d hồ sơ", len(list))); err != nil {
		return err
	}
	name := "ho-so-9-6-" + v.now.In(zone()).Format(time.DateOnly)
	if !f.From.IsZero() {
		name = "ho-so-9-6-" + f.From.Format("2006-01")
	}
	return v.download(name+"."+string(format), format.MediaType(), out.Bytes())
}

// line is the file as a sheet has it.
func (r fileRow) line() sheet.File {
	l := sheet.File{Code: r.Code, Unit: r.UnitName, Summary: r.Summary, State: r.State.Label(), Need: r.Need(), Reason: r.File.Reason,
		From: r.File.From, Due: r.Due, SentAt: r.File.SentAt, SentBy: r.File.SentBy, DocumentNo: r.File.DocumentNo, DocumentDate: r.File.DocumentDate}
	if e := r.Explanation; e != nil {
		l.Ask, l.ExplainDue, l.ExplainedAt, l.Explanation, l.ExplainedBy = e.Ask, e.Due, e.At, e.Text, e.By
		l.ExplanationNo, l.ExplainDay = e.DocumentNo, e.DocumentDate
	}
	return l
}
