package escalation

import (
	"context"
	"time"
)

// Preview is what a command would do, decided and not saved.
type Preview struct {
	Petition Petition // as it would be
	Notices  []Notice // that would be queued; their reply codes are not given yet
	Drops    int      // queued texts that would become pointless
}

// Preview decides a command as Do does and saves nothing.
func (d *Desk) Preview(ctx context.Context, code string, cmd Command, actor Actor, version int64) (p Preview, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		changes, err := d.decide(ctx, tx, code, cmd, actor, env, version)
		if err != nil {
			return err
		}
		p = Preview{Petition: changes[0].Petition}
		for _, c := range changes {
			p.Notices = append(p.Notices, c.Effects.Notices...)
			p.Drops += len(c.Effects.Suppress)
		}
		return nil
	})
	return p, err
}
