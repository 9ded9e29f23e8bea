package escalation

import (
	"cmp"
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
}

// handedPerText is how many slips with their codes one segment names.
const handedPerText = 3

// HandoverList words the slips with the codes given to them.
func HandoverList(slips []HandedSlip, codes []string) string {
	items := make([]string, len(slips))
	for i, s := range slips {
		items[i] = s.Code + " mã " + codes[i]
	}
	return strings.Join(items, ", ")
}

// AddContact records a person. A successor (Replaces) is in force once their number is
// verified; until then the one before serves. A number that can be texted is asked (XM)
// where ask is set, and always of a successor; who does not answer becomes a task.
func (d *Desk) AddContact(ctx context.Context, contact Contact, ask bool, actor Actor) (id int64, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if contact.Replaces != 0 {
			if env.Directory, err = tx.LockDirectory(ctx); err != nil { // of two successors the second sees the first
				return err
			}
			before, _ := env.Directory.Contact(contact.Replaces)
			if err := succeeds(&contact, before, env); err != nil {
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
		return tx.Post(ctx, verification(contact, env), awaited(contact, env))
	})
	return id, err
}

// EditContact changes a person's particulars, which their absences are not. The number of
// somebody in office never changes in place to one that can be texted: a wrong digit would
// send slips to a stranger. Who has the new one then stands beside their row as a successor
// (Renumbered). A number that nobody in office has is asked where it stands.
func (d *Desk) EditContact(ctx context.Context, contact Contact, actor Actor) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if env.Directory, err = tx.LockDirectory(ctx); err != nil {
			return err
		}
		before, _ := env.Directory.Contact(contact.ID)
		contact.Absences, contact.Verified = before.Absences, contact.Verified && before.Phone == contact.Phone
		if err := awaitedPlace(before, contact, env); err != nil {
			return err
		}
		keep, next := env.Directory.Renumbered(contact, env.Now, env.Numbering)
		if next != nil {
			if err := succeeds(next, keep, env); err != nil {
				return err
			}
		}
		if _, err := tx.SaveContact(ctx, keep, actor); err != nil {
			return err
		}
		switch {
		case next != nil:
			if next.ID, err = tx.SaveContact(ctx, *next, actor); err != nil {
				return err
			}
			return tx.Post(ctx, verification(*next, env), awaited(*next, env))
		case contact.ended(env.Now):
			return unasked(ctx, tx, contact, actor)
		case before.Phone != contact.Phone:
			return askAnew(ctx, tx, contact, env)
		}
		return nil
	})
}

// awaitedPlace refuses an edit by which somebody would wait for a place that is not theirs to
// take, or would not be reached to answer, and one that moves the place away from whoever
// waits for it.
func awaitedPlace(before, edited Contact, env Env) error {
	if before.Pending && !edited.ended(env.Now) {
		place, _ := env.Directory.Contact(before.Replaces)
		return edited.Succeeds(place, false, env.Now, env.Numbering)
	}
	next, waits := env.Directory.PendingFor(before.ID, env.Now)
	if waits && (edited.Unit != before.Unit || edited.Role != before.Role) {
		return conflict("%s đang chờ xác minh số máy để thay %s: chưa đổi được đơn vị, vai trò của %s", next.Name, before.Name, before.Name)
	}
	return nil
}

// askAnew asks a number that has taken the place of another in a row; the question to the
// one before is over.
func askAnew(ctx context.Context, tx Tx, contact Contact, env Env) error {
	if err := tx.CloseQuestion(ctx, NumberSubject(contact.ID), "số máy đã đổi"); err != nil {
		return err
	}
	return tx.Post(ctx, verification(contact, env), nil)
}

// unasked ends what waits for the number of somebody whose time in the role is over: the
// question and the task.
func unasked(ctx context.Context, tx Tx, contact Contact, by Actor) error {
	const why = "thôi giữ vai trò"
	if err := tx.CloseQuestion(ctx, NumberSubject(contact.ID), why); err != nil {
		return err
	}
	return tx.FinishTasks(ctx, by.Name, why, PendingTask(contact.ID))
}

// Renumbered parts an edit of somebody in office that brings a number to be texted, or
// another name with another number. keep is the row that serves on, next who serves once
// the new number is verified; nil: nothing to part. Under the same name next is the same
// person, and keep has the edit but for the number. Another name is somebody else: keep is
// the row as it was, and next a successor, who inherits none of it.
func (d *Directory) Renumbered(edited Contact, now time.Time, numbering Numbering) (keep Contact, next *Contact) {
	before, ok := d.contacts[edited.ID]
	if !ok || !before.Holds(now) || before.Phone == edited.Phone {
		return edited, nil
	}
	keep, moved := edited, edited
	moved.ID, moved.Replaces = 0, before.ID
	switch {
	case !moved.renumbered(before):
		moved.Absences = nil
		keep = before
	case !edited.Holds(now) || !numbering.Textable(edited.Phone):
		return edited, nil
	}
	if !moved.ValidFrom.After(now) { // the day of the one before
		moved.ValidFrom = time.Time{}
	}
	keep.Phone, keep.Verified = before.Phone, before.Verified
	if keep.Phone == "" { // and is reached as before
		keep.Email = cmp.Or(keep.Email, before.Email)
	}
	return keep, &moved
}

// AskPending asks the numbers of successors that have not been asked: what an import
// brought, or what a process left behind that died between. Who was asked and whose time
// is over by now is waited for no more.
func (d *Desk) AskPending(ctx context.Context) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		var notices []Notice
		var tasks []Task
		for _, c := range env.Directory.pending(env.Now) {
			asked, err := isAsked(ctx, tx, c)
			if err != nil {
				return err
			}
			if asked {
				continue
			}
			notices, tasks = append(notices, verification(c, env)...), append(tasks, awaited(c, env)...)
		}
		for _, c := range env.Directory.waiting() {
			if !c.ended(env.Now) {
				continue
			}
			if err := unasked(ctx, tx, c, Ladder()); err != nil {
				return err
			}
		}
		return tx.Post(ctx, notices, tasks)
	})
}

// isAsked reports whether the contact's number has been asked whether it is theirs, and
// there is no answer yet.
func isAsked(ctx context.Context, tx Tx, c Contact) (bool, error) {
	open, err := tx.Questions(ctx, c.Phone)
	return slices.ContainsFunc(open, func(q Question) bool { return q.Subject == NumberSubject(c.ID) }), err
}

// NewNumber reports whether an import of the contact brings a number that nobody has made
// sure of and that can be asked. A successor's is asked anyway (AskPending).
func (d *Directory) NewNumber(c Contact, now time.Time, numbering Numbering) bool {
	before := d.contacts[c.ID]
	return !c.Pending && !c.Verified && !c.ended(now) && before.Phone != c.Phone && numbering.Textable(c.Phone)
}

// AskNew asks the numbers that an import brings, within its transaction. There may be a
// thousand of them: they go out behind what is urgent to anybody.
func (d *Desk) AskNew(ctx context.Context, tx Tx, contacts []Contact) error {
	env, err := d.env(ctx, tx, time.Time{})
	if err != nil {
		return err
	}
	var notices []Notice
	for _, c := range contacts {
		for _, n := range verification(c, env) {
			n.Lane = LaneBulk
			notices = append(notices, n)
		}
	}
	return tx.Post(ctx, notices, nil)
}

// pending lists the successors whose number is not verified, by id.
func (d *Directory) pending(now time.Time) []Contact {
	return slices.DeleteFunc(d.waiting(), func(c Contact) bool { return c.ended(now) })
}

// waiting lists the rows of successors whose number was never verified, by id, those too
// whose time is over.
func (d *Directory) waiting() []Contact {
	var list []Contact
	for _, c := range d.contacts {
		if c.Pending {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// PendingFor is the successor who waits to take the contact's place.
func (d *Directory) PendingFor(contact int64, now time.Time) (Contact, bool) {
	list := d.pending(now)
	i := slices.IndexFunc(list, func(c Contact) bool { return c.Replaces == contact })
	if i < 0 {
		return Contact{}, false
	}
	return list[i], true
}

func (d *Directory) waited(contact int64, now time.Time) bool {
	_, ok := d.PendingFor(contact, now)
	return ok
}

// awaited is the task that stands until a successor's number is verified.
func awaited(contact Contact, env Env) []Task {
	if !contact.Pending {
		return nil
	}
	return []Task{{
		Key: PendingTask(contact.ID), Kind: TaskConfirm, For: ShiftLead, OpenedAt: env.Now, Due: env.Calendar.AddDays(env.Now, 1), Contact: contact.ID,
		Text: contact.Name + " chờ xác minh số máy để nhận vai trò " + contact.Role.title() + "; người trước vẫn nhận phiếu",
	}}
}

// PendingTask is the key of the task that stands until a successor's number is verified.
func PendingTask(contact int64) string { return "pending/" + itoa(contact) }

// succeeds checks a successor against the one before, who is in office and whose place
// they take, and has them wait.
func succeeds(contact *Contact, before Contact, env Env) error {
	if !before.Holds(env.Now) {
		return invalid("replaces", "không có người đang giữ vai trò này")
	}
	if err := contact.Succeeds(before, env.Directory.waited(contact.Replaces, env.Now), env.Now, env.Numbering); err != nil {
		return err
	}
	contact.Pending, contact.Verified = true, false
	return nil
}

// Succeeds is why the contact cannot wait for the place of the one before, as a *Problem
// that names the field. The one before may have left meanwhile; waited says that somebody
// else waits for the place already.
func (c Contact) Succeeds(before Contact, waited bool, now time.Time, numbering Numbering) error {
	switch {
	case before.ID == 0 || before.Pending || now.Before(before.ValidFrom):
		return invalid("replaces", "không có người đang giữ vai trò này")
	case before.Unit != c.Unit || before.Role != c.Role:
		return invalid("replaces", "người thay thế phải cùng đơn vị và cùng vai trò")
	case !numbering.Textable(c.Phone):
		return invalid("phone", "số của người thay thế phải nhận được tin nhắn để xác minh; không có số như vậy thì kết thúc vai trò của người trước rồi thêm người mới")
	case before.Phone == c.Phone:
		return invalid("phone", "số này là số của người đang giữ vai trò")
	case c.ValidFrom.After(now):
		return invalid("valid_from", "người thay thế nhận việc ngay khi số máy được xác minh: hãy ghi vào ngày nhận việc")
	case c.ended(now):
		return invalid("valid_to", "thời gian giữ vai trò của người thay thế đã hết")
	case waited:
		return invalid("replaces", "đã có một người thay thế đang chờ xác minh số máy")
	}
	return nil
}

// verification asks a number whether it is the contact's (XM).
func verification(contact Contact, env Env) []Notice {
	if !env.Numbering.Textable(contact.Phone) {
		return nil
	}
	u, _ := env.Directory.Unit(contact.Unit)
	n := Notice{
		Template: "XM", Class: ClassDecision, Lane: LaneSlip, Attempt: 1, At: env.Now, NeedCode: true, Subject: NumberSubject(contact.ID),
		Rung: RungName("number/" + itoa(contact.ID) + "@" + env.Now.Format(time.RFC3339)), To: Recipient{Phone: contact.Phone, Role: contact.Role, Unit: contact.Unit},
		Vars: map[string]string{"don_vi": u.SMSName, "tel": env.Support},
	}
	if u.SMSName == "" {
		n.Vars["don_vi"] = "1022"
	}
	n.NotBefore = env.Policy.Held(n)
	return []Notice{n}
}

// withContact does something about one contact of the directory in one transaction.
func (d *Desk) withContact(ctx context.Context, id int64, do func(Tx, Env, Contact) error) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		contact, ok := env.Directory.Contact(id)
		if !ok {
			return notFound("id", "không có người này trong danh bạ")
		}
		return do(tx, env, contact)
	})
}

// AskNumber asks the contact's number again whether it is theirs.
func (d *Desk) AskNumber(ctx context.Context, id int64) error {
	return d.withContact(ctx, id, func(tx Tx, env Env, contact Contact) error {
		notices := verification(contact, env)
		if len(notices) == 0 {
			return invalid("phone", "số này không nhận được tin nhắn: hãy gọi điện xác minh")
		}
		return tx.Post(ctx, notices, nil)
	})
}

// VerifyNumber notes that somebody made sure by other means, such as a call.
func (d *Desk) VerifyNumber(ctx context.Context, id int64, actor Actor) error {
	return d.withContact(ctx, id, func(tx Tx, env Env, contact Contact) error {
		if err := tx.CloseQuestion(ctx, NumberSubject(id), "xác minh bằng cách khác"); err != nil {
			return err
		}
		h := handover{tx: tx, env: env, actor: actor}
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
	tx      Tx
	env     Env
	actor   Actor
	changes []Change
	notices []Notice
	tasks   []Task
	leftOut []error // why petitions were not handed over
}

// verified notes that the number is the contact's; a successor takes over with it. The
// directory is locked first: two who verify at once are one takeover.
func (h *handover) verified(ctx context.Context, contact Contact) error {
	dir, err := h.tx.LockDirectory(ctx)
	if err != nil {
		return err
	}
	h.env.Directory = dir
	contact, ok := dir.Contact(contact.ID)
	if !ok || contact.ended(h.env.Now) {
		return conflict("người này không còn giữ vai trò")
	}
	if err := h.tx.FinishTasks(ctx, h.actor.Name, "đã xác minh", PendingTask(contact.ID)); err != nil {
		return err
	}
	successor := contact.Pending
	contact.Verified, contact.Pending = true, false
	if !successor {
		if _, err := h.tx.SaveContact(ctx, contact, h.actor); err != nil {
			return err
		}
		return h.takeLeft(ctx, contact)
	}
	before, ok := h.env.Directory.Contact(contact.Replaces)
	if ok && before.Holds(h.env.Now) {
		before.ValidTo = h.env.Now
		if _, err := h.tx.SaveContact(ctx, before, h.actor); err != nil {
			return err
		}
	}
	contact.ValidFrom = h.env.Now
	if err := h.keepPerson(ctx, &contact, before); err != nil {
		return err
	}
	if _, err := h.tx.SaveContact(ctx, contact, h.actor); err != nil {
		return err
	}
	if h.env.Directory, err = h.tx.Directory(ctx); err != nil {
		return err
	}
	return h.takeOver(ctx, contact, before)
}

// takeOver tells the Office and gives the successor what the unit has open.
func (h *handover) takeOver(ctx context.Context, contact, before Contact) error {
	rung := RungName(fmt.Sprintf("handover/%d", contact.ID))
	h.tellOffice(contact, before, rung)
	if !contact.Role.hasSlips() {
		return nil
	}
	ids, err := h.tx.OpenAt(ctx, contact.Unit)
	if err != nil {
		return err
	}
	open, err := h.readable(ctx, contact, before, ids)
	if err != nil {
		return err
	}
	h.handSlips(contact, before, open, rung, nil)
	return nil
}

// hasSlips reports whether people of the role are given a unit's slips.
func (r Role) hasSlips() bool { return r == Focal || r == Deputy || r == Head }

// keepPerson carries over what hangs on the row of somebody who has changed nothing but
// the number: their absences, those in which they stand in, and which reports they want.
func (h *handover) keepPerson(ctx context.Context, contact *Contact, before Contact) error {
	if !contact.renumbered(before) {
		return nil
	}
	contact.Absences = before.Ahead(h.env.Now) // also those noted while the number was waited for
	for _, away := range h.env.Directory.standsInFor(before.ID, h.env.Now) {
		for i := range away.Absences {
			if away.Absences[i].Delegate == before.ID {
				away.Absences[i].Delegate = contact.ID
			}
		}
		if _, err := h.tx.SaveContact(ctx, away, h.actor); err != nil {
			return err
		}
	}
	return h.tx.KeepReports(ctx, before.ID, contact.ID)
}

// tellOffice: the City Office is told of the change and confirms it (V5, Đ17.9).
func (h *handover) tellOffice(contact, before Contact, rung RungName) {
	u := h.env.Directory.house(contact)
	h.tasks = append(h.tasks, Task{
		Key: string(rung), Kind: TaskConfirm, For: Office, OpenedAt: h.env.Now, Contact: contact.ID,
		Text: fmt.Sprintf("%s: %s từ %s, đề nghị xác nhận (Đ17.9)", u.Name, changeText(contact, before), dayText(h.env.Now)),
	})
	r := digestRound{env: h.env, name: "handover"}
	c := &change{p: &Petition{}, env: h.env}
	if office, byEmail, ok := c.duty(Office, nil); ok {
		r.post(Notice{
			Template: "V5", Class: ClassReport, Rung: rung, To: Recipient{Contact: office.ID, Role: Office, Unit: office.Unit, ByEmail: byEmail},
			Vars: map[string]string{"don_vi": u.SMSName, "ngay": dayText(h.env.Now), "lp": h.env.Host + PeoplePath},
		})
	} else {
		r.nobody("", Office)
	}
	h.notices, h.tasks = append(h.notices, r.notices...), append(h.tasks, r.tasks...)
}

// changeText says who has whose place, or that somebody has another number.
func changeText(contact, before Contact) string {
	if contact.renumbered(before) {
		return contact.Name + ", " + contact.Role.title() + ", đổi số máy"
	}
	return contact.Name + " thay " + before.Name + " làm " + contact.Role.title()
}

// handSlips gives the unit's open slips to the successor, new codes, acknowledged anew, a few to
// a text: all of them, or those that the one before was left with. It says how many.
func (h *handover) handSlips(contact, before Contact, open []Petition, rung RungName, left []LeftSlip) int {
	var handed []HandedSlip
	for _, p := range open {
		next := p.clone()
		c := &change{p: &next, env: h.env, actor: h.actor}
		slips := c.handOver(contact, before, left)
		asked := left == nil && c.askSuccessor(contact, before)
		if asked || len(slips) > 0 {
			handed = append(handed, slips...)
			h.changes = append(h.changes, c.done(p))
		}
	}
	u, _ := h.env.Directory.Unit(contact.Unit)
	seq := 0
	for some := range slices.Chunk(handed, handedPerText) { // no code is cut off
		seq++
		n := Notice{
			Template: "BG", Class: ClassDecision, Lane: LaneSlip, Attempt: 1, At: h.env.Now, Rung: rung, Seq: seq,
			To:   Recipient{Contact: contact.ID, Role: contact.Role, Unit: contact.Unit},
			Vars: map[string]string{"so": fmt.Sprint(len(handed)), "don_vi": u.SMSName}, Slips: some,
		}
		n.NotBefore = h.env.Policy.Held(n)
		h.notices = append(h.notices, n)
	}
	return len(handed)
}

// handOver moves the petition's slips of the unit to the successor and says which; left
// are those that the one before was left with, nil: all.
func (c *change) handOver(contact, before Contact, left []LeftSlip) []HandedSlip {
	if c.excluded(contact) {
		return nil
	}
	var handed []HandedSlip
	for i := range c.p.Slips {
		s := &c.p.Slips[i]
		named := s.Assignee == before.ID // also a head who was not told otherwise
		if s.Unit != contact.Unit || !s.Open() || !c.p.Status.WithUnit() || contact.Role == Head && !c.headHas(s) && !named {
			continue
		}
		if left != nil && !s.leftWith(before, c.p.ID, left) {
			continue
		}
		switch {
		case named && contact.renumbered(before):
			s.Assignee = contact.ID
		case named:
			s.Assignee = 0
		}
		c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Slip: s.No, Contact: before.ID, Reason: "handed over"})
		if contact.Role == Focal {
			c.acknowledgeAnew(s)
		}
		if s.Officer == before.Name {
			s.goesTo(contact)
		}
		handed = append(handed, HandedSlip{Petition: c.p.ID, Code: c.p.Code, Round: s.Round, Slip: s.No})
	}
	if len(handed) > 0 {
		c.entry("handover", before.Name+" bàn giao cho "+contact.Name+" ("+contact.Role.title()+"), thời hạn không đổi")
	}
	return handed
}

// headHas reports whether the slip is with the unit's head: the 8 hours of this very slip
// have passed (Đ9.4), or there is nobody else whom its text could have gone to.
func (c *change) headHas(s *Slip) bool {
	if !c.anybody(s.Unit, Focal) && !c.anybody(s.Unit, Deputy) {
		return true
	}
	return slices.ContainsFunc(c.p.Rungs, func(r Rung) bool { return r.Name == RungHead && r.Slip == s.No && r.State == Fired })
}

// askSuccessor puts the question for an explanation that the unit owes (Đ9.6) to who
// answers for the unit now, by the text that put it to the one before (N3): its slip may
// be over long since and be on no list. The Office's day stays.
func (c *change) askSuccessor(contact, before Contact) bool {
	w := c.p.Explaining()
	if w == nil || w.Explanation().Unit != contact.Unit || c.excluded(contact) {
		return false
	}
	answers := contact.Role == Head || contact.Role == Deputy && !c.anybody(contact.Unit, Head)
	e := *w.Explanation()
	slip := c.p.Slip(e.Slip)
	if !answers || slip == nil {
		return false
	}
	c.fx.ReleaseCodes = append(c.fx.ReleaseCodes, ReleaseCode{Slip: slip.No, Contact: before.ID, Reason: "handed over"})
	c.entry("handover", before.Name+" bàn giao việc giải trình (Đ9.6) cho "+contact.Name+" ("+contact.Role.title()+"), thời hạn không đổi")
	c.tellContact(contact, contact.Role, slip, "N3", ClassDecision, Rung{Round: e.Round, Name: RungExplain, Ladder: ExplainLadder}, 1, c.explainVars(e))
	return true
}

// acknowledgeAnew asks the successor to acknowledge: the nudges start again, the result
// clock runs on.
func (c *change) acknowledgeAnew(s *Slip) {
	if s.FirstAcknowledgedAt.IsZero() {
		s.FirstAcknowledgedAt, s.FirstAcknowledgedBy = s.AcknowledgedAt, s.AcknowledgedBy
	}
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

// doubt has a number looked at that failed several times in a row: its owner is asked
// anew, one who has been asked and has not answered is not asked again.
func (d *Desk) doubt(ctx context.Context, tx Tx, m Message, env Env) error {
	contact, ok := env.Directory.Contact(m.Notice.To.Contact)
	if !ok || m.Notice.To.ByEmail || m.Phone == "" || m.Phone != contact.Phone {
		return nil
	}
	failures, err := tx.FailuresInARow(ctx, m.Phone, silentAfter)
	if err != nil || failures < silentAfter {
		return err
	}
	if contact.Verified {
		contact.Verified = false
		if _, err := tx.SaveContact(ctx, contact, Ladder()); err != nil {
			return err
		}
	}
	asked, err := isAsked(ctx, tx, contact)
	if err != nil {
		return err
	}
	var notices []Notice
	if !asked {
		notices = verification(contact, env)
	}
	return tx.Post(ctx, notices, []Task{{
		Key: "number/" + itoa(contact.ID), Kind: TaskConfirm, For: ShiftLead, OpenedAt: env.Now, Contact: contact.ID,
		Text: fmt.Sprintf("%d tin liên tiếp không đến được %s (%s): hỏi đơn vị có thay đổi nhân sự không (Đ17.9)", silentAfter, contact.Name, MaskPhone(contact.Phone)),
	}})
}
