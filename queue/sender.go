package queue

import (
	"context"
	"errors"
	"time"

	"notify1022/escalation"
)

// submitLimit is how long one segment may wait for window, pace and bind.
const submitLimit = 10 * time.Second

var errStale = errors.New("not begun in time; the row goes back")

func newSender(r Route, s *settler) *sender {
	return &sender{route: r, jobs: make(chan job, claimMost), settle: s}
}

// room is how many more rows this account can take.
func (s *sender) room() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(0, s.route.Transmitter.Free()-s.queued)
}

func (s *sender) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued += n
}

// hand queues a job. A row whose segments are all proven already is done.
func (s *sender) hand(j job) error {
	todo := len(j.todo())
	if todo == 0 {
		s.settle.put(escalation.SegmentOutcome{Message: j.m.ID, Attempt: j.m.Attempt(), Segment: j.segments, Segments: j.segments,
			State: escalation.Accepted, SMSC: s.route.Transmitter.Name()})
		return nil
	}
	s.count(todo)
	select {
	case s.jobs <- j:
		return nil
	default:
		s.count(-todo)
		return errors.New("the account is busy")
	}
}

// run submits until ctx ends. Jobs not begun by then are left to Release.
func (s *sender) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-s.jobs:
			if ctx.Err() == nil {
				s.send(ctx, j)
			}
		}
	}
}

// send submits the segments without proof. When one cannot leave, it and the rest
// end with the same reason; after a refusal for good the rest is spared.
func (s *sender) send(ctx context.Context, j job) {
	todo := j.todo()
	left := len(todo)
	defer func() { s.count(-left) }()
	for i, segment := range todo {
		if time.Now().After(j.until) {
			s.giveUp(j, todo[i:], later(time.Millisecond, errStale))
			return
		}
		if s.settle.refused(j.m) {
			return
		}
		if err := s.submit(ctx, j, segment); err != nil {
			s.giveUp(j, todo[i:], err)
			return
		}
		left--
		s.count(-1)
	}
}

// giveUp ends the segments that were not handed over. When that is all of them the row
// goes back as it was.
func (s *sender) giveUp(j job, segments []int, err error) {
	var outcomes []escalation.SegmentOutcome
	if len(segments) == len(j.todo()) {
		outcomes = unbegun(j.m, err)
	} else {
		for _, segment := range segments {
			outcomes = append(outcomes, ending(j.m, segment, j.segments, err))
		}
	}
	for i := range outcomes {
		outcomes[i].SMSC = s.route.Transmitter.Name()
	}
	s.settle.put(outcomes...)
}

// submit hands over one segment and fills in what the account need not know.
func (s *sender) submit(ctx context.Context, j job, segment int) error {
	call, cancel := context.WithTimeout(ctx, submitLimit)
	defer cancel()
	f := s.settle.begin(j.m, segment, j.segments, s.route.Transmitter.Name())
	own := *j.m // an answer may be waited for long: it holds this row, not all that were claimed with it
	err := guarded(func() error {
		return s.route.Transmitter.Submit(call, j.m, segment, func(o escalation.SegmentOutcome) {
			s.settle.end(f, counted(&own, o, s.works(o)))
		})
	})
	if err != nil {
		s.settle.forget(f)
	}
	return err
}

// works reports whether the account took a text lately, this one perhaps.
func (s *sender) works(o escalation.SegmentOutcome) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.State == escalation.Accepted {
		s.took = time.Now()
	}
	return time.Since(s.took) < worksStill
}
