package escalation

import (
	"fmt"
	"slices"
)

// PassOn decides what follows a notice that failed for good or had no receipt in
// time: the next contact of the role by order, its stand-ins, email, the
// operators' list. A notice that became pointless meanwhile is only noted.
func PassOn(p Petition, m Message, env Env) Change {
	next := p.clone()
	c := &change{p: &next, env: env, actor: Ladder()}
	n := m.Notice
	c.entry("failed:"+n.Template, fmt.Sprintf("tin %s %s (lần %d)", n.Template, m.fate(), n.Attempt))
	switch {
	case !c.stillNeeded(m):
	case n.To.Citizen != 0:
		c.passOnCitizen(n, m.readdressed())
	case n.To.Contact != 0:
		c.passOnContact(n)
	default:
		c.task(TaskUnreachable, Operator, env.Now, "Tin "+n.Template+" của "+p.Code+" "+m.fate())
	}
	return c.done(p)
}

// stillNeeded: nobody needs the next contact for a slip that is over, or for a
// reminder of something done.
func (c *change) stillNeeded(m Message) bool {
	n := m.Notice
	if !n.Expires.IsZero() && !c.env.Now.Before(n.Expires) {
		return false
	}
	switch n.Class {
	case ClassSlip, ClassReminder, ClassEscalation:
		s := c.p.Slip(n.Slip)
		if s == nil || !s.Open() || !c.p.Status.WithUnit() {
			return false
		}
		if n.Template == "O1N" && c.nudgedAnew(n) {
			return false
		}
		return n.Class != ClassSlip && n.Template != "O1N" || s.AcknowledgedAt.IsZero() || s.saidAfter(n)
	case ClassRecorded, ClassProgress:
		return !c.p.Status.Ended() && c.p.Status != Published
	case ClassAnswer: // meant for who asked, nobody else; 1022's own decision is not
		return n.To.Citizen != 0 || n.Template == "A4x"
	case ClassDecision:
		return c.orderStands(n)
	case ClassAlarm:
		return !c.p.Status.Ended()
	case ClassRating:
		return m.readdressed() && c.asksStill(n)
	case ClassPraise:
		return false
	}
	return true
}

// asksStill reports that the citizen is to be asked for a rating still: who has given it is not,
// and nobody while there is no answer to judge.
func (c *change) asksStill(n Notice) bool {
	rating := c.p.Rating
	if f := c.p.follower(n.To.Citizen); f != nil {
		rating = f.Rating
	}
	return rating == nil && c.mayRate(nil) == nil
}

// saidAfter reports a slip's text of a later round, which the acknowledgement cannot have been of:
// to who was assigned it, of an urgent mark.
func (s *Slip) saidAfter(n Notice) bool {
	return n.Class == ClassSlip && n.Round > s.Round && !n.At.Before(s.AcknowledgedAt)
}

// toAssignee reports a slip's text to the officer whom the unit has named (Đ17.4). A lost text
// names nobody else.
func (c *change) toAssignee(n Notice) bool {
	s := c.p.Slip(n.Slip)
	return n.Class == ClassSlip && s != nil && s.Assignee != 0 && s.Assignee == n.To.Contact
}

// unassigned asks the shift lead to have the unit name somebody who can be reached.
func (c *change) unassigned(n Notice) {
	assignee, _ := c.env.Directory.Contact(n.To.Contact)
	what := "Phiếu " + c.p.Code + " không đến được " + assignee.Name + " là người được giao: báo Thủ trưởng " + c.smsName(n.To.Unit) + " giao người khác"
	c.entry("unreachable", "người được giao phiếu không nhận được tin nhắn (mẫu "+n.Template+")")
	c.task(TaskUnreachable, ShiftLead, c.env.Now, what)
}

// nudgedAnew reports that the nudges have begun once more, for who has taken the slip over.
func (c *change) nudgedAnew(n Notice) bool {
	return slices.ContainsFunc(c.p.Rungs, func(r Rung) bool {
		return r.Name == n.Rung && r.Slip == n.Slip && r.Round > n.Round && r.State == Armed
	})
}

// orderStands reports that what a notice orders is to be done still, and that nobody else has been
// told to: the unit has the slip, and the order's day is ahead (N1, N2); the explanation is awaited,
// and whoever follows the contact was not asked for it (N3). Other decisions are news.
func (c *change) orderStands(n Notice) bool {
	switch n.Template {
	case "N1", "N2":
		s, rung := c.p.Slip(n.Slip), c.rungOf(n)
		return s != nil && s.Open() && c.p.Status.WithUnit() && (rung.State == Armed || rung.State == Paused)
	case "N3":
		asked := slices.ContainsFunc(c.p.Files(), func(w *Written) bool { return w.Explanation().Awaited() && w.Explanation().Round == n.Round })
		return asked && !c.env.Directory.succeeded(n.To.Contact, c.env.Now)
	}
	return true
}

// passOnCitizen writes to a citizen who cannot be texted, or has them called: the
// petition's own or a follower, whoever the notice was for. What went to a wrong address
// goes to the right one first.
func (c *change) passOnCitizen(n Notice, readdressed bool) {
	text, email := c.env.Numbering.Textable(c.p.Citizen.Phone), c.p.Citizen.Email != ""
	if f := c.p.follower(n.To.Citizen); f != nil {
		text, email = !f.NoText, f.HasEmail
	}
	if readdressed {
		n.Attempt, n.At = n.Attempt+1, c.env.Now
		n.NotBefore = c.env.Policy.Held(n)
		c.tellCitizen(n, text && !n.To.ByEmail, email)
		return
	}
	if c.env.Mail && email && !n.To.ByEmail {
		n.To.ByEmail, n.Attempt = true, n.Attempt+1
		n.At = c.env.Now
		c.post(n)
		return
	}
	c.contact(n, "tin "+n.Template+" không đến được")
}

// passOnContact goes on in the unit that has the slip: who stood in may be of another, whose
// people have no part in it.
func (c *change) passOnContact(n Notice) {
	n.To.Unit = unitAs(n.To.Role, c.p.Slip(n.Slip), n.To.Unit) // a release before noted the contact's own
	contact, byEmail, ok := c.following(n)
	switch {
	case !ok && c.toAssignee(n):
		c.unassigned(n)
	case !ok:
		c.nobody(n.To.Unit, n.To.Role, n.Template)
	case contact.ID == n.To.Contact:
		n.To.ByEmail, n.Attempt, n.At = true, n.Attempt+1, c.env.Now
		c.post(n)
	case byEmail:
		before := len(c.fx.Notices)
		c.tellNext(contact, n, "gửi thư điện tử cho ")
		c.fx.Notices[before].To.ByEmail = true
	default:
		c.tellNext(contact, n, "gửi tiếp cho ")
	}
}

// following is who hears of it after the contact that could not be reached: who has taken their
// place, the next who can be texted, then whoever has an address, the first first, and the contact,
// who holds the role still, where that is nobody.
func (c *change) following(n Notice) (contact Contact, byEmail, ok bool) {
	if contact, ok = c.successor(n); ok {
		return contact, false, true
	}
	if c.toAssignee(n) {
		return c.itself(n)
	}
	if contact, ok = c.next(n); ok {
		return contact, false, true
	}
	if contact, ok = c.nextByEmail(n); ok {
		return contact, true, true
	}
	return c.itself(n)
}

// itself is the contact that could not be texted, by email.
func (c *change) itself(n Notice) (contact Contact, byEmail, ok bool) {
	own, known := c.env.Directory.Contact(n.To.Contact)
	return own, true, known && own.Holds(c.env.Now) && c.env.Mail && own.Email != "" && !n.To.ByEmail
}

// successor is who has taken the contact's place and can be texted.
func (c *change) successor(n Notice) (Contact, bool) {
	before, _ := c.env.Directory.Contact(n.To.Contact)
	next, ok := c.env.Directory.inPlaceOf(before, c.env.Now)
	return next, ok && !n.To.ByEmail && n.Attempt < passedOn && c.textable(next)
}

// tellNext tells another contact what the one before could not be told.
func (c *change) tellNext(contact Contact, n Notice, how string) {
	c.tellContact(contact, n.To.Role, c.p.Slip(n.Slip), n.Template, n.Class, c.rungOf(n), n.Attempt+1, carry(n))
	if s := c.p.Slip(n.Slip); s != nil && n.Class == ClassSlip && n.To.Role == Focal {
		s.goesTo(contact)
	}
	c.fill(n.Vars)
	c.entry("fallback:"+n.Template, how+contact.Name)
}

// passedOn is how often one notice is passed on at most.
const passedOn = 8

// next is who is texted after the contact that could not be reached. Mail comes after
// all of them.
func (c *change) next(n Notice) (Contact, bool) {
	if n.To.ByEmail {
		return Contact{}, false
	}
	return after(c.reachable(n.To.Unit, n.To.Role), n)
}

// nextByEmail is who is written to when nobody else can be texted.
func (c *change) nextByEmail(n Notice) (Contact, bool) {
	people := c.mailable(n.To.Unit, n.To.Role)
	if !n.To.ByEmail && len(people) > 0 && n.Attempt < passedOn {
		return people[0], true
	}
	return after(people, n)
}

// after is who follows the notice's contact.
func after(people []Contact, n Notice) (Contact, bool) {
	tried := slices.IndexFunc(people, func(p Contact) bool { return p.ID == n.To.Contact })
	if rest := people[tried+1:]; len(rest) > 0 && n.Attempt < passedOn {
		return rest[0], true
	}
	return Contact{}, false
}

// fill gives the last notice the words that the petition can no longer supply:
// the text that failed was about what stood then.
func (c *change) fill(vars map[string]string) {
	last := c.fx.Notices[len(c.fx.Notices)-1].Vars
	for k, v := range vars {
		if last[k] == "" {
			last[k] = v
		}
	}
}

// rungOf is the rung that a notice came from.
func (c *change) rungOf(n Notice) Rung {
	for _, r := range c.p.Rungs {
		if r.Round == n.Round && r.Name == n.Rung {
			return r
		}
	}
	return Rung{Round: n.Round, Name: n.Rung, Slip: n.Slip}
}

// carry keeps the words of a notice that were given with it, not made from the
// petition as it stands: the time that was set with them, the unit it was about.
func carry(n Notice) map[string]string {
	names := []string{"ly_do", "noi_dung", "so", "hen", "gio"}
	switch n.Template {
	case "N1", "N2", "N3", "N3n", "V6", "VG":
		names = append(names, "han", "don_vi")
	case "O4":
		names = append(names, "han")
	case "V1":
		names = append(names, "han_48", "don_vi")
	case "H3":
		names = append(names, "han_48")
	}
	kept := map[string]string{}
	for _, k := range names {
		if v, ok := n.Vars[k]; ok {
			kept[k] = v
		}
	}
	return kept
}
