package rehearsal

import (
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io/fs"
	"net/http"

	"notify1022/escalation"
)

//go:embed page/index.html page/page.css page/page.js
var pageFiles embed.FS

// maxBody bounds a request of the page: an answer of a unit fits many times.
const maxBody = 64 << 10

// Handler is the page of the interactive demo at / and what it asks for under
// /demo/. It has no authentication: it belongs on loopback. Requests of other
// sites that change something are refused.
//
//	GET  /demo/state                      the clock, petitions, handsets, open tasks
//	GET  /demo/petitions/{code}           one petition: timeline, deadlines, messages
//	GET  /demo/handsets/{id}              one handset's texts, both ways
//	POST /demo/clock                      {speed} or {skip: "next" | "morning"}
//	POST /demo/petitions                  {content, unit, urgent}: a new petition
//	POST /demo/petitions/{code}/{verb}    {as, command}: an act at the console
//	POST /demo/handsets/{id}              {text}: a text to 1022
func (t *Town) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", t.getPage)
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic("rehearsal: " + err.Error()) // embedded: cannot be
	}
	mux.Handle("GET /demo/page/", http.StripPrefix("/demo/page/", http.FileServerFS(files)))
	mux.HandleFunc("GET /demo/state", answer(t.getState))
	mux.HandleFunc("GET /demo/petitions/{code}", answer(t.getPetition))
	mux.HandleFunc("GET /demo/handsets/{id}", answer(t.getHandset))
	mux.HandleFunc("POST /demo/clock", answer(t.postClock))
	mux.HandleFunc("POST /demo/petitions", answer(t.postPetition))
	mux.HandleFunc("POST /demo/petitions/{code}/{verb}", answer(t.postAct))
	mux.HandleFunc("POST /demo/handsets/{id}", answer(t.postText))
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

// secured keeps everything on this origin.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/index.html"))

func (t *Town) getPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := pageTemplate.Execute(w, map[string]any{"Units": t.units, "Officer": t.service.Officer})
	if err != nil {
		t.log.Warn("the demo's page broke off", "err", err)
	}
}

// answer writes what an endpoint gives as JSON, and its error as problem+json
// (RFC 9457).
func answer(endpoint func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		body, err := endpoint(r)
		status, kind := http.StatusOK, "application/json"
		if err != nil {
			status, kind = statusOf(err), "application/problem+json"
			body = map[string]any{"status": status, "title": http.StatusText(status), "detail": err.Error()}
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(body) // the reader has gone when this fails
	}
}

// badRequest is a request that cannot be read.
type badRequest struct{ error }

func statusOf(err error) int {
	var bad badRequest
	var p *escalation.Problem
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest
	case !errors.As(err, &p):
		return http.StatusInternalServerError
	case p.Kind == escalation.Invalid:
		return http.StatusUnprocessableEntity
	case p.Kind == escalation.Forbidden:
		return http.StatusForbidden
	case p.Kind == escalation.NotFound:
		return http.StatusNotFound
	}
	return http.StatusConflict
}

// read takes a JSON body, of JSON type alone, strictly.
func read(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badRequest{err}
	}
	return nil
}

func missing(field, what string) error {
	return &escalation.Problem{Kind: escalation.NotFound, Field: field, Detail: what}
}
