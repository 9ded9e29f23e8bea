package store

import (
	"context"
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
	ended := make(chan int, 2)
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
	go call(2) // while the first commit is under way
	for b.waits() == 0 {
		time.Sleep(time.Millisecond) // nothing tells when a caller has queued
	}
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
	if n := <-ended; n != 2 {
		t.Fatalf("%d ended last", n)
	}
}

func (b *batcher[T]) waits() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}
