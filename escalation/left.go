package escalation

import (
	"cmp"
	"context"
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
		if l.Contact == before.ID && !changed { // of two who were left with one slip the second's code waits for the morning
			own = append(own, l)
			ids = append(ids, l.Petition)
		}
	}
	open, err := h.tx.Petitions(ctx, slices.Compact(slices.Sorted(slices.Values(ids)))...)
	if err != nil {
		return err
	}
	rung := RungName(fmt.Sprintf("handover/%d/%d@%s", contact.ID, before.ID, h.env.Now.Format(time.RFC3339))) // the two may meet again
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

// HandLeft gives what people whose time has ended were left with to whoever serves now
// with a verified number, and says how many people it was. Where there is nobody yet,
// their verification does it.
func (d *Desk) HandLeft(ctx context.Context) (people int, err error) {
	var heirs []int64
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		heirs = nil
		left, err := tx.LeftSlips(ctx, "")
		if err != nil {
			return err
		}
		dir, err := tx.Directory(ctx)
		if err != nil {
			return err
		}
		for _, l := range left {
			before, _ := dir.Contact(l.Contact)
			if heir, ok := dir.heir(before, tx.Now()); ok && !slices.Contains(heirs, heir.ID) {
				heirs = append(heirs, heir.ID)
			}
		}
		return nil
	})
	for _, id := range heirs { // a transaction each: none locks the whole city's petitions
		err := d.withContact(ctx, id, func(tx Tx, env Env, contact Contact) error {
			h := handover{tx: tx, env: env, actor: Ladder()}
			if err := h.takeLeft(ctx, contact); err != nil {
				return err
			}
			if len(h.changes) > 0 {
				people++
			}
			if err := tx.Save(ctx, h.changes); err != nil {
				return err
			}
			return tx.Post(ctx, h.notices, h.tasks)
		})
		if err != nil {
			return people, err
		}
	}
	return people, err
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
