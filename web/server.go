package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of a connection. A body of 1 MiB over a slow mobile line takes less
// than a minute; what is larger has more (patience.go).
const (
	headerTime   = 10 * time.Second
	readTime     = time.Minute
	writeTime    = time.Minute
	idleTime     = 2 * time.Minute
	maxHeader    = 32 << 10
	shutdownTime = 20 * time.Second
)

type closingKey struct{}

// Closing is closed when the server stops: a stream ends then, while other requests may
// finish. Without a server of ours it never closes.
func Closing(ctx context.Context) <-chan struct{} {
	closing, _ := ctx.Value(closingKey{}).(chan struct{})
	return closing
}

// Serve serves the handler on the listener until the context ends; then it takes
// no new connections, lets running requests end for up to 20 seconds, and
// returns nil. The listener is closed in any case.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	closing := make(chan struct{})
	server := &http.Server{
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.WithoutCancel(ctx), closingKey{}, closing)
		},
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
	}
	server.RegisterOnShutdown(func() { close(closing) })
	if log != nil {
		server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err := server.Shutdown(last)
	if err != nil {
		server.Close()
		err = fmt.Errorf("stop HTTP: %w", err)
	}
	if end := <-ended; !errors.Is(end, http.ErrServerClosed) && err == nil {
		err = fmt.Errorf("serve HTTP: %w", end)
	}
	return err
}
