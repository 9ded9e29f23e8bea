package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
)

// How a wake is kept. It is never retried for an error of ours: MaxRetry serves
// a job whose process died. Retention 0 frees the id at once.
const (
	wakeType     = "wake"
	wakeRetries  = 20
	wakeTimeout  = 30 * time.Second
	enqueueLimit = 3 * time.Second
	// clocksAgree: below it the machine's and the domain's clock are taken for one
	// clock with some skew; above it the domain's is simulated or was set.
	clocksAgree = 2 * time.Second
)

// waker keeps one Asynq job per instant at which something is due, and handles it.
type waker struct {
	installation string
	clock        Clock
	fire         *firer
	redis        *Redis
	client       atomic.Pointer[asynq.Client]
	server       *asynq.Server
	closing      context.Context  // ends when no new batch is to be begun
	now          func() time.Time // the machine's
	metrics      *Metrics
	log          *slog.Logger
}

func newWaker(c *WorkerConfig, fire *firer) *waker {
	w := &waker{installation: c.Installation, clock: c.Clock, fire: fire, redis: c.Redis,
		now: time.Now, metrics: c.Metrics, log: c.Log}
	w.renew()
	return w
}

func (w *waker) queue() string { return queueName(w.installation) }

// start begins to handle wakes until ctx ends; it does not need Redis to be there
// yet. stop must follow.
func (w *waker) start(ctx context.Context) error {
	w.closing = ctx
	w.server = asynq.NewServerFromRedisClient(w.redis.Client(), asynq.Config{
		Concurrency:              10,
		Queues:                   map[string]int{w.queue(): 1},
		DelayedTaskCheckInterval: 250 * time.Millisecond, // lateness of a wake; scores are whole seconds
		TaskCheckInterval:        250 * time.Millisecond,
		ShutdownTimeout:          15 * time.Second,
		RetryDelayFunc:           retryDelay,
		IsFailure:                func(err error) bool { return !errors.Is(err, asynq.ErrLeaseExpired) },
		Logger:                   asynqLog{w.log},
		LogLevel:                 asynq.WarnLevel,
	})
	return w.server.Start(asynq.HandlerFunc(w.handle))
}

// retryDelay serves jobs whose process died: at once.
func retryDelay(n int, err error, _ *asynq.Task) time.Duration {
	if errors.Is(err, asynq.ErrLeaseExpired) {
		return 0
	}
	return backoff(5*time.Second, 5*time.Minute, n)
}

// stop waits for running handlers.
func (w *waker) stop() { w.server.Shutdown() }

// renew forgets what the client believes about Redis: after a loss it must
// announce its queue again, or no inspector finds it.
func (w *waker) renew() { w.client.Store(asynq.NewClientFromRedisClient(w.redis.Client())) }

// arm makes sure that one job wakes the desk at due. A job that is there already
// is success. It talks to Redis: never call it inside a request.
func (w *waker) arm(ctx context.Context, due time.Time, agree bool) error {
	at, err := w.instant(ctx, due, agree)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, enqueueLimit)
	defer cancel()
	second := ceilSecond(due).Unix()
	task := asynq.NewTask(wakeType, strconv.AppendInt(nil, second, 10))
	_, err = w.client.Load().EnqueueContext(ctx, task,
		asynq.TaskID(wakeID(w.installation, at)),
		asynq.Queue(w.queue()), asynq.ProcessAt(at),
		asynq.MaxRetry(wakeRetries), asynq.Timeout(wakeTimeout), asynq.Retention(0))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("arm the wake of second %d: %w", second, err)
	}
	w.metrics.armed.Inc()
	return nil
}

// wakeID names the wake of a second. Redis stores it three times a job and the
// queue's name has the whole id, so the first letters of the installation do here:
// a day full of wakes, one each second, is 44 MB then and not 50.
func wakeID(installation string, at time.Time) string {
	const letters = 8
	return fmt.Sprintf("wake:%s:%d", installation[:min(letters, len(installation))], at.Unix())
}

// agree reports whether the machine's clock shows about the same as the domain's
// just did, so that an instant of the one is an instant of the other.
func (w *waker) agree(domain time.Time) bool { return w.now().Sub(domain).Abs() < clocksAgree }

// instant is the machine's whole second at which to wake for due: never before
// it, because Asynq cuts fractions off, and at least a second ahead, so that a job
// of that second cannot be running already. Where the clocks agree the due time
// itself is taken, so that all nodes name the same second.
func (w *waker) instant(ctx context.Context, due time.Time, agree bool) (time.Time, error) {
	at := due
	if !agree {
		wait, err := w.clock.Wait(ctx, due)
		if err != nil {
			return time.Time{}, fmt.Errorf("read the clock: %w", err)
		}
		at = w.now().Add(wait)
	}
	if earliest := w.now().Add(time.Second); at.Before(earliest) {
		at = earliest
	}
	return ceilSecond(at), nil
}

func ceilSecond(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); !whole.Equal(t) {
		return whole.Add(time.Second)
	}
	return t
}

// handle fires what is due. It returns nil always: what went wrong is counted,
// and the guard tries again.
func (w *waker) handle(ctx context.Context, t *asynq.Task) error {
	if err := guarded(func() error { return w.wake(ctx, string(t.Payload())) }); err != nil && w.closing.Err() == nil {
		w.metrics.wakeErrors.WithLabelValues("handle").Inc()
		w.log.Warn("a wake failed; the guard tries again", "err", err)
	}
	return nil
}

func (w *waker) wake(ctx context.Context, payload string) error {
	second, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		return fmt.Errorf("read a wake's second: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	defer context.AfterFunc(w.closing, cancel)()
	due := time.Unix(second, 0)
	wait, err := w.clock.Wait(ctx, due)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	if wait > clocksAgree { // the domain's clock was set back or is held
		return w.arm(ctx, due, false)
	}
	if wait > 0 && !sleep(ctx, wait) {
		return ctx.Err()
	}
	now, err := w.clock.Now(ctx) // before the pass, which takes as long as there is to fire
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	n, err := w.fire.pass(ctx, "wake")
	if n > 0 {
		w.metrics.late("wake", now.Sub(due))
	}
	return err
}
