package console

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
	"notify1022/web"
)

//go:embed pages assets
var files embed.FS

// Desk carries out commands and previews them; *escalation.Desk is one.
type Desk interface {
	web.Desk
	Preview(ctx context.Context, code string, cmd escalation.Command, actor escalation.Actor, version int64) (escalation.Preview, error)
}

// Config is what the console stands on; all of it is needed unless said otherwise.
type Config struct {
	Desk         Desk
	Board        Board
	Petitions    web.Petitions
	Related      Related
	Tasks        Tasks
	Directory    web.Directory
	Roster       Roster
	Outbox       web.Outbox
	Texts        Texts
	Sendings     Sendings
	Gateway      Gateway
	Calendar     Calendar
	Accounts     Accounts
	Log          ChangeLog
	Files        web.Attachments
	Recordings   web.Recordings // nil: units hear none
	Webhooks     web.Webhooks
	APIKeys      APIKeys
	Sessions     scs.Store
	Once         web.Idempotency
	Groups       Groups
	Reports      Reports
	Leaders      Leaders
	Personal     Personal
	Exchange     Exchange
	WrittenFiles WrittenFiles

	Policy    func() *escalation.Policy
	Numbering escalation.Numbering
	Mail      bool // people are told by email too
	Redact    func(content string, own ...string) string
	Offices   func() *escalation.Directory             // of web.Config
	Support   string                                   // the hotline's own phone
	Now       func(context.Context) (time.Time, error) // the domain's time
	Clock     func() time.Time                         // the machine's; nil: time.Now
	Speed     float64                                  // domain seconds in a second; 0: 1
	Hint      func()                                   // texts may have been queued
	Prices    Prices
	Shift     time.Duration // how long a shift is; 0: 8 hours
	PublicURL string
	Secure    bool   // the site is reached over TLS: cookies too
	Handsets  string // address of the simulator's handsets; empty: no simulation

	Slog *slog.Logger
}

// console is the configured site.
type console struct {
	Config
	viewer   web.Viewer
	pages    *pages
	sessions *scs.SessionManager
	doors    *throttle
	stamps   *stamps
	hashing  chan struct{} // slots for checks of passwords
}

// root is where the console's paths begin.
const root = "/console"

// New returns the handler of everything under /console.
func New(config Config) (http.Handler, error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Hint == nil {
		config.Hint = func() {}
	}
	if config.Speed <= 0 {
		config.Speed = 1
	}
	if config.Shift <= 0 {
		config.Shift = 8 * time.Hour
	}
	if config.Slog == nil {
		config.Slog = slog.New(slog.DiscardHandler)
	}
	pages, err := newPages()
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c := &console{Config: config, viewer: web.NewViewer(web.Config{Redact: config.Redact, PublicURL: strings.TrimSuffix(config.PublicURL, "/"),
		Numbering: config.Numbering, Offices: config.Offices, Support: config.Support}), pages: pages,
		doors: newThrottle(config.Clock), hashing: make(chan struct{}, 4)}
	c.stamps = newStamps(config.Board)
	c.sessions = scs.New()
	c.sessions.Store = config.Sessions
	c.sessions.Lifetime = sessionFor // the manager's own idle time would write with every request
	c.sessions.Cookie.Name, c.sessions.Cookie.Path = "notify1022", root
	c.sessions.Cookie.HttpOnly, c.sessions.Cookie.SameSite, c.sessions.Cookie.Secure = true, http.SameSiteLaxMode, config.Secure
	c.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { c.failed(w, r, err) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"/sign-in", c.showSignIn)
	mux.HandleFunc("POST "+root+"/sign-in", c.signIn)
	for _, p := range c.routes() {
		mux.Handle(p.method+" "+root+p.path, c.guarded(p))
	}
	mux.HandleFunc(root+"/", func(w http.ResponseWriter, r *http.Request) {
		c.message(w, r, http.StatusNotFound, "Không có trang này", "Đường dẫn không đúng.")
	})
	mux.HandleFunc("GET "+root, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, root+"/board", http.StatusSeeOther) })
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.message(w, r, http.StatusForbidden, "Yêu cầu bị từ chối", "Yêu cầu đến từ một trang khác.")
	}))
	site, signed := http.NewServeMux(), c.sessions.LoadAndSave(crossOrigin.Handler(mux))
	if err := c.routeAssets(site); err != nil { // nobody's session is asked for them
		return nil, err
	}
	site.Handle(root, signed)
	site.Handle(root+"/", signed)
	return headers(site), nil
}

// headers are those of web's guard, with what the console's own script needs.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (c *console) routeAssets(mux *http.ServeMux) error {
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		return err
	}
	serve := http.StripPrefix(root+"/assets/", http.FileServerFS(assets))
	mux.HandleFunc("GET "+root+"/assets/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		serve.ServeHTTP(w, r)
	})
	return nil
}

// page is one method on one path below /console.
type page struct {
	method string
	path   string
	right  web.Right
	serve  func(*visit) error
	nav    string // its name in the menu; empty: not there
	key    string // the key that opens it: not an act's, and neither j nor k
	quiet  bool   // asked for by a page on its own: it keeps no session alive
	on     string // the page that a form stands on, where a session that ended over it goes on; empty: none
}

// routes is the whole console: the menu is made of it, and the test's table of who
// may see what.
func (c *console) routes() []page {
	return []page{
		{method: "GET", path: "/board", right: web.Enter, serve: c.board, nav: "Bảng việc", key: "b"},
		{method: "GET", path: "/board/rows", right: web.Enter, serve: c.boardRows, quiet: true},
		{method: "GET", path: "/events", right: web.Enter, serve: c.events, quiet: true},
		{method: "GET", path: "/intake", right: web.TakeIn, serve: c.intake, nav: "Tiếp nhận", key: "n"},
		{method: "POST", path: "/intake", right: web.TakeIn, serve: c.takeIn, on: "/intake"},
		{method: "POST", path: "/intake/hints", right: web.TakeIn, serve: c.hints},
		{method: "GET", path: "/tasks", right: web.DoTasks, serve: c.tasks, nav: "Việc phải làm", key: "v"},
		{method: "POST", path: "/p/{code}/call", right: web.SeeCitizens, serve: c.showCall},
		{method: "POST", path: "/tasks/{id}/done", right: web.DoTasks, serve: c.taskDone, on: "/tasks"},
		{method: "GET", path: "/shift", right: web.DoTasks, serve: c.shift, nav: "Giao ca", key: "g"},
		{method: "GET", path: "/office", right: web.DoOfficeWork, serve: c.office, nav: "Văn phòng", key: "o"},
		{method: "POST", path: "/office/urge", right: web.DoOfficeWork, serve: c.urgeMany, on: "/office"},
		{method: "POST", path: "/office/document", right: web.DoOfficeWork, serve: c.reminderDocument},
		{method: "POST", path: "/office/nhan-su/{id}", right: web.ConfirmPeople, serve: c.confirmPeople, on: "/office"},
		{method: "GET", path: "/ho-so", right: web.HandleFiles, serve: c.writtenFiles, nav: "Hồ sơ Đ9.6", key: "z"},
		{method: "GET", path: "/ho-so/{batch}", right: web.HandleFiles, serve: c.fileBatch},
		{method: "GET", path: "/ho-so/tep", right: web.HandleFiles, serve: c.filesSheet},
		{method: "POST", path: "/ho-so/gui", right: web.SendFiles, serve: c.sendFiles, on: "/ho-so"},
		{method: "POST", path: "/ho-so/phieu", right: web.HandleFiles, serve: c.filesDocument},
		{method: "POST", path: "/ho-so/act/{act}", right: web.HandleFiles, serve: c.fileAct, on: "/ho-so"},
		{method: "GET", path: "/p/{code}", right: web.Enter, serve: c.petition},
		{method: "POST", path: "/p/{code}/citizen", right: web.SeeCitizens, serve: c.showCitizen},
		{method: "GET", path: "/p/{code}/why/{round}/{rung}", right: web.Enter, serve: c.why},
		{method: "GET", path: "/p/{code}/act/{verb}", right: web.Enter, serve: c.actForm},
		{method: "POST", path: "/p/{code}/act/{verb}", right: web.Enter, serve: c.act, on: "/p/{code}/act/{verb}"},
		{method: "POST", path: "/p/{code}/files", right: web.Enter, serve: c.addFile, on: "/p/{code}"},
		{method: "GET", path: "/p/{code}/files/{id}", right: web.Enter, serve: c.file},
		{method: "POST", path: "/p/{code}/files/{id}/{act}", right: web.SeeCitizens, serve: c.publishFile},
		{method: "POST", path: "/p/{code}/recordings/{id}/{act}", right: web.DecideHearings, serve: c.decideRecording},
		{method: "GET", path: "/bao-cao", right: web.Enter, serve: c.report, nav: "Báo cáo", key: "u"},
		{method: "GET", path: "/bao-cao/tep", right: web.Enter, serve: c.reportFile},
		{method: "GET", path: "/bao-cao/style.css", right: web.Enter, serve: c.reportStyle},
		{method: "GET", path: "/bao-cao/gui", right: web.SendReports, serve: c.sendReportForm},
		{method: "POST", path: "/bao-cao/gui", right: web.SendReports, serve: c.sendReport, on: "/bao-cao/gui"},
		{method: "POST", path: "/bao-cao/du-thao", right: web.ConfirmReports, serve: c.redoDraft},
		{method: "GET", path: "/bao-cao/du-thao/{id}", right: web.SendReports, serve: c.reportDraft},
		{method: "GET", path: "/bao-cao/du-thao/{id}/tep", right: web.SendReports, serve: c.reportDraftFile},
		{method: "POST", path: "/bao-cao/du-thao/{id}/confirm", right: web.ConfirmReports, serve: c.confirmDraft, on: "/bao-cao/du-thao/{id}"},
		{method: "GET", path: "/texts", right: web.SeeTexts, serve: c.texts, nav: "Mẫu tin", key: "m"},
		{method: "GET", path: "/texts/{key}", right: web.SeeTexts, serve: c.text},
		{method: "POST", path: "/texts/{key}/preview", right: web.SeeTexts, serve: c.textPreview},
		{method: "POST", path: "/texts/{key}", right: web.EditTexts, serve: c.saveText, on: "/texts/{key}"},
		{method: "POST", path: "/texts/{key}/test", right: web.EditTexts, serve: c.testText, on: "/texts/{key}"},
		{method: "GET", path: "/texts/export.csv", right: web.EditTexts, serve: c.exportTexts},
		{method: "POST", path: "/texts/{key}/registration", right: web.EditTexts, serve: c.register, on: "/texts/{key}"},
		{method: "POST", path: "/texts/{key}/drafts/{id}/{act}", right: web.EditTexts, serve: c.decideDraft, on: "/texts/{key}"},
		{method: "GET", path: "/send", right: web.SendTexts, serve: c.send, nav: "Gửi tin", key: "s"},
		{method: "POST", path: "/send", right: web.SendTexts, serve: c.sendStep, on: "/send"},
		{method: "GET", path: "/send/people", right: web.SendTexts, serve: c.findPeople},
		{method: "GET", path: "/groups", right: web.SendTexts, serve: c.groups},
		{method: "POST", path: "/groups", right: web.SendTexts, serve: c.addGroup, on: "/groups"},
		{method: "GET", path: "/groups/{id}", right: web.SendTexts, serve: c.group},
		{method: "POST", path: "/groups/{id}/{act}", right: web.SendTexts, serve: c.groupAct, on: "/groups/{id}"},
		{method: "GET", path: "/send/{id}", right: web.SendTexts, serve: c.sending},
		{method: "GET", path: "/send/{id}/progress", right: web.SendTexts, serve: c.sendingProgress, quiet: true},
		{method: "GET", path: "/send/{id}/failures.csv", right: web.SendTexts, serve: c.sendingFailures},
		{method: "POST", path: "/send/{id}/{act}", right: web.SendTexts, serve: c.sendingAct, on: "/send/{id}"},
		{method: "GET", path: "/directory", right: web.SeeDirectory, serve: c.directory, nav: "Danh bạ", key: "d"},
		{method: "GET", path: "/directory/{unit}", right: web.SeeDirectory, serve: c.unit},
		{method: "POST", path: "/directory/{unit}", right: web.EditDirectory, serve: c.saveUnit, on: "/directory/{unit}"},
		{method: "POST", path: "/directory/{unit}/calendar", right: web.EditCalendar, serve: c.moveUnit, on: "/directory/{unit}"},
		{method: "POST", path: "/directory/{unit}/hand-over", right: web.EditDirectory, serve: c.handSlips, on: "/directory/{unit}"},
		{method: "POST", path: "/directory/{unit}/contacts", right: web.EditDirectory, serve: c.addContact, on: "/directory/{unit}"},
		{method: "POST", path: "/directory/{unit}/contacts/{id}/{act}", right: web.EditDirectory, serve: c.contactAct, on: "/directory/{unit}"},
		{method: "POST", path: "/directory/absences/{id}/{act}", right: web.EditDirectory, serve: c.decideAbsence, on: "/directory"},
		{method: "GET", path: "/calendar", right: web.Enter, serve: c.calendar, nav: "Lịch làm việc", key: "l"},
		{method: "POST", path: "/calendar", right: web.EditCalendar, serve: c.calendarEdit, on: "/calendar"},
		{method: "GET", path: "/gateway", right: web.SeeGateway, serve: c.gateway, nav: "Cổng tin", key: "c"},
		{method: "POST", path: "/gateway/{act}", right: web.RunGateway, serve: c.gatewayAct},
		{method: "GET", path: "/people", right: web.KeepAccounts, serve: c.people, nav: "Tài khoản", key: "t"},
		{method: "POST", path: "/people", right: web.KeepAccounts, serve: c.addPerson, on: "/people"},
		{method: "POST", path: "/people/{id}/{act}", right: web.KeepAccounts, serve: c.personAct, on: "/people"},
		{method: "GET", path: "/links", right: web.Connect, serve: c.links, nav: "Kết nối", key: "i"},
		{method: "POST", path: "/links/{what}", right: web.Connect, serve: c.addLink, on: "/links"},
		{method: "POST", path: "/links/{what}/{id}/{act}", right: web.Connect, serve: c.linkAct, on: "/links"},
		{method: "GET", path: "/personal", right: web.HandlePersonal, serve: c.personal, nav: "Dữ liệu cá nhân", key: "y"},
		{method: "POST", path: "/personal", right: web.HandlePersonal, serve: c.recordPersonal, on: "/personal"},
		{method: "GET", path: "/personal/{id}", right: web.HandlePersonal, serve: c.personalRequest},
		{method: "POST", path: "/personal/{id}/{act}", right: web.HandlePersonal, serve: c.personalAct, on: "/personal/{id}"},
		{method: "GET", path: "/exchange", right: web.Exchange, serve: c.exchange, nav: "Nhập/xuất dữ liệu", key: "e"},
		{method: "POST", path: "/exchange", right: web.Exchange, serve: c.upload, on: "/exchange"},
		{method: "POST", path: "/exchange/export", right: web.Exchange, serve: c.export},
		{method: "POST", path: "/exchange/{id}/{act}", right: web.Exchange, serve: c.uploadAct},
		{method: "GET", path: "/log", right: web.ReadLog, serve: c.log, nav: "Nhật ký", key: "w"},
		{method: "GET", path: "/me", right: web.Enter, serve: c.me},
		{method: "POST", path: "/me/{act}", right: web.Enter, serve: c.meAct},
	}
}

// visit is one request of somebody who has signed in.
type visit struct {
	http.ResponseWriter
	*http.Request
	account Account
	c       *console
	now     time.Time // the domain's
	// calendars, beside the city's, that clocks of the page go by.
	calendars []escalation.WorkCalendar
}

// Header and Write are the answer's.
func (v *visit) Header() http.Header { return v.ResponseWriter.Header() }

func (v *visit) Write(b []byte) (int, error) { return v.ResponseWriter.Write(b) }

// who is the visitor as the API's views know callers.
func (v *visit) who() web.Key {
	return web.Key{ID: v.account.ID, Name: v.account.shown(), Role: v.account.Role, Unit: v.account.Unit}
}

// actor is the author of what the visitor changes.
func (v *visit) actor() escalation.Actor {
	return escalation.Actor{Name: v.account.shown(), Role: v.account.Role, Channel: escalation.ByConsole, Unit: v.account.Unit, Contact: v.account.Contact, Account: v.account.Name}
}

// actorOn is the author of an act upon the petition: as the head where they stand in for the head
// there now; where the directory cannot be had, as who they are.
func (v *visit) actorOn(p *escalation.Petition) escalation.Actor {
	actor := v.actor()
	s := p.SlipOf(actor.Unit)
	if actor.Role != escalation.Officer || actor.Contact == 0 || s == nil {
		return actor
	}
	directory, err := v.c.Directory.Directory(v.Context())
	if err != nil {
		v.c.Slog.WarnContext(v.Context(), "who stands in for the head is not known", "error", err)
		return actor
	}
	if who, ok := directory.Contact(actor.Contact); ok && who.Holds(v.now) && who.Unit == actor.Unit && p.StandsInForHead(who, s, directory, v.c.Numbering, v.now) {
		actor.Role = escalation.Head
	}
	return actor
}

func (v *visit) may(right web.Right) bool { return right.Of(v.account.Role) }

// guarded lets those in who have signed in and may see the page.
func (c *console) guarded(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account, ok, err := c.signedIn(r, p.quiet)
		switch {
		case err != nil:
			c.failed(w, r, err)
			return
		case !ok:
			if r.Header.Get("HX-Request") != "" { // a part of a page: the whole of it signs in
				w.Header().Set("HX-Redirect", root+"/sign-in")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, root+"/sign-in?to="+back(r, p.on), http.StatusSeeOther)
			return
		}
		v := &visit{ResponseWriter: w, Request: r, account: account, c: c}
		if account.MustChange && !strings.HasPrefix(p.path, "/me") {
			http.Redirect(w, r, root+"/me", http.StatusSeeOther)
			return
		}
		if v.now, err = c.Now(r.Context()); err != nil { // a refusal's page has the time, and the city's hours, too
			c.failed(w, r, err)
			return
		}
		if !v.may(p.right) {
			v.message(http.StatusForbidden, "Không được phép", "Vai trò của tài khoản này không dùng được trang này.")
			return
		}
		if err := p.serve(v); err != nil {
			v.refuse(err)
		}
	})
}

// refuse shows why a page or an act was refused.
func (v *visit) refuse(err error) {
	var domain *escalation.Problem
	var said *web.Problem
	switch {
	case errors.As(err, &domain) && domain.Kind == escalation.NotFound:
		v.message(http.StatusNotFound, "Không tìm thấy", domain.Detail)
	case errors.As(err, &domain):
		v.message(http.StatusUnprocessableEntity, "Chưa thực hiện được", domain.Detail)
	case errors.As(err, &said):
		v.message(said.Status, "Chưa thực hiện được", said.Said())
	default:
		v.c.failed(v.ResponseWriter, v.Request, err)
	}
}

func (c *console) failed(w http.ResponseWriter, r *http.Request, err error) {
	c.Slog.LogAttrs(r.Context(), slog.LevelError, "console page failed", slog.String("route", r.Pattern), slog.String("error", err.Error()))
	if web.Away(err) {
		c.message(w, r, http.StatusServiceUnavailable, "Cơ sở dữ liệu đang gián đoạn", "Chưa ghi nhận được; hãy gửi lại sau ít giây.")
		return
	}
	c.message(w, r, http.StatusInternalServerError, "Hệ thống đang gặp sự cố", "Hãy thử lại sau ít phút.")
}

// wrong is a refusal of the console's own, shown as it is.
func wrong(field, format string, args ...any) error {
	return &escalation.Problem{Kind: escalation.Invalid, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// zone prints local times.
func zone() *time.Location { return worktime.Zone() }

// rendered is a text as the air carries it, with its cost.
type rendered = templates.Rendered
