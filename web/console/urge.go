package console

import (
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
	Seen     string // digest of what the rows show
	Problem  string
}

// urgeRow is one petition.
type urgeRow struct {
	Code    string
	Texts   []previewText
	Problem string // why it cannot be urged; empty: it can
	version int64
}

// Urgeable reports that some petition can be urged. One whose unit has nobody to text can:
// the shift lead gets a task.
func (p *urgePage) Urgeable() bool {
	return slices.ContainsFunc(p.Rows, func(r urgeRow) bool { return r.Problem == "" })
}

// urgeMany shows what the heads of the chosen petitions' units would be told (N1, Đ14.1),
// and tells them when just that has been seen.
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
	if err := page.fill(c, v, codes, cmd); err != nil {
		return err
	}
	if !carriesOut(page.Form, page.Seen) {
		return v.show(200, "urge", "Đôn đốc", &page)
	}
	said, err := c.urge(v, page.Rows, cmd)
	if err != nil {
		return err
	}
	return v.done("/office", said)
}

// fill makes a row of each petition, and the digest of them all.
func (p *urgePage) fill(c *console, v *visit, codes []string, cmd escalation.Urge) error {
	parts := []string{p.Form.Get("text"), p.Form.Get("due")}
	for _, code := range codes {
		row, err := c.urgeRow(v, code, cmd)
		if err != nil {
			return err
		}
		parts = append(parts, row.Code, strconv.FormatInt(row.version, 10), row.Problem)
		for _, t := range row.Texts {
			p.Texts, p.Segments = p.Texts+1, p.Segments+t.Segments
			parts = append(parts, t.To, t.Text)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Seen = digest(parts...)
	return nil
}

func (c *console) urgeRow(v *visit, code string, cmd escalation.Urge) (urgeRow, error) {
	row := urgeRow{Code: code}
	r, err := c.Petitions.PetitionByCode(v.Context(), code)
	var seen *previewed
	if err == nil {
		row.version = r.Petition.Version
		seen, err = c.preview(v, code, &cmd, row.version)
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

// urge urges what can be urged, as it was shown, and says what became of it.
func (c *console) urge(v *visit, rows []urgeRow, cmd escalation.Urge) (said string, err error) {
	sent := 0
	var refused []string
	for _, row := range rows {
		if row.Problem != "" {
			refused = append(refused, row.Code+" ("+row.Problem+")")
			continue
		}
		_, err := c.Desk.Do(v.Context(), row.Code, &cmd, v.actor(), row.version)
		var problem *escalation.Problem
		switch {
		case errors.As(err, &problem): // it changed just now
			refused = append(refused, row.Code+" ("+problem.Detail+")")
		case err != nil:
			return "", err
		default:
			sent++
		}
	}
	c.Hint()
	said = fmt.Sprintf("Đã đôn đốc %d phản ánh.", sent)
	if len(refused) > 0 {
		said += " Chưa đôn đốc được: " + strings.Join(refused, "; ") + "."
	}
	return said, nil
}
