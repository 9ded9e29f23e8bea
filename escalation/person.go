package escalation

import (
	"slices"
	"strings"
	"unicode"
)

// One person, several rows: a row for each desk, and a new row for each new number of
// somebody in office (Renumbered). What holds for the person outlives the row.

// renumbered reports whether the contact is the one whose place they take, with another
// number. Successors in name are somebody else.
func (c Contact) renumbered(before Contact) bool {
	return c.Replaces == before.ID && before.ID != 0 && c.Namesake(before)
}

// Namesake reports whether two rows have one name, however it is written: marks, case,
// spaces and signs aside, as a sheet is matched.
func (c Contact) Namesake(other Contact) bool { return bareName(c.Name) == bareName(other.Name) }

func bareName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Plain(name))
}

// earlier are the contact's row and those that the same person had before it at this desk.
func (d *Directory) earlier(c Contact) []Contact {
	rows := []Contact{c}
	for {
		before, ok := d.contacts[c.Replaces]
		ring := slices.ContainsFunc(rows, func(r Contact) bool { return r.ID == before.ID })
		if !ok || ring || !c.renumbered(before) {
			return rows
		}
		rows, c = append(rows, before), before
	}
}

// latest is the contact, or the row that the person's new number has made of theirs.
func (d *Directory) latest(c Contact) Contact {
	next, changes := c, 0
	for _, other := range d.roles[roleKey{c.Unit, c.Role}] {
		if other.Pending {
			continue
		}
		since := slices.IndexFunc(d.earlier(other), func(r Contact) bool { return r.ID == c.ID })
		if since > changes {
			next, changes = other, since
		}
	}
	return next
}

// Excluded reports whether the contact is one of those who must not hear of a petition:
// the row itself, or another one of the same person: with the phone or the address, under
// the name in the same unit, or from before a change of number. Of two namesakes in one
// unit both are kept out: a colleague who is asked costs less than the officer who is
// complained of.
func (d *Directory) Excluded(exclude []int64, contact Contact) bool {
	if len(exclude) == 0 {
		return false
	}
	rows := d.earlier(contact)
	for _, id := range exclude {
		if id == contact.ID {
			return true
		}
		out, ok := d.contacts[id]
		if !ok {
			continue
		}
		for _, o := range d.earlier(out) {
			if slices.ContainsFunc(rows, o.onePerson) {
				return true
			}
		}
	}
	return false
}

// onePerson reports whether two rows are taken for one person's where that is the safe side.
func (c Contact) onePerson(other Contact) bool {
	return c.ID == other.ID || c.Phone != "" && c.Phone == other.Phone || c.Email != "" && c.Email == other.Email ||
		c.Unit == other.Unit && c.Namesake(other)
}
