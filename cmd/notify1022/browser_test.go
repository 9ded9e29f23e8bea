package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// walkers are the npm packages that drive the browser and look at the pages.
var walkers = []string{"playwright-core@1.65.1", "axe-core@4.14.1"}

// shots is where the walk leaves its pictures: go test ./cmd/notify1022 -run Browser -shots DIR.
var shots = flag.String("shots", "", "directory for the pictures of the browser's walk")

// journeys are those that are walked, by person and name, at both sizes: where none are told,
// all of them at the desk alone, and every page at both, which fits into go test's ten minutes.
// The later ones of a petition need the earlier ones.
var journeys = flag.String("journeys", "", "walk the journeys of the browser that match, at both sizes (. for all)")

// missingBrowser ends a test that cannot run here: loudly where it must run.
func missingBrowser(t *testing.T, why string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NOTIFY1022_REQUIRE"), ","), "chromium") {
		t.Fatalf("NOTIFY1022_REQUIRE=chromium, but %s", why)
	}
	t.Skipf("SKIPPED, NOT TESTED: the pages in a browser: %s", why)
}

// mustWalkers is a directory with the packages, kept between runs, and the browser.
func mustWalkers(t *testing.T) (modules, chromium string) {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		missingBrowser(t, "chromium is not here")
	}
	for _, p := range []string{"node", "npm"} {
		if _, err := exec.LookPath(p); err != nil {
			missingBrowser(t, "the program "+p+" is not here")
		}
	}
	modules = t.TempDir()
	if cache, err := os.UserCacheDir(); err == nil {
		kept := filepath.Join(cache, "notify1022-test", "walk-"+regexp.MustCompile(`[^0-9]+`).ReplaceAllString(strings.Join(walkers, "-"), "-"))
		if os.MkdirAll(kept, 0o755) == nil {
			modules = kept
		}
	}
	if _, err := os.Stat(filepath.Join(modules, "node_modules", "axe-core", "package.json")); err == nil {
		return modules, chromium
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append([]string{"install", "--prefix", modules, "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=20000"}, walkers...)
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.Dir = modules
	if out, err := cmd.CombinedOutput(); err != nil {
		missingBrowser(t, fmt.Sprintf("npm cannot install %v: %v: %.500s", walkers, err, out))
	}
	return modules, chromium
}

// phones tells the walk how many texts a handset has, and gives the first from that number on
// that holds the word.
func (h *hotline) phones() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /count", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, len(h.smsc.Handset(r.FormValue("phone")).Inbox()))
	})
	mux.HandleFunc("GET /text", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		after, err := strconv.Atoi(r.FormValue("after"))
		for ; err == nil; after++ {
			m, failure := h.smsc.Handset(r.FormValue("phone")).Wait(ctx, after)
			if err = failure; err == nil && strings.Contains(m.Text, r.FormValue("word")) {
				fmt.Fprint(w, m.Text)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
	})
	return mux
}

func TestThePagesInABrowserAreFreeOfFaults(t *testing.T) {
	t.Parallel() // it waits for a browser, the crash test for leases: together they take half as long
	modules, chromium := mustWalkers(t)
	h := startHotline(t, "2026-11-12T10:00:00+07:00", plainSite, "publish_from: 2026-01-01", "sms_price: {officer: 350, citizen: 800}") // Thursday
	h.people()
	h.leaders()
	h.nextWard()
	desk, phone := h.townsfolk(0, "Cán bộ đầu mối", focalPhone), h.townsfolk(1, "Người thay", deputyPhone)
	h.untilOverdue("2026-11-23T10:00:00+07:00", append(desk.late, phone.late...)) // Monday
	site := h.site()
	for size, w := range map[string]*townsfolk{"desk": desk, "phone": phone} {
		site[size] = h.acted(w)
	}
	phones := httptest.NewServer(h.phones())
	defer phones.Close()
	maps.Copy(site, object{"phones": phones.URL, "base": "http://" + h.room.Addr, "second": startSecondHouse(t), "chromium": chromium, "password": consolePassword, "photo": h.photo(), "shots": *shots, "journeys": *journeys, "everywhere": *journeys != "" || *shots != ""})
	settings, err := json.Marshal(site)
	if err != nil {
		t.Fatal(err)
	}
	found := mustWalk(t, "walk.mjs", modules, string(settings))
	if *journeys == "" || *journeys == "." {
		if least := leastVisited[site["everywhere"] == true]; found.Visited < least {
			t.Errorf("only %d pages were visited", found.Visited)
		}
	}
	for _, f := range found.Faults {
		t.Error(f)
	}
	t.Logf("%d pages of %d shapes; took %v", found.Visited, found.Shapes, found.Took)
}

// leastVisited is a little below how many pages the walk visits with every step of every
// journey, by whether it goes them at both sizes.
var leastVisited = map[bool]int{false: 380, true: 630}

// walk is what the browser's walk says it found.
type walk struct {
	Faults  []string
	Visited int
	Shapes  int            // of the pages, each looked at once at each size
	Took    map[string]int // seconds, by journey
}

// mustWalk runs a script of testdata.
func mustWalk(t *testing.T, script, modules, settings string) (found walk) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 70*time.Minute) // an eighth of it where nothing else runs
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/"+script, modules, mustWrite(t, t.TempDir(), "walk.json", settings))
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the walk broke off: %v\n%s\n%s", err, out, errs.String())
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return found
}

func TestTheDemosPageInABrowserIsFreeOfFaults(t *testing.T) {
	modules, chromium := mustWalkers(t)
	listen := "127.0.0.1:0"
	if *shots != "" {
		listen = "127.0.0.1:8022" // in the links of the texts, as whoever tries it sees it
	}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan int, 1)
	var out, log lockedBuffer
	c := &console{in: strings.NewReader(""), out: &out, err: &log, ready: func(r *room) { ready <- r.Addr }}
	go func() { ended <- c.run(ctx, []string{"demo", "--listen", listen, "--speed", "1800"}) }()
	defer func() {
		stop()
		if code := <-ended; code != exitDone {
			t.Errorf("exit %d: %s", code, log.String())
		}
	}()
	var addr string
	select {
	case addr = <-ready:
	case <-time.After(patience):
		t.Fatal("the demo is not ready")
	}
	settings, err := json.Marshal(object{"base": "http://" + addr, "chromium": chromium, "shots": *shots})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range mustWalk(t, "demo.mjs", modules, string(settings)).Faults {
		t.Error(f)
	}
}
