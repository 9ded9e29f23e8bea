package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Check is one thing a start needs: database, schema, the process's own role.
// A backlog is none: it is a metric and the auditor's alarm.
type Check struct {
	Name string
	Ask  func(context.Context) error
}

// probeTime is how long a check may take.
const probeTime = 2 * time.Second

// Readiness is the answer of /readyz.
type Readiness struct {
	Status string            `json:"status"` // ok, not ready
	Checks map[string]string `json:"checks"` // ok, failed; the log says why
}

// routeProbes serves /healthz (the process answers), /readyz and /metrics.
func (a *api) routeProbes(mux router) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write([]byte(`{"status":"ok"}` + "\n"))
	})
	mux.HandleFunc("GET /readyz", a.ready)
	if a.Metrics != nil {
		mux.Handle("GET /metrics", a.inside(a.Metrics))
	}
}

func (a *api) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), probeTime)
	defer cancel()
	out, status := Readiness{Status: "ok", Checks: map[string]string{}}, http.StatusOK
	for _, check := range a.Ready {
		out.Checks[check.Name] = "ok"
		if err := check.Ask(ctx); err != nil {
			a.Log.Warn("not ready", "check", check.Name, "error", err.Error())
			out.Checks[check.Name], out.Status, status = "failed", "not ready", http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(out)
}

// inside serves the machine's own and private networks alone: metrics are not
// for the public that reaches the door through the proxy.
func (a *api) inside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client := visitOf(r).client; !client.IsLoopback() && !client.IsPrivate() {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
