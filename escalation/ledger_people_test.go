package escalation

import (
	"context"
	"slices"
)

// What the ledger in memory holds of people and of what they are asked to do.

func (tx *memoryTx) Directory(context.Context) (*Directory, error) { return tx.directory, nil }

func (m *memory) closeTasks(petition int64, kind TaskKind) {
	for _, t := range m.tasks {
		if t.PetitionID == petition && t.Kind == kind && t.DoneAt.IsZero() {
			t.DoneAt = m.now
		}
	}
}

func (m *memory) closeKeys(keys []string) {
	for _, t := range m.tasks {
		if slices.Contains(keys, t.Key) && t.DoneAt.IsZero() {
			t.DoneAt = m.now
		}
	}
}

func (tx *memoryTx) AddPersonal(_ context.Context, r PersonalRequest) (int64, error) {
	tx.last++
	r.ID = tx.last
	tx.later(func() { tx.personal = append(tx.personal, r) })
	return r.ID, nil
}

func (tx *memoryTx) Personal(_ context.Context, id int64) (PersonalRequest, error) {
	for _, r := range tx.personal {
		if r.ID == id {
			return r, nil
		}
	}
	return PersonalRequest{}, notFound("id", "không có yêu cầu số %d", id)
}

func (tx *memoryTx) NumberStands(_ context.Context, phone string) (s NumberStands, err error) {
	for _, p := range tx.petitions {
		if p.Citizen.Phone == phone {
			s.Petitions++
		}
	}
	s.Received = slices.ContainsFunc(tx.inbound, func(in *received) bool { return in.From == phone })
	return s, nil
}

func (tx *memoryTx) OpenPersonal(context.Context) (open []PersonalRequest, err error) {
	for _, r := range tx.personal {
		if r.Open() {
			open = append(open, r)
		}
	}
	return open, nil
}

func (tx *memoryTx) SavePersonal(_ context.Context, r PersonalRequest) error {
	tx.later(func() {
		for i := range tx.personal {
			if tx.personal[i].ID == r.ID {
				tx.personal[i] = r
			}
		}
		for _, t := range tx.tasks {
			if !r.Open() && slices.Contains(r.TaskKeys(), t.Key) && t.DoneAt.IsZero() {
				t.DoneAt = tx.now
			}
		}
	})
	return nil
}

func (tx *memoryTx) SaveLeave(_ context.Context, leave Leave) (int64, error) {
	tx.later(func() { tx.leaves = append(tx.leaves, leave) })
	return int64(len(tx.leaves) + 1), nil
}

func (tx *memoryTx) Leave(_ context.Context, id int64) (Leave, error) {
	if id < 1 || id > int64(len(tx.leaves)) {
		return Leave{}, notFound("absence", "không có đăng ký nghỉ này")
	}
	return tx.leaves[id-1], nil
}

func (tx *memoryTx) DecideLeave(_ context.Context, id int64, _ bool, _ string) error {
	tx.later(func() { tx.leaves[id-1].Decided = true })
	return nil
}

// SaveContact writes at once: what follows in the transaction reads it.
func (tx *memoryTx) SaveContact(_ context.Context, contact Contact, _ Actor) (int64, error) {
	if contact.ID == 0 {
		tx.last++
		contact.ID = tx.last
	}
	tx.person(contact)
	return contact.ID, nil
}

func (tx *memoryTx) LeftSlips(_ context.Context, unit string) (left []LeftSlip, err error) {
	for _, b := range tx.bindings {
		c, _ := tx.directory.Contact(b.Contact)
		if b.Open() && b.Slip > 0 && c.ended(tx.now) && (unit == "" || c.Unit == unit) {
			left = append(left, LeftSlip{c.ID, b.Petition, b.Slip})
		}
	}
	return left, nil
}

func (tx *memoryTx) OwedBy(_ context.Context, units []string) (map[string]Owed, error) {
	owed := map[string]Owed{}
	count := func(unit string, add func(*Owed)) {
		if o := owed[unit]; slices.Contains(units, unit) {
			add(&o)
			owed[unit] = o
		}
	}
	for _, p := range tx.those(func(Petition) bool { return true }) {
		for _, s := range p.Slips {
			switch {
			case !s.Open() || p.Status.Ended():
			case s.Lead:
				count(s.Unit, func(o *Owed) { o.Lead = append(o.Lead, p.ID) })
			case s.OpinionAt.IsZero():
				count(s.Unit, func(o *Owed) { o.Opinions = append(o.Opinions, p.ID) })
			}
		}
		if w := p.Explaining(); w != nil {
			count(w.Explanation().Unit, func(o *Owed) { o.Explanations = append(o.Explanations, p.ID) })
		}
	}
	return owed, nil
}

func (tx *memoryTx) KeepPerson(_ context.Context, from, to int64) error {
	tx.later(func() { tx.keptReports = append(tx.keptReports, [2]int64{from, to}) })
	return nil
}

func (tx *memoryTx) Subscribe(context.Context, Subscription, Actor) error { return nil }

// person puts a contact into the directory, in the place of the one with the id.
func (m *memory) person(c Contact) {
	contacts := []Contact{c}
	for _, other := range m.directory.contacts {
		if other.ID != c.ID {
			contacts = append(contacts, other)
		}
	}
	m.directory = NewDirectory(m.directory.Units(), contacts)
}

func (tx *memoryTx) LockDirectory(context.Context) (*Directory, error) { return tx.directory, nil }

func (tx *memoryTx) FinishTasks(_ context.Context, _, _ string, keys ...string) error {
	tx.later(func() {
		for _, t := range tx.tasks {
			if slices.Contains(keys, t.Key) && t.DoneAt.IsZero() {
				t.DoneAt = tx.now
			}
		}
	})
	return nil
}

func (tx *memoryTx) OpenAt(_ context.Context, unit string) (ids []int64, err error) {
	for _, p := range tx.those(func(p Petition) bool {
		if w := p.Explaining(); w != nil && w.Explanation().Unit == unit {
			return true
		}
		return !p.Status.Ended() && slices.ContainsFunc(p.Slips, func(s Slip) bool { return s.Unit == unit && s.Open() })
	}) {
		ids = append(ids, p.ID)
	}
	return ids, nil
}
