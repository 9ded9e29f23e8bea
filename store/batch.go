package store

import (
	"context"
	"sync"
	"time"
)

// batcher commits together what comes together: while one commit is under way
// the next callers queue up and are committed with the next one. A lone caller
// waits for nobody.
type batcher[T any] struct {
	commit func(context.Context, []T) error

	mu      sync.Mutex
	waiting []*entrant[T]
	leading bool
}

type entrant[T any] struct {
	item T
	done chan struct{}
	err  error
}

const (
	mostTogether  = 256
	commitTimeout = 30 * time.Second // longer than the database's own waits
)

// do returns when the item is committed, or was not. It does not return early
// when ctx ends: the caller must know what became of the item.
func (b *batcher[T]) do(ctx context.Context, item T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e := b.join(ctx, item)
	<-e.done
	return e.err
}

// join puts the item among those that wait, and sees to it that somebody commits them.
func (b *batcher[T]) join(ctx context.Context, item T) *entrant[T] {
	e := &entrant[T]{item: item, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, e)
	lead := !b.leading
	b.leading = true
	b.mu.Unlock()
	if lead {
		// Beside the caller: under load the next ones keep coming, and the caller's own
		// item, a deliver_sm that waits for its answer, would wait with all of them.
		go b.lead(context.WithoutCancel(ctx))
	}
	return e
}

// lead commits until nobody waits any more.
func (b *batcher[T]) lead(ctx context.Context) {
	for {
		b.mu.Lock()
		n := min(len(b.waiting), mostTogether)
		batch := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		b.leading = n > 0
		b.mu.Unlock()
		if n == 0 {
			return
		}
		b.run(ctx, batch)
	}
}

// run commits a batch; when that fails each of them is tried alone, so that one
// bad row costs nobody else.
func (b *batcher[T]) run(ctx context.Context, batch []*entrant[T]) {
	items := make([]T, len(batch))
	for i, e := range batch {
		items[i] = e.item
	}
	err := b.within(ctx, items)
	for i, e := range batch {
		if e.err = err; err != nil && len(batch) > 1 {
			e.err = b.within(ctx, items[i:i+1])
		}
		close(e.done)
	}
}

func (b *batcher[T]) within(ctx context.Context, items []T) error {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	return b.commit(ctx, items)
}
