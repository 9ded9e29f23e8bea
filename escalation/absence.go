package escalation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// Absences of officers (Đ17.9): an officer asks for one by SMS and the head agrees, or
// the console notes one. A contact has as many as are ahead of them.

// Absence is a stretch of time in which a contact is away.
type Absence struct {
	From     time.Time
	To       time.Time // exclusive; zero: nobody knows yet
	Delegate int64     // contact who stands in; 0: the next by order
}

// Over reports whether the absence lies behind the instant.
func (a Absence) Over(at time.Time) bool { return !a.To.IsZero() && !a.To.After(at) }

func (a Absence) covers(at time.Time) bool { return !at.Before(a.From) && !a.Over(at) }

func (a Absence) overlaps(from, to time.Time) bool {
	return (to.IsZero() || a.From.Before(to)) && (a.To.IsZero() || a.To.After(from))
}

// left is what of the absence lies ahead of the instant; one that is over is as it was.
func (a Absence) left(now time.Time) Absence {
	if a.From.Before(now) && !a.Over(now) {
		a.From = now
	}
	return a
}

// without is what of the absence lies outside another one. An end that nobody knew is
// settled by one with an end that begins no later: who is away till nobody knows when is not
// back because of some days further on.
func (a Absence) without(other Absence) (rest []Absence) {
	if !a.overlaps(other.From, other.To) {
		return []Absence{a}
	}
	if a.From.Before(other.From) {
		rest = append(rest, Absence{a.From, other.From, a.Delegate})
	}
	unknown := a.To.IsZero() && other.From.After(a.From)
	if !other.To.IsZero() && (unknown || a.To.After(other.To)) {
		rest = append(rest, Absence{other.To, a.To, a.Delegate})
	}
	return rest
}

// Away is the contact's absence at the instant.
func (c Contact) Away(at time.Time) (Absence, bool) {
	i := slices.IndexFunc(c.Absences, func(a Absence) bool { return a.covers(at) })
	if i < 0 {
		return Absence{}, false
	}
	return c.Absences[i], true
}

// Ahead are the contact's absences that are not over at the instant, in their order.
func (c Contact) Ahead(at time.Time) []Absence {
	return slices.DeleteFunc(slices.Clone(c.Absences), func(a Absence) bool { return a.Over(at) })
}

// with is the contact with one more absence. The later word is the one that counts for
// its days, and for no others: nobody is taken to be there because they are away again.
// What is over is dropped, what follows at once with the same stand-in is one.
func (c Contact) with(more Absence, now time.Time) Contact {
	list := []Absence{more}
	for _, a := range c.Ahead(now) {
		list = append(list, a.without(more)...)
	}
	slices.SortFunc(list, func(a, b Absence) int { return a.From.Compare(b.From) })
	c.Absences = nil
	for _, a := range list {
		if last := len(c.Absences) - 1; last >= 0 && c.Absences[last].To.Equal(a.From) && c.Absences[last].Delegate == a.Delegate {
			c.Absences[last].To = a.To
			continue
		}
		c.Absences = append(c.Absences, a)
	}
	return c
}

// present is the contact without the absence that begins at an instant; a zero one is
// the first that is not over. ok is false when there is none.
func (c Contact) present(from, now time.Time) (ended Absence, _ Contact, ok bool) {
	list := c.Ahead(now)
	i := slices.IndexFunc(list, func(a Absence) bool { return from.IsZero() || a.From.Equal(from) })
	if i < 0 {
		return Absence{}, c, false
	}
	ended = list[i]
	c.Absences = slices.Delete(list, i, i+1)
	return ended, c, true
}

// Absent is the contact with one more absence, or a *Problem that names the field.
func (d *Directory) Absent(contact int64, a Absence, now time.Time) (Contact, error) {
	c, ok := d.Contact(contact)
	if !ok {
		return Contact{}, notFound("contact", "không có người này trong danh bạ")
	}
	switch {
	case a.From.IsZero():
		return Contact{}, invalid("from", "cần thời điểm bắt đầu")
	case !a.To.IsZero() && !a.To.After(a.From):
		return Contact{}, invalid("to", "thời điểm kết thúc phải sau thời điểm bắt đầu")
	}
	if err := d.CanBeAway(c, a, now); err != nil {
		return Contact{}, err
	}
	return c.with(a, now), nil
}

// CanBeAway is why the contact cannot be away as told, as a *Problem: who is to stand in
// cannot, or others rely on the contact then. What lies behind the instant needs nobody.
func (d *Directory) CanBeAway(c Contact, a Absence, now time.Time) error {
	a = a.left(now)
	if err := d.standing(c, a); err != nil {
		return err
	}
	return d.missed(c, a)
}

// missed refuses the absence of somebody who has been named to stand in meanwhile: they
// who are away already would be left without anybody, and nobody would know.
func (d *Directory) missed(away Contact, a Absence) error {
	if why := d.standsInThen(away, a.From, a.To); why != "" {
		return invalid("from", "%s; hãy cử người khác thay trước", why)
	}
	return nil
}

// standing refuses a stand-in who is nobody, or cannot be there.
func (d *Directory) standing(away Contact, a Absence) error {
	if a.Delegate == 0 {
		return nil
	}
	stand, ok := d.Contact(a.Delegate)
	if !ok {
		return invalid("delegate", "không có người thay này trong danh bạ")
	}
	if why := d.StandsIn(away, stand, a.From, a.To); why != "" {
		return invalid("delegate", "%s", why)
	}
	return nil
}

// Present are the person's rows back from an absence of the contact: that which begins at
// the instant, zero: the first that is not over. Who is back is back at each of the desks
// that they were away from for that time. Nothing to come back from is no mistake.
func (d *Directory) Present(contact int64, from, now time.Time) ([]Contact, error) {
	c, ok := d.Contact(contact)
	if !ok {
		return nil, notFound("contact", "không có người này trong danh bạ")
	}
	ended, back, ok := c.present(from, now)
	if !ok && !from.IsZero() {
		return nil, notFound("from", "không có đợt vắng mặt nào bắt đầu lúc này")
	}
	rows := []Contact{back}
	for _, other := range d.person(c, now) {
		if a, back, ok := other.present(ended.From, now); ok && other.ID != c.ID && a.To.Equal(ended.To) {
			rows = append(rows, back)
		}
	}
	return rows, nil
}

// NoteAbsence notes that a contact is away; nobody is asked.
func (d *Desk) NoteAbsence(ctx context.Context, contact int64, a Absence, actor Actor) error {
	return d.changeAbsences(ctx, actor, func(dir *Directory, now time.Time) ([]Contact, error) {
		c, err := dir.Absent(contact, a, now)
		return []Contact{c}, err
	})
}

// EndAbsence notes that a contact is there, as Directory.Present says.
func (d *Desk) EndAbsence(ctx context.Context, contact int64, from time.Time, actor Actor) error {
	return d.changeAbsences(ctx, actor, func(dir *Directory, now time.Time) ([]Contact, error) { return dir.Present(contact, from, now) })
}

func (d *Desk) changeAbsences(ctx context.Context, actor Actor, change func(*Directory, time.Time) ([]Contact, error)) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		dir, err := tx.LockDirectory(ctx) // two words on one contact are both heard
		if err != nil {
			return err
		}
		rows, err := change(dir, tx.Now())
		if err != nil {
			return err
		}
		for _, c := range rows {
			if _, err := tx.SaveContact(ctx, c, actor); err != nil {
				return err
			}
		}
		return nil
	})
}

// Leave is an absence asked for by SMS (Đ17.9), confirmed later by the head.
type Leave struct {
	Contact  int64
	From, To time.Time
	Stand    string // as written: a name or a number
	At       time.Time
	Decided  bool
}

// TaskKey is the key of the task to decide the absence.
func (l Leave) TaskKey() string {
	return "leave/" + itoa(l.Contact) + "/" + l.From.Format(time.DateOnly) + "/" + l.At.UTC().Format("20060102T150405")
}

// Ahead is what of the leave others are weighed for, without a stand-in: what lies behind
// the instant needs nobody, however late the word on it comes.
func (l Leave) Ahead(now time.Time) Absence { return Absence{From: l.From, To: l.To}.left(now) }

// absences are the person's rows with the absence that was agreed to: who is away is away
// from each of their desks. The stand-in stands in where they work and can; elsewhere it
// is the next by order.
func (d *Directory) absences(l Leave, stand int64, now time.Time) ([]Contact, error) {
	asked, ok := d.Contact(l.Contact)
	if !ok {
		return nil, nil
	}
	asked = d.latest(asked)
	ahead := l.Ahead(now)
	if err := d.standing(asked, Absence{ahead.From, ahead.To, stand}); err != nil {
		return nil, err
	}
	var rows []Contact
	for _, c := range d.person(asked, now) {
		a := Absence{From: l.From, To: l.To}
		if other, ok := d.Contact(stand); ok && other.Unit == c.Unit && d.StandsIn(c, other, ahead.From, ahead.To) == "" {
			a.Delegate = stand
		}
		rows = append(rows, c.with(a, now))
	}
	return rows, nil
}

// person are the rows of one person that are not over, by id: those with the number and
// the name of the contact given. A number alone may be a desk's that two share.
func (d *Directory) person(one Contact, now time.Time) []Contact {
	var rows []Contact
	for _, c := range d.contacts {
		if c.same(one) && c.Namesake(one) && !c.ended(now) {
			rows = append(rows, c)
		}
	}
	slices.SortFunc(rows, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	return rows
}

// standsInFor are the rows with absences ahead in which the contact stands in, by id, with
// absences of their own to change.
func (d *Directory) standsInFor(stand int64, now time.Time) []Contact {
	var rows []Contact
	for _, c := range d.contacts {
		if slices.ContainsFunc(c.Absences, func(a Absence) bool { return a.Delegate == stand && !a.Over(now) }) {
			c.Absences = slices.Clone(c.Absences)
			rows = append(rows, c)
		}
	}
	slices.SortFunc(rows, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	return rows
}

// AskStandIns opens a task for each absence ahead whose stand-in cannot be there, of the
// contacts or of those for whom they stand in: what an import took as it stood elsewhere.
func (d *Desk) AskStandIns(ctx context.Context, tx Tx, contacts []int64) error {
	env, err := d.env(ctx, tx, time.Time{})
	if err != nil {
		return err
	}
	return tx.Post(ctx, nil, env.Directory.unattended(contacts, env.Now))
}

// unattended are the tasks to name somebody who can stand in, by contact and absence.
func (d *Directory) unattended(contacts []int64, now time.Time) (tasks []Task) {
	for _, c := range d.contacts {
		for _, a := range c.Ahead(now) {
			concerned := slices.Contains(contacts, c.ID) || slices.Contains(contacts, a.Delegate)
			var fault *Problem
			if !concerned || !errors.As(d.standing(c, a.left(now)), &fault) {
				continue
			}
			tasks = append(tasks, Task{
				Key: "standin/" + itoa(c.ID) + "/" + a.From.UTC().Format("20060102T150405"), Kind: TaskConfirm, For: ShiftLead, OpenedAt: now, Contact: c.ID,
				Text: c.Name + " vắng mặt từ " + dayText(a.From) + ", nhưng " + fault.Detail + ": cử người khác thay",
			})
		}
	}
	slices.SortFunc(tasks, func(a, b Task) int { return cmp.Compare(a.Key, b.Key) })
	return tasks
}

// decideLeave carries the word on an absence out, whoever gives it, and tells the officer.
// The console is refused what leaves others without a stand-in; to a head's text the shift
// lead has a task instead (leaveAnswered).
func decideLeave(ctx context.Context, tx Tx, env Env, id int64, agreed bool, stand int64, actor Actor) (told Notice, err error) {
	leave, err := tx.Leave(ctx, id)
	if err != nil {
		return told, err
	}
	if leave.Decided {
		return told, notFound("absence", "không có đăng ký nghỉ nào đang chờ với số này")
	}
	dir, err := tx.LockDirectory(ctx)
	if err != nil {
		return told, err
	}
	var rows []Contact
	if agreed {
		if rows, err = dir.absences(leave, stand, env.Now); err != nil {
			return told, err
		}
		for _, c := range rows {
			if err := dir.missed(c, leave.Ahead(env.Now)); err != nil && actor.Channel != BySMS {
				return told, err
			}
		}
	}
	for _, c := range rows {
		if _, err := tx.SaveContact(ctx, c, actor); err != nil {
			return told, err
		}
	}
	word := map[bool]string{true: "đồng ý", false: "không đồng ý"}[agreed]
	if err := tx.DecideLeave(ctx, id, agreed, actor.Name); err != nil {
		return told, err
	}
	if err := tx.FinishTasks(ctx, actor.Name, word, leave.TaskKey()); err != nil {
		return told, err
	}
	if err := tx.CloseQuestion(ctx, LeaveSubject(id), "đã có ý kiến"); err != nil {
		return told, err
	}
	away, _ := dir.Contact(leave.Contact)
	return leaveDecided(leave, dir.latest(away), word, env), nil
}

// leaveDecided tells the officer what became of the absence asked for.
func leaveDecided(l Leave, away Contact, word string, env Env) Notice {
	return Notice{
		Template: "NQ", Lane: LaneSlip, Class: ClassAnswer, Attempt: 1, At: env.Now, Rung: RungName(l.TaskKey()),
		To:   Recipient{Contact: away.ID, Role: away.Role, Unit: away.Unit},
		Vars: map[string]string{"tu": dayText(l.From), "den": dayText(l.To), "ly_do": word},
	}
}

// DecideLeave is the word on an absence from the console: the officer is told as by SMS.
func (d *Desk) DecideLeave(ctx context.Context, id int64, agreed bool, delegate int64, actor Actor) error {
	return d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		told, err := decideLeave(ctx, tx, env, id, agreed, delegate, actor)
		if err != nil {
			return err
		}
		if _, ok := env.Directory.Contact(told.To.Contact); !ok {
			return nil // gone meanwhile
		}
		return tx.Post(ctx, []Notice{told}, nil)
	})
}
