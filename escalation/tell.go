package escalation

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// How notices are addressed: who of a role can be reached now, and what happens
// when nobody can be texted. wording.go says what the texts' variables are.

// standIns lists the roles asked in turn when nobody of a role can be reached.
func standIns(role Role) []Role {
	switch role {
	case Focal:
		return []Role{Focal, Deputy, Head}
	case Deputy:
		return []Role{Deputy, Head}
	case Head:
		return []Role{Head, Deputy, Leader}
	case ShiftLead:
		return []Role{ShiftLead, Operator, Administrator}
	case Office:
		return []Role{Office}
	}
	return []Role{role}
}

// reachable lists who of the role, and then of its stand-ins, can be texted now.
func (c *change) reachable(unit string, role Role) []Contact {
	var list []Contact
	for _, r := range standIns(role) {
		for _, contact := range c.env.Directory.Serving(unit, r, c.env.Now) {
			known := slices.ContainsFunc(list, func(k Contact) bool { return k.ID == contact.ID || k.Phone == contact.Phone })
			if !known && c.textable(contact) {
				list = append(list, contact)
			}
		}
	}
	return list
}

// tell queues a text to whoever serves in the role for the slip. Nobody to tell
// is never silent: it becomes a task and a line in the timeline.
func (c *change) tell(role Role, slip *Slip, template string, class Class, r Rung, vars map[string]string) {
	contact, byEmail, ok := c.duty(role, slip)
	if !ok {
		c.nobody(unitOf(slip), role, template)
		return
	}
	before := len(c.fx.Notices)
	c.tellContact(contact, role, slip, template, class, r, 1, vars)
	c.fx.Notices[before].To.ByEmail = byEmail
}

// duty is who is told in the role for the slip now: the officer whom the unit
// named (Đ17.4), else whoever serves; by email where nobody can be texted.
func (c *change) duty(role Role, slip *Slip) (contact Contact, byEmail, ok bool) {
	if role == Focal && slip != nil && slip.Assignee != 0 {
		if contact, ok := c.env.Directory.Contact(slip.Assignee); ok && contact.Serving(c.env.Now) && c.textable(contact) {
			return contact, false, true
		}
	}
	if people := c.reachable(unitOf(slip), role); len(people) > 0 {
		return people[0], false, true
	}
	if people := c.mailable(unitOf(slip), role); len(people) > 0 {
		return people[0], true, true
	}
	return Contact{}, true, false
}

func unitOf(slip *Slip) string {
	if slip == nil {
		return ""
	}
	return slip.Unit
}

// unitAs is the unit for which somebody is told in the role: that of the slip, also where they
// stand in from another one; of people who are of no unit's, their own.
func unitAs(role Role, slip *Slip, own string) string {
	if slip != nil && slices.Contains(UnitRoles(), role) {
		return slip.Unit
	}
	return own
}

// textable reports whether the contact may and can be texted about the petition.
func (c *change) textable(contact Contact) bool {
	return !c.excluded(contact) && c.env.Numbering.Textable(contact.Phone)
}

// excluded reports whether the contact is one who must not hear of the petition.
func (c *change) excluded(contact Contact) bool { return c.p.Excludes(c.env.Directory, contact) }

// Excludes reports whether the contact must not hear of the petition.
func (p *Petition) Excludes(d *Directory, contact Contact) bool {
	return d.Excluded(p.Exclude, contact)
}

// anybody reports whether somebody of the role itself can be texted, stand-ins apart.
func (c *change) anybody(unit string, role Role) bool {
	return slices.ContainsFunc(c.env.Directory.Serving(unit, role, c.env.Now), c.textable)
}

// mailable lists who can be written to where nobody can be texted, stand-ins last.
func (c *change) mailable(unit string, role Role) (list []Contact) {
	for _, r := range standIns(role) {
		for _, contact := range c.env.Directory.Serving(unit, r, c.env.Now) {
			if c.env.Mail && contact.Email != "" && !c.excluded(contact) {
				list = append(list, contact)
			}
		}
	}
	return list
}

func (c *change) tellContact(contact Contact, role Role, slip *Slip, template string, class Class, r Rung, attempt int, vars map[string]string) {
	n := Notice{
		Petition: c.p.ID, Template: template, Class: class, Lane: c.lane(class), Round: r.Round, Rung: r.Name, Attempt: attempt,
		To: Recipient{Contact: contact.ID, Role: role, Unit: unitAs(role, slip, contact.Unit)}, At: c.env.Now, Expires: c.expiry(class, r),
	}
	if slip != nil {
		n.Slip = slip.No
	}
	n.NeedCode = slip != nil && needsCode(template)
	n.Vars = c.officerVars(slip, contact, n.To.Unit, vars)
	n.NotBefore = c.held(n, slip)
	c.post(n)
}

// held is until when a text waits: at night for the morning, but not while the unit that
// has the slip works and its clock runs (Đ9.3: at once).
func (c *change) held(n Notice, slip *Slip) time.Time {
	until := c.env.Policy.Held(n)
	if slip == nil || n.To.Unit != slip.Unit || !until.After(n.At) {
		return until
	}
	switch next := c.env.CalendarOf(slip.Unit).Next(n.At); {
	case !next.After(n.At):
		return n.NotBefore
	case next.Before(until):
		return next
	}
	return until
}

// post adds a notice; two of one key within a change are numbered apart.
func (c *change) post(n Notice) {
	for slices.ContainsFunc(c.fx.Notices, func(o Notice) bool { return o.Key() == n.Key() }) {
		n.Seq++
	}
	c.fx.Notices = append(c.fx.Notices, n)
}

// nobody records that a step had nobody to notify, so that it never passes silently.
func (c *change) nobody(unit string, role Role, template string) {
	what := fmt.Sprintf("không có ai giữ vai trò %s nhận được tin nhắn", role.title())
	if u, ok := c.env.Directory.Unit(unit); ok {
		what += " tại " + u.Name
	}
	c.entry("unreachable", what+" (mẫu "+template+")")
	c.task(TaskUnreachable, ShiftLead, c.env.Now, what)
}

// citizen queues a text to the petition's citizen and to those who follow it. Who
// cannot be texted gets an email or a call (DESIGN "receipts").
func (c *change) citizen(template string, class Class, r Rung, vars map[string]string) {
	if own := c.p.Citizen; class != ClassRating || c.p.Rating == nil { // else has answered
		c.tellCitizen(c.citizenNotice(c.p.ID, template, class, r, vars), c.env.Numbering.Textable(own.Phone), own.Email != "")
	}
	if template == "C3" || template == "C12" {
		return // a question is for who made this petition
	}
	c.followers(template, class, r, vars)
}

// followers queues a text to those who follow the petition, each under their own code.
func (c *change) followers(template string, class Class, r Rung, vars map[string]string) {
	for _, f := range c.p.Followers {
		if class == ClassRating && f.Rating != nil {
			continue // has answered
		}
		v := map[string]string{}
		maps.Copy(v, vars)
		v["ma"], v["link"] = f.Code, c.env.Host+"/t/"+f.Token
		v["xh"] = Citizen{Organisation: f.Organisation}.Salutation()
		c.tellCitizen(c.citizenNotice(f.ID, template, class, r, v), !f.NoText, f.HasEmail)
	}
}

// tellCitizen queues the notice, by email to whoever cannot be texted; whoever has
// neither is called.
func (c *change) tellCitizen(n Notice, textable, email bool) {
	switch {
	case textable:
		c.post(n)
	case email && c.env.Mail:
		n.To.ByEmail = true
		c.post(n)
	case n.Class == ClassRating && c.p.Status == AnsweredDirectly:
		// nobody is called to be asked
	default:
		c.entry("contact", "người dân không nhận được tin nhắn, cần liên hệ trực tiếp (mẫu "+n.Template+")")
		c.contact(n, "mẫu "+n.Template)
	}
}

// contact opens the task to reach the citizen a notice was for: the petition's
// own, or a follower, under the code of that citizen's petition.
func (c *change) contact(n Notice, why string) {
	c.task(TaskContact, Operator, c.env.Now, "Liên hệ người dân về "+n.Vars["ma"]+" ("+why+")")
	if f := c.p.follower(n.To.Citizen); f != nil {
		last := &c.fx.Tasks[len(c.fx.Tasks)-1]
		last.PetitionID, last.Petition = f.ID, f.Code
	}
}

func (c *change) citizenNotice(id int64, template string, class Class, r Rung, vars map[string]string) Notice {
	n := Notice{
		Petition: c.p.ID, Template: template, Class: class, Lane: LaneCitizen, Round: r.Round, Rung: r.Name, Attempt: 1,
		To: Recipient{Citizen: id, Role: CitizenRole}, At: c.env.Now, Vars: c.citizenVars(vars), NeedCode: template == "C8n",
	}
	n.NotBefore = c.env.Policy.Held(n)
	return n
}

// lane puts urgent petitions' texts first.
func (c *change) lane(class Class) Lane {
	switch {
	case class == ClassPraise: // also of an urgent petition
		return LaneBulk
	case class == ClassAlarm, c.p.Urgent && class != ClassReport:
		return LaneUrgent
	case class == ClassRating:
		return LaneCitizen
	}
	return LaneSlip
}

// expiry: a reminder is pointless once its next level is due.
func (c *change) expiry(class Class, r Rung) time.Time {
	if class != ClassReminder {
		return time.Time{}
	}
	spec, ok := c.env.Policy.Spec(r.Ladder, r.Name)
	if !ok || spec.Next == "" {
		return time.Time{}
	}
	for _, other := range c.p.Rungs {
		if other.Name == spec.Next && other.Slip == r.Slip && other.State == Armed && other.Due.After(c.env.Now) {
			return other.Due
		}
	}
	return time.Time{}
}

// citizenLater queues a text that waits: C1 yields to C4 when the petition is
// forwarded within minutes.
func (c *change) citizenLater(template string, wait time.Duration) {
	before := len(c.fx.Notices)
	c.citizen(template, ClassRecorded, Rung{Round: c.p.Rounds}, nil)
	for i := before; i < len(c.fx.Notices); i++ {
		c.fx.Notices[i].NotBefore = c.env.Now.Add(wait)
	}
}

// inform texts the shift lead (T1) in a few words.
func (c *change) inform(r Rung, words string) {
	c.tell(ShiftLead, nil, "T1", ClassAlarm, r, map[string]string{"noi_dung": words})
}
