package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"

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

// subject is what a device may open once a code was shown: whoever opens a unit's slips
// sees its figures too, and the other way round.
func (l ReportLink) subject() string {
	if l.Unit == "" {
		return "report:city"
	}
	return "unit:" + l.Unit
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
	known, err := a.knownDevice(r, link.subject())
	if err != nil {
		return err
	}
	if !known {
		a.askReader(w, r, link, false, "")
		return nil
	}
	title, body, err := a.ReportLinks.ReportPage(r.Context(), link)
	if err != nil {
		return err
	}
	a.render(w, r, http.StatusOK, a.pages.report, reportLinkPage{a.frame("Báo cáo"), title, link.Draft != 0, body})
	return nil
}

// readerWay is how the reader is sent a code; ok is false where nothing reaches them.
func (a *api) readerWay(c escalation.Contact) (to codeTo, ok bool) {
	texts := a.Numbering.Textable(c.Phone)
	return codeTo{c, !texts}, texts || a.Mails && c.Email != ""
}

// askReader asks for the code of the reader's phone or mailbox.
func (a *api) askReader(w http.ResponseWriter, r *http.Request, link ReportLink, sent bool, refused string) {
	page := codePage{frame: a.frame("Xác nhận thiết bị"), Action: "/b/" + link.Token, Why: "Báo cáo này chỉ mở trên thiết bị của người nhận, bằng mã một lần."}
	if to, ok := a.readerWay(link.Reader); ok {
		page.People = []codePerson{{to.id(), roleWords[link.Reader.Role] + ", " + to.where()}}
		if sent {
			page.Chosen, page.ChosenT = to.id(), to.where()
		}
	} else {
		page.Nobody = "Danh bạ chưa có số di động hay thư điện tử của người nhận. Hãy gọi Tổng đài 1022"
		if a.Support != "" {
			page.Nobody += ", số " + a.Support
		}
	}
	status := http.StatusOK
	if page.Problem = refused; refused != "" {
		status = http.StatusUnprocessableEntity
	}
	a.render(w, r, status, a.pages.code, page)
}

// reportLinkAct carries out the forms of the code page.
func (a *api) reportLinkAct(w http.ResponseWriter, r *http.Request, token string) error {
	link, err := a.ReportLinks.ReportLink(r.Context(), token)
	if err != nil {
		return err
	}
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	to, ok := a.readerWay(link.Reader)
	if a.Passcodes == nil || !ok {
		return noSuch("trang")
	}
	subject := fmt.Sprintf("%s:%s", link.subject(), to.id())
	switch r.PathValue("act") {
	case "code":
		a.tokens.charge(visitOf(r).client, sendCost, a.Clock())
		at := escalation.Recipient{Contact: to.ID, Role: to.Role, Unit: to.Unit, ByEmail: to.byEmail}
		if err := a.textCode(r.Context(), link.shown(), subject, at); err != nil {
			return err
		}
		a.askReader(w, r, link, true, "")
		return nil
	case "open":
		right, err := a.Passcodes.UsePasscode(r.Context(), subject, digitsOf(fields["code"]))
		if err != nil {
			return err
		}
		if !right {
			a.tokens.charge(visitOf(r).client, missCost, a.Clock())
			a.askReader(w, r, link, true, "Mã không đúng hoặc đã hết hạn.")
			return nil
		}
		if err := a.trust(w, r, link.subject(), deviceFor); err != nil {
			return err
		}
		http.Redirect(w, r, "/b/"+link.Token, http.StatusSeeOther)
		return nil
	}
	return noSuch("trang")
}
