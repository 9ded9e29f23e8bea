package escalation

import "context"

// Alarm texts every administrator that something is wrong with the service
// itself (QT). It goes through the outbox, urgent; a caller that doubts the
// outbox sends by a second route besides. The same instant and text is one alarm.
func (d *Desk) Alarm(ctx context.Context, text string) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, tx.Now())
		if err != nil {
			return err
		}
		return tx.Post(ctx, alarms(text, env), nil)
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

func alarms(text string, env Env) []Notice {
	var notices []Notice
	for _, c := range env.Directory.Serving("", Administrator, env.Now) {
		notices = append(notices, Notice{
			Template: "QT", Class: ClassAlarm, Lane: LaneUrgent, Attempt: 1, At: env.Now, Seq: int(env.Now.Unix()),
			To:   Recipient{Contact: c.ID, Role: Administrator, Unit: c.Unit},
			Vars: map[string]string{"noi_dung": text, "lp": env.Host + "/readyz"},
		})
	}
	return notices
}
