package web

import (
	"context"
	"html/template"
	"net/http"
	"strconv"

	"notify1022/escalation"
)

// ReportLinks open reports for the leaders that they were sent to (Đ13.6). Safe for
// concurrent use.
type ReportLinks interface {
	// ReportLink finds a link that has not expired and whose reader still holds the role;
	// an *escalation.Problem NotFound otherwise.
	ReportLink(ctx context.Context, token string) (ReportLink, error)
	// ReportPage gives the tables and charts as HTML that is safe to stand in a page,
	// without any person, and their heading.
	ReportPage(ctx context.Context, link ReportLink) (title string, body template.HTML, err error)
	// ReportStyle is the style sheet of ReportPage.
	ReportStyle() string
}

// ReportLink is one reader's way to one report.
type ReportLink struct {
	Token  string
	Reader escalation.Contact
	Unit   string // empty: the whole city
	Period string
	Draft  int64 // of a confirmed draft; 0: none
}

// reportLinkPage shows a report.
type reportLinkPage struct {
	frame
	Heading string
	Frozen  bool // figures as they were confirmed
	Body    template.HTML
}

func (a *api) routeReportLinks(mux router) {
	if a.ReportLinks == nil {
		return
	}
	mux.Handle("GET /b/{token}", a.byToken(a.showReportLink))
	mux.Handle("POST /b/{token}/{act}", a.byToken(a.reportLinkAct))
	mux.HandleFunc("GET /assets/report.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		w.Write([]byte(a.ReportLinks.ReportStyle()))
	})
}

// reportSubject is what a code to the reader of a report opens, with whose it was: the
// reports that were sent to this person, and no slip.
const reportSubject = "report"

// reportOpens reports whether the visitor's device has shown a code of the reader's, for a
// report or for a slip of the reader's unit, or links open without one.
func (a *api) reportOpens(r *http.Request, link ReportLink) (open bool, err error) {
	if !a.linksAsk() {
		return true, nil
	}
	id := strconv.FormatInt(link.Reader.ID, 10)
	for _, subject := range []string{reportSubject + ":" + id, "unit:" + link.Reader.Unit + ":" + id} {
		if open, err = a.knownDevice(r, subject); open || err != nil {
			return open, err
		}
	}
	return false, nil
}

// shown is what the code's text names: it has room for a petition's code.
func (l ReportLink) shown() string {
	if len(l.Period) <= len("2026-W47") {
		return "BC-" + l.Period
	}
	return "BC-1022"
}

func (a *api) showReportLink(w http.ResponseWriter, r *http.Request, token string) error {
	link, err := a.ReportLinks.ReportLink(r.Context(), token)
	if err != nil {
		return err
	}
	open, err := a.reportOpens(r, link)
	if err != nil {
		return err
	}
	if !open {
		return a.askCode(w, r, a.reportGate(link), "", "")
	}
	title, body, err := a.ReportLinks.ReportPage(r.Context(), link)
	if err != nil {
		return err
	}
	a.render(w, r, http.StatusOK, a.pages.report, reportLinkPage{a.frame("Báo cáo"), title, link.Draft != 0, body})
	return nil
}

// reportLinkAct carries out the forms of the code page.
func (a *api) reportLinkAct(w http.ResponseWriter, r *http.Request, token string) error {
	link, err := a.ReportLinks.ReportLink(r.Context(), token)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	if !a.linksAsk() || act != "code" && act != "open" {
		return noSuch("trang")
	}
	return a.passCode(w, r, a.reportGate(link), act, nil)
}
