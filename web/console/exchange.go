package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/report/sheet"
)

// Exchange takes sheets in and gives them out. What is wrong with a sheet is in the
// outcome; a file that is no sheet is a *Problem.
type Exchange interface {
	// DryRun says what an import would do.
	DryRun(ctx context.Context, kind sheet.Kind, body []byte) (sheet.Outcome, error)
	// Import does all of it or nothing. agreed is the mark of the outcome that was
	// seen: one that would be another by now is a *Problem Stale. ask has new numbers of
	// people asked whether they are theirs (XM).
	Import(ctx context.Context, kind sheet.Kind, body []byte, agreed string, ask bool, by escalation.Actor) (sheet.Outcome, error)
	// Export writes a sheet; that it did is in the change log before.
	Export(ctx context.Context, w io.Writer, o ExportOrder, by escalation.Actor) error
	// Keep keeps an account's file until it is agreed to, for an hour, one at a time;
	// Kept reads it, a *Problem NotFound when it has gone; Forget forgets it.
	Keep(ctx context.Context, account int64, kind sheet.Kind, name string, body []byte) (id string, err error)
	Kept(ctx context.Context, account int64, id string) (kind sheet.Kind, name string, body []byte, err error)
	Forget(ctx context.Context, account int64, id string) error
}

// ExportOrder is what to write.
type ExportOrder struct {
	Kind     sheet.Kind
	Format   sheet.Format
	From, To time.Time // of petitions, received in [From, To); zero: no bound
	Private  bool      // with citizens' data
}

// exchangePage is the forms, and what a file would do.
type exchangePage struct {
	Kinds   []option
	Kind    string
	Name    string // of the file
	ID      string // of the kept file; empty: nothing to agree to
	Mark    string
	Outcome *sheet.Outcome
	Problem string
	From    string
	To      string
}

func (c *console) exchange(v *visit) error {
	return c.showExchange(v, http.StatusOK, exchangePage{Kind: string(sheet.Units)})
}

func (c *console) showExchange(v *visit, status int, page exchangePage) error {
	for _, k := range sheet.Kinds() {
		page.Kinds = append(page.Kinds, option{string(k), k.Label()})
	}
	today := v.now.In(zone())
	page.From, page.To = today.AddDate(0, -1, 0).Format(time.DateOnly), today.Format(time.DateOnly)
	return v.show(status, "exchange", "Nhập/xuất dữ liệu", page)
}

// upload shows what a file would do and keeps it for the yes. A file with problems
// is not kept: it has to be mended first.
func (c *console) upload(v *visit) error {
	const forms = 64 << 10 // what a form has beside its file
	v.Body = http.MaxBytesReader(v.ResponseWriter, v.Body, sheet.MaxFile+forms)
	if err := v.ParseMultipartForm(1 << 20); err != nil {
		return c.showExchange(v, 422, exchangePage{Problem: fmt.Sprintf("Chọn một tệp CSV hoặc XLSX, tối đa %d MB.", sheet.MaxFile>>20)})
	}
	defer v.MultipartForm.RemoveAll()
	page := exchangePage{Kind: v.PostFormValue("kind")}
	kind := sheet.Kind(page.Kind)
	files := v.MultipartForm.File["file"]
	if !slices.Contains(sheet.Kinds(), kind) || len(files) != 1 {
		page.Problem = "Chọn loại dữ liệu và một tệp."
		return c.showExchange(v, 422, page)
	}
	page.Name = cutName(files[0].Filename)
	f, err := files[0].Open()
	if err != nil {
		return err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, sheet.MaxFile+1))
	if err != nil {
		return err
	}
	return c.previewSheet(v, page, kind, body)
}

func cutName(name string) string {
	runes := []rune(name)
	return string(runes[:min(len(runes), 200)])
}

// previewSheet shows the outcome of a file, and keeps one that can be agreed to.
func (c *console) previewSheet(v *visit, page exchangePage, kind sheet.Kind, body []byte) error {
	out, err := c.Exchange.DryRun(v.Context(), kind, body)
	var refused *escalation.Problem
	switch {
	case errors.As(err, &refused):
		page.Problem = refused.Detail
		return c.showExchange(v, 422, page)
	case err != nil:
		return err
	}
	page.Outcome, page.Mark = &out, out.Mark()
	if out.Problems.Any() {
		return c.showExchange(v, 422, page)
	}
	if out.New+out.Changed > 0 {
		if page.ID, err = c.Exchange.Keep(v.Context(), v.account.ID, kind, page.Name, body); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if page.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return c.showExchange(v, status, page)
}

// uploadAct carries out what was agreed to, or forgets the file. Agreed to twice it
// is done once: the file has gone.
func (c *console) uploadAct(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id := v.PathValue("id")
	kind, name, body, err := c.Exchange.Kept(v.Context(), v.account.ID, id)
	if err != nil {
		return err
	}
	switch v.PathValue("act") {
	case "forget":
		if err := c.Exchange.Forget(v.Context(), v.account.ID, id); err != nil {
			return err
		}
		return v.done("/exchange", "Đã bỏ tệp, không nhập gì.")
	case "do":
	default:
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	page := exchangePage{Kind: string(kind), Name: name}
	agreed := form.Get("agreed")
	if agreed == "" {
		return c.previewSheet(v, page, kind, body)
	}
	// A browser that leaves stops nothing half-way.
	out, err := c.Exchange.Import(context.WithoutCancel(v.Context()), kind, body, agreed, form.Get("ask") != "", v.actor())
	var refused *escalation.Problem
	switch {
	case errors.As(err, &refused):
		page.Problem = refused.Detail
		return c.previewSheet(v, page, kind, body)
	case err != nil:
		return err
	case out.Problems.Any():
		return c.previewSheet(v, page, kind, body)
	}
	c.Hint()
	if err := c.Exchange.Forget(v.Context(), v.account.ID, id); err != nil {
		return err
	}
	return v.done("/exchange", "Đã nhập "+kind.Label()+": "+out.Summary()+".")
}

// export sends a sheet. Citizens' data go with it only where that was ticked, and
// the change log says so.
func (c *console) export(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	o := ExportOrder{Kind: sheet.Kind(form.Get("kind")), Format: sheet.Format(form.Get("format"))}
	if !slices.Contains(sheet.Kinds(), o.Kind) || o.Format != sheet.CSV && o.Format != sheet.XLSX {
		return wrong("kind", "chọn loại dữ liệu và định dạng")
	}
	if o.Kind == sheet.Petitions {
		from, err1 := time.ParseInLocation(time.DateOnly, form.Get("from"), zone())
		to, err2 := time.ParseInLocation(time.DateOnly, form.Get("to"), zone())
		if errors.Join(err1, err2) != nil || to.Before(from) {
			return wrong("from", "chọn khoảng ngày tiếp nhận")
		}
		if to.Sub(from) > maxExported {
			return wrong("to", "mỗi lần xuất không quá một quý; lâu hơn thì dùng lệnh notify1022 export")
		}
		o.From, o.To, o.Private = from, to.AddDate(0, 0, 1), form.Get("private") != ""
	}
	file, err := os.CreateTemp("", "notify1022-export-*") // a quarter of petitions may be large
	if err != nil {
		return err
	}
	defer func() {
		file.Close()
		os.Remove(file.Name())
	}()
	if err := c.Exchange.Export(v.Context(), file, o, v.actor()); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	v.attach(string(o.Kind)+"-"+v.now.In(zone()).Format("20060102")+"."+string(o.Format), o.Format.MediaType())
	_, err = io.Copy(v, file)
	if err != nil { // half an answer is out: only the log can be told
		c.Slog.WarnContext(v.Context(), "export was not sent whole", "kind", o.Kind, "error", err)
	}
	return nil
}

// maxExported is a quarter: what one answer can carry.
const maxExported = 93 * 24 * time.Hour
