package queue

import (
	"context"
	"sync"
	"testing"
	"time"

	"notify1022/queue/queuetest"
)

// pass counts what pacers let through in d.
func pass(t *testing.T, d time.Duration, pacers ...*Pacer) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for _, p := range pacers {
		for range 3 {
			wg.Go(func() {
				for p.Wait(ctx, 1) == nil {
					mu.Lock()
					n++
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	return n
}

func within(t *testing.T, what string, got, least, most int) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s: %d messages, want %d to %d", what, got, least, most)
	}
}

func TestTheEmbeddedPaceIsKeptInThisProcess(t *testing.T) {
	t.Parallel()
	within(t, "50/s for 2 s", pass(t, 2*time.Second, NewPacer(mustOpen(t, "embedded"), "test", "a", 50)), 75, 106)
}

func TestGatewaysShareTheRateOfAnAccountThroughRedis(t *testing.T) {
	t.Parallel()
	s := redisServer(t)
	one := NewPacer(mustOpen(t, "redis://"+s.addr), "test", "a", 50)
	two := NewPacer(mustOpen(t, "redis://"+s.addr), "test", "a", 50)
	within(t, "two gateways, 50/s for 2 s", pass(t, 2*time.Second, one, two), 75, 110)
}

func TestWithoutRedisEachGatewayTakesItsPartOfTheRate(t *testing.T) {
	t.Parallel()
	addr := queuetest.FreeAddr(t)
	one, two := NewPacer(mustOpen(t, "redis://"+addr), "test", "a", 60), NewPacer(mustOpen(t, "redis://"+addr), "test", "a", 60)
	one.SetLive(2)
	two.SetLive(2)
	within(t, "two gateways, 60/s for 2 s", pass(t, 2*time.Second, one, two), 60, 130)
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
	within(t, "two installations, each 50/s for 2 s", pass(t, 2*time.Second, real, trial), 150, 215)
}

func TestAThrottledPacerPausesThenGoesSlowerThenRecovers(t *testing.T) {
	t.Parallel()
	p := NewPacer(nil, "test", "a", 100)
	p.Throttled()
	p.Throttled() // of the same window
	begun := time.Now()
	if err := p.Wait(context.Background(), 1); err != nil || time.Since(begun) < pauseFirst/2 {
		t.Errorf("went on after %s (%v)", time.Since(begun), err)
	}
	within(t, "at half the rate", pass(t, time.Second, p), 30, 60)
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
