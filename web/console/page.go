package console

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// pages are the parsed pages: each with the layout, and the fragments by name.
type pages struct{ all map[string]*template.Template }

func newPages() (*pages, error) {
	names, err := files.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	p := &pages{all: map[string]*template.Template{}}
	for _, entry := range names {
		name := strings.TrimSuffix(entry.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		parsed, frame := []string{"pages/layout.html", "pages/parts.html", "pages/" + entry.Name()}, "layout.html"
		if name == "sign-in" { // a page of its own: nobody is known yet
			parsed, frame = parsed[2:], entry.Name()
		}
		t, err := template.New(frame).Funcs(functions).ParseFS(files, parsed...)
		if err != nil {
			return nil, err
		}
		p.all[name] = t
	}
	return p, nil
}

var functions = template.FuncMap{
	"when": whenText, "day": dayText, "bound": boundText, "byHour": byHour, "isoMinute": isoMinute, "iso": func(t time.Time) string { return t.In(zone()).Format(time.RFC3339) },
	"rung": rungLabel, "stage": web.Stage.Label, "fileTypes": web.AcceptedFiles, "scores": web.Scores, "role": func(r any) string { return escalation.Role(fmt.Sprint(r)).Label() }, "state": stateLabel, "fault": faultLabel, "channel": func(c any) string { return escalation.Channel(fmt.Sprint(c)).Label() }, "kind": kindLabel, "unitKind": escalation.UnitKind.Label, "isoDay": isoDay, "reportChannel": escalation.ReportChannel.Label, "reportEach": escalation.ReportEach.Label, "ended": endedLabel, "heard": heardLabel, "lane": laneLabel, "process": processLabel, "audience": audienceLabel, "span": escalation.SpanText, "logAction": logActionLabel, "logSubject": logSubjectLabel, "status": escalation.Status.Label,
	"dict": dict, "lower": strings.ToLower, "add": func(a, b int) int { return a + b }, "neg": func(a int) int { return -a },
	"has": func(list []string, s string) bool { return slices.Contains(list, s) }, "nonce": web.NewNonce,
}

// dict makes the data of a fragment out of pairs.
func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func whenText(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(zone()).Format("15h04 02/01/2006")
}

func dayText(t time.Time) string { return t.In(zone()).Format("02/01/2006") }

// isoDay is a day as a field of a form has it; empty for none.
func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone()).Format(time.DateOnly)
}

// isoMinute is an instant as a field of a form has it; empty for none.
func isoMinute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone()).Format("2006-01-02T15:04")
}

// midnight reports that a day says all of the instant.
func midnight(t time.Time) bool {
	return t.IsZero() || t.In(zone()).Format(time.TimeOnly) == "00:00:00"
}

// boundText is where somebody's time begins or ends: a day, and the hour where it has one.
func boundText(t time.Time) string {
	if midnight(t) {
		return dayText(t)
	}
	return whenText(t)
}

// frame is what every page shows around its content.
type frame struct {
	Title   string
	Account Account
	Menu    []menuItem
	Said    string // what an act before led to
	Partly  bool   // it led to less than was asked for
	Banner  string // a standing warning: the decision in force has run out
	Now     time.Time
	Speed   float64
	Working bool    // it is the city's working time
	Hours   []hours // of the calendars that the page's clocks go by, the city's first
	Page    any
}

type menuItem struct {
	Name, Path, Key string
	Here            bool
}

// show renders a page for the visitor.
func (v *visit) show(status int, name, title string, data any) error {
	f := frame{Title: title, Account: v.account, Now: v.now, Speed: v.c.Speed, Page: data}
	f.Said, f.Partly = v.c.sessions.PopString(v.Context(), sessionSaid), v.c.sessions.PopBool(v.Context(), sessionPartly)
	f.Hours = v.hours()
	f.Working = f.Hours[0].Working
	if p := v.c.Policy(); p.Expired(v.now) {
		f.Banner = "Chưa có quyết định nào bao trùm thời điểm này: các mốc thời gian đang theo quy định đã hết hiệu lực."
	}
	for _, p := range v.c.routes() {
		if p.nav != "" && v.may(p.right) {
			f.Menu = append(f.Menu, menuItem{p.nav, root + p.path, p.key, strings.HasPrefix(v.URL.Path, root+p.path)})
		}
	}
	v.c.render(v.ResponseWriter, v.Request, status, name, f)
	return nil
}

// fragment renders a part of a page.
func (v *visit) fragment(page, part string, data any) error {
	var out bytes.Buffer
	if err := v.c.pages.all[page].ExecuteTemplate(&out, part, data); err != nil {
		return err
	}
	v.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.Write(out.Bytes())
	return nil
}

// done says what an act led to on the page that follows.
func (v *visit) done(to, said string) error {
	v.c.sessions.Put(v.Context(), sessionSaid, said)
	http.Redirect(v.ResponseWriter, v.Request, root+to, http.StatusSeeOther)
	return nil
}

// partly is done, of an act that led to less than was asked for: the page says so as a
// warning.
func (v *visit) partly(to, said string) error {
	v.c.sessions.Put(v.Context(), sessionPartly, true)
	return v.done(to, said)
}

// messagePage is a page of one sentence, with what was typed into a form that is not shown
// again, to be sent once more.
type messagePage struct {
	Text  string
	Again *web.Again // nil: nothing was typed
}

func messageOf(w http.ResponseWriter, r *http.Request, text string) messagePage {
	return messagePage{text, web.AgainOf(w, r, slices.Collect(maps.Keys(secret))...)}
}

func (v *visit) message(status int, title, text string) {
	v.show(status, "message", title, messageOf(v.ResponseWriter, v.Request, text))
}

func (c *console) message(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	c.render(w, r, status, "message", frame{Title: title, Page: messageOf(w, r, text), Speed: 1})
}

// render writes a page, whole or not at all.
func (c *console) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var out bytes.Buffer
	if err := c.pages.all[name].Execute(&out, data); err != nil {
		c.Slog.ErrorContext(r.Context(), "console page failed", "page", name, "error", err)
		http.Error(w, "Hệ thống đang gặp sự cố", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes())
}

// Bounds of what comes in.
const (
	maxForm = 256 << 10
	maxList = 50
)

// form reads a posted form; texts are trimmed. With a character that is not taken it is
// refused, and given without it; unread it is nil.
func (v *visit) form() (url.Values, error) {
	v.Body = http.MaxBytesReader(v.ResponseWriter, v.Body, maxForm)
	if err := v.ParseForm(); err != nil {
		return nil, unreadable(err)
	}
	return v.PostForm, v.tidy()
}

// unreadable says why what was sent cannot be read; a refusal stays as it is.
func unreadable(err error) error {
	var large *http.MaxBytesError
	var problem *escalation.Problem
	switch {
	case errors.As(err, &large):
		return wrong("", "nội dung gửi lên quá dài")
	case errors.As(err, &problem):
		return err
	}
	return wrong("", "không đọc được nội dung gửi lên")
}

// tidy checks and trims the posted form.
func (v *visit) tidy() error {
	var refused error
	for name, values := range v.PostForm {
		for i, value := range values {
			clean := web.Taken(value)
			if clean != value {
				refused = wrong(name, "nội dung có ký tự không được phép, đã được bỏ đi; hãy xem lại rồi gửi")
			}
			if !secret[name] {
				values[i] = strings.TrimSpace(strings.ReplaceAll(clean, "\r\n", "\n"))
			}
		}
	}
	return refused
}

// secret are fields that are taken as they were typed.
var secret = map[string]bool{"password": true, "next": true, "again": true}

// download names the file that a browser saves.
func (v *visit) download(name, mediaType string, body []byte) error {
	v.attach(name, mediaType)
	v.Write(body)
	return nil
}

// attach names the file that follows.
func (v *visit) attach(name, mediaType string) {
	v.Header().Set("Content-Type", mediaType)
	v.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", path.Base(name)))
}
