package queue

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"notify1022/escalation"
)

// One call of the desk may take this long; a wake's whole pass this long, after
// which the guard goes on. Together they stay inside a job's 30 s.
const (
	callLimit = 10 * time.Second
	passLimit = 18 * time.Second
)

// firer asks the desk to fire what is due. It is safe for concurrent use: the
// desk's transactions decide who fires what. A petition that cannot be decided is
// tried again for ever, longer apart each time, and holds up nobody else.
type firer struct {
	desk     Desk
	batch    int           // petitions per transaction
	parallel int           // transactions at once
	slots    chan struct{} // of all passes together
	stuck    *stuck
	metrics  *Metrics
	log      *slog.Logger
	after    func() // messages and rungs may exist now
}

func newFirer(c *WorkerConfig, after func()) *firer {
	return &firer{desk: c.Desk, batch: c.Batch, parallel: c.Parallel, slots: make(chan struct{}, c.Parallel),
		stuck: newStuck(), metrics: c.Metrics, log: c.Log, after: after}
}

// pass fires until nothing is due, ctx ends or the desk fails. A first full batch
// calls more workers.
func (f *firer) pass(ctx context.Context, source string) (int, error) {
	n, again, err := f.once(ctx, source)
	if err != nil || !again {
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
		n, again, err := f.once(ctx, source)
		total += n
		if err != nil || !again {
			return total, err
		}
	}
	return total, ctx.Err()
}

// once fires a batch, and where that fails its petitions one by one; again reports
// that there may be more behind them.
func (f *firer) once(ctx context.Context, source string) (n int, again bool, err error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return 0, false, ctx.Err()
	}
	n, due, err := f.fire(ctx, f.batch)
	again = n > 0
	if err != nil && len(due) > 0 {
		f.log.Warn("firing a batch of due petitions failed; each is fired by itself", "source", source, "petitions", len(due), "err", err)
		n, again, err = f.oneByOne(ctx, len(due))
	}
	f.metrics.fired.WithLabelValues(source).Add(float64(n))
	if n > 0 {
		f.after()
	}
	if err != nil {
		f.metrics.wakeErrors.WithLabelValues("fire").Inc()
		f.log.Error("firing due rungs failed; the guard tries again", "source", source, "err", err)
	}
	return n, again, err
}

// oneByOne fires up to most petitions, each in a transaction of its own. The ones at
// fault are passed over for a while; when not even one can be chosen the store is away.
func (f *firer) oneByOne(ctx context.Context, most int) (total int, again bool, err error) {
	for range most {
		if ctx.Err() != nil {
			return total, again, ctx.Err()
		}
		n, due, err := f.fire(ctx, 1)
		if len(due) == 0 {
			return total, again, err
		}
		if err != nil {
			f.fail(due[0], err)
		}
		total, again = total+n, true
	}
	return total, again, nil
}

// fire is one transaction of the desk.
func (f *firer) fire(ctx context.Context, limit int) (n int, due []escalation.DuePetition, err error) {
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	past, waiting := f.stuck.waiting()
	err = guarded(func() (err error) {
		n, due, err = f.desk.FirePast(call, limit, past, waiting...)
		return err
	})
	if err != nil {
		return 0, due, err
	}
	if len(due) == 0 {
		f.stuck.ended()
	}
	f.stuck.fired(due)
	return n, due, nil
}

func (f *firer) fail(p escalation.DuePetition, err error) {
	f.stuck.failed(p)
	f.metrics.fireFailed.Inc()
	f.log.Error("the due rungs of a petition cannot be fired; it is tried again", "petition", p.Code, "err", err)
}
