package worktime

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBeingAnnouncedKeepsTheFixedHolidays(t *testing.T) {
	spec, filled, err := HaiPhongSpec().AnnouncedTo("2027-12-31")
	if err != nil {
		t.Fatal(err)
	}
	want := []DayOff{
		{"2027-01-01", "Tết Dương lịch", labourCode},                // Friday
		{"2027-04-30", "Ngày Chiến thắng", labourCode},              // Friday
		{"2027-05-01", "Ngày Quốc tế lao động", labourCode},         // Saturday
		{"2027-05-03", "Nghỉ bù Ngày Quốc tế lao động", makeUpRule}, // Monday
		{"2027-09-02", "Quốc khánh", labourCode},                    // Thursday
		{"2027-11-24", "Ngày Văn hóa Việt Nam", cultureRule},        // Wednesday
	}
	if !slices.Equal(filled, want) {
		t.Errorf("filled in are %v", filled)
	}
	c := compile(t, spec)
	if c.Provisional(at(t, "31/12/2027 16:00")) || !c.Provisional(at(t, "03/01/2028 08:00")) || spec.AnnouncedUntil != "2027-12-31" {
		t.Error("the calendar is not announced to the end of 2027")
	}
	if len(HaiPhongSpec().Off)+len(filled) != len(spec.Off) {
		t.Errorf("%d days off", len(spec.Off))
	}
}

func TestAnEarlierDateTakesNoRowAway(t *testing.T) {
	for _, until := range []string{"2026-12-31", "2026-06-30"} {
		spec, filled, err := HaiPhongSpec().AnnouncedTo(until)
		if err != nil || len(filled) != 0 || len(spec.Off) != len(HaiPhongSpec().Off) || spec.AnnouncedUntil != until {
			t.Errorf("%s: %v filled in, %d days off, announced to %s (%v)", until, filled, len(spec.Off), spec.AnnouncedUntil, err)
		}
	}
	if _, _, err := HaiPhongSpec().AnnouncedTo("2027-02-29"); err == nil {
		t.Error("a date that does not exist is taken")
	}
	bad := Spec{}
	if _, _, err := bad.AnnouncedTo("2027-12-31"); err == nil {
		t.Error("a calendar that is none is announced")
	}
}

func TestBeingAnnouncedChangesTheHoursOfNoDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		spec := anySpec(rt)
		if spec.AnnouncedUntil == "" {
			rt.Skip()
		}
		until := day(20634 + rapid.IntRange(0, 900).Draw(rt, "days")).String() // from 2026-06-30
		announced, _, err := spec.AnnouncedTo(until)
		if err != nil {
			rt.Fatal(err)
		}
		a, errA := spec.Compile(2026, 2030)
		b, errB := announced.Compile(2026, 2030)
		if errA != nil || errB != nil {
			rt.Fatal(errA, errB)
		}
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, Zone())
		if day, differ := Differ(a, b, from, from.AddDate(5, 0, 0)); differ {
			rt.Fatalf("announced to %s, %s has other hours: %v, had %v", until, day, b.Hours(day), a.Hours(day))
		}
		day, differ := DifferAnnounced(a, b, from, from.AddDate(5, 0, 0))
		if want := spec.AnnouncedUntil != until; differ != want || differ && day.Format(time.DateOnly) != "2026-07-01" {
			rt.Fatalf("announced to %s they differ: %v, from %s", until, differ, day)
		}
	})
}
