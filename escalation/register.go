package escalation

import (
	"context"
	"errors"
	"time"
)

// Registered is a petition of another register, a sheet, with its number there.
type Registered struct {
	External string
	Intake   Intake
}

// Registration is what became of one.
type Registration struct {
	Code   string     // of the petition; empty: none was recorded
	Before bool       // the number had been recorded before
	Faults []*Problem // why not
}

// errFaults rolls back a registration that was refused on the way.
var errFaults = errors.New("a petition of the register cannot be recorded")

// Register records petitions of another register in one transaction, all of them or,
// while one has a fault, none; the faults of each are listed. A number that has been
// recorded before is left alone, whatever its row says now. A dry run says the same
// and records nothing. step, when not nil, hears how many have been decided and then
// saved of twice the list; it begins anew when the transaction lost a race.
func (d *Desk) Register(ctx context.Context, list []Registered, actor Actor, dry bool, step func(done int)) ([]Registration, error) {
	if step == nil {
		step = func(int) {}
	}
	var out []Registration
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		out = make([]Registration, len(list))
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if err := d.known(ctx, tx, list, out); err != nil {
			return err
		}
		if faults := check(list, out, actor, env, step); faults || dry {
			return errFaults // nothing was written but the lock
		}
		return record(ctx, tx, list, out, actor, env, step)
	})
	if errors.Is(err, errFaults) {
		err = nil
	}
	return out, err
}

func (d *Desk) known(ctx context.Context, tx Tx, list []Registered, out []Registration) error {
	externals := make([]string, len(list))
	for i, r := range list {
		externals[i] = r.External
	}
	codes, err := tx.Registered(ctx, externals)
	for i, r := range list {
		out[i].Code, out[i].Before = codes[r.External], codes[r.External] != ""
	}
	return err
}

// check decides each petition under a code that is none, so that what cannot be
// recorded is found before a number is taken.
func check(list []Registered, out []Registration, actor Actor, env Env, step func(int)) (faults bool) {
	for i, r := range list {
		step(i)
		if out[i].Before {
			continue
		}
		out[i].Faults = r.Intake.Faults(env)
		var refused *Problem
		if _, err := ApplyIntake(1, "HP000000-0000", r.Intake, actor, env); len(out[i].Faults) == 0 && err != nil {
			if !errors.As(err, &refused) {
				refused = &Problem{Kind: Invalid, Detail: err.Error()}
			}
			out[i].Faults = append(out[i].Faults, refused)
		}
		faults = faults || len(out[i].Faults) > 0
	}
	step(len(list))
	return faults
}

// record saves in parts of one transaction, so that the steps are seen.
func record(ctx context.Context, tx Tx, list []Registered, out []Registration, actor Actor, env Env, step func(int)) error {
	const part = 200
	var changes []Change
	var externals []string
	var ids []int64
	save := func() error {
		if len(changes) == 0 {
			return nil
		}
		if err := tx.Save(ctx, changes); err != nil {
			return err
		}
		err := tx.NoteRegistered(ctx, externals, ids)
		changes, externals, ids = nil, nil, nil
		return err
	}
	for i, r := range list {
		step(len(list) + i)
		if out[i].Before {
			continue
		}
		id, code, err := tx.NextCode(ctx, env.Now)
		if err != nil {
			return err
		}
		c, err := ApplyIntake(id, code, r.Intake, actor, env)
		if err != nil {
			return err
		}
		out[i].Code = code
		changes, externals, ids = append(changes, c), append(externals, r.External), append(ids, id)
		if len(changes) == part {
			if err := save(); err != nil {
				return err
			}
		}
	}
	step(2 * len(list))
	return save()
}
