package main

import (
	"context"
	"fmt"

	"notify1022/escalation"
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
	if err := db.By(escalation.Ladder()).AcceptClockStep(ctx); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "accepted: whoever holds for a stepped clock goes on")
	return nil
}
