package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDemoPlaysItsScriptOnTheRealWiring(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // its folder alone is looked for at the end
	t.Setenv("TMPDIR", t.TempDir()) // other demos may run beside this one
	var out, log bytes.Buffer
	c := &console{in: strings.NewReader(""), out: &out, err: &log}
	if code := c.run(t.Context(), []string{"demo", "--once"}); code != exitDone {
		t.Fatalf("exit %d:\n%s", code, tail(out.String()))
	}
	for _, want := range []string{"DIỄN BIẾN", "TIN NHẮN", "TỔNG SỐ", "KIỂM TRA", "mọi mong đợi đều đạt"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the service complained:\n%s", tail(log.String()))
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "notify1022-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the demo left %d folders behind (%v)", len(left), err)
	}
}

// tail is the end of an output, enough to see what failed.
func tail(s string) string { return s[max(0, len(s)-3000):] }

func TestTheDemosPageStandsInFrontOfTheService(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	ready := make(chan string, 1)
	ended := make(chan int, 1)
	var out, log lockedBuffer
	c := &console{in: strings.NewReader(""), out: &out, err: &log, ready: func(r *room) { ready <- r.Addr }}
	go func() { ended <- c.run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--speed", "600"}) }()
	var addr string
	select {
	case addr = <-ready:
	case code := <-ended:
		t.Fatalf("the demo ended with %d", code)
	}
	for path, want := range map[string]string{"/": "Diễn tập", "/demo/state": `"speed":600`, "/healthz": ""} {
		answer, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d (%v)", path, answer.StatusCode, err)
		}
		if path == "/demo/state" && !json.Valid(body) {
			t.Error("the state is no JSON")
		}
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("exit %d", code)
	}
}

func TestABadCommandLineOfTheDemoIsRefused(t *testing.T) {
	for _, args := range []string{
		"demo --speed 3601", "demo --speed -1", "demo --once --sim-now 2026-11-16T08:00", "demo --sim-now yesterday", "demo --listen nowhere", "demo twice",
	} {
		t.Run(args, func(t *testing.T) {
			c := &console{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
			if code := c.run(t.Context(), strings.Fields(args)); code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
		})
	}
}
