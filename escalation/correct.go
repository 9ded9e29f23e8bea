package escalation

import (
	"context"
	"strings"
	"time"
)

// actionCorrect is a correction of the citizen's data in the timeline.
const actionCorrect = "correct"

// Correct puts right what is known of a petition's citizen, at the citizen's request
// (Luật 91/2025/QH15). The timeline says which fields, never what stood or stands there.
// A name and one way to reach the citizen stay required (Đ7).
func (d *Desk) Correct(ctx context.Context, code string, who CitizenIntake, actor Actor) (Petition, error) {
	var after Petition
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		p, err := byCode(ctx, tx, code)
		if err != nil {
			return err
		}
		change, err := correct(p, who, actor, env)
		if err != nil {
			return err
		}
		after = change.Petition
		return tx.Save(ctx, []Change{change})
	})
	return after, err
}

func correct(p Petition, who CitizenIntake, actor Actor, env Env) (Change, error) {
	switch {
	case !actor.staff():
		return Change{}, forbidden("chỉ Tổng đài 1022 được chỉnh sửa thông tin người dân")
	case p.Denunciation && actor.Role == Operator:
		return Change{}, forbidden("tin tố giác chỉ trưởng ca được xử lý")
	}
	var f findings
	Intake{Citizen: who}.bounded(&f)
	if who.check(&f, env, p.Channel); len(f) > 0 {
		return Change{}, f[0]
	}
	next := p.clone()
	next.Citizen = who.normal(env)
	var fields []string
	for _, f := range []struct{ name, before, after string }{
		{"họ tên", p.Citizen.Name, next.Citizen.Name}, {"số điện thoại", p.Citizen.Phone, next.Citizen.Phone},
		{"thư điện tử", p.Citizen.Email, next.Citizen.Email}, {"địa chỉ", p.Citizen.Address, next.Citizen.Address},
	} {
		if f.before != f.after {
			fields = append(fields, f.name)
		}
	}
	if len(fields) == 0 {
		return Change{}, conflict("thông tin người dân của %s không có gì thay đổi", p.Code)
	}
	next.Citizen.Organisation = p.Citizen.Organisation
	c := &change{p: &next, env: env, actor: actor}
	c.entry(actionCorrect, "chỉnh sửa thông tin người dân theo đề nghị: "+strings.Join(fields, ", "))
	c.seal()
	next.Version = p.Version + 1
	return Change{Before: p.Version, Petition: next, Effects: c.fx}, nil
}
