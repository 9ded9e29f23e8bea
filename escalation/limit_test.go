package escalation

import (
	"strings"
	"testing"
	"time"
)

// field failure: an address of 200 letters was refused as longer than 300, for a letter with
// its marks has two or three bytes.
func TestALimitCountsLetters(t *testing.T) {
	env := Env{Now: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)}
	intake := Intake{Channel: ByPhone, Kind: 1, Content: strings.Repeat("ộ", maxContent), Field: strings.Repeat("ộ", maxLine), Area: strings.Repeat("ộ", maxLine),
		Citizen: CitizenIntake{Name: strings.Repeat("ộ", maxLine), Phone: "0912345678", Address: strings.Repeat("ộ", maxLine)}}
	if faults := intake.Faults(env); len(faults) > 0 {
		t.Errorf("as much as may be is refused: %v", faults[0])
	}
	intake.Content += "ộ"
	intake.Area += "ộ"
	if faults := intake.Faults(env); len(faults) != 2 {
		t.Errorf("a letter more: %v", faults)
	}
	if err := bounded("text", strings.Repeat("ộ", maxText)); err != nil {
		t.Error(err)
	}
	if bounded("text", strings.Repeat("ộ", maxText+1)) == nil {
		t.Error("a letter more is taken")
	}
	if got := bound("một hai ba", 7); got != "một hai" {
		t.Errorf("cut to 7 letters it is %q", got)
	}
	lines := &GiveResult{DocumentNo: strings.Repeat("Đ", maxLine)}
	if err := lines.bounded(); err != nil {
		t.Error(err)
	}
}
