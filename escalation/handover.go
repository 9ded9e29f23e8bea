package escalation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A change of people (Đ17.9): the successor's number is verified first, then the
// successor takes over, the City Office is told, and every open slip goes to the new
// number with codes of its own. Deadlines are what they were.

// HandedSlip is an open slip that goes to another number; the store gives it a code.
type HandedSlip struct {
	Petition int64
	Code     string // HPyymmdd-NNNN
	Round    int
	Slip     int
	Due      string // as a text says it
}

// HandoverList words the slips with the codes given to them.
func HandoverList(slips []HandedSlip, codes []string) string {
	items := make([]string, len(slips))
	for i, s := range slips {
		items[i] = s.Code + " mã " + codes[i]
		if s.Due != "" {
			items[i] += " hạn " + s.Due
		}
	}
	return strings.Join(items, ", ")
}

// AddContact records a person. A successor (Replaces) is in force once their number is
// verified; until then the one before serves. A number that can be texted is asked (XM)
// where ask is set, and always of a successor.
func (d *Desk) AddContact(ctx context.Context, contact Contact, ask bool, actor Actor) (id int64, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if contact.Replaces != 0 {
			if err := succeeds(&contact, env); err != nil {
				return err
			}
		}
		if id, err = tx.SaveContact(ctx, contact, actor); err != nil {
			return err
		}
		contact.ID = id
		if !ask && !contact.Pending {
			return nil
		}
		return tx.Post(ctx, verification(contact, env), nil)
	})
	return id, err
}

// succeeds checks a successor against the one before, whose place they take.
func succeeds(contact *Contact, env Env) error {
	before, ok := env.Directory.Contact(contact.Replaces)
	switch {
	case !ok || !before.Holds(env.Now):
		return invalid("replaces", "không có người đang giữ vai trò này")
	case before.Unit != contact.Unit || before.Role != contact.Role:
		return invalid("replaces", "người thay thế phải cùng đơn vị và cùng vai trò")
	case !env.Numbering.Textable(contact.Phone):
		return invalid("phone", "số của người thay thế phải nhận được tin nhắn để xác minh")
	case before.Phone == contact.Phone:
		return invalid("phone", "số này là số của người đang giữ vai trò")
	}
	contact.Pending, contact.Verified = true, false
	return nil
}

// verification asks a number whether it is the contact's (XM).
func verification(contact Contact, env Env) []Notice {
	if !env.Numbering.Textable(contact.Phone) {
		return nil
	}
	u, _ := env.Directory.Unit(contact.Unit)
	n := Notice{
		Template: "XM", Class: ClassDecision, Lane: LaneSlip, Attempt: 1, At: env.Now, NeedCode: true, Subject: numberSubject(contact.ID),
		Rung: RungName("number@" + env.Now.Format(time.RFC3339)), To: Recipient{Phone: contact.Phone, Role: contact.Role, Unit: contact.Unit},
		Vars: map[string]string{"don_vi": u.SMSName, "tel": env.Support},
	}
	if u.SMSName == "" {
		n.Vars["don_vi"] = "1022"
	}
	n.NotBefore = env.Policy.Held(n)
	return []Notice{n}
}

// AskNumber asks the contact's number again whether it is theirs.
func (d *Desk) AskNumber(ctx context.Context, id int64) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		contact, ok := env.Directory.Contact(id)
		if !ok {
			return notFound("id", "không có người này trong danh bạ")
		}
		notices := verification(contact, env)
		if len(notices) == 0 {
			return invalid("phone", "số này không nhận được tin nhắn: hãy gọi điện xác minh")
		}
		return tx.Post(ctx, notices, nil)
	})
}

// VerifyNumber notes that somebody made sure by other means, such as a call.
func (d *Desk) VerifyNumber(ctx context.Context, id int64, actor Actor) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		contact, ok := env.Directory.Contact(id)
		if !ok {
			return notFound("id", "không có người này trong danh bạ")
		}
		if err := tx.CloseQuestion(ctx, numberSubject(id), "xác minh bằng cách khác"); err != nil {
			return err
		}
		h := handover{desk: d, tx: tx, env: env, actor: actor}
		if err := h.verified(ctx, contact); err != nil {
			return err
		}
		if err := tx.Save(ctx, h.changes); err != nil {
			return err
		}
		return tx.Post(ctx, h.notices, h.tasks)
	})
}

// handover is a change of people under way in one transaction.
type handover struct {
	desk    *Desk
	tx      Tx
	env     Env
	actor   Actor
	changes []Change
	notices []Notice
	tasks   []Task
}

// verified notes that the number is the contact's; a successor takes over with it.
func (h *handover) verified(ctx context.Context, contact Contact) error {
	successor := contact.Pending
	contact.Verified, contact.Pending = true, false
	if !successor {
		_, err := h.tx.SaveContact(ctx, contact, h.actor)
		return err
	}
	before, ok := h.env.Directory.Contact(contact.Replaces)
	if ok && before.Holds(h.env.Now) {
		before.ValidTo = h.env.Now
		if _, err := h.tx.SaveContact(ctx, before, h.actor); err != nil {
			return err
		}
	}
	contact.ValidFrom = h.env.Now
	if _, err := h.tx.SaveContact(ctx, contact, h.actor); err != nil {
		return err
	}
	dir, err := h.tx.Directory(ctx)
	if err != nil {
		return err
	}
	h.env.Directory = dir
	h.tellOffice(contact, before)
	return h.handSlips(ctx, contact, before)
}

// tellOffice: the City Office is told of the change and confirms it (V5, Đ17.9).
func (h *handover) tellOffice(contact, before Contact) {
	u, _ := h.env.Directory.Unit(contact.Unit)
	rung := RungName(fmt.Sprintf("handover/%d", contact.ID))
	h.tasks = append(h.tasks, Task{
		Key: string(rung), Kind: TaskConfirm, For: Office, OpenedAt: h.env.Now, Contact: contact.ID,
		Text: fmt.Sprintf("%s: %s thay %s làm %s từ %s, đề nghị xác nhận (Đ17.9)", u.Name, contact.Name, before.Name, roleLabel(contact.Role), dayText(h.env.Now)),
	})
	for _, office := range h.env.Directory.Serving("", Office, h.env.Now) {
		if !h.env.Numbering.Textable(office.Phone) {
			continue
		}
		n := Notice{
			Template: "V5", Class: ClassReport, Lane: LaneSlip, Attempt: 1, At: h.env.Now, Rung: rung,
			To:   Recipient{Contact: office.ID, Role: Office, Unit: office.Unit},
			Vars: map[string]string{"don_vi": u.SMSName, "ngay": dayText(h.env.Now), "lp": h.env.Host},
		}
		n.NotBefore = h.env.Policy.Held(n)
		h.notices = append(h.notices, n)
		return
	}
}

// handSlips gives the unit's open slips to the successor: new codes, acknowledged anew,
// in one text.
func (h *handover) handSlips(ctx context.Context, contact, before Contact) error {
	if contact.Role != Focal && contact.Role != Deputy && contact.Role != Head {
		return nil
	}
	open, err := h.tx.OpenAt(ctx, contact.Unit)
	if err != nil {
		return err
	}
	var handed []HandedSlip
	for _, p := range open {
		next := p.clone()
		c := &change{p: &next, env: h.env, actor: h.actor}
		if slips := c.handOver(contact, before); len(slips) > 0 {
			handed = append(handed, slips...)
			h.changes = append(h.changes, c.done(p))
		}
	}
	if len(handed) == 0 { // nothing is open
		return nil
	}
	u, _ := h.env.Directory.Unit(contact.Unit)
	n := Notice{
		Template: "BG", Class: ClassDecision, Lane: LaneSlip, Attempt: 1, At: h.env.Now, Rung: RungName(fmt.Sprintf("handover/%d", contact.ID)),
		To:   Recipient{Contact: contact.ID, Role: contact.Role, Unit: contact.Unit},
		Vars: map[string]string{"so": fmt.Sprint(len(handed)), "don_vi": u.SMSName}, Slips: handed,
	}
	n.NotBefore = h.env.Policy.Held(n)
	h.notices = append(h.notices, n)
	return nil
}

// handOver moves the petition's slips of the unit to the successor and says which.
func (c *change) handOver(contact, before Contact) []HandedSlip {
	if c.excluded(contact) {
		return nil
	}
	var handed []HandedSlip
	for i := range c.p.Slips {
		s := &c.p.Slips[i]
		if s.Unit != contact.Unit || !s.Open() || !c.p.Status.WithUnit() || contact.Role == Head && c.p.HeadNotifiedAt.IsZero() {
			continue
		}
		if s.Assignee == before.ID {
			s.Assignee = 0
		}
		c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Slip: s.No, Contact: before.ID, Reason: "handed over"})
		if contact.Role == Focal {
			c.acknowledgeAnew(s)
		}
		due := c.deadlineFor(s, contact.Role)
		handed = append(handed, HandedSlip{Petition: c.p.ID, Code: c.p.Code, Round: s.Round, Slip: s.No, Due: due})
	}
	if len(handed) > 0 {
		c.entry("handover", before.Name+" bàn giao cho "+contact.Name+" ("+roleLabel(contact.Role)+"), thời hạn không đổi")
	}
	return handed
}

// acknowledgeAnew asks the successor to acknowledge: the nudges start again, the result
// clock runs on.
func (c *change) acknowledgeAnew(s *Slip) {
	s.AcknowledgedAt, s.AcknowledgedBy = time.Time{}, ""
	for _, name := range []RungName{RungNudge, RungUnacknowledged} {
		spec, ok := c.env.Policy.Spec(ForwardLadder, name)
		o, err := parseOffset(spec.After)
		if !ok || err != nil || !s.Lead {
			continue
		}
		for i := range c.p.Rungs {
			if r := &c.p.Rungs[i]; r.Slip == s.No && r.Name == name && r.State != Fired {
				r.State = Disarmed
			}
		}
		c.armAt(spec, c.round(), s.No, o.due(c.env.Now, spec.Clock, c.calendarFor(ForwardLadder, s.No)), spec.After+" from the handover")
	}
}

// Silent numbers: how many texts in a row fail before a number is asked anew.
const silentAfter = 3

// doubt takes a number for unverified that failed several times in a row.
func (d *Desk) doubt(ctx context.Context, tx Tx, m Message, env Env) error {
	contact, ok := env.Directory.Contact(m.Notice.To.Contact)
	if !ok || !contact.Verified || m.Notice.To.ByEmail || m.Phone == "" || m.Phone != contact.Phone {
		return nil
	}
	failures, err := tx.FailuresInARow(ctx, m.Phone, silentAfter)
	if err != nil || failures < silentAfter {
		return err
	}
	contact.Verified = false
	if _, err := tx.SaveContact(ctx, contact, Ladder()); err != nil {
		return err
	}
	return tx.Post(ctx, verification(contact, env), []Task{{
		Key: "number/" + itoa(contact.ID), Kind: TaskConfirm, For: ShiftLead, OpenedAt: env.Now, Contact: contact.ID,
		Text: fmt.Sprintf("%d tin liên tiếp không đến được %s (%s): hỏi đơn vị có thay đổi nhân sự không (Đ17.9)", silentAfter, contact.Name, MaskPhone(contact.Phone)),
	}})
}

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
		if u.Kind == OfficeKind {
			continue
		}
		var missing []Role
		for _, role := range []Role{Focal, Head} {
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
			names = append(names, g.Unit.SMSName)
			for _, role := range g.Roles {
				r.nobody(g.Unit.Code, role)
			}
		}
		for _, office := range env.Directory.Serving("", Office, env.Now) {
			if env.Numbering.Textable(office.Phone) {
				r.post(Notice{
					Template: "V7", Class: ClassReport, Rung: periodic(r.name, period), To: Recipient{Contact: office.ID, Role: Office, Unit: office.Unit},
					Vars: map[string]string{"so": fmt.Sprint(len(gaps)), "danh_sach": strings.Join(names, ", "), "lp": env.Host},
				})
				break
			}
		}
		return tx.Post(ctx, r.notices, r.tasks)
	})
	return gaps, err
}
