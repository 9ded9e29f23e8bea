package escalation

import "time"

// A text may wait: for the morning, for its budget, for an SMSC that is down. Whose it was may have
// left the role meanwhile, or the number, and it would tell a stranger of a petition. It is not
// sent. It has failed like any other, so that what it asks for is passed on (PassOn).

// NotTheirs is the error of a text that was not sent because its reader had left.
const NotTheirs = "its reader has left the role or the number"

// NotTheirsAgain is that of a text that was not sent once more: nobody knows of an earlier try
// whether it arrived.
const NotTheirsAgain = NotTheirs + "; an earlier try may have arrived"

// Readdressed is the error of a text to a citizen that was not sent once more because its address
// was put right after the first try, of which nobody may know whether it arrived. It is told anew,
// where it should have gone.
const Readdressed = "the address was corrected"

// Astray reports whether what was decided for a contact, to go to the phone or by mail, would now
// reach who has left the role since, or a number that is the contact's no more. What was decided
// after their end was meant for them all the same.
func (d *Directory) Astray(to Recipient, phone string, decided, now time.Time) bool {
	c, known := d.Contact(to.Contact)
	if !known {
		return false
	}
	return c.ended(now) && !c.ValidTo.Before(decided) || !to.ByEmail && c.Phone != phone
}

// inPlaceOf is who has taken the place of the contact, by however many changes, and serves.
func (d *Directory) inPlaceOf(before Contact, at time.Time) (Contact, bool) {
	for _, c := range d.roles[roleKey{before.Unit, before.Role}] {
		if !c.Pending && c.Serving(at) && d.descends(c, before.ID) {
			return c, true
		}
	}
	return Contact{}, false
}

// descends reports whether the contact has come after the one before, one change after the other.
func (d *Directory) descends(c Contact, before int64) bool {
	for range d.contacts { // a ring ends too
		if c.Replaces == 0 || c.Replaces == before {
			return c.Replaces != 0
		}
		c = d.contacts[c.Replaces]
	}
	return false
}
