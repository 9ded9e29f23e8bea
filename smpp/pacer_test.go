package smpp_test

import (
	"context"
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
