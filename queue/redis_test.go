package queue

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"notify1022/queue/queuetest"
)

func TestASentinelURLKeepsEveryPart(t *testing.T) {
	t.Parallel()
	o, err := sentinel("redis-sentinel://app:secret@10.0.0.1:26380,sentinel-2,10.0.0.3:26381/5?master=m1&sentinel_username=su&sentinel_password=sp&tls=true")
	if err != nil {
		t.Fatal(err)
	}
	if o.MasterName != "m1" || o.DB != 5 || o.Username != "app" || o.Password != "secret" ||
		o.SentinelUsername != "su" || o.SentinelPassword != "sp" || o.TLSConfig == nil {
		t.Errorf("%+v", o)
	}
	if got := strings.Join(o.SentinelAddrs, " "); got != "10.0.0.1:26380 sentinel-2:26379 10.0.0.3:26381" {
		t.Errorf("sentinels %s", got)
	}
}

func TestABadURLIsRefusedWithoutShowingItsPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "embedded2", "http://:hunter2@x", "redis://:hunter2@host:port:port", "redis://:hunter2@localhost/notanumber",
		"redis-sentinel://:hunter2@a,b", "redis-sentinel://:hunter2@a,,b?master=m", "redis-sentinel://:hunter2@a/x?master=m",
		"redis-sentinel://:hunter2@a/-1?master=m", "redis-sentinel://:hunter2%zz@a?master=m",
	} {
		r, err := OpenRedis(url)
		if err == nil {
			_ = r.Close()
			t.Errorf("%q was accepted", url)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestARedisThatIsAwayIsNoReasonNotToOpen(t *testing.T) {
	t.Parallel()
	r := mustOpen(t, "redis://"+queuetest.FreeAddr(t))
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	if r.Ping(ctx) == nil {
		t.Error("somebody answers")
	}
}

func TestTheEmbeddedRedisWantsItsPasswordAndClosesTwice(t *testing.T) {
	t.Parallel()
	r := mustOpen(t, "embedded")
	c := redis.NewClient(&redis.Options{Addr: r.embedded.Addr()})
	defer func() { _ = c.Close() }()
	if c.Ping(context.Background()).Err() == nil {
		t.Error("it answers to anybody")
	}
	if err := r.Ping(context.Background()); err != nil {
		t.Error(err)
	}
	if host, _, _ := net.SplitHostPort(r.embedded.Addr()); host != "127.0.0.1" {
		t.Errorf("it listens on %s", host)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// startSentinel starts a sentinel of this test alone that watches the master as m1
// and fails over quickly.
func startSentinel(t *testing.T, master string) (addr string) {
	t.Helper()
	host, port, _ := net.SplitHostPort(master)
	addr = queuetest.FreeAddr(t)
	_, own, _ := net.SplitHostPort(addr)
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := "port " + own + "\nbind 127.0.0.1\nsentinel monitor m1 " + host + " " + port + " 1\n" +
		"sentinel down-after-milliseconds m1 500\nsentinel failover-timeout m1 3000\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(queuetest.Redis(t), conf, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return addr
}

func TestASentinelLeadsToTheMastersDatabase(t *testing.T) {
	t.Parallel()
	master := redisServer(t)
	r := mustOpen(t, "redis-sentinel://"+startSentinel(t, master.addr)+"/3?master=m1")
	eventually(t, "a write through the sentinel", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return r.Client().Set(ctx, "k", "v", 0).Err() == nil
	})
	direct := redis.NewClient(&redis.Options{Addr: master.addr, DB: 3})
	defer func() { _ = direct.Close() }()
	if got := direct.Get(context.Background(), "k").Val(); got != "v" {
		t.Errorf("database 3 has %q", got)
	}
}

// field failure 6
func TestAFailoverOfRedisDelaysNoRungAndDoublesNone(t *testing.T) {
	t.Parallel()
	master, replica := redisServer(t), redisServer(t)
	host, port, _ := net.SplitHostPort(master.addr)
	direct := redis.NewClient(&redis.Options{Addr: replica.addr})
	defer func() { _ = direct.Close() }()
	if err := direct.ReplicaOf(t.Context(), host, port).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replica following", func() bool { // a sentinel that sees it before asks again ten seconds later
		return strings.Contains(direct.Info(context.Background(), "replication").Val(), "master_link_status:up")
	})
	watch := startSentinel(t, master.addr)
	sentinel := redis.NewSentinelClient(&redis.Options{Addr: watch})
	defer func() { _ = sentinel.Close() }()
	eventually(t, "the sentinel knowing the replica", func() bool {
		list, err := sentinel.Replicas(context.Background(), "m1").Result()
		return err == nil && len(list) == 1
	})
	r := mustOpen(t, "redis-sentinel://"+watch+"?master=m1")
	l, lag := newLadder(machine{}), queuetest.Lag(t)
	const rungs = 16 // one each second: before, during and after
	for i := range rungs {
		l.arm(i, in(time.Duration(i+1)*time.Second))
	}
	w := testWorker(t, l, r, nil)
	running(t, w.Run)
	next(t, l.fired, "the first rung")
	master.stop()
	fired := map[int]int{0: 1}
	for range rungs - 1 {
		f := next(t, l.fired, "a rung of the failover")
		fired[f.id]++
		if late, own := f.at.Sub(f.due), lag(f.due); late < 0 || late > 5*time.Second+own {
			t.Errorf("rung %d fired %s after its due time, want 0 to 5 s (and %s of the machine's)", f.id, late, own)
		}
	}
	if len(fired) != rungs || l.left() != 0 {
		t.Errorf("%d of %d rungs fired, %d left", len(fired), rungs, l.left())
	}
	l.arm(rungs, in(time.Hour)) // the new master is given the plan
	eventually(t, "the plan on the new master", func() bool {
		n, err := direct.Exists(context.Background(), sentinelKey("test")).Result()
		return err == nil && n == 1 && strings.Contains(direct.Info(context.Background(), "replication").Val(), "role:master")
	})
}
