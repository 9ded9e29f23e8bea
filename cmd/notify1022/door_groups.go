package main

import (
	"context"
	"errors"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/web"
	bureau "notify1022/web/console"
)

// groupShelf shows the saved groups.
type groupShelf struct{ db *store.Store }

var (
	_ bureau.Groups = groupShelf{}
	_ web.Groups    = groupShelf{}
)

// Members are the contacts of a group by its name.
func (s groupShelf) Members(ctx context.Context, name string) ([]int64, bool, error) {
	_, members, err := s.db.GroupByName(ctx, name)
	var p *escalation.Problem
	if errors.As(err, &p) && p.Kind == escalation.NotFound {
		return nil, false, nil
	}
	return members, err == nil, err
}

func groupOf(g store.Group) bureau.Group {
	return bureau.Group{ID: g.ID, Name: g.Name, Members: g.Members, By: g.CreatedBy, At: g.CreatedAt}
}

// Groups lists the groups.
func (s groupShelf) Groups(ctx context.Context) ([]bureau.Group, error) {
	list, err := s.db.Groups(ctx)
	out := make([]bureau.Group, len(list))
	for i, g := range list {
		out[i] = groupOf(g)
	}
	return out, err
}

// Group reads one with its members.
func (s groupShelf) Group(ctx context.Context, id int64) (bureau.Group, []int64, error) {
	g, members, err := s.db.Group(ctx, id)
	return groupOf(g), members, err
}

// AddGroup makes an empty group.
func (s groupShelf) AddGroup(ctx context.Context, name string, by escalation.Actor) (int64, error) {
	return s.db.By(by).AddGroup(ctx, name)
}

// RenameGroup gives a group another name.
func (s groupShelf) RenameGroup(ctx context.Context, id int64, name string, by escalation.Actor) error {
	return s.db.By(by).RenameGroup(ctx, id, name)
}

// DeleteGroup forgets a group.
func (s groupShelf) DeleteGroup(ctx context.Context, id int64, by escalation.Actor) error {
	return s.db.By(by).DeleteGroup(ctx, id)
}

// AddMembers puts contacts into a group.
func (s groupShelf) AddMembers(ctx context.Context, id int64, contacts []int64, by escalation.Actor) error {
	return s.db.By(by).AddMembers(ctx, id, contacts)
}

// RemoveMembers takes contacts out of a group.
func (s groupShelf) RemoveMembers(ctx context.Context, id int64, contacts []int64, by escalation.Actor) error {
	return s.db.By(by).RemoveMembers(ctx, id, contacts)
}
