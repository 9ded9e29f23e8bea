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
	c.entry("failed:"+n.Template, fmt.Sprintf("tin %s không đến được (lần %d)", n.Template, n.Attempt))
	switch {
	case !c.stillNeeded(n):
	case n.To.Citizen != 0:
		c.passOnCitizen(n)
	case n.To.Contact != 0:
		c.passOnContact(n)
	default:
		c.task(TaskUnreachable, Operator, env.Now, "Tin "+n.Template+" của "+p.Code+" không đến được")
	}
	return c.done(p.Version)
}

// stillNeeded: nobody needs the next contact for a slip that is over, or for a
// reminder of something done.
func (c *change) stillNeeded(n Notice) bool {
	switch n.Class {
	case ClassSlip, ClassReminder, ClassEscalation:
		s := c.p.Slip(n.Slip)
		if s == nil || !s.Open() || !c.p.Status.WithUnit() {
			return false
		}
		return n.Class != ClassSlip || s.AcknowledgedAt.IsZero()
	case ClassRating:
		return false
	}
	return true
}

func (c *change) passOnCitizen(n Notice) {
	if c.env.Mail && c.p.Citizen.Email != "" && !n.To.ByEmail {
		n.To.ByEmail, n.Attempt = true, n.Attempt+1
		n.At = c.env.Now
		c.post(n)
		return
	}
	c.task(TaskContact, Operator, c.env.Now, "Liên hệ người dân về "+c.p.Code+" (tin "+n.Template+" không đến được)")
}

func (c *change) passOnContact(n Notice) {
	if contact, ok := c.next(n); ok {
		slip := c.p.Slip(n.Slip)
		c.tellContact(contact, n.To.Role, slip, n.Template, n.Class, Rung{Round: n.Round, Name: n.Rung, Slip: n.Slip}, n.Attempt+1, carry(n.Vars))
		c.entry("fallback:"+n.Template, "gửi tiếp cho "+contact.Name)
		return
	}
	contact, known := c.env.Directory.Contact(n.To.Contact)
	if known && c.env.Mail && contact.Email != "" && !n.To.ByEmail {
		n.To.ByEmail, n.Attempt, n.At = true, n.Attempt+1, c.env.Now
		c.post(n)
		return
	}
	c.nobody(n.To.Unit, n.To.Role, n.Template)
}

// next is who is asked after the contact that could not be reached.
func (c *change) next(n Notice) (Contact, bool) {
	people := c.reachable(n.To.Unit, n.To.Role)
	tried := slices.IndexFunc(people, func(p Contact) bool { return p.ID == n.To.Contact })
	if rest := people[tried+1:]; len(rest) > 0 && n.Attempt < 8 {
		return rest[0], true
	}
	return Contact{}, false
}

// carry keeps the words of a notice that do not depend on who reads it.
func carry(vars map[string]string) map[string]string {
	kept := map[string]string{}
	for _, k := range []string{"ly_do", "noi_dung", "so", "hen", "gio"} {
		if v, ok := vars[k]; ok {
			kept[k] = v
		}
	}
	return kept
}

// unreachable is the task for a failed message that belongs to no petition.
func unreachable(m Message, env Env) Task {
	return Task{
		Key: fmt.Sprintf("message/%d", m.ID), Kind: TaskUnreachable, For: Operator, OpenedAt: env.Now,
		Contact: m.Notice.To.Contact,
		Text:    fmt.Sprintf("Tin số %d (%s) không đến được %s", m.ID, m.Notice.Template, MaskPhone(m.Phone)),
	}
}
