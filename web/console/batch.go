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
)

// batch is one command for several petitions, which is seen before it is carried out.
type batch struct {
	cmd   escalation.Command
	typed []string // what the command says, as it was typed
	page  string   // the name of its page
	title string
	back  string // where it leads when it is done
	verb  string // "đôn đốc": Đã đôn đốc 2 phản ánh
	slips bool   // it makes slips: the links in its texts are others each time
	// bars says why the batch is not for the petition; empty: it is. nil: it is for all.
	bars func(*escalation.Petition) string
}

// batchPage is what a batch would send, and to whom.
type batchPage struct {
	Form     url.Values
	Rows     []batchRow
	Texts    int // of all rows
	Segments int
	Problem  string
	Verb     string          // of the batch
	Unit     escalation.Unit // whose page it stands on
	Next     escalation.Unit // who gets what the unit has
	Left     bool            // there is more than one page takes
}

// batchRow is one petition.
type batchRow struct {
	Code    string
	Texts   []previewText
	Problem string // why the command would be refused; empty: it would not
	Seen    string // digest of what the row shows, with the petition's version
	version int64
}

// Possible reports that the command can be carried out for some petition. One whose unit has
// nobody to text is among them: the shift lead gets a task.
func (p *batchPage) Possible() bool { return p.Doable() > 0 }

// Doable is for how many petitions the command can be carried out.
func (p *batchPage) Doable() (n int) {
	for _, row := range p.Rows {
		if row.Problem == "" {
			n++
		}
	}
	return n
}

// runBatch shows what the command would do for the petitions, and does it when just that has been
// seen, for each once for each time that it was shown.
func (c *console) runBatch(v *visit, b batch, page *batchPage, codes []string) (err error) {
	page.Verb = b.verb
	if page.Rows, err = c.batchRows(v, b, codes); err != nil {
		return err
	}
	if page.Form.Get("step") != "do" {
		return v.showBatch(b, page)
	}
	done, err := c.doneBefore(v, page.Rows)
	if errors.Is(err, errUnseen) {
		page.leaveOut(b, done)
		return v.showBatch(b, page)
	}
	if err != nil {
		return err
	}
	return c.carryOut(v, b, page.Rows, done)
}

// showBatch shows the page, with what its texts come to.
func (v *visit) showBatch(b batch, p *batchPage) error {
	for _, row := range p.Rows {
		for _, t := range row.Texts {
			p.Texts, p.Segments = p.Texts+1, p.Segments+t.Segments
		}
	}
	return v.show(200, b.page, b.title, p)
}

// batchRows makes a row of each petition.
func (c *console) batchRows(v *visit, b batch, codes []string) (rows []batchRow, err error) {
	for _, code := range codes {
		row, err := c.batchRow(v, b, code)
		if err != nil {
			return nil, err
		}
		parts := slices.Concat(b.typed, []string{row.Code, strconv.FormatInt(row.version, 10), row.Problem})
		for _, t := range row.Texts {
			if parts = append(parts, t.To); !b.slips {
				parts = append(parts, t.Text)
			}
		}
		row.Seen = digest(parts...)
		rows = append(rows, row)
	}
	return rows, nil
}

func (c *console) batchRow(v *visit, b batch, code string) (batchRow, error) {
	row := batchRow{Code: code}
	r, err := c.Petitions.PetitionByCode(v.Context(), code)
	var seen *previewed
	if err == nil {
		row.version = r.Petition.Version
		if b.bars != nil {
			row.Problem = b.bars(&r.Petition)
		}
	}
	if err == nil && row.Problem == "" {
		seen, err = c.preview(v, code, b.cmd, v.actor(), row.version)
	}
	var refused *escalation.Problem
	switch {
	case errors.As(err, &refused):
		row.Problem = refused.Detail
	case err != nil:
		return row, err
	case seen != nil:
		row.Texts = seen.Texts
	}
	return row, nil
}

// doneBefore are the codes of the rows for which an earlier sending of the form carried it out:
// that has changed what they show. errUnseen where another row is not as it was seen.
func (c *console) doneBefore(v *visit, rows []batchRow) (done []string, err error) {
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

// leaveOut takes what was done before off a page that is shown again: it is not to be done once
// more.
func (p *batchPage) leaveOut(b batch, done []string) {
	p.Problem = changedSince(p.Form)
	if len(done) == 0 {
		return
	}
	p.Problem = "Đã " + b.verb + " " + strings.Join(done, ", ") + ". " + p.Problem
	p.Rows = slices.DeleteFunc(p.Rows, func(r batchRow) bool { return slices.Contains(done, r.Code) })
	p.Form["code"] = slices.DeleteFunc(p.Form["code"], func(code string) bool { return slices.Contains(done, code) })
}

// carryOut does what can be done and was not before, and says what became of it all. What was
// begun is brought to its end, also when the browser has gone.
func (c *console) carryOut(v *visit, b batch, rows []batchRow, done []string) error {
	ctx, did, before := context.WithoutCancel(v.Context()), len(done), len(done) > 0
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
			_, err := c.Desk.Do(ctx, row.Code, b.cmd, v.actor(), row.version)
			return err
		})
		var problem *escalation.Problem
		switch {
		case errors.As(err, &problem): // it changed just now
			refused = append(refused, row.Code+" ("+problem.Detail+")")
		case err != nil:
			return err
		default:
			did, before = did+1, before || again
		}
	}
	c.Hint()
	said := fmt.Sprintf("Đã %s %d phản ánh.", b.verb, did)
	if len(refused) > 0 {
		return v.partly(b.back, said+" Chưa "+b.verb+" được: "+strings.Join(refused, "; ")+"."+sentAgain(before))
	}
	return v.doneOnce(b.back, said, before)
}
