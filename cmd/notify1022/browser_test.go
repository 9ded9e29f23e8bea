package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
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

	"notify1022/escalation"
	"notify1022/store"
)

// walkers are the npm packages that drive the browser and look at the pages.
var walkers = []string{"playwright-core@1.65.1", "axe-core@4.14.1"}

// shots is where the walk leaves its pictures: go test ./cmd/notify1022 -run Browser -shots DIR.
var shots = flag.String("shots", "", "directory for the pictures of the browser's walk")

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

// phones tells the walk how many texts a handset has, and the code of the first one from
// that number on that has one.
func (h *hotline) phones() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /count", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, len(h.smsc.Handset(r.FormValue("phone")).Inbox()))
	})
	mux.HandleFunc("GET /code", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		after, err := strconv.Atoi(r.FormValue("after"))
		for ; err == nil; after++ {
			m, failure := h.smsc.Handset(r.FormValue("phone")).Wait(ctx, after)
			if err = failure; err == nil && strings.Contains(m.Text, "ma xac thuc") {
				fmt.Fprint(w, codeInText.FindString(m.Text))
				return
			}
		}
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
	})
	return mux
}

func TestThePagesInABrowserAreFreeOfFaults(t *testing.T) {
	modules, chromium := mustWalkers(t)
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	code := h.petition(false)
	h.petition(true) // owes the Office a file (Đ9.6)
	filed := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+filed+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	h.call(200, "POST", "/api/v1/petitions/"+filed+"/ask-explanation", object{"days": 3, "text": "vì sao chậm"})
	for _, role := range []escalation.Role{escalation.Administrator, escalation.Operator, escalation.Office, escalation.Officer, escalation.ShiftLead, escalation.Head} {
		unit := ""
		if role == escalation.Officer || role == escalation.Head {
			unit = "LACHTRAY"
		}
		if err := addAccount(h.ctx, h.room.Store, store.Account{Name: string(role), FullName: "Người Mẫu", Role: role, Unit: unit}, consolePassword); err != nil {
			t.Fatal(err)
		}
	}
	people := h.room.Store.By(escalation.Ladder())
	group, err := people.AddGroup(h.ctx, "Trực bão")
	if err != nil || group != 1 {
		t.Fatalf("group %d, %v", group, err)
	}
	if err := people.AddMembers(h.ctx, group, []int64{1}); err != nil {
		t.Fatal(err)
	}
	if _, err := people.StartSending(h.ctx, "Họp giao ban", []escalation.Notice{{Template: "T1", Vars: alert(), To: escalation.Recipient{Contact: 1}, Class: escalation.ClassReport, Lane: escalation.LaneBulk, Attempt: 1, Rung: "send"}}); err != nil {
		t.Fatal(err)
	}
	if err := people.RegisterText(h.ctx, store.RegisteredText{Key: "O1", Sender: "8022", Number: "VNPT-17", Text: "1022 HP gửi {1}", On: "2026-11-20"}); err != nil {
		t.Fatal(err)
	}
	if _, err := people.DraftTemplate(h.ctx, "O1", slipText, time.Time{}, 99); err != nil {
		t.Fatal(err)
	}
	err = h.room.Store.Tx(h.ctx, func(tx escalation.Tx) error {
		return tx.Post(h.ctx, nil, []escalation.Task{{Key: "handover/1", Kind: escalation.TaskConfirm, For: escalation.Office, OpenedAt: tx.Now(), Contact: 1, Text: "UBND phường Lạch Tray: Đinh Văn Mới thay Người focal làm cán bộ đầu mối, đề nghị xác nhận (Đ17.9)"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	citizen := regexp.MustCompile(`/t/([0-9A-Za-z]+)`).FindStringSubmatch(h.text(citizenPhone, code).Text)[1]
	slip := regexp.MustCompile(`/p/([0-9A-Za-z]+)`).FindStringSubmatch(h.text(focalPhone, code).Text)[1]
	const owner = "0570000005"
	secret := h.call(201, "POST", "/api/v1/petitions", object{"channel": "phone", "kind": 1, "content": "Quán hát gây ồn sau 23 giờ", "area": "P Lạch Tray", "unit": "LACHTRAY",
		"confidential": true, "citizen": object{"name": "Phạm Thị Thử", "phone": owner}})["code"].(string)
	record, err := petitionShelf{h.room.Store}.PetitionByCode(h.ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	phones := httptest.NewServer(h.phones())
	defer phones.Close()
	settings, err := json.Marshal(object{"phones": phones.URL, "focal": focalPhone, "owner": owner, "secret": record.Petition.Token, "base": "http://" + h.room.Addr, "chromium": chromium, "code": code, "unit": "LACHTRAY", "citizen": citizen, "token": slip, "password": consolePassword, "shots": *shots})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/walk.mjs", modules, mustWrite(t, t.TempDir(), "walk.json", string(settings)))
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the walk broke off: %v\n%s\n%s", err, out, errs.String())
	}
	var found struct {
		Faults  []string
		Visited int
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if found.Visited < 90 {
		t.Errorf("only %d pages were visited", found.Visited)
	}
	for _, f := range found.Faults {
		t.Error(f)
	}
}
