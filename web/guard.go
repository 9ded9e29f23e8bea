package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"
)

// guard stands around every request: headers, the time it has, a panic's answer, and the log. The
// log has the route and never the path: paths and queries carry tokens and
// search words.
func (a *api) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &visit{client: clientAddr(r, a.TrustedProxies)}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, seen))
		out := &recorder{ResponseWriter: w}
		start := time.Now()
		secure(w.Header())
		defer func() {
			if fault := recover(); fault != nil {
				a.panicked(out, r, fault)
			}
			a.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("route", route(r)), slog.Int("status", out.status()),
				slog.Int64("bytes", out.bytes), slog.Duration("took", time.Since(start)), slog.String("key", seen.key))
		}()
		patiently(out, r)
		next.ServeHTTP(out, r)
	})
}

// secure sets what every answer carries: no script, no frame, no guessing of
// types, no address passed on.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
}

// panicked answers 500 and logs the place, not the value: it may quote a request.
func (a *api) panicked(out *recorder, r *http.Request, fault any) {
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	a.Log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("route", route(r)),
		slog.String("kind", fmt.Sprintf("%T", fault)), slog.String("stack", string(debug.Stack())))
	if out.code == 0 {
		problem(http.StatusInternalServerError, "hệ thống đang gặp sự cố, hãy thử lại sau").write(out)
	}
}

// route is the pattern that served the request.
func route(r *http.Request) string {
	if r.Pattern == "" {
		return r.Method + " (none)"
	}
	return r.Pattern
}

// visit is what is learned of a request on its way.
type visit struct {
	client netip.Addr
	key    string // name of the API key
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

func noteCaller(r *http.Request, name string) { visitOf(r).key = name }

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (o *recorder) WriteHeader(code int) {
	if o.code == 0 {
		o.code = code
	}
	o.ResponseWriter.WriteHeader(code)
}

func (o *recorder) Write(b []byte) (int, error) {
	if o.code == 0 {
		o.code = http.StatusOK
	}
	n, err := o.ResponseWriter.Write(b)
	o.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (o *recorder) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func (o *recorder) status() int {
	if o.code == 0 {
		return http.StatusOK
	}
	return o.code
}
