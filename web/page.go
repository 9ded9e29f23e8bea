package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"notify1022/escalation/worktime"
)

//go:embed pages
var files embed.FS

// pages are the parsed pages, each with the layout around it.
type pages struct {
	front, citizen, slip, message, lookup, published, send, code, reference, report *template.Template
	css                                                                             []byte
}

func newPages() (*pages, error) {
	parse := func(name string) (*template.Template, error) {
		t := template.New("layout.html").Funcs(template.FuncMap{"when": whenText, "photoTypes": func() string { return acceptedPhotos }})
		return t.ParseFS(files, "pages/layout.html", "pages/"+name)
	}
	p := &pages{}
	var err error
	for name, into := range map[string]**template.Template{"front.html": &p.front, "citizen.html": &p.citizen, "slip.html": &p.slip, "message.html": &p.message,
		"lookup.html": &p.lookup, "published.html": &p.published, "send.html": &p.send, "code.html": &p.code, "reference.html": &p.reference, "report.html": &p.report} {
		if *into, err = parse(name); err != nil {
			return nil, err
		}
	}
	p.css, err = files.ReadFile("pages/page.css")
	return p, err
}

// whenText prints an instant as a page reads it: 14h05 ngày 25/11/2026.
func whenText(t time.Time) string {
	local := t.In(worktime.Zone())
	return fmt.Sprintf("%dh%02d ngày %s", local.Hour(), local.Minute(), local.Format("02/01/2006"))
}

// frame is what every page shows around its content.
type frame struct {
	Title   string
	Support string
	Done    string // what an act before led to
	Problem string // why an act was refused
}

// messagePage is a page of one sentence.
type messagePage struct {
	frame
	Text  string
	Again *Again // what was typed; nil: nothing, or it is of no use to send it again
}

// routePublic serves the pages of the tokens. A GET changes nothing.
func (a *api) routePublic(mux router) {
	mux.HandleFunc("GET /{$}", a.showFront)
	mux.Handle("GET /t/{token}", a.byToken(a.showCitizen))
	mux.Handle("POST /t/{token}/{act}", a.byToken(a.citizenAct))
	mux.Handle("GET /p/{token}", a.byToken(a.showSlip))
	mux.Handle("POST /p/{token}/{act}", a.byToken(a.slipAct))
	mux.Handle("GET /tra-cuu", a.public(a.showLookup))
	mux.Handle("GET /gui-phan-anh", a.public(a.showPetitionForm))
	mux.Handle("POST /gui-phan-anh", a.within(a.tokens, a.petitionTooSoon, a.takePetition))
	if a.Lookups != nil {
		mux.Handle("POST /tra-cuu", a.public(a.lookup))
	}
	if a.Published != nil {
		mux.Handle("GET /cong-khai", a.public(a.showPublished))
	}
	mux.Handle("GET /tep/{id}", a.within(a.files, a.tooSoon, a.publicFile))
	mux.Handle("GET /p/{token}/tep/{id}", a.within(a.files, a.tooSoon, a.slipFile))
	a.routeReportLinks(mux)
	mux.HandleFunc("GET /assets/page.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		w.Write(a.pages.css)
	})
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte("User-agent: *\nDisallow: /t/\nDisallow: /p/\nDisallow: /b/\nDisallow: /api/\nDisallow: /console\n"))
	})
}

// tokenShape is what a token looks like. Another text is looked up as one that
// cannot exist, so that it takes the same way.
var tokenShape = regexp.MustCompile(`^[0-9A-Za-z]{6,64}$`)

const noToken = "-"

// missCost is how many requests a wrong token costs, so that guessing ends long
// before it could find one.
const missCost = 49

// tokenPage serves a page with the token of its path.
type tokenPage func(w http.ResponseWriter, r *http.Request, token string) error

// public limits the address of a page without a token.
func (a *api) public(serve func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return a.byToken(func(w http.ResponseWriter, r *http.Request, _ string) error { return serve(w, r) })
}

// byToken limits the address of a page with a token.
func (a *api) byToken(serve tokenPage) http.Handler { return a.within(a.tokens, a.tooSoon, serve) }

// tooSoon is the answer to an address that has used up its requests.
func (a *api) tooSoon(w http.ResponseWriter, r *http.Request) {
	a.sayAgain(w, r, http.StatusTooManyRequests, "Quá nhiều lượt truy cập", "Hãy thử lại sau ít phút.")
}

// within limits the address by its bucket and answers what cannot be shown.
func (a *api) within(limit *limiter, tooSoon http.HandlerFunc, serve tokenPage) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		client := visitOf(r).client
		if ok, wait := limit.take(client, a.Clock()); !ok {
			w.Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
			tooSoon(w, r)
			return
		}
		token := r.PathValue("token")
		if !tokenShape.MatchString(token) {
			token = noToken
		}
		err := serve(w, r, token)
		if err == nil {
			return
		}
		p := problemOf(err)
		switch {
		case p != nil && p.Status == http.StatusNotFound:
			limit.charge(client, missCost, a.Clock())
			a.message(w, r, http.StatusNotFound, "Không tìm thấy", "Đường dẫn không đúng hoặc không còn hiệu lực. Hãy mở lại đường dẫn trong tin nhắn.")
		case p != nil && p.again:
			p.wait(w)
			a.sayAgain(w, r, p.Status, "Chưa thực hiện được", p.Detail)
		case p != nil:
			a.message(w, r, p.Status, "Chưa thực hiện được", p.Detail)
		default:
			a.Log.LogAttrs(r.Context(), slog.LevelError, "page failed", slog.String("route", route(r)), slog.String("error", err.Error()))
			a.sayAgain(w, r, http.StatusInternalServerError, "Hệ thống đang gặp sự cố", "Hãy thử lại sau ít phút.")
		}
	})
}

func (a *api) message(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	a.render(w, r, status, a.pages.message, messagePage{frame: frame{Title: title, Support: a.Support}, Text: text})
}

// sayAgain is a message with what was typed.
func (a *api) sayAgain(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	a.render(w, r, status, a.pages.message, messagePage{frame{Title: title, Support: a.Support}, text, AgainOf(w, r)})
}

// render writes a page, whole or not at all.
func (a *api) render(w http.ResponseWriter, r *http.Request, status int, page *template.Template, data any) {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		a.Log.LogAttrs(r.Context(), slog.LevelError, "page failed", slog.String("route", route(r)), slog.String("error", err.Error()))
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes())
}

// maxForm is the largest form: its longest text in percent-encoded Vietnamese.
const maxForm = 64 << 10

// form reads a posted form; its texts are trimmed. With a character that is not taken it
// is refused, and given without it.
func form(w http.ResponseWriter, r *http.Request) (map[string]string, error) {
	if r.MultipartForm == nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	}
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, problem(http.StatusRequestEntityTooLarge, "nội dung gửi lên quá dài")
		}
		return nil, problem(http.StatusBadRequest, "không đọc được nội dung gửi lên")
	}
	size := 0
	for name, values := range r.PostForm { // those beside files have been read with them
		size += len(name) + len(strings.Join(values, ""))
	}
	if size > maxForm {
		return nil, problem(http.StatusRequestEntityTooLarge, "nội dung gửi lên quá dài")
	}
	fields, clean := map[string]string{}, true
	for name, values := range r.PostForm {
		clean = clean && writable(values[0])
		fields[name] = strings.TrimSpace(Taken(values[0]))
	}
	if !clean {
		refused := problem(http.StatusUnprocessableEntity, "nội dung có ký tự không được phép, đã được bỏ đi; hãy xem lại rồi gửi")
		refused.again = true
		return fields, refused
	}
	return fields, nil
}
