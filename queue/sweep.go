package queue

import (
	"context"
	"log/slog"
	"time"
)

// How sweeps go about, on the machine's clock.
const (
	lapseEvery    = 5 * time.Second
	refusedEvery  = time.Second // a refused slip reaches the next contact within seconds
	refusedPage   = 100
	retryFirst    = time.Second
	retryMost     = time.Minute
	keepFailing   = 10000 // ids remembered as failing, at most
	sweepAttempts = 10 * time.Second
)

// retries remembers which ids failed, and from when on they are tried again.
type retries map[int64]struct {
	failures int
	at       time.Time
}

func (r retries) waits(id int64) bool { return time.Now().Before(r[id].at) }

// failed pushes the id back, longer each time.
func (r retries) failed(id int64) {
	if len(r) >= keepFailing {
		clear(r)
	}
	e := r[id]
	e.at = time.Now().Add(backoff(retryFirst, retryMost, e.failures))
	e.failures++
	r[id] = e
}

// refusals passes failed messages on: to the next contact, email, or a person.
type refusals struct {
	outbox  Outbox
	desk    Desk
	wait    time.Duration
	hint    bell
	after   func()
	failing retries
	metrics *Metrics
	log     *slog.Logger
}

func (s *refusals) run(ctx context.Context) {
	for s.hint.pause(ctx, refusedEvery) {
		if err := guarded(func() error { return s.sweep(ctx) }); err != nil && ctx.Err() == nil {
			s.metrics.sweeps.WithLabelValues("undelivered", "failed").Inc()
			s.log.Error("failed messages could not be listed", "err", err)
		}
	}
}

// sweep asks for more rows than it works on by those that wait to be tried again,
// so that they cannot hide the others.
func (s *refusals) sweep(ctx context.Context) error {
	call, cancel := finish(ctx, sweepAttempts)
	defer cancel()
	ids, err := s.outbox.Unhandled(call, s.wait, refusedPage+len(s.failing))
	if len(ids) == 0 && err == nil {
		clear(s.failing)
	}
	passed := 0
	for _, id := range ids {
		if ctx.Err() != nil {
			return nil
		}
		if !s.failing.waits(id) && s.pass(ctx, id) {
			passed++
		}
	}
	if passed > 0 {
		s.after()
	}
	return err // of those that could not be listed; the others have been seen to
}

func (s *refusals) pass(ctx context.Context, id int64) bool {
	call, cancel := finish(ctx, callLimit)
	defer cancel()
	err := guarded(func() error { return s.desk.Undelivered(call, id, s.wait) })
	s.metrics.sweeps.WithLabelValues("undelivered", result(err)).Inc()
	if err != nil {
		s.failing.failed(id)
		s.log.Error("a failed message could not be passed on", "message", id, "err", err)
		return false
	}
	delete(s.failing, id)
	return true
}

// lapse looks for leases that ran out and unknown messages without proof.
func lapse(ctx context.Context, outbox Outbox, grace time.Duration, m *Metrics, log *slog.Logger, after func()) {
	for sleep(ctx, lapseEvery) {
		call, cancel := finish(ctx, sweepAttempts)
		n := 0
		err := guarded(func() (err error) {
			n, err = outbox.Lapse(call, grace)
			return err
		})
		cancel()
		if err != nil {
			m.sweeps.WithLabelValues("lapse", "failed").Inc()
			log.Error("leases that ran out could not be looked at", "err", err)
			continue
		}
		m.sweeps.WithLabelValues("lapse", "done").Add(float64(n))
		if n > 0 {
			log.Warn("messages without proof are sent again", "messages", n)
			after()
		}
	}
}
