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

// handover is a change of people under way in one transaction.
type handover struct {
	tx      Tx
	env     Env
	actor   Actor
	changes []Change
	notices []Notice
	tasks   []Task
	leftOut []error // why petitions were not handed over
	rest    *handoverRest
}

// handedAtOnce is how many petitions one transaction hands over: a unit may have tens of
// thousands open, and whoever waits for one of them waits for the transaction.
const handedAtOnce = 200

// handoverRest is what a handover of many petitions has still to hand over. It is kept nowhere:
// what a process leaves behind that dies is found in the morning by the codes of who was there before
// (HandLeft); what they had no code of is not.
type handoverRest struct {
	contact int64     // to whom
	before  int64     // whose place they have taken; 0: they get what anybody was left with
	after   int64     // petitions up to this one have been seen to
	began   time.Time // zero: not yet
	actor   Actor
}

// handedWithin bounds the transaction of a page.
const handedWithin = 10 * time.Second

// handOn goes on with a handover, a page in each transaction, though whoever began it may be
// gone: each page has its own time.
func (d *Desk) handOn(ctx context.Context, rest *handoverRest) (handed bool, leftOut []error, err error) {
	ctx = context.WithoutCancel(ctx)
	for rest != nil {
		h, err := d.handPage(ctx, *rest)
		if err != nil {
			return handed, leftOut, fmt.Errorf("the rest of a handover waits for the morning: %w", err)
		}
		handed, leftOut, rest = handed || len(h.changes) > 0, append(leftOut, h.leftOut...), h.rest
	}
	return handed, leftOut, nil
}

func (d *Desk) handPage(ctx context.Context, rest handoverRest) (h handover, err error) {
	ctx, cancel := context.WithTimeout(ctx, handedWithin)
	defer cancel()
	err = d.withContact(ctx, rest.contact, func(tx Tx, env Env, contact Contact) error {
		h = handover{tx: tx, env: env, actor: rest.actor}
		if err := h.goOn(ctx, contact, rest); err != nil {
			return err
		}
		return h.save(ctx)
	})
	return h, err
}

func (h *handover) goOn(ctx context.Context, contact Contact, rest handoverRest) error {
	if rest.before == 0 {
		return h.takeLeft(ctx, contact, rest)
	}
	if !contact.Holds(h.env.Now) {
		return nil // whoever came next was given everything
	}
	before, _ := h.env.Directory.Contact(rest.before)
	return h.takePage(ctx, contact, before, rest.after)
}

func (h *handover) save(ctx context.Context) error {
	if err := h.tx.Save(ctx, h.changes); err != nil {
		return err
	}
	return h.tx.Post(ctx, h.notices, h.tasks)
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
		return h.takeLeft(ctx, contact, handoverRest{})
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

// takeOver tells the Office and gives the successor the first of what the unit has open.
func (h *handover) takeOver(ctx context.Context, contact, before Contact) error {
	h.tellOffice(contact, before, successionRung(contact))
	if !contact.Role.hasSlips() {
		return nil
	}
	return h.takePage(ctx, contact, before, 0)
}

func successionRung(contact Contact) RungName { return RungName("handover/" + itoa(contact.ID)) }

// pageRung tells the texts of a page from those of the pages before.
func pageRung(rung RungName, after int64) RungName {
	if after == 0 {
		return rung
	}
	return rung + RungName("+"+itoa(after))
}

// takePage gives the successor what the unit has open after the petition, as much as one
// transaction hands over.
func (h *handover) takePage(ctx context.Context, contact, before Contact, after int64) error {
	ids, err := h.tx.OpenAt(ctx, contact.Unit)
	if err != nil {
		return err
	}
	page, more := pageAfter(ids, after)
	if more {
		h.rest = &handoverRest{contact: contact.ID, before: before.ID, after: page[len(page)-1], actor: h.actor}
	}
	open, err := h.readable(ctx, contact, before, page)
	if err != nil {
		return err
	}
	h.handSlips(contact, before, open, pageRung(successionRung(contact), after), nil)
	return nil
}

// pageAfter are the first of the sorted ids after the one, and whether there are more.
func pageAfter(ids []int64, after int64) (page []int64, more bool) {
	first, found := slices.BinarySearch(ids, after)
	if found {
		first++
	}
	ids = ids[first:]
	return ids[:min(handedAtOnce, len(ids))], len(ids) > handedAtOnce
}

// hasSlips reports whether people of the role are given a unit's slips.
func (r Role) hasSlips() bool { return r == Focal || r == Deputy || r == Head }

// keepPerson carries over what hangs on the row of somebody who has changed nothing but
// the number: their absences, those in which they stand in, which reports they want, their account.
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
	return h.tx.KeepPerson(ctx, before.ID, contact.ID)
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
		asked := c.leftAsked(before, left) && c.askSuccessor(contact, before)
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
		if left != nil && !s.leftWith(before, c.p.ID, left, c.env.Directory.descends(contact, before.ID)) {
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
	return c.p.fired(s, RungHead)
}

// succeeded reports that somebody has taken the contact's place, by however many changes.
func (d *Directory) succeeded(contact int64, at time.Time) bool {
	for _, c := range d.contacts {
		if c.Holds(at) && d.descends(c, contact) {
			return true
		}
	}
	return false
}

// leftAsked reports whether the one before has left the question for an explanation behind, if
// there is one; left nil: all that they had.
func (c *change) leftAsked(before Contact, left []LeftSlip) bool {
	w := c.p.Explaining()
	return left == nil || w != nil && slices.Contains(left, LeftSlip{before.ID, c.p.ID, w.Explanation().Slip})
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
	if !ok || contact.ended(env.Now) || m.Notice.To.ByEmail || m.Phone == "" || m.Phone != contact.Phone {
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
