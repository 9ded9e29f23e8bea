package escalation

import (
	"context"
	"time"
)

// alarmUse is for how long an alarm is of use, and how often it is queued at most:
// what is still wrong then is said anew.
const alarmUse = time.Hour

// faultAway is how long nobody has seen a fault that is a new one when it is seen again.
// Six times an hour at most: a fault that comes and goes may not wear the reader out.
const faultAway = 10 * time.Minute

// Fault is what is known of one thing that is wrong with the service itself. The zero
// instants: nobody has seen it, nobody was told.
type Fault struct {
	Kind  string // tells it from any other, whatever its figures; never changes
	Since time.Time
	Seen  time.Time // by whichever node looked last
	Told  time.Time // an administrator, since it began
}

// Noted is the fault when it is seen now. One that stayed away for long begins anew; so
// does one that was seen by a clock that was ahead.
func (f Fault) Noted(now time.Time) Fault {
	if now.Sub(f.Seen).Abs() > faultAway {
		f.Since, f.Told = now, time.Time{}
	}
	f.Seen = now
	return f
}

// Owed is since when an administrator ought to be told of it: at once when it begins,
// then each hour; zero: nobody need be.
func (f Fault) Owed() time.Time {
	switch {
	case f.Told.IsZero():
		return f.Since
	case f.Seen.Sub(f.Told) >= alarmUse:
		return f.Told.Add(alarmUse)
	}
	return time.Time{}
}

// Alarm texts every administrator that something is wrong with the service
// itself (QT). It goes through the outbox, urgent; a caller that doubts the
// outbox sends by a second route besides. One occasion in one hour is one alarm, whoever
// raises it and whatever figures the text has.
func (d *Desk) Alarm(ctx context.Context, occasion, text string) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, tx.Now())
		if err != nil {
			return err
		}
		return tx.Post(ctx, alarms(occasion, text, env), nil)
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

func alarms(occasion, text string, env Env) []Notice {
	var notices []Notice
	for _, c := range env.Directory.Serving("", Administrator, env.Now) {
		notices = append(notices, Notice{
			Template: "QT", Class: ClassAlarm, Lane: LaneUrgent, Attempt: 1, At: env.Now, Expires: env.Now.Add(alarmUse),
			Rung: RungName(occasion), Seq: int(env.Now.Truncate(alarmUse).Unix()),
			To:   Recipient{Contact: c.ID, Role: Administrator, Unit: c.Unit},
			Vars: map[string]string{"noi_dung": text, "lp": env.Host + "/console"},
		})
	}
	return notices
}
