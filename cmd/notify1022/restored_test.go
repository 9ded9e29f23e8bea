package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"notify1022/escalation"
	"notify1022/smpp/smsc"
	"notify1022/store"
)

func TestMessagesThatWentOutBeforeARestoreAreTakenAsSentFromTheCommandLine(t *testing.T) {
	config := installation(t, "")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(filepath.Dir(config), "data", "n.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	notice := func(seq int) escalation.Notice {
		return escalation.Notice{Template: "T1", Class: escalation.ClassSlip, Lane: escalation.LaneSlip, Attempt: 1, Seq: seq, To: escalation.Recipient{Phone: "+84570000001"}}
	}
	ids, err := db.InsertMessages(t.Context(), []escalation.Notice{notice(1), notice(2), notice(3)})
	if err != nil {
		t.Fatal(err)
	}
	restored := func(in string, args ...string) ran {
		return runCLI(t, in, append([]string{"restored", "--config", config}, args...)...)
	}
	for _, bad := range [][]string{nil, {"--sent", "-", "--before", "2026-11-28T14:30"}, {"--hold", "--sent", "-"}, {"--before", "yesterday"}, {"--sent", "-"}} {
		if got := restored("12 x\n", bad...); got.code != exitUsage {
			t.Errorf("%q: %+v", bad, got)
		}
	}
	list := fmt.Sprintf("%d\n\n%d\n", ids[0], ids[0]+1000)
	if got := restored(list, "--sent", "-", "--dry-run"); got.code != exitDone || got.out != "of 2 messages 1 would be taken as sent\n" {
		t.Errorf("%+v", got)
	}
	if err := db.Heartbeat(t.Context(), "a gateway", "gateway"); err != nil {
		t.Fatal(err)
	}
	if got := restored(list, "--sent", "-"); got.code != exitFailed || !strings.Contains(got.err, "a gateway lives") {
		t.Errorf("beside a gateway: %+v", got)
	}
	if got := restored("", "--hold", "--dry-run"); got.code != exitDone || !strings.Contains(got.out, "nothing was changed") {
		t.Errorf("a trial of holding: %+v", got)
	}
	if got := restored("", "--hold"); got.code != exitDone || !strings.Contains(got.out, "Gửi trở lại") {
		t.Errorf("%+v", got)
	}
	if paused, err := db.Paused(t.Context()); err != nil || !paused {
		t.Errorf("the sending is stopped: %t, %v", paused, err)
	}
	if got := restored(list, "--sent", "-"); got.code != exitDone || got.out != "of 2 messages 1 taken as sent\n" {
		t.Errorf("%+v", got)
	}
	ahead := time.Now().Add(24 * time.Hour).Format("2006-01-02T15:04")
	if got := restored("", "--before", ahead); got.code != exitUsage {
		t.Errorf("an instant that lies ahead: %+v", got)
	}
	if got := restored("", "--before", "2000-01-01T00:00"); got.code != exitDone || got.out != "of 0 messages 0 taken as sent\n" {
		t.Errorf("%+v", got)
	}
}

// The page of operations.md on a restore: the head was told of an overdue slip after the
// backup. The ladder tells of it anew, and the head hears it once.
//
// field failure 43
func TestWhatTheLadderDidInTheLostStretchGoesOutOnce(t *testing.T) {
	t.Parallel()
	h, start := startRestorable(t)
	stop := start()
	h.people()
	code := h.petition(false)
	h.text(focalPhone, code)
	h.eventually("was the slip's answer stored", func() bool { return h.waits(h.file) == 0 })
	copyOf(t, h.file, h.copied)
	if n := h.told(h.copied, "H1"); n != 0 {
		t.Fatalf("the head had been told before the copy was made (%d texts): nothing was lost", n)
	}
	h.text(headPhone, code)
	gone := time.Now()
	if err := stop(); err != nil {
		t.Fatal(err)
	}

	h.putBack()
	stop = start()
	h.eventually("did the ladder tell the head anew", func() bool { return h.waits(h.file) > 0 })
	if got := runCLI(t, "", "restored", "--config", h.config, "--before", gone.Format(time.RFC3339Nano)); got.code != exitDone || h.waits(h.file) != 0 {
		t.Errorf("%+v; %d wait still", got, h.waits(h.file))
	}
	if err := h.room.Store.By(atTheCommandLine()).SetPaused(h.ctx, false); err != nil {
		t.Fatal(err)
	}
	again := h.petition(false)
	h.text(focalPhone, again)
	told := slices.Collect(func(yield func(string) bool) {
		for _, m := range h.smsc.Handset(headPhone).Inbox() {
			if strings.Contains(m.Text, code) && !yield(m.Text) {
				return
			}
		}
	})
	if len(told) != 1 {
		t.Errorf("the head heard of %s %d times: %q", code, len(told), told)
	}
	if ids, err := h.room.Store.Unhandled(h.ctx, 0, 100); err != nil || slices.ContainsFunc(ids, func(id int64) bool {
		page, err := h.room.Store.Messages(h.ctx, store.MessageFilter{IDs: []int64{id}})
		return err != nil || page.Items[0].Template == "H1" && page.Items[0].PetitionCode == code
	}) {
		t.Errorf("%v are passed on, %v", ids, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// The slip of a lost petition is on the officer's handset: what answers it must not act on the
// petition that came after the restore.
func TestAnAnswerToASlipOfTheLostStretchActsOnNoOtherPetition(t *testing.T) {
	t.Parallel()
	h, start := startRestorable(t)
	stop := start()
	h.people()
	copyOf(t, h.file, h.copied)
	lost := h.petition(false)
	lostCode := replyCode.FindStringSubmatch(h.text(focalPhone, lost, "NHAN").Text)[1]
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	h.putBack()
	stop = start()
	if err := h.room.Store.By(atTheCommandLine()).SetPaused(h.ctx, false); err != nil {
		t.Fatal(err)
	}
	code := h.petition(false)
	if code == lost {
		t.Errorf("%s is given out a second time", code)
	}
	if own := replyCode.FindStringSubmatch(h.text(focalPhone, code, "NHAN").Text)[1]; own == lostCode {
		t.Errorf("reply code %s is given out a second time", own)
	}
	h.reply(focalPhone, "NHAN "+lostCode)
	h.text(focalPhone, lostCode, "khong")
	if p := h.call(200, "GET", "/api/v1/petitions/"+code, nil); p["status"] != "forwarded" {
		t.Errorf("an answer to another slip made the petition %v", p["status"])
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// restorable is a hotline on a database of which a copy is put back later.
type restorable struct {
	*hotline
	config, file, copied string
}

// startRestorable gives also what starts it, on the quick ladder.
func startRestorable(t *testing.T) (h *restorable, start func() (stop func() error)) {
	t.Helper()
	policy := mustWrite(t, t.TempDir(), "policy.yaml", quickHead(t))
	server := smsc.New(smsc.Config{Accounts: map[string]string{"hotline": "secret"}})
	t.Cleanup(server.Close)
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := installation(t, fmt.Sprintf("policy: %s\nbundling: 0s\nsmsc:\n  - {name: tester, addr: '%s', system_id: hotline, password: secret, source: {officer: '8022', citizen: '1022HP'}}\n", policy, addr))
	made := runCLI(t, "", "apikey", "create", "--config", config, "--name", "kiểm thử", "--role", "administrator")
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	t.Cleanup(cancel)
	h = &restorable{&hotline{t: t, ctx: ctx, smsc: server, key: strings.TrimSpace(made.out)}, config,
		filepath.Join(filepath.Dir(config), "data", "n.db"), filepath.Join(t.TempDir(), "copy.db")}
	return h, func() (stop func() error) {
		t.Helper()
		cfg, err := (&settings{path: config}).config()
		if err == nil {
			h.room, stop, err = startRoom(ctx, cfg, order{})
		}
		if err != nil {
			t.Fatal(err)
		}
		return stop
	}
}

// putBack restores the copy and holds the sending.
func (h *restorable) putBack() {
	h.t.Helper()
	for _, ending := range []string{"-wal", "-shm"} {
		_ = os.Remove(h.file + ending) // it may have gone with the last connection
	}
	if err := os.Rename(h.copied, h.file); err != nil {
		h.t.Fatal(err)
	}
	if got := runCLI(h.t, "", "restored", "--config", h.config, "--hold"); got.code != exitDone {
		h.t.Fatalf("%+v", got)
	}
}

// quickHead is a ladder by which the head is told after fifteen seconds, day and night: until
// then the copy has to be made.
func quickHead(t *testing.T) string {
	t.Helper()
	policy := escalation.DefaultPolicy()
	for i, r := range policy.Rungs {
		if r.Name == escalation.RungHead {
			policy.Rungs[i].After, policy.Rungs[i].Clock = "15s", escalation.WallClock
		}
	}
	none := escalation.Quiet{From: "00:00", To: "00:00"}
	text, err := yaml.Marshal(map[string]any{"version": "quick", "rungs": policy.Rungs, "officer_quiet": none, "citizen_quiet": none})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// waits is how many texts have no outcome.
func (h *hotline) waits(file string) (n int) {
	h.t.Helper()
	rows, err := sql.Open("sqlite", file)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	if err := rows.QueryRow(`SELECT COUNT(*) FROM message WHERE state IN ('queued', 'sending', 'unknown')`).Scan(&n); err != nil {
		h.t.Log(err) // busy: the next time
	}
	return n
}

// told is how many texts of a template a database knows of.
func (h *hotline) told(file, template string) (n int) {
	h.t.Helper()
	rows, err := sql.Open("sqlite", file)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	if err := rows.QueryRow(`SELECT COUNT(*) FROM message WHERE template = ?`, template).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// copyOf makes a copy of a database that is served.
func copyOf(t *testing.T, file, copied string) {
	t.Helper()
	rows, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if _, err := rows.Exec(`VACUUM INTO '` + copied + `'`); err != nil {
		t.Fatal(err)
	}
}
