package main

import (
	"context"
	"fmt"
	"time"
)

// clockCmd is for a clock that was stepped: firing holds until it is back or accepted.
type clockCmd struct {
	Accept clockAccept `cmd:"" help:"Let the clock as it is now be right: what is due by it fires. For after a step that put a wrong clock right, or a database that runs on another host."`
}

type clockAccept struct{}

func (clockAccept) Run(ctx context.Context, c *console, s *settings) error {
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	step := db.ClockStep() // the processes that serve have recorded it
	if err := db.By(atTheCommandLine()).AcceptClockStep(ctx); err != nil {
		return err
	}
	fmt.Fprintln(c.out, acceptance(step))
	return nil
}

// acceptance is what happens now that a step was accepted, of which SQL knows or not.
func acceptance(step time.Duration) string {
	if step == 0 {
		return "no process has recorded a step: nothing is held that is known of; a process that has noticed one since its last sign of life, ten seconds ago at most, goes on"
	}
	return fmt.Sprintf("accepted: the clock's step of %s; every process that holds for it goes on within ten seconds", step.Round(time.Second))
}
