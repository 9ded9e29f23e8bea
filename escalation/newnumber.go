package escalation

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// The number of somebody new is asked (XM) and verified, by the answer or by hand, before
// its person serves (Đ17.9); until then who was there before does.

// AddContact records a person. A successor (Replaces) is in force once their number is
// verified; until then the one before serves. A number that can be texted is asked (XM)
// where ask is set, and always of a successor; who does not answer becomes a task.
func (d *Desk) AddContact(ctx context.Context, contact Contact, ask bool, actor Actor) (id int64, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if contact.Replaces != 0 {
			if env.Directory, err = tx.LockDirectory(ctx); err != nil { // of two successors the second sees the first
				return err
			}
			before, _ := env.Directory.Contact(contact.Replaces)
			if err := succeeds(&contact, before, env); err != nil {
				return err
			}
		}
		if id, err = tx.SaveContact(ctx, contact, actor); err != nil {
			return err
		}
		contact.ID = id
		if !ask && !contact.Pending {
			return nil
		}
		return tx.Post(ctx, verification(contact, env), awaited(contact, env))
	})
	return id, err
}

// EditContact changes a person's particulars, which their absences are not. The number of
// somebody in office never changes in place to one that can be texted: a wrong digit would
// send slips to a stranger. Who has the new one then stands beside their row as a successor
// (Renumbered). A number that nobody in office has is asked where it stands.
func (d *Desk) EditContact(ctx context.Context, contact Contact, actor Actor) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if env.Directory, err = tx.LockDirectory(ctx); err != nil {
			return err
		}
		before, _ := env.Directory.Contact(contact.ID)
		contact.Absences, contact.Verified = before.Absences, contact.Verified && before.Phone == contact.Phone
		if err := awaitedPlace(before, contact, env); err != nil {
			return err
		}
		keep, next := env.Directory.Renumbered(contact, env.Now, env.Numbering)
		if next != nil {
			if err := succeeds(next, keep, env); err != nil {
				return err
			}
		}
		if _, err := tx.SaveContact(ctx, keep, actor); err != nil {
			return err
		}
		switch {
		case next != nil:
			if next.ID, err = tx.SaveContact(ctx, *next, actor); err != nil {
				return err
			}
			return tx.Post(ctx, verification(*next, env), awaited(*next, env))
		case contact.ended(env.Now):
			return unasked(ctx, tx, contact, actor)
		case before.Phone != contact.Phone:
			return askAnew(ctx, tx, contact, env)
		}
		return nil
	})
}

// awaitedPlace refuses an edit by which somebody would wait for a place that is not theirs to
// take, or would not be reached to answer, and one that moves the place away from whoever
// waits for it.
func awaitedPlace(before, edited Contact, env Env) error {
	if before.Pending && !edited.ended(env.Now) {
		place, _ := env.Directory.Contact(before.Replaces)
		return edited.Succeeds(place, false, env.Now, env.Numbering)
	}
	next, waits := env.Directory.PendingFor(before.ID, env.Now)
	if waits && (edited.Unit != before.Unit || edited.Role != before.Role) {
		return conflict("%s đang chờ xác minh số máy để thay %s: chưa đổi được đơn vị, vai trò của %s", next.Name, before.Name, before.Name)
	}
	return nil
}

// askAnew asks a number that has taken the place of another in a row; the question to the
// one before is over.
func askAnew(ctx context.Context, tx Tx, contact Contact, env Env) error {
	if err := tx.CloseQuestion(ctx, NumberSubject(contact.ID), "số máy đã đổi"); err != nil {
		return err
	}
	return tx.Post(ctx, verification(contact, env), nil)
}

// unasked ends what waits for the number of somebody whose time in the role is over: the
// question and the task.
func unasked(ctx context.Context, tx Tx, contact Contact, by Actor) error {
	const why = "thôi giữ vai trò"
	if err := tx.CloseQuestion(ctx, NumberSubject(contact.ID), why); err != nil {
		return err
	}
	return tx.FinishTasks(ctx, by.Name, why, PendingTask(contact.ID))
}

// Renumbered parts an edit of somebody in office that brings a number to be texted, or
// another name with another number. keep is the row that serves on, next who serves once
// the new number is verified; nil: nothing to part. Under the same name next is the same
// person, and keep has the edit but for the number. Another name is somebody else: keep is
// the row as it was, and next a successor, who inherits none of it.
func (d *Directory) Renumbered(edited Contact, now time.Time, numbering Numbering) (keep Contact, next *Contact) {
	before, ok := d.contacts[edited.ID]
	if !ok || !before.Holds(now) || before.Phone == edited.Phone {
		return edited, nil
	}
	keep, moved := edited, edited
	moved.ID, moved.Replaces = 0, before.ID
	switch {
	case !moved.renumbered(before):
		moved.Absences = nil
		keep = before
	case !edited.Holds(now) || !numbering.Textable(edited.Phone):
		return edited, nil
	}
	if !moved.ValidFrom.After(now) { // the day of the one before
		moved.ValidFrom = time.Time{}
	}
	keep.Phone, keep.Verified = before.Phone, before.Verified
	if keep.Phone == "" { // and is reached as before
		keep.Email = cmp.Or(keep.Email, before.Email)
	}
	return keep, &moved
}

// AskPending asks the numbers of successors that have not been asked: what an import
// brought, or what a process left behind that died between. Who was asked and whose time
// is over by now is waited for no more.
func (d *Desk) AskPending(ctx context.Context) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		var notices []Notice
		var tasks []Task
		for _, c := range env.Directory.pending(env.Now) {
			asked, err := isAsked(ctx, tx, c)
			if err != nil {
				return err
			}
			if asked {
				continue
			}
			notices, tasks = append(notices, verification(c, env)...), append(tasks, awaited(c, env)...)
		}
		for _, c := range env.Directory.waiting() {
			if !c.ended(env.Now) {
				continue
			}
			if err := unasked(ctx, tx, c, Ladder()); err != nil {
				return err
			}
		}
		return tx.Post(ctx, notices, tasks)
	})
}

// isAsked reports whether the contact's number has been asked whether it is theirs, and
// there is no answer yet.
func isAsked(ctx context.Context, tx Tx, c Contact) (bool, error) {
	open, err := tx.Questions(ctx, c.Phone)
	return slices.ContainsFunc(open, func(q Question) bool { return q.Subject == NumberSubject(c.ID) }), err
}

// NewNumber reports whether an import of the contact brings a number that nobody has made
// sure of and that can be asked. A successor's is asked anyway (AskPending).
func (d *Directory) NewNumber(c Contact, now time.Time, numbering Numbering) bool {
	before := d.contacts[c.ID]
	return !c.Pending && !c.Verified && !c.ended(now) && before.Phone != c.Phone && numbering.Textable(c.Phone)
}

// AskNew asks the numbers that an import brings, within its transaction. There may be a
// thousand of them: they go out behind what is urgent to anybody.
func (d *Desk) AskNew(ctx context.Context, tx Tx, contacts []Contact) error {
	env, err := d.env(ctx, tx, time.Time{})
	if err != nil {
		return err
	}
	var notices []Notice
	for _, c := range contacts {
		for _, n := range verification(c, env) {
			n.Lane = LaneBulk
			notices = append(notices, n)
		}
	}
	return tx.Post(ctx, notices, nil)
}

// pending lists the successors whose number is not verified, by id.
func (d *Directory) pending(now time.Time) []Contact {
	return slices.DeleteFunc(d.waiting(), func(c Contact) bool { return c.ended(now) })
}

// waiting lists the rows of successors whose number was never verified, by id, those too
// whose time is over.
func (d *Directory) waiting() []Contact {
	var list []Contact
	for _, c := range d.contacts {
		if c.Pending {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// PendingFor is the successor who waits to take the contact's place.
func (d *Directory) PendingFor(contact int64, now time.Time) (Contact, bool) {
	list := d.pending(now)
	i := slices.IndexFunc(list, func(c Contact) bool { return c.Replaces == contact })
	if i < 0 {
		return Contact{}, false
	}
	return list[i], true
}

func (d *Directory) waited(contact int64, now time.Time) bool {
	_, ok := d.PendingFor(contact, now)
	return ok
}

// awaited is the task that stands until a successor's number is verified.
func awaited(contact Contact, env Env) []Task {
	if !contact.Pending {
		return nil
	}
	return []Task{{
		Key: PendingTask(contact.ID), Kind: TaskConfirm, For: ShiftLead, OpenedAt: env.Now, Due: env.Calendar.AddDays(env.Now, 1), Contact: contact.ID,
		Text: contact.Name + " chờ xác minh số máy để nhận vai trò " + contact.Role.title() + "; người trước vẫn nhận phiếu",
	}}
}

// PendingTask is the key of the task that stands until a successor's number is verified.
func PendingTask(contact int64) string { return "pending/" + itoa(contact) }

// succeeds checks a successor against the one before, who is in office and whose place
// they take, and has them wait.
func succeeds(contact *Contact, before Contact, env Env) error {
	if !before.Holds(env.Now) {
		return invalid("replaces", "không có người đang giữ vai trò này")
	}
	if err := contact.Succeeds(before, env.Directory.waited(contact.Replaces, env.Now), env.Now, env.Numbering); err != nil {
		return err
	}
	contact.Pending, contact.Verified = true, false
	return nil
}

// Succeeds is why the contact cannot wait for the place of the one before, as a *Problem
// that names the field. The one before may have left meanwhile; waited says that somebody
// else waits for the place already.
func (c Contact) Succeeds(before Contact, waited bool, now time.Time, numbering Numbering) error {
	switch {
	case before.ID == 0 || before.Pending || now.Before(before.ValidFrom):
		return invalid("replaces", "không có người đang giữ vai trò này")
	case before.Unit != c.Unit || before.Role != c.Role:
		return invalid("replaces", "người thay thế phải cùng đơn vị và cùng vai trò")
	case !numbering.Textable(c.Phone):
		return invalid("phone", "số của người thay thế phải nhận được tin nhắn để xác minh; không có số như vậy thì kết thúc vai trò của người trước rồi thêm người mới")
	case before.Phone == c.Phone:
		return invalid("phone", "số này là số của người đang giữ vai trò")
	case c.ValidFrom.After(now):
		return invalid("valid_from", "người thay thế nhận việc ngay khi số máy được xác minh: hãy ghi vào ngày nhận việc")
	case c.ended(now):
		return invalid("valid_to", "thời gian giữ vai trò của người thay thế đã hết")
	case waited:
		return invalid("replaces", "đã có một người thay thế đang chờ xác minh số máy")
	}
	return nil
}

// verification asks a number whether it is the contact's (XM).
func verification(contact Contact, env Env) []Notice {
	if !env.Numbering.Textable(contact.Phone) {
		return nil
	}
	u, _ := env.Directory.Unit(contact.Unit)
	n := Notice{
		Template: "XM", Class: ClassDecision, Lane: LaneSlip, Attempt: 1, At: env.Now, NeedCode: true, Subject: NumberSubject(contact.ID),
		Rung: RungName("number/" + itoa(contact.ID) + "@" + env.Now.Format(time.RFC3339)), To: Recipient{Phone: contact.Phone, Role: contact.Role, Unit: contact.Unit},
		Vars: map[string]string{"don_vi": u.SMSName, "tel": env.Support},
	}
	if u.SMSName == "" {
		n.Vars["don_vi"] = "1022"
	}
	n.NotBefore = env.Policy.Held(n)
	return []Notice{n}
}

// withContact does something about one contact of the directory in one transaction.
func (d *Desk) withContact(ctx context.Context, id int64, do func(Tx, Env, Contact) error) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		contact, ok := env.Directory.Contact(id)
		if !ok {
			return notFound("id", "không có người này trong danh bạ")
		}
		return do(tx, env, contact)
	})
}

// AskNumber asks the contact's number again whether it is theirs.
func (d *Desk) AskNumber(ctx context.Context, id int64) error {
	return d.withContact(ctx, id, func(tx Tx, env Env, contact Contact) error {
		notices := verification(contact, env)
		if len(notices) == 0 {
			return invalid("phone", "số này không nhận được tin nhắn: hãy gọi điện xác minh")
		}
		return tx.Post(ctx, notices, nil)
	})
}

// VerifyNumber notes that somebody made sure by other means, such as a call.
func (d *Desk) VerifyNumber(ctx context.Context, id int64, actor Actor) error {
	var rest *handoverRest
	err := d.withContact(ctx, id, func(tx Tx, env Env, contact Contact) error {
		if err := tx.CloseQuestion(ctx, NumberSubject(id), "xác minh bằng cách khác"); err != nil {
			return err
		}
		h := handover{tx: tx, env: env, actor: actor}
		if err := h.verified(ctx, contact); err != nil {
			return err
		}
		rest = h.rest
		return h.save(ctx)
	})
	if err == nil {
		_, _, err = d.handOn(ctx, rest)
	}
	return err
}
