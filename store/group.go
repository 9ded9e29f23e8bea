package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
)

// LogGroup is the change log's word for a saved group of people; ref is its number.
const LogGroup = "group"

// Bounds of saved groups.
const (
	mostGroups    = 200
	mostMembers   = 1000
	mostGroupName = 80 // characters
)

// Group is a saved group of contacts that somebody sends to.
type Group struct {
	ID        int64
	Name      string
	Members   int
	CreatedBy string
	CreatedAt time.Time
}

type groupRow struct {
	ID        int64  `db:"id"`
	Name      string `db:"name"`
	Members   int    `db:"members"`
	CreatedBy string `db:"created_by"`
	CreatedAt int64  `db:"created_at"`
}

func (r groupRow) group() Group {
	return Group{r.ID, r.Name, r.Members, r.CreatedBy, instant(r.CreatedAt)}
}

const groupColumns = `g.id, g.name, (SELECT COUNT(*) FROM contact_group_member k WHERE k.group_id = g.id) AS members, g.created_by, g.created_at`

// Groups lists the saved groups by name.
func (s *Store) Groups(ctx context.Context) ([]Group, error) {
	var rows []groupRow
	err := s.reader().all(ctx, &rows, `SELECT `+groupColumns+` FROM contact_group g ORDER BY g.name`)
	list := make([]Group, len(rows))
	for i, r := range rows {
		list[i] = r.group()
	}
	return list, wrapList(err, "groups")
}

// Group reads one with the ids of its members; *escalation.Problem NotFound.
func (s *Store) Group(ctx context.Context, id int64) (Group, []int64, error) {
	return s.group(ctx, `g.id = ?`, id)
}

// GroupByName is Group by the name.
func (s *Store) GroupByName(ctx context.Context, name string) (Group, []int64, error) {
	return s.group(ctx, `g.name = ?`, wire(name))
}

func (s *Store) group(ctx context.Context, condition string, arg any) (Group, []int64, error) {
	var row groupRow
	err := s.reader().get(ctx, &row, `SELECT `+groupColumns+` FROM contact_group g WHERE `+condition, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return Group{}, nil, noGroup()
	}
	var members []int64
	if err == nil {
		err = s.reader().all(ctx, &members, `SELECT contact_id FROM contact_group_member WHERE group_id = ? ORDER BY contact_id`, row.ID)
	}
	if err != nil {
		return Group{}, nil, fmt.Errorf("read a group: %w", err)
	}
	return row.group(), members, nil
}

func noGroup() error { return missing("group", "không có nhóm này") }

// checkGroupName: a name is not one that the API has for the units of a kind.
func checkGroupName(name string) error {
	switch {
	case strings.TrimSpace(name) == "" || name != wire(name) || utf8.RuneCountInString(name) > mostGroupName:
		return invalid("name", fmt.Sprintf("tên nhóm phải có từ 1 đến %d ký tự", mostGroupName))
	case name == "all" || slices.Contains(escalation.UnitKinds(), escalation.UnitKind(name)):
		return invalid("name", "tên này dành cho các nhóm đơn vị có sẵn")
	}
	return nil
}

// AddGroup makes an empty group; a name that is taken is a *Problem.
func (a Authored) AddGroup(ctx context.Context, name string) (id int64, err error) {
	if err := checkGroupName(name); err != nil {
		return 0, err
	}
	err = a.s.inTx(ctx, func(t *tx) error {
		var others int
		if err := t.c.get(ctx, &others, `SELECT COUNT(*) FROM contact_group`); err != nil {
			return fmt.Errorf("add a group: %w", err)
		}
		if others >= mostGroups {
			return invalid("name", fmt.Sprintf("có tối đa %d nhóm", mostGroups))
		}
		err := t.c.get(ctx, &id, `INSERT INTO contact_group (name, created_by, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING RETURNING id`,
			name, wire(a.by.Name), micros(t.domain))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nameTaken()
		case err != nil:
			return fmt.Errorf("add a group: %w", err)
		}
		return t.log(ctx, a.by, "add", LogGroup, name, idText(id))
	})
	return id, err
}

func nameTaken() error { return invalid("name", "đã có nhóm tên này") }

// RenameGroup gives a group another name.
func (a Authored) RenameGroup(ctx context.Context, id int64, name string) error {
	if err := checkGroupName(name); err != nil {
		return err
	}
	return a.onGroup(ctx, id, "rename", name, func(t *tx) error {
		_, err := t.c.exec(ctx, `UPDATE contact_group SET name = ? WHERE id = ?`, name, id)
		if duplicate(err) {
			return nameTaken()
		}
		return err
	})
}

// DeleteGroup forgets a group; what was sent to it stays.
func (a Authored) DeleteGroup(ctx context.Context, id int64) error {
	return a.onGroup(ctx, id, "end", "", func(t *tx) error {
		if _, err := t.c.exec(ctx, `DELETE FROM contact_group_member WHERE group_id = ?`, id); err != nil {
			return err
		}
		_, err := t.c.exec(ctx, `DELETE FROM contact_group WHERE id = ?`, id)
		return err
	})
}

// AddMembers puts contacts into a group; who is in it already stays once.
func (a Authored) AddMembers(ctx context.Context, id int64, contacts []int64) error {
	return a.onGroup(ctx, id, "save", fmt.Sprintf("+%d", len(contacts)), func(t *tx) error {
		dir, err := t.Directory(ctx)
		if err != nil {
			return err
		}
		rows := make([][]any, len(contacts))
		for i, contact := range contacts {
			if _, ok := dir.Contact(contact); !ok {
				return missing("contact", "không có đầu mối này")
			}
			rows[i] = []any{id, contact}
		}
		if _, err := t.c.insert(ctx, `INSERT INTO contact_group_member (group_id, contact_id)`, `ON CONFLICT DO NOTHING`, rows); err != nil {
			return err
		}
		var members int
		if err := t.c.get(ctx, &members, `SELECT COUNT(*) FROM contact_group_member WHERE group_id = ?`, id); err != nil {
			return err
		}
		if members > mostMembers {
			return invalid("contact", fmt.Sprintf("một nhóm có tối đa %d người", mostMembers))
		}
		return nil
	})
}

// RemoveMembers takes contacts out of a group.
func (a Authored) RemoveMembers(ctx context.Context, id int64, contacts []int64) error {
	return a.onGroup(ctx, id, "save", fmt.Sprintf("-%d", len(contacts)), func(t *tx) error {
		for batch := range slices.Chunk(contacts, mostListed) {
			if _, err := t.c.execIn(ctx, `DELETE FROM contact_group_member WHERE group_id = ? AND contact_id IN (?)`, id, batch); err != nil {
				return err
			}
		}
		return nil
	})
}

// onGroup changes a group that is there, and logs it.
func (a Authored) onGroup(ctx context.Context, id int64, action, detail string, change func(*tx) error) error {
	return a.s.inTx(ctx, func(t *tx) error {
		var found []int64
		if err := t.c.all(ctx, &found, `SELECT id FROM contact_group WHERE id = ?`+t.s.d.forUpdate, id); err != nil {
			return fmt.Errorf("%s group %d: %w", action, id, err)
		}
		if len(found) == 0 {
			return noGroup()
		}
		if err := change(t); err != nil {
			var problem *escalation.Problem
			if errors.As(err, &problem) {
				return err
			}
			return fmt.Errorf("%s group %d: %w", action, id, err)
		}
		return t.log(ctx, a.by, action, LogGroup, detail, idText(id))
	})
}
