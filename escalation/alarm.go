package escalation

import (
	"context"
	"time"
)

// alarmUse is for how long an alarm is of use, and how often one of its kind is queued
// at most: what is still wrong then is said anew.
const alarmUse = time.Hour

// Alarm texts every administrator that something is wrong with the service
// itself (QT). It goes through the outbox, urgent; a caller that doubts the
// outbox sends by a second route besides. One kind in one hour is one alarm, whoever
// raises it and whatever figures the text has.
func (d *Desk) Alarm(ctx context.Context, kind, text string) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, tx.Now())
		if err != nil {
			return err
		}
		return tx.Post(ctx, alarms(kind, text, env), nil)
	})
}

// Administrators lists who is told of the service's own trouble, first to be
// asked first.
func (d *Desk) Administrators(ctx context.Context) (people []Contact, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, tx.Now())
		if err != nil {
			return err
		}
		people = env.Directory.Serving("", Administrator, env.Now)
		return nil
	})
	return people, err
}

func alarms(kind, text string, env Env) []Notice {
	var notices []Notice
	for _, c := range env.Directory.Serving("", Administrator, env.Now) {
		notices = append(notices, Notice{
			Template: "QT", Class: ClassAlarm, Lane: LaneUrgent, Attempt: 1, At: env.Now, Expires: env.Now.Add(alarmUse),
			Rung: RungName(kind), Seq: int(env.Now.Truncate(alarmUse).Unix()),
			To:   Recipient{Contact: c.ID, Role: Administrator, Unit: c.Unit},
			Vars: map[string]string{"noi_dung": text, "lp": env.Host + "/readyz"},
		})
	}
	return notices
}
