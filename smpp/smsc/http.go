package smsc

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"notify1022/smpp"
)

//go:embed page.html
var page []byte

// maxBody bounds a request to the control API.
const maxBody = 64 << 10

// sendLimit bounds how long POST …/send waits for an ESME to take the text.
const sendLimit = 30 * time.Second

// ServeHTTP is the control API, without any authentication: it belongs on
// loopback.
//
//	GET  /handsets                   [{number, mode, messages}]
//	GET  /handsets/{phone}/messages  [Message]
//	POST /handsets/{phone}/send      {to, text} → 204 once the ESME took it
//	POST /handsets/{phone}/mode      {refuse: "RSYSERR" or "0x08", state: "UNDELIV", no_receipt}
//	GET  /faults, POST /faults       Faults
//	GET  /stats                      Stats
//	GET  /events                     Event as server-sent events
//	GET  /                           a page for people
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("GET /handsets", s.getHandsets)
	mux.HandleFunc("GET /handsets/{phone}/messages", s.getMessages)
	mux.HandleFunc("POST /handsets/{phone}/send", s.postSend)
	mux.HandleFunc("POST /handsets/{phone}/mode", s.postMode)
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Faults()) })
	mux.HandleFunc("POST /faults", s.postFaults)
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Stats()) })
	mux.HandleFunc("GET /events", s.getEvents)
	mux.ServeHTTP(w, r)
}

func servePage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(page)
}

// modeJSON is a Mode on the control API.
type modeJSON struct {
	Refuse    smpp.Status `json:"refuse"`
	State     string      `json:"state"`
	NoReceipt bool        `json:"no_receipt"`
}

func (s *Server) getHandsets(w http.ResponseWriter, _ *http.Request) {
	type handset struct {
		Number   string   `json:"number"`
		Mode     modeJSON `json:"mode"`
		Messages int      `json:"messages"`
	}
	list := []handset{}
	for _, h := range s.Handsets() {
		m := h.Mode()
		list = append(list, handset{
			Number:   h.Number(),
			Mode:     modeJSON{Refuse: m.Refuse, State: m.State.String(), NoReceipt: m.NoReceipt},
			Messages: h.count(),
		})
	}
	reply(w, list)
}

func (s *Server) getMessages(w http.ResponseWriter, r *http.Request) {
	h, ok := s.find(w, r)
	if ok {
		reply(w, append([]Message{}, h.Inbox()...))
	}
}

// find is the handset of the path, which must be a number.
func (s *Server) find(w http.ResponseWriter, r *http.Request) (*Handset, bool) {
	phone := r.PathValue("phone")
	digits := strings.TrimPrefix(phone, "+")
	if digits == "" || len(digits) > 20 || strings.Trim(digits, "0123456789") != "" {
		refuse(w, http.StatusBadRequest, "phone: not a number")
		return nil, false
	}
	return s.Handset(phone), true
}

func (s *Server) postSend(w http.ResponseWriter, r *http.Request) {
	h, ok := s.find(w, r)
	var in struct{ To, Text string }
	if !ok || !read(w, r, &in) {
		return
	}
	if in.To == "" {
		refuse(w, http.StatusUnprocessableEntity, "to: missing")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), sendLimit)
	defer cancel()
	err := h.Send(ctx, in.To, in.Text)
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, context.DeadlineExceeded):
		refuse(w, http.StatusGatewayTimeout, "no receiver took the text in time")
	default:
		refuse(w, http.StatusBadGateway, err.Error())
	}
}

func (s *Server) postMode(w http.ResponseWriter, r *http.Request) {
	h, ok := s.find(w, r)
	var in modeJSON
	if !ok || !read(w, r, &in) {
		return
	}
	state, ok := smpp.ParseMessageState(in.State)
	if !ok {
		refuse(w, http.StatusUnprocessableEntity, "state: not a message state")
		return
	}
	h.SetMode(Mode{Refuse: in.Refuse, State: state, NoReceipt: in.NoReceipt})
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) postFaults(w http.ResponseWriter, r *http.Request) {
	var f Faults
	if !read(w, r, &f) {
		return
	}
	s.SetFaults(f)
	reply(w, s.Faults())
}

// getEvents streams events as they happen.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	events := s.Events(r.Context())
	w.WriteHeader(http.StatusOK)
	if out.Flush() != nil {
		return
	}
	for e := range events {
		b, err := json.Marshal(e)
		if err != nil {
			s.cfg.Logger.Error("event", "error", err)
			continue
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.Kind, b); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
	}
}

func read(w http.ResponseWriter, r *http.Request, v any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(v)
	if err != nil {
		refuse(w, http.StatusBadRequest, "body: "+err.Error())
	}
	return err == nil
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// refuse answers with problem+json (RFC 9457).
func refuse(w http.ResponseWriter, code int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(code), "status": code, "detail": detail})
}
