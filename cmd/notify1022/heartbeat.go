package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// heartbeat tells a file or an address that the service lives; nil: neither is
// named. Whoever watches it raises the alarm that no process of ours can: that
// none runs.
func heartbeat(to string) func(context.Context) error {
	switch {
	case to == "":
		return nil
	case strings.HasPrefix(to, "https://"), strings.HasPrefix(to, "http://"):
		client := &http.Client{Timeout: reach}
		return func(ctx context.Context) error { return ask(ctx, client, to) }
	}
	return func(context.Context) error {
		return os.WriteFile(to, fmt.Appendln(nil, time.Now().UTC().Format(time.RFC3339)), 0o644)
	}
}

// ask fetches the address and throws the answer away. Its errors do not show the
// address, which may carry a token.
func ask(ctx context.Context, client *http.Client, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("heartbeat: the address cannot be read")
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("heartbeat: the address does not answer")
	}
	answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("heartbeat: the address answered %d", answer.StatusCode)
	}
	return nil
}
