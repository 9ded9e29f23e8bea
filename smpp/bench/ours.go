package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"notify1022/smpp"
)

func bindOurs(addr string, window int) (*smpp.Client, error) {
	c := smpp.NewClient(smpp.Config{Addr: addr, SystemID: "user", Password: "secret", Window: window})
	c.Start()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return c, c.WaitBound(ctx)
}

// runOurs submits from one goroutine with a callback.
func runOurs(addr string, window int, stop time.Time) (int, error) {
	ctx := context.Background()
	c, err := bindOurs(addr, window)
	if err != nil {
		return 0, err
	}
	s := message()
	var accepted atomic.Int64
	done := func(o smpp.Outcome) {
		if o.Kind == smpp.Accepted {
			accepted.Add(1)
		}
	}
	for n := 0; n%16 != 0 || time.Now().Before(stop); n++ {
		if err := c.SubmitAsync(ctx, s, done); err != nil {
			return 0, err
		}
	}
	err = c.Close(ctx) // waits for what is in flight
	return int(accepted.Load()), err
}

// runOursBlocking submits from as many goroutines as the window has places.
func runOursBlocking(addr string, window int, stop time.Time) (int, error) {
	ctx := context.Background()
	c, err := bindOurs(addr, window)
	if err != nil {
		return 0, err
	}
	s := message()
	var accepted atomic.Int64
	var wg sync.WaitGroup
	for range window {
		wg.Go(func() {
			for time.Now().Before(stop) {
				if c.Submit(ctx, s).Kind == smpp.Accepted {
					accepted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(accepted.Load()), c.Close(ctx)
}

// runOursFromCallback sends the next message from the answer to the last, so
// that all runs on the client's reader.
func runOursFromCallback(addr string, window int, stop time.Time) (int, error) {
	ctx := context.Background()
	c, err := bindOurs(addr, window)
	if err != nil {
		return 0, err
	}
	s := message()
	var accepted int // by the reader alone
	var inFlight sync.WaitGroup
	var next func(smpp.Outcome)
	n := 0
	next = func(o smpp.Outcome) {
		if o.Kind == smpp.Accepted {
			accepted++
		}
		if n++; n%16 != 0 || time.Now().Before(stop) {
			if sent, _ := c.TrySubmit(s, next); sent {
				return
			}
		}
		inFlight.Done()
	}
	for range window {
		inFlight.Add(1)
		if err := c.SubmitAsync(ctx, s, next); err != nil {
			return 0, err
		}
	}
	inFlight.Wait()
	return accepted, c.Close(ctx)
}
