package escalation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A unit that was merged gets no slips (inForce), whoever names it; what it had answered is reopened
// with the one that has its tasks now. It keeps those it has until somebody forwards them.

// MergedTasks is how the keys of tasks about such units begin; the unit's code follows.
const MergedTasks = "merged/"

// EndedUnit is a unit that is no more and owes something still.
type EndedUnit struct {
	Unit      Unit
	Successor Unit // zero: none is known
	Open      Owed
}

// Owed is what a unit has open, by the ids of the petitions: the slips in which it leads,
// those in which its opinion is waited for, and what it has to explain (Đ9.6).
type Owed struct{ Lead, Opinions, Explanations []int64 }

// Petitions is in how many petitions that is; one in which the unit leads and has to explain
// is one.
func (o Owed) Petitions() int { return len(o.those()) }

func (o Owed) those() []int64 {
	all := slices.Concat(o.Lead, o.Opinions, o.Explanations)
	slices.Sort(all)
	return slices.Compact(all)
}

// text names what there is: "còn 2 phiếu chủ trì, 1 phiếu phối hợp".
func (o Owed) text() string {
	var parts []string
	for _, p := range []struct {
		of   []int64
		what string
	}{{o.Lead, "phiếu chủ trì đang mở"}, {o.Opinions, "phiếu phối hợp chưa có ý kiến"}, {o.Explanations, "yêu cầu giải trình chưa trả lời"}} {
		if len(p.of) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(p.of), p.what))
		}
	}
	return "còn " + strings.Join(parts, ", ")
}

// mergedUnits are the units that are no more at the instant.
func (d *Directory) mergedUnits(at time.Time) []Unit {
	var list []Unit
	for _, u := range d.Units() {
		if !u.ValidTo.IsZero() && !at.Before(u.ValidTo) {
			list = append(list, u)
		}
	}
	return list
}

// MergedCheck tells the City Office and the shift lead which units are no more and owe
// something still. A task whose unit owes nothing any more is done.
func (d *Desk) MergedCheck(ctx context.Context, period time.Time) (left []EndedUnit, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		left = nil
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		units := env.Directory.mergedUnits(env.Now)
		if len(units) == 0 {
			return nil
		}
		codes := make([]string, len(units))
		for i, u := range units {
			codes[i] = u.Code
		}
		open, err := tx.OwedBy(ctx, codes)
		if err != nil {
			return err
		}
		var rid []string
		for _, u := range units {
			if open[u.Code].Petitions() == 0 {
				rid = append(rid, MergedTasks+u.Code)
				continue
			}
			successor, _ := env.Directory.Successor(u.Code, env.Now)
			left = append(left, EndedUnit{u, successor, open[u.Code]})
		}
		if len(rid) > 0 {
			if err := tx.FinishTasks(ctx, Ladder().Name, "không còn việc nào đang mở", rid...); err != nil {
				return err
			}
		}
		if len(left) == 0 {
			return nil
		}
		r := mergedRound(left, period, env)
		return tx.Post(ctx, r.notices, r.tasks)
	})
	return left, err
}

// mergedRound is a task for each unit, and one text to the Office (V8), which counts
// petitions: one in which several of the units owe something is one.
func mergedRound(left []EndedUnit, period time.Time, env Env) digestRound {
	r := digestRound{env: env, name: "merged", period: period}
	var names []string
	var all []int64
	for _, m := range left {
		all = append(all, m.Open.those()...)
		names = append(names, fmt.Sprintf("%s (%d)", cmp.Or(m.Unit.SMSName, m.Unit.Code), m.Open.Petitions()))
		r.tasks = append(r.tasks, m.task(env.Now))
	}
	c := &change{p: &Petition{}, env: env}
	office, byEmail, ok := c.duty(Office, nil)
	if !ok {
		r.nobody("", Office)
		return r
	}
	r.post(Notice{
		Template: "V8", Class: ClassReport, Rung: periodic(r.name, period), To: Recipient{Contact: office.ID, Role: Office, Unit: office.Unit, ByEmail: byEmail},
		Vars: map[string]string{"so": fmt.Sprint(Owed{Lead: all}.Petitions()), "danh_sach": strings.Join(names, ", "), "lp": env.Host},
	})
	return r
}

func (m EndedUnit) task(now time.Time) Task {
	to := "chưa ghi đơn vị kế thừa trong danh bạ, hãy chọn đơn vị nhận"
	if m.Successor.Code != "" {
		to = "chuyển cho đơn vị kế thừa: " + m.Successor.Name
	}
	return Task{
		Key: MergedTasks + m.Unit.Code, Kind: TaskConfirm, For: ShiftLead, OpenedAt: now,
		Text: fmt.Sprintf("%s đã kết thúc hoạt động, %s; %s", m.Unit.Name, m.Open.text(), to),
	}
}
