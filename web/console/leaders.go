package console

import (
	"context"
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/web"
)

// Leaders sends reports to leaders (Đ13.6), and the city's monthly drafts to the City
// Office (Đ13.7).
type Leaders interface {
	web.Subscriptions

	// Readers are whom a report of the unit, or of the city, may be sent to.
	Readers(ctx context.Context, unit string) ([]ReportReader, error)
	// Words are the variables of R1 for a report, with a link as long as a real one.
	Words(ctx context.Context, period, unit string) (map[string]string, error)
	// SendNow sends it to each person once by each way for a nonce, and says to how many
	// something went; 0: all of it was sent before.
	SendNow(ctx context.Context, period, unit string, to []ReportReader, nonce string, by escalation.Actor) (int, error)

	// Drafts lists the latest; confirmed: those alone. Draft reads one whole.
	Drafts(ctx context.Context, confirmed bool) ([]ReportDraft, error)
	Draft(ctx context.Context, id int64) (ReportDraft, error)
	// Redo makes another version of a month's draft; Confirm sends one to the City Office.
	Redo(ctx context.Context, period string, by escalation.Actor) error
	Confirm(ctx context.Context, id int64, note string, by escalation.Actor) error
}

// ReportReader is somebody and how a report reaches them.
type ReportReader struct {
	escalation.Contact
	SMS, Email bool
}

// ReportDraft is a report of the whole city as it was made.
type ReportDraft struct {
	ID          int64
	Period      string
	Version     int
	Title       string
	Body        template.HTML // not in lists
	SheetName   string
	Sheet       []byte // not in lists
	SheetType   string // media type
	MadeAt      time.Time
	MadeBy      string
	Note        string
	ConfirmedAt time.Time
	ConfirmedBy string
	Open        bool // it may be confirmed
}

// subscriptionOfForm reads a person's choice of reports.
func (v *visit) subscriptionOfForm(contact int64) (escalation.Subscription, error) {
	form, err := v.form()
	if err != nil {
		return escalation.Subscription{}, err
	}
	s := escalation.Subscription{Contact: contact, Channel: escalation.ReportChannel(form.Get("channel")), Each: escalation.ReportEach(form.Get("each"))}
	if s.At, err = web.TimeOfDay(form.Get("at")); err != nil {
		return s, wrong("at", "%s", err)
	}
	s.Day, _ = strconv.Atoi(form.Get("day"))
	return s, nil
}

// draftsOf puts the monthly drafts on the page: all of them before who confirms, what was
// confirmed before the City Office.
func (c *console) draftsOf(v *visit, p *reportPage) (err error) {
	p.MaySend, p.MayDraft = v.may(web.SendReports), v.may(web.ConfirmReports)
	if !p.MaySend {
		return nil
	}
	local := v.now.In(zone())
	p.Ended = local.AddDate(0, 0, -local.Day()).Format("2006-01")
	p.Drafts, err = c.Leaders.Drafts(v.Context(), !p.MayDraft)
	return err
}

// sendReportPage is the form that sends a report at once.
type sendReportPage struct {
	Title, Period, Unit, Nonce string
	Readers                    []ReportReader
	Text                       rendered
	Problem                    string
}

// sendReportForm shows the text, and who may get it.
func (c *console) sendReportForm(v *visit) error {
	p, err := v.asked()
	if err != nil {
		return err
	}
	return c.showSendReport(v, http.StatusOK, sendReportPage{Period: p.Period, Unit: p.Unit, Nonce: rand.Text()})
}

func (c *console) showSendReport(v *visit, status int, p sendReportPage) error {
	vars, err := c.Leaders.Words(v.Context(), p.Period, p.Unit)
	if err != nil {
		return err
	}
	if p.Text, err = c.Texts.Render("R1", vars, false); err != nil {
		return wrong("text", "%s", textProblem(err)) // the wording's fault, which somebody edits
	}
	if p.Readers, err = c.Leaders.Readers(v.Context(), p.Unit); err != nil {
		return err
	}
	p.Title = vars["don_vi"] + ", " + vars["ky"]
	return v.show(status, "report-send", "Gửi báo cáo", p)
}

// mostReaders bounds one sending by hand.
const mostReaders = 200

// sendReport sends it to those who were ticked, "12:sms" or "12:email".
func (c *console) sendReport(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	page := sendReportPage{Period: form.Get("period"), Unit: form.Get("unit"), Nonce: form.Get("nonce")}
	if page.Nonce == "" || len(page.Nonce) > 40 {
		return wrong("nonce", "biểu mẫu đã cũ, hãy mở lại trang")
	}
	if page.Unit, err = web.ReportUnit(v.who(), page.Unit); err != nil {
		return err
	}
	readers, err := c.Leaders.Readers(v.Context(), page.Unit)
	if err != nil {
		return err
	}
	var to []ReportReader
	for _, r := range readers {
		id := strconv.FormatInt(r.ID, 10)
		r.SMS = r.SMS && slices.Contains(form["to"], id+":sms")
		r.Email = r.Email && slices.Contains(form["to"], id+":email")
		if r.SMS || r.Email {
			to = append(to, r)
		}
	}
	switch {
	case len(to) == 0:
		page.Problem = "Chưa chọn ai."
		return c.showSendReport(v, http.StatusUnprocessableEntity, page)
	case len(to) > mostReaders:
		return wrong("to", "tối đa %d người một lần", mostReaders)
	}
	n, err := c.Leaders.SendNow(v.Context(), page.Period, page.Unit, to, page.Nonce, v.actor())
	if err != nil {
		return err
	}
	c.Hint()
	said := fmt.Sprintf("Đã gửi báo cáo đến %d người.", n)
	switch before := len(to) - n; {
	case n == 0:
		said = "Báo cáo này đã được gửi rồi, không gửi lại."
	case before > 0:
		said += fmt.Sprintf(" %d người khác đã được gửi từ biểu mẫu này, không gửi lại.", before)
	}
	return v.done("/bao-cao?period="+page.Period+"&unit="+page.Unit, said)
}

// redoDraft makes another version of a month's draft.
func (c *console) redoDraft(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, again, err := v.once(func(ctx context.Context) error { return c.Leaders.Redo(ctx, form.Get("period"), v.actor()) })
	if err != nil {
		return err
	}
	return v.doneOnce("/bao-cao", "Đã lập dự thảo, chờ xác nhận.", again)
}

// draftPage is one draft.
type draftPage struct {
	ReportDraft
	MayConfirm bool
}

// draft reads the draft of the path. The City Office sees what was confirmed.
func (c *console) draft(v *visit) (ReportDraft, error) {
	none := &escalation.Problem{Kind: escalation.NotFound, Detail: "không có dự thảo báo cáo này"}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return ReportDraft{}, none
	}
	d, err := c.Leaders.Draft(v.Context(), id)
	if err == nil && d.ConfirmedAt.IsZero() && !v.may(web.ConfirmReports) {
		err = none
	}
	return d, err
}

func (c *console) reportDraft(v *visit) error {
	d, err := c.draft(v)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "report-draft", "Báo cáo tháng", draftPage{d, d.Open && v.may(web.ConfirmReports)})
}

func (c *console) reportDraftFile(v *visit) error {
	d, err := c.draft(v)
	if err != nil {
		return err
	}
	return v.download(d.SheetName, d.SheetType, d.Sheet)
}

// maxDraftNote bounds what the shift lead adds, in characters.
const maxDraftNote = 1000

func (c *console) confirmDraft(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	d, err := c.draft(v)
	if err != nil {
		return err
	}
	note := form.Get("note")
	if utf8.RuneCountInString(note) > maxDraftNote {
		return wrong("note", "ghi chú tối đa %d ký tự", maxDraftNote)
	}
	if err := c.Leaders.Confirm(v.Context(), d.ID, note, v.actor()); err != nil {
		return err
	}
	c.Hint()
	return v.done(fmt.Sprint("/bao-cao/du-thao/", d.ID), "Đã xác nhận và gửi Văn phòng UBND thành phố.")
}
