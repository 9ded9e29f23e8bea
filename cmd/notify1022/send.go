package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/templates"
)

// sendCmd sends one message through the outbox of a service that runs.
type sendCmd struct {
	To       string        `required:"" help:"Number to text." placeholder:"P"`
	Template string        `required:"" help:"Key of the text, such as T1." placeholder:"K"`
	Var      []string      `help:"A variable of the text as name=value, several times." sep:"none" placeholder:"K=V"`
	Wait     bool          `help:"Wait until it was delivered, or failed."`
	Timeout  time.Duration `help:"How long to wait." default:"2m"`
}

func (s *sendCmd) Run(ctx context.Context, c *console, set *settings) error {
	cfg, err := set.config()
	if err != nil {
		return err
	}
	vars, err := pairs(s.Var)
	if err != nil {
		return usageError{err}
	}
	phone, err := cfg.numbering().ParsePhone(s.To)
	switch {
	case err != nil:
		return usagef("--to: %w", err)
	case phone.Kind == escalation.Landline:
		return usagef("--to: a landline cannot be texted")
	}
	db, err := set.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	texts, err := loadCatalogue(ctx, db, set.log)
	if err != nil {
		return err
	}
	if _, err := texts.Set().Render(templates.Key(s.Template), vars, templates.Options{MaxSegments: maxRendered}); err != nil {
		return usageError{err}
	}
	id, err := queueByHand(ctx, db, phone.E164, s.Template, vars)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, id)
	if !s.Wait {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	return await(ctx, db, id, set.log)
}

// queueByHand puts one message into the outbox.
func queueByHand(ctx context.Context, db *store.Store, phone, template string, vars map[string]string) (int64, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return 0, err
	}
	ids, err := db.InsertMessages(ctx, []escalation.Notice{{
		Template: template, Vars: vars, To: escalation.Recipient{Phone: phone}, Lane: escalation.LaneSlip,
		Class: escalation.ClassReport, Attempt: 1, At: now,
		Seq: int(time.Now().UnixMicro()), // two sendings of the same text are two messages
	}})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// awaitBeat is how often an awaited message is looked at.
const awaitBeat = 200 * time.Millisecond

// await follows a message to its end. Anything but delivered is an error.
func await(ctx context.Context, db *store.Store, id int64, log *slog.Logger) error {
	tick := time.NewTicker(awaitBeat)
	defer tick.Stop()
	last := escalation.MessageState("")
	for {
		page, err := db.Messages(ctx, store.MessageFilter{IDs: []int64{id}})
		if err == nil && len(page.Items) == 1 {
			m := page.Items[0]
			if m.State != last {
				log.Info("message", "id", id, "state", m.State, "segments", m.Segments)
				last = m.State
			}
			switch m.State {
			case escalation.Delivered:
				return nil
			case escalation.Failed, escalation.Expired, escalation.Dropped:
				return fmt.Errorf("message %d is %s: %s", id, m.State, m.Error)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("message %d is still %s", id, last), err)
		}
	}
}

// pairs reads name=value.
func pairs(list []string) (map[string]string, error) {
	vars := make(map[string]string, len(list))
	for _, p := range list {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--var %.40q: want name=value", p)
		}
		vars[name] = value
	}
	return vars, nil
}

// numbering is the numbering plan with what the configuration adds to it, its test prefixes
// among that. What is no prefix is left out: the check has told of it.
func (c *Config) numbering() escalation.Numbering {
	n := escalation.Numbering{TestPrefixes: c.TestPrefixes}
	c.checkPrefixes(&complaints{}, &n)
	return n
}
