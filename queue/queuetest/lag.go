package queuetest

import (
	"sync"
	"testing"
	"time"
)

const (
	lagTick = 10 * time.Millisecond
	lagOwn  = 2 * time.Millisecond // a timer's own, on an idle machine
)

// stall is a stretch for which a goroutine that was due to go on did not.
type stall struct{ due, woke time.Time }

// Lag watches, until the test ends, how late this machine wakes a goroutine. since is how
// much of the time from an instant on was lost by that: a test that bounds how late the
// product may be adds it, for the product was not let either.
func Lag(t testing.TB) (since func(time.Time) time.Duration) {
	t.Helper()
	var mu sync.Mutex
	var stalls []stall
	due := time.Now().Add(lagTick)
	note := func(next time.Duration) {
		now := time.Now()
		if now.Sub(due) > lagOwn {
			stalls = append(stalls, stall{due, now})
		}
		due = now.Add(next)
	}
	go func() {
		timer := time.NewTimer(lagTick)
		defer timer.Stop()
		for {
			select {
			case <-timer.C:
			case <-t.Context().Done():
				return
			}
			mu.Lock()
			note(lagTick)
			timer.Reset(lagTick)
			mu.Unlock()
		}
	}()
	return func(from time.Time) (lost time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().After(due) { // it has not gone on yet
			note(0)
		}
		for _, s := range stalls {
			if from.After(s.due) {
				s.due = from
			}
			lost += max(0, s.woke.Sub(s.due))
		}
		return lost
	}
}
