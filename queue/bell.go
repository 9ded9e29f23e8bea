package queue

import (
	"context"
	"fmt"
	"time"
)

// bell wakes one loop. Rings while nobody listens become one.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

// ring never blocks.
func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// pause waits for d, or less when the bell rings; false when ctx has ended.
func (b bell) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-b:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// sleep waits for d; false when ctx has ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// guarded runs fn; a panic is its error.
func guarded(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return fn()
}

// finish gives a call its own time limit, so that a shutdown does not cut a
// transaction in half.
func finish(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}

// leave gives a call its own time limit like finish, and less of it when ctx ends: what
// takes long is broken off after so much, and a shutdown goes on.
func leave(ctx context.Context, limit, left time.Duration) (context.Context, context.CancelFunc) {
	call, cancel := finish(ctx, limit)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-call.Done():
		case <-time.After(left):
			cancel()
		}
	})
	return call, func() { stop(); cancel() }
}

// backoff doubles from first with each failure, up to most.
func backoff(first, most time.Duration, failures int) time.Duration {
	return min(most, first<<min(max(failures, 0), 20))
}
