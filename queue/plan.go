package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// How the planner goes about.
const (
	planBeat  = 2 * time.Second       // ping and sentinel key
	planGap   = 20 * time.Millisecond // hints of a busy moment are taken together
	planEvery = 30 * time.Second      // what entered the horizon, and what is near
	planFull  = 10 * time.Minute      // everything inside the horizon anew
	planPage  = 500                   // instants per query
	nearby    = 2 * time.Minute       // looked at each time: firing and replies arm rungs without a hint
	soonGap   = time.Second           // between looks at what is near
	hintsKept = 4096                  // seconds; more make the planner look for itself
	pingLimit = time.Second
)

// planner arms a wake for each instant inside the horizon. mark is the instant up
// to which it has looked; epoch names the content of Redis that this holds for, empty
// until the sentinel key has been seen.
type planner struct {
	waker   *waker
	rungs   Rungs
	overdue func() // a hint says that something is due now

	mu     sync.Mutex
	hints  map[int64]struct{} // unix seconds, rounded up
	missed bool               // hints were dropped
	wakeup bell
	soon   atomic.Bool // rungs may have been armed without a hint

	up     atomic.Bool
	told   bool // that Redis is away
	epoch  string
	mark   time.Time
	armed  map[int64]struct{}
	last   time.Time // the last look ahead
	lastIn time.Time // the last look at what is near
	full   time.Time // the last full look

	metrics *Metrics
	log     *slog.Logger
}

func newPlanner(c *WorkerConfig, w *waker, overdue func()) *planner {
	return &planner{waker: w, rungs: c.Rungs, overdue: overdue, hints: map[int64]struct{}{}, wakeup: newBell(),
		armed: map[int64]struct{}{}, metrics: c.Metrics, log: c.Log}
}

// hint notes that something is due. It neither blocks nor calls anything.
func (p *planner) hint(due time.Time) {
	p.mu.Lock()
	if len(p.hints) < hintsKept {
		p.hints[ceilSecond(due).Unix()] = struct{}{}
	} else {
		p.missed = true
	}
	p.mu.Unlock()
	p.wakeup.ring()
}

// stirred notes that rungs may have been armed that nobody hints at.
func (p *planner) stirred() {
	p.soon.Store(true)
	p.wakeup.ring()
}

// run plans until ctx ends.
func (p *planner) run(ctx context.Context) {
	for {
		if err := guarded(func() error { return p.tick(ctx) }); err != nil && ctx.Err() == nil {
			p.metrics.wakeErrors.WithLabelValues("plan").Inc()
			p.log.Warn("planning wakes failed", "err", err)
		}
		if !p.wait(ctx) {
			return
		}
	}
}

// wait is for the next beat, or a hint. Rings while Redis is away do not hurry it.
func (p *planner) wait(ctx context.Context) bool {
	if !p.up.Load() {
		return sleep(ctx, planBeat/2)
	}
	return p.wakeup.pause(ctx, planBeat) && sleep(ctx, planGap)
}

// tick looks after Redis, arms hints, what is near and what entered the horizon.
func (p *planner) tick(ctx context.Context) error {
	if err := p.reach(ctx); err != nil {
		return nil // told once by down
	}
	now, err := p.waker.clock.Now(ctx)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	agree := p.waker.agree(now)
	if err := p.takeHints(ctx, now, agree); err != nil {
		return p.failed(ctx, err)
	}
	if err := p.lookNear(ctx, now, agree); err != nil {
		return p.failed(ctx, err)
	}
	return p.failed(ctx, p.lookAhead(ctx, now, agree))
}

// failed makes the next look a full one: part of this one may be lost.
func (p *planner) failed(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil {
		p.reset()
	}
	return err
}

// reset forgets what has been armed.
func (p *planner) reset() {
	p.mark, p.last, p.lastIn, p.full = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	clear(p.armed)
}

func (p *planner) key() string { return sentinelKey(p.waker.installation) }

// reach asks Redis whether it still holds what was armed: the sentinel key is
// there and has the value it had. Else all is to be armed anew, as at a start and after
// Redis was away; but a loss is only what became of a key that was known.
func (p *planner) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	epoch, err := p.waker.redis.Client().Get(ctx, p.key()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		p.down(err)
		return err
	}
	back := !p.up.Swap(true)
	if back {
		p.metrics.redisUp.Set(1)
		p.log.Info("redis answers")
		p.told = false
	}
	lost := p.epoch != "" && epoch != p.epoch
	if lost {
		p.metrics.replans.Inc()
		p.log.Warn("redis has lost what it held; all wakes are armed anew")
	}
	if lost || back || epoch == "" { // a replica that took over has the key, and perhaps not all wakes
		p.reset()
		p.waker.renew()
	}
	p.epoch = epoch
	return nil
}

func (p *planner) down(err error) {
	p.up.Store(false)
	p.metrics.redisUp.Set(0)
	if !p.told {
		p.log.Warn("redis is away; rungs fire from SQL", "err", err)
	}
	p.told = true
}

// takeHints arms what doors said. What is due already is the guard's, what lies
// beyond the horizon is armed when it enters it.
func (p *planner) takeHints(ctx context.Context, now time.Time, agree bool) error {
	p.mu.Lock()
	hints, missed := p.hints, p.missed
	p.hints, p.missed = map[int64]struct{}{}, false
	p.mu.Unlock()
	if missed {
		p.reset()
	}
	until := now.Add(p.waker.redis.Horizon())
	for _, s := range slices.Sorted(maps.Keys(hints)) {
		due := time.Unix(s, 0)
		if !due.After(now) {
			p.overdue()
			continue
		}
		if due.After(until) {
			continue
		}
		if err := p.arm(ctx, due, agree); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) arm(ctx context.Context, due time.Time, agree bool) error {
	s := ceilSecond(due).Unix()
	if _, ok := p.armed[s]; ok {
		return nil
	}
	if err := p.waker.arm(ctx, due, agree); err != nil {
		return err
	}
	p.armed[s] = struct{}{}
	return nil
}

// lookNear arms what is due within the next minutes, whoever armed it.
func (p *planner) lookNear(ctx context.Context, now time.Time, agree bool) error {
	since := time.Since(p.lastIn)
	if since < soonGap || since < planEvery && !p.soon.Load() {
		return nil
	}
	p.soon.Store(false)
	if err := p.sweep(ctx, now, now.Add(min(nearby, p.waker.redis.Horizon())), agree); err != nil {
		return err
	}
	p.lastIn = time.Now()
	return nil
}

// lookAhead arms what entered the horizon since the last look, and now and then
// everything inside it. After a full look Redis is given its sentinel key.
func (p *planner) lookAhead(ctx context.Context, now time.Time, agree bool) error {
	if time.Since(p.last) < planEvery && !p.mark.IsZero() {
		return nil
	}
	full := time.Since(p.full) >= planFull
	if full || p.mark.Before(now) {
		p.mark = now
		p.forget(now)
	}
	until := now.Add(p.waker.redis.Horizon())
	if err := p.sweep(ctx, p.mark, until, agree); err != nil {
		return err
	}
	p.mark, p.last = until, time.Now()
	if !full {
		return nil
	}
	p.full = p.last
	return p.seal(ctx)
}

// forget drops instants that have passed.
func (p *planner) forget(now time.Time) {
	maps.DeleteFunc(p.armed, func(s int64, _ struct{}) bool { return s < now.Unix() })
}

// sweep arms every instant in (after, until], page by page.
func (p *planner) sweep(ctx context.Context, after, until time.Time, agree bool) error {
	for after.Before(until) {
		page, err := p.rungs.DueInstants(ctx, after, until, planPage)
		if err != nil {
			return fmt.Errorf("list due instants: %w", err)
		}
		for _, due := range page {
			if err := p.arm(ctx, due, agree); err != nil {
				return err
			}
		}
		if len(page) < planPage || !page[len(page)-1].After(after) {
			return nil
		}
		after = page[len(page)-1]
	}
	return nil
}

// seal sets the sentinel key, or takes over another node's: who finds it missing
// sets it only after arming everything.
func (p *planner) seal(ctx context.Context) error {
	client := p.waker.redis.Client()
	if err := client.SetNX(ctx, p.key(), rand.Text(), 0).Err(); err != nil {
		return fmt.Errorf("set the sentinel key: %w", err)
	}
	epoch, err := client.Get(ctx, p.key()).Result()
	if err != nil {
		return fmt.Errorf("read the sentinel key: %w", err)
	}
	p.epoch = epoch
	return nil
}
