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

// leftWith reports whether the slip is the one before's still: nobody else of the unit has
// acknowledged it. Who has taken their place gets it all the same.
func (s *Slip) leftWith(before Contact, petition int64, left []LeftSlip, inPlace bool) bool {
	return (inPlace || s.AcknowledgedAt.IsZero() || s.AcknowledgedBy == before.Name || s.Officer == before.Name || s.Assignee == before.ID) &&
		slices.Contains(left, LeftSlip{before.ID, petition, s.No})
}

// takeLeft gives the contact what those before in the role were left with, as much as one
// transaction hands over, from where the rest begins.
func (h *handover) takeLeft(ctx context.Context, contact Contact, rest handoverRest) error {
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
	began := rest.began
	if began.IsZero() {
		began = h.env.Now
	}
	people := h.env.Directory.leftAt(contact.Unit, contact.Role, left)
	page, more := pageAfter(petitionsLeft(left, people), rest.after)
	if more {
		h.rest = &handoverRest{contact: contact.ID, after: page[len(page)-1], began: began, actor: h.actor}
	}
	left = slices.DeleteFunc(left, func(l LeftSlip) bool { return !slices.Contains(page, l.Petition) })
	for _, before := range people {
		if err := h.takeFrom(ctx, contact, before, left, handoverRest{after: rest.after, began: began}); err != nil {
			return err
		}
	}
	return nil
}

// petitionsLeft are the petitions with which the people were left, by id.
func petitionsLeft(left []LeftSlip, people []Contact) (ids []int64) {
	for _, l := range left {
		if slices.ContainsFunc(people, func(c Contact) bool { return c.ID == l.Contact }) {
			ids = append(ids, l.Petition)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// takeFrom gives the contact what one person was left with. The Office is told when it is
// something.
func (h *handover) takeFrom(ctx context.Context, contact, before Contact, left []LeftSlip, rest handoverRest) error {
	var own []LeftSlip
	var ids []int64
	for _, l := range left {
		changed := slices.ContainsFunc(h.changes, func(c Change) bool { return c.Petition.ID == l.Petition })
		if l.Contact == before.ID && !changed { // of two who were left with one slip the second's code waits for the morning
			own = append(own, l)
			ids = append(ids, l.Petition)
		}
	}
	open, err := h.readable(ctx, contact, before, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return err
	}
	rung := RungName(fmt.Sprintf("handover/%d/%d@%s", contact.ID, before.ID, rest.began.Format(time.RFC3339))) // the two may meet again
	if h.handSlips(contact, before, open, pageRung(rung, rest.after), own) > 0 {
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
// with a verified number, and says how many of these it was. Where there is nobody yet,
// their verification does it. What fails is told with all else done: of one person's
// petitions the one that cannot be read is left out.
func (d *Desk) HandLeft(ctx context.Context) (people int, err error) {
	heirs, err := d.heirs(ctx)
	failed := []error{err}
	for _, heir := range heirs { // a transaction each: none locks the whole city's petitions
		handed, err := d.handLeft(ctx, heir)
		if err != nil {
			failed = append(failed, fmt.Errorf("hand what was left to contact %d: %w", heir, err))
		}
		if handed {
			people++
		}
	}
	return people, errors.Join(failed...)
}

// heirs are the people who get something that was left. A unit that does not work today is
// told when it does.
func (d *Desk) heirs(ctx context.Context) (heirs []int64, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		heirs = nil
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
			if ok && env.worksOn(heir.Unit, env.Now) && !slices.Contains(heirs, heir.ID) {
				heirs = append(heirs, heir.ID)
			}
		}
		return nil
	})
	return heirs, err
}

// handLeft gives one person what those before them were left with, and says whether it
// was anything. The error may be of what was left out alone.
func (d *Desk) handLeft(ctx context.Context, heir int64) (handed bool, err error) {
	handed, leftOut, err := d.handOn(ctx, &handoverRest{contact: heir, actor: Ladder()})
	return handed, errors.Join(append(leftOut, err)...)
}

// readable reads and locks those of the petitions that can be read, and leaves out the others.
func (h *handover) readable(ctx context.Context, contact, before Contact, ids []int64) ([]Petition, error) {
	return readable(ctx, h.tx, ids, func(petition int64, why error) error {
		return h.leaveOut(ctx, contact, before, petition, why)
	})
}

// leaveOut notes a petition that is not handed over. Its code stays with the one before, so
// that it is looked at each morning until it can be read.
func (h *handover) leaveOut(ctx context.Context, contact, before Contact, petition int64, why error) error {
	bindings, err := h.tx.Bindings(ctx, before.Phone)
	if err != nil {
		return err
	}
	code := "số " + itoa(petition) + " trong cơ sở dữ liệu"
	if i := slices.IndexFunc(bindings, func(b Binding) bool { return b.Petition == petition }); i >= 0 {
		code = bindings[i].PetCode
	}
	h.leftOut = append(h.leftOut, fmt.Errorf("petition %d is left out: %w", petition, why))
	h.tasks = append(h.tasks, Task{
		Key: unreadableKey(petition), Kind: TaskConfirm, For: ShiftLead, OpenedAt: h.env.Now, Contact: contact.ID,
		Text: "Phản ánh " + code + " không đọc được nên chưa bàn giao cho " + contact.Name + ": báo quản trị hệ thống",
	})
	return nil
}

// heir is who has the role of somebody whose time has ended: who has taken their place, otherwise
// the first whose number is verified.
func (d *Directory) heir(before Contact, now time.Time) (Contact, bool) {
	if c, ok := d.inPlaceOf(before, now); ok && before.Role.hasSlips() && c.Verified {
		return c, true
	}
	for _, c := range d.roles[roleKey{before.Unit, before.Role}] {
		if before.Role.hasSlips() && c.ID != before.ID && c.Verified && c.Serving(now) {
			return c, true
		}
	}
	return Contact{}, false
}
