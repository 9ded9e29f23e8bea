package main

import (
	"context"
	"fmt"
	"sync"
)

// loop is something that runs for as long as the service does.
type loop struct {
	name string
	run  func(context.Context) error
}

// stage is loops that start together and stop together.
type stage []loop

// runStages starts the last stage first and runs until ctx ends or a part ends
// by itself, which is a failure. Then it stops the first stage, waits for it, and
// so on: doors close before what stands behind them.
func runStages(ctx context.Context, stages []stage, started func()) error {
	free := context.WithoutCancel(ctx)
	failed := make(chan error, 1)
	stops := make([]func(), len(stages))
	stopping := make(chan struct{})
	for i := len(stages) - 1; i >= 0; i-- {
		stops[i] = start(free, stages[i], failed, stopping)
	}
	started()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	close(stopping)
	for _, stop := range stops {
		stop()
	}
	if err == nil {
		select {
		case err = <-failed:
		default:
		}
	}
	return err
}

// start runs a stage's parts; stop ends them and waits.
func start(ctx context.Context, parts stage, failed chan<- error, stopping <-chan struct{}) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for _, p := range parts {
		wg.Go(func() {
			err := p.run(ctx)
			if err == nil {
				select {
				case <-stopping:
					return
				default:
					err = fmt.Errorf("ended by itself")
				}
			}
			select {
			case failed <- fmt.Errorf("%s: %w", p.name, err):
			default: // the first failure tells the story
			}
		})
	}
	return func() {
		cancel()
		wg.Wait()
	}
}
