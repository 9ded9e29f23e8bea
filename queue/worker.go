package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Simulation moves a simulated clock: up to the next due instant and no further
// until its rungs are applied and their notices have an outcome.
type Simulation interface {
	// Advance lets the clock go on as far as it may; held reports that it stands
	// at an instant with something to do. It is called every few milliseconds.
	Advance(ctx context.Context) (held bool, err error)
}

// simulationBeat is how often a simulated clock is moved.
const simulationBeat = 15 * time.Millisecond

// WorkerConfig is what a Worker is made of. Fields without a default are required.
type WorkerConfig struct {
	Installation string // names the queue and the jobs
	Desk         Desk
	Clock        Clock
	Rungs        Rungs
	Outbox       Outbox
	Inbox        Inbox
	Periods      Periods

	Redis   *Redis   // nil: the guard alone fires, each second
	Jobs    []Period // periodic work, e.g. DigestPeriods
	Auditor Auditor  // nil: no audit
	Alarm   Alarm    // nil: alarms are logged and counted alone
	Faults  Faults   // nil: each worker tells of a fault by itself
	// Alive is called after each audit that was made and whose findings were told: a
	// dead man's switch for who watches from outside. nil: nobody does.
	Alive      func(context.Context) error
	Simulation Simulation // nil: the domain's clock moves by itself

	Batch    int // petitions per transaction; default 100
	Parallel int // transactions at once; default 4, use 1 on SQLite
	// ReceiptWait is how long an accepted duty message may stay without a receipt
	// before it is passed on as failed; default 30 minutes of the machine's clock.
	ReceiptWait time.Duration

	// Grace is how long an unknown message waits for a proof before it is sent again,
	// marked possible_duplicate; default 60 s.
	Grace time.Duration

	// Posted is called when the desk may have queued messages, mostly
	// Gateway.Wake; it must not block. nil: gateways poll.
	Posted  func()
	Metrics *Metrics     // nil: fresh ones that nobody reads
	Log     *slog.Logger // nil: slog.Default
}

// Worker wakes the desk, does periodic work and applies replies.
type Worker struct {
	cfg      WorkerConfig
	started  atomic.Bool
	fire     *firer
	guard    *guard
	waker    *waker   // nil without Redis
	planner  *planner // nil without Redis
	calendar *calendar
	refusals *refusals
	applier  *applier
	watch    *watch // nil without an Auditor
}

// NewWorker checks the configuration and touches nothing.
func NewWorker(c WorkerConfig) (*Worker, error) {
	switch {
	case c.Installation == "":
		return nil, errors.New("worker: no installation id")
	case c.Desk == nil, c.Clock == nil, c.Rungs == nil, c.Outbox == nil, c.Inbox == nil, c.Periods == nil:
		return nil, errors.New("worker: a desk, clock, rungs, outbox, inbox and periods are required")
	}
	c.defaults()
	w := &Worker{cfg: c}
	w.fire = newFirer(&w.cfg, w.stirred)
	w.guard = &guard{rungs: c.Rungs, clock: c.Clock, fire: w.fire, alone: w.alone, hint: newBell(), metrics: c.Metrics, log: c.Log}
	if c.Redis != nil {
		w.waker = newWaker(&w.cfg, w.fire)
		w.planner = newPlanner(&w.cfg, w.waker, w.guard.hint.ring)
	}
	w.calendar = newCalendar(&w.cfg)
	w.refusals = &refusals{outbox: c.Outbox, desk: c.Desk, wait: c.ReceiptWait, hint: newBell(), after: w.stirred,
		failing: retries{}, metrics: c.Metrics, log: c.Log}
	w.applier = newApplier(&w.cfg, w.stirred)
	if c.Auditor != nil {
		w.watch = newWatch(&w.cfg, w.fire.stuck.told)
	}
	return w, nil
}

func (c *WorkerConfig) defaults() {
	if c.Batch <= 0 {
		c.Batch = 100
	}
	if c.Parallel <= 0 {
		c.Parallel = 4
	}
	if c.ReceiptWait <= 0 {
		c.ReceiptWait = 30 * time.Minute
	}
	if c.Grace <= 0 {
		c.Grace = 60 * time.Second
	}
	if c.Posted == nil {
		c.Posted = func() {}
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
}

// alone reports that no wake is to be expected from Redis.
func (w *Worker) alone() bool { return w.planner == nil || !w.planner.up.Load() }

// stirred follows each decision of the desk: messages may be queued, rungs armed.
func (w *Worker) stirred() {
	w.cfg.Posted()
	if w.planner != nil {
		w.planner.stirred()
	}
}

// Hint says that a committed transaction armed a rung that is due at due. It
// returns at once and calls nothing.
func (w *Worker) Hint(due time.Time) {
	if w.planner != nil {
		w.planner.hint(due)
	}
}

// Read says that a reply has been stored. It returns at once.
func (w *Worker) Read() { w.applier.hint.ring() }

// Refused says that a message has failed. It returns at once.
func (w *Worker) Refused() { w.refusals.hint.ring() }

// Run works until ctx ends, then lets running transactions finish and returns
// nil. It is called once; a second call is an error. Redis and SQL may come and go
// meanwhile.
func (w *Worker) Run(ctx context.Context) error {
	if w.started.Swap(true) {
		return errors.New("worker: run twice")
	}
	if w.waker != nil {
		if err := w.waker.start(ctx); err != nil {
			return err
		}
	}
	var loops sync.WaitGroup
	for _, loop := range w.loops() {
		loops.Go(func() { loop(ctx) })
	}
	<-ctx.Done()
	if w.waker != nil {
		w.waker.stop()
	}
	loops.Wait()
	return nil
}

func (w *Worker) loops() []func(context.Context) {
	c := &w.cfg
	loops := []func(context.Context){
		w.guard.run, w.refusals.run, w.applier.run,
		func(ctx context.Context) { lapse(ctx, c.Outbox, c.Grace, c.Metrics, c.Log, c.Posted) },
	}
	if w.planner != nil {
		loops = append(loops, w.planner.run)
	}
	if w.watch != nil {
		loops = append(loops, w.watch.run)
	}
	if c.Simulation != nil {
		return append(loops, w.drive)
	}
	return append(loops, w.calendar.run)
}

// drive moves a simulated clock, fires what it stops at and does periodic work as
// it passes: at many domain hours a second polling would come late.
func (w *Worker) drive(ctx context.Context) {
	for sleep(ctx, simulationBeat) {
		held := false
		err := guarded(func() (err error) {
			held, err = w.cfg.Simulation.Advance(ctx)
			return err
		})
		if err != nil {
			w.cfg.Metrics.wakeErrors.WithLabelValues("simulation").Inc()
			w.cfg.Log.Warn("the simulated clock could not be moved", "err", err)
			continue
		}
		if held {
			w.cfg.Posted()
			w.applier.hint.ring()
			_ = guarded(func() error { return w.guard.look(ctx, "simulation") }) // the guard's own loop reports
		}
		w.calendar.look(ctx)
	}
}
