package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// stamps looks for changes once for all who watch, and only while somebody does.
type stamps struct {
	board   Board
	mu      sync.Mutex
	now     string
	changed chan struct{} // closed when now changes
	readers int
	stop    context.CancelFunc

	counted  map[escalation.Status]int
	countedT time.Time
}

const (
	stampEach = time.Second
	// watchFor is the longest life of one event stream; the browser opens the next.
	watchFor = 10 * time.Minute
	// countsFor is how long the counts of the board may be old.
	countsFor = 3 * time.Second
)

func newStamps(board Board) *stamps { return &stamps{board: board, changed: make(chan struct{})} }

func (s *stamps) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// watch begins to look when the first reader comes; leave ends it with the last.
func (s *stamps) watch() (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers++; s.readers == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		s.stop = cancel
		go s.look(ctx)
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.readers--; s.readers == 0 {
			s.stop()
		}
	}
}

func (s *stamps) look(ctx context.Context) {
	tick := time.NewTicker(stampEach)
	defer tick.Stop()
	for {
		if now, err := s.board.Stamp(ctx); err == nil {
			s.mu.Lock()
			if now != s.now {
				s.now = now
				close(s.changed)
				s.changed = make(chan struct{})
			}
			s.mu.Unlock()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// next is the stamp now, and a channel that closes when there is another.
func (s *stamps) next() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.changed
}

// counts are the board's counts, at most a few seconds old.
func (s *stamps) counts(ctx context.Context) (map[escalation.Status]int, error) {
	s.mu.Lock()
	if s.counted != nil && time.Since(s.countedT) < countsFor {
		defer s.mu.Unlock()
		return maps.Clone(s.counted), nil
	}
	s.mu.Unlock()
	counts, err := s.board.OpenByStatus(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted, s.countedT = counts, time.Now()
	return maps.Clone(counts), nil
}

// events is the stream of changes (server-sent events): one line whenever something
// that a screen shows has changed, and a comment each quarter of a minute.
func (c *console) events(v *visit) error {
	leave := c.stamps.watch()
	defer leave()
	out := http.NewResponseController(v.ResponseWriter)
	if err := out.SetWriteDeadline(time.Now().Add(watchFor + time.Minute)); err != nil {
		return fmt.Errorf("keep an event stream open: %w", err)
	}
	if err := out.SetReadDeadline(time.Time{}); err != nil { // a server's time for reading a request would end it
		return fmt.Errorf("keep an event stream open: %w", err)
	}
	v.Header().Set("Content-Type", "text/event-stream")
	v.Header().Set("X-Accel-Buffering", "no") // a proxy must not gather it
	ctx, cancel := context.WithTimeout(v.Context(), watchFor)
	defer cancel()
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	fmt.Fprint(v, ": hello\n\n")
	for {
		stamp, changed := c.stamps.next()
		if stamp != "" {
			fmt.Fprintf(v, "event: changed\ndata: %s\n\n", stamp)
		}
		if out.Flush() != nil {
			return nil
		}
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return nil
			case <-web.Closing(ctx):
				return nil
			case <-changed:
				waiting = false
			case <-beat.C:
				fmt.Fprint(v, ": here\n\n")
				if out.Flush() != nil {
					return nil
				}
			}
		}
	}
}
