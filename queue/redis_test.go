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
	r := mustOpen(t, "redis://"+freeAddr(t))
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

func TestASentinelLeadsToTheMastersDatabase(t *testing.T) {
	t.Parallel()
	master := redisServer(t)
	host, port, _ := net.SplitHostPort(master.addr)
	addr := freeAddr(t)
	_, own, _ := net.SplitHostPort(addr)
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := "port " + own + "\nbind 127.0.0.1\nsentinel monitor m1 " + host + " " + port + " 1\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("redis-server", conf, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	r := mustOpen(t, "redis-sentinel://"+addr+"/3?master=m1")
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
