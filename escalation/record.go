package escalation

import (
	"fmt"
	"strings"
	"time"
)

// ApplyIntake decides the recording of a petition (Đ8.1), and its forwarding in
// the same step when units are named (Đ9.2). The intake has passed Check.
func ApplyIntake(id int64, code string, in Intake, actor Actor, env Env) (Change, error) {
	p := newPetition(id, code, in, env)
	c := &change{p: &p, env: env, actor: actor}
	c.entry(string(VerbAccept), c.receipt(), in.Content)
	units := in.forwardTo()
	if actor.Role == CitizenRole { // a citizen proposes, 1022 forwards
		p.Units, units = codes(units), nil
	}
	if len(units) == 0 {
		c.untouched()
		return c.done(Petition{}), nil
	}
	fwd := &Forward{Units: units, Note: in.Note}
	if err := c.permitted(VerbForward); err != nil {
		return Change{}, err
	}
	if err := fwd.apply(c); err != nil {
		return Change{}, err
	}
	return c.done(Petition{}), nil
}

// receipt is the line of the recording, with whatever reports count the petition by.
func (c *change) receipt() string {
	p := c.p
	said := []string{"tiếp nhận qua " + string(p.Channel), fmt.Sprintf("loại %d (Đ5)", p.Kind)}
	if p.Field != "" {
		said = append(said, "lĩnh vực: "+c.redact(p.Field))
	}
	if p.Area != "" {
		said = append(said, "địa bàn: "+c.redact(p.Area))
	}
	if p.Urgent {
		said = append(said, "khẩn")
	}
	if p.ReceivedAt.Before(c.env.Now) { // a letter that lay
		said = append(said, "đến lúc "+ClockText(p.ReceivedAt))
	}
	return strings.Join(said, "; ")
}

func (in Intake) forwardTo() []UnitRef {
	if in.Unit != "" {
		return append([]UnitRef{{Code: in.Unit, Role: "lead"}}, in.Units...)
	}
	return in.Units
}

func codes(units []UnitRef) []string {
	const most = 20 // as many as one forward takes
	var list []string
	for _, u := range units[:min(len(units), most)] {
		list = append(list, short(u.Code))
	}
	return list
}

func newPetition(id int64, code string, in Intake, env Env) Petition {
	received := in.ReceivedAt
	if received.IsZero() {
		received = env.Now
	}
	p := Petition{
		ID: id, Code: code, Token: env.Token(), ViewToken: env.Token(), Status: Received, Channel: in.Channel, Kind: in.Kind,
		Content: in.Content, Field: strings.TrimSpace(in.Field), Area: strings.TrimSpace(in.Area),
		ReceivedAt: received, CalledAt: in.CalledAt, RecordedAt: env.Now,
		Confidential: in.Confidential, PublishConsent: in.PublishConsent, Urgent: in.Urgent,
		Denunciation: in.Denunciation, AlreadyDirected: in.Kind == 4, Exclude: in.Exclude,
		Citizen: in.Citizen.normal(env),
	}
	if p.Denunciation {
		p.Confidential = true
	}
	p.Summary = env.Redact(p.Content, p.Citizen.own()...)
	return p
}

func (ci CitizenIntake) normal(env Env) Citizen {
	c := Citizen{Name: strings.TrimSpace(ci.Name), Email: strings.TrimSpace(ci.Email), Address: strings.TrimSpace(ci.Address), Organisation: ci.Organisation}
	if phone, err := env.Numbering.ParsePhone(ci.Phone); err == nil {
		c.Phone = phone.E164
	}
	return c
}

// untouched starts the intake's own ladder: the citizen hears that the petition
// is recorded, unless it is forwarded within minutes (C1 and C4 are one text).
func (c *change) untouched() {
	round := c.round()
	c.armIntake(round, c.p.ReceivedAt)
	if c.p.Urgent {
		c.writtenFile("vấn đề khẩn cấp", c.p.ReceivedAt)
	}
	if c.p.Denunciation {
		c.inform(Rung{Round: round}, "tin tố giác, chỉ trưởng ca xử lý")
	}
	c.citizenLater("C1", span(c.env.Policy.MergeAcceptForward))
}

// armIntake counts the 1 h from an instant, the receipt the first time, and the 30
// minutes from now: nobody could have looked before it was recorded.
func (c *change) armIntake(round int, from time.Time) {
	for _, spec := range c.env.Policy.Ladder(IntakeLadder) {
		start := from
		if spec.Clock == WallClock {
			start = c.env.Now
		}
		o, _ := parseOffset(spec.After)
		c.armAt(spec, round, 0, o.due(start, spec.Clock, c.env.CalendarOf("")), spec.After+" "+string(spec.Clock))
	}
}

// decided ends the intake's ladder: 1022 has chosen a way.
func (c *change) decided() {
	c.stop(OnDecided, -1)
	c.seen("đã quyết định hướng xử lý")
	c.closeTasks(TaskIntake)
	c.closeRung(TaskConfirm, RungSupplementEnd)
}

// apply: somebody has opened the intake; the 30 minutes are kept.
func (*Touch) apply(c *change) error {
	if !c.p.With1022() || c.p.Status == AwaitingInfo {
		return conflict("phản ánh %s đang ở trạng thái %s", c.p.Code, c.p.Status.Label())
	}
	c.stop(OnTouched, -1)
	c.seen("đã mở xem")
	c.entry(string(VerbTouch), "đã mở xem")
	return nil
}

// seen drops the alarm that nobody has opened the petition, where it waits for others.
func (c *change) seen(reason string) {
	c.fx.Suppress = append(c.fx.Suppress, Suppress{Petition: c.p.ID, Templates: []string{"T1"}, Rung: RungIntake, Reason: reason})
}
