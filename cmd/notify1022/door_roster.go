package main

import (
	"context"

	"notify1022/escalation"
	"notify1022/web"
	bureau "notify1022/web/console"
)

// rosterShelf lets the console change who serves where, by the same checks as the API.
type rosterShelf struct{ directoryShelf }

var _ bureau.Roster = rosterShelf{}

// SaveUnit checks and stores a unit.
func (s rosterShelf) SaveUnit(ctx context.Context, b web.UnitBody, added bool, by escalation.Actor) error {
	u, err := web.CheckUnit(b.Code, &b)
	if err != nil {
		return err
	}
	if added {
		return s.AddUnit(ctx, u, by)
	}
	return s.directoryShelf.SaveUnit(ctx, u, by)
}

// SavePerson checks and stores a person.
func (s rosterShelf) SavePerson(ctx context.Context, id int64, b web.ContactBody, ask bool, by escalation.Actor) error {
	directory, err := s.db.Directory(ctx)
	if err != nil {
		return err
	}
	contact, err := web.EditContact(directory, s.numbering, id, &b)
	if err != nil {
		return err
	}
	if id == 0 {
		_, err = s.AddContact(ctx, contact, ask, by)
		return err
	}
	return s.SaveContact(ctx, contact, by)
}

// EndPerson ends a person's role.
func (s rosterShelf) EndPerson(ctx context.Context, id int64, by escalation.Actor) error {
	return s.RemoveContact(ctx, id, by)
}

// Absences lists those that wait for a word.
func (s rosterShelf) Absences(ctx context.Context) ([]bureau.Absence, error) {
	waiting, err := s.db.Absences(ctx, false)
	list := make([]bureau.Absence, len(waiting))
	for i, a := range waiting {
		list[i] = bureau.Absence{ID: a.ID, Leave: a.Leave}
	}
	return list, err
}

// DecideAbsence notes the word on an absence.
func (s rosterShelf) DecideAbsence(ctx context.Context, id int64, agreed bool, stand int64, by escalation.Actor) error {
	return s.desk.DecideLeave(ctx, id, agreed, stand, by)
}
