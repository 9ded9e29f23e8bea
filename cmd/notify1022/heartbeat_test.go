package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"notify1022/queue"
	"notify1022/store"
	"notify1022/store/storetest"
)

func TestTheHeartbeatReachesAFileOrAnAddress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alive")
	if err := heartbeat(file)(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := time.Parse(time.RFC3339+"\n", string(text)); err != nil || time.Since(at) > time.Minute {
		t.Errorf("%q: %v", text, err)
	}
	var beats, status atomic.Int64
	status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		beats.Add(1)
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	beat := heartbeat(server.URL)
	if err := beat(t.Context()); err != nil || beats.Load() != 1 {
		t.Errorf("%d beats, %v", beats.Load(), err)
	}
	status.Store(http.StatusBadGateway)
	if beat(t.Context()) == nil {
		t.Error("an address that refuses passes for one that heard")
	}
	if heartbeat("") != nil {
		t.Error("nothing is named, and yet there is a heartbeat")
	}
}

// field failure 7
func TestTheHeartbeatIsHeardAfterAnAudit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alive")
	h := startHotline(t, "2026-11-16T08:00", "heartbeat: "+file)
	h.eventually("was the file written", func() bool { _, err := os.Stat(file); return err == nil })
}

// field failure 12
func TestAJobInTheArchiveIsToldByTheAuditor(t *testing.T) {
	db, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	redis, err := queue.OpenRedis("embedded")
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	is, err := db.Installation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := auditor{db, redis, is.ID, Probe{}}
	if found, err := a.Audit(t.Context()); err != nil || found.Archived {
		t.Fatalf("%t, %v", found.Archived, err)
	}
	name := "notify1022-" + is.ID
	task, err := asynq.NewClientFromRedisClient(redis.Client()).EnqueueContext(t.Context(), asynq.NewTask("wake", nil), asynq.Queue(name))
	if err != nil {
		t.Fatal(err)
	}
	if err := asynq.NewInspectorFromRedisClient(redis.Client()).ArchiveTask(name, task.ID); err != nil {
		t.Fatal(err)
	}
	if found, err := a.Audit(t.Context()); err != nil || !strings.Contains(found.Text(), "việc bị bỏ lại") {
		t.Errorf("%q, %v", found.Text(), err)
	}
}
