package smpp_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/smpp"
)

func TestAPacerKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(100, 10)
		began := time.Now()
		for range 210 {
			if err := p.Wait(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(began); d < 1990*time.Millisecond || d > 2010*time.Millisecond {
			t.Fatalf("210 messages at 100/s with a burst of 10 took %v", d)
		}
	})
}

func TestAPacerGivesBackWhatWasNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(1, 1)
		p.Wait(t.Context(), 1)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := p.Wait(ctx, 5); err == nil {
			t.Fatal("no error")
		}
		began := time.Now()
		p.Wait(t.Context(), 1)
		if d := time.Since(began); d > time.Second {
			t.Fatalf("waited %v for a message that never went", d)
		}
	})
}

func TestAThrottledPacerPausesHalvesAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(100, 1)
		for range 50 { // one window's answers count once
			p.Throttled()
		}
		if r := p.Rate(); r != 50 {
			t.Fatalf("rate %v", r)
		}
		began := time.Now()
		p.Wait(t.Context(), 1)
		if d := time.Since(began); d != 250*time.Millisecond {
			t.Fatalf("paused %v", d)
		}
		p.Throttled()
		began = time.Now()
		p.Wait(t.Context(), 1)
		if d := time.Since(began); d != 500*time.Millisecond || p.Rate() != 25 {
			t.Fatalf("second pause %v, rate %v", d, p.Rate())
		}
		for range 30 {
			time.Sleep(time.Second)
			p.OK()
		}
		if r := p.Rate(); r != 100 {
			t.Fatalf("rate %v after 30 s without trouble", r)
		}
		p.Throttled()
		began = time.Now()
		p.Wait(t.Context(), 1)
		if d := time.Since(began); d != 250*time.Millisecond {
			t.Fatalf("after recovery paused %v", d)
		}
	})
}

func TestARateThatChangesKeepsItsProportion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(100, 1)
		p.Throttled()
		p.SetRate(40) // more gateways share the account
		if r := p.Rate(); r != 20 {
			t.Fatalf("rate %v", r)
		}
	})
}

func TestAPacerWithoutALimitOnlyPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(0, 0)
		began := time.Now()
		for range 1000 {
			p.Wait(t.Context(), 1)
		}
		if time.Since(began) != 0 {
			t.Fatal("waited")
		}
		p.Throttled()
		p.Wait(t.Context(), 1)
		if d := time.Since(began); d != 250*time.Millisecond {
			t.Fatalf("paused %v", d)
		}
	})
}

// pacedSeconds sends as fast as p allows for three seconds, each wake-up late by
// up to a millisecond, and returns how many went in each second.
func pacedSeconds(t *testing.T, p *smpp.RatePacer) []int {
	t.Helper()
	seconds := make([]int, 4)
	r := rand.New(rand.NewPCG(1, 2))
	for began := time.Now(); time.Since(began) < 4*time.Second; {
		before := time.Now()
		if err := p.Wait(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if time.Since(before) > 0 { // a timer fired: it may do so late
			time.Sleep(time.Duration(r.IntN(1_000_000)))
		}
		if s := int(time.Since(began) / time.Second); s < len(seconds) {
			seconds[s]++
		}
	}
	return seconds
}

func TestAPacerIsSmoothOverASecondAlthoughTimersAreLate(t *testing.T) {
	for _, rate := range []float64{50, 200, 1000, 5000} {
		synctest.Test(t, func(t *testing.T) {
			for s, n := range pacedSeconds(t, smpp.NewPacer(rate, 1)) {
				if dev := float64(n)/rate - 1; dev < -0.02 || dev > 0.02 {
					t.Errorf("second %d at %v/s: %d messages", s, rate, n)
				}
			}
		})
	}
}

func TestAQuietTimeEarnsNoMoreThanTheBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(1000, 30)
		p.Wait(t.Context(), 1)
		time.Sleep(time.Minute)
		began := time.Now()
		for range 1030 {
			p.Wait(t.Context(), 1)
		}
		if d := time.Since(began); d < 990*time.Millisecond || d > 1010*time.Millisecond {
			t.Fatalf("1,030 messages with a burst of 30 took %v", d)
		}
	})
}

// TestThrottlingFindsTheRateThatTheSMSCTakes plays an SMSC that takes 40 a
// second against a pacer that is set to 100: most of the time it must not be
// hammered, and once it takes 100 the pace must come back.
func TestThrottlingFindsTheRateThatTheSMSCTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(100, 1)
		limit := 40
		second, inSecond, taken, refused := time.Now(), 0, 0, 0
		send := func() {
			if err := p.Wait(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if time.Since(second) >= time.Second {
				second, inSecond = time.Now(), 0
			}
			if inSecond++; inSecond > limit {
				refused++
				p.Throttled()
				return
			}
			taken++
			p.OK()
		}
		for began := time.Now(); time.Since(began) < 2*time.Minute; {
			send()
		}
		if taken < 120*limit/2 {
			t.Errorf("%d taken in two minutes, the SMSC would have taken %d", taken, 120*limit)
		}
		if share := float64(refused) / float64(taken); share > 0.05 {
			t.Errorf("%d of %d refused: the SMSC is hammered", refused, taken+refused)
		}
		limit, refused = 1000, 0
		for began := time.Now(); time.Since(began) < 30*time.Second; {
			send()
		}
		if refused > 0 || p.Rate() != 100 {
			t.Errorf("rate %v after 30 s without trouble", p.Rate())
		}
	})
}

func TestThoseWhoWaitedThroughAPauseDoNotGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(100, 1)
		p.Wait(t.Context(), 1)
		began := time.Now()
		went := make(chan time.Duration, 30)
		for range 30 {
			go func() {
				p.Wait(t.Context(), 1)
				went <- time.Since(began)
			}()
		}
		synctest.Wait()
		p.Throttled() // 50/s now, after 250 ms
		last := 230 * time.Millisecond
		for range 30 {
			d := <-went
			if d < 250*time.Millisecond || d-last < 19*time.Millisecond {
				t.Fatalf("one went at %v, the one before at %v", d, last)
			}
			last = d
		}
		if last > 900*time.Millisecond {
			t.Fatalf("the last went at %v", last)
		}
	})
}

func TestTokensGivenBackAfterAThrottlingDoNotCountTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := smpp.NewPacer(10, 1)
		p.Wait(t.Context(), 1)
		ctx, cancel := context.WithCancel(t.Context())
		for range 20 {
			go p.Wait(ctx, 1)
		}
		synctest.Wait()
		p.Throttled() // 5/s
		cancel()
		synctest.Wait()
		began := time.Now()
		for range 6 {
			p.Wait(t.Context(), 1)
		}
		if d := time.Since(began); d < 1240*time.Millisecond || d > 1260*time.Millisecond {
			t.Fatalf("six messages took %v, want the pause and a second", d)
		}
	})
}
