package console

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// urgePage is what urging the chosen petitions would send, and to whom.
type urgePage struct {
	Form     url.Values
	Rows     []urgeRow
	Texts    int // of all rows
	Segments int
	Problem  string
}

// urgeRow is one petition.
type urgeRow struct {
	Code    string
	Texts   []previewText
	Problem string // why it cannot be urged; empty: it can
	Seen    string // digest of what the row shows, with the petition's version
	version int64
}

// Urgeable reports that some petition can be urged. One whose unit has nobody to text can:
// the shift lead gets a task.
func (p *urgePage) Urgeable() bool {
	return slices.ContainsFunc(p.Rows, func(r urgeRow) bool { return r.Problem == "" })
}

// urgeMany shows what the heads of the chosen petitions' units would be told (N1, Đ14.1),
// and tells them when just that has been seen, each once for each time that it was shown.
func (c *console) urgeMany(v *visit) error {
	codes, err := v.chosen()
	if err != nil {
		return err
	}
	page := urgePage{Form: v.PostForm}
	due, err := worktime.ParseInstant(page.Form.Get("due"))
	if err != nil {
		page.Problem = "Thời hạn trả lời không đúng."
		return v.show(422, "urge", "Đôn đốc", &page)
	}
	cmd := escalation.Urge{Text: page.Form.Get("text"), Due: due}
	if page.Rows, err = c.urgeRows(v, codes, cmd); err != nil {
		return err
	}
	if page.Form.Get("step") != "do" {
		return v.showUrge(&page)
	}
	done, err := c.urgedBefore(v, page.Rows)
	if errors.Is(err, errUnseen) {
		page.leaveOut(done)
		return v.showUrge(&page)
	}
	if err != nil {
		return err
	}
	return c.urge(v, page.Rows, cmd, done)
}

// showUrge shows the page, with what its texts come to.
func (v *visit) showUrge(p *urgePage) error {
	for _, row := range p.Rows {
		for _, t := range row.Texts {
			p.Texts, p.Segments = p.Texts+1, p.Segments+t.Segments
		}
	}
	return v.show(200, "urge", "Đôn đốc", p)
}

// urgeRows makes a row of each petition.
func (c *console) urgeRows(v *visit, codes []string, cmd escalation.Urge) (rows []urgeRow, err error) {
	for _, code := range codes {
		row, err := c.urgeRow(v, code, cmd)
		if err != nil {
			return nil, err
		}
		parts := []string{v.PostForm.Get("text"), v.PostForm.Get("due"), row.Code, strconv.FormatInt(row.version, 10), row.Problem}
		for _, t := range row.Texts {
			parts = append(parts, t.To, t.Text)
		}
		row.Seen = digest(parts...)
		rows = append(rows, row)
	}
	return rows, nil
}

func (c *console) urgeRow(v *visit, code string, cmd escalation.Urge) (urgeRow, error) {
	row := urgeRow{Code: code}
	r, err := c.Petitions.PetitionByCode(v.Context(), code)
	var seen *previewed
	if err == nil {
		row.version = r.Petition.Version
		seen, err = c.preview(v, code, &cmd, v.actor(), row.version)
	}
	var refused *escalation.Problem
	switch {
	case errors.As(err, &refused):
		row.Problem = refused.Detail
	case err != nil:
		return row, err
	default:
		row.Texts = seen.Texts
	}
	return row, nil
}

// urgedBefore are the codes of the rows that an earlier sending of the form urged: that has
// changed what they show. errUnseen where another row is not as it was seen.
func (c *console) urgedBefore(v *visit, rows []urgeRow) (done []string, err error) {
	var unseen error
	for _, row := range rows {
		if slices.Contains(v.PostForm[seenField], row.Seen) {
			continue
		}
		again, err := v.oncePart(v.Context(), row.Code, func(context.Context) error { return errUnseen })
		switch {
		case again:
			done = append(done, row.Code)
		case errors.Is(err, errUnseen):
			unseen = errUnseen
		default:
			return done, err
		}
	}
	return done, unseen
}

// leaveOut takes what was urged before off a page that is shown again: it is not to be urged
// once more.
func (p *urgePage) leaveOut(done []string) {
	p.Problem = changedSince(p.Form)
	if len(done) == 0 {
		return
	}
	p.Problem = "Đã đôn đốc " + strings.Join(done, ", ") + ". " + p.Problem
	p.Rows = slices.DeleteFunc(p.Rows, func(r urgeRow) bool { return slices.Contains(done, r.Code) })
	p.Form["code"] = slices.DeleteFunc(p.Form["code"], func(code string) bool { return slices.Contains(done, code) })
}

// urge urges what can be urged and was not before, and says what became of it all. What was
// begun is brought to its end, also when the browser has gone.
func (c *console) urge(v *visit, rows []urgeRow, cmd escalation.Urge, done []string) error {
	ctx, sent, before := context.WithoutCancel(v.Context()), len(done), len(done) > 0
	var refused []string
	for _, row := range rows {
		if slices.Contains(done, row.Code) {
			continue
		}
		if row.Problem != "" {
			refused = append(refused, row.Code+" ("+row.Problem+")")
			continue
		}
		again, err := v.oncePart(ctx, row.Code, func(ctx context.Context) error {
			_, err := c.Desk.Do(ctx, row.Code, &cmd, v.actor(), row.version)
			return err
		})
		var problem *escalation.Problem
		switch {
		case errors.As(err, &problem): // it changed just now
			refused = append(refused, row.Code+" ("+problem.Detail+")")
		case err != nil:
			return err
		default:
			sent, before = sent+1, before || again
		}
	}
	c.Hint()
	said := fmt.Sprintf("Đã đôn đốc %d phản ánh.", sent)
	if len(refused) > 0 {
		return v.partly("/office", said+" Chưa đôn đốc được: "+strings.Join(refused, "; ")+"."+sentAgain(before))
	}
	return v.doneOnce("/office", said, before)
}
