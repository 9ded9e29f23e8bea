package smsc

import "strings"

// NumberFormat is a way to write a Vietnamese phone number.
type NumberFormat uint8

const (
	International NumberFormat = iota // 84570000001
	Plus                              // +84570000001
	National                          // 0570000001
)

// canonical is a number as a key: digits alone, 84 for the leading 0. Short
// codes and names stay as they are.
func canonical(number string) string {
	n := strings.TrimPrefix(strings.TrimSpace(number), "+")
	if len(n) >= 9 && n[0] == '0' {
		return "84" + n[1:]
	}
	return n
}

// write is a canonical number in a format.
func (f NumberFormat) write(number string) string {
	rest, vietnamese := strings.CutPrefix(number, "84")
	switch {
	case !vietnamese || len(rest) < 8:
		return number
	case f == Plus:
		return "+" + number
	case f == National:
		return "0" + rest
	}
	return number
}
