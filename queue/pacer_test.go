package queue

import (
	"context"
	"sync"
	"testing"
	"time"

	"notify1022/queue/queuetest"
)

// rate is what pacers may let through: so many a second, and so many more at once.
type rate struct{ perSecond, ahead float64 }

// passed is what pacers let through in a try, and when the last was let.
type passed struct {
	n    int
	took time.Duration
}

// pass counts what pacers let through in d.
func pass(t *testing.T, d time.Duration, pacers ...*Pacer) (p passed) {
	t.Helper()
	begun := time.Now()
	ctx, cancel := context.WithDeadline(context.Background(), begun.Add(d))
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, pacer := range pacers {
		for range 3 {
			wg.Go(func() {
				for pacer.Wait(ctx, 1) == nil {
					mu.Lock()
					p.n++
					p.took = time.Since(begun)
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	return p
}

// within looks at up to three tries: none of them may let through more than the rate, one
// at least as many as least. A busy machine lets through fewer.
func within(t *testing.T, what string, most rate, least int, try func() passed) {
	t.Helper()
	var got []int
	for len(got) < 3 {
		p := try()
		if limit := most.perSecond*p.took.Seconds() + most.ahead; float64(p.n) > limit {
			t.Errorf("%s: %d messages in %s, want %.0f at most", what, p.n, p.took, limit)
			return
		}
		if got = append(got, p.n); p.n >= least {
			return
		}
	}
	t.Errorf("%s: %d messages, want %d at least", what, got, least)
}

func TestTheEmbeddedPaceIsKeptInThisProcess(t *testing.T) {
	t.Parallel()
	p := NewPacer(mustOpen(t, "embedded"), "test", "a", 50)
	within(t, "50/s for 2 s", rate{50, 6}, 75, func() passed { return pass(t, 2*time.Second, p) })
}

func TestGatewaysShareTheRateOfAnAccountThroughRedis(t *testing.T) {
	t.Parallel()
	s := redisServer(t)
	first, second := mustOpen(t, "redis://"+s.addr), mustOpen(t, "redis://"+s.addr)
	within(t, "two gateways, 50/s for 2 s", rate{50, 10}, 75, func() (p passed) {
		for range 10 {
			one, two := NewPacer(first, "test", "a", 50), NewPacer(second, "test", "a", 50)
			end := time.Now().Add(2 * time.Second)
			if p = pass(t, 2*time.Second, one, two); !one.leftRedis(end) && !two.leftRedis(end) {
				return p
			}
		}
		t.Fatal("in none of ten tries did Redis answer in time")
		return p
	})
}

// leftRedis reports that Redis did not answer in time before an end: from then on a pacer
// that knows of no other gateway keeps the whole rate itself.
func (p *Pacer) leftRedis(end time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.away.IsZero() && p.away.Add(-paceAway).Before(end)
}

func TestWithoutRedisEachGatewayTakesItsPartOfTheRate(t *testing.T) {
	t.Parallel()
	addr := queuetest.FreeAddr(t)
	one, two := NewPacer(mustOpen(t, "redis://"+addr), "test", "a", 60), NewPacer(mustOpen(t, "redis://"+addr), "test", "a", 60)
	one.SetLive(2)
	two.SetLive(2)
	within(t, "two gateways, 60/s for 2 s", rate{60, 10}, 60, func() passed { return pass(t, 2*time.Second, one, two) })
}

// three counts three gateways that live.
type three struct{}

func (three) Beat(context.Context, string) (int, error) { return 3, nil }

func TestAGatewayTellsItsPacersHowManyLive(t *testing.T) {
	t.Parallel()
	one, two := NewPacer(nil, "test", "a", 60), NewPacer(nil, "test", "b", 60)
	running(t, testGateway(t, newShelf(), func(c *GatewayConfig) {
		over(newRadio(1))(c)
		c.Gateways, c.Pacers = three{}, []*Pacer{one, two}
	}).Run)
	for _, p := range []*Pacer{one, two} {
		eventually(t, "a third of the rate", func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.live == 3
		})
	}
}

func TestInstallationsOnOneRedisKeepTheirOwnPace(t *testing.T) {
	t.Parallel()
	s := redisServer(t)
	real := NewPacer(mustOpen(t, "redis://"+s.addr), "real", "a", 50)
	trial := NewPacer(mustOpen(t, "redis://"+s.addr), "trial", "a", 50)
	within(t, "two installations, each 50/s for 2 s", rate{100, 15}, 150, func() passed { return pass(t, 2*time.Second, real, trial) })
}

func TestAThrottledPacerPausesThenGoesSlowerThenRecovers(t *testing.T) {
	t.Parallel()
	p := NewPacer(nil, "test", "a", 100)
	begun := time.Now()
	p.Throttled()
	p.Throttled() // of the same window
	if err := p.Wait(context.Background(), 1); err != nil || time.Since(begun) < pauseFirst/2 {
		t.Errorf("went on after %s (%v)", time.Since(begun), err)
	}
	within(t, "at half the rate", rate{50, 10}, 30, func() passed { return pass(t, time.Second, p) })
	p.mu.Lock()
	p.grown = time.Now().Add(-time.Second)
	part := p.part
	p.mu.Unlock()
	p.OK()
	if p.part <= part || p.part > part+2.0/paceSteps {
		t.Errorf("the rate went from %.2f to %.2f", part, p.part)
	}
}

func TestAnEndedContextEndsTheWait(t *testing.T) {
	t.Parallel()
	p := NewPacer(nil, "test", "a", 0.01)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_ = p.Wait(ctx, 1)
	for range 20 {
		if p.Wait(ctx, 1) != nil {
			return
		}
	}
	t.Error("twenty messages at one in a hundred seconds")
}

func TestARateThatIsNoWholeNumberIsSharedExactly(t *testing.T) {
	t.Parallel()
	for rate, want := range map[float64]time.Duration{
		50: 20 * time.Millisecond, 1: time.Second, 0.5: 2 * time.Second, 2.5: 400 * time.Millisecond,
	} {
		l := shares(rate)
		if got := l.Period / time.Duration(l.Rate); got != want || l.Burst < 1 {
			t.Errorf("%v/s: a message each %s, want %s; burst %d", rate, got, want, l.Burst)
		}
	}
}
