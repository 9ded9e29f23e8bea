package console

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"notify1022/escalation"
)

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
	_, again, err := v.once(func(ctx context.Context) error {
		_, err := c.Desk.Do(ctx, code, cmd, v.actor(), 0) // a number that replaces another one: whatever else has changed
		return err
	})
	if err != nil {
		return err
	}
	return c.onFile(v, code+": "+said, again)
}

// onFile comes back to the list after an act on a petition's file.
func (c *console) onFile(v *visit, said string, again bool) error {
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
	if p.Preview, err = c.preview(v, code, cmd, v.actor(), p.version); err != nil {
		return err
	}
	parts := []string{code, strconv.FormatInt(p.version, 10), strconv.Itoa(cmd.No), strconv.Itoa(cmd.Days), cmd.Text}
	for _, t := range p.Preview.Texts {
		parts = append(parts, t.To, t.Text)
	}
	p.Seen = digest(parts...)
	return nil
}

// askExplanation shows the text that asks for an explanation (N3) and to whom it goes, and
// asks when just that has been seen.
func (c *console) askExplanation(v *visit, code string, cmd *escalation.AskExplanation) error {
	page := fileAskPage{Form: v.PostForm}
	_, again, err := v.onceSeen(func(ctx context.Context) error {
		if err := page.fill(ctx, c, v, code, cmd); err != nil {
			return err
		}
		if !carriesOut(v.PostForm, page.Seen) {
			return errUnseen
		}
		_, err := c.Desk.Do(ctx, code, cmd, v.actor(), page.version)
		return err
	})
	status := 200
	var refused *escalation.Problem
	switch {
	case err == nil:
		return c.onFile(v, code+": đã yêu cầu đơn vị giải trình.", again)
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
