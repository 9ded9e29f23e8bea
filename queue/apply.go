package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// How replies are applied.
const (
	applyEvery  = 500 * time.Millisecond // rows of other processes
	applyGap    = 5 * time.Millisecond   // completions and arrivals of a busy moment are taken together
	applyPage   = 100
	applyAtOnce = 8
	patience    = 60 * time.Second // DESIGN §7: then the parts that are there are parsed
)

// applier brings stored replies to the desk: per phone the oldest first and one at
// a time, different phones at once.
type applier struct {
	inbox Inbox
	desk  Desk
	hint  bell
	after func()

	mu      sync.Mutex
	busy    map[int64]bool
	failing retries
	slots   chan struct{}
	work    sync.WaitGroup

	metrics *Metrics
	log     *slog.Logger
}

func newApplier(c *WorkerConfig, after func()) *applier {
	return &applier{inbox: c.Inbox, desk: c.Desk, hint: newBell(), after: after, busy: map[int64]bool{},
		failing: retries{}, slots: make(chan struct{}, applyAtOnce), metrics: c.Metrics, log: c.Log}
}

// run applies until ctx ends, then waits for what is being applied.
func (a *applier) run(ctx context.Context) {
	defer a.work.Wait()
	for a.hint.pause(ctx, applyEvery) && sleep(ctx, applyGap) {
		if err := guarded(func() error { return a.look(ctx) }); err != nil && ctx.Err() == nil {
			a.metrics.sweeps.WithLabelValues("inbox", "failed").Inc()
			a.log.Error("unapplied replies could not be listed", "err", err)
		}
	}
}

// look starts what is ready. The store lists the oldest text of each phone, so a
// text that is busy or waits to be tried again holds back its phone alone; the
// page grows by their number.
func (a *applier) look(ctx context.Context) error {
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	ids, err := a.inbox.Ready(call, patience, applyPage+a.held())
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		a.relax()
	}
	for _, id := range ids {
		if !a.take(id) {
			continue
		}
		select {
		case a.slots <- struct{}{}:
			a.work.Go(func() { a.apply(ctx, id) })
		case <-ctx.Done():
			a.leave(id, nil)
			return nil
		}
	}
	return nil
}

func (a *applier) held() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.busy) + len(a.failing)
}

// relax forgets failures of texts that are gone.
func (a *applier) relax() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.failing)
}

func (a *applier) take(id int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy[id] || a.failing.waits(id) {
		return false
	}
	a.busy[id] = true
	return true
}

func (a *applier) leave(id int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.busy, id)
	if err != nil {
		a.failing.failed(id)
	} else {
		delete(a.failing, id)
	}
}

func (a *applier) apply(ctx context.Context, id int64) {
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	err := guarded(func() error { return a.desk.Reply(call, id) })
	a.metrics.applied.WithLabelValues(result(err)).Inc()
	if err != nil {
		a.fail(ctx, id, err)
	}
	a.leave(id, err)
	<-a.slots
	a.hint.ring() // the next text of this phone
	if err == nil {
		a.after()
	}
}

func (a *applier) fail(ctx context.Context, id int64, why error) {
	a.log.Error("a reply could not be applied; it is tried again", "inbound", id, "err", why)
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	if err := guarded(func() error { return a.inbox.Failed(call, id, why.Error()) }); err != nil {
		a.log.Error("a failed attempt could not be counted", "inbound", id, "err", err)
	}
}
