package store

import "slices"

// partSet is what is there of one long text.
type partSet struct {
	parts []storedPart // in the order of their numbers, one of each
	ids   []int64      // of their rows and of those of their copies
	since int64        // when the first to arrive was stored
}

// apart divides loose parts of one key, in the order in which they came, into texts. A phone
// may have one reference for all that it sends: other words under a number that is taken open
// the next text, and a part goes to the newest one that lacks it, as in sms.Reassembler. The
// text before is not given up for that: its own part may be late.
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
