package escalation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Gap is a unit of which nobody can be reached in a role.
type Gap struct {
	Unit  Unit
	Roles []Role
}

// Roster checks that every unit in force has somebody who can be told of a slip, and
// somebody above (Đ17.2), at each of the instants.
func Roster(d *Directory, numbering Numbering, mail bool, at ...time.Time) []Gap {
	var gaps []Gap
	for _, u := range d.Units() {
		roles := []Role{Focal, Head}
		if u.Kind == OfficeKind {
			roles = []Role{Office}
		}
		var missing []Role
		for _, role := range roles {
			if slices.ContainsFunc(at, func(t time.Time) bool { return u.InForce(t) && !d.reached(u.Code, role, t, numbering, mail) }) {
				missing = append(missing, role)
			}
		}
		if len(missing) > 0 {
			gaps = append(gaps, Gap{u, missing})
		}
	}
	return gaps
}

// reached reports whether somebody of the role, or a deputy, can be told at the instant.
func (d *Directory) reached(unit string, role Role, at time.Time, numbering Numbering, mail bool) bool {
	for _, r := range []Role{role, Deputy} {
		for _, c := range d.Serving(unit, r, at) {
			if numbering.Textable(c.Phone) || mail && c.Email != "" {
				return true
			}
		}
	}
	return false
}

// RosterCheck tells the City Office and the shift lead which units have nobody who can
// be reached, now or on the days off that follow.
func (d *Desk) RosterCheck(ctx context.Context, period time.Time, at ...time.Time) (gaps []Gap, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		gaps = Roster(env.Directory, env.Numbering, env.Mail, append([]time.Time{env.Now}, at...)...)
		if len(gaps) == 0 {
			return nil
		}
		r := digestRound{env: env, name: "roster", period: period}
		var names []string
		for _, g := range gaps {
			names = append(names, cmp.Or(g.Unit.SMSName, g.Unit.Code))
			for _, role := range g.Roles {
				r.nobody(g.Unit.Code, role)
			}
		}
		c := &change{p: &Petition{}, env: env}
		if office, byEmail, ok := c.duty(Office, nil); ok {
			r.post(Notice{
				Template: "V7", Class: ClassReport, Rung: periodic(r.name, period), To: Recipient{Contact: office.ID, Role: Office, Unit: office.Unit, ByEmail: byEmail},
				Vars: map[string]string{"so": fmt.Sprint(len(gaps)), "danh_sach": strings.Join(names, ", "), "lp": env.Host},
			})
		}
		return tx.Post(ctx, r.notices, r.tasks)
	})
	return gaps, err
}
