package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"notify1022/escalation"
)

// sendFiles shows what of the chosen files would go to the Office, with which text, and sends
// just that when it has been seen, with the reasons as they were written beside, once for
// each time that it was shown.
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
	var out escalation.SentFiles
	before, again, err := v.onceSeen(func(ctx context.Context) error {
		if err := page.fill(ctx, c, v, orders); err != nil {
			return err
		}
		if !carriesOut(v.PostForm, page.Seen) {
			return errUnseen
		}
		var err error
		out, err = c.WrittenFiles.Send(ctx, orders, v.actor())
		return err
	})
	if errors.Is(err, errUnseen) {
		page.Problem = changedSince(v.PostForm)
		return v.show(200, "written-send", "Gửi hồ sơ đến Văn phòng", &page)
	}
	if err == nil && again {
		out, err = c.sentBefore(v.Context(), orders, before.Petition)
	}
	if err != nil {
		return err
	}
	c.Hint()
	return v.saySent(out, again)
}

// saySent leads to the files that were sent, and says of the others why they were not.
func (v *visit) saySent(out escalation.SentFiles, again bool) error {
	said, to := fmt.Sprintf("Đã gửi %d hồ sơ đến Văn phòng UBND thành phố (một tin V4).", len(out.Sent)), "/ho-so"
	if out.Batch != "" {
		to = strings.TrimPrefix(escalation.FilesPath(out.Batch), root)
	}
	if len(out.Refused) == 0 {
		return v.doneOnce(to, said, again)
	}
	var why []string
	for _, r := range out.Refused {
		why = append(why, r.Code+" ("+r.Why+")")
	}
	return v.partly(to, said+" Chưa gửi được: "+strings.Join(why, "; ")+"."+sentAgain(again))
}

// sentBefore is what an earlier sending of the form did with its orders: it sent those of the
// batch of the petition that it is known to have changed.
func (c *console) sentBefore(ctx context.Context, orders []escalation.FileOrder, changed string) (out escalation.SentFiles, err error) {
	files := make([]*escalation.Written, len(orders))
	for i, o := range orders {
		r, err := c.Petitions.PetitionByCode(ctx, o.Code)
		if err != nil {
			return out, err
		}
		if files[i] = orderedFile(r.Petition, o.No); o.Code == changed && files[i] != nil {
			out.Batch = cmp.Or(files[i].Batch, out.Batch)
		}
	}
	for i, o := range orders {
		if files[i] != nil && files[i].Batch == out.Batch {
			out.Sent = append(out.Sent, o.Code)
		} else {
			out.Refused = append(out.Refused, escalation.FileRefusal{Code: o.Code, No: o.No, Why: "không gửi được ở lần gửi đầu"})
		}
	}
	return out, nil
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
func (p *fileSendPage) fill(ctx context.Context, c *console, v *visit, orders []escalation.FileOrder) error {
	directory, err := c.Directory.Directory(ctx)
	if err != nil {
		return err
	}
	var parts []string
	for i := range orders {
		o := &orders[i]
		r, err := c.Petitions.PetitionByCode(ctx, o.Code)
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
	out, err := c.WrittenFiles.Preview(ctx, orders, v.actor())
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
