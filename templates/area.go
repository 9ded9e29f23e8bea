package templates

import (
	"regexp"
	"slices"
	"strings"
)

// partHouse is a house number at the head of a part of an area, with its label.
var partHouse = regexp.MustCompile(`(?i)^ *(so nha|nha so|so|sn|nha)?[ .:]*\d+[a-z]?(?:[/-]\d+[a-z]?)*\b *`)

// sides are words behind a number at the head of an area that counts.
var sides = []string{"ben", "dau", "day", "nga", "to", "khu", "phuong", "xa", "quan", "huyen"}

// Area is what of a petition's place everybody may read: what Summary leaves of it, and
// no house number at the head of one of its parts, though nothing says whose it is. Only
// a place stands here, so a bare number at the head is a house: "12 lạch tray, P Gia Viên".
func Area(area string, own ...string) string {
	parts := strings.Split(Summary(area, own...), ",")
	kept := parts[:0]
	for _, part := range parts {
		if part = strings.TrimSpace(withoutHouse(part)); part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ", ")
}

func withoutHouse(part string) string {
	runes := []rune(part)
	flat := flatten(runes)
	m := partHouse.FindStringSubmatchIndex(flat)
	if m == nil {
		return part
	}
	rest := string(runes[m[1]:])
	if label := m[2] >= 0 && !strings.EqualFold(flat[m[2]:m[3]], "nha"); label {
		return rest
	}
	if next := bases(rest); len(next) > 0 && (slices.Contains(counted, next[0]) || slices.Contains(sides, next[0])) {
		return part
	}
	return rest
}
