package escalation

import (
	"fmt"
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

// field failure: what a citizen added was cut where the content was full, without a word.
func TestAnAdditionForWhichThereIsNoRoomIsRefused(t *testing.T) {
	const joined = "\n\nBổ sung: "
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Content = strings.Repeat("ộ", maxContent-100)
	p := w.accept(in)
	room := 100 - len([]rune(joined))
	add := func(letters int) error {
		_, err := w.desk.Do(t.Context(), p.Code, &Supplement{Text: strings.Repeat("ế", letters)}, citizen, 0)
		return err
	}
	before := *w.petition()
	if err := add(room + 1); !refused(err) || faultOf(err) != "text" || !strings.Contains(err.Error(), fmt.Sprintf("chỉ còn chỗ cho %d ký tự bổ sung", room)) {
		t.Errorf("a letter more: %v", err)
	}
	if got := w.petition(); got.Version != before.Version || got.Content != before.Content {
		t.Error("what was refused changed the petition")
	}
	if err := add(room); err != nil {
		t.Fatal(err)
	}
	if got := w.petition().Content; got != in.Content+joined+strings.Repeat("ế", room) {
		t.Errorf("the content has %d letters", len([]rune(got)))
	}
	if err := add(1); !refused(err) || !strings.Contains(err.Error(), "hãy gọi Tổng đài 1022") {
		t.Errorf("where nothing more fits: %v", err)
	}
}
