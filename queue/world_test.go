package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"notify1022/escalation"
	"notify1022/queue/queuetest"
)

// quiet is a log that fails nobody and prints nothing.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// patient is how long a test waits for an event before it gives up.
const patient = 60 * time.Second

// running starts run and ends it with the test.
func running(t *testing.T, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("run: %v", err)
			}
		case <-time.After(2 * patient):
			t.Error("run did not end with its context")
		}
	})
	t.Cleanup(stop)
	return stop
}

// next takes an event or ends the test.
func next[T any](t *testing.T, events <-chan T, what string) T {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(patient):
		t.Fatalf("%s did not happen within %s", what, patient)
		panic("unreachable")
	}
}

// eventually polls a state that no event tells of.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patient); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s did not come true within %s", what, patient)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// machine is a domain clock that shows the machine's time, moved by shift.
type machine struct{ shift time.Duration }

func (m machine) Now(context.Context) (time.Time, error) { return time.Now().Add(m.shift), nil }

func (m machine) Wait(_ context.Context, t time.Time) (time.Duration, error) {
	return time.Until(t.Add(-m.shift)), nil
}

// hands is a domain clock moved by the test.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) Now(context.Context) (time.Time, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at, nil
}

func (h *hands) Wait(ctx context.Context, t time.Time) (time.Duration, error) {
	now, _ := h.Now(ctx)
	return t.Sub(now), nil
}

func (h *hands) set(t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = t
}

// firing is one rung fired.
type firing struct {
	id      int
	due, at time.Time
}

// ladder is rungs in memory with the desk that fires them: the truth of a test.
type ladder struct {
	Clock
	mu      sync.Mutex
	armed   map[int]time.Time
	fired   chan firing
	looks   []time.Time // calls of FirePast, fruitless ones too
	fail    error
	poison  map[int]bool // petitions that cannot be decided
	queries int          // of DueInstants
	widest  int          // the longest page handed out
	replies func(ctx context.Context, id int64) error
	passOn  func(ctx context.Context, id int64) error
}

func newLadder(c Clock) *ladder {
	return &ladder{Clock: c, armed: map[int]time.Time{}, fired: make(chan firing, 1<<16)}
}

func (l *ladder) arm(id int, due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed[id] = due
}

func (l *ladder) breakWith(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = err
}

// firstLook is when the desk was asked first.
func (l *ladder) firstLook() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.looks[0]
}

func (l *ladder) left() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.armed)
}

func (l *ladder) FirePast(ctx context.Context, limit int, past escalation.DuePetition, except ...int64) (int, []escalation.DuePetition, error) {
	now, err := l.Now(ctx)
	if err != nil {
		return 0, nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looks = append(l.looks, now)
	if l.fail != nil {
		return 0, nil, l.fail
	}
	due := l.due(now, limit, past, except)
	for _, p := range due {
		if l.poison[int(p.ID)] {
			return 0, due, errTest
		}
	}
	for _, p := range due {
		l.fired <- firing{int(p.ID), l.armed[int(p.ID)], now}
		delete(l.armed, int(p.ID))
	}
	return len(due), due, nil
}

// due lists the petitions of one rung each, the oldest first.
func (l *ladder) due(now time.Time, limit int, past escalation.DuePetition, except []int64) []escalation.DuePetition {
	spared := map[int64]bool{}
	for _, id := range except {
		spared[id] = true
	}
	var ids []int
	for id, due := range l.armed {
		if !due.After(now) && !spared[int64(id)] && (escalation.DuePetition{ID: int64(id), Due: due}).After(past) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b int) int { return cmp.Or(l.armed[a].Compare(l.armed[b]), a-b) })
	var due []escalation.DuePetition
	for _, id := range ids[:min(limit, len(ids))] {
		due = append(due, escalation.DuePetition{ID: int64(id), Code: fmt.Sprintf("HP261116-%04d", id), Due: l.armed[id]})
	}
	return due
}

func (l *ladder) Reply(ctx context.Context, id int64) error {
	if l.replies == nil {
		return nil
	}
	return l.replies(ctx, id)
}

func (l *ladder) Undelivered(ctx context.Context, id int64, _ time.Duration) error {
	if l.passOn == nil {
		return nil
	}
	return l.passOn(ctx, id)
}

func (l *ladder) DueInstants(_ context.Context, after, until time.Time, limit int) ([]time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queries++
	distinct := map[int64]struct{}{}
	for _, due := range l.armed {
		if due.After(after) && !due.After(until) {
			distinct[ceilSecond(due).Unix()] = struct{}{}
		}
	}
	var list []time.Time
	for _, s := range slices.Sorted(maps.Keys(distinct)) {
		if len(list) < limit {
			list = append(list, time.Unix(s, 0))
		}
	}
	l.widest = max(l.widest, len(list))
	return list, nil
}

func (l *ladder) OldestDue(_ context.Context, now time.Time, except ...int64) (oldest time.Time, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, due := range l.armed {
		if !slices.Contains(except, int64(id)) && !due.After(now) && (!ok || due.Before(oldest)) {
			oldest, ok = due, true
		}
	}
	return oldest, ok, nil
}

// diary is Periods in memory, shared by the nodes of a test. What one of them is at is
// not done, and no other begins it.
type diary struct {
	mu   sync.Mutex
	held map[string]bool
	done map[string]bool
}

func (d *diary) Once(ctx context.Context, kind, period string, fn func(context.Context) error) (bool, error) {
	key := kind + " " + period
	if !d.hold(key) {
		return false, nil
	}
	err := fn(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, key)
	if err != nil {
		return false, err
	}
	d.done[key] = true
	return true, nil
}

func (d *diary) hold(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held == nil {
		d.held, d.done = map[string]bool{}, map[string]bool{}
	}
	if d.done[key] || d.held[key] {
		return false
	}
	d.held[key] = true
	return true
}

func (d *diary) PeriodDone(_ context.Context, kind, period string) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done[kind+" "+period], nil
}

// testWorker is a worker over a ladder; change alters its configuration.
func testWorker(t *testing.T, l *ladder, r *Redis, change func(*WorkerConfig)) *Worker {
	t.Helper()
	c := WorkerConfig{Installation: "test", Desk: l, Clock: l, Rungs: l, Outbox: newShelf(), Inbox: newLetterbox(),
		Periods: &diary{}, Redis: r, Log: quiet()}
	if change != nil {
		change(&c)
	}
	w, err := NewWorker(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// onEachRedis runs the behaviour on the embedded Redis and on a real one.
func onEachRedis(t *testing.T, test func(t *testing.T, r *Redis)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, mustOpen(t, "embedded"))
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		test(t, mustOpen(t, "redis://"+redisServer(t).addr+"/0"))
	})
}

func mustOpen(t *testing.T, url string) *Redis {
	t.Helper()
	r, err := OpenRedis(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close redis: %v", err)
		}
	})
	return r
}

// server is a redis-server of this test alone.
type server struct {
	t    *testing.T
	path string
	addr string
	cmd  *exec.Cmd
}

// redisServer starts a throwaway redis-server, or skips loudly.
func redisServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, path: queuetest.Redis(t), addr: queuetest.FreeAddr(t)}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start(more ...string) {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = exec.Command(s.path, append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "",
		"--appendonly", "no", "--dir", s.t.TempDir()}, more...)...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	c := redis.NewClient(&redis.Options{Addr: s.addr})
	defer func() { _ = c.Close() }()
	eventually(s.t, "redis-server answering", func() bool { return c.Ping(context.Background()).Err() == nil })
}

func (s *server) stop() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// noise is randomness that a failing test names.
func noise(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 1022))
}

var errTest = errors.New("broken by the test")

func in(d time.Duration) time.Time { return ceilSecond(time.Now().Add(d)) }

func id(i int) string { return fmt.Sprint(i) }
