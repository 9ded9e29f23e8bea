package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"notify1022/escalation"
)

// How outcomes are stored.
const (
	settleGap   = 10 * time.Millisecond // outcomes gathered into one transaction
	settleMost  = 500
	settleTries = 3 // of a batch, before its messages are tried one by one
	settlePause = 200 * time.Millisecond
	awayAfter   = 3 // single outcomes that fail in a row
)

// flight is a segment that the account has and has not answered.
type flight struct {
	message           int64
	attempt           int
	segment, segments int
	account           string
	until             time.Time // without an answer by then it is unknown
	over              bool      // ended
	unknown           bool      // as unknown: a late proof is welcome
	anew              bool      // of Outgoing
}

// claimed is a row of one claim.
type claimed struct {
	message int64
	attempt int
}

// settler gathers outcomes and stores them in batches. Each flight ends once; what
// cannot be stored now stays here until it can.
type settler struct {
	outbox  Outbox
	silent  time.Duration // a segment without an answer for this long is unknown
	freed   func()        // room became free
	failed  func()        // a message was refused for good
	ring    bell
	metrics *Metrics
	log     *slog.Logger

	mu       sync.Mutex
	flights  map[*flight]struct{}
	pending  []escalation.SegmentOutcome
	storing  int
	rejected map[claimed]time.Time // with a segment refused for good
	lost     bool                  // an outcome was given up
}

func newSettler(c *GatewayConfig, freed func()) *settler {
	return &settler{outbox: c.Outbox, silent: c.Lease, freed: freed, failed: c.Refused, ring: newBell(),
		metrics: c.Metrics, log: c.Log, flights: map[*flight]struct{}{}, rejected: map[claimed]time.Time{}}
}

func (s *settler) begin(m *escalation.Outgoing, segment, segments int, account string) *flight {
	return s.beginUntil(time.Now().Add(s.silent), m, segment, segments, account)
}

func (s *settler) beginUntil(until time.Time, m *escalation.Outgoing, segment, segments int, account string) *flight {
	f := &flight{message: m.ID, attempt: m.Attempt(), segment: segment, segments: segments, account: account, until: until, anew: m.Anew}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flights[f] = struct{}{}
	s.metrics.inFlight.Set(float64(len(s.flights)))
	return f
}

// forget drops a flight that never left.
func (s *settler) forget(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(f)
}

func (s *settler) close(f *flight) {
	f.over = true
	delete(s.flights, f)
	s.metrics.inFlight.Set(float64(len(s.flights)))
}

// end takes a flight's outcome. A second one counts only as late proof that an
// unknown segment went out.
func (s *settler) end(f *flight, o escalation.SegmentOutcome) {
	o.Message, o.Attempt, o.Segment, o.Segments, o.SMSC, o.Anew = f.message, f.attempt, f.segment, f.segments, f.account, f.anew
	s.mu.Lock()
	if f.over && (!f.unknown || o.State != escalation.Accepted) {
		s.mu.Unlock()
		return
	}
	s.close(f)
	f.unknown = o.State == escalation.Unknown
	s.add(o)
	s.mu.Unlock()
	s.ring.ring()
	s.freed()
}

// put takes outcomes of segments that never were a flight.
func (s *settler) put(outcomes ...escalation.SegmentOutcome) {
	s.mu.Lock()
	for _, o := range outcomes {
		s.add(o)
	}
	s.mu.Unlock()
	s.ring.ring()
}

func (s *settler) add(o escalation.SegmentOutcome) {
	if o.State == escalation.Failed {
		s.rejected[claimed{o.Message, o.Attempt}] = time.Now()
	}
	s.pending = append(s.pending, o)
	s.metrics.ended(o)
}

// refused reports that a segment of this claim was refused for good lately.
func (s *settler) refused(m *escalation.Outgoing) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.rejected[claimed{m.ID, m.Attempt()}]
	return ok
}

// run stores outcomes until ctx ends.
func (s *settler) run(ctx context.Context) {
	for s.ring.pause(ctx, time.Second) {
		if !sleep(ctx, settleGap) {
			return
		}
		now := time.Now()
		s.expire(func(f *flight) bool { return f.until.Before(now) })
		for ctx.Err() == nil && s.store(ctx) {
		}
	}
}

// expire ends the flights that are over as unknown.
func (s *settler) expire(over func(*flight) bool) {
	s.mu.Lock()
	var old []*flight
	for f := range s.flights {
		if over(f) {
			old = append(old, f)
		}
	}
	for claim, at := range s.rejected {
		if time.Since(at) > s.silent {
			delete(s.rejected, claim)
		}
	}
	s.mu.Unlock()
	for _, f := range old {
		s.end(f, escalation.SegmentOutcome{State: escalation.Unknown, Error: "no answer"})
	}
}

// take hands out the next batch.
func (s *settler) take() []escalation.SegmentOutcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.pending), settleMost)
	batch := s.pending[:n:n]
	s.pending = s.pending[n:]
	s.storing = n
	return batch
}

// store settles one batch; false when there was none.
func (s *settler) store(ctx context.Context) bool {
	batch := s.take()
	if len(batch) == 0 {
		return false
	}
	err := s.insist(ctx, batch, settleTries)
	switch {
	case err != nil && (ctx.Err() != nil || len(batch) == 1):
		s.keep(batch)
	case err != nil:
		err = s.oneByOne(ctx, batch)
	}
	s.mu.Lock()
	s.storing = 0
	s.mu.Unlock()
	if anyFailed(batch) {
		s.failed()
	}
	return err == nil
}

func anyFailed(batch []escalation.SegmentOutcome) bool {
	for _, o := range batch {
		if o.State == escalation.Failed {
			return true
		}
	}
	return false
}

// insist settles the batch, trying again after short pauses.
func (s *settler) insist(ctx context.Context, batch []escalation.SegmentOutcome, tries int) error {
	for try := 1; ; try++ {
		call, cancel := finish(ctx, callLimit)
		err := guarded(func() error { return s.outbox.Settle(call, batch) })
		cancel()
		if err == nil {
			return nil
		}
		s.metrics.gateError.WithLabelValues("settle").Inc()
		s.log.Error("storing outcomes failed", "outcomes", len(batch), "err", err)
		if try >= tries || !sleep(ctx, settlePause) {
			return err
		}
	}
}

// oneByOne finds the outcomes that the store refuses: they alone are given up,
// their leases run out and they become unknown. A store that is away, as it says or as
// several failures in a row show, refuses none: what is not stored is kept, behind what
// came since.
func (s *settler) oneByOne(ctx context.Context, batch []escalation.SegmentOutcome) error {
	var bad []escalation.SegmentOutcome
	row := 0
	for i, o := range batch {
		err := s.insist(ctx, batch[i:i+1], 1)
		if err == nil {
			row = 0
			continue
		}
		bad = append(bad, o)
		if row++; away(err) || row > awayAfter || len(bad) == len(batch) {
			s.keep(append(bad, batch[i+1:]...))
			return fmt.Errorf("outcomes cannot be stored now: %w", err)
		}
	}
	for _, o := range bad {
		s.log.Error("an outcome is given up; its lease runs out", "message", o.Message, "state", o.State)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = s.lost || len(bad) > 0
	return nil
}

// away reports an error that says nothing of what was to be stored: the store could not
// be reached, or did not answer in time.
func away(err error) bool {
	var u interface{ Unavailable() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &u) && u.Unavailable()
}

func (s *settler) keep(outcomes []escalation.SegmentOutcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, outcomes...)
}

// idle reports that nothing is in flight.
func (s *settler) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.flights) == 0
}

// stored reports that every outcome there ever was is in the store.
func (s *settler) stored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.flights) == 0 && len(s.pending) == 0 && s.storing == 0 && !s.lost
}
