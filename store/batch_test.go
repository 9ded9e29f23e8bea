package store

import (
	"context"
	"slices"
	"testing"
	"time"
)

// Under load a caller's item must not wait for those that come after it: a
// deliver_sm whose answer is late is sent again.
func TestACallerOfABatchReturnsWhileOthersKeepComing(t *testing.T) {
	running, release := make(chan int), make(chan struct{})
	b := batcher[int]{commit: func(_ context.Context, items []int) error {
		running <- items[0]
		<-release
		return nil
	}}
	ended := make(chan int, 1)
	call := func(n int) {
		if err := b.do(t.Context(), n); err != nil {
			t.Error(err)
		}
		ended <- n
	}
	go call(1)
	if n := <-running; n != 1 {
		t.Fatalf("commit of %d", n)
	}
	second := b.join(t.Context(), 2) // while the first commit is under way
	release <- struct{}{}
	if n := <-running; n != 2 { // the second commit is under way
		t.Fatalf("commit of %d", n)
	}
	select {
	case n := <-ended:
		if n != 1 {
			t.Fatalf("%d ended first", n)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the first caller waits for the second's commit")
	}
	release <- struct{}{}
	if <-second.done; second.err != nil {
		t.Error(second.err)
	}
}

// What comes while a commit is under way shares the next one: so an installation takes in
// more parts in a second than its disk can commit.
func TestWhoComesDuringACommitIsCommittedTogether(t *testing.T) {
	begun, release := make(chan []int), make(chan struct{})
	b := batcher[int]{commit: func(_ context.Context, items []int) error {
		begun <- items
		<-release
		return nil
	}}
	var all []*entrant[int]
	come := func(items []int) {
		for _, n := range items {
			all = append(all, b.join(t.Context(), n))
		}
	}
	numbers := func(from, n int) (list []int) {
		for i := range n {
			list = append(list, from+i)
		}
		return list
	}
	first, ten := numbers(0, 1), numbers(1, 10)
	full, rest := numbers(11, mostTogether), numbers(11+mostTogether, 3) // a commit takes no more
	come(first)
	for _, c := range []struct {
		has, meanwhile []int
	}{{first, ten}, {ten, append(slices.Clone(full), rest...)}, {full, nil}, {rest, nil}} {
		if items := <-begun; !slices.Equal(items, c.has) {
			t.Fatalf("a commit has %v, want %v", items, c.has)
		}
		come(c.meanwhile)
		release <- struct{}{}
	}
	for _, e := range all {
		if <-e.done; e.err != nil {
			t.Error(e.err)
		}
	}
}
