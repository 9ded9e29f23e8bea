package smpp

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Pacer limits messages per second. One Pacer may serve several clients, also
// across processes; implementations are safe for concurrent use.
type Pacer interface {
	// Wait blocks until n messages may go. It returns an error only when ctx
	// ends; the messages then did not use up any of the rate.
	Wait(ctx context.Context, n int) error
}

// Allower is what a Pacer implements besides for TrySubmit.
type Allower interface {
	// Allow is Wait for those who cannot wait: true if n messages may go now,
	// else none of the rate is used up.
	Allow(n int) bool
}

// Feedback is what a Pacer may implement besides: the client tells it how the
// SMSC answers, so that it can slow down and recover.
type Feedback interface {
	Throttled() // a message was answered RTHROTTLED or RMSGQFUL
	OK()        // a message was accepted
}

// How a RatePacer reacts (additive increase, multiplicative decrease).
const (
	pauseMin   = 250 * time.Millisecond // first pause after a throttling
	pauseMax   = 8 * time.Second        // longest; doubled while it goes on
	recoverIn  = 20 * time.Second       // from nothing to the full rate
	lowestPart = 0.02                   // of the rate: never slower than this
	// catchUp is how late a message may go without losing its turn: timers
	// fire late by a millisecond now and then, and at thousands of messages
	// per second what they lose must be made up. It is within the promised two
	// per cent of a second.
	catchUp = 10 * time.Millisecond
)

// RatePacer is a token bucket that halves its rate and pauses when the SMSC
// throttles, and recovers in even steps while messages are accepted.
type RatePacer struct {
	calm atomic.Bool // nothing to recover from: OK need not look
	open atomic.Bool // calm and without a limit: Wait need not look

	mu       sync.Mutex
	limit    float64 // messages per second when all is well; 0: none
	rate     float64 // now
	burst    float64
	tokens   float64 // below zero: promised to those who wait
	last     time.Time
	until    time.Time // paused until
	pause    time.Duration
	credited time.Time // last step of recovery
	turns    uint64    // grows with each throttling: turns promised before it are void
}

var _ interface {
	Pacer
	Allower
	Feedback
} = (*RatePacer)(nil)

// NewPacer allows rate messages per second and burst at once (at least 1). A
// rate of 0 or less is no limit; the pacer then only pauses when throttled.
func NewPacer(rate float64, burst int) *RatePacer {
	b := float64(max(burst, 1))
	p := &RatePacer{burst: b, tokens: b}
	p.SetRate(rate)
	return p
}

// SetRate changes the limit, for example when the number of gateways that
// share an account changes. A reduced rate keeps its proportion.
func (p *RatePacer) SetRate(rate float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	part := 1.0
	if p.limit > 0 {
		part = p.rate / p.limit
	}
	p.limit = max(rate, 0)
	p.rate = p.limit * part
	p.note()
}

// note keeps calm and open, with mu held.
func (p *RatePacer) note() {
	calm := p.pause == 0 && p.rate >= p.limit
	p.calm.Store(calm)
	p.open.Store(calm && p.limit == 0)
}

// Rate is the present rate in messages per second; 0 is no limit.
func (p *RatePacer) Rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate
}

// Wait implements Pacer. Those who wait are served in about the order in which
// they came.
func (p *RatePacer) Wait(ctx context.Context, n int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.open.Load() {
		return nil
	}
	wait, turns := p.reserve(time.Now(), n)
	for wait > 0 {
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			p.giveBack(n, turns)
			return ctx.Err()
		}
		wait, turns = p.again(time.Now(), n, turns)
	}
	return nil
}

// Allow implements Allower. While others wait their tokens are spoken for.
func (p *RatePacer) Allow(n int) bool {
	if p.open.Load() {
		return true
	}
	if wait, turns := p.reserve(time.Now(), n); wait > 0 {
		p.giveBack(n, turns)
		return false
	}
	return true
}

// reserve takes n tokens, perhaps future ones, and says how long until they
// are there, if there is no throttling meanwhile.
func (p *RatePacer) reserve(now time.Time, n int) (wait time.Duration, turns uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.take(now, n), p.turns
}

// again is called after a wait: 0 if the turn is still good, else a new one.
func (p *RatePacer) again(now time.Time, n int, turns uint64) (time.Duration, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if turns == p.turns {
		return 0, turns
	}
	return p.take(now, n), p.turns
}

// take is reserve with mu held. During a pause nothing is earned.
func (p *RatePacer) take(now time.Time, n int) time.Duration {
	wait := max(p.until.Sub(now), 0)
	if p.rate <= 0 {
		return wait
	}
	if !p.last.IsZero() && now.After(p.last) {
		most := max(p.burst, p.rate*catchUp.Seconds())
		p.tokens = min(most, p.tokens+now.Sub(p.last).Seconds()*p.rate)
	}
	if now.After(p.last) {
		p.last = now
	}
	p.tokens -= float64(n)
	if p.tokens < 0 {
		wait += time.Duration(-p.tokens / p.rate * float64(time.Second))
	}
	return wait
}

// giveBack returns tokens, unless a throttling has taken them since.
func (p *RatePacer) giveBack(n int, turns uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if turns == p.turns {
		p.tokens = min(p.burst, p.tokens+float64(n))
	}
}

// Throttled implements Feedback. The answers to a whole window arrive
// together and count once. Those who wait are given new turns at the lower
// rate after the pause: together they would only be throttled again.
func (p *RatePacer) Throttled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Before(p.until) {
		return
	}
	p.pause = min(max(2*p.pause, pauseMin), pauseMax)
	p.until = now.Add(p.pause)
	p.rate = max(p.rate/2, p.limit*lowestPart)
	p.credited = now
	p.tokens, p.last = 1, p.until // the first may go when the pause is over
	p.turns++
	p.note()
}

// OK implements Feedback.
func (p *RatePacer) OK() {
	if p.calm.Load() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Before(p.until) {
		return // an answer from before the pause
	}
	passed := min(now.Sub(p.credited), time.Second)
	p.credited = now
	p.rate = min(p.limit, p.rate+p.limit*passed.Seconds()/recoverIn.Seconds())
	if now.Sub(p.until) > p.pause {
		p.pause = 0
	}
	p.note()
}
