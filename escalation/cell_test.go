package escalation

import "testing"

func TestNoCellBeginsAFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+84570000101", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A1", "'=1"} {
		if got := GuardCell(text); got != "'"+text || UnguardCell(got) != text {
			t.Errorf("%q is written %q and read %q", text, got, UnguardCell(got))
		}
	}
	for _, text := range []string{"", "'", "Đèn tắt", "a=b", "0570 000 101"} {
		if got := GuardCell(text); got != text {
			t.Errorf("%q is written %q", text, got)
		}
	}
	row := []string{"a", "=b"}
	if got := GuardCells(row...); got[1] != "'=b" || row[1] != "=b" {
		t.Errorf("%q of %q", got, row)
	}
}
