package report

import (
	"strings"
	"testing"
	"time"

	"notify1022/escalation/worktime"
)

func TestPeriodsAreWholeDaysOfTheCity(t *testing.T) {
	tests := []struct {
		name, from, to, title string // to is exclusive
		kind                  PeriodKind
	}{
		{"2026-W47", "2026-11-16", "2026-11-23", "tuần 47 năm 2026 (16/11/2026 – 22/11/2026)", Week},
		{"2026-W01", "2025-12-29", "2026-01-05", "tuần 1 năm 2026 (29/12/2025 – 04/01/2026)", Week}, // Monday in the year before
		{"2026-W53", "2026-12-28", "2027-01-04", "tuần 53 năm 2026 (28/12/2026 – 03/01/2027)", Week},
		{"2026-11", "2026-11-01", "2026-12-01", "tháng 11 năm 2026 (01/11/2026 – 30/11/2026)", Month},
		{"2028-02", "2028-02-01", "2028-03-01", "tháng 2 năm 2028 (01/02/2028 – 29/02/2028)", Month}, // leap year
		{"2026-Q4", "2026-10-01", "2027-01-01", "quý 4 năm 2026 (01/10/2026 – 31/12/2026)", Quarter},
		{"2026", "2026-01-01", "2027-01-01", "năm 2026 (01/01/2026 – 31/12/2026)", Year},
		{"2026-11-03..2026-11-20", "2026-11-03", "2026-11-21", "từ 03/11/2026 đến 20/11/2026", Days},
		{"2026-11-03..2026-11-03", "2026-11-03", "2026-11-04", "từ 03/11/2026 đến 03/11/2026", Days},
	}
	for _, tt := range tests {
		p, err := ParsePeriod(tt.name)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		const midnight = "2006-01-02T15:04:05Z07:00"
		if got := p.From.Format(midnight); got != tt.from+"T00:00:00+07:00" {
			t.Errorf("%s begins %s", tt.name, got)
		}
		if got := p.To.Format(midnight); got != tt.to+"T00:00:00+07:00" {
			t.Errorf("%s ends before %s", tt.name, got)
		}
		if p.Title() != tt.title || p.Kind != tt.kind {
			t.Errorf("%s is %s %q", tt.name, p.Kind, p.Title())
		}
		if tt.kind != Days && Containing(tt.kind, p.To.Add(-time.Second)) != p {
			t.Errorf("the %s of the last second of %s is %s", tt.kind, tt.name, Containing(tt.kind, p.To.Add(-time.Second)).Name)
		}
		if before := p.Before(); !before.To.Equal(p.From) || before.Kind != p.Kind {
			t.Errorf("before %s comes %+v", tt.name, before)
		}
	}
}

func TestAPeriodThatCannotBeIsRefused(t *testing.T) {
	for _, name := range []string{"", "26", "2026-", "2026-13", "2026-00", "2026-1", "2026-W00", "2025-W53", "2026-W54", "2026-W1", "2026-Q0", "2026-Q5", "2026-q1",
		"1999", "2100", "2026-11-31..2026-12-01", "2026-11-20..2026-11-03", "2026-11-03..", "..", "2024-01-01..2026-06-01", "2026-11-03", "２０２６", strings.Repeat("9", 5000)} {
		if p, err := ParsePeriod(name); err == nil {
			t.Errorf("%.40q is taken for %+v", name, p)
		} else if len(err.Error()) > 400 {
			t.Errorf("the refusal of a long name is %d bytes long", len(err.Error()))
		}
	}
}

// At midnight after a working day, what came in on the evening before has just eight
// hours behind it: "đến 8 giờ", like what came in early in the morning.
func TestAnAgeOfJustEightHoursIsNotOlder(t *testing.T) {
	cal, zone := worktime.HaiPhong(), worktime.Zone()
	midnight := time.Date(2026, 1, 7, 0, 0, 0, 0, zone) // after Tuesday
	bound := olderThan(cal, midnight, 8*time.Hour)
	for at, older := range map[time.Time]bool{
		time.Date(2026, 1, 5, 16, 59, 59, 0, zone): true,
		time.Date(2026, 1, 5, 17, 0, 0, 0, zone):   false,
		time.Date(2026, 1, 5, 20, 3, 17, 0, zone):  false,
		time.Date(2026, 1, 6, 7, 0, 0, 0, zone):    false,
	} {
		if at.Before(bound) != older || (cal.Between(at, midnight) > 8*time.Hour) != older {
			t.Errorf("received %s: older %t, want %t", at, at.Before(bound), older)
		}
	}
}
