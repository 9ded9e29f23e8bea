package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// Horizons: how far ahead wakes are put into Redis. The embedded store sorts all
// it holds at each look, so it holds less.
const (
	horizonRedis    = 24 * time.Hour
	horizonEmbedded = time.Hour
)

// Redis is the store of wakes and of the shared pace: one client for all users.
// It may vanish at any time; see the package's failure rules.
type Redis struct {
	client   redis.UniversalClient
	embedded *miniredis.Miniredis // nil: a server of its own
	stop     chan struct{}
	done     sync.WaitGroup
	close    func() error
}

// OpenRedis takes "embedded" (a Redis inside this process, gone with it),
// redis://…, rediss://…, unix://… or redis-sentinel://…. It does not connect: a
// Redis that is away is no reason not to start. Errors never show the URL.
//
// The Redis library has one logger for the whole process; it is turned into
// slog's debug level here.
func OpenRedis(url string) (*Redis, error) {
	redis.SetLogger(redisLog{slog.Default()})
	if url == "embedded" {
		return openEmbedded()
	}
	client, err := dialer(url)
	if err != nil {
		return nil, err
	}
	return newRedis(client, nil), nil
}

func newRedis(client redis.UniversalClient, embedded *miniredis.Miniredis) *Redis {
	r := &Redis{client: client, embedded: embedded, stop: make(chan struct{})}
	r.close = sync.OnceValue(r.shut)
	return r
}

func openEmbedded() (*Redis, error) {
	server := miniredis.NewMiniRedis()
	password := rand.Text()
	server.RequireAuth(password)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the embedded redis: %w", err)
	}
	client := redis.NewClient(tuned(&redis.Options{Addr: server.Addr(), Password: password}))
	r := newRedis(client, server)
	r.done.Go(r.forward)
	return r, nil
}

// forward moves the embedded server's expiry clock, which stands still by itself,
// by the time that has really passed.
func (r *Redis) forward() {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-r.stop:
			return
		case now := <-tick.C:
			r.embedded.FastForward(now.Sub(last))
			last = now
		}
	}
}

// Client is the shared client; users never close it.
func (r *Redis) Client() redis.UniversalClient { return r.client }

// Embedded reports whether the server lives in this process.
func (r *Redis) Embedded() bool { return r.embedded != nil }

// Horizon is how far ahead wakes are armed: 24 h, or 1 h on the embedded server.
func (r *Redis) Horizon() time.Duration {
	if r.Embedded() {
		return horizonEmbedded
	}
	return horizonRedis
}

// Ping reports whether the server answers within ctx.
func (r *Redis) Ping(ctx context.Context) error { return r.client.Ping(ctx).Err() }

// ListpackValue is the longest value, in bytes, that the server keeps packed in a hash
// (hash-max-listpack-value): Asynq keeps a wake in one of some two hundred.
func (r *Redis) ListpackValue(ctx context.Context) (int, error) {
	const name = "hash-max-listpack-value"
	found, err := r.client.ConfigGet(ctx, name).Result()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(found[name])
}

// sentinelKey is there when all that is inside the horizon has been armed.
func sentinelKey(installation string) string { return "notify1022:" + installation + ":armed" }

// Armed reports whether every instant inside the horizon has been armed for the
// installation since Redis last lost its data.
func (r *Redis) Armed(ctx context.Context, installation string) (bool, error) {
	n, err := r.client.Exists(ctx, sentinelKey(installation)).Result()
	return n == 1, err
}

// Archived reports whether Asynq's archive holds a job of the installation: no wake
// of ours ever ends there, so one that does is a defect to be looked at.
func (r *Redis) Archived(installation string) (bool, error) {
	tasks, err := asynq.NewInspectorFromRedisClient(r.client).ListArchivedTasks(queueName(installation), asynq.PageSize(1))
	if errors.Is(err, asynq.ErrQueueNotFound) {
		return false, nil
	}
	return len(tasks) > 0, err
}

// queueName is the queue that an installation's wakes are in.
func queueName(installation string) string { return "notify1022-" + installation }

// Memory is what the server holds, in bytes.
func (r *Redis) Memory(ctx context.Context) (int64, error) {
	info, err := r.client.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(info) {
		if used, ok := strings.CutPrefix(line, "used_memory:"); ok {
			return strconv.ParseInt(strings.TrimSpace(used), 10, 64)
		}
	}
	return 0, errors.New("redis does not say how much memory it uses")
}

// Close ends the client, then the embedded server. Close it after the Worker and
// the SMPP clients have stopped. A second call does nothing more.
func (r *Redis) Close() error { return r.close() }

func (r *Redis) shut() error {
	close(r.stop)
	err := r.client.Close()
	r.done.Wait()
	if r.embedded != nil {
		r.embedded.Close()
	}
	if errors.Is(err, redis.ErrClosed) {
		return nil
	}
	return err
}
