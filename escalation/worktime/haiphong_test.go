package worktime

import (
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// at reads "02/01/2006 15:04" in Vietnam.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("02/01/2006 15:04", s, Zone())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const shown = "Mon 02/01/2006 15:04:05.999999999"

func same(t testing.TB, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s = %s, want %s", what, got.In(Zone()).Format(shown), want.In(Zone()).Format(shown))
	}
	if got.Location().String() != ZoneName {
		t.Errorf("%s is in %s, want %s", what, got.Location(), ZoneName)
	}
}

// deadlines were stepped minute by minute, by hand, not by this package:
// received, +1h, +8h, +48h, 2 working days.
var deadlines = []struct{ name, received, h1, h8, h48, d2 string }{
	{"normal Monday 08:00", "09/03/2026 08:00", "09/03/2026 09:00", "10/03/2026 08:00", "17/03/2026 08:00", "11/03/2026 17:00"},
	{"before work 06:15", "10/03/2026 06:15", "10/03/2026 08:30", "10/03/2026 17:00", "17/03/2026 17:00", "12/03/2026 17:00"},
	{"across lunch 10:45", "11/03/2026 10:45", "11/03/2026 13:15", "12/03/2026 10:45", "19/03/2026 10:45", "13/03/2026 17:00"},
	{"in lunch 12:10", "12/03/2026 12:10", "12/03/2026 14:00", "13/03/2026 11:30", "20/03/2026 11:30", "16/03/2026 17:00"},
	{"evening 19:30 Thursday", "12/03/2026 19:30", "13/03/2026 08:30", "13/03/2026 17:00", "20/03/2026 17:00", "16/03/2026 17:00"},
	{"Friday 16:50", "13/03/2026 16:50", "16/03/2026 08:20", "16/03/2026 16:50", "23/03/2026 16:50", "17/03/2026 17:00"},
	{"Sunday 02:00", "15/03/2026 02:00", "16/03/2026 08:30", "16/03/2026 17:00", "23/03/2026 17:00", "17/03/2026 17:00"},
	{"before Tết 2025, Friday 15:00", "24/01/2025 15:00", "24/01/2025 16:00", "03/02/2025 15:00", "10/02/2025 15:00", "04/02/2025 17:00"},
	{"during Tết 2025, mùng 2", "30/01/2025 09:00", "03/02/2025 08:30", "03/02/2025 17:00", "10/02/2025 17:00", "04/02/2025 17:00"},
	{"before 30/4/2025, Tuesday 14:00", "29/04/2025 14:00", "29/04/2025 15:00", "05/05/2025 14:00", "12/05/2025 14:00", "06/05/2025 17:00"},
	{"Friday before worked Saturday 26/4/2025", "25/04/2025 15:30", "25/04/2025 16:30", "26/04/2025 15:30", "07/05/2025 15:30", "28/04/2025 17:00"},
	{"before 2/9/2026 break, Friday 15:00", "28/08/2026 15:00", "28/08/2026 16:00", "03/09/2026 15:00", "10/09/2026 15:00", "04/09/2026 17:00"},
	{"Friday before worked Saturday 22/8/2026", "21/08/2026 16:00", "21/08/2026 17:00", "22/08/2026 16:00", "28/08/2026 16:00", "24/08/2026 17:00"},
	{"worked Saturday 22/8/2026 itself", "22/08/2026 09:00", "22/08/2026 10:00", "24/08/2026 09:00", "03/09/2026 09:00", "25/08/2026 17:00"},
	{"during 2/9/2026 break, Monday", "31/08/2026 10:00", "03/09/2026 08:30", "03/09/2026 17:00", "10/09/2026 17:00", "04/09/2026 17:00"},
	{"Monday 23/11/2026 before Culture Day", "23/11/2026 14:00", "23/11/2026 15:00", "25/11/2026 14:00", "02/12/2026 14:00", "26/11/2026 17:00"},
	{"exactly 17:00", "09/03/2026 17:00", "10/03/2026 08:30", "10/03/2026 17:00", "17/03/2026 17:00", "11/03/2026 17:00"},
	{"exactly 11:30", "09/03/2026 11:30", "09/03/2026 14:00", "10/03/2026 11:30", "17/03/2026 11:30", "11/03/2026 17:00"},
}

func checkDeadlines(t *testing.T, c *Calendar) {
	t.Helper()
	for _, r := range deadlines {
		from := at(t, r.received)
		same(t, r.name+" +1h", c.Add(from, time.Hour), at(t, r.h1))
		same(t, r.name+" +8h", c.Add(from, 8*time.Hour), at(t, r.h8))
		same(t, r.name+" +48h", c.Add(from, 48*time.Hour), at(t, r.h48))
		same(t, r.name+" 2d", c.AddDays(from, 2), at(t, r.d2))
	}
}

// field failure 21
func TestDeadlinesOfTheCityFallWhereSteppingByHandPutsThem(t *testing.T) {
	checkDeadlines(t, HaiPhong())
}

// field failure 52
func TestTheZoneOfTheProcessDoesNotMoveADeadline(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	saved := time.Local
	time.Local = newYork
	defer func() { time.Local = saved }()
	c, err := HaiPhongSpec().Compile(2024, 2027)
	if err != nil {
		t.Fatal(err)
	}
	checkDeadlines(t, c)
	for _, r := range deadlines {
		from := at(t, r.received).Local()
		same(t, r.name+" +8h from New York", c.Add(from, 8*time.Hour), at(t, r.h8))
		same(t, r.name+" 2d from New York", c.AddDays(from, 2), at(t, r.d2))
	}
	from := at(t, "10/03/2026 02:00").Local() // still Monday in New York
	same(t, "nothing from New York", c.Add(from, 0), from)
	edited := HaiPhongSpec()
	edited.Off = append(edited.Off, DayOff{Date: "2026-03-09", Name: "thử"}, DayOff{Date: "2026-03-10", Name: "thử"})
	edit, err := edited.Compile(2024, 2027)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := Differ(c, edit, from, from.AddDate(0, 0, 7))
	same(t, "the edit from New York", first, at(t, "10/03/2026 00:00"))
	// 2026-03-08 02:00 does not exist in New York.
	got, err := ParseInstant("2026-03-08T02:30")
	if err != nil || got.Format(time.RFC3339) != "2026-03-08T02:30:00+07:00" {
		t.Errorf("ParseInstant = %v, %v", got, err)
	}
}

func TestVietnamIsSevenHoursAheadInEveryCompilableYear(t *testing.T) {
	for year := firstYear; year <= lastYear; year++ {
		for month := time.January; month <= time.December; month++ {
			if _, offset := time.Date(year, month, 1, 0, 0, 0, 0, Zone()).Zone(); offset != utcOffset {
				t.Fatalf("%d-%d: offset %d", year, month, offset)
			}
		}
	}
}

func TestYearsHaveAsManyWorkingDaysAsTheAnnouncementsLeave(t *testing.T) {
	for _, r := range []struct{ year, want int }{{2024, 251}, {2025, 250}, {2026, 249}} {
		got := 0
		for d := time.Date(r.year, 1, 1, 12, 0, 0, 0, Zone()); d.Year() == r.year; d = d.AddDate(0, 0, 1) {
			if len(HaiPhong().Hours(d)) > 0 {
				got++
			}
		}
		from := time.Date(r.year, 1, 1, 0, 0, 0, 0, Zone())
		worked := HaiPhong().Between(from, from.AddDate(1, 0, 0))
		if got != r.want || worked != time.Duration(r.want)*8*time.Hour {
			t.Errorf("%d: %d working days, %v of work; want %d", r.year, got, worked, r.want)
		}
	}
}

func TestUnannouncedYearsHaveTheFixedHolidaysAndTheirMakeUpDays(t *testing.T) {
	rows := []struct {
		date string
		work bool
	}{
		{"31/12/2026", true},  // Thursday
		{"01/01/2027", false}, // Friday, Tết Dương lịch
		{"04/02/2027", true},  // Thursday
		{"05/02/2027", false}, // Friday, Tết as computed
		{"11/02/2027", false}, // Thursday
		{"12/02/2027", true},  // Friday
		{"16/04/2027", false}, // Friday, Giỗ Tổ as computed
		{"30/04/2027", false}, // Friday
		{"03/05/2027", false}, // Monday, for Saturday 01/05
		{"04/05/2027", true},  // Tuesday
		{"02/09/2027", false}, // Thursday
		{"03/09/2027", true},  // Friday; the second day is not decided
		{"24/11/2027", false}, // Wednesday
		{"03/01/2028", false}, // Monday, for Saturday 01/01
		{"04/09/2028", false}, // Monday, for Saturday 02/09
		{"26/11/2029", true},  // Monday; Saturday 24/11 is not made up for
		{"24/11/2023", true},  // Friday, before the day existed
		{"02/01/2023", false}, // Monday, for Sunday 01/01
		{"01/05/2023", false}, // Monday
		{"02/05/2023", false}, // Tuesday, for Sunday 30/04
		{"03/05/2023", true},  // Wednesday
		{"02/05/2022", false}, // Monday, for Saturday 30/04
		{"03/05/2022", false}, // Tuesday, for Sunday 01/05
		{"04/05/2022", true},  // Wednesday
		{"03/09/2024", false}, // Tuesday, announced
		{"04/05/2026", true},  // Monday, announced without a swap
		{"02/09/2150", true},  // Wednesday, past the compiled years: the bare week
		{"05/09/2150", false}, // Saturday
		{"24/11/2100", false}, // Wednesday
		{"01/01/2101", false}, // Saturday
	}
	for _, r := range rows {
		noon := at(t, r.date+" 10:00")
		if got := HaiPhong().Working(noon); got != r.work {
			t.Errorf("%s working = %v, want %v", noon.Format("Mon 02/01/2006"), got, r.work)
		}
	}
}

func TestAnswersOutsideTheAnnouncedDatesAreProvisional(t *testing.T) {
	midnight := at(t, "01/01/2027 00:00")
	rows := []struct {
		at   time.Time
		want bool
	}{
		{at(t, "31/12/2026 17:00"), false},
		{midnight, false}, // the end of the last announced date
		{midnight.Add(1), true},
		{at(t, "04/01/2027 08:00"), true},
		{at(t, "01/01/2024 00:00"), false},
		{at(t, "31/12/2023 23:59"), true},
	}
	for _, r := range rows {
		if got := HaiPhong().Provisional(r.at); got != r.want {
			t.Errorf("Provisional(%s) = %v", r.at.Format(shown), got)
		}
	}
	c := compile(t, Spec{Hours: Hours{"mon": {"08:00-12:00"}}})
	if c.Provisional(at(t, "01/01/2300 00:00")) || c.Provisional(at(t, "01/01/1980 00:00")) {
		t.Error("a calendar without announced dates is complete and never provisional")
	}
}

func TestTheExampleFileIsTheBuiltInCalendar(t *testing.T) {
	text, err := os.ReadFile("testdata/haiphong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var s Spec
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, HaiPhongSpec()) {
		t.Errorf("file and HaiPhongSpec differ:\n%+v\n%+v", s, HaiPhongSpec())
	}
	c, err := s.Compile(haiPhongFrom, haiPhongTo)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, HaiPhong()) {
		t.Error("file and built-in calendar compile differently")
	}
}

func TestYAMLRowsOfEveryKindReachTheCalendar(t *testing.T) {
	const text = `
hours: {mon: ["07:30-11:30", "13:00-17:00"], tue: ["07:30-11:30"], sat: []}
seasons:
  - {from: 04-01, to: 10-31, hours: {mon: ["07:00-11:30","13:30-17:00"]}}
  - {from: 2026-07-01, to: 2026-07-31, hours: {mon: ["06:00-24:00"]}}
off: [{date: 2026-03-16, name: Nghỉ, document: QĐ 1}]
work: [{date: 2026-03-14, document: QĐ 2}, {date: 2026-03-15, hours: ["08:00-09:00"]}]
short: [{date: 2026-03-17, hours: ["08:00-10:00"], document: QĐ 3}]
announced_until: 2026-12-31
`
	var s Spec
	if err := yaml.UnmarshalWithOptions([]byte(text), &s, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	c := compile(t, s)
	rows := []struct {
		date string
		want time.Duration
	}{
		{"09/03/2026", 8 * time.Hour},  // Monday
		{"10/03/2026", 4 * time.Hour},  // Tuesday
		{"14/03/2026", 8 * time.Hour},  // Saturday, worked with Monday's hours
		{"15/03/2026", time.Hour},      // Sunday, worked
		{"16/03/2026", 0},              // Monday, off
		{"17/03/2026", 2 * time.Hour},  // Tuesday, short
		{"06/04/2026", 8 * time.Hour},  // Monday, season
		{"07/04/2026", 0},              // Tuesday: the season has Mondays only
		{"06/07/2026", 18 * time.Hour}, // Monday, dated season inside the yearly one
		{"05/04/2027", 8 * time.Hour},  // Monday, yearly season
	}
	for _, r := range rows {
		d := at(t, r.date+" 00:00")
		if got := c.Between(d, d.AddDate(0, 0, 1)); got != r.want {
			t.Errorf("%s: %v, want %v", r.date, got, r.want)
		}
	}
	if !c.Working(at(t, "06/04/2026 07:00")) || c.Working(at(t, "06/04/2026 13:00")) {
		t.Error("the season's hours do not hold on 06/04/2026")
	}
}

func TestASeasonMayRunOverTheNewYear(t *testing.T) {
	c := compile(t, Spec{
		Hours:   everyDay("07:00-11:00"),
		Seasons: []Season{{From: "11-01", To: "02-29", Hours: everyDay("08:00-12:00")}},
	})
	for _, r := range []struct {
		date   string
		winter bool
	}{
		{"31/10/2025", false}, {"01/11/2025", true}, {"31/12/2025", true}, {"01/01/2026", true},
		{"28/02/2026", true}, {"01/03/2026", false}, {"29/02/2024", true}, {"01/03/2024", false},
	} {
		if got := !c.Working(at(t, r.date+" 07:30")); got != r.winter {
			t.Errorf("%s: winter hours %v", r.date, got)
		}
	}
}
