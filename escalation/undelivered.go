package escalation

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// undelivered decides what follows a notice about no petition that failed for good or had no
// receipt in time. What is for whoever has the role goes to the next of it, then by email; what
// is for one person, to the same person at a new number or by email. After that it is the operators' task.
func undelivered(m Message, env Env) ([]Notice, []Task) {
	n, follow := m.Notice, toThePerson
	if forTheRole(n) {
		follow = toTheNext
	}
	if n.Template == "BG" && env.Directory.succeeded(n.To.Contact, env.Now) {
		return nil, nil // who has their place was given all of it, with codes of their own
	}
	if n.To.Contact != 0 && (n.Expires.IsZero() || env.Now.Before(n.Expires)) {
		if next, ok := follow(m, env); ok {
			return []Notice{next}, nil
		}
	}
	return nil, []Task{unreachable(m, env)}
}

// forTheRole reports whether any of the Office may act on the notice: it tells of no petition,
// or, on a daily count, of one that not everybody may open (V2). V4 is put together of
// petitions that its reader may see, lists and reports are one person's: they are not.
func forTheRole(n Notice) bool {
	return n.Rung != "" && slices.Contains([]string{"V2", "V5", "V7", "V8"}, n.Template) // sent by hand it has no rung
}

// toTheNext tells the next of the role what the contact could not be told, or the contact by
// email where there is none.
func toTheNext(m Message, env Env) (Notice, bool) {
	n := m.Notice
	c := &change{p: &Petition{}, env: env}
	contact, byEmail, ok := c.following(n)
	if !ok {
		return Notice{}, false
	}
	if contact.ID != n.To.Contact && n.Template == "V2" { // of a single petition it links the page
		n.Vars = maps.Clone(n.Vars)
		n.Vars["lp"] = env.Host
	}
	n.To.Contact, n.To.Unit, n.To.ByEmail = contact.ID, contact.Unit, byEmail
	n.Attempt, n.At, n.NotBefore = n.Attempt+1, env.Now, time.Time{}
	n.NotBefore = env.Policy.Held(n)
	return n, true
}

// toThePerson tells the contact once more: at another number, or by email.
func toThePerson(m Message, env Env) (Notice, bool) {
	if next, ok := toNewNumber(m, env); ok {
		return next, true
	}
	return byMail(m, env)
}

// toNewNumber texts whoever has changed nothing but the number. A code is the old number's, and
// of no use from another.
func toNewNumber(m Message, env Env) (Notice, bool) {
	n := m.Notice
	own, _ := env.Directory.Contact(n.To.Contact)
	next := env.Directory.latest(own)
	if next.ID == own.ID || !next.Holds(env.Now) || !env.Numbering.Textable(next.Phone) || n.To.ByEmail || !tellsCodes(m, next) {
		return Notice{}, false
	}
	n.To.Contact, n.At, n.NotBefore = next.ID, env.Now, time.Time{}
	n.NotBefore = env.Policy.Held(n)
	return n, true
}

// byMail writes to the contact what the text said. The attempt stays the text's: what went
// by both ways from the start (R1) is not written a second time.
func byMail(m Message, env Env) (Notice, bool) {
	n := m.Notice
	own, known := env.Directory.Contact(n.To.Contact)
	if !known || !own.Holds(env.Now) || !env.Mail || own.Email == "" || n.To.ByEmail || !tellsCodes(m, own) {
		return Notice{}, false
	}
	n.To.ByEmail, n.At, n.NotBefore = true, env.Now, time.Time{}
	n.NeedCode, n.Slips = false, nil // the words have their codes already
	return n, true
}

// tellsCodes reports whether the contact can use the codes that the notice tells: a code is
// heard from the number it was made for alone, and that must be the contact's beyond doubt.
func tellsCodes(m Message, own Contact) bool {
	return !m.Notice.NeedCode && m.Notice.Template != "BG" || own.Verified && own.Phone == m.Phone
}

// unreachable is the task for a failed message that belongs to no petition.
func unreachable(m Message, env Env) Task {
	to := MaskPhone(m.Phone)
	if m.Email != "" {
		to = "địa chỉ thư điện tử"
		if contact, ok := env.Directory.Contact(m.Notice.To.Contact); ok {
			to += " của " + contact.Name
		}
	}
	return Task{
		Key: fmt.Sprintf("message/%d", m.ID), Kind: TaskUnreachable, For: Operator, OpenedAt: env.Now,
		Contact: m.Notice.To.Contact,
		Text:    fmt.Sprintf("Tin số %d (%s) %s %s", m.ID, m.Notice.Template, m.fate(), to),
	}
}
