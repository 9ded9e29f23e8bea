package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/queue"
	"notify1022/queue/queuetest"
	"notify1022/smpp/smsc"
	"notify1022/store/storetest"
)

// startRedis starts a redis-server of this test's own, or skips loudly.
func startRedis(t *testing.T) (url string) {
	t.Helper()
	path := queuetest.Redis(t)
	_, port, _ := net.SplitHostPort(queuetest.FreeAddr(t))
	server := exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = server.Wait() // it was killed
	})
	url = "redis://127.0.0.1:" + port + "/0"
	r, err := queue.OpenRedis(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	(&hotline{t: t}).eventually("did Redis answer", func() bool { return r.Ping(t.Context()) == nil })
	return url
}

func TestRolesMayBeSplitOverPostgreSQLAndRedis(t *testing.T) {
	t.Parallel()
	dsn, redis := storetest.Postgres(t), startRedis(t)
	server := smsc.New(smsc.Config{})
	t.Cleanup(server.Close)
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := mustWrite(t, t.TempDir(), "config.yaml", fmt.Sprintf("listen: 127.0.0.1:0\npublic_url: https://1022.haiphong.gov.vn\ndatabase: %s\nredis: %s\n%s",
		dsn, redis, strings.Replace(goodSMSC, "127.0.0.1:2775", addr.String(), 1)))
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	made := runCLI(t, "", "apikey", "create", "--config", config, "--name", "kiểm thử", "--role", "administrator")
	cfg, _, err := LoadConfig(config, nil)
	if err != nil || made.code != exitDone {
		t.Fatal(err, made)
	}
	monday := time.Date(2026, 11, 16, 1, 0, 0, 0, time.UTC) // 08:00 in Vietnam
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	h := &hotline{t: t, ctx: ctx, smsc: server, key: strings.TrimSpace(made.out)}
	for _, role := range []string{roleWorker, roleGateway, roleWeb} {
		r, stop, err := startRoom(ctx, cfg, order{roles: []string{role}, simNow: monday, probes: true})
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		defer func() {
			if err := stop(); err != nil {
				t.Errorf("%s: %v", role, err)
			}
		}()
		h.room = r
		h.eventually(role+" ready", func() bool {
			answer, err := http.Get("http://" + r.Addr + "/readyz")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			return answer.StatusCode == http.StatusOK
		})
	}
	h.people()
	code := h.petition(false)
	slip := h.text(focalPhone, code, "NHAN")
	mtl := printedCode.FindStringSubmatch(slip.Text)
	if mtl == nil {
		t.Fatalf("the slip prints no reply code: %s", slip.Text)
	}
	h.reply(focalPhone, "NHAN "+mtl[1])
	h.text(focalPhone, "da nhan PAKN "+code)
	h.runUntil("2026-11-17T08:00:00+07:00")
	h.text(headPhone, code, "8 gio lam viec")
	// The web process binds nowhere: its page says what the gateway's has told.
	lead := h.signedIn(escalation.ShiftLead, "")
	h.eventually("the gateway's bind is shown", func() bool {
		page := lead.must(lead.get("/console/gateway"), 200, "<h2>Kết nối</h2>").body
		return strings.Contains(page, "đã kết nối") && strings.Count(page, `<span class="tag">trang và API</span>`) == 1 && strings.Count(page, `<span class="tag">mốc thời gian, việc nền</span>`) == 1
	})
}

// The auditor of a process without the gateway must know of quiet hours, too: else it takes
// what waits for the morning for late, and alarms each hour of the night.
func TestAWorkerAloneTakesNoTextForLateThatTheNightHolds(t *testing.T) {
	t.Parallel()
	config := mustWrite(t, t.TempDir(), "config.yaml", fmt.Sprintf("listen: 127.0.0.1:0\npublic_url: https://1022.haiphong.gov.vn\ndatabase: %s\nredis: %s\n%s",
		storetest.Postgres(t), startRedis(t), goodSMSC))
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	cfg, _, err := LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	var now atomic.Int64
	evening := time.Date(2026, 11, 16, 20, 55, 0, 0, worktime.Zone()) // Monday
	now.Store(evening.UnixNano())
	s, err := newService(t.Context(), cfg, order{roles: []string{roleWorker}, domain: func() time.Time { return time.Unix(0, now.Load()) }, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.db.InsertMessages(t.Context(), []escalation.Notice{{Template: "O3", Class: escalation.ClassReminder, Lane: escalation.LaneSlip, Attempt: 1,
		To: escalation.Recipient{Phone: "+84570000001", Role: escalation.Focal}, At: evening}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		late bool
	}{{evening.Add(4 * time.Minute), true}, {evening.Add(65 * time.Minute), false}, {evening.Add(12 * time.Hour), true}} {
		now.Store(c.at.UnixNano())
		found, err := s.db.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if since, waits := found.Waiting[escalation.LaneSlip]; waits != c.late {
			t.Errorf("at %s the slip waits: %t, since %s", c.at.Format("15:04"), waits, since)
		}
	}
}
