package reply

import "strconv"

// damm is the quasigroup of H. Michael Damm's thesis (2004); its diagonal is
// zero, so a number followed by its check digit ends in state 0.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// minCode is the shortest reply code: four digits and the check digit, so that
// a code is never taken for the four-digit tail of a petition code.
const minCode = 5

// CheckDigit returns the Damm check digit of digits as an ASCII digit, 0 (NUL)
// when digits holds anything but the digits 0 to 9. CheckDigit("572") is '4'.
func CheckDigit(digits string) byte {
	var state byte
	for i := range len(digits) {
		c := digits[i]
		if c < '0' || c > '9' {
			return 0
		}
		state = damm[state][c-'0']
	}
	return '0' + state
}

// ValidCode reports whether code has the shape of a reply code (at least five
// digits, not starting with 0) and its check digit is right.
func ValidCode(code string) bool {
	return len(code) >= minCode && code[0] != '0' && CheckDigit(code) == '0'
}

// MakeCode returns n followed by its check digit. n is at least 1000, so that
// the code has at least five digits; a smaller n gives "".
func MakeCode(n int) string {
	if n < 1000 {
		return ""
	}
	s := strconv.Itoa(n)
	return s + string(CheckDigit(s))
}
