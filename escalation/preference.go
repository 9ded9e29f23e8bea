package escalation

import (
	"context"
	"strings"
	"time"
)

// Unwanted says which texts that are no duty a number asked not to get: one purpose by
// one on the citizen's page, all of them by a stop word (NGUNG, TC, STOP). The zero
// value wants all. Answers to a person's own act, results, questions and duty texts go
// out all the same.
type Unwanted struct {
	Progress bool // C4–C6b, C12
	Rating   bool // C8
	Bulk     bool // what is sent to many
}

// nothingWanted is what a stop word asks for.
var nothingWanted = Unwanted{Progress: true, Rating: true, Bulk: true}

// Covers reports whether the notice is of a purpose that is not wanted.
func (u Unwanted) Covers(n Notice) bool {
	switch {
	case n.To.Contact != 0, n.Template == "C3": // duty; and a question, without which nothing goes on (Đ8.3)
		return false
	case n.Lane == LaneBulk:
		return u.Bulk
	case n.Class == ClassProgress:
		return u.Progress
	case n.Class == ClassRating:
		return u.Rating
	}
	return false
}

// words say what is turned off, for the timeline.
func (u Unwanted) words() string {
	var off []string
	for _, one := range []struct {
		off  bool
		name string
	}{{u.Progress, "tiến độ"}, {u.Rating, "mời đánh giá"}, {u.Bulk, "thông báo chung"}} {
		if one.off {
			off = append(off, one.name)
		}
	}
	if len(off) == 0 {
		return "người dân nhận mọi loại tin"
	}
	return "người dân không nhận tin: " + strings.Join(off, ", ")
}

// actionPreference is a changed preference in the timeline.
const actionPreference = "preference"

// Prefer records which texts the citizen of the petition wants, for the citizen's
// number: it holds for all that the number is told.
func (d *Desk) Prefer(ctx context.Context, code string, unwanted Unwanted, actor Actor) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		p, err := byCode(ctx, tx, code)
		if err != nil {
			return err
		}
		next := p.clone()
		if !env.Numbering.Textable(next.Citizen.Phone) {
			return conflict("phản ánh %s không có số điện thoại nhận tin", code)
		}
		c := &change{p: &next, env: env, actor: actor}
		c.entry(actionPreference, unwanted.words())
		if err := tx.Save(ctx, []Change{c.done(p)}); err != nil {
			return err
		}
		return tx.SavePreference(ctx, next.Citizen.Phone, unwanted)
	})
}
