package store

import (
	"context"
	"fmt"
	"slices"

	"notify1022/escalation"
)

// partSet is what is there of one long text.
type partSet struct {
	parts []storedPart // in the order of their numbers, one of each
	ids   []int64      // of their rows and of those of their copies
	since int64        // when the first to arrive was stored
}

// apart divides loose parts of one key, in the order in which they came, into texts. A phone
// may have one reference for all that it sends: other words under a number that is taken open
// the next text, and a part goes to the newest one that lacks it. Unlike sms.Reassembler, it does
// not give the text before up for that: its own part may be late.
func apart(group []storedPart) (sets []*partSet) {
	for _, p := range group {
		s := setOf(sets, p)
		if s == nil {
			s = &partSet{since: p.Stored}
			sets = append(sets, s)
		}
		s.take(p)
	}
	return sets
}

// setOf is the set that has the same part already, since a copy is a redelivery; else the
// newest that has none of its number; nil when each has another.
func setOf(sets []*partSet, p storedPart) (lacking *partSet) {
	for _, s := range slices.Backward(sets) {
		at, found := s.find(p.Seq)
		switch {
		case found && s.parts[at].Text == p.Text:
			return s
		case !found && lacking == nil:
			lacking = s
		}
	}
	return lacking
}

func (s *partSet) find(seq int) (at int, found bool) {
	return slices.BinarySearchFunc(s.parts, seq, func(p storedPart, seq int) int { return p.Seq - seq })
}

func (s *partSet) take(p storedPart) {
	s.ids = append(s.ids, p.ID)
	if at, found := s.find(p.Seq); !found {
		s.parts = slices.Insert(s.parts, at, p)
	}
}

// whole reports whether each number from 1 to total is there.
func (s *partSet) whole(total int) bool {
	n := 0
	for _, p := range s.parts {
		if p.Seq >= 1 && p.Seq <= total {
			n++
		}
	}
	return n == total
}

// headless reports whether an incomplete text lacks its first part.
func (t *tx) headless(ctx context.Context, inbox int64) (bool, error) {
	var first bool
	if err := t.c.get(ctx, &first, `SELECT EXISTS (SELECT 1 FROM inbox_part WHERE inbox_id = ? AND seq = 1)`, inbox); err != nil {
		return false, fmt.Errorf("look for the first part of inbound text %d: %w", inbox, err)
	}
	return !first, nil
}

// BesidePiece lists the petitions that other parts of an incomplete text were about, which have
// been a text of their own within redeliveryWindow before. A text that has a part of the
// same number is another one.
func (t *tx) BesidePiece(ctx context.Context, in escalation.Inbound) (petitions []int64, err error) {
	err = t.c.all(ctx, &petitions, `
		SELECT DISTINCT l.petition_id
		FROM inbox_part p
		JOIN inbox_part o ON o.phone = p.phone AND o.to_raw = p.to_raw AND o.ref = p.ref AND o.ref_width = p.ref_width AND o.total = p.total
			AND o.total > 1 AND o.inbox_id <> 0 AND o.inbox_id < p.inbox_id AND o.stored_real >= p.stored_real - ?
		JOIN inbox i ON i.id = o.inbox_id AND i.incomplete = 1
		JOIN inbox_petition l ON l.inbox_id = o.inbox_id
		WHERE p.inbox_id = ? AND p.phone <> ''
			AND NOT EXISTS (SELECT 1 FROM inbox_part m JOIN inbox_part n ON n.seq = m.seq WHERE m.inbox_id = p.inbox_id AND n.inbox_id = o.inbox_id)
		ORDER BY l.petition_id`, redeliveryWindow.Microseconds(), in.ID)
	if err != nil {
		return nil, fmt.Errorf("look for the other parts of inbound text %d: %w", in.ID, err)
	}
	return petitions, nil
}
