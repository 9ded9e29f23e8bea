package main

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
)

// journal notes what happened in which order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

// until is a loop that notes its end.
func (j *journal) until(name string) loop {
	return loop{name, func(ctx context.Context) error {
		<-ctx.Done()
		j.note(name)
		return nil
	}}
}

func TestStagesStopInTheirOrder(t *testing.T) {
	var j journal
	ctx, cancel := context.WithCancel(t.Context())
	err := runStages(ctx, []stage{{j.until("door")}, {}, {j.until("work")}, {j.until("air")}}, cancel)
	if err != nil || !reflect.DeepEqual(j.lines, []string{"door", "work", "air"}) {
		t.Errorf("stopped as %v, %v", j.lines, err)
	}
}

func TestALoopThatEndsByItselfEndsTheServiceInOrder(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		ends error
		want string
	}{{broken, "work: broken"}, {nil, "work: ended by itself"}} {
		var j journal
		started := make(chan struct{})
		work := loop{"work", func(context.Context) error { <-started; return test.ends }}
		err := runStages(t.Context(), []stage{{j.until("door")}, {work}, {j.until("air")}}, func() { close(started) })
		if err == nil || err.Error() != test.want || !reflect.DeepEqual(j.lines, []string{"door", "air"}) {
			t.Errorf("%v, stopped as %v", err, j.lines)
		}
	}
}
