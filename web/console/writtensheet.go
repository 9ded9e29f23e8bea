package console

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/report/sheet"
)

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
	codes := make([]string, 0, len(orders))
	for _, o := range orders {
		codes = append(codes, o.Code)
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
	if err := c.Log.Note(v.Context(), v.actor(), "document", "petition", orders[0].Code, fmt.Sprintf("phiếu đề nghị, %d phản ánh: %s", len(orders), strings.Join(codes, ", "))); err != nil {
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
