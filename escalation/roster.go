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

// RosterDays is what a look at the roster is about besides now.
type RosterDays struct {
	Off     bool        // the city does not work today: of units those that do are looked at
	Ahead   []time.Time // noons of the city's days off that follow
	Holiday bool        // those are more than a weekend: every unit is looked at on them
}

// shiftAhead is how long before its end a duty shift without another one is told of, and
// how long after.
const shiftAhead = 24 * time.Hour

// Roster checks that every unit in force has somebody who can be told of a slip, and
// somebody above (Đ17.2), at each of the instants, and that the shifts of its duty number,
// where it has them, go on.
func Roster(d *Directory, numbering Numbering, mail bool, at ...time.Time) []Gap {
	return d.gaps(numbering, mail, func(Unit, time.Time) bool { return true }, at)
}

// gaps looks at each unit at those of the instants at which it is to be reached.
func (d *Directory) gaps(numbering Numbering, mail bool, meant func(Unit, time.Time) bool, at []time.Time) []Gap {
	var gaps []Gap
	for _, u := range d.Units() {
		roles := []Role{Focal, Head}
		if u.Kind == OfficeKind {
			roles = []Role{Office}
		}
		var missing []Role
		for _, role := range roles {
			if slices.ContainsFunc(at, func(t time.Time) bool {
				return u.InForce(t) && meant(u, t) && !d.reached(u.Code, role, t, numbering, mail)
			}) {
				missing = append(missing, role)
			}
		}
		if slices.ContainsFunc(at, func(t time.Time) bool { return u.InForce(t) && d.offDuty(u.Code, t, numbering, mail) }) {
			missing = append(missing, Duty)
		}
		if len(missing) > 0 {
			gaps = append(gaps, Gap{u, missing})
		}
	}
	return gaps
}

// offDuty reports whether a unit's duty number is nobody's: whoever has it is away without
// a stand-in, or the last shift ends and none follows. Emergencies come at any hour (Đ9.1),
// but the hours between two shifts are left out on purpose, and a unit whose last shift
// ended longer ago has given them up.
func (d *Directory) offDuty(unit string, at time.Time, numbering Numbering, mail bool) bool {
	tellable := func(c Contact) bool { return numbering.Textable(c.Phone) || mail && c.Email != "" }
	has, endless, last := false, false, time.Time{}
	for _, c := range d.roles[roleKey{unit, Duty}] {
		has = has || c.Holds(at) && tellable(c)
		endless = endless || !c.Pending && c.ValidTo.IsZero()
		if !c.Pending && !c.ValidFrom.IsZero() { // a shift; who had the number for ever and was removed is none
			last = laterOf(last, c.ValidTo)
		}
	}
	if has && !slices.ContainsFunc(d.Serving(unit, Duty, at), tellable) {
		return true
	}
	return !endless && !last.IsZero() && last.After(at.Add(-shiftAhead)) && !last.After(at.Add(shiftAhead))
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
// be reached, now or on the days off that follow. A plain weekend is looked at by itself:
// what is missing now was told in the morning.
func (d *Desk) RosterCheck(ctx context.Context, period time.Time, days RosterDays) (gaps []Gap, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		at := days.Ahead
		if days.Holiday || len(at) == 0 {
			at = append([]time.Time{env.Now}, at...)
		}
		gaps = env.Directory.gaps(env.Numbering, env.Mail, days.meant(env), at)
		if len(gaps) == 0 {
			return nil
		}
		r := rosterRound(gaps, period, env)
		return tx.Post(ctx, r.notices, r.tasks)
	})
	return gaps, err
}

// meant reports whether a unit is to be reached at an instant of the look: on the city's
// days off those that work, by a calendar of their own.
func (days RosterDays) meant(env Env) func(Unit, time.Time) bool {
	return func(u Unit, t time.Time) bool {
		everybody := days.Holiday
		if t.Equal(env.Now) {
			everybody = !days.Off
		}
		return everybody || env.worksOn(u.Code, t)
	}
}

// worksOn reports whether the unit works on the day of the instant.
func (e *Env) worksOn(unit string, t time.Time) bool {
	t = t.In(hanoi())
	_, works := e.CalendarOf(unit).DayEnd(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()))
	return works
}

// rosterRound is a task for each role that nobody has, and one text to the Office (V7).
func rosterRound(gaps []Gap, period time.Time, env Env) digestRound {
	r := digestRound{env: env, name: "roster", period: period}
	var names []string
	for _, g := range gaps {
		names = append(names, cmp.Or(g.Unit.SMSName, g.Unit.Code))
		for _, role := range g.Roles {
			if role == Duty {
				r.tasks = append(r.tasks, Task{
					Key: "roster/" + g.Unit.Code + "/" + string(Duty), Kind: TaskUnreachable, For: ShiftLead, OpenedAt: env.Now,
					Text: "Kiểm tra danh bạ: trực ban của " + g.Unit.Name + " hết ca mà chưa có ca sau, hoặc vắng mặt mà không có người thay",
				})
				continue
			}
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
	return r
}
