package main

import (
	"context"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/web"
)

// directoryShelf shows the door the directory and takes its changes.
type directoryShelf struct {
	db        *store.Store
	desk      *escalation.Desk
	numbering escalation.Numbering
}

var _ web.Directory = directoryShelf{}

// Directory is the snapshot in force.
func (s directoryShelf) Directory(ctx context.Context) (*escalation.Directory, error) {
	return s.db.Directory(ctx)
}

// Contacts lists all contacts by id.
func (s directoryShelf) Contacts(ctx context.Context) ([]escalation.Contact, error) {
	list, err := s.db.Contacts(ctx, store.ContactFilter{})
	slices.SortFunc(list, func(a, b escalation.Contact) int { return int(a.ID - b.ID) })
	return list, err
}

// AddUnit stores a new unit.
func (s directoryShelf) AddUnit(ctx context.Context, u escalation.Unit, by escalation.Actor) error {
	known, err := s.knows(ctx, u.Code)
	if err != nil {
		return err
	}
	if known {
		return &escalation.Problem{Kind: escalation.WrongTime, Field: "code", Detail: "mã đơn vị này đã có"}
	}
	return s.db.By(by).SaveUnits(ctx, u)
}

// SaveUnit replaces a unit.
func (s directoryShelf) SaveUnit(ctx context.Context, u escalation.Unit, by escalation.Actor) error {
	known, err := s.knows(ctx, u.Code)
	if err != nil {
		return err
	}
	if !known {
		return &escalation.Problem{Kind: escalation.NotFound, Field: "code", Detail: "không có đơn vị này"}
	}
	return s.db.By(by).SaveUnits(ctx, u)
}

func (s directoryShelf) knows(ctx context.Context, code string) (bool, error) {
	d, err := s.db.Directory(ctx)
	if err != nil {
		return false, err
	}
	_, ok := d.Unit(code)
	return ok, nil
}

// AddContact stores a new contact.
func (s directoryShelf) AddContact(ctx context.Context, c escalation.Contact, ask bool, by escalation.Actor) (int64, error) {
	c.ID = 0
	return s.desk.AddContact(ctx, c, ask, by)
}

// AskNumber asks a number whether it is the contact's.
func (s directoryShelf) AskNumber(ctx context.Context, id int64) error {
	return s.desk.AskNumber(ctx, id)
}

// VerifyNumber notes that somebody made sure of a number.
func (s directoryShelf) VerifyNumber(ctx context.Context, id int64, by escalation.Actor) error {
	return s.desk.VerifyNumber(ctx, id, by)
}

// SaveContact replaces a contact.
func (s directoryShelf) SaveContact(ctx context.Context, c escalation.Contact, by escalation.Actor) error {
	return s.desk.EditContact(ctx, c, by)
}

// NoteAbsence notes that a contact is away.
func (s directoryShelf) NoteAbsence(ctx context.Context, contact int64, a escalation.Absence, by escalation.Actor) error {
	return s.desk.NoteAbsence(ctx, contact, a, by)
}

// EndAbsence notes that a contact is back.
func (s directoryShelf) EndAbsence(ctx context.Context, contact int64, from time.Time, by escalation.Actor) error {
	return s.desk.EndAbsence(ctx, contact, from, by)
}

// RemoveContact ends a contact's roles now.
func (s directoryShelf) RemoveContact(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).EndContact(ctx, id, time.Time{})
}
