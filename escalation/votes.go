package escalation

import (
	"fmt"
	"strings"
)

// Votes counts citizens by the score they gave: 1 to 5, and at 0 those who gave none.
type Votes [6]int

// All is how many citizens could vote.
func (v Votes) All() (n int) {
	for _, of := range v {
		n += of
	}
	return n
}

// Given is how many did.
func (v Votes) Given() int { return v.All() - v[0] }

// Sum is that of their scores.
func (v Votes) Sum() (sum int) {
	for score, of := range v {
		sum += score * of
	}
	return sum
}

// Add counts others in, each as often as they occur.
func (v *Votes) Add(others Votes, times int) {
	for score, of := range others {
		v[score] += of * times
	}
}

// String is the votes as they are stored: "3 0 0 0 1 2", empty for nobody.
func (v Votes) String() string {
	if v == (Votes{}) {
		return ""
	}
	return strings.Trim(fmt.Sprint([len(v)]int(v)), "[]")
}

// ParseVotes reads what String writes.
func ParseVotes(s string) (v Votes, err error) {
	if s == "" {
		return v, nil
	}
	if _, err := fmt.Sscan(s, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]); err != nil {
		return Votes{}, fmt.Errorf("votes %.20q: %w", s, err)
	}
	return v, nil
}
