package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"
)

// skewed is how the program is built for hosts whose wall clocks are wrong by what their
// environment says. Nothing else of it changes.
func skewed(t *testing.T, binary string) (build []string) {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"skew.go", "skew_amd64.s"} {
		here, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		files[here] = filepath.Join(filepath.Dir(here), "testdata", "skew", name)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		t.Fatal(err)
	}
	return []string{"build", "-overlay", mustWrite(t, t.TempDir(), "overlay.json", string(overlay)), "-ldflags=-checklinkname=0", "-o", binary, "."}
}

var loggedAt = regexp.MustCompile(`"?time"?[=:]"?([^" ]+)`)

// Whole processes, each on a host whose clock is ten minutes ahead, ten behind or right:
// PostgreSQL's clock decides, and the verdict is that of hosts whose clocks are right.
//
// field failure 10
func TestProcessesOnHostsWithWrongClocksComeToTheSameEnd(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("NOT TESTED in the short run or off linux/amd64: processes on hosts with wrong clocks")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	skews := []time.Duration{10 * time.Minute, -10 * time.Minute, 10 * time.Minute, 0, -10 * time.Minute} // web, three workers, a gateway; another
	town := newCrashTown(t, ctx, skews...)
	town.live(5, func() { wait(ctx, 3*time.Second) })
	for n, p := range town.serves {
		at, err := time.Parse(time.RFC3339Nano, loggedAt.FindStringSubmatch(p.tail() + " time=")[1])
		if want := time.Now().Add(skews[n%len(skews)]); err != nil || at.Sub(want).Abs() > 5*time.Minute {
			t.Errorf("%s logs %s, %v: its clock should be wrong by %s", p.name, at, err, skews[n%len(skews)])
		}
	}
}
