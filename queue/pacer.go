package queue

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
)

// How a Pacer goes about.
const (
	paceAsk    = 250 * time.Millisecond // a look at Redis takes no longer
	paceAway   = 3 * time.Second        // then the pace is kept here for so long
	paceParts  = 20                     // shares taken from Redis at once, per second
	pauseFirst = 250 * time.Millisecond // after the SMSC throttled
	pauseMost  = 8 * time.Second
	paceLeast  = 0.05 // of the rate, however much is throttled
	paceSteps  = 20   // accepted seconds from the least to the full rate
)

// Pacer limits the messages per second of one SMSC account over all gateways,
// through Redis. While Redis is away, and with the embedded one, each gateway keeps
// its part itself: the rate divided by the gateways that live. It slows down when
// the SMSC throttles. Safe for concurrent use.
type Pacer struct {
	key    string // of the account in Redis, which installations may share
	rate   float64
	shared *redis_rate.Limiter // nil: this process alone
	limit  redis_rate.Limit
	turn   chan struct{} // one at a time asks, so that waiters do not crowd Redis

	mu     sync.Mutex
	live   int
	credit int       // taken from Redis and not used yet
	stale  time.Time // when the credit is no longer good
	away   time.Time // Redis is not asked before
	local  bucket
	part   float64 // of the rate, less than 1 after throttling
	pause  time.Duration
	until  time.Time // nothing goes before
	grown  time.Time
}

// NewPacer paces an installation's account at rate messages per second (0 or less: no limit).
// r nil or embedded paces in this process alone.
func NewPacer(r *Redis, installation, account string, rate float64) *Pacer {
	p := &Pacer{key: "notify1022:" + installation + ":" + account, rate: rate, live: 1, part: 1, turn: make(chan struct{}, 1)}
	if r != nil && !r.Embedded() && rate > 0 {
		p.shared = redis_rate.NewLimiter(r.Client())
		p.limit = shares(rate)
	}
	return p
}

// shares is the rate as the limiter counts: whole messages over a whole number of
// seconds, and no more at once than a twentieth of a second's worth.
func shares(rate float64) redis_rate.Limit {
	period := time.Second
	for rate != math.Trunc(rate) && period < time.Hour {
		rate, period = rate*60, period*60
	}
	n := max(1, int(rate))
	return redis_rate.Limit{Rate: n, Period: period, Burst: max(1, n/paceParts/int(period/time.Second))}
}

// SetLive tells how many gateways share the account.
func (p *Pacer) SetLive(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live = max(1, n)
}

// Wait blocks until n messages may go. It returns an error only when ctx ends;
// what was taken of the rate for them is lost then.
func (p *Pacer) Wait(ctx context.Context, n int) error {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for range n {
		if err := p.one(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (p *Pacer) one(ctx context.Context) error {
	for {
		wait := p.take(ctx)
		if wait <= 0 {
			return ctx.Err()
		}
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

// take takes one message's share; else it says how long to wait and ask again.
func (p *Pacer) take(ctx context.Context) time.Duration {
	if p.rate <= 0 {
		return p.paused(time.Now())
	}
	if wait := p.paused(time.Now()); wait > 0 {
		return wait
	}
	if wait := p.own(time.Now()); wait > 0 {
		return wait
	}
	return p.fromRedis(ctx)
}

func (p *Pacer) paused(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(now)
}

// own keeps the pace here where Redis does not, or where the SMSC wants less.
func (p *Pacer) own(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	alone := p.shared == nil || now.Before(p.away)
	rate := p.rate * p.part
	switch {
	case alone:
		rate /= float64(p.live)
	case p.part >= 1:
		return 0
	}
	return p.local.take(now, rate)
}

// fromRedis takes a share of what all gateways may send, some at once.
func (p *Pacer) fromRedis(ctx context.Context) time.Duration {
	now := time.Now()
	p.mu.Lock()
	if p.shared == nil || now.Before(p.away) {
		p.mu.Unlock()
		return 0
	}
	if p.credit > 0 && now.Before(p.stale) {
		p.credit--
		p.mu.Unlock()
		return 0
	}
	p.mu.Unlock()
	call, cancel := context.WithTimeout(ctx, paceAsk)
	defer cancel()
	got, err := p.shared.AllowAtMost(call, p.key, p.limit, p.limit.Burst)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil:
		p.away = time.Now().Add(paceAway)
		return p.local.take(time.Now(), p.rate*p.part/float64(p.live))
	case got.Allowed == 0:
		return max(got.RetryAfter, time.Millisecond)
	}
	p.credit, p.stale = got.Allowed-1, now.Add(time.Second)
	return 0
}

// Part is how much of the rate is used: 1, or less while the SMSC recovers from
// throttling.
func (p *Pacer) Part() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.part
}

// Throttled says that the SMSC refused a message for now because of the pace.
// Nothing goes for a while, longer each time, and then at half the rate. Answers to
// a whole window come together and count once.
func (p *Pacer) Throttled() {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.until) {
		return
	}
	p.pause = min(max(2*p.pause, pauseFirst), pauseMost)
	p.until = now.Add(p.pause)
	p.part = max(p.part/2, paceLeast)
	p.grown = p.until
}

// OK says that the SMSC accepted a message: the rate recovers step by step.
func (p *Pacer) OK() {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.part >= 1 || now.Sub(p.grown) < time.Second {
		return
	}
	p.grown = now
	if p.part = min(1, p.part+1.0/paceSteps); p.part >= 1 {
		p.pause = 0
	}
}

// bucket lets a rate through evenly, with a twentieth of a second's worth at once.
type bucket struct{ next time.Time }

// take takes a share at now, or says how long until there is one.
func (b *bucket) take(now time.Time, rate float64) time.Duration {
	gap := time.Duration(float64(time.Second) / rate)
	if least := now.Add(-time.Second / paceParts); b.next.Before(least) {
		b.next = least
	}
	if wait := b.next.Sub(now); wait > 0 {
		return wait
	}
	b.next = b.next.Add(gap)
	return 0
}
