package reply_test

import (
	"strconv"
	"testing"

	"notify1022/escalation/reply"
)

func TestTheCheckDigitFollowsDammsTable(t *testing.T) {
	for digits, want := range map[string]byte{"572": '4', "5724": '0', "": '0', "0": '0', "1": '3', "57a": 0, "-1": 0} {
		if got := reply.CheckDigit(digits); got != want {
			t.Errorf("CheckDigit(%q) = %q, want %q", digits, got, want)
		}
	}
}

func TestACodeHasFiveDigitsAndDoesNotBeginWithZero(t *testing.T) {
	for n, want := range map[int]string{0: "", 999: "", -1: "", 1000: "1000" + string(reply.CheckDigit("1000"))} {
		if got := reply.MakeCode(n); got != want {
			t.Errorf("MakeCode(%d) = %q, want %q", n, got, want)
		}
	}
	for _, bad := range []string{"", "5724", "05724", "1000", "abcde", "1000x", "00000"} {
		if reply.ValidCode(bad) {
			t.Errorf("%q is taken for a code", bad)
		}
	}
	if long := reply.MakeCode(1234567); !reply.ValidCode(long) || len(long) != 8 {
		t.Errorf("a long code is refused: %q", long)
	}
}

func TestEverySingleWrongDigitAndEverySwapIsDetected(t *testing.T) {
	for n := 1000; n < 20000; n += 7 {
		code := []byte(reply.MakeCode(n))
		if !reply.ValidCode(string(code)) {
			t.Fatalf("%s is refused", code)
		}
		for i, right := range code {
			for d := byte('0'); d <= '9'; d++ {
				if code[i] = d; d != right && reply.ValidCode(string(code)) {
					t.Fatalf("%d: digit %d typed as %c passes", n, i, d)
				}
			}
			code[i] = right
			if i > 0 && code[i-1] != code[i] {
				code[i-1], code[i] = code[i], code[i-1]
				if reply.ValidCode(string(code)) {
					t.Fatalf("%d: digits %d and %d swapped pass", n, i-1, i)
				}
				code[i-1], code[i] = code[i], code[i-1]
			}
		}
	}
}

func TestAMadeCodeIsReadBackWhole(t *testing.T) {
	for _, n := range []int{1000, 4570, 9999, 10000, 99999, 1234567} {
		code := reply.MakeCode(n)
		p := parse("NHAN " + code)
		if len(p.Codes) != 1 || p.Codes[0] != code || p.Text != "" {
			t.Errorf("%s: got %+v", strconv.Itoa(n), p)
		}
	}
}
