package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// Reports make periodic reports for files and for a page.
type Reports interface {
	web.Reports
	// Page gives the tables and charts of a period as HTML that is safe to stand in a
	// page, with their heading; of the city by officer too, where that is asked for. Its
	// errors are those of Report.
	Page(ctx context.Context, period, unit string, officers bool) (title string, body template.HTML, err error)
	// Periods lists what is offered at an instant, with what each is called; the first
	// is shown when none is asked for.
	Periods(now time.Time) []ReportPeriod
	// Style is the style sheet of Page.
	Style() string
}

// ReportPeriod is a period that is offered.
type ReportPeriod struct{ Value, Name string }

// reportPage is the page of a period.
type reportPage struct {
	Title    string
	Body     template.HTML
	Period   string
	Unit     string
	Officers bool   // of a report of the city: by officer too
	From, To string // of an ad hoc stretch, as dates
	Periods  []ReportPeriod
	Units    []escalation.Unit // to choose from; none for people of one unit
	Problem  string
	MaySend  bool
	MayDraft bool
	Drafts   []ReportDraft
	Ended    string // the last month that has ended, to make a draft of anew
}

// asked reads which report is meant.
func (v *visit) asked() (p reportPage, err error) {
	query := v.URL.Query()
	p.Periods = v.c.Reports.Periods(v.now)
	p.Period, p.From, p.To = query.Get("period"), query.Get("from"), query.Get("to")
	switch {
	case p.From != "" && p.To != "":
		p.Period = p.From + ".." + p.To
	case p.Period == "" && len(p.Periods) > 0:
		p.Period = p.Periods[0].Value
	}
	p.Unit, err = web.ReportUnit(v.who(), query.Get("unit"))
	p.Officers = query.Get("officers") == "yes"
	return p, err
}

// report shows a period's figures.
func (c *console) report(v *visit) error {
	p, err := v.asked()
	if err != nil {
		return err
	}
	if v.may(web.SeeDirectory) {
		directory, err := c.Directory.Directory(v.Context())
		if err != nil {
			return err
		}
		p.Units = directory.Units()
	}
	if err := c.draftsOf(v, &p); err != nil {
		return err
	}
	status := http.StatusOK
	var refusal *escalation.Problem
	p.Title, p.Body, err = c.Reports.Page(v.Context(), p.Period, p.Unit, p.Officers)
	switch {
	case errors.As(err, &refusal): // the form is shown again
		p.Problem, status = refusal.Detail, http.StatusUnprocessableEntity
	case err != nil:
		return err
	}
	return v.show(status, "report", "Báo cáo", p)
}

// reportFile is the same figures to take away, or to print.
func (c *console) reportFile(v *visit) error {
	p, err := v.asked()
	if err != nil {
		return err
	}
	file, err := c.Reports.Report(v.Context(), web.ReportAsked{Period: p.Period, Unit: p.Unit, Format: v.URL.Query().Get("format"), Officers: v.URL.Query().Get("officers")})
	if err != nil {
		return err
	}
	file.Serve(v)
	return nil
}

// reportStyle is the look of a report's tables; the pages' policy allows no inline one.
func (c *console) reportStyle(v *visit) error {
	v.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err := v.Write([]byte(c.Reports.Style()))
	return err
}
