package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"notify1022/escalation/worktime"
	"notify1022/store"
)

// restoredCmd is for a database that was restored to an earlier instant: what it holds
// as waiting may have gone out in the stretch that was lost, and would be sent again; and
// so would what the ladder and the periodic work of that stretch make anew.
type restoredCmd struct {
	Hold   bool   `help:"Before the first start: let nothing be sent until the console says so (Cổng tin nhắn), while the workers make up for what came due." xor:"which" required:""`
	Sent   string `help:"File of the ids of messages that did go out, one a line; - reads standard input." placeholder:"FILE" xor:"which" required:""`
	Before string `help:"Take all as sent that were to go before this instant (2006-01-02T15:04), or whose rung or period was due before it." placeholder:"T" xor:"which" required:""`
	DryRun bool   `help:"Say how many would be, and change nothing."`
}

// restoredPage is how many messages one transaction settles.
const restoredPage = 500

var errGatewayLives = errors.New("a gateway lives and sends what waits: stop the sending (restored --hold) or the gateways, and try again after a minute")

// hold stops the sending of all gateways, in the database: whatever is started after it. The
// codes that the lost stretch gave out are not given out again.
func (r restoredCmd) hold(ctx context.Context, c *console, s *settings) error {
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if r.DryRun {
		fmt.Fprintln(c.out, "nothing would be sent until the console says so; nothing was changed")
		return nil
	}
	if err := db.By(atTheCommandLine()).HoldRestored(ctx); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "nothing is sent until the console says so (Cổng tin nhắn: Gửi trở lại)")
	return nil
}

// atRest: no gateway sends, because none lives or because the sending is stopped.
func atRest(ctx context.Context, db *store.Store) error {
	if paused, err := db.Paused(ctx); paused || err != nil {
		return err
	}
	if live, err := db.LiveGateways(ctx); live == 0 || err != nil {
		return err
	}
	return errGatewayLives
}

func (r restoredCmd) Run(ctx context.Context, c *console, s *settings) error {
	if r.Hold {
		return r.hold(ctx, c, s)
	}
	next, err := r.pages(c, s)
	if err != nil {
		return usageError{err}
	}
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := atRest(ctx, db); err != nil && !r.DryRun {
		return err
	}
	listed, taken, err := r.settle(ctx, db, next)
	if err != nil && taken == 0 {
		return err
	}
	verb := "taken"
	if r.DryRun {
		verb = "would be taken"
	}
	fmt.Fprintf(c.out, "of %d messages %d %s as sent\n", listed, taken, verb)
	return err // what was settled stays so: it may be run again
}

// settle takes page after page as sent, each in a transaction of its own.
func (r restoredCmd) settle(ctx context.Context, db *store.Store, next func(context.Context, *store.Store) ([]int64, error)) (listed, taken int, err error) {
	settle := db.By(atTheCommandLine()).TakeAsSent
	if r.DryRun {
		settle = db.WithoutOutcome
	}
	for {
		ids, err := next(ctx, db)
		if err != nil || len(ids) == 0 {
			return listed, taken, err
		}
		settled, err := settle(ctx, ids)
		if err != nil {
			return listed, taken, err
		}
		listed, taken = listed+len(ids), taken+len(settled)
	}
}

// pages lists the messages that the command line means, a page at each call; none: the end.
func (r restoredCmd) pages(c *console, s *settings) (func(context.Context, *store.Store) ([]int64, error), error) {
	if r.Sent != "" {
		ids, err := r.read(c)
		return func(context.Context, *store.Store) ([]int64, error) {
			page := ids[:min(restoredPage, len(ids))]
			ids = ids[len(page):]
			return page, nil
		}, err
	}
	before, err := worktime.ParseInstant(r.Before)
	if err != nil {
		return nil, fmt.Errorf("--before: %w", err)
	}
	cfg, err := s.config()
	if err != nil {
		return nil, err
	}
	policy, err := loadPolicy(cfg.Policy)
	if err != nil {
		return nil, err
	}
	last := int64(0)
	return func(ctx context.Context, db *store.Store) ([]int64, error) {
		now, err := db.Now(ctx)
		if err == nil && before.After(now) {
			err = usagef("--before lies ahead: nothing can have gone out then")
		}
		if err != nil {
			return nil, err
		}
		ids, err := db.MayHaveGone(ctx, before, policy.Held, last, restoredPage)
		if len(ids) > 0 {
			last = ids[len(ids)-1]
		}
		return ids, err
	}, nil
}

// read reads the file of ids; a line that is none is an error that names it.
func (r restoredCmd) read(c *console) (ids []int64, err error) {
	from := c.in
	if r.Sent != "-" {
		file, err := os.Open(r.Sent)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from = io.Reader(file)
	}
	lines := bufio.NewScanner(from)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		id, err := strconv.ParseInt(line, 10, 64)
		if err != nil || id <= 0 {
			return nil, fmt.Errorf("--sent: line %d: %.50q is not a message's id", n, line)
		}
		ids = append(ids, id)
	}
	return ids, lines.Err()
}
