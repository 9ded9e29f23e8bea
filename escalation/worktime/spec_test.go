package worktime

import (
	"strings"
	"testing"
)

// plain returns a correct calendar to spoil.
func plain() Spec {
	return Spec{Hours: Hours{"mon": {"07:30-11:30", "13:00-17:00"}, "tue": {"08:00-12:00"}}}
}

// field failure 19
func TestWrongCalendarsAreRefusedByKey(t *testing.T) {
	rows := []struct {
		name  string
		spoil func(*Spec)
		want  string
	}{
		{"inverted", func(s *Spec) { s.Hours["mon"][1] = "13:00-09:00" }, `hours.mon[1]: "13:00-09:00" ends before it starts`},
		{"empty stretch", func(s *Spec) { s.Hours["mon"][0] = "09:00-09:00" }, `hours.mon[0]: "09:00-09:00" is empty`},
		{"midnight as 00:00", func(s *Spec) { s.Hours["mon"][1] = "13:00-00:00" }, `hours.mon[1]: "13:00-00:00" ends before it starts; write 24:00`},
		{"past midnight", func(s *Spec) { s.Hours["tue"][0] = "22:00-06:00" }, `hours.tue[0]: "22:00-06:00" ends before`},
		{"overlap", func(s *Spec) { s.Hours["mon"][1] = "11:00-17:00" }, `hours.mon[1]: "11:00-17:00" begins before`},
		{"no clock", func(s *Spec) { s.Hours["mon"][1] = "25:00-26:00" }, `hours.mon[1]: "25:00-26:00" is not of the form`},
		{"minute 60", func(s *Spec) { s.Hours["mon"][1] = "13:60-14:00" }, `hours.mon[1]`},
		{"from 24:00", func(s *Spec) { s.Hours["mon"][1] = "24:00-24:00" }, `hours.mon[1]`},
		{"sign", func(s *Spec) { s.Hours["mon"][1] = "+1:00-14:00" }, `hours.mon[1]`},
		{"text", func(s *Spec) { s.Hours["mon"][1] = "" }, `hours.mon[1]: ""`},
		{"no hours", func(s *Spec) { s.Hours = nil }, `hours: no day has working time`},
		{"empty hours", func(s *Spec) { s.Hours = Hours{"mon": {}, "tue": nil} }, `hours: no day has working time`},
		{"unknown day", func(s *Spec) { s.Hours["monday"] = nil }, `hours.monday: is not a day`},
		{"other zone", func(s *Spec) { s.Zone = "Asia/Bangkok" }, `zone: "Asia/Bangkok" is not Asia/Ho_Chi_Minh`},
		{"no such date", func(s *Spec) { s.Off = []DayOff{{Date: "2026-02-29", Name: "x"}} }, `off[0].date: "2026-02-29" does not exist`},
		{"no date", func(s *Spec) { s.Off = []DayOff{{Name: "x"}} }, `off[0].date: is missing`},
		{"no name", func(s *Spec) { s.Off = []DayOff{{Date: "2026-02-02"}} }, `off[0].name: is missing`},
		{"year", func(s *Spec) { s.Off = []DayOff{{Date: "0026-02-02", Name: "x"}} }, `off[0].date: "0026-02-02" is outside`},
		{"form", func(s *Spec) { s.Work = []WorkDay{{Date: "14/03/2026"}} }, `work[0].date: "14/03/2026" is not of the form`},
		{"twice", func(s *Spec) { s.Off = []DayOff{{Date: "2026-03-16", Name: "x"}, {Date: "2026-03-16", Name: "y"}} }, `off[1].date: 2026-03-16 stands in off[0] already`},
		{"off and worked", func(s *Spec) {
			s.Off = []DayOff{{Date: "2026-03-14", Name: "x"}}
			s.Work = []WorkDay{{Date: "2026-03-14"}}
		}, `work[0].date: 2026-03-14 stands in off[0] already`},
		{"short rest day", func(s *Spec) { s.Short = []ShortDay{{Date: "2026-03-14", Hours: []string{"08:00-09:00"}}} }, `short[0].date: 2026-03-14 is a Saturday`},
		{"short without hours", func(s *Spec) { s.Short = []ShortDay{{Date: "2026-03-16"}} }, `short[0].hours: is empty`},
		{"work with none", func(s *Spec) { s.Work = []WorkDay{{Date: "2026-03-14", Hours: []string{}}} }, `work[0].hours: is empty`},
		{"season inverted", func(s *Spec) { s.Seasons = []Season{{"2026-04-02", "2026-04-01", plain().Hours}} }, `seasons[0].to: 2026-04-01 is before`},
		{"season without hours", func(s *Spec) { s.Seasons = []Season{{"2026-04-01", "2026-04-02", nil}} }, `seasons[0].hours: no day`},
		{"season day", func(s *Spec) { s.Seasons = []Season{{"02-30", "04-01", plain().Hours}} }, `seasons[0].from: "02-30" is not`},
		{"seasons overlap", func(s *Spec) {
			s.Seasons = []Season{{"2026-04-01", "2026-05-01", plain().Hours}, {"2026-01-01", "2026-04-01", plain().Hours}}
		}, `seasons[0]: overlaps seasons[1]`},
		{"yearly overlap", func(s *Spec) {
			s.Seasons = []Season{{"11-01", "03-31", plain().Hours}, {"03-31", "04-30", plain().Hours}}
		}, `seasons[1]: overlaps`},
		{"announced", func(s *Spec) { s.AnnouncedUntil = "2026-13-01" }, `announced_until: "2026-13-01" does not exist`},
		{"announced inverted", func(s *Spec) { s.AnnouncedFrom, s.AnnouncedUntil = "2026-01-02", "2026-01-01" }, `announced_until: is before`},
		{"too many", func(s *Spec) { s.Off = make([]DayOff, maxRows+1) }, `have 10001 rows`},
		{"too many seasons", func(s *Spec) { s.Seasons = make([]Season, maxSeasons+1) }, `seasons: has 501`},
		{"too many stretches", func(s *Spec) { s.Hours["mon"] = make([]string, maxPerDay+1) }, `hours.mon: has 25`},
	}
	for _, r := range rows {
		s := plain()
		r.spoil(&s)
		c, err := s.Compile(2026, 2026)
		if err == nil || c != nil {
			t.Errorf("%s: accepted", r.name)
		} else if !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: %q lacks %q", r.name, err, r.want)
		}
	}
}

func TestEveryProblemOfACalendarIsToldAtOnce(t *testing.T) {
	s := plain()
	s.Hours["mon"][1] = "13:00-09:00"
	s.Off = []DayOff{{Date: "2026-02-30", Name: "x"}}
	s.AnnouncedUntil = "soon"
	_, err := s.Compile(2026, 2026)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"hours.mon[1]:", "off[0].date:", "announced_until:"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%q lacks %s", err, key)
		}
	}
}

func TestACalendarWithNothingLeftIsRefused(t *testing.T) {
	s := Spec{Hours: Hours{"thu": {"08:00-09:00"}}, AnnouncedUntil: "2026-12-31"}
	for d := date(2026, 1, 1); d < date(2027, 1, 1); d++ {
		s.Off = append(s.Off, DayOff{Date: d.String(), Name: "x"})
	}
	if _, err := s.Compile(2026, 2026); err == nil {
		t.Error("a year without working time was accepted")
	}
	if _, err := s.Compile(2026, 2027); err != nil {
		t.Error(err)
	}
}

func TestCompiledYearsAreBounded(t *testing.T) {
	for _, r := range []struct {
		from, to int
		ok       bool
	}{
		{2026, 2026, true}, {1976, 2175, true}, {2201, 2400, true},
		{1975, 2000, false}, {2026, 2025, false}, {2026, 2401, false}, {2000, 2200, false},
	} {
		if _, err := plain().Compile(r.from, r.to); (err == nil) != r.ok {
			t.Errorf("%d to %d: %v", r.from, r.to, err)
		}
	}
}
