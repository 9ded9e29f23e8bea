package escalation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What is left behind: a role ends without a successor being named (a date in a sheet, the
// console), and the slips' codes are with somebody who is not there any more. Whoever has
// the role gets them, once their number is verified.

// LeftSlip is a slip whose open code is with somebody whose time in the role has ended.
type LeftSlip struct {
	Contact  int64 // who was left with it
	Petition int64
	Slip     int
}

// leftWith reports whether the slip is the one before's still: nobody else has acknowledged it.
func (s *Slip) leftWith(before Contact, petition int64, left []LeftSlip) bool {
	return (s.AcknowledgedAt.IsZero() || s.AcknowledgedBy == before.Name || s.Assignee == before.ID) &&
		slices.Contains(left, LeftSlip{before.ID, petition, s.No})
}

// takeLeft gives the contact what those before in the role were left with.
func (h *handover) takeLeft(ctx context.Context, contact Contact) error {
	if !contact.Role.hasSlips() || !contact.Serving(h.env.Now) {
		return nil
	}
	left, err := h.tx.LeftSlips(ctx, contact.Unit)
	if err != nil || len(left) == 0 {
		return err
	}
	if h.env.Directory, err = h.tx.Directory(ctx); err != nil { // with what this transaction has changed
		return err
	}
	for _, before := range h.env.Directory.leftAt(contact.Unit, contact.Role, left) {
		if err := h.takeFrom(ctx, contact, before, left); err != nil {
			return err
		}
	}
	return nil
}

// takeFrom gives the contact what one person was left with. The Office is told when it is
// something.
func (h *handover) takeFrom(ctx context.Context, contact, before Contact, left []LeftSlip) error {
	var own []LeftSlip
	var ids []int64
	for _, l := range left {
		changed := slices.ContainsFunc(h.changes, func(c Change) bool { return c.Petition.ID == l.Petition })
		meant := l.Contact == before.ID && (h.only == 0 || h.only == l.Petition)
		if meant && !changed { // of two who were left with one slip the second's code waits for the morning
			own = append(own, l)
			ids = append(ids, l.Petition)
		}
	}
	open, err := h.tx.Petitions(ctx, slices.Compact(slices.Sorted(slices.Values(ids)))...)
	if err != nil {
		return err
	}
	rung := RungName(fmt.Sprintf("handover/%d/%d@%s", contact.ID, before.ID, h.env.Now.Format(time.RFC3339))) // the two may meet again
	if h.only != 0 {
		rung += RungName("/" + itoa(h.only))
	}
	if h.handSlips(contact, before, open, rung, own) > 0 {
		h.tellOffice(contact, before, rung)
	}
	return nil
}

// leftAt are the people of the role who were left with something, by id.
func (d *Directory) leftAt(unit string, role Role, left []LeftSlip) []Contact {
	var people []Contact
	for _, c := range d.roles[roleKey{unit, role}] {
		if slices.ContainsFunc(left, func(l LeftSlip) bool { return l.Contact == c.ID }) {
			people = append(people, c)
		}
	}
	slices.SortFunc(people, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	return people
}

// inheritance is what falls to one person.
type inheritance struct {
	heir      int64
	petitions []int64
}

// HandLeft gives what people whose time has ended were left with to whoever serves now
// with a verified number, and says how many of these it was. Where there is nobody yet,
// their verification does it. What fails is told with all else done: of one person's
// petitions the one that cannot be read is left out.
func (d *Desk) HandLeft(ctx context.Context) (people int, err error) {
	falls, err := d.inheritances(ctx)
	failed := []error{err}
	for _, f := range falls { // a transaction each: none locks the whole city's petitions
		handed, err := d.handLeft(ctx, f.heir, 0)
		for i := 0; err != nil && i < len(f.petitions); i++ {
			one, why := d.handLeft(ctx, f.heir, f.petitions[i])
			handed = handed || one
			if why != nil {
				failed = append(failed, fmt.Errorf("hand petition %d, which was left, to contact %d: %w", f.petitions[i], f.heir, why))
			}
		}
		if handed {
			people++
		}
	}
	return people, errors.Join(failed...)
}

// inheritances are the people who get something that was left, with the petitions. A unit
// that does not work today is told when it does.
func (d *Desk) inheritances(ctx context.Context) (falls []inheritance, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		falls = nil
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		left, err := tx.LeftSlips(ctx, "")
		if err != nil {
			return err
		}
		for _, l := range left {
			before, _ := env.Directory.Contact(l.Contact)
			heir, ok := env.Directory.heir(before, env.Now)
			if !ok || !env.worksOn(heir.Unit, env.Now) {
				continue
			}
			i := slices.IndexFunc(falls, func(f inheritance) bool { return f.heir == heir.ID })
			if i < 0 {
				i, falls = len(falls), append(falls, inheritance{heir: heir.ID})
			}
			if !slices.Contains(falls[i].petitions, l.Petition) {
				falls[i].petitions = append(falls[i].petitions, l.Petition)
			}
		}
		return nil
	})
	return falls, err
}

// handLeft gives one person what those before them were left with, and says whether it
// was anything; of one petition alone, or of all (0).
func (d *Desk) handLeft(ctx context.Context, heir, petition int64) (handed bool, err error) {
	err = d.withContact(ctx, heir, func(tx Tx, env Env, contact Contact) error {
		h := handover{tx: tx, env: env, actor: Ladder(), only: petition}
		if err := h.takeLeft(ctx, contact); err != nil {
			return err
		}
		handed = len(h.changes) > 0
		if err := tx.Save(ctx, h.changes); err != nil {
			return err
		}
		return tx.Post(ctx, h.notices, h.tasks)
	})
	return handed && err == nil, err
}

// heir is who has the role of somebody whose time has ended: the first whose number is verified.
func (d *Directory) heir(before Contact, now time.Time) (Contact, bool) {
	for _, c := range d.roles[roleKey{before.Unit, before.Role}] {
		if before.Role.hasSlips() && c.ID != before.ID && c.Verified && c.Serving(now) {
			return c, true
		}
	}
	return Contact{}, false
}
