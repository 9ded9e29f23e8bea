package escalation

import "slices"

// Whose work a slip is, for the reports by officer. How it was acknowledged, and who typed
// what the officer said on the telephone, is another matter: it is never an operator.

// goesTo notes whom the slip's text went to, as long as nobody of the unit has taken it.
func (s *Slip) goesTo(contact Contact) {
	if !s.Taken {
		s.Officer = contact.Name
	}
}

// takes notes who of the unit acts on the slip: the first has it. What came to the head by
// the end of the 8 h (Đ9.4) stays with the officer who let it come to that.
func (c *change) takes(s *Slip) {
	up := c.actor.Role == Head && c.p.fired(s, RungHead)
	if s.Taken || up || c.actor.Unit != s.Unit || !c.actor.forUnit() || !c.actor.person() {
		return
	}
	s.Officer, s.Taken = c.actor.Name, true
	if contact, ok := c.env.Directory.Contact(c.actor.Contact); ok {
		s.Officer = contact.Name // an account may be called otherwise
	}
}

// assigned notes whom the unit has named (Đ17.4), which is who has it from then on.
func (s *Slip) assigned(contact Contact) { s.Officer, s.Taken = contact.Name, true }

// person reports whether it is known who acts: not by an API key, nor on the page of a slip
// that asks for no code. A text comes from somebody's number.
func (a Actor) person() bool { return a.Contact != 0 || a.Account != "" || a.Channel == BySMS }

// receives says whom a slip is for: who is told, or whoever of the unit would be if they had
// a number.
func (c *change) receives(s *Slip) (Contact, bool) {
	if contact, _, ok := c.duty(Focal, s); ok {
		return contact, true
	}
	for _, role := range standIns(Focal) {
		for _, contact := range c.env.Directory.Serving(s.Unit, role, c.env.Now) {
			if !c.excluded(contact) {
				return contact, true
			}
		}
	}
	return Contact{}, false
}

// called is who of the unit took the call, where its log names one by name or number.
func (c *change) called(unit string, call *CallLog) (Contact, bool) {
	if !call.Answered() {
		return Contact{}, false
	}
	found := c.env.Directory.named(unit, call.To, c.env.Now, c.env.Numbering)
	if len(found) == 0 || slices.ContainsFunc(found, func(o Contact) bool { return o.Name != found[0].Name }) {
		return Contact{}, false
	}
	return found[0], true
}

// remember gives a slip of before this was noted the officer who has acknowledged it, where
// it was one of the unit's. Of another the stored fact stays (migration 00054).
func (c *change) remember(s *Slip) {
	_, by := s.acknowledgedFirst()
	if s.Officer == "" && by != "" && c.env.Directory.has(s.Unit, by) {
		s.Officer, s.Taken = by, true
	}
}

// has reports whether somebody of the name is or was of the unit.
func (d *Directory) has(unit, name string) bool {
	for _, c := range d.contacts {
		if c.Unit == unit && c.Name == name {
			return true
		}
	}
	return false
}
