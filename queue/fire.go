package queue

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// One call of the desk may take this long; a wake's whole pass this long, after
// which the guard goes on. Together they stay inside a job's 30 s.
const (
	callLimit = 10 * time.Second
	passLimit = 18 * time.Second
)

// firer asks the desk to fire what is due. It is safe for concurrent use: the
// desk's transactions decide who fires what.
type firer struct {
	desk     Desk
	batch    int           // petitions per transaction
	parallel int           // transactions at once
	slots    chan struct{} // of all passes together
	metrics  *Metrics
	log      *slog.Logger
	after    func() // messages and rungs may exist now
}

func newFirer(c *WorkerConfig, after func()) *firer {
	return &firer{desk: c.Desk, batch: c.Batch, parallel: c.Parallel, slots: make(chan struct{}, c.Parallel),
		metrics: c.Metrics, log: c.Log, after: after}
}

// pass fires until nothing is due, ctx ends or the desk fails. A first full batch
// calls more workers.
func (f *firer) pass(ctx context.Context, source string) (int, error) {
	n, err := f.once(ctx, source)
	if err != nil || n == 0 {
		return n, err
	}
	helpers := 0
	if n >= f.batch {
		helpers = f.parallel - 1
	}
	var total atomic.Int64
	var wg sync.WaitGroup
	for range helpers {
		wg.Go(func() {
			more, _ := f.drain(ctx, source) // counted and logged by once
			total.Add(int64(more))
		})
	}
	more, err := f.drain(ctx, source)
	wg.Wait()
	return n + more + int(total.Load()), err
}

func (f *firer) drain(ctx context.Context, source string) (total int, err error) {
	for ctx.Err() == nil {
		n, err := f.once(ctx, source)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, ctx.Err()
}

func (f *firer) once(ctx context.Context, source string) (n int, err error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	err = guarded(func() (err error) {
		n, err = f.desk.FireDue(call, f.batch)
		return err
	})
	if err != nil {
		f.metrics.wakeErrors.WithLabelValues("fire").Inc()
		f.log.Error("firing due rungs failed; the guard tries again", "source", source, "err", err)
		return 0, err
	}
	f.metrics.fired.WithLabelValues(source).Add(float64(n))
	if n > 0 {
		f.after()
	}
	return n, nil
}
